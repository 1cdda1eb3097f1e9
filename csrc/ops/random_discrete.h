// Samples of discrete distributions, each element with parameters of its own.
#pragma once

#include "core/tensor.h"
#include "kernels/random.h"

namespace tg {

// Indices drawn by weight: (C) or (N, C) of weights that need not add up to 1 give (n) or (N, n).
Tensor multinomial(const Tensor& weights, int64_t num_samples, bool replacement,
                   GeneratorState& generator);
Tensor poisson(const Tensor& rate, GeneratorState& generator);
Tensor binomial(const Tensor& count, const Tensor& prob, GeneratorState& generator);

}  // namespace tg
