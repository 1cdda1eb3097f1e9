#include "ops/reduction.h"

#include "ops/copy.h"
#include "ops/operators.h"
#include "ops/shape.h"

namespace tg {

uint64_t dim_mask(const Tensor& x, std::span<const int64_t> dims) {
  if (dims.empty()) return all_dims(x.dim());
  uint64_t mask = 0;
  for (const int64_t dim : dims) {
    const int d = wrap_dim(dim, x.dim());
    if (mask >> d & 1) runtime_error("dim ", d, " appears multiple times in the list of dims");
    mask |= one_dim(d);
  }
  return mask & all_dims(x.dim());
}
uint64_t dim_mask(const Tensor& x, const OptionalDims& dims) {
  return dims ? dim_mask(x, std::span<const int64_t>(*dims)) : all_dims(x.dim());
}

Dims reduced_sizes(const Tensor& x, uint64_t mask, bool keepdim) {
  int n = 0;
  int64_t sizes[kMaxDims];
  for (int d = 0; d < x.dim(); ++d) {
    if (!(mask >> d & 1))
      sizes[n++] = x.size(d);
    else if (keepdim)
      sizes[n++] = 1;
  }
  return Dims(sizes, n);
}

int64_t reduced_count(std::span<const int64_t> sizes, uint64_t mask) {
  int64_t n = 1;
  for (size_t d = 0; d < sizes.size(); ++d)
    if (mask >> d & 1) n *= sizes[d];
  return n;
}

Tensor cast_quietly(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  GradModeGuard off(false);
  return to_dtype(x, dtype);
}

Tensor contiguous_quietly(const Tensor& x) {
  if (x.is_contiguous()) return x;
  GradModeGuard off(false);
  return contiguous(x);
}

MaskedLines::MaskedLines(const Tensor& x, uint64_t mask) {
  int first = x.dim(), last = -1, count = 0;
  for (int d = 0; d < x.dim(); ++d) {
    if (!(mask >> d & 1)) continue;
    first = std::min(first, d);
    last = d;
    ++count;
  }
  permuted = count <= last - first;
  if (permuted) {
    Dims order(x.dim());
    int at = 0;
    for (const bool gone : {false, true})
      for (int d = 0; d < x.dim(); ++d)
        if (bool(mask >> d & 1) == gone) order[at++] = d;
    GradModeGuard off(false);
    dense = contiguous(permute(x, order));
    first = x.dim() - count;
    last = x.dim() - 1;
  } else {
    dense = contiguous_quietly(x);
  }
  for (int d = 0; d < x.dim(); ++d)
    (d < first || last < 0 ? lines.outer : d <= last ? lines.n : lines.inner) *= dense.size(d);
}

void reduce_into(const Tensor& out, const Tensor& x, uint64_t mask, const reduction::Loops& loops,
                 const void* op, const void* params) {
  if (out.numel() == 1 && x.numel() > 0 && x.is_contiguous())
    return reduce_all(x->data, x.dtype(), x.numel(), loops, op, params, out->data);
  reduce(plan_reduction(x.sizes(), x.strides(), itemsize(x.dtype()), mask), x->data, x.dtype(),
         loops, op, params, out->data);
}

Tensor Reduced::restore(const Tensor& result) const {
  if (result.dim() == sizes.size()) return result;
  Dims ones(sizes.size(), 1), strides(sizes.size(), 0);
  for (int d = 0, from = 0; d < sizes.size(); ++d) {
    if (mask >> d & 1) continue;
    ones[d] = sizes[d];
    strides[d] = result.stride(from++);
  }
  if (grad_mode.enabled) return reshape(result, ones);
  return make_view(result, ones, strides, result.storage_offset());
}

Tensor Reduced::expand(const Tensor& grad) const {
  const Tensor restored = restore(grad);
  if (grad_mode.enabled) return tg::expand(restored, sizes);
  Dims strides(sizes.size());
  for (int d = 0; d < sizes.size(); ++d) strides[d] = mask >> d & 1 ? 0 : restored.stride(d);
  const Tensor repeated = make_view(restored, sizes, strides, restored.storage_offset());
  // What follows runs faster on dense memory; large gradients are not worth a copy.
  constexpr int64_t kSmall = 1024;
  return repeated.numel() > kSmall ? repeated : contiguous(repeated);
}

Tensor spread(const Tensor& grad, std::span<const int64_t> sizes, double divisor) {
  if (grad_mode.enabled)
    return divisor == 1 ? tg::expand(grad, sizes) : tg::expand(grad, sizes) / divisor;
  constexpr int64_t kSmall = 1024;
  int64_t n = 1;
  for (const int64_t size : sizes) n *= size;
  const bool small = n <= kSmall;
  const Tensor out = empty(small ? sizes : std::span<const int64_t>(), grad.dtype());
  visit_dtype(grad.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    T value = *grad.data<T>();
    if constexpr (!std::is_integral_v<T>) {
      if (divisor != 1)
        value = static_cast<T>(static_cast<Compute<T>>(value) / static_cast<Compute<T>>(divisor));
    }
    std::fill_n(out.data<T>(), small ? n : 1, value);
  });
  return small ? out : make_view(out, sizes, Dims(int(sizes.size())), 0);
}

}  // namespace tg
