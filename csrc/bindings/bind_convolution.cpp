// Convolutions.
#include "bindings/optional_tensor.h"
#include "ops/convolution.h"

namespace tg {
namespace {

template <int dims>
Tensor conv_by_sizes(const Tensor& input, const Tensor& weight, OptionalTensor bias,
                     const Dims& stride, const Dims& padding, const Dims& dilation,
                     int64_t groups) {
  return conv(dims, input, weight, or_none(bias), stride, padding, dilation, groups);
}
template <int dims>
Tensor conv_by_name(const Tensor& input, const Tensor& weight, OptionalTensor bias,
                    const Dims& stride, const std::string& padding, const Dims& dilation,
                    int64_t groups) {
  return conv(dims, input, weight, or_none(bias), stride, padding, dilation, groups);
}
template <int dims>
Tensor transposed(const Tensor& input, const Tensor& weight, OptionalTensor bias,
                  const Dims& stride, const Dims& padding, const Dims& output_padding,
                  int64_t groups, const Dims& dilation) {
  return conv_transpose(dims, input, weight, or_none(bias), stride, padding, output_padding, groups,
                        dilation);
}
Tensor general(const Tensor& input, const Tensor& weight, OptionalTensor bias, const Dims& stride,
               const Dims& padding, const Dims& dilation, bool is_transposed,
               const Dims& output_padding, int64_t groups) {
  return convolution(input, weight, or_none(bias), stride, padding, dilation, is_transposed,
                     output_padding, groups);
}

}  // namespace

void bind_convolution(Binder& b) {
  b.def(
      "conv1d",
      {fn(&conv_by_sizes<1>, "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1"),
       fn(&conv_by_name<1>,
          "input, weight, bias=None, stride=1, padding='valid', dilation=1, groups=1")},
      kFunction,
      "Convolution along one dimension: the sum over a window of each place, for each output "
      "channel.\n\n"
      "input: (N, C, L) or (C, L); weight: (O, C / groups, K); bias: (O). Returns (N, O, L'). "
      "padding: zeros on both sides, or \"same\" or \"valid\".\n"
      "Raises RuntimeError for sizes, dtypes and options that do not fit.\n\n"
      ">>> tg.conv1d(tg.tensor([[[1., 2., 4.]]]), tg.tensor([[[1., -1.]]]))\n"
      "tensor([[[-1., -2.]]])");
  b.def(
      "conv2d",
      {fn(&conv_by_sizes<2>, "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1"),
       fn(&conv_by_name<2>,
          "input, weight, bias=None, stride=1, padding='valid', dilation=1, groups=1")},
      kFunction,
      "Convolution of images: the sum over a window of each place, for each output channel.\n\n"
      "input: (N, C, H, W) or (C, H, W); weight: (O, C / groups, KH, KW); bias: (O). Returns (N, "
      "O, H', W'). padding: zeros on both sides, or \"same\" or \"valid\".\n"
      "Raises RuntimeError for sizes, dtypes and options that do not fit.\n\n"
      ">>> tg.conv2d(tg.ones(1, 1, 3, 3), tg.ones(1, 1, 2, 2))\n"
      "tensor([[[[4., 4.],\n          [4., 4.]]]])");
  b.def(
      "conv3d",
      {fn(&conv_by_sizes<3>, "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1"),
       fn(&conv_by_name<3>,
          "input, weight, bias=None, stride=1, padding='valid', dilation=1, groups=1")},
      kFunction,
      "Convolution of volumes: as conv2d(), with input (N, C, D, H, W) or (C, D, H, W).\n\n"
      ">>> tg.conv3d(tg.ones(1, 1, 2, 2, 2), tg.ones(1, 1, 2, 2, 2)).item()\n8.0");
  constexpr const char* transpose_doc =
      "Transposed convolution: the gradient of the convolution with this weight in its input.\n\n"
      "weight: (C, O / groups, ...). Each size is (in - 1) * stride - 2 * padding + dilation * "
      "(kernel - 1) + output_padding + 1.";
  b.def("conv_transpose1d",
        {fn(&transposed<1>,
            "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, "
            "dilation=1")},
        kFunction, transpose_doc);
  b.def("conv_transpose2d",
        {fn(&transposed<2>,
            "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, "
            "dilation=1")},
        kFunction, transpose_doc);
  b.def("conv_transpose3d",
        {fn(&transposed<3>,
            "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, "
            "dilation=1")},
        kFunction, transpose_doc);
  b.def("convolution",
        {fn(&general,
            "input, weight, bias, stride, padding, dilation, transposed, "
            "output_padding, groups")},
        kFunction,
        "The convolution behind conv1d() to conv_transpose3d(); all arguments are needed.");
  b.def(
      "conv_tbc", {fn(&conv_tbc, "input, weight, bias, pad=0")}, kFunction,
      "Convolution along the time of an input (time, batch, in) with a weight (kernel, in, out).");
}

}  // namespace tg
