#include "kernels/moments.h"

#include <algorithm>
#include <cmath>

#include "kernels/lines.h"
#include "kernels/parallel.h"
#include "kernels/sum.h"

namespace tg {
namespace {

// Elements of a block, which are worth another thread too.
constexpr int64_t kBlock = 8192;

template <class T>
Moments moments_of_row(const T* x, int64_t n) {
  const auto& k = sum_kernels<T>();
  if (n <= kBlock) return k.moments(x, n);
  constexpr int64_t kParts = 256;
  Moments total{};
  for (int64_t first = 0; first < n; first += kParts * kBlock) {
    const int64_t left = std::min(n - first, kParts * kBlock);
    const int64_t blocks = (left + kBlock - 1) / kBlock;
    const auto size = [&](int64_t b) { return std::min(kBlock, left - b * kBlock); };
    Moments parts[kParts];
    sweep(blocks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b) parts[b] = k.moments(x + first + b * kBlock, size(b));
    });
    for (int64_t b = 0; b < blocks; ++b) {
      const int64_t before = first + b * kBlock;
      total = before ? joined(total, before, parts[b], size(b)) : parts[b];
    }
  }
  return total;
}

}  // namespace

template <class T>
void variance_along(const Lines& lines, const T* x, double freedom, bool root, double* means,
                    T* out) {
  const LongWork work(lines.numel());
  const int64_t n = lines.n;
  const auto finish = [&](int64_t line, Moments m) {
    means[line] = m.mean;
    out[line] = static_cast<T>(root ? std::sqrt(m.squares / freedom) : m.squares / freedom);
  };
  if (n == 0) {
    for (int64_t i = 0; i < lines.outer * lines.inner; ++i) finish(i, {});
    return;
  }
  if (lines.inner == 1) {
    const auto rows = [&](int64_t begin, int64_t end) {
      for (int64_t o = begin; o < end; ++o) finish(o, moments_of_row(x + o * n, n));
    };
    // A few long rows are shared themselves.
    if (lines.outer < 8 && n >= 8 * kBlock) return rows(0, lines.outer);
    return sweep(lines.outer, 1 + kBlock / n, rows);
  }
  constexpr int64_t kStrip = 64;
  const int64_t strips = (lines.inner + kStrip - 1) / kStrip;
  const int64_t size = n * std::min(kStrip, lines.inner);
  parallel_for(lines.outer * strips, 1 + kBlock / (size + 1), [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t o = begin / strips, w = begin % strips * kStrip;
      const int64_t width =
          std::min({lines.inner - w, (end - begin) * kStrip, SumKernels::kWidest});
      Moments moments[SumKernels::kWidest];
      sum_kernels<T>().column_moments(x + o * n * lines.inner + w, n, lines.inner, width, moments);
      for (int64_t i = 0; i < width; ++i) finish(o * lines.inner + w + i, moments[i]);
      begin += (width + kStrip - 1) / kStrip;
    }
  });
}

template <class T>
void center_along(const Lines& lines, const T* x, const double* means, const double* factors,
                  T* out) {
  const LongWork work(lines.numel());
  const auto& k = sum_kernels<T>();
  if (lines.numel() == 0) return;
  if (lines.inner == 1) {
    sweep(lines.numel(), kBlock, [&](int64_t begin, int64_t end) {
      while (begin < end) {
        const int64_t o = begin / lines.n, count = std::min(end, (o + 1) * lines.n) - begin;
        k.center(x + begin, out + begin, count, means[o], factors[o]);
        begin += count;
      }
    });
    return;
  }
  sweep(lines.outer * lines.n, 1 + kBlock / lines.inner, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = row * lines.inner, line = row / lines.n * lines.inner;
      k.center_columns(x + at, out + at, lines.inner, means + line, factors + line);
    }
  });
}

#define TG_INSTANTIATE(T)                                                          \
  template void variance_along(const Lines&, const T*, double, bool, double*, T*); \
  template void center_along(const Lines&, const T*, const double*, const double*, T*);
TG_INSTANTIATE(float)
TG_INSTANTIATE(double)
#undef TG_INSTANTIATE

}  // namespace tg
