// Products of matrices and vectors, and what is built on them.
#pragma once

#include "core/scalar.h"
#include "core/tensor.h"

namespace tg {

Tensor matmul(const Tensor& a, const Tensor& b);
Tensor mm(const Tensor& a, const Tensor& b);
Tensor mv(const Tensor& a, const Tensor& v);
Tensor dot(const Tensor& a, const Tensor& b);
Tensor bmm(const Tensor& a, const Tensor& b);
Tensor outer(const Tensor& a, const Tensor& b);
Tensor addmm(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& beta,
             const Scalar& alpha);
// x @ weight.T + bias
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor* bias);

}  // namespace tg
