// Elementwise loops. A block kernel is a straight loop over contiguous numbers of one type, written
// for the few types that arithmetic runs in; run_blocks() feeds it operands of any dtype and
// stride, 512 numbers at a time, and passes contiguous operands of the kernel's own type on as they
// are. So an op costs two to four small loops, not one for each dtype and pattern of strides.
#pragma once

#include <cstdint>
#include <span>

#include "core/dtype.h"

// Elementwise operands are the same memory or lie apart: each number is read before its place is
// written.
#if defined(__clang__)
#define TG_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define TG_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace tg {

// out[i] = f(a[i], b[i]). A function of one number gets its parameters, if it has any, in b.
using BlockKernel = void (*)(void* out, const void* a, const void* b, int64_t n);

// An op has kernels for the types that its dtypes need: what a dtype has no kernel for is computed
// in int32 or int64, as far as there is one, else in bool. Narrower integers wrap when a result is
// stored.
struct BlockKernels {
  BlockKernel f32 = nullptr;  // also float16 and bfloat16
  BlockKernel f64 = nullptr;
  BlockKernel i64 = nullptr;
  BlockKernel i32 = nullptr;
  BlockKernel u8 = nullptr;
  BlockKernel flag = nullptr;  // bool, 0 or 1
  BlockKernel i16 = nullptr;
  BlockKernel i8 = nullptr;
  bool predicate = false;  // the results are bools
  // Where the kernels of integers and bool are instead: those of this machine's instruction set.
  const BlockKernels& (*integers)() = nullptr;
};

struct BlockOperand {
  char* data;
  const int64_t* strides;  // in elements; 0 where the operand is broadcast
  DType dtype;
};

// out = f(a, b). Which kernel runs follows from the dtype `in`, to which operands are converted;
// results are converted to the dtype of `out`.
void run_blocks(const BlockKernels& kernels, DType in, std::span<const int64_t> sizes,
                const BlockOperand& out, const BlockOperand& a, const BlockOperand& b);
// Whether operands of any dtype may come as they are, because a kernel computes in `in` itself: one
// conversion then, as there is where all operands are made `in` before.
inline bool takes_mixed(DType in) {
  return in == DType::Float32 || in == DType::Float64 || in == DType::Int64;
}
// The same for one input, in its own dtype; `parameters` are in the type that the kernel computes
// with.
void run_blocks(const BlockKernels& kernels, std::span<const int64_t> sizes,
                const BlockOperand& out, const BlockOperand& a, const void* parameters);
// The same for n numbers in a row, of which a and b may be one number repeated.
void run_flat_blocks(const BlockKernels& kernels, DType in, char* out, DType out_dtype,
                     const char* a, bool repeats_a, const char* b, bool repeats_b, int64_t n);
void run_flat_blocks(const BlockKernels& kernels, DType in, char* out, DType out_dtype,
                     const char* a, const void* parameters, int64_t n);

// --- kernels of a function or of a struct's forward()
template <class F, class Out, class T>
void unary_block(Out* out, const T* a, const T*, int64_t n) {
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) out[i] = static_cast<Out>(F::forward(a[i]));
}
template <class F, class Out, class T>
void binary_block(Out* out, const T* a, const T* b, int64_t n) {
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) out[i] = static_cast<Out>(F::forward(a[i], b[i]));
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

template <class Out, class T, void (*F)(Out*, const T*, const T*, int64_t)>
void erased_block(void* out, const void* a, const void* b, int64_t n) {
  F(static_cast<Out*>(out), static_cast<const T*>(a), static_cast<const T*>(b), n);
}
template <class T, void (*F)(T*, const T*, const T*, int64_t)>
constexpr BlockKernel block = &erased_block<T, T, F>;
template <class F, class Out, class T>
constexpr BlockKernel unary_kernel = &erased_block<Out, T, &unary_block<F, Out, T>>;
template <class F, class Out, class T>
constexpr BlockKernel binary_kernel = &erased_block<Out, T, &binary_block<F, Out, T>>;

template <class F>
constexpr BlockKernels unary_blocks = {.f32 = unary_kernel<F, float, float>,
                                       .f64 = unary_kernel<F, double, double>};
template <class F>
constexpr BlockKernels binary_blocks = {.f32 = binary_kernel<F, float, float>,
                                        .f64 = binary_kernel<F, double, double>};

}  // namespace tg
