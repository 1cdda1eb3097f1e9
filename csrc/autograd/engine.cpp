// How a run works: every node or leaf that has received a gradient owns a slot of the run (its
// `run` and `slot` fields say which). Ready nodes wait in a heap ordered by sequence number: since
// a node points only at older ones, the newest waiting node has received all its gradients. Leaves
// are summed in their slots and written to .grad at the end, once. A node or leaf that another run
// is using at the same time (a hook called backward, or another thread did) is found through
// `foreign_` instead of its fields.
#include "autograd/engine.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "autograd/anomaly.h"
#include "autograd/grad_mode.h"
#include "autograd/view.h"
#include "core/layout.h"

namespace tg {

void (*check_interrupt)() = nullptr;
void (*run_beside_error)(const std::function<void()>& f) = [](const std::function<void()>& f) {
  f();
};

void raise_graph_freed() {
  runtime_error(
      "Trying to backward through the graph a second time (or directly access saved tensors after "
      "they have already "
      "been freed). Saved intermediate values of the graph are freed when you call .backward() or "
      "autograd.grad(). "
      "Specify retain_graph=True if you need to backward through the graph a second time or if you "
      "need to access "
      "saved tensors after calling backward.");
}

namespace {

uint32_t next_run = 1;

struct Slot {
  Node* node = nullptr;        // or
  TensorImpl* leaf = nullptr;  // the owner
  bool owned = false;          // `grad` was made by this run: later ones may be added into it
  bool needed = true;          // on the way to an input
  bool visited = false;        // by set_inputs()
  int32_t capture = -1;        // first entry of captures_ for this node or leaf
  uint32_t turn = 0;           // of the last gradient, counted over all slots
  Tensor grad;                 // of a leaf or a node with one output
  std::vector<Tensor> all;     // of a node with several
};

struct Capture {
  uint32_t output_nr;
  size_t input;
  int32_t next;
};

// The lists of a run. The memory of small ones is kept for the next run of the thread.
struct Lists {
  std::vector<Slot> slots;
  std::vector<uint32_t> free, leaves;
  std::vector<std::pair<uint64_t, Node*>> heap;
  std::vector<Capture> captures;
  std::vector<Node*> reached;

  bool is_small() const {
    constexpr size_t kMany = 1024;
    return slots.capacity() <= kMany && heap.capacity() <= kMany && reached.capacity() <= kMany;
  }
  void clear() {
    slots.clear();
    free.clear();
    leaves.clear();
    heap.clear();
    captures.clear();
    reached.clear();
  }
};
thread_local std::unique_ptr<Lists> spare_lists;

class Run;
TG_THREAD_LOCAL Run* current_run = nullptr;  // the innermost

class Run {
 public:
  Run(BackwardOptions options, std::span<const Tensor> roots)
      : options_(options), roots_(roots), id_(next_run++), outer_(current_run) {
    if (!id_) id_ = next_run++;
    current_run = this;
  }
  ~Run() {
    current_run = outer_;
    for (Slot& slot : slots_) detach(slot);
    if (!lists_->is_small()) return;
    lists_->clear();
    spare_lists = std::move(lists_);
  }

  void set_inputs(std::span<const Tensor> roots, std::span<const Tensor> inputs);
  void deliver(const Edge& edge, Tensor grad);
  void walk(bool accumulate);
  // Hands the sums at the leaves to the captures, and where `accumulate` to .grad.
  void finish_leaves(bool accumulate);
  std::vector<Tensor> take_captured() { return std::move(captured_); }
  bool will_receive_gradient(const Edge& edge);
  uint32_t id() const { return id_; }

 private:
  uint32_t* find(Node* node) { return find_slot(node->run, node->slot, node); }
  uint32_t* find_leaf(TensorImpl* leaf) {
    if (leaf->base) return find_foreign(leaf);
    return find_slot(leaf->run, leaf->output_nr, leaf);
  }
  uint32_t* find_slot(uint32_t run, uint32_t& slot, void* key) {
    if (run == id_) return &slot;
    return foreign_.empty() ? nullptr : find_foreign(key);
  }
  uint32_t* find_foreign(void* key) {
    auto it = foreign_.find(key);
    return it == foreign_.end() ? nullptr : &it->second;
  }
  uint32_t new_slot() {
    if (!free_.empty()) {
      const uint32_t s = free_.back();
      free_.pop_back();
      return s;
    }
    slots_.emplace_back();
    return uint32_t(slots_.size() - 1);
  }
  Slot& slot_of(Node* node, bool* fresh) {
    if (uint32_t* s = find(node)) return slots_[*s];
    *fresh = true;
    const uint32_t s = new_slot();
    if (node->run == 0) {
      node->run = id_;
      node->slot = s;
    } else {
      foreign_.emplace(node, s);
    }
    ++node->refcount;
    slots_[s].node = node;
    return slots_[s];
  }
  Slot& slot_of(TensorImpl* leaf) {
    if (uint32_t* s = find_leaf(leaf)) return slots_[*s];
    const uint32_t s = new_slot();
    if (leaf->run == 0 && !leaf->base) {
      leaf->run = id_;
      leaf->output_nr = s;
    } else {
      foreign_.emplace(leaf, s);
    }
    ++leaf->refcount;
    slots_[s].leaf = leaf;
    leaves_.push_back(s);
    return slots_[s];
  }
  // Forgets the owner of a slot.
  void detach(Slot& slot) {
    if (Node* node = std::exchange(slot.node, nullptr)) {
      if (node->run == id_) {
        node->run = 0;
      } else {
        foreign_.erase(node);
      }
      release_node(node);
    } else if (TensorImpl* leaf = std::exchange(slot.leaf, nullptr)) {
      if (leaf->run == id_ && !leaf->base) {
        leaf->run = 0;
        leaf->output_nr = 0;
      } else {
        foreign_.erase(leaf);
      }
      Tensor::take(leaf);
    }
  }

  void add_to(Tensor& sum, bool& owned, Tensor grad);
  void step(Node* node, uint32_t slot);
  void forget_waiting_leaves(Node* failed);
  void run_tensor_hooks(const std::vector<TensorHook>& hooks, uint32_t output_nr, Tensor& grad);
  void capture(const Slot& slot, std::span<Tensor> grads) {
    for (int32_t c = slot.capture; c >= 0; c = captures_[size_t(c)].next)
      captured_[captures_[size_t(c)].input] = grads[captures_[size_t(c)].output_nr];
  }

  BackwardOptions options_;
  std::span<const Tensor> roots_;
  uint32_t id_, turns_ = 0;
  Run* outer_;
  bool limited_ = false;  // only what leads to the inputs is walked
  std::unique_ptr<Lists> lists_ = spare_lists ? std::move(spare_lists) : std::make_unique<Lists>();
  std::vector<Slot>& slots_ = lists_->slots;
  std::vector<uint32_t>&free_ = lists_->free, &leaves_ = lists_->leaves;
  std::vector<std::pair<uint64_t, Node*>>& heap_ = lists_->heap;
  std::vector<Capture>& captures_ = lists_->captures;
  Node* next_ = nullptr;  // the newest ready node, kept out of the heap: all of a chain
  std::unordered_map<void*, uint32_t> foreign_;
  std::vector<Tensor> captured_;
  std::unique_ptr<std::unordered_set<const void*>> reached_;  // made when a hook asks
};

// Adds to t.grad where others may hold the tensor that is there now.
void add_to_grad(const Tensor& t, const Tensor& value, const Tensor& layout) {
  Tensor sum =
      t->grad ? engine_ops::add(Tensor(t->grad), value) : engine_ops::clone_for(layout, value);
  Tensor::take(std::exchange(t->grad, sum.release()));
}

// A gradient that nothing else can reach becomes .grad as it is.
bool is_ours_alone(const Tensor& value, const Tensor& leaf) {
  return value->refcount == 1 && !value->python && !value->base && value->storage->refcount == 1 &&
         (leaf.is_contiguous()
              ? value.is_contiguous()
              : same_dense_layout(value, leaf) || (value.is_contiguous() && !is_dense(leaf)));
}

void Run::add_to(Tensor& sum, bool& owned, Tensor grad) {
  if (!sum.defined()) {
    sum = std::move(grad);
    owned = false;
  } else if (owned && !options_.create_graph && sum->refcount == 1 && !sum->python &&
             sum.dtype() == grad.dtype()) {
    engine_ops::add_inplace(sum, grad);
  } else {
    sum = engine_ops::add(sum, grad);
    owned = !sum->storage->read_only;
  }
}

void Run::deliver(const Edge& edge, Tensor grad) {
  if (!is_floating(grad.dtype())) [[unlikely]]
    runtime_error("a gradient is of dtype ", info(grad.dtype()).scalar,
                  ": integers take no part in differentiation");
  if (TensorImpl* leaf = edge.leaf()) {
    if (limited_ && !find_leaf(leaf)) return;
    Slot& slot = slot_of(leaf);
    slot.turn = ++turns_;
    add_to(slot.grad, slot.owned, std::move(grad));
    return;
  }
  Node* node = edge.node();
  if (limited_) {
    const uint32_t* s = find(node);
    if (!s || !slots_[*s].needed) return;
  }
  bool fresh = false;
  Slot& slot = slot_of(node, &fresh);
  slot.turn = ++turns_;
  const bool waiting = slot.grad.defined() || !slot.all.empty();
  const uint32_t nr = edge.output_nr();
  if (node->output_count == 1) {
    add_to(slot.grad, slot.owned, std::move(grad));
  } else {
    if (slot.all.empty()) slot.all.resize(node->output_count);
    bool owned = false;
    add_to(slot.all[nr], owned, std::move(grad));
  }
  if (waiting) return;
  if (!next_) {
    next_ = node;
  } else {
    Node* older = node;
    if (next_->sequence < node->sequence) std::swap(next_, older);
    heap_.emplace_back(older->sequence, older);
    std::push_heap(heap_.begin(), heap_.end());
  }
}

void Run::run_tensor_hooks(const std::vector<TensorHook>& hooks, uint32_t output_nr, Tensor& grad) {
  const std::vector<TensorHook> copy = hooks;  // a hook may add or remove hooks
  for (const TensorHook& h : copy) {
    if (!h.hook || h.output_nr != output_nr) continue;
    Tensor changed = h.hook->call(grad);
    if (changed.defined()) grad = std::move(changed);
  }
}

void Run::step(Node* node, uint32_t index) {
  Tensor single[1];
  std::vector<Tensor> several;
  std::span<Tensor> grads;
  {
    Slot& slot = slots_[index];
    if (node->output_count == 1) {
      single[0] = std::move(slot.grad);
      slot.grad = Tensor();
      grads = single;
    } else {
      several = std::move(slot.all);
      slot.all.clear();
      grads = several;
    }
    slot.owned = false;
  }
  if (NodeExtra* extra = node->extra) {
    for (uint32_t i = 0; i < grads.size(); ++i) {
      if (!extra->tensor_hooks.empty()) run_tensor_hooks(extra->tensor_hooks, i, grads[i]);
      for (size_t r = 0; r < extra->retained.size(); ++r) {
        const RetainedGrad retained = extra->retained[r];
        if (retained.output_nr != i || !grads[i].defined()) continue;
        add_to_grad(Tensor(retained.tensor), grads[i], grads[i]);
      }
    }
    const auto hooks = extra->node_hooks;
    for (const NodeHookEntry& h : hooks)
      if (h.hook && h.before) h.hook->call({}, grads);
  }
  if (slots_[index].capture >= 0) capture(slots_[index], grads);
  const size_t count = node->edge_count;
  constexpr size_t kFew = 4;
  Tensor few[kFew];
  std::vector<Tensor> many;
  if (count > kFew) many.resize(count);
  Tensor* results = count > kFew ? many.data() : few;
  GradInputs to(results, node->edges, count);
  const bool stop_here = limited_ && slots_[index].capture >= 0 && [&] {
    for (size_t i = 0; i < count; ++i) {
      const Edge& e = node->edges[i];
      if (e.leaf() ? find_leaf(e.leaf()) != nullptr
                   : (e.node() && find(e.node()) && slots_[*find(e.node())].needed))
        return false;
    }
    return true;
  }();
  // Hooks see the gradients once more: a second owner keeps the node from overwriting them.
  const bool seen_after = node->extra && !node->extra->node_hooks.empty();
  const std::vector<Tensor> held(grads.begin(), seen_after ? grads.end() : grads.begin());
  if (!stop_here) {
    if (anomaly.enabled) [[unlikely]] {
      const RunningNode scope(node);
      node->backward(grads, to);
      if (anomaly.check_nan) refuse_nan(node, {results, count});
    } else {
      node->backward(grads, to);
    }
    if (NodeExtra* extra = node->extra; extra && !extra->node_hooks.empty()) {
      const auto hooks = extra->node_hooks;
      for (const NodeHookEntry& h : hooks)
        if (h.hook && !h.before) h.hook->call({results, count}, grads);
    }
    if (!options_.retain_graph) node->release_saved();
    for (size_t i = 0; i < count; ++i)
      if (results[i].defined() && node->edges[i]) deliver(node->edges[i], std::move(results[i]));
  }
  detach(slots_[index]);
  slots_[index] = Slot();
  free_.push_back(index);
}

// Of the leaves only those keep their sums that nothing leads to any more. A node that always
// raises does so, in PyTorch, before leaves whose gradients are complete later than its own.
void Run::forget_waiting_leaves(Node* failed) {
  if (std::strstr(failed->name(), "NotImplemented")) {
    const uint32_t turn = slots_[*find(failed)].turn;
    for (const uint32_t s : leaves_)
      if (slots_[s].turn > turn) slots_[s].grad = Tensor();
  }
  std::unordered_set<const Node*> seen;
  std::vector<Node*> todo;
  const auto visit = [&](Node* node) {
    if (node && seen.insert(node).second) todo.push_back(node);
  };
  visit(failed);
  visit(next_);
  for (const auto& waiting : heap_) visit(waiting.second);
  while (!todo.empty()) {
    Node* node = todo.back();
    todo.pop_back();
    for (size_t i = 0; i < node->edge_count; ++i) {
      TensorImpl* leaf = node->edges[i].leaf();
      if (!leaf) {
        visit(node->edges[i].node());
      } else if (const uint32_t* s = find_leaf(leaf)) {
        slots_[*s].grad = Tensor();
      }
    }
  }
}

void Run::walk(bool accumulate) {
  uint32_t steps = 0;
  while (next_ || !heap_.empty()) {
    Node* node;
    if (next_ && (heap_.empty() || next_->sequence > heap_.front().first)) {
      node = std::exchange(next_, nullptr);
    } else {
      std::pop_heap(heap_.begin(), heap_.end());
      node = heap_.back().second;
      heap_.pop_back();
    }
    try {
      if ((++steps & 0xfff) == 0 && check_interrupt) check_interrupt();
      step(node, *find(node));
    } catch (...) {
      if (anomaly.enabled) report_failure(node);
      if (accumulate) {
        try {
          forget_waiting_leaves(node);
          run_beside_error([this] { finish_leaves(true); });
        } catch (...) {  // the first error is the one to tell
        }
      }
      throw;
    }
  }
}

bool Run::will_receive_gradient(const Edge& edge) {
  const void* wanted = edge.leaf() ? static_cast<const void*>(edge.leaf()) : edge.node();
  if (!wanted) return false;
  if (limited_) {
    if (edge.leaf()) return find_leaf(edge.leaf()) != nullptr;
    const uint32_t* s = find(edge.node());
    if (s) return slots_[*s].needed;
  }
  if (!reached_) {
    reached_ = std::make_unique<std::unordered_set<const void*>>();
    std::vector<Node*> todo;
    auto visit = [&](const Edge& e) {
      if (TensorImpl* leaf = e.leaf()) {
        reached_->insert(leaf);
      } else if (Node* node = e.node(); node && reached_->insert(node).second) {
        todo.push_back(node);
      }
    };
    for (const Tensor& root : roots_) visit(gradient_edge(root));
    while (!todo.empty()) {
      Node* node = todo.back();
      todo.pop_back();
      for (size_t i = 0; i < node->edge_count; ++i) visit(node->edges[i]);
    }
  }
  return reached_->contains(wanted);
}

// Finds the nodes from which an input can be reached: a walk over all that the roots reach, oldest
// first.
void Run::set_inputs(std::span<const Tensor> roots, std::span<const Tensor> inputs) {
  captured_.resize(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!requires_grad(inputs[i]))
      runtime_error("One of the differentiated Tensors does not require grad");
    const Edge edge = gradient_edge(inputs[i]);
    if (!edge) continue;  // a view made under no_grad: nothing leads to it
    bool fresh = false;
    Slot& slot = edge.leaf() ? slot_of(edge.leaf()) : slot_of(edge.node(), &fresh);
    captures_.push_back({edge.leaf() ? 0 : edge.output_nr(), i, slot.capture});
    slot.capture = int32_t(captures_.size() - 1);
  }
  std::vector<Node*>& reached = lists_->reached;
  auto visit = [&](Node* node) {
    bool fresh = false;
    Slot& slot = slot_of(node, &fresh);
    if (std::exchange(slot.visited, true)) return;
    slot.needed = slot.capture >= 0;
    reached.push_back(node);
  };
  for (const Tensor& root : roots)
    if (const Edge edge = gradient_edge(root); edge.node()) visit(edge.node());
  for (size_t k = 0; k < reached.size(); ++k) {
    const Node* node = reached[k];
    for (size_t i = 0; i < node->edge_count; ++i)
      if (Node* next = node->edges[i].node()) visit(next);
  }
  std::sort(reached.begin(), reached.end(),
            [](Node* a, Node* b) { return a->sequence < b->sequence; });
  for (Node* node : reached) {
    Slot& slot = slots_[*find(node)];
    for (size_t i = 0; i < node->edge_count && !slot.needed; ++i) {
      const Edge& e = node->edges[i];
      slot.needed =
          e.leaf() ? find_leaf(e.leaf()) != nullptr : (e.node() && slots_[*find(e.node())].needed);
    }
  }
  limited_ = true;
}

void Run::finish_leaves(bool accumulate) {
  for (size_t k = 0; k < leaves_.size(); ++k) {
    Slot& slot = slots_[leaves_[k]];
    if (!slot.grad.defined()) continue;
    Tensor value = std::move(slot.grad);
    const Tensor leaf(slot.leaf);
    if (leaf->extra) run_tensor_hooks(std::vector<TensorHook>(leaf->extra->hooks), 0, value);
    Slot& again = slots_[leaves_[k]];  // a hook may have moved the slots
    if (again.capture >= 0) capture(again, {&value, 1});
    if (!accumulate) continue;
    if (value.dtype() != leaf.dtype()) value = engine_ops::cast(value, leaf.dtype());
    if (!leaf->grad && is_ours_alone(value, leaf)) {
      leaf->grad = value.release();
    } else if (leaf->grad && !grad_mode.enabled) {
      if (leaf->grad->storage->read_only) refuse_read_only(Tensor(leaf->grad));
      engine_ops::add_inplace(Tensor(leaf->grad), value);
    } else {
      add_to_grad(leaf, value, leaf);
    }
    if (leaf->extra && !leaf->extra->post_accumulate.empty()) {
      const auto hooks = leaf->extra->post_accumulate;
      for (const TensorHook& h : hooks)
        if (h.hook) h.hook->call(leaf);
    }
  }
}

void start(Run& run, std::span<const Tensor> roots, std::span<const Tensor> grads,
           bool create_graph) {
  for (size_t i = 0; i < roots.size(); ++i) {
    const Tensor& root = roots[i];
    const Edge edge = gradient_edge(root);
    if (!edge)
      runtime_error("element ", i, " of tensors does not require grad and does not have a grad_fn");
    Tensor grad = grads.empty() ? Tensor() : grads[i];
    if (!grad.defined()) {
      if (root.numel() != 1)
        runtime_error("grad can be implicitly created only for scalar outputs");
      if (!is_floating(root.dtype()))
        runtime_error("grad can be implicitly created only for real scalar outputs but got ",
                      info(root.dtype()).scalar);
      grad = engine_ops::ones_like(root);
    } else {
      if (!grad.same_sizes(root))
        runtime_error("Mismatch in shape: grad_output[", i, "] has a shape of torch.Size(",
                      to_string(grad.sizes()), ") and output[", i, "] has a shape of torch.Size(",
                      to_string(root.sizes()), ").");
      if (grad.dtype() != root.dtype()) {
        GradModeGuard mode(create_graph);
        grad = engine_ops::cast(grad, root.dtype());
      }
    }
    run.deliver(edge, std::move(grad));
  }
}

}  // namespace

void backward(std::span<const Tensor> roots, std::span<const Tensor> grads,
              std::span<const Tensor> inputs, BackwardOptions options) {
  GradModeGuard mode(options.create_graph);
  Run run(options, roots);
  if (!inputs.empty()) {
    run.set_inputs(roots, inputs);
    for (const Tensor& t : inputs) retain_grad(t);
  }
  start(run, roots, grads, options.create_graph);
  run.walk(true);
  run.finish_leaves(true);
}

std::vector<Tensor> grad(std::span<const Tensor> roots, std::span<const Tensor> grads,
                         std::span<const Tensor> inputs, BackwardOptions options) {
  GradModeGuard mode(options.create_graph);
  Run run(options, roots);
  run.set_inputs(roots, inputs);
  start(run, roots, grads, options.create_graph);
  run.walk(false);
  run.finish_leaves(false);
  return run.take_captured();
}

uint64_t current_backward() { return current_run ? current_run->id() : 0; }
bool will_receive_gradient(const Tensor& t) {
  return current_run && current_run->will_receive_gradient(gradient_edge(t));
}

uint64_t next_hook_id() {
  static uint64_t id = 0;
  return ++id;
}

uint64_t add_tensor_hook(const Tensor& t, std::shared_ptr<Hook> hook) {
  if (!requires_grad(t))
    runtime_error("cannot register a hook on a tensor that doesn't require gradient");
  const uint64_t id = next_hook_id();
  if (Node* node = current_grad_fn(t)) {
    add_hook(node->make_extra().tensor_hooks, {id, t->output_nr, std::move(hook)});
  } else {
    add_hook(make_extra(t.impl()).hooks, {id, 0, std::move(hook)});
  }
  return id;
}

void remove_tensor_hook(const Tensor& t, uint64_t id) {
  if (t->extra && remove_hook(t->extra->hooks, id)) return;
  if (t->grad_fn && t->grad_fn->extra) remove_hook(t->grad_fn->extra->tensor_hooks, id);
}

void retain_grad(const Tensor& t) {
  if (!requires_grad(t)) runtime_error("can't retain_grad on Tensor that has requires_grad=False");
  Node* node = current_grad_fn(t);
  if (!node) return;
  TensorExtra& extra = make_extra(t.impl());
  if (extra.retained_on) return;
  node->make_extra().retained.push_back({t->output_nr, t.impl()});
  extra.retained_on = node;
  t->flags |= kRetainsGrad;
}

}  // namespace tg
