// Combinations and products of the elements of vectors, coordinates of flat indices. Declared in
// statistics.h.
#include "kernels/loops.h"
#include "ops/binary.h"
#include "ops/index.h"
#include "ops/join.h"
#include "ops/shape.h"
#include "ops/statistics.h"

namespace tg {
namespace {

void check_vector(const Tensor& x) {
  if (x.dim() != 1) runtime_error("Expect a 1D vector, but got shape ", to_string(x.sizes()));
}

// The binomial coefficient of n over r; refused where it does not fit.
int64_t choose(int64_t n, int64_t r) {
  if (r > n) return 0;
  r = std::min(r, n - r);
  int64_t result = 1;
  for (int64_t i = 1; i <= r; ++i) {
    const auto product = __int128(result) * (n - r + i);
    if (product / i > INT64_MAX) runtime_error("combinations(): there are too many of them");
    result = int64_t(product / i);
  }
  return result;
}

}  // namespace

Tensor combinations(const Tensor& x, int64_t r, bool with_replacement) {
  check_vector(x);
  if (r < 0) runtime_error("Expect a non-negative number, but got ", r);
  if (r == 0) return empty(Dims{0}, x.dtype());
  const int64_t n = x.numel();
  const int64_t count = n == 0 ? 0 : choose(with_replacement ? n + r - 1 : n, r);
  // Row i of `places` holds the r-th coordinate of every combination, in lexical order.
  const Tensor places = empty(Dims{r, count}, DType::Int64);
  auto* p = places.data<int64_t>();
  if (count) {
    const LongWork work(count * r);
    const int64_t step = with_replacement ? 0 : 1;
    for (int64_t i = 0; i < r; ++i) p[i * count] = i * step;
    for (int64_t c = 1; c < count; ++c) {
      for (int64_t i = 0; i < r; ++i) p[i * count + c] = p[i * count + c - 1];
      int64_t i = r - 1;
      while (p[i * count + c] == n - 1 - (r - 1 - i) * step) --i;
      int64_t next = p[i * count + c] + 1;
      for (; i < r; ++i, next += step) p[i * count + c] = next;
    }
  }
  std::vector<Tensor> columns;
  for (int64_t i = 0; i < r; ++i) columns.push_back(index_select(x, 0, select(places, 0, i)));
  return stack(columns, 1);
}

Tensor cartesian_prod(std::span<const Tensor> tensors) {
  for (const Tensor& t : tensors) check_vector(t);
  if (tensors.empty()) runtime_error("meshgrid expects a non-empty TensorList");
  if (tensors.size() == 1) return tensors[0];
  std::vector<Tensor> grid = meshgrid(tensors, "ij");
  for (Tensor& axis : grid) axis = reshape(axis, Dims{-1});
  return stack(grid, 1);
}

std::vector<Tensor> unravel_index(const Tensor& indices, const Dims& sizes) {
  if (is_floating(indices.dtype()) || indices.dtype() == DType::Bool)
    type_error("expected 'indices' to be integer dtype, but got torch.",
               info(indices.dtype()).name);
  for (const int64_t size : sizes)
    if (size < 0) {
      std::string text = to_string(sizes);
      text.front() = '(';
      text.back() = ')';
      if (sizes.size() == 1) text.insert(text.size() - 1, ",");
      value_error("'shape' cannot have negative values, but got ", text);
    }
  std::vector<Tensor> out(size_t(sizes.size()));
  int64_t step = 1;
  for (int d = sizes.size() - 1; d >= 0; --d) {
    out[size_t(d)] = remainder(floor_divide(indices, Scalar(step)), Scalar(sizes[d]));
    step *= sizes[d];
  }
  return out;
}

}  // namespace tg
