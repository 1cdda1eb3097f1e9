// Random zeros while training, in PyTorch's stream of random numbers.
#pragma once

#include <tuple>

#include "core/tensor.h"
#include "kernels/random.h"

namespace tg {

enum class Dropout {
  Element,       // single elements become 0, the others are divided by 1 - p
  Feature,       // whole channels (dimensions 0 and 1)
  Alpha,         // elements become the negative limit of SELU, then all are scaled to keep mean and
                 // variance; Klambauer et al. 2017
  FeatureAlpha,  // the same of whole channels
};

Tensor dropout(const Tensor& x, double p, bool train, Dropout kind, GeneratorState& generator);
// The result and the mask of what stays.
std::tuple<Tensor, Tensor> native_dropout(const Tensor& x, double p, bool train,
                                          GeneratorState& generator);
// grad * mask * scale
Tensor native_dropout_backward(const Tensor& grad, const Tensor& mask, double scale);

}  // namespace tg
