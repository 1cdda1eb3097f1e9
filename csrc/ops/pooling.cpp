#include "ops/pooling.h"

#include <memory>

#include "autograd/record.h"
#include "kernels/pool.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/shape.h"

namespace tg {
namespace {

enum class Kind : uint8_t { Max, Mean };

// What a pooling is, in plain numbers: dimensions that do not exist have size 1.
struct Pool {
  int dims;
  Kind kind;
  bool adaptive, count_include_pad;
  int64_t planes, divisor;
  int64_t in[3], out[3], kernel[3], stride[3], pad[3], dilation[3];

  int64_t in_places() const { return in[0] * in[1] * in[2]; }
  int64_t out_places() const { return out[0] * out[1] * out[2]; }
  bool is_by_two() const {
    return !adaptive && in[0] == 1 && kernel[0] == 1 && kernel[1] == 2 && kernel[2] == 2 &&
           stride[1] == 2 && stride[2] == 2 && pad[1] == 0 && pad[2] == 0 && dilation[1] == 1 &&
           dilation[2] == 1 && 2 * out[1] <= in[1] && 2 * out[2] <= in[2];
  }
};

Window window_at(const Pool& p, int d, int64_t o) {
  if (p.adaptive) {
    const int64_t begin = o * p.in[d] / p.out[d];
    const int64_t end = ((o + 1) * p.in[d] + p.out[d] - 1) / p.out[d];
    return {begin, end, end - begin};
  }
  const int64_t start = o * p.stride[d] - p.pad[d];
  const int64_t stop = start + (p.kernel[d] - 1) * p.dilation[d] + 1;
  int64_t begin = start;
  if (begin < 0) begin += (-begin + p.dilation[d] - 1) / p.dilation[d] * p.dilation[d];
  int64_t end = std::min(stop, p.in[d]);
  if (begin >= end) begin = end = std::min(begin, p.in[d] - 1);  // sees padding only
  const int64_t counted =
      p.count_include_pad ? std::min(stop, p.in[d] + p.pad[d]) - start : end - begin;
  return {begin, end, std::max<int64_t>(counted, 1)};
}

// The lists of windows of a Pool; short ones stand on the stack.
class Plan {
 public:
  explicit Plan(const Pool& p) {
    const int64_t count = p.out[0] + p.out[1] + p.out[2];
    Window* to = few_;
    if (count > kFew) {
      many_ = std::make_unique<Window[]>(size_t(count));
      to = many_.get();
    }
    plan_ = {};
    plan_.planes = p.planes;
    plan_.divisor = p.divisor;
    for (int d = 0; d < 3; ++d) {
      plan_.in[d] = p.in[d];
      plan_.out[d] = p.out[d];
      plan_.step[d] = p.dilation[d];
      plan_.windows[d] = to;
      for (int64_t o = 0; o < p.out[d]; ++o) *to++ = window_at(p, d, o);
    }
  }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  const PoolPlan& get() const { return plan_; }

 private:
  static constexpr int64_t kFew = 128;
  Window few_[kFew];
  std::unique_ptr<Window[]> many_;
  PoolPlan plan_;
};

// --- names and errors
const char* node_name(const Pool& p) {
  // PyTorch computes one dimension as two, so that a squeeze() comes last.
  if (p.dims == 1) return "SqueezeBackward1";
  if (p.kind == Kind::Mean) {
    if (p.adaptive)
      return p.dims == 2 ? "AdaptiveAvgPool2DBackward0" : "AdaptiveAvgPool3DBackward0";
    return p.dims == 2 ? "AvgPool2DBackward0" : "AvgPool3DBackward0";
  }
  if (p.adaptive) return p.dims == 2 ? "AdaptiveMaxPool2DBackward0" : "AdaptiveMaxPool3DBackward0";
  return p.dims == 2 ? "MaxPool2DWithIndicesBackward0" : "MaxPool3DWithIndicesBackward0";
}

enum Argument { kKernel, kStride, kPadding, kDilation };

[[noreturn]] void refuse_size(Kind kind, int dims, Argument argument, int got) {
  static constexpr const char* kNames[] = {"kernel_size", "stride", "padding", "dilation"};
  static constexpr const char* kCounts[] = {"", "one int", "two ints", "three ints"};
  const char* name = kNames[argument];
  if (kind == Kind::Mean && dims == 1)
    runtime_error("avg_pool1d() argument '", name, "' should contain one int (got ", got, ")");
  if (dims == 1)
    runtime_error("max_pool1d() ", name, " must be ", argument == kStride ? "None, " : "",
                  "an int, list of ints", argument == kStride || argument == kPadding ? "," : "",
                  " or tuple of ints of size 1 but got size ", got);
  const char* given = argument == kStride ? "omitted, a single int," : "a single int,";
  const char* must = kind == Kind::Mean && dims == 3 ? "must be "
                     : argument == kDilation         ? "must be either "
                                                     : "must either be ";
  runtime_error(kind == Kind::Mean ? "avg" : "max", "_pool", dims, "d: ", name, " ", must, given,
                " or a tuple of ", kCounts[dims]);
}

Dims sizes_of(Kind kind, int dims, Argument argument, const Dims& given, const Dims& otherwise) {
  if (given.size() == dims) return given;
  if (given.empty() && argument == kStride) return otherwise;
  if (given.size() != 1) refuse_size(kind, dims, argument, given.size());
  return Dims(dims, given[0]);
}

// "kH: 0 kW: 0"
std::string lettered(const char* prefix, const Dims& values) {
  static constexpr const char* kLetters[] = {"T", "H", "W"};
  std::string text;
  for (int d = 0; d < values.size(); ++d)
    text += (d ? " " : "") + std::string(prefix) + kLetters[3 - values.size() + d] + ": " +
            std::to_string(values[d]);
  return text;
}

std::string by_x(const int64_t* values, int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += (i ? "x" : "") + std::to_string(values[i]);
  return text;
}

void check_input(Kind kind, int dims, const Tensor& x) {
  const bool batched = x.dim() == dims + 2;
  bool empty = false;
  for (int d = batched ? 1 : 0; d < x.dim(); ++d) empty |= x.size(d) == 0;
  if (x.dim() != dims + 1 && !batched) {
    if (dims == 1 && kind == Kind::Mean)
      runtime_error("Expected 2 to 3 dimensions, but got ", x.dim(),
                    "-dimensional tensor for argument #1 'self' (while checking arguments for "
                    "avg_pool1d)");
    if (dims == 2 && kind == Kind::Mean && x.dim() == 2) wrap_dim(-3, 2);
    if (dims == 1)
      runtime_error(
          "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch "
          "size for input, but got:",
          to_string(x.sizes()));
    if (kind == Kind::Mean && dims == 2)
      runtime_error(
          "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for "
          "input, but got:",
          to_string(x.sizes()));
    runtime_error("non-empty ", dims + 1, "D or ", dims + 2,
                  "D (batch mode) tensor expected for input");
  }
  if (!empty) return;
  if (dims == 3)
    runtime_error(
        kind == Kind::Mean ? "avg_pool3d()" : "max_pool3d_with_indices_out_cpu_template()",
        ": Expected input's non-batch dimensions to have positive length, but input has "
        "a shape of ",
        to_string(x.sizes()), " and non-batch dimension 0 has length zero!");
  runtime_error(dims == 1 && kind == Kind::Max ? "max_pool1d: " : "", "Expected ", dims + 1,
                "D or ", dims + 2,
                "D (batch mode) tensor with optional 0 dim batch size for input, but got:",
                to_string(x.sizes()));
}

int64_t pooled_size(int64_t in, int64_t kernel, int64_t pad, int64_t stride, int64_t dilation,
                    bool ceil_mode) {
  int64_t room;
  if (__builtin_mul_overflow(dilation, kernel - 1, &room)) room = int64_t{1} << 61;
  room = in + 2 * pad - room - 1 + (ceil_mode ? stride - 1 : 0);
  int64_t out = (room >= 0 ? room / stride : -((-room + stride - 1) / stride)) + 1;
  if (ceil_mode && (out - 1) * stride >= in + pad) --out;  // the last window begins inside
  return out;
}

Pool pool_of(Kind kind, int dims, const Tensor& x, const Dims& kernel_size, const Dims& strides,
             const Dims& padding, const Dims& dilations, bool ceil_mode) {
  const Dims kernel = sizes_of(kind, dims, kKernel, kernel_size, {}),
             stride = sizes_of(kind, dims, kStride, strides, kernel),
             pad = sizes_of(kind, dims, kPadding, padding, {}),
             dilation = sizes_of(kind, dims, kDilation, dilations, {});
  check_input(kind, dims, x);
  Pool p{};
  p.dims = dims;
  p.kind = kind;
  p.planes = 1;
  for (int d = 0; d < x.dim() - dims; ++d) p.planes *= x.size(d);
  for (int d = 0; d < 3; ++d) {
    p.in[d] = p.out[d] = p.kernel[d] = p.stride[d] = p.dilation[d] = 1;
    p.pad[d] = 0;
  }
  const int skip = 3 - dims;
  bool fits = true;
  for (int i = 0; i < dims; ++i) {
    const bool named = dims == 1 && kind == Kind::Max;
    if (named && kernel[i] <= 0)
      runtime_error("max_pool1d() kernel_size must be greater than zero, but got ", kernel[i]);
    if (named && stride[i] <= 0)
      runtime_error("max_pool1d() stride must be greater than zero, but got ", stride[i]);
    if (named && pad[i] < 0)
      runtime_error("max_pool1d() padding must be non-negative, but got ", pad[i]);
    if (named && pad[i] > kernel[i] / 2)
      runtime_error("max_pool1d() padding should be at most half of kernel size, but got padding=",
                    pad[i], " and kernel_size=", kernel[i]);
    if (named && dilation[i] <= 0)
      runtime_error("max_pool1d() dilation must be greater than zero, but got ", dilation[i]);
    if (stride[i] == 0) runtime_error("stride should not be zero");
    if (pad[i] < 0) runtime_error("pad must be non-negative, but got pad: ", pad[i]);
    int64_t reach;
    if (__builtin_mul_overflow(kernel[i] - 1, dilation[i], &reach) || reach > int64_t{1} << 60 ||
        stride[i] > int64_t{1} << 60)
      runtime_error("pooling: the kernel or the stride is too large");
    if (kernel[i] > 0 && dilation[i] > 0 && pad[i] > (reach + 1) / 2)
      runtime_error("pad should be at most half of effective kernel size, but got pad=", pad[i],
                    ", kernel_size=", kernel[i], " and dilation=", dilation[i]);
  }
  for (int i = 0; i < dims; ++i) {
    if (kernel[i] <= 0)
      runtime_error("kernel size should be greater than zero, but got ", lettered("k", kernel));
    if (stride[i] <= 0)
      runtime_error("stride should be greater than zero, but got ", lettered("d", stride));
    if (dilation[i] <= 0)
      runtime_error("dilation should be greater than zero, but got ",
                    lettered("dilation", dilation));
    const int d = skip + i;
    p.in[d] = x.size(x.dim() - dims + i);
    p.kernel[d] = kernel[i];
    p.stride[d] = stride[i];
    p.pad[d] = pad[i];
    p.dilation[d] = dilation[i];
    p.out[d] = pooled_size(p.in[d], kernel[i], pad[i], stride[i], dilation[i], ceil_mode);
    fits &= p.out[d] >= 1;
  }
  if (!fits) {
    if (dims == 1 && kind == Kind::Max)
      runtime_error("max_pool1d() Invalid computed output size: ", p.out[2]);
    if (dims == 3 && kind == Kind::Mean)
      runtime_error("input image (T: ", p.in[0], " H: ", p.in[1], " W: ", p.in[2],
                    ") smaller than kernel size (kT: ", kernel[0], " kH: ", kernel[1],
                    " kW: ", kernel[2], ")");
    const int64_t channels = x.size(x.dim() - dims - 1);
    const int first = dims == 3 ? 0 : 1, shown = dims == 3 ? 3 : 2;
    runtime_error("Given input size: (", channels, "x", by_x(p.in + first, shown),
                  "). Calculated output size: (", channels, "x", by_x(p.out + first, shown),
                  "). Output size is too small");
  }
  return p;
}

Pool adaptive_pool_of(Kind kind, int dims, const Tensor& x, const Dims& output_size) {
  const char* name = kind == Kind::Mean ? "adaptive_avg_pool" : "adaptive_max_pool";
  if (output_size.size() != dims && output_size.size() != 1) {
    if (dims == 1)
      runtime_error(name, "1d() argument 'output_size' should contain one int (got ",
                    output_size.size(), ")");
    if (kind == Kind::Mean) runtime_error(name, dims, "d: output_size must be ", dims);
    runtime_error(name, dims, "d(): internal error: output_size.size() must be ", dims);
  }
  const bool batched = x.dim() == dims + 2;
  if (!batched && x.dim() != dims + 1) {
    if (dims == 1)
      runtime_error("Expected 2 to 3 dimensions, but got ", x.dim(),
                    "-dimensional tensor for argument #1 'self' (while checking arguments for ",
                    name, "1d)");
    runtime_error(name, dims, "d(): Expected ", dims + 1, "D or ", dims + 2, "D tensor, but got",
                  kind == Kind::Mean ? " " : ": ", to_string(x.sizes()));
  }
  const bool any_channels = kind == Kind::Mean && dims < 3;
  const int first_checked = x.dim() - dims - (any_channels ? 0 : 1);
  for (int d = first_checked; d < x.dim(); ++d)
    if (x.size(d) == 0)
      runtime_error(name, dims,
                    "d(): Expected input to have non-zero size for non-batch dimensions, but "
                    "input has sizes ",
                    to_string(x.sizes()), " with dimension ", d, " being empty");
  Pool p{};
  p.dims = dims;
  p.kind = kind;
  p.adaptive = true;
  p.planes = 1;
  for (int d = 0; d < x.dim() - dims; ++d) p.planes *= x.size(d);
  for (int d = 0; d < 3; ++d) {
    p.in[d] = p.out[d] = p.dilation[d] = 1;
    const int i = d - (3 - dims);
    if (i < 0) continue;
    p.in[d] = x.size(x.dim() - dims + i);
    p.out[d] = output_size[output_size.size() == 1 ? 0 : i];
    if (p.out[d] < 0 && kind == Kind::Mean)
      runtime_error(name, std::max(dims, 2),
                    "d: elements of output_size must be greater than or equal to 0 but received "
                    "{",
                    dims == 1 ? 1 : output_size[0], ", ", output_size.back(), "}");
    int64_t product;
    if (__builtin_mul_overflow(p.in[d], p.out[d] + 1, &product))
      runtime_error(name, ": the sizes overflow");
  }
  return p;
}

Dims with_places(const Tensor& x, int dims, const int64_t* places) {
  Dims sizes(x.sizes());
  for (int i = 0; i < dims; ++i) sizes[sizes.size() - dims + i] = places[3 - dims + i];
  return sizes;
}

// PyTorch's kernels exist for some dtypes only.
void check_dtype(const Pool& p, DType dtype) {
  const bool mean_of_int64 = p.kind == Kind::Mean && !p.adaptive && dtype == DType::Int64;
  const bool max_of_ints = p.kind == Kind::Max && !p.adaptive && p.dims > 1 && is_integral(dtype);
  if (is_floating(dtype) || mean_of_int64 || max_of_ints) return;
  static constexpr const char* kNames[2][2][2] = {
      {{"max_pool2d", "max_pool3d"}, {"adaptive_max_pool2d", "adaptive_max_pool3d_cpu"}},
      {{"avg_pool2d", "avg_pool3d_out_frame"}, {"adaptive_avg_pool2d", "adaptive_avg_pool3d_cpu"}}};
  const char* name = p.dims == 1 && p.kind == Kind::Max && !p.adaptive
                         ? "max_pool1d_impl"
                         : kNames[int(p.kind)][p.adaptive][p.dims == 3];
  fail(ErrorKind::NotImplemented, "\"", name, "\" not implemented for '", info(dtype).scalar, "'");
}

// --- elements at places of planes
struct Places {
  int64_t planes, count, places;
  Dims sizes;  // of the tensor with `places` elements a plane
};
Tensor take_places(const Places& at, const Tensor& x, const Tensor& indices, const char* node);

// Zeros with the elements of `grad` added at `indices`.
Tensor add_places(const Places& at, const Tensor& grad, const Tensor& indices, const char* node) {
  const Tensor g = contiguous_quietly(widened(grad)), index = contiguous_quietly(indices);
  Tensor out = zeros(at.sizes, g.dtype());
  visit_widened(g.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    add_at_places<T>(at.planes, at.count, at.places, index.data<int64_t>(), g.data<T>(),
                     out.data<T>());
  });
  out = cast_quietly(out, grad.dtype());
  record(node, out, inputs(grad), saves(indices), [at, node](const Tensor& g, const Tensor& index) {
    return take_places(at, g, index, node);
  });
  return out;
}

Tensor take_places(const Places& at, const Tensor& x, const Tensor& indices, const char* node) {
  const Tensor in = contiguous_quietly(widened(x)), index = contiguous_quietly(indices);
  Tensor out = empty(indices.sizes(), in.dtype());
  visit_widened(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    take_from_places<T>(at.planes, at.count, at.places, index.data<int64_t>(), in.data<T>(),
                        out.data<T>());
  });
  out = cast_quietly(out, x.dtype());
  record(node, out, inputs(x), saves(indices), [at, node](const Tensor& g, const Tensor& index) {
    return add_places(at, g, index, node);
  });
  return out;
}

const char* backward_name(int dims) {
  return dims == 3 ? "MaxPool3DWithIndicesBackwardBackward0"
                   : "MaxPool2DWithIndicesBackwardBackward0";
}

void record_max(const Pool& p, const Tensor& x, const MaxPooled& result, const char* node) {
  record(node, result.values, inputs(x), saves(result.indices),
         [at = Places{p.planes, p.out_places(), p.in_places(), Dims(x.sizes())},
          node = backward_name(p.dims)](const Tensor& g, const Tensor& index) {
           return add_places(at, g, index, node);
         });
}

MaxPooled max_pooled(const Pool& p, const Tensor& x, bool with_indices) {
  const Tensor in = contiguous_quietly(widened(x));
  const Dims sizes = with_places(x, p.dims, p.out);
  with_indices |= grad_mode.enabled && requires_grad(x);
  MaxPooled result{empty(sizes, in.dtype()), {}};
  if (with_indices) result.indices = empty(sizes, DType::Int64);
  int64_t* indices = with_indices ? result.indices.data<int64_t>() : nullptr;
  check_dtype(p, x.dtype());
  visit_widened(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (p.is_by_two())
      max_pool_by_two(p.planes, p.in[1], p.in[2], p.out[1], p.out[2], in.data<T>(),
                      result.values.data<T>(), indices);
    else
      max_pool(Plan(p).get(), in.data<T>(), result.values.data<T>(), indices);
  });
  result.values = cast_quietly(result.values, x.dtype());
  if (with_indices) record_max(p, x, result, node_name(p));
  return result;
}

// --- means
Tensor mean_gradient(const Pool& p, const Dims& sizes, const Tensor& grad);

Tensor mean_pooled(const Pool& p, const Tensor& x) {
  check_dtype(p, x.dtype());
  const Tensor in = contiguous_quietly(widened(x));
  Tensor out = empty(with_places(x, p.dims, p.out), in.dtype());
  visit_widened(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    mean_pool(Plan(p).get(), in.data<T>(), out.data<T>());
  });
  out = cast_quietly(out, x.dtype());
  record(node_name(p), out, inputs(x), saves(),
         [p, sizes = Dims(x.sizes())](const Tensor& g) { return mean_gradient(p, sizes, g); });
  return out;
}

Tensor mean_gradient(const Pool& p, const Dims& sizes, const Tensor& grad) {
  const Tensor g = contiguous_quietly(widened(grad));
  Tensor out = zeros(sizes, g.dtype());
  visit_widened(g.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    mean_pool_gradient(Plan(p).get(), g.data<T>(), out.data<T>());
  });
  out = cast_quietly(out, grad.dtype());
  record(p.adaptive ? "AdaptiveAvgPool2DBackwardBackward0" : "AvgPool2DBackwardBackward0", out,
         inputs(grad), saves(), [p](const Tensor& g) { return mean_pooled(p, g); });
  return out;
}

}  // namespace

MaxPooled max_pool(int dims, const Tensor& input, const Dims& kernel, const Dims& stride,
                   const Dims& padding, const Dims& dilation, bool ceil_mode, bool with_indices) {
  return max_pooled(pool_of(Kind::Max, dims, input, kernel, stride, padding, dilation, ceil_mode),
                    input, with_indices);
}

Tensor avg_pool(int dims, const Tensor& input, const Dims& kernel, const Dims& stride,
                const Dims& padding, bool ceil_mode, bool count_include_pad,
                std::optional<int64_t> divisor_override) {
  Pool p = pool_of(Kind::Mean, dims, input, kernel, stride, padding, Dims{1}, ceil_mode);
  if (divisor_override && *divisor_override == 0) runtime_error("divisor must be not zero");
  p.count_include_pad = count_include_pad;
  p.divisor = divisor_override.value_or(0);
  return mean_pooled(p, input);
}

MaxPooled adaptive_max_pool(int dims, const Tensor& input, const Dims& output_size,
                            bool with_indices) {
  return max_pooled(adaptive_pool_of(Kind::Max, dims, input, output_size), input, with_indices);
}

Tensor adaptive_avg_pool(int dims, const Tensor& input, const Dims& output_size) {
  const Pool p = adaptive_pool_of(Kind::Mean, dims, input, output_size);
  if (dims > 1 && p.out_places() == 1 && is_floating(input.dtype())) {  // as PyTorch, a mean
    Dims over(dims);
    for (int d = 0; d < dims; ++d) over[d] = d - dims;
    return mean(input, over, true);
  }
  return mean_pooled(p, input);
}

Tensor max_pool2d_with_indices_backward(const Tensor& grad, const Tensor& input,
                                        const Tensor& indices) {
  if (!grad.same_sizes(indices))
    runtime_error("Expected grad_output and indices of one shape, but got ",
                  to_string(grad.sizes()), " and ", to_string(indices.sizes()));
  const int64_t places = input.size(input.dim() - 1) * input.size(input.dim() - 2),
                count = grad.size(grad.dim() - 1) * grad.size(grad.dim() - 2);
  const Places at{count ? grad.numel() / count : 0, count, places, Dims(input.sizes())};
  if (at.planes * places != input.numel() && grad.numel())
    runtime_error("Expected the planes of ", to_string(grad.sizes()), " and ",
                  to_string(input.sizes()), " to be as many");
  const Tensor index = contiguous_quietly(indices);
  for (int64_t i = 0; i < index.numel(); ++i)
    if (index.data<int64_t>()[i] < 0 || index.data<int64_t>()[i] >= places)
      runtime_error("Found an invalid index: ", index.data<int64_t>()[i]);
  return add_places(at, grad, index, "MaxPool2DWithIndicesBackwardBackward0");
}

Tensor max_unpool(int dims, const Tensor& input, const Tensor& indices, const Dims& output_size) {
  const int shown = std::max(dims, 2);
  if (indices.dtype() != DType::Int64)
    runtime_error("elements in indices should be type int64 but got: ",
                  info(indices.dtype()).scalar);
  if (dims == 3 ? input.dim() != 4 && input.dim() != 5
                : input.dim() != dims + 1 && input.dim() != dims + 2)
    runtime_error("Input to max_unpooling", shown, "d should be a ", shown + 1, "d or ", shown + 2,
                  "d Tensor, but got a tensor with dim ", input.dim());
  if (!input.same_sizes(indices))
    runtime_error("Expected shape of indices to be same as that of the input tensor (",
                  to_string(input.sizes()),
                  ") but got indices tensor with shape: ", to_string(indices.sizes()));
  if (output_size.size() != dims)
    runtime_error("There should be exactly ", dims, " elements (height, width) in output_size");
  Places at{1, 1, 1, Dims(input.sizes())};
  for (int d = 0; d < input.dim(); ++d)
    (d < input.dim() - dims ? at.planes : at.count) *= input.size(d);
  for (int d = 0; d < dims; ++d) at.sizes[input.dim() - dims + d] = output_size[d];
  for (int d = input.dim() - dims - 1; d < input.dim(); ++d)
    if (input.size(d) == 0)
      runtime_error("max_unpooling", shown,
                    "d_forward_out_cpu(): Expected input to have non-zero size for non-batch "
                    "dimensions, but got ",
                    to_string(input.sizes()), " with dimension ", d, " being empty.");
  checked_numel(at.sizes);
  for (int d = 0; d < dims; ++d) at.places *= output_size[d];
  const Tensor index = contiguous_quietly(indices);
  for (int64_t i = 0; i < index.numel(); ++i) {
    const int64_t place = index.data<int64_t>()[i];
    if (place >= 0 && place < at.places) continue;
    if (dims == 3)
      runtime_error("found an invalid max index ", place, " (output volumes are of size ",
                    output_size[0], "x", output_size[1], "x", output_size[2]);
    runtime_error("Found an invalid max index: ", place, " (output volumes are of size ",
                  dims == 1 ? output_size[0] : output_size[0], "x", dims == 1 ? 1 : output_size[1]);
  }
  const Tensor in = contiguous_quietly(widened(input));
  Tensor out = zeros(at.sizes, in.dtype());
  visit_widened(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    put_at_places<T>(at.planes, at.count, at.places, index.data<int64_t>(), in.data<T>(),
                     out.data<T>());
  });
  out = cast_quietly(out, input.dtype());
  record(dims == 1   ? "SqueezeBackward1"
         : dims == 2 ? "MaxUnpool2DBackward0"
                     : "MaxUnpool3DBackward0",
         out, inputs(input), saves(index), [at](const Tensor& g, const Tensor& index) {
           return take_places(at, g, index, "MaxUnpool2DBackwardBackward0");
         });
  return out;
}

// Ben Graham, "Fractional Max-Pooling", 2014: the windows begin at floor(alpha (i + u)) -
// floor(alpha u), the last one at the end.
MaxPooled fractional_max_pool(int dims, const Tensor& input, const Dims& kernel_size,
                              const Dims& output_size, const Tensor& samples) {
  auto spread = [&](const Dims& given, const char* name) {
    if (given.size() == dims) return given;
    if (given.size() != 1)
      runtime_error("fractional_max_pool", dims, "d: ", name,
                    " must either be a single int or tuple of Ints");
    return Dims(dims, given[0]);
  };
  const Dims kernel = spread(kernel_size, "kernel_size"), out = spread(output_size, "output_size");
  const bool batched = input.dim() == dims + 2;
  if (!batched && input.dim() != dims + 1)
    runtime_error("fractional_max_pool", dims, "d(): Expected ", dims + 1, "D or ", dims + 2,
                  "D tensor, but got: ", to_string(input.sizes()));
  Pool p{};
  p.dims = dims;
  p.kind = Kind::Max;
  const int64_t batch = batched ? input.size(0) : 1, channels = input.size(batched);
  p.planes = batch * channels;
  for (int d = 0; d < 3; ++d) p.in[d] = p.out[d] = p.kernel[d] = p.stride[d] = p.dilation[d] = 1;
  for (int i = 0; i < dims; ++i) {
    const int d = 3 - dims + i;
    p.in[d] = input.size(input.dim() - dims + i);
    p.out[d] = out[i];
    p.kernel[d] = kernel[i];
    if (p.in[d] == 0)
      runtime_error("fractional_max_pool", dims,
                    "d(): Expected input to have non-zero size for "
                    "non-batch dimensions, but got ",
                    to_string(input.sizes()), " with dimension ", input.dim() - dims + i,
                    " being empty.");
    if (kernel[i] < 1 || out[i] < 1 || out[i] > p.in[d] - kernel[i] + 1)
      runtime_error("fractional_max_pool", dims, "d(): pool ",
                    d == 0   ? "time"
                    : d == 1 ? "height"
                             : "width",
                    " ", kernel[i], " too large relative to input ",
                    d == 0   ? "time"
                    : d == 1 ? "height"
                             : "width",
                    " ", p.in[d]);
  }
  const Tensor numbers = cast_quietly(samples, DType::Float64);
  if (samples.dim() != 3 || samples.size(0) < batch || samples.size(1) < channels ||
      samples.size(2) < dims)
    runtime_error("Expect _random_samples to have size [", batch, ", ", channels, ", ", dims,
                  "], but got ", to_string(samples.sizes()));
  const Tensor sample = contiguous_quietly(numbers);
  const Tensor in = contiguous_quietly(widened(input));
  if (!is_floating(input.dtype()))
    fail(ErrorKind::NotImplemented, "\"fractional_max_pool", dims,
         "d_out_frame\" not implemented for '", info(input.dtype()).scalar, "'");
  const Dims sizes = with_places(input, dims, p.out);
  MaxPooled result{empty(sizes, in.dtype()), empty(sizes, DType::Int64)};
  const int64_t windows = p.out[0] + p.out[1] + p.out[2];
  const auto list = std::make_unique<Window[]>(size_t(windows));
  visit_widened(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t plane = 0; plane < p.planes; ++plane) {
      const double* u = sample.data<double>() +
                        (plane / channels * samples.size(1) + plane % channels) * samples.size(2);
      PoolPlan plan{};
      plan.planes = 1;
      Window* to = list.get();
      for (int d = 0; d < 3; ++d) {
        plan.in[d] = p.in[d];
        plan.out[d] = p.out[d];
        plan.step[d] = 1;
        plan.windows[d] = to;
        if (d < 3 - dims) {
          *to++ = {0, 1, 1};
          continue;
        }
        // PyTorch reads the samples of two dimensions as (width, height), those of three in order.
        const T at = static_cast<T>(u[dims == 2 ? 2 - d : d]);
        const T alpha = p.out[d] > 1
                            ? static_cast<T>(p.in[d] - p.kernel[d]) / static_cast<T>(p.out[d] - 1)
                            : T(0);
        for (int64_t o = 0; o < p.out[d]; ++o) {
          int64_t begin = p.in[d] - p.kernel[d];
          if (o + 1 < p.out[d])
            begin = static_cast<int64_t>((static_cast<T>(o) + at) * alpha) -
                    static_cast<int64_t>(at * alpha);
          begin = std::clamp<int64_t>(begin, 0, p.in[d] - p.kernel[d]);
          *to++ = {begin, begin + p.kernel[d], 1};
        }
      }
      max_pool(plan, in.data<T>() + plane * p.in_places(),
               result.values.data<T>() + plane * p.out_places(),
               result.indices.data<int64_t>() + plane * p.out_places());
    }
  });
  result.values = cast_quietly(result.values, input.dtype());
  record_max(p, input, result,
             dims == 2 ? "FractionalMaxPool2DBackward0" : "FractionalMaxPool3DBackward0");
  return result;
}

}  // namespace tg
