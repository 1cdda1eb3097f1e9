// Distinct elements, or slices along a dimension: all of them in rising order, or of each run of
// equals one. Declared in sort.h. Each NaN differs from every other.
#include <algorithm>
#include <numeric>

#include "autograd/record.h"
#include "kernels/sort.h"
#include "ops/index.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/sort.h"

namespace tg {
namespace {

// The rows that stand for a group of equals, how large each group is, and the group of each row.
struct Groups {
  Groups(int64_t n, bool with_inverse, std::span<const int64_t> inverse_sizes)
      : first(empty(Dims{n}, DType::Int64)),
        counts(empty(Dims{n}, DType::Int64)),
        inverse(with_inverse ? empty(inverse_sizes, DType::Int64) : Tensor()) {}
  void trim(Tensor& t) const {
    if (t.numel() == found) return;
    const Tensor kept = empty(Dims{found}, DType::Int64);
    std::copy_n(t.data<int64_t>(), found, kept.data<int64_t>());
    t = kept;
  }
  int64_t* inverse_data() const { return inverse.defined() ? inverse.data<int64_t>() : nullptr; }

  Tensor first, counts, inverse;
  int64_t found = 0;
};

// Rows of `width` elements in the given order (null: as they stand).
template <class T>
struct Rows {
  const T* data;
  int64_t width;
  bool less(int64_t a, int64_t b) const {
    const T *p = data + a * width, *q = data + b * width;
    for (int64_t i = 0; i < width; ++i) {
      if (p[i] < q[i] || (q[i] != q[i] && p[i] == p[i])) return true;
      if (q[i] < p[i] || (p[i] != p[i] && q[i] == q[i])) return false;
    }
    return a < b;
  }
  bool equal(int64_t a, int64_t b) const {
    return std::equal(data + a * width, data + (a + 1) * width, data + b * width);
  }
};

void group_rows(const Tensor& rows, int64_t n, int64_t width, int64_t* order, bool sorted,
                Groups& groups) {
  int64_t *first = groups.first.data<int64_t>(), *counts = groups.counts.data<int64_t>();
  int64_t* inverse = groups.inverse_data();
  visit_widened(rows.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const LongWork work(n * width * (sorted ? 8 : 1));
    const Rows<T> all{rows.data<T>(), width};
    if (sorted) {
      std::iota(order, order + n, int64_t{0});
      std::sort(order, order + n, [&](int64_t a, int64_t b) { return all.less(a, b); });
    }
    int64_t last = 0, found = 0;
    for (int64_t i = 0; i < n; ++i) {
      const int64_t row = sorted ? order[i] : i;
      if (i == 0 || !all.equal(last, row)) {
        first[found] = row;
        counts[found++] = 0;
      }
      ++counts[found - 1];
      if (inverse) inverse[row] = found - 1;
      last = row;
    }
    groups.found = found;
  });
}

Distinct finish(const char* node, const char* function, const Tensor& x, Tensor values,
                Groups groups, bool counts) {
  record(node, values, inputs(x), saves(), [function](const Tensor&) -> Tensor {
    fail(ErrorKind::NotImplemented, "the derivative for '", function, "' is not implemented.");
  });
  if (counts)
    groups.trim(groups.counts);
  else
    groups.counts = {};
  return {std::move(values), std::move(groups.inverse), std::move(groups.counts)};
}

Tensor picked(const Tensor& flat, const Groups& groups) {
  Tensor out = empty(Dims{groups.found}, flat.dtype());
  pick_places(flat->data, groups.first.data<int64_t>(), groups.found, out->data,
              itemsize(flat.dtype()));
  return out;
}

int checked_dim(const Tensor& x, int64_t dim) {
  if (x.dim() == 0) index_error("Dimension specified as ", dim, " but tensor has no dimensions");
  const int d = wrap_dim(dim, x.dim());
  const auto zeros = std::count(x.sizes().begin(), x.sizes().end(), 0);
  if (x.size(d) == 0 && zeros > 1)
    runtime_error("Number of zero sized dimensions is more than one, so unique cannot be applied ");
  if (x.size(d) && zeros)
    runtime_error(
        "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
  return d;
}

Distinct unique_slices(const char* node, const char* function, const Tensor& x, int64_t dim,
                       bool sorted, bool inverse, bool counts) {
  const int d = checked_dim(x, dim);
  const int64_t n = x.size(d), width = n ? x.numel() / n : 0;
  Groups groups(n, inverse, Dims{n});
  Tensor values;
  {
    GradModeGuard off(false);
    const Tensor moved = contiguous_quietly(widened(d ? movedim(x, Dims{d}, Dims{0}) : x));
    const Tensor order = sorted ? empty(Dims{n}, DType::Int64) : Tensor();
    group_rows(moved, n, width, sorted ? order.data<int64_t>() : nullptr, sorted, groups);
    groups.trim(groups.first);
    values = index_select(x, d, groups.first);
  }
  return finish(node, function, x, std::move(values), std::move(groups), counts);
}

}  // namespace

Distinct unique(const Tensor& x, bool inverse, bool counts, std::optional<int64_t> dim) {
  if (dim) return unique_slices("UniqueDimBackward0", "unique_dim", x, *dim, true, inverse, counts);
  const Tensor in = contiguous_quietly(x);
  const SortTask task{{1, x.numel(), 1}, x.dtype(), in->data};
  Groups groups(x.numel(), inverse, x.sizes());
  const Tensor scratch =
      empty(Dims{sort_scratch(task, {0, x.numel(), Ranks::Kind::Fixed, true})}, DType::UInt8);
  if (x.numel())
    groups.found =
        distinct_of_line(task, groups.first.data<int64_t>(), groups.counts.data<int64_t>(),
                         groups.inverse_data(), scratch->data);
  Tensor values = picked(in, groups);
  return finish("Unique2Backward0", "_unique2", x, std::move(values), std::move(groups), counts);
}

Distinct unique_consecutive(const Tensor& x, bool inverse, bool counts,
                            std::optional<int64_t> dim) {
  constexpr auto kNode = "UniqueConsecutiveBackward0", kFunction = "unique_consecutive";
  if (dim) return unique_slices(kNode, kFunction, x, *dim, false, inverse, counts);
  const Tensor in = contiguous_quietly(x);
  Groups groups(x.numel(), inverse, x.sizes());
  group_rows(widened(in), x.numel(), 1, nullptr, false, groups);
  Tensor values = picked(in, groups);
  return finish(kNode, kFunction, x, std::move(values), std::move(groups), counts);
}

}  // namespace tg
