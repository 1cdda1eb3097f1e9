// Elementwise operations of three operands: where(), masked_fill(), lerp(), addcmul() and
// addcdiv(). where() itself is declared in operators.h, because derivatives use it.
#pragma once

#include "ops/operators.h"

namespace tg {

Tensor masked_fill(const Tensor& x, const Tensor& mask, const Operand& value);
Tensor masked_fill_(const Tensor& self, const Tensor& mask, const Operand& value);

// start + weight * (end - start)
Tensor lerp(const Tensor& start, const Tensor& end, const Operand& weight);
Tensor lerp_(const Tensor& self, const Tensor& end, const Operand& weight);
// input + value * (a * b), input + value * (a / b)
Tensor addcmul(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& value);
Tensor addcmul_(const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& value);
Tensor addcdiv(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& value);
Tensor addcdiv_(const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& value);

}  // namespace tg
