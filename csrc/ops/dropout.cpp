#include "ops/dropout.h"

#include <cmath>

#include "autograd/record.h"
#include "ops/binary.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/random.h"

namespace tg {

Tensor dropout(const Tensor& x, double p, bool train, Dropout kind, GeneratorState& generator) {
  if (!(p >= 0 && p <= 1))
    runtime_error("dropout probability has to be between 0 and 1, but got ", p);
  const bool feature = kind == Dropout::Feature || kind == Dropout::FeatureAlpha;
  const bool alpha = kind == Dropout::Alpha || kind == Dropout::FeatureAlpha;
  if (p == 0 || !train || x.numel() == 0) return x;
  if (p == 1) return mul(x, zeros(Dims(), x.dtype()));
  Tensor noise;
  if (feature) {
    if (x.dim() < 2) runtime_error("Feature dropout requires at least 2 dimensions in the input");
    Dims sizes(x.dim(), 1);
    sizes[0] = x.size(0);
    sizes[1] = x.size(1);
    noise = empty(sizes, x.dtype());
  } else {
    noise = empty_like(x, x.dtype());
  }
  {
    GradModeGuard off(false);
    bernoulli_(noise, 1 - p, generator);
    if (!alpha) {
      noise = div(noise, Scalar(1 - p));
    }
  }
  if (!alpha) return mul(x, noise);
  constexpr double kAlpha = 1.7580993408473766;  // -SELU(-inf)
  const double a = 1 / std::sqrt((kAlpha * kAlpha * p + 1) * (1 - p));
  Tensor shift;
  {
    GradModeGuard off(false);
    shift = add(mul(add(noise, Scalar(-1.0)), Scalar(kAlpha * a)), Scalar(kAlpha * a * p));
    noise = mul(noise, Scalar(a));
  }
  return add(mul(x, noise), shift);
}

std::tuple<Tensor, Tensor> native_dropout(const Tensor& x, double p, bool train,
                                          GeneratorState& generator) {
  if (!(p >= 0 && p <= 1))
    runtime_error("dropout probability has to be between 0 and 1, but got ", p);
  if (x.numel() == 0) return {x, empty_like(x, DType::Bool)};
  Tensor mask, out;
  const double scale = !train ? 1 : p == 1 ? 0 : 1 / (1 - p);
  {
    GradModeGuard off(false);
    if (train) {
      mask = to_dtype(bernoulli_(empty_like(x, x.dtype()), 1 - p, generator), DType::Bool);
      out = mul(mul(x, mask), Scalar(scale));
    } else {
      mask = full(x.sizes(), Scalar(true), DType::Bool);
      out = clone(x);
    }
  }
  record("NativeDropoutBackward0", out, inputs(x), saves(mask),
         [scale](const Tensor& g, const Tensor& mask) {
           return native_dropout_backward(g, mask, scale);
         });
  return {out, mask};
}

Tensor native_dropout_backward(const Tensor& grad, const Tensor& mask, double scale) {
  return mul(mul(grad, mask), Scalar(scale));
}

}  // namespace tg
