// Values in and out of tensors: tensor(), NumPy arrays, buffers, item(), tolist(), the legacy
// constructors.
#include "bindings/bind_conversions.h"
#include "autograd/node.h"
#include "bindings/from_python.h"
#include "bindings/numpy_bridge.h"
#include "bindings/options.h"
#include "bindings/to_python.h"

namespace tg {
namespace {

void warn_copy_construct(PyObject* data) {
  if (is_tensor(data) && PyErr_WarnEx(PyExc_UserWarning,
                                      "To copy construct from a tensor, it is recommended to use "
                                      "sourceTensor.detach().clone() or "
                                      "sourceTensor.detach().clone().requires_grad_(True), rather "
                                      "than torch.tensor(sourceTensor).",
                                      1) < 0)
    throw PythonError();
}

Tensor tensor_of(PyObject* data, std::optional<DType> dtype, PyObject* device, bool requires_grad,
                 bool) {
  check_device(device);
  warn_copy_construct(data);
  return with_grad(tensor_from_python(data, dtype), requires_grad);
}
FastFunction declared_tensor;  // as it is without tensor_entry()
PyObject* tensor_entry(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  if (kwnames || nargs != 1 || !(PyList_CheckExact(args[0]) || PyFloat_CheckExact(args[0])))
    return declared_tensor(self, args, nargs, kwnames);
  return guarded([&] { return wrap(tensor_from_python(args[0], std::nullopt)); });
}
Tensor new_tensor(const Tensor& like, PyObject* data, std::optional<DType> dtype, PyObject* device,
                  bool requires_grad, PyObject* layout, bool) {
  check_place(layout, device);
  warn_copy_construct(data);
  return with_grad(tensor_from_python(data, dtype.value_or(like.dtype())), requires_grad);
}

// --- memory shared with NumPy and others --------------------------------------------------------
PyObject* array_method(const Tensor& t, PyObject* dtype, PyObject* copy) {
  Ref array(to_numpy(t, false));
  if (dtype != Py_None) {
    Ref method = checked(PyObject_GetAttrString(array.get(), "astype"));
    Ref arguments = checked(PyTuple_Pack(1, dtype));
    Ref options = checked(Py_BuildValue("{s:O}", "copy", Py_False));
    Ref cast = checked(PyObject_Call(method.get(), arguments.get(), options.get()));
    if (cast.get() != array.get()) {
      if (copy == Py_False)
        value_error("Unable to avoid copy while creating an array of another dtype.");
      return cast.release();
    }
  }
  return copy == Py_True ? PyObject_CallMethod(array.get(), "copy", nullptr) : array.release();
}

// What NumPy's functions make of their result when an argument was a tensor.
Tensor array_wrap(const Tensor&, PyObject* array, PyObject*, PyObject*) {
  return is_ndarray(array) ? tensor_from_array(array) : tensor_from_python(array, std::nullopt);
}

Tensor from_numpy(PyObject* array) {
  if (!is_ndarray(array)) type_error("expected np.ndarray (got ", Py_TYPE(array)->tp_name, ")");
  return tensor_from_array(array);
}

Tensor frombuffer(PyObject* buffer, DType dtype, int64_t count, int64_t offset,
                  bool requires_grad) {
  return with_grad(tensor_from_buffer(buffer, dtype, count, offset), requires_grad);
}

Tensor as_tensor_of(PyObject* data, std::optional<DType> dtype, PyObject* device) {
  check_device(device);
  if (is_tensor(data)) return to_dtype(as_tensor(data), dtype.value_or(as_tensor(data).dtype()));
  if (!is_ndarray(data)) return tensor_from_python(data, dtype);
  const Tensor t = tensor_from_array(data);
  return to_dtype(t, dtype.value_or(t.dtype()));
}

Tensor asarray(PyObject* data, std::optional<DType> dtype, PyObject* device,
               std::optional<bool> copy, bool on) {
  check_device(device);
  const bool never_copy = copy && !*copy;
  Tensor t;
  if (is_tensor(data)) {
    t = on ? as_tensor(data) : detached_alias(as_tensor(data), false);
    if (!on && !requires_grad(as_tensor(data))) t = as_tensor(data);
  } else if (is_ndarray(data)) {
    t = tensor_from_array(data);
  } else if (dtype && PyObject_CheckBuffer(data)) {
    t = tensor_from_buffer(data, *dtype, -1, 0);
  } else {
    if (never_copy) value_error("can't alias arbitrary sequence into a tensor.");
    return with_grad(tensor_from_python(data, dtype), on);
  }
  const DType wanted = dtype.value_or(t.dtype());
  if (wanted != t.dtype()) {
    if (never_copy)
      value_error("can't alias tensor with dtype '", info(t.dtype()).scalar, "' into dtype '",
                  info(wanted).scalar, "'.");
    t = to_dtype(t, wanted);
  } else if (copy.value_or(false)) {
    t = clone(t);
  }
  return on && !current_grad_fn(t) ? with_grad(t, on) : t;
}

// --- legacy constructors ------------------------------------------------------------------------
PyObject* construct(DType dtype, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  Ref positional = checked(PyTuple_New(nargs));
  for (Py_ssize_t i = 0; i < nargs; ++i)
    PyTuple_SET_ITEM(positional.get(), i, Ref::borrow(args[i]).release());
  Ref named;
  if (kwnames) {
    named = checked(PyDict_New());
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(kwnames); ++i)
      if (PyDict_SetItem(named.get(), PyTuple_GET_ITEM(kwnames, i), args[nargs + i]) < 0)
        throw PythonError();
  }
  return wrap(legacy_tensor(dtype, positional.get(), named.get()));
}
template <DType D>
PyObject* construct_as(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  return guarded([&] { return construct(D, args, nargs, kwnames); });
}
PyObject* construct_like(PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                         PyObject* kwnames) {
  return guarded([&] { return construct(as_tensor(self).dtype(), args, nargs, kwnames); });
}

FastFunction declared_numpy;  // as it is without numpy_entry()
PyObject* numpy_entry(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  if (kwnames || nargs) return declared_numpy(self, args, nargs, kwnames);
  return guarded([self] { return to_numpy(as_tensor(self), false); });
}

}  // namespace

void bind_conversions(Binder& b) {
  declared_tensor = b.def(
      "tensor",
      {fn(&tensor_of, "data, *, dtype=None, device=None, requires_grad=False, pin_memory=False")},
      kFunction,
      "A new tensor of numbers, nested sequences, arrays or tensors; "
      "without a dtype it follows from the data.");
  shortcut(b, "tensor", tensor_entry);
  b.def("new_tensor",
        {fn(&new_tensor,
            "input, data, *, dtype=None, device=None, requires_grad=False, "
            "layout=None, pin_memory=False")},
        kMethod, "A new tensor of `data` with the dtype of this one.");
  b.def("as_tensor", {fn(&as_tensor_of, "data, dtype=None, device=None")}, kFunction,
        "`data` as a tensor, without a copy where it is a tensor or NumPy array of the dtype.");
  b.def("asarray",
        {fn(&asarray, "obj, *, dtype=None, device=None, copy=None, requires_grad=False")},
        kFunction, "`obj` as a tensor; copy=True always copies, copy=False never.");
  b.def("from_numpy", {fn(&from_numpy, "ndarray")}, kFunction,
        "A tensor over the memory of a NumPy array.");
  b.def(
      "frombuffer", {fn(&frombuffer, "buffer, *, dtype, count=-1, offset=0, requires_grad=False")},
      kFunction,
      "A 1-d tensor over the memory of an object with the buffer protocol, from byte `offset` on.");
  declared_numpy = b.def("numpy", {fn(&to_numpy, "input, *, force=False")}, kMethod,
                         "The elements as a NumPy array over the same memory. With force=True also "
                         "of tensors that require grad.");
  b.def("__array__", {fn(&array_method, "input, dtype=None, copy=None")}, kMethod,
        "The elements as a NumPy array.");
  b.def("__array_wrap__", {fn(&array_wrap, "input, array, context=None, return_scalar=None")},
        kMethod, "A NumPy result as a tensor.");
  Ref priority = checked(PyLong_FromLong(1000));  // so that ndarray * tensor comes to the tensor
  if (PyDict_SetItemString(tensor_type->tp_dict, "__array_priority__", priority.get()) < 0)
    throw PythonError();
  b.def("item", {fn(&item, "input")}, kMethod, "The one element as a Python number.");
  b.def("tolist", {fn(&to_list, "input")}, kMethod,
        "The elements as nested lists of Python numbers.");
  // Loops call these at every step: straight.
  shortcut_method(b, "numpy", numpy_entry);
  shortcut_method(b, "item", item_method);
  shortcut_method(b, "tolist", tolist_method);
#define TG_LEGACY(name, d) \
  b.add_function(name, &construct_as<DType::d>, name "(sizes...) or " name "(data).");
  TG_LEGACY("FloatTensor", Float32)
  TG_LEGACY("DoubleTensor", Float64)
  TG_LEGACY("HalfTensor", Float16)
  TG_LEGACY("BFloat16Tensor", BFloat16)
  TG_LEGACY("LongTensor", Int64)
  TG_LEGACY("IntTensor", Int32)
  TG_LEGACY("ShortTensor", Int16)
  TG_LEGACY("CharTensor", Int8)
  TG_LEGACY("ByteTensor", UInt8)
  TG_LEGACY("BoolTensor", Bool)
#undef TG_LEGACY
  b.add_method("new", &construct_like,
               "new(sizes...) or new(data): a tensor with the dtype of this one.");
}

}  // namespace tg
