// Conversion of rows of numbers between any two element types.
#pragma once

#include <cstdint>

#include "core/dtype.h"

namespace tg {

// Strides are in bytes; from_stride is 0 for one number that is repeated.
using CastRow = void (*)(char* to, int64_t to_stride, const char* from, int64_t from_stride,
                         int64_t n);
CastRow cast_row(DType to, DType from);

// Null for other types than float16 and bfloat16.
struct ShortSums;
const ShortSums* short_sums(DType dtype);

}  // namespace tg
