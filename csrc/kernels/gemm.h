// Matrix product on strided memory: c[m, n] = a[m, k] @ b[k, n] + add.
#pragma once

#include <cstdint>

namespace tg {

// Several products of one shape: how many, and the step from one operand to the next.
struct GemmBatch {
  int64_t count = 1, a_next = 0, b_next = 0, c_next = 0;
};

// T: every dtype but bool. Strides count elements; those of a and b may be anything, 0 and negative
// included; the rows of c and `add` are contiguous. `add` may be null, for nothing, or c; its row
// stride may be 0. c must not overlap a or b. float and double run on the vector kernels of
// gemm_isa.cpp, Half and BFloat16 through float, integers in wrapping arithmetic. With k = 0 the
// product is zero. `batch`: so many products, each a step behind the one before it; with more than
// one, `add` is null. The sum over k is taken in an order that depends on the sizes and on which
// strides are 1, and on nothing else.
template <class T>
void gemm(int64_t m, int64_t n, int64_t k, const T* a, int64_t a_row_stride, int64_t a_col_stride,
          const T* b, int64_t b_row_stride, int64_t b_col_stride, T* c, int64_t c_row_stride,
          const T* add = nullptr, int64_t add_row_stride = 0, const GemmBatch& batch = {});

}  // namespace tg
