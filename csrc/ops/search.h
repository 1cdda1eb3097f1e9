// Places in sorted sequences, membership, counts and histograms. None has a derivative.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "ops/promotion.h"

namespace tg {

// --- search.cpp
// Where each value would stand in the last dimension of `sorted`: before its equals, or after them
// where `right`. One vector serves values of any shape. `sorter` (or null) puts `sorted` in order.
Tensor searchsorted(const Tensor& sorted, const Operand& values, bool out_int32, bool right,
                    const std::optional<std::string>& side, const Tensor* sorter);
Tensor bucketize(const Operand& values, const Tensor& boundaries, bool out_int32, bool right);
// Whether each element is among the others; NaN never is.
Tensor isin(const Operand& elements, const Operand& test_elements, bool invert);

// --- histogram.cpp
Tensor bincount(const Tensor& x, const Tensor* weights, int64_t minlength);
Tensor histc(const Tensor& x, int64_t bins, const Scalar& min, const Scalar& max);
struct HistogramResult {
  Tensor hist, bin_edges;
  static constexpr auto name = "histogram";
  static constexpr const char* fields[] = {"hist", "bin_edges"};
  auto tie() const { return std::tie(hist, bin_edges); }
};
struct Range {
  double min, max;
};
HistogramResult histogram(const Tensor& x, int64_t bins, const std::optional<Range>& range,
                          const Tensor* weight, bool density);
HistogramResult histogram(const Tensor& x, const Tensor& edges, const Tensor* weight, bool density);

}  // namespace tg
