// Views and in-place changes on the tape.
//   as_differentiable_view   marks a view, so that in-place changes of either side reach the other
//   check_inplace, check_rebase, rebase_history   what an in-place operation does before it
//                            computes, before it writes and after writing
// A view keeps where it was made (kViewOrigin flags): those made under no_grad or inference_mode,
// several outputs of one function, and what custom functions return cannot take part in in-place
// changes with grad mode on. After v.mul_(w) on a view v of b: b becomes CopySlices(b_before,
// result), and v's grad_fn is made again from b (as a strided view) when it is next asked for:
// refresh_view() in node.cpp compares versions.
#pragma once

#include "autograd/grad_mode.h"
#include "autograd/node.h"

namespace tg {

// What autograd needs of the operations; defined in ops/engine_ops.cpp.
struct Geometry {
  Dims sizes, strides;
  int64_t offset;  // in elements
};
namespace engine_ops {
Tensor add(const Tensor& a, const Tensor& b);
void add_inplace(const Tensor& into, const Tensor& grad);  // no history; version counts
// A copy in the layout that `leaf` wants for its .grad: its own where it is dense, else contiguous.
Tensor clone_for(const Tensor& leaf, const Tensor& t);  // differentiable
Tensor ones_like(const Tensor& t);
Tensor cast(const Tensor& t, DType dtype);
bool has_nan(const Tensor& t);
// Elements are reached by more than one index (or may be: the test is by strides alone).
bool may_repeat(const Geometry& g);
// Gradient of as_strided: zeros of `base`'s geometry with `grad` added at `view`'s places, or
// without `sums` written there. Differentiable.
Tensor scatter_to_base(const Tensor& grad, const Geometry& view, const Geometry& base,
                       bool sums = true);
// The elements of `grad` (laid out like `base`) at `view`'s places. Differentiable.
Tensor gather_from_base(const Tensor& grad, const Geometry& view, const Geometry& base);
// `grad` with `view`'s places set to zero. Differentiable.
Tensor zero_at_view(const Tensor& grad, const Geometry& view, const Geometry& base);
}  // namespace engine_ops

inline Geometry geometry_of(const Tensor& t) {
  return {Dims(t.sizes()), Dims(t.strides()), t.storage_offset()};
}

// `before_change`: the view is about to be changed in place. What windows that lie across each
// other have in common gets one gradient then, not their sum, as in PyTorch.
class AsStridedNode final : public Node {
 public:
  AsStridedNode(const Tensor& view, const Tensor& base, bool before_change = false)
      : view_(geometry_of(view)), base_(geometry_of(base)), sums_(!before_change) {
    edge_ = gradient_edge(base);
    edges = &edge_;
    edge_count = 1;
  }
  const char* name() const override { return "AsStridedBackward0"; }
  void backward(std::span<Tensor> grads, GradInputs& to) override {
    if (grads[0].defined()) to.set(0, engine_ops::scatter_to_base(grads[0], view_, base_, sums_));
  }

 private:
  Geometry view_, base_;
  bool sums_;
  Edge edge_;
};

// Call on every view right after make_view and record; `multi` for one of several outputs.
inline void as_differentiable_view(const Tensor& view, const Tensor& of, bool multi = false) {
  TensorImpl* v = view.impl();
  if (!is_floating(v->dtype) && v->grad_fn) [[unlikely]]
    refuse_integers(view);
  TensorImpl* base = of->base ? of->base : of.impl();
  v->base = base;
  ++base->refcount;
  v->view_version = v->storage->version;
  int origin = inference_mode       ? kViewOfInference
               : !grad_mode.enabled ? kViewOfNoGrad
               : multi              ? kMultiView
                                    : 0;
  if (!origin && of->base) origin = of->flags & kViewOrigin;
  v->flags = uint16_t(v->flags | origin);
}

// Whether an operation that gives one value to all elements it writes minds that some of them are
// the same one (an expanded tensor).
enum class Repeats { Refused, Allowed };
// Raises PyTorch's error where `self` must not be changed in place.
void check_inplace(const Tensor& self, Repeats repeats = Repeats::Refused);
[[noreturn]] void refuse_read_only(const Tensor& self);
// The same for `self` that may not require grad, but is about to get a value that does.
void check_rebase(const Tensor& self);
// Raises PyTorch's error where one lies across the other: elements would be read after being
// written. The same memory in the same order is fine.
void refuse_partial_overlap(const Tensor& written, const Tensor& read);
inline void check_no_partial_overlap(const Tensor& written, const Tensor& read) {
  const Storage *a = written->storage, *b = read->storage;
  if (written.impl() != read.impl() && (a == b || a->owner || b->owner)) [[unlikely]]
    refuse_partial_overlap(written, read);
}

// After the new value was written into self: counts the version and gives self the history of
// `result`.
void move_retained_grad(const Tensor& t, Node* to);  // retain_grad() follows t to its new grad_fn
void rebase_history(const Tensor& self, const Tensor& result);
void take_history(const Tensor& self, const Tensor& result);  // the same without the version
inline void bump_version(const Tensor& self) { ++self->storage->version; }

}  // namespace tg
