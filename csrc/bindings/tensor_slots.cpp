#include "bindings/tensor_slots.h"

#include "autograd/engine.h"
#include "bindings/bind.h"
#include "bindings/from_python.h"
#include "bindings/index_from_python.h"
#include "bindings/numpy_bridge.h"
#include "bindings/print.h"
#include "bindings/py_node.h"
#include "bindings/to_python.h"
#include "ops/binary.h"
#include "ops/matmul.h"
#include "ops/shape.h"
#include "ops/unary.h"

namespace tg {
namespace {

// --- operators
// ---------------------------------------------------------------------------------------
using BinaryFunction = Tensor (*)(const Operand&, const Operand&);

PyObject* binary_of_any(PyObject* a, PyObject* b, BinaryFunction function) {
  if (!is_operand(a) || !is_operand(b)) Py_RETURN_NOTIMPLEMENTED;
  OperandHolder x, y;
  operand_from(a, x);
  operand_from(b, y);
  if (!x.get().is_tensor() && !y.get().is_tensor()) Py_RETURN_NOTIMPLEMENTED;
  return wrap(function(x.get(), y.get()));
}

PyObject* binary(PyObject* a, PyObject* b, BinaryFunction function) noexcept {
  try {
    if (is_exact_tensor(a)) {
      if (is_exact_tensor(b)) return wrap(function(as_tensor(a), as_tensor(b)));
      if (PyFloat_CheckExact(b)) return wrap(function(as_tensor(a), Scalar(PyFloat_AS_DOUBLE(b))));
      if (PyLong_CheckExact(b)) return wrap(function(as_tensor(a), scalar_from(b)));
    } else if (PyFloat_CheckExact(a) && is_exact_tensor(b)) {
      return wrap(function(Scalar(PyFloat_AS_DOUBLE(a)), as_tensor(b)));
    }
    return binary_of_any(a, b, function);
  } catch (...) {
    return raise_current();
  }
}
// A slot is told no more than its operands: each operation has a function that names it.
template <BinaryFunction F>
PyObject* binary_slot(PyObject* a, PyObject* b) {
  return binary(a, b, F);
}

Tensor plain_add(const Operand& a, const Operand& b) { return add(a, b); }
Tensor plain_sub(const Operand& a, const Operand& b) {
  return a.is_tensor() ? sub(a, b) : rsub(*b.tensor, a, Scalar(1));
}
// As in PyTorch, number / tensor is the reciprocal times the number.
Tensor plain_div(const Operand& a, const Operand& b) {
  return a.is_tensor() ? div(a, b) : mul(reciprocal(*b.tensor), a);
}
Tensor plain_pow(const Operand& a, const Operand& b) { return pow(a, b); }
Tensor plain_matmul(const Operand& a, const Operand& b) {
  if (!a.is_tensor() || !b.is_tensor()) type_error("matmul needs two tensors");
  return matmul(*a.tensor, *b.tensor);
}

PyObject* power_slot(PyObject* a, PyObject* b, PyObject* modulus) {
  if (modulus != Py_None) {
    PyErr_SetString(PyExc_TypeError, "pow() of tensors takes no third argument");
    return nullptr;
  }
  return binary_slot<plain_pow>(a, b);
}

PyObject* matmul_slot(PyObject* a, PyObject* b) {
  if (is_number(a) || is_number(b)) Py_RETURN_NOTIMPLEMENTED;
  return binary_slot<plain_matmul>(a, b);
}

using InPlaceFunction = Tensor (*)(const Tensor&, const Operand&);
PyObject* binary_in_place(PyObject* self, PyObject* other, InPlaceFunction function) noexcept {
  return guarded([&]() -> PyObject* {
    if (!is_operand(other)) Py_RETURN_NOTIMPLEMENTED;
    OperandHolder y;
    operand_from(other, y);
    function(as_tensor(self), y.get());
    Py_INCREF(self);
    return self;
  });
}
template <InPlaceFunction F>
PyObject* in_place_slot(PyObject* self, PyObject* other) {
  return binary_in_place(self, other, F);
}
Tensor plain_add_(const Tensor& a, const Operand& b) { return add_(a, b, Scalar(1)); }
Tensor plain_sub_(const Tensor& a, const Operand& b) { return sub_(a, b, Scalar(1)); }
Tensor plain_div_(const Tensor& a, const Operand& b) { return div_(a, b, ""); }
PyObject* in_place_power_slot(PyObject* self, PyObject* other, PyObject*) {
  return in_place_slot<pow_>(self, other);
}

template <Tensor (*F)(const Tensor&)>
PyObject* unary_slot(PyObject* self) {
  return guarded([&] { return wrap(F(as_tensor(self))); });
}
PyObject* invert_slot(PyObject* self) {
  return guarded([&] {
    const Tensor& t = as_tensor(self);
    if (is_floating(t.dtype()))
      type_error("~ (operator.invert) is only implemented on integer and Boolean-type tensors");
    return wrap(bitwise_not(t));
  });
}
PyObject* positive_slot(PyObject* self) {
  if (as_tensor(self).dtype() == DType::Bool) {
    PyErr_SetString(PyExc_RuntimeError, "The `+` operator, on a bool tensor is not supported.");
    return nullptr;
  }
  Py_INCREF(self);
  return self;
}

PyObject* compare_slot(PyObject* a, PyObject* b, int op) {
  static constexpr BinaryFunction functions[] = {lt, le, eq, ne, gt, ge};  // from Py_LT on
  return guarded([&]() -> PyObject* {
    if (is_operand(b)) return binary(a, b, functions[op]);
    if (op == Py_EQ && (b == Py_None || PyUnicode_Check(b))) Py_RETURN_FALSE;
    if (op == Py_NE && (b == Py_None || PyUnicode_Check(b))) Py_RETURN_TRUE;
    Py_RETURN_NOTIMPLEMENTED;
  });
}

Py_hash_t hash_slot(PyObject* self) {
  const auto address = reinterpret_cast<uintptr_t>(self);
  return Py_hash_t((address >> 4) | (address << (8 * sizeof(uintptr_t) - 4))) == -1
             ? -2
             : Py_hash_t(address >> 4);
}

int bool_slot(PyObject* self) {
  try {
    const Tensor& t = as_tensor(self);
    if (t.numel() == 0) runtime_error("Boolean value of Tensor with no values is ambiguous");
    if (t.numel() > 1)
      runtime_error("Boolean value of Tensor with more than one value is ambiguous");
    return scalar_from(self).to<bool>();
  } catch (...) {
    raise_current();
    return -1;
  }
}

Scalar one_element(PyObject* self) {
  const Tensor& t = as_tensor(self);
  if (t.numel() != 1) value_error("only one element tensors can be converted to Python scalars");
  return scalar_from(self);
}
PyObject* float_slot(PyObject* self) {
  if (const Tensor& t = as_tensor(self); t.dtype() == DType::Float32 && t.numel() == 1)
    return PyFloat_FromDouble(*t.data<float>());  // what losses are
  return guarded([&] { return PyFloat_FromDouble(one_element(self).to<double>()); });
}
PyObject* int_slot(PyObject* self) {
  return guarded([&]() -> PyObject* {
    const Scalar s = one_element(self);
    return s.is_floating() ? PyLong_FromDouble(s.to<double>())
                           : PyLong_FromLongLong(s.to<int64_t>());
  });
}
PyObject* index_slot(PyObject* self) {
  return guarded([&]() -> PyObject* {
    const Tensor& t = as_tensor(self);
    if (is_floating(t.dtype()) || t.numel() != 1)
      type_error("only integer tensors of a single element can be converted to an index");
    return PyLong_FromLongLong(one_element(self).to<int64_t>());
  });
}

Py_ssize_t length_slot(PyObject* self) {
  const Tensor& t = as_tensor(self);
  if (t.dim() == 0) {
    PyErr_SetString(PyExc_TypeError, "len() of a 0-d tensor");
    return -1;
  }
  return Py_ssize_t(t.size(0));
}

PyObject* iter_slot(PyObject* self) {
  return guarded([&]() -> PyObject* {
    const Tensor& t = as_tensor(self);
    if (t.dim() == 0) type_error("iteration over a 0-d tensor");
    Ref rows = checked(to_python(unbind(t, 0)));
    return PyObject_GetIter(rows.get());
  });
}

int contains_slot(PyObject* self, PyObject* item) {
  if (!is_operand(item)) {
    PyErr_Format(PyExc_RuntimeError,
                 "Tensor.__contains__ only supports Tensor or scalar, but you passed in a %R.",
                 Py_TYPE(item));
    return -1;
  }
  Ref equal(compare_slot(self, item, Py_EQ));
  if (!equal) return -1;
  if (!is_tensor(equal.get())) return 0;
  const Tensor flat = contiguous(as_tensor(equal.get()));
  for (int64_t i = 0; i < flat.numel(); ++i)
    if (flat.data<bool>()[i]) return 1;
  return 0;
}

PyObject* repr_slot(PyObject* self) {
  return guarded([&] { return tensor_repr(self); });
}

PyObject* new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return guarded([&]() -> PyObject* {
    Tensor t = legacy_tensor(default_dtype(), args, kwargs);
    return type == tensor_type ? wrap(std::move(t)) : wrap_as(type, std::move(t));
  });
}

// --- properties
// --------------------------------------------------------------------------------------
PyObject* get_shape(PyObject* self, void*) {
  return guarded([&] { return size_object(as_tensor(self).sizes()); });
}
PyObject* get_dtype(PyObject* self, void*) {
  PyObject* o = dtype_object(as_tensor(self).dtype());
  Py_INCREF(o);
  return o;
}
PyObject* get_device(PyObject*, void*) {
  PyObject* o = cpu_device();
  Py_INCREF(o);
  return o;
}
PyObject* get_data(PyObject* self, void*) {
  return guarded([&] { return wrap(detached_alias(as_tensor(self), true)); });
}
int set_data(PyObject* self, PyObject* value, void*) {
  return guarded_int([&] {
    if (!value) runtime_error("Deleting tensor data is not allowed. Delete tensor instead!");
    if (!is_tensor(value))
      type_error("Variable data has to be a tensor, but got ", Py_TYPE(value)->tp_name);
    const Tensor self_tensor = as_tensor(self), source = as_tensor(value);
    TensorImpl* impl = self_tensor.impl();
    if (requires_grad(self_tensor) && !is_floating(source.dtype()))
      runtime_error(
          "data set to a tensor that requires gradients must be floating point or complex dtype");
    if (impl == source.impl()) return;
    Storage* storage = Storage::alias(source->storage);
    storage->version = impl->storage->version;
    try {
      impl->set_geometry(source.sizes(), source.strides());
    } catch (...) {
      storage->release();
      throw;
    }
    impl->storage->release();
    impl->storage = storage;
    impl->data = source->data;
    impl->dtype = source.dtype();
  });
}
constexpr auto kNonLeafGradWarning =
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad "
    "attribute won't be populated during "
    "autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf "
    "Tensor, use .retain_grad() on the "
    "non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf "
    "Tensor instead. See "
    "github.com/pytorch/pytorch/pull/30531 for more informations.";
PyObject* get_grad(PyObject* self, void*) {
  TensorImpl* impl = as_tensor(self).impl();
  TensorImpl* grad = impl->grad;
  if (!grad) {
    if (impl->grad_fn && !(impl->flags & kRetainsGrad) &&
        PyErr_WarnEx(PyExc_UserWarning, kNonLeafGradWarning, 1) < 0)
      return nullptr;
    Py_RETURN_NONE;
  }
  track(self);  // an attribute of the gradient may lead back here
  return guarded([&] { return wrap(Tensor(grad)); });
}
int set_grad(PyObject* self, PyObject* value, void*) {
  return guarded_int([&] {
    const Tensor t = as_tensor(self);
    if (!value || value == Py_None) {
      Tensor::take(std::exchange(t->grad, nullptr));
      return;
    }
    if (!is_tensor(value))
      type_error("assigned grad expected to be a Tensor or None but got grad of type ",
                 Py_TYPE(value)->tp_name);
    Tensor grad = as_tensor(value);
    if (grad.impl() == t.impl()) runtime_error("can't assign Variable as its own grad");
    if (grad.dtype() != t.dtype())
      runtime_error(
          "attempting to assign a gradient with dtype '", info(grad.dtype()).scalar,
          "' to a tensor with grad_dtype '", info(t.dtype()).scalar,
          "'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype).");
    if (!grad.same_sizes(t))
      runtime_error("attempting to assign a gradient of size '", to_string(grad.sizes()),
                    "' to a tensor of size '", to_string(t.sizes()),
                    "'. Please ensure that the gradient and the tensor are the same size");
    Tensor::take(std::exchange(t->grad, grad.release()));
  });
}
PyObject* get_grad_fn(PyObject* self, void*) {
  const Tensor& t = as_tensor(self);
  if (!t->grad_fn && !t->base) Py_RETURN_NONE;
  return guarded([&] { return wrap_grad_fn(t); });
}
PyObject* get_requires_grad(PyObject* self, void*) {
  return PyBool_FromLong(requires_grad(as_tensor(self)));
}
int set_requires_grad(PyObject* self, PyObject* value, void*) {
  return guarded_int([&] {
    if (!value) runtime_error("cannot delete requires_grad");
    if (!PyBool_Check(value)) runtime_error("requires_grad must be a bool");
    const Tensor& t = as_tensor(self);
    const bool on = value == Py_True;
    const Node* node = current_grad_fn(t);
    if (node && !on)
      runtime_error(
          "you can only change requires_grad flags of leaf variables. If you want to use a "
          "computed variable in a "
          "subgraph that doesn't require differentiation use var_no_grad = var.detach().");
    if (node) return;
    if (on && !is_floating(t.dtype()))
      runtime_error("only Tensors of floating point dtype can require gradients");
    t->flags = uint16_t(on ? t->flags | kRequiresGrad : t->flags & ~kRequiresGrad);
  });
}
PyObject* get_is_leaf(PyObject* self, void*) {
  return guarded([&] { return PyBool_FromLong(!current_grad_fn(as_tensor(self))); });
}
PyObject* get_ndim(PyObject* self, void*) { return PyLong_FromLong(as_tensor(self).dim()); }
PyObject* get_version(PyObject* self, void*) {
  return PyLong_FromUnsignedLong(as_tensor(self).version());
}
PyObject* get_base(PyObject* self, void*) {
  TensorImpl* base = as_tensor(self)->base;
  if (!base) Py_RETURN_NONE;
  return guarded([&] { return wrap(Tensor(base)); });
}
PyObject* get_output_nr(PyObject* self, void*) {
  return guarded([&] {
    const Tensor& t = as_tensor(self);
    return PyLong_FromUnsignedLong(current_grad_fn(t) ? t->output_nr : 0);
  });
}
PyObject* get_retains_grad(PyObject* self, void*) {
  return PyBool_FromLong(as_tensor(self)->flags & kRetainsGrad);
}
PyObject* get_itemsize(PyObject* self, void*) {
  return PyLong_FromLongLong(itemsize(as_tensor(self).dtype()));
}
PyObject* get_nbytes(PyObject* self, void*) {
  return PyLong_FromLongLong(as_tensor(self).numel() * itemsize(as_tensor(self).dtype()));
}
PyObject* get_false(PyObject*, void*) { Py_RETURN_FALSE; }
PyObject* get_true(PyObject*, void*) { Py_RETURN_TRUE; }
template <Tensor (*F)(const Tensor&)>
PyObject* get_view(PyObject* self, void*) {
  return guarded([&] { return wrap(F(as_tensor(self))); });
}

PyGetSetDef getset[] = {
    {"shape", get_shape, nullptr, "Sizes of the dimensions, as a Size.", nullptr},
    {"dtype", get_dtype, nullptr, "Type of the elements.", nullptr},
    {"device", get_device, nullptr, "device(type='cpu').", nullptr},
    {"data", get_data, set_data, "The same memory without history; assigning replaces the memory.",
     nullptr},
    {"grad", get_grad, set_grad, "Accumulated gradient of a leaf, or None.", nullptr},
    {"grad_fn", get_grad_fn, nullptr, "The operation that made this tensor, or None for a leaf.",
     nullptr},
    {"requires_grad", get_requires_grad, set_requires_grad,
     "True where operations on this tensor are recorded.", nullptr},
    {"is_leaf", get_is_leaf, nullptr, "True for tensors that no recorded operation made.", nullptr},
    {"ndim", get_ndim, nullptr, "Number of dimensions.", nullptr},
    {"_version", get_version, nullptr, "How often the memory was changed in place.", nullptr},
    {"_base", get_base, nullptr, "The tensor that this is a view of, or None.", nullptr},
    {"output_nr", get_output_nr, nullptr, "Which output of grad_fn this is.", nullptr},
    {"retains_grad", get_retains_grad, nullptr, "True after retain_grad() on a non-leaf.", nullptr},
    {"itemsize", get_itemsize, nullptr, "Bytes of one element.", nullptr},
    {"nbytes", get_nbytes, nullptr, "Bytes of all elements.", nullptr},
    {"is_cpu", get_true, nullptr, "Always True.", nullptr},
    {"is_cuda", get_false, nullptr, "Always False.", nullptr},
    {"is_sparse", get_false, nullptr, "Always False.", nullptr},
    {"is_quantized", get_false, nullptr, "Always False.", nullptr},
    {"is_meta", get_false, nullptr, "Always False.", nullptr},
    {"T", get_view<numpy_T>, nullptr, "View with the dimensions in reverse order.", nullptr},
    {"mT", get_view<matrix_T>, nullptr, "View with the last two dimensions exchanged.", nullptr},
    {"H", get_view<matrix_H>, nullptr, "Transpose of a matrix.", nullptr},
    {"mH", get_view<matrix_mH>, nullptr, "The same as mT for real numbers.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

}  // namespace

void append_tensor_slots(std::vector<PyType_Slot>& slots) {
  const PyType_Slot list[] = {
      {Py_tp_doc, const_cast<char*>("Multi-dimensional array with a place in the graph. Tensor(2, "
                                    "3) is float32 of that shape, "
                                    "uninitialised; Tensor([1, 2]) holds the values.")},
      {Py_tp_new, reinterpret_cast<void*>(new_slot)},
      {Py_tp_repr, reinterpret_cast<void*>(repr_slot)},
      {Py_tp_hash, reinterpret_cast<void*>(hash_slot)},
      {Py_tp_iter, reinterpret_cast<void*>(iter_slot)},
      {Py_tp_richcompare, reinterpret_cast<void*>(compare_slot)},
      {Py_tp_getset, getset},
      {Py_nb_add, reinterpret_cast<void*>(binary_slot<plain_add>)},
      {Py_nb_subtract, reinterpret_cast<void*>(binary_slot<plain_sub>)},
      {Py_nb_multiply, reinterpret_cast<void*>(binary_slot<mul>)},
      {Py_nb_true_divide, reinterpret_cast<void*>(binary_slot<plain_div>)},
      {Py_nb_floor_divide, reinterpret_cast<void*>(binary_slot<floor_divide>)},
      {Py_nb_remainder, reinterpret_cast<void*>(binary_slot<remainder>)},
      {Py_nb_power, reinterpret_cast<void*>(power_slot)},
      {Py_nb_matrix_multiply, reinterpret_cast<void*>(matmul_slot)},
      {Py_nb_and, reinterpret_cast<void*>(binary_slot<bitwise_and>)},
      {Py_nb_or, reinterpret_cast<void*>(binary_slot<bitwise_or>)},
      {Py_nb_xor, reinterpret_cast<void*>(binary_slot<bitwise_xor>)},
      {Py_nb_lshift, reinterpret_cast<void*>(binary_slot<bitwise_left_shift>)},
      {Py_nb_rshift, reinterpret_cast<void*>(binary_slot<bitwise_right_shift>)},
      {Py_nb_inplace_lshift, reinterpret_cast<void*>(in_place_slot<bitwise_left_shift_>)},
      {Py_nb_inplace_rshift, reinterpret_cast<void*>(in_place_slot<bitwise_right_shift_>)},
      {Py_nb_negative, reinterpret_cast<void*>(unary_slot<neg>)},
      {Py_nb_positive, reinterpret_cast<void*>(positive_slot)},
      {Py_nb_absolute, reinterpret_cast<void*>(unary_slot<abs>)},
      {Py_nb_invert, reinterpret_cast<void*>(invert_slot)},
      {Py_nb_bool, reinterpret_cast<void*>(bool_slot)},
      {Py_nb_float, reinterpret_cast<void*>(float_slot)},
      {Py_nb_int, reinterpret_cast<void*>(int_slot)},
      {Py_nb_index, reinterpret_cast<void*>(index_slot)},
      {Py_nb_inplace_add, reinterpret_cast<void*>(in_place_slot<plain_add_>)},
      {Py_nb_inplace_subtract, reinterpret_cast<void*>(in_place_slot<plain_sub_>)},
      {Py_nb_inplace_multiply, reinterpret_cast<void*>(in_place_slot<mul_>)},
      {Py_nb_inplace_true_divide, reinterpret_cast<void*>(in_place_slot<plain_div_>)},
      {Py_nb_inplace_floor_divide, reinterpret_cast<void*>(in_place_slot<floor_divide_>)},
      {Py_nb_inplace_remainder, reinterpret_cast<void*>(in_place_slot<remainder_>)},
      {Py_nb_inplace_power, reinterpret_cast<void*>(in_place_power_slot)},
      {Py_nb_inplace_and, reinterpret_cast<void*>(in_place_slot<bitwise_and_>)},
      {Py_nb_inplace_or, reinterpret_cast<void*>(in_place_slot<bitwise_or_>)},
      {Py_nb_inplace_xor, reinterpret_cast<void*>(in_place_slot<bitwise_xor_>)},
      {Py_mp_length, reinterpret_cast<void*>(length_slot)},
      {Py_mp_subscript, reinterpret_cast<void*>(getitem)},
      {Py_mp_ass_subscript, reinterpret_cast<void*>(setitem)},
      {Py_sq_contains, reinterpret_cast<void*>(contains_slot)},
      {Py_bf_getbuffer, reinterpret_cast<void*>(get_buffer)},
      {Py_bf_releasebuffer, reinterpret_cast<void*>(release_buffer)},
  };
  slots.insert(slots.end(), std::begin(list), std::end(list));
}

}  // namespace tg
