#include "ops/sort.h"

#include "autograd/record.h"
#include "kernels/sort.h"
#include "ops/along.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/operators.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/ternary.h"
#include "ops/unary.h"

namespace tg {
namespace {

// Memory for a kernel: on the stack where little is needed.
class Scratch {
 public:
  explicit Scratch(int64_t bytes) {
    if (bytes <= int64_t(sizeof local_)) return;
    large_ = empty(Dims{bytes}, DType::UInt8);
    at_ = large_->data;
  }
  Scratch(const Scratch&) = delete;
  char* data() { return at_; }

 private:
  alignas(16) char local_[4096];
  Tensor large_;
  char* at_ = local_;
};

SortTask task_of(const Tensor& dense, int dim, bool descending) {
  return {lines_of(dense.sizes(), dim), dense.dtype(), dense->data, descending};
}

struct Ranked {
  Tensor values, indices;
};
Ranked ranked(const Tensor& x, int dim, const Ranks& ranks, bool descending,
              std::span<const int64_t> sizes) {
  const Tensor in = contiguous_quietly(x);
  Ranked out{empty(sizes, x.dtype()), empty(sizes, DType::Int64)};
  if (out.indices.numel() == 0) return out;
  const SortTask task = task_of(in, dim, descending);
  Scratch scratch(sort_scratch(task, ranks));
  ranks_of_lines(task, ranks, out.values->data, out.indices.data<int64_t>(), scratch.data());
  return out;
}

// The values follow the indices along dim.
void record_places(const char* node, const Tensor& values, const Tensor& x, const Tensor& indices,
                   int dim) {
  record(node, values, inputs(x), saves(indices),
         [dim, sizes = Dims(x.sizes())](const Tensor& g, const Tensor& indices) {
           return put_places(g, indices, sizes, dim);
         });
}

Dims sizes_with(const Tensor& x, int dim, int64_t n) {
  Dims sizes(x.sizes());
  if (x.dim()) sizes[dim] = n;
  return sizes;
}

void check_line(const char* name, const Tensor& x, int dim) {
  if (x.dim() && x.size(dim) == 0)
    index_error(name, "(): Expected reduction dim ", dim, " to have non-zero size.");
}

// One element of each line along dim.
Ranked one_ranked(const Tensor& x, int dim, bool keepdim, const Ranks& ranks) {
  return ranked(x, dim, ranks, false, reduced_sizes(x, one_dim(dim) & all_dims(x.dim()), keepdim));
}

void refuse_bool(const char* name, const Tensor& x) {
  if (x.dtype() == DType::Bool)
    fail(ErrorKind::NotImplemented, "\"", name, "\" not implemented for 'Bool'");
}

Tensor median_of_all(const char* node, const Tensor& x, Ranks::Kind kind) {
  refuse_bool("median_cpu", x);
  Tensor out;
  if (x.numel() == 0) {
    out = empty(Dims(), x.dtype());
    fill_values(out, is_floating(x.dtype()) ? Scalar(std::nan("")) : Scalar(INT64_MIN));
  } else {
    const Tensor flat = make_view(contiguous_quietly(x), Dims{x.numel()}, Dims{1}, 0);
    out = one_ranked(flat, 0, false, {0, 1, kind}).values;
  }
  record(node, out, inputs(x), saves(x, saved_output(out)),
         [](const Tensor& g, const Tensor& x, const Tensor& y) {
           const Tensor ties = to_dtype((x == y) || (isnan(x) && isnan(y)), g.dtype());
           return g / sum(ties) * ties;
         });
  return out;
}

template <class Result>
Result median_along(const char* name, const char* node, const Tensor& x, int64_t dim, bool keepdim,
                    Ranks::Kind kind) {
  const int d = wrap_dim(dim, x.dim());
  check_line(name, x, d);
  refuse_bool("median_out", x);
  Ranked out = one_ranked(x, d, keepdim, {0, 1, kind});
  record_places(node, out.values, x, out.indices, d);
  return {{std::move(out.values), std::move(out.indices)}};
}

// --- quantiles
enum class Interpolation { Linear, Lower, Higher, Midpoint, Nearest };
Interpolation interpolation_of(const char* name, const std::string& text) {
  constexpr const char* kNames[] = {"linear", "lower", "higher", "midpoint", "nearest"};
  for (int i = 0; i < 5; ++i)
    if (text == kNames[i]) return Interpolation(i);
  runtime_error(name,
                "() interpolation must be one of linear, lower, higher, midpoint or nearest, but "
                "got ",
                text);
}

Tensor checked_q(const char* name, const Tensor& x, const Operand& q) {
  if (x.numel() == 0) runtime_error(name, "() input tensor must be non-empty");
  if (!q.is_tensor()) {
    const double value = q.scalar.to<double>();
    if (!(value >= 0 && value <= 1))
      runtime_error(name, "() q must be in the range [0, 1] but got ", value);
  } else if (q.tensor->dim() > 1) {
    runtime_error(name, "() q must be a scalar or 1D tensor");
  }
  if (x.dtype() != DType::Float32 && x.dtype() != DType::Float64)
    runtime_error(name, "() input tensor must be either float or double dtype");
  if (!q.is_tensor()) return full({}, q.scalar, x.dtype());
  if (q.tensor->dtype() != x.dtype())
    runtime_error(name, "() q tensor must be same dtype as the input tensor");
  GradModeGuard off(false);
  const Tensor inside = (*q.tensor >= 0.0) && (*q.tensor <= 1.0);
  if (!*all(inside).data<bool>()) runtime_error(name, "() q values must be in the range [0, 1]");
  return *q.tensor;
}

Tensor quantile_of(const char* name, const Tensor& x, const Operand& q_operand,
                   std::optional<int64_t> dim, bool keepdim, const std::string& interpolation,
                   bool skip_nan) {
  const Tensor q = checked_q(name, x, q_operand);
  const int d = dim ? wrap_dim(*dim, x.dim()) : 0;
  const Interpolation kind = interpolation_of(name, interpolation);
  // The result without q's dimension.
  const uint64_t mask = dim ? one_dim(d) & all_dims(x.dim()) : all_dims(x.dim());
  Dims sizes = reduced_sizes(x, mask, keepdim);

  // The lines last, sorted.
  const Tensor lines = !dim || x.dim() == 0 ? reshape(x, Dims{-1})
                       : d == x.dim() - 1   ? x
                                            : movedim(x, Dims{d}, Dims{-1});
  const Tensor sorted = sort(lines, -1, false).values;
  const Tensor q_row = q.dim() ? q : unsqueeze(q, 0);
  const double last = double(sorted.size(sorted.dim() - 1) - 1);
  Tensor ranks;
  {
    const Tensor nan = isnan(sorted);
    const Dims lines_dim{-1};
    if (skip_nan) {
      const Tensor counts = to_dtype(sum(logical_not(nan), lines_dim, true), x.dtype());
      ranks = q_row * (counts - 1.0);
      ranks = masked_fill(ranks, ranks < 0.0, Operand(0.0));
    } else {
      ranks = masked_fill(q_row * last, any(nan, lines_dim, true), Operand(last));
    }
  }
  const int at = sorted.dim() - 1;
  Dims taken(sorted.sizes());
  taken[at] = q_row.numel();
  if (!ranks.same_sizes(sorted) || ranks.size(at) != taken[at]) ranks = expand(ranks, taken);
  auto values_at = [&](const Tensor& place) {
    GradModeGuard off(false);
    return contiguous(to_dtype(place, DType::Int64));
  };
  auto quiet = [&](auto f) {
    GradModeGuard off(false);
    return f(ranks);
  };
  Tensor out;
  switch (kind) {
    case Interpolation::Lower:
      out = take_places(sorted, values_at(ranks), at);
      break;
    case Interpolation::Higher:
      out = take_places(sorted, values_at(quiet([](const Tensor& r) { return ceil(r); })), at);
      break;
    case Interpolation::Nearest:
      // Halves go to the even neighbour.
      out = take_places(sorted, values_at(quiet([](const Tensor& r) {
                          const Tensor down = floor(r), part = r - down;
                          const Tensor odd = floor(down / 2) * 2.0 != down;
                          return where((part > 0.5) || ((part == 0.5) && odd), down + 1.0, down);
                        })),
                        at);
      break;
    default: {
      const Tensor below = values_at(ranks);
      const Tensor above = values_at(quiet([](const Tensor& r) { return ceil(r); }));
      const Tensor low = take_places(sorted, below, at), high = take_places(sorted, above, at);
      if (kind == Interpolation::Midpoint) {
        out = lerp(low, high, Operand(0.5));
      } else {
        out = lerp(low, high, Operand(ranks - to_dtype(below, x.dtype())));
      }
    }
  }
  // [lines..., q] becomes [q, result...]
  if (q.dim()) {
    out = movedim(out, Dims{-1}, Dims{0});
    sizes.insert(0, q.numel());
  }
  // PyTorch ends with squeeze_(), which the printed form shows.
  out = reshape(out, sizes);
  const Tensor result = detached_alias(out, false);
  record("SqueezeBackward4", result, inputs(out), saves(), [](const Tensor& g) { return g; });
  return result;
}

}  // namespace

// --- places
Tensor take_places(const Tensor& x, const Tensor& indices, int dim) {
  Dims sizes(indices.sizes()), strides(indices.strides());
  const bool dropped = sizes.size() < x.dim();
  if (dropped) {
    sizes.insert(dim, 1);
    strides.insert(dim, 0);
  }
  Tensor out = take_along(x, dim, indices, strides, sizes);
  if (dropped) {
    out->set_geometry(indices.sizes(), contiguous_strides(indices.sizes()));
  }
  record("GatherBackward0", out, inputs(x), saves(indices),
         [dim, sizes = Dims(x.sizes())](const Tensor& g, const Tensor& indices) {
           return put_places(g, indices, sizes, dim);
         });
  return out;
}

Tensor put_places(const Tensor& g, const Tensor& indices, std::span<const int64_t> sizes, int dim) {
  Tensor out = zeros(sizes, g.dtype());
  Dims walked(indices.sizes()), strides(indices.strides()), steps(g.strides());
  if (walked.size() < int(sizes.size())) {
    walked.insert(dim, 1);
    strides.insert(dim, 0);
    steps.insert(dim, 0);
  }
  put_along(out, dim, indices, strides, walked, g, steps, Combine::Add);
  record("ValueSelectingReductionBackward0", out, inputs(g), saves(indices),
         [dim](const Tensor& gg, const Tensor& indices) { return take_places(gg, indices, dim); });
  return out;
}

// --- sorting
SortResult sort(const Tensor& x, int64_t dim, bool descending) {
  const int d = wrap_dim(dim, x.dim());
  Ranked out = ranked(x, d, {0, size_at(x, d)}, descending, x.sizes());
  record_places("SortBackward0", out.values, x, out.indices, d);
  return {std::move(out.values), std::move(out.indices)};
}
Tensor argsort(const Tensor& x, int64_t dim, bool descending) {
  const int d = wrap_dim(dim, x.dim());
  const Tensor in = contiguous_quietly(x);
  Tensor out = empty(x.sizes(), DType::Int64);
  if (out.numel() == 0) return out;
  const SortTask task = task_of(in, d, descending);
  const Ranks ranks{0, task.lines.n};
  Scratch scratch(sort_scratch(task, ranks));
  ranks_of_lines(task, ranks, nullptr, out.data<int64_t>(), scratch.data());
  return out;
}
Tensor msort(const Tensor& x) { return sort(x, 0, false).values; }

TopkResult topk(const Tensor& x, int64_t k, int64_t dim, bool largest, bool sorted) {
  const int d = wrap_dim(dim, x.dim());
  if (k < 0 || k > size_at(x, d)) runtime_error("selected index k out of range");
  if (x.dtype() == DType::Bool) runtime_error("topk does not support bool dtypes on CPU");
  if (x.dim() == 0) k = 1;  // the result is 0-d whatever k
  Ranked out = ranked(x, d, {0, k, Ranks::Kind::Fixed, sorted}, largest, sizes_with(x, d, k));
  record_places("TopkBackward0", out.values, x, out.indices, d);
  return {{std::move(out.values), std::move(out.indices)}};
}

KthvalueResult kthvalue(const Tensor& x, int64_t k, int64_t dim, bool keepdim) {
  const int d = wrap_dim(dim, x.dim());
  check_line("kthvalue", x, d);
  if (k < 1 || k > size_at(x, d))
    runtime_error("kthvalue(): selected number k out of range for dimension ", d);
  refuse_bool("kthvalue_cpu", x);
  Ranked out = one_ranked(x, d, keepdim, {k - 1, k});
  record_places("KthvalueBackward0", out.values, x, out.indices, d);
  return {{std::move(out.values), std::move(out.indices)}};
}

Tensor median(const Tensor& x) { return median_of_all("MedianBackward0", x, Ranks::Kind::Median); }
Tensor nanmedian(const Tensor& x) {
  return median_of_all("NanmedianBackward0", x, Ranks::Kind::NanMedian);
}
MedianResult median(const Tensor& x, int64_t dim, bool keepdim) {
  return median_along<MedianResult>("median", "MedianBackward1", x, dim, keepdim,
                                    Ranks::Kind::Median);
}
NanmedianResult nanmedian(const Tensor& x, int64_t dim, bool keepdim) {
  return median_along<NanmedianResult>("nanmedian", "NanmedianBackward1", x, dim, keepdim,
                                       Ranks::Kind::NanMedian);
}

ModeResult mode(const Tensor& x, int64_t dim, bool keepdim) {
  const int d = wrap_dim(dim, x.dim());
  check_line("mode", x, d);
  const Tensor in = contiguous_quietly(x);
  const Dims sizes = reduced_sizes(x, one_dim(d) & all_dims(x.dim()), keepdim);
  ModeResult out{{empty(sizes, x.dtype()), empty(sizes, DType::Int64)}};
  if (out.values.numel()) {
    const SortTask task = task_of(in, d, false);
    Scratch scratch(sort_scratch(task, {0, task.lines.n}));
    mode_of_lines(task, out.values->data, out.indices.data<int64_t>(), scratch.data());
  }
  record_places("ModeBackward0", out.values, x, out.indices, d);
  return out;
}

Tensor quantile(const Tensor& x, const Operand& q, std::optional<int64_t> dim, bool keepdim,
                const std::string& interpolation) {
  return quantile_of("quantile", x, q, dim, keepdim, interpolation, false);
}
Tensor nanquantile(const Tensor& x, const Operand& q, std::optional<int64_t> dim, bool keepdim,
                   const std::string& interpolation) {
  return quantile_of("nanquantile", x, q, dim, keepdim, interpolation, true);
}

}  // namespace tg
