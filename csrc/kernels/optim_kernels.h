// What optim.cpp and optim_isa.cpp, which is compiled once per instruction set, know of each other.
#pragma once

#include <cstdint>

namespace tg {

// One parameter and its state. Pointers to state that is not in use are null.
struct OptimArrays {
  void* param;
  const void* grad;
  void* state[3];
  bool half = false;  // of 16-bit numbers: float16, not bfloat16
};
// A rule for elements [begin, end).
using OptimLoop = void (*)(const void* factors, const OptimArrays& arrays, int64_t begin,
                           int64_t end);
struct OptimLoops {
  OptimLoop sgd, adagrad, adam, rmsprop;
};
struct OptimKernels {
  OptimLoops of_float, of_double, of_short;
};

// The options of a step, as the loops need them.
struct GradientFactors {
  double weight_decay;
  bool maximize;
};
struct SgdFactors {
  GradientFactors gradient;
  double minus_lr, momentum, share;
  bool nesterov, first;
};
struct AdagradFactors {
  GradientFactors gradient;
  double minus_lr, eps;
};
struct AdamFactors {
  GradientFactors gradient;
  double kept, weight1, beta2, weight2, eps, minus_step, correction;
};
struct RmspropFactors {
  GradientFactors gradient;
  double minus_lr, alpha, share, eps, momentum;
};

}  // namespace tg
