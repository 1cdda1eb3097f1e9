// Walks N strided operands row by row: for_each_row() merges and orders dimensions, then calls a
// row function with one pointer and one byte stride for each operand. Row functions are straight
// loops. One with a member plane() is given whole planes where an operand lies across the others,
// so that it can read that one in tiles; Tile does that. One with a member repeats(), too, says of
// which others it wants planes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "core/shape.h"
#include "kernels/parallel.h"
#include "kernels/transpose.h"

namespace tg {

// Installed by the bindings: lets other Python threads run during long loops.
struct LongWork {
  explicit LongWork(int64_t elements) : state_(elements >= kMany && enter ? enter() : nullptr) {}
  ~LongWork() {
    if (state_) leave(state_);
  }
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;
  static constexpr int64_t kMany = 50'000;
  static inline void* (*enter)() = nullptr;
  static inline void (*leave)(void*) = nullptr;

 private:
  void* state_;
};

// Calls f with an unsigned number of `item` bytes: for loops that only move elements.
template <class F>
void visit_item(int64_t item, const F& f) {
  switch (item) {
    case 1:
      return f(uint8_t{});
    case 2:
      return f(uint16_t{});
    case 4:
      return f(uint32_t{});
    default:
      return f(uint64_t{});
  }
}

// Elements of a loop that costs next to nothing each which are worth another thread.
inline constexpr int64_t kCheapGrain = 16384;

template <int N>
struct Operands {
  std::array<char*, N> data;
  std::array<const int64_t*, N> strides;  // in elements, over the same sizes
  std::array<int64_t, N> itemsize;
};

// A dimension that operand k lies along while the innermost one goes across it, n if there is none.
// Few lines or short ones are not worth a tile.
inline int dimension_across(const int64_t* size, const int64_t* stride, int64_t item, int n) {
  constexpr int64_t kFew = 8;
  const int64_t inner = stride[n - 1];
  if (inner != 0 && inner != item && size[n - 1] >= kFew)
    for (int d = n - 2; d >= 0; --d)
      if (stride[d] == item && size[d] >= kFew) return d;
  return n;
}

// row(const std::array<char*, N>& data, const std::array<int64_t, N>& byte_strides, int64_t n)
// and, if it has it,
// row.plane(data, byte_strides, n, const std::array<int64_t, N>& byte_strides_of_rows, int64_t
// rows)
template <int N, class Row>
void for_each_row(std::span<const int64_t> sizes, const Operands<N>& operands, Row row) {
  int64_t size[kMaxDims];
  int64_t stride[N][kMaxDims];
  int n = 0;
  int64_t total = 1;
  for (size_t d = 0; d < sizes.size(); ++d) {
    total *= sizes[d];
    if (sizes[d] == 1) continue;
    size[n] = sizes[d];
    for (int k = 0; k < N; ++k) stride[k][n] = operands.strides[k][d] * operands.itemsize[k];
    ++n;
  }
  if (total == 0) return;
  // Order: the first operand (the output) ends with its smallest stride; ties look at the next
  // operand.
  for (int i = 1; i < n; ++i) {
    for (int j = i; j > 0; --j) {
      bool swap = false;
      for (int k = 0; k < N; ++k) {
        const int64_t before = stride[k][j - 1], after = stride[k][j];
        if (before == after || before == 0 || after == 0) continue;
        swap = before < after;
        break;
      }
      if (!swap) break;
      std::swap(size[j], size[j - 1]);
      for (int k = 0; k < N; ++k) std::swap(stride[k][j], stride[k][j - 1]);
    }
  }
  // Merge an outer dimension into the next inner one where every operand allows it.
  int m = 0;
  for (int d = 1; d < n; ++d) {
    bool merge = true;
    for (int k = 0; k < N; ++k) merge &= stride[k][m] == stride[k][d] * size[d];
    if (merge) {
      size[m] *= size[d];
      for (int k = 0; k < N; ++k) stride[k][m] = stride[k][d];
    } else {
      ++m;
      size[m] = size[d];
      for (int k = 0; k < N; ++k) stride[k][m] = stride[k][d];
    }
  }
  n = n ? m + 1 : 0;
  std::array<char*, N> data = operands.data;
  std::array<int64_t, N> inner{};
  if (n == 0) {
    row(data, inner, int64_t{1});
    return;
  }
  for (int k = 0; k < N; ++k) inner[k] = stride[k][n - 1];
  const int64_t length = size[n - 1];
  int64_t index[kMaxDims] = {};
  const LongWork work(total);
  [[maybe_unused]] std::array<int64_t, N> across;
  [[maybe_unused]] int64_t rows = 0;
  if constexpr (requires { &Row::plane; })
    for (size_t k = 1; k < N && !rows; ++k)
      if (const int d = dimension_across(size, stride[k], operands.itemsize[k], n); d < n) {
        rows = size[d];
        for (size_t i = 0; i < N; ++i) across[i] = stride[i][d];
        size[d] = 1;  // the others are walked here
      }
  if constexpr (requires { &Row::repeats; })
    if (!rows && n > 1) {
      for (size_t i = 0; i < N; ++i) across[i] = stride[i][n - 2];
      if (row.repeats(inner, length, across)) {
        rows = size[n - 2];
        size[n - 2] = 1;
      }
    }
  for (;;) {
    if constexpr (requires { &Row::plane; }) {
      if (rows)
        row.plane(data, inner, length, across, rows);
      else
        row(data, inner, length);
    } else {
      row(data, inner, length);
    }
    int d = n - 2;
    for (; d >= 0; --d) {
      for (int k = 0; k < N; ++k) data[k] += stride[k][d];
      if (++index[d] < size[d]) break;
      index[d] = 0;
      for (int k = 0; k < N; ++k) data[k] -= stride[k][d] * size[d];
    }
    if (d < 0) return;
  }
}

// A part of a plane that operands which lie across it are copied to, so that their rows are read in
// order.
template <int N>
class Tile {
 public:
  static constexpr int64_t kRowBytes = 128, kColumns = 128;  // two lines of memory, over there
  // Calls row(data, byte_strides, n) for the rows of all tiles of the plane.
  template <class Row>
  void for_each_row(const std::array<char*, N>& data, const std::array<int64_t, N>& stride,
                    int64_t n, const std::array<int64_t, N>& across, int64_t rows,
                    const std::array<int64_t, N>& item, const Row& row) {
    std::array<int64_t, N> step = stride, next = across;
    int64_t most = rows;
    for (size_t k = 1; k < N; ++k) {
      lies_across_[k] = across[k] == item[k] && stride[k] != item[k] && stride[k] != 0;
      if (!lies_across_[k]) continue;
      most = std::min(most, kRowBytes / item[k]);
      step[k] = item[k];
      next[k] = kColumns * item[k];
    }
    for (int64_t i = 0; i < rows; i += most)
      for (int64_t j = 0; j < n; j += kColumns) {
        const int64_t height = std::min(most, rows - i), width = std::min(kColumns, n - j);
        std::array<char*, N> at;
        for (size_t k = 0; k < N; ++k) {
          at[k] = data[k] + i * across[k] + j * stride[k];
          if (!lies_across_[k]) continue;
          transpose(item[k], memory_[k - 1], next[k], at[k], stride[k], height, width);
          at[k] = memory_[k - 1];
        }
        for (int64_t r = 0; r < height; ++r) {
          row(at, step, width);
          for (size_t k = 0; k < N; ++k) at[k] += next[k];
        }
      }
  }

 private:
  alignas(64) char memory_[N - 1][kRowBytes * kColumns];
  bool lies_across_[N] = {};
};

// The same, and threads share dimension `shared`, each taking at least `grain` elements or so.
template <int N, class Row>
void share_rows_along(size_t shared, std::span<const int64_t> sizes, const Operands<N>& operands,
                      int64_t grain, const Row& row) {
  int64_t total = 1;
  for (const int64_t size : sizes) total *= size;
  if (total < 2 * grain) return for_each_row<N>(sizes, operands, row);
  const int64_t inner = total / sizes[shared];
  const LongWork work(total);
  int64_t least = inner < grain ? grain / inner : 1;
  // Who lies across the first is read in whole tiles.
  for (const auto& strides : operands.strides)
    if (inner > 1 && strides[shared] == 1 && operands.strides[0][shared] != 1)
      least = std::max(least, Tile<N>::kRowBytes);
  sweep(sizes[shared], least, [&](int64_t begin, int64_t end) {
    int64_t part[kMaxDims];  // Dims may allocate
    for (size_t d = 0; d < sizes.size(); ++d) part[d] = sizes[d];
    part[shared] = end - begin;
    Operands<N> from = operands;
    for (size_t k = 0; k < N; ++k)
      from.data[k] += begin * from.strides[k][shared] * from.itemsize[k];
    for_each_row<N>({part, sizes.size()}, from, row);
  });
}

// Along the outermost dimension of the first operand.
template <int N, class Row>
void share_rows(std::span<const int64_t> sizes, const Operands<N>& operands, int64_t grain,
                const Row& row) {
  size_t outermost = 0;
  for (size_t d = 1; d < sizes.size(); ++d)
    if (sizes[outermost] == 1 ||
        (sizes[d] > 1 && operands.strides[0][d] > operands.strides[0][outermost]))
      outermost = d;
  if (sizes.empty()) return for_each_row<N>(sizes, operands, row);
  share_rows_along<N>(outermost, sizes, operands, grain, row);
}

}  // namespace tg
