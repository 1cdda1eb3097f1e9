#include "kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/isa.h"
#include "kernels/lines.h"
#include "kernels/parallel.h"

namespace tg {

TG_ISA_TABLES(SoftmaxKernels, softmax_kernels)

const SoftmaxKernels& softmax_kernels() {
  static const SoftmaxKernels& table = pick_isa(softmax_kernels_of_isa);
  return table;
}

namespace {

template <class T>
const SoftmaxKernelsOf<T>& kernels() {
  if constexpr (std::is_same_v<T, float>)
    return softmax_kernels().of_float;
  else
    return softmax_kernels().of_double;
}

// Elements that are worth another thread: exp costs more than an addition.
constexpr int64_t kGrain = 8192;

// run(first, count): rows that a thread takes.
template <class Run>
void for_each_rows(int64_t count, int64_t n, const Run& run) {
  sweep(count, 1 + kGrain / (n + 1), [&](int64_t begin, int64_t end) { run(begin, end - begin); });
}

// tile(begin, first, width): `width` columns from element `begin` on are lines `first` and the next
// ones. Tiles are as wide as the nearer caches allow: they are walked two or three times.
template <class Tile>
void for_each_columns(const Lines& lines, const Tile& tile) {
  constexpr int64_t kTileElements = 1 << 17, kNarrowest = 64;
  const int64_t most = std::clamp<int64_t>(kTileElements / lines.n / kNarrowest * kNarrowest,
                                           kNarrowest, SoftmaxKernels::kWidest);
  const int64_t strips = (lines.inner + kNarrowest - 1) / kNarrowest,
                strip = std::min(kNarrowest, lines.inner);
  parallel_for(
      lines.outer * strips, 1 + kGrain / (lines.n * strip + 1), [&](int64_t begin, int64_t end) {
        while (begin < end) {
          const int64_t o = begin / strips, w = begin % strips * kNarrowest;
          const int64_t width = std::min({most, lines.inner - w, (end - begin) * kNarrowest});
          tile(o * lines.n * lines.inner + w, o * lines.inner + w, width);
          begin += (width + kNarrowest - 1) / kNarrowest;
        }
      });
}

}  // namespace

template <class T>
void softmax_along(const Lines& lines, const T* in, T* out, bool logarithm) {
  if (lines.numel() == 0) return;
  const LongWork work(lines.numel());
  const auto& k = kernels<T>();
  if (lines.inner == 1)
    return for_each_rows(lines.outer, lines.n, [&](int64_t first, int64_t count) {
      k.rows(in + first * lines.n, out + first * lines.n, count, lines.n, logarithm);
    });
  for_each_columns(lines, [&](int64_t begin, int64_t, int64_t width) {
    k.columns(in + begin, out + begin, width, lines.n, lines.inner, logarithm);
  });
}

template <class T>
void softmax_gradient_along(const Lines& lines, const T* grad, const T* y, T* out, bool logarithm) {
  if (lines.numel() == 0) return;
  const LongWork work(lines.numel());
  const auto& k = kernels<T>();
  if (lines.inner == 1)
    return for_each_rows(lines.outer, lines.n, [&](int64_t first, int64_t count) {
      const int64_t at = first * lines.n;
      k.row_gradients(grad + at, y + at, out + at, count, lines.n, logarithm);
    });
  for_each_columns(lines, [&](int64_t begin, int64_t, int64_t width) {
    k.column_gradients(grad + begin, y + begin, out + begin, width, lines.n, lines.inner,
                       logarithm);
  });
}

template <class T>
void softmax_sums(const T* in, T* out, int64_t count, int64_t n, T* greatest, T* total) {
  if (count == 0) return;
  const LongWork work(count * n);
  for_each_rows(count, n, [&](int64_t first, int64_t rows) {
    kernels<T>().row_sums(in + first * n, out ? out + first * n : nullptr, rows, n, false,
                          greatest + first, total + first);
  });
}

template <class T>
void logsumexp_along(const Lines& lines, const T* in, T* result) {
  const int64_t count = lines.outer * lines.inner;
  if (lines.n == 0) {
    std::fill_n(result, count, -std::numeric_limits<T>::infinity());
    return;
  }
  const LongWork work(lines.numel());
  const auto& k = kernels<T>();
  const auto finish = [&](int64_t first, int64_t width, const T* greatest) {
    for (int64_t i = 0; i < width; ++i)
      result[first + i] = std::log(result[first + i]) + greatest[i];
  };
  if (lines.inner == 1)
    return for_each_rows(count, lines.n, [&](int64_t first, int64_t rows) {
      T greatest[SoftmaxKernels::kWidest];
      for (const int64_t end = first + rows; first < end; first += SoftmaxKernels::kWidest) {
        const int64_t some = std::min<int64_t>(end - first, SoftmaxKernels::kWidest);
        k.row_sums(in + first * lines.n, nullptr, some, lines.n, true, greatest, result + first);
        finish(first, some, greatest);
      }
    });
  for_each_columns(lines, [&](int64_t begin, int64_t first, int64_t width) {
    T greatest[SoftmaxKernels::kWidest];
    k.column_sums(in + begin, nullptr, width, lines.n, lines.inner, true, greatest, result + first);
    finish(first, width, greatest);
  });
}

template <class T>
void logsumexp_gradient_along(const Lines& lines, const T* in, const T* result, const T* grad,
                              T* out) {
  if (lines.numel() == 0) return;
  const LongWork work(lines.numel());
  const auto& k = kernels<T>();
  if (lines.inner == 1)
    return for_each_rows(lines.outer, lines.n, [&](int64_t first, int64_t count) {
      k.row_shares(in + first * lines.n, out + first * lines.n, count, lines.n, result + first,
                   grad + first);
    });
  for_each_columns(lines, [&](int64_t begin, int64_t first, int64_t width) {
    k.column_shares(in + begin, out + begin, width, lines.n, lines.inner, result + first,
                    grad + first);
  });
}

#define TG_INSTANTIATE(T)                                                           \
  template void softmax_along(const Lines&, const T*, T*, bool);                    \
  template void softmax_gradient_along(const Lines&, const T*, const T*, T*, bool); \
  template void softmax_sums(const T*, T*, int64_t, int64_t, T*, T*);               \
  template void logsumexp_along(const Lines&, const T*, T*);                        \
  template void logsumexp_gradient_along(const Lines&, const T*, const T*, const T*, T*);
TG_INSTANTIATE(float)
TG_INSTANTIATE(double)
#undef TG_INSTANTIATE

}  // namespace tg
