#include "ops/distance.h"

#include <cmath>

#include "ops/elementwise.h"
#include "ops/factory.h"
#include "ops/index.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/ternary.h"
#include "ops/unary.h"

namespace tg {
namespace {

template <class T>
T norm_of_difference(const T* a, const T* b, int64_t n, double p) {
  T total = 0;
  if (p == 2) {
    for (int64_t i = 0; i < n; ++i) total += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(total);
  }
  for (int64_t i = 0; i < n; ++i) {
    const T d = std::fabs(a[i] - b[i]);
    if (p == 0)
      total += d != 0;
    else if (p == 1)
      total += d;
    else if (std::isinf(p))
      total = maximum(total, d);
    else
      total += std::pow(d, static_cast<T>(p));
  }
  return p == 0 || p == 1 || std::isinf(p) ? total : std::pow(total, static_cast<T>(1 / p));
}

// What the distance grows by with each coordinate of the first row; `size` is |difference|, dist a
// column. Differentiable.
Tensor slopes(const Tensor& difference, const Tensor& dist, double p) {
  const Operand zero(0.0);
  if (p == 1) return sign(difference);
  if (p == 2) return masked_fill(difference / dist, dist == 0, zero);
  const Tensor size = abs(difference);
  if (std::isinf(p)) return sign(difference) * to_dtype(size == dist, difference.dtype());
  if (p < 2)
    return masked_fill(sign(difference) * pow(size, p - 1) / pow(dist, p - 1),
                       p < 1 ? (dist == 0) || (difference == 0) : dist == 0, zero);
  return masked_fill(difference * pow(size, p - 2) / pow(dist, p - 1), dist == 0, zero);
}

}  // namespace

Tensor pdist(const Tensor& x, double p) {
  if (x.dim() != 2) runtime_error("pdist only supports 2D tensors, got: ", x.dim(), "D");
  if (!is_floating(x.dtype())) runtime_error("pdist only supports floating-point dtypes");
  if (!(p >= 0)) runtime_error("pdist only supports non-negative p values");
  const int64_t n = x.size(0), m = x.size(1), pairs = n < 2 ? 0 : n * (n - 1) / 2;
  if (x.dtype() != DType::Float32 && x.dtype() != DType::Float64)
    fail(ErrorKind::NotImplemented, "\"pdist\" not implemented for '", info(x.dtype()).scalar, "'");
  const Tensor in = contiguous_quietly(x);
  Tensor out = empty(Dims{pairs}, x.dtype());
  const auto run = [&](auto tag) {
    using T = typename decltype(tag)::type;
    const LongWork work(pairs * m);
    T* to = out.data<T>();
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = i + 1; j < n; ++j)
        *to++ = norm_of_difference(in.data<T>() + i * m, in.data<T>() + j * m, m, p);
  };
  x.dtype() == DType::Float32 ? run(TypeTag<float>{}) : run(TypeTag<double>{});
  record(
      "PdistBackward0", out, inputs(x), saves(x, saved_output(out)),
      [n, p, pairs](const Tensor& g, const Tensor& x, const Tensor& dist) {
        if (p == 0 || pairs == 0) return zeros(x.sizes(), x.dtype());
        Tensor first = empty(Dims{pairs}, DType::Int64), second = empty(Dims{pairs}, DType::Int64);
        int64_t *a = first.data<int64_t>(), *b = second.data<int64_t>();
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = i + 1; j < n; ++j) {
            *a++ = i;
            *b++ = j;
          }
        const Tensor difference = index_select(x, 0, first) - index_select(x, 0, second);
        const Tensor each = unsqueeze(g, 1) * slopes(difference, unsqueeze(dist, 1), p);
        const Tensor none = zeros(x.sizes(), g.dtype());
        return index_add(index_add(none, 0, first, each, Scalar(1)), 0, second, each, Scalar(-1));
      });
  return out;
}

}  // namespace tg
