// Custom autograd functions: the node behind a tapegrad.autograd.Function. The Python side
// (autograd/function.py) runs forward and hands over the context; this file records it and calls
// its backward.
#include <vector>

#include "autograd/leaves.h"
#include "autograd/record.h"
#include "autograd/view.h"
#include "bindings/bind.h"
#include "bindings/py_function.h"
#include "ops/elementwise.h"

namespace tg {
namespace {

// Whether a gradient of sizes `from` can be summed to `to`: `to` broadcasts to `from`.
bool sums_to(std::span<const int64_t> from, std::span<const int64_t> to) {
  if (to.size() > from.size()) return false;
  const size_t lead = from.size() - to.size();
  for (size_t i = 0; i < to.size(); ++i)
    if (to[i] != from[lead + i] && to[i] != 1) return false;
  return true;
}

struct OutputInfo {
  Dims sizes;
  DType dtype;
};

}  // namespace

class FunctionNode final : public Node {
 public:
  FunctionNode(std::string name, PyObject* context, std::vector<Edge> list)
      : name_(std::move(name)), context_(Ref::borrow(context)), list_(std::move(list)) {
    edges = list_.data();
    edge_count = uint32_t(list_.size());
  }
  ~FunctionNode() override {
    // The context may live on in the hands of the user: it must not reach the node any more.
    const HeldError held;
    if (PyObject_SetAttrString(context_.get(), "_node", Py_None) < 0) PyErr_Clear();
  }
  const char* name() const override { return name_.c_str(); }
  void backward(std::span<Tensor> grads, GradInputs& to) override {
    if (released && !saved.empty()) raise_graph_freed();
    const Ref context = context_;
    Ref arguments = checked(PyTuple_New(Py_ssize_t(grads.size())));
    for (size_t i = 0; i < grads.size(); ++i) {
      Tensor g = grads[i];
      if (!g.defined() && materialize) {
        g = empty(outputs[i].sizes, outputs[i].dtype);
        fill_values(g, Scalar(0));
      }
      PyTuple_SET_ITEM(arguments.get(), Py_ssize_t(i), checked(wrap(std::move(g))).release());
    }
    Ref result = checked(python_call([&] {
      return PyObject_CallMethod(context.get(), "_run_backward", "(O)", arguments.get());
    }));
    Ref items = PyTuple_Check(result.get()) ? result : checked(PyTuple_Pack(1, result.get()));
    const Py_ssize_t n = PyTuple_GET_SIZE(items.get());
    for (Py_ssize_t i = Py_ssize_t(to.size()); i < n; ++i)
      if (PyTuple_GET_ITEM(items.get(), i) != Py_None)
        runtime_error("function ", name_, " returned an incorrect number of gradients (expected ",
                      to.size(), ", got ", n, ")");
    if (n < Py_ssize_t(to.size()))
      runtime_error("function ", name_, " returned an incorrect number of gradients (expected ",
                    to.size(), ", got ", n, ")");
    for (size_t i = 0; i < to.size(); ++i) {
      PyObject* item = PyTuple_GET_ITEM(items.get(), Py_ssize_t(i));
      if (item == Py_None || !to.needed(i)) continue;
      if (!is_tensor(item))
        type_error("expected Variable or None (got ", Py_TYPE(item)->tp_name, ")");
      Tensor g = as_tensor(item);
      const OutputInfo& input = inputs[i];
      if (!std::equal(g.sizes().begin(), g.sizes().end(), input.sizes.begin(), input.sizes.end())) {
        if (!sums_to(g.sizes(), input.sizes))
          runtime_error("Function ", name_, " returned an invalid gradient at index ", i, " - got ",
                        to_string(g.sizes()), " but expected shape compatible with ",
                        to_string(input.sizes));
      }
      to.set(i, sum_to(g, input.sizes, input.dtype));
    }
  }
  void release_saved() noexcept override {
    if (saved.empty()) return;
    released = true;
    for (Saved& s : saved) s.reset();
  }
  Tensor saved_tensor(size_t i) override {
    if (released) raise_graph_freed();
    return i < saved.size() ? saved[i].unpack(this) : Tensor();
  }
  PyObject* context() const { return context_.get(); }

  std::vector<Saved> saved;
  std::vector<OutputInfo> outputs, inputs;
  bool materialize = true;

 private:
  std::string name_;
  Ref context_;
  std::vector<Edge> list_;
};

PyObject* function_context(Node* node) {
  auto* function = dynamic_cast<FunctionNode*>(node);
  return function ? function->context() : nullptr;
}

namespace {

// What ctx.saved_tensors reads: the node's saved tensors while it lives, plain tensors where
// nothing was recorded.
constexpr auto kNodeCapsule = "tapegrad.FunctionNode";

PyObject* saved_tensors(PyObject* capsule) {
  auto* node = static_cast<FunctionNode*>(PyCapsule_GetPointer(capsule, kNodeCapsule));
  if (!node) throw PythonError();
  if (node->released) raise_graph_freed();
  Ref tuple = checked(PyTuple_New(Py_ssize_t(node->saved.size())));
  for (size_t i = 0; i < node->saved.size(); ++i)
    PyTuple_SET_ITEM(tuple.get(), Py_ssize_t(i),
                     checked(wrap(node->saved[i].unpack(node))).release());
  return tuple.release();
}

// arguments: all arguments of apply(); outputs: list of results; to_save: tuple of tensors or None;
// dirty, no_gradient: tuples of tensors. Returns the list of outputs with their history. The
// context gets the node as `_node`, a borrowed pointer: the node owns the context.
PyObject* record_function(PyObject* context, const std::string& name, PyObject* arguments,
                          PyObject* outputs, PyObject* to_save, PyObject* dirty,
                          PyObject* no_gradient, bool materialize) {
  std::vector<Edge> edges;
  std::vector<OutputInfo> input_info;
  const Py_ssize_t n = PyTuple_GET_SIZE(arguments);
  for (Py_ssize_t i = 0; i < n; ++i) {
    PyObject* a = PyTuple_GET_ITEM(arguments, i);
    if (is_tensor(a)) {
      const Tensor& t = as_tensor(a);
      edges.push_back(gradient_edge(t));
      input_info.push_back({Dims(t.sizes()), t.dtype()});
    } else {
      edges.emplace_back();
      input_info.push_back({Dims(), DType::Float32});
    }
  }
  auto contains = [](PyObject* tuple, PyObject* item) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); ++i)
      if (PyTuple_GET_ITEM(tuple, i) == item) return true;
    return false;
  };
  auto* node = new FunctionNode(name, context, std::move(edges));
  struct Release {
    Node* node;
    ~Release() { release_node(node); }
  } release{node};
  node->materialize = materialize;
  node->inputs = std::move(input_info);
  const Py_ssize_t count = PyList_GET_SIZE(outputs);
  node->output_count = uint32_t(std::max<Py_ssize_t>(count, 1));
  Ref result = checked(PyList_New(count));
  std::vector<Tensor> raw;
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* o = PyList_GET_ITEM(outputs, i);
    if (!is_tensor(o)) {
      raw.emplace_back();
      node->outputs.push_back({Dims(), DType::Float32});
      Py_INCREF(o);
      PyList_SET_ITEM(result.get(), i, o);
      continue;
    }
    Tensor t = as_tensor(o);
    const bool is_dirty = contains(dirty, o);
    const bool differentiable = !contains(no_gradient, o) && is_floating(t.dtype());
    if (!is_dirty && contains(arguments, o)) {  // an input handed through
      const Tensor input = std::exchange(t, detached_alias(t, false));
      if (differentiable) as_differentiable_view(t, input);
    }
    raw.push_back(t);
    node->outputs.push_back({Dims(t.sizes()), t.dtype()});
    if (differentiable) {
      ++node->refcount;
      if (is_dirty) {
        Tensor history = detached_alias(t, false);
        set_grad_fn(history, node, uint32_t(i));
        rebase_history(t, history);
      } else {
        set_grad_fn(t, node, uint32_t(i));
        if (t->base) {
          t->flags = uint16_t((t->flags & ~kViewOrigin) | (count > 1 ? kMultiView : kViewOfCustom));
          t->view_version = t->storage->version;
        }
      }
    }
    PyList_SET_ITEM(result.get(), i, checked(wrap(t)).release());
  }
  if (to_save != Py_None) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(to_save); ++i) {
      PyObject* s = PyTuple_GET_ITEM(to_save, i);
      if (s == Py_None) {
        node->saved.emplace_back();
        continue;
      }
      if (!is_tensor(s))
        type_error("save_for_backward can only save variables, but argument ", i, " is of type ",
                   Py_TYPE(s)->tp_name);
      Py_ssize_t output = -1;
      for (Py_ssize_t k = 0; k < count; ++k)
        if (PyList_GET_ITEM(outputs, k) == s && raw[size_t(k)].defined() &&
            raw[size_t(k)]->grad_fn == node)
          output = k;
      node->saved.push_back(output >= 0 ? Saved::output(raw[size_t(output)], uint32_t(output))
                                        : Saved(as_tensor(s)));
    }
  }
  Ref capsule = checked(PyCapsule_New(node, kNodeCapsule, nullptr));
  if (PyObject_SetAttrString(context, "_node", capsule.get()) < 0) throw PythonError();
  return result.release();
}

}  // namespace

void bind_functions(Binder& b) {
  b.def("_record_function",
        {fn(&record_function,
            "context, name, arguments, outputs, to_save, dirty, no_gradient, materialize")},
        kFunction, "Records a custom autograd function; see tapegrad.autograd.Function.");
  b.def("_saved_tensors", {fn(&saved_tensors, "node")}, kFunction,
        "The tensors that a custom function saved.");
  b.def("_reaches_other_leaf", {fn(&reaches_other_leaf, "outputs, known")}, kFunction,
        "Whether a gradient of `outputs` would reach a leaf that is not among `known`.");
}

}  // namespace tg
