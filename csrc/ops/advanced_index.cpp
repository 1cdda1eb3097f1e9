#include "ops/advanced_index.h"

#include "autograd/record.h"
#include "kernels/index.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/modify.h"
#include "ops/shape.h"

namespace tg {
namespace {

using Span = std::span<const int64_t>;

bool is_mask(const Tensor& t) { return t.dtype() == DType::Bool || t.dtype() == DType::UInt8; }

// Lays the dims of an indexed tensor out as in the result: `of_dim(d)` for those that stay,
// `of_shape(i)` for those that the indices bring.
template <class OfDim, class OfShape>
Dims laid_out(const AdvancedIndex& at, int ndim, OfDim of_dim, OfShape of_shape) {
  const int k = at.count(), n = int(at.shape().size());
  Dims out(ndim - k - at.folded + 1 + n);
  int to = 0;
  const auto put_shape = [&] {
    for (int i = 0; i < n; ++i) out[to++] = of_shape(i);
  };
  if (!at.adjacent) put_shape();
  for (int d = 0, next = 0; d < ndim; ++d) {
    if (next < k && at.dims[next] == d) {
      if (next == 0 && at.adjacent) put_shape();
      if (next++ == 0) d += at.folded - 1;
    } else {
      out[to++] = of_dim(d);
    }
  }
  return out;
}

// The elements between neighbours along dims[0]. Dense tensors may have any stride where a size
// is 1.
int64_t step_of_first(const Tensor& of, const AdvancedIndex& at) {
  const int first = int(at.dims[0]);
  if (!of.is_contiguous()) return of.stride(first);
  int64_t step = 1;
  for (int d = first + at.folded; d < of.dim(); ++d) step *= of.size(d);
  return step;
}

// Walks over the result: the places' offsets within a tensor of given strides, and its own steps.
struct Places {
  Places(const AdvancedIndex& at, const Tensor& of) {
    const int ndim = of.dim();
    steps = laid_out(at, ndim, [&](int d) { return of.stride(d); }, [](int) { return int64_t{0}; });
    const Dims dense = contiguous_strides(at.shape());
    offset_steps =
        laid_out(at, ndim, [](int) { return int64_t{0}; }, [&](int i) { return dense[i]; });
    if (at.count() == 1) {
      offsets = at.indices;
      scale = step_of_first(of, at) * itemsize(of.dtype());
      return;
    }
    offsets = empty(at.shape(), DType::Int64);
    const int64_t n = offsets.numel();
    int64_t* sum = offsets.data<int64_t>();
    const int64_t* index = at.indices.data<int64_t>();
    for (int i = 0; i < at.count(); ++i) {
      const int d = int(at.dims[i]);
      add_offsets(index + i * n, n, of.size(d), of.stride(d), i == 0, sum);
    }
    scale = itemsize(of.dtype());
  }
  Walk offsets_walk() const { return {offsets->data, offset_steps.data()}; }
  Walk walk(const Tensor& of) const { return {of->data, steps.data()}; }

  Tensor offsets;
  Dims steps, offset_steps;
  int64_t scale;
};

void check_values(const Tensor& values, const Dims& result) {
  bool fits = values.dim() <= result.size();
  for (int i = 1; fits && i <= values.dim(); ++i) {
    const int64_t size = values.size(values.dim() - i);
    fits = size == 1 || size == result[result.size() - i];
  }
  if (!fits)
    runtime_error("shape mismatch: value tensor of shape ", to_string(values.sizes()),
                  " cannot be broadcast to indexing result of shape ", to_string(result));
}

void write_values(const Tensor& into, const AdvancedIndex& at, const Tensor& values,
                  bool accumulate) {
  const Dims sizes = at.result_sizes(into.sizes());
  const Places places(at, into);
  const Tensor source = apart_from(into, values);
  const Dims steps = broadcast_strides(source, sizes);
  put_at(sizes, places.walk(into), lies_across_itself(into), places.offsets_walk(), places.scale,
         {source->data, steps.data()}, into.dtype(), accumulate ? Combine::Add : Combine::Write);
}

struct Layout {
  explicit Layout(const AdvancedIndex& at)
      : dims(at.dims), adjacent(at.adjacent), folded(at.folded) {}
  AdvancedIndex with(const Tensor& indices) const { return {indices, dims, adjacent, folded}; }

  Dims dims;
  bool adjacent;
  int folded;
};

// `x` as the index needs it.
Tensor indexable(const Tensor& x, const AdvancedIndex& at) {
  return at.folded > 1 ? contiguous(x) : x;
}

// Zeros of `sizes` with `grad` added at the places.
Tensor spread_indexed(const Tensor& grad, const AdvancedIndex& at, Span sizes) {
  Tensor out = empty(sizes, grad.dtype());
  fill_values(out, Scalar(0));
  write_values(out, at, grad, true);
  record("IndexPutBackward0", out, inputs(grad), saves(at.indices),
         [layout = Layout(at)](const Tensor& g, const Tensor& indices) {
           return take_indexed("IndexBackward0", g, layout.with(indices));
         });
  return out;
}

void remember_put(const char* name, const Tensor& out, const Tensor& before,
                  const AdvancedIndex& at, const Tensor& values, bool accumulate) {
  record(name, out, inputs(before, values), saves(at.indices),
         [name, layout = Layout(at), sizes = Dims(values.sizes()), accumulate](
             GradInputs& to, const Tensor& g, const Tensor& indices) {
           const AdvancedIndex at = layout.with(indices);
           if (to.needed(0)) {
             Tensor zero;
             if (!accumulate) {
               zero = empty(Dims(), g.dtype());
               fill_values(zero, Scalar(0));
             }
             to.set(0, accumulate ? g : put_indexed(name, g, at, zero, false));
           }
           if (to.needed(1))
             to.set(1, sum_to(take_indexed("IndexBackward0", g, at), sizes, g.dtype()));
         });
}

void check_put(const Tensor& x, const AdvancedIndex& at, const Tensor& values) {
  check_values(values, at.result_sizes(x.sizes()));
  if (values.dtype() != x.dtype())
    runtime_error("Index put requires the source and destination dtypes match, got ",
                  info(x.dtype()).scalar, " for the destination and ", info(values.dtype()).scalar,
                  " for the source.");
}

// One column of coordinates along a dimension, as given.
struct Column {
  int dim;
  Tensor index;
};

void check_mask(const Tensor& x, const IndexedDim& mask) {
  const Tensor& t = mask.index;
  if (mask.dim + t.dim() > x.dim())
    index_error("too many indices for tensor of dimension ", x.dim());
  for (int j = 0; j < t.dim(); ++j)
    if (t.size(j) != x.size(mask.dim + j))
      index_error("The shape of the mask ", to_string(t.sizes()), " at index ", j,
                  " does not match the shape of the indexed tensor ", to_string(x.sizes()),
                  " at index ", mask.dim + j);
}

// Masks become one column for each of their dimensions.
std::vector<Column> columns_of(const Tensor& x, std::span<const IndexedDim> indexed) {
  std::vector<Column> out;
  out.reserve(indexed.size());
  for (const IndexedDim& item : indexed) {
    const Tensor& t = item.index;
    if (!is_mask(t)) {
      if (t.dtype() != DType::Int64 && t.dtype() != DType::Int32)
        index_error("tensors used as indices must be long, int, byte or bool tensors");
      if (item.dim >= x.dim()) index_error("too many indices for tensor of dimension ", x.dim());
      out.push_back({item.dim, t});
      continue;
    }
    check_mask(x, item);
    const Tensor found = positions(t);
    for (int j = 0; j < t.dim(); ++j)
      out.push_back({item.dim + j, make_view(found, found.sizes().subspan(1),
                                             found.strides().subspan(1), j * found.size(1))});
  }
  return out;
}

Dims common_shape(const std::vector<Column>& columns) {
  Dims shape(columns[0].index.sizes());
  if (columns.size() == 1) return shape;
  try {
    for (const Column& c : columns) shape = broadcast_sizes(shape, c.index.sizes());
  } catch (const Error&) {
    std::string shapes;
    for (const Column& c : columns)
      shapes += (shapes.empty() ? "" : ", ") + to_string(c.index.sizes());
    index_error("shape mismatch: indexing tensors could not be broadcast together with shapes ",
                shapes);
  }
  return shape;
}

// Checks the coordinates of index tensor `number` and counts them from the front.
void finish_row(int64_t* row, int64_t n, int number, int64_t size) {
  if (n && size == 0) index_error("index is out of bounds for dimension with size 0");
  if (!first_outside(row, n, 0, size)) return;
  if (const int64_t* bad = first_outside(row, n, -size, size))
    index_error("index ", *bad, " is out of bounds for dimension ", number, " with size ", size);
  for (int64_t i = 0; i < n; ++i) row[i] += row[i] < 0 ? size : 0;
}

// As in PyTorch, indices that reach no elements, whatever they are, are not looked at.
bool reaches_elements(const Tensor& x, const AdvancedIndex& at) {
  if (x.numel()) return true;
  for (int d = 0; d < x.dim(); ++d)
    if (x.size(d) == 0 && std::find(at.dims.begin(), at.dims.end(), d) == at.dims.end())
      return false;
  return true;
}

AdvancedIndex single_index(const Tensor& x, const IndexedDim& item) {
  const Tensor& index = item.index;
  int64_t sizes[kMaxDims + 1] = {1};
  std::copy(index.sizes().begin(), index.sizes().end(), sizes + 1);
  AdvancedIndex at{empty(Span(sizes, size_t(index.dim()) + 1), DType::Int64), Dims(1, item.dim),
                   true};
  int64_t* row = at.indices.data<int64_t>();
  const int64_t n = at.indices.numel();
  if (index.is_contiguous())
    std::memcpy(row, index->data, size_t(n) * 8);
  else
    copy_values(make_view(at.indices, index.sizes(), contiguous_strides(index.sizes()), 0), index);
  if (reaches_elements(x, at)) finish_row(row, n, 0, x.size(item.dim));
  return at;
}

}  // namespace

Dims AdvancedIndex::result_sizes(Span sizes) const {
  return laid_out(
      *this, int(sizes.size()), [&](int d) { return sizes[size_t(d)]; },
      [&](int i) { return shape()[size_t(i)]; });
}

Tensor positions(const Tensor& mask) {
  GradModeGuard off(false);
  const Tensor flags = contiguous(mask);
  const auto* bytes = flags.data<uint8_t>();
  const LongWork work(flags.numel());
  const int64_t count = count_true(bytes, flags.numel());
  Tensor out = empty(Dims{mask.dim(), count}, DType::Int64);
  positions_of_true(bytes, flags.sizes(), count, out.data<int64_t>());
  return out;
}

AdvancedIndex advanced_index(const Tensor& x, std::span<const IndexedDim> indexed) {
  GradModeGuard off(false);
  if (indexed.size() == 1 && is_mask(indexed[0].index) &&
      indexed[0].index.dim()) {  // positions are right as they are
    check_mask(x, indexed[0]);
    const Tensor& mask = indexed[0].index;
    if (x.is_contiguous())
      return {positions(view(contiguous(mask), Dims{-1})), Dims(1, indexed[0].dim), true,
              mask.dim()};
    Dims dims(mask.dim());
    for (int i = 0; i < dims.size(); ++i) dims[i] = indexed[0].dim + i;
    return {positions(mask), dims, true};
  }
  if (indexed.size() == 1 && indexed[0].index.dtype() == DType::Int64 && indexed[0].dim < x.dim())
    return single_index(x, indexed[0]);
  const std::vector<Column> columns = columns_of(x, indexed);
  const Dims shape = common_shape(columns);
  const int k = int(columns.size());
  AdvancedIndex at;
  Dims stacked = shape;
  stacked.insert(0, k);
  at.indices = empty(stacked, DType::Int64);
  at.dims = Dims(k);
  at.adjacent = true;
  const int64_t n = k ? at.indices.numel() / k : 0;
  const Dims dense = contiguous_strides(shape);
  for (int i = 0; i < k; ++i) {
    const Column& c = columns[size_t(i)];
    at.dims[i] = c.dim;
    if (i && at.dims[i] != at.dims[i - 1] + 1) at.adjacent = false;
    int64_t* row = at.indices.data<int64_t>() + i * n;
    if (c.index.dtype() == DType::Int64 && c.index.is_contiguous() && c.index.numel() == n)
      std::memcpy(row, c.index->data, size_t(n) * 8);
    else
      copy_values(make_view(at.indices, shape, dense, i * n), c.index);
  }
  const bool reaches = reaches_elements(x, at);
  for (int i = 0; i < k && reaches; ++i)
    finish_row(at.indices.data<int64_t>() + i * n, n, i, x.size(int(at.dims[i])));
  return at;
}

Tensor take_indexed(const char* name, const Tensor& from, const AdvancedIndex& at) {
  const Tensor x = indexable(from, at);
  Tensor out = empty(at.result_sizes(x.sizes()), x.dtype());
  if (at.count() == 1 && at.dims[0] == 0 && x.is_contiguous() && out.numel()) {
    take_dense_rows(out->data, at.indices.data<int64_t>(), at.indices.numel(), x->data,
                    step_of_first(x, at) * itemsize(x.dtype()));
  } else {
    const Places places(at, x);
    take_at(out.sizes(), {out->data, out->strides()}, places.offsets_walk(), places.scale,
            places.walk(x), itemsize(x.dtype()));
  }
  record(name, out, inputs(x), saves(at.indices),
         [layout = Layout(at), sizes = Dims(x.sizes())](const Tensor& g, const Tensor& indices) {
           return spread_indexed(g, layout.with(indices), sizes);
         });
  return out;
}

Tensor put_indexed(const char* name, const Tensor& into, const AdvancedIndex& at,
                   const Tensor& values, bool accumulate) {
  const Tensor x = indexable(into, at);
  check_put(x, at, values);
  return modified(
      x, [&](const Tensor& into) { write_values(into, at, values, accumulate); },
      [&](const Tensor& out, const Tensor& before) {
        remember_put(name, out, before, at, values, accumulate);
      });
}

Tensor put_indexed_(const char* name, const Tensor& self, const AdvancedIndex& at,
                    const Tensor& values, bool accumulate) {
  check_put(self, at, values);
  return modified_in_place(
      self, [&](const Tensor& into) { write_values(into, at, values, accumulate); },
      [&](const Tensor& out, const Tensor& before) {
        remember_put(name, out, before, at, values, accumulate);
      },
      Repeats::Allowed);
}

}  // namespace tg
