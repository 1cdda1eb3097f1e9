// Elements at computed places: Python's x[...] and x[...] = value, and the operations that take
// tensors of indices. IndexItem is one part of a key, as the bindings read it. advanced_index.h has
// what is about several index tensors at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ops/promotion.h"

namespace tg {

struct IndexItem {
  enum class Kind : uint8_t { Int, Slice, None, Ellipsis, Bool, Tensor };
  Kind kind;
  int64_t start = 0;  // Int: the index; Bool: 0 or 1
  int64_t stop = 0;
  int64_t step = 1;
  tg::Tensor tensor;
};

Tensor index(const Tensor& self, std::span<const IndexItem> key);
// self[key] = value; a tensor value is cast unless the key holds tensors.
void index_assign(const Tensor& self, std::span<const IndexItem> key, const Operand& value);
// self[i] and self[start:stop:step]
Tensor index_int(const Tensor& self, int64_t i);
Tensor index_slice(const Tensor& self, int64_t start, int64_t stop, int64_t step);

Tensor index_put(const Tensor& x, std::span<const Tensor> indices, const Tensor& values,
                 bool accumulate);
Tensor index_put_(const Tensor& self, std::span<const Tensor> indices, const Tensor& values,
                  bool accumulate);

Tensor gather(const Tensor& x, int64_t dim, const Tensor& index);
// reduce: "" (write), "add" or "multiply".
Tensor scatter(const Tensor& x, int64_t dim, const Tensor& index, const Operand& source,
               const std::string& reduce);
Tensor scatter_(const Tensor& self, int64_t dim, const Tensor& index, const Operand& source,
                const std::string& reduce);
Tensor scatter_add(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source);
Tensor scatter_add_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source);

Tensor index_select(const Tensor& x, int64_t dim, const Tensor& index);
Tensor index_add(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source,
                 const Scalar& alpha);
Tensor index_add_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source,
                  const Scalar& alpha);
Tensor index_copy(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source);
Tensor index_copy_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source);
Tensor index_fill(const Tensor& x, int64_t dim, const Tensor& index, const Operand& value);
Tensor index_fill_(const Tensor& self, int64_t dim, const Tensor& index, const Operand& value);

Tensor take(const Tensor& x, const Tensor& index);
Tensor take_along_dim(const Tensor& x, const Tensor& indices, std::optional<int64_t> dim);
Tensor masked_select(const Tensor& x, const Tensor& mask);
Tensor masked_scatter(const Tensor& x, const Tensor& mask, const Tensor& source);
Tensor masked_scatter_(const Tensor& self, const Tensor& mask, const Tensor& source);
Tensor nonzero(const Tensor& x);                     // [count, dimensions]
std::vector<Tensor> nonzero_tuple(const Tensor& x);  // one vector for each dimension

}  // namespace tg
