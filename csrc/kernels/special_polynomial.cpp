// Orthogonal polynomials, by their recurrences (NIST Digital Library of Mathematical Functions,
// 18.9) or, where the degree is large, by closed forms and leading terms for large degrees, so that
// no degree takes more than a bounded time. Values past the range of double are NaN, as in PyTorch,
// where the recurrence goes on past infinity.
#include "core/dtype.h"
#include "kernels/special.h"

namespace tg {
namespace {

constexpr int64_t kLargeDegree = 100'000;

double in_range(double value) { return std::isinf(value) ? kNaN : value; }
bool is_even(int64_t n) { return n % 2 == 0; }

// p_0 = 1, p_1 = first, p_k+1 = (a_k p_k - b_k p_k-1) / c_k; `step` gives the next one.
double recurrence(int64_t n, double first, auto step) {
  double older = 1, newer = first;
  for (int64_t k = 1; k < n && newer == newer; ++k) {
    const double next = step(double(k), newer, older);
    older = newer;
    newer = next;
  }
  return newer;
}

enum Kind { kT, kU, kV, kW };

// The four kinds are cos(n t), sin((n + 1) t) / sin(t), cos((n + 1/2) t) / cos(t / 2) and
// sin((n + 1/2) t) / sin(t / 2) with x = cos(t); outside [-1, 1] hyperbolic (DLMF 18.5).
double closed_chebyshev(Kind kind, double x, double n) {
  if (std::fabs(x) <= 1) {
    const double t = std::acos(x);
    switch (kind) {
      case kT:
        return std::cos(n * t);
      case kU:
        return std::sin((n + 1) * t) / std::sin(t);
      case kV:
        return std::cos((n + 0.5) * t) / std::cos(0.5 * t);
      default:
        return std::sin((n + 0.5) * t) / std::sin(0.5 * t);
    }
  }
  const double t = std::acosh(std::fabs(x));
  double value;
  if (kind == kT)
    value = std::cosh(n * t);
  else if (kind == kU)
    value = std::sinh((n + 1) * t) / std::sinh(t);
  else if ((kind == kV) == (x > 0))
    value = std::cosh((n + 0.5) * t) / std::cosh(0.5 * t);
  else
    value = std::sinh((n + 0.5) * t) / std::sinh(0.5 * t);
  return in_range(x < 0 && std::fmod(n, 2) != 0 ? -value : value);
}

double chebyshev(Kind kind, double x, double degree) {
  const int64_t n = convert<int64_t>(degree);
  if (n < 0) return 0;
  if (n == 0) return 1;
  if (std::fabs(x) == 1) {  // where the closed forms are 0 / 0
    const double count = double(n), sign = x > 0 || is_even(n) ? 1 : -1;
    switch (kind) {
      case kT:
        return sign;
      case kU:
        return sign * (count + 1);
      case kV:
        return x > 0 ? 1 : sign * (2 * count + 1);
      default:
        return x > 0 ? 2 * count + 1 : sign;
    }
  }
  if (n > (std::fabs(x) < 1 ? 8 : kLargeDegree)) return closed_chebyshev(kind, x, double(n));
  const double first = kind == kT ? x : kind == kU ? 2 * x : kind == kV ? 2 * x - 1 : 2 * x + 1;
  return recurrence(n, first,
                    [x](double, double newer, double older) { return 2 * x * newer - older; });
}

}  // namespace

double chebyshev_t_of(double x, double n) { return chebyshev(kT, x, n); }
double chebyshev_u_of(double x, double n) { return chebyshev(kU, x, n); }
double chebyshev_v_of(double x, double n) { return chebyshev(kV, x, n); }
double chebyshev_w_of(double x, double n) { return chebyshev(kW, x, n); }
double shifted_chebyshev_t_of(double x, double n) { return chebyshev(kT, x + x - 1, n); }
double shifted_chebyshev_u_of(double x, double n) { return chebyshev(kU, x + x - 1, n); }
double shifted_chebyshev_v_of(double x, double n) { return chebyshev(kV, x + x - 1, n); }
double shifted_chebyshev_w_of(double x, double n) { return chebyshev(kW, x + x - 1, n); }

double hermite_h_of(double x, double degree) {
  const int64_t n = convert<int64_t>(degree);
  if (n < 0) return 0;
  if (n == 0) return 1;
  if (n > 512) return kNaN;
  return recurrence(n, 2 * x, [x](double k, double newer, double older) {
    return 2 * x * newer - 2 * k * older;
  });
}
double hermite_he_of(double x, double degree) {
  const int64_t n = convert<int64_t>(degree);
  if (n < 0) return 0;
  if (n == 0) return 1;
  if (n > 512) return kNaN;
  return recurrence(n, x,
                    [x](double k, double newer, double older) { return x * newer - k * older; });
}

double laguerre_l_of(double x, double degree) {
  const int64_t n = convert<int64_t>(degree);
  if (n < 0) return 0;
  if (n == 0 || x == 0) return 1;
  if (n > 100 * kLargeDegree) {  // DLMF 18.15.14 and Perron's formula
    const double root = std::sqrt(double(n)) * std::sqrt(std::fabs(x));
    const double scale = std::exp(0.5 * x) / std::sqrt(kPi * root);
    return in_range(x > 0 ? scale * std::cos(2 * root - 0.25 * kPi)
                          : 0.5 * scale * std::exp(2 * root));
  }
  return recurrence(n, 1 - x, [x](double k, double newer, double older) {
    return ((k + k + 1 - x) * newer - k * older) / (k + 1);
  });
}

double legendre_p_of(double x, double degree) {
  const int64_t n = convert<int64_t>(degree);
  if (n < 0) return 0;
  if (n == 0) return 1;
  const double sign = x > 0 || is_even(n) ? 1 : -1, size = std::fabs(x);
  if (size == 1) return sign;
  if (n > 100 * kLargeDegree) {  // DLMF 18.15.12, and 14.15 outside [-1, 1]
    const double count = double(n) + 0.5;
    if (size < 1) {
      const double t = std::acos(x);
      return std::sqrt(2 / (kPi * count * std::sin(t))) * std::cos(count * t - 0.25 * kPi);
    }
    const double t = std::acosh(size);
    return in_range(sign * std::exp(count * t) / std::sqrt(2 * kPi * count * std::sinh(t)));
  }
  return recurrence(n, x, [x](double k, double newer, double older) {
    return ((k + k + 1) * x * newer - k * older) / (k + 1);
  });
}

}  // namespace tg
