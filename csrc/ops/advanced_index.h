// Several index tensors at once: x[i, :, j] and x[mask]. AdvancedIndex is their common form: what
// each asks for, checked, counted from the front and broadcast to one shape.
#pragma once

#include <vector>

#include "core/tensor.h"

namespace tg {

struct AdvancedIndex {
  Tensor indices;  // int64 [k, shape...]: coordinate i of each place is along dims[i]
  Dims dims;       // k rising dimensions of the indexed tensor
  bool adjacent;   // then the shape stands in the place of dims, else at the front of the result
  int folded = 1;  // dims[0] is the first of so many that count as one; the tensor must be dense

  int count() const { return dims.size(); }
  std::span<const int64_t> shape() const { return indices.sizes().subspan(1); }
  Dims result_sizes(std::span<const int64_t> sizes) const;
};

struct IndexedDim {
  int dim;
  Tensor index;  // integers, or bools over as many dimensions as it has
};

// Raises PyTorch's IndexErrors where an index does not fit `x`.
AdvancedIndex advanced_index(const Tensor& x, std::span<const IndexedDim> indexed);

// The elements of `from` at the places; `name` is the node's.
Tensor take_indexed(const char* name, const Tensor& from, const AdvancedIndex& at);
// `into` with `values` (of its dtype, broadcast) written or added at the places.
Tensor put_indexed(const char* name, const Tensor& into, const AdvancedIndex& at,
                   const Tensor& values, bool accumulate);
Tensor put_indexed_(const char* name, const Tensor& self, const AdvancedIndex& at,
                    const Tensor& values, bool accumulate);

// Positions of the nonzero elements, int64 [dimensions, count]; mask is bool or uint8.
Tensor positions(const Tensor& mask);

}  // namespace tg
