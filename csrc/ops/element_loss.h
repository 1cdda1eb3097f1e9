// Losses of pairs of elements, and losses by margins between classes. `reduction` is "none", "mean"
// or "sum".
#pragma once

#include <optional>
#include <string>

#include "core/tensor.h"

namespace tg {

// |input - target|, but quadratic below beta. Girshick 2015.
Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, const std::string& reduction,
                      double beta);
// The same times delta. Huber 1964.
Tensor huber_loss(const Tensor& input, const Tensor& target, const std::string& reduction,
                  double delta);
// log(1 + exp(-target * input))
Tensor soft_margin_loss(const Tensor& input, const Tensor& target, const std::string& reduction);

// mean over j != target of max(0, margin - input[target] + input[j])^p, times weight[target]; input
// (C) or (N, C).
Tensor multi_margin_loss(const Tensor& input, const Tensor& target, double p, double margin,
                         const std::optional<Tensor>& weight, const std::string& reduction);
// The sum over classes j in target and i not in it of max(0, 1 - input[j] + input[i]) / C. target
// lists classes up to the first negative number.
Tensor multilabel_margin_loss(const Tensor& input, const Tensor& target,
                              const std::string& reduction);

}  // namespace tg
