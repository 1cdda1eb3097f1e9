// Packing for gemm_isa.cpp: copies an operand into panels that the micro-kernel reads front to
// back. A panel holds `lines` lines (rows of a, columns of b) as dst[p * step + line]. For
// *_isa.cpp files alone, as gemm_tile.h.
#pragma once

#include "kernels/gemm_lanes.h"

namespace tg::TG_ISA {
namespace {

// Lines that are contiguous along p. Whole vectors are stored, so up to kLanes - 1 elements behind
// the panel are overwritten; lanes without a line are zero. Groups go from the last to the first
// because each spills over the next p's first lanes, which the first group then writes.
template <class T>
void pack_along(const T* src, int64_t line_stride, int lines, int64_t k, T* dst, int64_t step) {
  using Vec = typename Simd<T>::Vec;
  constexpr int kWidth = kLanes<T>;
  for (int group = (lines - 1) / kWidth * kWidth; group >= 0; group -= kWidth) {
    const T* from = src + group * line_stride;
    const int count = lines - group < kWidth ? lines - group : kWidth;
    T* to = dst + group;
    Vec block[kWidth];
    for (int64_t p = 0; p < k; p += kWidth, from += kWidth) {
      const int rest = k - p < kWidth ? static_cast<int>(k - p) : kWidth;
      if (count == kWidth && rest == kWidth) {
#pragma GCC unroll 16
        for (int i = 0; i < kWidth; ++i) load<T>(block[i], from + i * line_stride);
      } else {
        const FirstOnly<T> few(rest);
#pragma GCC unroll 16
        for (int i = 0; i < kWidth; ++i) {
          block[i] = Vec{};
          if (i < count) few.load(block[i], from + i * line_stride);
        }
      }
      transpose<T>(block);
      if (rest == kWidth) {
#pragma GCC unroll 16
        for (int i = 0; i < kWidth; ++i) store<T>(to + i * step, block[i]);
      } else {
#pragma GCC unroll 16
        for (int i = 0; i < kWidth; ++i)
          if (i < rest) store<T>(to + i * step, block[i]);
      }
      to += kWidth * step;
    }
  }
}

// Lines that lie next to each other: a copy of `lines` elements for each p. Whole vectors are
// stored as above, but nothing is overwritten behind the panel.
template <class T>
void pack_across(const T* src, int64_t p_stride, int lines, int64_t k, T* dst, int64_t step) {
  using Vec = typename Simd<T>::Vec;
  constexpr int kWidth = kLanes<T>;
  const int whole = lines / kWidth * kWidth, rest = lines - whole;
  const FirstOnly<T> few(rest);
  for (int64_t p = 0; p < k; ++p, src += p_stride, dst += step) {
    Vec v;
    for (int i = 0; i < whole; i += kWidth) load<T>(v, src + i), store<T>(dst + i, v);
    if (!rest) continue;
    few.load(v, src + whole);
    if ((k - p) * step - whole >= kWidth)
      store<T>(dst + whole, v);
    else
      store_few<T>(dst + whole, v, rest);
  }
}

// One panel. width: what dst has room for in each p, either `lines` or whole vectors; lanes without
// a line become zero.
template <class T>
void pack_panel(const T* src, int64_t line_stride, int64_t p_stride, int lines, int64_t k, T* dst,
                int width) {
  if (line_stride == 1) return pack_across(src, p_stride, lines, k, dst, width);
  if (p_stride == 1) return pack_along(src, line_stride, lines, k, dst, width);
  for (int64_t p = 0; p < k; ++p, dst += width) {
    for (int i = 0; i < lines; ++i) dst[i] = src[i * line_stride + p * p_stride];
    for (int i = lines; i < width; ++i) dst[i] = 0;
  }
}

}  // namespace
}  // namespace tg::TG_ISA
