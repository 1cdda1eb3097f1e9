// Losses: numbers that say how far an input is from a target. `reduction` is "none", "mean" or
// "sum".
#pragma once

#include <optional>
#include <string>

#include "core/tensor.h"

namespace tg {

using OptionalTensor = std::optional<Tensor>;

// (input - target)^2, with broadcasting.
Tensor mse_loss(const Tensor& input, const Tensor& target, const std::string& reduction);

// -weight[target] * input[target] of log-probabilities (C), (N, C) or (N, C, d1, ...) and class
// indices (), (N) or (N, d1, ...). The mean is weighted; targets equal to ignore_index do not
// count.
Tensor nll_loss(const Tensor& input, const Tensor& target, const OptionalTensor& weight,
                int64_t ignore_index, const std::string& reduction);
// The same of logits, for class indices.
Tensor cross_entropy(const Tensor& input, const Tensor& target, const OptionalTensor& weight,
                     int64_t ignore_index, const std::string& reduction);

// -(target * log(input) + (1 - target) * log(1 - input)), logarithms cut at -100, of probabilities.
Tensor binary_cross_entropy(const Tensor& input, const Tensor& target, const OptionalTensor& weight,
                            const std::string& reduction);
// The same of logits; pos_weight multiplies the term of target.
Tensor binary_cross_entropy_with_logits(const Tensor& input, const Tensor& target,
                                        const OptionalTensor& weight,
                                        const OptionalTensor& pos_weight,
                                        const std::string& reduction);

}  // namespace tg
