// Loops along one dimension of dense memory, seen as [outer, n, inner]. Lines that lie side by side
// (inner > 1) are walked together in tiles, so that memory is read in its order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/dtype.h"
#include "kernels/loops.h"
#include "kernels/parallel.h"

namespace tg {

struct Lines {
  int64_t outer = 1, n = 1, inner = 1;
  int64_t numel() const { return outer * n * inner; }
};
inline Lines lines_of(std::span<const int64_t> sizes, int dim) {
  Lines lines;
  for (int d = 0; d < int(sizes.size()); ++d)
    (d < dim ? lines.outer : d == dim ? lines.n : lines.inner) *= sizes[size_t(d)];
  return lines;
}

inline constexpr int kLineTile = 256;

// Elements whose work is worth another thread.
inline constexpr int64_t kLineGrain = 8192;

// tile(begin, width): `width` lines side by side start at element `begin`, their elements
// lines.inner apart. Threads share the tiles.
template <class Tile>
void for_each_tile(const Lines& lines, const Tile& tile) {
  if (lines.numel() == 0) return;
  const LongWork work(lines.numel());
  const int64_t tiles = (lines.inner + kLineTile - 1) / kLineTile;
  const int64_t size = lines.n * std::min<int64_t>(lines.inner, kLineTile);
  parallel_for(lines.outer * tiles, 1 + kLineGrain / (size + 1), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t o = i / tiles, w = i % tiles * kLineTile;
      tile(o * lines.n * lines.inner + w, int(std::min<int64_t>(kLineTile, lines.inner - w)));
    }
  });
}

// out[i] = step(out[i - 1], i), from the end where `reverse`; out before the first is `start`. The
// running value is kept in Acc. step(Acc before, int64_t place) gets the place of the element in
// memory. Threads share the lines.
template <class Acc, class T, class Step>
void run_along(const Lines& lines, T* out, bool reverse, Acc start, const Step& step) {
  const int64_t stride = reverse ? -lines.inner : lines.inner;
  const int64_t first = reverse ? (lines.n - 1) * lines.inner : 0;
  if (lines.inner == 1) {
    const LongWork work(lines.numel());
    // Four lines at once: each step waits for the one before it.
    constexpr int kRows = 4;
    parallel_for(lines.outer, kRows + kLineGrain / (lines.n + 1), [&](int64_t o, int64_t end) {
      for (; end - o >= kRows; o += kRows) {
        Acc acc[kRows] = {start, start, start, start};
        for (int64_t i = 0, at = o * lines.n + first; i < lines.n; ++i, at += stride)
#pragma GCC unroll 4
          for (int r = 0; r < kRows; ++r) {
            acc[r] = step(acc[r], at + r * lines.n);
            out[at + r * lines.n] = convert<T>(acc[r]);
          }
      }
      for (; o < end; ++o) {
        Acc acc = start;
        for (int64_t i = 0, at = o * lines.n + first; i < lines.n; ++i, at += stride)
          out[at] = convert<T>(acc = step(acc, at));
      }
    });
    return;
  }
  for_each_tile(lines, [&](int64_t begin, int width) {
    Acc acc[kLineTile];
    std::fill(acc, acc + width, start);
    for (int64_t i = 0, at = begin + first; i < lines.n; ++i, at += stride)
      for (int w = 0; w < width; ++w) out[at + w] = convert<T>(acc[w] = step(acc[w], at + w));
  });
}

}  // namespace tg
