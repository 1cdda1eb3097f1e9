#include "ops/join.h"

#include "autograd/record.h"
#include "autograd/view.h"
#include "kernels/loops.h"
#include "kernels/parallel.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/shape.h"

namespace tg {
namespace {

using Span = std::span<const int64_t>;

// cat() passes over vectors without elements, whatever the shape of the others.
bool is_skipped(const Tensor& t) { return t.dim() == 1 && t.size(0) == 0; }

bool any_tracked(std::span<const Tensor> tensors) {
  if (!grad_mode.enabled) return false;
  bool tracked = false;
  for (const Tensor& t : tensors) tracked |= requires_grad(t);
  return tracked;
}

DType common_dtype(std::span<const Tensor> tensors) {
  DType first = tensors[0].dtype();
  bool same = true;
  for (const Tensor& t : tensors) same &= t.dtype() == first;
  if (same) return first;
  ResultType type;
  for (const Tensor& t : tensors) type << t;
  return type.value();
}

// 16 bytes or more, without a call where they are few.
inline void copy_bytes(char* to, const char* from, int64_t bytes) {
  if (bytes > 64) {
    std::memcpy(to, from, size_t(bytes));
    return;
  }
  for (int64_t i = 0; i < bytes - 16; i += 16) std::memcpy(to + i, from + i, 16);
  std::memcpy(to + bytes - 16, from + bytes - 16, 16);
}

// Dense tensors beside each other in a dense result: `bytes` of each of `outer` rows.
struct Stretch {
  char* to;
  const char* from;
  int64_t bytes;
};
constexpr int64_t kGrain = 1 << 17;  // bytes
void write_rows(std::span<const Stretch> stretches, int64_t outer, int64_t row) {
  const LongWork work(outer * row / 4);
  sweep(outer, 1 + kGrain / row, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      for (const Stretch& s : stretches) copy_bytes(s.to + i * row, s.from + i * s.bytes, s.bytes);
  });
}

// Writes each tensor into its stretch of `out` along dimension `at`; `length_of` says how long that
// is.
template <class F>
void write_stretches(const Tensor& out, std::span<const Tensor> tensors, int at, F length_of) {
  const int64_t item = itemsize(out.dtype());
  int64_t outer = 1, inner = item;
  for (int i = 0; i < at; ++i) outer *= out.size(i);
  for (int i = at + 1; i < out.dim(); ++i) inner *= out.size(i);
  const int64_t row = inner * out.size(at);
  constexpr int64_t kShort = 16;
  std::vector<Stretch> dense;  // written row by row, where the result does not fit a near cache
  const bool large = outer * row >= int64_t{1} << 15;
  int64_t start = 0;
  for (const Tensor& t : tensors) {
    const int64_t length = length_of(t);
    if (length < 0) continue;
    const int64_t bytes = length * inner;
    if (bytes == 0 || outer == 0) continue;
    if (t.dtype() == out.dtype() && t.is_contiguous() && out.is_contiguous() &&
        (outer <= 64 || bytes >= (large ? kShort : 2 * kShort))) {
      char* to = out->data + start * inner;
      if (bytes >= kShort && large) {
        dense.push_back({to, t->data, bytes});
      } else {
        for (int64_t i = 0; i < outer; ++i)
          std::memcpy(to + i * row, t->data + i * bytes, size_t(bytes));
      }
    } else {
      Dims sizes(out.sizes());
      sizes[at] = length;
      const Tensor place = make_view(out, sizes, out.strides(), start * out.stride(at));
      if (t.dim() == out.dim()) {
        copy_values(place, t);
      } else {  // stack(): t has no dimension `at`
        Dims within(place.sizes()), steps(place.strides());
        within.erase(at);
        steps.erase(at);
        copy_values(make_view(place, within, steps, place.storage_offset()), t);
      }
    }
    start += length;
  }
  if (!dense.empty()) write_rows(dense, outer, row);
}

// Contiguous tensors of one dtype, one after the other.
Tensor in_order(std::span<const Tensor> tensors, Span sizes) {
  Tensor out = empty(sizes, tensors[0].dtype());
  const int64_t item = itemsize(out.dtype());
  const LongWork work(out.numel());
  char* const to = out->data;
  if (out.numel() * item < 2 * kGrain) {
    char* at = to;
    for (const Tensor& t : tensors) {
      const int64_t bytes = t.numel() * item;
      std::memcpy(at, t->data, size_t(bytes));
      at += bytes;
    }
    return out;
  }
  std::vector<int64_t> ends;  // of the tensors, in bytes of the result
  ends.reserve(tensors.size());
  int64_t bytes = 0;
  for (const Tensor& t : tensors) ends.push_back(bytes += t.numel() * item);
  sweep(bytes, kGrain, [&](int64_t begin, int64_t end) {
    size_t k = size_t(std::upper_bound(ends.begin(), ends.end(), begin) - ends.begin());
    for (int64_t at = begin; at < end; at = ends[k++]) {
      const char* const from = tensors[k]->data + at - (k ? ends[k - 1] : 0);
      std::memcpy(to + at, from, size_t(std::min(ends[k], end) - at));
    }
  });
  return out;
}

// Whether cat() along the first dimension is that, and how long the result is there.
bool join_in_order(std::span<const Tensor> tensors, int64_t* length) {
  const Tensor& first = tensors[0];
  if (first.dim() == 0) return false;
  const Span rest = first.sizes().subspan(1);
  *length = 0;
  for (const Tensor& t : tensors) {
    if (t.dtype() != first.dtype() || t.dim() != first.dim() || !t.is_contiguous() ||
        !std::equal(rest.begin(), rest.end(), t.sizes().begin() + 1) ||
        __builtin_add_overflow(*length, t.size(0), length))
      return false;
  }
  return true;
}

// Part of a gradient: a plain view where no graph is made.
Tensor part_of(const Tensor& g, int at, int64_t start, int64_t length) {
  if (grad_mode.enabled) return slice(g, at, start, start + length);
  Dims sizes(g.sizes());
  sizes[at] = length;
  return plain_view(g, sizes, g.strides(), g.storage_offset() + start * g.stride(at));
}

std::vector<Tensor> each(std::span<const Tensor> tensors, Tensor (*f)(const Tensor&)) {
  std::vector<Tensor> out;
  out.reserve(tensors.size());
  for (const Tensor& t : tensors) out.push_back(f(t));
  return out;
}

}  // namespace

// --- joining
// -------------------------------------------------------------------------------------------------
static Tensor joined(std::span<const Tensor> tensors, int64_t dim, int* along) {
  const Tensor* model = nullptr;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].dim() == 0)
      runtime_error("zero-dimensional tensor (at position ", i, ") cannot be concatenated");
    if (!model && !is_skipped(tensors[i])) model = &tensors[i];
  }
  // Where all are passed over, so is what `dim` says.
  const int at = *along = model ? wrap_dim(dim, model->dim()) : 0;
  if (!model) model = &tensors[0];
  Dims sizes(model->sizes());
  sizes[at] = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& t = tensors[i];
    if (is_skipped(t)) continue;
    if (t.dim() != model->dim())
      runtime_error("Tensors must have same number of dimensions: got ", model->dim(), " and ",
                    t.dim());
    for (int d = 0; d < t.dim(); ++d)
      if (d != at && t.size(d) != model->size(d))
        runtime_error("Sizes of tensors must match except in dimension ", at, ". Expected size ",
                      model->size(d), " but got size ", t.size(d), " for tensor number ", i,
                      " in the list.");
    if (__builtin_add_overflow(sizes[at], t.size(at), &sizes[at]))
      runtime_error("torch.cat(): the result is too large");
  }
  MemoryFormat format = MemoryFormat::Contiguous;  // channels last where all of them are
  if (model->dim() >= 4 && !model->is_contiguous()) {
    format = suggested_format(*model);
    for (const Tensor& t : tensors)
      if (suggested_format(t) != format) format = MemoryFormat::Contiguous;
  }
  Tensor out = format == MemoryFormat::Contiguous ? empty(sizes, common_dtype(tensors))
                                                  : empty(sizes, common_dtype(tensors), format);
  write_stretches(out, tensors, at,
                  [at](const Tensor& t) { return is_skipped(t) ? -1 : t.size(at); });
  return out;
}

Tensor cat(std::span<const Tensor> tensors, int64_t dim) {
  if (tensors.empty()) value_error("torch.cat(): expected a non-empty list of Tensors");
  int at = 0;
  Tensor out;
  if (int64_t length;
      (dim == 0 || tensors[0].dim() + dim == 0) && join_in_order(tensors, &length)) {
    Dims sizes(tensors[0].sizes());
    sizes[0] = length;
    out = in_order(tensors, sizes);
  } else {
    out = joined(tensors, dim, &at);
  }
  if (!any_tracked(tensors)) return out;
  struct Part {
    int64_t length;  // -1: passed over
    DType dtype;
  };
  std::vector<Part> parts;
  for (const Tensor& t : tensors) parts.push_back({is_skipped(t) ? -1 : t.size(at), t.dtype()});
  record_list("CatBackward0", out, tensors,
              [parts = std::move(parts), at](GradInputs& to, const Tensor& g) {
                int64_t start = 0;
                for (size_t i = 0; i < parts.size(); ++i) {
                  const Part& p = parts[i];
                  if (to.needed(i))
                    to.set(i, p.length < 0 ? empty(Dims{0}, p.dtype)
                                           : to_dtype(part_of(g, at, start, p.length), p.dtype));
                  start += std::max<int64_t>(p.length, 0);
                }
              });
  return out;
}

Tensor stack(std::span<const Tensor> tensors, int64_t dim) {
  if (tensors.empty()) runtime_error("stack expects a non-empty TensorList");
  const Tensor& first = tensors[0];
  const int at = wrap_dim(dim, first.dim() + 1);
  for (size_t i = 1; i < tensors.size(); ++i)
    if (!tensors[i].same_sizes(first))
      runtime_error("stack expects each tensor to be equal size, but got ",
                    to_string(first.sizes()), " at entry 0 and ", to_string(tensors[i].sizes()),
                    " at entry ", i);
  Dims sizes(first.sizes());
  sizes.insert(at, int64_t(tensors.size()));
  Tensor out;
  if (int64_t length; at == 0 && join_in_order(tensors, &length)) {
    out = in_order(tensors, sizes);
  } else {
    out = empty(sizes, common_dtype(tensors));
    write_stretches(out, tensors, at, [](const Tensor&) { return int64_t{1}; });
  }
  if (!any_tracked(tensors)) return out;
  std::vector<DType> dtypes;
  for (const Tensor& t : tensors) dtypes.push_back(t.dtype());
  record_list("StackBackward0", out, tensors,
              [dtypes = std::move(dtypes), at](GradInputs& to, const Tensor& g) {
                Dims sizes(g.sizes()), strides(g.strides());
                sizes.erase(at);
                strides.erase(at);
                for (size_t i = 0; i < dtypes.size(); ++i) {
                  if (!to.needed(i)) continue;
                  const int64_t offset = g.storage_offset() + int64_t(i) * g.stride(at);
                  to.set(i, to_dtype(grad_mode.enabled ? select(g, at, int64_t(i))
                                                       : plain_view(g, sizes, strides, offset),
                                     dtypes[i]));
                }
              });
  return out;
}

Tensor atleast_1d(const Tensor& x) { return x.dim() == 0 ? reshape(x, Dims{1}) : x; }
Tensor atleast_2d(const Tensor& x) {
  return x.dim() == 0 ? reshape(x, Dims{1, 1}) : x.dim() == 1 ? unsqueeze(x, 0) : x;
}
Tensor atleast_3d(const Tensor& x) {
  return x.dim() == 0   ? reshape(x, Dims{1, 1, 1})
         : x.dim() == 1 ? unsqueeze(unsqueeze(x, 0), -1)
         : x.dim() == 2 ? unsqueeze(x, -1)
                        : x;
}

Tensor hstack(std::span<const Tensor> tensors) {
  if (tensors.empty()) runtime_error("hstack expects a non-empty TensorList");
  const std::vector<Tensor> list = each(tensors, atleast_1d);
  return cat(list, list[0].dim() == 1 ? 0 : 1);
}
Tensor vstack(std::span<const Tensor> tensors) {
  if (tensors.empty()) runtime_error("vstack expects a non-empty TensorList");
  return cat(each(tensors, atleast_2d), 0);
}
Tensor dstack(std::span<const Tensor> tensors) {
  if (tensors.empty()) runtime_error("dstack expects a non-empty TensorList");
  return cat(each(tensors, atleast_3d), 2);
}
Tensor column_stack(std::span<const Tensor> tensors) {
  if (tensors.empty()) runtime_error("column_stack expects a non-empty TensorList");
  return hstack(each(
      tensors, [](const Tensor& t) { return t.dim() <= 1 ? reshape(t, Dims{t.numel(), 1}) : t; }));
}

// --- common shapes
// -------------------------------------------------------------------------------------------
std::vector<Tensor> broadcast_tensors(std::span<const Tensor> tensors) {
  Dims sizes;
  for (const Tensor& t : tensors) sizes = broadcast_sizes(sizes, t.sizes());
  std::vector<Tensor> out;
  out.reserve(tensors.size());
  for (const Tensor& t : tensors) out.push_back(expand(t, sizes));
  return out;
}

std::vector<Tensor> meshgrid(std::span<const Tensor> tensors, const std::string& indexing) {
  if (tensors.empty()) runtime_error("meshgrid expects a non-empty TensorList");
  for (size_t i = 0; i + 1 < tensors.size(); ++i)
    if (tensors[i].dtype() != tensors[i + 1].dtype())
      runtime_error("meshgrid expects all tensors to have the same dtype");
  if (indexing != "ij" && indexing != "xy")
    runtime_error("torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: ",
                  indexing);
  std::vector<Tensor> axes(tensors.begin(), tensors.end());
  const bool exchanged = indexing == "xy" && axes.size() >= 2;
  if (exchanged) std::swap(axes[0], axes[1]);
  const int n = int(axes.size());
  Dims sizes(n);
  for (int i = 0; i < n; ++i) {
    if (axes[size_t(i)].dim() > 1)
      runtime_error("torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ",
                    axes[size_t(i)].dim(), "D");
    sizes[i] = axes[size_t(i)].numel();
  }
  std::vector<Tensor> out;
  for (int i = 0; i < n; ++i) {
    Dims own(n, 1);
    own[i] = sizes[i];
    out.push_back(expand(view(axes[size_t(i)], own), sizes));
  }
  if (exchanged) std::swap(out[0], out[1]);
  return out;
}

}  // namespace tg
