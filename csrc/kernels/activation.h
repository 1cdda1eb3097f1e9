// The formulas of the activation functions and of the losses of pairs of numbers, with PyTorch's
// names and conventions, and of other elementwise functions that have parameters or three operands;
// and the tables of the loops over them.
//
// A struct of an activation is the name of its kernel in errors, that of its node, its loops, the
// function and its derivative times g. Both are generic: on lanes (activation_isa.cpp, once per
// instruction set), and the derivative also on Tensors, so that second derivatives follow.
// `piecewise` ones are straight lines between kinks: their second derivative is zero.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/math.h"

namespace tg {

// in: the inputs; the gradient and the inputs
template <class T>
using ActivationLoop = void (*)(const void* formula, T* out, const T* const* in, int64_t n);
struct ActivationLoops {
  ActivationLoop<float> forward, grad;
  ActivationLoop<double> forward64, grad64;
};
struct ActivationKernels {
  ActivationLoops silu, gelu, gelu_tanh, leaky_relu, elu, softplus, hardtanh, hardsigmoid,
      hardswish, mish, log_sigmoid, softshrink, hardshrink, threshold;
  ActivationLoops smooth_l1, huber, soft_margin;
  ActivationLoops gated, cross_entropy, cross_entropy_of_logits;                       // no `grad`
  ActivationLoops add_scaled, add_product, add_quotient, interpolate, interpolate_by;  // no `grad`
};
const ActivationKernels& activation_kernels();  // of this machine's instruction set

struct Silu {
  static constexpr auto kernel = "silu_cpu", node = "SiluBackward0";
  static constexpr auto loops = &ActivationKernels::silu;
  auto forward(auto x) const { return x / (1 + exp(-x)); }
  auto grad(auto g, auto x) const {
    const auto s = sigmoid(x);
    return g * (s * (1 + x * (1 - s)));
  }
};

struct Gelu {
  static constexpr auto kernel = "GeluKernelImpl", node = "GeluBackward0";
  static constexpr auto loops = &ActivationKernels::gelu;
  auto distribution(auto x) const {
    return constant(x, 0.5) * (1 + erf(x * constant(x, M_SQRT1_2)));
  }
  auto forward(auto x) const { return x * distribution(x); }
  auto grad(auto g, auto x) const {
    const auto density =
        exp(constant(x, -0.5) * (x * x)) * constant(x, M_2_SQRTPI * M_SQRT1_2 * 0.5);
    return g * (distribution(x) + x * density);
  }
};
// Hendrycks & Gimpel 2016
struct GeluTanh {
  static constexpr auto kernel = "GeluKernelImpl", node = "GeluBackward0";
  static constexpr auto loops = &ActivationKernels::gelu_tanh;
  static constexpr double kScale = M_SQRT2 * M_2_SQRTPI * 0.5, kCubic = 0.044715;
  auto inner(auto x) const {
    return tanh(constant(x, kScale) * (x + constant(x, kCubic) * (x * x * x)));
  }
  auto forward(auto x) const { return constant(x, 0.5) * x * (1 + inner(x)); }
  auto grad(auto g, auto x) const {
    const auto t = inner(x);
    const auto slope = constant(x, kScale) * (1 + constant(x, 3 * kCubic) * (x * x));
    return g * (constant(x, 0.5) * (1 + t) + constant(x, 0.5) * x * (1 - t * t) * slope);
  }
};

struct LeakyRelu {
  static constexpr auto kernel = "leaky_relu_cpu", node = "LeakyReluBackward0";
  static constexpr auto loops = &ActivationKernels::leaky_relu;
  static constexpr bool piecewise = true;
  double slope;
  auto forward(auto x) const { return where(x > 0, x, x * constant(x, slope)); }
  auto grad(auto g, auto x) const { return where(x > 0, g, g * constant(x, slope)); }
};
struct RreluOfMean : LeakyRelu {
  static constexpr auto node = "RreluWithNoiseBackward0";
};

// scale * x, and alpha * scale * (exp(x * inner) - 1) of negative ones
struct Elu {
  static constexpr auto kernel = "elu_cpu", node = "EluBackward0";
  static constexpr auto loops = &ActivationKernels::elu;
  double alpha, scale, inner;
  double inner_of_gradient;
  auto forward(auto x) const {
    return where(x < 0, expm1(x * constant(x, inner)) * constant(x, alpha * scale),
                 x * constant(x, scale));
  }
  auto grad(auto g, auto x) const {
    const auto below = where(x >= 0, nothing(x), x);  // exp must not overflow; NaN stays
    return where(x > 0, g * constant(x, scale),
                 g * (constant(x, alpha * scale * inner_of_gradient) *
                      exp(below * constant(x, inner_of_gradient))));
  }
};
struct Celu : Elu {
  static constexpr auto node = "CeluBackward0";
};

struct Softplus {
  static constexpr auto kernel = "softplus_cpu", node = "SoftplusBackward0";
  static constexpr auto loops = &ActivationKernels::softplus;
  double beta, threshold;
  auto forward(auto x) const {
    const auto z = x * constant(x, beta);
    return where(z > constant(x, threshold), x, log1p(exp(z)) / constant(x, beta));
  }
  auto grad(auto g, auto x) const {
    const auto z = x * constant(x, beta);
    return where(z > constant(x, threshold), g, g * sigmoid(z));
  }
};

struct Hardtanh {
  static constexpr auto kernel = "hardtanh_cpu", node = "HardtanhBackward0";
  static constexpr auto loops = &ActivationKernels::hardtanh;
  static constexpr bool piecewise = true;
  double min, max;
  auto forward(auto x) const { return minimum(maximum(x, constant(x, min)), constant(x, max)); }
  auto grad(auto g, auto x) const {
    return where((x > constant(x, min)) && (x < constant(x, max)), g, nothing(g));
  }
};

struct Hardsigmoid {
  static constexpr auto kernel = "hardsigmoid_cpu", node = "HardsigmoidBackward0";
  static constexpr auto loops = &ActivationKernels::hardsigmoid;
  static constexpr bool piecewise = true;
  static constexpr double kSixth = 1.0f / 6;  // in single precision for all dtypes, as in PyTorch
  auto forward(auto x) const { return minimum(maximum(x + 3, nothing(x)), constant(x, 6)) / 6; }
  auto grad(auto g, auto x) const {
    return where((x > -3) && (x < 3), g * constant(x, kSixth), nothing(g));
  }
};

struct Hardswish {
  static constexpr auto kernel = "hardswish_cpu", node = "HardswishBackward0";
  static constexpr auto loops = &ActivationKernels::hardswish;
  auto forward(auto x) const { return x * minimum(maximum(x + 3, nothing(x)), constant(x, 6)) / 6; }
  auto grad(auto g, auto x) const {
    return where(x <= -3, nothing(g), where(x >= 3, g, g * (x / 3 + constant(x, 0.5))));
  }
};

struct Mish {
  static constexpr auto kernel = "mish_cpu", node = "MishBackward0";
  static constexpr auto loops = &ActivationKernels::mish;
  auto forward(auto x) const { return x * tanh_of_softplus(x); }
  auto grad(auto g, auto x) const {
    const auto t = tanh_of_softplus(x);
    return g * (t + x * sigmoid(x) * (1 - t * t));
  }

 private:
  // ((1 + e)^2 - 1) / ((1 + e)^2 + 1) with e = exp(x); it is 1 to the last bit beyond 20.
  static auto tanh_of_softplus(auto x) {
    const auto e = exp(minimum(x, constant(x, 20)));
    const auto n = e * (e + 2);
    return n / (n + 2);
  }
};

struct LogSigmoid {
  static constexpr auto kernel = "log_sigmoid_cpu", node = "LogSigmoidBackward0";
  static constexpr auto loops = &ActivationKernels::log_sigmoid;
  auto forward(auto x) const { return minimum(x, nothing(x)) - log1p(exp(-abs(x))); }
  auto grad(auto g, auto x) const { return g * sigmoid(-x); }
};

struct Softshrink {
  static constexpr auto kernel = "softshrink_cpu", node = "SoftshrinkBackward0";
  static constexpr auto loops = &ActivationKernels::softshrink;
  static constexpr bool piecewise = true;
  double lambd;
  auto forward(auto x) const {
    const auto l = constant(x, lambd);
    return where(x > l, x - l, where(x < -l, x + l, x * 0));  // NaN stays
  }
  auto grad(auto g, auto x) const {
    return where((x > constant(x, lambd)) || (x < constant(x, -lambd)), g, nothing(g));
  }
};

struct Hardshrink {
  static constexpr auto kernel = "hardshrink_cpu", node = "HardshrinkBackward0";
  static constexpr auto loops = &ActivationKernels::hardshrink;
  static constexpr bool piecewise = true;
  double lambd;
  auto forward(auto x) const {
    return where((x >= constant(x, -lambd)) && (x <= constant(x, lambd)), nothing(x), x);
  }
  auto grad(auto g, auto x) const {
    return where((x > constant(x, lambd)) || (x < constant(x, -lambd)), g, nothing(g));
  }
};

struct Threshold {
  static constexpr auto kernel = "threshold_cpu", node = "ThresholdBackward0";
  static constexpr auto loops = &ActivationKernels::threshold;
  static constexpr bool piecewise = true;
  double threshold, value;
  auto forward(auto x) const { return where(x <= constant(x, threshold), constant(x, value), x); }
  auto grad(auto g, auto x) const { return where(x <= constant(x, threshold), nothing(g), g); }
};

// --- losses: of an input and its target, with the derivative in the input times g
struct SmoothL1 {
  static constexpr auto kernel = "smooth_l1_cpu", node = "SmoothL1LossBackward0";
  static constexpr auto loops = &ActivationKernels::smooth_l1;
  double beta;
  auto forward(auto x, auto t) const {
    const auto z = abs(x - t), b = constant(x, beta), half = constant(x, 0.5);
    return where(z < b, half * z * z / b, z - half * b);
  }
  auto grad(auto g, auto x, auto t) const {
    const auto d = x - t;
    const auto b = constant(x, beta);
    return where(d <= -b, -g, where(d >= b, g, g * d / b));
  }
};

struct Huber {
  static constexpr auto kernel = "huber_cpu", node = "HuberLossBackward0";
  static constexpr auto loops = &ActivationKernels::huber;
  double delta;
  auto forward(auto x, auto t) const {
    const auto z = abs(x - t), d = constant(x, delta), half = constant(x, 0.5);
    return where(z < d, half * z * z, d * (z - half * d));
  }
  auto grad(auto g, auto x, auto t) const {
    const auto d = x - t;
    const auto limit = constant(x, delta);
    return where(d <= -limit, -g * limit, where(d >= limit, g * limit, g * d));
  }
};

struct SoftMargin {
  static constexpr auto kernel = "soft_margin_loss", node = "SoftMarginLossBackward0";
  static constexpr auto loops = &ActivationKernels::soft_margin;
  auto forward(auto x, auto t) const { return log1p(exp(-t * x)); }
  auto grad(auto g, auto x, auto t) const { return -t * g * sigmoid(-t * x); }
};

// Of probabilities; the logarithms end at -100.
struct CrossEntropy {
  static constexpr auto kernel = "binary_cross_entropy";
  static constexpr auto loops = &ActivationKernels::cross_entropy;
  auto forward(auto x, auto t) const { return (t - 1) * cut(log1p(-x)) - t * cut(log(x)); }

 private:
  static auto cut(auto y) { return where(y < -100, constant(y, -100), y); }
};
struct CrossEntropyOfLogits {
  static constexpr auto kernel = "log_sigmoid_cpu";
  static constexpr auto loops = &ActivationKernels::cross_entropy_of_logits;
  auto forward(auto x, auto t) const { return (1 - t) * x - LogSigmoid().forward(x); }
};

// --- others
struct Gated {
  static constexpr auto kernel = "glu_cpu";
  static constexpr auto loops = &ActivationKernels::gated;
  auto forward(auto x, auto gate) const { return x * sigmoid(gate); }
};
struct AddScaled {
  double alpha;
  auto forward(auto a, auto b) const { return a + b * constant(a, alpha); }
};
struct AddProduct {
  double scale;
  auto forward(auto x, auto a, auto b) const { return x + constant(x, scale) * a * b; }
};
struct AddQuotient {
  double scale;
  auto forward(auto x, auto a, auto b) const { return x + constant(x, scale) * a / b; }
};
// Starts from the nearer end, so that weights 0 and 1 give the ends themselves.
struct InterpolateBy {
  auto forward(auto start, auto end, auto weight) const {
    const auto way = end - start;
    return where(abs(weight) < 0.5, start + weight * way, end - way * (1 - weight));
  }
};
struct Interpolate {
  double weight;
  auto forward(auto start, auto end) const {
    return InterpolateBy().forward(start, end, constant(start, weight));
  }
};

}  // namespace tg
