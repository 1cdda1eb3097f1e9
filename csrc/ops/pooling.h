// Pooling in one to three dimensions: the greatest element or the mean of windows, given by kernel
// and stride or, adaptively, by the output's sizes. The batch may be missing.
#pragma once

#include <optional>
#include <utility>

#include "core/tensor.h"

namespace tg {

// An empty stride is the kernel. `indices` are places in the plane, int64; they are computed where
// wanted or where a gradient will need them, else undefined.
struct MaxPooled {
  Tensor values, indices;
};
MaxPooled max_pool(int dims, const Tensor& input, const Dims& kernel, const Dims& stride,
                   const Dims& padding, const Dims& dilation, bool ceil_mode, bool with_indices);
Tensor avg_pool(int dims, const Tensor& input, const Dims& kernel, const Dims& stride,
                const Dims& padding, bool ceil_mode, bool count_include_pad,
                std::optional<int64_t> divisor_override);
MaxPooled adaptive_max_pool(int dims, const Tensor& input, const Dims& output_size,
                            bool with_indices);
Tensor adaptive_avg_pool(int dims, const Tensor& input, const Dims& output_size);

// Zeros of the spatial sizes `output_size` with the elements of `input` at `indices`.
Tensor max_unpool(int dims, const Tensor& input, const Tensor& indices, const Dims& output_size);

// The gradient of max_pool(2, ...) in its input.
Tensor max_pool2d_with_indices_backward(const Tensor& grad, const Tensor& input,
                                        const Tensor& indices);

// Windows of `kernel` at pseudorandom places: samples [batch, channels, dims] in [0, 1) say where.
MaxPooled fractional_max_pool(int dims, const Tensor& input, const Dims& kernel,
                              const Dims& output_size, const Tensor& samples);

}  // namespace tg
