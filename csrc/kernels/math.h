// Scalar functions that op formulas are written with, for float and double. The same formulas are
// instantiated for Tensors, where these names are the operations.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

namespace tg {

#define TG_STD_UNARY(X) \
  X(exp)                \
  X(exp2)               \
  X(expm1)              \
  X(log)                \
  X(log2)               \
  X(log10)              \
  X(log1p)              \
  X(sqrt)               \
  X(sin)                \
  X(cos)                \
  X(tan)                \
  X(asin)               \
  X(acos)               \
  X(atan)               \
  X(sinh)               \
  X(cosh) X(tanh) X(asinh) X(acosh) X(atanh) X(floor) X(ceil) X(trunc) X(erf) X(erfc) X(lgamma)
#define TG_DEFINE(name)                               \
  inline float name(float x) { return std::name(x); } \
  inline double name(double x) { return std::name(x); }
TG_STD_UNARY(TG_DEFINE)
#undef TG_DEFINE
#undef TG_STD_UNARY

template <class T>
concept Number = std::is_arithmetic_v<T>;

// A parameter in the type of x: a number beside numbers, a Python-like scalar beside Tensors.
template <class T>
auto constant(const T&, double value) {
  if constexpr (Number<T>)
    return static_cast<T>(value);
  else
    return value;
}
// 0 as a branch of where().
template <Number T>
T nothing(T) {
  return T(0);
}
template <Number T>
T where(bool condition, T a, std::type_identity_t<T> b) {
  return condition ? a : b;
}
template <Number T>
T abs(T x) {
  if constexpr (std::is_unsigned_v<T>)
    return x;
  else if constexpr (std::is_integral_v<T>)
    return x < 0 ? static_cast<T>(-x) : x;
  else
    return std::fabs(x);
}
template <Number T>
T sign(T x) {
  return static_cast<T>((x > T(0)) - (x < T(0)));
}
template <Number T>
T square(T x) {
  return static_cast<T>(x * x);
}
template <Number T>
T reciprocal(T x) {
  return T(1) / x;
}
template <Number T>
T rsqrt(T x) {
  return T(1) / std::sqrt(x);
}
template <Number T>
T sigmoid(T x) {
  return T(1) / (T(1) + std::exp(-x));
}
template <Number T>
bool isnan(T x) {
  return x != x;
}

template <Number T>
T maximum(T a, T b) {
  return (a != a) ? a : (b != b) ? b : (a > b ? a : b);
}
template <Number T>
T minimum(T a, T b) {
  return (a != a) ? a : (b != b) ? b : (a < b ? a : b);
}

// x to the power y; integers by squaring, wrapping on overflow. Small whole exponents go through
// products, as in PyTorch, so that x ** 2 is x * x to the bit.
template <Number T>
T pow(T x, T y) {
  if constexpr (std::is_floating_point_v<T>) {
    if (y == T(2)) return x * x;
    if (y == T(3)) return x * x * x;
    if (y == T(1)) return x;
    if (y == T(0.5)) return std::sqrt(x);
    if (y == T(-0.5)) return std::isinf(x) ? T(0) : T(1) / std::sqrt(x);
    if (y == T(-1)) return T(1) / x;
    if (y == T(-2)) return T(1) / (x * x);
    return std::pow(x, y);
  } else {
    if constexpr (std::is_signed_v<T>) {
      if (y < 0) return x == 1 ? T(1) : x == T(-1) ? ((y & 1) ? T(-1) : T(1)) : T(0);
    }
    T result = 1;
    while (y) {
      if (y & 1) result = static_cast<T>(result * x);
      x = static_cast<T>(x * x);
      y = static_cast<T>(y >> 1);
    }
    return result;
  }
}

}  // namespace tg
