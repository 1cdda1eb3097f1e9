// Transposed copies, in squares that fit into registers.
#pragma once

#include <cstdint>

namespace tg {

// to[i][j] = from[j][i] for i < rows, j < columns and items of 1, 2, 4 or 8 bytes. Items of a row
// of `to`, and of one of `from`, lie side by side; the rows are `to_row` and `from_row` bytes
// apart.
void transpose(int64_t item, char* to, int64_t to_row, const char* from, int64_t from_row,
               int64_t rows, int64_t columns);

using TransposeKernel = void (*)(char* to, int64_t to_row, const char* from, int64_t from_row,
                                 int64_t rows, int64_t columns);
struct TransposeKernels {
  TransposeKernel of_4_bytes, of_8_bytes;
};

}  // namespace tg
