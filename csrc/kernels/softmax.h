// Softmax and what goes with it, for float and double, compiled once per instruction set. The
// greatest element is subtracted before exp, so nothing overflows; a line of -inf, or with +inf in
// it, gives NaN. Lines that are rows have kernels of their own, those that lie side by side go in
// tiles of columns.
#pragma once

#include <cstdint>

namespace tg {

struct Lines;  // kernels/lines.h

// Lines of n elements: `count` rows, or as many columns, side by side, in a memory whose rows are
// `pitch` elements apart (and at most kWidest of them).
template <class T>
struct SoftmaxKernelsOf {
  void (*rows)(const T* in, T* out, int64_t count, int64_t n, bool logarithm);
  void (*columns)(const T* in, T* out, int64_t count, int64_t n, int64_t pitch, bool logarithm);
  // out = (grad - sum(grad * y)) * y, or grad - exp(y) * sum(grad) of the logarithm.
  void (*row_gradients)(const T* grad, const T* y, T* out, int64_t count, int64_t n,
                        bool logarithm);
  void (*column_gradients)(const T* grad, const T* y, T* out, int64_t count, int64_t n,
                           int64_t pitch, bool logarithm);
  // The greatest element of each line and the sum of the exponentials of x less that, which are
  // written to `out` unless it is null. `finite`: infinite greatest elements count as 0.
  void (*row_sums)(const T* in, T* out, int64_t count, int64_t n, bool finite, T* greatest,
                   T* total);
  void (*column_sums)(const T* in, T* out, int64_t count, int64_t n, int64_t pitch, bool finite,
                      T* greatest, T* total);
  // out = exp(x - shift) * scale, where lines have a shift and a scale each.
  void (*row_shares)(const T* in, T* out, int64_t count, int64_t n, const T* shift, const T* scale);
  void (*column_shares)(const T* in, T* out, int64_t count, int64_t n, int64_t pitch,
                        const T* shift, const T* scale);
};
struct SoftmaxKernels {
  SoftmaxKernelsOf<float> of_float;
  SoftmaxKernelsOf<double> of_double;
  static constexpr int kWidest = 1024;  // columns at a time
};
const SoftmaxKernels& softmax_kernels();  // of this machine's instruction set

// Over all lines; `out` is as large as `in`. T: float or double.
template <class T>
void softmax_along(const Lines& lines, const T* in, T* out, bool logarithm);
template <class T>
void softmax_gradient_along(const Lines& lines, const T* grad, const T* y, T* out, bool logarithm);
// The exponentials of `count` rows less their greatest elements, into `out` unless that is null;
// `total` gets their sums.
template <class T>
void softmax_sums(const T* in, T* out, int64_t count, int64_t n, T* greatest, T* total);
// `result` and `grad` are [outer, inner]. Lines of -inf give -inf.
template <class T>
void logsumexp_along(const Lines& lines, const T* in, T* result);
template <class T>
void logsumexp_gradient_along(const Lines& lines, const T* in, const T* result, const T* grad,
                              T* out);

}  // namespace tg
