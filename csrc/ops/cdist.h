// Distances between all pairs of vectors of two sets.
#pragma once

#include "core/tensor.h"

namespace tg {

// The p-norms of the differences of all rows of [..., n, m] and [..., r, m]: [..., n, r].
Tensor cdist(const Tensor& x, const Tensor& y, double p);

}  // namespace tg
