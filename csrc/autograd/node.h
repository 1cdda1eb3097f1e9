// What the tape is made of: Edge (where a gradient goes), Saved (a tensor kept for backward, with
// its version) and Node (one recorded operation). record.h makes nodes, engine.h walks them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace tg {

// Points at a node, or straight at a leaf (bit 0 set): no accumulation node exists until Python
// asks.
class Edge {
 public:
  Edge() = default;
  Edge(Node* node, uint32_t output_nr);  // takes a new reference
  explicit Edge(TensorImpl* leaf) : target_(reinterpret_cast<uintptr_t>(leaf) | 1) {
    ++leaf->refcount;
  }
  Edge(Edge&& other) noexcept
      : target_(std::exchange(other.target_, 0)), output_nr_(other.output_nr_) {}
  Edge& operator=(Edge&& other) noexcept {
    std::swap(target_, other.target_);
    std::swap(output_nr_, other.output_nr_);
    return *this;
  }
  ~Edge() {
    if (target_) reset();
  }
  void reset() noexcept;

  explicit operator bool() const { return target_ != 0; }
  bool is_leaf() const { return target_ & 1; }
  Node* node() const { return is_leaf() ? nullptr : reinterpret_cast<Node*>(target_); }
  TensorImpl* leaf() const {
    return is_leaf() ? reinterpret_cast<TensorImpl*>(target_ & ~uintptr_t{1}) : nullptr;
  }
  uint32_t output_nr() const { return output_nr_; }

 private:
  uintptr_t target_ = 0;
  uint32_t output_nr_ = 0;
};

// The gradients that a node hands to its inputs: set() those that are needed().
class GradInputs {
 public:
  GradInputs(Tensor* grads, const Edge* edges, size_t count)
      : grads_(grads), edges_(edges), count_(count) {}
  size_t size() const { return count_; }
  bool needed(size_t i) const { return bool(edges_[i]); }
  void set(size_t i, Tensor grad) { grads_[i] = std::move(grad); }

 private:
  Tensor* grads_;
  const Edge* edges_;
  size_t count_;
};

// A Python callable, seen from here. Returns the gradient to go on with, or an undefined tensor for
// "unchanged". Of a node with several outputs, those that nothing depends on have an undefined
// gradient.
struct Hook {
  virtual ~Hook() = default;
  virtual Tensor call(const Tensor& grad) = 0;
};
struct TensorHook {
  uint64_t id;
  uint32_t output_nr;  // which gradient of a node; 0 for leaves
  std::shared_ptr<Hook> hook;
};
// A hook on a node: sees all gradients at once.
struct NodeHook {
  virtual ~NodeHook() = default;
  virtual void call(std::span<Tensor> grad_inputs, std::span<Tensor> grad_outputs) = 0;
};
struct NodeHookEntry {
  uint64_t id;
  bool before;  // runs before the node: register_prehook
  std::shared_ptr<NodeHook> hook;
};

struct RetainedGrad {
  uint32_t output_nr;
  TensorImpl* tensor;  // borrowed; the tensor takes itself out when it dies
};
struct Trace;  // where a node was made, autograd/anomaly.h
// What a pack hook made of a saved tensor.
struct Packed {
  virtual ~Packed() = default;
  virtual Tensor unpack() = 0;
};

struct NodeExtra {
  void* python = nullptr;  // the Python object of the node while it lives (borrowed)
  std::vector<TensorHook> tensor_hooks;
  std::vector<NodeHookEntry> node_hooks;
  std::vector<RetainedGrad> retained;
  std::shared_ptr<const Trace> trace;
};
struct TensorExtra {
  std::vector<TensorHook> hooks;            // of a leaf
  std::vector<TensorHook> post_accumulate;  // of a leaf, after .grad was written
  void* accumulate_python = nullptr;        // Python's AccumulateGrad object (borrowed)
  Node* retained_on = nullptr;              // borrowed: the node that knows of retain_grad
  std::shared_ptr<Packed> packed;           // of a placeholder (kPacked) in a Saved
  Edge packed_edge;                         // where gradients of the packed tensor go
};

struct Node : SmallAllocated<Node> {
  uint32_t refcount = 1;
  uint32_t edge_count = 0;
  uint64_t sequence;  // a node points only at smaller numbers
  uint32_t run = 0;   // the backward run that has a slot for this node, and the slot
  uint32_t slot = 0;
  NodeExtra* extra = nullptr;
  Edge* edges = nullptr;  // inside the derived node, or on the heap where there are many
  uint32_t output_count = 1;
  bool released = false;  // saved tensors were dropped by a backward without retain_graph

  Node();
  virtual ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  virtual const char* name() const = 0;
  virtual void backward(std::span<Tensor> grad_outputs, GradInputs& grad_inputs) = 0;
  virtual void release_saved() noexcept {}
  // PyTorch counts a number as an input of +, -, * and /: where Python is shown one that has no
  // edge; -1: nowhere.
  virtual int number_input() const { return -1; }
  // For introspection from Python (grad_fn._saved_*, graph drawing): the i-th saved tensor,
  // undefined past the end.
  virtual Tensor saved_tensor(size_t) { return {}; }

  NodeExtra& make_extra() {
    if (!extra) extra = new NodeExtra;
    return *extra;
  }
};

// "Mul" of "MulBackward0", as error messages name it.
std::string operation_name(const Node* node);

// Dead nodes go on a list, so freeing a graph never recurses.
void release_node(Node* node) noexcept;

[[noreturn]] void refuse_inference_tensor();

// saved_tensors_hooks: how many pairs all threads have, and how the bindings call them. pack_saved
// returns null where this thread has none.
extern int saved_hooks_in_use;
extern std::shared_ptr<Packed> (*pack_saved)(const Tensor& t);

// With saved_tensors_hooks tensor_ is a placeholder that has the packed object, so that a Saved is
// no larger for it.
class Saved {
 public:
  Saved() = default;
  explicit Saved(const Tensor& t) : tensor_(t), version_(t.defined() ? t.version() : 0) {
    if (t.defined() && (t->flags & kInference)) [[unlikely]]
      refuse_inference_tensor();
    if (saved_hooks_in_use && t.defined()) [[unlikely]]
      pack();
  }
  // An output is saved as a detached alias: its own handle would tie node and tensor into a cycle.
  static Saved output(const Tensor& t, uint32_t output_nr = 0) {
    Saved s(detached_alias(t, false));
    s.output_nr_ = output_nr;
    s.is_output_ = true;
    return s;
  }
  Tensor unpack(Node* owner) const;
  void reset() noexcept { tensor_ = Tensor(); }
  bool defined() const { return tensor_.defined(); }

 private:
  void pack();
  Tensor unpack_packed(Node* owner) const;

  Tensor tensor_;
  uint32_t version_ = 0;
  uint32_t output_nr_ : 31 = 0;
  bool is_output_ : 1 = false;
};

inline Edge::Edge(Node* node, uint32_t output_nr)
    : target_(reinterpret_cast<uintptr_t>(node)), output_nr_(output_nr) {
  if (node) ++node->refcount;
}

// --- what a tensor is to the graph
// Brings the grad_fn of a view up to date after its base was changed in place, or raises PyTorch's
// error where that is refused.
void refresh_view(TensorImpl* view);
// Raises PyTorch's error about an in-place change of a view, or (indirect) of what it views.
[[noreturn]] void refuse_view_change(const TensorImpl* view, bool indirect);

// A view requires grad where its base does, recorded or not.
inline bool requires_grad(const Tensor& t) {
  const TensorImpl* impl = t.impl();
  if (impl->grad_fn || (impl->flags & kRequiresGrad)) return true;
  const TensorImpl* base = impl->base;
  return base && (base->grad_fn || (base->flags & kRequiresGrad));
}
inline Node* current_grad_fn(const Tensor& t) {
  TensorImpl* impl = t.impl();
  if (impl->base && impl->view_version != impl->storage->version) [[unlikely]]
    refresh_view(impl);
  return impl->grad_fn;
}
// requires_grad() for operations that are about to make a node: it must be newer than the one that
// a view gets when it is brought up to date.
inline bool joins_graph(const Tensor& t) {
  current_grad_fn(t);
  return requires_grad(t);
}
// Empty where nothing is to be told, also for a view that was made under no_grad.
inline Edge gradient_edge(const Tensor& t) {
  if (Node* node = current_grad_fn(t)) return Edge(node, t->output_nr);
  return t->flags & kRequiresGrad ? Edge(t.impl()) : Edge();
}
// Hands `node` (with the count) to a fresh output.
inline void set_grad_fn(const Tensor& out, Node* node, uint32_t output_nr = 0) {
  TensorImpl* impl = out.impl();
  if (impl->grad_fn) release_node(impl->grad_fn);
  impl->grad_fn = node;
  impl->output_nr = output_nr;
  impl->flags = uint16_t(impl->flags & ~kRequiresGrad);
}
// Integers may require grad where a tensor that does was written into them (fill_, x[...] = v),
// but nothing that makes integers of them has a gradient. As in PyTorch this is an error.
[[noreturn]] void refuse_integers(const Tensor& out);
inline void check_differentiable(const Tensor& out) {
  if (!is_floating(out.dtype())) [[unlikely]]
    if (out->storage->refcount == 1) refuse_integers(out);  // else it changes a tensor in place
}
inline TensorExtra& make_extra(TensorImpl* impl) {
  if (!impl->extra) impl->extra = new TensorExtra;
  return *impl->extra;
}

}  // namespace tg
