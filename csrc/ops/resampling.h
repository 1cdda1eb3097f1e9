// Padding, interpolation, and rearrangements of images: windows as columns, pixels as channels.
#pragma once

#include <optional>
#include <string>

#include "core/tensor.h"

namespace tg {

// pad: pairs (before, after) from the last dimension on; negative ones cut off.
Tensor constant_pad_nd(const Tensor& input, const Dims& pad, const Scalar& value);
// mode: "constant", "reflect", "replicate" or "circular"; the last three pad up to three
// dimensions.
Tensor pad(const Tensor& input, const Dims& pad, const std::string& mode,
           const std::optional<Scalar>& value);

// input [batch, channels, ...] brought to the sizes `output_size`. mode: "nearest",
// "nearest-exact", "linear" (any number of dimensions) or "cubic". scales: given ones replace the
// ratio of the sizes.
Tensor upsample(const Tensor& input, const Dims& output_size, const std::string& mode,
                bool align_corners, bool antialias, std::optional<double> scale_depth,
                std::optional<double> scale_height, std::optional<double> scale_width);

// Windows of images as columns [batch, channels * kernel places, windows], and their sum back.
Tensor im2col(const Tensor& input, const Dims& kernel_size, const Dims& dilation,
              const Dims& padding, const Dims& stride);
Tensor col2im(const Tensor& input, const Dims& output_size, const Dims& kernel_size,
              const Dims& dilation, const Dims& padding, const Dims& stride);

// (..., C r^2, H, W) to (..., C, H r, W r) and back.
Tensor pixel_shuffle(const Tensor& input, int64_t upscale_factor);
Tensor pixel_unshuffle(const Tensor& input, int64_t downscale_factor);
// The channels of [batch, channels, ...] read as (groups, rest) and transposed.
Tensor channel_shuffle(const Tensor& input, int64_t groups);

}  // namespace tg
