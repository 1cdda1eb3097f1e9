// What def() makes of a declaration: the parsed signature, a C function, its docstring and the
// entry of the stub. None of it is in the way of a call.
#include <array>
#include <cstdlib>
#include <deque>
#include <memory>

#include "bindings/bind.h"

namespace tg {

// --- signatures
// --------------------------------------------------------------------------------------
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
}  // namespace

Signature::Signature(const char* text) {
  bool keyword_only = false;
  size_t at = 0;
  const std::string s = text;
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
    defaults.push_back(p.default_value);
    if (!p.default_value) required = int(defaults.size());
    parameters.push_back(std::move(p));
  }
  if (parameters.size() > size_t(kMaxParameters)) runtime_error("too many parameters: ", text);
}

const Signature& Overload::parse() const {
  auto fresh = std::make_unique<Signature>(signature);
  if (fresh->varargs >= 0) fresh->varargs_from_items = type->from_items >> fresh->varargs & 1;
  for (size_t i = 0; i < type->count; ++i)
    if (fresh->defaults[i] && type->accepts[i](fresh->defaults[i]))
      fresh->fitting_defaults |= 1u << i;
  const Signature* found = nullptr;  // set where another thread was first
  if (parsed_.compare_exchange_strong(found, fresh.get())) found = fresh.release();
  return *found;
}

// --- C functions
// -------------------------------------------------------------------------------------
namespace {
// Python hands a C function of a module or a method nothing that would tell which one is called, so
// each has a C function of its own. They are made here by number; the Binder fills in what the
// number stands for.
constexpr size_t kMostBound = 1024, kMostWithoutArguments = 192;
Bound bound[kMostBound];
const Overload* without_arguments[kMostWithoutArguments];

template <size_t N>
PyObject* entry(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  return call_bound(self, args, nargs, kwnames, bound[N]);
}
template <size_t N>
PyObject* entry_without_arguments(PyObject* self, PyObject*) {
  return call_without_arguments(self, *without_arguments[N]);
}
template <size_t... N>
constexpr std::array<FastFunction, sizeof...(N)> entries_of(std::index_sequence<N...>) {
  return {&entry<N>...};
}
template <size_t... N>
constexpr std::array<PyCFunction, sizeof...(N)> entries_without_arguments_of(
    std::index_sequence<N...>) {
  return {&entry_without_arguments<N>...};
}
constexpr auto entries = entries_of(std::make_index_sequence<kMostBound>());
constexpr auto entries_without_arguments =
    entries_without_arguments_of(std::make_index_sequence<kMostWithoutArguments>());

template <size_t Most>
size_t next(size_t& used) {
  if (used == Most) runtime_error("more functions than binder.cpp has numbers for");
  return used++;
}
FastFunction make_entry(const char* name, std::span<const Overload> overloads, bool is_method) {
  static size_t used = 0;
  const size_t number = next<kMostBound>(used);
  bound[number] = {name, overloads, is_method};
  return entries[number];
}
PyCFunction make_entry_without_arguments(const Overload& only) {
  static size_t used = 0;
  const size_t number = next<kMostWithoutArguments>(used);
  without_arguments[number] = &only;
  return entries_without_arguments[number];
}
}  // namespace

// --- declarations
// ------------------------------------------------------------------------------------
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

namespace {
struct Declaration {
  const char* name;
  int kinds;
  std::vector<Overload> overloads;
};
// For ever, as calls go to them.
std::deque<Declaration>& declarations() {
  static auto& all = *new std::deque<Declaration>;
  return all;
}

// The docstring, with __text_signature__ where there is one overload.
const char* document(const Declaration& d, bool method, const char* doc) {
  if (d.overloads.size() != 1) return doc;
  std::string text = d.overloads[0].signature;
  if (method) {
    const size_t end = text.find(", ");
    text = end == text.npos ? "$self" : "$self, " + text.substr(end + 2);
  }
  static std::deque<std::string> kept;
  kept.push_back(join_text(d.name, "(", text, ")\n--\n\n", doc));
  return kept.back().c_str();
}

std::string result_type(const CallType& type) {
  std::string text = type.named ? join_text(type.named->name, ":") : std::string(type.result[0]);
  if (type.named)
    for (const char* field : type.named->fields) text += join_text(" ", field);
  if (type.result.size() == 1) return text;
  for (const char* item : type.result.subspan(1)) text += join_text(", ", item);
  return "tuple[" + text + "]";
}
}  // namespace

FastFunction Binder::def(const char* name, std::initializer_list<Declared> overloads, int kinds,
                         const char* doc) {
  declarations().push_back({name, kinds, {overloads.begin(), overloads.end()}});
  const Declaration& d = declarations().back();
  // Messages leave out the underscore of a name that only _core has.
  const char* shown = name + (name[0] == '_' && name[1] != '_');
  FastFunction function = nullptr;
  if (kinds & kFunction) {
    function = make_entry(shown, d.overloads, false);
    add_function(name, function, document(d, false, doc));
  }
  if (kinds & kMethod) {
    if (d.overloads.size() == 1 && d.overloads[0].type->count == 1) {
      add_method(name, make_entry_without_arguments(d.overloads[0]), document(d, true, doc));
    } else {
      const FastFunction method = make_entry(shown, d.overloads, true);
      add_method(name, method, document(d, true, doc));
      if (!function) function = method;
    }
  }
  return function;
}

PyObject* Binder::describe() {
  Ref list = checked(PyList_New(0));
  for (const Declaration& d : declarations()) {
    Ref overloads = checked(PyList_New(0));
    for (const Overload& overload : d.overloads) {
      Ref types = checked(PyList_New(0));
      for (size_t k = 0; k < overload.type->count; ++k)
        PyList_Append(types.get(), checked(PyUnicode_FromString(overload.type->types[k])).get());
      Ref item = checked(Py_BuildValue("(sOs)", overload.signature, types.get(),
                                       result_type(*overload.type).c_str()));
      PyList_Append(overloads.get(), item.get());
    }
    Ref item = checked(Py_BuildValue("(siO)", d.name, d.kinds, overloads.get()));
    PyList_Append(list.get(), item.get());
  }
  return list.release();
}

}  // namespace tg
