#include "autograd/node.h"

#include "autograd/anomaly.h"
#include "autograd/record.h"
#include "autograd/view.h"

namespace tg {
namespace {

uint64_t next_sequence = 1;

TG_THREAD_LOCAL Node* dead_nodes = nullptr;  // linked through `sequence`
TG_THREAD_LOCAL bool draining = false;

}  // namespace

void note_trace(Node* node);  // anomaly.cpp

Node::Node() : sequence(next_sequence++) {
  if (anomaly.enabled) [[unlikely]]
    note_trace(this);
}

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

void refuse_integers(const Tensor& out) {
  runtime_error("Autograd not support dtype: ", info(out.dtype()).scalar);
}

std::string operation_name(const Node* node) {
  const std::string name = node->name();
  const size_t end = name.rfind("Backward");
  return end == name.npos || end == 0 ? name : name.substr(0, end);
}

int saved_hooks_in_use = 0;
std::shared_ptr<Packed> (*pack_saved)(const Tensor& t) = nullptr;

void Saved::pack() {
  GradModeGuard off(false);
  std::shared_ptr<Packed> packed = pack_saved(tensor_);
  if (!packed) return;
  if (tensor_.version() != version_)
    runtime_error(
        "A saved tensor pack hook is modifying its input in place. Tensors provided as input to "
        "pack hook cannot be modified by in-place operations as this can lead to unexpected "
        "side-effects. Please open an issue if you need to perform in-place operations on the "
        "input to a pack hook.");
  Tensor placeholder(new TensorImpl);
  placeholder->flags = kPacked;
  TensorExtra& extra = make_extra(placeholder.impl());
  extra.packed = std::move(packed);
  extra.packed_edge = gradient_edge(tensor_);
  tensor_ = std::move(placeholder);
}

Tensor Saved::unpack_packed(Node* owner) const {
  const Tensor keep = tensor_;  // the hook may run anything, also what drops this node
  Tensor data = keep->extra->packed->unpack();
  const Edge& edge = keep->extra->packed_edge;
  if (!is_output_ && !edge) return data;
  Tensor out = detached_alias(data, false);
  if (is_output_) {
    ++owner->refcount;
    set_grad_fn(out, owner, output_nr_);
  } else if (Node* node = edge.node()) {
    ++node->refcount;
    set_grad_fn(out, node, edge.output_nr());
  } else if (grad_mode.enabled) {  // through a node, since only the leaf itself is that leaf
    record("AliasBackward0", out, inputs(Tensor(edge.leaf())), saves(),
           [](const Tensor& g) { return g; });
  }
  return out;
}

Tensor Saved::unpack(Node* owner) const {
  if (!tensor_.defined()) return {};
  if (tensor_->flags & kPacked) [[unlikely]]
    return unpack_packed(owner);
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
        "torch.autograd.set_detect_anomaly(True, check_nan=False).");
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
  if (!view->grad_fn && !requires_grad(base)) return;
  if (view->flags & kViewOrigin) refuse_view_change(view, true);
  const Tensor handle(view);
  auto* node = new AsStridedNode(handle, base);
  move_retained_grad(handle, node);
  set_grad_fn(handle, node, 0);
  view->view_version = view->storage->version;
}

}  // namespace tg
