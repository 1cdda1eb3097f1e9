// Softmax and its logarithm along one dimension of dense memory, and the gradients in one pass. The
// greatest element is subtracted before exp, so nothing overflows; a line of -inf, or with +inf in
// it, gives NaN. T: float or double. Lines that are rows go one at a time; others side by side in
// tiles.
#pragma once

#include "kernels/extremum.h"
#include "kernels/math.h"

namespace tg {

template <bool logarithm, class T>
void softmax_row(const T* in, T* out, int64_t n) {
  const T greatest = reduction::reduce_row(ExtremumOp<T, true>{}, in, n);
  // `out` holds the exponentials meanwhile.
  for (int64_t i = 0; i < n; ++i) out[i] = exp(in[i] - greatest);
  const T total = reduction::reduce_row(reduction::Plus<T>{}, out, n);
  if constexpr (logarithm) {
    const T log_total = log(total);
    for (int64_t i = 0; i < n; ++i) out[i] = in[i] - greatest - log_total;
  } else {
    for (int64_t i = 0; i < n; ++i) out[i] /= total;
  }
}

template <bool logarithm, class T>
void softmax_along(const Lines& lines, const T* in, T* out) {
  if (lines.n == 0) return;
  for_each_tile(lines, [&](int64_t begin, int width) {
    if (lines.inner == 1) {
      softmax_row<logarithm>(in + begin, out + begin, lines.n);
      return;
    }
    T greatest[kLineTile], total[kLineTile];
    auto each = [&](auto body) {
      for (int64_t i = 0, at = begin; i < lines.n; ++i, at += lines.inner)
        for (int w = 0; w < width; ++w) body(w, in[at + w], out[at + w]);
    };
    for (int w = 0; w < width; ++w) {
      greatest[w] = in[begin + w];
      total[w] = 0;
    }
    each([&](int w, T x, T&) { greatest[w] = maximum(greatest[w], x); });
    each([&](int w, T x, T& y) { total[w] += y = exp(x - greatest[w]); });
    if constexpr (logarithm) {
      for (int w = 0; w < width; ++w) total[w] = log(total[w]);
      each([&](int w, T x, T& y) { y = x - greatest[w] - total[w]; });
    } else {
      each([&](int w, T, T& y) { y /= total[w]; });
    }
  });
}

// out = (grad - sum(grad * y)) * y, or grad - exp(y) * sum(grad) of the logarithm.
template <bool logarithm, class T>
void softmax_gradient_along(const Lines& lines, const T* grad, const T* y, T* out) {
  auto term = [](T g, T y) { return logarithm ? g : g * y; };
  auto result = [](T g, T y, T total) {
    if constexpr (logarithm)
      return g - exp(y) * total;
    else
      return (g - total) * y;
  };
  for_each_tile(lines, [&](int64_t begin, int width) {
    if (lines.inner == 1) {
      const T *g = grad + begin, *v = y + begin;
      T* to = out + begin;
      // `out` holds the terms of the sum meanwhile.
      for (int64_t i = 0; i < lines.n; ++i) to[i] = term(g[i], v[i]);
      const T total = lines.n ? reduction::reduce_row(reduction::Plus<T>{}, to, lines.n) : 0;
      for (int64_t i = 0; i < lines.n; ++i) to[i] = result(g[i], v[i], total);
      return;
    }
    T total[kLineTile];
    std::fill(total, total + width, T(0));
    for (int64_t i = 0, at = begin; i < lines.n; ++i, at += lines.inner)
      for (int w = 0; w < width; ++w) total[w] += term(grad[at + w], y[at + w]);
    for (int64_t i = 0, at = begin; i < lines.n; ++i, at += lines.inner)
      for (int w = 0; w < width; ++w) out[at + w] = result(grad[at + w], y[at + w], total[w]);
  });
}

}  // namespace tg
