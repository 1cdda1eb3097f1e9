#include "bindings/py_hooks.h"

#include "bindings/py_function.h"
#include "bindings/py_tensor.h"

namespace tg {
namespace {

const PyHook* python_hook(const TensorHook& h) { return dynamic_cast<const PyHook*>(h.hook.get()); }

std::string hook_name(PyObject* hook) {
  Ref name(PyObject_GetAttrString(hook, "__name__"));
  if (!name || !PyUnicode_Check(name.get())) {
    PyErr_Clear();
    return Py_TYPE(hook)->tp_name;
  }
  return PyUnicode_AsUTF8(name.get());
}

Tensor hook_result(PyObject* result) {
  if (result == Py_None) return {};
  if (!is_tensor(result))
    type_error("expected Variable, but hook returned '", Py_TYPE(result)->tp_name, "'");
  return as_tensor(result);
}

}  // namespace

Tensor PyHook::call(const Tensor& grad) {
  const Ref held = function;  // the hook may remove itself
  Ref argument = checked(wrap(grad));
  Ref result =
      checked(python_call([&] { return PyObject_CallOneArg(held.get(), argument.get()); }));
  Tensor changed = hook_result(result.get());
  if (changed.defined() && !grad.defined())
    runtime_error("can't replace a None gradient with a non-None value");
  if (changed.defined() && !changed.same_sizes(grad))
    runtime_error("hook '", hook_name(held.get()), "' has changed the size of value");
  if (changed.defined() && changed.dtype() != grad.dtype())
    runtime_error("hook '", hook_name(held.get()), "' has changed the type of value (was torch.",
                  info(grad.dtype()).legacy, " got torch.", info(changed.dtype()).legacy, ")");
  return changed;
}

void PyNodeHook::call(std::span<Tensor> grad_inputs, std::span<Tensor> grad_outputs) {
  auto tuple_of = [](std::span<Tensor> tensors) {
    Ref tuple = checked(PyTuple_New(Py_ssize_t(tensors.size())));
    for (size_t i = 0; i < tensors.size(); ++i)
      PyTuple_SET_ITEM(tuple.get(), Py_ssize_t(i), wrap(tensors[i]));
    return tuple;
  };
  const Ref held = function;
  Ref outputs = tuple_of(grad_outputs);
  Ref inputs = before ? Ref() : tuple_of(grad_inputs);
  Ref result = checked(python_call([&] {
    return before ? PyObject_CallOneArg(held.get(), outputs.get())
                  : PyObject_CallFunctionObjArgs(held.get(), inputs.get(), outputs.get(), nullptr);
  }));
  if (result.get() == Py_None) return;
  const std::span<Tensor> target = before ? grad_outputs : grad_inputs;
  if (!PyTuple_Check(result.get()) && target.size() == 1) {
    target[0] = hook_result(result.get());
    return;
  }
  Ref items = checked(PySequence_Tuple(result.get()));
  if (PyTuple_GET_SIZE(items.get()) != Py_ssize_t(target.size()))
    runtime_error("hook has returned an incorrect number of values: got ",
                  PyTuple_GET_SIZE(items.get()), ", but expected ", target.size());
  for (size_t i = 0; i < target.size(); ++i)
    target[i] = hook_result(PyTuple_GET_ITEM(items.get(), Py_ssize_t(i)));
}

int visit_node(Node* node, visitproc visit, void* arg) {
  Py_VISIT(function_context(node));
  if (!node->extra) return 0;
  for (const TensorHook& h : node->extra->tensor_hooks)
    if (const PyHook* p = python_hook(h)) Py_VISIT(p->function.get());
  for (const NodeHookEntry& h : node->extra->node_hooks)
    if (auto* p = dynamic_cast<PyNodeHook*>(h.hook.get())) Py_VISIT(p->function.get());
  return 0;
}

void clear_node(Node* node) {
  if (!node->extra) return;
  auto hooks = std::move(node->extra->tensor_hooks);  // emptied before Python runs
  node->extra->tensor_hooks.clear();
  auto node_hooks = std::move(node->extra->node_hooks);
  node->extra->node_hooks.clear();
}

int visit_tensor(TensorImpl* impl, visitproc visit, void* arg) {
  if (impl->extra) {
    for (const auto* hooks : {&impl->extra->hooks, &impl->extra->post_accumulate})
      for (const TensorHook& h : *hooks)
        if (const PyHook* p = python_hook(h)) Py_VISIT(p->function.get());
  }
  if (Node* node = impl->grad_fn; node && node->refcount == 1) {
    if (const int status = visit_node(node, visit, arg)) return status;
  }
  // A .grad whose shell this tensor keeps alive belongs to it.
  if (TensorImpl* grad = impl->grad; grad && grad->refcount == 1 && (grad->flags & kOwnsPython))
    Py_VISIT(static_cast<PyObject*>(grad->python));
  return 0;
}

void clear_tensor(TensorImpl* impl) {
  const Tensor keep(impl);
  if (impl->extra) {
    auto hooks = std::move(impl->extra->hooks);
    impl->extra->hooks.clear();
    auto post = std::move(impl->extra->post_accumulate);
    impl->extra->post_accumulate.clear();
  }
  if (impl->grad_fn && impl->grad_fn->refcount == 1) clear_node(impl->grad_fn);
  Tensor::take(std::exchange(impl->grad, nullptr));
}

}  // namespace tg
