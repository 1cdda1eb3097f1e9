// Copies of a tensor with a part replaced or with its elements elsewhere, and small tensors of
// indices: what is built from the views of shape.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/scalar.h"
#include "core/tensor.h"

namespace tg {

// A copy of x whose part (what the view of the same name shows) is `source`.
Tensor select_scatter(const Tensor& x, const Tensor& source, int64_t dim, int64_t index);
Tensor slice_scatter(const Tensor& x, const Tensor& source, int64_t dim,
                     std::optional<int64_t> start, std::optional<int64_t> end, int64_t step);
Tensor diagonal_scatter(const Tensor& x, const Tensor& source, int64_t offset, int64_t dim1,
                        int64_t dim2);
Tensor as_strided_scatter(const Tensor& x, const Tensor& source, std::span<const int64_t> sizes,
                          std::span<const int64_t> strides, int64_t storage_offset);

Tensor rot90(const Tensor& x, int64_t times, std::span<const int64_t> dims);
Tensor fill_diagonal_(const Tensor& self, const Scalar& value, bool wrap);
Tensor sum_to_size(const Tensor& x, std::span<const int64_t> sizes);
Tensor narrow_copy(const Tensor& x, int64_t dim, int64_t start, int64_t length);

// hsplit(), vsplit() and dsplit() by the letter.
std::vector<Tensor> split_evenly(const Tensor& x, char which, int64_t sections);
std::vector<Tensor> split_at(const Tensor& x, char which, std::span<const int64_t> indices);
// Copies of the parts that split(), split_with_sizes() and unbind() show; `name` is the node's.
std::vector<Tensor> copies(const char* name, const Tensor& x, std::vector<Tensor> parts);
// The parts themselves, of which autograd does not know that they share memory.
std::vector<Tensor> strangers(const char* name, std::vector<Tensor> parts);
// A copy of a view, as one node.
Tensor copied(const char* name, const Tensor& part);

Tensor tril_indices(int64_t rows, int64_t columns, int64_t offset, DType dtype);
Tensor triu_indices(int64_t rows, int64_t columns, int64_t offset, DType dtype);
Tensor nonzero_static(const Tensor& x, int64_t size, int64_t fill_value);

// Other sizes for the same memory, contiguous; grows where needed, and new elements have no value.
Tensor resize_(const Tensor& self, std::span<const int64_t> sizes);

}  // namespace tg
