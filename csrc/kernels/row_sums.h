// Sums over rows of float and double, for *_isa.cpp files: vectors over short blocks, the blocks in
// double. So the error stays at a few ULP for rows of any length.
#pragma once

#include "kernels/gemm_lanes.h"

namespace tg::TG_ISA {
namespace {

constexpr int64_t kSumBlock = 1024;

// Adds term(i) over [0, n): vec(i) gives the vector of terms from i on.
template <class T, class Vector, class Term>
TG_INLINE double sum_of(int64_t n, const Vector& vec, const Term& term) {
  using Vec = typename Simd<T>::Vec;
  constexpr int64_t kWidth = kLanes<T>;
  double total = 0;
  int64_t i = 0;
  while (n - i >= kWidth) {
    const int64_t end = n - i < kSumBlock ? n : i + kSumBlock;
    Vec sums[4] = {};
    for (; end - i >= 4 * kWidth; i += 4 * kWidth)
#pragma GCC unroll 4
      for (int u = 0; u < 4; ++u) sums[u] += vec(i + u * kWidth);
    for (; end - i >= kWidth; i += kWidth) sums[0] += vec(i);
    const Vec all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    total += static_cast<double>(sum_lanes<T>(all));
  }
  T rest = 0;
  for (; i < n; ++i) rest += term(i);
  return total + static_cast<double>(rest);
}

template <class T>
TG_INLINE typename Simd<T>::Vec at(const T* p) {
  typename Simd<T>::Vec v;
  load<T>(v, p);
  return v;
}

template <class T>
double sum(const T* x, int64_t n) {
  return sum_of<T>(n, [&](int64_t i) { return at(x + i); }, [&](int64_t i) { return x[i]; });
}

}  // namespace
}  // namespace tg::TG_ISA
