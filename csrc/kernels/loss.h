// Loops of the losses that pick elements by class, on float and double. Input is [batch, classes,
// places], targets are [batch, places].
#pragma once

#include <algorithm>
#include <cstdint>

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

// -weight[target] * input[target] of each target into `out`, 0 where ignored. `weight` may be null.
template <class T>
void class_losses(const ClassPlan& plan, const T* input, const int64_t* target, const T* weight,
                  T* out) {
  std::fill_n(out, plan.batch * plan.places, T(0));
  for_each_target(plan, target, [&](int64_t i, int64_t c, int64_t at) {
    out[i] = weight ? -input[at] * weight[c] : -input[at];
  });
}

// Their sum, and the sum of the weights.
struct ClassTotals {
  double loss = 0, weight = 0;
};
template <class T>
ClassTotals class_totals(const ClassPlan& plan, const T* input, const int64_t* target,
                         const T* weight) {
  ClassTotals totals;
  for_each_target(plan, target, [&](int64_t, int64_t c, int64_t at) {
    const double w = weight ? static_cast<double>(weight[c]) : 1;
    totals.weight += w;
    totals.loss -= w * static_cast<double>(input[at]);
  });
  return totals;
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

}  // namespace tg
