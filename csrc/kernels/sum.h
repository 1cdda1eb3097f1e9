// Sums of dense floats and doubles, compiled once per instruction set. Plain sums go in PyTorch's
// order, so that losses and gradients agree to the last bit. Also means and sums of squared
// deviations from them.
#pragma once

#include <cstdint>
#include <type_traits>

namespace tg {

// The mean and the sum of squared deviations from it, in double.
struct Moments {
  double mean, squares;
};
// Those of n + m elements from those of n and of m. Static: it is compiled per instruction set.
static inline Moments joined(Moments a, int64_t n, Moments b, int64_t m) {
  const double share = static_cast<double>(m) / static_cast<double>(n + m);
  const double distance = b.mean - a.mean;
  return {a.mean + distance * share,
          a.squares + b.squares + distance * distance * (static_cast<double>(n) * share)};
}

template <class T>
struct SumKernelsOf {
  T (*sum)(const T* x, int64_t n);
  // Of `width` dense columns, whose rows are `pitch` elements apart.
  void (*columns)(const T* x, int64_t rows, int64_t pitch, int64_t width, T* sums);
  T (*product)(const T* x, int64_t n);
  T (*squares)(const T* x, int64_t n);
  // Of few elements, so that they stay in the nearest cache.
  Moments (*moments)(const T* x, int64_t n);
  // Of `width` dense columns, at most kWidest, in blocks of rows that are joined.
  void (*column_moments)(const T* x, int64_t rows, int64_t pitch, int64_t width, Moments* moments);
  // out = (x - mean) * factor
  void (*center)(const T* x, T* out, int64_t n, double mean, double factor);
  void (*center_columns)(const T* x, T* out, int64_t width, const double* means,
                         const double* factors);
};
struct SumKernels {
  SumKernelsOf<float> of_float;
  SumKernelsOf<double> of_double;
  int64_t (*of_integers)(const int64_t* x, int64_t n);
  static constexpr int64_t kWidest = 512;  // columns with moments
};
const SumKernels& sum_kernels_of_machine();
template <class T>
const SumKernelsOf<T>& sum_kernels() {
  if constexpr (std::is_same_v<T, float>)
    return sum_kernels_of_machine().of_float;
  else
    return sum_kernels_of_machine().of_double;
}

}  // namespace tg
