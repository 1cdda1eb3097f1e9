#include "bindings/py_tensor.h"

#include <structmember.h>

#include <cstddef>
#include <vector>

#include "autograd/node.h"
#include "bindings/py_hooks.h"
#include "bindings/tensor_slots.h"

namespace tg {

PyTypeObject* tensor_type = nullptr;

namespace {

constexpr int kFreeShells = 256;
PyTensor* free_shells[kFreeShells];
int free_shell_count = 0;

PyTensor* new_shell() {
#ifndef TAPEGRAD_SYSTEM_MALLOC
  if (free_shell_count) {
    PyTensor* shell = free_shells[--free_shell_count];
    _Py_NewReference(reinterpret_cast<PyObject*>(shell));
    return shell;
  }
#endif
  PyTensor* shell =
      PyObject_GC_New(PyTensor, tensor_type);  // untracked; owns a reference to the type
  if (!shell) throw PythonError();
  Py_DECREF(tensor_type);  // the exact type is immortal: its shells do not count it
  return shell;
}

PyObject* attach(PyTensor* shell, Tensor tensor) {
  shell->dict = nullptr;
  shell->weakrefs = nullptr;
  tensor->python = shell;
  new (&shell->tensor) Tensor(std::move(tensor));
  return reinterpret_cast<PyObject*>(shell);
}

// Lets the TensorImpl keep a dying shell. The caller sees to the reference count.
void flip_to_cpp(PyTensor* shell) {
  TensorImpl* impl = shell->tensor.impl();
  impl->flags |= kOwnsPython;
  --impl->refcount;  // the shell's handle counts no more
}

bool held_by_cpp(PyTensor* shell) { return shell->tensor.defined() && shell->tensor->refcount > 1; }

void drop_tensor(PyTensor* shell) {
  TensorImpl* impl = shell->tensor.impl();
  if (!impl) return;
  if (impl->python == shell) {
    impl->python = nullptr;
  }
  shell->tensor.~Tensor();
  new (&shell->tensor) Tensor();
}

void tensor_dealloc(PyObject* self) {
  auto* shell = reinterpret_cast<PyTensor*>(self);
  if (Py_TYPE(self) == tensor_type) [[likely]] {
    if (shell->dict || shell->weakrefs) {
      if (held_by_cpp(shell)) {
        _Py_NewReference(self);
        flip_to_cpp(shell);
        return;
      }
      if (PyObject_GC_IsTracked(self)) PyObject_GC_UnTrack(self);
      if (shell->weakrefs) PyObject_ClearWeakRefs(self);
      Py_CLEAR(shell->dict);
    } else if (PyObject_GC_IsTracked(self)) {
      PyObject_GC_UnTrack(self);
    }
    drop_tensor(shell);
#ifndef TAPEGRAD_SYSTEM_MALLOC
    if (free_shell_count < kFreeShells) {
      free_shells[free_shell_count++] = shell;
      return;
    }
#endif
    PyObject_GC_Del(self);
    return;
  }
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  if (shell->weakrefs) PyObject_ClearWeakRefs(self);
  Py_CLEAR(shell->dict);
  drop_tensor(shell);
  type->tp_free(self);
  Py_DECREF(type);
}

// Of subclasses: runs before their attributes are torn down.
void tensor_finalize(PyObject* self) {
  auto* shell = reinterpret_cast<PyTensor*>(self);
  if (Py_TYPE(self) == tensor_type || !held_by_cpp(shell) || (shell->tensor->flags & kOwnsPython))
    return;
  if (Py_REFCNT(self) > 1) return;  // called by the collector: others still hold it
  Py_INCREF(self);                  // resurrected: this is the TensorImpl's reference
  flip_to_cpp(shell);
}

int tensor_traverse(PyObject* self, visitproc visit, void* arg) {
  auto* shell = reinterpret_cast<PyTensor*>(self);
  if (Py_TYPE(self) != tensor_type) Py_VISIT(Py_TYPE(self));
  Py_VISIT(shell->dict);
  // What the tensor alone keeps alive: hooks, and a .grad that Python knows.
  TensorImpl* impl = shell->tensor.impl();
  if (impl && impl->refcount == 1 && !(impl->flags & kOwnsPython))
    return visit_tensor(impl, visit, arg);
  return 0;
}

int tensor_clear(PyObject* self) {
  auto* shell = reinterpret_cast<PyTensor*>(self);
  Py_CLEAR(shell->dict);
  TensorImpl* impl = shell->tensor.impl();
  if (impl && impl->refcount == 1) clear_tensor(impl);
  return 0;
}

void drop_owned_object(void* object) noexcept {
  auto* shell = static_cast<PyTensor*>(object);
  // Its end may run Python (weak references, __del__): let it die over an alias of the data.
  TensorImpl* dying = shell->tensor.release();
  dying->flags = uint16_t(dying->flags & ~kOwnsPython);
  dying->python = nullptr;
  new (&shell->tensor) Tensor();
  ++dying->refcount;
  try {
    Tensor alias = detached_alias(Tensor(dying), false);
    alias->python = shell;
    shell->tensor = std::move(alias);
  } catch (...) {
  }
  --dying->refcount;
  Py_DECREF(reinterpret_cast<PyObject*>(shell));
}

int tensor_setattro(PyObject* self, PyObject* name, PyObject* value) {
  const int status = PyObject_GenericSetAttr(self, name, value);
  if (status == 0 && reinterpret_cast<PyTensor*>(self)->dict) track(self);
  return status;
}

PyObject* tensor_get_dict(PyObject* self, void*) {
  PyObject* dict = PyObject_GenericGetDict(self, nullptr);
  if (dict) track(self);
  return dict;
}

PyMemberDef tensor_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(PyTensor, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PyTensor, weakrefs), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

PyGetSetDef dict_getset = {"__dict__", tensor_get_dict, PyObject_GenericSetDict, nullptr, nullptr};

}  // namespace

namespace {
// --- reflected operators called by name ---------------------------------------------------------
// In PyTorch some of them are plain functions, which take any first argument: Tensor.__rpow__(2, x)
// is x ** 2, and Tensor.__rsub__(2, x) NotImplemented. A slot wrapper tests its argument against
// the type that it belongs to, and every object is an `object`.
void open_reflected_operators() {
  for (const char* name : {"__rfloordiv__", "__rmod__", "__rpow__"}) {
    PyObject* found = PyDict_GetItemString(tensor_type->tp_dict, name);
    if (!found || Py_TYPE(found) != &PyWrapperDescr_Type) continue;
    auto* descriptor = reinterpret_cast<PyDescrObject*>(found);
    Py_INCREF(&PyBaseObject_Type);
    Py_SETREF(descriptor->d_type, &PyBaseObject_Type);
  }
}

PyObject* reflected_sub(PyObject* self, PyObject* other) {
  if (!is_tensor(self)) Py_RETURN_NOTIMPLEMENTED;
  return tensor_type->tp_as_number->nb_subtract(other, self);
}

// A method in the place of a slot wrapper makes subclasses subtract by looking it up. Those that do
// not redefine subtraction get the slot back.
PyObject* init_subclass(PyObject* cls, PyObject* args, PyObject* kwargs) {
  return guarded([&]() -> PyObject* {
    Ref up = checked(PyObject_CallFunctionObjArgs(reinterpret_cast<PyObject*>(&PySuper_Type),
                                                  tensor_type, cls, nullptr));
    Ref next = checked(PyObject_GetAttrString(up.get(), "__init_subclass__"));
    checked(PyObject_Call(next.get(), args, kwargs));
    auto* type = reinterpret_cast<PyTypeObject*>(cls);
    for (const char* name : {"__sub__", "__rsub__"}) {
      Ref own = checked(PyObject_GetAttrString(cls, name));
      if (own.get() != PyDict_GetItemString(tensor_type->tp_dict, name)) Py_RETURN_NONE;
    }
    type->tp_as_number->nb_subtract = tensor_type->tp_as_number->nb_subtract;
    Py_RETURN_NONE;
  });
}

PyMethodDef reflected_sub_def = {"__rsub__", reflected_sub, METH_O, nullptr};
PyMethodDef init_subclass_def = {
    "__init_subclass__", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(init_subclass)),
    METH_VARARGS | METH_KEYWORDS, nullptr};

void set_in_type(const char* name, Ref value) {
  if (PyDict_SetItemString(tensor_type->tp_dict, name, value.get()) < 0) throw PythonError();
}
}  // namespace

PyObject* wrap(Tensor tensor) {
  TensorImpl* impl = tensor.impl();
  if (!impl) Py_RETURN_NONE;
  if (auto* shell = static_cast<PyTensor*>(impl->python)) {
    auto* object = reinterpret_cast<PyObject*>(shell);
    if (impl->flags & kOwnsPython) {
      impl->flags = uint16_t(impl->flags & ~kOwnsPython);
      tensor.release();  // the handle's count becomes the shell's
#ifndef Py_GIL_DISABLED
      reinterpret_cast<uintptr_t*>(object)[-1] &=
          ~uintptr_t{1};  // may be finalized (kept) again: PyGC_Head._gc_prev
#endif
      if (!PyObject_GC_IsTracked(object)) PyObject_GC_Track(object);
      return object;
    }
    Py_INCREF(object);
    return object;
  }
  return attach(new_shell(), std::move(tensor));
}

PyObject* wrap_as(PyTypeObject* type, Tensor tensor) {
  if (type == tensor_type) return wrap(std::move(tensor));
  if (tensor->python) tensor = detached_alias(tensor, true);
  Ref object = checked(type->tp_alloc(type, 0));
  attach(reinterpret_cast<PyTensor*>(object.get()), std::move(tensor));
  return object.release();
}

void track(PyObject* tensor) {
  if (!PyObject_GC_IsTracked(tensor)) PyObject_GC_Track(tensor);
}

PyTypeObject* make_tensor_type(PyObject* module) {
  release_python_object = drop_owned_object;
  std::vector<PyType_Slot> slots = {
      {Py_tp_dealloc, reinterpret_cast<void*>(tensor_dealloc)},
      {Py_tp_finalize, reinterpret_cast<void*>(tensor_finalize)},
      {Py_tp_traverse, reinterpret_cast<void*>(tensor_traverse)},
      {Py_tp_clear, reinterpret_cast<void*>(tensor_clear)},
      {Py_tp_setattro, reinterpret_cast<void*>(tensor_setattro)},
      {Py_tp_members, tensor_members},
  };
  append_tensor_slots(slots);
  slots.push_back({0, nullptr});
  PyType_Spec spec = {"tapegrad.Tensor", sizeof(PyTensor), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots.data()};
  Ref type = checked(PyType_FromModuleAndSpec(module, &spec, nullptr));
  tensor_type = reinterpret_cast<PyTypeObject*>(type.release());
  tensor_type->tp_name = "Tensor";  // as Python's own messages have it: of a class, not of C code
  Ref descriptor = checked(PyDescr_NewGetSet(tensor_type, &dict_getset));
  if (PyDict_SetItemString(tensor_type->tp_dict, "__dict__", descriptor.get()) < 0)
    throw PythonError();
  open_reflected_operators();
  set_in_type("__rsub__", checked(PyDescr_NewMethod(&PyBaseObject_Type, &reflected_sub_def)));
  set_in_type("__init_subclass__",
              checked(PyDescr_NewClassMethod(tensor_type, &init_subclass_def)));
  PyType_Modified(tensor_type);
  return tensor_type;
}

}  // namespace tg
