#include "bindings/py_module.h"

namespace tg {
namespace {

// CPython remembers where an attribute of a module stands, but not if the module has a
// __getattr__(), as the package does for what it imports on first use: each `torch.add` would look
// through the type first, which takes longer than many a kernel. Here the dict comes first.
PyObject* get_attribute(PyObject* self, PyObject* name) {
  PyObject* found = PyDict_GetItemWithError(PyModule_GetDict(self), name);
  if (found) return Ref::borrow(found).release();
  if (PyErr_Occurred()) return nullptr;
  return PyModule_Type.tp_getattro(self, name);
}

PyType_Slot slots[] = {
    {Py_tp_getattro, reinterpret_cast<void*>(get_attribute)},
    {Py_tp_doc, const_cast<char*>("A module whose attributes are looked up in its dict first.")},
    {0, nullptr}};
PyType_Spec spec = {"tapegrad._Module", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

void bind_module_type(PyObject* module) {
  Ref bases = checked(PyTuple_Pack(1, &PyModule_Type));
  Ref type = checked(PyType_FromSpecWithBases(&spec, bases.get()));
  if (PyObject_SetAttrString(module, "_Module", type.get()) < 0) throw PythonError();
}

}  // namespace tg
