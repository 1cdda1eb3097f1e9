// Sums over the coordinates of one row against a tile of others.
#include "kernels/cdist_kernels.h"
#include "kernels/lane.h"

namespace tg::TG_ISA {
extern const CdistKernels cdist_kernels;
namespace {

template <class T, bool squares>
void sum_of_differences(const T* x, const T* tile, int64_t m, T* sums) {
  constexpr int kWidth = Lane<T>::Format::kCount, kHeld = 4;  // in registers while k runs
  for (int64_t l = 0; l < kPairTile; l += kWidth * kHeld) {
    Lane<T> sum[kHeld];
#pragma GCC unroll 4
    for (int v = 0; v < kHeld; ++v) sum[v] = 0;
    for (int64_t k = 0; k < m; ++k) {
      const Lane<T> a = x[k];
      const T* const b = tile + k * kPairTile + l;
#pragma GCC unroll 4
      for (int v = 0; v < kHeld; ++v) {
        const Lane<T> d = a - load<T>(b + v * kWidth, kWidth);
        sum[v] = squares ? fused(d, d, sum[v]) : sum[v] + abs(d);
      }
    }
#pragma GCC unroll 4
    for (int v = 0; v < kHeld; ++v) store(sums + l + v * kWidth, sum[v], kWidth);
  }
}

template <class T, bool signs>
void add_slopes(const T* x, const T* y, int64_t step, int64_t r, const T* weights, T* sums) {
  constexpr int kWidth = Lane<T>::Format::kCount, kHeld = 4;
  for (int64_t l = 0; l < kPairTile; l += kWidth * kHeld) {
    Lane<T> sum[kHeld], a[kHeld];
#pragma GCC unroll 4
    for (int v = 0; v < kHeld; ++v) {
      sum[v] = load<T>(sums + l + v * kWidth, kWidth);
      a[v] = load<T>(x + l + v * kWidth, kWidth);
    }
    for (int64_t j = 0; j < r; ++j) {
      const Lane<T> b = y[j * step];
      const T* const weight = weights + j * kPairTile + l;
#pragma GCC unroll 4
      for (int v = 0; v < kHeld; ++v) {
        const Lane<T> d = a[v] - b;
        const Lane<T> slope =
            signs ? where(d > 0, Lane<T>(1), where(d < 0, Lane<T>(-1), Lane<T>(0))) : d;
        sum[v] = fused(load<T>(weight + v * kWidth, kWidth), slope, sum[v]);
      }
    }
#pragma GCC unroll 4
    for (int v = 0; v < kHeld; ++v) store(sums + l + v * kWidth, sum[v], kWidth);
  }
}

template <class T>
constexpr PairKernels<T> pairs{sum_of_differences<T, false>, sum_of_differences<T, true>,
                               add_slopes<T, true>, add_slopes<T, false>};

}  // namespace

const CdistKernels cdist_kernels{pairs<float>, pairs<double>};

}  // namespace tg::TG_ISA
