#include "bindings/index_from_python.h"

#include "bindings/bind.h"
#include "bindings/from_python.h"
#include "bindings/numpy_bridge.h"
#include "ops/index.h"

namespace tg {
namespace {

using Kind = IndexItem::Kind;

IndexItem simple(Kind kind, int64_t value = 0) { return {kind, value, 0, 1, {}}; }

int64_t int_from(PyObject* key) {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(key, &overflow);
  if (overflow) value_error("Overflow when unpacking long long");
  return value;
}

IndexItem from_slice(PyObject* key) {
  Py_ssize_t start, stop, step;
  if (PySlice_Unpack(key, &start, &stop, &step) < 0) throw PythonError();
  return {Kind::Slice, start, stop, step, {}};
}

bool is_sequence(PyObject* o) {
  return PyList_Check(o) || PyTuple_Check(o) || (PySequence_Check(o) && !PyDict_Check(o));
}

// A list, array or other sequence as an index tensor. One without elements says nothing of its
// type.
IndexItem from_data(PyObject* o) {
  IndexItem item = simple(Kind::Tensor);
  item.tensor = tensor_from_python(o, std::nullopt);
  if (item.tensor.numel() == 0 && is_floating(item.tensor.dtype()))
    item.tensor = to_dtype(item.tensor, DType::Int64);
  return item;
}

IndexItem item_from(PyObject* o) {
  if (PyLong_CheckExact(o)) return simple(Kind::Int, int_from(o));
  if (PySlice_Check(o)) return from_slice(o);
  if (o == Py_None) return simple(Kind::None);
  if (o == Py_Ellipsis) return simple(Kind::Ellipsis);
  if (PyBool_Check(o)) return simple(Kind::Bool, o == Py_True);
  if (is_tensor(o)) {
    IndexItem item = simple(Kind::Tensor);
    item.tensor = as_tensor(o);
    return item;
  }
  if (is_ndarray(o)) return from_data(o);
  if (numpy_scalar_dtype(o) == DType::Bool) return simple(Kind::Bool, PyObject_IsTrue(o) == 1);
  if (is_index(o)) return simple(Kind::Int, index_from(o));
  if (is_sequence(o)) return from_data(o);
  index_error(
      "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid "
      "indices (got ",
      Py_TYPE(o)->tp_name, ")");
}

// As in PyTorch (and old NumPy), a short list that holds more than numbers is read as a tuple.
bool is_like_tuple(PyObject* key) {
  if (PyTuple_Check(key)) return true;
  if (!PyList_Check(key) || PyList_GET_SIZE(key) >= 32) return false;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(key); ++i) {
    PyObject* o = PyList_GET_ITEM(key, i);
    if (is_tensor(o) || PySlice_Check(o) || o == Py_Ellipsis || o == Py_None) return true;
    if (!PyUnicode_Check(o) && !is_ndarray(o) && is_sequence(o)) return true;
  }
  return false;
}

std::vector<IndexItem> items_from(PyObject* key) {
  std::vector<IndexItem> items;
  if (!is_like_tuple(key)) {
    items.push_back(item_from(key));
    return items;
  }
  // A tuple of our own: converting an item may run code that changes a list.
  const Ref owned = checked(PySequence_Tuple(key));
  const Py_ssize_t n = PyTuple_GET_SIZE(owned.get());
  items.reserve(size_t(n));
  for (Py_ssize_t i = 0; i < n; ++i) items.push_back(item_from(PyTuple_GET_ITEM(owned.get(), i)));
  return items;
}

void assign(const Tensor& self, std::span<const IndexItem> key, PyObject* value) {
  if (is_tensor(value)) {
    const Tensor source = as_tensor(value);
    index_assign(self, key, Operand(source));
  } else if (is_number(value)) {
    index_assign(self, key, Operand(scalar_from(value)));
  } else if (is_ndarray(value) ||
             (is_sequence(value) && !PyUnicode_Check(value) && !PyBytes_Check(value))) {
    const Tensor source = tensor_from_python(value, self.dtype());
    index_assign(self, key, Operand(source));
  } else {
    type_error("can't assign a ", Py_TYPE(value)->tp_name, " to a torch.",
               info(self.dtype()).legacy);
  }
}

}  // namespace

PyObject* getitem(PyObject* self, PyObject* key) {
  try {
    const Tensor& t = as_tensor(self);
    if (PyLong_CheckExact(key)) return wrap(index_int(t, int_from(key)));
    if (PySlice_Check(key)) {
      const Tensor held = t;  // the slice's bounds may be objects that run code
      const IndexItem item = from_slice(key);
      return wrap(index_slice(held, item.start, item.stop, item.step));
    }
    const Tensor held = t;
    return wrap(index(held, items_from(key)));
  } catch (...) {
    return raise_current();
  }
}

int setitem(PyObject* self, PyObject* key, PyObject* value) {
  return guarded_int([&] {
    if (!value) type_error("Tensor does not support deleting items");
    const Tensor t = as_tensor(self);
    if (PyLong_CheckExact(key)) {
      const IndexItem item = simple(Kind::Int, int_from(key));
      assign(t, {&item, 1}, value);
    } else {
      assign(t, items_from(key), value);
    }
  });
}

}  // namespace tg
