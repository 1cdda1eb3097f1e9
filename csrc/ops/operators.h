// Operators and names of the elementwise operations on Tensors, so that a derivative reads like its
// formula.
#pragma once

#include "ops/promotion.h"

namespace tg {

Tensor add(const Operand& a, const Operand& b);
Tensor sub(const Operand& a, const Operand& b);
Tensor mul(const Operand& a, const Operand& b);
Tensor div(const Operand& a, const Operand& b);
Tensor pow(const Operand& a, const Operand& b);
Tensor eq(const Operand& a, const Operand& b);
Tensor ne(const Operand& a, const Operand& b);
Tensor lt(const Operand& a, const Operand& b);
Tensor le(const Operand& a, const Operand& b);
Tensor gt(const Operand& a, const Operand& b);
Tensor ge(const Operand& a, const Operand& b);
Tensor maximum(const Operand& a, const Operand& b);
Tensor minimum(const Operand& a, const Operand& b);
Tensor logical_and(const Operand& a, const Operand& b);
Tensor logical_or(const Operand& a, const Operand& b);
Tensor where(const Tensor& condition, const Operand& a, const Operand& b);

Tensor neg(const Tensor& x);
Tensor relu(const Tensor& x);
inline Tensor operator-(const Tensor& x) { return neg(x); }
#define TG_OPERATOR(symbol, name)                                                        \
  inline Tensor operator symbol(const Tensor& a, const Tensor& b) { return name(a, b); } \
  inline Tensor operator symbol(const Tensor& a, double b) { return name(a, b); }        \
  inline Tensor operator symbol(double a, const Tensor& b) { return name(a, b); }
TG_OPERATOR(+, add)
TG_OPERATOR(-, sub)
TG_OPERATOR(*, mul)
TG_OPERATOR(/, div)
TG_OPERATOR(==, eq)
TG_OPERATOR(!=, ne)
TG_OPERATOR(<, lt)
TG_OPERATOR(<=, le)
TG_OPERATOR(>, gt)
TG_OPERATOR(>=, ge)
#undef TG_OPERATOR
inline Tensor operator&&(const Tensor& a, const Tensor& b) { return logical_and(a, b); }
inline Tensor operator||(const Tensor& a, const Tensor& b) { return logical_or(a, b); }

}  // namespace tg
