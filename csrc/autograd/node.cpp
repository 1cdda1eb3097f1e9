#include "autograd/node.h"

#include "autograd/view.h"

namespace tg {
namespace {

uint64_t next_sequence = 1;

thread_local Node* dead_nodes = nullptr;  // linked through `sequence`
thread_local bool draining = false;

}  // namespace

Node::Node() : sequence(next_sequence++) {}

Node::~Node() { delete extra; }

void release_node(Node* node) noexcept {
  if (--node->refcount) return;
  node->sequence = reinterpret_cast<uintptr_t>(dead_nodes);
  dead_nodes = node;
  if (draining) return;
  draining = true;
  while (dead_nodes) {
    Node* next = dead_nodes;
    dead_nodes = reinterpret_cast<Node*>(next->sequence);
    delete next;
  }
  draining = false;
}

void release_extra(TensorImpl* of) noexcept {
  TensorExtra* extra = std::exchange(of->extra, nullptr);
  if (extra->retained_on && extra->retained_on->extra)
    std::erase_if(extra->retained_on->extra->retained,
                  [&](const RetainedGrad& r) { return r.tensor == of; });
  delete extra;
}

void Edge::reset() noexcept {
  const uintptr_t target = std::exchange(target_, 0);
  if (target & 1) {
    Tensor::take(reinterpret_cast<TensorImpl*>(target & ~uintptr_t{1}));
  } else if (target) {
    release_node(reinterpret_cast<Node*>(target));
  }
}

void refuse_inference_tensor() {
  runtime_error(
      "Inference tensors cannot be saved for backward. Please do not save Tensors computed in "
      "inference mode for "
      "use in computation tracked by autograd. To work around this, you can make a clone to get a "
      "normal tensor "
      "and use it in autograd.");
}

std::string operation_name(const Node* node) {
  const std::string name = node->name();
  const size_t end = name.rfind("Backward");
  return end == name.npos || end == 0 ? name : name.substr(0, end);
}

Tensor Saved::unpack(Node* owner) const {
  if (!tensor_.defined()) return {};
  if (tensor_.version() != version_) {
    Node* source = is_output_ ? owner : tensor_->grad_fn;
    runtime_error(
        "one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [",
        "torch.", info(tensor_.dtype()).legacy, " ", to_string(tensor_.sizes()), "]",
        source ? join_text(", which is output ",
                           is_output_ ? uint32_t(output_nr_) : tensor_->output_nr, " of ",
                           operation_name(source), ",")
               : std::string(),
        " is at version ", tensor_.version(), "; expected version ", version_,
        " instead. Hint: enable anomaly detection to find the operation that failed to compute its "
        "gradient, with "
        "torch.autograd.set_detect_anomaly(True).");
  }
  if (!is_output_) return tensor_;
  Tensor out = detached_alias(tensor_, false);
  ++owner->refcount;
  set_grad_fn(out, owner, output_nr_);
  return out;
}

void move_retained_grad(const Tensor& t, Node* to) {
  TensorExtra* extra = t->extra;
  if (!extra || !extra->retained_on) return;
  std::erase_if(extra->retained_on->extra->retained,
                [&](const RetainedGrad& r) { return r.tensor == t.impl(); });
  if (to) to->make_extra().retained.push_back({t->output_nr, t.impl()});
  extra->retained_on = to;
}

void refresh_view(TensorImpl* view) {
  const Tensor base(view->base);
  view->view_version = view->storage->version;
  if ((view->flags & kViewOfNoGrad) || !requires_grad(base)) return;
  const Tensor handle(view);
  auto* node = new AsStridedNode(handle, base);
  move_retained_grad(handle, node);
  set_grad_fn(handle, node, 0);
}

}  // namespace tg
