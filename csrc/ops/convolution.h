// Convolutions in one to three dimensions.
#pragma once

#include <string>

#include "core/tensor.h"

namespace tg {

// input [batch, channels, ...], weight [out, in / groups, kernel...], or [in, out / groups,
// kernel...] where transposed; bias may be undefined. Lists of one element stand for all
// dimensions.
Tensor convolution(const Tensor& input, const Tensor& weight, const Tensor& bias,
                   const Dims& stride, const Dims& padding, const Dims& dilation, bool transposed,
                   const Dims& output_padding, int64_t groups);

// The functions that users call: `dims` is 1, 2 or 3, the batch may be missing.
Tensor conv(int dims, const Tensor& input, const Tensor& weight, const Tensor& bias,
            const Dims& stride, const Dims& padding, const Dims& dilation, int64_t groups);
// padding: "valid" or "same".
Tensor conv(int dims, const Tensor& input, const Tensor& weight, const Tensor& bias,
            const Dims& stride, const std::string& padding, const Dims& dilation, int64_t groups);
Tensor conv_transpose(int dims, const Tensor& input, const Tensor& weight, const Tensor& bias,
                      const Dims& stride, const Dims& padding, const Dims& output_padding,
                      int64_t groups, const Dims& dilation);
// Over the time of [time, batch, channels] with a weight [kernel, in, out].
Tensor conv_tbc(const Tensor& input, const Tensor& weight, const Tensor& bias, int64_t pad);

}  // namespace tg
