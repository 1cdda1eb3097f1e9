// Reductions of strided memory: plan_reduction() says which axes stay and which go, reduce() runs
// an op over them.
//
// An op is a struct of two types and four small functions:
//   In, Out, Acc                element, result and running value
//   Acc map(In x, Acc param)    what one element adds; `param` is a number per output, for ops with
//   has_param Acc combine(Acc a, Acc b)   joins two running values Acc identity()              the
//   value of no elements Out finish(Acc a, Acc param)
//
// The order in which n elements are combined depends on n alone: kLanes running values over blocks
// of kLeaf elements, the blocks joined in pairs. So float sums err by about log n, and a row gives
// the same bits wherever it lies and whatever its stride. Two loops realise that order:
// reduce_row() takes the lanes from one row, reduce_tile() runs many outputs side by side, for
// reductions along columns and for very short rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/dtype.h"
#include "core/shape.h"
#include "kernels/loops.h"

namespace tg {

struct Axes {
  int n = 0;
  int64_t size[kMaxDims], stride[kMaxDims];  // bytes
};

struct ReducePlan {
  Axes kept;     // in the order of the output
  Axes reduced;  // largest stride first
  int64_t outputs = 1, count = 1;
};

// Bit d of `mask`: axis d is reduced.
inline ReducePlan plan_reduction(std::span<const int64_t> sizes, std::span<const int64_t> strides,
                                 int64_t itemsize, uint64_t mask) {
  ReducePlan plan;
  for (size_t d = 0; d < sizes.size(); ++d) {
    const bool gone = mask >> d & 1;
    const int64_t size = sizes[d], stride = strides[d] * itemsize;
    (gone ? plan.count : plan.outputs) *= size;
    if (size == 1) continue;
    Axes& axes = gone ? plan.reduced : plan.kept;
    int at = axes.n++;
    if (gone) {
      for (; at > 0 && axes.stride[at - 1] < stride; --at) {
        axes.size[at] = axes.size[at - 1];
        axes.stride[at] = axes.stride[at - 1];
      }
    }
    axes.size[at] = size;
    axes.stride[at] = stride;
  }
  for (Axes* axes : {&plan.kept, &plan.reduced}) {
    int m = 0;
    for (int d = 1; d < axes->n; ++d) {
      if (axes->stride[m] == axes->stride[d] * axes->size[d]) {
        axes->size[m] *= axes->size[d];
      } else {
        axes->size[++m] = axes->size[d];
      }
      axes->stride[m] = axes->stride[d];
    }
    axes->n = axes->n ? m + 1 : 0;
  }
  return plan;
}

namespace reduction {

inline constexpr int kLanes = 16;
inline constexpr int64_t kLeaf = 512;
inline constexpr int kTile = 64;  // outputs side by side

// The first half of n blocks: the largest power of two below n.
inline int64_t first_half(int64_t n) {
  int64_t half = 1;
  while (half * 2 < n) half *= 2;
  return half;
}

// Joins leaf(begin, n) of at most `size` elements in pairs.
template <class Combine, class Leaf>
auto pairwise(int64_t begin, int64_t n, int64_t size, const Combine& combine, const Leaf& leaf)
    -> decltype(leaf(begin, n)) {
  if (n <= size) return leaf(begin, n);
  const int64_t half = first_half((n + size - 1) / size) * size;
  const auto left = pairwise(begin, half, size, combine, leaf);
  return combine(left, pairwise(begin + half, n - half, size, combine, leaf));
}

template <class T, bool dense>
const T& element(const char* p, int64_t i, int64_t stride) {
  return *reinterpret_cast<const T*>(p + i * (dense ? int64_t(sizeof(T)) : stride));
}

template <class Op, bool dense>
typename Op::Acc row_leaf(const Op& op, const char* p, int64_t stride, int64_t n,
                          typename Op::Acc param) {
  using T = typename Op::In;
  using Acc = typename Op::Acc;
  if (n <= kLanes) {
    Acc acc = op.map(element<T, dense>(p, 0, stride), param);
    for (int64_t i = 1; i < n; ++i)
      acc = op.combine(acc, op.map(element<T, dense>(p, i, stride), param));
    return acc;
  }
  Acc lanes[kLanes];
  for (int l = 0; l < kLanes; ++l) lanes[l] = op.map(element<T, dense>(p, l, stride), param);
  int64_t i = kLanes;
  for (; i + kLanes <= n; i += kLanes)
#pragma GCC unroll 16
    for (int l = 0; l < kLanes; ++l)
      lanes[l] = op.combine(lanes[l], op.map(element<T, dense>(p, i + l, stride), param));
  for (int l = 0; i + l < n; ++l)
    lanes[l] = op.combine(lanes[l], op.map(element<T, dense>(p, i + l, stride), param));
  for (int w = kLanes / 2; w; w /= 2)
    for (int l = 0; l < w; ++l) lanes[l] = op.combine(lanes[l], lanes[l + w]);
  return lanes[0];
}

// n >= 1 elements, `stride` bytes apart.
template <class Op>
typename Op::Acc reduce_row(const Op& op, const char* p, int64_t stride, int64_t n,
                            typename Op::Acc param = {}) {
  auto combine = [&](auto a, auto b) { return op.combine(a, b); };
  if (stride == int64_t(sizeof(typename Op::In)))
    return pairwise(0, n, kLeaf, combine, [&](int64_t begin, int64_t length) {
      return row_leaf<Op, true>(op, p + begin * stride, stride, length, param);
    });
  return pairwise(0, n, kLeaf, combine, [&](int64_t begin, int64_t length) {
    return row_leaf<Op, false>(op, p + begin * stride, stride, length, param);
  });
}

// `width` outputs, `across` bytes apart, of n >= 1 elements each, `stride` bytes apart.
template <class Op>
struct Tile {
  using T = typename Op::In;
  using Acc = typename Op::Acc;
  const Op& op;
  int width;
  int64_t across;
  const Acc* params;  // one for each output, or null

  Acc param(int w) const {
    if constexpr (Op::has_param)
      return params[w];
    else
      return Acc{};
  }
  template <bool dense>
  void first(Acc* acc, const char* p) const {
    for (int w = 0; w < width; ++w) acc[w] = op.map(element<T, dense>(p, w, across), param(w));
  }
  template <bool dense>
  void add(Acc* acc, const char* p) const {
    for (int w = 0; w < width; ++w)
      acc[w] = op.combine(acc[w], op.map(element<T, dense>(p, w, across), param(w)));
  }
  void join(Acc* acc, const Acc* other) const {
    for (int w = 0; w < width; ++w) acc[w] = op.combine(acc[w], other[w]);
  }
  template <bool dense>
  void leaf(Acc* acc, const char* p, int64_t stride, int64_t n) const {
    if (n <= kLanes) {
      first<dense>(acc, p);
      for (int64_t i = 1; i < n; ++i) add<dense>(acc, p + i * stride);
      return;
    }
    Acc lanes[kLanes][kTile];
    for (int l = 0; l < kLanes; ++l) first<dense>(lanes[l], p + l * stride);
    for (int64_t i = kLanes; i < n; ++i) add<dense>(lanes[i % kLanes], p + i * stride);
    for (int half = kLanes / 2; half; half /= 2)
      for (int l = 0; l < half; ++l) join(lanes[l], lanes[l + half]);
    std::copy(lanes[0], lanes[0] + width, acc);
  }
  void reduce(Acc* acc, const char* p, int64_t stride, int64_t n) const {
    if (n <= kLeaf) {
      if (across == int64_t(sizeof(T)))
        leaf<true>(acc, p, stride, n);
      else
        leaf<false>(acc, p, stride, n);
      return;
    }
    const int64_t half = first_half((n + kLeaf - 1) / kLeaf) * kLeaf;
    Acc right[kTile];
    reduce(acc, p, stride, half);
    reduce(right, p + half * stride, stride, n - half);
    join(acc, right);
  }
  // Over the outer reduced axes as well: rows [begin, begin + n) of their product.
  void reduce_axes(Acc* acc, const char* p, const Axes& axes, int64_t begin, int64_t n) const;
};

// Where row `index` of all axes but the last begins.
inline int64_t outer_offset(const Axes& axes, int64_t index) {
  int64_t offset = 0;
  for (int d = axes.n - 2; d >= 0; --d) {
    offset += index % axes.size[d] * axes.stride[d];
    index /= axes.size[d];
  }
  return offset;
}
inline int64_t outer_count(const Axes& axes) {
  int64_t n = 1;
  for (int d = 0; d + 1 < axes.n; ++d) n *= axes.size[d];
  return n;
}
inline int64_t inner_size(const Axes& axes) { return axes.n ? axes.size[axes.n - 1] : 1; }
inline int64_t inner_stride(const Axes& axes) { return axes.n ? axes.stride[axes.n - 1] : 0; }

template <class Op>
void Tile<Op>::reduce_axes(Acc* acc, const char* p, const Axes& axes, int64_t begin,
                           int64_t n) const {
  if (n == 1) {
    reduce(acc, p + outer_offset(axes, begin), inner_stride(axes), inner_size(axes));
    return;
  }
  const int64_t half = first_half(n);
  Acc right[kTile];
  reduce_axes(acc, p, axes, begin, half);
  reduce_axes(right, p, axes, begin + half, n - half);
  join(acc, right);
}

template <class T>
struct Plus {
  using In = T;
  using Acc = T;
  T map(T x, T) const { return x; }
  T combine(T a, T b) const { return a + b; }
};
// f(0) + ... + f(n - 1), in the same order.
template <class Acc, class F>
Acc sum_of(int64_t n, const F& f) {
  if (n == 0) return 0;
  return pairwise(
      0, n, kLeaf, [](Acc a, Acc b) { return a + b; },
      [&](int64_t begin, int64_t length) {
        Acc terms[kLeaf];
        terms[0] = f(begin);
        for (int64_t i = 1; i < length; ++i) terms[i] = f(begin + i);
        return row_leaf<Plus<Acc>, true>(Plus<Acc>{}, reinterpret_cast<const char*>(terms),
                                         sizeof(Acc), length, 0);
      });
}

}  // namespace reduction

// Writes plan.outputs results, densely, in the order of the kept axes.
template <class Op>
void reduce(const ReducePlan& plan, const char* in, typename Op::Out* out, const Op& op,
            const typename Op::Acc* params = nullptr) {
  using namespace reduction;
  using Acc = typename Op::Acc;
  auto param = [&](int64_t i) {
    if constexpr (Op::has_param)
      return params[i];
    else
      return Acc{};
  };
  if (plan.count == 0) {
    for (int64_t i = 0; i < plan.outputs; ++i) out[i] = op.finish(op.identity(), param(i));
    return;
  }
  if (plan.outputs == 0) return;
  const LongWork work(plan.outputs * plan.count);
  const int64_t width = inner_size(plan.kept), across = inner_stride(plan.kept);
  const int64_t n = inner_size(plan.reduced), stride = inner_stride(plan.reduced);
  const int64_t rows = outer_count(plan.reduced), groups = plan.outputs / width;
  const bool tiled = width > 1 && (across < stride || n < kLanes);
  for (int64_t group = 0; group < groups; ++group) {
    const char* base = in + outer_offset(plan.kept, group);
    int64_t o = group * width;
    if (tiled) {
      for (int64_t w = 0; w < width; w += kTile) {
        const int tile_width = int(std::min<int64_t>(kTile, width - w));
        Acc acc[kTile];
        const Tile<Op> tile{op, tile_width, across, Op::has_param ? params + o : nullptr};
        tile.reduce_axes(acc, base + w * across, plan.reduced, 0, rows);
        for (int i = 0; i < tile_width; ++i, ++o) out[o] = op.finish(acc[i], param(o));
      }
      continue;
    }
    for (int64_t w = 0; w < width; ++w, ++o) {
      const char* p = base + w * across;
      const Acc acc = rows == 1 ? reduce_row(op, p, stride, n, param(o))
                                : pairwise(
                                      0, rows, 1, [&](Acc a, Acc b) { return op.combine(a, b); },
                                      [&](int64_t row, int64_t) {
                                        return reduce_row(op, p + outer_offset(plan.reduced, row),
                                                          stride, n, param(o));
                                      });
      out[o] = op.finish(acc, param(o));
    }
  }
}

}  // namespace tg
