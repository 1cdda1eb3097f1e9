// Loops that read or write elements at computed places. The places are int64 offsets, times `scale`
// bytes, into the memory of one operand; all operands are walked over the same sizes, with stride 0
// where an operand does not move. Offsets are not checked here: first_outside() does so before.
#pragma once

#include <cstdint>
#include <span>

#include "core/dtype.h"

namespace tg {

struct Walk {
  char* data;
  const int64_t* strides;  // in elements
};

enum class Combine { Write, Add, Multiply, Max, Min };

// out = source[offset]; `item` bytes per element.
void take_at(std::span<const int64_t> sizes, Walk out, Walk offsets, int64_t scale, Walk source,
             int64_t item);
// The same for whole rows, not empty, of a dense source: row i of out is row index[i] of source.
void take_dense_rows(char* out, const int64_t* index, int64_t n, const char* source,
                     int64_t row_bytes);
// into[offset] = combine(into[offset], source). Several elements may have one place: Add sums them,
// Write keeps the last one walked. `repeats`: elements of `into` share memory.
void put_at(std::span<const int64_t> sizes, Walk into, bool repeats, Walk offsets, int64_t scale,
            Walk source, DType dtype, Combine combine);

// sum[i] += index[i] * stride, or = where `first`, for indices of a dimension of `size`.
void add_offsets(const int64_t* index, int64_t n, int64_t size, int64_t stride, bool first,
                 int64_t* sum);

// The first of n indices that is not in [lowest, limit), or null.
const int64_t* first_outside(const int64_t* indices, int64_t n, int64_t lowest, int64_t limit);

// Counts the nonzero bytes; writes the positions of the first `count`, coordinate by coordinate,
// into out[d * count + i].
int64_t count_true(const uint8_t* flags, int64_t n);
void positions_of_true(const uint8_t* flags, std::span<const int64_t> sizes, int64_t count,
                       int64_t* out);

}  // namespace tg
