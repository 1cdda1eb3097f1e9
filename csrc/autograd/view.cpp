#include "autograd/view.h"

namespace tg {
namespace {

class CopySlicesNode final : public Node {
 public:
  CopySlicesNode(const Tensor& base, const Tensor& view, const Tensor& result)
      : view_(geometry_of(view)), base_(geometry_of(base)) {
    edges_[0] = gradient_edge(base);
    edges_[1] = gradient_edge(result);
    edges = edges_;
    edge_count = 2;
  }
  const char* name() const override { return "torch::autograd::CopySlices"; }
  void backward(std::span<Tensor> grads, GradInputs& to) override {
    if (!grads[0].defined()) return;
    if (to.needed(0)) to.set(0, engine_ops::zero_at_view(grads[0], view_, base_));
    if (to.needed(1)) to.set(1, engine_ops::gather_from_base(grads[0], view_, base_));
  }

 private:
  Geometry view_, base_;
  Edge edges_[2];
};

}  // namespace

void check_inplace(const Tensor& self) {
  TensorImpl* impl = self.impl();
  if (impl->storage->read_only)
    runtime_error(
        "this tensor shares the memory of a read-only NumPy array or buffer: copy it first "
        "(clone())");
  for (int i = 0; i < impl->ndim && impl->numel; ++i)
    if (impl->strides()[i] == 0 && impl->sizes()[i] > 1)
      runtime_error(
          "unsupported operation: more than one element of the written-to tensor refers to a "
          "single memory location. "
          "Please clone() the tensor before performing the operation.");
  if (!grad_mode.enabled || !impl->base) {
    if (grad_mode.enabled && !impl->grad_fn && (impl->flags & kRequiresGrad))
      runtime_error("a leaf Variable that requires grad is being used in an in-place operation.");
    return;
  }
  const Tensor base(impl->base);
  if (!requires_grad(self) && !requires_grad(base)) return;
  if (impl->flags & kMultiView)
    runtime_error("Output ", impl->output_nr, " of ",
                  impl->grad_fn ? operation_name(impl->grad_fn) : "a function",
                  " is a view and is being modified inplace. This view is the output of a function "
                  "that returns "
                  "multiple views. Such functions do not allow the output views to be modified "
                  "inplace. You should "
                  "replace the inplace operation by an out-of-place one.");
  if (impl->flags & kViewOfNoGrad)
    runtime_error(
        "A view was created in no_grad mode and is being modified inplace with grad mode enabled. "
        "Given "
        "that this use case is ambiguous and error-prone, it is forbidden. You can clarify your "
        "code by "
        "moving both the view and the inplace either both inside the no_grad block (if you don't "
        "want the "
        "inplace to be tracked) or both outside (if you want the inplace to be tracked).");
  if (!base->grad_fn && (base->flags & kRequiresGrad))
    runtime_error(
        "a view of a leaf Variable that requires grad is being used in an in-place operation.");
  if (!impl->grad_fn && (impl->flags & kRequiresGrad))
    runtime_error("a leaf Variable that requires grad is being used in an in-place operation.");
}

void rebase_history(const Tensor& self, const Tensor& result) {
  bump_version(self);
  if (!grad_mode.enabled || !requires_grad(result)) return;
  if (self->base) {
    const Tensor base(self->base);
    auto* node = new CopySlicesNode(base, self, result);
    move_retained_grad(base, node);
    set_grad_fn(base, node, 0);
    return;  // self is refreshed from its base when next asked
  }
  Node* node = result->grad_fn;
  move_retained_grad(self, node);
  ++node->refcount;
  set_grad_fn(self, node, result->output_nr);
}

}  // namespace tg
