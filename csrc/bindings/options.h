// Keyword arguments that all functions which make tensors take.
#pragma once

#include <string_view>

#include "bindings/bind.h"

namespace tg {

inline bool prints_as(PyObject* o, std::string_view expected) {
  Ref text = checked(PyObject_Str(o));
  const char* name = PyUnicode_AsUTF8(text.get());
  if (!name) throw PythonError();
  return name == expected;
}

// layout= and device=: only what there is.
inline void check_place(PyObject* layout, PyObject* device) {
  if (layout != Py_None && !prints_as(layout, "torch.strided"))
    fail(ErrorKind::NotImplemented, "tapegrad has no other layout than torch.strided");
  check_device(device);
}

// requires_grad=, for a tensor that was just made.
inline Tensor with_grad(Tensor t, bool on) {
  if (!on) return t;
  if (!is_floating(t.dtype()))
    runtime_error("Only Tensors of floating point and complex dtype can require gradients");
  t->flags |= kRequiresGrad;
  return t;
}

// --- the short way for zeros(2, 3) and zeros((2, 3)): exact ints, perhaps requires_grad=True ----
inline constexpr int kPlainDims = 8;
// Their number, or -1 where the call is not of that form.
inline int plain_sizes(PyObject* const* args, Py_ssize_t nargs, int64_t* sizes) {
  if (nargs == 1 && PyTuple_Check(args[0])) {
    nargs = PyTuple_GET_SIZE(args[0]);
    args = PySequence_Fast_ITEMS(args[0]);
  } else if (nargs == 0) {
    return -1;
  }
  if (nargs > kPlainDims) return -1;
  for (Py_ssize_t i = 0; i < nargs; ++i) {
    int overflow = 0;
    if (!PyLong_CheckExact(args[i])) return -1;
    sizes[i] = PyLong_AsLongLongAndOverflow(args[i], &overflow);
    if (overflow) return -1;
  }
  return int(nargs);
}
using Maker = Tensor (*)(std::span<const int64_t>);
inline PyObject* call_sized(Maker make, FastFunction declared, PyObject* self,
                            PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  static PyObject* requires_grad = PyUnicode_InternFromString("requires_grad");
  const bool with = kwnames && PyTuple_GET_SIZE(kwnames) == 1 &&
                    PyTuple_GET_ITEM(kwnames, 0) == requires_grad && args[nargs] == Py_True;
  int64_t sizes[kPlainDims];
  const int n = !kwnames || with ? plain_sizes(args, nargs, sizes) : -1;
  if (n < 0) return declared(self, args, nargs, kwnames);
  return guarded([&] { return wrap(with_grad(make({sizes, size_t(n)}), with)); });
}
template <Maker make>
struct Sized {
  static inline FastFunction declared = nullptr;
  static PyObject* call(PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                        PyObject* kwnames) {
    return call_sized(make, declared, self, args, nargs, kwnames);
  }
};
// Lets calls of `name` go to `f` first, and keeps what def() said about it.
inline void shortcut(Binder& b, const char* name, FastFunction f) {
  Ref declared = checked(PyObject_GetAttrString(b.module(), name));
  b.add_function(name, f, reinterpret_cast<PyCFunctionObject*>(declared.get())->m_ml->ml_doc);
}
// The same for a method.
template <class Function>
void shortcut_method(Binder& b, const char* name, Function f) {
  PyObject* declared = PyDict_GetItemString(tensor_type->tp_dict, name);
  b.add_method(name, f, reinterpret_cast<PyMethodDescrObject*>(declared)->d_method->ml_doc);
}
// A function of sizes: declared by fn(), with `make` for plain calls.
template <Maker make>
void def_sized(Binder& b, const char* name, const Declared& overload, const char* doc) {
  Sized<make>::declared = b.def(name, {overload}, kFunction, doc);
  shortcut(b, name, &Sized<make>::call);
}

// What new tensors of the shape of `like` start from.
inline Tensor empty_as(const Tensor& like, DType dtype, std::optional<MemoryFormat> memory_format) {
  return empty_like(like, dtype, memory_format.value_or(MemoryFormat::Preserve));
}

}  // namespace tg
