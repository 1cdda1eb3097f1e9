// Counts of integers and of numbers in bins. Declared in search.h.
#include <algorithm>
#include <cmath>

#include "autograd/record.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/operators.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/search.h"
#include "ops/shape.h"

namespace tg {
namespace {

// The outputs have no derivative; PyTorch says so when one is asked for.
template <size_t N>
void record_underived(std::span<const Tensor> outs, const Inputs<N>& in, const char* function) {
  record_outputs("NotImplemented", outs, in, saves(), [function](GradInputs&, std::span<Tensor>) {
    runtime_error("derivative for ", function, " is not implemented");
  });
}

const char* cpp_name(DType dtype) {
  constexpr const char* kNames[] = {"bool",  "unsigned char", "signed char", "short int",
                                    "int",   "long int",      "c10::Half",   "c10::BFloat16",
                                    "float", "double"};
  return kNames[int(dtype)];
}

// Where numbers fall: `edges` rising, evenly spaced ones found by division.
struct Bins {
  double min, max;
  int64_t count;
  bool even;
  bool corrected;  // even ones: compared with the edges themselves after the division
};

// Adds the weights (1 where null) of the elements to their bins. The last bin includes its end.
template <class T>
void count_in_bins(const T* x, int64_t n, const Bins& bins, const T* edges, const T* weights,
                   double* hist) {
  const T min = static_cast<T>(bins.min), max = static_cast<T>(bins.max);
  const LongWork work(n * 4);
  for (int64_t i = 0; i < n; ++i) {
    const T value = x[i];
    if (!(value >= min && value <= max)) continue;
    int64_t at;
    if (bins.even) {
      at = static_cast<int64_t>((value - min) * static_cast<T>(bins.count) / (max - min));
      if (bins.corrected) {
        const int64_t low = std::max<int64_t>(at - 1, 0);
        const int64_t high = std::min(at + 2, bins.count + 1);
        at = std::upper_bound(edges + low, edges + high, value) - edges - 1;
      }
    } else {
      at = std::upper_bound(edges, edges + bins.count + 1, value) - edges - 1;
    }
    hist[std::clamp<int64_t>(at, 0, bins.count - 1)] +=
        weights ? static_cast<double>(weights[i]) : 1.0;
  }
}

// x, edges and weights are dense and of one type, float32 or float64.
Tensor histogram_values(const Tensor& x, const Bins& bins, const Tensor& edges,
                        const Tensor& weights) {
  Tensor hist = zeros(Dims{bins.count}, DType::Float64);
  visit_real(x.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    count_in_bins(x.data<T>(), x.numel(), bins, edges.defined() ? edges.data<T>() : nullptr,
                  weights.defined() ? weights.data<T>() : nullptr, hist.data<double>());
  });
  return hist;
}

Range range_of(const Tensor& x) {
  if (x.numel() == 0) return {0, 0};
  const Tensor low = cast_quietly(min(x), DType::Float64);
  const Tensor high = cast_quietly(max(x), DType::Float64);
  return {*low.data<double>(), *high.data<double>()};
}

void check_bin_count(int64_t bins) {
  if (bins <= 0)
    runtime_error("torch.histogram(): bins must be > 0, but got ", bins, " for dimension 0");
}

void check_weight(const Tensor& x, const Tensor* weight) {
  if (!weight) return;
  if (weight->dtype() != x.dtype())
    runtime_error(
        "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should "
        "have the same dtype, but got input(",
        cpp_name(x.dtype()), "), and weight(", cpp_name(weight->dtype()), ")");
  if (weight->numel() != x.numel())
    runtime_error(
        "torch.histogramdd: if weight tensor is provided it should have the same shape as the "
        "input tensor excluding its innermost dimension, but got input with shape [",
        x.numel(), ", 1] and weight with shape [", weight->numel(), "]");
}

HistogramResult finish(const Tensor& x, const Tensor* weight, const Bins& bins, const Tensor& edges,
                       bool density) {
  check_weight(x, weight);
  if (x.dtype() != DType::Float32 && x.dtype() != DType::Float64)
    fail(ErrorKind::NotImplemented, "\"histogramdd\" not implemented for '", info(x.dtype()).scalar,
         "'");
  Tensor hist = histogram_values(contiguous_quietly(x), bins, contiguous_quietly(edges),
                                 weight ? contiguous_quietly(*weight) : Tensor());
  if (density) {
    const Tensor wide = cast_quietly(edges, DType::Float64);
    hist = hist / sum(hist) / (slice(wide, 0, 1, bins.count + 1) - slice(wide, 0, 0, bins.count));
  }
  return {cast_quietly(hist, x.dtype()), edges};
}

void record_histogram(HistogramResult& result, const Tensor& x) {
  const Tensor outs[] = {result.hist, result.bin_edges};
  record_underived(outs, inputs(x), "aten::histogram");
}

}  // namespace

Tensor bincount(const Tensor& x, const Tensor* weights, int64_t minlength) {
  if (!is_integral(x.dtype()))
    fail(ErrorKind::NotImplemented, "\"bincount_cpu\" not implemented for '",
         info(x.dtype()).scalar, "'");
  if (minlength < 0) runtime_error("minlength should be >= 0");
  const auto refuse = [] {
    runtime_error("bincount only supports 1-d non-negative integral inputs.");
  };
  if (x.dim() == 1 && x.numel() == 0) return zeros(Dims{minlength}, DType::Int64);
  const Tensor in = contiguous_quietly(widened(x));  // integers: nothing here is recorded
  if (x.dim() != 1 || *min(in).data<int64_t>() < 0) refuse();
  if (weights && (weights->dim() != 1 || weights->numel() != x.numel()))
    runtime_error("weights should be 1-d and have the same length as input");
  const int64_t greatest = *max(in).data<int64_t>();
  if (greatest == INT64_MAX) runtime_error("bincount: the greatest value is too large");
  const Dims sizes{std::max(greatest + 1, minlength)};
  const int64_t n = x.numel();
  const auto* place = in.data<int64_t>();
  if (!weights) {
    const Tensor out = zeros(sizes, DType::Int64);
    auto* to = out.data<int64_t>();
    const LongWork work(n);
    for (int64_t i = 0; i < n; ++i) ++to[place[i]];
    return out;
  }
  const DType dtype = weights->dtype() == DType::Float32 ? DType::Float32 : DType::Float64;
  const Tensor added = contiguous_quietly(cast_quietly(*weights, dtype));
  const Tensor out = zeros(sizes, dtype);
  visit_real(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* to = out.data<T>();
    const T* from = added.data<T>();
    const LongWork work(n);
    for (int64_t i = 0; i < n; ++i) to[place[i]] += from[i];
  });
  record_underived({&out, 1}, inputs(*weights), "aten::bincount");
  return out;
}

Tensor histc(const Tensor& x, int64_t bins, const Scalar& min, const Scalar& max) {
  GradModeGuard off(false);
  check_bin_count(bins);
  if (!is_floating(x.dtype()))
    fail(ErrorKind::NotImplemented, "\"histogram_cpu\" not implemented for '",
         info(x.dtype()).scalar, "'");
  Range range{min.to<double>(), max.to<double>()};
  if (range.min == range.max && x.numel()) range = range_of(x);
  if (range.min == range.max) {
    range.min -= 1;
    range.max += 1;
  }
  if (!std::isfinite(range.min) || !std::isfinite(range.max))
    runtime_error("torch.histc: range of [", range.min, ", ", range.max, "] is not finite");
  if (range.min >= range.max) runtime_error("torch.histc: max must be larger than min");
  const Tensor in = contiguous_quietly(widened(x));
  return cast_quietly(
      histogram_values(in, {range.min, range.max, bins, true, false}, Tensor(), Tensor()),
      x.dtype());
}

HistogramResult histogram(const Tensor& x, int64_t bins, const std::optional<Range>& given,
                          const Tensor* weight, bool density) {
  HistogramResult result;
  {
    GradModeGuard off(false);
    check_bin_count(bins);
    Range range{0, 1};
    if (given) {
      range = *given;
    } else if (x.numel() && is_floating(x.dtype())) {
      range = range_of(x);
    }
    if (!std::isfinite(range.min) || !std::isfinite(range.max))
      runtime_error("torch.histogramdd: dimension 0's range [", range.min, ", ", range.max,
                    "] is not finite");
    if (range.min > range.max)
      runtime_error("torch.histogramdd: min should not exceed max, but got min ", range.min,
                    " max ", range.max, " for dimension 0");
    if (range.min == range.max) {
      range.min -= 0.5;
      range.max += 0.5;
    }
    const DType dtype = is_floating(x.dtype()) ? x.dtype() : default_dtype();
    const Tensor edges = linspace(Scalar(range.min), Scalar(range.max), bins + 1, dtype);
    result = finish(x, weight, {range.min, range.max, bins, true, true}, edges, density);
  }
  record_histogram(result, x);
  return result;
}

HistogramResult histogram(const Tensor& x, const Tensor& edges, const Tensor* weight,
                          bool density) {
  HistogramResult result;
  {
    GradModeGuard off(false);
    if (edges.dim() != 1)
      runtime_error("torch.histogramdd: bins tensor should have one dimension, but got ",
                    edges.dim(), " dimensions in the bins tensor for dimension 0");
    if (edges.dtype() != x.dtype())
      runtime_error(
          "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got "
          "input with dtype ",
          cpp_name(x.dtype()), " and bins for dimension 0 with dtype ", cpp_name(edges.dtype()));
    if (edges.numel() == 0)
      runtime_error(
          "torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements in "
          "the bins tensor for dimension 0");
    check_bin_count(edges.numel() - 1);
    const Tensor ends = cast_quietly(edges, DType::Float64);
    const int64_t last = edges.numel() - 1, step = ends.stride(0);
    const auto* p = ends.data<double>();
    result = finish(x, weight, {p[0], p[last * step], last, false, false}, clone(edges), density);
  }
  record_histogram(result, x);
  return result;
}

}  // namespace tg
