#include "ops/embedding.h"

#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/index.h"
#include "ops/elementwise.h"
#include "ops/factory.h"
#include "ops/index.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/ternary.h"

namespace tg {
namespace {

bool is_index(DType d) { return d == DType::Int64 || d == DType::Int32; }

void check_index_dtype(const Tensor& t, int position, const char* name, const char* function) {
  if (!is_index(t.dtype()))
    runtime_error("Expected tensor for argument #", position, " '", name,
                  "' to have one of the following scalar types: Long, Int; but got torch.",
                  info(t.dtype()).legacy, " instead (while checking arguments for ", function, ")");
}

Tensor int64_indices(const Tensor& indices) {
  return contiguous_quietly(cast_quietly(indices, DType::Int64));
}

void check_rows(const Tensor& indices, int64_t rows) {
  const int64_t* i = indices.data<int64_t>();
  for (int64_t k = 0; k < indices.numel(); ++k)
    if (i[k] < 0 || i[k] >= rows) index_error("index out of range in self");
}

struct Picked {
  int64_t rows, padding_idx;
  bool by_frequency;
};

// One factor for each index: 0 for padding, 1 over the number of picks by frequency. Undefined
// where all are 1.
Tensor pick_factors(const Tensor& indices, const Picked& p, DType dtype) {
  if (p.padding_idx < 0 && !p.by_frequency) return {};
  const int64_t n = indices.numel();
  const int64_t* at = indices.data<int64_t>();
  std::vector<int64_t> count;
  if (p.by_frequency) {
    count.assign(size_t(p.rows), 0);
    for (int64_t i = 0; i < n; ++i) ++count[size_t(at[i])];
  }
  Tensor factors = empty(Dims{n, 1}, DType::Float64);
  for (int64_t i = 0; i < n; ++i)
    factors.data<double>()[i] = at[i] == p.padding_idx ? 0
                                : p.by_frequency       ? 1.0 / double(count[size_t(at[i])])
                                                       : 1.0;
  return cast_quietly(factors, dtype);
}

// The sum of the rows of grad (*, D) into the rows of (V, D) that `indices` name. Differentiable.
Tensor scatter_rows(const Tensor& grad, const Tensor& indices, const Picked& p) {
  const Dims flat{indices.numel(), grad.size(grad.dim() - 1)};
  Tensor g = reshape(grad, flat);
  const Tensor factors = pick_factors(indices, p, grad.dtype());
  if (factors.defined()) g = g * factors;
  return index_add_(zeros(Dims{p.rows, flat[1]}, grad.dtype()), 0,
                    make_view(indices, Dims{flat[0]}, Dims{1}, indices.storage_offset()), g,
                    Scalar(1));
}

}  // namespace

Tensor embedding(const Tensor& weight, const Tensor& indices, int64_t padding_idx,
                 bool scale_grad_by_freq, bool) {
  if (weight.dim() != 2) runtime_error("'weight' must be 2-D");
  check_index_dtype(indices, 1, "indices", "embedding");
  const Tensor table = contiguous_quietly(weight), at = int64_indices(indices);
  check_rows(at, weight.size(0));
  Dims sizes(indices.sizes());
  const int64_t columns = weight.size(1);
  sizes.push_back(columns);
  Tensor out = empty(sizes, weight.dtype());
  if (columns)
    take_dense_rows(out->data, at.data<int64_t>(), at.numel(), table->data,
                    columns * itemsize(weight.dtype()));
  record("EmbeddingBackward0", out, inputs(weight), saves(at),
         [p = Picked{weight.size(0), padding_idx, scale_grad_by_freq}](
             const Tensor& g, const Tensor& at) { return scatter_rows(g, at, p); });
  return out;
}

Tensor embedding_renorm_(const Tensor& weight, const Tensor& indices, double max_norm,
                         double norm_type) {
  if (weight.dim() != 2)
    runtime_error("Expected 2-dimensional tensor, but got ", weight.dim(),
                  "-dimensional tensor for argument #1 'self' (while checking arguments for "
                  "embedding_renorm_)");
  check_index_dtype(indices, 2, "indices", "embedding_renorm_");
  const Tensor at = int64_indices(indices);
  check_rows(at, weight.size(0));
  check_inplace(weight);
  std::vector<bool> done(size_t(weight.size(0)));
  const int64_t columns = weight.size(1);
  if (!is_floating(weight.dtype()))
    fail(ErrorKind::NotImplemented, "\"embedding_renorm_\" not implemented for '",
         info(weight.dtype()).scalar, "'");
  // 16-bit rows are scaled in a float copy; norm and scale are rounded, as in PyTorch.
  const bool is_short = itemsize(weight.dtype()) == 2;
  const Tensor table = is_short ? cast_quietly(weight, DType::Float32) : weight;
  const auto rounded = [](double value, DType dtype) {
    visit_floating(dtype, "embedding_renorm_", [&](auto tag) {
      value = convert<double>(convert<typename decltype(tag)::type>(value));
    });
    return value;
  };
  const auto renorm = [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t k = 0; k < at.numel(); ++k) {
      const int64_t i = at.data<int64_t>()[k];
      if (done[size_t(i)]) continue;
      done[size_t(i)] = true;
      T* row = table.data<T>() + i * table.stride(0);
      double total = 0;
      for (int64_t c = 0; c < columns; ++c) {
        const double v = std::fabs(static_cast<double>(row[c * table.stride(1)]));
        if (std::isinf(norm_type))
          total = std::max(total, v);
        else
          total += norm_type == 2 ? v * v : norm_type == 1 ? v : std::pow(v, norm_type);
      }
      double norm = std::isinf(norm_type) || norm_type == 1 ? total
                    : norm_type == 2                        ? std::sqrt(total)
                                                            : std::pow(total, 1 / norm_type);
      if (is_short) norm = rounded(norm, weight.dtype());
      if (!(norm > max_norm)) continue;
      double scale = max_norm / (norm + 1e-7);
      if (is_short) scale = rounded(scale, weight.dtype());
      for (int64_t c = 0; c < columns; ++c) row[c * table.stride(1)] *= static_cast<T>(scale);
    }
  };
  if (weight.dtype() == DType::Float64)
    renorm(TypeTag<double>{});
  else
    renorm(TypeTag<float>{});
  if (is_short) copy_values(weight, table);
  bump_version(weight);
  return weight;
}

// --- bags
namespace {

enum BagMode { kSum, kMean, kMax };

struct Bags {
  Picked picked;
  int64_t columns;
  BagMode mode;
};

// The gradient of the table, in differentiable operations of g (B, D).
Tensor bag_gradient(const Bags& bags, const Tensor& g, const Tensor& at, const Tensor& bag_of,
                    const Tensor& counts, const Tensor& largest, const Tensor& sample_weights) {
  const Picked& p = bags.picked;
  if (bags.mode == kMax) {
    // Element (b, d) goes to row largest[b, d] of column d; empty bags have -1 there.
    const Tensor keep = to_dtype(ge(largest, Scalar(0)), g.dtype());
    const Tensor place = maximum(largest, Operand(Scalar(0)));
    return scatter_add(zeros(Dims{p.rows, bags.columns}, g.dtype()), 0, place, g * keep);
  }
  Tensor each = index_select(g, 0, bag_of);
  if (bags.mode == kMean) {
    const Tensor share = reshape(index_select(counts, 0, bag_of), Dims{at.numel(), 1});
    each = each / to_dtype(share, g.dtype());
  }
  if (sample_weights.defined()) each = each * reshape(sample_weights, Dims{at.numel(), 1});
  return scatter_rows(each, at, p);
}

}  // namespace

std::tuple<Tensor, Tensor, Tensor, Tensor> embedding_bag(
    const Tensor& weight, const Tensor& indices, const Tensor& offsets, bool scale_grad_by_freq,
    int64_t mode, bool, const std::optional<Tensor>& per_sample_weights, bool include_last_offset,
    std::optional<int64_t> padding_idx) {
  if (weight.dim() != 2)
    runtime_error("weight has to be a 2D Tensor, but got Tensor of dimension ", weight.dim());
  if (indices.dim() != 1)
    runtime_error("input has to be a 1D Tensor, but got Tensor of dimension ", indices.dim());
  if (offsets.dim() != 1)
    runtime_error("offsets has to be a 1D Tensor, but got Tensor of dimension ", offsets.dim());
  check_index_dtype(indices, 2, "indices", "embedding_bag");
  check_index_dtype(offsets, 3, "offsets", "embedding_bag");
  int64_t padding = padding_idx.value_or(-1);
  if (padding_idx) {
    if (padding < -weight.size(0) || padding >= weight.size(0))
      runtime_error("padding_idx must be within the number of embeddings");
    if (padding < 0) padding += weight.size(0);
  }
  const Bags bags{{weight.size(0), padding, scale_grad_by_freq}, weight.size(1), BagMode(mode)};
  const Tensor at = int64_indices(indices), starts = int64_indices(offsets);
  const int64_t n = at.numel(), columns = bags.columns;
  const int64_t* start = starts.data<int64_t>();
  const int64_t count = starts.numel() - (include_last_offset ? 1 : 0);
  if (include_last_offset && starts.numel() < 1)
    runtime_error("include_last_offset: numBags should be at least 1");
  if (starts.numel() > 0) {
    if (start[0] != 0)
      runtime_error(
          "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to "
          "start from position 0. However, got ",
          start[0]);
    if (start[starts.numel() - 1] > n)
      runtime_error("offsets[-1] can not be greater than input's length(", n,
                    ") but got offsets[-1] of ", start[starts.numel() - 1]);
  }
  for (int64_t b = 1; b < starts.numel(); ++b)
    if (start[b] < start[b - 1]) runtime_error("offsets must not decrease");
  if (per_sample_weights) {
    if (bags.mode != kSum)
      runtime_error("embedding_bag: per_sample_weights only supported with mode='sum'");
    if (per_sample_weights->dtype() != weight.dtype())
      runtime_error("expected scalar type ", info(weight.dtype()).scalar, " but found ",
                    info(per_sample_weights->dtype()).scalar);
    if (per_sample_weights->dim() != 1 || per_sample_weights->numel() != n)
      runtime_error("embedding_bag: per_sample_weights must have as many elements as indices");
  }
  check_rows(at, weight.size(0));
  const DType dtype = loop_dtype(weight.dtype());  // of the loop
  if (!is_floating(dtype))
    fail(ErrorKind::NotImplemented, "\"embedding_bag\" not implemented for '",
         info(weight.dtype()).scalar, "'");
  const Tensor table = cast_quietly(contiguous_quietly(weight), dtype);
  Tensor factors;
  if (per_sample_weights) factors = cast_quietly(contiguous_quietly(*per_sample_weights), dtype);
  Tensor out = empty(Dims{count, columns}, dtype);
  Tensor bag_of = empty(Dims{n}, DType::Int64), counts = empty(Dims{count}, DType::Int64);
  Tensor largest;
  if (bags.mode == kMax) {
    largest = empty(Dims{count, columns}, DType::Int64);
    fill_values(largest, Scalar(-1));
  }
  const auto add_bags = [&](auto tag) {
    using T = typename decltype(tag)::type;
    const LongWork work(n * columns);
    const int64_t* row_of = at.data<int64_t>();
    std::vector<T> sum(static_cast<size_t>(columns));
    for (int64_t b = 0; b < count; ++b) {
      const int64_t end = b + 1 < starts.numel() ? start[b + 1] : n;
      std::fill(sum.begin(), sum.end(), T(0));
      int64_t rows = 0;
      for (int64_t i = start[b]; i < end; ++i) {
        bag_of.data<int64_t>()[i] = b;
        if (row_of[i] == bags.picked.padding_idx) continue;
        const T* row = table.data<T>() + row_of[i] * columns;
        if (bags.mode == kMax) {
          int64_t* index = largest.data<int64_t>() + b * columns;
          for (int64_t c = 0; c < columns; ++c) {
            const T v = row[c];
            if (rows == 0 || v > sum[size_t(c)]) {
              sum[size_t(c)] = v;
              index[c] = row_of[i];
            }
          }
        } else {
          const T factor = factors.defined() ? factors.data<T>()[i] : T(1);
          for (int64_t c = 0; c < columns; ++c) sum[size_t(c)] += row[c] * factor;
        }
        ++rows;
      }
      counts.data<int64_t>()[b] = rows;
      T* to = out.data<T>() + b * columns;
      const T divisor = bags.mode == kMean && rows ? static_cast<T>(rows) : T(1);
      for (int64_t c = 0; c < columns; ++c) to[c] = sum[size_t(c)] / divisor;
    }
    // Indices after the last offset of include_last_offset belong to no bag.
    if (include_last_offset)
      for (int64_t i = start[count]; i < n; ++i)
        runtime_error(
            "embedding_bag: the last offset must be the number of indices with "
            "include_last_offset=True, got ",
            start[count], " of ", n);
  };
  if (dtype == DType::Float64)
    add_bags(TypeTag<double>{});
  else
    add_bags(TypeTag<float>{});
  out = cast_quietly(out, weight.dtype());
  const Tensor samples = per_sample_weights.value_or(Tensor());
  record("EmbeddingBagBackward0", out, inputs(weight, samples),
         saves(weight, at, bag_of, counts, largest, samples),
         [bags](GradInputs& to, const Tensor& g, const Tensor& weight, const Tensor& at,
                const Tensor& bag_of, const Tensor& counts, const Tensor& largest,
                const Tensor& samples) {
           if (to.needed(0)) to.set(0, bag_gradient(bags, g, at, bag_of, counts, largest, samples));
           if (to.needed(1)) {
             Tensor each =
                 sum(index_select(weight, 0, at) * index_select(g, 0, bag_of), Dims{1}, false);
             if (bags.picked.padding_idx >= 0)
               each = masked_fill(each, eq(at, Scalar(bags.picked.padding_idx)), Operand(0.0));
             to.set(1, each);
           }
         });
  return {out, bag_of, counts, largest.defined() ? largest : empty(Dims{0}, DType::Int64)};
}

}  // namespace tg
