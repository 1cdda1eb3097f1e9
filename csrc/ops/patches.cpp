// Rearrangements of images: windows as columns, pixels as channels, channels dealt out.
#include "kernels/convolution.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/linear_map.h"
#include "ops/reduction.h"
#include "ops/resampling.h"
#include "ops/shape.h"

namespace tg {

// --- columns
namespace {

struct Columns {
  const char *name, *transposed_name;
  ConvShape shape;
  Dims image, columns;  // sizes

  Tensor forward(const Tensor& x) const { return move(x, columns, true); }
  Tensor transpose(const Tensor& y) const { return move(y, image, false); }
  Tensor move(const Tensor& x, const Dims& sizes, bool forwards) const {
    const Tensor in = contiguous_quietly(widened(x));
    Tensor out = forwards ? empty(sizes, in.dtype()) : zeros(sizes, in.dtype());
    visit_widened(in.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      if (forwards)
        images_to_columns<T>(shape, in.data<T>(), out.data<T>());
      else
        add_columns_to_images<T>(shape, in.data<T>(), out.data<T>());
    });
    return cast_quietly(out, x.dtype());
  }
};

Dims two(const Dims& given, const char* name) {
  if (given.size() == 2) return given;
  if (given.size() == 1) return Dims(2, given[0]);
  runtime_error("It is expected ", name, " equals to 2, but got size ", given.size());
}

// `batch` and `channels` are still to be set.
Columns columns_of(const char* what, const Dims& image, const Dims& kernel_size,
                   const Dims& dilations, const Dims& paddings, const Dims& strides) {
  const Dims kernel = two(kernel_size, "kernel_size"), dilation = two(dilations, "dilation"),
             padding = two(paddings, "padding"), stride = two(strides, "stride");
  auto check = [&](const Dims& values, const char* name, const char* h, const char* w) {
    if (values[0] <= 0 || values[1] <= 0)
      runtime_error(name, " should be greater than zero, but got ", h, ": ", values[0], " ", w,
                    ": ", values[1]);
  };
  check(kernel, "kernel size", "kernel_height", "kernel_width");
  check(dilation, "dilation", "dilation_height", "dilation_width");
  if (padding[0] < 0 || padding[1] < 0)
    runtime_error("padding should be non-negative, but got pad_height: ", padding[0],
                  " pad_width: ", padding[1]);
  check(stride, "stride", "stride_height", "stride_width");
  for (const Dims* values : {&kernel, &dilation, &padding, &stride})
    for (const int64_t v : *values)
      if (v >= int64_t{1} << 30) runtime_error(what, ": the argument ", v, " is too large");
  Columns c{};
  ConvShape& s = c.shape;
  s.groups = s.out_channels = 1;
  s.in[0] = s.out[0] = s.kernel[0] = s.stride[0] = s.dilation[0] = 1;
  s.pad[0] = 0;
  for (int i = 0; i < 2; ++i) {
    s.in[i + 1] = image[i];
    s.kernel[i + 1] = kernel[i];
    s.stride[i + 1] = stride[i];
    s.pad[i + 1] = padding[i];
    s.dilation[i + 1] = dilation[i];
    const int64_t room = image[i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1;
    s.out[i + 1] = room >= 0 ? room / stride[i] + 1 : 0;
  }
  return c;
}

}  // namespace

Tensor im2col(const Tensor& input, const Dims& kernel_size, const Dims& dilation,
              const Dims& padding, const Dims& stride) {
  if (input.dim() == 3)
    return squeeze(im2col(unsqueeze(input, 0), kernel_size, dilation, padding, stride), 0);
  if (input.dim() != 4 || input.size(1) == 0 || input.size(2) == 0 || input.size(3) == 0)
    runtime_error(
        "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero "
        "dimensions for input, but got: ",
        to_string(input.sizes()));
  Columns c = columns_of("im2col", Dims{input.size(2), input.size(3)}, kernel_size, dilation,
                         padding, stride);
  ConvShape& s = c.shape;
  if (s.out[1] < 1 || s.out[2] < 1)
    runtime_error("Given input with spatial size (", s.in[1], ", ", s.in[2], "), kernel_size=(",
                  s.kernel[1], ", ", s.kernel[2], "), dilation=(", s.dilation[1], ", ",
                  s.dilation[2], "), padding=(", s.pad[1], ", ", s.pad[2],
                  "), calculated shape of the array of sliding blocks as (", s.out[1], ", ",
                  s.out[2], "), but its components must be at least one.");
  s.batch = input.size(0);
  s.in_channels = input.size(1);
  c.name = "Im2ColBackward0";
  c.transposed_name = "Col2ImBackward0";
  c.image = Dims(input.sizes());
  c.columns = Dims{s.batch, s.taps(), s.out_places()};
  return applied(c, input);
}

Tensor col2im(const Tensor& input, const Dims& output_size, const Dims& kernel_size,
              const Dims& dilation, const Dims& padding, const Dims& stride) {
  if (input.dim() == 2)
    return squeeze(col2im(unsqueeze(input, 0), output_size, kernel_size, dilation, padding, stride),
                   0);
  const Dims sizes = two(output_size, "output_size");
  Columns c = columns_of("col2im", sizes, kernel_size, dilation, padding, stride);
  if (input.dim() != 3 || input.size(1) == 0 || input.size(2) == 0)
    runtime_error(
        "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero "
        "dimensions for input, but got: ",
        to_string(input.sizes()));
  if (sizes[0] < 1 || sizes[1] < 1)
    runtime_error("Expected output spatial size (height, width) to be greater than zero, but got (",
                  sizes[0], ", ", sizes[1], ")");
  ConvShape& s = c.shape;
  const int64_t kernel = s.kernel[1] * s.kernel[2];
  if (input.size(1) % kernel != 0)
    runtime_error(
        "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but "
        "got input.size(1)=",
        input.size(1), " and kernel_size=(", s.kernel[1], ", ", s.kernel[2], ").");
  if (input.size(2) != s.out_places())
    runtime_error("Given output_size=(", sizes[0], ", ", sizes[1], "), kernel_size=(", s.kernel[1],
                  ", ", s.kernel[2], "), dilation=(", s.dilation[1], ", ", s.dilation[2],
                  "), padding=(", s.pad[1], ", ", s.pad[2], "), stride=(", s.stride[1], ", ",
                  s.stride[2],
                  "), expected size of input's dimension 2 to match the calculated number of "
                  "sliding blocks ",
                  s.out[1], " * ", s.out[2], " = ", s.out_places(),
                  ", but got input.size(2)=", input.size(2), ".");
  s.batch = input.size(0);
  s.in_channels = input.size(1) / kernel;
  c.name = "Im2ColBackward0";
  c.transposed_name = "Col2ImBackward0";
  c.image = Dims{s.batch, s.in_channels, sizes[0], sizes[1]};
  c.columns = Dims(input.sizes());
  return transposed(c, input);
}

// --- pixels and channels
namespace {

void check_image(const char* name, const Tensor& x) {
  if (x.dim() < 3)
    runtime_error(name, " expects input to have at least 3 dimensions, but got input with ",
                  x.dim(), " dimension(s)");
}

struct Shuffle {
  const char *name, *transposed_name;
  int64_t factor;
  bool up;

  Tensor forward(const Tensor& x) const { return move(x, up); }
  Tensor transpose(const Tensor& y) const { return move(y, !up); }
  Tensor move(const Tensor& x, bool to_pixels) const {
    const int n = x.dim();
    int64_t batch = 1;
    for (int d = 0; d < n - 3; ++d) batch *= x.size(d);
    const int64_t c = x.size(n - 3), h = x.size(n - 2), w = x.size(n - 1), r = factor;
    Dims sizes(x.sizes());
    Tensor split;
    if (to_pixels) {
      split = permute(reshape(x, Dims{batch, c / (r * r), r, r, h, w}), Dims{0, 1, 4, 2, 5, 3});
      sizes[n - 3] = c / (r * r);
      sizes[n - 2] = h * r;
      sizes[n - 1] = w * r;
    } else {
      split = permute(reshape(x, Dims{batch, c, h / r, r, w / r, r}), Dims{0, 1, 3, 5, 2, 4});
      sizes[n - 3] = c * r * r;
      sizes[n - 2] = h / r;
      sizes[n - 1] = w / r;
    }
    const Tensor out = reshape(split, sizes);
    return out->storage == x->storage ? clone(out) : out;
  }
};

struct ChannelShuffle {
  const char *name = "ChannelShuffleBackward0", *transposed_name = "ChannelShuffleBackward0";
  int64_t groups;
  Tensor forward(const Tensor& x) const { return move(x, groups, x.size(1) / groups); }
  Tensor transpose(const Tensor& y) const { return move(y, y.size(1) / groups, groups); }
  Tensor move(const Tensor& x, int64_t first, int64_t second) const {
    int64_t places = 1;
    for (int d = 2; d < x.dim(); ++d) places *= x.size(d);
    const Tensor out =
        reshape(tg::transpose(reshape(x, Dims{x.size(0), first, second, places}), 1, 2), x.sizes());
    return out->storage == x->storage ? clone(out) : out;
  }
};

}  // namespace

Tensor pixel_shuffle(const Tensor& input, int64_t upscale_factor) {
  check_image("pixel_shuffle", input);
  if (upscale_factor <= 0)
    runtime_error("pixel_shuffle expects a positive upscale_factor, but got ", upscale_factor);
  int64_t square;
  if (__builtin_mul_overflow(upscale_factor, upscale_factor, &square))
    runtime_error("upscale factor is too large, (upscale_factor)^2 overflowed: upscale_factor=",
                  upscale_factor);
  if (input.size(input.dim() - 3) % square != 0)
    runtime_error(
        "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
        "upscale_factor, but input.size(-3)=",
        input.size(input.dim() - 3), " is not divisible by ", square);
  return applied(Shuffle{"PixelShuffleBackward0", "PixelUnshuffleBackward0", upscale_factor, true},
                 input);
}

Tensor pixel_unshuffle(const Tensor& input, int64_t downscale_factor) {
  check_image("pixel_unshuffle", input);
  if (downscale_factor <= 0)
    runtime_error("pixel_unshuffle expects a positive downscale_factor, but got ",
                  downscale_factor);
  for (const int d : {2, 1})
    if (input.size(input.dim() - d) % downscale_factor != 0)
      runtime_error("pixel_unshuffle expects ", d == 2 ? "height" : "width",
                    " to be divisible by downscale_factor, but input.size(-", d,
                    ")=", input.size(input.dim() - d), " is not divisible by ", downscale_factor);
  return applied(
      Shuffle{"PixelUnshuffleBackward0", "PixelShuffleBackward0", downscale_factor, false}, input);
}

Tensor channel_shuffle(const Tensor& input, int64_t groups) {
  if (input.dim() <= 2)
    runtime_error("channel_shuffle expects input with > 2 dims, but got input with sizes ",
                  to_string(input.sizes()));
  if (groups <= 0)
    runtime_error("Number of groups to divide channels in must be positive. Value of groups:",
                  groups);
  if (input.size(1) % groups != 0)
    runtime_error("Number of channels must be divisible by groups. Got ", input.size(1),
                  " channels and ", groups, " groups.");
  ChannelShuffle map;
  map.groups = groups;
  return applied(map, input);
}

}  // namespace tg
