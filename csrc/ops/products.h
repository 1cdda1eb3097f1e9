// Products of vectors, matrices and batches of them, beyond those in matmul.h: with something
// added, over all pairs, over chains.
#pragma once

#include <optional>

#include "core/scalar.h"
#include "core/tensor.h"

namespace tg {

// beta * input + alpha * product; with beta = 0 input is not looked at, NaN included.
Tensor addmv(const Tensor& input, const Tensor& mat, const Tensor& vec, const Scalar& beta,
             const Scalar& alpha);
Tensor addr(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& beta,
            const Scalar& alpha);
Tensor addbmm(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& beta,
              const Scalar& alpha);
Tensor baddbmm(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& beta,
               const Scalar& alpha);

Tensor inner(const Tensor& a, const Tensor& b);
Tensor vdot(const Tensor& a, const Tensor& b);
Tensor vecdot(const Tensor& a, const Tensor& b, int64_t dim);
Tensor kron(const Tensor& a, const Tensor& b);
Tensor trace(const Tensor& x);
Tensor multi_dot(std::span<const Tensor> tensors);
Tensor chain_matmul(std::span<const Tensor> matrices);
Tensor block_diag(std::span<const Tensor> tensors);

// Without a dim, the first of size 3.
Tensor cross(const Tensor& a, const Tensor& b, std::optional<int64_t> dim);
Tensor linalg_cross(const Tensor& a, const Tensor& b, int64_t dim);

// Powers of each element along a new last dimension: linalg.vander() and PyTorch's older vander().
Tensor linalg_vander(const Tensor& x, std::optional<int64_t> columns);
Tensor vander(const Tensor& x, std::optional<int64_t> columns, bool increasing);

}  // namespace tg
