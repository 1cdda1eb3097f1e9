#include "ops/softmax.h"

#include <cmath>

#include "autograd/record.h"
#include "kernels/lines.h"
#include "kernels/softmax.h"
#include "ops/copy.h"
#include "ops/operators.h"
#include "ops/promotion.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/unary.h"

namespace tg {
namespace {

template <bool logarithm>
Tensor softmax_gradient(const Tensor& grad, const Tensor& y, int dim) {
  if (grad_mode.enabled) {
    const uint64_t mask = one_dim(dim) & all_dims(y.dim());
    if constexpr (logarithm)
      return grad - exp(y) * sum_over(grad, mask, true);
    else
      return (grad - sum_over(grad * y, mask, true)) * y;
  }
  const Tensor g = contiguous_quietly(widened(grad)), kept = contiguous_quietly(widened(y));
  Tensor out = empty(kept.sizes(), kept.dtype());
  visit_real(kept.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    softmax_gradient_along(lines_of(kept.sizes(), dim), g.data<T>(), kept.data<T>(), out.data<T>(),
                           logarithm);
  });
  return cast_quietly(out, y.dtype());
}

template <bool logarithm>
Tensor softmax_of(const Tensor& input, int64_t dim, std::optional<DType> dtype) {
  const Tensor x = dtype ? to_dtype(input, *dtype) : input;
  const int d = wrap_dim(dim, x.dim());
  if (!is_floating(x.dtype())) {
    if (!x.numel()) return empty(x.sizes(), x.dtype());  // as PyTorch: nothing to compute
    fail(ErrorKind::NotImplemented, logarithm ? "\"log_softmax" : "\"softmax",
         d >= x.dim() - 1 ? "_lastdim" : "", "_kernel_impl\" not implemented for '",
         info(x.dtype()).scalar, "'");
  }
  const Tensor in = contiguous_quietly(widened(x));
  Tensor out = empty(in.sizes(), in.dtype());
  visit_real(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    softmax_along(lines_of(in.sizes(), d), in.data<T>(), out.data<T>(), logarithm);
  });
  out = cast_quietly(out, x.dtype());
  record(logarithm ? "LogSoftmaxBackward0" : "SoftmaxBackward0", out, inputs(x),
         saves(saved_output(out)),
         [d](const Tensor& g, const Tensor& y) { return softmax_gradient<logarithm>(g, y, d); });
  return out;
}

Tensor logsumexp_gradient(const Tensor& grad, const Tensor& x, const Tensor& y, const Reduced& of) {
  const MaskedLines in(widened(x), of.mask);
  if (grad_mode.enabled || in.permuted || x.dtype() != in.dense.dtype())
    return of.restore(grad) * exp(x - of.restore(y));
  const Tensor g = contiguous_quietly(grad), result = contiguous_quietly(y);
  Tensor out = empty(x.sizes(), x.dtype());
  visit_real(x.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    logsumexp_gradient_along(in.lines, in.dense.data<T>(), result.data<T>(), g.data<T>(),
                             out.data<T>());
  });
  return out;
}

}  // namespace

Tensor softmax_backward(const Tensor& grad, const Tensor& output, int64_t dim) {
  return softmax_gradient<false>(grad, output, wrap_dim(dim, output.dim()));
}
Tensor log_softmax_backward(const Tensor& grad, const Tensor& output, int64_t dim) {
  return softmax_gradient<true>(grad, output, wrap_dim(dim, output.dim()));
}

Tensor softmax(const Tensor& x, int64_t dim, std::optional<DType> dtype) {
  return softmax_of<false>(x, dim, dtype);
}
Tensor log_softmax(const Tensor& x, int64_t dim, std::optional<DType> dtype) {
  return softmax_of<true>(x, dim, dtype);
}

Tensor logsumexp(const Tensor& input, std::span<const int64_t> dims, bool keepdim) {
  const Tensor x = is_floating(input.dtype()) ? input : to_dtype(input, default_dtype());
  const uint64_t mask = dim_mask(x, dims);
  const Dims sizes = reduced_sizes(x, mask, keepdim);
  const MaskedLines in(widened(x), mask);
  Tensor out = empty(sizes, in.dense.dtype());
  visit_real(out.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    logsumexp_along(in.lines, in.dense.data<T>(), out.data<T>());
  });
  out = cast_quietly(out, x.dtype());
  record("LogsumexpBackward0", out, inputs(x), saves(x, saved_output(out)),
         [of = Reduced(x, mask, keepdim)](const Tensor& g, const Tensor& x, const Tensor& y) {
           return logsumexp_gradient(g, x, y, of);
         });
  return out;
}

}  // namespace tg
