// Elementwise operations of one tensor: formula and derivative of each, side by side. See
// elementwise.h for the form, TG_UNARY_OPS for the table that functions, methods, in-place forms,
// stubs and tests follow from.
#pragma once

#include "ops/elementwise.h"

namespace tg {

// A gradient of zeros, whatever comes in; it has no history.
inline Tensor zeros_of(const Tensor& g) {
  Tensor out = empty(g.sizes(), g.dtype());
  fill_values(out, Scalar(0));
  return out;
}
template <Number T>
T zeros_of(T) {
  return T(0);
}

struct Neg {
  static constexpr auto arithmetic = &ArithmeticKernels::neg;
  static constexpr auto vectors = &ElementaryKernels::neg;
  static constexpr auto name = "neg", node = "NegBackward0",
                        doc = "Negative of each element. Not defined for bool.";
  static constexpr auto domain = Domain::Number;
  static void refuse_bool() {
    runtime_error(
        "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to "
        "invert a mask, "
        "use the `~` or `logical_not()` operator instead.");
  }
  static auto grad(auto g) { return -g; }
};
struct Exp {
  static constexpr bool multiplies = true;
  static constexpr auto vectors = &ElementaryKernels::exp;
  static constexpr auto name = "exp", node = "ExpBackward0",
                        doc = "e to the power of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return exp(x); }
  static auto grad_from_output(auto g, auto y) { return g * y; }
};
struct Expm1 {
  static constexpr auto vectors = &ElementaryKernels::expm1;
  static constexpr auto name = "expm1", node = "Expm1Backward0",
                        doc = "exp(x) - 1 without loss of digits near 0.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return expm1(x); }
  static auto grad_from_output(auto g, auto y) { return g * (y + 1); }
};
struct Log {
  static constexpr bool multiplies = true;
  static constexpr auto vectors = &ElementaryKernels::log;
  static constexpr auto name = "log", node = "LogBackward0",
                        doc = "Natural logarithm of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return log(x); }
  static auto grad_from_input(auto g, auto x) { return g / x; }
};
struct Log2 {
  static constexpr auto vectors = &ElementaryKernels::log2;
  static constexpr auto name = "log2", node = "Log2Backward0",
                        doc = "Logarithm to base 2 of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return log2(x); }
  static auto grad_from_input(auto g, auto x) {
    return g / (x * constant(x, 0.69314718055994530942));
  }
};
struct Log10 {
  static constexpr auto vectors = &ElementaryKernels::log10;
  static constexpr auto name = "log10", node = "Log10Backward0",
                        doc = "Logarithm to base 10 of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return log10(x); }
  static auto grad_from_input(auto g, auto x) {
    return g / (x * constant(x, 2.30258509299404568402));
  }
};
struct Log1p {
  static constexpr auto vectors = &ElementaryKernels::log1p;
  static constexpr auto name = "log1p", node = "Log1PBackward0",
                        doc = "log(1 + x) without loss of digits near 0.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return log1p(x); }
  static auto grad_from_input(auto g, auto x) { return g / (x + 1); }
};
struct Sqrt {
  static constexpr bool multiplies = true;
  static constexpr auto vectors = &ElementaryKernels::sqrt;
  static constexpr auto name = "sqrt", node = "SqrtBackward0", doc = "Square root of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return sqrt(x); }
  static auto grad_from_output(auto g, auto y) { return g / (2 * y); }
};
struct Rsqrt {
  static constexpr auto vectors = &ElementaryKernels::rsqrt;
  static constexpr auto name = "rsqrt", node = "RsqrtBackward0",
                        doc = "Reciprocal of the square root of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return rsqrt(x); }
  static auto grad_from_output(auto g, auto y) { return -g * (y * y * y) / 2; }
};
struct Sin {
  static constexpr bool multiplies = true;
  static constexpr auto vectors = &ElementaryKernels::sin;
  static constexpr auto gradient_vectors = &ElementaryKernels::sin_grad;
  static constexpr auto name = "sin", node = "SinBackward0",
                        doc = "Sine of each element, in radians.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return sin(x); }
  static auto grad_from_input(auto g, auto x) { return g * cos(x); }
};
struct Cos {
  static constexpr bool multiplies = true;
  static constexpr auto vectors = &ElementaryKernels::cos;
  static constexpr auto gradient_vectors = &ElementaryKernels::cos_grad;
  static constexpr auto name = "cos", node = "CosBackward0",
                        doc = "Cosine of each element, in radians.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return cos(x); }
  static auto grad_from_input(auto g, auto x) { return g * -sin(x); }
};
struct Tan {
  static constexpr auto vectors = &ElementaryKernels::tan;
  static constexpr auto name = "tan", node = "TanBackward0",
                        doc = "Tangent of each element, in radians.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return tan(x); }
  static auto grad_from_output(auto g, auto y) { return g * (1 + y * y); }
};
struct Asin {
  static constexpr auto vectors = &ElementaryKernels::asin;
  static constexpr auto gradient_vectors = &ElementaryKernels::asin_grad;
  static constexpr auto name = "asin", node = "AsinBackward0",
                        doc = "Inverse sine of each element, in radians.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return asin(x); }
  static auto grad_from_input(auto g, auto x) { return g * rsqrt(1 - x * x); }
};
struct Acos {
  static constexpr auto vectors = &ElementaryKernels::acos;
  static constexpr auto gradient_vectors = &ElementaryKernels::acos_grad;
  static constexpr auto name = "acos", node = "AcosBackward0",
                        doc = "Inverse cosine of each element, in radians.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return acos(x); }
  static auto grad_from_input(auto g, auto x) { return g * -rsqrt(1 - x * x); }
};
struct Atan {
  static constexpr auto vectors = &ElementaryKernels::atan;
  static constexpr auto name = "atan", node = "AtanBackward0",
                        doc = "Inverse tangent of each element, in radians.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return atan(x); }
  static auto grad_from_input(auto g, auto x) { return g / (x * x + 1); }
};
struct Sinh {
  static constexpr auto vectors = &ElementaryKernels::sinh;
  static constexpr auto gradient_vectors = &ElementaryKernels::sinh_grad;
  static constexpr auto name = "sinh", node = "SinhBackward0",
                        doc = "Hyperbolic sine of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return sinh(x); }
  static auto grad_from_input(auto g, auto x) { return g * cosh(x); }
};
struct Cosh {
  static constexpr auto vectors = &ElementaryKernels::cosh;
  static constexpr auto gradient_vectors = &ElementaryKernels::cosh_grad;
  static constexpr auto name = "cosh", node = "CoshBackward0",
                        doc = "Hyperbolic cosine of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return cosh(x); }
  static auto grad_from_input(auto g, auto x) { return g * sinh(x); }
};
struct Tanh {
  static constexpr auto vectors = &ElementaryKernels::tanh;
  static constexpr auto name = "tanh", node = "TanhBackward0",
                        doc = "Hyperbolic tangent of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return tanh(x); }
  static auto grad_from_output(auto g, auto y) { return g * (1 - y * y); }
};
struct Sigmoid {
  static constexpr auto vectors = &ElementaryKernels::sigmoid;
  static constexpr auto name = "sigmoid", node = "SigmoidBackward0",
                        doc = "1 / (1 + exp(-x)) of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return sigmoid(x); }
  static auto grad_from_output(auto g, auto y) { return g * ((1 - y) * y); }
};
struct Erf {
  static constexpr auto vectors = &ElementaryKernels::erf;
  static constexpr auto gradient_vectors = &ElementaryKernels::erf_grad;
  static constexpr auto name = "erf", node = "ErfBackward0",
                        doc = "Error function of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return erf(x); }
  static auto grad_from_input(auto g, auto x) {
    return g * (exp(-(x * x)) * constant(x, 1.12837916709551257390));
  }
};
struct Relu {
  static constexpr auto arithmetic = &ArithmeticKernels::relu;
  static constexpr auto vectors = &ElementaryKernels::relu;
  static constexpr auto name = "relu", node = "ReluBackward0",
                        doc = "max(x, 0) of each element. Not defined for bool.";
  static constexpr auto domain = Domain::Number;
  static void refuse_bool() { runtime_error("Boolean inputs not supported for relu"); }
  static auto grad_from_output(auto g, auto y) { return where(y <= 0, zeros_of(g), g); }
  // The zeros depend on y, so that the gradient requires grad as PyTorch's does.
  static Tensor grad_from_output(const Tensor& g, const Tensor& y) {
    return where(y <= 0, mul(y, Scalar(0.0)), g);
  }
};
struct Abs {
  static constexpr bool multiplies = true;
  static constexpr auto arithmetic = &ArithmeticKernels::abs;
  static constexpr auto vectors = &ElementaryKernels::abs;
  static constexpr auto name = "abs", node = "AbsBackward0",
                        doc = "Absolute value of each element. Not defined for bool.";
  static constexpr auto domain = Domain::Number;
  static void refuse_bool() {
    fail(ErrorKind::NotImplemented, "\"abs_cpu\" not implemented for 'Bool'");
  }
  static auto grad_from_input(auto g, auto x) { return g * sign(x); }
};
struct Sign {
  static constexpr auto arithmetic = &ArithmeticKernels::sign;
  static constexpr auto vectors = &ElementaryKernels::sign;
  static constexpr auto name = "sign", node = "SignBackward0",
                        doc = "-1, 0 or 1 by the sign of each element.";
  static constexpr auto domain = Domain::Any;
  static auto grad(auto g) { return zeros_of(g); }
};
struct Reciprocal {
  static constexpr auto vectors = &ElementaryKernels::reciprocal;
  static constexpr auto name = "reciprocal", node = "ReciprocalBackward0",
                        doc = "1 / x of each element.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return reciprocal(x); }
  static auto grad_from_output(auto g, auto y) { return -g * (y * y); }
};
struct Square {
  static constexpr bool multiplies = true;
  static constexpr bool bool_as_int = true;  // as x ** 2
  static constexpr auto name = "square", node = "PowBackward0", doc = "x * x of each element.";
  static constexpr auto domain = Domain::Any;
  static auto forward(auto x) { return square(x); }
  static auto grad_from_input(auto g, auto x) { return g * (2 * x); }
};
struct Floor {
  static constexpr auto vectors = &ElementaryKernels::floor;
  static constexpr auto name = "floor", node = "FloorBackward0",
                        doc = "Largest whole number not above each element.";
  static constexpr auto domain = Domain::Number;
  static void refuse_bool() {
    fail(ErrorKind::NotImplemented, "\"floor_vml_cpu\" not implemented for 'Bool'");
  }
  template <class T>
  static T forward(T x) {
    if constexpr (std::is_floating_point_v<T>)
      return floor(x);
    else
      return x;
  }
  static auto grad(auto g) { return zeros_of(g); }
};
struct Ceil {
  static constexpr auto vectors = &ElementaryKernels::ceil;
  static constexpr auto name = "ceil", node = "CeilBackward0",
                        doc = "Smallest whole number not below each element.";
  static constexpr auto domain = Domain::Number;
  static void refuse_bool() {
    fail(ErrorKind::NotImplemented, "\"ceil_vml_cpu\" not implemented for 'Bool'");
  }
  template <class T>
  static T forward(T x) {
    if constexpr (std::is_floating_point_v<T>)
      return ceil(x);
    else
      return x;
  }
  static auto grad(auto g) { return zeros_of(g); }
};
struct Trunc {
  static constexpr auto vectors = &ElementaryKernels::trunc;
  static constexpr auto name = "trunc", node = "TruncBackward0",
                        doc = "Whole part of each element, towards zero.";
  static constexpr auto domain = Domain::Number;
  static void refuse_bool() {
    fail(ErrorKind::NotImplemented, "\"trunc_vml_cpu\" not implemented for 'Bool'");
  }
  template <class T>
  static T forward(T x) {
    if constexpr (std::is_floating_point_v<T>)
      return trunc(x);
    else
      return x;
  }
  static auto grad(auto g) { return zeros_of(g); }
};
struct BitwiseNot {
  static constexpr auto arithmetic = &ArithmeticKernels::bitwise_not;
  static constexpr auto name = "bitwise_not", node = "",
                        doc = "Bits of each integer inverted; not x for bool.";
  static constexpr auto domain = Domain::Bits;
};
struct LogicalNot {
  static constexpr auto arithmetic = &ArithmeticKernels::logical_not;
  static constexpr bool compares_floats = true;
  static constexpr auto name = "logical_not", node = "", doc = "True where an element is zero.";
  static constexpr auto domain = Domain::Predicate;
};
struct IsNan {
  static constexpr auto name = "isnan", node = "", doc = "True where an element is NaN.";
  static constexpr auto domain = Domain::Predicate;
  static bool forward(auto x) { return x != x; }
};
struct IsInf {
  static constexpr auto name = "isinf", node = "", doc = "True where an element is infinite.";
  static constexpr auto domain = Domain::Predicate;
  template <class T>
  static bool forward(T x) {
    if constexpr (std::is_floating_point_v<T>)
      return std::isinf(x);
    else
      return false;
  }
};
struct IsFinite {
  static constexpr auto name = "isfinite", node = "",
                        doc = "True where an element is neither infinite nor NaN.";
  static constexpr auto domain = Domain::Predicate;
  template <class T>
  static bool forward(T x) {
    if constexpr (std::is_floating_point_v<T>)
      return std::isfinite(x);
    else
      return true;
  }
};

// X(function, struct)
// clang-format off
#define TG_UNARY_OPS(X) \
  X(neg, Neg) X(exp, Exp) X(expm1, Expm1) X(log, Log) X(log2, Log2) X(log10, Log10) \
  X(log1p, Log1p) X(sqrt, Sqrt) X(rsqrt, Rsqrt) X(sin, Sin) X(cos, Cos) X(tan, Tan) \
  X(asin, Asin) X(acos, Acos) X(atan, Atan) X(sinh, Sinh) X(cosh, Cosh) X(tanh, Tanh) \
  X(sigmoid, Sigmoid) X(erf, Erf) X(relu, Relu) X(abs, Abs) X(sign, Sign) \
  X(reciprocal, Reciprocal) X(square, Square) X(floor, Floor) X(ceil, Ceil) \
  X(trunc, Trunc) X(bitwise_not, BitwiseNot)
#define TG_UNARY_PREDICATES(X) \
  X(logical_not, LogicalNot) X(isnan, IsNan) X(isinf, IsInf) X(isfinite, IsFinite)
// clang-format on

#define TG_DECLARE(function, Op) Tensor function(const Tensor& x);
#define TG_DECLARE_IN_PLACE(function, Op) Tensor function##_(const Tensor& self);
TG_UNARY_OPS(TG_DECLARE_IN_PLACE)
TG_UNARY_OPS(TG_DECLARE)
TG_UNARY_PREDICATES(TG_DECLARE)
#undef TG_DECLARE
#undef TG_DECLARE_IN_PLACE

}  // namespace tg
