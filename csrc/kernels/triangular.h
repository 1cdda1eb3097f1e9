// Solution of T x = b for a triangular T, in place of b.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "kernels/gemm.h"

namespace tg {

// t: [n, n] with any strides, of which only the named triangle is read, and not its diagonal where
// `unit`. x: [n, m], contiguous: b on entry, the solution on return. Blocks of rows: a matrix
// product takes away what the rows solved before contribute, substitution does the rest. A zero on
// the diagonal gives infinities and NaN.
template <class T>
void solve_triangular(int64_t n, int64_t m, const T* t, int64_t row_stride, int64_t column_stride,
                      bool upper, bool unit, T* x) {
  constexpr int64_t kBlock = 32;
  const int64_t blocks = (n + kBlock - 1) / kBlock;
  std::unique_ptr<T[]> product;
  if (blocks > 1) product.reset(new T[size_t(kBlock * m)]);
  for (int64_t step = 0; step < blocks; ++step) {
    const int64_t begin = (upper ? blocks - 1 - step : step) * kBlock;
    const int64_t end = std::min(begin + kBlock, n), rows = end - begin;
    const int64_t first_solved = upper ? end : 0, solved = upper ? n - end : begin;
    if (solved) {
      gemm<T>(rows, m, solved, t + begin * row_stride + first_solved * column_stride, row_stride,
              column_stride, x + first_solved * m, m, 1, product.get(), m);
      T* out = x + begin * m;
      for (int64_t i = 0; i < rows * m; ++i) out[i] -= product[size_t(i)];
    }
    for (int64_t k = 0; k < rows; ++k) {
      const int64_t i = upper ? end - 1 - k : begin + k;
      T* row = x + i * m;
      for (int64_t j = upper ? i + 1 : begin; j < (upper ? end : i); ++j) {
        const T factor = t[i * row_stride + j * column_stride];
        const T* other = x + j * m;
        for (int64_t c = 0; c < m; ++c) row[c] -= factor * other[c];
      }
      if (unit) continue;
      const T diagonal = t[i * (row_stride + column_stride)];
      for (int64_t c = 0; c < m; ++c) row[c] /= diagonal;
    }
  }
}

}  // namespace tg
