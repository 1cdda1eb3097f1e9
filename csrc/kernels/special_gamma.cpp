// Derivatives of the logarithm of the gamma function, Hurwitz's zeta function and the incomplete
// gamma functions. Formulas: NIST Digital Library of Mathematical Functions, chapters 5, 8 and 25.
#include "kernels/special.h"

#include <iterator>

namespace tg {
namespace {

double sin_pi(double x) {  // for x in [0, 1]
  return x > 0.5 ? std::sin(kPi * (1 - x)) : std::sin(kPi * x);
}

}  // namespace

double digamma_of(double x) {
  if (x == 0) return std::copysign(kInfinity, -x);
  double reflected = 0;
  if (x < 0) {
    if (x == std::trunc(x)) return kNaN;
    reflected = -kPi / std::tan(kPi * (x - std::trunc(x)));
    x = 1 - x;
  }
  // Upwards to where the asymptotic series (DLMF 5.11.2) has all digits.
  double shift = 0;
  for (; x < 10; x += 1) shift -= 1 / x;
  const double z = 1 / (x * x);
  const double series =
      z *
      (1. / 12 -
       z * (1. / 120 -
            z * (1. / 252 - z * (1. / 240 - z * (1. / 132 - z * (691. / 32760 - z * (1. / 12)))))));
  if (std::isinf(x)) return reflected + x;
  return reflected + shift + std::log(x) - 0.5 / x - series;
}

double trigamma_of(double x) {
  if (x < 0.5) {  // DLMF 5.15.6
    const double s = sin_pi(x - std::floor(x));
    return kPi * kPi / (s * s) - trigamma_of(1 - x);
  }
  double shift = 0;
  for (; x < 10; x += 1) shift += 1 / (x * x);
  const double z = 1 / (x * x);
  const double series =
      z * (1. / 6 -
           z * (1. / 30 -
                z * (1. / 42 - z * (1. / 30 - z * (5. / 66 - z * (691. / 2730 - z * (7. / 6)))))));
  return shift + (1 + 0.5 / x + series) / x;
}

double polygamma_of(int64_t n, double x) {
  if (n == 0) return digamma_of(x);
  if (n == 1) return trigamma_of(x);
  return (n % 2 ? 1.0 : -1.0) * std::tgamma(double(n) + 1) * zeta_of(double(n) + 1, x);
}

double zeta_of(double s, double q) {
  if (s == 1) return kInfinity;
  if (s < 1) return kNaN;
  if (q <= 0) {
    if (q == std::floor(q)) return kInfinity;
    if (s != std::floor(s)) return kNaN;
    if (q < -1) {
      // Terms up to 0 are those of two zeta functions of positive arguments, so that a far
      // negative q takes no more steps than a near one.
      const double fraction = q - std::floor(q), sign = std::fmod(s, 2) == 1 ? -1 : 1;
      const double near = zeta_of(s, fraction);
      if (sign == 1 && near == kInfinity) return near;
      // Of halves and odd powers the first two cancel, exactly.
      return (near + sign * zeta_of(s, 1 - fraction)) - sign * zeta_of(s, 1 - q);
    }
  }
  // Euler-Maclaurin summation (DLMF 25.11.28): nine terms, then B_2k / (2k)!.
  static constexpr double kBernoulli[] = {
      8.33333333333333333e-2,   -1.38888888888888889e-3,  3.30687830687830688e-5,
      -8.26719576719576720e-7,  2.08767569878680990e-8,   -5.28419013868749318e-10,
      1.33825365306846788e-11,  -3.38968029632258287e-13, 8.58606205627784456e-15,
      -2.17486869855806187e-16, 5.50900282836022952e-18,  -1.39544646858125233e-19};
  double sum = 0, term = 0, at = q;
  for (int i = 0; i < 9 || at <= 9; ++i, at += 1) {
    term = std::pow(at, -s);
    sum += term;
    if (std::fabs(term) < 1e-17 * std::fabs(sum)) return sum;
  }
  // The sum so far leaves out at, at + 1, ...: the integral, half the first term, corrections.
  term = std::pow(at, -s);
  sum += term * at / (s - 1) + 0.5 * term;
  double factor = s, power = term / at;
  for (int k = 0; k < 12; ++k) {
    const double correction = kBernoulli[k] * factor * power;
    sum += correction;
    if (std::fabs(correction) < 1e-17 * std::fabs(sum)) break;
    factor *= (s + 2 * k + 1) * (s + 2 * k + 2);
    power /= at * at;
  }
  return sum;
}

// --- incomplete gamma functions
namespace {

constexpr double kTemme0[] = {
    -3.33333333333333333e-1,  8.33333333333333333e-2,  -1.48148148148148148e-2,
    1.15740740740740741e-3,   3.527336860670194e-4,    -1.78755144032921811e-4,
    3.91926317852243778e-5,   -2.18544851067999216e-6, -1.85406221071515996e-6,
    8.29671134095308601e-7,   -1.76659527368260793e-7, 6.70785354340149858e-9,
    1.0261809784240308e-8,    -4.38203601845335319e-9, 9.14769958223679023e-10,
    -2.55141939949462498e-11, -5.83077213255042507e-11};
constexpr double kTemme1[] = {
    -1.85185185185185185e-3, -3.47222222222222222e-3,  2.6455026455026455e-3,
    -9.90226337448559671e-4, 2.05761316872427984e-4,   -4.01877572016460905e-7,
    -1.80985503344899778e-5, 7.64916091608111008e-6,   -1.6120900894563446e-6,
    4.64712780280743434e-9,  1.37863344691572096e-7,   -5.75254560351770496e-8,
    1.19516285997781473e-8,  -1.75432417197476476e-11, -1.00915437106004126e-9,
    4.16279299184258264e-10, -8.56390702649298064e-11};
constexpr double kTemme2[] = {
    4.1335978835978836e-3,   -2.68132716049382716e-3, 7.71604938271604938e-4,
    2.00938786008230453e-6,  -1.07366532263651605e-4, 5.29234488291201254e-5,
    -1.27606351886187277e-5, 3.42357873409613807e-8,  1.37219573090629332e-6,
    -6.29899213838005502e-7, 1.42806142060642418e-7,  -2.0477098421990866e-10,
    -1.40925299108675211e-8, 6.22897408492202203e-9,  -1.36704883966171135e-9,
    9.4283561590146782e-13,  1.28722524000893181e-10};

double polynomial(const double* c, int n, double x) {
  double sum = 0;
  while (n--) sum = sum * x + c[n];
  return sum;
}

// log(1 + m) - m
double log1p_minus(double m) {
  if (std::fabs(m) > 0.35) return std::log1p(m) - m;
  double sum = 0, power = -m;
  for (int k = 2; k < 60; ++k) {
    power *= -m;
    const double term = -power / k;
    sum += term;
    if (std::fabs(term) < 1e-18 * std::fabs(sum)) break;
  }
  return sum;
}

// x^a e^-x / Gamma(a + 1), without overflow and with the digits of a - x.
double scaled_power(double a, double x) {
  if (a < 10) return std::exp(a * std::log(x) - x - std::lgamma(a + 1));
  const double z = 1 / (a * a);
  const double stirling = (1. / 12 - z * (1. / 360 - z * (1. / 1260 - z / 1680))) / a;
  const double exponent =
      x < 0.5 * a ? a * std::log(x / a) + (a - x) : a * log1p_minus((x - a) / a);
  return std::exp(exponent - stirling) / std::sqrt(2 * kPi * a);
}

double lower_series(double a, double x) {  // DLMF 8.11.4
  double term = 1, sum = 1;
  for (int n = 1; n < 20000 && term > 1e-17 * sum; ++n) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * scaled_power(a, x);
}

double upper_fraction(double a, double x) {  // DLMF 8.9.2, by Lentz's method
  double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
  for (int n = 1; n < 20000; ++n) {
    const double numerator = n * (a - n);
    b += 2;
    d = numerator * d + b;
    c = b + numerator / c;
    if (d == 0) d = 1e-300;
    if (c == 0) c = 1e-300;
    d = 1 / d;
    h *= c * d;
    if (std::fabs(c * d - 1) < 1e-16) break;
  }
  return h * a * scaled_power(a, x);
}

// 1 - P for small x and a, where P is close to 1 (DLMF 8.7.3).
double upper_series(double a, double x) {
  double factor = 1, sum = 0;
  for (int n = 1; n < 200; ++n) {
    factor *= -x / n;
    const double term = factor / (a + n);
    sum += term;
    if (std::fabs(term) <= 1e-17 * std::fabs(sum)) break;
  }
  const double log_x = std::log(x);
  // log Gamma(1 + a), whose first digits 1 + a would drop for small a
  const double log_gamma = a < 1e-4
                               ? a * (-0.57721566490153286061 +
                                      a * (0.82246703342411321824 - a * 0.40068563438653142847))
                               : std::lgamma(1 + a);
  return -std::expm1(a * log_x - log_gamma) - a * std::exp(a * log_x - log_gamma) * sum;
}

// For large a, x near a: Temme's uniform expansion (DLMF 8.12.3, 8.12.4, 8.12.7).
double uniform(double a, double x, bool upper) {
  const double m = (x - a) / a, half_square = -log1p_minus(m);
  const double eta = std::copysign(std::sqrt(2 * half_square), m);
  const double series = polynomial(kTemme0, std::size(kTemme0), eta) +
                        (polynomial(kTemme1, std::size(kTemme1), eta) +
                         polynomial(kTemme2, std::size(kTemme2), eta) / a) /
                            a;
  const double rest = std::exp(-a * half_square) / std::sqrt(2 * kPi * a) * series;
  const double at = eta * std::sqrt(0.5 * a);
  return upper ? 0.5 * std::erfc(at) + rest : 0.5 * std::erfc(-at) - rest;
}

double incomplete_gamma(double a, double x, bool upper) {
  const double none = upper ? 1 : 0, all = upper ? 0 : 1;
  if (a < 0 || x < 0) return kNaN;
  if (a == 0) return x > 0 ? all : kNaN;
  if (x == 0) return none;
  if (std::isinf(a)) return std::isinf(x) ? kNaN : none;
  if (std::isinf(x)) return all;
  if (std::isnan(a) || std::isnan(x)) return kNaN;
  if (a > 10000 && std::fabs(x - a) < 0.3 * a) return uniform(a, x, upper);
  if (x > 1.1 && x >= a + 1) {
    const double q = upper_fraction(a, x);
    return upper ? q : 1 - q;
  }
  if (upper && x <= 1.1 && a < 1) return upper_series(a, x);
  const double p = lower_series(a, x);
  return upper ? 1 - p : p;
}

}  // namespace

double lower_gamma_of(double a, double x) { return incomplete_gamma(a, x, false); }
double upper_gamma_of(double a, double x) { return incomplete_gamma(a, x, true); }

}  // namespace tg
