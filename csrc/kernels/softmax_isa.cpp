// The loops of softmax.h.
#include "kernels/softmax.h"

#include "kernels/row_exp.h"

namespace tg::TG_ISA {
extern const SoftmaxKernels softmax_kernels;
namespace {

template <class T>
TG_INLINE typename Simd<T>::Vec greater(typename Simd<T>::Vec a, typename Simd<T>::Vec b) {
  return a > b ? a : b;
}

// NaN may be left out: it comes back through exp.
template <class T>
[[gnu::noinline]] T greatest_of(const T* x, int64_t n) {
  using Vec = typename Simd<T>::Vec;
  constexpr int64_t kWidth = kLanes<T>;
  T best = x[0];
  if (n < kWidth) {
    for (int64_t i = 1; i < n; ++i) best = x[i] > best ? x[i] : best;
    return best;
  }
  Vec top[4];
  for (Vec& v : top) v = at(x);
  int64_t i = 0;
  for (; n - i >= 4 * kWidth; i += 4 * kWidth)
#pragma GCC unroll 4
    for (int u = 0; u < 4; ++u) top[u] = greater<T>(at(x + i + u * kWidth), top[u]);
  for (; n - i >= kWidth; i += kWidth) top[0] = greater<T>(at(x + i), top[0]);
  top[1] = greater<T>(at(x + n - kWidth), top[1]);  // some for the second time
  top[0] = greater<T>(greater<T>(top[0], top[1]), greater<T>(top[2], top[3]));
  return fold<T>(top[0], [](auto a, auto b) { return a > b ? a : b; });
}

inline float log_of(float x) { return __builtin_logf(x); }
inline double log_of(double x) { return __builtin_log(x); }
template <class T>
bool is_infinite(T x) {
  return x - x != 0 && x == x;
}

// The sum of exp(x - greatest) of a row, whose terms go to `out` unless that is null; in PyTorch's
// order, which is one by one for rows shorter than a register.
template <class T>
TG_INLINE T exponentials(const T* x, T* out, int64_t n, T greatest) {
  using Vec = typename Simd<T>::Vec;
  if (0 < n && n < kLanes<T>) {
    T terms[kLanes<T>];
    const Rest<T> part(n);
    const Vec e = exp_of(part.load(x) - greatest);
    if (out) part.store(out, e);
    store<T>(terms, e);
    T total = terms[0];
    for (int64_t i = 1; i < n; ++i) total += terms[i];
    return total;
  }
  double total = 0;
  for (int64_t i = 0; i < n; i += kSumBlock) {
    Vec sums = {};
    for_each_vector<T>(n - i < kSumBlock ? n - i : kSumBlock, [&](int64_t j, auto part) {
      const Vec e = exp_of(part.load(x + i + j) - greatest);
      if (out) part.store(out + i + j, e);
      sums += part.keep(e);
    });
    total += static_cast<double>(sum_lanes<T>(sums));
  }
  return static_cast<T>(total);
}

template <class T>
[[gnu::noinline, gnu::noclone]] void row_sums(const T* in, T* out, int64_t count, int64_t n,
                                              bool finite, T* greatest, T* total) {
  for (int64_t r = 0; r < count; ++r, in += n) {
    greatest[r] = greatest_of(in, n);
    if (finite && is_infinite(greatest[r])) greatest[r] = 0;
    total[r] = exponentials(in, out ? out + r * n : nullptr, n, greatest[r]);
  }
}

template <class T>
void softmax_rows(const T* in, T* out, int64_t count, int64_t n) {
  for (int64_t r = 0; r < count; ++r, in += n, out += n) {
    T most, total;
    row_sums(in, out, 1, n, false, &most, &total);
    const T scale = 1 / total;
    for_each_vector<T>(
        n, [&](int64_t i, auto part) { part.store(out + i, part.load(out + i) * scale); });
  }
}

// Short rows in groups that stay in the nearest cache: each logarithm would wait for its sum.
template <class T>
void log_softmax_rows(const T* in, T* out, int64_t count, int64_t n) {
  constexpr int64_t kMost = 32, kElements = 2048;
  T most[kMost], rest[kMost];
  const int64_t group = n * kMost <= kElements ? kMost : kElements / n + 1;
  for (int64_t begin = 0; begin < count; begin += group) {
    const int64_t rows = count - begin < group ? count - begin : group;
    row_sums<T>(in, nullptr, rows, n, false, most, rest);
    for (int64_t r = 0; r < rows; ++r) rest[r] = log_of(rest[r]);
    for (int64_t r = 0; r < rows; ++r, in += n, out += n)
      for_each_vector<T>(n, [&](int64_t i, auto part) {
        part.store(out + i, part.load(in + i) - most[r] - rest[r]);
      });
  }
}

template <class T>
void rows(const T* in, T* out, int64_t count, int64_t n, bool logarithm) {
  (logarithm ? log_softmax_rows<T> : softmax_rows<T>)(in, out, count, n);
}

template <class T>
void row_gradients(const T* grad, const T* y, T* out, int64_t count, int64_t n, bool logarithm) {
  for (int64_t r = 0; r < count; ++r, grad += n, y += n, out += n) {
    if (logarithm) {
      const T total = static_cast<T>(sum(grad, n));
      for_each_vector<T>(n, [&](int64_t i, auto part) {
        part.store(out + i, part.load(grad + i) - exp_of(part.load(y + i)) * total);
      });
    } else {
      const T total = static_cast<T>(sum_of<T>(
          n, [&](int64_t i) { return at(grad + i) * at(y + i); },
          [&](int64_t i) { return grad[i] * y[i]; }));
      for_each_vector<T>(n, [&](int64_t i, auto part) {
        part.store(out + i, (part.load(grad + i) - total) * part.load(y + i));
      });
    }
  }
}

template <class T>
void row_shares(const T* in, T* out, int64_t count, int64_t n, const T* shift, const T* scale) {
  for (int64_t r = 0; r < count; ++r, in += n, out += n)
    for_each_vector<T>(n, [&](int64_t i, auto part) {
      part.store(out + i, exp_of(part.load(in + i) - shift[r]) * scale[r]);
    });
}

// --- columns: sums go through partial ones of kPartial elements, so that their error stays small.
constexpr int kWidest = SoftmaxKernels::kWidest;
constexpr int64_t kPartial = 64;

template <class T>
[[gnu::noinline]] void add(T* to, const T* from, int64_t n) {
  for_each_vector<T>(n, [&](int64_t i, auto part) {
    part.store(to + i, part.load(to + i) + part.load(from + i));
  });
}

// term(place, part): of the elements from a place on
template <class T, class Term>
TG_INLINE void add_columns(int64_t count, int64_t n, int64_t pitch, T* total, const Term& term) {
  alignas(64) T partial[kWidest];
  const auto bytes = static_cast<size_t>(count) * sizeof(T);
  std::memset(total, 0, bytes);
  for (int64_t i = 0; i < n; i += kPartial) {
    const int64_t end = n - i < kPartial ? n : i + kPartial;
    std::memset(partial, 0, bytes);
    for (int64_t row = i; row < end; ++row)
      for_each_vector<T>(count, [&](int64_t w, auto part) {
        part.store(partial + w, part.load(partial + w) + term(row * pitch, w, part));
      });
    add(total, partial, count);
  }
}
// out = value(row, column, part)
template <class T, class Value>
TG_INLINE void set_columns(T* out, int64_t count, int64_t n, int64_t pitch, const Value& value) {
  for (int64_t i = 0; i < n * pitch; i += pitch)
    for_each_vector<T>(
        count, [&](int64_t w, auto part) { part.store(out + i + w, value(i + w, w, part)); });
}

template <class T>
[[gnu::noinline, gnu::noclone]] void column_sums(const T* in, T* out, int64_t count, int64_t n,
                                                 int64_t pitch, bool finite, T* greatest,
                                                 T* total) {
  std::memcpy(greatest, in, static_cast<size_t>(count) * sizeof(T));
  for (int64_t i = pitch; i < n * pitch; i += pitch)
    for_each_vector<T>(count, [&](int64_t w, auto part) {
      part.store(greatest + w, greater<T>(part.load(in + i + w), part.load(greatest + w)));
    });
  for (int64_t w = 0; finite && w < count; ++w)
    if (is_infinite(greatest[w])) greatest[w] = 0;
  add_columns(count, n, pitch, total, [&](int64_t row, int64_t w, auto part) {
    const auto e = exp_of(part.load(in + row + w) - part.load(greatest + w));
    if (out) part.store(out + row + w, e);
    return e;
  });
}

template <class T>
void columns(const T* in, T* out, int64_t count, int64_t n, int64_t pitch, bool logarithm) {
  alignas(64) T greatest[kWidest], total[kWidest];
  column_sums(in, logarithm ? nullptr : out, count, n, pitch, false, greatest, total);
  for (int64_t w = 0; logarithm && w < count; ++w) total[w] = log_of(total[w]);
  alignas(64) T inverse[kWidest];
  for (int64_t w = 0; !logarithm && w < count; ++w) inverse[w] = 1 / total[w];
  if (logarithm)
    set_columns(out, count, n, pitch, [&](int64_t i, int64_t w, auto part) {
      return part.load(in + i) - part.load(greatest + w) - part.load(total + w);
    });
  else
    set_columns(out, count, n, pitch, [&](int64_t i, int64_t w, auto part) {
      // The quotient as rounded once, which PyTorch has: its rest is exact in a fused multiply-add.
      const auto term = part.load(out + i), by = part.load(inverse + w), q = term * by;
      return q + (term - q * part.load(total + w)) * by;
    });
}

template <class T>
void column_gradients(const T* grad, const T* y, T* out, int64_t count, int64_t n, int64_t pitch,
                      bool logarithm) {
  alignas(64) T total[kWidest];
  if (logarithm) {
    add_columns(count, n, pitch, total,
                [&](int64_t row, int64_t w, auto part) { return part.load(grad + row + w); });
    set_columns(out, count, n, pitch, [&](int64_t i, int64_t w, auto part) {
      return part.load(grad + i) - exp_of(part.load(y + i)) * part.load(total + w);
    });
  } else {
    add_columns(count, n, pitch, total, [&](int64_t row, int64_t w, auto part) {
      return part.load(grad + row + w) * part.load(y + row + w);
    });
    set_columns(out, count, n, pitch, [&](int64_t i, int64_t w, auto part) {
      return (part.load(grad + i) - part.load(total + w)) * part.load(y + i);
    });
  }
}

template <class T>
void column_shares(const T* in, T* out, int64_t count, int64_t n, int64_t pitch, const T* shift,
                   const T* scale) {
  set_columns(out, count, n, pitch, [&](int64_t i, int64_t w, auto part) {
    return exp_of(part.load(in + i) - part.load(shift + w)) * part.load(scale + w);
  });
}

template <class T>
constexpr SoftmaxKernelsOf<T> kernels_of() {
  return {rows<T>,     columns<T>,     row_gradients<T>, column_gradients<T>,
          row_sums<T>, column_sums<T>, row_shares<T>,    column_shares<T>};
}

}  // namespace

const SoftmaxKernels softmax_kernels{kernels_of<float>(), kernels_of<double>()};

}  // namespace tg::TG_ISA
