// Spatial transformers: images sampled at the places of a grid, and grids of affine maps.
#pragma once

#include "core/tensor.h"

namespace tg {

// input [batch, channels, (D,) H, W], grid [batch, (D',) H', W', 2 or 3]. mode: 0 linear, 1
// nearest, 2 cubic; padding: 0 zeros, 1 border, 2 reflection. There is no second derivative.
Tensor grid_sampler(const Tensor& input, const Tensor& grid, int64_t mode, int64_t padding,
                    bool align_corners);
// theta [batch, 2, 3] or [batch, 3, 4]; size: that of the images to be sampled.
Tensor affine_grid_generator(const Tensor& theta, const Dims& size, bool align_corners);

}  // namespace tg
