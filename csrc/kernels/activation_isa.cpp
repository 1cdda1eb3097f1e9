// Loops of the activation functions in single precision.
#include "kernels/activation.h"
#include "kernels/lane_math.h"

namespace tg::TG_ISA {
extern const ActivationKernels activation_kernels;
namespace {

// flatten: a call would end the vector code.
template <class Formula>
[[gnu::flatten]] void forward(const void* formula, float* out, const float* const* in, int64_t n) {
  const Formula f = *static_cast<const Formula*>(formula);
  const float* x = in[0];
  for_each_lane<float>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    store(out + i, f.forward(load<float>(x + i, count)), count);
  });
}
template <class Formula>
[[gnu::flatten]] void grad(const void* formula, float* out, const float* const* in, int64_t n) {
  const Formula f = *static_cast<const Formula*>(formula);
  const float *g = in[0], *x = in[1];
  for_each_lane<float>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    store(out + i, f.grad(load<float>(g + i, count), load<float>(x + i, count)), count);
  });
}
template <class Formula>
constexpr ActivationLoops loops{forward<Formula>, grad<Formula>};

}  // namespace

const ActivationKernels activation_kernels{
    loops<Silu>,       loops<Gelu>,       loops<GeluTanh>,    loops<LeakyRelu>, loops<Elu>,
    loops<Softplus>,   loops<Hardtanh>,   loops<Hardsigmoid>, loops<Hardswish>, loops<Mish>,
    loops<LogSigmoid>, loops<Softshrink>, loops<Hardshrink>,  loops<Threshold>};

}  // namespace tg::TG_ISA
