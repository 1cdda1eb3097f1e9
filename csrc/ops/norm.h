// Norms of differences, and slices with bounded norms. vector_norm() itself is in reduce.h.
#pragma once

#include "core/tensor.h"

namespace tg {

// The p-norm of a - b, which are broadcast.
Tensor dist(const Tensor& a, const Tensor& b, double p);
// x with each slice along dim whose p-norm exceeds max_norm scaled down to it.
Tensor renorm(const Tensor& x, double p, int64_t dim, double max_norm);
Tensor renorm_(const Tensor& self, double p, int64_t dim, double max_norm);

}  // namespace tg
