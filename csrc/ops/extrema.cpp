// Largest and smallest elements: values, their places, and gradients that ties share.
#include "autograd/record.h"
#include "kernels/extremum.h"
#include "ops/binary.h"
#include "ops/copy.h"
#include "ops/operators.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/unary.h"

namespace tg {
namespace {

// What the two sides of an operation differ in.
struct Side {
  bool greatest;
  const char* name;
  const char* node;
};

// In the dtype that the loops run on.
Tensor comparable(const Tensor& x) {
  return is_floating(x.dtype()) && itemsize(x.dtype()) == 2 ? cast_quietly(x, DType::Float32) : x;
}

Tensor extremum_values(bool greatest, const Tensor& x, uint64_t mask, bool keepdim) {
  const MaskedLines in(comparable(x), mask);
  Tensor out = empty(reduced_sizes(x, mask, keepdim), in.dense.dtype());
  if (out.numel())
    extremum_along(greatest, out.dtype(), in.lines, in.dense->data, out->data, nullptr);
  return cast_quietly(out, x.dtype());
}

// The places along the lines of x at a mask of one or all dims, and the values unless that is null.
void find_extrema(bool greatest, const Tensor& x, uint64_t mask, Tensor* values,
                  const Tensor& places) {
  if (values) *values = empty(places.sizes(), x.dtype());
  if (!places.numel()) return;
  Tensor in = comparable(x);
  if (itemsize(in.dtype()) < 4) in = cast_quietly(in, DType::Int32);
  if (reduced_count(x.sizes(), mask) > longest_line(in.dtype()))
    in = cast_quietly(in, is_floating(in.dtype()) ? DType::Float64 : DType::Int64);
  const MaskedLines lines(in, mask);
  if (values && x.dtype() != in.dtype()) *values = empty(places.sizes(), in.dtype());
  extremum_along(greatest, in.dtype(), lines.lines, lines.dense->data,
                 values ? (*values)->data : nullptr, places.data<int64_t>());
  if (values) *values = cast_quietly(*values, x.dtype());
}

void check_not_empty(const char* name, const Tensor& x, uint64_t mask) {
  for (int d = 0; d < x.dim(); ++d)
    if ((mask >> d & 1) && x.size(d) == 0)
      index_error(name, "(): Expected reduction dim ", d, " to have non-zero size.");
}

[[noreturn]] void refuse_empty(const char* name) {
  runtime_error(name,
                "(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
                "reduction dim with "
                "the 'dim' argument.");
}

Tensor extremum_of_all(const Side& side, const Tensor& x) {
  if (x.numel() == 0) refuse_empty(side.name);
  Tensor out = extremum_values(side.greatest, x, all_dims(x.dim()), false);
  record(side.node, out, inputs(x), saves(x, saved_output(out)),
         [](const Tensor& g, const Tensor& x, const Tensor& y) {
           const Tensor ties = to_dtype((x == y) || (isnan(x) && isnan(y)), g.dtype());
           const Operand one(1.0);  // where the data were replaced, none may be left
           return g / clamp(sum(ties), &one, nullptr) * ties;
         });
  return out;
}

Tensor extremum_over(const Side& side, const Tensor& x, const OptionalDims& dims, bool keepdim) {
  const uint64_t mask = dim_mask(x, dims);
  if (x.numel() == 0) {
    if (!dims || dims->empty()) refuse_empty(side.name);
    check_not_empty(side.name, x, mask);
  }
  Tensor out = extremum_values(side.greatest, x, mask, keepdim);
  if (!should_record(out, inputs(x))) return out;
  record(side.node, out, inputs(x), saves(x, saved_output(out)),
         [of = Reduced(x, mask, keepdim)](const Tensor& g, const Tensor& x, const Tensor& y) {
           const Tensor ties = to_dtype(x == of.restore(y), g.dtype());
           return of.restore(g) * ties / sum_over(ties, of.mask, true);
         });
  return out;
}

// The elements of x at `indices` along dim, and back: the derivatives of each other.
Tensor picked(const Tensor& x, const Tensor& indices, int dim);
Tensor placed(const Tensor& grad, const Tensor& indices, std::span<const int64_t> sizes, int dim) {
  const Tensor in = contiguous_quietly(grad);
  Tensor out = empty(sizes, grad.dtype());
  visit_item(itemsize(in.dtype()), [&]<class Item>(Item) {
    place_along(lines_of(sizes, dim), reinterpret_cast<const Item*>(in->data),
                indices.data<int64_t>(), reinterpret_cast<Item*>(out->data));
  });
  record("ValueSelectingReductionBackward0", out, inputs(grad), saves(indices),
         [dim](const Tensor& g, const Tensor& indices) { return picked(g, indices, dim); });
  return out;
}
Tensor picked(const Tensor& x, const Tensor& indices, int dim) {
  const Tensor in = contiguous_quietly(x);
  Tensor out = empty(indices.sizes(), x.dtype());
  visit_item(itemsize(in.dtype()), [&]<class Item>(Item) {
    pick_along(lines_of(in.sizes(), dim), reinterpret_cast<const Item*>(in->data),
               indices.data<int64_t>(), reinterpret_cast<Item*>(out->data));
  });
  record("GatherBackward0", out, inputs(x), saves(indices),
         [dim, sizes = Dims(x.sizes())](const Tensor& g, const Tensor& indices) {
           return placed(g, indices, sizes, dim);
         });
  return out;
}

MaxResult extremum_along_dim(const Side& side, const Tensor& x, int64_t dim, bool keepdim) {
  const int d = wrap_dim(dim, x.dim());
  const uint64_t mask = one_dim(d) & all_dims(x.dim());
  check_not_empty(side.name, x, mask);
  const Dims sizes = reduced_sizes(x, mask, keepdim);
  MaxResult result{{}, empty(sizes, DType::Int64)};
  find_extrema(side.greatest, x, mask, &result.values, result.indices);
  record(side.node, result.values, inputs(x), saves(result.indices),
         [d, sizes = Dims(x.sizes())](const Tensor& g, const Tensor& indices) {
           return placed(g, indices, sizes, d);
         });
  return result;
}

Tensor place_of_extremum(bool greatest, const char* name, const Tensor& x,
                         std::optional<int64_t> dim, bool keepdim) {
  if (x.dtype() == DType::Bool) runtime_error(name, "(): does not support bool input");
  if (!dim && x.numel() == 0)
    index_error(name, "(): Expected reduction dim to be specified for input.numel() == 0.");
  const int d = dim ? wrap_dim(*dim, x.dim()) : 0;
  const uint64_t mask = dim ? one_dim(d) & all_dims(x.dim()) : all_dims(x.dim());
  if (dim) check_not_empty(name, x, mask);
  Tensor out = empty(reduced_sizes(x, mask, keepdim), DType::Int64);
  find_extrema(greatest, x, mask, nullptr, out);
  return out;
}

}  // namespace

Tensor max_over(const Tensor& x, uint64_t mask) { return extremum_values(true, x, mask, false); }
Tensor max(const Tensor& x) { return extremum_of_all({true, "max", "MaxBackward1"}, x); }
Tensor min(const Tensor& x) { return extremum_of_all({false, "min", "MinBackward1"}, x); }
MaxResult max(const Tensor& x, int64_t dim, bool keepdim) {
  return extremum_along_dim({true, "max", "MaxBackward0"}, x, dim, keepdim);
}
MinResult min(const Tensor& x, int64_t dim, bool keepdim) {
  return {extremum_along_dim({false, "min", "MinBackward0"}, x, dim, keepdim)};
}
Tensor amax(const Tensor& x, const OptionalDims& dims, bool keepdim) {
  return extremum_over({true, "amax", "AmaxBackward0"}, x, dims, keepdim);
}
Tensor amin(const Tensor& x, const OptionalDims& dims, bool keepdim) {
  return extremum_over({false, "amin", "AminBackward0"}, x, dims, keepdim);
}
Tensor argmax(const Tensor& x, std::optional<int64_t> dim, bool keepdim) {
  return place_of_extremum(true, "argmax", x, dim, keepdim);
}
Tensor argmin(const Tensor& x, std::optional<int64_t> dim, bool keepdim) {
  return place_of_extremum(false, "argmin", x, dim, keepdim);
}

}  // namespace tg
