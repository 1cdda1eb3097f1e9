// Arithmetic of integers, and comparisons, as vector code, compiled once per instruction set. That
// of floats is in kernels/elementary.h.
#pragma once

#include "kernels/blocks.h"

namespace tg {

// clang-format off
#define TG_ARITHMETIC(X) \
  X(add) X(sub) X(mul) X(neg) X(maximum) X(minimum) X(clamp) X(relu) X(abs) X(sign) \
  X(bitwise_and) X(bitwise_or) X(bitwise_xor) X(bitwise_not) X(left_shift) X(right_shift) \
  X(floor_divide) X(remainder) \
  X(eq) X(ne) X(lt) X(le) X(gt) X(ge) \
  X(logical_and) X(logical_or) X(logical_xor) X(logical_not) \
  X(repeat) X(reverse)
// clang-format on

// out[i] = mask[i] ? a[i] : b[i], items moved as bytes.
using ChooseKernel = void (*)(void* out, const uint8_t* mask, const void* a, const void* b,
                              int64_t n);

// floor_divide, remainder: int32, and int64 where a is below 2^53 in size; no number of b is 0.
// repeat: n times the first number of a; reverse: from the first of a backwards.
struct ArithmeticKernels {
#define TG_MEMBER(name) BlockKernels name;
  TG_ARITHMETIC(TG_MEMBER)
#undef TG_MEMBER
  ChooseKernel choose[4];  // of 1, 2, 4 and 8 bytes
};
// Those of the best instruction set that this machine has.
extern const ArithmeticKernels* const arithmetic_kernels;

// The number of `item` bytes, n times.
void repeat(char* to, const char* number, int64_t item, int64_t n);
// n items, backwards from the last one.
void reverse(char* to, const char* last, int64_t item, int64_t n);

template <BlockKernels ArithmeticKernels::* op>
const BlockKernels& arithmetic_row() {
  return arithmetic_kernels->*op;
}
template <BlockKernels ArithmeticKernels::* op>
void arithmetic_f32(void* out, const void* a, const void* b, int64_t n) {
  (arithmetic_kernels->*op).f32(out, a, b, n);
}
template <BlockKernels ArithmeticKernels::* op>
void arithmetic_f64(void* out, const void* a, const void* b, int64_t n) {
  (arithmetic_kernels->*op).f64(out, a, b, n);
}

}  // namespace tg
