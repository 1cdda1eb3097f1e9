#include "ops/shape.h"

#include "autograd/record.h"
#include "autograd/view.h"
#include "ops/copy.h"
#include "ops/elementwise.h"

namespace tg {
namespace {

using Span = std::span<const int64_t>;

// A view on the tape; make_backward() is called only where it is recorded. A backward that is not
// itself recorded makes plain views instead: they hold no base, so that the engine may keep their
// memory as a leaf's .grad.
template <class F>
Tensor recorded_view(const char* name, const Tensor& x, Tensor out, F make_backward) {
  if (grad_mode.enabled && requires_grad(x)) record(name, out, inputs(x), saves(), make_backward());
  as_differentiable_view(out, x);
  return out;
}
template <class F>
Tensor make_recorded(const char* name, const Tensor& x, Span sizes, Span strides, int64_t offset,
                     F make_backward) {
  return recorded_view(name, x, plain_view(x, sizes, strides, offset), make_backward);
}

// Strides that show a tensor of `sizes` and `strides` as `wanted`; false where only a copy can.
bool strides_for(Span sizes, Span strides, int64_t numel, Span wanted, Dims& out) {
  const int n = int(wanted.size());
  out = Dims(n, 1);
  if (sizes.empty()) return true;
  if (numel == 0) {
    if (std::equal(sizes.begin(), sizes.end(), wanted.begin(), wanted.end()))
      out = Dims(strides);
    else
      out = contiguous_strides(wanted);
    return true;
  }
  // Walks both shapes from the end: a run of old dimensions that lie densely in each other is cut
  // anew.
  int to = n - 1;
  int64_t step = strides.back(), run = 1, covered = 1;
  for (int d = int(sizes.size()) - 1; d >= 0; --d) {
    run *= sizes[size_t(d)];
    const bool ends = d == 0 || (sizes[size_t(d - 1)] != 1 && strides[size_t(d - 1)] != run * step);
    if (!ends) continue;
    while (to >= 0 && (covered < run || wanted[size_t(to)] == 1)) {
      out[to] = covered * step;
      covered *= wanted[size_t(to)];
      --to;
    }
    if (covered != run) return false;
    if (d > 0) {
      step = strides[size_t(d - 1)];
      run = covered = 1;
    }
  }
  return to == -1;
}

// Gradient of a reshape: always possible as a view or a copy.
auto reshaped_back(const Tensor& x) {
  return [sizes = Dims(x.sizes())](const Tensor& g) {
    if (grad_mode.enabled) return reshape(g, sizes);
    const Tensor flat = contiguous(g);
    return make_view(flat, sizes, contiguous_strides(sizes), flat.storage_offset());
  };
}

Tensor reshaped_view(const char* name, const Tensor& x, Span sizes, Span strides) {
  return make_recorded(name, x, sizes, strides, x.storage_offset(),
                       [&] { return reshaped_back(x); });
}

// Geometries of a view and of the contiguous tensor that its gradient is put into.
Geometry dense(Span sizes) { return {Dims(sizes), contiguous_strides(sizes), 0}; }

template <class F>
auto placed(const Tensor& x, F geometry_within) {
  return [sizes = Dims(x.sizes()), geometry_within](const Tensor& g) {
    const Geometry base = dense(sizes);
    return engine_ops::scatter_to_base(g, geometry_within(base), base);
  };
}

Tensor exchange(const char* name, const Tensor& x, int a, int b, bool on_tape = true) {
  Dims sizes(x.sizes()), strides(x.strides());
  if (a != b) {
    std::swap(sizes[a], sizes[b]);
    std::swap(strides[a], strides[b]);
  }
  if (!on_tape) return make_view(x, sizes, strides, x.storage_offset());
  return make_recorded(name, x, sizes, strides, x.storage_offset(), [&] {
    return [name, a, b](const Tensor& g) { return exchange(name, g, a, b, grad_mode.enabled); };
  });
}

struct DimSet {
  uint64_t bits = 0;
  bool add(int dim) {
    const uint64_t bit = uint64_t{1} << dim;
    const bool fresh = !(bits & bit);
    bits |= bit;
    return fresh;
  }
  bool has(int dim) const { return bits >> dim & 1; }
};
static_assert(kMaxDims <= 64);

Tensor squeeze_set(const char* name, const Tensor& x, const DimSet& dims) {
  int64_t sizes[kMaxDims], strides[kMaxDims];
  size_t n = 0;
  for (int i = 0; i < x.dim(); ++i) {
    if (dims.has(i) && x.size(i) == 1) continue;
    sizes[n] = x.size(i);
    strides[n++] = x.stride(i);
  }
  return make_recorded(name, x, Span(sizes, n), Span(strides, n), x.storage_offset(),
                       [&] { return reshaped_back(x); });
}

Dims wrapped(Span dims, int ndim) {
  Dims out(int(dims.size()));
  for (size_t i = 0; i < dims.size(); ++i) out[int(i)] = wrap_dim(dims[i], ndim);
  return out;
}

}  // namespace

Tensor plain_view(const Tensor& of, Span sizes, Span strides, int64_t offset) {
  for (const int64_t s : sizes)
    if (s == 0) offset = std::min(offset, of->storage->nbytes / itemsize(of.dtype()));
  return make_view(of, sizes, strides, offset);
}

// --- the same elements in another shape
// ------------------------------------------------------------------
Dims infer_sizes(Span sizes, int64_t numel) {
  int64_t known = 1;
  int inferred = -1;
  bool overflow = false;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1) {
      if (inferred >= 0) runtime_error("only one dimension can be inferred");
      inferred = int(i);
    } else if (sizes[i] < 0) {
      runtime_error("invalid shape dimension ", sizes[i], " at index ", i, " of shape ",
                    to_string(sizes));
    } else {
      overflow |= __builtin_mul_overflow(known, sizes[i], &known);
    }
  }
  Dims out(sizes);
  if (!overflow && inferred < 0 && known == numel) return out;
  if (!overflow && inferred >= 0 && known > 0 && numel % known == 0) {
    out[inferred] = numel / known;
    return out;
  }
  if (!overflow && inferred >= 0 && known == 0 && numel == 0)
    runtime_error("cannot reshape tensor of 0 elements into shape ", to_string(sizes),
                  " because the unspecified dimension size -1 can be any value and is ambiguous");
  runtime_error("shape '", to_string(sizes), "' is invalid for input of size ", numel);
}

namespace {
// Whether every view of x is contiguous, too. (A trailing dimension of one element may have any
// stride, and views keep it.)
bool reshapes_freely(const Tensor& x) {
  return x.is_contiguous() && x.numel() > 0 && (x.dim() == 0 || x.stride(x.dim() - 1) == 1);
}
// Whether `sizes` are of as many elements, none of them -1.
bool holds(Span sizes, int64_t numel) {
  int64_t product = 1;
  for (const int64_t s : sizes)
    if (s <= 0 || __builtin_mul_overflow(product, s, &product)) return false;
  return product == numel;
}
}  // namespace

Tensor view(const Tensor& x, Span sizes) {
  if (reshapes_freely(x)) {
    if (holds(sizes, x.numel()))
      return recorded_view("ViewBackward0", x, make_reshaped(x, sizes),
                           [&] { return reshaped_back(x); });
    return recorded_view("ViewBackward0", x, make_reshaped(x, infer_sizes(sizes, x.numel())),
                         [&] { return reshaped_back(x); });
  }
  const Dims wanted = infer_sizes(sizes, x.numel());
  Dims strides;
  if (!strides_for(x.sizes(), x.strides(), x.numel(), wanted, strides))
    runtime_error(
        "view size is not compatible with input tensor's size and stride (at least one dimension "
        "spans "
        "across two contiguous subspaces). Use .reshape(...) instead.");
  return reshaped_view("ViewBackward0", x, wanted, strides);
}

Tensor view_as(const Tensor& x, const Tensor& other) { return view(x, other.sizes()); }

Tensor view_dtype(const Tensor& x, DType dtype) {
  if (is_complex(dtype))
    fail(ErrorKind::NotImplemented, "tapegrad has no complex tensors yet (", info(dtype).name, ")");
  const int64_t from = itemsize(x.dtype()), to = itemsize(dtype);
  Dims sizes(x.sizes()), strides(x.strides());
  const auto what = [&] {
    return join_text(" to view ", info(x.dtype()).scalar, " as ", info(dtype).scalar,
                     " (different element sizes)");
  };
  if (from != to) {
    const int last = x.dim() - 1;
    if (last < 0) runtime_error("self.dim() cannot be 0", what());
    if (to > from) {
      const int64_t ratio = to / from;
      if (x.size(last) % ratio)
        runtime_error("self.size(-1) must be divisible by ", ratio, what(), ", but got ",
                      x.size(last));
      if (x.storage_offset() % ratio)
        runtime_error("self.storage_offset() must be divisible by ", ratio, what(), ", but got ",
                      x.storage_offset());
    }
    if (x.stride(last) != 1)
      runtime_error("self.stride(-1) must be 1", what(), ", but got ", x.stride(last));
    for (int i = 0; i < last; ++i) {
      if (to > from && x.stride(i) % (to / from))
        runtime_error("self.stride(", i, ") must be divisible by ", to / from, what(), ", but got ",
                      x.stride(i));
      strides[i] = x.stride(i) * from / to;
    }
    sizes[last] = x.size(last) * from / to;
  }
  Tensor out = detached_alias(x, false);
  out->dtype = dtype;
  const int64_t offset = x.storage_offset() * from / to;
  return make_view(out, sizes, strides, offset);
}

Tensor reshape(const Tensor& x, Span sizes) {
  if (x.is_contiguous()) return view(x, sizes);
  const Dims wanted = infer_sizes(sizes, x.numel());
  Dims strides;
  if (strides_for(x.sizes(), x.strides(), x.numel(), wanted, strides))
    return reshaped_view("ReshapeAliasBackward0", x, wanted, strides);
  Tensor out = empty(x.sizes(), x.dtype());
  copy_values(out, x);
  out->set_geometry(wanted, contiguous_strides(wanted));
  record("UnsafeViewBackward0", out, inputs(x), saves(), reshaped_back(x));
  return out;
}

Tensor reshape_as(const Tensor& x, const Tensor& other) { return reshape(x, other.sizes()); }

Tensor flatten(const Tensor& x, int64_t start_dim, int64_t end_dim) {
  const int start = wrap_dim(start_dim, x.dim()), end = wrap_dim(end_dim, x.dim());
  if (start > end) runtime_error("flatten() has invalid args: start_dim cannot come after end_dim");
  if (x.dim() == 0) return reshape(x, Dims{1});
  if (start == end) return x;
  int64_t sizes[kMaxDims];
  size_t n = 0;
  int64_t run = 1;
  for (int i = 0; i < x.dim(); ++i) {
    if (i < start || i > end)
      sizes[n++] = x.size(i);
    else if (run *= x.size(i); i == end)
      sizes[n++] = run;
  }
  return reshape(x, Span(sizes, n));
}

Tensor unflatten(const Tensor& x, int64_t dim, Span sizes) {
  const int at = wrap_dim(dim, x.dim());
  if (sizes.empty()) runtime_error("unflatten: sizes must be non-empty");
  const int64_t whole = x.dim() ? x.size(at) : 1;
  Dims parts;
  try {
    parts = infer_sizes(sizes, whole);
  } catch (const Error&) {
    runtime_error("unflatten: Provided sizes ", to_string(sizes),
                  " don't multiply up to the size of dim ", at, " (", whole,
                  ") in the input tensor");
  }
  Dims out;
  for (int i = 0; i < at; ++i) out.push_back(x.size(i));
  for (const int64_t s : parts) out.push_back(s);
  for (int i = at + 1; i < x.dim(); ++i) out.push_back(x.size(i));
  return view(x, out);
}

Tensor ravel(const Tensor& x) { return view(contiguous(x), Dims{-1}); }

// --- dimensions in another order
// ---------------------------------------------------------------------------
Tensor transpose(const Tensor& x, int64_t dim0, int64_t dim1) {
  return exchange("TransposeBackward0", x, wrap_dim(dim0, x.dim()), wrap_dim(dim1, x.dim()));
}

Tensor t(const Tensor& x) {
  if (x.dim() > 2)
    runtime_error("t() expects a tensor with <= 2 dimensions, but self is ", x.dim(), "D");
  return exchange("TBackward0", x, 0, x.dim() == 2 ? 1 : 0);
}

Tensor permute(const Tensor& x, Span dims) {
  const int n = x.dim();
  if (int(dims.size()) != n)
    runtime_error(
        "permute(sparse_coo): number of dimensions in the tensor input does not match the length "
        "of the "
        "desired ordering of dimensions i.e. input.dim() = ",
        n, " is not equal to len(dims) = ", dims.size());
  Dims sizes(n), strides(n), inverse(n);
  DimSet seen;
  for (int i = 0; i < n; ++i) {
    const int d = wrap_dim(dims[size_t(i)], n);
    if (!seen.add(d)) runtime_error("permute(): duplicate dims are not allowed.");
    sizes[i] = x.size(d);
    strides[i] = x.stride(d);
    inverse[d] = i;
  }
  return make_recorded("PermuteBackward0", x, sizes, strides, x.storage_offset(),
                       [&] { return [inverse](const Tensor& g) { return permute(g, inverse); }; });
}

Tensor movedim(const Tensor& x, Span source, Span destination) {
  const int n = x.dim();
  if (source.size() != destination.size())
    runtime_error("movedim: Invalid source or destination dims: source (", to_string(source),
                  " dims) should contain the same number of dims as destination (",
                  to_string(destination), " dims)");
  const Dims from = wrapped(source, n), to = wrapped(destination, n);
  DimSet taken_from, taken_to;
  for (const int64_t d : from)
    if (!taken_from.add(int(d)))
      runtime_error("movedim: repeated dim in `source` (", to_string(source), ")");
  for (const int64_t d : to)
    if (!taken_to.add(int(d)))
      runtime_error("movedim: repeated dim in `destination` (", to_string(destination), ")");
  if (n == 0) return permute(x, Span());
  Dims order(n);
  for (int i = 0; i < from.size(); ++i) order[int(to[i])] = from[i];
  int next = 0;  // the others keep their order
  for (int i = 0; i < n; ++i) {
    if (taken_to.has(i)) continue;
    while (taken_from.has(next)) ++next;
    order[i] = next++;
  }
  return permute(x, order);
}

Tensor numpy_T(const Tensor& x) {
  Dims order(x.dim());
  for (int i = 0; i < x.dim(); ++i) order[i] = x.dim() - 1 - i;
  return permute(x, order);
}

namespace {

Tensor transpose_matrices(const Tensor& x, const char* called) {
  if (x.dim() == 0) return x;
  if (x.dim() == 1)
    runtime_error("tensor.", called,
                  " is only supported on matrices or batches of matrices. Got 1-D tensor.");
  return transpose(x, -2, -1);
}

}  // namespace

Tensor matrix_T(const Tensor& x) { return transpose_matrices(x, "mT"); }
Tensor matrix_mH(const Tensor& x) { return transpose_matrices(x, "mH"); }
Tensor adjoint(const Tensor& x) { return transpose_matrices(x, "adjoint()"); }

Tensor matrix_H(const Tensor& x) {
  if (x.dim() == 0) return x;
  if (x.dim() != 2)
    runtime_error("tensor.H is only supported on matrices (2-D tensors). Got ", x.dim(),
                  "-D tensor.",
                  x.dim() > 2 ? " For batches of matrices, consider using tensor.mH" : "");
  return transpose(x, 0, 1);
}

// --- dimensions of size 1
// ----------------------------------------------------------------------------------
Tensor squeeze(const Tensor& x) { return squeeze_set("SqueezeBackward0", x, {~uint64_t{0}}); }

Tensor squeeze(const Tensor& x, int64_t dim) {
  DimSet dims;
  dims.add(wrap_dim(dim, x.dim()));
  return squeeze_set("SqueezeBackward1", x, dims);
}

Tensor squeeze_dims(const Tensor& x, Span dims) {
  DimSet set;
  for (const int64_t d : dims) {
    const int at = wrap_dim(d, x.dim());
    if (!set.add(at)) runtime_error("dim ", at, " appears multiple times in the list of dims");
  }
  return squeeze_set("SqueezeBackward2", x, set);
}

Tensor unsqueeze(const Tensor& x, int64_t dim) {
  const int at = wrap_dim(dim, x.dim() + 1);
  Dims sizes(x.sizes()), strides(x.strides());
  const int64_t step = at < x.dim() ? x.size(at) * x.stride(at) : 1;
  sizes.insert(at, 1);
  strides.insert(at, step);
  return make_recorded("UnsqueezeBackward0", x, sizes, strides, x.storage_offset(),
                       [&] { return reshaped_back(x); });
}

Tensor expand(const Tensor& x, Span sizes) {
  const int n = int(sizes.size()), shift = n - x.dim();
  if (shift < 0)
    runtime_error("expand(torch.", info(x.dtype()).legacy, "{", to_string(x.sizes()),
                  "}, size=", to_string(sizes), "): the number of sizes provided (", n,
                  ") must be greater or equal to the number of dimensions in the tensor (", x.dim(),
                  ")");
  Dims out(n), strides(n);
  for (int i = n - 1; i >= 0; --i) {
    const int from = i - shift;
    const int64_t wanted = sizes[size_t(i)];
    int64_t size = from >= 0 ? x.size(from) : 1;
    int64_t stride = from >= 0 ? x.stride(from) : i + 1 < n ? out[i + 1] * strides[i + 1] : 0;
    if (wanted == -1 && from < 0)
      runtime_error(
          "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
          "dimension ",
          i);
    if (wanted != -1 && wanted != size) {
      if (size != 1 || wanted < 0)
        runtime_error("The expanded size of the tensor (", wanted,
                      ") must match the existing size (", size, ") at non-singleton dimension ", i,
                      ".  Target sizes: ", to_string(sizes),
                      ".  Tensor sizes: ", to_string(x.sizes()));
      size = wanted;
      stride = 0;
    }
    out[i] = size;
    strides[i] = stride;
  }
  return make_recorded("ExpandBackward0", x, out, strides, x.storage_offset(), [&] {
    return [sizes = Dims(x.sizes())](const Tensor& g) { return sum_to(g, sizes, g.dtype()); };
  });
}

Tensor expand_as(const Tensor& x, const Tensor& other) { return expand(x, other.sizes()); }

// --- some of the elements
// ------------------------------------------------------------------------------------
Tensor alias(const Tensor& x) {
  return make_recorded("AliasBackward0", x, x.sizes(), x.strides(), x.storage_offset(),
                       [] { return [](const Tensor& g) { return g; }; });
}

Tensor select(const Tensor& x, int64_t dim, int64_t index) {
  if (x.dim() == 0) index_error("select() cannot be applied to a 0-dim tensor.");
  const int at = wrap_dim(dim, x.dim());
  const int64_t size = x.size(at);
  if (index < -size || index >= size)
    index_error("select(): index ", index, " out of range for tensor of size ",
                to_string(x.sizes()), " at dimension ", at);
  if (index < 0) index += size;
  const int64_t offset = x.storage_offset() + index * x.stride(at);
  const auto within = [at, index](const Geometry& base) {
    Geometry part = base;
    part.offset = index * base.strides[at];
    part.sizes.erase(at);
    part.strides.erase(at);
    return part;
  };
  if (at == 0)
    return make_recorded("SelectBackward0", x, x.sizes().subspan(1), x.strides().subspan(1), offset,
                         [&] { return placed(x, within); });
  Dims sizes(x.sizes()), strides(x.strides());
  sizes.erase(at);
  strides.erase(at);
  return make_recorded("SelectBackward0", x, sizes, strides, offset,
                       [&] { return placed(x, within); });
}

Tensor slice(const Tensor& x, int64_t dim, int64_t start, int64_t end, int64_t step) {
  if (x.dim() == 0) runtime_error("slice() cannot be applied to a 0-dim tensor.");
  const int at = wrap_dim(dim, x.dim());
  if (step <= 0) runtime_error("slice step must be positive");
  const int64_t size = x.size(at);
  if (start < 0) start += size;
  if (end < 0) end += size;
  start = std::clamp<int64_t>(start, 0, size);
  end = std::clamp<int64_t>(end, start, size);
  Dims sizes(x.sizes()), strides(x.strides());
  const int64_t offset = x.storage_offset() + start * strides[at];
  sizes[at] = (end - start) / step + ((end - start) % step != 0);
  int64_t stride = 0;
  if (__builtin_mul_overflow(strides[at], step, &stride)) {
    if (sizes[at] > 1) runtime_error("slice step ", step, " is too large");
    stride = strides[at];
  }
  strides[at] = stride;
  const int64_t length = sizes[at];
  const auto within = [at, start, step, length](const Geometry& base) {
    Geometry part = base;
    part.offset = start * base.strides[at];
    part.sizes[at] = length;
    part.strides[at] = length > 1 ? base.strides[at] * step : base.strides[at];
    return part;
  };
  return make_recorded("SliceBackward0", x, sizes, strides, offset,
                       [&] { return placed(x, within); });
}

Tensor narrow(const Tensor& x, int64_t dim, int64_t start, int64_t length) {
  if (x.dim() == 0) runtime_error("narrow() cannot be applied to a 0-dim tensor.");
  if (length < 0) runtime_error("narrow(): length must be non-negative.");
  const int at = wrap_dim(dim, x.dim());
  const int64_t size = x.size(at);
  if (start < -size || start > size)
    index_error("start out of range (expected to be in range of [", -size, ", ", size,
                "], but got ", start, ")");
  if (start < 0) start += size;
  if (start > size - length)
    runtime_error("start (", start, ") + length (", length, ") exceeds dimension size (", size,
                  ").");
  return slice(x, at, start, start + length, 1);
}

Tensor diagonal(const Tensor& x, int64_t offset, int64_t dim1, int64_t dim2) {
  const int a = wrap_dim(dim1, x.dim()), b = wrap_dim(dim2, x.dim());
  if (a == b) runtime_error("diagonal dimensions cannot be identical ", dim1, ", ", dim2);
  const int64_t rows = x.size(a), columns = x.size(b);
  int64_t length;
  if (offset >= 0)
    length = offset >= columns ? 0 : std::min(rows, columns - offset);
  else
    length = offset <= -rows ? 0 : std::min(rows + offset, columns);
  const auto within = [a, b, offset, length](const Geometry& base) {
    Geometry part = base;
    if (length > 0)
      part.offset += offset >= 0 ? offset * base.strides[b] : -offset * base.strides[a];
    const int64_t step = base.strides[a] + base.strides[b];
    for (Dims* dims : {&part.sizes, &part.strides}) {
      dims->erase(std::max(a, b));
      dims->erase(std::min(a, b));
    }
    part.sizes.push_back(length);
    part.strides.push_back(step);
    return part;
  };
  const Geometry part = within(geometry_of(x));
  return make_recorded("DiagonalBackward0", x, part.sizes, part.strides, part.offset,
                       [&] { return placed(x, within); });
}

Tensor unfold(const Tensor& x, int64_t dim, int64_t size, int64_t step) {
  const int at = wrap_dim(dim, x.dim());
  const int64_t whole = x.dim() ? x.size(at) : 1;
  if (size < 0) runtime_error("size is ", size, " but must be >= 0");
  if (size > whole)
    runtime_error("maximum size for tensor at dimension ", at, " is ", whole, " but size is ",
                  size);
  if (step <= 0) runtime_error("step is ", step, " but must be > 0");
  const bool number = x.dim() == 0;
  const int64_t windows = (whole - size) / step + 1;
  const auto within = [at, size, step, windows, number](const Geometry& base) {
    Geometry part = base;
    const int64_t inner = number ? 1 : base.strides[at];
    if (!number) {
      part.sizes[at] = windows;
      part.strides[at] = windows > 1 ? inner * step : inner;
    }
    part.sizes.push_back(size);
    part.strides.push_back(inner);
    return part;
  };
  Geometry part = within(geometry_of(x));
  if (!number && __builtin_mul_overflow(x.stride(at), step, &part.strides[at]))
    part.strides[at] = x.stride(at);
  return make_recorded("UnfoldBackward0", x, part.sizes, part.strides, part.offset,
                       [&] { return placed(x, within); });
}

Tensor as_strided(const Tensor& x, Span sizes, Span strides, int64_t storage_offset) {
  const Geometry part{Dims(sizes), Dims(strides), storage_offset};
  return make_recorded("AsStridedBackward0", x, sizes, strides, storage_offset, [&] {
    return [part, base = geometry_of(x)](const Tensor& g) {
      return engine_ops::scatter_to_base(g, part, base);
    };
  });
}

Tensor become_view(const Tensor& self, const Tensor& view_of_self) {
  check_inplace(self);
  self->set_geometry(view_of_self.sizes(), view_of_self.strides());
  self->data = view_of_self->data;
  bump_version(self);
  if (Node* node = view_of_self->grad_fn) {
    move_retained_grad(self, node);
    ++node->refcount;
    set_grad_fn(self, node, view_of_self->output_nr);
    self->view_version = self->storage->version;
  }
  return self;
}

}  // namespace tg
