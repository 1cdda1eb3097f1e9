// Elementwise loops for functions that exist for float, double and int64 only. A block kernel is a
// straight loop over contiguous numbers; run_blocks() feeds it operands of any dtype and stride,
// 256 numbers at a time, and passes contiguous operands of the kernel's own type on as they are. So
// an op costs two or three small loops in the binary instead of one for each dtype.
#pragma once

#include <cstdint>
#include <span>

#include "core/dtype.h"

namespace tg {

// out[i] = f(a[i], b[i]). A function of one number gets its parameters, if it has any, in b.
template <class T>
using BlockKernel = void (*)(T* out, const T* a, const T* b, int64_t n);

struct BlockKernels {
  BlockKernel<float> f32 = nullptr;  // also float16 and bfloat16
  BlockKernel<double> f64 = nullptr;
  BlockKernel<int64_t> i64 = nullptr;  // every integer type and bool
};

struct BlockOperand {
  char* data;
  std::span<const int64_t> strides;  // in elements; 0 where the operand is broadcast
  DType dtype;
};

// Which kernel runs follows from the dtype of `a`; `b` has the same one. Results that the dtype of
// `out` cannot hold are converted: int64 wraps, a float becomes a bool or an int32.
void run_blocks(const BlockKernels& kernels, std::span<const int64_t> sizes,
                const BlockOperand& out, const BlockOperand& a, const BlockOperand& b);
// The same for one input; `parameters` are in the type that the kernel computes with.
void run_blocks(const BlockKernels& kernels, std::span<const int64_t> sizes,
                const BlockOperand& out, const BlockOperand& a, const void* parameters);

// The kernel of a function or of a struct's forward().
template <class F, class T>
void unary_block(T* out, const T* a, const T*, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(F::forward(a[i]));
}
template <class F, class T>
void binary_block(T* out, const T* a, const T* b, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(F::forward(a[i], b[i]));
}
// Of a function that exists for double only.
template <double (*F)(double)>
struct OfDouble {
  static double forward(double x) { return F(x); }
};
template <double (*F)(double, double)>
struct OfDoubles {
  static double forward(double x, double y) { return F(x, y); }
};

template <class F>
constexpr BlockKernels unary_blocks = {&unary_block<F, float>, &unary_block<F, double>};
template <class F>
constexpr BlockKernels binary_blocks = {&binary_block<F, float>, &binary_block<F, double>};
template <class F>
constexpr BlockKernels binary_blocks_and_int = {&binary_block<F, float>, &binary_block<F, double>,
                                                &binary_block<F, int64_t>};

}  // namespace tg
