// Loops of the losses that pick elements by class, on float and double. Input is [batch, classes,
// places], targets are [batch, places].
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "kernels/loops.h"

namespace tg {

struct ClassPlan {
  int64_t batch, classes, places;
  int64_t ignore_index;
};

// each(i, class, at): target i is a class and its input lies at `at`; targets that are ignored are
// left out.
template <class Each>
void for_each_target(const ClassPlan& plan, const int64_t* target, const Each& each) {
  int64_t i = 0;
  for (int64_t n = 0; n < plan.batch; ++n)
    for (int64_t p = 0; p < plan.places; ++p, ++i)
      if (target[i] != plan.ignore_index)
        each(i, target[i], (n * plan.classes + target[i]) * plan.places + p);
}

// -weight[target] * input(i, at) of each target into `out`, 0 where ignored. `weight` may be null.
template <class T, class Input>
void class_losses(const ClassPlan& plan, const Input& input, const int64_t* target, const T* weight,
                  T* out) {
  std::fill_n(out, plan.batch * plan.places, T(0));
  for_each_target(plan, target, [&](int64_t i, int64_t c, int64_t at) {
    out[i] = weight ? -input(i, at) * weight[c] : -input(i, at);
  });
}

// Their sum, and the sum of the weights.
struct ClassTotals {
  double loss = 0, weight = 0;
};
template <class T, class Input>
ClassTotals class_totals(const ClassPlan& plan, const Input& input, const int64_t* target,
                         const T* weight) {
  ClassTotals totals;
  for_each_target(plan, target, [&](int64_t i, int64_t c, int64_t at) {
    const double w = weight ? static_cast<double>(weight[c]) : 1;
    totals.weight += w;
    totals.loss -= w * static_cast<double>(input(i, at));
  });
  return totals;
}

// The same of 16-bit elements as PyTorch adds them: each step rounds to the element, and a tree of
// eight levels of partial sums keeps the error small.
template <class T>
ClassTotals short_class_totals(const ClassPlan& plan, const T* input, const int64_t* target,
                               const T* weight) {
  constexpr int kLevels = 8;
  const auto count = static_cast<uint64_t>(plan.batch * plan.places);
  const int power = std::max(4, int(std::bit_width(count - (count > 0))) / kLevels);
  const uint64_t mask = (uint64_t(1) << power) - 1;
  T losses[kLevels] = {}, weights[kLevels] = {};
  const auto add = [](T& to, float value) { to = T(float(to) + value); };
  int64_t counted = 0;
  for_each_target(plan, target, [&](int64_t i, int64_t c, int64_t at) {
    ++counted;
    const float x = float(input[at]), w = weight ? float(weight[c]) : 1;
    add(losses[0], -float(T(x * w)));
    if (weight) add(weights[0], w);
    for (int level = 0; level + 1 < kLevels; ++level) {
      if (uint64_t(i) & mask << level * power) break;
      add(losses[level + 1], float(std::exchange(losses[level], T(0.0f))));
      add(weights[level + 1], float(std::exchange(weights[level], T(0.0f))));
    }
  });
  const auto total = [&](const T* parts) {
    T sum(0.0f);
    for (int level = 0; level < kLevels; ++level) add(sum, float(parts[level]));
    return static_cast<double>(float(sum));
  };
  return {total(losses), weight ? total(weights) : static_cast<double>(float(T(float(counted))))};
}

// The gradient: -weight[target] * grad / divisor at each target, 0 elsewhere. `step` is 1 for a
// gradient per target, 0 for one of all.
template <class T>
void class_gradients(const ClassPlan& plan, const T* grad, int64_t step, const int64_t* target,
                     const T* weight, double divisor, T* out) {
  std::fill_n(out, plan.batch * plan.classes * plan.places, T(0));
  for_each_target(plan, target, [&](int64_t i, int64_t c, int64_t at) {
    const T w = weight ? weight[c] : T(1);
    out[at] = -w * grad[i * step] / static_cast<T>(divisor);
  });
}

// The same through log_softmax of rows, of which the exponentials and their sums are given.
template <class T>
void softmax_class_gradients(const ClassPlan& plan, const T* exponentials, const T* total,
                             const T* grad, int64_t step, const int64_t* target, const T* weight,
                             double divisor, T* out) {
  const int64_t n = plan.classes;
  parallel_for(plan.batch, 1 + kCheapGrain / (n + 1), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T* from = exponentials + i * n;
      T* to = out + i * n;
      const bool counts = target[i] != plan.ignore_index;
      const T w = counts ? (weight ? weight[target[i]] : T(1)) : T(0);
      const T g = w * grad[i * step] / static_cast<T>(divisor), scale = g / total[i];
      for (int64_t c = 0; c < n; ++c) to[c] = from[c] * scale;
      if (counts) to[target[i]] -= g;
    }
  });
}

}  // namespace tg
