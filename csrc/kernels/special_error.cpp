// Relatives of the error function. Formulas: NIST Digital Library of Mathematical Functions,
// chapter 7; the starting values of the inverse are P. J. Acklam's rational approximations (2003).
#include "kernels/special.h"

namespace tg {
namespace {

// (1 + 2 x) erfcx(x) in t = (x - 3.75) / (x + 3.75), as Shepherd and Laframboise (1981) map it.
constexpr double kErfcx[] = {
    1.17757893456740175,      -4.59005458064647733e-3,  -8.42491333665179156e-2,
    5.92099399981918905e-2,   -2.66586684353057523e-2,  9.07499767070526509e-3,
    -2.41316354041760819e-3,  4.90775836525808632e-4,   -6.91697330250120637e-5,
    4.13902798607301017e-6,   7.74038306619849067e-7,   -2.18864010492343957e-7,
    1.07649994656709104e-8,   4.5219598112182869e-9,    -7.75440020883135111e-10,
    -6.31808834088668449e-11, 2.8687950109306699e-11,   1.94558685457773472e-13,
    -9.65469674843343891e-13, 3.25254814814873984e-14,  3.34781194828680539e-14,
    -1.8645628804193131e-15,  -1.25079505306886471e-15, 7.41823525662404346e-17,
    5.06814890479611132e-17};

// The quantile of a lower tail p < 0.02425.
double tail_quantile(double p) {
  const double q = std::sqrt(-2 * std::log(p));
  double z = (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q -
                2.549732539343734) *
                   q +
               4.374664141464968) *
                  q +
              2.938163982698783) /
             ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q +
               3.754408661907416) *
                  q +
              1);
  // Newton's method on log(Phi(z)) = log(p) doubles the nine digits.
  const double t = -z * kSqrtHalf, scaled = erfcx_of(t);
  const double miss = std::log(0.5 * scaled) - t * t - std::log(p);
  return z - miss * scaled / (kSqrt2 / std::sqrt(kPi));
}

// The quantile of 0.5 + q for |q| <= 0.47575, with all digits of a small q.
double central_quantile(double q) {
  const double r = q * q;
  const double z =
      q *
      (((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r +
         1.383577518672690e2) *
            r -
        3.066479806614716e1) *
           r +
       2.506628277459239) /
      (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r +
         6.680131188771972e1) *
            r -
        1.328068155288572e1) *
           r +
       1);
  // One step of Halley's method trebles the digits.
  const double miss = 0.5 * std::erf(z * kSqrtHalf) - q;
  const double u = miss * std::sqrt(2 * kPi) * std::exp(0.5 * z * z);
  return z - u / (1 + 0.5 * z * u);
}

}  // namespace

double erfcx_of(double x) {
  if (x < 0) return x < -26.7 ? kInfinity : 2 * std::exp(x * x) - erfcx_of(-x);
  return chebyshev_sum(kErfcx, 1 - 7.5 / (x + 3.75)) / (1 + 2 * x);
}

double erfinv_of(double x) {
  const double size = std::fabs(x);
  if (size < 0.95) return central_quantile(0.5 * x) * kSqrtHalf;
  if (size == 1) return std::copysign(kInfinity, x);
  if (!(size < 1)) return kNaN;
  return std::copysign(tail_quantile(0.5 * (1 - size)) * kSqrtHalf, x);
}

double ndtri_of(double p) {
  if (p == 0) return -kInfinity;
  if (p == 1) return kInfinity;
  if (!(p > 0 && p < 1)) return kNaN;
  if (p < 0.02425) return tail_quantile(p);
  return p > 0.97575 ? -tail_quantile(1 - p) : central_quantile(p - 0.5);
}

double log_ndtr_of(double x) {
  const double t = x * kSqrtHalf;
  return x < -1 ? std::log(0.5 * erfcx_of(-t)) - t * t : std::log1p(-0.5 * std::erfc(t));
}

}  // namespace tg
