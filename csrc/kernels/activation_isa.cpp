// Loops of the activation functions in single precision.
#include "kernels/activation.h"
#include "kernels/lane.h"

namespace tg::TG_ISA {
extern const ActivationKernels activation_kernels;
namespace {

// flatten: a call would end the vector code.
template <class Formula>
[[gnu::flatten]] void forward(const void* formula, float* out, const float* const* in, int64_t n) {
  const Formula f = *static_cast<const Formula*>(formula);
  const float* x = in[0];
  for (int64_t i = 0; i < n; ++i) out[i] = f.forward(Lane(x[i])).v;
}
template <class Formula>
[[gnu::flatten]] void grad(const void* formula, float* out, const float* const* in, int64_t n) {
  const Formula f = *static_cast<const Formula*>(formula);
  const float *g = in[0], *x = in[1];
  for (int64_t i = 0; i < n; ++i) out[i] = f.grad(Lane(g[i]), Lane(x[i])).v;
}
template <class Formula>
constexpr ActivationLoops loops{forward<Formula>, grad<Formula>};

}  // namespace

const ActivationKernels activation_kernels{
    loops<Silu>,       loops<Gelu>,       loops<GeluTanh>,    loops<LeakyRelu>, loops<Elu>,
    loops<Softplus>,   loops<Hardtanh>,   loops<Hardsigmoid>, loops<Hardswish>, loops<Mish>,
    loops<LogSigmoid>, loops<Softshrink>, loops<Hardshrink>,  loops<Threshold>};

}  // namespace tg::TG_ISA
