// Elementary functions and arithmetic of floats as vector code, compiled once per instruction set.
// A number has the same bits wherever in a tensor it stands.
#pragma once

#include "kernels/blocks.h"

namespace tg {

// Loops over single and double precision; null where libm's function serves. f_grad takes a
// gradient and x, and gives the gradient times the derivative of f at x. logit() and clamp() have
// the least and the greatest number as parameters. spaced() reads nothing but a Spaced.
struct Elementary {
  BlockKernel f32, f64;
};

// clang-format off
#define TG_ELEMENTARY(X) \
  X(exp) X(exp2) X(expm1) X(log) X(log2) X(log10) X(log1p) X(sigmoid) X(tanh) X(sinh) X(cosh) \
  X(asinh) X(acosh) X(atanh) X(sin) X(cos) X(tan) X(asin) X(acos) X(atan) X(erf) X(erfc) \
  X(sin_grad) X(cos_grad) X(sinh_grad) X(cosh_grad) X(erf_grad) X(erfc_grad) X(asin_grad) \
  X(acos_grad) X(asinh_grad) X(acosh_grad) \
  X(sqrt) X(rsqrt) X(reciprocal) X(floor) X(ceil) X(trunc) X(round) X(frac) X(atan2) \
  X(logaddexp) X(pow) X(hypot) X(fmod) X(remainder) X(floor_divide) \
  X(add) X(sub) X(mul) X(div) X(maximum) X(minimum) X(relu) X(neg) X(abs) X(sign) X(clamp) \
  X(erfinv) X(logit) X(lgamma) X(digamma) X(spaced)
// clang-format on

// out[i] = start + (first + i) * step, rounded once, where `first` may be negative; a step down if
// `down`: (first - i).
template <class T>
struct Spaced {
  T start, step;
  int32_t first;
  bool down;
};

struct ElementaryKernels {
#define TG_MEMBER(name) Elementary name;
  TG_ELEMENTARY(TG_MEMBER)
#undef TG_MEMBER
};
// Those of the best instruction set that this machine has. A plain pointer, since small additions
// pass here.
extern const ElementaryKernels* const elementary_kernels;

template <Elementary ElementaryKernels::* function>
void elementary_f32(void* out, const void* a, const void* b, int64_t n) {
  (elementary_kernels->*function).f32(out, a, b, n);
}
template <Elementary ElementaryKernels::* function>
void elementary_f64(void* out, const void* a, const void* b, int64_t n) {
  (elementary_kernels->*function).f64(out, a, b, n);
}
template <Elementary ElementaryKernels::* function>
constexpr BlockKernels elementary_blocks = {.f32 = elementary_f32<function>,
                                            .f64 = elementary_f64<function>};

}  // namespace tg
