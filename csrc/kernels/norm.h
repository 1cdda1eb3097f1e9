// Normalisation to mean 0 and variance 1, and its gradients, on dense memory, for float and double.
// `rstd` is 1 / sqrt(variance + eps). Pointers to what is not wanted or not given are null.
#pragma once

#include <cstdint>

namespace tg {

// [rows, n]: each row by its own mean and rstd, weight and bias of n elements. Without `centered`
// the mean counts as 0, the variance is that of the squares, and `mean` is not used.
template <class T>
struct RowNorm {
  int64_t rows, n;
  bool centered;
  const T *x, *weight;
  T *mean, *rstd;
  void forward(const T* bias, double eps, T* out) const;
  void backward(const T* g, T* x_grad, T* weight_grad, T* bias_grad) const;
};

// [batch, channels, places]: each channel over batch and places.
template <class T>
struct ChannelNorm {
  int64_t batch, channels, places;
  const T *x, *weight;
  T *mean, *rstd;
  // Mean and (biased) variance.
  void moments(double* variance) const;
  void forward(const T* bias, T* out) const;
  // With `fixed` the statistics do not depend on x.
  void backward(const T* g, bool fixed, T* x_grad, T* weight_grad, T* bias_grad) const;
};

// [batch, groups, channels, places]: each group over its channels and places; weight and bias of
// groups * channels elements.
template <class T>
struct GroupNorm {
  int64_t batch, groups, channels, places;
  const T *x, *weight;
  T *mean, *rstd;
  void forward(const T* bias, double eps, T* out) const;
  void backward(const T* g, T* x_grad, T* weight_grad, T* bias_grad) const;
};

}  // namespace tg
