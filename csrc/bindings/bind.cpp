#include "bindings/bind.h"

#include <cstdlib>
#include <deque>
#include <unordered_map>

#include "bindings/from_python.h"

namespace tg {
namespace {

// None, True, False, numbers and quoted strings: what defaults are written with.
PyObject* parse_default(const std::string& text) {
  if (text == "None") Py_RETURN_NONE;
  if (text == "True") Py_RETURN_TRUE;
  if (text == "False") Py_RETURN_FALSE;
  if (text == "()") return PyTuple_New(0);
  if (text.front() == '\'')
    return PyUnicode_InternFromString(text.substr(1, text.size() - 2).c_str());
  if (text.find_first_of(".e") != std::string::npos && text.find("0x") == std::string::npos)
    return PyFloat_FromDouble(std::strtod(text.c_str(), nullptr));
  return PyLong_FromString(text.c_str(), nullptr, 10);
}

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

Signature::Signature(const char* source) : text(source) {
  bool keyword_only = false;
  size_t at = 0;
  const std::string& s = text;
  while (at < s.size()) {
    size_t end = s.find(", ", at);
    if (end == s.npos) end = s.size();
    std::string part = s.substr(at, end - at);
    at = end + 2;
    if (part == "*") {
      keyword_only = true;
      continue;
    }
    Parameter p;
    p.keyword_only = keyword_only;
    if (part.front() == '*') {
      part.erase(0, 1);
      p.varargs = true;
      varargs = int(parameters.size());
      keyword_only = true;
    }
    if (const size_t equals = part.find('='); equals != part.npos) {
      p.default_text = part.substr(equals + 1);
      part.erase(equals);
      p.default_value = parse_default(p.default_text);
    }
    p.name = part;
    p.interned = PyUnicode_InternFromString(part.c_str());
    if (part == "out") out = int(parameters.size());
    if (!p.keyword_only) ++positional;
    parameters.push_back(std::move(p));
  }
  if (parameters.size() > size_t(kMaxParameters)) runtime_error("too many parameters: ", text);
}

bool arrange(const Signature& s, PyObject* self, PyObject* const* args, Py_ssize_t nargs,
             PyObject* kwnames, Slots& slots) {
  const int count = int(s.parameters.size());
  const int shift = self ? 1 : 0;
  int given = int(nargs) + shift;
  for (int i = 0; i < count; ++i) slots.values[i] = s.parameters[size_t(i)].default_value;
  if (self) slots.values[0] = self;
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

namespace {
bool fits(const Overload& overload, const Slots& slots) {
  for (size_t i = 0; i < overload.count; ++i) {
    PyObject* value = slots.values[i];
    if (value == kItems ? !are_dims(slots.items, slots.item_count) : !overload.accepts[i](value))
      return false;
  }
  return true;
}
}  // namespace

PyObject* call_overloads(const char* function, std::span<const Overload* const> overloads,
                         PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                         PyObject* kwnames) noexcept {
  try {
    Slots slots;
    for (const Overload* overload : overloads)
      if (arrange(overload->signature(), self, args, nargs, kwnames, slots) &&
          fits(*overload, slots))
        return overload->call(function, slots);
    raise_call_error(function, overloads, self != nullptr, args, nargs, kwnames);
  } catch (...) {
    return raise_current();
  }
}

PyObject* call_without_arguments(const char* function, const Overload& only,
                                 PyObject* self) noexcept {
  try {
    Slots slots;
    const Signature& signature = only.signature();
    for (size_t i = 1; i < signature.parameters.size(); ++i)
      slots.values[i] = signature.parameters[i].default_value;  // out=None
    slots.values[0] = self;
    return only.call(function, slots);
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
    holder.held = as_tensor(o);
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
  if (size_ > kFew) {
    many_ = tensors_from(list);
  } else {
    for (size_t i = 0; i < size_; ++i) few_[i] = as_tensor(items[i]);
  }
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

// --- binder
// ------------------------------------------------------------------------------------------
namespace {
PyMethodDef* keep_def(const char* name, PyCFunction f, int flags, const char* doc) {
  static std::deque<PyMethodDef> defs;
  defs.push_back({name, f, flags, doc});
  return &defs.back();
}
PyMethodDef* keep_def(const char* name, FastFunction f, const char* doc) {
  return keep_def(name, reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(f)),
                  METH_FASTCALL | METH_KEYWORDS, doc);
}
void set_method(const char* name, PyMethodDef* def) {
  Ref method = checked(PyDescr_NewMethod(tensor_type, def));
  if (PyDict_SetItemString(tensor_type->tp_dict, name, method.get()) < 0) throw PythonError();
  PyType_Modified(tensor_type);
}
}  // namespace

void Binder::add_function(const char* name, FastFunction f, const char* doc) {
  static PyObject* module_name = PyUnicode_InternFromString("tapegrad");
  Ref function = checked(PyCFunction_NewEx(keep_def(name, f, doc), nullptr, module_name));
  if (PyObject_SetAttrString(module_, name, function.get()) < 0) throw PythonError();
}

void Binder::add_method(const char* name, FastFunction f, const char* doc) {
  set_method(name, keep_def(name, f, doc));
}
void Binder::add_method(const char* name, PyCFunction without_arguments, const char* doc) {
  set_method(name, keep_def(name, without_arguments, METH_NOARGS, doc));
}

void Binder::add_property(const char* name, getter get, setter set, const char* doc) {
  static std::deque<PyGetSetDef> defs;
  defs.push_back({name, get, set, doc, nullptr});
  Ref descriptor = checked(PyDescr_NewGetSet(tensor_type, &defs.back()));
  if (PyDict_SetItemString(tensor_type->tp_dict, name, descriptor.get()) < 0) throw PythonError();
  PyType_Modified(tensor_type);
}

const char* Binder::document(bool method, const char* doc) {
  const Declaration& d = declarations_.back();
  if (d.overloads.size() != 1) return doc;
  std::string text = d.overloads[0]->signature().text;
  if (method) {
    const size_t end = text.find(", ");
    text = end == text.npos ? "$self" : "$self, " + text.substr(end + 2);
  }
  static std::deque<std::string> kept;
  kept.push_back(join_text(d.name, "(", text, ")\n--\n\n", doc));
  return kept.back().c_str();
}

PyObject* Binder::describe() {
  Ref list = checked(PyList_New(0));
  for (const Declaration& d : declarations_) {
    Ref overloads = checked(PyList_New(0));
    for (const Overload* overload : d.overloads) {
      Ref types = checked(PyList_New(0));
      for (size_t k = 0; k < overload->count; ++k)
        PyList_Append(types.get(), checked(PyUnicode_FromString(overload->types[k])).get());
      Ref item = checked(Py_BuildValue("(sOs)", overload->signature().text.c_str(), types.get(),
                                       overload->result().c_str()));
      PyList_Append(overloads.get(), item.get());
    }
    Ref item = checked(Py_BuildValue("(siO)", d.name, d.kinds, overloads.get()));
    PyList_Append(list.get(), item.get());
  }
  return list.release();
}

}  // namespace tg
