// Sums of dense floats and doubles, compiled once per instruction set. Plain sums go in PyTorch's
// order, so that losses and gradients agree to the last bit.
#pragma once

#include <cstdint>
#include <type_traits>

namespace tg {

template <class T>
struct SumKernelsOf {
  T (*sum)(const T* x, int64_t n);
  // Of `width` dense columns, whose rows are `pitch` elements apart.
  void (*columns)(const T* x, int64_t rows, int64_t pitch, int64_t width, T* sums);
  T (*squares)(const T* x, int64_t n);
  // In double precision throughout.
  double (*exact)(const T* x, int64_t n);
  double (*deviations)(const T* x, int64_t n, double mean);  // of (x - mean)^2
};
struct SumKernels {
  SumKernelsOf<float> of_float;
  SumKernelsOf<double> of_double;
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
