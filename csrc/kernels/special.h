// Special functions of numbers, in double. float32 results come from the same functions: they cost
// far more than the conversion, and keep their digits where a float version would lose some.
// The tables of Chebyshev coefficients were computed with 60 digits as the discrete cosine
// transform of the function at 30 to 60 Chebyshev nodes, cut where terms fall below 3e-18.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace tg {

inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kSqrt2 = 1.41421356237309504880;
inline constexpr double kSqrtHalf = 0.70710678118654752440;
inline constexpr double kInfinity = __builtin_inf();
inline constexpr double kNaN = __builtin_nan("");

// The sum of c[k] T_k(t) for t in [-1, 1], by Clenshaw's recurrence.
template <size_t N>
double chebyshev_sum(const double (&c)[N], double t) {
  double newer = 0, older = 0;
  for (size_t k = N - 1; k > 0; --k) {
    const double next = 2 * t * newer - older + c[k];
    older = newer;
    newer = next;
  }
  return t * newer - older + c[0];
}

// --- special_gamma.cpp
double digamma_of(double x);
double trigamma_of(double x);
double polygamma_of(int64_t n, double x);   // n-th derivative of digamma
double zeta_of(double s, double q);         // Hurwitz: the sum of (q + k)^-s over k >= 0
double lower_gamma_of(double a, double x);  // regularized incomplete gamma functions: P
double upper_gamma_of(double a, double x);  // and Q = 1 - P

// --- special_error.cpp
double erfcx_of(double x);  // exp(x^2) erfc(x)
double erfinv_of(double x);
double ndtri_of(double p);     // quantile of the standard normal distribution
double log_ndtr_of(double x);  // logarithm of its distribution function

// --- special_bessel.cpp. A final e: scaled by exp(-|x|) (I) or exp(x) (K).
double bessel_j0_of(double x);
double bessel_j1_of(double x);
double bessel_y0_of(double x);
double bessel_y1_of(double x);
double bessel_i0_of(double x);
double bessel_i1_of(double x);
double bessel_i0e_of(double x);
double bessel_i1e_of(double x);
double bessel_k0_of(double x);
double bessel_k1_of(double x);
double bessel_k0e_of(double x);
double bessel_k1e_of(double x);
double spherical_j0_of(double x);
double airy_ai_of(double x);

// --- special_polynomial.cpp. The degree is cut to an integer; 0 where it is negative.
double chebyshev_t_of(double x, double degree);
double chebyshev_u_of(double x, double degree);
double chebyshev_v_of(double x, double degree);
double chebyshev_w_of(double x, double degree);
double shifted_chebyshev_t_of(double x, double degree);
double shifted_chebyshev_u_of(double x, double degree);
double shifted_chebyshev_v_of(double x, double degree);
double shifted_chebyshev_w_of(double x, double degree);
double hermite_h_of(double x, double degree);
double hermite_he_of(double x, double degree);
double laguerre_l_of(double x, double degree);
double legendre_p_of(double x, double degree);

}  // namespace tg
