// The cascade of additions behind dense_sum().
#include "kernels/sum.h"

namespace tg::TG_ISA {
extern const SumKernels sum_kernels;
namespace {

// kLanes running sums over four rows at once. Every 2^power rows they go into those of the next of
// four levels, so that the error grows with the fourth root of n (a cascade).
template <class T, int kLanes>
T cascade_sum(const T* x, int64_t n) {
  constexpr int kAhead = 4, kLevels = 4, kWidth = kAhead * kLanes;
  const int64_t vectors = n / kLanes, rows = vectors / kAhead;
  const int log2 = rows > 1 ? 64 - __builtin_clzll(uint64_t(rows - 1)) : 0;
  const int power = log2 / kLevels > 4 ? log2 / kLevels : 4;
  const int64_t step = int64_t{1} << power;
  T sums[kLevels][kWidth] = {};
  auto add_row = [&sums, x](int64_t row) {
    for (int l = 0; l < kWidth; ++l) sums[0][l] += x[row * kWidth + l];
  };
  int64_t row = 0;
  while (row + step <= rows) {
    for (const int64_t end = row + step; row < end; ++row) add_row(row);
    for (int level = 1; level < kLevels; ++level) {
      for (int l = 0; l < kWidth; ++l) {
        sums[level][l] += sums[level - 1][l];
        sums[level - 1][l] = 0;
      }
      if (row & ((step - 1) << (level * power))) break;
    }
  }
  for (; row < rows; ++row) add_row(row);
  T* sum = sums[0];
  for (int level = 1; level < kLevels; ++level)
    for (int l = 0; l < kWidth; ++l) sum[l] += sums[level][l];
  for (int64_t v = rows * kAhead; v < vectors; ++v)
    for (int l = 0; l < kLanes; ++l) sum[l] += x[v * kLanes + l];
  for (int k = 1; k < kAhead; ++k)
    for (int l = 0; l < kLanes; ++l) sum[l] += sum[k * kLanes + l];
  T total = 0;
  for (int64_t i = vectors * kLanes; i < n; ++i) total += x[i];
  for (int l = 0; l < kLanes; ++l) total += sum[l];
  return total;
}

template <class T>
T dense_sum(const T* x, int64_t n) {
  constexpr int kLanes = 32 / sizeof(T);  // of PyTorch's vectors, on every machine
  if (n >= kLanes) return cascade_sum<T, kLanes>(x, n);
  if (n >= 4) return cascade_sum<T, 1>(x, n);
  T total = 0;
  for (int64_t i = 0; i < n; ++i) total += x[i];
  return total;
}

}  // namespace

const SumKernels sum_kernels{dense_sum<float>, dense_sum<double>};

}  // namespace tg::TG_ISA
