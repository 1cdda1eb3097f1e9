// Reductions of strided memory: plan_reduction() says which axes stay and which go, reduce() runs
// an op over them.
//
// An op is a struct of types and small functions:
//   In, Out, Acc                element, result and running value
//   has_param                   whether there is a number for each output
//   Acc map(In x, Acc param)    what one element adds
//   Acc combine(Acc a, Acc b)   joins two running values
//   Acc identity()              the value of no elements
//   Out finish(Acc a, Acc param)
//   Acc line(const In*, n, Acc param)  optional: dense elements in an order of the op's own
//   void columns(const In*, n, pitch, width, Acc*)  optional: the same of dense columns
//   adds                        optional: whether elements are added as they are
//
// The order in which n elements are combined depends on n alone: kLanes running values over blocks
// of kLeaf elements, the blocks joined in pairs. So float sums err by about log n, and a row gives
// the same bits wherever it lies and whatever its stride. Two loops realise that order: one takes
// the lanes from one row, the other runs many outputs side by side, for reductions along columns
// and for very short rows. Both know elements of type In alone, rows dense ones, and are
// the only code that an op has of its own: reduce.cpp, which walks the axes, brings other elements
// to them block by block.
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
ReducePlan plan_reduction(std::span<const int64_t> sizes, std::span<const int64_t> strides,
                          int64_t itemsize, uint64_t mask);

// Loops that are not worth an instance for each dtype run on int64, float and double.
inline constexpr DType loop_dtype(DType dtype) {
  return dtype == DType::Float64 ? dtype : is_floating(dtype) ? DType::Float32 : DType::Int64;
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

// Rows [begin, end) of a tile of at most kLeaf rows: row i is `width` elements, `across` bytes
// apart, and `stride` bytes after row i - 1. It goes into lane i % lanes; lanes, 1 or kLanes of
// them, are kTile running values each.
struct TileRows {
  const char* data;
  int64_t stride, across, begin, end;
  int lanes, width;
};

// The code of an op. `params` is null where it has none; `acc` of finish() is null for no elements.
struct Loops {
  int64_t in, acc, out;  // bytes
  void (*row)(const void* op, const char* p, int64_t n, const void* param, void* acc);
  void (*tile)(const void* op, const TileRows& rows, const void* params, void* lanes);
  void (*join)(const void* op, void* acc, const void* other, int64_t n);
  void (*finish)(const void* op, const void* acc, const void* params, int64_t n, void* out);
  void (*line)(const void* op, const char* p, int64_t n, const void* param,
               void* acc);  // may be null
  void (*columns)(const void* op, const char* p, int64_t n, int64_t pitch, int64_t width,
                  void* acc);  // may be null; pitch in elements
  bool adds_floats;            // and nothing else: ShortSums (kernels/cast_kernels.h) serve, too
};

template <class Op>
typename Op::Acc param_at(const void* params, int64_t i) {
  if constexpr (Op::has_param)
    return static_cast<const typename Op::Acc*>(params)[i];
  else
    return {};
}

// 1 <= n <= kLeaf elements.
template <class Op>
typename Op::Acc row_leaf(const Op& op, const typename Op::In* p, int64_t n,
                          typename Op::Acc param) {
  using Acc = typename Op::Acc;
  if (n <= kLanes) {
    Acc acc = op.map(p[0], param);
    for (int64_t i = 1; i < n; ++i) acc = op.combine(acc, op.map(p[i], param));
    return acc;
  }
  Acc lanes[kLanes];
  for (int l = 0; l < kLanes; ++l) lanes[l] = op.map(p[l], param);
  int64_t i = kLanes;
  if constexpr (sizeof(Acc) == 1) {  // one vector, which unrolling would hide
    for (; i + kLanes <= n; i += kLanes)
      for (int l = 0; l < kLanes; ++l) lanes[l] = op.combine(lanes[l], op.map(p[i + l], param));
  } else {
    for (; i + kLanes <= n; i += kLanes)
#pragma GCC unroll 16
      for (int l = 0; l < kLanes; ++l) lanes[l] = op.combine(lanes[l], op.map(p[i + l], param));
  }
  for (int l = 0; i + l < n; ++l) lanes[l] = op.combine(lanes[l], op.map(p[i + l], param));
  for (int w = kLanes / 2; w; w /= 2)
    for (int l = 0; l < w; ++l) lanes[l] = op.combine(lanes[l], lanes[l + w]);
  return lanes[0];
}

template <class Op>
struct LoopsOf {
  using In = typename Op::In;
  using Acc = typename Op::Acc;
  using Out = typename Op::Out;

  static void row(const void* op, const char* p, int64_t n, const void* param, void* acc) {
    *static_cast<Acc*>(acc) = row_leaf(*static_cast<const Op*>(op), reinterpret_cast<const In*>(p),
                                       n, param_at<Op>(param, 0));
  }
  template <bool dense>
  static void tile_rows(const Op& op, const TileRows rows, const void* params, Acc* lanes) {
    const char* p = rows.data;
    const auto value = [&](int w) {
      return op.map(dense ? reinterpret_cast<const In*>(p)[w]
                          : *reinterpret_cast<const In*>(p + w * rows.across),
                    param_at<Op>(params, w));
    };
    int64_t i = rows.begin;
    for (; i < std::min<int64_t>(rows.end, rows.lanes); ++i, p += rows.stride) {
      Acc* acc = lanes + i * kTile;
      for (int w = 0; w < rows.width; ++w) acc[w] = value(w);
    }
    for (; i < rows.end; ++i, p += rows.stride) {
      Acc* acc = lanes + (i & (rows.lanes - 1)) * kTile;
      for (int w = 0; w < rows.width; ++w) acc[w] = op.combine(acc[w], value(w));
    }
  }
  static void tile(const void* op, const TileRows& rows, const void* params, void* lanes) {
    auto* run = rows.across == int64_t(sizeof(In)) ? tile_rows<true> : tile_rows<false>;
    run(*static_cast<const Op*>(op), rows, params, static_cast<Acc*>(lanes));
  }
  static void join(const void* op, void* acc, const void* other, int64_t n) {
    Acc* to = static_cast<Acc*>(acc);
    for (int64_t i = 0; i < n; ++i)
      to[i] = static_cast<const Op*>(op)->combine(to[i], static_cast<const Acc*>(other)[i]);
  }
  static void finish(const void* op_, const void* acc, const void* params, int64_t n, void* out) {
    const Op& op = *static_cast<const Op*>(op_);
    for (int64_t i = 0; i < n; ++i)
      static_cast<Out*>(out)[i] =
          op.finish(acc ? static_cast<const Acc*>(acc)[i] : op.identity(), param_at<Op>(params, i));
  }
  static constexpr bool has_line =
      requires(const Op& op, const In* p) { op.line(p, int64_t{}, Acc{}); };
  static void line(const void* op, const char* p, int64_t n, const void* param, void* acc) {
    if constexpr (has_line)
      *static_cast<Acc*>(acc) = static_cast<const Op*>(op)->line(reinterpret_cast<const In*>(p), n,
                                                                 param_at<Op>(param, 0));
  }
  static constexpr bool has_columns =
      requires(const Op& op, const In* p, Acc* acc) { op.columns(p, int64_t{}, 0, 0, acc); };
  static void columns(const void* op, const char* p, int64_t n, int64_t pitch, int64_t width,
                      void* acc) {
    if constexpr (has_columns)
      static_cast<const Op*>(op)->columns(reinterpret_cast<const In*>(p), n, pitch, width,
                                          static_cast<Acc*>(acc));
  }
  static constexpr bool adds_floats = [] {
    if constexpr (requires { Op::adds; }) return Op::adds && std::is_same_v<Acc, float>;
    return false;
  }();
  static constexpr Loops loops{sizeof(In),
                               sizeof(Acc),
                               sizeof(Out),
                               row,
                               tile,
                               join,
                               finish,
                               has_line ? line : nullptr,
                               has_columns && sizeof(Acc) == sizeof(Out) ? columns : nullptr,
                               adds_floats};
};

// n >= 1 dense elements of the op's own type.
void reduce_dense(const Loops& loops, const void* op, const char* p, int64_t n, const void* param,
                  void* acc);

// The same, typed, for loops that reduce on their way.
template <class Op>
typename Op::Acc reduce_row(const Op& op, const typename Op::In* p, int64_t n) {
  if (n <= kLeaf) return row_leaf(op, p, n, {});
  typename Op::Acc acc;
  reduce_dense(LoopsOf<Op>::loops, &op, reinterpret_cast<const char*>(p), n, nullptr, &acc);
  return acc;
}

template <class T>
struct Plus {
  using In = T;
  using Acc = T;
  using Out = T;
  static constexpr bool has_param = false;
  T identity() const { return 0; }
  T map(T x, T) const { return x; }
  T combine(T a, T b) const { return a + b; }
  T finish(T a, T) const { return a; }
};
// f(begin) + ... + f(begin + n - 1), in the same order.
template <class Acc, class F>
Acc sum_of(int64_t n, const F& f, int64_t begin = 0) {
  if (n > kLeaf) {
    const int64_t half = first_half((n + kLeaf - 1) / kLeaf) * kLeaf;
    const Acc left = sum_of<Acc>(half, f, begin);
    return left + sum_of<Acc>(n - half, f, begin + half);
  }
  if (n == 0) return 0;
  Acc terms[kLeaf];
  terms[0] = f(begin);
  for (int64_t i = 1; i < n; ++i) terms[i] = f(begin + i);
  return row_leaf(Plus<Acc>{}, terms, n, 0);
}

}  // namespace reduction

// Elements below are the op's own type, or of a dtype whose loop_dtype() that is. params: one for
// each output, or null.

// One result of n >= 1 dense elements.
void reduce_all(const char* in, DType dtype, int64_t n, const reduction::Loops& loops,
                const void* op, const void* params, char* out);
// Writes plan.outputs results, densely, in the order of the kept axes.
void reduce(const ReducePlan& plan, const char* in, DType dtype, const reduction::Loops& loops,
            const void* op, const void* params, char* out);

}  // namespace tg
