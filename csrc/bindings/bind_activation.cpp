// Activation functions. Those that are only in torch.nn.functional are bound with an underscore;
// nn/functional.py gives them their face.
#include "bindings/bind.h"
#include "bindings/generator.h"
#include "ops/activation.h"
#include "ops/copy.h"
#include "ops/unary.h"

namespace tg {
namespace {

constexpr int kBoth = kFunction | kMethod;

// The in-place form of a function of one tensor and some parameters.
template <auto function>
struct InPlace;
template <class... P, Tensor (*function)(const Tensor&, P...)>
struct InPlace<function> {
  static Tensor call(const Tensor& self, P... parameters) {
    return in_place(self, grad_mode.enabled && requires_grad(self),
                    [&](const Tensor& x) { return function(x, parameters...); });
  }
};

}  // namespace

void bind_activations(Binder& b) {
#define TG_BIND(name, function, parameters, doc)                                  \
  b.def(name, {fn(&function, "input" parameters)}, kFunction, doc);               \
  b.def(name "_", {fn(&InPlace<&function>::call, "input" parameters)}, kFunction, \
        "In-place form of " #function "().");
  TG_BIND("_silu", silu, "", "input * sigmoid(input).")
  TG_BIND("_gelu", gelu, ", *, approximate='none'",
          "input times the normal distribution function of input, or its tanh approximation.")
  TG_BIND("_leaky_relu", leaky_relu, ", negative_slope=0.01",
          "input where it is positive, negative_slope * input elsewhere.")
  TG_BIND("_elu", elu, ", alpha=1.0",
          "input where it is positive, alpha * (exp(input) - 1) elsewhere.")
  TG_BIND("selu", selu, "",
          "Scaled elu() with the constants of self-normalising networks (Klambauer et al. 2017).")
  TG_BIND("celu", celu, ", alpha=1.0",
          "input where it is positive, alpha * (exp(input / alpha) - 1) elsewhere.")
  TG_BIND("_softplus", softplus, ", beta=1, threshold=20",
          "log(1 + exp(beta * input)) / beta; input itself where beta * input is above threshold.")
  TG_BIND("_hardtanh", hardtanh, ", min_val=-1, max_val=1",
          "input cut to the range from min_val to max_val.")
  TG_BIND("_hardsigmoid", hardsigmoid, "", "input / 6 + 1 / 2, cut to the range from 0 to 1.")
  TG_BIND("_hardswish", hardswish, "", "input * hardsigmoid(input).")
  TG_BIND("_mish", mish, "", "input * tanh(softplus(input)).")
  TG_BIND("threshold", threshold, ", threshold, value",
          "input where it is above the threshold, value elsewhere.")
#undef TG_BIND
  b.def("relu_", {fn(&relu_, "input")}, kFunction, "In-place form of relu().");
  b.def("_log_sigmoid", {fn(&log_sigmoid, "input")}, kFunction, "Logarithm of sigmoid(input).");
  b.def("_softshrink", {fn(&softshrink, "input, lambd=0.5")}, kFunction,
        "input moved towards 0 by lambd, 0 within lambd of it.");
  b.def("hardshrink", {fn(&hardshrink, "input, lambd=0.5")}, kBoth,
        "input, but 0 where it is between -lambd and lambd.");
  b.def("prelu", {fn(&prelu, "input, weight")}, kBoth,
        "input where it is positive, weight * input elsewhere; weight has one element or one "
        "for each channel (dimension 1).");
  b.def("rrelu",
        {fn(&rrelu,
            "input, lower=0.125, upper=0.3333333333333333, training=False, "
            "generator=None")},
        kFunction,
        "input where it is positive; elsewhere times a slope, which is drawn from [lower, upper) "
        "while training and its mean otherwise.");
  b.def("rrelu_",
        {fn(&InPlace<&rrelu>::call,
            "input, lower=0.125, upper=0.3333333333333333, training=False, "
            "generator=None")},
        kFunction, "In-place form of rrelu().");
  b.def("_glu", {fn(&glu, "input, dim=-1")}, kFunction,
        "The first half of input along dim times the sigmoid of the second.");
}

}  // namespace tg
