#include "ops/reduce.h"

#include "autograd/record.h"
#include "kernels/sum.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/unary.h"

namespace tg {
namespace {

// A sum, or a mean where `divisor` is the count.
template <class T>
struct SumOp : ReduceOp<T, T, T> {
  static constexpr bool adds = true;
  T divisor = 1;
  T identity() const { return 0; }
  T map(T x, T) const { return x; }
  T combine(T a, T b) const { return a + b; }
  T line(const T* x, int64_t n, T) const {
    if constexpr (std::is_integral_v<T>)
      return sum_kernels_of_machine().of_integers(x, n);
    else
      return sum_kernels<T>().sum(x, n);
  }
  void columns(const T* x, int64_t n, int64_t pitch, int64_t width, T* sums) const
    requires std::is_floating_point_v<T>
  {
    sum_kernels<T>().columns(x, n, pitch, width, sums);
  }
  T finish(T a, T) const {
    if constexpr (std::is_integral_v<T>)
      return a;
    else
      return a / divisor;
  }
};
template <class T>
struct NanSumOp : SumOp<T> {
  static constexpr bool adds = false;
  void line() const = delete;  // hides the sum's
  void columns() const = delete;
  T map(T x, T) const { return x == x ? x : T(0); }
};
// On bytes, of which all but 0 are true: the loops vectorise.
struct AllOp : ReduceOp<uint8_t, uint8_t, bool> {
  uint8_t identity() const { return 1; }
  uint8_t map(uint8_t x, uint8_t) const { return x; }
  uint8_t combine(uint8_t a, uint8_t b) const { return a < b ? a : b; }
};
struct AnyOp : AllOp {
  uint8_t identity() const { return 0; }
  uint8_t combine(uint8_t a, uint8_t b) const { return a | b; }
};

// x in `dtype`, but as it is where the loop over it runs on that anyway.
Tensor summand(const Tensor& x, DType dtype) {
  return dtype == wide_dtype(x.dtype()) || dtype == loop_dtype(x.dtype()) ? x
                                                                          : cast_quietly(x, dtype);
}

// The sum in `dtype`; bool means "any".
Tensor sum_values(const Tensor& x, uint64_t mask, std::span<const int64_t> sizes, DType dtype) {
  const Tensor in = summand(x, dtype);
  Tensor out = empty(sizes, loop_dtype(in.dtype()));
  visit_widened(in.dtype(), [&](auto tag) {
    reduce_into(out, in, mask, SumOp<typename decltype(tag)::type>{});
  });
  return cast_quietly(out, dtype);
}

Tensor mean_values(const Tensor& x, uint64_t mask, std::span<const int64_t> sizes,
                   OptionalDType dtype) {
  const DType result = dtype.value_or(x.dtype());
  if (!is_floating(result))
    runtime_error(
        "mean(): could not infer output dtype. ", dtype ? "Optional" : "Input",
        " dtype must be either a floating point or complex dtype. Got: ", info(result).scalar);
  const Tensor in = summand(x, result);
  Tensor out = empty(sizes, loop_dtype(in.dtype()));
  const double count = double(reduced_count(x.sizes(), mask));
  visit_real(out.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    reduce_into(out, in, mask, SumOp<T>{{}, static_cast<T>(count)});
  });
  return cast_quietly(out, result);
}

Tensor sum_masked(const Tensor& x, uint64_t mask, bool keepdim, OptionalDType dtype) {
  Tensor out =
      sum_values(x, mask, reduced_sizes(x, mask, keepdim), dtype.value_or(wide_dtype(x.dtype())));
  if (!should_record(out, inputs(x))) return out;  // what a node keeps takes its time
  record("SumBackward1", out, inputs(x), saves(),
         [of = Reduced(x, mask, keepdim), dtype = x.dtype()](const Tensor& g) {
           return to_dtype(of.expand(g), dtype);
         });
  return out;
}

Tensor is_nonzero(const Tensor& x) {
  GradModeGuard off(false);
  return itemsize(x.dtype()) == 1 ? x : ne(x, Scalar(0));
}

template <class Op>
Tensor test(const Tensor& x, const OptionalDims& dims, bool keepdim) {
  // An empty list of dims reduces nothing here.
  const uint64_t mask = dims && dims->empty() ? 0 : dim_mask(x, dims);
  Tensor out = empty(reduced_sizes(x, mask, keepdim), DType::Bool);
  reduce_into(out, is_nonzero(x), mask, Op{});
  return x.dtype() == DType::UInt8 ? to_dtype(out, DType::UInt8) : out;
}

}  // namespace

Tensor sum(const Tensor& x, OptionalDType dtype) {
  Tensor out = sum_values(x, all_dims(x.dim()), {}, dtype.value_or(wide_dtype(x.dtype())));
  record("SumBackward0", out, inputs(x), saves(),
         [sizes = Dims(x.sizes()), dtype = x.dtype()](const Tensor& g) {
           return to_dtype(spread(g, sizes), dtype);
         });
  return out;
}

Tensor sum(const Tensor& x, const OptionalDims& dims, bool keepdim, OptionalDType dtype) {
  return sum_masked(x, dim_mask(x, dims), keepdim, dtype);
}
Tensor sum_over(const Tensor& x, uint64_t mask, bool keepdim) {
  return sum_masked(x, mask, keepdim, {});
}

Tensor nansum(const Tensor& x, const OptionalDims& dims, bool keepdim, OptionalDType dtype) {
  if (!is_floating(x.dtype())) return sum(x, dims, keepdim, dtype);
  const uint64_t mask = dim_mask(x, dims);
  const Tensor in = cast_quietly(x, dtype.value_or(x.dtype()));
  if (!is_floating(in.dtype())) return sum(in, dims, keepdim, dtype);
  Tensor out = empty(reduced_sizes(x, mask, keepdim), loop_dtype(in.dtype()));
  visit_real(out.dtype(), [&](auto tag) {
    reduce_into(out, in, mask, NanSumOp<typename decltype(tag)::type>{});
  });
  out = cast_quietly(out, in.dtype());
  record("NansumBackward0", out, inputs(x), saves(x),
         [of = Reduced(x, mask, keepdim)](const Tensor& g, const Tensor& x) {
           return to_dtype(of.expand(g), x.dtype()) * logical_not(isnan(x));
         });
  return out;
}

Tensor mean(const Tensor& x, OptionalDType dtype) {
  Tensor out = mean_values(x, all_dims(x.dim()), {}, dtype);
  record("MeanBackward0", out, inputs(x), saves(),
         [sizes = Dims(x.sizes()), dtype = x.dtype()](const Tensor& g) {
           return to_dtype(spread(g, sizes, double(checked_numel(sizes))), dtype);
         });
  return out;
}

Tensor mean(const Tensor& x, const OptionalDims& dims, bool keepdim, OptionalDType dtype) {
  const uint64_t mask = dim_mask(x, dims);
  Tensor out = mean_values(x, mask, reduced_sizes(x, mask, keepdim), dtype);
  if (!should_record(out, inputs(x))) return out;
  record("MeanBackward1", out, inputs(x), saves(),
         [of = Reduced(x, mask, keepdim), dtype = x.dtype()](const Tensor& g) {
           const double count = double(of.count());
           return to_dtype(grad_mode.enabled ? of.expand(g) / count : of.expand(g / count), dtype);
         });
  return out;
}

Tensor count_nonzero(const Tensor& x, const OptionalDims& dims) {
  GradModeGuard off(false);
  return sum(x.dtype() == DType::Bool ? x : ne(x, Scalar(0)), dims, false);
}

Tensor all(const Tensor& x, const OptionalDims& dims, bool keepdim) {
  return test<AllOp>(x, dims, keepdim);
}
Tensor any(const Tensor& x, const OptionalDims& dims, bool keepdim) {
  return test<AnyOp>(x, dims, keepdim);
}

Tensor sum_to(const Tensor& grad, std::span<const int64_t> sizes, DType dtype) {
  const int shift = grad.dim() - int(sizes.size());
  uint64_t mask = all_dims(shift);
  bool same = shift == 0;
  for (int d = shift; d < grad.dim(); ++d) {
    if (sizes[size_t(d - shift)] == grad.size(d)) continue;
    mask |= one_dim(d);
    same = false;
  }
  if (same) return grad.dtype() == dtype ? grad : to_dtype(grad, dtype);
  Tensor out = sum_values(grad, mask, sizes, wide_dtype(grad.dtype()));
  // The result has all its dims: those in front went, the others stayed as ones.
  record("SumBackward1", out, inputs(grad), saves(),
         [sizes = Dims(grad.sizes())](const Tensor& g) { return expand(g, sizes); });
  return out.dtype() == dtype ? out : to_dtype(out, dtype);
}

}  // namespace tg
