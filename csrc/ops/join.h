// Tensors put together (cat, stack, ...) and brought to common shapes.
#pragma once

#include <string>
#include <vector>

#include "core/tensor.h"

namespace tg {

Tensor cat(std::span<const Tensor> tensors, int64_t dim = 0);
Tensor stack(std::span<const Tensor> tensors, int64_t dim = 0);
Tensor hstack(std::span<const Tensor> tensors);
Tensor vstack(std::span<const Tensor> tensors);
Tensor dstack(std::span<const Tensor> tensors);
Tensor column_stack(std::span<const Tensor> tensors);

// Views of the inputs expanded to one shape; the axes of a grid, each expanded over all of it.
std::vector<Tensor> broadcast_tensors(std::span<const Tensor> tensors);
std::vector<Tensor> meshgrid(std::span<const Tensor> tensors, const std::string& indexing = "ij");

Tensor atleast_1d(const Tensor& x);
Tensor atleast_2d(const Tensor& x);
Tensor atleast_3d(const Tensor& x);

}  // namespace tg
