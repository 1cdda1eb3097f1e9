// Reductions over all elements or some dimensions. `dims`: none, or an empty list, means all;
// negative ones count from the end; keepdim leaves the reduced dimensions as ones. The rules that
// they share are in reduction.h.
#pragma once

#include <optional>
#include <tuple>

#include "core/scalar.h"
#include "core/tensor.h"

namespace tg {

using OptionalDims = std::optional<Dims>;
using OptionalDType = std::optional<DType>;

// --- reduce.cpp: sums. Integers and bools give int64; `dtype` is cast to before.
Tensor sum(const Tensor& x, OptionalDType dtype = {});
Tensor sum(const Tensor& x, const OptionalDims& dims, bool keepdim, OptionalDType dtype = {});
Tensor nansum(const Tensor& x, const OptionalDims& dims, bool keepdim, OptionalDType dtype);
Tensor mean(const Tensor& x, OptionalDType dtype = {});
Tensor mean(const Tensor& x, const OptionalDims& dims, bool keepdim, OptionalDType dtype = {});
Tensor count_nonzero(const Tensor& x, const OptionalDims& dims);
Tensor all(const Tensor& x, const OptionalDims& dims = {}, bool keepdim = false);
Tensor any(const Tensor& x, const OptionalDims& dims = {}, bool keepdim = false);

// --- extrema.cpp: NaN counts as greatest and as least. Gradients are shared among ties, but for
// max(dim), min(dim), which give it to the element that they name: the first.
struct MaxResult {
  Tensor values, indices;
  static constexpr auto name = "max";
  static constexpr const char* fields[] = {"values", "indices"};
  auto tie() const { return std::tie(values, indices); }
};
struct MinResult : MaxResult {
  static constexpr auto name = "min";
};
Tensor max(const Tensor& x);
Tensor min(const Tensor& x);
MaxResult max(const Tensor& x, int64_t dim, bool keepdim);
MinResult min(const Tensor& x, int64_t dim, bool keepdim);
Tensor amax(const Tensor& x, const OptionalDims& dims, bool keepdim);
Tensor amin(const Tensor& x, const OptionalDims& dims, bool keepdim);
Tensor argmax(const Tensor& x, std::optional<int64_t> dim, bool keepdim);
Tensor argmin(const Tensor& x, std::optional<int64_t> dim, bool keepdim);

// --- moments.cpp: sums of squared deviations over max(0, n - correction), and vector norms.
Tensor var(const Tensor& x, const OptionalDims& dims, double correction, bool keepdim);
Tensor std(const Tensor& x, const OptionalDims& dims, double correction, bool keepdim);
// (sum |x|^p)^(1/p); p = 0 counts nonzeros, p = +-infinity takes the greatest or least |x|.
Tensor vector_norm(const Tensor& x, double p, const OptionalDims& dims, bool keepdim,
                   OptionalDType dtype);

// --- scan.cpp: products, and running sums and products. Derivatives are right where elements are
// zero.
Tensor prod(const Tensor& x, OptionalDType dtype);
Tensor prod(const Tensor& x, int64_t dim, bool keepdim, OptionalDType dtype);
Tensor cumsum(const Tensor& x, int64_t dim, OptionalDType dtype);
Tensor cumprod(const Tensor& x, int64_t dim, OptionalDType dtype);

}  // namespace tg
