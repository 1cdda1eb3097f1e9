// PyTorch's result_type: dimensioned tensors decide before 0-d tensors, which decide before Python
// numbers.
#pragma once

#include "core/tensor.h"

namespace tg {

DType default_dtype();
void set_default_dtype(DType dtype);

// A tensor or a Python number on its way into an elementwise operation.
struct Operand {
  Operand(const Tensor& t) : tensor(&t) {}
  Operand(Scalar s) : scalar(s) {}
  Operand(double s) : scalar(s) {}
  bool is_tensor() const { return tensor != nullptr; }
  const Tensor* tensor = nullptr;
  Scalar scalar;
};

class ResultType {
 public:
  ResultType& operator<<(const Operand& operand);
  DType value() const;

 private:
  int levels_[3] = {-1, -1, -1};  // dimensioned, 0-d, number; -1: none
};

inline DType scalar_dtype(const Scalar& s) { return s.is_floating() ? default_dtype() : s.kind(); }

inline DType result_type(const Operand& a, const Operand& b) {
  if (a.is_tensor() && b.is_tensor() && a.tensor->dtype() == b.tensor->dtype() &&
      !((*a.tensor)->flags & kWrappedNumber) && !((*b.tensor)->flags & kWrappedNumber))
    return a.tensor->dtype();
  if (a.is_tensor() && !b.is_tensor() && is_floating(a.tensor->dtype())) return a.tensor->dtype();
  if (b.is_tensor() && !a.is_tensor() && is_floating(b.tensor->dtype())) return b.tensor->dtype();
  return (ResultType() << a << b).value();
}

}  // namespace tg
