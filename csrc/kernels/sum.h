// Sums of dense floats in PyTorch's order, so that losses and gradients agree to the last bit.
#pragma once

#include <cstdint>

namespace tg {

float dense_sum(const float* x, int64_t n);
double dense_sum(const double* x, int64_t n);
// Of `width` dense columns, whose rows are `pitch` elements apart.
void column_sums(const float* x, int64_t rows, int64_t pitch, int64_t width, float* sums);
void column_sums(const double* x, int64_t rows, int64_t pitch, int64_t width, double* sums);

// What sum.cpp and sum_isa.cpp, which is compiled once per instruction set, know of each other.
struct SumKernels {
  float (*of_float)(const float* x, int64_t n);
  double (*of_double)(const double* x, int64_t n);
  void (*of_float_columns)(const float* x, int64_t rows, int64_t pitch, int64_t width, float* sums);
  void (*of_double_columns)(const double* x, int64_t rows, int64_t pitch, int64_t width,
                            double* sums);
};

}  // namespace tg
