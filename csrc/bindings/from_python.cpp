// One pass over the data: the sizes come from the first element at each depth, then every number
// goes into a slot of 8 bytes (an int64 until the first float turns all of them into doubles), and
// at the end the slots are cast. Start at tensor_from_python(); Collector::sequence() walks,
// Collector::number() reads one element.
//
// Code of the elements (__float__, __getitem__, a signal handler) may change the very lists that
// are being read: exact numbers, which have no code, are read in place; from the first other
// element on a copy of the list is used.
#include "bindings/from_python.h"

#include <string_view>

#include "autograd/record.h"
#include "bindings/bind.h"
#include "bindings/numpy_bridge.h"
#include "ops/checked_scalar.h"
#include "ops/copy.h"
#include "ops/promotion.h"

namespace tg {
namespace {

constexpr int64_t kOnStack = 64;              // up to so many elements the slots need no memory
constexpr int64_t kBetweenSignals = 100'000;  // elements between two looks for Ctrl-C: about 10 ms

bool is_text(PyObject* o) { return PyUnicode_Check(o) || PyBytes_Check(o); }

bool is_sequence(PyObject* o) {
  if (PyList_CheckExact(o) || PyTuple_CheckExact(o)) return true;
  if (PyFloat_CheckExact(o) || PyLong_CheckExact(o) || is_tensor(o) || numpy_scalar_dtype(o))
    return false;
  return PySequence_Check(o) && !is_text(o);
}

Py_ssize_t length_of(PyObject* sequence) {
  if (is_tensor(sequence)) {
    if (as_tensor(sequence).dim() == 0) type_error("len() of a 0-d tensor");
    return Py_ssize_t(as_tensor(sequence).size(0));
  }
  const Py_ssize_t n = PySequence_Size(sequence);
  if (n < 0) throw PythonError();
  return n;
}

const char* type_name(PyObject* o) { return Py_TYPE(o)->tp_name; }

[[noreturn]] void raise_not_a_number(PyObject* o, bool first) {
  if (PyUnicode_Check(o) && first) value_error("too many dimensions 'str'");
  if (is_text(o)) type_error("new(): invalid data type '", type_name(o), "'");
  if (PyComplex_Check(o))
    fail(ErrorKind::NotImplemented, "tapegrad has no complex tensors yet: got a complex number");
  if (is_sequence(o)) type_error("'", type_name(o), "' object cannot be interpreted as an integer");
  runtime_error("Could not infer dtype of ", type_name(o));
}

bool overflows_dtype(const Scalar& s, DType dtype) {
  return visit_dtype(dtype, [&](auto tag) { return overflows<typename decltype(tag)::type>(s); });
}

class Collector {
 public:
  explicit Collector(std::optional<DType> dtype)
      : wanted_(dtype), floating_(dtype && is_floating(*dtype)) {}

  Tensor collect(PyObject* data) {
    measure(data);
    int64_t stack[kOnStack];
    const int64_t numel = checked_numel(sizes());
    slots_ = stack;
    if (numel > kOnStack) {
      staged_ = empty(sizes(), DType::Int64);
      slots_ = staged_.data<int64_t>();
    }
    if (ndim_ == 0) {
      number(data);
    } else {
      sequence(data, 0);
    }
    return finish(numel);
  }

 private:
  std::span<const int64_t> sizes() const { return {sizes_, size_t(ndim_)}; }

  void measure(PyObject* data) {
    while (PyList_CheckExact(data) && ndim_ < kMaxDims) {  // borrowed: nothing runs in between
      const Py_ssize_t n = sizes_[ndim_++] = PyList_GET_SIZE(data);
      if (n == 0) return;
      data = PyList_GET_ITEM(data, 0);
    }
    if (PyFloat_CheckExact(data)) return;
    Ref held = Ref::borrow(data);
    while (is_sequence(held.get())) {
      if (ndim_ == kMaxDims) value_error("too many dimensions '", type_name(held.get()), "'");
      const Py_ssize_t n = length_of(held.get());
      sizes_[ndim_++] = n;
      if (n == 0) break;
      held = checked(PySequence_GetItem(held.get(), 0));
    }
  }

  void check_length(int64_t n, int depth) const {
    if (n != sizes_[depth])
      value_error("expected sequence of length ", sizes_[depth], " at dim ", depth, " (got ", n,
                  ")");
  }

  void sequence(PyObject* o, int depth) {
    if (is_ndarray(o)) return whole(tensor_from_array(o), depth);
    if (is_tensor(o)) return whole(as_tensor(o), depth);
    if (!is_sequence(o)) {
      if (is_text(o)) type_error("new(): invalid data type '", type_name(o), "'");
      type_error("not a sequence");
    }
    const bool list = PyList_CheckExact(o);
    if (!list && !PyTuple_CheckExact(o)) return any_sequence(o, depth);
    const Py_ssize_t n = list ? PyList_GET_SIZE(o) : PyTuple_GET_SIZE(o);
    check_length(n, depth);
    Py_ssize_t i = depth == ndim_ - 1 ? exact_numbers(o, n) : 0;
    if ((since_signals_ += i) >= kBetweenSignals) look_for_signals();
    if (i == n) return;
    const Ref copy = list ? checked(PyList_AsTuple(o)) : Ref::borrow(o);
    if (PyTuple_GET_SIZE(copy.get()) != n)
      runtime_error("the list changed its size while a tensor was made of it");
    for (; i < n; ++i) element(PyTuple_GET_ITEM(copy.get(), i), depth);
  }

  void any_sequence(PyObject* o, int depth) {
    const Py_ssize_t n = length_of(o);
    check_length(n, depth);
    for (Py_ssize_t i = 0; i < n; ++i) {
      const Ref item = checked(PySequence_GetItem(o, i));
      element(item.get(), depth);
    }
  }

  void element(PyObject* o, int depth) {
    if (depth + 1 < ndim_) return sequence(o, depth + 1);
    number(o);
    if (++since_signals_ >= kBetweenSignals) look_for_signals();
  }

  // Reads the exact floats, ints and bools at the front of a list or tuple; returns how many there
  // were.
  Py_ssize_t exact_numbers(PyObject* o, Py_ssize_t n) {
    Py_ssize_t i = 0;
    while (i < n) {
      if (PyList_CheckExact(o) && PyList_GET_SIZE(o) != n)  // by a signal handler
        runtime_error("the list changed its size while a tensor was made of it");
      PyObject* const* items = PySequence_Fast_ITEMS(o);
      const Py_ssize_t end = std::min<Py_ssize_t>(n, i + kBetweenSignals);
      for (; i < end; ++i) {
        PyObject* item = items[i];
        if (PyFloat_CheckExact(item)) {
          put_float(PyFloat_AS_DOUBLE(item));
        } else if (PyLong_CheckExact(item)) {
          put_integer(item);
        } else if (PyBool_Check(item)) {
          put_bool(item == Py_True);
        } else {
          return i;
        }
      }
      if (i < n) look_for_signals();
    }
    return i;
  }

  void look_for_signals() {
    since_signals_ = 0;
    if (PyErr_CheckSignals() < 0) throw PythonError();
  }

  // One element, of any type.
  void number(PyObject* o) {
    if (PyFloat_CheckExact(o)) return put_float(PyFloat_AS_DOUBLE(o));
    if (PyBool_Check(o)) return put_bool(o == Py_True);
    if (is_tensor(o)) {
      const Tensor t = as_tensor(o);
      if (t.numel() != 1) {
        if (is_floating(t.dtype()))
          value_error("only one element tensors can be converted to Python scalars");
        type_error("only integer tensors of a single element can be converted to an index");
      }
      seen(t.dtype());
      return put_scalar(scalar_from(o));
    }
    if (const auto dtype = numpy_scalar_dtype(o)) {
      seen(*dtype);
      return put_scalar(scalar_from(o));
    }
    if (is_ndarray(o)) {
      const Tensor t = tensor_from_array(o);
      if (t.numel() != 1)
        type_error("only arrays of one element can be converted to Python scalars");
      return whole(t, ndim_);
    }
    if (PyFloat_Check(o)) return put_float(PyFloat_AS_DOUBLE(o));
    if (PyLong_Check(o)) return put_integer(o);
    if (!wanted_ || is_sequence(o) || is_text(o) || PyComplex_Check(o))
      raise_not_a_number(o, at_ == 0);
    if (*wanted_ == DType::Bool) {
      const int truth = PyObject_IsTrue(o);
      if (truth < 0) throw PythonError();
      return put_bool(truth);
    }
    if (floating_) {  // __float__ or __index__
      const double value = PyFloat_AsDouble(o);
      if (value == -1 && PyErr_Occurred()) throw PythonError();
      return put_float(value);
    }
    const Ref index = checked(PyNumber_Index(o));
    put_integer(index.get());
  }

  // A tensor or array in the place of a sequence.
  void whole(const Tensor& t, int depth) {
    for (int d = depth; d < ndim_; ++d) {
      if (d - depth >= t.dim()) type_error("not a sequence");
      check_length(t.size(d - depth), d);
    }
    if (t.dim() > ndim_ - depth && t.numel() != 1)
      type_error("only arrays of one element can be converted to Python scalars");
    seen(t.dtype());
    GradModeGuard off(false);
    const Tensor flat = contiguous(t);
    visit_dtype(t.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      for (int64_t i = 0; i < flat.numel(); ++i) {
        const T v = flat.data<T>()[i];
        if constexpr (std::is_integral_v<T>)
          put_int64(int64_t(v));
        else
          put_double(double(v));
      }
    });
  }

  void put_scalar(const Scalar& s) {
    if (s.is_floating())
      put_double(s.to<double>());
    else
      put_int64(s.to<int64_t>());
  }
  void put_float(double v) {
    floats_ = true;
    put_double(v);
  }
  void put_bool(bool v) {
    bools_ = true;
    put_int64(v);
  }
  void put_integer(PyObject* o) {
    integers_ = true;
    int overflow = 0;
    const long long v = PyLong_AsLongLongAndOverflow(o, &overflow);
    if (!overflow) return put_int64(v);
    if (wanted_ == DType::Bool) return put_int64(1);
    if (wanted_ && !floating_) value_error("Overflow when unpacking long long");
    too_large_ = true;
    const double d = PyLong_AsDouble(o);
    if (d == -1 && PyErr_Occurred()) throw PythonError();
    put_double(d);
  }
  void put_int64(int64_t v) {
    if (floating_) {
      reinterpret_cast<double*>(slots_)[at_++] = double(v);
      return;
    }
    if (wanted_) [[unlikely]] {
      if (*wanted_ == DType::Bool)
        v = v != 0;
      else if (*wanted_ != DType::Int64 && overflows_dtype(v, *wanted_))
        raise_overflow();
    }
    slots_[at_++] = v;
  }
  void put_double(double v) {
    if (!floating_) [[unlikely]] {
      if (wanted_) {
        if (*wanted_ == DType::Bool) return put_int64(v != 0);
        if (overflows_dtype(v, *wanted_)) raise_overflow();
        slots_[at_++] = int64_t(v);
        return;
      }
      auto* doubles = reinterpret_cast<double*>(slots_);
      for (int64_t i = 0; i < at_; ++i) doubles[i] = double(slots_[i]);
      floating_ = true;
    }
    reinterpret_cast<double*>(slots_)[at_++] = v;
  }
  [[noreturn]] void raise_overflow() const {
    runtime_error("value cannot be converted to type ", info(*wanted_).name, " without overflow");
  }
  void seen(DType dtype) { typed_ = typed_ ? promote(*typed_, dtype) : dtype; }

  DType inferred() {
    if (integers_) seen(DType::Int64);
    if (bools_) seen(DType::Bool);
    if (floats_) seen(default_dtype());
    return typed_.value_or(default_dtype());
  }

  Tensor finish(int64_t numel) {
    const DType dtype = wanted_ ? *wanted_ : inferred();
    if (too_large_ && !is_floating(dtype)) value_error("Overflow when unpacking long long");
    const DType slot_dtype = floating_ ? DType::Float64 : DType::Int64;
    if (staged_.defined()) {
      staged_->dtype = slot_dtype;
      GradModeGuard off(false);
      return to_dtype(staged_, dtype);
    }
    Tensor out = empty(sizes(), dtype);
    const int64_t* slots = slots_;
    visit_dtype(dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      T* to = out.data<T>();
      if (floating_) {
        for (int64_t i = 0; i < numel; ++i)
          to[i] = convert<T>(reinterpret_cast<const double*>(slots)[i]);
      } else {
        for (int64_t i = 0; i < numel; ++i) to[i] = convert<T>(slots[i]);
      }
    });
    return out;
  }

  const std::optional<DType> wanted_;
  std::optional<DType> typed_;  // promoted dtype of the tensors, arrays and NumPy scalars
  bool floating_;               // the slots hold doubles
  bool floats_ = false, integers_ = false, bools_ = false, too_large_ = false;
  int ndim_ = 0;
  int64_t at_ = 0;
  int64_t since_signals_ = 0;
  int64_t* slots_ = nullptr;
  Tensor staged_;
  int64_t sizes_[kMaxDims];
};

bool is_size(PyObject* o) {
  static PyTypeObject* type = Py_TYPE(checked(size_object({})).get());
  return Py_TYPE(o) == type;
}

// The same memory as another tensor, with history.
Tensor alias_of(const Tensor& t) {
  Tensor out = make_view(t, t.sizes(), t.strides(), t.storage_offset());
  record("AliasBackward0", out, inputs(t), saves(), [](const Tensor& g) { return g; });
  as_differentiable_view(out, t);
  return out;
}

Tensor copied(const Tensor& t, std::optional<DType> dtype) {
  GradModeGuard off(false);
  return dtype && *dtype != t.dtype() ? to_dtype(t, *dtype) : clone(t);
}

// The common case at its shortest: a list of a few floats as float32. Undefined for all others.
Tensor few_floats(PyObject* list, DType dtype) {
  const Py_ssize_t n = PyList_GET_SIZE(list);
  if (n == 0 || n > kOnStack || dtype != DType::Float32) return {};
  for (Py_ssize_t i = 0; i < n; ++i)
    if (!PyFloat_CheckExact(PyList_GET_ITEM(list, i))) return {};
  const int64_t size = n;
  Tensor out = empty({&size, 1}, dtype);
  for (Py_ssize_t i = 0; i < n; ++i)
    out.data<float>()[i] = static_cast<float>(PyFloat_AS_DOUBLE(PyList_GET_ITEM(list, i)));
  return out;
}

}  // namespace

Tensor tensor_from_python(PyObject* data, std::optional<DType> dtype) {
  if (PyList_CheckExact(data)) {
    if (Tensor t = few_floats(data, dtype.value_or(default_dtype())); t.defined()) return t;
  } else if (!PyFloat_CheckExact(data)) {
    if (is_tensor(data)) return copied(as_tensor(data), dtype);
    if (is_ndarray(data)) return copied(tensor_from_array(data), dtype);
    if (is_text(data)) type_error("new(): invalid data type '", type_name(data), "'");
  }
  return Collector(dtype).collect(data);
}

Tensor legacy_tensor(DType dtype, PyObject* args, PyObject* kwargs) {
  PyObject* first = nullptr;
  if (kwargs && PyDict_GET_SIZE(kwargs)) {
    PyObject *key, *value;
    for (Py_ssize_t at = 0; PyDict_Next(kwargs, &at, &key, &value);) {
      const char* name = PyUnicode_AsUTF8(key);
      if (!name) throw PythonError();
      const std::string_view view = name;
      if (view == "device") {
        check_device(value);
      } else if ((view == "size" || view == "data") && PyTuple_GET_SIZE(args) == 0) {
        if (view == "size") return empty(dims_from(value), dtype);
        first = value;
      } else {
        type_error("new() got an unexpected keyword argument '", view, "'");
      }
    }
  }
  const Py_ssize_t n = PyTuple_GET_SIZE(args);
  if (n == 0 && !first) return empty(Dims{0}, dtype);
  if (!first) first = PyTuple_GET_ITEM(args, 0);
  if (n > 1 || is_index(first)) {
    for (Py_ssize_t i = 0; i < n; ++i)
      if (PyObject* item = PyTuple_GET_ITEM(args, i); !is_index(item))
        type_error("new(): argument 'size' failed to unpack the object at pos ", i + 1,
                   " with error \"type must be tuple of ints,but got ", type_name(item), "\"");
    return empty(n ? dims_from(args) : dims_from(first), dtype);
  }
  if (is_size(first)) return empty(dims_from(first), dtype);
  if (is_tensor(first)) {
    const Tensor& other = as_tensor(first);
    if (other.dtype() != dtype && dtype != default_dtype())
      type_error("expected a tensor of dtype ", info(dtype).name, " (got ",
                 info(other.dtype()).name, ")");
    return alias_of(other);
  }
  if (is_text(first)) type_error("new(): invalid data type '", type_name(first), "'");
  if (!is_sequence(first))
    type_error("new(): data must be a sequence (got ", type_name(first), ")");
  return tensor_from_python(first, dtype);
}

}  // namespace tg
