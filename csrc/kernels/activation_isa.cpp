// Loops of the activation functions.
#include "kernels/activation.h"
#include "kernels/lane_math.h"

namespace tg::TG_ISA {
extern const ActivationKernels activation_kernels;
namespace {

// flatten: a call would end the vector code.
template <class Formula, class T>
[[gnu::flatten]] void forward(const void* formula, T* out, const T* const* in, int64_t n) {
  const Formula f = *static_cast<const Formula*>(formula);
  const T* x = in[0];
  for_each_lane<T>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    store(out + i, f.forward(load<T>(x + i, count)), count);
  });
}
template <class Formula, class T>
[[gnu::flatten]] void grad(const void* formula, T* out, const T* const* in, int64_t n) {
  const Formula f = *static_cast<const Formula*>(formula);
  const T *g = in[0], *x = in[1];
  for_each_lane<T>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    store(out + i, f.grad(load<T>(g + i, count), load<T>(x + i, count)), count);
  });
}
template <class Formula, class T, int inputs>
[[gnu::flatten]] void combine(const void* formula, T* out, const T* const* in, int64_t n) {
  const Formula f = *static_cast<const Formula*>(formula);
  const T *a = in[0], *b = in[1], *c = in[inputs - 1];
  for_each_lane<T>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    const Lane<T> x = load<T>(a + i, count), y = load<T>(b + i, count);
    if constexpr (inputs == 2)
      store(out + i, f.forward(x, y), count);
    else
      store(out + i, f.forward(x, y, load<T>(c + i, count)), count);
  });
}
template <class Formula, int inputs>
constexpr ActivationLoops combination{combine<Formula, float, inputs>, nullptr,
                                      combine<Formula, double, inputs>, nullptr};
template <class Formula, class T>
[[gnu::flatten]] void pair_grad(const void* formula, T* out, const T* const* in, int64_t n) {
  const Formula f = *static_cast<const Formula*>(formula);
  const T *g = in[0], *x = in[1], *t = in[2];
  for_each_lane<T>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    store(out + i, f.grad(load<T>(g + i, count), load<T>(x + i, count), load<T>(t + i, count)),
          count);
  });
}
template <class Formula>
constexpr ActivationLoops pair{combine<Formula, float, 2>, pair_grad<Formula, float>,
                               combine<Formula, double, 2>, pair_grad<Formula, double>};
template <class Formula>
constexpr ActivationLoops loops{forward<Formula, float>, grad<Formula, float>,
                                forward<Formula, double>, grad<Formula, double>};

}  // namespace

const ActivationKernels activation_kernels{loops<Silu>,
                                           loops<Gelu>,
                                           loops<GeluTanh>,
                                           loops<LeakyRelu>,
                                           loops<Elu>,
                                           loops<Softplus>,
                                           loops<Hardtanh>,
                                           loops<Hardsigmoid>,
                                           loops<Hardswish>,
                                           loops<Mish>,
                                           loops<LogSigmoid>,
                                           loops<Softshrink>,
                                           loops<Hardshrink>,
                                           loops<Threshold>,
                                           pair<SmoothL1>,
                                           pair<Huber>,
                                           pair<SoftMargin>,
                                           combination<Gated, 2>,
                                           combination<CrossEntropy, 2>,
                                           combination<CrossEntropyOfLogits, 2>,
                                           combination<AddScaled, 2>,
                                           combination<AddProduct, 3>,
                                           combination<AddQuotient, 3>,
                                           combination<Interpolate, 2>,
                                           combination<InterpolateBy, 3>};

}  // namespace tg::TG_ISA
