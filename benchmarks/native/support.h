// Inputs and resets that the benchmarks share.
#pragma once

#include <array>
#include <initializer_list>
#include <utility>

#include "core/tensor.h"
#include "ops/copy.h"

namespace tg::bench {

// Ones, so that chains of products and roots stay finite.
inline Tensor ones(std::initializer_list<int64_t> sizes, DType dtype = DType::Float32) {
  const Tensor t = empty(Dims(sizes), dtype);
  fill_values(t, Scalar(1.0));
  return t;
}

inline Tensor leaf(std::initializer_list<int64_t> sizes) {
  const Tensor t = ones(sizes);
  t->flags = uint16_t(t->flags | kRequiresGrad);
  return t;
}

inline void drop_grad(const Tensor& t) {
  if (t->grad) Tensor::take(std::exchange(t->grad, nullptr));
}

}  // namespace tg::bench
