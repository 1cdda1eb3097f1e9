// PyTorch's TypeErrors for calls that fit no overload. PyTorch has a signature for each kind of an
// operand that may be a tensor or a number: expand() makes those of ours, raise_call_error()
// chooses what to say. Where the number of arguments leaves one signature, that one says what is
// wrong; otherwise all are listed, with the arguments that do not fit marked by !.
#include <algorithm>
#include <string>
#include <string_view>

#include "bindings/bind.h"

namespace tg {
namespace {

struct Expected {
  std::string_view name;
  std::string type;
  bool (*accepts)(PyObject*);
  const Parameter* parameter;
};
struct Candidate {
  const Signature* signature;
  std::vector<Expected> parameters;  // of a method, without self
  size_t required = 0, positional = 0;

  // PyTorch explains a candidate whose text lists as many words as the call has arguments: a lone *
  // counts, and so does nothing at all.
  size_t listed() const {
    return std::max<size_t>(parameters.size() + (positional < parameters.size()), 1);
  }
};

constexpr std::string_view kOperand = "Tensor | Number";
// Functions whose tensors may be numbers without a signature of their own for that.
constexpr std::string_view kNumbersAsTensors =
    " add add_ div div_ divide divide_ mul mul_ multiply multiply_ true_divide true_divide_ "
    "floor_divide floor_divide_ sub sub_ subtract subtract_ ";

bool in(std::string_view list, std::string_view name) {
  for (size_t at = list.find(name); at != list.npos; at = list.find(name, at + 1))
    if (list[at - 1] == ' ' && list[at + name.size()] == ' ') return true;
  return false;
}

bool any_object(PyObject*) { return true; }
bool is_tensor_object(PyObject* o) { return is_tensor(o); }
bool is_tensor_or_none(PyObject* o) { return o == Py_None || is_tensor(o); }
bool is_number_or_none(PyObject* o) { return o == Py_None || is_number(o); }

std::string type_of(std::string_view type, std::string_view parameter) {
  if (type == "int | Sequence[int]") return "tuple of ints";
  if (type == "Sequence[Tensor]") return "tuple of Tensors";
  if (type == "object")
    return parameter == "layout" || parameter == "device" ? "torch." + std::string(parameter)
                                                          : "object";
  if (type == "dtype" || type == "Generator" || type == "memory_format")
    return "torch." + std::string(type);
  return std::string(type);
}

// The type of an argument, as PyTorch names it.
std::string name_of(PyObject* o, bool items) {
  if (is_tensor(o) && Py_TYPE(o) == tensor_type) return "Tensor";
  if (items && (PyList_Check(o) || PyTuple_Check(o))) {
    std::string text = PyList_Check(o) ? "list of [" : "tuple of (";
    const Py_ssize_t n = PySequence_Fast_GET_SIZE(o);
    for (Py_ssize_t i = 0; i < n && i < 8; ++i)
      text += (i ? ", " : "") + name_of(PySequence_Fast_GET_ITEM(o, i), false);
    if (n == 1 && PyTuple_Check(o)) text += ",";
    if (n > 8) text += ", ...";
    return text + (PyList_Check(o) ? "]" : ")");
  }
  const std::string_view name = Py_TYPE(o)->tp_name;
  return std::string(name.starts_with("tapegrad.") ? name.substr(name.rfind('.') + 1) : name);
}

void expand(std::vector<Candidate>& out, const Overload& overload, bool method,
            std::string_view function) {
  const Signature& s = overload.parsed();
  const CallType& type = *overload.type;
  bool operands = false;
  for (size_t i = method ? 1 : 0; i < type.count; ++i) operands |= type.types[i] == kOperand;
  const bool split = operands && !in(kNumbersAsTensors, function);
  for (int numbers = 0; numbers <= int(split); ++numbers) {
    Candidate c{&s, {}};
    for (size_t i = method ? 1 : 0; i < s.parameters.size(); ++i) {
      const Parameter& p = s.parameters[i];
      if (int(i) == s.out) {
        if (!method) c.parameters.push_back({p.name, "Tensor", any_object, &p});
        continue;
      }
      const bool optional = p.default_value;
      Expected e{p.name, type_of(type.types[i], p.name), type.accepts[i], &p};
      if (type.types[i] == kOperand) {
        e.type = numbers ? "Number" : "Tensor";
        if (split && numbers) e.accepts = optional ? is_number_or_none : is_number;
        if (split && !numbers) e.accepts = optional ? is_tensor_or_none : is_tensor_object;
      }
      if (!optional) ++c.required;
      if (!p.keyword_only) ++c.positional;
      c.parameters.push_back(std::move(e));
    }
    if (!method && s.out >= 0) {  // PyTorch lists it first of those that go by keyword
      auto& list = c.parameters;
      std::rotate(list.begin() + std::ptrdiff_t(c.positional), list.end() - 1, list.end());
    }
    out.push_back(std::move(c));
  }
}

struct Call {
  PyObject* const* args;
  size_t nargs;
  PyObject* kwnames;
  size_t nkw() const { return kwnames ? size_t(PyTuple_GET_SIZE(kwnames)) : 0; }
  PyObject* keyword(size_t i) const { return PyTuple_GET_ITEM(kwnames, Py_ssize_t(i)); }
  const char* keyword_text(size_t i) const {
    const char* text = PyUnicode_AsUTF8(keyword(i));
    if (!text) throw PythonError();
    return text;
  }
  // Place of a keyword among the parameters of a candidate, or -1.
  int find(const Candidate& c, size_t i) const {
    const int at = find_parameter(*c.signature, keyword(i));
    for (size_t k = 0; k < c.parameters.size(); ++k)
      if (at >= 0 && c.parameters[k].parameter == &c.signature->parameters[size_t(at)])
        return int(k);
    return -1;
  }
};

// Several ints in the place of one tuple.
bool spreads(const Expected& e) { return e.parameter->varargs; }

[[noreturn]] void raise_single(const char* function, const Candidate& c, const Call& call) {
  const size_t n = c.parameters.size();
  if (n == 0)
    type_error("TensorBase.", function, "() takes no arguments (", call.nargs + call.nkw(),
               " given)");
  const bool varargs = c.positional == 1 && n && spreads(c.parameters[0]);
  if (call.nargs > c.positional && !varargs) {
    if (c.required != c.positional)
      type_error(function, "() takes from ", c.required, " to ", c.positional,
                 " positional arguments but ", call.nargs, " were given");
    type_error(function, "() takes ", c.positional, " positional argument",
               c.positional == 1 ? "" : "s", " but ", call.nargs,
               call.nargs == 1 ? " was given" : " were given");
  }
  std::vector<PyObject*> given(n, nullptr);
  for (size_t i = 0; i < std::min(call.nargs, varargs ? 1 : n); ++i) given[i] = call.args[i];
  for (size_t k = 0; k < call.nkw(); ++k)
    if (const int at = call.find(c, k); at >= 0 && !given[size_t(at)])
      given[size_t(at)] = call.args[call.nargs + k];
  for (size_t i = 0; i < n; ++i) {
    const Expected& e = c.parameters[i];
    PyObject* o = given[i];
    if (!o) {
      if (e.parameter->default_value) continue;
      std::string missing;
      int count = 0;
      for (size_t k = i; k < n; ++k) {
        if (given[k] || c.parameters[k].parameter->default_value) continue;
        missing += (count++ ? ", \"" : "\"") + std::string(c.parameters[k].name) + "\"";
      }
      type_error(function, "() missing ", count, " required positional argument",
                 count == 1 ? "s" : "", ": ", missing);
    }
    if (spreads(e) && call.nargs > i + 1) continue;  // the items are judged by the operation
    if (e.accepts(o)) continue;
    const bool by_position = i < std::min(call.nargs, c.positional);
    std::string place = by_position ? join_text(" (position ", i + 1, ")") : std::string();
    if (PyList_Check(o) || PyTuple_Check(o)) {
      const bool ints = e.type == "tuple of ints", tensors = e.type == "tuple of Tensors";
      for (Py_ssize_t k = 0; (ints || tensors) && k < PySequence_Fast_GET_SIZE(o); ++k) {
        PyObject* item = PySequence_Fast_GET_ITEM(o, k);
        if (ints ? is_index(item) : is_tensor(item)) continue;
        if (tensors)
          type_error("expected Tensor as element ", k, " in argument ", i, ", but got ",
                     name_of(item, false));
        type_error(function, "(): argument '", e.name, "'", place, " must be ", e.type,
                   ", but found element of type ", name_of(item, false), " at pos ", k);
      }
    }
    type_error(function, "(): argument '", e.name, "'", place, " must be ", e.type, ", not ",
               name_of(o, false));
  }
  for (size_t k = 0; k < call.nkw(); ++k) {
    const int at = call.find(c, k);
    if (at < 0)
      type_error(function, "() got an unexpected keyword argument '", call.keyword_text(k), "'");
    if (size_t(at) < call.nargs)
      type_error(function, "() got multiple values for argument '", c.parameters[size_t(at)].name,
                 "'");
  }
  if (varargs && call.nargs > 1)
    for (size_t i = 0; i < call.nargs; ++i)
      if (!is_index(call.args[i]))
        type_error(function, "(): argument '", c.parameters[0].name,
                   "' failed to unpack the object at pos ", i + 1, " with error \"type must be ",
                   c.parameters[0].type, ",but got ", name_of(call.args[i], false), "\"");
  type_error(function, "(): invalid arguments");
}

std::string listed(const Call& call, const Candidate* judge) {
  std::string text = "(";
  for (size_t i = 0; i < call.nargs + call.nkw(); ++i) {
    if (i) text += ", ";
    int at = int(i);
    if (i >= call.nargs) {
      text += std::string(call.keyword_text(i - call.nargs)) + "=";
      if (judge) at = call.find(*judge, i - call.nargs);
    }
    const bool fits = !judge || (at >= 0 && size_t(at) < judge->parameters.size() &&
                                 judge->parameters[size_t(at)].accepts(call.args[i]));
    const std::string name = name_of(call.args[i], judge);
    text += fits ? name : "!" + name + "!";
  }
  return text + ")";
}

std::string shown(const Candidate& c) {
  std::string text = "(";
  bool starred = false;
  for (size_t i = 0; i < c.parameters.size(); ++i) {
    const Expected& e = c.parameters[i];
    if (i) text += ", ";
    if (e.parameter->keyword_only && !starred) {
      text += "*, ";
      starred = true;
    }
    text += e.type + " " + std::string(e.name);
    if (e.parameter->default_value) text += " = " + e.parameter->default_text;
  }
  return text + ")";
}

}  // namespace

void raise_call_error(const char* function, std::span<const Overload> overloads, bool method,
                      PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  const Call call{args, size_t(nargs), kwnames};
  std::vector<Candidate> candidates;
  for (const Overload& o : overloads)
    if (!o.type->count || std::string_view(o.type->types[o.type->count - 1]) != "complex")
      expand(candidates, o, method, function);
  const size_t count = call.nargs + call.nkw();
  const Candidate* plausible = nullptr;
  int how_many = 0;
  for (const Candidate& c : candidates) {
    if (count < c.required || count > c.parameters.size()) continue;
    plausible = &c;
    ++how_many;
  }
  if (candidates.size() == 1) plausible = &candidates[0];
  if (candidates.size() == 1 || how_many == 1) raise_single(function, *plausible, call);
  std::string text = join_text(function, "() received an invalid combination of arguments - got ",
                               listed(call, nullptr), ", but expected one of:\n");
  for (const Candidate& c : candidates) {
    text += " * " + shown(c) + "\n";
    if (count != c.listed()) continue;
    std::string unknown;
    for (size_t k = 0; k < call.nkw(); ++k)
      if (call.find(c, k) < 0)
        unknown += (unknown.empty() ? "" : ", ") + std::string(call.keyword_text(k));
    if (!unknown.empty())
      text += "      didn't match because some of the keywords were incorrect: " + unknown + "\n";
    else
      text += "      didn't match because some of the arguments have invalid types: " +
              listed(call, &c) + "\n";
  }
  type_error(text);
}

}  // namespace tg
