#include "kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/isa.h"
#include "kernels/lines.h"

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

// tile(begin, first, width): `width` columns from element `begin` on are lines `first` and the next
// ones. Tiles are as wide as the nearer caches allow: they are walked two or three times.
template <class Tile>
void for_each_columns(const Lines& lines, const Tile& tile) {
  constexpr int64_t kTileElements = 1 << 17, kNarrowest = 64;
  const int64_t width = std::clamp<int64_t>(kTileElements / lines.n / kNarrowest * kNarrowest,
                                            kNarrowest, SoftmaxKernels::kWidest);
  for (int64_t o = 0; o < lines.outer; ++o)
    for (int64_t w = 0; w < lines.inner; w += width)
      tile(o * lines.n * lines.inner + w, o * lines.inner + w,
           std::min<int64_t>(width, lines.inner - w));
}

}  // namespace

template <class T>
void softmax_along(const Lines& lines, const T* in, T* out, bool logarithm) {
  if (lines.numel() == 0) return;
  const LongWork work(lines.numel());
  if (lines.inner == 1) return kernels<T>().rows(in, out, lines.outer, lines.n, logarithm);
  for_each_columns(lines, [&](int64_t begin, int64_t, int64_t width) {
    kernels<T>().columns(in + begin, out + begin, width, lines.n, lines.inner, logarithm);
  });
}

template <class T>
void softmax_gradient_along(const Lines& lines, const T* grad, const T* y, T* out, bool logarithm) {
  if (lines.numel() == 0) return;
  const LongWork work(lines.numel());
  if (lines.inner == 1)
    return kernels<T>().row_gradients(grad, y, out, lines.outer, lines.n, logarithm);
  for_each_columns(lines, [&](int64_t begin, int64_t, int64_t width) {
    kernels<T>().column_gradients(grad + begin, y + begin, out + begin, width, lines.n, lines.inner,
                                  logarithm);
  });
}

template <class T>
void softmax_sums(const T* in, T* out, int64_t count, int64_t n, T* greatest, T* total) {
  if (count == 0) return;
  const LongWork work(count * n);
  kernels<T>().row_sums(in, out, count, n, false, greatest, total);
}

template <class T>
void logsumexp_along(const Lines& lines, const T* in, T* result) {
  const int64_t count = lines.outer * lines.inner;
  if (lines.n == 0) {
    std::fill_n(result, count, -std::numeric_limits<T>::infinity());
    return;
  }
  const LongWork work(lines.numel());
  T greatest[SoftmaxKernels::kWidest];
  const auto finish = [&](int64_t first, int64_t width) {
    for (int64_t i = 0; i < width; ++i)
      result[first + i] = std::log(result[first + i]) + greatest[i];
  };
  if (lines.inner == 1) {
    for (int64_t r = 0; r < count; r += SoftmaxKernels::kWidest) {
      const int64_t rows = std::min<int64_t>(count - r, SoftmaxKernels::kWidest);
      kernels<T>().row_sums(in + r * lines.n, nullptr, rows, lines.n, true, greatest, result + r);
      finish(r, rows);
    }
    return;
  }
  for_each_columns(lines, [&](int64_t begin, int64_t first, int64_t width) {
    kernels<T>().column_sums(in + begin, nullptr, width, lines.n, lines.inner, true, greatest,
                             result + first);
    finish(first, width);
  });
}

template <class T>
void logsumexp_gradient_along(const Lines& lines, const T* in, const T* result, const T* grad,
                              T* out) {
  if (lines.numel() == 0) return;
  const LongWork work(lines.numel());
  if (lines.inner == 1) return kernels<T>().row_shares(in, out, lines.outer, lines.n, result, grad);
  for_each_columns(lines, [&](int64_t begin, int64_t first, int64_t width) {
    kernels<T>().column_shares(in + begin, out + begin, width, lines.n, lines.inner, result + first,
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
