// What the losses share: how the losses of the elements become one number.
#pragma once

#include <string>

#include "ops/operators.h"
#include "ops/reduce.h"

namespace tg {

enum class Reduction { None, Mean, Sum };
inline Reduction reduction_of(const std::string& name) {
  if (name == "mean") return Reduction::Mean;
  if (name == "sum") return Reduction::Sum;
  if (name != "none") value_error(name, " is not a valid value for reduction");
  return Reduction::None;
}
inline Tensor reduced(const Tensor& losses, Reduction reduction) {
  if (reduction == Reduction::None) return losses;
  return reduction == Reduction::Mean ? mean(losses) : sum(losses);
}
// What each element's loss is divided by.
inline double divisor_of(Reduction reduction, int64_t numel) {
  return reduction == Reduction::Mean ? double(numel) : 1;
}
// The gradient of each element's loss, before broadcasting.
inline Tensor unreduced(const Tensor& grad, Reduction reduction, int64_t numel) {
  return reduction == Reduction::Mean ? grad / double(numel) : grad;
}

}  // namespace tg
