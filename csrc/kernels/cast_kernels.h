// What cast.cpp and cast_isa.cpp, which is compiled once per instruction set, know of each other.
#pragma once

#include <cstdint>

#include "core/dtype.h"

namespace tg {

// Of n dense numbers; null for pairs that are rare or that vectors make no faster.
using DenseCast = void (*)(void* to, const void* from, int64_t n);
struct CastKernels {
  DenseCast cast[kDTypeCount][kDTypeCount];  // [to][from]
};

}  // namespace tg
