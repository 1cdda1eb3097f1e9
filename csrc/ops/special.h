// Elementwise special functions and the rarer elementwise operations of one and of two inputs. The
// tables give function, method, in-place form and out=; formula and derivative of each are in
// special_unary.cpp, special_binary.cpp and special_rare.cpp.
#pragma once

#include <optional>
#include <tuple>

#include "ops/promotion.h"

namespace tg {

// X(function, what it gives)
// clang-format off
#define TG_SPECIAL_UNARY(X) \
  X(asinh, "Inverse hyperbolic sine of each element.") \
  X(acosh, "Inverse hyperbolic cosine of each element.") \
  X(atanh, "Inverse hyperbolic tangent of each element.") \
  X(exp2, "2 to the power of each element.") \
  X(erfc, "1 - erf(x) without loss of digits for large x.") \
  X(erfinv, "Inverse of the error function; NaN outside [-1, 1].") \
  X(lgamma, "Logarithm of the absolute value of the gamma function.") \
  X(digamma, "Derivative of the logarithm of the gamma function.") \
  X(i0, "Modified Bessel function of the first kind of order 0.") \
  X(sinc, "sin(pi x) / (pi x); 1 at 0.") \
  X(deg2rad, "Degrees to radians.") \
  X(rad2deg, "Radians to degrees.") \
  X(frac, "Each element less its whole part, with its sign.") \
  X(sgn, "-1, 0 or 1 by the sign of each element.")
// Those of torch.special that have no other name.
#define TG_SPECIAL_ONLY(X) \
  X(entr, "-x log(x); 0 at 0, minus infinity below.") \
  X(erfcx, "exp(x^2) erfc(x), which neither overflows nor vanishes for large x.") \
  X(i0e, "exp(-|x|) i0(x).") \
  X(i1, "Modified Bessel function of the first kind of order 1.") \
  X(i1e, "exp(-|x|) i1(x).") \
  X(ndtr, "Distribution function of the standard normal distribution.") \
  X(ndtri, "Quantile of the standard normal distribution: the inverse of ndtr.") \
  X(log_ndtr, "Logarithm of ndtr without loss of digits for negative x.") \
  X(bessel_j0, "Bessel function of the first kind of order 0. Has no derivative.") \
  X(bessel_j1, "Bessel function of the first kind of order 1. Has no derivative.") \
  X(bessel_y0, "Bessel function of the second kind of order 0. Has no derivative.") \
  X(bessel_y1, "Bessel function of the second kind of order 1. Has no derivative.") \
  X(modified_bessel_i0, "Modified Bessel function of the first kind of order 0. Has no derivative.") \
  X(modified_bessel_i1, "Modified Bessel function of the first kind of order 1. Has no derivative.") \
  X(modified_bessel_k0, "Modified Bessel function of the second kind of order 0. Has no derivative.") \
  X(modified_bessel_k1, "Modified Bessel function of the second kind of order 1. Has no derivative.") \
  X(scaled_modified_bessel_k0, "exp(x) times modified_bessel_k0(x). Has no derivative.") \
  X(scaled_modified_bessel_k1, "exp(x) times modified_bessel_k1(x). Has no derivative.") \
  X(spherical_bessel_j0, "Spherical Bessel function of order 0: sin(x) / x. Has no derivative.") \
  X(airy_ai, "Airy function Ai. Has no derivative.")

// Two tensors.
#define TG_SPECIAL_BINARY(X) \
  X(atan2, "Angle of the point (other, input), between -pi and pi.") \
  X(hypot, "Length of the hypotenuse: sqrt(input^2 + other^2).") \
  X(nextafter, "The next number after input towards other.") \
  X(gcd, "Greatest common divisor of integers.") \
  X(lcm, "Least common multiple of integers.") \
  X(ldexp, "input * 2^other.") \
  X(igamma, "Regularized lower incomplete gamma function P(input, other).") \
  X(igammac, "Regularized upper incomplete gamma function Q(input, other).")
// Two tensors, without an in-place form.
#define TG_SPECIAL_BINARY_APART(X) \
  X(fmax, "The greater of the operands; a NaN counts as missing.") \
  X(fmin, "The lesser of the operands; a NaN counts as missing.") \
  X(logaddexp, "log(exp(input) + exp(other)) without overflow.") \
  X(logaddexp2, "log2(2^input + 2^other) without overflow.")
// A tensor, and a tensor or a number.
#define TG_SPECIAL_WITH_NUMBER(X) \
  X(copysign, "input with the sign of other.") \
  X(fmod, "Remainder with the sign of input, as C's fmod().")
// Of torch.special: two tensors, or a tensor and a number on either side.
#define TG_SPECIAL_ONLY_BINARY(X) \
  X(xlog1py, "input * log(1 + other); 0 where input is 0.") \
  X(zeta, "Hurwitz's zeta function: the sum of (other + k)^-input over k >= 0.") \
  X(chebyshev_polynomial_t, "Chebyshev polynomial of the first kind of degree n. Has no derivative.") \
  X(chebyshev_polynomial_u, "Chebyshev polynomial of the second kind of degree n. Has no derivative.") \
  X(chebyshev_polynomial_v, "Chebyshev polynomial of the third kind of degree n. Has no derivative.") \
  X(chebyshev_polynomial_w, "Chebyshev polynomial of the fourth kind of degree n. Has no derivative.") \
  X(shifted_chebyshev_polynomial_t, "chebyshev_polynomial_t(2 x - 1, n). Has no derivative.") \
  X(shifted_chebyshev_polynomial_u, "chebyshev_polynomial_u(2 x - 1, n). Has no derivative.") \
  X(shifted_chebyshev_polynomial_v, "chebyshev_polynomial_v(2 x - 1, n). Has no derivative.") \
  X(shifted_chebyshev_polynomial_w, "chebyshev_polynomial_w(2 x - 1, n). Has no derivative.") \
  X(hermite_polynomial_h, "Hermite polynomial (physicists') of degree n. Has no derivative.") \
  X(hermite_polynomial_he, "Hermite polynomial (probabilists') of degree n. Has no derivative.") \
  X(laguerre_polynomial_l, "Laguerre polynomial of degree n. Has no derivative.") \
  X(legendre_polynomial_p, "Legendre polynomial of degree n. Has no derivative.")
// clang-format on

#define TG_DECLARE(function, doc) Tensor function(const Tensor& x);
#define TG_DECLARE_IN_PLACE(function, doc) Tensor function##_(const Tensor& self);
TG_SPECIAL_UNARY(TG_DECLARE)
TG_SPECIAL_UNARY(TG_DECLARE_IN_PLACE)
TG_SPECIAL_ONLY(TG_DECLARE)
#undef TG_DECLARE
#undef TG_DECLARE_IN_PLACE
#define TG_DECLARE(function, doc) Tensor function(const Operand& a, const Operand& b);
#define TG_DECLARE_IN_PLACE(function, doc) \
  Tensor function##_(const Tensor& self, const Operand& other);
TG_SPECIAL_BINARY(TG_DECLARE)
TG_SPECIAL_BINARY(TG_DECLARE_IN_PLACE)
TG_SPECIAL_BINARY_APART(TG_DECLARE)
TG_SPECIAL_WITH_NUMBER(TG_DECLARE)
TG_SPECIAL_WITH_NUMBER(TG_DECLARE_IN_PLACE)
TG_SPECIAL_ONLY_BINARY(TG_DECLARE)
#undef TG_DECLARE
#undef TG_DECLARE_IN_PLACE

// --- with parameters
Tensor polygamma(int64_t n, const Tensor& x);
Tensor polygamma_(const Tensor& self, int64_t n);
Tensor mvlgamma(const Tensor& x, int64_t p);
Tensor mvlgamma_(const Tensor& self, int64_t p);
Tensor logit(const Tensor& x, std::optional<double> eps);
Tensor logit_(const Tensor& self, std::optional<double> eps);
Tensor round(const Tensor& x);
Tensor round(const Tensor& x, int64_t decimals);
Tensor round_(const Tensor& self);
Tensor round_(const Tensor& self, int64_t decimals);
using OptionalNumber = std::optional<double>;
Tensor nan_to_num(const Tensor& x, OptionalNumber nan, OptionalNumber posinf,
                  OptionalNumber neginf);
Tensor nan_to_num_(const Tensor& self, OptionalNumber nan, OptionalNumber posinf,
                   OptionalNumber neginf);
struct Frexp {
  Tensor mantissa, exponent;
  static constexpr auto name = "frexp";
  static constexpr const char* fields[] = {"mantissa", "exponent"};
  auto tie() const { return std::tie(mantissa, exponent); }
};
// mantissa * 2^exponent, the mantissa in [0.5, 1) by absolute value, the exponent an int32.
Frexp frexp(const Tensor& x);

Tensor xlogy(const Operand& a, const Operand& b);
Tensor xlogy_(const Tensor& self, const Operand& other);
// Power in float64.
Tensor float_power(const Operand& a, const Operand& b);
Tensor float_power_(const Tensor& self, const Operand& exponent);

// 0 where a < 0, b where it is 0, else 1: of two tensors of one dtype.
Tensor heaviside(const Operand& a, const Operand& b);
Tensor heaviside_(const Tensor& self, const Operand& values);

// --- of real numbers mostly trivial
Tensor angle(const Tensor& x);
Tensor signbit(const Tensor& x);
Tensor isposinf(const Tensor& x);
Tensor isneginf(const Tensor& x);
Tensor isreal(const Tensor& x);

}  // namespace tg
