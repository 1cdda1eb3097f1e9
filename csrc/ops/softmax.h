// Exponentials made to sum to one along a dimension, their logarithms, and the logarithm of the
// sum.
#pragma once

#include <optional>

#include "core/tensor.h"

namespace tg {

Tensor softmax(const Tensor& x, int64_t dim, std::optional<DType> dtype = {});
Tensor log_softmax(const Tensor& x, int64_t dim, std::optional<DType> dtype = {});
// The gradients of the two from their outputs. Differentiable.
Tensor softmax_backward(const Tensor& grad, const Tensor& output, int64_t dim);
Tensor log_softmax_backward(const Tensor& grad, const Tensor& output, int64_t dim);
// log(sum(exp(x))); integers become the default dtype. `dims` empty: all.
Tensor logsumexp(const Tensor& x, std::span<const int64_t> dims, bool keepdim);

}  // namespace tg
