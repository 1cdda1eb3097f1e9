// Elements combined at computed places: scatter_reduce(), index_reduce(), put().
#pragma once

#include <string>

#include "core/tensor.h"

namespace tg {

// reduce: "sum", "prod", "mean", "amax" or "amin". Without include_self the old values of the
// places that are written do not count.
Tensor scatter_reduce(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source,
                      const std::string& reduce, bool include_self);
Tensor scatter_reduce_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source,
                       const std::string& reduce, bool include_self);
// The same for whole slices; there is no "sum" (index_add() is that).
Tensor index_reduce(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source,
                    const std::string& reduce, bool include_self);
Tensor index_reduce_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source,
                     const std::string& reduce, bool include_self);

// Writes or adds at places of the flattened tensor.
Tensor put(const Tensor& x, const Tensor& index, const Tensor& source, bool accumulate);
Tensor put_(const Tensor& self, const Tensor& index, const Tensor& source, bool accumulate);

}  // namespace tg
