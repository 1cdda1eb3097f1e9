// New tensors from sizes and numbers: filled, counting, evenly spaced, identity.
#pragma once

#include <optional>

#include "core/tensor.h"

namespace tg {

Tensor full(std::span<const int64_t> sizes, const Scalar& value, DType dtype);
// Fills memory that is dense in any order of the dims, such as empty_like() gives.
void fill_checked(const Tensor& dense, const Scalar& value);
Tensor zeros(std::span<const int64_t> sizes, DType dtype);
inline Tensor ones(std::span<const int64_t> sizes, DType dtype) {
  return full(sizes, Scalar(1), dtype);
}

// start, start + step, ... before end. Without a dtype: int64 for three integers, else the default
// dtype.
Tensor arange(const Scalar& start, const Scalar& end, const Scalar& step,
              std::optional<DType> dtype);
// `steps` numbers from start to end, both included; logspace raises `base` to them.
Tensor linspace(const Scalar& start, const Scalar& end, int64_t steps, DType dtype);
Tensor logspace(const Scalar& start, const Scalar& end, int64_t steps, double base, DType dtype);
Tensor eye(int64_t rows, int64_t columns, DType dtype);

}  // namespace tg
