// The loops of softmax.h. exp runs over dense memory, for short rows over several at once.
#include "kernels/softmax.h"

#include "kernels/blocks.h"
#include "kernels/lane.h"
#include "kernels/row_sums.h"

namespace tg::TG_ISA {
extern const SoftmaxKernels softmax_kernels;
namespace {

constexpr int64_t kTogether = 1024;  // elements that stay in the nearest cache

// exp without a slow way for results below the normal numbers, of which masks of -inf have many.
TG_INLINE float exp_of(float x) {
  const Exponential e = exponential(x);
  return mantissa(e) * e.half * select(x < -104.0f, 0.0f, e.rest);
}
// The same method for double; the polynomial is that of the SLEEF library.
TG_INLINE double exp_of(double x) {
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52
  constexpr double kLog2 = 0.693147180559663, kLog2Rest = 2.8235290563031577e-13;
  double in = x > 710.0 ? 710.0 : x;  // NaN stays
  in = in < -746.0 ? -746.0 : in;
  const double shifted = in * 1.4426950408889634074 + kRound, n = shifted - kRound;
  const double near = in - n * kLog2, r = near - n * kLog2Rest;
  const double lost = (near - r) - n * kLog2Rest;
  double p = 2.08860621107283687536341e-9;
  p = p * r + 2.51112930892876518610661e-8;
  p = p * r + 2.75573911234900471893338e-7;
  p = p * r + 2.75572362911928827629423e-6;
  p = p * r + 2.4801587159235472998791e-5;
  p = p * r + 1.98412698960509205564975e-4;
  p = p * r + 1.38888888889774492207962e-3;
  p = p * r + 8.33333333331652721664984e-3;
  p = p * r + 4.16666666666665047591422e-2;
  p = p * r + 1.66666666666666851703837e-1;
  p = p * r + 0.5;
  const double tail = p * (r * r) + lost, sum = 1.0 + r;
  const double value = sum + ((r - (sum - 1.0)) + tail);
  // 2^n as two factors; shifts without sign are vector code everywhere.
  const uint64_t whole =
      __builtin_bit_cast(uint64_t, shifted) - __builtin_bit_cast(uint64_t, kRound) + 2048;
  const uint64_t first = whole >> 1;
  const double half = __builtin_bit_cast(double, (first + 1023 - 1024) << 52);
  const double rest = __builtin_bit_cast(double, (whole - first + 1023 - 1024) << 52);
  return value * half * (x < -746.0 ? 0.0 : rest);
}

template <class T>
[[gnu::flatten]] void exps(const T* x, T shift, T* out, int64_t n) {
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) out[i] = exp_of(x[i] - shift);
}

// NaN does not count: it comes back through exp.
template <class T>
T greatest_of(const T* x, int64_t n) {
  using Vec = typename Simd<T>::Vec;
  constexpr int64_t kWidth = kLanes<T>;
  T best = x[0];
  int64_t i = 0;
  if (n >= kWidth) {
    Vec top[4];
    for (Vec& v : top) v = at(x);
    for (; n - i >= 4 * kWidth; i += 4 * kWidth)
#pragma GCC unroll 4
      for (int u = 0; u < 4; ++u) {
        const Vec v = at(x + i + u * kWidth);
        top[u] = v > top[u] ? v : top[u];
      }
    for (; n - i >= kWidth; i += kWidth) {
      const Vec v = at(x + i);
      top[0] = v > top[0] ? v : top[0];
    }
    for (int u = 1; u < 4; ++u) top[0] = top[u] > top[0] ? top[u] : top[0];
    T lanes[kWidth];
    store<T>(lanes, top[0]);
    for (int l = 0; l < kWidth; ++l) best = lanes[l] > best ? lanes[l] : best;
  }
  for (; i < n; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

inline float log_of(float x) { return __builtin_logf(x); }
inline double log_of(double x) { return __builtin_log(x); }
template <class T>
bool is_infinite(T x) {
  return x - x != 0 && x == x;
}

// Rows in groups of up to kTogether elements, longer ones alone. row(first, rows)
template <class Body>
inline __attribute__((always_inline)) void for_each_group(int64_t count, int64_t n,
                                                          const Body& body) {
  const int64_t group = n < kTogether ? kTogether / n : 1;
  for (int64_t r = 0; r < count; r += group) body(r, count - r < group ? count - r : group);
}

template <class T>
void subtract(const T* x, T* out, int64_t rows, int64_t n, const T* shift) {
  for (int64_t r = 0; r < rows; ++r) {
    TG_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[r * n + i] = x[r * n + i] - shift[r];
  }
}

// The greatest elements of a group of rows, the exponentials of x less these, into `out` unless
// that is null, and their sums. `finite`: infinite ones count as 0.
template <class T>
void exponentials(const T* x, T* out, int64_t rows, int64_t n, bool finite, T* greatest, T* total) {
  alignas(64) T buffer[kTogether];
  for (int64_t r = 0; r < rows; ++r) {
    greatest[r] = greatest_of(x + r * n, n);
    if (finite && is_infinite(greatest[r])) greatest[r] = 0;
  }
  if (rows == 1) {
    double all = 0;
    for (int64_t i = 0; i < n; i += kTogether) {
      const int64_t length = n - i < kTogether ? n - i : kTogether;
      T* to = out ? out + i : buffer;
      exps(x + i, *greatest, to, length);
      all += sum(to, length);
    }
    *total = static_cast<T>(all);
    return;
  }
  T* to = out ? out : buffer;
  subtract(x, to, rows, n, greatest);
  exps(to, T(0), to, rows * n);
  for (int64_t r = 0; r < rows; ++r) total[r] = static_cast<T>(sum(to + r * n, n));
}

template <class T>
void rows(const T* in, T* out, int64_t count, int64_t n, bool logarithm) {
  for_each_group(count, n, [&](int64_t first, int64_t rows) {
    T greatest[kTogether], total[kTogether];
    const T* x = in + first * n;
    T* y = out + first * n;
    exponentials(x, logarithm ? nullptr : y, rows, n, false, greatest, total);
    for (int64_t r = 0; r < rows; ++r, x += n, y += n) {
      if (logarithm) {
        const T most = greatest[r], rest = log_of(total[r]);
        TG_INDEPENDENT
        for (int64_t i = 0; i < n; ++i) y[i] = x[i] - most - rest;
      } else {
        const T scale = 1 / total[r];
        for (int64_t i = 0; i < n; ++i) y[i] *= scale;
      }
    }
  });
}

template <class T>
void row_gradients(const T* grad, const T* y, T* out, int64_t count, int64_t n, bool logarithm) {
  for_each_group(count, n, [&](int64_t first, int64_t rows) {
    const T *g = grad + first * n, *v = y + first * n;
    T* to = out + first * n;
    if (logarithm) exps(v, T(0), to, rows * n);
    for (int64_t r = 0; r < rows; ++r, g += n, v += n, to += n) {
      if (logarithm) {
        const T total = static_cast<T>(sum(g, n));
        TG_INDEPENDENT
        for (int64_t i = 0; i < n; ++i) to[i] = g[i] - to[i] * total;
      } else {
        const T total = static_cast<T>(sum_of<T>(
            n, [&](int64_t i) { return at(g + i) * at(v + i); },
            [&](int64_t i) { return g[i] * v[i]; }));
        TG_INDEPENDENT
        for (int64_t i = 0; i < n; ++i) to[i] = (g[i] - total) * v[i];
      }
    }
  });
}

template <class T>
void row_sums(const T* in, T* out, int64_t count, int64_t n, bool finite, T* greatest, T* total) {
  for_each_group(count, n, [&](int64_t first, int64_t rows) {
    exponentials(in + first * n, out ? out + first * n : nullptr, rows, n, finite, greatest + first,
                 total + first);
  });
}

template <class T>
void row_shares(const T* in, T* out, int64_t count, int64_t n, const T* shift, const T* scale) {
  for_each_group(count, n, [&](int64_t first, int64_t rows) {
    T* y = out + first * n;
    subtract(in + first * n, y, rows, n, shift + first);
    exps(y, T(0), y, rows * n);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < n; ++i) y[r * n + i] *= scale[first + r];
  });
}

// --- columns: sums go through partial ones of kPartial elements, so that their error stays small.
constexpr int kWidest = SoftmaxKernels::kWidest;
constexpr int64_t kPartial = 64;

// term(place of a row, sums): adds its terms
template <class T, class Term>
inline __attribute__((always_inline)) void add_columns(int64_t n, int64_t pitch, int64_t count,
                                                       T* total, const Term& term) {
  alignas(64) T partial[kWidest];
  for (int64_t w = 0; w < count; ++w) total[w] = 0;
  for (int64_t i = 0; i < n; i += kPartial) {
    const int64_t end = n - i < kPartial ? n : i + kPartial;
    for (int64_t w = 0; w < count; ++w) partial[w] = 0;
    for (int64_t row = i; row < end; ++row) term(row * pitch, partial);
    for (int64_t w = 0; w < count; ++w) total[w] += partial[w];
  }
}

template <class T>
void column_greatest(const T* in, int64_t count, int64_t n, int64_t pitch, bool finite, T* best) {
  for (int64_t w = 0; w < count; ++w) best[w] = in[w];
  for (int64_t i = 1; i < n; ++i) {
    const T* x = in + i * pitch;
    TG_INDEPENDENT
    for (int64_t w = 0; w < count; ++w) best[w] = x[w] > best[w] ? x[w] : best[w];
  }
  for (int64_t w = 0; finite && w < count; ++w) best[w] = is_infinite(best[w]) ? 0 : best[w];
}

template <class T>
[[gnu::flatten]] void column_sums(const T* in, T* out, int64_t count, int64_t n, int64_t pitch,
                                  bool finite, T* greatest, T* total) {
  column_greatest(in, count, n, pitch, finite, greatest);
  alignas(64) T buffer[kWidest];
  add_columns(n, pitch, count, total, [&](int64_t row, T* partial) {
    const T* x = in + row;
    T* y = out ? out + row : buffer;
    TG_INDEPENDENT
    for (int64_t w = 0; w < count; ++w) {
      const T e = exp_of(x[w] - greatest[w]);
      y[w] = e;
      partial[w] += e;
    }
  });
}

template <class T>
void columns(const T* in, T* out, int64_t count, int64_t n, int64_t pitch, bool logarithm) {
  alignas(64) T greatest[kWidest], total[kWidest];
  column_sums(in, logarithm ? nullptr : out, count, n, pitch, false, greatest, total);
  for (int64_t w = 0; w < count; ++w) total[w] = logarithm ? log_of(total[w]) : 1 / total[w];
  for (int64_t i = 0; i < n; ++i, in += pitch, out += pitch) {
    if (logarithm) {
      TG_INDEPENDENT
      for (int64_t w = 0; w < count; ++w) out[w] = in[w] - greatest[w] - total[w];
    } else {
      TG_INDEPENDENT
      for (int64_t w = 0; w < count; ++w) out[w] *= total[w];
    }
  }
}

template <class T>
[[gnu::flatten]] void column_gradients(const T* grad, const T* y, T* out, int64_t count, int64_t n,
                                       int64_t pitch, bool logarithm) {
  alignas(64) T total[kWidest];
  add_columns(n, pitch, count, total, [&](int64_t row, T* partial) {
    const T *g = grad + row, *v = y + row;
    if (logarithm) {
      TG_INDEPENDENT
      for (int64_t w = 0; w < count; ++w) partial[w] += g[w];
    } else {
      TG_INDEPENDENT
      for (int64_t w = 0; w < count; ++w) partial[w] += g[w] * v[w];
    }
  });
  for (int64_t i = 0; i < n; ++i, grad += pitch, y += pitch, out += pitch) {
    if (logarithm) {
      TG_INDEPENDENT
      for (int64_t w = 0; w < count; ++w) out[w] = grad[w] - exp_of(y[w]) * total[w];
    } else {
      TG_INDEPENDENT
      for (int64_t w = 0; w < count; ++w) out[w] = (grad[w] - total[w]) * y[w];
    }
  }
}

template <class T>
[[gnu::flatten]] void column_shares(const T* in, T* out, int64_t count, int64_t n, int64_t pitch,
                                    const T* shift, const T* scale) {
  for (int64_t i = 0; i < n; ++i, in += pitch, out += pitch) {
    TG_INDEPENDENT
    for (int64_t w = 0; w < count; ++w) out[w] = exp_of(in[w] - shift[w]) * scale[w];
  }
}

template <class T>
constexpr SoftmaxKernelsOf<T> kernels_of() {
  return {rows<T>,     columns<T>,     row_gradients<T>, column_gradients<T>,
          row_sums<T>, column_sums<T>, row_shares<T>,    column_shares<T>};
}

}  // namespace

const SoftmaxKernels softmax_kernels{kernels_of<float>(), kernels_of<double>()};

}  // namespace tg::TG_ISA
