// Softmax and its logarithm along one dimension of dense memory, and the gradients in one pass. The
// greatest element is subtracted before exp, so nothing overflows; a line of -inf, or with +inf in
// it, gives NaN. Lines that are rows go one at a time; others side by side in tiles.
#pragma once

#include "kernels/extremum.h"
#include "kernels/math.h"

namespace tg {

template <bool logarithm, class T>
void softmax_row(const T* in, T* out, int64_t n) {
  using C = Compute<T>;
  const C greatest =
      reduction::reduce_row(ExtremumOp<T, true>{}, reinterpret_cast<const char*>(in), sizeof(T), n);
  if constexpr (std::is_same_v<T, C>) {
    // `out` holds the exponentials meanwhile.
    for (int64_t i = 0; i < n; ++i) out[i] = exp(in[i] - greatest);
    const C total = reduction::sum_of<C>(n, [&](int64_t i) { return out[i]; });
    if constexpr (logarithm) {
      const C log_total = log(total);
      for (int64_t i = 0; i < n; ++i) out[i] = in[i] - greatest - log_total;
    } else {
      for (int64_t i = 0; i < n; ++i) out[i] /= total;
    }
  } else {
    const C total =
        reduction::sum_of<C>(n, [&](int64_t i) { return exp(static_cast<C>(in[i]) - greatest); });
    for (int64_t i = 0; i < n; ++i) {
      const C x = static_cast<C>(in[i]) - greatest;
      out[i] = static_cast<T>(logarithm ? x - log(total) : exp(x) / total);
    }
  }
}

template <bool logarithm, class T>
void softmax_along(const Lines& lines, const T* in, T* out) {
  using C = Compute<T>;
  if (lines.n == 0) return;
  for_each_tile(lines, [&](int64_t begin, int width) {
    if (lines.inner == 1) {
      softmax_row<logarithm>(in + begin, out + begin, lines.n);
      return;
    }
    C greatest[kLineTile], total[kLineTile];
    auto each = [&](auto body) {
      for (int64_t i = 0, at = begin; i < lines.n; ++i, at += lines.inner)
        for (int w = 0; w < width; ++w) body(w, static_cast<C>(in[at + w]), out[at + w]);
    };
    for (int w = 0; w < width; ++w) {
      greatest[w] = static_cast<C>(in[begin + w]);
      total[w] = 0;
    }
    each([&](int w, C x, T&) { greatest[w] = maximum(greatest[w], x); });
    each([&](int w, C x, T&) { total[w] += exp(x - greatest[w]); });
    if constexpr (logarithm) {
      for (int w = 0; w < width; ++w) total[w] = log(total[w]);
      each([&](int w, C x, T& y) { y = static_cast<T>(x - greatest[w] - total[w]); });
    } else {
      each([&](int w, C x, T& y) { y = static_cast<T>(exp(x - greatest[w]) / total[w]); });
    }
  });
}

// out = (grad - sum(grad * y)) * y, or grad - exp(y) * sum(grad) of the logarithm.
template <bool logarithm, class T>
void softmax_gradient_along(const Lines& lines, const T* grad, const T* y, T* out) {
  using C = Compute<T>;
  auto term = [](C g, C y) { return logarithm ? g : g * y; };
  auto result = [](C g, C y, C total) {
    if constexpr (logarithm)
      return static_cast<T>(g - exp(y) * total);
    else
      return static_cast<T>((g - total) * y);
  };
  for_each_tile(lines, [&](int64_t begin, int width) {
    if (lines.inner == 1) {
      const T *g = grad + begin, *v = y + begin;
      const C total = reduction::sum_of<C>(
          lines.n, [&](int64_t i) { return term(static_cast<C>(g[i]), static_cast<C>(v[i])); });
      for (int64_t i = 0; i < lines.n; ++i)
        out[begin + i] = result(static_cast<C>(g[i]), static_cast<C>(v[i]), total);
      return;
    }
    C total[kLineTile];
    std::fill(total, total + width, C(0));
    for (int64_t i = 0, at = begin; i < lines.n; ++i, at += lines.inner)
      for (int w = 0; w < width; ++w)
        total[w] += term(static_cast<C>(grad[at + w]), static_cast<C>(y[at + w]));
    for (int64_t i = 0, at = begin; i < lines.n; ++i, at += lines.inner)
      for (int w = 0; w < width; ++w)
        out[at + w] = result(static_cast<C>(grad[at + w]), static_cast<C>(y[at + w]), total[w]);
  });
}

}  // namespace tg
