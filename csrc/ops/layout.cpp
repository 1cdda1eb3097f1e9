#include "ops/layout.h"

#include "autograd/record.h"
#include "kernels/loops.h"
#include "ops/elementwise.h"
#include "ops/factory.h"
#include "ops/index.h"
#include "ops/join.h"
#include "ops/rearrange.h"
#include "ops/reduce.h"
#include "ops/shape.h"

namespace tg {
namespace {

using Span = std::span<const int64_t>;

void check_part(const Tensor& source, const Tensor& part) {
  if (!source.same_sizes(part))
    runtime_error("expected src to have a size equal to the slice of self. src size = ",
                  to_string(source.sizes()), ", slice size = ", to_string(part.sizes()));
}

// A copy of x where view_of(copy) was overwritten; view_of makes a view, and is kept for the
// derivative.
template <class View>
Tensor with_part(const char* name, const Tensor& x, const Tensor& source, View view_of) {
  Tensor out = empty_like(x, x.dtype());
  copy_values(out, x);
  Dims part_sizes;
  {
    GradModeGuard off(false);
    const Tensor part = view_of(out);
    check_part(source, part);
    copy_values(part, source);
    part_sizes = Dims(part.sizes());
  }
  record(name, out, inputs(x, source), saves(),
         [name, view_of, part_sizes, dtype = source.dtype()](GradInputs& to, const Tensor& g) {
           if (to.needed(0))
             to.set(0, with_part(name, g, expand(zeros(Dims(), g.dtype()), part_sizes), view_of));
           if (to.needed(1)) to.set(1, to_dtype(clone(view_of(g)), dtype));
         });
  return out;
}

}  // namespace

// --- copies with a part replaced
Tensor select_scatter(const Tensor& x, const Tensor& source, int64_t dim, int64_t index) {
  return with_part("SelectScatterBackward0", x, source,
                   [dim, index](const Tensor& t) { return select(t, dim, index); });
}

Tensor slice_scatter(const Tensor& x, const Tensor& source, int64_t dim,
                     std::optional<int64_t> start, std::optional<int64_t> end, int64_t step) {
  const int64_t first = start.value_or(0), last = end.value_or(INT64_MAX);
  return with_part("SliceScatterBackward0", x, source, [dim, first, last, step](const Tensor& t) {
    return slice(t, dim, first, last, step);
  });
}

Tensor diagonal_scatter(const Tensor& x, const Tensor& source, int64_t offset, int64_t dim1,
                        int64_t dim2) {
  return with_part("DiagonalScatterBackward0", x, source, [offset, dim1, dim2](const Tensor& t) {
    return diagonal(t, offset, dim1, dim2);
  });
}

Tensor as_strided_scatter(const Tensor& x, const Tensor& source, Span sizes, Span strides,
                          int64_t storage_offset) {
  const Geometry base = geometry_of(x), part{Dims(sizes), Dims(strides), storage_offset};
  // All of the memory is copied: the part may lie beyond x.
  const int64_t bytes = x->storage->nbytes, item = itemsize(x.dtype());
  const Tensor memory = empty(Dims{bytes / item}, x.dtype());
  std::memcpy(memory->data, x->storage->data, size_t(bytes / item * item));
  Tensor out = make_view(memory, base.sizes, base.strides, base.offset);
  {
    GradModeGuard off(false);
    const Tensor place = make_view(memory, sizes, strides, storage_offset);
    check_inplace(place);
    check_part(source, place);
    copy_values(place, source);
  }
  record("AsStridedScatterBackward0", out, inputs(x, source), saves(),
         [base, part, dtype = source.dtype()](GradInputs& to, const Tensor& g) {
           if (to.needed(0)) to.set(0, engine_ops::zero_at_view(g, part, base));
           if (to.needed(1))
             to.set(1, to_dtype(engine_ops::gather_from_base(g, part, base), dtype));
         });
  return out;
}

// --- rotations, diagonals, sums
Tensor rot90(const Tensor& x, int64_t times, Span dims) {
  if (dims.size() != 2)
    runtime_error("expected total rotation dims == 2, but got dims = ", dims.size());
  if (x.dim() < 2) runtime_error("expected total dims >= 2, but got total dims = ", x.dim());
  const int a = wrap_dim(dims[0], x.dim()), b = wrap_dim(dims[1], x.dim());
  if (a == b)
    runtime_error("expected rotation dims to be different, but got dim0 = ", dims[0],
                  " and dim1 = ", dims[1]);
  const int quarter = int(((times % 4) + 4) % 4);
  Tensor out;
  {
    GradModeGuard off(false);
    out = quarter == 0   ? clone(x)
          : quarter == 2 ? flip(x, Dims{a, b})
                         : flip(x, Dims{quarter == 1 ? b : a});
  }
  if (quarter % 2) {
    Dims sizes(out.sizes()), strides(out.strides());
    std::swap(sizes[a], sizes[b]);
    std::swap(strides[a], strides[b]);
    out->set_geometry(sizes, strides);
  }
  record("Rot90Backward0", out, inputs(x), saves(),
         [quarter, a, b](const Tensor& g) { return rot90(g, -quarter, Dims{a, b}); });
  return out;
}

Tensor fill_diagonal_(const Tensor& self, const Scalar& value, bool wrap) {
  const int n = self.dim();
  if (n < 2) runtime_error("dimensions must larger than 1");
  int64_t length = self.size(0), step = 0;
  for (int i = 0; i < n; ++i) {
    if (n > 2 && self.size(i) != length)
      runtime_error("all dimensions of input must be of equal length");
    length = std::min(length, self.size(i));
    step += self.stride(i);
  }
  fill_(as_strided(self, Dims{length}, Dims{step}, self.storage_offset()), value);
  if (!wrap || n != 2 || length == 0) return self;
  // In a tall matrix the diagonal starts again one row below its end.
  const int64_t columns = self.size(1);
  for (int64_t row = columns + 1; row < self.size(0); row += columns + 1)
    fill_(as_strided(self, Dims{std::min(columns, self.size(0) - row)}, Dims{step},
                     self.storage_offset() + row * self.stride(0)),
          value);
  return self;
}

Tensor sum_to_size(const Tensor& x, Span sizes) {
  const int shift = x.dim() - int(sizes.size());
  bool fits = shift >= 0;
  Dims summed;
  for (int i = 0; i < x.dim() && fits; ++i) {
    const int64_t wanted = i < shift ? 1 : sizes[size_t(i - shift)];
    fits = wanted == 1 || wanted == x.size(i);
    if (i < shift || (wanted == 1 && x.size(i) != 1)) summed.push_back(i);
  }
  if (!fits)
    runtime_error("size {", to_string(sizes), "} is not expandable to size {", to_string(x.sizes()),
                  "}.");
  if (sizes.empty()) return sum(x);
  if (summed.empty()) return x;
  const Tensor all = sum(x, summed, true);
  return shift ? view(all, sizes) : all;
}

// --- copies of views
Tensor copied(const char* name, const Tensor& part) {
  Tensor out = empty(part.sizes(), part.dtype());
  copy_values(out, part);
  record(name, out, inputs(part), saves(), [](const Tensor& g) { return g; });
  return out;
}

Tensor narrow_copy(const Tensor& x, int64_t dim, int64_t start, int64_t length) {
  if (x.dim() && dim >= x.dim())
    runtime_error(
        "Expected dim < static_cast<int64_t>(self_sizes.size()) to be true, but got false.  (Could "
        "this error message be improved?  If so, please report an enhancement request to "
        "PyTorch.)");
  if (length < 0 && x.dim())
    runtime_error("start (", start, ") + length (", length, ") exceeds dimension size (",
                  x.size(wrap_dim(dim, x.dim())), ").");
  return copied("NarrowCopyBackward0", narrow(x, dim, start, length));
}

std::vector<Tensor> copies(const char* name, const Tensor& x, std::vector<Tensor> parts) {
  std::vector<Tensor> out;
  out.reserve(parts.size());
  for (const Tensor& part : parts) {
    out.push_back(empty(part.sizes(), part.dtype()));
    copy_values(out.back(), part);
  }
  if (!grad_mode.enabled || !requires_grad(x) || out.empty()) return out;
  // The views have the derivative already; their node serves the copies too.
  for (size_t i = 0; i < out.size(); ++i)
    record(name, out[i], inputs(parts[i]), saves(), [](const Tensor& g) { return g; });
  return out;
}

std::vector<Tensor> strangers(const char* name, std::vector<Tensor> parts) {
  for (Tensor& part : parts) {
    const Tensor view = part;
    part = detached_alias(view, true);
    record(name, part, inputs(view), saves(), [](const Tensor& g) { return g; });
  }
  return parts;
}

// --- parts
namespace {

// The dimension that is cut, after a check of the rank.
int cut_dim(const Tensor& x, char which) {
  const int least = which == 'h' ? 1 : which == 'v' ? 2 : 3;
  if (x.dim() < least)
    runtime_error("torch.", which, "split requires a tensor with at least ", least,
                  " dimension, but got a tensor with ", x.dim(), " dimensions!");
  return which == 'v' || x.dim() == 1 ? 0 : which == 'h' ? 1 : 2;
}

}  // namespace

std::vector<Tensor> split_evenly(const Tensor& x, char which, int64_t sections) {
  const int at = cut_dim(x, which);
  if (sections == 0 || x.size(at) % sections)
    runtime_error("torch.", which, "split attempted to split along dimension ", at,
                  ", but the size of the dimension ", x.size(at),
                  " is not divisible by the split_size ", sections, "!");
  return tensor_split(x, sections, at);
}

std::vector<Tensor> split_at(const Tensor& x, char which, Span indices) {
  return tensor_split_at(x, indices, cut_dim(x, which));
}

// --- indices
namespace {

void check_triangle(int64_t rows, int64_t columns, DType dtype, const char* name) {
  if (rows < 0) runtime_error("row must be non-negative, got", rows);
  if (columns < 0) runtime_error("col must be non-negative, got", columns);
  if (dtype != DType::Int64 && dtype != DType::Int32)
    fail(ErrorKind::NotImplemented, "\"", name, "\" not implemented for '", info(dtype).scalar,
         "'");
  checked_numel(Dims{rows, columns});
}

// How many elements lie on and below a diagonal, in closed form: there may be very many rows.
int64_t count_below(int64_t rows, int64_t columns, int64_t offset) {
  const int64_t first = std::clamp<int64_t>(-offset, 0, rows);  // the rows before have none
  const int64_t full = std::clamp<int64_t>(columns - 1 - offset, first, rows);  // the others all
  const __int128 growing = __int128(full - first) * (first + full + 1 + 2 * offset) / 2;
  return int64_t(growing) + (rows - full) * columns;
}

// Row and column of every element; ends(row) gives its first column and the end.
template <class Ends>
Tensor triangle_indices(int64_t count, int64_t first_row, int64_t end_row, Ends ends) {
  Tensor out = empty(Dims{2, count}, DType::Int64);
  int64_t* to = out.data<int64_t>();
  const LongWork work(2 * count);
  for (int64_t row = first_row, i = 0; row < end_row; ++row) {
    const auto [first, end] = ends(row);
    for (int64_t column = first; column < end; ++column, ++i) {
      to[i] = row;
      to[count + i] = column;
    }
  }
  return out;
}

}  // namespace

Tensor tril_indices(int64_t rows, int64_t columns, int64_t offset, DType dtype) {
  check_triangle(rows, columns, dtype, "tril_indices");
  offset = std::clamp(offset, -rows, columns);
  const int64_t count = count_below(rows, columns, offset);
  const int64_t first_row = columns ? std::clamp<int64_t>(-offset, 0, rows) : rows;
  return to_dtype(triangle_indices(count, first_row, rows,
                                   [=](int64_t row) {
                                     return std::pair<int64_t, int64_t>(
                                         0, std::min(row + 1 + offset, columns));
                                   }),
                  dtype);
}

Tensor triu_indices(int64_t rows, int64_t columns, int64_t offset, DType dtype) {
  check_triangle(rows, columns, dtype, "triu_indices");
  offset = std::clamp(offset, -rows, columns);
  const int64_t count = rows * columns - count_below(rows, columns, offset - 1);
  const int64_t end_row = std::clamp<int64_t>(columns - offset, 0, rows);
  return to_dtype(triangle_indices(count, 0, columns ? end_row : 0,
                                   [=](int64_t row) {
                                     return std::pair<int64_t, int64_t>(
                                         std::max<int64_t>(row + offset, 0), columns);
                                   }),
                  dtype);
}

Tensor nonzero_static(const Tensor& x, int64_t size, int64_t fill_value) {
  if (size < 0) runtime_error("nonzero_static: 'size' must be an non-negative integer");
  const Tensor found = nonzero(x);
  Tensor out = full(Dims{size, x.dim()}, Scalar(fill_value), DType::Int64);
  const int64_t kept = std::min(size, found.size(0));
  if (kept && x.dim())
    copy_values(make_view(out, Dims{kept, x.dim()}, out.strides(), 0),
                make_view(found, Dims{kept, x.dim()}, found.strides(), 0));
  return out;
}

// --- memory
Tensor resize_(const Tensor& self, Span sizes) {
  if (grad_mode.enabled && requires_grad(self))
    runtime_error("cannot resize variables that require grad");
  const int64_t numel = checked_numel(sizes), item = itemsize(self.dtype());
  const Dims strides = contiguous_strides(sizes);
  const int64_t offset = self.storage_offset();
  int64_t elements = 0, bytes = 0;
  if (__builtin_add_overflow(offset, numel, &elements) ||
      __builtin_mul_overflow(elements, item, &bytes))
    runtime_error("Storage size calculation overflowed with sizes=", to_string(sizes));
  Storage* old = self->storage;
  if (numel && old->nbytes < bytes) {
    if (old->deleter || old->owner) runtime_error("Trying to resize storage that is not resizable");
    if (self->base || old->refcount > 1)
      runtime_error("resize_: memory that other tensors share cannot grow");
    Storage* grown = Storage::allocate(bytes);
    grown->version = old->version;
    std::memcpy(grown->data, old->data, size_t(old->nbytes));
    self->storage = grown;
    self->data = static_cast<char*>(grown->data) + offset * item;
    old->release();
  }
  self->set_geometry(sizes, strides);
  bump_version(self);
  return self;
}

}  // namespace tg
