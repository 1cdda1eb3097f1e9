// What cast.cpp and cast_isa.cpp, which is compiled once per instruction set, know of each other.
#pragma once

#include <cstdint>

#include "core/dtype.h"

namespace tg {

// Of n dense numbers; null for pairs that are rare or that vectors make no faster.
using DenseCast = void (*)(void* to, const void* from, int64_t n);
// Sums of float16 or bfloat16 in float32, in the order of kernels/reduce.h.
struct ShortSums {
  // Of 1 to kLeaf elements.
  void (*row)(const void* in, int64_t n, float* sum);
  // `width` columns of n rows, `stride` bytes apart: row i is added to lane i % lanes, which are
  // `pitch` sums apart.
  void (*tile)(const void* in, int64_t stride, int64_t n, int lanes, int width, float* sums,
               int64_t pitch);
};
struct CastKernels {
  DenseCast cast[kDTypeCount][kDTypeCount];  // [to][from]
  ShortSums of_half, of_bfloat;
};

}  // namespace tg
