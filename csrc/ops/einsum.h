// Sums of products over named dimensions: einsum() and tensordot().
#pragma once

#include <string_view>

#include "core/tensor.h"

namespace tg {

// Einstein's summation; the tensors are contracted from left to right.
Tensor einsum(std::string_view equation, std::span<const Tensor> operands);

// Sums over the last `dims` dimensions of a and the first of b, or over the given pairs.
Tensor tensordot(const Tensor& a, const Tensor& b, int64_t dims);
Tensor tensordot(const Tensor& a, const Tensor& b, std::span<const int64_t> dims_a,
                 std::span<const int64_t> dims_b);

}  // namespace tg
