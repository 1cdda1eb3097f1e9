// What norm.cpp and norm_isa.cpp, which is compiled once per instruction set, know of each other.
#pragma once

#include <cstdint>

namespace tg {

template <class T>
struct NormKernelsOf {
  // One run of n elements. Sums are taken in vectors over short blocks, the blocks in double.
  double (*sum)(const T* x, int64_t n);
  double (*squares)(const T* x, int64_t n, T mean);  // of x - mean
  void (*products)(const T* g, const T* x, int64_t n, T mean,
                   double* sums);  // adds g and g * (x - mean)
  void (*apply)(const T* x, T* out, int64_t n, T mean, T scale,
                T shift);  // (x - mean) * scale + shift
  void (*gradient)(const T* g, const T* x, T* out, int64_t n, T mean, T of_g, T of_x,
                   T shift);  // g * of_g + (x - mean) * of_x + shift
  // A row with a weight and a shift for each element; either may be null.
  void (*apply_row)(const T* x, T* out, int64_t n, T mean, T scale, const T* weight,
                    const T* shift);
  // Adds g w and g w (x - mean).
  void (*row_products)(const T* g, const T* x, const T* weight, int64_t n, T mean, double* sums);
  // out = scale * (g w - mean_g - (x - mean) * mean_gx)
  void (*row_gradient)(const T* g, const T* x, const T* weight, T* out, int64_t n, T mean, T scale,
                       T mean_g, T mean_gx);
  // weight_grad += g (x - mean) scale, shift_grad += g; either may be null.
  void (*row_affine_gradient)(const T* g, const T* x, int64_t n, T mean, T scale, T* weight_grad,
                              T* shift_grad);
  // The same for the n columns of `rows` rows.
  void (*column_sums)(const T* x, int64_t rows, int64_t n, double* sums);
  void (*column_squares)(const T* x, int64_t rows, int64_t n, const T* mean, double* sums);
  void (*column_products)(const T* g, const T* x, int64_t rows, int64_t n, const T* mean,
                          double* sums_g, double* sums_gx);
  void (*column_apply)(const T* x, T* out, int64_t rows, int64_t n, const T* mean, const T* scale,
                       const T* shift);
  void (*column_gradient)(const T* g, const T* x, T* out, int64_t rows, int64_t n, const T* mean,
                          const T* of_g, const T* of_x, const T* shift);
};

struct NormKernels {
  NormKernelsOf<float> of_float;
  NormKernelsOf<double> of_double;
};

}  // namespace tg
