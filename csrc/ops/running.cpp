// Running maximum, minimum and log-sum-exp. Declared in statistics.h.
#include <limits>

#include "autograd/record.h"
#include "kernels/elementary.h"
#include "kernels/lines.h"
#include "ops/copy.h"
#include "ops/join.h"
#include "ops/operators.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/statistics.h"
#include "ops/unary.h"

namespace tg {
namespace {

template <class T, bool greatest>
void run_extremum(const Lines& lines, const T* in, T* values, int64_t* indices) {
  for_each_tile(lines, [&](int64_t begin, int width) {
    if (width == 1) {
      T best = in[begin];
      int64_t place = 0;
      for (int64_t i = 0, at = begin; i < lines.n; ++i, at += lines.inner) {
        const T x = in[at];
        if (((x != x) | (greatest ? x >= best : x <= best)) && (x != x || best == best)) {
          best = x;
          place = i;
        }
        values[at] = best;
        indices[at] = place;
      }
      return;
    }
    for (int w = 0; w < width; ++w) values[begin + w] = in[begin + w];
    for (int w = 0; w < width; ++w) indices[begin + w] = 0;
    for (int64_t i = 1, at = begin + lines.inner; i < lines.n; ++i, at += lines.inner)
      for (int w = 0; w < width; ++w) {
        const int64_t before = at + w - lines.inner;
        const T x = in[at + w], best = values[before];
        const bool take = (x != x) | ((best == best) & (greatest ? x >= best : x <= best));
        values[at + w] = take ? x : best;
        indices[at + w] = take ? i : indices[before];
      }
  });
}

template <class Result, bool greatest>
Result running_extremum(const char* node, const Tensor& x, int64_t dim) {
  const int d = wrap_dim(dim, x.dim());
  const Tensor in = contiguous_quietly(widened(x));
  Result out{{empty(x.sizes(), in.dtype()), empty(x.sizes(), DType::Int64)}};
  if (x.numel())
    visit_widened(in.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      run_extremum<T, greatest>(lines_of(in.sizes(), d), in.data<T>(),
                                out.values.template data<T>(),
                                out.indices.template data<int64_t>());
    });
  out.values = cast_quietly(out.values, x.dtype());
  record(node, out.values, inputs(x), saves(out.indices),
         [d, sizes = Dims(x.sizes())](const Tensor& g, const Tensor& indices) {
           return put_places(g, indices, sizes, d);
         });
  return out;
}

// In double precision, as PyTorch does, a register of lines at once.
template <class T>
void run_log_sum_exp(const Lines& lines, const T* in, T* out) {
  const LongWork work(lines.numel() * 8);
  const BlockKernel log_add_exp = elementary_kernels->logaddexp.f64;
  // `width` lines, their beginnings `apart`.
  const auto run = [&](int64_t begin, int64_t width, int64_t apart) {
    double acc[kLineTile], x[kLineTile];
    std::fill_n(acc, width, -std::numeric_limits<double>::infinity());
    for (int64_t i = 0, at = begin; i < lines.n; ++i, at += lines.inner) {
      for (int64_t w = 0; w < width; ++w) x[w] = static_cast<double>(in[at + w * apart]);
      log_add_exp(acc, x, acc, width);
      for (int64_t w = 0; w < width; ++w) out[at + w * apart] = static_cast<T>(acc[w]);
    }
  };
  if (lines.inner == 1) {
    constexpr int64_t kRows = 16;
    for (int64_t o = 0; o < lines.outer; o += kRows)
      run(o * lines.n, std::min(kRows, lines.outer - o), lines.n);
    return;
  }
  for_each_tile(lines, [&](int64_t begin, int width) { run(begin, width, 1); });
}

// a - b, but 0 where both are equal, infinities among them.
Tensor finite_difference(const Tensor& a, const Tensor& b) {
  return where(a == b, Operand(0.0), a - b);
}

// The derivative with respect to x[i] is exp(x[i] - y[i]) t[i], where t[i] is the sum over j >= i
// of g[j] exp(y[i] - y[j]), a recurrence. y does not fall, so that no exponential overflows.
Tensor logsumexp_gradient(const Tensor& g, const Tensor& x, const Tensor& y, int d) {
  if (x.dim() == 0) return g;
  const int64_t n = x.size(d);
  if (n == 0) return g;
  const std::vector<Tensor> parts{narrow(y, d, 1, n - 1), narrow(y, d, n - 1, 1)};
  const Tensor coefficients = exp(finite_difference(y, cat(parts, d)));
  return exp(finite_difference(x, y)) * running_recurrence(coefficients, g, d, true);
}

}  // namespace

CummaxResult cummax(const Tensor& x, int64_t dim) {
  return running_extremum<CummaxResult, true>("CummaxBackward0", x, dim);
}
CumminResult cummin(const Tensor& x, int64_t dim) {
  return running_extremum<CumminResult, false>("CumminBackward0", x, dim);
}
Tensor logcumsumexp(const Tensor& x, int64_t dim) {
  const int d = wrap_dim(dim, x.dim());
  if (!is_floating(x.dtype()))
    fail(ErrorKind::NotImplemented, "\"logcumsumexp_out_cpu\" not implemented for '",
         info(x.dtype()).scalar, "'");
  const Tensor in = contiguous_quietly(widened(x));
  Tensor out = empty(in.sizes(), in.dtype());
  visit_widened(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_floating_point_v<T>)
      run_log_sum_exp(lines_of(in.sizes(), d), in.data<T>(), out.data<T>());
  });
  out = cast_quietly(out, x.dtype());
  record("LogcumsumexpBackward0", out, inputs(x), saves(x, saved_output(out)),
         [d](const Tensor& g, const Tensor& x, const Tensor& y) {
           return logsumexp_gradient(g, x, y, d);
         });
  return out;
}

}  // namespace tg
