#include "ops/activation.h"

#include <cmath>
#include <limits>

#include "kernels/activation.h"
#include "kernels/random_discrete.h"
#include "ops/binary.h"
#include "ops/elementwise.h"
#include "ops/join.h"
#include "ops/pointwise.h"
#include "ops/random.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/unary.h"

namespace tg {
namespace {

// `grad` as PyTorch's graph of a backward has it: x gets a gradient of zeros through it.
Tensor with_zero_derivative(const Tensor& grad, const Tensor& x) {
  if (!requires_grad(x)) return grad;
  const Tensor out = detached_alias(grad, false);
  record("ThresholdBackwardBackward0", out, inputs(grad, x), saves(),
         [](GradInputs& to, const Tensor& g) {
           if (to.needed(0)) to.set(0, g);
           if (to.needed(1)) to.set(1, zeros_like_gradient(g));
         });
  return out;
}

template <class Op>
Tensor activation(const Op& op, const Tensor& x) {
  Tensor out = apply_formula(op, x);
  record(Op::node, out, inputs(x), saves(x), [op](const Tensor& g, const Tensor& x) {
    if (grad_mode.enabled || g.dtype() != x.dtype()) {
      Tensor grad = op.grad(g, x);
      if constexpr (requires { Op::piecewise; }) grad = with_zero_derivative(grad, x);
      return grad;
    }
    return apply_formula_grad(op, g, x);
  });
  return out;
}

struct Prelu {
  auto forward(auto x, auto w) const { return x > 0 ? x : w * x; }
  auto grad_input(auto g, auto x, auto w) const { return where(x > 0, g, w * g); }
  // An infinite x that takes no part stays out of the derivative of this, too.
  auto grad_weight(auto g, auto x) const {
    return where(x > 0, nothing(g), where(x > 0, nothing(x), x) * g);
  }
};

// SELU's constants, Klambauer et al. 2017.
constexpr double kSeluAlpha = 1.6732632423543772848170429916717,
                 kSeluScale = 1.0507009873554804934193349852946;

}  // namespace

Tensor silu(const Tensor& x) { return activation(Silu{}, x); }
Tensor gelu(const Tensor& x, const std::string& approximate) {
  if (approximate == "none") return activation(Gelu{}, x);
  if (approximate == "tanh") return activation(GeluTanh{}, x);
  runtime_error("approximate argument must be either none or tanh.");
}
Tensor leaky_relu(const Tensor& x, const Scalar& negative_slope) {
  return activation(LeakyRelu{negative_slope.to<double>()}, x);
}
Tensor elu(const Tensor& x, const Scalar& alpha) {
  return activation(Elu{alpha.to<double>(), 1, 1, 1}, x);
}
Tensor selu(const Tensor& x) { return activation(Elu{kSeluAlpha, kSeluScale, 1, 1}, x); }
Tensor celu(const Tensor& x, const Scalar& alpha) {
  const double a = alpha.to<double>();
  if (a == 0) runtime_error("ZeroDivisionError: alpha cannot be 0 for CELU");
  // PyTorch's gradient takes alpha in single precision.
  return activation(Celu{{a, 1, 1 / a, 1 / static_cast<double>(static_cast<float>(a))}}, x);
}
Tensor softplus(const Tensor& x, const Scalar& beta, const Scalar& threshold) {
  return activation(Softplus{beta.to<double>(), threshold.to<double>()}, x);
}

Tensor hardtanh(const Tensor& x, const Scalar& min, const Scalar& max) {
  if (x.dtype() == DType::Bool) runtime_error("Bool inputs not supported for hardtanh");
  if (is_floating(x.dtype())) return activation(Hardtanh{min.to<double>(), max.to<double>()}, x);
  if (x.dtype() == DType::UInt8 && (min.to<double>() < 0 || max.to<double>() < 0))
    runtime_error("cannot do hardtanh on an unsigned type with negative limits");
  const Operand low{Scalar(min.to<int64_t>())}, high{Scalar(max.to<int64_t>())};
  return clamp(x, &low, &high);
}

Tensor hardsigmoid(const Tensor& x) { return activation(Hardsigmoid{}, x); }
Tensor hardswish(const Tensor& x) { return activation(Hardswish{}, x); }
Tensor mish(const Tensor& x) { return activation(Mish{}, x); }
Tensor log_sigmoid(const Tensor& x) { return activation(LogSigmoid{}, x); }

Tensor softshrink(const Tensor& x, const Scalar& lambd) {
  const double l = lambd.to<double>();
  visit_floating(x.dtype(), "softshrink_check", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const double most = std::is_same_v<T, Half>       ? 65504.0
                        : std::is_same_v<T, BFloat16> ? 0x1.FEp127
                        : sizeof(T) == 4              ? double(std::numeric_limits<float>::max())
                                                      : std::numeric_limits<double>::max();
    if (!(l >= 0 && l <= most))
      runtime_error("lambda must be in range [0, ", most, "] for input dtype ",
                    info(x.dtype()).scalar, ", but found ", l);
  });
  return activation(Softshrink{l}, x);
}
Tensor hardshrink(const Tensor& x, const Scalar& lambd) {
  return activation(Hardshrink{lambd.to<double>()}, x);
}

Tensor threshold(const Tensor& x, const Scalar& threshold, const Scalar& value) {
  if (is_floating(x.dtype()) || x.dtype() == DType::Bool)
    return activation(Threshold{threshold.to<double>(), value.to<double>()}, x);
  return where(le(x, Scalar(threshold.to<int64_t>())), Operand(Scalar(value.to<int64_t>())), x);
}

Tensor prelu(const Tensor& x, const Tensor& weight) {
  if (x.dtype() != weight.dtype())
    runtime_error("prelu: Type promoting not supported. Got ", info(x.dtype()).scalar, " and ",
                  info(weight.dtype()).scalar);
  Tensor w = weight;
  if (weight.numel() != 1) {
    if (x.dim() == 0) runtime_error("Not allow zero-dim input tensor.");
    const int64_t channels = x.dim() > 1 ? x.size(1) : 1;
    if (channels != weight.numel())
      runtime_error(
          "Mismatch of parameter numbers and input channel size. Found parameter numbers = ",
          weight.numel(), " and channel size = ", channels, ".");
  }
  if (weight.dim() > 1)
    runtime_error("prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = ",
                  weight.dim());
  if (x.dim() != weight.dim() || x.dim() > 1) {
    Dims sizes(x.dim(), 1);
    if (x.dim() > 1) sizes[1] = weight.numel();
    w = reshape(weight, sizes);
  }
  const Prelu op;
  Tensor out = pointwise("prelu_cpu", [op](auto x, auto w) { return op.forward(x, w); }, x, w);
  record("PreluKernelBackward0", out, inputs(x, w), saves(x, w),
         [op](GradInputs& to, const Tensor& g, const Tensor& x, const Tensor& w) {
           const bool fused = !grad_mode.enabled && g.dtype() == x.dtype();
           if (to.needed(0)) {
             to.set(0, fused ? pointwise(
                                   "prelu_backward_cpu",
                                   [op](auto g, auto x, auto w) { return op.grad_input(g, x, w); },
                                   g, x, w)
                             : op.grad_input(g, x, w));
           }
           if (to.needed(1)) {
             const Tensor each =
                 fused ? pointwise(
                             "prelu_backward_cpu",
                             [op](auto g, auto x) { return op.grad_weight(g, x); }, g, x)
                       : op.grad_weight(g, x);
             to.set(1, sum_to(each, w.sizes(), w.dtype()));
           }
         });
  return out;
}

Tensor rrelu(const Tensor& x, const Scalar& lower, const Scalar& upper, bool training,
             GeneratorState& generator) {
  const double low = lower.to<double>(), high = upper.to<double>();
  if (!(low <= high)) runtime_error("Lower bound should be less than or equal to the upper bound");
  if (!std::isfinite(low)) runtime_error("rrelu: lower bound must be finite, got ", low);
  if (!std::isfinite(high)) runtime_error("rrelu: upper bound must be finite, got ", high);
  if (!training) return activation(RreluOfMean{{(low + high) / 2}}, x);
  const Tensor in = contiguous_quietly(x), noise = empty(x.sizes(), x.dtype());
  visit_floating(x.dtype(), "rrelu_with_noise_out_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const double least = static_cast<Compute<T>>(low), most = static_cast<Compute<T>>(high);
    const T* from = in.data<T>();
    T* slope = noise.data<T>();
    for (int64_t i = 0; i < in.numel(); ++i) {
      const bool drawn = static_cast<Compute<T>>(from[i]) <= 0;
      slope[i] = convert<T>(drawn ? next_unit(generator) * (most - least) + least : 1.0);
    }
  });
  Tensor out =
      pointwise("rrelu_with_noise_out_cpu", [](auto x, auto n) { return x * n; }, in, noise);
  record("RreluWithNoiseBackward0", out, inputs(x), saves(noise),
         [](const Tensor& g, const Tensor& noise) { return g * noise; });
  return out;
}

Tensor glu(const Tensor& x, int64_t dim) {
  if (x.dim() == 0) runtime_error("glu does not support scalars because halving size must be even");
  const int d = wrap_dim(dim, x.dim());
  if (x.size(d) % 2)
    runtime_error("Halving dimension must be even, but dimension ", d, " is size ", x.size(d));
  const int64_t half = x.size(d) / 2;
  Tensor out;
  {
    GradModeGuard off(false);
    out = apply_formula(Gated(), narrow(x, d, 0, half), narrow(x, d, half, half));
  }
  record("GluBackward0", out, inputs(x), saves(x), [d, half](const Tensor& g, const Tensor& x) {
    const Tensor a = narrow(x, d, 0, half), s = sigmoid(narrow(x, d, half, half));
    const Tensor parts[] = {g * s, g * a * ((1 - s) * s)};
    return cat(parts, d);
  });
  return out;
}

}  // namespace tg
