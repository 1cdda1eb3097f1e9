// Differences of neighbours, derivatives and integrals of samples. Declared in statistics.h.
#include "ops/along.h"
#include "ops/binary.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/join.h"
#include "ops/operators.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/statistics.h"

namespace tg {
namespace {

// Part of x along dim, [begin, end) counted from the end where negative.
Tensor part(const Tensor& x, int dim, int64_t begin, int64_t end = INT64_MAX) {
  return slice(x, dim, begin, end);
}

Tensor difference(const Tensor& x, int dim) {
  const Tensor later = part(x, dim, 1), earlier = part(x, dim, 0, -1);
  return x.dtype() == DType::Bool ? logical_xor(later, earlier) : later - earlier;
}

void check_joined(const Tensor& x, const Tensor& other, int dim) {
  if (other.dim() != x.dim())
    runtime_error("diff expects prepend or append to be the same dimension as input");
  for (int d = 0; d < x.dim(); ++d)
    if (d != dim && other.size(d) != x.size(d))
      runtime_error(
          "diff expects the shape of tensor to prepend or append to match that of input except "
          "along the differencing dimension; input.size(",
          d, ") = ", x.size(d), ", but got tensor.size(", d, ") = ", other.size(d));
}

}  // namespace

Tensor diff(const Tensor& x, int64_t n, int64_t dim, const Tensor* prepend, const Tensor* append) {
  if (x.dim() == 0) runtime_error("diff expects input to be at least one-dimensional");
  if (n < 0) runtime_error("order must be non-negative but got ", n);
  const int d = wrap_dim(dim, x.dim());
  if (n == 0) return clone(x);  // whatever stands before and after it
  Tensor out = x;
  if (prepend || append) {
    std::vector<Tensor> parts;
    if (prepend) check_joined(x, *prepend, d), parts.push_back(*prepend);
    parts.push_back(x);
    if (append) check_joined(x, *append, d), parts.push_back(*append);
    out = cat(parts, d);
  }
  n = std::min(n, out.size(d));
  for (int64_t i = 0; i < n; ++i) out = difference(out, d);
  return out;
}

// --- gradient
namespace {

void check_gradient(const Tensor& x, size_t spacings,
                    const std::optional<std::vector<int64_t>>& dims, int64_t edge_order) {
  if (x.dtype() == DType::UInt8) runtime_error("torch.gradient does not support uint8 input.");
  if (!dims) {
    if (spacings && spacings != 1 && spacings != size_t(x.dim()))
      runtime_error(
          "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal "
          "to 'self.dim() = ",
          x.dim(), "', since dim argument was not given, but got a list of length ", spacings);
  } else if (spacings && spacings != dims->size()) {
    runtime_error(
        "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim "
        "arguments to have the same length, but got a spacing argument of length ",
        spacings, " and a dim argument of length ", dims->size(), ".");
  }
  if (edge_order != 1 && edge_order != 2)
    runtime_error("torch.gradient only supports edge_order=1 and edge_order=2.");
}

Tensor with_ends(const Tensor& first, const Tensor& center, const Tensor& last, int dim) {
  return cat(std::vector<Tensor>{first, center, last}, dim);
}

Tensor even_gradient(const Tensor& x, const Scalar& step, int dim, int64_t edge_order) {
  const Operand h(step);
  const Tensor center = div(part(x, dim, 2) - part(x, dim, 0, -2), h) / 2;
  const Tensor s0 = part(x, dim, 0, 1), s1 = part(x, dim, 1, 2);
  const Tensor e0 = part(x, dim, -1), e1 = part(x, dim, -2, -1);
  if (edge_order == 1) return with_ends(div(s1 - s0, h), center, div(e0 - e1, h), dim);
  const Tensor s2 = part(x, dim, 2, 3), e2 = part(x, dim, -3, -2);
  return with_ends(div(s0 * -1.5 + s1 * 2.0 - s2 * 0.5, h), center,
                   div(e0 * 1.5 - e1 * 2.0 + e2 * 0.5, h), dim);
}

// Second-order formulas for uneven steps (Fornberg 1988).
Tensor uneven_gradient(const Tensor& x, const Tensor& places, int dim, int64_t edge_order) {
  Dims sizes(x.dim(), 1);
  sizes[dim] = -1;
  const Tensor steps = reshape(difference(places, 0), sizes);
  const Tensor s0 = part(x, dim, 0, 1), s1 = part(x, dim, 1, 2);
  const Tensor e0 = part(x, dim, -1), e1 = part(x, dim, -2, -1);
  const Tensor dx1 = part(steps, dim, 0, -1), dx2 = part(steps, dim, 1), both = dx1 + dx2;
  const Tensor center = -dx2 / (dx1 * both) * part(x, dim, 0, -2) +
                        (dx2 - dx1) / (dx1 * dx2) * part(x, dim, 1, -1) +
                        dx1 / (dx2 * both) * part(x, dim, 2);
  if (edge_order == 1)
    return with_ends((s1 - s0) / part(steps, dim, 0, 1), center, (e0 - e1) / part(steps, dim, -1),
                     dim);
  const Tensor s2 = part(x, dim, 2, 3), e2 = part(x, dim, -3, -2);
  auto ends = [&](const Tensor& a, const Tensor& b, auto f) { return f(a, b, a + b); };
  const Tensor first =
      ends(part(steps, dim, 0, 1), part(steps, dim, 1, 2),
           [&](const Tensor& a, const Tensor& b, const Tensor& sum) {
             return -(a * 2.0 + b) / (a * sum) * s0 + sum / (a * b) * s1 - a / (b * sum) * s2;
           });
  const Tensor last =
      ends(part(steps, dim, -2, -1), part(steps, dim, -1),
           [&](const Tensor& a, const Tensor& b, const Tensor& sum) {
             return b / (a * sum) * e2 - sum / (a * b) * e1 + (b * 2.0 + a) / (b * sum) * e0;
           });
  return with_ends(first, center, last, dim);
}

}  // namespace

std::vector<Tensor> gradient(const Tensor& x, std::span<const Scalar> spacing,
                             std::span<const Tensor> coordinates,
                             std::optional<std::vector<int64_t>> dims, int64_t edge_order) {
  check_gradient(x, spacing.size() + coordinates.size(), dims, edge_order);
  if (!dims) {
    dims.emplace();
    for (int d = 0; d < x.dim(); ++d) dims->push_back(d);
  }
  dim_mask(x, std::span<const int64_t>(*dims));  // out of range, or twice
  std::vector<Tensor> out;
  for (size_t i = 0; i < dims->size(); ++i) {
    const int d = wrap_dim((*dims)[i], x.dim());
    if (x.dim() == 0 || x.size(d) < edge_order + 1)
      runtime_error("torch.gradient expected each dimension size to be at least edge_order+1");
    if (coordinates.empty())
      out.push_back(even_gradient(
          x, spacing.empty() ? Scalar(1.0) : spacing[spacing.size() == 1 ? 0 : i], d, edge_order));
    else
      out.push_back(uneven_gradient(x, coordinates[i], d, edge_order));
  }
  return out;
}

// --- trapezoidal rule
namespace {

int checked_dim(const Tensor& y, int64_t dim) {
  if (y.dim() == 0) index_error("Dimension specified as ", dim, " but tensor has no dimensions");
  return wrap_dim(dim, y.dim());
}

void refuse_bool(const char* name, const Tensor& y, const Tensor* x) {
  if (x && (x->dtype() == DType::Bool || y.dtype() == DType::Bool))
    runtime_error(name, ": received a bool input for `x` or `y`, but bool is not supported");
  if (y.dtype() == DType::Bool)
    runtime_error(name, ": received a bool input for `y`, but bool is not supported");
}

// The widths between the places x, which may have fewer dimensions than y.
Tensor widths(const char* name, const Tensor& y, const Tensor& x, int dim) {
  Tensor places = x;
  if (x.dim() == 1) {
    if (x.size(0) != y.size(dim))
      runtime_error(name, ": There must be one `x` value for each sample point");
    Dims sizes(y.dim(), 1);
    sizes[dim] = x.size(0);
    places = reshape(x, sizes);
  } else if (x.dim() < y.dim()) {
    Dims sizes(y.dim(), 1);
    std::copy(x.sizes().begin(), x.sizes().end(), sizes.end() - x.dim());
    places = reshape(x, sizes);
  }
  return difference(places, dim);
}

Tensor pair_sums(const Tensor& y, int dim) { return part(y, dim, 0, -1) + part(y, dim, 1); }

Tensor no_area(const Tensor& y, int dim) {
  Dims sizes(y.sizes());
  sizes.erase(dim);
  return zeros(sizes, y.dtype());
}

}  // namespace

Tensor trapezoid(const Tensor& y, const Tensor& x, int64_t dim) {
  const int d = checked_dim(y, dim);
  if (y.size(d) == 0) return no_area(y, d);
  refuse_bool("trapezoid", y, &x);
  return sum(pair_sums(y, d) * widths("trapezoid", y, x, d), Dims{d}, false) / 2;
}
Tensor trapezoid(const Tensor& y, const Scalar& dx, int64_t dim) {
  const int d = checked_dim(y, dim);
  if (y.size(d) == 0) return no_area(y, d);
  refuse_bool("trapezoid", y, nullptr);
  return sum(pair_sums(y, d), Dims{d}, false) * (dx.to<double>() / 2);
}

namespace {
int cumulative_dim(const Tensor& y, int64_t dim) {
  if (y.dim() == 0) index_error("slice() cannot be applied to a 0-dim tensor.");
  return wrap_dim(dim, y.dim());
}
}  // namespace

Tensor cumulative_trapezoid(const Tensor& y, const Tensor& x, int64_t dim) {
  refuse_bool("cumulative_trapezoid", y, &x);
  const int d = cumulative_dim(y, dim);
  return cumsum(pair_sums(y, d) * widths("cumulative_trapezoid", y, x, d), d, {}) / 2;
}
Tensor cumulative_trapezoid(const Tensor& y, const Scalar& dx, int64_t dim) {
  refuse_bool("cumulative_trapezoid", y, nullptr);
  const int d = cumulative_dim(y, dim);
  return cumsum(pair_sums(y, d) * (dx.to<double>() / 2), d, {});
}

}  // namespace tg
