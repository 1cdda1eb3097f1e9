// Activation functions: fused forward and backward loops, PyTorch's names and formulas. The
// in-place forms end in an underscore.
#pragma once

#include <string>

#include "kernels/random.h"
#include "ops/operators.h"

namespace tg {

Tensor silu(const Tensor& x);                                  // x * sigmoid(x)
Tensor gelu(const Tensor& x, const std::string& approximate);  // "none" or "tanh"
Tensor leaky_relu(const Tensor& x, const Scalar& negative_slope);
Tensor elu(const Tensor& x, const Scalar& alpha);
Tensor selu(const Tensor& x);
Tensor celu(const Tensor& x, const Scalar& alpha);
Tensor softplus(const Tensor& x, const Scalar& beta, const Scalar& threshold);
Tensor hardtanh(const Tensor& x, const Scalar& min, const Scalar& max);
Tensor hardsigmoid(const Tensor& x);
Tensor hardswish(const Tensor& x);
Tensor mish(const Tensor& x);
Tensor log_sigmoid(const Tensor& x);
Tensor softshrink(const Tensor& x, const Scalar& lambd);
Tensor hardshrink(const Tensor& x, const Scalar& lambd);
Tensor threshold(const Tensor& x, const Scalar& threshold, const Scalar& value);
// weight: one number, or one for each channel (dimension 1).
Tensor prelu(const Tensor& x, const Tensor& weight);
// Slopes of negative elements drawn from [lower, upper) while training, their mean otherwise.
Tensor rrelu(const Tensor& x, const Scalar& lower, const Scalar& upper, bool training,
             GeneratorState& generator);
// The first half along dim times the sigmoid of the second.
Tensor glu(const Tensor& x, int64_t dim);

}  // namespace tg
