#include "ops/statistics.h"

#include "autograd/record.h"
#include "ops/binary.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/matmul.h"
#include "ops/operators.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/unary.h"

namespace tg {
namespace {

void check_floats(const char* name, const Tensor& x) {
  if (!is_floating(x.dtype()))
    runtime_error(name, " only support floating point and complex dtypes");
}

Tensor mean_gradient(const Tensor& g, const Reduced& of) {
  return of.expand(g) / double(of.count());
}

}  // namespace

Pair var_mean(const Tensor& x, const OptionalDims& dims, double correction, bool keepdim) {
  check_floats("var_mean", x);
  Tensor outs[2];
  {
    GradModeGuard off(false);
    outs[0] = var(x, dims, correction, keepdim);
    outs[1] = mean(x, dims, keepdim);
  }
  const uint64_t mask = dim_mask(x, dims);
  record_outputs("VarMeanBackward0", outs, inputs(x), saves(x),
                 [of = Reduced(x, mask, keepdim), correction, of_all = !dims](
                     GradInputs& to, std::span<Tensor> g, const Tensor& x) {
                   Tensor sum;
                   if (g[0].defined())
                     sum = var_gradient(of.restore(g[0]), x, of, correction, of_all);
                   if (g[1].defined()) {
                     const Tensor part = mean_gradient(g[1], of);
                     sum = sum.defined() ? sum + part : part;
                   }
                   if (sum.defined()) to.set(0, sum);
                 });
  return {std::move(outs[0]), std::move(outs[1])};
}

Pair std_mean(const Tensor& x, const OptionalDims& dims, double correction, bool keepdim) {
  check_floats("std_mean", x);
  Tensor outs[2];
  {
    GradModeGuard off(false);
    outs[0] = std(x, dims, correction, keepdim);
    outs[1] = mean(x, dims, keepdim);
  }
  const uint64_t mask = dim_mask(x, dims);
  record_outputs("StdMeanBackward0", outs, inputs(x), saves(x, saved_output(outs[0])),
                 [of = Reduced(x, mask, keepdim), correction, of_all = !dims](
                     GradInputs& to, std::span<Tensor> g, const Tensor& x, const Tensor& std) {
                   Tensor sum;
                   if (g[0].defined()) {
                     const Tensor of_var =
                         where(std == 0.0, Operand(0.0), Operand(g[0] / (std * 2.0)));
                     sum = var_gradient(of.restore(of_var), x, of, correction, of_all);
                   }
                   if (g[1].defined()) {
                     const Tensor part = mean_gradient(g[1], of);
                     sum = sum.defined() ? sum + part : part;
                   }
                   if (sum.defined()) to.set(0, sum);
                 });
  return {std::move(outs[0]), std::move(outs[1])};
}

Tensor nanmean(const Tensor& x, const OptionalDims& dims, bool keepdim, OptionalDType dtype) {
  if (!is_floating(x.dtype()))
    runtime_error("nanmean(): expected input to have floating point or complex dtype but got ",
                  info(x.dtype()).scalar);
  Tensor count;
  {
    GradModeGuard off(false);
    count = sum(logical_not(isnan(x)), dims, keepdim);
  }
  return nansum(x, dims, keepdim, dtype) / count;
}

AminmaxResult aminmax(const Tensor& x, std::optional<int64_t> dim, bool keepdim) {
  const int d = dim ? wrap_dim(*dim, x.dim()) : 0;
  if (!dim && x.numel() == 0)
    runtime_error(
        "aminmax(): cannot compute aminmax over an empty dimension as the operation has no "
        "identity.");
  if (dim && x.dim() && x.size(d) == 0)
    index_error("aminmax: Expected reduction dim ", d, " to have non-zero size.");
  const OptionalDims dims = dim ? OptionalDims(Dims{d}) : std::nullopt;
  const uint64_t mask = dim_mask(x, dims);
  Tensor outs[2];
  {
    GradModeGuard off(false);
    outs[0] = amin(x, dims, keepdim);
    outs[1] = amax(x, dims, keepdim);
  }
  record_outputs(
      "AminmaxBackward0", outs, inputs(x),
      saves(x, saved_output(outs[0]), saved_output(outs[1], 1)),
      [of = Reduced(x, mask, keepdim)](GradInputs& to, std::span<Tensor> g, const Tensor& x,
                                       const Tensor& low, const Tensor& high) {
        Tensor total;
        for (int i = 0; i < 2; ++i) {
          if (!g[size_t(i)].defined()) continue;
          const Tensor ties = to_dtype(x == of.restore(i ? high : low), g[size_t(i)].dtype());
          const Tensor part = of.restore(g[size_t(i)]) * ties / sum_over(ties, of.mask, true);
          total = total.defined() ? total + part : part;
        }
        if (total.defined()) to.set(0, total);
      });
  return {std::move(outs[0]), std::move(outs[1])};
}

// --- covariance
namespace {

void check_weights(const char* which, const Tensor& w, bool integral, int64_t observations) {
  if (w.dim() > 1)
    runtime_error("cov(): expected ", which, " to have one or fewer dimensions but got ", which,
                  " with ", w.dim(), " dimensions");
  if (integral ? !is_integral(w.dtype()) : !is_floating(w.dtype()))
    runtime_error("cov(): expected ", which, " to have ", integral ? "integral" : "floating point",
                  " dtype but got ", which, " with ", info(w.dtype()).scalar, " dtype");
  if (w.numel() != observations)
    runtime_error("cov(): expected ", which,
                  " to have the same numel as there are observations in the input but got ",
                  w.numel(), " != ", observations);
  GradModeGuard off(false);
  if (w.numel() && *any(w < 0.0).data<bool>())
    runtime_error("cov(): ", which, " cannot be negative");
}

double value_of(const Tensor& one) {
  const Tensor wide = cast_quietly(one, DType::Float64);
  return *wide.data<double>();
}

}  // namespace

Tensor cov(const Tensor& x, int64_t correction, const Tensor* fweights, const Tensor* aweights) {
  if (x.dim() > 2)
    runtime_error("cov(): expected input to have two or fewer dimensions but got an input with ",
                  x.dim(), " dimensions");
  if (x.dtype() == DType::Bool) runtime_error("cov(): bool dtype is not supported for input");
  const Tensor in = x.dim() < 2 ? reshape(x, Dims{1, x.numel()}) : x;
  const int64_t observations = in.size(1);
  if (fweights) check_weights("fweights", *fweights, true, observations);
  if (aweights) check_weights("aweights", *aweights, false, observations);

  Tensor w;
  if (fweights) w = *fweights;
  if (aweights) w = w.defined() ? w * *aweights : *aweights;
  const Dims over{1};
  const Tensor weight_sum = w.defined() ? sum(w) : Tensor();
  if (w.defined() && value_of(weight_sum) == 0)
    runtime_error("cov(): weights sum to zero, can't be normalized");
  const Tensor total = sum(w.defined() ? in * w : in, over, true);
  const Tensor centered = in - (w.defined() ? total / weight_sum : total / double(observations));
  const Tensor product = mm(w.defined() ? centered * w : centered, transpose(centered, 0, 1));
  if (!w.defined()) return squeeze(product / std::max(0.0, double(observations - correction)));
  Tensor norm;
  if (aweights && correction)
    norm = weight_sum - double(correction) * sum(w * *aweights) / weight_sum;
  else
    norm = weight_sum - double(correction);
  if (value_of(norm) <= 0) norm = norm * 0.0;
  return squeeze(product / norm);
}

Tensor corrcoef(const Tensor& x) {
  if (x.dim() > 2)
    runtime_error(
        "corrcoef(): expected input to have two or fewer dimensions but got an input with ",
        x.dim(), " dimensions");
  const Tensor c = cov(x, 1, nullptr, nullptr);
  if (c.dim() == 0) return c / c;
  const Tensor deviation = sqrt(diagonal(c));
  const Tensor scaled = c / unsqueeze(deviation, 1) / unsqueeze(deviation, 0);
  const Operand low(-1.0), high(1.0);
  return clamp(scaled, &low, &high);
}

}  // namespace tg
