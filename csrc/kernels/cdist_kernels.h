// What cdist.h and cdist_isa.cpp, which is compiled once per instruction set, know of each other.
#pragma once

#include <cstdint>

namespace tg {

inline constexpr int64_t kPairTile = 64;  // rows that lie side by side, transposed, in a tile

template <class T>
struct PairKernels {
  // sums[l] = the sum of |x[k] - tile[k][l]|, or of its square, over k < m
  void (*absolute)(const T* x, const T* tile, int64_t m, T* sums);
  void (*square)(const T* x, const T* tile, int64_t m, T* sums);
  // sums[l] += the sum of weights[j][l] * (x[l] - y[j * step]), or times its sign, over j < r
  void (*add_signs)(const T* x, const T* y, int64_t step, int64_t r, const T* weights, T* sums);
  void (*add_differences)(const T* x, const T* y, int64_t step, int64_t r, const T* weights,
                          T* sums);
};
struct CdistKernels {
  PairKernels<float> f32;
  PairKernels<double> f64;
};
const CdistKernels& cdist_kernels();  // of this machine's instruction set
inline const PairKernels<float>& pair_kernels(float) { return cdist_kernels().f32; }
inline const PairKernels<double>& pair_kernels(double) { return cdist_kernels().f64; }

}  // namespace tg
