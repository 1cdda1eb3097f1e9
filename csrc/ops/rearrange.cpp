#include "ops/rearrange.h"

#include "autograd/record.h"
#include "kernels/arithmetic.h"
#include "kernels/cast.h"
#include "kernels/loops.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/shape.h"

namespace tg {
namespace {

using Span = std::span<const int64_t>;

// out[i] = x[index i counted backwards in `dims`], element by element.
void copy_reversed(const Tensor& out, const Tensor& x, Span strides, int64_t start) {
  const int64_t item = itemsize(x.dtype());
  share_rows<2>(
      x.sizes(),
      {{out->data, x->data + start * item}, {out->strides(), strides.data()}, {item, item}},
      kCheapGrain,
      [item, copy = cast_row(x.dtype(), x.dtype())](
          const std::array<char*, 2>& data, const std::array<int64_t, 2>& stride, int64_t n) {
        if (stride[0] == item && stride[1] == -item)
          reverse(data[0], data[1], item, n);
        else
          copy(data[0], stride[0], data[1], stride[1], n);
      });
}

// Copies src into dst with elements shifted by `shift` along `at` (0 <= shift < size).
void copy_rolled(const Tensor& dst, const Tensor& src, int at, int64_t shift) {
  const int64_t size = src.size(at);
  auto part = [at](const Tensor& t, int64_t start, int64_t length) {
    Dims sizes(t.sizes());
    sizes[at] = length;
    return make_view(t, sizes, t.strides(), t.storage_offset() + start * t.stride(at));
  };
  copy_values(part(dst, shift, size - shift), part(src, 0, size - shift));
  if (shift) copy_values(part(dst, 0, shift), part(src, size - shift, shift));
}

// 0, 0, ..., 1, 1, ...: each index so many times.
Tensor repeated_indices(const Tensor& repeats, bool one, int64_t size) {
  GradModeGuard off(false);
  const Tensor counts = contiguous(to_dtype(repeats, DType::Int64));
  const auto count = [&](int64_t i) { return counts.data<int64_t>()[one ? 0 : i]; };
  int64_t total = 0;
  for (int64_t i = 0; i < size; ++i) {
    if (count(i) < 0) runtime_error("repeats can not be negative");
    if (__builtin_add_overflow(total, count(i), &total))
      runtime_error("repeat_interleave: the result is too large");
  }
  Tensor index = empty(Dims{total}, DType::Int64);
  int64_t* to = index.data<int64_t>();
  for (int64_t i = 0; i < size; ++i) to = std::fill_n(to, count(i), i);
  return index;
}

}  // namespace

Tensor repeat(const Tensor& x, Span repeats) {
  const int n = int(repeats.size()), shift = n - x.dim();
  if (shift < 0)
    runtime_error(
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
        "tensor");
  Dims target(n);
  // A block for every repetition: [r0, s0, r1, s1, ...]; repetitions of 1 and sizes of 1 stand in
  // one dimension.
  int64_t sizes[2 * kMaxDims], strides[2 * kMaxDims], sources[2 * kMaxDims];
  int m = 0;
  for (int i = 0; i < n; ++i) {
    const int64_t size = i < shift ? 1 : x.size(i - shift),
                  stride = i < shift ? 0 : x.stride(i - shift);
    if (__builtin_mul_overflow(size, repeats[size_t(i)], &target[i]))
      runtime_error("numel: integer multiplication overflow for repeats ", to_string(repeats));
    if (repeats[size_t(i)] != 1 && size != 1) {
      sizes[m] = repeats[size_t(i)];
      strides[m] = 0;
      sources[m++] = 1;
    }
    sizes[m] = size == 1 ? repeats[size_t(i)] : size;
    strides[m] = size == 1 ? 0 : stride;
    sources[m++] = size;
  }
  const Dims blocks(sizes, m), block_strides(strides, m), source_sizes(sources, m);
  Tensor out = empty(target, x.dtype());
  if (out.numel())
    copy_values(make_view(out, blocks, contiguous_strides(blocks), 0),
                make_view(x, blocks, block_strides, x.storage_offset()));
  record("RepeatBackward0", out, inputs(x), saves(),
         [blocks, source_sizes, sizes = Dims(x.sizes())](const Tensor& g) {
           return reshape(sum_to(reshape(g, blocks), source_sizes, g.dtype()), sizes);
         });
  return out;
}

Tensor tile(const Tensor& x, Span repeats) {
  Dims all(std::max(0, x.dim() - int(repeats.size())), 1);
  for (const int64_t r : repeats) all.push_back(r);
  return repeat(x, all);
}

Tensor flip(const Tensor& x, Span dims) {
  Dims strides(x.strides());
  int64_t start = 0;
  uint64_t seen = 0;
  for (const int64_t d : dims) {
    const int at = wrap_dim(d, x.dim());
    if (seen >> at & 1) runtime_error("dim ", at, " appears multiple times in the list of dims");
    seen |= uint64_t{1} << at;
    if (x.dim() == 0) continue;
    start += std::max<int64_t>(x.size(at) - 1, 0) * x.stride(at);
    strides[at] = -strides[at];
  }
  Tensor out = empty_like(x, x.dtype());
  if (x.numel()) copy_reversed(out, x, strides, start);
  record("FlipBackward0", out, inputs(x), saves(),
         [dims = Dims(dims)](const Tensor& g) { return flip(g, dims); });
  return out;
}

Tensor roll(const Tensor& x, Span shifts, Span dims) {
  if (shifts.empty()) runtime_error("`shifts` required");
  if (dims.size() != shifts.size() && !(dims.empty() && shifts.size() == 1))
    runtime_error("shifts and dimensions must align. shifts: ", shifts.size(),
                  ", dims:", dims.size());
  Tensor out;
  {
    GradModeGuard off(false);
    if (dims.empty()) {
      out = roll(reshape(x, Dims{x.numel()}), shifts, Dims{0});
      out->set_geometry(x.sizes(), contiguous_strides(x.sizes()));
    } else {
      out = x;
      for (size_t i = 0; i < dims.size(); ++i) {
        if (x.dim() == 0)
          index_error("Dimension specified as ", dims[i], " but tensor has no dimensions");
        const int at = wrap_dim(dims[i], x.dim());
        const int64_t size = x.size(at);
        if (x.numel() == 0) continue;
        const int64_t shift = ((shifts[i] % size) + size) % size;
        Tensor next = empty(x.sizes(), x.dtype());
        copy_rolled(next, out, at, shift);
        out = next;
      }
      if (out.impl() == x.impl()) out = clone(x);
    }
  }
  Dims back(int(shifts.size()));
  for (int i = 0; i < back.size(); ++i) back[i] = -shifts[size_t(i)];
  record("RollBackward0", out, inputs(x), saves(),
         [back, dims = Dims(dims)](const Tensor& g) { return roll(g, back, dims); });
  return out;
}

Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<int64_t> dim) {
  if (!dim) return repeat_interleave(reshape(x, Dims{-1}), repeats, 0);
  if (repeats.dim() > 1) runtime_error("repeat_interleave only accept 0D or 1D repeat tensor");
  if (repeats.dtype() != DType::Int64 && repeats.dtype() != DType::Int32)
    runtime_error("repeats has to be Long or Int tensor");
  const int at = wrap_dim(*dim, x.dim());
  const int64_t size = x.dim() ? x.size(at) : 1;
  const bool one = repeats.numel() == 1 && (repeats.dim() == 0 || size != 1);
  if (!one && repeats.numel() != size)
    runtime_error("repeats must have the same size as input along dim, but got repeats.size(0) = ",
                  repeats.numel(), " and input.size(", at, ") = ", size);
  const Tensor source = x.dim() ? x : view(x, Dims{1});
  return index_select(source, at, repeated_indices(repeats, one, size));
}

}  // namespace tg
