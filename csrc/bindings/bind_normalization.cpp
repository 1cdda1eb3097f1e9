// Normalisation.
#include "bindings/optional_tensor.h"
#include "ops/normalization.h"

namespace tg {
namespace {

using Triple = std::tuple<Tensor, Tensor, Tensor>;
Triple triple(Normalized&& n) { return {std::move(n.out), std::move(n.mean), std::move(n.rstd)}; }

Tensor batch(const Tensor& input, OptionalTensor weight, OptionalTensor bias,
             OptionalTensor running_mean, OptionalTensor running_var, bool training,
             double momentum, double eps, bool) {
  return batch_norm(input, or_none(weight), or_none(bias), or_none(running_mean),
                    or_none(running_var), training, momentum, eps);
}
Tensor instance(const Tensor& input, OptionalTensor weight, OptionalTensor bias,
                OptionalTensor running_mean, OptionalTensor running_var, bool use_input_stats,
                double momentum, double eps, bool) {
  return instance_norm(input, or_none(weight), or_none(bias), or_none(running_mean),
                       or_none(running_var), use_input_stats, momentum, eps);
}
Tensor layer(const Tensor& input, const Dims& normalized_shape, OptionalTensor weight,
             OptionalTensor bias, double eps, bool) {
  return layer_norm(input, normalized_shape, or_none(weight), or_none(bias), eps);
}
Tensor group(const Tensor& input, int64_t num_groups, OptionalTensor weight, OptionalTensor bias,
             double eps, bool) {
  return group_norm(input, num_groups, or_none(weight), or_none(bias), eps);
}
Tensor rms(const Tensor& input, const Dims& normalized_shape, OptionalTensor weight,
           std::optional<double> eps) {
  return rms_norm(input, normalized_shape, or_none(weight), eps);
}
Triple native_batch(const Tensor& input, OptionalTensor weight, OptionalTensor bias,
                    OptionalTensor running_mean, OptionalTensor running_var, bool training,
                    double momentum, double eps) {
  return triple(native_batch_norm(input, or_none(weight), or_none(bias), or_none(running_mean),
                                  or_none(running_var), training, momentum, eps));
}
Triple native_layer(const Tensor& input, const Dims& normalized_shape, OptionalTensor weight,
                    OptionalTensor bias, double eps) {
  return triple(native_layer_norm(input, normalized_shape, or_none(weight), or_none(bias), eps));
}
Triple native_group(const Tensor& input, OptionalTensor weight, OptionalTensor bias, int64_t n,
                    int64_t c, int64_t hxw, int64_t groups, double eps) {
  return triple(native_group_norm(input, or_none(weight), or_none(bias), n, c, hxw, groups, eps));
}

}  // namespace

void bind_normalization(Binder& b) {
  b.def("batch_norm",
        {fn(&batch,
            "input, weight, bias, running_mean, running_var, training, momentum, eps, "
            "cudnn_enabled=False")},
        kFunction,
        "Each channel brought to mean 0 and variance 1 over the batch and its places, then times "
        "weight plus bias.\n\n"
        "input: (N, C, ...); the others (C) or None. While training the statistics are the input's "
        "and the running ones move towards them by momentum; else the running ones count.\n"
        "Raises RuntimeError for sizes and dtypes that do not fit.");
  b.def("instance_norm",
        {fn(&instance,
            "input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, "
            "cudnn_enabled=False")},
        kFunction, "As batch_norm(), each item of the batch by itself.");
  b.def("layer_norm",
        {fn(&layer,
            "input, normalized_shape, weight=None, bias=None, eps=1e-05, "
            "cudnn_enable=False")},
        kFunction,
        "The last dimensions, of sizes normalized_shape, brought to mean 0 and variance 1, then "
        "times weight plus bias.\n\n"
        "Raises RuntimeError for sizes and dtypes that do not fit.\n\n"
        ">>> tg.layer_norm(tg.tensor([1., 3.]), (2,))\ntensor([-1.0000,  1.0000])");
  b.def(
      "group_norm",
      {fn(&group,
          "input, num_groups, weight=None, bias=None, eps=1e-05, "
          "cudnn_enabled=False")},
      kFunction,
      "Groups of channels brought to mean 0 and variance 1, each item by itself, then times weight "
      "plus bias of a channel.");
  b.def("rms_norm", {fn(&rms, "input, normalized_shape, weight=None, eps=None")}, kFunction,
        "input / sqrt(mean(input^2) + eps) * weight over the last dimensions; eps: the dtype's by "
        "default (Zhang & Sennrich 2019).\n\n"
        ">>> tg.rms_norm(tg.tensor([3., 3.]), (2,))\ntensor([1., 1.])");
  b.def("native_batch_norm",
        {fn(&native_batch,
            "input, weight, bias, running_mean, running_var, training, momentum, eps")},
        kFunction, "batch_norm() with the mean and 1 / sqrt(variance + eps) that it used.");
  b.def("native_layer_norm", {fn(&native_layer, "input, normalized_shape, weight, bias, eps")},
        kFunction, "layer_norm() with the means and 1 / sqrt(variance + eps).");
  b.def("native_group_norm", {fn(&native_group, "input, weight, bias, N, C, HxW, group, eps")},
        kFunction, "group_norm() with the means and 1 / sqrt(variance + eps).");
}

}  // namespace tg
