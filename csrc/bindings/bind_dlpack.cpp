// Tensors as DLPack capsules and back, without a copy (dmlc.github.io/dlpack). The structures below
// are the protocol's; python/tapegrad/utils/dlpack.py negotiates versions and devices.
#include <memory>
#include <string_view>

#include "bindings/bind.h"

namespace tg {
namespace {

// --- the protocol's structures -------------------------------------------------------------------
struct DLDevice {
  int32_t type, id;
};
struct DLDataType {
  uint8_t code, bits;
  uint16_t lanes;
};
struct DLTensor {
  void* data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape, *strides;
  uint64_t byte_offset;
};
struct DLManagedTensor {  // before version 1.0
  DLTensor tensor;
  void* context;
  void (*deleter)(DLManagedTensor*);
};
struct DLManagedTensorVersioned {
  uint32_t major, minor;
  void* context;
  void (*deleter)(DLManagedTensorVersioned*);
  uint64_t flags;
  DLTensor tensor;
};
enum DLDeviceType { kDLCPU = 1 };
enum DLCode : uint8_t { kDLInt = 0, kDLUInt = 1, kDLFloat = 2, kDLBfloat = 4, kDLBool = 6 };
enum DLFlag : uint64_t { kReadOnly = 1, kIsCopied = 2 };
constexpr uint32_t kMajor = 1, kMinor = 0;

template <class Managed>
constexpr const char* capsule_name() {
  return std::is_same_v<Managed, DLManagedTensor> ? "dltensor" : "dltensor_versioned";
}
template <class Managed>
constexpr const char* used_name() {
  return std::is_same_v<Managed, DLManagedTensor> ? "used_dltensor" : "used_dltensor_versioned";
}

[[noreturn]] void buffer_error(const std::string& text) {
  PyErr_SetString(PyExc_BufferError, text.c_str());
  throw PythonError();
}

// --- out -----------------------------------------------------------------------------------------
DLDataType type_of(DType dtype) {
  const auto bits = uint8_t(itemsize(dtype) * 8);
  if (dtype == DType::Bool) return {kDLBool, bits, 1};
  if (dtype == DType::BFloat16) return {kDLBfloat, bits, 1};
  if (dtype == DType::UInt8) return {kDLUInt, bits, 1};
  return {is_floating(dtype) ? kDLFloat : kDLInt, bits, 1};
}

// What a consumer holds: the tensor, the numbers of its geometry, and the structure itself.
template <class Managed>
struct Exported {
  Tensor held;
  int64_t shape[kMaxDims], strides[kMaxDims];
  Managed managed{};

  static void release(Managed* managed) {
    if (!managed || !Py_IsInitialized()) return;
    const PyGILState_STATE state = PyGILState_Ensure();  // from any thread
    delete static_cast<Exported*>(managed->context);
    PyGILState_Release(state);
  }
};

template <class Managed>
void destroy_capsule(PyObject* capsule) {
  if (!PyCapsule_IsValid(capsule, capsule_name<Managed>())) return;  // somebody has taken it
  auto* managed = static_cast<Managed*>(PyCapsule_GetPointer(capsule, capsule_name<Managed>()));
  if (managed->deleter) managed->deleter(managed);
}

template <class Managed>
PyObject* capsule_of(const Tensor& t, [[maybe_unused]] bool copied) {
  auto exported = std::make_unique<Exported<Managed>>();
  exported->held = detached_alias(t, false);
  for (int i = 0; i < t.dim(); ++i) {
    exported->shape[i] = t.size(i);
    exported->strides[i] = t.size(i) < 2 ? 1 : t.stride(i);
  }
  Managed& m = exported->managed;
  m.tensor = {t->data,         {kDLCPU, 0},       t.dim(), type_of(t.dtype()),
              exported->shape, exported->strides, 0};
  m.context = exported.get();
  m.deleter = &Exported<Managed>::release;
  if constexpr (std::is_same_v<Managed, DLManagedTensorVersioned>) {
    m.major = kMajor;
    m.minor = kMinor;
    if (t->storage->read_only) m.flags |= kReadOnly;
    if (copied) m.flags |= kIsCopied;
  }
  Ref capsule = checked(PyCapsule_New(&m, capsule_name<Managed>(), &destroy_capsule<Managed>));
  (void)exported.release();
  return capsule.release();
}

PyObject* to_dlpack(const Tensor& t, bool versioned, bool copy) {
  if (requires_grad(t))
    buffer_error("Can't export tensors that require gradient, use tensor.detach()");
  GradModeGuard off(false);
  const Tensor source = copy ? clone(t) : t;
  if (versioned) return capsule_of<DLManagedTensorVersioned>(source, copy);
  if (source->storage->read_only)
    buffer_error("Cannot export read-only memory without DLPack 1.0: copy the tensor first");
  return capsule_of<DLManagedTensor>(source, copy);
}

// --- in ------------------------------------------------------------------------------------------
DType dtype_of_type(const DLDataType& type) {
  if (type.lanes != 1) runtime_error("ATen does not support lanes != 1");
  const auto sized = [&](std::initializer_list<DType> choices) {
    for (const DType d : choices)
      if (itemsize(d) * 8 == type.bits) return d;
    buffer_error(join_text("tapegrad has no dtype for DLPack type code ", int(type.code), " of ",
                           int(type.bits), " bits"));
  };
  switch (type.code) {
    case kDLInt:
      return sized({DType::Int8, DType::Int16, DType::Int32, DType::Int64});
    case kDLUInt:
      return sized({DType::UInt8});
    case kDLFloat:
      return sized({DType::Float16, DType::Float32, DType::Float64});
    case kDLBfloat:
      return sized({DType::BFloat16});
    case kDLBool:
      return sized({DType::Bool});
    default:
      return sized({});
  }
}

template <class Managed>
void release_import(void* context) {
  auto* managed = static_cast<Managed*>(context);
  if (managed->deleter && Py_IsInitialized()) managed->deleter(managed);
}

template <class Managed>
Tensor take_capsule(PyObject* capsule) {
  auto* managed = static_cast<Managed*>(PyCapsule_GetPointer(capsule, capsule_name<Managed>()));
  if (!managed) throw PythonError();
  bool read_only = false;
  if constexpr (std::is_same_v<Managed, DLManagedTensorVersioned>) {
    if (managed->major > kMajor)
      buffer_error(join_text("Unsupported DLPack version ", managed->major, ".", managed->minor,
                             ": at most ", kMajor, ".x"));
    read_only = managed->flags & kReadOnly;
  }
  const DLTensor& t = managed->tensor;
  if (t.device.type != kDLCPU)
    buffer_error(join_text("tapegrad runs on the CPU only: DLPack device type ", t.device.type,
                           " is not available"));
  const DType dtype = dtype_of_type(t.dtype);
  const int64_t item = itemsize(dtype);
  if (t.ndim < 0 || t.ndim > kMaxDims)
    runtime_error("too many dimensions: tensors have at most ", kMaxDims, ", got ", t.ndim);
  const Dims sizes(t.shape, t.ndim);
  const int64_t numel = checked_numel(sizes);
  const Dims strides = t.strides ? Dims(t.strides, t.ndim) : contiguous_strides(sizes);
  int64_t last = 0, nbytes = 0;
  bool overflow = false;
  for (int i = 0; i < t.ndim && numel; ++i) {
    int64_t span = 0;
    overflow |= __builtin_mul_overflow(sizes[i] - 1, strides[i], &span) ||
                __builtin_add_overflow(last, span, &last);
  }
  overflow |= __builtin_add_overflow(last, 1, &last) || __builtin_mul_overflow(last, item, &nbytes);
  if (overflow) runtime_error("Storage size calculation overflowed with sizes=", to_string(sizes));
  char* data = static_cast<char*>(t.data) + t.byte_offset;
  if (reinterpret_cast<uintptr_t>(data) % uintptr_t(item))
    value_error("the DLPack tensor is not aligned to its element size: copy it first");
  static char nothing[16];
  Tensor out = from_memory(t.data && numel ? data : nothing, numel ? nbytes : 0, sizes, strides,
                           dtype, &release_import<Managed>, managed, read_only);
  // Ours now: the capsule frees it no more.
  if (PyCapsule_SetName(capsule, used_name<Managed>()) < 0) {
    out->storage->deleter = nullptr;
    throw PythonError();
  }
  return out;
}

Tensor from_dlpack(PyObject* capsule) {
  if (PyCapsule_IsValid(capsule, capsule_name<DLManagedTensorVersioned>()))
    return take_capsule<DLManagedTensorVersioned>(capsule);
  if (PyCapsule_IsValid(capsule, capsule_name<DLManagedTensor>()))
    return take_capsule<DLManagedTensor>(capsule);
  const char* name = PyCapsule_CheckExact(capsule) ? PyCapsule_GetName(capsule) : nullptr;
  PyErr_Clear();
  if (name && std::string_view(name).starts_with("used_dltensor"))
    runtime_error(
        "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only "
        "once, so you might have already constructed a tensor from it once.");
  type_error("from_dlpack() takes a DLPack capsule or an object with __dlpack__, not ",
             name ? name : Py_TYPE(capsule)->tp_name);
}

}  // namespace

void bind_dlpack(Binder& b) {
  b.def("_to_dlpack", {fn(&to_dlpack, "input, versioned, copy")}, kFunction,
        "A DLPack capsule over the memory of a tensor, or of a copy of it.");
  b.def("_from_dlpack", {fn(&from_dlpack, "capsule")}, kFunction,
        "A tensor over the memory of a DLPack capsule, which is used up.");
}

}  // namespace tg
