// Products, running sums and running products. Derivatives are built of two scans that are closed
// under derivation: the running product and the recurrence s[i] = add[i] + coef[i] * s[i - 1]. None
// of them divides, so zeros are not special.
#include "autograd/record.h"
#include "kernels/lines.h"
#include "kernels/sum.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/join.h"
#include "ops/operators.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/shape.h"

namespace tg {
namespace {

template <class T>
struct ProdOp : ReduceOp<T, T, T> {
  T identity() const { return 1; }
  T map(T x, T) const { return x; }
  T combine(T a, T b) const { return a * b; }
  T line(const T* x, int64_t n, T) const
    requires std::is_floating_point_v<T>
  {
    return sum_kernels<T>().product(x, n);
  }
};

// Running values of float are kept in double, as PyTorch does.
template <class T>
using RunningAcc = std::conditional_t<std::is_same_v<T, float>, double, T>;

struct Along {
  int dim;
  bool reverse;
};

// x one place further along dim, with `fill` in the gap.
Tensor shift(const Tensor& x, Along along, double fill) {
  if (x.size(along.dim) == 0) return x;
  Dims gap(x.sizes());
  gap[along.dim] = 1;
  const Tensor filler = full(gap, Scalar(fill), x.dtype());
  const int64_t n = x.size(along.dim) - 1;
  return along.reverse ? cat(std::vector<Tensor>{narrow(x, along.dim, 1, n), filler}, along.dim)
                       : cat(std::vector<Tensor>{filler, narrow(x, along.dim, 0, n)}, along.dim);
}
Along opposite(Along along) { return {along.dim, !along.reverse}; }

enum class Running { Sum, Product };
Tensor running_values(const Tensor& x, Along along, Running kind) {
  const Tensor in = contiguous_quietly(widened(x));
  Tensor out = empty(in.sizes(), in.dtype());
  visit_widened(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    using Acc = RunningAcc<T>;
    const Lines lines = lines_of(in.sizes(), along.dim);
    const T* from = in.data<T>();
    T* to = out.data<T>();
    if (kind == Running::Sum)
      run_along(lines, to, along.reverse, Acc(0),
                [from](Acc acc, int64_t at) { return acc + static_cast<Acc>(from[at]); });
    else
      run_along(lines, to, along.reverse, Acc(1),
                [from](Acc acc, int64_t at) { return acc * static_cast<Acc>(from[at]); });
  });
  return cast_quietly(out, wide_dtype(x.dtype()));
}

Tensor running_sum(const Tensor& x, Along along) {
  Tensor out = running_values(x, along, Running::Sum);
  record("CumsumBackward0", out, inputs(x), saves(),
         [along](const Tensor& g) { return running_sum(g, opposite(along)); });
  return out;
}

// s[i] = add[i] + coef[i] * s[i - 1], or s[i + 1] in reverse.
Tensor recurrence(const Tensor& coef, const Tensor& add, Along along) {
  const Tensor c = contiguous_quietly(widened(coef)), a = contiguous_quietly(widened(add));
  Tensor out = empty(a.sizes(), a.dtype());
  visit_real(a.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    using Acc = RunningAcc<T>;
    const T *factor = c.data<T>(), *term = a.data<T>();
    run_along(lines_of(a.sizes(), along.dim), out.data<T>(), along.reverse, Acc(0),
              [=](Acc acc, int64_t at) {
                return static_cast<Acc>(term[at]) + static_cast<Acc>(factor[at]) * acc;
              });
  });
  out = cast_quietly(out, add.dtype());
  record("RecurrenceBackward", out, inputs(coef, add), saves(coef, saved_output(out)),
         [along](GradInputs& to, const Tensor& g, const Tensor& coef, const Tensor& out) {
           const Tensor terms = recurrence(shift(coef, opposite(along), 0), g, opposite(along));
           if (to.needed(0)) to.set(0, terms * shift(out, along, 0));
           if (to.needed(1)) to.set(1, terms);
         });
  return out;
}

Tensor running_product(const Tensor& x, Along along) {
  Tensor out = running_values(x, along, Running::Product);
  record("CumprodBackward0", out, inputs(x), saves(x, saved_output(out)),
         [along](const Tensor& g, const Tensor& x, const Tensor& y) {
           if (x.numel() <= 1 || x.size(along.dim) == 1) return g;
           return shift(y, along, 1) * recurrence(shift(x, opposite(along), 0), g, opposite(along));
         });
  return out;
}

// For each element the product of all others in its line.
Tensor products_of_others(const Tensor& x, int dim) {
  if (grad_mode.enabled) {
    return running_product(shift(x, {dim, false}, 1), {dim, false}) *
           running_product(shift(x, {dim, true}, 1), {dim, true});
  }
  const Tensor in = contiguous_quietly(widened(x));
  Tensor out = empty(in.sizes(), in.dtype());
  visit_real(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const Lines lines = lines_of(in.sizes(), dim);
    const T* from = in.data<T>();
    T* to = out.data<T>();
    for_each_tile(lines, [&](int64_t begin, int width) {
      for (int w = 0; w < width; ++w) {
        const int64_t first = begin + w, step = lines.inner;
        T before = 1, after = 1;
        for (int64_t i = 0; i < lines.n; ++i) {
          to[first + i * step] = before;
          before *= from[first + i * step];
        }
        for (int64_t i = lines.n - 1; i >= 0; --i) {
          to[first + i * step] *= after;
          after *= from[first + i * step];
        }
      }
    });
  });
  return cast_quietly(out, x.dtype());
}

Tensor prod_values(const Tensor& x, uint64_t mask, bool keepdim) {
  Tensor out = empty(reduced_sizes(x, mask, keepdim), loop_dtype(x.dtype()));
  visit_widened(x.dtype(), [&](auto tag) {
    reduce_into(out, x, mask, ProdOp<typename decltype(tag)::type>{});
  });
  return cast_quietly(out, wide_dtype(x.dtype()));
}

void refuse_bool(const char* name, OptionalDType dtype) {
  if (dtype == DType::Bool)
    fail(ErrorKind::NotImplemented, "\"", name, "_out_cpu\" not implemented for 'Bool'");
}

// The input in `dtype`; integers without one are widened by the loops themselves.
Tensor in_dtype(const Tensor& x, OptionalDType dtype) { return dtype ? to_dtype(x, *dtype) : x; }
// Back from int64 where a narrower integer was asked for.
Tensor out_dtype(const Tensor& out, OptionalDType dtype) {
  return dtype ? to_dtype(out, *dtype) : out;
}

}  // namespace

Tensor running_recurrence(const Tensor& coef, const Tensor& add, int dim, bool reverse) {
  return recurrence(coef, add, {dim, reverse});
}

Tensor prod(const Tensor& x, OptionalDType dtype) {
  const Tensor in = in_dtype(x, dtype);
  Tensor out = prod_values(in, all_dims(in.dim()), false);
  // The result is kept only so that a change of it is refused, as PyTorch does.
  record("ProdBackward0", out, inputs(in), saves(in, saved_output(out)),
         [](const Tensor& g, const Tensor& x, const Tensor&) {
           if (x.dim() == 0) return g;
           return g * reshape(products_of_others(reshape(x, Dims{x.numel()}), 0), x.sizes());
         });
  return out_dtype(out, dtype);
}

Tensor prod(const Tensor& x, int64_t dim, bool keepdim, OptionalDType dtype) {
  const Tensor in = in_dtype(x, dtype);
  const int d = wrap_dim(dim, in.dim());
  const uint64_t mask = one_dim(d) & all_dims(in.dim());
  Tensor out = prod_values(in, mask, keepdim);
  record("ProdBackward1", out, inputs(in), saves(in, saved_output(out)),
         [d, of = Reduced(in, mask, keepdim)](const Tensor& g, const Tensor& x, const Tensor&) {
           if (x.dim() == 0) return g;
           return of.restore(g) * products_of_others(x, d);
         });
  return out_dtype(out, dtype);
}

Tensor cumsum(const Tensor& x, int64_t dim, OptionalDType dtype) {
  refuse_bool("cumsum", dtype);
  const Tensor in = in_dtype(x, dtype);
  return out_dtype(running_sum(in, {wrap_dim(dim, in.dim()), false}), dtype);
}
Tensor cumprod(const Tensor& x, int64_t dim, OptionalDType dtype) {
  refuse_bool("cumprod", dtype);
  const Tensor in = in_dtype(x, dtype);
  return out_dtype(running_product(in, {wrap_dim(dim, in.dim()), false}), dtype);
}

}  // namespace tg
