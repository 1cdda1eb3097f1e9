// Declares Python functions and methods from C++ functions and a signature in Python's words:
//
//   b.def<"sum", fn<&sum_all, "input, *, dtype=None">,
//                fn<&sum_dims, "input, dim, keepdim=False, *, dtype=None, out=None">>(kFunction |
//                kMethod, "doc");
//
// Each fn<> is an overload. A call is one METH_FASTCALL function: arrange() sorts the arguments
// into slots by the parsed signature, Arg<T> says whether a slot fits the C++ parameter and
// converts it, to_python() wraps the result; call_error.cpp words what does not fit. An `out`
// parameter is of functions only and handled by out.h: the result is written into it. `*name` takes
// varargs or one sequence. The same declarations give
// __text_signature__, the docs and the stub (Binder::describe).
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "bindings/out.h"
#include "bindings/py_tensor.h"
#include "bindings/py_types.h"
#include "ops/copy.h"
#include "ops/promotion.h"

namespace tg {

template <size_t N>
struct FixedString {
  char text[N];
  constexpr FixedString(const char (&s)[N]) {
    for (size_t i = 0; i < N; ++i) text[i] = s[i];
  }
};

// --- signatures
// --------------------------------------------------------------------------------------
struct Parameter {
  std::string name;
  PyObject* interned = nullptr;
  PyObject* default_value = nullptr;  // owned for ever; null: required
  std::string default_text;
  bool keyword_only = false;
  bool varargs = false;
};
struct Signature {
  explicit Signature(const char* text);
  std::string text;
  std::vector<Parameter> parameters;
  int positional = 0;  // how many may be given by position
  int required = 0;    // first optional position
  int varargs = -1;
  bool varargs_from_items = false;
  int out = -1;
};
inline constexpr int kMaxParameters = 16;

struct Slots {
  PyObject* values[kMaxParameters];
  // Varargs: a tuple of them, or, where the C++ parameter can be made of items (kItems stands for
  // them then), the caller's own array.
  Ref varargs;
  PyObject* const* items = nullptr;
  Py_ssize_t item_count = 0;
  Ref value(int parameter) const;  // varargs as a tuple
};
extern PyObject* const kItems;
// Fills slots from a call. Returns false where the call does not fit.
bool arrange(const Signature& signature, PyObject* self, PyObject* const* args, Py_ssize_t nargs,
             PyObject* kwnames, Slots& slots);
// Index of the parameter of that name (or a synonym), or -1.
int find_parameter(const Signature& signature, PyObject* name);

// --- arguments
// ---------------------------------------------------------------------------------------
bool is_number(PyObject* o);  // int, float, bool, NumPy scalar
Scalar scalar_from(PyObject* o);
bool is_index(PyObject* o);  // int (not bool), NumPy integer, 0-d integer tensor
int64_t index_from(PyObject* o);
double double_from(PyObject* o);
Dims dims_from(PyObject* o);
Dims dims_from_items(PyObject* const* items, Py_ssize_t n);
bool is_dims(PyObject* o);
bool are_dims(PyObject* const* items, Py_ssize_t n);
std::vector<Tensor> tensors_from(PyObject* o);
bool is_tensor_list(PyObject* o);

// A list of tensors for the time of a call, without allocation while it is short.
class TensorList {
 public:
  explicit TensorList(PyObject* list);
  operator std::span<const Tensor>() const { return {many_.empty() ? few_ : many_.data(), size_}; }

 private:
  static constexpr size_t kFew = 4;
  size_t size_;
  Tensor few_[kFew];
  std::vector<Tensor> many_;
};

// An operand with room for a converted ndarray.
struct OperandHolder {
  Tensor held;
  Operand operand{Scalar()};
};
bool is_operand(PyObject* o);
void operand_from(PyObject* o, OperandHolder& holder);

template <class T>
struct Arg;
// Arguments that can be made of varargs as they lie in the call, without a tuple.
template <class A>
concept FromItems = requires(PyObject* const* items) { A::from_items(items, Py_ssize_t{}); };
template <>
struct Arg<const Tensor&> {
  using Held = const Tensor*;
  static constexpr auto type = "Tensor";
  static bool accepts(PyObject* o) { return is_tensor(o); }
  static Held get(PyObject* o) { return &as_tensor(o); }
  static const Tensor& pass(Held& h) { return *h; }
};
template <>
struct Arg<const Operand&> {
  using Held = OperandHolder;
  static constexpr auto type = "Tensor | Number";
  static bool accepts(PyObject* o) { return is_operand(o); }
  static Held get(PyObject* o) {
    OperandHolder h;
    operand_from(o, h);
    if (h.held.defined()) h.operand = Operand(h.held);
    return h;
  }
  static const Operand& pass(Held& h) {
    if (h.held.defined()) h.operand.tensor = &h.held;
    return h.operand;
  }
};
template <class T, class Conversion>
struct ValueArg : Conversion {
  using Held = T;
  static T get(PyObject* o) { return Conversion::convert(o); }
  static T& pass(Held& h) { return h; }
};
struct ScalarConversion {
  static constexpr auto type = "Number";
  static bool accepts(PyObject* o) {
    return is_number(o) ||
           (is_tensor(o) && as_tensor(o).dim() == 0 && !requires_grad(as_tensor(o)));
  }
  static Scalar convert(PyObject* o) { return scalar_from(o); }
};
struct IntConversion {
  static constexpr auto type = "int";
  static bool accepts(PyObject* o) { return is_index(o); }
  static int64_t convert(PyObject* o) { return index_from(o); }
};
struct BoolConversion {
  static constexpr auto type = "bool";
  static bool accepts(PyObject* o) {
    return PyBool_Check(o) || Py_TYPE(o)->tp_name == std::string_view("numpy.bool") ||
           Py_TYPE(o)->tp_name == std::string_view("numpy.bool_");
  }
  static bool convert(PyObject* o) { return PyObject_IsTrue(o) == 1; }
};
struct DoubleConversion {
  static constexpr auto type = "float";
  static bool accepts(PyObject* o) {
    return is_number(o) || (is_tensor(o) && as_tensor(o).dim() == 0);
  }
  static double convert(PyObject* o) { return double_from(o); }
};
struct StringConversion {
  static constexpr auto type = "str";
  static bool accepts(PyObject* o) { return PyUnicode_Check(o); }
  static std::string convert(PyObject* o) {
    const char* text = PyUnicode_AsUTF8(o);
    if (!text) throw PythonError();
    return text;
  }
};
struct DTypeConversion {
  static constexpr auto type = "dtype";
  static bool accepts(PyObject* o) {
    DType ignored;
    return dtype_from_object(o, &ignored);
  }
  static DType convert(PyObject* o) {
    DType dtype = DType::Float32;
    dtype_from_object(o, &dtype);
    return dtype;
  }
};
struct DimsConversion {
  static constexpr auto type = "int | Sequence[int]";
  static bool accepts(PyObject* o) { return is_dims(o); }
  static bool accepts_items(PyObject* const* items, Py_ssize_t n) { return are_dims(items, n); }
  static Dims convert(PyObject* o) { return dims_from(o); }
  static Dims from_items(PyObject* const* items, Py_ssize_t n) { return dims_from_items(items, n); }
};
struct TensorsConversion {
  static constexpr auto type = "Sequence[Tensor]";
  static bool accepts(PyObject* o) { return is_tensor_list(o); }
  static std::vector<Tensor> convert(PyObject* o) { return tensors_from(o); }
};
struct MemoryFormatConversion {
  static constexpr auto type = "memory_format";
  static bool accepts(PyObject* o) {
    MemoryFormat ignored;
    return memory_format_from_object(o, &ignored);
  }
  static MemoryFormat convert(PyObject* o) {
    MemoryFormat format = MemoryFormat::Preserve;
    memory_format_from_object(o, &format);
    return format;
  }
};
struct ObjectConversion {
  static constexpr auto type = "object";
  static bool accepts(PyObject*) { return true; }
  static PyObject* convert(PyObject* o) { return o; }
};
template <>
struct Arg<Scalar> : ValueArg<Scalar, ScalarConversion> {};
template <>
struct Arg<const Scalar&> : ValueArg<Scalar, ScalarConversion> {};
template <>
struct Arg<int64_t> : ValueArg<int64_t, IntConversion> {};
template <>
struct Arg<bool> : ValueArg<bool, BoolConversion> {};
template <>
struct Arg<double> : ValueArg<double, DoubleConversion> {};
template <>
struct Arg<std::string> : ValueArg<std::string, StringConversion> {};
template <>
struct Arg<const std::string&> : ValueArg<std::string, StringConversion> {};
template <>
struct Arg<DType> : ValueArg<DType, DTypeConversion> {};
template <>
struct Arg<Dims> : ValueArg<Dims, DimsConversion> {};
template <>
struct Arg<const Dims&> : ValueArg<Dims, DimsConversion> {};
template <>
struct Arg<std::span<const int64_t>> : DimsConversion {
  using Held = Dims;
  static Dims get(PyObject* o) { return dims_from(o); }
  static std::span<const int64_t> pass(Held& h) { return h; }
};
template <>
struct Arg<std::vector<Tensor>> : ValueArg<std::vector<Tensor>, TensorsConversion> {};
template <>
struct Arg<const std::vector<Tensor>&> : ValueArg<std::vector<Tensor>, TensorsConversion> {};
template <>
struct Arg<std::span<const Tensor>> : TensorsConversion {
  using Held = TensorList;
  static Held get(PyObject* o) { return Held(o); }
  static std::span<const Tensor> pass(Held& h) { return h; }
};
template <>
struct Arg<MemoryFormat> : ValueArg<MemoryFormat, MemoryFormatConversion> {};
template <>
struct Arg<PyObject*> : ValueArg<PyObject*, ObjectConversion> {};
template <class T>
struct Arg<std::optional<T>> {
  using Inner = Arg<std::conditional_t<std::is_same_v<T, Tensor>, const Tensor&, T>>;
  using Held = std::optional<T>;
  static constexpr auto type = Inner::type;
  static bool accepts(PyObject* o) { return o == Py_None || Inner::accepts(o); }
  static Held get(PyObject* o) {
    if (o == Py_None) return std::nullopt;
    if constexpr (std::is_same_v<T, Tensor>)
      return as_tensor(o);
    else
      return Inner::get(o);
  }
  static Held& pass(Held& h) { return h; }
};
template <class T>
struct Arg<const std::optional<T>&> : Arg<std::optional<T>> {};
// An optional operand: a null pointer for None.
template <>
struct Arg<const Operand*> {
  static constexpr auto type = "Tensor | Number";
  static bool accepts(PyObject* o) { return o == Py_None || is_operand(o); }
  struct Holder {
    OperandHolder inner;
    bool given = false;
  };
  static Holder get(PyObject* o) {
    Holder h;
    h.given = o != Py_None;
    if (h.given) operand_from(o, h.inner);
    return h;
  }
  static const Operand* pass(Holder& h) {
    if (!h.given) return nullptr;
    if (h.inner.held.defined()) h.inner.operand.tensor = &h.inner.held;
    return &h.inner.operand;
  }
};

// --- results
// -----------------------------------------------------------------------------------------
template <class R>
concept NamedResult = requires(const R& r) {
  R::name;
  R::fields;
  r.tie();
};
PyObject* named_tuple(const char* name, std::span<const char* const> fields,
                      std::span<const Tensor> values);

inline PyObject* to_python(Tensor t) { return wrap(std::move(t)); }
inline PyObject* to_python(bool v) { return PyBool_FromLong(v); }
inline PyObject* to_python(int64_t v) { return PyLong_FromLongLong(v); }
inline PyObject* to_python(double v) { return PyFloat_FromDouble(v); }
inline PyObject* to_python(DType v) {
  PyObject* o = dtype_object(v);
  Py_INCREF(o);
  return o;
}
inline PyObject* to_python(const Dims& v) { return size_object(v); }
inline PyObject* to_python(PyObject* v) { return v; }
inline PyObject* to_python(const std::string& v) {
  return PyUnicode_FromStringAndSize(v.data(), Py_ssize_t(v.size()));
}
inline PyObject* to_python(std::vector<Tensor>&& v) {
  Ref tuple = checked(PyTuple_New(Py_ssize_t(v.size())));
  for (size_t i = 0; i < v.size(); ++i)
    PyTuple_SET_ITEM(tuple.get(), Py_ssize_t(i), wrap(std::move(v[i])));
  return tuple.release();
}
template <class... T>
PyObject* to_python(std::tuple<T...>&& v) {
  Ref tuple = checked(PyTuple_New(sizeof...(T)));
  std::apply(
      [&](auto&&... items) {
        Py_ssize_t i = 0;
        (PyTuple_SET_ITEM(tuple.get(), i++, checked(to_python(std::move(items))).release()), ...);
      },
      v);
  return tuple.release();
}
template <NamedResult R>
PyObject* to_python(const R& r) {
  return std::apply(
      [](const auto&... t) {
        const Tensor values[] = {t...};
        return named_tuple(R::name, R::fields, values);
      },
      r.tie());
}

// Writes the result into out= and returns what the call gives back: a new reference to it.
template <class R>
PyObject* into_out(const char* function, const Signature& signature, PyObject* const* values,
                   const R& result) {
  PyObject* out = values[signature.out];
  if constexpr (std::is_same_v<R, Tensor>) {
    write_outs(function, signature, values, {&result, 1});
    return Ref::borrow(out).release();
  } else if constexpr (NamedResult<R>) {
    const std::vector<Tensor> results =
        std::apply([](const auto&... t) { return std::vector<Tensor>{t...}; }, result.tie());
    write_outs(function, signature, values, results);
    return named_tuple(join_text(R::name, "_out").c_str(), R::fields, tensors_from(out));
  } else {
    type_error(function, "() got an unexpected keyword argument 'out'");
  }
}
template <class R>
constexpr int result_count() {
  if constexpr (NamedResult<R>)
    return int(std::tuple_size_v<decltype(std::declval<const R&>().tie())>);
  else
    return 1;
}

// --- functions
// ---------------------------------------------------------------------------------------
template <class F>
struct FunctionTraits;
template <class R, class... A>
struct FunctionTraits<R (*)(A...)> {
  using Result = R;
  using Arguments = std::tuple<A...>;
  static constexpr size_t arity = sizeof...(A);
};

// An overload as the rest of the binder sees it: fn<> fills one in. Everything that does not need
// the C++ types works on these, so that a binding costs little code.
struct Overload {
  const Signature& (*signature)();
  const char* const* types;           // of each C++ parameter
  bool (*const* accepts)(PyObject*);  // whether an object fits it
  size_t count;
  PyObject* (*call)(const char* function, Slots& slots);
  std::string (*result)();  // the Python type, for the stub
};

// The Python type of a result for the stub; a named tuple is "max: values indices".
template <class R>
struct StubType {
  static std::string name() {
    if constexpr (std::is_same_v<R, Tensor>)
      return "Tensor";
    else if constexpr (std::is_same_v<R, bool>)
      return "bool";
    else if constexpr (std::is_same_v<R, int64_t>)
      return "int";
    else if constexpr (std::is_same_v<R, double>)
      return "float";
    else if constexpr (std::is_same_v<R, DType>)
      return "dtype";
    else if constexpr (std::is_same_v<R, Dims>)
      return "Size";
    else if constexpr (std::is_same_v<R, std::string>)
      return "str";
    else if constexpr (std::is_void_v<R>)
      return "None";
    else if constexpr (std::is_same_v<R, PyObject*>)
      return "Any";
    else if constexpr (NamedResult<R>)
      return named();
    else
      return "tuple[Tensor, ...]";
  }
  static std::string named() {
    std::string text = std::string(R::name) + ":";
    for (const char* field : R::fields) text += std::string(" ") + field;
    return text;
  }
};
template <class... T>
struct StubType<std::tuple<T...>> {
  static std::string name() {
    std::string text;
    ((text += (text.empty() ? "" : ", ") + StubType<T>::name()), ...);
    return "tuple[" + text + "]";
  }
};

template <auto Function, FixedString Text>
struct fn {
  using Traits = FunctionTraits<decltype(Function)>;
  using Arguments = typename Traits::Arguments;
  template <size_t I>
  using At = Arg<std::tuple_element_t<I, Arguments>>;
  using Sequence = std::make_index_sequence<Traits::arity>;

  static constexpr const char* signature_text() { return Text.text; }
  static const Signature& signature() {
    static const Signature s = [] {
      Signature parsed(Text.text);
      if (parsed.varargs >= 0)
        parsed.varargs_from_items = takes_items(size_t(parsed.varargs), Sequence());
      return parsed;
    }();
    return s;
  }
  template <size_t... I>
  static constexpr bool takes_items(size_t at, std::index_sequence<I...>) {
    return ((I == at && FromItems<At<I>>) || ...);
  }
  template <size_t I>
  static auto get(const Slots& slots) {
    if constexpr (FromItems<At<I>>)
      if (slots.values[I] == kItems) return At<I>::from_items(slots.items, slots.item_count);
    return At<I>::get(slots.values[I]);
  }
  static PyObject* call(const char* function, Slots& slots) {
    return call_with(function, slots, Sequence());
  }
  static constexpr bool kHasOut =
      std::string_view(Text.text).find(" out=None") != std::string_view::npos;
  template <size_t... I>
  static PyObject* call_with([[maybe_unused]] const char* function, Slots& slots,
                             std::index_sequence<I...>) {
    using Result = typename Traits::Result;
    if constexpr (kHasOut) {
      if (slots.values[signature().out] != Py_None) [[unlikely]]
        prepare_out(function, signature(), slots.values,
                    result_count<std::remove_cvref_t<Result>>());
    }
    [[maybe_unused]] std::tuple held{get<I>(slots)...};
    if constexpr (std::is_void_v<Result>) {
      Function(At<I>::pass(std::get<I>(held))...);
      Py_RETURN_NONE;
    } else {
      auto&& result = Function(At<I>::pass(std::get<I>(held))...);
      if constexpr (kHasOut) {
        if (slots.values[signature().out] != Py_None) [[unlikely]]
          return into_out<std::remove_cvref_t<Result>>(function, signature(), slots.values, result);
      }
      return to_python(std::move(result));
    }
  }
  static constexpr const Overload* overload() { return overload(Sequence()); }
  template <size_t... I>
  static constexpr const Overload* overload(std::index_sequence<I...>) {
    return &Described<I...>::overload;
  }

 private:
  template <size_t... I>
  struct Described {
    static constexpr const char* types[] = {At<I>::type..., nullptr};
    static constexpr bool (*accepts[])(PyObject*) = {&At<I>::accepts..., nullptr};
    static constexpr Overload overload{
        &signature,   types, accepts,
        sizeof...(I), &call, &StubType<std::remove_cvref_t<typename Traits::Result>>::name};
  };
};

// Raises PyTorch's TypeError for a call that fits no overload.
[[noreturn]] void raise_call_error(const char* function, std::span<const Overload* const> overloads,
                                   bool method, PyObject* const* args, Py_ssize_t nargs,
                                   PyObject* kwnames);

// What messages call a function: a name that _core hides without its underscore.
template <FixedString Name>
constexpr const char* kShown = Name.text + (Name.text[0] == '_' && Name.text[1] != '_' ? 1 : 0);

// The first overload that fits the call; self is null in functions.
PyObject* call_overloads(const char* function, std::span<const Overload* const> overloads,
                         PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                         PyObject* kwnames) noexcept;
// The one overload of a method without arguments.
PyObject* call_without_arguments(const char* function, const Overload& only,
                                 PyObject* self) noexcept;

template <class... Overloads>
inline constexpr const Overload* kOverloads[] = {Overloads::overload()...};

// The C functions of a def<>.
template <FixedString Name, bool Method, class... Overloads>
PyObject* entry(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  return call_overloads(kShown<Name>, kOverloads<Overloads...>, Method ? self : nullptr, args,
                        nargs, kwnames);
}
template <FixedString Name, class Only>
PyObject* entry_without_arguments(PyObject* self, PyObject*) {
  return call_without_arguments(kShown<Name>, *Only::overload(), self);
}
template <class... Overloads>
inline constexpr bool kOnlySelf = false;
template <class Only>
inline constexpr bool kOnlySelf<Only> = Only::Traits::arity == 1;

using FastFunction = PyObject* (*)(PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                                   PyObject* kwnames);

enum BindKind { kFunction = 1, kMethod = 2 };

class Binder {
 public:
  explicit Binder(PyObject* module) : module_(module) {}

  template <FixedString Name, class... Overloads>
  void def(int kinds, const char* doc) {
    declare({Name.text, kinds, kOverloads<Overloads...>});
    if (kinds & kFunction)
      add_function(Name.text, &entry<Name, false, Overloads...>, document(false, doc));
    if (kinds & kMethod) {
      if constexpr (kOnlySelf<Overloads...>)
        add_method(Name.text, &entry_without_arguments<Name, Overloads...>, document(true, doc));
      else
        add_method(Name.text, &entry<Name, true, Overloads...>, document(true, doc));
    }
  }

  // Plain METH_FASTCALL | METH_KEYWORDS functions, for what no signature can say. `name` and `doc`
  // must be literals.
  void add_function(const char* name, FastFunction f, const char* doc);
  void add_method(const char* name, FastFunction f, const char* doc);
  void add_method(const char* name, PyCFunction without_arguments, const char* doc);
  void add_property(const char* name, getter get, setter set, const char* doc);

  PyObject* module() const { return module_; }
  // [(name, kinds, [(signature, types, result), ...]), ...] for the stub generator.
  static PyObject* describe();

 private:
  struct Declaration {
    const char* name;
    int kinds;
    std::span<const Overload* const> overloads;
  };
  static void declare(const Declaration& declaration) { declarations_.push_back(declaration); }
  // The docstring of the last declaration, with __text_signature__ where it has one overload.
  static const char* document(bool method, const char* doc);

  PyObject* module_;
  static inline std::vector<Declaration> declarations_;
};

}  // namespace tg
