// What all reductions share: which axes go, the result's sizes, the call of a kernel, and gradients
// put back. Sets of axes are masks: bit d for dimension d.
#pragma once

#include <optional>

#include "autograd/grad_mode.h"
#include "core/tensor.h"
#include "kernels/lines.h"
#include "kernels/reduce.h"

namespace tg {

using OptionalDims = std::optional<Dims>;

// No dims, or an empty list of them, means all. Throws for dims out of range or given twice.
uint64_t dim_mask(const Tensor& x, std::span<const int64_t> dims);
uint64_t dim_mask(const Tensor& x, const OptionalDims& dims);
inline uint64_t all_dims(int ndim) { return ndim == 64 ? ~uint64_t{0} : (uint64_t{1} << ndim) - 1; }
inline uint64_t one_dim(int dim) { return uint64_t{1} << dim; }

Dims reduced_sizes(const Tensor& x, uint64_t mask, bool keepdim);
int64_t reduced_count(std::span<const int64_t> sizes, uint64_t mask);

// x as dense lines along the dims of a mask. Those that are not neighbours are brought together at
// the end.
struct MaskedLines {
  MaskedLines(const Tensor& x, uint64_t mask);
  Tensor dense;
  Lines lines;
  bool permuted = false;
};

// How a result's gradient gets back to its input.
struct Reduced {
  Reduced(const Tensor& x, uint64_t mask, bool keepdim)
      : sizes(x.sizes()), mask(mask), keepdim(keepdim) {}
  // The result (or its gradient) with the reduced dims as ones. Differentiable, as the next.
  Tensor restore(const Tensor& result) const;
  // The gradient repeated along them.
  Tensor expand(const Tensor& grad) const;
  int64_t count() const { return reduced_count(sizes, mask); }

  Dims sizes;
  uint64_t mask;
  bool keepdim;
};

// The sum over the dims of a mask; they stay as ones where keepdim.
Tensor sum_over(const Tensor& x, uint64_t mask, bool keepdim);
// The greatest over them, without history; there must be one.
Tensor max_over(const Tensor& x, uint64_t mask);
// grad / divisor in every element: the gradient of a full reduction. `grad` has one element.
Tensor spread(const Tensor& grad, std::span<const int64_t> sizes, double divisor = 1);

// Of var() and vector_norm(), whose results and gradients come with the reduced dims as ones.
// `of_all`: no dims were given; without degrees of freedom PyTorch then says infinity, and NaN at
// the mean. `means` of the lines, in double, spare a pass. norm_gradient() gives none for p = 0.
Tensor var_gradient(const Tensor& restored_grad, const Tensor& x, const Reduced& of,
                    double correction, bool of_all, const Tensor& means = {});
Tensor norm_gradient(const Tensor& g, const Tensor& x, const Tensor& norm, double p, uint64_t mask);

// s[i] = add[i] + coef[i] * s[i - 1] along dim, or s[i + 1] in reverse. Differentiable.
Tensor running_recurrence(const Tensor& coef, const Tensor& add, int dim, bool reverse);

// A cast and a copy without history.
Tensor cast_quietly(const Tensor& x, DType dtype);
Tensor contiguous_quietly(const Tensor& x);
// x in the dtype that loops run on; kernels/reduce.h says which.
inline Tensor widened(const Tensor& x) { return cast_quietly(x, loop_dtype(x.dtype())); }
// Calls f with its C++ type.
template <class F>
void visit_widened(DType dtype, const F& f) {
  switch (loop_dtype(dtype)) {
    case DType::Float32:
      return f(TypeTag<float>{});
    case DType::Float64:
      return f(TypeTag<double>{});
    default:
      return f(TypeTag<int64_t>{});
  }
}

// The same for what is known to be floating.
template <class F>
void visit_real(DType dtype, const F& f) {
  if (dtype == DType::Float64)
    f(TypeTag<double>{});
  else
    f(TypeTag<float>{});
}

// Runs op over x into `out`, which is contiguous and holds the kept dims in order. Elements become
// the op's own type on the way.
void reduce_into(const Tensor& out, const Tensor& x, uint64_t mask, const reduction::Loops& loops,
                 const void* op, const void* params);
template <class Op>
void reduce_into(const Tensor& out, const Tensor& x, uint64_t mask, const Op& op,
                 const typename Op::Acc* params = nullptr) {
  reduce_into(out, x, mask, reduction::LoopsOf<Op>::loops, &op, params);
}

// The parts that most ops have in common.
template <class InType, class AccType, class OutType>
struct ReduceOp {
  using In = InType;
  using Acc = AccType;
  using Out = OutType;
  static constexpr bool has_param = false;
  Out finish(Acc a, Acc) const { return convert<Out>(a); }
};
// Integers are summed and multiplied as int64.
inline DType wide_dtype(DType dtype) { return is_floating(dtype) ? dtype : DType::Int64; }

}  // namespace tg
