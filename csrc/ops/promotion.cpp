#include "ops/promotion.h"

namespace tg {
namespace {
DType current_default = DType::Float32;
}

DType default_dtype() { return current_default; }
void set_default_dtype(DType dtype) {
  if (!is_floating(dtype))
    type_error("only floating-point types are supported as the default type");
  current_default = dtype;
}

ResultType& ResultType::operator<<(const Operand& operand) {
  int level = 2;
  DType dtype;
  if (operand.is_tensor()) {
    const Tensor& t = *operand.tensor;
    dtype = t.dtype();
    level = (t->flags & kWrappedNumber) ? 2 : t.dim() == 0 ? 1 : 0;
    if (level == 2 && is_floating(dtype)) dtype = default_dtype();
  } else {
    dtype = scalar_dtype(operand.scalar);
  }
  int& slot = levels_[level];
  slot = slot < 0 ? int(dtype) : int(promote(DType(slot), dtype));
  return *this;
}

DType ResultType::value() const {
  int result = -1;
  for (int level = 2; level >= 0; --level) {  // from the weakest up
    const int higher = levels_[level];
    if (higher < 0) continue;
    if (result < 0) {
      result = higher;
    } else if (is_floating(DType(higher))) {
      result = higher;
    } else if (DType(higher) == DType::Bool || is_floating(DType(result))) {
      result = int(promote(DType(higher), DType(result)));
    } else {
      result = higher;
    }
  }
  return DType(result);
}

}  // namespace tg
