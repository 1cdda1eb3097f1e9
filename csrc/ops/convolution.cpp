// A convolution y = F(x, w) is linear in both. With its transposes I (the gradient of x) and W
// (that of w) it closes under differentiation, so second derivatives need nothing else:
//   F(x, w)   gradients I(g, w), W(x, g)
//   I(y, w)   gradients F(g, w), W(g, y)      a transposed convolution
//   W(x, y)   gradients I(y, g), F(x, g)
#include "ops/convolution.h"

#include <cmath>

#include "autograd/record.h"
#include "kernels/convolution.h"
#include "ops/copy.h"
#include "ops/operators.h"
#include "ops/reduction.h"
#include "ops/shape.h"

namespace tg {
namespace {

// How the sizes of x, w and y follow from a shape; `dims` of the three are real.
struct Geometry3 {
  ConvShape shape;
  int dims;
  bool batched;

  Dims sizes(int64_t first, int64_t second, const int64_t* rest) const {
    Dims all(dims + 2);
    all[0] = first;
    all[1] = second;
    for (int d = 0; d < dims; ++d) all[d + 2] = rest[3 - dims + d];
    return all;
  }
  Dims input_sizes() const {
    return sizes(shape.batch, shape.groups * shape.in_channels, shape.in);
  }
  Dims output_sizes() const {
    return sizes(shape.batch, shape.groups * shape.out_channels, shape.out);
  }
  Dims weight_sizes() const {
    return sizes(shape.groups * shape.out_channels, shape.in_channels, shape.kernel);
  }
};

void add_bias(const Tensor& out, const Tensor& bias) {
  GradModeGuard off(false);
  Dims sizes(out.dim(), 1);
  sizes[1] = bias.size(0);
  copy_values(out, add(out, cast_quietly(view(contiguous(bias), sizes), out.dtype())));
}

// Runs f on float, double or int64, and adds a bias that f does not know; 16-bit floats are rounded
// once, at the end.
Tensor computed_in(DType dtype, const char* kernel, const Tensor& a, const Tensor& b,
                   std::span<const int64_t> sizes, const Tensor& late_bias, auto&& f) {
  if (dtype == DType::Bool)
    fail(ErrorKind::NotImplemented, "\"", kernel, "\" not implemented for 'Bool'");
  const Tensor left = contiguous_quietly(widened(a)), right = contiguous_quietly(widened(b));
  Tensor out = empty(sizes, left.dtype());
  if (out.numel() > 0) {
    if (a.numel() == 0 || b.numel() == 0)
      fill_values(out, Scalar(0));
    else
      visit_widened(left.dtype(), [&](auto tag) { f(tag, left, right, out); });
  }
  if (late_bias.defined() && out.numel() > 0) add_bias(out, late_bias);
  return cast_quietly(out, dtype);
}

Tensor forward(const Geometry3& g, const Tensor& x, const Tensor& w, const Tensor& bias);
Tensor input_gradient(const Geometry3& g, const Tensor& y, const Tensor& w, const Tensor& bias);
Tensor weight_gradient(const Geometry3& g, const Tensor& x, const Tensor& y);

constexpr const char* kNode = "ConvolutionBackward0";

Tensor bias_gradient(const Tensor& grad) {
  return sum_over(grad, all_dims(grad.dim()) & ~one_dim(1), false);
}

Tensor forward(const Geometry3& g, const Tensor& x, const Tensor& w, const Tensor& bias) {
  const Tensor shift = bias.defined() ? contiguous_quietly(widened(bias)) : Tensor();
  const Tensor late_bias = x.numel() == 0 || w.numel() == 0 ? bias : Tensor();
  Tensor out = computed_in(x.dtype(), "slow_conv2d_cpu", x, w, g.output_sizes(), late_bias,
                           [&](auto tag, const Tensor& in, const Tensor& weight, const Tensor& to) {
                             using T = typename decltype(tag)::type;
                             convolve<T>(g.shape, in.data<T>(), weight.data<T>(),
                                         shift.defined() ? shift.data<T>() : nullptr, to.data<T>());
                           });
  record(kNode, out, inputs(x, w, bias), saves(x, w),
         [g](GradInputs& to, const Tensor& grad, const Tensor& x, const Tensor& w) {
           if (to.needed(0)) to.set(0, input_gradient(g, grad, w, Tensor()));
           if (to.needed(1)) to.set(1, weight_gradient(g, x, grad));
           if (to.needed(2)) to.set(2, bias_gradient(grad));
         });
  return out;
}

Tensor input_gradient(const Geometry3& g, const Tensor& y, const Tensor& w, const Tensor& bias) {
  Tensor out = computed_in(y.dtype(), "slow_conv_transpose2d_out_cpu", y, w, g.input_sizes(), bias,
                           [&](auto tag, const Tensor& in, const Tensor& weight, const Tensor& to) {
                             using T = typename decltype(tag)::type;
                             convolve_input_gradient<T>(g.shape, in.data<T>(), weight.data<T>(),
                                                        to.data<T>());
                           });
  record(kNode, out, inputs(y, w, bias), saves(y, w),
         [g](GradInputs& to, const Tensor& grad, const Tensor& y, const Tensor& w) {
           if (to.needed(0)) to.set(0, forward(g, grad, w, Tensor()));
           if (to.needed(1)) to.set(1, weight_gradient(g, grad, y));
           if (to.needed(2)) to.set(2, bias_gradient(grad));
         });
  return out;
}

Tensor weight_gradient(const Geometry3& g, const Tensor& x, const Tensor& y) {
  Tensor out = computed_in(x.dtype(), "slow_conv2d_cpu", x, y, g.weight_sizes(), Tensor(),
                           [&](auto tag, const Tensor& in, const Tensor& grad, const Tensor& to) {
                             using T = typename decltype(tag)::type;
                             convolve_weight_gradient<T>(g.shape, in.data<T>(), grad.data<T>(),
                                                         to.data<T>());
                           });
  record("ConvolutionBackwardBackward0", out, inputs(x, y), saves(x, y),
         [g](GradInputs& to, const Tensor& grad, const Tensor& x, const Tensor& y) {
           if (to.needed(0)) to.set(0, input_gradient(g, y, grad, Tensor()));
           if (to.needed(1)) to.set(1, forward(g, x, grad, Tensor()));
         });
  return out;
}

// --- arguments
Dims spread_out(const Dims& given, int dims, const char* name) {
  if (given.size() == dims) return given;
  if (given.size() == 1) return Dims(dims, given[0]);
  runtime_error("expected ", name, " to be a single integer value or a list of ", dims,
                " values to match the convolution dimensions, but got ", name, "=",
                to_string(given));
}

bool any_below(const Dims& values, int64_t limit) {
  for (const int64_t v : values)
    if (v < limit) return true;
  return false;
}

// Far from any size of memory, so that sums of products with them cannot overflow.
void check_magnitude(const Dims& values) {
  for (const int64_t v : values)
    if (v >= int64_t{1} << 30) runtime_error("convolution: the argument ", v, " is too large");
}

std::string by_x(const int64_t* sizes, int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += (i ? " x " : "") + std::to_string(sizes[i]);
  return text;
}

void check_shapes(const Tensor& x, const Tensor& w, const Tensor& bias, bool transposed,
                  int64_t groups) {
  const int64_t weight_dim = w.dim();
  for (int d = 0; d < 2 && d < weight_dim; ++d)
    if (d == 0 && w.size(0) < groups)
      runtime_error("Given groups=", groups, ", expected weight to be at least ", groups,
                    " at dimension 0, but got weight of size ", to_string(w.sizes()), " instead");
  if (w.size(0) % groups != 0)
    runtime_error("Given groups=", groups, ", expected weight to be divisible by ", groups,
                  " at dimension 0, but got weight of size ", to_string(w.sizes()), " instead");
  if (!transposed) {
    if (x.size(1) != w.size(1) * groups)
      runtime_error("Given groups=", groups, ", weight of size ", to_string(w.sizes()),
                    ", expected input", to_string(x.sizes()), " to have ", w.size(1) * groups,
                    " channels, but got ", x.size(1), " channels instead");
    if (bias.defined() && (bias.dim() != 1 || bias.size(0) != w.size(0)))
      runtime_error("Given weight of size ", to_string(w.sizes()),
                    ", expected bias to be 1-dimensional with ", w.size(0),
                    " elements, but got bias of size ", to_string(bias.sizes()), " instead");
    return;
  }
  if (x.size(1) != w.size(0))
    runtime_error("Given transposed=1, weight of size ", to_string(w.sizes()), ", expected input",
                  to_string(x.sizes()), " to have ", w.size(0), " channels, but got ", x.size(1),
                  " channels instead");
  if (bias.defined() && (bias.dim() != 1 || bias.size(0) != w.size(1) * groups))
    runtime_error("Given transposed=1, weight of size ", to_string(w.sizes()),
                  ", expected bias to be 1-dimensional with ", w.size(1) * groups,
                  " elements, but got bias of size ", to_string(bias.sizes()), " instead");
}

void check_dtypes(const Tensor& x, const Tensor& w, const Tensor& bias) {
  auto c_name = [](DType dtype) -> const char* {
    switch (dtype) {
      case DType::Float32:
        return "float";
      case DType::Float64:
        return "double";
      case DType::Float16:
        return "c10::Half";
      case DType::BFloat16:
        return "c10::BFloat16";
      case DType::Int64:
        return "long";
      case DType::Int32:
        return "int";
      case DType::Int16:
        return "short";
      case DType::Int8:
        return "signed char";
      case DType::UInt8:
        return "unsigned char";
      default:
        return "bool";
    }
  };
  if (x.dtype() != w.dtype())
    runtime_error("Input type (", c_name(x.dtype()), ") and weight type (", c_name(w.dtype()),
                  ") should be the same");
  if (bias.defined() && bias.dtype() != x.dtype())
    runtime_error("Input type (", c_name(x.dtype()), ") and bias type (", c_name(bias.dtype()),
                  ") should be the same");
}

// "output_padding_height: 2 output_padding_width: 2"
std::string named_sizes(const char* name, const Dims& values) {
  static constexpr const char* kNames[] = {"depth", "height", "width"};
  std::string text;
  for (int d = 0; d < values.size(); ++d)
    text += (d ? " " : "") + std::string(name) + "_" + kNames[3 - values.size() + d] + ": " +
            std::to_string(values[d]);
  return text;
}

// `same`: padding is that before, and the output has the input's sizes.
Tensor convolution_of(const Tensor& x, const Tensor& w, const Tensor& bias,
                      const Dims& given_stride, const Dims& given_padding,
                      const Dims& given_dilation, bool transposed, const Dims& given_output_padding,
                      int64_t groups, bool same) {
  if (w.dim() < 3 || w.dim() > 5 || x.dim() != w.dim())
    runtime_error("Expected ", w.dim(), "-dimensional input for ", w.dim(), "-dimensional weight ",
                  to_string(w.sizes()), ", but got ", x.dim(), "-dimensional input of size ",
                  to_string(x.sizes()), " instead");
  const int dims = w.dim() - 2;
  const Dims stride = spread_out(given_stride, dims, "stride"),
             padding = spread_out(given_padding, dims, "padding"),
             dilation = spread_out(given_dilation, dims, "dilation"),
             output_padding = spread_out(given_output_padding, dims, "output_padding");
  if (any_below(padding, 0)) runtime_error("negative padding is not supported");
  if (any_below(output_padding, 0)) runtime_error("negative output_padding is not supported");
  if (any_below(stride, 1)) runtime_error("non-positive stride is not supported");
  if (any_below(dilation, 1))
    runtime_error("dilation should be greater than zero, but got ", to_string(dilation));
  if (groups <= 0) runtime_error("non-positive groups is not supported");
  for (const Dims* values : {&stride, &padding, &dilation, &output_padding})
    check_magnitude(*values);
  check_shapes(x, w, bias, transposed, groups);
  check_dtypes(x, w, bias);

  Geometry3 g{};
  g.dims = dims;
  ConvShape& s = g.shape;
  s.batch = x.size(0);
  s.groups = groups;
  s.in_channels = w.size(1);
  s.out_channels = w.size(0) / groups;
  for (int d = 0; d < 3; ++d) {
    s.in[d] = s.out[d] = s.kernel[d] = s.stride[d] = s.dilation[d] = 1;
    s.pad[d] = 0;
  }
  const int skip = 3 - dims;
  int64_t padded[3];
  bool fits = true;
  for (int d = 0; d < dims; ++d) {
    const int at = skip + d;
    s.kernel[at] = w.size(d + 2);
    s.stride[at] = stride[d];
    s.dilation[at] = dilation[d];
    s.pad[at] = padding[d];
    int64_t reach;
    if (__builtin_mul_overflow(s.dilation[at], s.kernel[at] - 1, &reach) || reach >= int64_t{1}
                                                                                         << 40)
      runtime_error("convolution: the kernel is too large");
    if (transposed) {
      s.out[at] = x.size(d + 2);
      if (output_padding[d] >= stride[d] && output_padding[d] >= dilation[d])
        runtime_error("output padding must be smaller than either stride or dilation, but got ",
                      named_sizes("output_padding", output_padding), " ",
                      named_sizes("stride", stride), " ", named_sizes("dilation", dilation));
      if (__builtin_mul_overflow(s.out[at] - 1, stride[d], &s.in[at]))
        runtime_error("convolution: the sizes overflow");
      s.in[at] += reach + 1 + output_padding[d] - 2 * padding[d];
      fits &= s.in[at] >= 1;
      continue;
    }
    s.in[at] = x.size(d + 2);
    padded[d] = s.in[at] + 2 * padding[d];
    s.out[at] = same ? s.in[at] : (padded[d] - reach - 1) / stride[d] + 1;
    fits &= same || padded[d] >= reach + 1;
  }
  if (transposed) {
    for (int d = 0; d < dims; ++d)
      if (x.size(d + 2) == 0 && x.size(0) != 0 && x.size(1) != 0)
        runtime_error("Only zero batch or zero channel inputs are supported, but got input shape: ",
                      to_string(x.sizes()));
    const int first = std::min(skip, 1);  // one dimension is shown as two
    if (!fits)
      runtime_error("Given input size per channel: (", by_x(s.out + first, 3 - first),
                    "). Calculated output size per channel: (", by_x(s.in + first, 3 - first),
                    "). Output size is too small");
    return input_gradient(g, x, w, bias);
  }
  if (!fits) {
    int64_t reached[3];
    for (int d = 0; d < dims; ++d) reached[d] = s.dilation[skip + d] * (s.kernel[skip + d] - 1) + 1;
    runtime_error("Calculated padded input size per channel: (", by_x(padded, dims),
                  "). Kernel size: (", by_x(reached, dims),
                  "). Kernel size can't be greater than actual input size");
  }
  return forward(g, x, w, bias);
}

// Brings a missing batch in and takes it out again.
template <class F>
Tensor with_batch(const char* name, int dims, const Tensor& input, const F& f) {
  if (input.dim() == dims + 2) return f(input);
  if (input.dim() == dims + 1) return squeeze(f(unsqueeze(input, 0)), 0);
  runtime_error("Expected ", dims + 1, "D (unbatched) or ", dims + 2, "D (batched) input to ", name,
                dims, "d, but got input of size: ", to_string(input.sizes()));
}

}  // namespace

Tensor convolution(const Tensor& input, const Tensor& weight, const Tensor& bias,
                   const Dims& stride, const Dims& padding, const Dims& dilation, bool transposed,
                   const Dims& output_padding, int64_t groups) {
  return convolution_of(input, weight, bias, stride, padding, dilation, transposed, output_padding,
                        groups, false);
}

Tensor conv(int dims, const Tensor& input, const Tensor& weight, const Tensor& bias,
            const Dims& stride, const Dims& padding, const Dims& dilation, int64_t groups) {
  return with_batch("conv", dims, input, [&](const Tensor& x) {
    return convolution_of(x, weight, bias, stride, padding, dilation, false, Dims{0}, groups,
                          false);
  });
}

Tensor conv(int dims, const Tensor& input, const Tensor& weight, const Tensor& bias,
            const Dims& stride, const std::string& padding, const Dims& dilation, int64_t groups) {
  if (padding != "same" && padding != "valid")
    runtime_error("Invalid padding string: '", padding, "'");
  return with_batch("conv", dims, input, [&](const Tensor& x) {
    if (padding == "valid")
      return convolution_of(x, weight, bias, stride, Dims{0}, dilation, false, Dims{0}, groups,
                            false);
    if (weight.dim() != dims + 2)
      runtime_error("Expected ", weight.dim(), "-dimensional input for ", weight.dim(),
                    "-dimensional weight ", to_string(weight.sizes()), ", but got ", x.dim(),
                    "-dimensional input of size ", to_string(x.sizes()), " instead");
    for (const int64_t s : stride)
      if (s != 1) runtime_error("padding='same' is not supported for strided convolutions");
    const Dims steps = spread_out(dilation, dims, "dilation");
    Dims before(dims);
    for (int d = 0; d < dims; ++d)
      before[d] = std::max<int64_t>(0, steps[d] * (weight.size(d + 2) - 1) / 2);
    return convolution_of(x, weight, bias, stride, before, dilation, false, Dims{0}, groups, true);
  });
}

Tensor conv_transpose(int dims, const Tensor& input, const Tensor& weight, const Tensor& bias,
                      const Dims& stride, const Dims& padding, const Dims& output_padding,
                      int64_t groups, const Dims& dilation) {
  return with_batch("conv_transpose", dims, input, [&](const Tensor& x) {
    return convolution_of(x, weight, bias, stride, padding, dilation, true, output_padding, groups,
                          false);
  });
}

Tensor conv_tbc(const Tensor& input, const Tensor& weight, const Tensor& bias, int64_t pad) {
  if (input.dim() != 3) runtime_error("Input must have 3 dims: time, batch, in_channel");
  if (weight.dim() != 3)
    runtime_error("Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.");
  if (bias.dim() != 1) runtime_error("Bias must be 1-D");
  if (input.size(2) != weight.size(1))
    runtime_error("Input dim 2 (input channels) is not == dim 1 in the weight tensor");
  if (weight.size(2) != bias.size(0))
    runtime_error("Bias size must equal dim 2 in the weight tensor (output channels).");
  const Tensor out = conv(1, permute(input, Dims{1, 2, 0}), permute(weight, Dims{2, 1, 0}), bias,
                          Dims{1}, Dims{pad}, Dims{1}, 1);
  return contiguous(permute(out, Dims{2, 0, 1}));
}

}  // namespace tg
