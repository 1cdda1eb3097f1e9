// Normalisation: batch, layer, group, instance and root-mean-square. `weight` and `bias` may be
// undefined; rstd is 1 / sqrt(variance + eps).
#pragma once

#include <optional>

#include "core/tensor.h"

namespace tg {

struct Normalized {
  Tensor out, mean, rstd;
};

// Each channel (dimension 1) over everything else. While training the statistics are those of the
// input, and running_mean and running_var, where defined, move towards them by `momentum`; else
// they are the statistics.
Normalized native_batch_norm(const Tensor& input, const Tensor& weight, const Tensor& bias,
                             const Tensor& running_mean, const Tensor& running_var, bool training,
                             double momentum, double eps);
Tensor batch_norm(const Tensor& input, const Tensor& weight, const Tensor& bias,
                  const Tensor& running_mean, const Tensor& running_var, bool training,
                  double momentum, double eps);
// Each channel of each item by itself.
Tensor instance_norm(const Tensor& input, const Tensor& weight, const Tensor& bias,
                     const Tensor& running_mean, const Tensor& running_var, bool use_input_stats,
                     double momentum, double eps);

// The last dimensions, whose sizes are `normalized_shape`, by themselves.
Normalized native_layer_norm(const Tensor& input, const Dims& normalized_shape,
                             const Tensor& weight, const Tensor& bias, double eps);
Tensor layer_norm(const Tensor& input, const Dims& normalized_shape, const Tensor& weight,
                  const Tensor& bias, double eps);
// x / sqrt(mean(x^2) + eps) * weight over the last dimensions; eps: the dtype's by default.
Tensor rms_norm(const Tensor& input, const Dims& normalized_shape, const Tensor& weight,
                std::optional<double> eps);

// The channels (dimension 1) in groups, each with its places.
Normalized native_group_norm(const Tensor& input, const Tensor& weight, const Tensor& bias,
                             int64_t batch, int64_t channels, int64_t places, int64_t groups,
                             double eps);
Tensor group_norm(const Tensor& input, int64_t groups, const Tensor& weight, const Tensor& bias,
                  double eps);

}  // namespace tg
