// Views of one tensor: other sizes and strides over the same memory, each with its derivative. Only
// reshape() and ravel() may copy, where no view can have the shape. Views that come in lists are at
// the end.
#pragma once

#include <vector>

#include "core/tensor.h"

namespace tg {

// make_view() for parts of a tensor: the place of a part without elements may lie beyond the end of
// the memory.
Tensor plain_view(const Tensor& of, std::span<const int64_t> sizes,
                  std::span<const int64_t> strides, int64_t offset);

// Sizes with at most one -1 filled in so that they hold `numel` elements.
Dims infer_sizes(std::span<const int64_t> sizes, int64_t numel);

Tensor view(const Tensor& x, std::span<const int64_t> sizes);
Tensor view_dtype(const Tensor& x, DType dtype);  // the same bytes read as another dtype
Tensor view_as(const Tensor& x, const Tensor& other);
Tensor reshape(const Tensor& x, std::span<const int64_t> sizes);
Tensor reshape_as(const Tensor& x, const Tensor& other);
Tensor flatten(const Tensor& x, int64_t start_dim = 0, int64_t end_dim = -1);
Tensor unflatten(const Tensor& x, int64_t dim, std::span<const int64_t> sizes);
Tensor ravel(const Tensor& x);

Tensor transpose(const Tensor& x, int64_t dim0, int64_t dim1);
Tensor permute(const Tensor& x, std::span<const int64_t> dims);
Tensor movedim(const Tensor& x, std::span<const int64_t> source,
               std::span<const int64_t> destination);
Tensor t(const Tensor& x);         // transpose of a matrix; vectors and numbers stay
Tensor numpy_T(const Tensor& x);   // all dimensions reversed
Tensor matrix_T(const Tensor& x);  // the last two dimensions exchanged
Tensor matrix_H(const Tensor& x);  // the same of a matrix
Tensor matrix_mH(const Tensor& x);
Tensor adjoint(const Tensor& x);

Tensor squeeze(const Tensor& x);
Tensor squeeze(const Tensor& x, int64_t dim);
Tensor squeeze_dims(const Tensor& x, std::span<const int64_t> dims);
Tensor unsqueeze(const Tensor& x, int64_t dim);
Tensor expand(const Tensor& x, std::span<const int64_t> sizes);  // -1 keeps a size
Tensor expand_as(const Tensor& x, const Tensor& other);

Tensor alias(const Tensor& x);  // the same elements as a view
Tensor select(const Tensor& x, int64_t dim, int64_t index);
// Bounds are clamped as Python's are; step is positive.
Tensor slice(const Tensor& x, int64_t dim, int64_t start, int64_t end, int64_t step = 1);
Tensor narrow(const Tensor& x, int64_t dim, int64_t start, int64_t length);
Tensor diagonal(const Tensor& x, int64_t offset = 0, int64_t dim1 = 0, int64_t dim2 = 1);
Tensor unfold(const Tensor& x, int64_t dim, int64_t size, int64_t step);
Tensor as_strided(const Tensor& x, std::span<const int64_t> sizes, std::span<const int64_t> strides,
                  int64_t storage_offset);

// Makes `self` what `view_of_self` is: the in-place forms of the above.
Tensor become_view(const Tensor& self, const Tensor& view_of_self);

// --- lists of views; in split.cpp
// ----------------------------------------------------------------------
std::vector<Tensor> unbind(const Tensor& x, int64_t dim);
std::vector<Tensor> split(const Tensor& x, int64_t split_size, int64_t dim);
std::vector<Tensor> split_with_sizes(const Tensor& x, std::span<const int64_t> sizes, int64_t dim);
std::vector<Tensor> chunk(const Tensor& x, int64_t chunks, int64_t dim);
std::vector<Tensor> tensor_split(const Tensor& x, int64_t sections, int64_t dim);
std::vector<Tensor> tensor_split_at(const Tensor& x, std::span<const int64_t> indices, int64_t dim);

}  // namespace tg
