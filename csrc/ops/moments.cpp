// Variance, standard deviation and vector norms.
#include <cmath>
#include <limits>

#include "autograd/record.h"
#include "kernels/moments.h"
#include "kernels/sum.h"
#include "ops/copy.h"
#include "ops/operators.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/ternary.h"
#include "ops/unary.h"

namespace tg {
namespace {

// --- variance
struct Deviation {
  Tensor out, means;  // means in double
};
Deviation deviation(const Tensor& x, uint64_t mask, double correction, bool keepdim, bool root) {
  if (!is_floating(x.dtype()))
    runtime_error("std and var only support floating point and complex dtypes");
  const Dims sizes = reduced_sizes(x, mask, keepdim);
  const MaskedLines in(widened(x), mask);
  Deviation result{empty(sizes, in.dense.dtype()), empty(sizes, DType::Float64)};
  const double freedom = std::max(0.0, double(in.lines.n) - correction);
  visit_real(in.dense.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    variance_along(in.lines, in.dense.data<T>(), freedom, root, result.means.data<double>(),
                   result.out.data<T>());
  });
  result.out = cast_quietly(result.out, x.dtype());
  return result;
}

}  // namespace

Tensor var_gradient(const Tensor& restored_grad, const Tensor& x, const Reduced& of,
                    double correction, bool of_all, const Tensor& means) {
  const double freedom = double(of.count()) - correction;
  const bool usual = freedom > 0 || !of_all;
  if (!grad_mode.enabled && usual && means.defined() && loop_dtype(x.dtype()) == x.dtype()) {
    const MaskedLines in(x, of.mask);
    if (!in.permuted) {
      const Tensor factors = contiguous(to_dtype(restored_grad, DType::Float64)) * (2.0 / freedom);
      Tensor out = empty(x.sizes(), x.dtype());
      visit_real(x.dtype(), [&](auto tag) {
        using T = typename decltype(tag)::type;
        center_along(in.lines, in.dense.data<T>(), means.data<double>(), factors.data<double>(),
                     out.data<T>());
      });
      return out;
    }
  }
  const Tensor centered = x - sum_over(x, of.mask, true) / double(of.count());
  if (usual) return restored_grad * (2.0 / freedom) * centered;
  const double infinity = std::numeric_limits<double>::infinity();
  return restored_grad * where(centered == 0, Operand(std::nan("")), Operand(infinity));
}

namespace {

// --- norms
enum class Norm { Zero, One, Two, Greatest, Least, Power };
Norm norm_of(double p) {
  if (p == 0) return Norm::Zero;
  if (p == 1) return Norm::One;
  if (p == 2) return Norm::Two;
  if (std::isinf(p)) return p > 0 ? Norm::Greatest : Norm::Least;
  return Norm::Power;
}
template <class T>
struct EuclideanOp : ReduceOp<T, T, T> {
  T identity() const { return 0; }
  T map(T x, T) const { return x * x; }
  T combine(T a, T b) const { return a + b; }
  T line(const T* x, int64_t n, T) const { return sum_kernels<T>().squares(x, n); }
  T finish(T a, T) const { return std::sqrt(a); }
};

Tensor euclidean(const Tensor& x, uint64_t mask, bool keepdim) {
  Tensor out = empty(reduced_sizes(x, mask, keepdim), loop_dtype(x.dtype()));
  visit_real(out.dtype(), [&](auto tag) {
    reduce_into(out, x, mask, EuclideanOp<typename decltype(tag)::type>{});
  });
  return cast_quietly(out, x.dtype());
}

Tensor norm_values(const Tensor& x, double p, uint64_t mask, const OptionalDims& dims,
                   bool keepdim) {
  GradModeGuard off(false);
  switch (norm_of(p)) {
    case Norm::Two:
      return euclidean(x, mask, keepdim);
    case Norm::Zero:
      return to_dtype(sum_over(ne(x, Scalar(0)), mask, keepdim), x.dtype());
    case Norm::One:
      return sum_over(abs(x), mask, keepdim);
    case Norm::Greatest:
      return amax(abs(x), dims, keepdim);
    case Norm::Least:
      return amin(abs(x), dims, keepdim);
    default: {  // rounded once where x is narrower than float32
      const Tensor wide = itemsize(x.dtype()) == 2 ? to_dtype(x, DType::Float32) : x;
      return to_dtype(pow(sum_over(pow(abs(wide), p), mask, keepdim), 1 / p), x.dtype());
    }
  }
}

// x * (g / norm) in one pass, for floats: in double the quotient does not overflow. Else none.
Tensor euclidean_gradient(const Tensor& g, const Tensor& x, const Tensor& norm, uint64_t mask) {
  if (grad_mode.enabled || x.dtype() != DType::Float32 || g.numel() != norm.numel()) return {};
  const MaskedLines in(x, mask);
  if (in.permuted || norm.numel() != in.lines.outer * in.lines.inner) return {};
  const auto wide = [](const Tensor& t) { return to_dtype(contiguous(t), DType::Float64); };
  const Tensor factors = contiguous(masked_fill(wide(g) / wide(norm), norm == 0, Operand(0.0)));
  const Tensor means = empty(factors.sizes(), DType::Float64);
  fill_values(means, Scalar(0.0));
  Tensor out = empty(x.sizes(), x.dtype());
  center_along(in.lines, in.dense.data<float>(), means.data<double>(), factors.data<double>(),
               out.data<float>());
  return out;
}

}  // namespace

// PyTorch's choices at the kinks: 0 where the norm is 0, shared among equals for infinite p.
Tensor norm_gradient(const Tensor& g, const Tensor& x, const Tensor& norm, double p,
                     uint64_t mask) {
  const Operand zero(0.0);
  const Norm kind = norm_of(p);
  if (kind == Norm::Zero) return {};
  if (kind == Norm::One) return sign(x) * g;
  if (kind == Norm::Two) {
    if (const Tensor out = euclidean_gradient(g, x, norm, mask); out.defined()) return out;
    return g * masked_fill(x / norm, norm == 0, zero);
  }
  const Tensor size = abs(x);
  if (kind == Norm::Greatest || kind == Norm::Least) {
    const Tensor ties = to_dtype((size == norm) || isnan(size), g.dtype());
    return sign(x) * (g / sum_over(ties, mask, true) * ties);
  }
  if (p < 1) return sign(x) * masked_fill(pow(size, p - 1), x == 0, zero) * g * pow(norm, 1 - p);
  const Tensor scaled = p < 2 ? sign(x) * pow(size, p - 1) : x * pow(size, p - 2);
  return scaled * masked_fill(g / pow(norm, p - 1), norm == 0, zero);
}

namespace {

void check_norm(const Tensor& x, double p, const OptionalDims& dims, uint64_t mask,
                OptionalDType dtype) {
  if (!is_floating(x.dtype()))
    runtime_error("linalg.vector_norm: Expected a floating point or complex tensor as input. Got ",
                  info(x.dtype()).scalar);
  if (dtype && !is_floating(*dtype))
    runtime_error("linalg.vector_norm: dtype should be floating point or complex, but got ",
                  info(*dtype).scalar);
  if (dtype && promote(x.dtype(), *dtype) != *dtype)
    runtime_error("linalg.vector_norm: the dtype of the input (", info(x.dtype()).scalar,
                  ") should be convertible without narrowing to the specified dtype (",
                  info(*dtype).scalar, ")");
  if (x.numel() > 0 || (p >= 0 && !std::isinf(p))) return;
  const std::string order = std::isinf(p) ? (p > 0 ? "inf" : "-inf") : join_text(p);
  if (!dims || dims->empty())
    runtime_error("linalg.vector_norm cannot compute the ", order,
                  " norm on an empty tensor because the operation does not have an identity");
  for (int d = 0; d < x.dim(); ++d)
    if ((mask >> d & 1) && x.size(d) == 0)
      runtime_error("linalg.vector_norm cannot compute the ", order, " norm on the dimension ", d,
                    "because this dimension is empty and the operation does not have an identity");
}

}  // namespace

Tensor var(const Tensor& x, const OptionalDims& dims, double correction, bool keepdim) {
  const uint64_t mask = dim_mask(x, dims);
  auto [out, means] = deviation(x, mask, correction, keepdim, false);
  record("VarBackward0", out, inputs(x), saves(x, means),
         [of = Reduced(x, mask, keepdim), correction, of_all = !dims](
             const Tensor& g, const Tensor& x, const Tensor& means) {
           return var_gradient(of.restore(g), x, of, correction, of_all, means);
         });
  return out;
}

Tensor std(const Tensor& x, const OptionalDims& dims, double correction, bool keepdim) {
  const uint64_t mask = dim_mask(x, dims);
  auto [out, means] = deviation(x, mask, correction, keepdim, true);
  record("StdBackward0", out, inputs(x), saves(x, saved_output(out), means),
         [of = Reduced(x, mask, keepdim), correction, of_all = !dims](
             const Tensor& g, const Tensor& x, const Tensor& y, const Tensor& means) {
           const Tensor of_var = masked_fill(g / (y * 2), y == 0, Operand(0.0));
           return var_gradient(of.restore(of_var), x, of, correction, of_all, means);
         });
  return out;
}

Tensor vector_norm(const Tensor& x, double p, const OptionalDims& dims, bool keepdim,
                   OptionalDType dtype) {
  const uint64_t mask = dim_mask(x, dims);
  check_norm(x, p, dims, mask, dtype);
  const Tensor in = dtype ? to_dtype(x, *dtype) : x;
  Tensor out = norm_values(in, p, mask, dims, keepdim);
  record("LinalgVectorNormBackward0", out, inputs(in), saves(in, saved_output(out)),
         [p, of = Reduced(in, mask, keepdim)](const Tensor& g, const Tensor& x, const Tensor& y) {
           return norm_gradient(of.restore(g), x, of.restore(y), p, of.mask);
         });
  return out;
}

}  // namespace tg
