#include "core/layout.h"

#include <algorithm>

namespace tg {
namespace {

using Span = std::span<const int64_t>;

constexpr int kLast2d[] = {1, 3, 2, 0}, kLast3d[] = {1, 4, 3, 2, 0};  // from the inside out

bool equal_strides(const Tensor& a, const Tensor& b) {
  return a.dim() == b.dim() &&
         std::equal(a.strides().begin(), a.strides().end(), b.strides().begin());
}

bool steps_through(const Tensor& t, std::span<const int> order) {
  int64_t step = 1;
  for (const int d : order) {
    if (t.size(d) == 1) continue;
    if (t.stride(d) != step) return false;
    step *= t.size(d);
  }
  return true;
}

// Strides that grow along `order`; dims of size 1 that leave it open what comes first count as
// contiguous.
bool grows_through(const Tensor& t, std::span<const int> order) {
  if (t.stride(1) == 0) return false;
  int64_t least = 0;
  for (const int d : order) {
    if (t.size(d) == 0 || t.stride(d) < least) return false;
    if (d == 0 && least == t.stride(1)) return false;
    least = t.stride(d) * std::max<int64_t>(t.size(d), 1);
  }
  return true;
}

void restride(const Tensor& out, std::span<const int> order) {
  Dims strides(out.dim());
  int64_t step = 1;
  for (const int d : order) {
    strides[d] = step;
    step *= out.size(d);
  }
  out->set_geometry(Dims(out.sizes()), strides);
}

// Orders the dims from the inside out by the strides of `count` operands: the first that tells two
// dims apart decides; a broadcast dim (stride 0) tells nothing and stays where it is.
void sort_dims(Span sizes, const Dims* strides, int count, int* order) {
  const int n = int(sizes.size());
  const auto compare = [&](int a, int b) {
    for (int k = 0; k < count; ++k) {
      const int64_t sa = strides[k][a], sb = strides[k][b];
      if (sa == 0 || sb == 0) continue;
      if (sa != sb) return sa < sb ? -1 : 1;
      if (sizes[size_t(a)] > sizes[size_t(b)]) return 1;
    }
    return 0;
  };
  for (int i = 0; i < n; ++i) order[i] = n - 1 - i;
  for (int i = 1; i < n; ++i) {
    int at = i;
    for (int j = i - 1; j >= 0; --j) {
      const int c = compare(order[j], order[at]);
      if (c < 0) break;
      if (c == 0) continue;
      std::swap(order[j], order[at]);
      at = j;
    }
  }
}

}  // namespace

bool is_dense(const Tensor& t) {
  if (t.is_contiguous()) return true;
  int order[kMaxDims];
  int n = 0;
  for (int d = 0; d < t.dim(); ++d)
    if (t.size(d) != 1) order[n++] = d;
  std::sort(order, order + n, [&](int a, int b) { return t.stride(a) < t.stride(b); });
  return steps_through(t, {order, size_t(n)});
}

bool is_contiguous(const Tensor& t, MemoryFormat format) {
  switch (format) {
    case MemoryFormat::ChannelsLast:
      return t.dim() == 4 && steps_through(t, kLast2d);
    case MemoryFormat::ChannelsLast3d:
      return t.dim() == 5 && steps_through(t, kLast3d);
    default:
      return t.is_contiguous();
  }
}

MemoryFormat suggested_format(const Tensor& t) {
  if (t.dim() == 4 && grows_through(t, kLast2d)) return MemoryFormat::ChannelsLast;
  if (t.dim() == 5 && grows_through(t, kLast3d)) return MemoryFormat::ChannelsLast3d;
  return MemoryFormat::Contiguous;
}

Tensor empty(Span sizes, DType dtype, MemoryFormat format) {
  if (format == MemoryFormat::Preserve) runtime_error("unsupported memory format option Preserve");
  if (format == MemoryFormat::ChannelsLast && sizes.size() != 4)
    runtime_error("required rank 4 tensor to use channels_last format");
  if (format == MemoryFormat::ChannelsLast3d && sizes.size() != 5)
    runtime_error("required rank 5 tensor to use channels_last_3d format");
  Tensor out = empty(sizes, dtype);
  if (format == MemoryFormat::ChannelsLast) restride(out, kLast2d);
  if (format == MemoryFormat::ChannelsLast3d) restride(out, kLast3d);
  return out;
}

Tensor empty_like(const Tensor& t, DType dtype) {
  Tensor out = empty(t.sizes(), dtype);
  const int n = t.dim();
  if (n == 0) return out;
  if (t.is_contiguous()) {  // strides of dims of size 1 may be any
    if (!std::equal(t->strides(), t->strides() + n, out->strides()))
      out->set_geometry(t.sizes(), t.strides());
    return out;
  }
  if (is_dense(t)) {
    out->set_geometry(t.sizes(), t.strides());
    return out;
  }
  const Dims strides(t.strides());
  int order[kMaxDims];
  sort_dims(t.sizes(), &strides, 1, order);
  restride(out, {order, size_t(n)});
  return out;
}

Tensor empty_like(const Tensor& t, DType dtype, MemoryFormat format) {
  return format == MemoryFormat::Preserve ? empty_like(t, dtype) : empty(t.sizes(), dtype, format);
}

Tensor empty_for(Span sizes, DType dtype, std::initializer_list<const Tensor*> operands,
                 bool and_number) {
  Tensor out = empty(sizes, dtype);
  const int n = int(sizes.size());
  bool plain = true, rows = !and_number, alike = rows, channels_last = rows && n == 4;
  for (const Tensor* t : operands) {
    const bool whole = t->same_sizes(out);
    plain &= t->is_plain();
    rows &= whole && t->is_contiguous();
    alike &= whole && equal_strides(*t, **operands.begin());
    channels_last &= whole && is_contiguous(*t, MemoryFormat::ChannelsLast);
  }
  if (n < 2 || plain || rows || out.numel() == 0) return out;
  if (channels_last) {
    restride(out, kLast2d);
    return out;
  }
  if (alike && is_dense(**operands.begin())) {
    out->set_geometry(sizes, (*operands.begin())->strides());
    return out;
  }
  Dims strides[4];
  int count = 0;
  for (const Tensor* t : operands) {
    Dims& own = strides[count++] = Dims(n);
    for (int d = n - t->dim(), i = 0; d < n; ++d, ++i)
      own[d] = t->size(i) == 1 && sizes[size_t(d)] != 1 ? 0 : t->stride(i);
  }
  int order[kMaxDims];
  sort_dims(sizes, strides, count, order);
  restride(out, {order, size_t(n)});
  return out;
}

bool same_dense_layout(const Tensor& a, const Tensor& b) {
  if (!a.same_sizes(b)) return false;
  if (a.is_contiguous() || b.is_contiguous()) return a.is_contiguous() && b.is_contiguous();
  return equal_strides(a, b) && is_dense(a);
}

}  // namespace tg
