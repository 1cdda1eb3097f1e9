// Each kind has a fused gradient; where a graph of the backward pass is wanted, composed() gives
// the same in differentiable operations.
#include "ops/normalization.h"

#include <cmath>
#include <limits>

#include "autograd/record.h"
#include "kernels/norm.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/operators.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/unary.h"

namespace tg {
namespace {

// T of a loop, or a null pointer.
template <class T>
T* data_of(const Tensor& t) {
  return t.defined() ? t.data<T>() : nullptr;
}
Tensor dense(const Tensor& t) { return t.defined() ? contiguous_quietly(widened(t)) : t; }

template <class F>
void visit_real(const Tensor& t, const F& f) {
  if (t.dtype() == DType::Float32)
    f(TypeTag<float>{});
  else
    f(TypeTag<double>{});
}

void check_real(const Tensor& x, const char* kernel) {
  if (!is_floating(x.dtype()))
    fail(ErrorKind::NotImplemented, "\"", kernel, "\" not implemented for '",
         info(x.dtype()).scalar, "'");
}
// Parameters have the input's dtype, or are float32 beside a 16-bit input.
void check_parameter_dtypes(const Tensor& x, std::initializer_list<const Tensor*> parameters) {
  const DType* first = nullptr;
  DType held;
  for (const Tensor* p : parameters) {
    if (!p->defined()) continue;
    const bool fits =
        p->dtype() == x.dtype() || (itemsize(x.dtype()) == 2 && p->dtype() == DType::Float32);
    if (!fits || (first && *first != p->dtype()))
      runtime_error("mixed dtype (CPU): expect parameter to have scalar type of Float");
    held = p->dtype();
    first = &held;
  }
}

DType parameter_dtype(const Tensor& x, const Tensor& first, const Tensor& second) {
  return first.defined() ? first.dtype() : second.defined() ? second.dtype() : x.dtype();
}

// --- the differentiable form
struct Gradients {
  Tensor x, weight, bias;
};
struct Composition {
  uint64_t normalized;  // dims over which mean and variance were taken
  uint64_t shared;      // dims over which weight and bias are the same
  double eps;
  bool centered = true;
};
// `weight` broadcasts to x. The gradients of mean and rstd, where they have one, have x's rank.
Gradients composed(const Composition& c, const Tensor& g, const Tensor& mean_grad,
                   const Tensor& rstd_grad, const Tensor& x, const Tensor& weight) {
  const double count = double(reduced_count(x.sizes(), c.normalized));
  auto mean_of = [&](const Tensor& t) { return sum_over(t, c.normalized, true) / count; };
  const Tensor centered = c.centered ? x - mean_of(x) : x;
  const Tensor rstd = rsqrt(mean_of(centered * centered) + c.eps);
  const Tensor normal = centered * rstd;
  Gradients out;
  if (g.defined()) {
    const Tensor scaled = weight.defined() ? g * weight : g;
    Tensor inner = scaled - normal * mean_of(scaled * normal);
    if (c.centered) inner = inner - mean_of(scaled);
    out.x = rstd * inner;
    out.weight = sum_over(g * normal, c.shared, false);
    out.bias = sum_over(g, c.shared, false);
  }
  auto add_to_x = [&](const Tensor& part) { out.x = out.x.defined() ? out.x + part : part; };
  if (mean_grad.defined()) add_to_x(expand(mean_grad / count, x.sizes()));
  if (rstd_grad.defined()) add_to_x(-(rstd_grad * rstd * rstd * rstd / count) * centered);
  return out;
}

// Hands the gradients on in the dtypes of their inputs.
void set_gradients(GradInputs& to, const Gradients& grads, const Tensor& x, const Tensor& weight,
                   DType bias_dtype) {
  auto set = [&](size_t i, const Tensor& grad, DType dtype) {
    if (i < to.size() && to.needed(i) && grad.defined()) to.set(i, to_dtype(grad, dtype));
  };
  set(0, grads.x, x.dtype());
  if (weight.defined()) set(1, grads.weight, weight.dtype());
  set(2, grads.bias, bias_dtype);
}

uint64_t trailing(const Tensor& x, int count) {
  return all_dims(x.dim()) & ~all_dims(x.dim() - count);
}

// --- batch norm
struct ChannelSizes {
  int64_t batch, channels, places;
  explicit ChannelSizes(const Tensor& x) : batch(x.size(0)), channels(x.size(1)), places(1) {
    for (int d = 2; d < x.dim(); ++d) places *= x.size(d);
  }
};
Tensor by_channel(const Tensor& v, int ndim) {
  Dims sizes(ndim, 1);
  sizes[1] = v.numel();
  return reshape(v, sizes);
}

Gradients batch_norm_gradient(const Tensor& grad, const Tensor& x, const Tensor& weight,
                              const Tensor& mean, const Tensor& rstd, bool training, double eps,
                              bool needs_x, bool needs_weight, bool needs_bias) {
  const uint64_t mask = all_dims(x.dim()) & ~one_dim(1);
  if (grad_mode.enabled) {
    const Tensor w = weight.defined() ? by_channel(weight, x.dim()) : weight;
    if (training) return composed({mask, mask, eps}, grad, {}, {}, x, w);
    const Tensor scale = to_dtype(by_channel(rstd, x.dim()), x.dtype());
    const Tensor normal = (x - to_dtype(by_channel(mean, x.dim()), x.dtype())) * scale;
    return {w.defined() ? grad * (scale * w) : grad * scale, sum_over(grad * normal, mask, false),
            sum_over(grad, mask, false)};
  }
  const Tensor g = dense(grad), in = dense(x), w = dense(weight);
  const ChannelSizes s(x);
  Gradients out;
  const Dims channels{s.channels};
  if (needs_x) out.x = empty(x.sizes(), in.dtype());
  if (needs_weight) out.weight = empty(channels, in.dtype());
  if (needs_bias) out.bias = empty(channels, in.dtype());
  visit_real(in, [&](auto tag) {
    using T = typename decltype(tag)::type;
    ChannelNorm<T>{s.batch,       s.channels,     s.places,      in.data<T>(),
                   data_of<T>(w), mean.data<T>(), rstd.data<T>()}
        .backward(g.data<T>(), !training, data_of<T>(out.x), data_of<T>(out.weight),
                  data_of<T>(out.bias));
  });
  if (needs_x) out.x = cast_quietly(out.x, x.dtype());
  return out;
}

template <class T>
void move_towards(const Tensor& running, const Tensor& loop_running, double momentum,
                  const auto& target) {
  T* p = loop_running.data<T>();
  for (int64_t i = 0; i < loop_running.numel(); ++i)
    p[i] = static_cast<T>(momentum * target(i) + (1 - momentum) * double(p[i]));
  if (p != running.data<T>()) copy_values(running, loop_running);
}

}  // namespace

Normalized native_batch_norm(const Tensor& input, const Tensor& weight, const Tensor& bias,
                             const Tensor& running_mean, const Tensor& running_var, bool training,
                             double momentum, double eps) {
  const int64_t features = input.dim() >= 2 ? input.size(1) : 0;
  auto check = [&](const Tensor& t, const char* name) {
    if (t.defined() && t.numel() != features)
      runtime_error(name, " should contain ", features, " elements not ", t.numel());
  };
  if (running_mean.defined())
    check(running_mean, "running_mean");
  else if (!training)
    runtime_error("running_mean must be defined in evaluation mode");
  if (running_var.defined())
    check(running_var, "running_var");
  else if (!training)
    runtime_error("running_var must be defined in evaluation mode");
  check(weight, "weight");
  check(bias, "bias");
  check_real(input, "batch_norm");
  if (input.dim() == 1 && input.numel() == 0) {  // as PyTorch: no channels, nothing to compute
    const Tensor none = empty(Dims{0}, input.dtype());
    return {view(input, input.sizes()), none, none};
  }
  if (input.dim() < 2)
    runtime_error("Expected at least 2 dimensions for input tensor but received ", input.dim());
  check_parameter_dtypes(input, {&weight, &bias, &running_mean, &running_var});
  const ChannelSizes s(input);
  const Dims channels{s.channels};
  const Tensor in = dense(input), w = dense(weight), shift = dense(bias);
  const DType statistics_dtype = parameter_dtype(input, weight, running_mean);
  Normalized result{empty(input.sizes(), in.dtype()), empty(channels, in.dtype()),
                    empty(channels, in.dtype())};
  visit_real(in, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T *mean = result.mean.data<T>(), *rstd = result.rstd.data<T>();
    const ChannelNorm<T> norm{s.batch,       s.channels, s.places, in.data<T>(),
                              data_of<T>(w), mean,       rstd};
    if (training && in.numel()) {
      const Tensor variances = empty(channels, DType::Float64);
      double* variance = variances.data<double>();
      norm.moments(variance);
      for (int64_t c = 0; c < s.channels; ++c)
        rstd[c] = static_cast<T>(1 / std::sqrt(variance[c] + eps));
      const double count = double(s.batch * s.places);
      if (running_mean.defined())
        move_towards<T>(running_mean, dense(running_mean), momentum,
                        [&](int64_t c) { return double(mean[c]); });
      if (running_var.defined())
        move_towards<T>(running_var, dense(running_var), momentum,
                        [&](int64_t c) { return variance[c] * count / (count - 1); });
      if (itemsize(statistics_dtype) == 2)  // PyTorch goes on from the rounded ones
        for (const Tensor& t : {result.mean, result.rstd})
          copy_values(t, cast_quietly(t, statistics_dtype));
    } else if (training) {
      std::fill_n(mean, s.channels, T(0));
      std::fill_n(rstd, s.channels, T(0));
    } else {
      const Tensor mean_now = dense(running_mean), var_now = dense(running_var);
      std::copy_n(mean_now.data<T>(), s.channels, mean);
      for (int64_t c = 0; c < s.channels; ++c)
        rstd[c] = static_cast<T>(1 / std::sqrt(double(var_now.data<T>()[c]) + eps));
    }
    norm.forward(data_of<T>(shift), result.out.data<T>());
  });
  result.out = cast_quietly(result.out, input.dtype());
  const DType bias_dtype = bias.defined() ? bias.dtype() : input.dtype();
  record("NativeBatchNormBackward0", result.out, inputs(input, weight, bias),
         saves(input, weight, result.mean, result.rstd),
         [training, eps, bias_dtype](GradInputs& to, const Tensor& g, const Tensor& x,
                                     const Tensor& weight, const Tensor& mean, const Tensor& rstd) {
           set_gradients(to,
                         batch_norm_gradient(g, x, weight, mean, rstd, training, eps, to.needed(0),
                                             to.needed(1), to.needed(2)),
                         x, weight, bias_dtype);
         });
  if (!training) {
    result.mean = empty(Dims{0}, in.dtype());
    result.rstd = empty(Dims{0}, in.dtype());
  } else {
    result.mean = cast_quietly(result.mean, statistics_dtype);
    result.rstd = cast_quietly(result.rstd, statistics_dtype);
  }
  return result;
}

Tensor batch_norm(const Tensor& input, const Tensor& weight, const Tensor& bias,
                  const Tensor& running_mean, const Tensor& running_var, bool training,
                  double momentum, double eps) {
  return native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)
      .out;
}

Tensor instance_norm(const Tensor& input, const Tensor& weight, const Tensor& bias,
                     const Tensor& running_mean, const Tensor& running_var, bool use_input_stats,
                     double momentum, double eps) {
  if (!use_input_stats && (!running_mean.defined() || !running_var.defined()))
    runtime_error(
        "Expected running_mean and running_var to be defined when use_input_stats is false");
  if (input.dim() < 2)
    runtime_error("Expected at least 2 dimensions for input tensor but received ", input.dim());
  const int64_t batch = input.size(0), channels = input.size(1);
  Dims sizes(input.sizes());
  sizes[0] = 1;
  sizes[1] = batch * channels;
  auto repeated = [&](const Tensor& t, const char* name) {
    if (!t.defined()) return t;
    if (t.dim() != 1 || t.size(0) != channels)
      runtime_error(name, " should contain ", batch * channels, " elements not ",
                    batch * t.numel());
    return reshape(expand(unsqueeze(t, 0), Dims{batch, channels}), Dims{batch * channels});
  };
  auto own = [&](const Tensor& t, const char* name) {
    if (!t.defined()) return t;
    GradModeGuard off(false);
    const Tensor r = repeated(t, name);
    return batch == 1 ? clone(r) : r;
  };
  const Tensor mean = own(running_mean, "running_mean"), var = own(running_var, "running_var");
  const Tensor out = batch_norm(reshape(input, sizes), repeated(weight, "weight"),
                                repeated(bias, "bias"), mean, var, use_input_stats, momentum, eps);
  auto give_back = [&](const Tensor& from, const Tensor& to) {
    if (!to.defined() || batch == 0) return;
    GradModeGuard off(false);
    copy_values(to, sum_over(view(from, Dims{batch, channels}), 1, false) / double(batch));
  };
  if (use_input_stats) {
    give_back(mean, running_mean);
    give_back(var, running_var);
  }
  return reshape(out, input.sizes());
}

// --- layer norm
namespace {

int64_t check_normalized_shape(const Tensor& input, const Dims& shape, const Tensor& weight,
                               const Tensor& bias, const char* separator) {
  if (shape.empty())
    runtime_error(
        "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
        "element, but got normalized_shape = []");
  auto check = [&](const Tensor& t, const char* name) {
    if (t.defined() && !(Dims(t.sizes()) == shape))
      runtime_error("Expected ", name, " to be of same shape as normalized_shape, but got ", name,
                    " of shape ", to_string(t.sizes()),
                    " and normalized_shape = ", to_string(shape));
  };
  check(weight, "weight");
  check(bias, "bias");
  const int first = input.dim() - shape.size();
  int64_t count = 1;
  bool fits = first >= 0;
  for (int d = 0; d < shape.size(); ++d) {
    fits = fits && input.size(first + d) == shape[d];
    count *= shape[d];
  }
  if (fits) return count;
  std::string wanted, got = to_string(input.sizes());
  for (int d = 0; d < shape.size(); ++d)
    wanted += (d ? ", " : separator) + std::to_string(shape[d]);
  runtime_error("Given normalized_shape=", to_string(shape), ", expected input with shape [*",
                wanted, "], but got input of size", got);
}

struct Rows {
  int dims;  // normalised ones, at the end
  int64_t n;
  double eps;
  bool centered;
};

Gradients row_gradients(const Rows& r, const Tensor& g, const Tensor& x, const Tensor& weight,
                        const Tensor& mean, const Tensor& rstd, bool needs_x, bool needs_weight,
                        bool needs_bias) {
  if (grad_mode.enabled) {
    const uint64_t normalized = trailing(x, r.dims);
    return composed({normalized, all_dims(x.dim()) & ~normalized, r.eps, r.centered}, g, {}, {}, x,
                    weight);
  }
  const Tensor grad = dense(g), in = dense(x), w = dense(weight);
  const Dims shape(x.sizes().subspan(size_t(x.dim() - r.dims)));
  Gradients out;
  if (needs_x) out.x = empty(x.sizes(), in.dtype());
  if (needs_weight) out.weight = empty(shape, in.dtype());
  if (needs_bias) out.bias = empty(shape, in.dtype());
  visit_real(in, [&](auto tag) {
    using T = typename decltype(tag)::type;
    RowNorm<T>{rstd.numel(),     r.n,           r.centered, in.data<T>(), data_of<T>(w),
               data_of<T>(mean), rstd.data<T>()}
        .backward(grad.data<T>(), data_of<T>(out.x), data_of<T>(out.weight), data_of<T>(out.bias));
  });
  if (needs_x) out.x = cast_quietly(out.x, x.dtype());
  return out;
}

// Computes; recording is left to the callers. Mean and rstd have the sizes `statistics`.
Normalized rows_normalized(const Rows& r, const Tensor& input, const Tensor& weight,
                           const Tensor& bias, std::span<const int64_t> statistics) {
  const Tensor in = dense(input), w = dense(weight), shift = dense(bias);
  Normalized result{empty(input.sizes(), in.dtype()),
                    r.centered ? empty(statistics, in.dtype()) : Tensor(),
                    empty(statistics, in.dtype())};
  visit_real(in, [&](auto tag) {
    using T = typename decltype(tag)::type;
    RowNorm<T>{result.rstd.numel(),
               r.n,
               r.centered,
               in.data<T>(),
               data_of<T>(w),
               data_of<T>(result.mean),
               result.rstd.template data<T>()}
        .forward(data_of<T>(shift), r.eps, result.out.data<T>());
  });
  result.out = cast_quietly(result.out, input.dtype());
  return result;
}

}  // namespace

namespace {

Normalized layer_normalized(const Tensor& input, const Dims& normalized_shape, const Tensor& weight,
                            const Tensor& bias, double eps, std::span<const int64_t> statistics) {
  int64_t n = 1;
  for (const int64_t size : normalized_shape) n *= size;
  check_real(input, "LayerNormKernelImpl");
  check_parameter_dtypes(input, {&weight, &bias});
  const Rows r{normalized_shape.size(), n, eps, true};
  const Normalized result = rows_normalized(r, input, weight, bias, statistics);
  const DType bias_dtype = bias.defined() ? bias.dtype() : input.dtype();
  record("NativeLayerNormBackward0", result.out, inputs(input, weight, bias),
         saves(input, weight, result.mean, result.rstd),
         [r, bias_dtype](GradInputs& to, const Tensor& g, const Tensor& x, const Tensor& weight,
                         const Tensor& mean, const Tensor& rstd) {
           set_gradients(
               to,
               row_gradients(r, g, x, weight, mean, rstd, to.needed(0), to.needed(1), to.needed(2)),
               x, weight, bias_dtype);
         });
  return result;
}

int64_t row_count(const Tensor& input, const Dims& normalized_shape) {
  int64_t rows = 1;
  for (int d = 0; d < input.dim() - normalized_shape.size(); ++d) rows *= input.size(d);
  return rows;
}

}  // namespace

// PyTorch's mean and rstd have no derivative here.
Normalized native_layer_norm(const Tensor& input, const Dims& normalized_shape,
                             const Tensor& weight, const Tensor& bias, double eps) {
  check_normalized_shape(input, normalized_shape, weight, bias, ", ");
  Dims statistics(input.sizes());
  for (int d = 1; d <= normalized_shape.size(); ++d) statistics[statistics.size() - d] = 1;
  Normalized result = layer_normalized(input, normalized_shape, weight, bias, eps, statistics);
  const DType statistics_dtype = parameter_dtype(input, weight, bias);
  result.mean = cast_quietly(result.mean, statistics_dtype);
  result.rstd = cast_quietly(result.rstd, statistics_dtype);
  return result;
}

Tensor layer_norm(const Tensor& input, const Dims& normalized_shape, const Tensor& weight,
                  const Tensor& bias, double eps) {
  check_normalized_shape(input, normalized_shape, weight, bias, ", ");
  return layer_normalized(input, normalized_shape, weight, bias, eps,
                          Dims{row_count(input, normalized_shape)})
      .out;
}

Tensor rms_norm(const Tensor& input, const Dims& normalized_shape, const Tensor& weight,
                std::optional<double> eps) {
  const int64_t n = check_normalized_shape(input, normalized_shape, weight, {}, "");
  check_real(input, "rms_norm");
  const double least = input.dtype() == DType::Float64 ? std::numeric_limits<double>::epsilon()
                                                       : std::numeric_limits<float>::epsilon();
  const Rows r{normalized_shape.size(), n, eps.value_or(least), false};
  const Normalized result =
      rows_normalized(r, input, weight, {}, Dims{row_count(input, normalized_shape)});
  // The last of the operations that PyTorch composes it of.
  record("MulBackward0", result.out, inputs(input, weight), saves(input, weight, result.rstd),
         [r](GradInputs& to, const Tensor& g, const Tensor& x, const Tensor& weight,
             const Tensor& rstd) {
           set_gradients(
               to, row_gradients(r, g, x, weight, {}, rstd, to.needed(0), to.needed(1), false), x,
               weight, x.dtype());
         });
  return result.out;
}

// --- group norm
namespace {

struct Groups {
  int64_t batch, groups, channels, places;  // channels of one group
  double eps;
};

Gradients group_gradients(const Groups& s, const Tensor& g, const Tensor& mean_grad,
                          const Tensor& rstd_grad, const Tensor& x, const Tensor& weight,
                          const Tensor& mean, const Tensor& rstd, bool needs_x, bool needs_weight,
                          bool needs_bias) {
  const Dims all{s.groups * s.channels};
  if (grad_mode.enabled || mean_grad.defined() || rstd_grad.defined()) {
    const Dims split{s.batch, s.groups, s.channels, s.places};
    auto statistic = [&](const Tensor& t) {
      return t.defined() ? reshape(t, Dims{s.batch, s.groups, 1, 1}) : t;
    };
    Gradients out =
        composed({0b1100, 0b1001, s.eps}, g.defined() ? reshape(g, split) : g, statistic(mean_grad),
                 statistic(rstd_grad), reshape(x, split),
                 weight.defined() ? reshape(weight, Dims{1, s.groups, s.channels, 1}) : weight);
    out.x = reshape(out.x, x.sizes());
    if (out.weight.defined()) out.weight = reshape(out.weight, all);
    if (out.bias.defined()) out.bias = reshape(out.bias, all);
    return out;
  }
  const Tensor grad = dense(g), in = dense(x), w = dense(weight);
  Gradients out;
  if (needs_x) out.x = empty(x.sizes(), in.dtype());
  if (needs_weight) out.weight = empty(all, in.dtype());
  if (needs_bias) out.bias = empty(all, in.dtype());
  visit_real(in, [&](auto tag) {
    using T = typename decltype(tag)::type;
    GroupNorm<T>{s.batch,      s.groups,      s.channels,     s.places,
                 in.data<T>(), data_of<T>(w), mean.data<T>(), rstd.data<T>()}
        .backward(grad.data<T>(), data_of<T>(out.x), data_of<T>(out.weight), data_of<T>(out.bias));
  });
  if (needs_x) out.x = cast_quietly(out.x, x.dtype());
  return out;
}

void check_channels(const Tensor& t, const char* name, const Tensor& input, int64_t channels) {
  if (t.defined() && (t.dim() != 1 || t.numel() != channels))
    runtime_error("Expected ", name,
                  " to be a vector of size equal to the number of channels in input, but got ",
                  std::string(name) == "bias" ? "bias" : "weight", " of shape ",
                  to_string(t.sizes()), " and input of shape ", to_string(input.sizes()));
}

}  // namespace

Normalized native_group_norm(const Tensor& input, const Tensor& weight, const Tensor& bias,
                             int64_t batch, int64_t channels, int64_t places, int64_t groups,
                             double eps) {
  if (groups <= 0) runtime_error("Expected num groups to be greater than 0, got ", groups);
  if (channels % groups != 0)
    runtime_error(
        "Expected number of channels in input to be divisible by num_groups, but got input of "
        "shape ",
        to_string(input.sizes()), " and num_groups=", groups);
  int64_t product;
  if (batch < 0 || channels < 0 || places < 0 ||
      __builtin_mul_overflow(batch, channels, &product) ||
      __builtin_mul_overflow(product, places, &product) || product != input.numel())
    runtime_error("Expected input to have ", batch, " * ", channels, " * ", places,
                  " elements, but got input of shape ", to_string(input.sizes()));
  check_channels(weight, "weight", input, channels);
  check_channels(bias, "bias", input, channels);
  check_real(input, "GroupNormKernelImpl");
  check_parameter_dtypes(input, {&weight, &bias});
  const Groups s{batch, groups, channels / groups, places, eps};
  const Tensor in = dense(input), w = dense(weight), shift = dense(bias);
  const Dims statistics{batch, groups};
  Normalized result{empty(input.sizes(), in.dtype()), empty(statistics, in.dtype()),
                    empty(statistics, in.dtype())};
  visit_real(in, [&](auto tag) {
    using T = typename decltype(tag)::type;
    GroupNorm<T>{s.batch,
                 s.groups,
                 s.channels,
                 s.places,
                 in.data<T>(),
                 data_of<T>(w),
                 result.mean.template data<T>(),
                 result.rstd.template data<T>()}
        .forward(data_of<T>(shift), eps, result.out.data<T>());
  });
  result.out = cast_quietly(result.out, input.dtype());
  const Tensor mean = result.mean, rstd = result.rstd;
  const DType bias_dtype = bias.defined() ? bias.dtype() : input.dtype();
  const DType statistics_dtype = parameter_dtype(input, weight, bias);
  result.mean = cast_quietly(result.mean, statistics_dtype);
  result.rstd = cast_quietly(result.rstd, statistics_dtype);
  if (result.mean.impl() == mean.impl()) result.mean = detached_alias(mean, false);
  if (result.rstd.impl() == rstd.impl()) result.rstd = detached_alias(rstd, false);
  const Tensor outs[] = {result.out, result.mean, result.rstd};
  record_outputs("NativeGroupNormBackward0", outs, inputs(input, weight, bias),
                 saves(input, weight, mean, rstd),
                 [s, bias_dtype](GradInputs& to, std::span<Tensor> g, const Tensor& x,
                                 const Tensor& weight, const Tensor& mean, const Tensor& rstd) {
                   set_gradients(to,
                                 group_gradients(s, g[0], g[1], g[2], x, weight, mean, rstd,
                                                 to.needed(0), to.needed(1), to.needed(2)),
                                 x, weight, bias_dtype);
                 });
  return result;
}

Tensor group_norm(const Tensor& input, int64_t groups, const Tensor& weight, const Tensor& bias,
                  double eps) {
  if (input.dim() < 2)
    runtime_error("Expected at least 2 dimensions for input tensor but received ", input.dim());
  int64_t places = 1;
  for (int d = 2; d < input.dim(); ++d) places *= input.size(d);
  return native_group_norm(input, weight, bias, input.size(0), input.size(1), places, groups, eps)
      .out;
}

}  // namespace tg
