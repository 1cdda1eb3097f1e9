// The Python type Tensor: a shell around a Tensor handle, one per TensorImpl while either lives.
// A shell owns its tensor; the TensorImpl knows the shell without owning it. When a shell that has
// state (a subclass, attributes, weak references) loses its last reference while C++ still holds
// the tensor, ownership flips (kOwnsPython): the TensorImpl keeps the shell, and the next wrap()
// hands it back.
#pragma once

#include "bindings/python.h"
#include "core/tensor.h"

namespace tg {

struct PyTensor {
  PyObject_HEAD Tensor tensor;
  PyObject* dict;
  PyObject* weakrefs;
};

extern PyTypeObject* tensor_type;

inline bool is_exact_tensor(PyObject* o) { return Py_TYPE(o) == tensor_type; }
inline bool is_tensor(PyObject* o) {
  return is_exact_tensor(o) || PyType_IsSubtype(Py_TYPE(o), tensor_type);
}
inline const Tensor& as_tensor(PyObject* o) {
  return reinterpret_cast<PyTensor*>(o)->tensor;
}  // after is_tensor

// The Python object of a tensor: a new reference; None for an undefined tensor.
PyObject* wrap(Tensor tensor);
// A new object of a subclass over `tensor`, which must not have a Python object yet.
PyObject* wrap_as(PyTypeObject* type, Tensor tensor);
// From now on the collector looks at this object: call when it gets a hook.
void track(PyObject* tensor);

// Makes the type; methods are added later by the Binder, slots come from tensor_slots().
PyTypeObject* make_tensor_type(PyObject* module);

}  // namespace tg
