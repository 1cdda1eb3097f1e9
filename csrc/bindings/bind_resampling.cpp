// Padding, interpolation and rearrangements of images.
#include "bindings/bind.h"
#include "ops/grid.h"
#include "ops/resampling.h"

namespace tg {

namespace {

template <int dims>
Tensor grid_sampler_of(const Tensor& input, const Tensor& grid, int64_t mode, int64_t padding,
                       bool align_corners) {
  if (input.dim() != dims + 2)
    runtime_error("grid_sampler_", dims, "d(): expected input of ", dims + 2, " dimensions, got ",
                  input.dim());
  return grid_sampler(input, grid, mode, padding, align_corners);
}

}  // namespace

void bind_resampling(Binder& b) {
  b.def("_pad", {fn(&pad, "input, pad, mode='constant', value=None")}, kFunction,
        "Padding of the last dimensions; nn.functional.pad() says more.");
  b.def("constant_pad_nd", {fn(&constant_pad_nd, "input, pad, value=0")}, kFunction,
        "The last dimensions padded with a value: pad holds pairs (before, after) from the last "
        "dimension on; negative ones cut off.\n\n"
        ">>> tg.constant_pad_nd(tg.tensor([1, 2]), (1, -1), 7)\ntensor([7, 1])");
  b.def("_upsample",
        {fn(&upsample,
            "input, output_size, mode, align_corners=False, antialias=False, scale_depth=None, "
            "scale_height=None, scale_width=None")},
        kFunction, "Interpolation to given sizes; nn.functional.interpolate() says more.");
  b.def("_im2col", {fn(&im2col, "input, kernel_size, dilation, padding, stride")}, kFunction,
        "Windows of images as columns.");
  b.def("_col2im", {fn(&col2im, "input, output_size, kernel_size, dilation, padding, stride")},
        kFunction, "Columns added up to images: the transpose of _im2col().");
  b.def(
      "pixel_shuffle", {fn(&pixel_shuffle, "input, upscale_factor")}, kFunction,
      "(..., C r^2, H, W) rearranged to (..., C, H r, W r), r the factor (Shi et al. 2016).\n\n"
      ">>> tg.pixel_shuffle(tg.arange(4).view(4, 1, 1), 2)\ntensor([[[0, 1],\n         [2, 3]]])");
  b.def("pixel_unshuffle", {fn(&pixel_unshuffle, "input, downscale_factor")}, kFunction,
        "The inverse of pixel_shuffle().");
  b.def("channel_shuffle", {fn(&channel_shuffle, "input, groups")}, kFunction,
        "The channels of (N, C, ...) dealt out: read as (groups, C / groups) and transposed.\n\n"
        ">>> tg.channel_shuffle(tg.arange(4).view(1, 4, 1), 2).flatten()\ntensor([0, 2, 1, 3])");
  b.def("grid_sampler",
        {fn(&grid_sampler, "input, grid, interpolation_mode, padding_mode, align_corners")},
        kFunction,
        "Images sampled at the places of a grid; nn.functional.grid_sample() says more. mode: 0 "
        "linear, 1 nearest, 2 cubic; padding: 0 zeros, 1 border, 2 reflection.");
  b.def("grid_sampler_2d",
        {fn(&grid_sampler_of<2>, "input, grid, interpolation_mode, padding_mode, align_corners")},
        kFunction, "grid_sampler() of images.");
  b.def("grid_sampler_3d",
        {fn(&grid_sampler_of<3>, "input, grid, interpolation_mode, padding_mode, align_corners")},
        kFunction, "grid_sampler() of volumes.");
  b.def("affine_grid_generator", {fn(&affine_grid_generator, "theta, size, align_corners")},
        kFunction, "The grid of affine maps; nn.functional.affine_grid() says more.");
}

}  // namespace tg
