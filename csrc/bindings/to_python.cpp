#include "bindings/to_python.h"

#include <algorithm>
#include <type_traits>

#include "bindings/py_tensor.h"

namespace tg {
namespace {

template <class T>
PyObject* number(T value) {
  if constexpr (std::is_same_v<T, bool>)
    return PyBool_FromLong(value);
  else if constexpr (std::is_integral_v<T>)
    return PyLong_FromLongLong(value);
  else
    return PyFloat_FromDouble(static_cast<double>(value));
}

template <class T>
PyObject* list_of(const TensorImpl& t, const char* data, int depth) {
  const int64_t n = t.sizes()[depth], step = t.strides()[depth] * int64_t(sizeof(T));
  const bool innermost = depth + 1 == t.ndim;
  Ref list = checked(PyList_New(Py_ssize_t(n)));
  for (int64_t i = 0; i < n; ++i, data += step) {
    PyObject* item =
        innermost ? number(*reinterpret_cast<const T*>(data)) : list_of<T>(t, data, depth + 1);
    if (!item) throw PythonError();
    PyList_SET_ITEM(list.get(), Py_ssize_t(i), item);
  }
  return list.release();
}

}  // namespace

PyObject* item(const Tensor& t) {
  if (t.numel() != 1)
    runtime_error("a Tensor with ", t.numel(), " elements cannot be converted to Scalar");
  if (t.dtype() == DType::Float32) return number(*t.data<float>());  // what losses are
  return visit_dtype(t.dtype(),
                     [&](auto tag) { return number(*t.data<typename decltype(tag)::type>()); });
}

PyObject* to_list(const Tensor& t) {
  if (t.dim() == 0) return item(t);
  // Making lists can run the garbage collector, and that any code: a short vector is copied first,
  // else an alias keeps memory and sizes as they are.
  constexpr int64_t kShort = 32;
  if (t.dim() == 1 && t.numel() <= kShort && t.is_contiguous()) {
    return visit_dtype(t.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      const int64_t n = t.numel();
      T values[kShort];
      std::copy_n(t.data<T>(), n, values);
      Ref list = checked(PyList_New(Py_ssize_t(n)));
      for (int64_t i = 0; i < n; ++i)
        PyList_SET_ITEM(list.get(), Py_ssize_t(i), checked(number(values[i])).release());
      return list.release();
    });
  }
  const Tensor held = detached_alias(t, false);
  return visit_dtype(held.dtype(), [&](auto tag) {
    return list_of<typename decltype(tag)::type>(*held.impl(), held->data, 0);
  });
}

PyObject* item_method(PyObject* self, PyObject*) noexcept {
  return guarded([self] { return item(as_tensor(self)); });
}
PyObject* tolist_method(PyObject* self, PyObject*) noexcept {
  return guarded([self] { return to_list(as_tensor(self)); });
}

}  // namespace tg
