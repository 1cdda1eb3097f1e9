// Sorting, selection by rank, quantiles, and distinct elements. NaN counts as greatest. Gradients
// go to the elements that the indices name.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "ops/promotion.h"

namespace tg {

struct SortResult {
  Tensor values, indices;
  static constexpr auto name = "sort";
  static constexpr const char* fields[] = {"values", "indices"};
  auto tie() const { return std::tie(values, indices); }
};
struct TopkResult : SortResult {
  static constexpr auto name = "topk";
};
struct KthvalueResult : SortResult {
  static constexpr auto name = "kthvalue";
};
struct MedianResult : SortResult {
  static constexpr auto name = "median";
};
struct NanmedianResult : SortResult {
  static constexpr auto name = "nanmedian";
};
struct ModeResult : SortResult {
  static constexpr auto name = "mode";
};
struct CummaxResult : SortResult {
  static constexpr auto name = "cummax";
};
struct CumminResult : SortResult {
  static constexpr auto name = "cummin";
};

// --- sort.cpp
SortResult sort(const Tensor& x, int64_t dim, bool descending);  // always stable
Tensor argsort(const Tensor& x, int64_t dim, bool descending);
Tensor msort(const Tensor& x);
TopkResult topk(const Tensor& x, int64_t k, int64_t dim, bool largest, bool sorted);
KthvalueResult kthvalue(const Tensor& x, int64_t k, int64_t dim, bool keepdim);  // k from 1
Tensor median(const Tensor& x);                                                  // the lower of two
Tensor nanmedian(const Tensor& x);
MedianResult median(const Tensor& x, int64_t dim, bool keepdim);
NanmedianResult nanmedian(const Tensor& x, int64_t dim, bool keepdim);
ModeResult mode(const Tensor& x, int64_t dim, bool keepdim);

// q: numbers in [0, 1]; a vector of them gives the result a leading dimension. No dim: all
// elements.
Tensor quantile(const Tensor& x, const Operand& q, std::optional<int64_t> dim, bool keepdim,
                const std::string& interpolation);
Tensor nanquantile(const Tensor& x, const Operand& q, std::optional<int64_t> dim, bool keepdim,
                   const std::string& interpolation);

// The elements of x that `indices` name along dim (indices have the rank of x, or one less where
// they name one element a line), and the way back: zeros of `sizes` with g added there. The
// derivatives of each other.
Tensor take_places(const Tensor& x, const Tensor& indices, int dim);
Tensor put_places(const Tensor& g, const Tensor& indices, std::span<const int64_t> sizes, int dim);

// --- unique.cpp
struct Distinct {
  Tensor values;
  Tensor inverse;  // undefined unless asked for
  Tensor counts;
};
Distinct unique(const Tensor& x, bool inverse, bool counts, std::optional<int64_t> dim);
Distinct unique_consecutive(const Tensor& x, bool inverse, bool counts, std::optional<int64_t> dim);

}  // namespace tg
