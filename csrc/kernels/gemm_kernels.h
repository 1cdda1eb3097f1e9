// What gemm.cpp and gemm_isa.cpp, which is compiled once per instruction set, know of each other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/gemm.h"

namespace tg {

template <class T>
struct GemmArgs {
  int64_t m, n, k;
  const T* a;
  int64_t a_row, a_col;  // strides, in elements
  const T* b;
  int64_t b_row, b_col;
  T* c;
  int64_t c_row, c_col;
  const T* add;  // c = a b + add where it is not null; may be c
  int64_t add_row, add_col;
  // To the operands of the product that follows in a batch, which are fetched ahead; or 0.
  int64_t a_ahead = 0, b_ahead = 0, c_ahead = 0;
};

struct GemmKernels {
  void (*run_float)(const GemmArgs<float>& args, const GemmBatch& batch);
  void (*run_double)(const GemmArgs<double>& args, const GemmBatch& batch);
};

// Memory of this thread for a packed operand, aligned to 64 bytes, valid until the next call for
// the same one; freed when the thread ends.
enum class GemmScratch { A, B };
void* gemm_scratch(GemmScratch operand, size_t bytes);

}  // namespace tg
