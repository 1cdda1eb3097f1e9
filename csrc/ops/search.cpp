#include "ops/search.h"

#include <algorithm>

#include "ops/along.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/operators.h"
#include "ops/reduction.h"
#include "ops/sort.h"

namespace tg {
namespace {

// NaN is after everything: no comparison with it says "stop".
template <class T>
int64_t lower_bound(const T* p, int64_t n, T value) {
  int64_t begin = 0;
  while (n > 0) {
    const int64_t half = n / 2;
    const bool after = !(p[begin + half] >= value);
    begin += after ? half + 1 : 0;
    n = after ? n - half - 1 : half;
  }
  return begin;
}
template <class T>
int64_t upper_bound(const T* p, int64_t n, T value) {
  int64_t begin = 0;
  while (n > 0) {
    const int64_t half = n / 2;
    const bool after = !(p[begin + half] > value);
    begin += after ? half + 1 : 0;
    n = after ? n - half - 1 : half;
  }
  return begin;
}

void check_search(const Tensor& sorted, const Operand& values, const Tensor* sorter) {
  if (sorted.dim() == 0)
    runtime_error(
        "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 "
        "dimension");
  if (sorter) {
    if (!sorter->same_sizes(sorted))
      runtime_error(
          "torch.searchsorted(): boundary and sorter must have the same size, but got boundary "
          "tensor ",
          to_string(sorted.sizes()), "and got sorter tensor ", to_string(sorter->sizes()));
    if (sorter->dtype() != DType::Int64)
      runtime_error("torch.searchsorted(): sorter must be a tensor of long dtype but got dtype ",
                    info(sorter->dtype()).scalar);
    const Tensor places = contiguous_quietly(*sorter);
    if (first_outside(places.data<int64_t>(), places.numel(), 0, sorted.size(sorted.dim() - 1)))
      runtime_error("torch.searchsorted(): sorter index out of range");
  }
  if (sorted.dim() == 1) return;
  if (!values.is_tensor())
    runtime_error(
        "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension "
        "is 1, but we got boundaries tensor dim(",
        sorted.dim(), ") and input value's dim(0) numel(1)");
  const Tensor& input = *values.tensor;
  if (input.dim() == 0)
    runtime_error(
        "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension "
        "is 1, but we got boundaries tensor dim(",
        sorted.dim(), ") and input value's dim(0) numel(1)");
  if (input.dim() != sorted.dim() ||
      !std::equal(sorted.sizes().begin(), sorted.sizes().end() - 1, input.sizes().begin()))
    runtime_error(
        "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions "
        "of boundaries tensor and input value tensor must match, but we got boundaries tensor ",
        to_string(sorted.sizes()), " and input value tensor ", to_string(input.sizes()));
}

// An operand in `dtype`, as dense memory of the types that loops exist for.
Tensor dense_operand(const Operand& x, DType dtype) {
  const Tensor t = x.is_tensor() ? cast_quietly(*x.tensor, dtype) : full({}, x.scalar, dtype);
  return contiguous_quietly(widened(t));
}

}  // namespace

Tensor searchsorted(const Tensor& sorted, const Operand& values, bool out_int32, bool right,
                    const std::optional<std::string>& side, const Tensor* sorter) {
  GradModeGuard off(false);
  if (side && *side != "left" && *side != "right")
    runtime_error("torch.searchsorted(): side can only be 'left' or 'right' but got ", *side);
  if (side && *side == "left" && right)
    runtime_error(
        "torch.searchsorted(): side and right can't be set to opposites, got side of left while "
        "right was True");
  const bool after = right || (side && *side == "right");
  check_search(sorted, values, sorter);
  const DType dtype = result_type(sorted, values);
  if (dtype == DType::Bool)
    fail(ErrorKind::NotImplemented, "\"searchsorted_out_cpu\" not implemented for 'Bool'");
  const Tensor lines =
      dense_operand(sorter ? take_places(sorted, *sorter, sorted.dim() - 1) : sorted, dtype);
  const Tensor in = dense_operand(values, dtype);
  const Tensor out = empty(in.sizes(), DType::Int64);
  const int64_t n = lines.size(lines.dim() - 1);
  const int64_t each = lines.dim() == 1 ? in.numel() : in.size(in.dim() - 1);
  visit_widened(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *line = lines.data<T>(), *value = in.data<T>();
    auto* to = out.data<int64_t>();
    const LongWork work(in.numel() * 8);
    for (int64_t begin = 0; begin < in.numel(); begin += each, line += n)
      for (int64_t i = begin; i < begin + each; ++i)
        to[i] = after ? upper_bound(line, n, value[i]) : lower_bound(line, n, value[i]);
  });
  return out_int32 ? to_dtype(out, DType::Int32) : out;
}

Tensor bucketize(const Operand& values, const Tensor& boundaries, bool out_int32, bool right) {
  if (boundaries.dim() != 1)
    runtime_error("boundaries tensor must be 1 dimension, but got dim(", boundaries.dim(), ")");
  return searchsorted(boundaries, values, out_int32, right, {}, nullptr);
}

Tensor isin(const Operand& elements, const Operand& test_elements, bool invert) {
  GradModeGuard off(false);
  for (const Operand* x : {&elements, &test_elements})
    if (x->is_tensor() && x->tensor->dtype() == DType::Bool)
      runtime_error("Unsupported input type encountered for isin(): Bool");
  const DType dtype = result_type(elements, test_elements);
  const Tensor in = dense_operand(elements, dtype), others = dense_operand(test_elements, dtype);
  constexpr int64_t kFew = 16;  // looked through one by one
  const Tensor test =
      others.numel() <= kFew
          ? others
          : sort(others->ndim == 1 ? others : make_view(others, Dims{others.numel()}, Dims{1}, 0),
                 0, false)
                .values;
  const Tensor out = empty(in.sizes(), DType::Bool);
  visit_widened(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *value = in.data<T>(), *known = test.data<T>();
    const int64_t n = test.numel();
    auto* to = out.data<bool>();
    const LongWork work(in.numel() * 8);
    for (int64_t i = 0; i < in.numel(); ++i) {
      bool found = false;
      if (n <= kFew) {
        for (int64_t j = 0; j < n; ++j) found |= known[j] == value[i];
      } else {
        const int64_t at = lower_bound(known, n, value[i]);
        found = at < n && known[at] == value[i];
      }
      to[i] = found != invert;
    }
  });
  return out;
}

}  // namespace tg
