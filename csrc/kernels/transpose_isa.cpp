// Transposed copies, compiled once per instruction set. See transpose.h.
#include "kernels/transpose.h"

#include "kernels/gemm_lanes.h"

namespace tg::TG_ISA {
namespace {

// T stands for any item of its size: it is moved, not computed with.
template <class T>
void transpose_items(char* to, int64_t to_row, const char* from, int64_t from_row, int64_t rows,
                     int64_t columns) {
  constexpr int64_t kWidth = kLanes<T>, kItem = sizeof(T);
  if (rows < kWidth || columns < kWidth) {
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < columns; ++j)
        __builtin_memcpy(to + i * to_row + j * kItem, from + j * from_row + i * kItem, kItem);
    return;
  }
  for (int64_t next_j = 0; next_j < columns; next_j += kWidth)
    for (int64_t next_i = 0; next_i < rows; next_i += kWidth) {
      // The last squares reach back over the ones before.
      const int64_t j = next_j + kWidth <= columns ? next_j : columns - kWidth;
      const int64_t i = next_i + kWidth <= rows ? next_i : rows - kWidth;
      typename Simd<T>::Vec square[kWidth];
      const char* const source = from + j * from_row + i * kItem;
#pragma GCC unroll 16
      for (int k = 0; k < kWidth; ++k)
        load<T>(square[k], reinterpret_cast<const T*>(source + k * from_row));
      transpose<T>(square);
      char* const target = to + i * to_row + j * kItem;
#pragma GCC unroll 16
      for (int k = 0; k < kWidth; ++k)
        store<T>(reinterpret_cast<T*>(target + k * to_row), square[k]);
    }
}

}  // namespace

extern const TransposeKernels transpose_kernels{&transpose_items<float>, &transpose_items<double>};

}  // namespace tg::TG_ISA
