#include "ops/attention.h"

#include <cmath>
#include <limits>

#include "ops/dropout.h"
#include "ops/elementwise.h"
#include "ops/factory.h"
#include "ops/matmul.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "ops/softmax.h"
#include "ops/ternary.h"
#include "ops/triangle.h"

namespace tg {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

// The shares of the keys: softmax of the scaled products, 0 in rows without any key to see.
Tensor shares(const Tensor& query, const Tensor& key, const Tensor& bias, double scale) {
  Tensor scores = matmul(query * scale, transpose(key, -2, -1));
  if (!bias.defined()) return softmax(scores, -1);
  scores = scores + bias;
  const Tensor unseen = all(scores == kNever, Dims{-1}, true);
  if (!any(unseen).data<bool>()[0]) return softmax(scores, -1);
  // Such rows are numbers, not -inf, on their way through softmax: so no NaN comes back either.
  const Operand zero(0.0);
  return masked_fill(softmax(masked_fill(scores, unseen, zero), -1), unseen, zero);
}

// The mask as numbers that are added to the scores; undefined where there is none.
Tensor bias_of(const Tensor& query, const Tensor& key, const std::optional<Tensor>& mask,
               bool is_causal) {
  if (is_causal) {
    if (mask)
      runtime_error(
          "_scaled_dot_product_attention: Explicit attn_mask should not be set when "
          "is_causal=True");
    const Dims sizes{query.size(query.dim() - 2), key.size(key.dim() - 2)};
    return triu(full(sizes, Scalar(kNever), query.dtype()), 1);
  }
  if (!mask) return {};
  if (mask->dtype() == DType::Bool) {
    GradModeGuard off(false);
    const Tensor none = zeros(Dims(), query.dtype());
    return where(*mask, none, full(Dims(), Scalar(kNever), query.dtype()));
  }
  if (mask->dtype() != query.dtype())
    runtime_error(
        "Expected attn_mask dtype to be bool or float or to match query dtype, but got "
        "attn_mask.dtype: ",
        info(mask->dtype()).name, " and  query.dtype: ", info(query.dtype()).name, " instead.");
  return *mask;
}

// Every head `times` times in a row: what repeat_interleave() does to dimension -3.
Tensor repeated_heads(const Tensor& x, int64_t heads) {
  const int at = x.dim() - 3;
  if (x.size(at) == heads) return x;
  if (x.size(at) == 0 || heads % x.size(at) != 0)
    runtime_error("Number of heads in key and value must divide the number of heads in query");
  Dims sizes(x.sizes());
  sizes.insert(at + 1, heads / x.size(at));
  Dims merged(x.sizes());
  merged[at] = heads;
  return reshape(expand(unsqueeze(x, at + 1), sizes), merged);
}

void check(const Tensor& query, const Tensor& key, const Tensor& value) {
  if (query.dtype() != key.dtype() || query.dtype() != value.dtype())
    runtime_error("Expected query, key, and value to have the same dtype, but got query.dtype: ",
                  info(query.dtype()).name, " key.dtype: ", info(key.dtype()).name,
                  " and value.dtype: ", info(value.dtype()).name, " instead.");
  if (query.dim() < 2 || key.dim() < 2 || value.dim() < 2)
    runtime_error(
        "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: ",
        query.dim(), " key.dim: ", key.dim(), " and value.dim: ", value.dim(), " instead.");
}

}  // namespace

Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                    const std::optional<Tensor>& mask,
                                    const AttentionOptions& options, GeneratorState& generator) {
  check(query, key, value);
  const DType dtype = query.dtype();
  if (is_floating(dtype) && itemsize(dtype) == 2 &&
      (!mask || mask->dtype() == dtype || mask->dtype() == DType::Bool)) {
    // Half precision is for what goes in and out only.
    auto wide = [](const Tensor& t) { return to_dtype(t, DType::Float32); };
    std::optional<Tensor> wide_mask = mask;
    if (mask && mask->dtype() == dtype) wide_mask = wide(*mask);
    return to_dtype(scaled_dot_product_attention(wide(query), wide(key), wide(value), wide_mask,
                                                 options, generator),
                    dtype);
  }
  const double scale = options.scale.value_or(1 / std::sqrt(double(query.size(query.dim() - 1))));
  const Tensor bias = bias_of(query, key, mask, options.is_causal);
  Tensor k = key, v = value;
  if (options.enable_gqa && query.dim() >= 3 && key.dim() >= 3 && value.dim() >= 3) {
    k = repeated_heads(key, query.size(query.dim() - 3));
    v = repeated_heads(value, query.size(query.dim() - 3));
  }
  const bool whole = query.dim() == 4 && k.dim() == 4 && v.dim() == 4 && options.dropout_p == 0 &&
                     !(bias.defined() && grad_mode.enabled && requires_grad(bias)) &&
                     query.size(0) == k.size(0) && query.size(1) == k.size(1) &&
                     k.size(0) == v.size(0) && k.size(1) == v.size(1);
  if (!whole) {
    Tensor share = shares(query, k, bias, scale);
    share = dropout(share, options.dropout_p, true, Dropout::Element, generator);
    return matmul(share, v);
  }
  // One node that keeps no (L, S) matrix: the shares are computed again in the backward pass.
  Tensor out;
  {
    GradModeGuard off(false);
    out = matmul(shares(query, k, bias, scale), v);
  }
  record("ScaledDotProductFlashAttentionForCpuBackward0", out, inputs(query, k, v),
         saves(query, k, v, bias),
         [scale](GradInputs& to, const Tensor& g, const Tensor& q, const Tensor& k, const Tensor& v,
                 const Tensor& bias) {
           const Tensor share = shares(q, k, bias, scale);
           if (to.needed(2)) to.set(2, matmul(transpose(share, 2, 3), g));
           if (!to.needed(0) && !to.needed(1)) return;
           const Tensor of_share = matmul(g, transpose(v, 2, 3));
           const Tensor of_scores = softmax_backward(of_share, share, -1) * scale;
           if (to.needed(0)) to.set(0, matmul(of_scores, k));
           if (to.needed(1)) to.set(1, matmul(transpose(of_scores, 2, 3), q));
         });
  return out;
}

}  // namespace tg
