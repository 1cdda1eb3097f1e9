#include "core/tensor.h"

namespace tg {

void (*release_python_object)(void* object) noexcept = nullptr;

Storage* Storage::make() { return new (small_alloc(sizeof(Storage))) Storage; }

Storage* Storage::allocate_large(int64_t nbytes) {
  void* data = data_alloc(nbytes);
  Storage* storage;
  try {
    storage = make();
  } catch (...) {
    data_free(data, nbytes);
    throw;
  }
  storage->data = data;
  storage->nbytes = nbytes;
  return storage;
}

Storage* Storage::alias(Storage* of) {
  if (of->owner) of = of->owner;
  Storage* storage = make();
  storage->data = of->data;
  storage->nbytes = of->nbytes;
  storage->read_only = of->read_only;
  storage->is_zero_tensor = of->is_zero_tensor;
  storage->owner = of;
  ++of->refcount;
  return storage;
}

void Storage::destroy() noexcept {
  if (owner) {
    owner->release();
  } else if (deleter) {
    deleter(deleter_context);
  } else {
    data_free(data, nbytes);
  }
  small_free(this, sizeof(Storage));
}

void TensorImpl::drop_geometry() noexcept {
  if (ndim > 4) data_free(heap, int64_t(ndim) * 16);
  ndim = 0;
}

void TensorImpl::set_geometry(std::span<const int64_t> sizes, std::span<const int64_t> strides) {
  const int n = int(sizes.size());
  if (n > kMaxDims)
    runtime_error("too many dimensions: tensors have at most ", kMaxDims, ", got ", n);
  int64_t count = 1, expected = 1;
  bool dense = true, odd = false;
  for (int i = n - 1; i >= 0; --i) {
    const int64_t s = sizes[size_t(i)];
    if (s != 1) {
      if (strides[size_t(i)] != expected) dense = false;
      expected *= s;
    } else if (strides[size_t(i)] != expected) {
      odd = true;
    }
    count *= s;
  }
  if (n <= 4) {
    int64_t staged[8];
    for (int i = 0; i < n; ++i) {
      staged[i] = sizes[size_t(i)];
      staged[4 + i] = strides[size_t(i)];
    }
    drop_geometry();
    for (int i = 0; i < n; ++i) {
      dims[i] = staged[i];
      dims[4 + i] = staged[4 + i];
    }
  } else {
    auto* block = static_cast<int64_t*>(data_alloc(int64_t(n) * 16));
    std::copy(sizes.begin(), sizes.end(), block);
    std::copy(strides.begin(), strides.end(), block + n);
    drop_geometry();
    heap = block;
  }
  ndim = uint8_t(n);
  numel = count;
  flags = uint16_t((flags & ~(kContiguous | kOddOnes)) | (dense || count == 0 ? kContiguous : 0) |
                   (odd && count ? kOddOnes : 0));
}

TensorImpl::~TensorImpl() {
  if (flags & kOwnsPython) release_python_object(python);
  if (extra) release_extra(this);
  if (grad_fn) release_node(grad_fn);
  if (grad && --grad->refcount == 0) destroy_tensor(grad);
  if (base && --base->refcount == 0) destroy_tensor(base);
  if (storage) storage->release();
  if (ndim > 4) drop_geometry();
}

namespace {
TG_THREAD_LOCAL TensorImpl* pending = nullptr;
TG_THREAD_LOCAL bool draining = false;
}  // namespace

// A chain of .grad's is freed by this list, not by recursion.
void destroy_tensor(TensorImpl* impl) noexcept {
  if (!impl->grad) [[likely]] {
    delete impl;
    return;
  }
  impl->python = (impl->flags & kOwnsPython) ? impl->python : pending;
  if (impl->flags &
      kOwnsPython) {  // its field is taken: free it at once, the chain behind it goes on the list
    delete impl;
    return;
  }
  pending = impl;
  if (draining) return;
  draining = true;
  while (pending) {
    TensorImpl* next = pending;
    pending = static_cast<TensorImpl*>(next->python);
    next->python = nullptr;
    delete next;
  }
  draining = false;
}

namespace {
// The geometry of a new contiguous tensor of few dimensions and elements. False: look closer.
bool place_small(TensorImpl* impl, std::span<const int64_t> sizes) {
  constexpr int64_t kMost = int64_t{1} << 14;  // a size: four of them make no overflow
  const size_t n = sizes.size();
  if (n > 4) return false;
  int64_t numel = 1;
  for (size_t i = n; i-- > 0;) {
    const int64_t size = sizes[i];
    if (uint64_t(size) - 1 >= uint64_t(kMost)) return false;
    impl->dims[i] = size;
    impl->dims[4 + i] = numel;
    numel *= size;
  }
  impl->ndim = uint8_t(n);
  impl->numel = numel;
  impl->flags = kContiguous;
  return true;
}
}  // namespace

Tensor empty(std::span<const int64_t> sizes, DType dtype) {
  if (is_complex(dtype)) {
    fail(ErrorKind::NotImplemented, "tapegrad has no complex tensors yet (", info(dtype).name, ")");
  }
  auto* impl = new TensorImpl;
  Tensor out(impl);
  impl->dtype = dtype;
  int64_t nbytes;
  if (place_small(impl, sizes)) {
    nbytes = impl->numel * itemsize(dtype);
  } else {
    const int64_t numel = checked_numel(sizes);
    impl->set_geometry(sizes, contiguous_strides(sizes));
    if (__builtin_mul_overflow(numel, itemsize(dtype), &nbytes))
      runtime_error("Storage size calculation overflowed with sizes=", to_string(sizes));
  }
  if (inference_mode) [[unlikely]]
    impl->flags |= kInference;
  impl->storage = Storage::allocate(nbytes);
  impl->data = static_cast<char*>(impl->storage->data);
  return out;
}

namespace {

Tensor shell_over(Storage* storage, DType dtype, char* data, std::span<const int64_t> sizes,
                  std::span<const int64_t> strides) {
  auto* impl = new TensorImpl;
  Tensor out(impl);
  impl->dtype = dtype;
  impl->set_geometry(sizes, strides);
  impl->storage = storage;
  ++storage->refcount;
  impl->data = data;
  return out;
}

void check_inside(std::span<const int64_t> sizes, std::span<const int64_t> strides, int64_t offset,
                  int64_t item, int64_t nbytes) {
  if (sizes.size() != strides.size()) runtime_error("mismatch in length of strides and shape");
  if (offset < 0) runtime_error("Tensor: invalid storage offset ", offset);
  const int64_t numel = checked_numel(sizes);
  int64_t last = offset, end = 0;
  bool overflow = false;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (strides[i] < 0)
      runtime_error("as_strided: Negative strides are not supported at the moment, got strides: ",
                    to_string(strides));
    int64_t span = 0;
    overflow |= __builtin_mul_overflow(std::max<int64_t>(sizes[i] - 1, 0), strides[i], &span);
    overflow |= __builtin_add_overflow(last, span, &last);
  }
  overflow |= __builtin_add_overflow(last, 1, &end) || __builtin_mul_overflow(end, item, &end);
  if (overflow)
    runtime_error("Storage size calculation overflowed with sizes=", to_string(sizes),
                  " and strides=", to_string(strides));
  if (numel && end > nbytes)
    runtime_error("setStorage: sizes ", to_string(sizes), ", strides ", to_string(strides),
                  ", storage offset ", offset, ", and itemsize ", item,
                  " requiring a storage size of ", end, " are out of bounds for storage of size ",
                  nbytes);
  if (!numel && offset > nbytes / item)
    runtime_error("setStorage: storage offset ", offset, " is out of bounds for storage of size ",
                  nbytes);
}

}  // namespace

Tensor make_view(const Tensor& of, std::span<const int64_t> sizes, std::span<const int64_t> strides,
                 int64_t storage_offset) {
  Storage* storage = of->storage;
  check_inside(sizes, strides, storage_offset, itemsize(of.dtype()), storage->nbytes);
  char* data = static_cast<char*>(storage->data) + storage_offset * itemsize(of.dtype());
  return shell_over(storage, of.dtype(), data, sizes, strides);
}

Tensor make_reshaped(const Tensor& of, std::span<const int64_t> sizes) {
  auto* impl = new TensorImpl;
  Tensor out(impl);
  impl->dtype = of.dtype();
  if (sizes.size() <= 4) {
    int64_t numel = 1;
    for (size_t i = sizes.size(); i-- > 0;) {
      impl->dims[i] = sizes[i];
      impl->dims[i + 4] = numel;
      numel *= std::max<int64_t>(sizes[i], 1);
    }
    impl->ndim = uint8_t(sizes.size());
    impl->numel = numel;
    impl->flags = kContiguous;
  } else {
    impl->set_geometry(sizes, contiguous_strides(sizes));
  }
  if (impl->numel != of.numel() || !of.is_contiguous())
    runtime_error("shape '", to_string(sizes), "' is invalid for input of size ", of.numel());
  impl->storage = of->storage;
  ++impl->storage->refcount;
  impl->data = of->data;
  return out;
}

Tensor detached_alias(const Tensor& of, bool fresh_version) {
  auto* impl = new TensorImpl;
  Tensor out(impl);
  impl->dtype = of.dtype();
  if (of.dim() <= 4) {
    impl->ndim = of->ndim;
    impl->numel = of->numel;
    impl->flags = of->flags & (kContiguous | kOddOnes);
    std::memcpy(impl->dims, of->dims, sizeof impl->dims);
  } else {
    impl->set_geometry(of.sizes(), of.strides());
  }
  impl->data = of->data;
  impl->storage = of->storage;
  if (fresh_version) {
    impl->storage = nullptr;  // should alias() fail
    impl->storage = Storage::alias(of->storage);
  } else {
    ++impl->storage->refcount;
  }
  return out;
}

Tensor from_memory(void* data, int64_t nbytes, std::span<const int64_t> sizes,
                   std::span<const int64_t> strides, DType dtype, void (*deleter)(void*),
                   void* context, bool read_only) {
  check_inside(sizes, strides, 0, itemsize(dtype), nbytes);
  Storage* storage = Storage::make();
  storage->data = data;
  storage->nbytes = nbytes;
  storage->read_only = read_only;
  Tensor out;
  try {
    out = shell_over(storage, dtype, static_cast<char*>(data), sizes, strides);
  } catch (...) {
    small_free(storage, sizeof(Storage));
    throw;
  }
  --storage->refcount;
  storage->deleter = deleter;
  storage->deleter_context = context;
  return out;
}

}  // namespace tg
