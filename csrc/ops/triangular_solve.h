// Systems of equations with a triangular matrix.
#pragma once

#include "core/tensor.h"

namespace tg {

// X of A X = B, or of X A = B unless `left`, for batches that broadcast. The other triangle of A is
// not read, nor the diagonal where `unitriangular`.
Tensor linalg_solve_triangular(const Tensor& a, const Tensor& b, bool upper, bool left,
                               bool unitriangular);

}  // namespace tg
