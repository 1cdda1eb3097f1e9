// The sum of dense floats in PyTorch's order, so that losses and gradients agree to the last bit.
#pragma once

#include <cstdint>

namespace tg {

float dense_sum(const float* x, int64_t n);
double dense_sum(const double* x, int64_t n);

// What sum.cpp and sum_isa.cpp, which is compiled once per instruction set, know of each other.
struct SumKernels {
  float (*of_float)(const float* x, int64_t n);
  double (*of_double)(const double* x, int64_t n);
};

}  // namespace tg
