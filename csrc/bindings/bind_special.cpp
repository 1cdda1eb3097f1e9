// Special functions and the rarer elementwise operations. Those of torch.special that have no other
// name stand here as _special_<name>; tapegrad/special.py gives them theirs.
#include "bindings/bind.h"
#include "ops/special.h"
#include "ops/unary.h"

namespace tg {
namespace {

constexpr int kBoth = kFunction | kMethod;

// The overloads of an op of two operands: where PyTorch takes tensors only, or one of them.
template <Tensor (*F)(const Operand&, const Operand&)>
Tensor tensors(const Tensor& a, const Tensor& b) {
  return F(a, b);
}
template <Tensor (*F)(const Operand&, const Operand&)>
Tensor tensor_first(const Tensor& a, const Operand& b) {
  return F(a, b);
}
template <Tensor (*F)(const Operand&, const Operand&)>
Tensor tensor_second(const Operand& a, const Tensor& b) {
  return F(a, b);
}
template <Tensor (*F)(const Tensor&, const Operand&)>
Tensor tensors_in_place(const Tensor& self, const Tensor& other) {
  return F(self, other);
}

constexpr auto unary_of(Tensor (*f)(const Tensor&)) { return f; }
constexpr auto decimals_of(Tensor (*f)(const Tensor&, int64_t)) { return f; }

Tensor polygamma_method(const Tensor& x, int64_t n) { return polygamma(n, x); }
Tensor identity(const Tensor& x) { return x; }
Tensor imag(const Tensor&) {
  runtime_error("imag is not implemented for tensors with non-complex dtypes.");
}

// Where PyTorch asks more of out= than that the result fits: the check, before the binder writes.
using Out = const std::optional<Tensor>&;
template <auto F>
Tensor with_bool_out(const Tensor& x, Out out) {
  if (out && out->dtype() != DType::Bool)
    runtime_error(F == &isposinf ? "isposinf" : "isneginf",
                  " does not support non-boolean outputs.");
  return F(x);
}
Tensor float_power_out(const Operand& a, const Operand& b, Out out) {
  if (out && out->dtype() != DType::Float64)
    runtime_error("the output given to float_power has dtype ", info(out->dtype()).scalar,
                  " but the operation's result requires dtype Double");
  return float_power(a, b);
}
Tensor float_power_of_tensor(const Tensor& a, const Operand& b, Out out) {
  return float_power_out(a, b, out);
}
Tensor float_power_by_tensor(const Operand& a, const Tensor& b, Out out) {
  return float_power_out(a, b, out);
}

PyObject* get_real(PyObject* self, void*) {
  Py_INCREF(self);
  return self;
}
PyObject* get_imag(PyObject*, void*) {
  PyErr_SetString(PyExc_RuntimeError,
                  "imag is not implemented for tensors with non-complex dtypes.");
  return nullptr;
}

void bind_one_input(Binder& b) {
#define TG_BIND(function, doc)                                                   \
  b.def(#function, {fn(unary_of(&function), "input, *, out=None")}, kBoth, doc); \
  b.def(#function "_", {fn(&function##_, "input")}, kBoth, "In-place form of " #function "().");
  TG_SPECIAL_UNARY(TG_BIND)
#undef TG_BIND
#define TG_ALIAS(alias, function)                                       \
  b.def(#alias, {fn(unary_of(&function), "input, *, out=None")}, kBoth, \
        "The same as " #function "().");                                \
  b.def(#alias "_", {fn(&function##_, "input")}, kBoth, "In-place form of " #function "().");
  TG_ALIAS(arcsin, asin)
  TG_ALIAS(arccos, acos)
  TG_ALIAS(arctan, atan)
  TG_ALIAS(arcsinh, asinh)
  TG_ALIAS(arccosh, acosh)
  TG_ALIAS(arctanh, atanh)
  TG_ALIAS(fix, trunc)
#undef TG_ALIAS
#define TG_BIND(function, doc) \
  b.def("_special_" #function, {fn(unary_of(&function), "input, *, out=None")}, kFunction, doc);
  TG_SPECIAL_ONLY(TG_BIND)
#undef TG_BIND
  b.def(
      "round",
      {fn(unary_of(&round), "input, *, out=None"),
       fn(decimals_of(&round), "input, *, decimals, out=None")},
      kBoth,
      "Each element rounded to a whole number, halves to the even one; decimals: to as many digits "
      "after the point, before it where negative.");
  b.def("round_", {fn(unary_of(&round_), "input"), fn(decimals_of(&round_), "input, *, decimals")},
        kBoth, "In-place form of round().");
  b.def("polygamma", {fn(&polygamma, "n, input, *, out=None")}, kFunction,
        "The n-th derivative of digamma().");
  b.def("polygamma", {fn(&polygamma_method, "input, n")}, kMethod,
        "The n-th derivative of digamma().");
  b.def("polygamma_", {fn(&polygamma_, "input, n")}, kMethod, "In-place form of polygamma().");
  b.def("mvlgamma", {fn(&mvlgamma, "input, p, *, out=None")}, kBoth,
        "Logarithm of the multivariate gamma function of dimension p.");
  b.def("mvlgamma_", {fn(&mvlgamma_, "input, p")}, kMethod, "In-place form of mvlgamma().");
  b.def("logit", {fn(&logit, "input, eps=None, *, out=None")}, kBoth,
        "log(x / (1 - x)), x moved into [eps, 1 - eps] first; NaN outside [0, 1].");
  b.def("logit_", {fn(&logit_, "input, eps=None")}, kBoth, "In-place form of logit().");
  b.def("nan_to_num", {fn(&nan_to_num, "input, nan=None, posinf=None, neginf=None, *, out=None")},
        kBoth,
        "NaN and the infinities replaced, by default by 0 and the largest finite numbers of the "
        "dtype.");
  b.def("nan_to_num_", {fn(&nan_to_num_, "input, nan=None, posinf=None, neginf=None")}, kBoth,
        "In-place form of nan_to_num().");
  b.def(
      "frexp", {fn(&frexp, "input, *, out=None")}, kBoth,
      "(mantissa, exponent): input is mantissa * 2**exponent, the mantissa at least 0.5 and below "
      "1 by absolute value.");
  b.def("angle", {fn(&angle, "input, *, out=None")}, kBoth,
        "pi where an element is negative, else 0.");
  b.def("signbit", {fn(&signbit, "input, *, out=None")}, kBoth,
        "True where the sign bit is set: negative numbers and -0.");
  b.def("isposinf", {fn(&with_bool_out<&isposinf>, "input, *, out=None")}, kBoth,
        "True where an element is +infinity.");
  b.def("isneginf", {fn(&with_bool_out<&isneginf>, "input, *, out=None")}, kBoth,
        "True where an element is -infinity.");
  b.def("isreal", {fn(&isreal, "input")}, kBoth, "True: there are no complex numbers here.");
  b.def("real", {fn(&identity, "input")}, kFunction, "The input itself.");
  b.def("imag", {fn(&imag, "input")}, kFunction, "Raises: no dtype here has an imaginary part.");
  b.def("conj", {fn(&identity, "input")}, kBoth, "The input itself, as it is real.");
  b.def("conj_physical", {fn(&identity, "input, *, out=None")}, kBoth,
        "The input itself, as it is real.");
  b.def("conj_physical_", {fn(&identity, "input")}, kMethod, "The input itself, as it is real.");
  b.def("resolve_conj", {fn(&identity, "input")}, kBoth, "The input itself, as it is real.");
  b.def("resolve_neg", {fn(&identity, "input")}, kBoth, "The input itself.");
  b.add_property("real", get_real, nullptr, "The tensor itself, as it is real.");
  b.add_property("imag", get_imag, nullptr, "Raises: no dtype here has an imaginary part.");
}

void bind_two_inputs(Binder& b) {
#define TG_BIND(function, doc)                                                          \
  b.def(#function, {fn(&tensors<&function>, "input, other, *, out=None")}, kBoth, doc); \
  b.def(#function "_", {fn(&tensors_in_place<&function##_>, "input, other")}, kMethod,  \
        "In-place form of " #function "().");
  TG_SPECIAL_BINARY(TG_BIND)
#undef TG_BIND
#define TG_BIND(function, doc) \
  b.def(#function, {fn(&tensors<&function>, "input, other, *, out=None")}, kBoth, doc);
  TG_SPECIAL_BINARY_APART(TG_BIND)
#undef TG_BIND
#define TG_BIND(function, doc)                                                               \
  b.def(#function, {fn(&tensor_first<&function>, "input, other, *, out=None")}, kBoth, doc); \
  b.def(#function "_", {fn(&function##_, "input, other")}, kMethod,                          \
        "In-place form of " #function "().");
  TG_SPECIAL_WITH_NUMBER(TG_BIND)
#undef TG_BIND
#define TG_BIND(function, doc)                                        \
  b.def("_special_" #function,                                        \
        {fn(&tensor_first<&function>, "input, other, *, out=None"),   \
         fn(&tensor_second<&function>, "input, other, *, out=None")}, \
        kFunction, doc);
  TG_SPECIAL_ONLY_BINARY(TG_BIND)
#undef TG_BIND
  b.def("arctan2", {fn(&tensors<&atan2>, "input, other, *, out=None")}, kBoth,
        "The same as atan2().");
  b.def("arctan2_", {fn(&tensors_in_place<&atan2_>, "input, other")}, kMethod,
        "In-place form of atan2().");
  b.def("heaviside", {fn(&tensors<&heaviside>, "input, values, *, out=None")}, kBoth,
        "0 where input < 0, values where it is 0, else 1.");
  b.def("heaviside_", {fn(&tensors_in_place<&heaviside_>, "input, values")}, kMethod,
        "In-place form of heaviside().");
  b.def("xlogy",
        {fn(&tensor_first<&xlogy>, "input, other, *, out=None"),
         fn(&tensor_second<&xlogy>, "input, other, *, out=None")},
        kFunction, "input * log(other); 0 where input is 0.");
  b.def("xlogy", {fn(&tensor_first<&xlogy>, "input, other")}, kMethod,
        "input * log(other); 0 where input is 0.");
  b.def("xlogy_", {fn(&xlogy_, "input, other")}, kMethod, "In-place form of xlogy().");
  b.def("float_power",
        {fn(&float_power_of_tensor, "input, exponent, *, out=None"),
         fn(&float_power_by_tensor, "input, exponent, *, out=None")},
        kFunction, "input to the power of exponent, computed in float64.");
  b.def("float_power", {fn(&tensor_first<&float_power>, "input, exponent")}, kMethod,
        "input to the power of exponent, computed in float64.");
  b.def("float_power_", {fn(&float_power_, "input, exponent")}, kMethod,
        "In-place form of float_power().");
}

}  // namespace

void bind_special(Binder& b) {
  bind_one_input(b);
  bind_two_inputs(b);
}

}  // namespace tg
