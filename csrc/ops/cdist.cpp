#include "ops/cdist.h"

#include "autograd/record.h"
#include "kernels/cdist.h"
#include "ops/binary.h"
#include "ops/elementwise.h"
#include "ops/factory.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/ternary.h"
#include "ops/unary.h"

namespace tg {
namespace {

// Sizes of both sides and of the distances, batches broadcast.
struct Pairs {
  Pairs(const Tensor& x, const Tensor& y)
      : batch(broadcast_sizes(x.sizes().first(size_t(x.dim() - 2)),
                              y.sizes().first(size_t(y.dim() - 2)))),
        n(x.size(x.dim() - 2)),
        r(y.size(y.dim() - 2)),
        m(x.size(x.dim() - 1)) {}
  Dims with(int64_t rows, int64_t columns) const {
    Dims out = batch;
    out.push_back(rows);
    out.push_back(columns);
    return out;
  }
  int64_t batches() const { return checked_numel(batch); }
  Tensor dense(const Tensor& t, const Dims& sizes) const {
    const bool same = std::equal(sizes.begin(), sizes.end(), t.sizes().begin(), t.sizes().end());
    return contiguous(same ? t : expand(t, sizes));
  }

  Dims batch;
  int64_t n, r, m;
};

// The gradient by one side, computed at once; with `by_y`, by the other side.
Tensor gradient_of(const Tensor& g, const Tensor& x, const Tensor& y, const Tensor& distance,
                   double p, bool by_y) {
  GradModeGuard off(false);
  const Pairs pairs(x, y);
  const Tensor a = pairs.dense(x, pairs.with(pairs.n, pairs.m)),
               b = pairs.dense(y, pairs.with(pairs.r, pairs.m)), grad = contiguous(g),
               at = contiguous(distance);
  const Tensor& side = by_y ? b : a;
  Tensor out = empty(side.sizes(), side.dtype());
  const int64_t n = pairs.n, r = pairs.r, m = pairs.m, batches = pairs.batches();
  if (g.numel() == 0) {
    fill_values(out, Scalar(0));
    return out;
  }
  const Tensor& other = by_y ? a : b;
  const int64_t rows = by_y ? r : n, others = by_y ? n : r;
  const LongWork work(batches * n * r * std::max<int64_t>(m, 1));
  visit_real(x.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    with_norm<T>(p, [&](const auto& norm) {
      for (int64_t i = 0; i < batches; ++i)
        pair_gradients(side.data<T>() + i * rows * m, other.data<T>() + i * others * m, rows,
                       others, m, grad.data<T>() + i * n * r, at.data<T>() + i * n * r,
                       by_y ? 1 : r, by_y ? r : 1, out.data<T>() + i * rows * m, norm);
    });
  });
  return out;
}

// The gradients by all coordinate differences, [..., n, r, m], in differentiable operations.
Tensor gradient_of_differences(const Tensor& g, const Tensor& x, const Tensor& y,
                               const Tensor& distance, double p) {
  const Tensor d = sub(unsqueeze(x, -2), unsqueeze(y, -3));
  const auto last = [](const Tensor& t) { return unsqueeze(t, -1); };
  if (p == 0) return mul(last(g), zeros(Dims(), g.dtype())) * zeros(d.sizes(), d.dtype());
  if (p == 1) return last(g) * sign(d);
  if (std::isinf(p)) return last(g) * (sign(d) * eq(abs(d), last(distance)));
  // Where a distance, or a coordinate's difference, is zero, so is the gradient.
  const Tensor none = eq(distance, Scalar(0));
  const Tensor divisor = masked_fill(distance, none, Scalar(1));
  if (p == 2) return last(masked_fill(g / divisor, none, Scalar(0))) * d;
  const Tensor weight = masked_fill(g / pow(divisor, p - 1), none, Scalar(0));
  const Tensor same = eq(d, Scalar(0));
  const Tensor size = masked_fill(abs(d), same, Scalar(1));
  return last(weight) * masked_fill(sign(d) * pow(size, p - 1), same, Scalar(0));
}

}  // namespace

Tensor cdist(const Tensor& x, const Tensor& y, double p) {
  if (x.dim() < 2) runtime_error("cdist only supports at least 2D tensors, X1 got: ", x.dim(), "D");
  if (y.dim() < 2) runtime_error("cdist only supports at least 2D tensors, X2 got: ", y.dim(), "D");
  if (x.size(x.dim() - 1) != y.size(y.dim() - 1))
    runtime_error("X1 and X2 must have the same number of columns. X1: ", x.size(x.dim() - 1),
                  " X2: ", y.size(y.dim() - 1));
  if (!is_floating(x.dtype()))
    runtime_error("cdist only supports floating-point dtypes, X1 got: ", info(x.dtype()).scalar);
  if (!is_floating(y.dtype()))
    runtime_error("cdist only supports floating-point dtypes, X2 got: ", info(y.dtype()).scalar);
  if (!(p >= 0)) runtime_error("cdist only supports non-negative p values");
  const Pairs pairs(x, y);
  if (x.dtype() != y.dtype())
    runtime_error("expected scalar type ", info(x.dtype()).scalar, " but found ",
                  info(y.dtype()).scalar);
  if (x.dtype() != DType::Float32 && x.dtype() != DType::Float64)
    fail(ErrorKind::NotImplemented, "\"cdist\" not implemented for '", info(x.dtype()).scalar, "'");
  Tensor out = empty(pairs.with(pairs.n, pairs.r), x.dtype());
  if (out.numel()) {
    GradModeGuard off(false);
    const Tensor a = pairs.dense(x, pairs.with(pairs.n, pairs.m)),
                 b = pairs.dense(y, pairs.with(pairs.r, pairs.m));
    const int64_t n = pairs.n, r = pairs.r, m = pairs.m, batches = pairs.batches();
    const LongWork work(batches * n * r * std::max<int64_t>(m, 1));
    visit_real(x.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      with_norm<T>(p, [&](const auto& norm) {
        for (int64_t i = 0; i < batches; ++i)
          pair_distances(a.data<T>() + i * n * m, b.data<T>() + i * r * m, n, r, m,
                         out.data<T>() + i * n * r, norm);
      });
    });
  }
  record("CdistBackward0", out, inputs(x, y), saves(x, y, saved_output(out)),
         [p](GradInputs& to, const Tensor& g, const Tensor& x, const Tensor& y,
             const Tensor& distance) {
           if (!grad_mode.enabled) {
             for (int i = 0; i < 2; ++i)
               if (to.needed(size_t(i)))
                 to.set(size_t(i), sum_to(gradient_of(g, x, y, distance, p, i == 1),
                                          (i ? y : x).sizes(), x.dtype()));
             return;
           }
           const Tensor all = gradient_of_differences(g, x, y, distance, p);
           const auto reduced = [&](const Tensor& t, int dim) {
             Dims sizes(t.sizes());
             sizes.insert(sizes.size() - dim, 1);
             return reshape(sum_to(all, sizes, t.dtype()), t.sizes());
           };
           if (to.needed(0)) to.set(0, reduced(x, 1));
           if (to.needed(1)) to.set(1, neg(reduced(y, 2)));
         });
  return out;
}

}  // namespace tg
