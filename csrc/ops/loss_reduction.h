// What the losses share: how the losses of the elements become one number, and
// what has no gradient.
#pragma once

#include <string>

#include "autograd/record.h"
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
// Of an argument that the loss has no derivative by.
inline void refuse_gradient(const char* function, const char* argument, const Tensor& t) {
  if (grad_mode.enabled && requires_grad(t))
    runtime_error("The function '", function, "' is not differentiable with respect to argument '",
                  argument, "'. This input cannot have requires_grad True.");
}

}  // namespace tg
