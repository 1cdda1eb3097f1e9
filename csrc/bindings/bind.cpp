#include "bindings/bind.h"

#include <string_view>
#include <unordered_map>

#include "bindings/from_python.h"
#include "bindings/out.h"
#include "ops/elementwise.h"

namespace tg {
namespace {

// Names that PyTorch accepts for one parameter.
const char* synonym(std::string_view name) {
  if (name == "axis") return "dim";
  if (name == "keepdims") return "keepdim";
  if (name == "self" || name == "x" || name == "x1") return "input";
  if (name == "x2") return "other";
  if (name == "a_min") return "min";
  if (name == "a_max") return "max";
  return nullptr;
}

}  // namespace

int find_parameter(const Signature& s, PyObject* name) {
  for (size_t i = 0; i < s.parameters.size(); ++i)
    if (s.parameters[i].interned == name) return int(i);
  const char* text = PyUnicode_AsUTF8(name);
  if (!text) throw PythonError();
  for (size_t i = 0; i < s.parameters.size(); ++i)
    if (s.parameters[i].name == text) return int(i);
  if (const char* other = synonym(text)) {
    for (size_t i = 0; i < s.parameters.size(); ++i)
      if (s.parameters[i].name == other) return int(i);
  }
  return -1;
}

bool arrange(const Signature& s, PyObject* self, PyObject* const* args, Py_ssize_t nargs,
             PyObject* kwnames, Slots& slots) {
  const int count = int(s.parameters.size());
  const int shift = self ? 1 : 0;
  int given = int(nargs) + shift;
  std::copy(s.defaults.begin(), s.defaults.end(), slots.values);
  if (self) slots.values[0] = self;
  if (!kwnames && s.varargs < 0) {  // most calls
    if (given < s.required || given > s.positional) return false;
    std::copy(args, args + nargs, slots.values + shift);
    return true;
  }
  if (s.varargs >= 0 && given > s.varargs) {
    const int fixed = s.varargs - shift;
    for (int i = 0; i < fixed; ++i) slots.values[i + shift] = args[i];
    const Py_ssize_t rest = nargs - fixed;
    if (rest == 1 && !is_index(args[fixed])) {
      slots.values[s.varargs] = args[fixed];
    } else if (s.varargs_from_items) {
      slots.values[s.varargs] = kItems;
      slots.items = args + fixed;
      slots.item_count = rest;
    } else {
      slots.varargs = checked(PyTuple_New(rest));
      for (Py_ssize_t i = 0; i < rest; ++i) {
        Py_INCREF(args[fixed + i]);
        PyTuple_SET_ITEM(slots.varargs.get(), i, args[fixed + i]);
      }
      slots.values[s.varargs] = slots.varargs.get();
    }
    given = s.varargs + 1;
  } else {
    if (given > s.positional) return false;
    for (Py_ssize_t i = 0; i < nargs; ++i) slots.values[i + shift] = args[i];
  }
  if (kwnames) {
    const Py_ssize_t n = PyTuple_GET_SIZE(kwnames);
    for (Py_ssize_t k = 0; k < n; ++k) {
      const int i = find_parameter(s, PyTuple_GET_ITEM(kwnames, k));
      if (i < 0 || (i == s.out && self)) return false;  // methods have no out=
      const Parameter& p = s.parameters[size_t(i)];
      if ((i < given || slots.values[i] != p.default_value) && !p.keyword_only) return false;
      slots.values[i] = args[nargs + k];
    }
  }
  for (int i = 0; i < count; ++i) {
    if (slots.values[i]) continue;
    if (!s.parameters[size_t(i)].varargs || s.varargs_from_items) return false;
    slots.varargs = checked(PyTuple_New(0));
    slots.values[i] = slots.varargs.get();
  }
  return true;
}

namespace {
const char items_marker = 0;  // an address that no object has
}
PyObject* const kItems = reinterpret_cast<PyObject*>(const_cast<char*>(&items_marker));

Ref Slots::value(int parameter) const {
  if (values[parameter] != kItems) return Ref::borrow(values[parameter]);
  Ref tuple = checked(PyTuple_New(item_count));
  for (Py_ssize_t i = 0; i < item_count; ++i)
    PyTuple_SET_ITEM(tuple.get(), i, Ref::borrow(items[i]).release());
  return tuple;
}

// --- calls
// --------------------------------------------------------------------------------------------
namespace {
bool fits(const Overload& overload, const Signature& signature, const Slots& slots) {
  const CallType& type = *overload.type;
  for (size_t i = 0; i < type.count; ++i) {
    PyObject* value = slots.values[i];
    if (value == signature.defaults[i] && (signature.fitting_defaults >> i & 1)) continue;
    if (value == kItems ? !are_dims(slots.items, slots.item_count) : !type.accepts[i](value))
      return false;
  }
  return true;
}

// A call with out=: the result is written into it, and a new reference to it returned.
PyObject* call_into_out(const char* name, const Overload& overload, Slots& slots) {
  const Signature& signature = overload.parsed();
  const CallType& type = *overload.type;
  if (!type.outputs) type_error(name, "() got an unexpected keyword argument 'out'");
  prepare_out(name, signature, slots.values, type.outputs);
  const Ref result = [&] {
    struct Target {
      ~Target() { out_argument = nullptr; }
    } const target;
    if (!type.named && writes_into_out(name, signature, slots.values))
      out_argument = &as_tensor(slots.values[signature.out]);
    return checked(type.call(overload.function, slots));
  }();
  PyObject* out = slots.values[signature.out];
  if (!type.named) {
    write_outs(name, signature, slots.values, {&as_tensor(result.get()), 1});
    return Ref::borrow(out).release();
  }
  write_outs(name, signature, slots.values, tensors_from(result.get()));
  return named_tuple(join_text(type.named->name, "_out").c_str(), type.named->fields,
                     tensors_from(out));
}
}  // namespace

PyObject* call_bound(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames,
                     const Bound& bound) noexcept {
  if (!bound.is_method) self = nullptr;
  try {
    Slots slots;
    for (const Overload& overload : bound.overloads) {
      const Signature& signature = overload.parsed();
      if (!arrange(signature, self, args, nargs, kwnames, slots) ||
          !fits(overload, signature, slots))
        continue;
      if (signature.out >= 0 && slots.values[signature.out] != Py_None) [[unlikely]]
        return call_into_out(bound.name, overload, slots);
      return overload.type->call(overload.function, slots);
    }
    raise_call_error(bound.name, bound.overloads, self != nullptr, args, nargs, kwnames);
  } catch (...) {
    return raise_current();
  }
}

PyObject* call_without_arguments(PyObject* self, const Overload& only) noexcept {
  try {
    Slots slots;
    slots.values[0] = self;
    return only.type->call(only.function, slots);
  } catch (...) {
    return raise_current();
  }
}

// --- argument conversions
// ----------------------------------------------------------------------------
namespace {
bool is_numpy_scalar(PyObject* o) {
  return std::string_view(Py_TYPE(o)->tp_name).starts_with("numpy.") && PyNumber_Check(o) &&
         !PySequence_Check(o) && (PyObject_HasAttrString(o, "dtype"));
}
}  // namespace

bool is_number(PyObject* o) {
  if (PyFloat_CheckExact(o) || PyLong_CheckExact(o)) return true;
  if (is_exact_tensor(o) || o == Py_None) return false;
  return PyFloat_Check(o) || PyLong_Check(o) || is_numpy_scalar(o);
}

Scalar scalar_from(PyObject* o) {
  if (PyFloat_Check(o)) return PyFloat_AS_DOUBLE(o);
  if (PyBool_Check(o)) return o == Py_True;
  if (PyLong_Check(o)) {
    int overflow = 0;
    const long long v = PyLong_AsLongLongAndOverflow(o, &overflow);
    if (overflow) runtime_error("Overflow when unpacking long long");
    if (v == -1 && PyErr_Occurred()) throw PythonError();
    return int64_t(v);
  }
  if (is_tensor(o)) {
    const Tensor& t = as_tensor(o);
    if (t.numel() != 1)
      runtime_error("a Tensor with ", t.numel(), " elements cannot be converted to Scalar");
    return visit_dtype(t.dtype(), [&](auto tag) -> Scalar {
      using T = typename decltype(tag)::type;
      const T v = *t.data<T>();
      if constexpr (std::is_same_v<T, bool>)
        return v;
      else if constexpr (std::is_integral_v<T>)
        return int64_t(v);
      else
        return double(v);
    });
  }
  // NumPy scalars: by kind of their dtype.
  const std::string_view name = Py_TYPE(o)->tp_name;
  if (name.find("bool") != name.npos) return PyObject_IsTrue(o) == 1;
  if (name.find("int") != name.npos) {
    Ref as_int = checked(PyNumber_Index(o));
    return scalar_from(as_int.get());
  }
  Ref as_float = checked(PyNumber_Float(o));
  return PyFloat_AS_DOUBLE(as_float.get());
}

bool is_index(PyObject* o) {
  if (PyLong_CheckExact(o)) return true;
  if (PyBool_Check(o)) return false;
  if (is_tensor(o)) {
    const Tensor& t = as_tensor(o);
    return t.dim() == 0 && is_integral(t.dtype());
  }
  return PyLong_Check(o) ||
         (!PyFloat_Check(o) && !PyTuple_Check(o) && !PyList_Check(o) && Py_TYPE(o)->tp_as_number &&
          Py_TYPE(o)->tp_as_number->nb_index && !PySequence_Check(o));
}

int64_t index_from(PyObject* o) {
  const Ref as_int = PyLong_CheckExact(o) ? Ref() : checked(PyNumber_Index(o));
  int overflow = 0;
  const long long v = PyLong_AsLongLongAndOverflow(as_int ? as_int.get() : o, &overflow);
  if (overflow) runtime_error("Overflow when unpacking long long");
  if (v == -1 && PyErr_Occurred()) throw PythonError();
  return v;
}

double double_from(PyObject* o) { return scalar_from(o).to<double>(); }

bool are_dims(PyObject* const* items, Py_ssize_t n) {
  for (Py_ssize_t i = 0; i < n; ++i)
    if (!is_index(items[i])) return false;
  return true;
}

bool is_dims(PyObject* o) {
  if (is_index(o)) return true;
  if (!PyTuple_Check(o) && !PyList_Check(o)) {
    return is_tensor(o) ? false : PySequence_Check(o) && !PyUnicode_Check(o) && !PyBytes_Check(o);
  }
  return are_dims(PySequence_Fast_ITEMS(o), PySequence_Fast_GET_SIZE(o));
}

Dims dims_from(PyObject* o) {
  if (is_index(o)) return Dims{index_from(o)};
  // Owned, and no list: item code may change a list under our hands.
  Ref items = PyTuple_CheckExact(o) ? Ref::borrow(o) : checked(PySequence_Tuple(o));
  return dims_from_items(PySequence_Fast_ITEMS(items.get()), PyTuple_GET_SIZE(items.get()));
}

Dims dims_from_items(PyObject* const* items, Py_ssize_t n) {
  if (n > kMaxDims)
    runtime_error("too many dimensions: tensors have at most ", kMaxDims, ", got ", n);
  Dims dims(int(n), 0);
  for (Py_ssize_t i = 0; i < n; ++i) dims[int(i)] = index_from(items[i]);
  return dims;
}

bool is_tensor_list(PyObject* o) {
  if (is_tensor(o) || (!PyTuple_Check(o) && !PyList_Check(o))) return false;
  const Py_ssize_t n = PySequence_Fast_GET_SIZE(o);
  for (Py_ssize_t i = 0; i < n; ++i)
    if (!is_tensor(PySequence_Fast_GET_ITEM(o, i))) return false;
  return true;
}

std::vector<Tensor> tensors_from(PyObject* o) {
  const Py_ssize_t n = PySequence_Fast_GET_SIZE(o);
  std::vector<Tensor> tensors;
  tensors.reserve(size_t(n));
  for (Py_ssize_t i = 0; i < n; ++i) tensors.push_back(as_tensor(PySequence_Fast_GET_ITEM(o, i)));
  return tensors;
}

bool is_operand(PyObject* o) {
  if (is_exact_tensor(o) || PyFloat_CheckExact(o) || PyLong_CheckExact(o)) return true;
  if (o == Py_None || PyUnicode_Check(o) || PyList_Check(o) || PyTuple_Check(o)) return false;
  return is_tensor(o) || PyFloat_Check(o) || PyLong_Check(o) || is_numpy_scalar(o) ||
         PyObject_HasAttrString(o, "__array_interface__");
}

void operand_from(PyObject* o, OperandHolder& holder) {
  if (is_tensor(o)) {
    holder.operand.tensor = &as_tensor(o);
  } else if (PyFloat_CheckExact(o)) {
    holder.operand = Operand(Scalar(PyFloat_AS_DOUBLE(o)));
  } else if (PyLong_Check(o) || PyFloat_Check(o)) {
    holder.operand = Operand(scalar_from(o));
  } else {
    holder.held = tensor_from_python(o, std::nullopt);
  }
}

TensorList::TensorList(PyObject* list) : size_(size_t(PySequence_Fast_GET_SIZE(list))) {
  PyObject** items = PySequence_Fast_ITEMS(list);
  void* memory = size_ > kFew ? small_alloc(size_ * sizeof(Tensor)) : few_;
  first_ = static_cast<Tensor*>(memory);
  for (size_t i = 0; i < size_; ++i) new (first_ + i) Tensor(as_tensor(items[i]));
}

// --- results
// -----------------------------------------------------------------------------------------
PyObject* named_tuple(const char* name, std::span<const char* const> fields,
                      std::span<const Tensor> values) {
  static std::unordered_map<std::string, PyObject*> types;
  PyObject*& type = types[name];
  if (!type) {
    Ref module = checked(PyImport_ImportModule("tapegrad.return_types"));
    Ref names = checked(PyTuple_New(Py_ssize_t(fields.size())));
    for (size_t i = 0; i < fields.size(); ++i)
      PyTuple_SET_ITEM(names.get(), Py_ssize_t(i), PyUnicode_FromString(fields[i]));
    type = checked(PyObject_CallMethod(module.get(), "_make", "sO", name, names.get())).release();
  }
  Ref tuple = checked(PyTuple_New(Py_ssize_t(values.size())));
  for (size_t i = 0; i < values.size(); ++i)
    PyTuple_SET_ITEM(tuple.get(), Py_ssize_t(i), wrap(values[i]));
  return PyObject_CallOneArg(type, tuple.get());
}

}  // namespace tg
