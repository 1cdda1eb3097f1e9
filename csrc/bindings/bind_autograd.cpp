// backward(), grad(), hooks, leaves and the grad-mode contexts.
#include <algorithm>
#include <cstring>

#include "autograd/engine.h"
#include "autograd/grad_mode.h"
#include "bindings/bind.h"
#include "bindings/py_hooks.h"
#include "bindings/py_node.h"
#include "ops/join.h"
#include "ops/shape.h"

namespace tg {
namespace {

// --- backward and grad
// ------------------------------------------------------------------------------- A tensor or a
// sequence of tensors; None entries stay undefined where `allow_none`.
std::vector<Tensor> tensor_sequence(PyObject* o, const char* what, bool allow_none = false) {
  std::vector<Tensor> result;
  if (is_tensor(o)) {
    result.push_back(as_tensor(o));
    return result;
  }
  Ref items = checked(PySequence_Tuple(o));
  result.reserve(size_t(PyTuple_GET_SIZE(items.get())));
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items.get()); ++i) {
    PyObject* item = PyTuple_GET_ITEM(items.get(), i);
    if (allow_none && item == Py_None) {
      result.emplace_back();
    } else if (is_tensor(item)) {
      result.push_back(as_tensor(item));
    } else {
      type_error(what, " must be a Tensor or a sequence of Tensors, got ", Py_TYPE(item)->tp_name);
    }
  }
  return result;
}

PyObject* raise_interrupt() { throw PythonError(); }
void check_signals() {
  if (PyErr_CheckSignals() < 0) raise_interrupt();
}
void hold_error_during(const std::function<void()>& f) {
  const HeldError held;
  f();
}

// Only its signature is used: the call is below.
const Overload& backward_overload() {
  using Type = Caller<void, const Tensor&, PyObject*, PyObject*, PyObject*, PyObject*>;
  static const Overload overload(
      {&Type::type, nullptr,
       "input, gradient=None, retain_graph=None, create_graph=False, inputs=None"});
  return overload;
}

PyObject* tensor_backward(PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                          PyObject* kwnames) {
  return guarded([&]() -> PyObject* {
    const Tensor root = as_tensor(self);
    if (nargs == 0 && !kwnames) {
      backward({&root, 1}, {}, {}, {});
      Py_RETURN_NONE;
    }
    Slots slots;
    const Overload& overload = backward_overload();
    if (!arrange(overload.parsed(), self, args, nargs, kwnames, slots))
      raise_call_error("backward", {&overload, 1}, true, args, nargs, kwnames);
    BackwardOptions options;
    options.create_graph = PyObject_IsTrue(slots.values[3]) == 1;
    options.retain_graph =
        slots.values[2] == Py_None ? options.create_graph : PyObject_IsTrue(slots.values[2]) == 1;
    std::vector<Tensor> grads, inputs;
    if (slots.values[1] != Py_None) {
      if (!is_tensor(slots.values[1]))
        type_error("gradients can be either Tensors or None, but got ",
                   Py_TYPE(slots.values[1])->tp_name);
      grads.push_back(as_tensor(slots.values[1]));
    }
    if (slots.values[4] != Py_None) {
      inputs = tensor_sequence(slots.values[4], "inputs");
      if (inputs.empty()) runtime_error("'inputs' argument to backward cannot be empty.");
    }
    backward({&root, 1}, grads, inputs, options);
    Py_RETURN_NONE;
  });
}

void check_grads(const std::vector<Tensor>& roots, std::vector<Tensor>& grads) {
  if (!grads.empty() && grads.size() != roots.size())
    runtime_error("got ", roots.size(), " tensors and ", grads.size(), " gradients");
}

void backward_of_many(PyObject* tensors, PyObject* grad_tensors, PyObject* retain_graph,
                      bool create_graph, PyObject* inputs) {
  const std::vector<Tensor> roots = tensor_sequence(tensors, "tensors");
  std::vector<Tensor> grads, targets;
  if (grad_tensors != Py_None) grads = tensor_sequence(grad_tensors, "grad_tensors", true);
  check_grads(roots, grads);
  if (inputs != Py_None) {
    targets = tensor_sequence(inputs, "inputs");
    if (targets.empty()) runtime_error("`inputs` argument to `backward()` cannot be empty.");
  }
  const bool retain = retain_graph == Py_None ? create_graph : PyObject_IsTrue(retain_graph) == 1;
  backward(roots, grads, targets, {retain, create_graph});
}

// is_grads_batched: one pass for each of the gradients that lie along dimension 0.
std::vector<Tensor> grad_of_batch(std::span<const Tensor> roots, std::span<const Tensor> grads,
                                  std::span<const Tensor> wanted, BackwardOptions options) {
  int64_t batch = -1;
  for (size_t i = 0; i < grads.size(); ++i) {
    const Tensor& g = grads[i];
    if (!g.defined()) continue;
    if (g.dim() == 0 || !std::ranges::equal(g.sizes().subspan(1), roots[i].sizes()))
      runtime_error(
          "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the "
          "batch dimension. The sizes of the remaining dimensions are expected to match the shape "
          "of corresponding output, but a mismatch was detected: grad_output[",
          i, "] has a shape of torch.Size(", to_string(g.sizes()), ") and output[", i,
          "] has a shape of torch.Size(", to_string(roots[i].sizes()),
          "). If you only want some tensors in `grad_output` to be considered batched, consider "
          "using vmap.");
    if (batch >= 0 && g.size(0) != batch)
      value_error(
          "vmap: Expected all tensors to have the same size in the mapped dimension, got "
          "sizes [",
          batch, ", ", g.size(0), "] for the mapped dimension");
    batch = g.size(0);
  }
  if (batch <= 0)
    runtime_error("is_grads_batched=True needs grad_outputs with at least one gradient");
  std::vector<std::vector<Tensor>> parts(wanted.size());
  for (int64_t b = 0; b < batch; ++b) {
    std::vector<Tensor> one;
    for (const Tensor& g : grads) one.push_back(g.defined() ? select(g, 0, b) : Tensor());
    BackwardOptions pass = options;
    pass.retain_graph |= b + 1 < batch;
    std::vector<Tensor> result = grad(roots, one, wanted, pass);
    for (size_t i = 0; i < result.size(); ++i)
      if (result[i].defined()) parts[i].push_back(std::move(result[i]));
  }
  std::vector<Tensor> all;
  for (const std::vector<Tensor>& list : parts)
    all.push_back(list.empty() ? Tensor() : stack(list, 0));
  return all;
}

PyObject* grad_of(PyObject* outputs, PyObject* inputs, PyObject* grad_outputs,
                  PyObject* retain_graph, bool create_graph, bool, std::optional<bool> allow_unused,
                  bool is_grads_batched, bool materialize_grads) {
  if (materialize_grads && allow_unused && !*allow_unused)
    value_error(
        "Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
        "allow_unused=False.");
  const std::vector<Tensor> roots = tensor_sequence(outputs, "outputs");
  const std::vector<Tensor> wanted = tensor_sequence(inputs, "inputs");
  std::vector<Tensor> grads;
  if (grad_outputs != Py_None) grads = tensor_sequence(grad_outputs, "grad_outputs", true);
  check_grads(roots, grads);
  const bool retain = retain_graph == Py_None ? create_graph : PyObject_IsTrue(retain_graph) == 1;
  std::vector<Tensor> result = is_grads_batched
                                   ? grad_of_batch(roots, grads, wanted, {retain, create_graph})
                                   : grad(roots, grads, wanted, {retain, create_graph});
  for (size_t i = 0; i < result.size(); ++i) {
    if (result[i].defined()) continue;
    if (materialize_grads) {
      result[i] = empty(wanted[i].sizes(), wanted[i].dtype());
      fill_values(result[i], Scalar(0));
    } else if (!allow_unused.value_or(false)) {
      runtime_error("The differentiated Tensor at index ", i,
                    " appears to not have been used in the graph. Set allow_unused=True if "
                    "this is the desired behavior.");
    }
  }
  return to_python(std::move(result));
}

// --- leaves and history
// ------------------------------------------------------------------------------
Tensor detach(const Tensor& t) { return detached_alias(t, false); }
Tensor detach_in_place(const Tensor& t) {
  if (t->base)
    runtime_error(
        "Can't detach views in-place. Use detach() instead. If you are using "
        "DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as True, "
        "gradients are views of DDP buckets, and hence detach_() cannot be called on these "
        "gradients. To fix this error, please refer to the Optimizer.zero_grad() function in "
        "torch/optim/optimizer.py as the solution.");
  move_retained_grad(t, nullptr);
  if (t->grad_fn) release_node(std::exchange(t->grad_fn, nullptr));
  t->output_nr = 0;
  t->flags = uint16_t(t->flags & ~kRequiresGrad);
  return t;
}
Tensor requires_grad_in_place(const Tensor& t, bool on) {
  const Node* node = current_grad_fn(t);
  if (node && !on)
    runtime_error(
        "you can only change requires_grad flags of leaf variables. If you want to use a computed "
        "variable in a subgraph "
        "that doesn't require differentiation use var_no_grad = var.detach().");
  if (on && !is_floating(t.dtype()))
    runtime_error("only Tensors of floating point dtype can require gradients");
  if (!node) t->flags = uint16_t(on ? t->flags | kRequiresGrad : t->flags & ~kRequiresGrad);
  return t;
}
void retain_grad_of(const Tensor& t) { retain_grad(t); }

// --- hooks
// -------------------------------------------------------------------------------------------
PyObject* removable_handle(PyObject* owner, uint64_t id) {
  Ref module = checked(PyImport_ImportModule("tapegrad._hooks"));
  return PyObject_CallMethod(module.get(), "RemovableHandle", "OK", owner,
                             static_cast<unsigned long long>(id));
}
PyObject* register_hook(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject*) {
  return guarded([&]() -> PyObject* {
    if (nargs != 1) type_error("register_hook() takes one argument: the hook");
    const Tensor t = as_tensor(self);
    const uint64_t id = add_tensor_hook(t, std::make_shared<PyHook>(args[0]));
    t->flags |= kHasGradHooks;
    track(self);
    return removable_handle(self, id);
  });
}
PyObject* register_post_hook(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject*) {
  return guarded([&]() -> PyObject* {
    if (nargs != 1) type_error("register_post_accumulate_grad_hook() takes one argument: the hook");
    const Tensor t = as_tensor(self);
    if (!requires_grad(t))
      runtime_error("cannot register a hook on a tensor that doesn't require gradient");
    if (current_grad_fn(t))
      runtime_error("post accumulate grad hooks cannot be registered on non-leaf tensors");
    const uint64_t id = next_hook_id();
    std::shared_ptr<Hook> hook = std::make_shared<PyHook>(args[0]);
    add_hook(make_extra(t.impl()).post_accumulate, {id, 0, std::move(hook)});
    track(self);
    return removable_handle(self, id);
  });
}
PyObject* remove_hook_method(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject*) {
  return guarded([&]() -> PyObject* {
    if (nargs != 1) type_error("_remove_hook() takes the hook's number");
    const uint64_t id = PyLong_AsUnsignedLongLong(args[0]);
    const Tensor t = as_tensor(self);
    if (!(t->extra && remove_hook(t->extra->post_accumulate, id))) remove_tensor_hook(t, id);
    Py_RETURN_NONE;
  });
}

// --- grad mode
// ---------------------------------------------------------------------------------------
bool is_grad_enabled() { return grad_mode.enabled; }
bool is_inference_mode_enabled() { return inference_mode; }
void set_mode(bool enabled) { grad_mode.enabled = enabled; }

struct ThreadMode {
  bool enabled, inference;
  static ThreadMode now() { return {grad_mode.enabled, inference_mode}; }
  void apply() const {
    grad_mode.enabled = enabled;
    inference_mode = inference;
  }
};
struct PyGradMode {
  PyObject_HEAD ThreadMode wanted, before;
  bool applied;  // set_grad_enabled() acts at once
};
PyTypeObject *no_grad_type, *enable_grad_type, *set_grad_type, *inference_type;

PyObject* decorate(PyObject* context, PyObject* function) {
  Ref module = checked(PyImport_ImportModule("tapegrad._grad_mode"));
  return PyObject_CallMethod(module.get(), "decorate", "OO", context, function);
}

PyObject* mode_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return guarded([&]() -> PyObject* {
    PyObject* argument = nullptr;
    if (PyTuple_GET_SIZE(args) > 1) type_error(type->tp_name, "() takes at most 1 argument");
    if (PyTuple_GET_SIZE(args) == 1) argument = PyTuple_GET_ITEM(args, 0);
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
      argument = PyDict_GetItemString(kwargs, "mode");
      if (!argument) type_error(type->tp_name, "() got an unexpected keyword argument");
    }
    if (type == set_grad_type && !argument)
      type_error("set_grad_enabled() missing 1 required positional argument: 'mode'");
    auto* self = reinterpret_cast<PyGradMode*>(checked(type->tp_alloc(type, 0)).release());
    Ref owner(reinterpret_cast<PyObject*>(self));
    self->before = self->wanted = ThreadMode::now();
    self->applied = false;
    const bool is_function = argument && !PyBool_Check(argument) && PyCallable_Check(argument);
    const bool on = !argument || is_function || PyObject_IsTrue(argument) == 1;
    if (type == no_grad_type) self->wanted.enabled = false;
    if (type == enable_grad_type) self->wanted.enabled = true;
    if (type == set_grad_type) {
      self->wanted.enabled = on;
      if (!is_function) grad_mode.enabled = on;
      self->applied = true;
    }
    if (type == inference_type) {
      self->wanted.inference = on;
      if (on) self->wanted.enabled = false;
    }
    if (is_function) return decorate(owner.get(), argument);
    return owner.release();
  });
}
PyObject* mode_enter(PyObject* o, PyObject*) {
  auto* self = reinterpret_cast<PyGradMode*>(o);
  if (!self->applied) self->before = ThreadMode::now();
  self->applied = false;
  self->wanted.apply();
  Py_RETURN_NONE;
}
PyObject* mode_exit(PyObject* o, PyObject* const*, Py_ssize_t) {
  reinterpret_cast<PyGradMode*>(o)->before.apply();
  Py_RETURN_NONE;
}
PyObject* mode_call(PyObject* o, PyObject* args, PyObject*) {
  return guarded([&]() -> PyObject* {
    if (PyTuple_GET_SIZE(args) != 1)
      type_error("a grad mode used as a decorator takes one function");
    auto* self = reinterpret_cast<PyGradMode*>(o);
    if (self->applied) {  // @set_grad_enabled(...): only inside the function
      self->before.apply();
      self->applied = false;
    }
    return decorate(o, PyTuple_GET_ITEM(args, 0));
  });
}
PyObject* mode_clone(PyObject* o, PyObject*) {
  return guarded([&]() -> PyObject* {
    PyTypeObject* type = Py_TYPE(o);
    Ref copy = checked(type->tp_alloc(type, 0));
    auto* to = reinterpret_cast<PyGradMode*>(copy.get());
    to->wanted = reinterpret_cast<PyGradMode*>(o)->wanted;
    to->before = ThreadMode::now();
    to->applied = false;
    return copy.release();
  });
}
void mode_dealloc(PyObject* o) {
  PyTypeObject* type = Py_TYPE(o);
  type->tp_free(o);
  Py_DECREF(type);
}
PyMethodDef mode_methods[] = {
    {"__enter__", mode_enter, METH_NOARGS, nullptr},
    {"__exit__", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(mode_exit)), METH_FASTCALL,
     nullptr},
    {"clone", mode_clone, METH_NOARGS, "The same mode, to be entered anew."},
    {nullptr, nullptr, 0, nullptr}};

PyTypeObject* make_mode(PyObject* module, const char* full_name, const char* doc) {
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(doc)},
                         {Py_tp_new, reinterpret_cast<void*>(mode_new)},
                         {Py_tp_call, reinterpret_cast<void*>(mode_call)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(mode_dealloc)},
                         {Py_tp_methods, mode_methods},
                         {0, nullptr}};
  PyType_Spec spec = {full_name, sizeof(PyGradMode), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                      slots};
  Ref type = checked(PyType_FromModuleAndSpec(module, &spec, nullptr));
  if (PyObject_SetAttrString(module, std::strrchr(full_name, '.') + 1, type.get()) < 0)
    throw PythonError();
  return reinterpret_cast<PyTypeObject*>(type.release());
}

}  // namespace

void bind_autograd(Binder& b) {
  check_interrupt = check_signals;
  run_beside_error = hold_error_during;
  b.add_method(
      "backward", tensor_backward,
      "backward($self, gradient=None, retain_graph=None, create_graph=False, inputs=None)\n--\n\n"
      "Adds the gradient of this tensor to .grad of the leaves it was made from.\n\n"
      "gradient: same shape as this tensor; may be left out for a tensor of one element. "
      "retain_graph keeps the graph for "
      "another backward, create_graph makes the gradients differentiable, inputs limits the "
      "leaves.\n"
      "Raises RuntimeError for a tensor without history, a second backward over a freed graph, or "
      "a saved tensor that was "
      "changed in place.\n\n>>> x = tg.tensor(3., requires_grad=True)\n>>> (x * x).backward()\n>>> "
      "x.grad\ntensor(6.)");
  b.def("_backward",
        {fn(&backward_of_many,
            "tensors, grad_tensors=None, retain_graph=None, create_graph=False, inputs=None")},
        kFunction, "backward() of several tensors at once.");
  b.def("_grad",
        {fn(&grad_of,
            "outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, "
            "only_inputs=True, "
            "allow_unused=None, is_grads_batched=False, materialize_grads=False")},
        kFunction, "Gradients of outputs with respect to inputs, as a tuple; .grad is left alone.");
  b.def("detach", {fn(&detach, "input")}, kFunction | kMethod,
        "The same memory and version, without history.");
  b.def("detach_", {fn(&detach_in_place, "input")}, kFunction | kMethod,
        "Forgets the history of this tensor: it becomes a leaf.");
  b.def("requires_grad_", {fn(&requires_grad_in_place, "input, requires_grad=True")}, kMethod,
        "Sets requires_grad and returns the tensor.");
  b.def("retain_grad", {fn(&retain_grad_of, "input")}, kMethod,
        "Makes backward keep the gradient of this non-leaf in .grad.");
  b.add_method("register_hook", register_hook,
               "register_hook($self, hook, /)\n--\n\nCalls hook(grad) when the gradient of this "
               "tensor is known; what it returns, if not "
               "None, replaces the gradient. Returns a handle with remove().");
  b.add_method("register_post_accumulate_grad_hook", register_post_hook,
               "register_post_accumulate_grad_hook($self, hook, /)\n--\n\nCalls hook(tensor) after "
               ".grad of this leaf was written.");
  b.add_method("_remove_hook", remove_hook_method,
               "_remove_hook($self, id, /)\n--\n\nUndoes a registration.");
  b.def("is_grad_enabled", {fn(&is_grad_enabled, "")}, kFunction,
        "True where operations are recorded (this thread).");
  b.def("is_inference_mode_enabled", {fn(&is_inference_mode_enabled, "")}, kFunction,
        "True inside inference_mode().");
  b.def("_set_grad_enabled", {fn(&set_mode, "mode")}, kFunction,
        "Switches recording of this thread on or off.");
  no_grad_type = make_mode(b.module(), "tapegrad.no_grad",
                           "Context and decorator: operations are not recorded.");
  enable_grad_type = make_mode(b.module(), "tapegrad.enable_grad",
                               "Context and decorator: operations are recorded again.");
  set_grad_type = make_mode(b.module(), "tapegrad.set_grad_enabled",
                            "Switches recording on or off, at once or for a block.");
  inference_type =
      make_mode(b.module(), "tapegrad.inference_mode",
                "Context and decorator: as no_grad, for code that never needs gradients.");
}

}  // namespace tg
