#include "autograd/view.h"

#include <algorithm>

namespace tg {
namespace {

// Of an expanded tensor that has elements.
void refuse_repeats(const int64_t* sizes, const int64_t* strides, int ndim) {
  if (std::find(sizes, sizes + ndim, 0) != sizes + ndim) return;
  for (int i = 0; i < ndim; ++i)
    if (strides[i] == 0 && sizes[i] > 1)
      runtime_error(
          "unsupported operation: more than one element of the written-to tensor refers to a "
          "single memory location. "
          "Please clone() the tensor before performing the operation.");
}

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
    refuse_repeats(view_.sizes.data(), view_.strides.data(), view_.sizes.size());
    if (to.needed(0)) to.set(0, engine_ops::zero_at_view(grads[0], view_, base_));
    if (to.needed(1)) to.set(1, engine_ops::gather_from_base(grads[0], view_, base_));
  }

 private:
  Geometry view_, base_;
  Edge edges_[2];
};

// Elements fill a stretch of memory, in any order of the dimensions.
bool is_dense(const Tensor& t) {
  if (t.is_contiguous()) return true;
  int order[kMaxDims];
  int n = 0;
  for (int i = 0; i < t.dim(); ++i)
    if (t.size(i) != 1) order[n++] = i;
  std::sort(order, order + n, [&](int a, int b) { return t.stride(a) < t.stride(b); });
  int64_t step = 1;
  for (int i = 0; i < n; ++i) {
    if (t.stride(order[i]) != step) return false;
    step *= t.size(order[i]);
  }
  return true;
}

}  // namespace

void refuse_view_change(const TensorImpl* view, bool indirect) {
  const char* changed = indirect ? "its base or another view of its base has been" : "is being";
  const Node* node = view->grad_fn;
  const bool inference = view->flags & kViewOfInference, no_grad = view->flags & kViewOfNoGrad;
  const std::string output =
      node ? join_text("Output ", view->output_nr, " of ", operation_name(node), " is a view")
           : std::string();
  std::string message;
  if (inference || no_grad || !node) {
    message =
        join_text(node ? output + " of a view which was" : "A view was", " created in ",
                  inference ? "inference" : "no_grad", " mode and ", changed, " modified inplace ",
                  inference ? "in normal mode." : "with grad mode enabled.");
  } else {
    message = join_text(output, " and ", changed, " modified inplace.");
  }
  if (inference || no_grad) {
    const char* mode = inference ? "inference_mode" : "no_grad";
    runtime_error(message,
                  " Given that this use case is ambiguous and error-prone, it is forbidden. You "
                  "can clarify your code by moving both the view and the inplace either both "
                  "inside the ",
                  mode,
                  " block (if you don't want the inplace to be tracked) or both outside (if you "
                  "want the inplace to be tracked).");
  }
  if (view->flags & kMultiView)
    runtime_error(message,
                  " This view is the output of a function that returns multiple views. Such "
                  "functions do not allow the output views to be modified inplace. You should "
                  "replace the inplace operation by an out-of-place one.");
  runtime_error(message,
                " This view was created inside a custom Function (or because an input was returned "
                "as-is) and the autograd logic to handle view+inplace would override the custom "
                "backward associated with the custom Function, leading to incorrect gradients. "
                "This behavior is forbidden. You can fix this by cloning the output of the custom "
                "Function.");
}

void refuse_read_only(const Tensor& self) {
  if (self->storage->is_zero_tensor)
    runtime_error(
        "ZeroTensors are immutable. Please use the materialized zero tensor obtained using "
        ".clone() if you want a mutable tensor.");
  runtime_error(
      "this tensor shares the memory of a read-only NumPy array or buffer: copy it first "
      "(clone())");
}

void check_inplace(const Tensor& self, Repeats repeats) {
  TensorImpl* impl = self.impl();
  if (impl->storage->read_only) refuse_read_only(self);
  if (repeats == Repeats::Refused) refuse_repeats(impl->sizes(), impl->strides(), impl->ndim);
  if (grad_mode.enabled && requires_grad(self)) check_rebase(self);
}

void check_rebase(const Tensor& self) {
  if (!grad_mode.enabled) return;
  TensorImpl* impl = self.impl();
  if (impl->base) {
    if (impl->flags & kViewOrigin) refuse_view_change(impl, false);
    if (requires_grad(self) && !impl->base->grad_fn)
      runtime_error(
          "a view of a leaf Variable that requires grad is being used in an in-place operation.");
  }
  if (requires_grad(self) && !current_grad_fn(self))
    runtime_error("a leaf Variable that requires grad is being used in an in-place operation.");
}

void refuse_partial_overlap(const Tensor& written, const Tensor& read) {
  auto root = [](Storage* s) { return s->owner ? s->owner : s; };
  if (root(written->storage) != root(read->storage) || !written.numel() || !read.numel()) return;
  if (!is_dense(written) || !is_dense(read)) return;  // PyTorch leaves these to the caller
  const char *a = written->data, *b = read->data;
  const char* a_end = a + written.numel() * itemsize(written.dtype());
  const char* b_end = b + read.numel() * itemsize(read.dtype());
  if (a == b && a_end == b_end &&
      std::equal(written.strides().begin(), written.strides().end(), read.strides().begin(),
                 read.strides().end()))
    return;
  if (a < b_end && b < a_end)
    runtime_error(
        "unsupported operation: some elements of the input tensor and the written-to tensor refer "
        "to a single memory location. Please clone() the tensor before performing the operation.");
}

void rebase_history(const Tensor& self, const Tensor& result) {
  bump_version(self);
  take_history(self, result);
}
void take_history(const Tensor& self, const Tensor& result) {
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
