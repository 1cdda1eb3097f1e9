#include "ops/norm.h"

#include "autograd/record.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/operators.h"
#include "ops/reduce.h"
#include "ops/reduction.h"

namespace tg {

Tensor dist(const Tensor& a, const Tensor& b, double p) {
  Tensor out;
  {
    GradModeGuard off(false);
    const Tensor difference = a - b;
    if (!is_floating(difference.dtype()))
      runtime_error("norm(): input dtype should be either floating point or complex. Got ",
                    info(difference.dtype()).scalar, " instead.");
    out = vector_norm(difference, p, {}, false, {});
  }
  record("DistBackward0", out, inputs(a, b), saves(a, b, saved_output(out)),
         [p](GradInputs& to, const Tensor& g, const Tensor& a, const Tensor& b, const Tensor& y) {
           const Tensor difference = a - b;
           Tensor part = norm_gradient(g, difference, y, p, all_dims(difference.dim()));
           if (!part.defined()) part = difference * 0.0;
           if (to.needed(0)) to.set(0, sum_to(part, a.sizes(), a.dtype()));
           if (to.needed(1)) to.set(1, sum_to(-part, b.sizes(), b.dtype()));
         });
  return out;
}

namespace {

constexpr double kTiny = 1e-7;  // PyTorch's, against division by zero

void check_renorm(const Tensor& x, double p, double max_norm) {
  if (p <= 0) runtime_error("renorm: non-positive-norm not supported");
  if (max_norm < 0) runtime_error("renorm: expected maxnorm to be >= 0 but got ", max_norm);
  if (x.dim() < 2)
    runtime_error("renorm: input needs at least 2 dimensions, got ", x.dim(), " dimensions");
}

Tensor norms_of_slices(const Tensor& x, double p, uint64_t others) {
  Dims dims;
  for (int d = 0; d < x.dim(); ++d)
    if (others >> d & 1) dims.push_back(d);
  const DType wide = x.dtype() == DType::Float32 ? DType::Float64 : x.dtype();
  return vector_norm(x, p, dims, true, is_floating(x.dtype()) ? OptionalDType(wide) : std::nullopt);
}

}  // namespace

Tensor renorm(const Tensor& x, double p, int64_t dim, double max_norm) {
  check_renorm(x, p, max_norm);
  const int d = wrap_dim(dim, x.dim());
  const uint64_t others = all_dims(x.dim()) & ~one_dim(d);
  Tensor out;
  {
    GradModeGuard off(false);
    const Tensor norms = norms_of_slices(x, p, others);
    const Tensor factors = where(norms > max_norm, max_norm / (norms + kTiny), Operand(1.0));
    out = x * to_dtype(factors, x.dtype());
  }
  record("RenormBackward0", out, inputs(x), saves(x),
         [p, others, max_norm](const Tensor& g, const Tensor& x) {
           const Tensor norms = to_dtype(norms_of_slices(x, p, others), x.dtype());
           const Tensor safe = norms + kTiny;
           const Tensor of_norm = sum_over(g * x, others, true) * (-max_norm / (safe * safe));
           const Tensor scaled =
               g * (max_norm / safe) + norm_gradient(of_norm, x, norms, p, others);
           return where(norms > max_norm, scaled, g);
         });
  return out;
}

Tensor renorm_(const Tensor& self, double p, int64_t dim, double max_norm) {
  return in_place(self, requires_grad(self),
                  [&](const Tensor& x) { return renorm(x, p, dim, max_norm); });
}

}  // namespace tg
