// Statistics built of other reductions, differences and integrals of samples, running extrema.
#pragma once

#include <optional>
#include <tuple>
#include <vector>

#include "ops/promotion.h"
#include "ops/reduce.h"
#include "ops/sort.h"

namespace tg {

// --- running.cpp: NaN stays once it is met; of equals, the last one is named.
CummaxResult cummax(const Tensor& x, int64_t dim);
CumminResult cummin(const Tensor& x, int64_t dim);
Tensor logcumsumexp(const Tensor& x, int64_t dim);

// --- statistics.cpp
using Pair = std::tuple<Tensor, Tensor>;
Pair var_mean(const Tensor& x, const OptionalDims& dims, double correction, bool keepdim);
Pair std_mean(const Tensor& x, const OptionalDims& dims, double correction, bool keepdim);
Tensor nanmean(const Tensor& x, const OptionalDims& dims, bool keepdim, OptionalDType dtype);
struct AminmaxResult {
  Tensor min, max;
  static constexpr auto name = "aminmax";
  static constexpr const char* fields[] = {"min", "max"};
  auto tie() const { return std::tie(min, max); }
};
AminmaxResult aminmax(const Tensor& x, std::optional<int64_t> dim, bool keepdim);
// Rows are variables, columns observations.
Tensor cov(const Tensor& x, int64_t correction, const Tensor* fweights, const Tensor* aweights);
Tensor corrcoef(const Tensor& x);

// --- differences.cpp
Tensor diff(const Tensor& x, int64_t n, int64_t dim, const Tensor* prepend, const Tensor* append);
// Derivative along each of `dims` by central differences; `spacing` has a step for each of them (or
// one, or none), or `coordinates` have the places of the samples.
std::vector<Tensor> gradient(const Tensor& x, std::span<const Scalar> spacing,
                             std::span<const Tensor> coordinates,
                             std::optional<std::vector<int64_t>> dims, int64_t edge_order);
Tensor trapezoid(const Tensor& y, const Tensor& x, int64_t dim);
Tensor trapezoid(const Tensor& y, const Scalar& dx, int64_t dim);
Tensor cumulative_trapezoid(const Tensor& y, const Tensor& x, int64_t dim);
Tensor cumulative_trapezoid(const Tensor& y, const Scalar& dx, int64_t dim);

// --- combinations.cpp
Tensor combinations(const Tensor& x, int64_t r, bool with_replacement);
Tensor cartesian_prod(std::span<const Tensor> tensors);
// The coordinates, in a tensor of the given sizes, of flat indices; negative ones count from the
// end.
std::vector<Tensor> unravel_index(const Tensor& indices, const Dims& sizes);

}  // namespace tg
