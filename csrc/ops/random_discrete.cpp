#include "ops/random_discrete.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "autograd/record.h"
#include "kernels/random_discrete.h"
#include "ops/elementwise.h"
#include "ops/factory.h"
#include "ops/random.h"
#include "ops/reduction.h"

namespace tg {
namespace {

// Binary search in the running sums, a uniform number for each sample.
template <class T>
void sample_with_replacement(GeneratorState& generator, const T* weights, int64_t classes,
                             int64_t samples, int64_t* out) {
  using C = Compute<T>;
  std::vector<C> running(static_cast<size_t>(classes));
  C sum = 0;
  for (int64_t i = 0; i < classes; ++i) {
    const C w = static_cast<C>(weights[i]);
    if (!(w >= 0))
      runtime_error("invalid multinomial distribution (encountering probability entry < 0)");
    if (!std::isfinite(w))
      runtime_error(
          "invalid multinomial distribution (encountering probability entry = infinity or NaN)");
    sum += w;
    running[size_t(i)] = sum;
  }
  if (!(sum > 0)) runtime_error("invalid multinomial distribution (sum of probabilities <= 0)");
  for (C& r : running) r /= sum;
  if (classes > 0) running.back() = 1;
  for (int64_t k = 0; k < samples; ++k) {
    const double u = next_unit(generator);
    int64_t low = 0, high = classes;
    while (high > low) {
      const int64_t middle = low + (high - low) / 2;
      if (static_cast<double>(running[size_t(middle)]) < u)
        low = middle + 1;
      else
        high = middle;
    }
    out[k] = low;
  }
}

// Without replacement: the greatest of weight / exponential number.
template <class T>
void sample_without(GeneratorState& generator, const Tensor& weights, int64_t rows, int64_t classes,
                    int64_t samples, int64_t* out) {
  const T* w = weights.data<T>();
  using C = Compute<T>;
  for (int64_t r = 0; r < rows; ++r) {
    C sum = 0;
    for (int64_t i = 0; i < classes; ++i) {
      const C v = static_cast<C>(w[r * classes + i]);
      if (!(v >= 0 && std::isfinite(v)))
        runtime_error("probability tensor contains either `inf`, `nan` or element < 0");
      sum += v;
    }
    if (!(sum > 0)) runtime_error("invalid multinomial distribution (sum of probabilities <= 0)");
  }
  Tensor keys = empty(weights.sizes(), weights.dtype());
  exponential_(keys, 1, generator);
  std::vector<int64_t> order(static_cast<size_t>(classes));
  for (int64_t r = 0; r < rows; ++r) {
    T* key = keys.data<T>() + r * classes;
    for (int64_t i = 0; i < classes; ++i)
      key[i] = static_cast<T>(static_cast<C>(w[r * classes + i]) / static_cast<C>(key[i]));
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + samples, order.end(),
                      [key](int64_t a, int64_t b) {
                        const C x = static_cast<C>(key[a]), y = static_cast<C>(key[b]);
                        return x > y || (x == y && a < b);
                      });
    std::copy_n(order.begin(), samples, out + r * samples);
  }
}

}  // namespace

Tensor multinomial(const Tensor& weights, int64_t num_samples, bool replacement,
                   GeneratorState& generator) {
  if (weights.dim() < 1 || weights.dim() > 2) runtime_error("prob_dist must be 1 or 2 dim");
  if (!is_floating(weights.dtype()))
    runtime_error("multinomial only supports floating-point dtypes for input, got: ",
                  info(weights.dtype()).scalar);
  if (num_samples <= 0) runtime_error("cannot sample n_sample <= 0 samples");
  const int64_t classes = weights.size(weights.dim() - 1);
  if (!replacement && num_samples > classes)
    runtime_error("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  const int64_t rows = weights.dim() == 2 ? weights.size(0) : 1;
  Tensor out = weights.dim() == 2 ? empty(Dims{rows, num_samples}, DType::Int64)
                                  : empty(Dims{num_samples}, DType::Int64);
  if (out.numel() == 0) return out;
  const Tensor in = contiguous_quietly(weights);
  visit_floating(in.dtype(), "multinomial", [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (!replacement || (num_samples == 1 && classes > 0)) {
      sample_without<T>(generator, in, rows, classes, num_samples, out.data<int64_t>());
      return;
    }
    for (int64_t r = 0; r < rows; ++r)
      sample_with_replacement(generator, in.data<T>() + r * classes, classes, num_samples,
                              out.data<int64_t>() + r * num_samples);
  });
  return out;
}

Tensor poisson(const Tensor& rate, GeneratorState& generator) {
  const Tensor in = contiguous_quietly(rate);
  Tensor out = empty(rate.sizes(), rate.dtype());
  visit_floating(in.dtype(), "poisson_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t i = 0; i < in.numel(); ++i) {
      const double lambda = static_cast<double>(static_cast<Compute<T>>(in.data<T>()[i]));
      if (!(lambda >= 0)) runtime_error("invalid Poisson rate, expected rate to be non-negative");
      out.data<T>()[i] = convert<T>(draw_poisson(generator, lambda));
    }
  });
  record("PoissonBackward0", out, inputs(rate), saves(),
         [](const Tensor& g) { return zeros(g.sizes(), g.dtype()); });
  return out;
}

Tensor binomial(const Tensor& count, const Tensor& prob, GeneratorState& generator) {
  if (!is_floating(count.dtype()))
    value_error("binomial only supports floating-point dtypes for count, got: ",
                info(count.dtype()).scalar);
  if (!is_floating(prob.dtype()))
    value_error("binomial only supports floating-point dtypes for prob, got: ",
                info(prob.dtype()).scalar);
  if (count.dtype() != prob.dtype())
    runtime_error("Found dtype ", info(prob.dtype()).scalar, " but expected ",
                  info(count.dtype()).scalar);
  const Dims sizes = broadcast_sizes(count.sizes(), prob.sizes());
  Tensor n = empty(sizes, DType::Float64), p = empty(sizes, DType::Float64);
  copy_values(n, count);
  copy_values(p, prob);
  Tensor out = empty(sizes, count.dtype());
  visit_floating(out.dtype(), "binomial_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t i = 0; i < out.numel(); ++i)
      out.data<T>()[i] =
          convert<T>(draw_binomial(generator, n.data<double>()[i], p.data<double>()[i]));
  });
  record("NotImplemented", out, inputs(count, prob), saves(), [](GradInputs&, const Tensor&) {
    runtime_error("derivative for aten::binomial is not implemented");
  });
  return out;
}

}  // namespace tg
