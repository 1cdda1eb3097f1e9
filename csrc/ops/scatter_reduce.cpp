#include "ops/scatter_reduce.h"

#include "autograd/record.h"
#include "ops/along.h"
#include "ops/binary.h"
#include "ops/elementwise.h"
#include "ops/factory.h"
#include "ops/index.h"
#include "ops/modify.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "ops/ternary.h"

namespace tg {
namespace {

enum class Reduction { Sum, Prod, Mean, Max, Min };

Reduction reduction_of(const std::string& name) {
  if (name == "sum") return Reduction::Sum;
  if (name == "prod") return Reduction::Prod;
  if (name == "mean") return Reduction::Mean;
  if (name == "amax") return Reduction::Max;
  if (name == "amin") return Reduction::Min;
  runtime_error("reduce argument must be either sum, prod, mean, amax or amin, got ", name);
}

// What a reduction of nothing gives.
Tensor identity_of(Reduction r, DType dtype) {
  if (r == Reduction::Sum || r == Reduction::Mean) return number_tensor(Scalar(0), dtype);
  if (r == Reduction::Prod) return number_tensor(Scalar(1), dtype);
  const bool least = r == Reduction::Max;
  if (is_floating(dtype))
    return number_tensor(Scalar(least ? -std::numeric_limits<double>::infinity()
                                      : std::numeric_limits<double>::infinity()),
                         dtype);
  Tensor out = empty(Dims(), dtype);
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_integral_v<T>)
      *out.data<T>() = least ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
  });
  return out;
}

Combine combine_of(Reduction r) {
  switch (r) {
    case Reduction::Prod:
      return Combine::Multiply;
    case Reduction::Max:
      return Combine::Max;
    case Reduction::Min:
      return Combine::Min;
    default:
      return Combine::Add;
  }
}

// Numbers count as vectors of one.
Tensor at_least_vector(const Tensor& t) {
  return t.dim() ? t : make_view(t, Dims{1}, Dims{1}, t.storage_offset());
}

// What the derivative needs to know.
struct Places {
  int at;
  Reduction reduction;
  bool include_self;
};

// The values; all have the same rank, `index` is int64 and checked, and `source` has its sizes.
void reduce_values(const Tensor& into, const Places& p, const Tensor& index, const Tensor& source) {
  if (index.numel() == 0) return;
  const auto put = [&](const Tensor& to, const Tensor& values, std::span<const int64_t> strides,
                       Combine combine) {
    put_along(to, p.at, index, index.strides(), index.sizes(), values, strides, combine);
  };
  const Dims nowhere(index.dim());
  if (!p.include_self) put(into, identity_of(p.reduction, into.dtype()), nowhere, Combine::Write);
  put(into, source, source.strides(), combine_of(p.reduction));
  if (p.reduction != Reduction::Mean) return;
  GradModeGuard off(false);
  const Tensor counts = full(into.sizes(), Scalar(p.include_self ? 1 : 0), DType::Int64);
  put(counts, number_tensor(Scalar(1), DType::Int64), nowhere, Combine::Add);
  const Tensor divisors = p.include_self ? counts : maximum(counts, Scalar(1));
  copy_values(into, is_floating(into.dtype()) ? div(into, to_dtype(divisors, into.dtype()))
                                              : floor_divide(into, divisors));
}

// The product's derivative is the product of the others, also where elements are zero.
void backward_of_prod(GradInputs& to, const Tensor& g, const Tensor& self, const Tensor& source,
                      const Tensor& index, const Tensor& result, const Places& p) {
  if (to.needed(0)) {
    const Tensor nonzero = masked_fill(self, eq(self, Scalar(0)), Scalar(1));
    Tensor grad =
        g * scatter_reduce(nonzero, p.at, index, source, "prod", p.include_self) / nonzero;
    if (!p.include_self) grad = scatter(grad, p.at, index, Operand(0.0), "");
    to.set(0, grad);
  }
  if (!to.needed(1)) return;
  const Tensor is_zero = eq(source, Scalar(0));
  const Tensor zeros_there =
      gather(scatter_add(zeros(self.sizes(), g.dtype()), p.at, index, to_dtype(is_zero, g.dtype())),
             p.at, index);
  const Tensor only_zero = logical_and(is_zero, eq(zeros_there, Scalar(1)));
  const Tensor others = scatter_reduce(self, p.at, index, masked_fill(source, only_zero, Scalar(1)),
                                       "prod", p.include_self);
  const Tensor grad =
      where(only_zero, gather(g * others, p.at, index),
            gather(g * result, p.at, index) / masked_fill(source, is_zero, Scalar(1)));
  to.set(1, grad);
  if (!grad_mode.enabled) return;
  bool several = false;
  {
    GradModeGuard off(false);
    several = *any(gt(zeros_there, Scalar(1))).data<bool>();
  }
  if (!several) return;
  Tensor guarded = detached_alias(grad, false);
  record("DelayedErrorBackward", guarded, inputs(grad), saves(), [](const Tensor&) -> Tensor {
    runtime_error(
        "scatter_reduce(): Double backward is unsupported for src when >1 zeros in src are "
        "scattered to the same position in self");
  });
  to.set(1, guarded);
}

// A greatest or least element's gradient is shared among all that equal it.
void backward_of_extremum(GradInputs& to, const Tensor& g, const Tensor& self, const Tensor& source,
                          const Tensor& index, const Tensor& result, const Places& p) {
  const DType dtype = g.dtype();
  Tensor self_is_result = to_dtype(eq(self, result), dtype);
  const Tensor source_is_result = to_dtype(eq(source, gather(result, p.at, index)), dtype);
  if (!p.include_self) self_is_result = scatter(self_is_result, p.at, index, Operand(0.0), "");
  const Tensor sharers = scatter_add(self_is_result, p.at, index, source_is_result);
  const Tensor share = g / maximum(sharers, Scalar(1));
  if (to.needed(0)) to.set(0, self_is_result * share);
  if (to.needed(1)) to.set(1, source_is_result * gather(share, p.at, index));
}

void backward_of_mean(GradInputs& to, const Tensor& g, const Tensor& index, const Places& p) {
  Tensor counts;
  {
    GradModeGuard off(false);
    const Tensor one = number_tensor(Scalar(1), g.dtype());
    counts = scatter_add(full(g.sizes(), Scalar(p.include_self ? 1 : 0), g.dtype()), p.at, index,
                         expand(one, index.sizes()));
    if (!p.include_self) counts = maximum(counts, Scalar(1));
  }
  const Tensor share = g / counts;
  if (to.needed(0))
    to.set(0, p.include_self ? share : scatter(share, p.at, index, Operand(0.0), ""));
  if (to.needed(1)) to.set(1, gather(share, p.at, index));
}

void remember(const char* name, const Tensor& out, const Tensor& before, const Tensor& source,
              const Tensor& index, const Places& p) {
  if (p.reduction == Reduction::Sum || p.reduction == Reduction::Mean) {
    record(name, out, inputs(before, source), saves(index),
           [p](GradInputs& to, const Tensor& g, const Tensor& index) {
             if (p.reduction == Reduction::Mean) return backward_of_mean(to, g, index, p);
             if (to.needed(0))
               to.set(0, p.include_self ? g : scatter(g, p.at, index, Operand(0.0), ""));
             if (to.needed(1)) to.set(1, gather(g, p.at, index));
           });
    return;
  }
  record(name, out, inputs(before, source), saves(before, source, index, saved_output(out)),
         [p](GradInputs& to, const Tensor& g, const Tensor& self, const Tensor& source,
             const Tensor& index, const Tensor& result) {
           if (p.reduction == Reduction::Prod)
             backward_of_prod(to, g, self, source, index, result, p);
           else
             backward_of_extremum(to, g, self, source, index, result, p);
         });
}

// The part of `source` that an index tensor of `sizes` reads.
Tensor within(const Tensor& source, std::span<const int64_t> sizes) {
  Tensor out = source;
  for (int d = 0; d < out.dim(); ++d)
    if (out.size(d) > sizes[size_t(d)]) out = slice(out, d, 0, sizes[size_t(d)]);
  return out;
}

// index and source have the same sizes; numbers among the three count as vectors.
Tensor reduced(const char* name, const Tensor& x, const Places& p, const Tensor& index,
               const Tensor& source) {
  Tensor out = empty(x.sizes(), x.dtype());
  copy_values(out, x);
  reduce_values(at_least_vector(out), p, at_least_vector(index),
                at_least_vector(apart_from(out, source)));
  remember(name, out, x, source, index, p);
  return out;
}

Tensor in_place_reduced(const char* name, const Tensor& self, const Places& p, const Tensor& index,
                        const Tensor& source) {
  const bool tracked = grad_mode.enabled && (requires_grad(self) || requires_grad(source));
  if (tracked)
    return in_place(self, true,
                    [&](const Tensor& x) { return reduced(name, x, p, index, source); });
  check_inplace(self);
  reduce_values(at_least_vector(self), p, at_least_vector(index),
                at_least_vector(apart_from(self, source)));
  bump_version(self);
  return self;
}

int rank_of(const Tensor& t) { return std::max(t.dim(), 1); }

using Run = Tensor (*)(const char* name, const Tensor& x, const Places& p, const Tensor& index,
                       const Tensor& source);

Tensor scatter_reduced(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source,
                       const std::string& reduce, bool include_self, Run run) {
  const int at = wrap_dim(dim, x.dim());
  const Places p{at, reduction_of(reduce), include_self};
  if (index.numel() && !is_index_dtype(index.dtype()))
    runtime_error("scatter(): Expected dtype int32/int64 for index");
  if (source.dtype() != x.dtype())
    runtime_error("scatter(): Expected self.dtype to be equal to src.dtype");
  if (p.reduction == Reduction::Mean && x.dtype() == DType::Bool)
    fail(ErrorKind::NotImplemented,
         "\"scatter_gather_tensor_cpu_reduce_mean\" not implemented for 'Bool'");
  if (index.numel()) {
    if (rank_of(index) != rank_of(x))
      runtime_error("Index tensor must have the same number of dimensions as self tensor");
    if (rank_of(index) != rank_of(source))
      runtime_error("Index tensor must have the same number of dimensions as src tensor");
    for (int d = 0; d < rank_of(index); ++d) {
      const int64_t n = size_at(index, d);
      if ((d != at && n > size_at(x, d)) || n > size_at(source, d))
        runtime_error("Expected index ", to_string(index.sizes()), " to be no larger than self ",
                      to_string(x.sizes()), " apart from dimension ", at,
                      " and to be no larger size than src ", to_string(source.sizes()));
    }
  }
  const Tensor places = int64_of(index);
  check_bounds(places, at, size_at(x, at));
  // With nothing to read, source takes no part but in the graph.
  const Tensor read = index.numel() == 0 ? slice(reshape(source, Dims{-1}), 0, 0, 0)
                      : index.dim()
                          ? within(source.dim() ? source : reshape(source, Dims{1}), index.sizes())
                          : reshape(within(reshape(source, Dims{-1}), Dims{1}), Dims());
  return run("ScatterReduceBackward0", x, p, places,
             index.numel() == 0 ? reshape(read, index.sizes()) : read);
}

Tensor index_reduced(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source,
                     const std::string& reduce, bool include_self, Run run) {
  if (reduce != "prod" && reduce != "mean" && reduce != "amax" && reduce != "amin")
    runtime_error("index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got ",
                  reduce, ".");
  const int at = wrap_dim(dim, x.dim());
  const Places p{at, reduction_of(reduce), include_self};
  if (index.dim() > 1)
    index_error("index_reduce_(): Index is supposed to be a vector, but got dim: ", index.dim(),
                " with type: ", info(index.dtype()).scalar,
                " and size: ", to_string(index.sizes()));
  if (!is_index_dtype(index.dtype()))
    runtime_error("index_reduce_(): Expected dtype int32/int64 for index but got: ",
                  info(index.dtype()).scalar);
  if (x.dtype() != source.dtype())
    runtime_error("index_reduce_(): self (", info(x.dtype()).scalar, ") and source (",
                  info(source.dtype()).scalar, ") must have the same scalar type");
  const int64_t count = source.dim() == 0 ? 1 : at < source.dim() ? source.size(at) : 0;
  if (index.numel() != count)
    runtime_error("index_reduce_(): Number of indices (", index.numel(),
                  ") should be equal to source.size(dim): (", count, "), for dim: ", at);
  bool fits = rank_of(source) == rank_of(x);
  for (int d = 0; fits && d < x.dim(); ++d) fits = d == at || x.size(d) == size_at(source, d);
  if (x.dim() == 0) fits = source.numel() == 1;
  if (!fits)
    runtime_error(
        "source tensor shape must match self tensor shape, excluding the specified dimension. Got "
        "self.shape = ",
        to_string(x.sizes()), " source.shape = ", to_string(source.sizes()));
  if (x.dtype() == DType::Bool)
    fail(ErrorKind::NotImplemented, "\"index_func_\" not implemented for 'Bool'");
  const Tensor places = int64_of(index);
  if (first_outside(places.data<int64_t>(), places.numel(), 0, size_at(x, at)))
    index_error("index out of range in self");
  const Tensor read = source.dim() == x.dim() ? source : reshape(source, Dims(x.dim(), 1));
  Dims sizes(x.dim(), 1);
  if (x.dim()) sizes[at] = places.numel();
  const Tensor everywhere = expand(reshape(places, sizes), read.sizes());
  return run("IndexReduceBackward0", x, p, everywhere, read);
}

Tensor put_with(const Tensor& x, const Tensor& index, const Tensor& source, bool accumulate,
                auto run) {
  if (index.dtype() != DType::Int64)
    runtime_error("put_(): Expected a long tensor for index, but got ", info(index.dtype()).scalar);
  if (x.dtype() != source.dtype())
    runtime_error("put_(): self and source expected to have the same dtype, but got self.dtype = ",
                  info(x.dtype()).scalar, " and source.dtype = ", info(source.dtype()).scalar);
  if (index.numel() != source.numel())
    index_error(
        "put_(): Expected source and index to have the same number of elements, but got "
        "source.numel() = ",
        source.numel(), ", index.numel() = ", index.numel());
  const int64_t n = x.numel();
  if (n == 0 && index.numel()) index_error("put_(): Tried to put elements into an empty tensor");
  Tensor places = int64_of(index);
  if (const int64_t* bad = first_outside(places.data<int64_t>(), places.numel(), -n, n))
    index_error("out of range: tried to access index ", *bad, " on a tensor of ", n, " elements.");
  places = from_front(places, n);
  return run(
      x,
      [&](const Tensor& into) {
        GradModeGuard off(false);
        const Tensor values = contiguous(apart_from(into, source)), dense = contiguous(into);
        put_along(make_view(dense, Dims{n}, Dims{1}, dense.storage_offset()), 0, places, Dims{1},
                  Dims{places.numel()}, values, Dims{1},
                  accumulate ? Combine::Add : Combine::Write);
        copy_values(into, dense);
      },
      [&](const Tensor& out, const Tensor& before) {
        record("PutBackward0", out, inputs(before, source), saves(places),
               [accumulate, sizes = Dims(source.sizes())](GradInputs& to, const Tensor& g,
                                                          const Tensor& places) {
                 if (to.needed(0))
                   to.set(0,
                          accumulate ? g : put(g, places, zeros(places.sizes(), g.dtype()), false));
                 if (to.needed(1)) to.set(1, reshape(take(g, places), sizes));
               });
      });
}

}  // namespace

Tensor scatter_reduce(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source,
                      const std::string& reduce, bool include_self) {
  return scatter_reduced(x, dim, index, source, reduce, include_self, reduced);
}
Tensor scatter_reduce_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source,
                       const std::string& reduce, bool include_self) {
  return scatter_reduced(self, dim, index, source, reduce, include_self, in_place_reduced);
}
Tensor index_reduce(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source,
                    const std::string& reduce, bool include_self) {
  return index_reduced(x, dim, index, source, reduce, include_self, reduced);
}
Tensor index_reduce_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source,
                     const std::string& reduce, bool include_self) {
  return index_reduced(self, dim, index, source, reduce, include_self, in_place_reduced);
}

Tensor put(const Tensor& x, const Tensor& index, const Tensor& source, bool accumulate) {
  return put_with(x, index, source, accumulate, kOutOfPlace);
}
Tensor put_(const Tensor& self, const Tensor& index, const Tensor& source, bool accumulate) {
  return put_with(self, index, source, accumulate, kInPlace);
}

}  // namespace tg
