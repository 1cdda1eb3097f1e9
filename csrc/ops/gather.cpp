// gather(), scatter() and their kin: an index tensor of the rank of the other. Declared in index.h.
#include "autograd/record.h"
#include "ops/along.h"
#include "ops/factory.h"
#include "ops/index.h"
#include "ops/modify.h"
#include "ops/shape.h"

namespace tg {
namespace {

using Span = std::span<const int64_t>;

int dims_of(const Tensor& t) { return std::max(t.dim(), 1); }

// --- gather and scatter
// --------------------------------------------------------------------------------------
void check_gather(const Tensor& x, int at, const Tensor& index) {
  if (index.numel() == 0) return;
  if (!is_index_dtype(index.dtype()))
    runtime_error("gather(): Expected dtype int32/int64 for index");
  if (dims_of(index) != dims_of(x))
    runtime_error("Index tensor must have the same number of dimensions as input tensor");
  for (int d = 0; d < x.dim() && d < index.dim(); ++d)
    if (d != at && index.size(d) > x.size(d))
      runtime_error("Size does not match at dimension ", d, " expected index ",
                    to_string(index.sizes()), " to be no larger than self ", to_string(x.sizes()),
                    " apart from dimension ", at);
}

// `index` is int64, contiguous and checked. A scalar and a vector of one go together.
Tensor gather_checked(const Tensor& x, int at, const Tensor& index) {
  const bool reshaped = index.dim() != x.dim() && index.numel();
  const Tensor source =
      reshaped ? make_view(x, Dims(index.dim(), 1), Dims(index.dim(), x.dim() ? x.stride(0) : 1),
                           x.storage_offset())
               : x;
  if (index.numel() == 0) return empty(index.sizes(), x.dtype());
  return take_along(source, at, index, index.strides(), index.sizes());
}

Tensor gather_saved(const Tensor& x, int at, const Tensor& index);

// Zeros of `sizes` with `g` added at the places of gather().
Tensor scatter_into_zeros(const Tensor& g, int at, const Tensor& index, Span sizes) {
  Tensor out = zeros(sizes, g.dtype());
  if (index.numel()) {
    const Tensor flat = contiguous(g);
    const Tensor into = out.dim() == index.dim() ? out
                                                 : make_view(out, Dims(index.dim(), out.numel()),
                                                             Dims(index.dim(), 1), 0);
    put_along(into, at, index, index.strides(), index.sizes(), flat, index.strides(), Combine::Add);
  }
  record("ScatterAddBackward0", out, inputs(g), saves(index),
         [at](const Tensor& gg, const Tensor& index) { return gather_saved(gg, at, index); });
  return out;
}

Tensor gather_saved(const Tensor& x, int at, const Tensor& index) {
  Tensor out = gather_checked(x, at, index);
  // The values of x are not read, but PyTorch refuses that they change, too.
  record("GatherBackward0", out, inputs(x), saves(x, index),
         [at](const Tensor& g, const Tensor& x, const Tensor& index) {
           return scatter_into_zeros(g, at, index, x.sizes());
         });
  return out;
}

void check_scatter(const Tensor& x, int at, const Tensor& index, const Tensor* source) {
  if (index.numel() && !is_index_dtype(index.dtype()))
    runtime_error("scatter(): Expected dtype int32/int64 for index");
  if (source && source->dtype() != x.dtype())
    runtime_error("scatter(): Expected self.dtype to be equal to src.dtype");
  if (index.numel() == 0) return;
  if (dims_of(index) != dims_of(x))
    runtime_error("Index tensor must have the same number of dimensions as self tensor");
  if (source && dims_of(index) != dims_of(*source))
    runtime_error("Index tensor must have the same number of dimensions as src tensor");
  bool fits = true;
  for (int d = 0; d < index.dim(); ++d) {
    if (d != at && index.size(d) > (x.dim() ? x.size(d) : 1)) fits = false;
    if (source && index.size(d) > (source->dim() ? source->size(d) : 1)) fits = false;
  }
  if (fits) return;
  if (source)
    runtime_error("Expected index ", to_string(index.sizes()), " to be no larger than self ",
                  to_string(x.sizes()), " apart from dimension ", at,
                  " and to be no larger size than src ", to_string(source->sizes()));
  runtime_error("Expected index ", to_string(index.sizes()), " to be no larger than self ",
                to_string(x.sizes()), " apart from dimension ", at);
}

// The walk of scatter(), where 0-d tensors count as vectors of one.
void scatter_values(const Tensor& into, int at, const Tensor& index, const Tensor& source,
                    Combine combine) {
  if (index.numel() == 0) return;
  const Tensor values = apart_from(into, source);
  const int n = index.dim();
  auto strides = [n](const Tensor& t) {
    return t.dim() == n ? Dims(t.strides()) : Dims(n, t.dim() ? t.stride(0) : 0);
  };
  const Tensor place = into.dim() == n
                           ? into
                           : make_view(into, Dims(n, 1), Dims(n, into.dim() ? into.stride(0) : 1),
                                       into.storage_offset());
  put_along(place, at, index, index.strides(), index.sizes(), values, strides(values), combine);
}
void scatter_number(const Tensor& into, int at, const Tensor& index, const Tensor& number,
                    Combine combine) {
  if (index.numel() == 0) return;
  const int n = index.dim();
  const Tensor place = into.dim() == n
                           ? into
                           : make_view(into, Dims(n, 1), Dims(n, into.dim() ? into.stride(0) : 1),
                                       into.storage_offset());
  put_along(place, at, index, index.strides(), index.sizes(), number, Dims(n), combine);
}

// The gradient of a source of which only the part that is as large as the index was read.
Tensor within_source(const Tensor& g, Span source_sizes) {
  if (std::equal(source_sizes.begin(), source_sizes.end(), g.sizes().begin(), g.sizes().end()))
    return g;
  const Geometry whole{Dims(source_sizes), contiguous_strides(source_sizes), 0};
  if (g.dim() != whole.sizes.size()) return reshape(g, source_sizes);
  return engine_ops::scatter_to_base(g, {Dims(g.sizes()), whole.strides, 0}, whole);
}

Combine reduce_mode(const std::string& reduce) {
  if (reduce.empty()) return Combine::Write;
  if (reduce == "add") return Combine::Add;
  if (reduce == "multiply") return Combine::Multiply;
  runtime_error("reduce argument must be either add or multiply.");
}

// Calls run(write, remember) for modified() or modified_in_place().
template <class Run>
Tensor scatter_with(const Tensor& x, int64_t dim, const Tensor& index, const Operand& operand,
                    Combine combine, const char* name, Run run) {
  const int at = wrap_dim(dim, x.dim());
  const Tensor* source = operand.tensor;
  check_scatter(x, at, index, source);
  const Tensor places = int64_of(index);
  check_bounds(places, at, size_at(x, at));
  const Tensor number = source ? Tensor() : number_tensor(operand.scalar, x.dtype());
  const Tensor none;
  return run(
      x,
      [&](const Tensor& into) {
        if (source)
          scatter_values(into, at, places, *source, combine);
        else
          scatter_number(into, at, places, number, combine);
      },
      [&](const Tensor& out, const Tensor& before) {
        const Tensor& values = source ? *source : none;
        record(name, out, inputs(before, values), saves(places),
               [at, combine, source_sizes = source ? Dims(source->sizes()) : Dims()](
                   GradInputs& to, const Tensor& g, const Tensor& index) {
                 if (combine == Combine::Multiply)
                   runtime_error("derivative for aten::scatter is not implemented");
                 if (to.needed(0))
                   to.set(0, combine == Combine::Add ? g : scatter(g, at, index, Operand(0.0), ""));
                 if (to.needed(1))
                   to.set(1, within_source(gather_saved(g, at, index), source_sizes));
               });
      });
}

const char* scatter_name(const Operand& source) {
  return source.is_tensor() ? "ScatterBackward0" : "ScatterBackward1";
}

}  // namespace

Tensor gather(const Tensor& x, int64_t dim, const Tensor& index) {
  const int at = wrap_dim(dim, x.dim());
  check_gather(x, at, index);
  const Tensor places = int64_of(index);
  check_bounds(places, at, size_at(x, at));
  return gather_saved(x, at, places);
}

Tensor scatter(const Tensor& x, int64_t dim, const Tensor& index, const Operand& source,
               const std::string& reduce) {
  return scatter_with(x, dim, index, source, reduce_mode(reduce), scatter_name(source),
                      kOutOfPlace);
}
Tensor scatter_(const Tensor& self, int64_t dim, const Tensor& index, const Operand& source,
                const std::string& reduce) {
  return scatter_with(self, dim, index, source, reduce_mode(reduce), scatter_name(source),
                      kInPlace);
}
Tensor scatter_add(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source) {
  return scatter_with(x, dim, index, source, Combine::Add, "ScatterAddBackward0", kOutOfPlace);
}
Tensor scatter_add_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source) {
  return scatter_with(self, dim, index, source, Combine::Add, "ScatterAddBackward0", kInPlace);
}

Tensor take_along_dim(const Tensor& x, const Tensor& indices, std::optional<int64_t> dim) {
  if (indices.dtype() != DType::Int64)
    runtime_error("torch.take_along_dim(): dtype of indices should be Long but got ",
                  info(indices.dtype()).scalar);
  if (!dim) return take_along_dim(reshape(x, Dims{-1}), reshape(indices, Dims{-1}), 0);
  if (x.dim() != indices.dim())
    runtime_error(
        "torch.take_along_dim(): input and indices should have the same number of dimensions, but "
        "got ",
        x.dim(), " dimensions for input, and ", indices.dim(), " dimensions for indices");
  const int at = wrap_dim(*dim, x.dim());
  Dims of_x(x.sizes()), of_indices(indices.sizes());
  if (x.dim()) of_x[at] = of_indices[at] = 1;
  Dims sizes = broadcast_sizes(of_x, of_indices), index_sizes = sizes;
  if (x.dim()) {
    sizes[at] = x.size(at);
    index_sizes[at] = indices.size(at);
  }
  Tensor index = from_front(expand(indices, index_sizes), size_at(x, at));
  // The tape keeps a copy, as in PyTorch: the indices may be changed before backward.
  if (grad_mode.enabled && requires_grad(x)) index = clone(index);
  return gather(expand(x, sizes), at, index);
}

}  // namespace tg
