// The tensor: Storage (bytes with a version), TensorImpl (a strided view of a Storage plus its
// place in the graph) and Tensor, the counted handle that everything else passes around. Counts are
// plain integers: whoever copies or drops a handle holds the GIL or is the only thread. There are
// no operations here; those are free functions in ops/.
#pragma once

#include <cstdint>
#include <new>
#include <utility>

#include "core/allocator.h"
#include "core/dtype.h"
#include "core/scalar.h"
#include "core/shape.h"
#include "core/thread_local.h"

namespace tg {

struct Node;  // a recorded operation, autograd/node.h
struct TensorImpl;
struct TensorExtra;  // rare state of a tensor (hooks, retain_grad), autograd/hooks.h

// What autograd defines for this file: how a node loses an owner, and a tensor its rare state.
void release_node(Node* node) noexcept;
void release_extra(TensorImpl* of) noexcept;
// What the bindings install: called when a tensor that owns its Python object dies.
extern void (*release_python_object)(void* object) noexcept;

// Bytes, shared by the views of one tensor, with the count of in-place changes ("version").
// An alias has bytes of another storage and a version of its own: what Tensor.data returns.
struct Storage {
  static constexpr int64_t kInlineBytes =
      64;  // payloads up to this size lie behind the Storage, in one block
  uint32_t refcount = 1;
  uint32_t version = 0;
  void* data = nullptr;
  int64_t nbytes = 0;
  Storage* owner = nullptr;          // set in an alias
  void (*deleter)(void*) = nullptr;  // for foreign memory (NumPy, buffers)
  void* deleter_context = nullptr;
  bool read_only = false;
  bool is_zero_tensor = false;  // of zeros, and so read-only: what PyTorch calls a ZeroTensor
  bool is_inline = false;

  static Storage* make();  // without memory
  static Storage* allocate(int64_t nbytes) {
    if (nbytes > kInlineBytes) return allocate_large(nbytes);
    auto* storage = new (small_alloc(sizeof(Storage) + size_t(nbytes))) Storage;
    storage->data = storage + 1;
    storage->nbytes = nbytes;
    storage->is_inline = true;
    return storage;
  }
  void make_zero_tensor() { read_only = is_zero_tensor = true; }
  static Storage* alias(Storage* of);  // takes a new reference to `of`
  void release() noexcept {
    if (--refcount) return;
    if (is_inline) {
      small_free(this, sizeof(Storage) + size_t(nbytes));
    } else {
      destroy();
    }
  }

 private:
  static Storage* allocate_large(int64_t nbytes);
  void destroy() noexcept;
};

enum TensorFlag : uint16_t {
  kRequiresGrad = 1,  // a leaf that collects .grad (non-leaves are known by grad_fn)
  kRetainsGrad = 2,
  kViewOfNoGrad = 4,  // made under no_grad: in-place with grad is refused, as for the next ones
  kMultiView = 8,     // one of several outputs of split, unbind, ...
  kInference = 16,
  kOwnsPython = 32,  // the Python object has state and is kept by the C++ side
  kContiguous = 64,
  kHasGradHooks = 128,
  kWrappedNumber = 256,     // a Python number as a 0-d tensor: weakest in promotion
  kViewOfCustom = 512,      // a view that a custom autograd function returned
  kViewOfInference = 1024,  // made under inference_mode of a normal tensor
  kViewOrigin = kViewOfNoGrad | kMultiView | kViewOfCustom | kViewOfInference,
  kPacked = 2048,   // not a tensor but what saved_tensors_hooks made of one
  kOddOnes = 4096,  // dims of size 1 have other strides than in a fresh tensor
};

struct TensorImpl : SmallAllocated<TensorImpl> {
  uint32_t refcount = 0;
  DType dtype = DType::Float32;
  uint8_t ndim = 0;
  uint16_t flags = 0;
  void* python = nullptr;  // the Python object while it lives (borrowed unless kOwnsPython)
  Storage* storage = nullptr;
  char* data = nullptr;  // first element
  int64_t numel = 1;
  TensorImpl* grad = nullptr;  // owned
  Node* grad_fn = nullptr;     // owned; null in leaves
  uint32_t output_nr = 0;  // which output of grad_fn; in a leaf, its slot in the backward run `run`
  union {
    uint32_t view_version = 0;  // storage version at which grad_fn of a view was last right
    uint32_t run;  // in a leaf that is no view: the backward run that has a slot for it
  };
  TensorImpl* base = nullptr;    // owned; the tensor this is a view of, itself never a view
  TensorExtra* extra = nullptr;  // owned
  union {
    int64_t dims[8];  // sizes, then strides at +4, for up to 4 dimensions
    int64_t* heap;    // sizes, then strides at +ndim
  };

  TensorImpl() {}
  ~TensorImpl();
  TensorImpl(const TensorImpl&) = delete;
  TensorImpl& operator=(const TensorImpl&) = delete;

  const int64_t* sizes() const { return ndim <= 4 ? dims : heap; }
  const int64_t* strides() const { return ndim <= 4 ? dims + 4 : heap + ndim; }
  void set_geometry(std::span<const int64_t> sizes, std::span<const int64_t> strides);
  void drop_geometry() noexcept;
};

void destroy_tensor(TensorImpl* impl) noexcept;

class Tensor {
 public:
  Tensor() = default;
  explicit Tensor(TensorImpl* impl) : impl_(impl) {
    if (impl_) ++impl_->refcount;
  }
  Tensor(const Tensor& other) : Tensor(other.impl_) {}
  Tensor(Tensor&& other) noexcept : impl_(std::exchange(other.impl_, nullptr)) {}
  Tensor& operator=(Tensor other) noexcept {
    std::swap(impl_, other.impl_);
    return *this;
  }
  ~Tensor() {
    if (impl_ && --impl_->refcount == 0) destroy_tensor(impl_);
  }

  bool defined() const { return impl_ != nullptr; }
  explicit operator bool() const { return defined(); }
  TensorImpl* impl() const { return impl_; }
  TensorImpl* operator->() const { return impl_; }
  TensorImpl* release() { return std::exchange(impl_, nullptr); }  // the count goes to the caller
  static Tensor take(TensorImpl* impl) {  // the count comes from the caller
    Tensor t;
    t.impl_ = impl;
    return t;
  }

  DType dtype() const { return impl_->dtype; }
  int dim() const { return impl_->ndim; }
  int64_t numel() const { return impl_->numel; }
  int64_t size(int i) const { return impl_->sizes()[i]; }
  int64_t stride(int i) const { return impl_->strides()[i]; }
  std::span<const int64_t> sizes() const { return {impl_->sizes(), impl_->ndim}; }
  std::span<const int64_t> strides() const { return {impl_->strides(), impl_->ndim}; }
  bool is_contiguous() const { return impl_->flags & kContiguous; }
  // Contiguous with exactly the strides of a fresh tensor.
  bool is_plain() const { return (impl_->flags & (kContiguous | kOddOnes)) == kContiguous; }
  int64_t storage_offset() const {
    // Sizes of elements are powers of two: a shift, where a division costs as much as a small view.
    return (impl_->data - static_cast<char*>(impl_->storage->data)) >>
           __builtin_ctz(unsigned(itemsize(impl_->dtype)));
  }
  template <class T>
  T* data() const {
    return reinterpret_cast<T*>(impl_->data);
  }
  uint32_t version() const { return impl_->storage->version; }
  bool same_sizes(const Tensor& other) const {
    return dim() == other.dim() &&
           std::equal(sizes().begin(), sizes().end(), other.sizes().begin());
  }

 private:
  TensorImpl* impl_ = nullptr;
};

// Tensors made while this is set know that they will never be part of a graph: inference_mode().
inline TG_THREAD_LOCAL bool inference_mode = false;

// New memory, not initialised.
Tensor empty(std::span<const int64_t> sizes, DType dtype);
inline Tensor empty_like_contiguous(const Tensor& t) { return empty(t.sizes(), t.dtype()); }
// Same sizes; the same strides where they are dense, else strides in the same order (PyTorch's
// preserve_format). In layout.cpp; layout.h has the other formats.
Tensor empty_like(const Tensor& t, DType dtype);

// The one constructor of views: checks sizes, strides and offset (in elements) against the storage.
// The result shares storage and version; autograd's side is left to the caller.
Tensor make_view(const Tensor& of, std::span<const int64_t> sizes, std::span<const int64_t> strides,
                 int64_t storage_offset);
// The elements of a contiguous tensor in another shape of as many; checks nothing but the count.
Tensor make_reshaped(const Tensor& of, std::span<const int64_t> sizes);
// The same memory and version, no history. With `fresh_version`, in-place changes are counted
// apart.
Tensor detached_alias(const Tensor& of, bool fresh_version);
// A tensor over memory that `deleter(context)` frees.
Tensor from_memory(void* data, int64_t nbytes, std::span<const int64_t> sizes,
                   std::span<const int64_t> strides, DType dtype, void (*deleter)(void*),
                   void* context, bool read_only);

}  // namespace tg
