// A vector of indices along one dimension: index_select(), index_add(), index_copy(), index_fill();
// take() over the flattened tensor. Declared in index.h.
#include "autograd/record.h"
#include "ops/advanced_index.h"
#include "ops/along.h"
#include "ops/binary.h"
#include "ops/elementwise.h"
#include "ops/factory.h"
#include "ops/index.h"
#include "ops/modify.h"
#include "ops/shape.h"

namespace tg {
namespace {

using Span = std::span<const int64_t>;

// Strides of a vector of indices seen over all dimensions.
Dims vector_strides(int ndim, int at) {
  Dims strides(ndim);
  if (ndim) strides[at] = 1;
  return strides;
}

Tensor index_select_saved(const Tensor& x, int at, const Tensor& index);

// Zeros of `sizes` with the slices of `g` added at the places of index_select().
Tensor slices_into_zeros(const Tensor& g, int at, const Tensor& index, Span sizes) {
  Tensor out = zeros(sizes, g.dtype());
  put_along(out, at, index, vector_strides(g.dim(), at), g.sizes(), g, g.strides(), Combine::Add);
  record("IndexAddBackward0", out, inputs(g), saves(index),
         [at](const Tensor& gg, const Tensor& index) { return index_select_saved(gg, at, index); });
  return out;
}

Tensor index_select_saved(const Tensor& x, int at, const Tensor& index) {
  Dims sizes(x.sizes());
  if (x.dim()) sizes[at] = index.numel();
  Tensor out = take_along(x, at, index, vector_strides(x.dim(), at), sizes);
  record("IndexSelectBackward0", out, inputs(x), saves(index),
         [at, sizes = Dims(x.sizes())](const Tensor& g, const Tensor& index) {
           return slices_into_zeros(g, at, index, sizes);
         });
  return out;
}

void check_slices(const Tensor& x, int at, const Tensor& index, const Tensor& source) {
  if (source.dim() == x.dim()) {
    bool same = true;
    for (int d = 0; d < x.dim(); ++d) same &= d == at || x.size(d) == source.size(d);
    if (!same)
      runtime_error(
          "source tensor shape must match self tensor shape, excluding the specified dimension. "
          "Got self.shape = ",
          to_string(x.sizes()), " source.shape = ", to_string(source.sizes()));
  } else if (source.numel() != index.numel() || x.dim() > 1) {
    runtime_error(
        "source tensor shape must match self tensor shape, excluding the specified dimension. Got "
        "self.shape = ",
        to_string(x.sizes()), " source.shape = ", to_string(source.sizes()));
  }
}

// Writes or adds `source`, one slice for each index; a 0-d source or target counts as a vector of
// one.
void put_slices(const Tensor& into, int at, const Tensor& index, const Tensor& source,
                Combine combine) {
  const Tensor values = apart_from(into, source);
  Dims sizes(into.sizes());
  if (into.dim())
    sizes[at] = index.numel();
  else
    sizes = Dims{index.numel()};
  const int n = sizes.size();
  auto strides = [n](const Tensor& t) {
    return t.dim() == n ? Dims(t.strides()) : Dims(n, t.dim() ? t.stride(0) : 0);
  };
  const Tensor place = into.dim() ? into : make_view(into, Dims{1}, Dims{1}, into.storage_offset());
  put_along(place, at, index, vector_strides(n, at), sizes, values, strides(values), combine);
}

template <class Run>
Tensor index_add_with(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source,
                      const Scalar& alpha, Run run) {
  const int at = wrap_dim(dim, x.dim());
  if (index.dim() > 1)
    index_error("index_add_(): Index is supposed to be a vector, but got dim: ", index.dim(),
                " with type: ", info(index.dtype()).scalar,
                " and size: ", to_string(index.sizes()));
  if (!is_index_dtype(index.dtype()))
    runtime_error("index_add_(): Expected dtype int32/int64 for index but got: ",
                  info(index.dtype()).scalar);
  if (x.dtype() != source.dtype())
    runtime_error("index_add_(): self (", info(x.dtype()).scalar, ") and source (",
                  info(source.dtype()).scalar, ") must have the same scalar type");
  if (index.numel() != size_at(source, source.dim() ? at : 0))
    runtime_error("index_add_(): Number of indices (", index.numel(),
                  ") should be equal to source.size(dim): (",
                  size_at(source, source.dim() ? at : 0), "), for dim: ", at);
  check_slices(x, at, index, source);
  const Tensor places = int64_of(index);
  check_bounds(places, at, size_at(x, at));
  return run(
      x,
      [&](const Tensor& into) {
        GradModeGuard off(false);
        const bool scaled =
            alpha.is_floating() ? alpha.to<double>() != 1 : alpha.to<int64_t>() != 1;
        put_slices(into, at, places, scaled ? to_dtype(mul(source, alpha), x.dtype()) : source,
                   Combine::Add);
      },
      [&](const Tensor& out, const Tensor& before) {
        record("IndexAddBackward0", out, inputs(before, source), saves(places),
               [at, alpha, sizes = Dims(source.sizes())](GradInputs& to, const Tensor& g,
                                                         const Tensor& index) {
                 if (to.needed(0)) to.set(0, g);
                 if (!to.needed(1)) return;
                 const Tensor part = reshape(index_select_saved(g, at, index), sizes);
                 to.set(1, alpha.to<double>() == 1 ? part : mul(part, alpha));
               });
      });
}

template <class Run>
Tensor index_copy_with(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source,
                       Run run) {
  const int at = wrap_dim(dim, x.dim());
  if (index.dim() > 1)
    index_error("index_copy_(): Index should have dimension 1 or 0 (got ", index.dim(), ")");
  if (index.numel() != size_at(source, source.dim() ? at : 0))
    index_error("index_copy_(): Number of indices (", index.numel(),
                ") should be equal to source.size(dim) (", size_at(source, source.dim() ? at : 0),
                ")");
  if (index.dtype() != DType::Int64)
    runtime_error("index_copy_(): Expected a long tensor for index, but got ",
                  info(index.dtype()).scalar);
  if (x.dtype() != source.dtype())
    runtime_error("index_copy_(): self and source expected to have the same dtype, but got (self) ",
                  info(x.dtype()).scalar, " and (source) ", info(source.dtype()).scalar);
  check_slices(x, at, index, source);
  const Tensor places = int64_of(index);
  const int64_t size = size_at(x, at);
  if (const int64_t* bad = first_outside(places.data<int64_t>(), places.numel(), 0, size))
    index_error("index_copy_(): index ", *bad, " is out of bounds for dimension ", at,
                " with size ", size);
  return run(
      x, [&](const Tensor& into) { put_slices(into, at, places, source, Combine::Write); },
      [&](const Tensor& out, const Tensor& before) {
        record("IndexCopyBackward0", out, inputs(before, source), saves(places),
               [at, sizes = Dims(source.sizes())](GradInputs& to, const Tensor& g,
                                                  const Tensor& index) {
                 if (to.needed(0)) to.set(0, index_fill(g, at, index, Operand(0.0)));
                 if (to.needed(1)) to.set(1, reshape(index_select_saved(g, at, index), sizes));
               });
      });
}

// Indices below `size` without repetitions, rising.
Tensor each_once(const Tensor& index, int64_t size) {
  Tensor named = full(Dims{size}, Scalar(false), DType::Bool);
  for (int64_t i = 0; i < index.numel(); ++i) named.data<bool>()[index.data<int64_t>()[i]] = true;
  Tensor out = positions(named);
  out->set_geometry(Dims{out.size(1)}, Dims{1});
  return out;
}

template <class Run>
Tensor index_fill_with(const Tensor& x, int64_t dim, const Tensor& index, const Operand& value,
                       Run run) {
  if (value.is_tensor() && value.tensor->dim() != 0)
    runtime_error("index_fill_ only supports a 0-dimensional value tensor, but got tensor with ",
                  value.tensor->dim(), " dimension(s).");
  const int at = wrap_dim(dim, x.dim());
  if (index.dtype() != DType::Int64) index_error("index_fill_(): Expected dtype int64 for index.");
  if (index.dim() > 1) index_error("Index has to be a vector/scalar");
  Tensor places = int64_of(index);
  const int64_t size = size_at(x, at);
  if (const int64_t* bad = first_outside(places.data<int64_t>(), places.numel(), -size, size))
    index_error("index ", *bad, " is out of bounds for dimension ", at, " with size ", size);
  places = from_front(places, size);
  const Tensor none;
  Tensor filler;
  if (value.is_tensor()) {
    GradModeGuard off(false);
    filler = apart_from(x, to_dtype(*value.tensor, x.dtype()));
  } else {
    filler = number_tensor(value.scalar, x.dtype());
  }
  return run(
      x,
      [&](const Tensor& into) {
        put_slices(into, at, places, expand(detached_alias(filler, false), Dims{}), Combine::Write);
      },
      [&](const Tensor& out, const Tensor& before) {
        const Tensor& source = value.is_tensor() ? *value.tensor : none;
        record(value.is_tensor() ? "IndexFillBackward1" : "IndexFillBackward0", out,
               inputs(before, source), saves(places),
               [at, dtype = value.is_tensor() ? value.tensor->dtype() : x.dtype()](
                   GradInputs& to, const Tensor& g, const Tensor& index) {
                 if (to.needed(0)) to.set(0, index_fill(g, at, index, Operand(0.0)));
                 if (to.needed(1))
                   to.set(1, sum_to(index_select_saved(g, at, each_once(index, size_at(g, at))),
                                    Dims(), dtype));
               });
      });
}

}  // namespace

Tensor index_select(const Tensor& x, int64_t dim, const Tensor& index) {
  const int at = wrap_dim(dim, x.dim());
  if (index.dim() > 1) index_error("index_select(): Index is supposed to be a vector");
  if (!is_index_dtype(index.dtype()))
    runtime_error("index_select(): Expected dtype int32 or int64 for index");
  if (x.dim() == 0 && index.numel() != 1)
    runtime_error("index_select(): Index to scalar can have only 1 value, got ", index.numel(),
                  " value(s)");
  const Tensor places = int64_of(index);
  if (first_outside(places.data<int64_t>(), places.numel(), 0, size_at(x, at)))
    index_error("index out of range in self");
  return index_select_saved(x, at, places);
}

Tensor index_add(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source,
                 const Scalar& alpha) {
  return index_add_with(x, dim, index, source, alpha, kOutOfPlace);
}
Tensor index_add_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source,
                  const Scalar& alpha) {
  return index_add_with(self, dim, index, source, alpha, kInPlace);
}
Tensor index_copy(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source) {
  return index_copy_with(x, dim, index, source, kOutOfPlace);
}
Tensor index_copy_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source) {
  return index_copy_with(self, dim, index, source, kInPlace);
}
Tensor index_fill(const Tensor& x, int64_t dim, const Tensor& index, const Operand& value) {
  return index_fill_with(x, dim, index, value, kOutOfPlace);
}
Tensor index_fill_(const Tensor& self, int64_t dim, const Tensor& index, const Operand& value) {
  return index_fill_with(self, dim, index, value, kFillInPlace);
}

Tensor take(const Tensor& x, const Tensor& index) {
  if (index.dtype() != DType::Int64)
    runtime_error("take(): Expected a long tensor for index, but got ", info(index.dtype()).scalar);
  const int64_t n = x.numel();
  if (n == 0 && index.numel()) index_error("take(): tried to take from an empty tensor");
  Tensor places = int64_of(index), out;
  if (const int64_t* bad = first_outside(places.data<int64_t>(), places.numel(), -n, n))
    index_error("out of range: tried to access index ", *bad, " on a tensor of ", n, " elements.");
  {
    GradModeGuard off(false);
    places = from_front(reshape(places, Dims{-1}), n);
    out = take_along(reshape(x, Dims{-1}), 0, places, Dims{1}, places.sizes());
    out->set_geometry(index.sizes(), contiguous_strides(index.sizes()));
  }
  record("TakeBackward0", out, inputs(x), saves(places),
         [sizes = Dims(x.sizes()), n](const Tensor& g, const Tensor& places) {
           return reshape(slices_into_zeros(reshape(g, Dims{-1}), 0, places, Dims{n}), sizes);
         });
  return out;
}

}  // namespace tg
