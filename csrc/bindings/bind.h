// Declares Python functions and methods from C++ functions and a signature in Python's words:
//
//   b.def("sum", {fn(&sum_all, "input, *, dtype=None"),
//                 fn(&sum_dims, "input, dim, keepdim=False, *, dtype=None, out=None")},
//         kFunction | kMethod, "doc");
//
// Each fn() is an overload. A call is one METH_FASTCALL function: arrange() sorts the arguments
// into slots by the parsed signature, Arg<T> says whether a slot fits the C++ parameter and
// converts it, to_python() wraps the result; call_error.cpp words what does not fit. An `out`
// parameter is of functions only and handled by out.h: the result is written into it. `*name` takes
// varargs or one sequence. The same declarations give
// __text_signature__, the docs and the stub (Binder::describe).
//
// Code is made once for each type of C++ function (CallType), not for each function: the rest is
// data.
#pragma once

#include <atomic>
#include <initializer_list>
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
  std::vector<Parameter> parameters;
  std::vector<PyObject*> defaults;  // of each parameter, for a copy at once
  unsigned fitting_defaults = 0;    // a bit for each default that its C++ parameter takes
  int positional = 0;               // how many may be given by position
  int required = 0;                 // one more than the last that has no default
  int varargs = -1;
  bool varargs_from_items = false;  // as the C++ parameter allows
  int out = -1;
  mutable std::atomic<unsigned> out_rules = 0;  // what out.cpp has looked up
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
  TensorList(const TensorList&) = delete;
  TensorList& operator=(const TensorList&) = delete;
  ~TensorList() {
    for (size_t i = 0; i < size_; ++i) first_[i].~Tensor();
    if (size_ > kFew) small_free(first_, size_ * sizeof(Tensor));
  }
  operator std::span<const Tensor>() const { return {first_, size_}; }

 private:
  static constexpr size_t kFew = 4;
  size_t size_;
  Tensor* first_;
  alignas(Tensor) char few_[kFew * sizeof(Tensor)];
};

// An operand: a tensor of the caller's, a number, or what an ndarray was converted to.
struct OperandHolder {
  const Operand& get() {
    if (held.defined()) operand.tensor = &held;
    return operand;
  }
  Operand operand{Scalar()};
  Tensor held;
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
    return h;
  }
  static const Operand& pass(Held& h) { return h.get(); }
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
// What a named tuple of tensors is called, and its fields.
struct NamedTuple {
  const char* name;
  std::span<const char* const> fields;
};
PyObject* named_tuple(const char* name, std::span<const char* const> fields,
                      std::span<const Tensor> values);
template <class R>
concept NamedResult = requires(const R& r) {
  R::name;
  R::fields;
  r.tie();
};

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

// --- functions
// ---------------------------------------------------------------------------------------
using AnyFunction = void (*)();

// What the binder needs to know of a type of C++ functions.
struct CallType {
  const char* const* types;           // of each parameter, in Python's words
  bool (*const* accepts)(PyObject*);  // whether an object fits it
  unsigned from_items;                // a bit for each that can be made of varargs as they lie
  size_t count;
  PyObject* (*call)(AnyFunction function, const Slots& slots);
  int outputs;                          // how many tensors out= takes; 0: it has none
  const NamedTuple* named;              // the result, where it is one, else null
  std::span<const char* const> result;  // its Python type, or those of a tuple
};

// The Python type of a result for the stub.
template <class R>
constexpr const char* stub_type() {
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
  else
    return "tuple[Tensor, ...]";
}
template <class R>
struct ResultOf {
  static constexpr int outputs = std::is_same_v<R, Tensor>;
  static constexpr const NamedTuple* named = nullptr;
  static constexpr const char* types[] = {stub_type<R>()};
};
template <class... T>
struct ResultOf<std::tuple<T...>> {
  static constexpr int outputs = 0;
  static constexpr const NamedTuple* named = nullptr;
  static constexpr const char* types[] = {stub_type<T>()...};
};
template <NamedResult R>
struct ResultOf<R> {
  static constexpr int outputs = int(std::tuple_size_v<decltype(std::declval<const R&>().tie())>);
  static constexpr NamedTuple tuple{R::name, R::fields};
  static constexpr const NamedTuple* named = &tuple;
  static constexpr const char* types[] = {R::name};
};

template <class R, class... A>
struct Caller {
  struct Place {
    const Slots& slots;
    size_t index;
  };
  template <class T>
  using Value = decltype(Arg<T>::get(nullptr));
  template <class T>
  static Value<T> get(Place at) {
    if constexpr (FromItems<Arg<T>>)
      if (at.slots.values[at.index] == kItems)
        return Arg<T>::from_items(at.slots.items, at.slots.item_count);
    return Arg<T>::get(at.slots.values[at.index]);
  }
  template <class T>
  struct Converted {  // made where it lies: some cannot be moved
    Converted(Place at) : value(get<T>(at)) {}
    Value<T> value;
  };
  template <size_t... I>
  static PyObject* call_with(R (*function)(A...), [[maybe_unused]] const Slots& slots,
                             std::index_sequence<I...>) {
    [[maybe_unused]] std::tuple<Converted<A>...> held(Place{slots, I}...);
    if constexpr (std::is_void_v<R>) {
      function(Arg<A>::pass(std::get<I>(held).value)...);
      Py_RETURN_NONE;
    } else {
      auto&& result = function(Arg<A>::pass(std::get<I>(held).value)...);
      return to_python(std::move(result));
    }
  }
  static PyObject* call(AnyFunction function, const Slots& slots) {
    return call_with(reinterpret_cast<R (*)(A...)>(function), slots,
                     std::index_sequence_for<A...>());
  }
  template <size_t... I>
  static constexpr unsigned from_items(std::index_sequence<I...>) {
    return ((FromItems<Arg<A>> ? 1u << I : 0u) | ... | 0u);
  }

  using Result = ResultOf<std::remove_cvref_t<R>>;
  static constexpr const char* types[] = {Arg<A>::type..., nullptr};
  static constexpr bool (*accepts[])(PyObject*) = {&Arg<A>::accepts..., nullptr};
  static constexpr CallType type{
      types,         accepts,      from_items(std::index_sequence_for<A...>()),
      sizeof...(A),  &call,        Result::outputs,
      Result::named, Result::types};
};

// An overload as it is declared.
struct Declared {
  const CallType* type;
  AnyFunction function;
  const char* signature;
};
template <class R, class... A>
Declared fn(R (*function)(A...), const char* signature) {
  return {&Caller<R, A...>::type, reinterpret_cast<AnyFunction>(function), signature};
}

// An overload as it is called. The signature is parsed when it is first needed.
class Overload : public Declared {
 public:
  explicit Overload(const Declared& declared) : Declared(declared) {}
  const Signature& parsed() const {
    const Signature* found = parsed_.load(std::memory_order_acquire);
    return found ? *found : parse();
  }

 private:
  const Signature& parse() const;
  mutable std::atomic<const Signature*> parsed_ = nullptr;
};

// Raises PyTorch's TypeError for a call that fits no overload.
[[noreturn]] void raise_call_error(const char* function, std::span<const Overload> overloads,
                                   bool method, PyObject* const* args, Py_ssize_t nargs,
                                   PyObject* kwnames);

// What a C function of the module calls.
struct Bound {
  const char* name;  // as messages have it
  std::span<const Overload> overloads;
  bool is_method;
};
// The first overload that fits the call.
PyObject* call_bound(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames,
                     const Bound& bound) noexcept;
// The one overload of a method without arguments.
PyObject* call_without_arguments(PyObject* self, const Overload& only) noexcept;

using FastFunction = PyObject* (*)(PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                                   PyObject* kwnames);

enum BindKind { kFunction = 1, kMethod = 2 };

class Binder {
 public:
  explicit Binder(PyObject* module) : module_(module) {}

  // `name`, `doc` and the signatures must be literals. Returns the function, or else the method, if
  // it takes arguments.
  FastFunction def(const char* name, std::initializer_list<Declared> overloads, int kinds,
                   const char* doc);

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
  PyObject* module_;
};

}  // namespace tg
