// Distances between vectors.
#pragma once

#include "core/tensor.h"

namespace tg {

// The p-norms of the differences of all pairs of rows of (n, m): the upper triangle, row by row.
Tensor pdist(const Tensor& x, double p);

}  // namespace tg
