// Elementwise formulas with parameters, over up to three tensors of one floating dtype:
//
//   pointwise("leaky_relu_cpu", [slope](auto x) { return x > 0 ? x : x * constant(x, slope); }, x)
//
// The formula is compiled for float and double only, as a loop over dense rows; the walk over
// broadcast and strided tensors is shared by all formulas, and the 16-bit types go through float
// in blocks. So a formula costs four small loops and no template of the walk.
#pragma once

#include <type_traits>

#include "autograd/record.h"
#include "kernels/activation.h"
#include "ops/copy.h"
#include "ops/unary.h"

namespace tg {

// 0 as a branch of where().
inline Operand nothing(const Tensor&) { return Operand(0.0); }

struct PointwiseLoops {
  void (*of_float)(const void* formula, float* out, const float* const* in, int64_t n);
  void (*of_double)(const void* formula, double* out, const double* const* in, int64_t n);
};

namespace detail {
template <class F, int N, class T>
void pointwise_loop(const void* formula, T* out, const T* const* in, int64_t n) {
  const F f = *static_cast<const F*>(formula);  // a copy: nothing that `out` could alias
  const T* a = in[0];
  if constexpr (N == 1) {
    for (int64_t i = 0; i < n; ++i) out[i] = f(a[i]);
  } else if constexpr (N == 2) {
    const T* b = in[1];
    for (int64_t i = 0; i < n; ++i) out[i] = f(a[i], b[i]);
  } else {
    const T *b = in[1], *c = in[2];
    for (int64_t i = 0; i < n; ++i) out[i] = f(a[i], b[i], c[i]);
  }
}
}  // namespace detail

// Dense tensors of the dtype and sizes of `out`, which is float32 or float64.
void run_dense(const PointwiseLoops& loops, const void* formula, const Tensor& out,
               std::span<const Tensor* const> in);
// `name` stands in the error for tensors that are not floating.
Tensor run_pointwise(const char* name, const PointwiseLoops& loops, const void* formula,
                     std::span<const Tensor* const> in);

// No history. The inputs have the dtype of the first.
template <class F, class... T>
Tensor pointwise(const char* name, const F& formula, const T&... in) {
  constexpr int kInputs = sizeof...(T);
  static constexpr PointwiseLoops loops{detail::pointwise_loop<F, kInputs, float>,
                                        detail::pointwise_loop<F, kInputs, double>};
  const Tensor* tensors[] = {&in...};
  return run_pointwise(name, loops, &formula, tensors);
}

// A formula of kernels/activation.h, or its derivative, by its vector code.
template <class F, class... T>
Tensor apply_formula(const F& formula, const T&... in) {
  const ActivationLoops& loops = activation_kernels().*F::loops;
  const Tensor* tensors[] = {&in...};
  return run_pointwise(F::kernel, {loops.forward, loops.forward64}, &formula, tensors);
}
template <class F, class... T>
Tensor apply_formula_grad(const F& formula, const Tensor& g, const T&... in) {
  const ActivationLoops& loops = activation_kernels().*F::loops;
  const Tensor* tensors[] = {&g, &in...};
  return run_pointwise(F::kernel, {loops.grad, loops.grad64}, &formula, tensors);
}

}  // namespace tg
