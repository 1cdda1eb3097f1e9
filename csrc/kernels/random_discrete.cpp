// Transformed rejection (PTRS, Hoermann 1993a; BTRS, Hoermann 1993b) where means are large, and the
// plain methods (Knuth's product of uniforms; sums of geometric numbers, Kachitvichyanukul &
// Schmeiser 1988) where they are small.
#include "kernels/random_discrete.h"

#include <cmath>

namespace tg {

double next_unit(GeneratorState& state) {
  double u;
  fill_uniform(state, &u, 1, 0, 1);
  return u;
}

double draw_poisson(GeneratorState& state, double rate) {
  if (rate == 0) return 0;
  if (rate < 10) {
    const double least = std::exp(-rate);
    double product = 1;
    for (int64_t k = 0;; ++k) {
      product *= next_unit(state);
      if (product <= least) return static_cast<double>(k);
    }
  }
  const double root = std::sqrt(rate), log_rate = std::log(rate);
  const double b = 0.931 + 2.53 * root, a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = next_unit(state) - 0.5, v = next_unit(state);
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= v_r) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <=
        -rate + k * log_rate - std::lgamma(k + 1))
      return k;
  }
}

namespace {

// log(k!) minus Stirling's formula.
double stirling_rest(double k) {
  static constexpr double kSmall[] = {
      0.0810614667953272,  0.0413406959554092,  0.0276779256849983, 0.02079067210376509,
      0.0166446911898211,  0.0138761288230707,  0.0118967099458917, 0.0104112652619720,
      0.00925546218271273, 0.00833056343336287,
  };
  if (k <= 9) return kSmall[static_cast<size_t>(k)];
  const double square = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}

double binomial_by_sums(GeneratorState& state, double count, double p) {
  const double log_miss = std::log1p(-p);
  double trials = 0;
  for (double hits = 0;; ++hits) {
    const double step = std::ceil(std::log(next_unit(state)) / log_miss);
    trials += step;
    if (!(trials <= count)) return hits;
  }
}

double binomial_by_rejection(GeneratorState& state, double count, double p) {
  const double deviation = std::sqrt(count * p * (1 - p));
  const double b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double c = count * p + 0.5, v_r = 0.92 - 4.2 / b, odds = p / (1 - p);
  const double alpha = (2.83 + 5.1 / b) * deviation, m = std::floor((count + 1) * p);
  for (;;) {
    const double u = next_unit(state) - 0.5;
    double v = next_unit(state);
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + c);
    if (us >= 0.07 && v <= v_r) return k;
    if (k < 0 || k > count) continue;
    v = std::log(v * alpha / (a / (us * us) + b));
    const double bound = (m + 0.5) * std::log((m + 1) / (odds * (count - m + 1))) +
                         (count + 1) * std::log((count - m + 1) / (count - k + 1)) +
                         (k + 0.5) * std::log(odds * (count - k + 1) / (k + 1)) + stirling_rest(m) +
                         stirling_rest(count - m) - stirling_rest(k) - stirling_rest(count - k);
    if (v <= bound) return k;
  }
}

}  // namespace

double draw_binomial(GeneratorState& state, double count, double p) {
  if (!(count > 0) || !(p > 0)) return std::isnan(count) || std::isnan(p) ? NAN : 0;
  if (p >= 1) return count;
  if (p > 0.5) return count - draw_binomial(state, count, 1 - p);
  return count * p >= 10 ? binomial_by_rejection(state, count, p)
                         : binomial_by_sums(state, count, p);
}

}  // namespace tg
