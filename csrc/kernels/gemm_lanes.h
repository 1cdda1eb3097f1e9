// Across the lanes of vectors: transposing a square of them, and sums and other folds. For
// *_isa.cpp files alone, as gemm_tile.h.
#pragma once

#include "kernels/gemm_tile.h"

namespace tg::TG_ISA {
namespace {

// Exchanges the blocks of D lanes that lie off the diagonal in a pair of rows D apart.
template <class Vec, int D, int... I>
TG_INLINE void exchange(Vec& a, Vec& b, Lanes<I...>) {
  constexpr int kCount = sizeof...(I);
  const Vec low = __builtin_shufflevector(a, b, ((I & D) ? kCount + I - D : I)...);
  b = __builtin_shufflevector(a, b, ((I & D) ? kCount + I : I + D)...);
  a = low;
}

// A square of kLanes rows, in registers: log2(kLanes) rounds of exchanges transpose it.
template <class T, int D = kLanes<T> / 2>
TG_INLINE void transpose(typename Simd<T>::Vec* rows) {
  if constexpr (D > 0) {
#pragma GCC unroll 16
    for (int i = 0; i < kLanes<T>; ++i)
      if ((i & D) == 0)
        exchange<typename Simd<T>::Vec, D>(rows[i], rows[i + D],
                                           typename FirstLanes<kLanes<T>>::type{});
    transpose<T, D / 2>(rows);
  }
}

// f(..., ...) of all lanes, in halves.
template <class Vec, class F, int... I>
TG_INLINE auto fold_halves(const Vec& v, const F& f, Lanes<I...>) {
  constexpr int kHalf = sizeof...(I);
  if constexpr (kHalf == 1)
    return f(v[0], v[1]);
  else
    return fold_halves(
        f(__builtin_shufflevector(v, v, I...), __builtin_shufflevector(v, v, (I + kHalf)...)), f,
        typename FirstLanes<kHalf / 2>::type{});
}
template <class T, class F>
TG_INLINE T fold(const typename Simd<T>::Vec& v, const F& f) {
  return fold_halves(v, f, typename FirstLanes<kLanes<T> / 2>::type{});
}
template <class T>
TG_INLINE T sum_lanes(const typename Simd<T>::Vec& v) {
  return fold<T>(v, [](auto a, auto b) { return a + b; });
}

// The sums of kLanes vectors as the lanes of v[0], added in the order of sum_lanes().
template <class T, int D = kLanes<T> / 2>
TG_INLINE void sum_of_each(typename Simd<T>::Vec* v) {
  if constexpr (D > 0) {
#pragma GCC unroll 16
    for (int i = 0; i < D; ++i) {
      exchange<typename Simd<T>::Vec, D>(v[i], v[i + D], typename FirstLanes<kLanes<T>>::type{});
      v[i] += v[i + D];
    }
    sum_of_each<T, D / 2>(v);
  }
}

// The sum of the lanes of each of `count` vectors, which it spoils.
template <class T, int count>
TG_INLINE void sum_lanes_of(typename Simd<T>::Vec* v, T* to) {
  using Vec = typename Simd<T>::Vec;
  constexpr int kWidth = kLanes<T>, kWhole = count / kWidth * kWidth, kRest = count - kWhole;
#pragma GCC unroll 16
  for (int i = 0; i < kWhole; i += kWidth) {
    sum_of_each<T>(v + i);
    store<T>(to + i, v[i]);
  }
  if constexpr (kRest * 2 >= kWidth) {
    Vec last[kWidth] = {};
#pragma GCC unroll 16
    for (int i = 0; i < kRest; ++i) last[i] = v[kWhole + i];
    sum_of_each<T>(last);
    std::memcpy(to + kWhole, &last[0], kRest * sizeof(T));
  } else {
#pragma GCC unroll 16
    for (int i = kWhole; i < count; ++i) to[i] = sum_lanes<T>(v[i]);
  }
}

}  // namespace
}  // namespace tg::TG_ISA
