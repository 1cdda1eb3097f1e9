// Pooling.
#include "bindings/bind.h"
#include "ops/pooling.h"

namespace tg {
namespace {

using OptionalSizes = std::optional<Dims>;
using Pair = std::tuple<Tensor, Tensor>;
Dims or_empty(const OptionalSizes& sizes) { return sizes ? *sizes : Dims(); }
Pair pair_of(MaxPooled&& pooled) { return {std::move(pooled.values), std::move(pooled.indices)}; }

template <int dims>
struct Pooling {
  static Tensor greatest(const Tensor& input, const Dims& kernel_size, const OptionalSizes& stride,
                         const Dims& padding, const Dims& dilation, bool ceil_mode) {
    return max_pool(dims, input, kernel_size, or_empty(stride), padding, dilation, ceil_mode, false)
        .values;
  }
  static Pair with_indices(const Tensor& input, const Dims& kernel_size,
                           const OptionalSizes& stride, const Dims& padding, const Dims& dilation,
                           bool ceil_mode) {
    return pair_of(
        max_pool(dims, input, kernel_size, or_empty(stride), padding, dilation, ceil_mode, true));
  }
  static Tensor mean(const Tensor& input, const Dims& kernel_size, const OptionalSizes& stride,
                     const Dims& padding, bool ceil_mode, bool count_include_pad,
                     std::optional<int64_t> divisor_override) {
    return avg_pool(dims, input, kernel_size, or_empty(stride), padding, ceil_mode,
                    count_include_pad, divisor_override);
  }
  static Tensor line_mean(const Tensor& input, const Dims& kernel_size, const OptionalSizes& stride,
                          const Dims& padding, bool ceil_mode, bool count_include_pad) {
    return mean(input, kernel_size, stride, padding, ceil_mode, count_include_pad, {});
  }
  static Tensor adaptive_mean(const Tensor& input, const Dims& output_size) {
    return adaptive_avg_pool(dims, input, output_size);
  }
  static Tensor adaptive_greatest(const Tensor& input, const Dims& output_size) {
    return adaptive_max_pool(dims, input, output_size, false).values;
  }
  static Pair adaptive_pair(const Tensor& input, const Dims& output_size) {
    return pair_of(adaptive_max_pool(dims, input, output_size, true));
  }
  static Tensor unpool(const Tensor& input, const Tensor& indices, const Dims& output_size) {
    return max_unpool(dims, input, indices, output_size);
  }
  static Pair fractional(const Tensor& input, const Dims& kernel_size, const Dims& output_size,
                         const Tensor& samples) {
    return pair_of(fractional_max_pool(dims, input, kernel_size, output_size, samples));
  }
};

Tensor max_pool2d_gradient(const Tensor& grad_output, const Tensor& self, const Dims&,
                           const OptionalSizes&, const Dims&, const Dims&, bool,
                           const Tensor& indices) {
  return max_pool2d_with_indices_backward(grad_output, self, indices);
}

#define TG_MAX_SIGNATURE "input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False"
#define TG_AVG_SIGNATURE                                                                  \
  "input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, " \
  "divisor_override=None"

// The names that PyTorch has beside its functions begin with an underscore where it hides them.
struct Names {
  const char *max, *with_indices, *mean, *adaptive_mean, *adaptive_max, *adaptive_pair, *unpool;
};
template <int dims>
void bind_dimensions(Binder& b, const Names& names) {
  using P = Pooling<dims>;
  b.def(names.max, {fn(&P::greatest, TG_MAX_SIGNATURE)}, kFunction,
        "Greatest element of each window.\n\n"
        "input: (N, C, ...) or (C, ...). stride: the kernel by default; padding counts as minus "
        "infinity; ceil_mode: windows may reach over the end.\n"
        "Raises RuntimeError for sizes that do not fit.");
  b.def(names.with_indices, {fn(&P::with_indices, TG_MAX_SIGNATURE)}, kFunction,
        "Greatest element of each window, and its place in the flattened plane.");
  if constexpr (dims == 1)
    b.def(names.mean,
          {fn(&P::line_mean,
              "input, kernel_size, stride=None, padding=0, ceil_mode=False, "
              "count_include_pad=True")},
          kFunction,
          "Mean of each window.\n\ninput: (N, C, L) or (C, L). count_include_pad: zeros of the "
          "padding count.\n\n"
          ">>> tg.avg_pool1d(tg.tensor([[1., 2., 5., 6.]]), 2)\ntensor([[1.5000, 5.5000]])");
  else
    b.def(names.mean, {fn(&P::mean, TG_AVG_SIGNATURE)}, kFunction,
          "Mean of each window.\n\ninput: (N, C, ...) or (C, ...). count_include_pad: zeros of the "
          "padding count; divisor_override: what the sums are divided by.");
  b.def(names.adaptive_mean, {fn(&P::adaptive_mean, "input, output_size")}, kFunction,
        "Means of windows that are chosen so that the output has the given sizes.");
  b.def(names.adaptive_max, {fn(&P::adaptive_greatest, "input, output_size")}, kFunction,
        "Greatest elements of windows chosen so that the output has the given sizes.");
  b.def(names.adaptive_pair, {fn(&P::adaptive_pair, "input, output_size")}, kFunction,
        "The same, and their places in the flattened plane.");
  b.def(names.unpool, {fn(&P::unpool, "input, indices, output_size")}, kFunction,
        "Zeros with the elements of input at the places that max_pool gave.");
}

}  // namespace

void bind_pooling(Binder& b) {
  bind_dimensions<1>(b,
                     {"max_pool1d", "max_pool1d_with_indices", "avg_pool1d", "adaptive_avg_pool1d",
                      "_adaptive_max_pool1d", "adaptive_max_pool1d", "_max_unpool1d"});
  bind_dimensions<2>(
      b, {"max_pool2d", "_max_pool2d_with_indices", "_avg_pool2d", "_adaptive_avg_pool2d",
          "_adaptive_max_pool2d", "_adaptive_max_pool2d_pair", "_max_unpool2d"});
  bind_dimensions<3>(
      b, {"max_pool3d", "_max_pool3d_with_indices", "_avg_pool3d", "_adaptive_avg_pool3d",
          "_adaptive_max_pool3d", "_adaptive_max_pool3d_pair", "_max_unpool3d"});
  b.def("max_pool2d_with_indices_backward",
        {fn(&max_pool2d_gradient,
            "grad_output, input, kernel_size, stride, padding, dilation, ceil_mode, indices")},
        kFunction, "The gradient of max_pool2d() in its input, given the places that it chose.");
  b.def("_fractional_max_pool2d",
        {fn(&Pooling<2>::fractional, "input, kernel_size, output_size, _random_samples")},
        kFunction, "Greatest elements of windows at pseudorandom places, and their places.");
  b.def("_fractional_max_pool3d",
        {fn(&Pooling<3>::fractional, "input, kernel_size, output_size, _random_samples")},
        kFunction, "Greatest elements of windows at pseudorandom places, and their places.");
}

#undef TG_MAX_SIGNATURE
#undef TG_AVG_SIGNATURE

}  // namespace tg
