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
template <class Formula>
constexpr ActivationLoops loops{forward<Formula, float>, grad<Formula, float>,
                                forward<Formula, double>, grad<Formula, double>};

}  // namespace

const ActivationKernels activation_kernels{
    loops<Silu>,       loops<Gelu>,       loops<GeluTanh>,    loops<LeakyRelu>, loops<Elu>,
    loops<Softplus>,   loops<Hardtanh>,   loops<Hardsigmoid>, loops<Hardswish>, loops<Mish>,
    loops<LogSigmoid>, loops<Softshrink>, loops<Hardshrink>,  loops<Threshold>};

}  // namespace tg::TG_ISA
