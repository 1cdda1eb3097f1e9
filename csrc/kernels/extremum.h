// The greatest or the least of many: the op for reduce(), and the loop along one dimension that
// also tells where it is. NaN comes before all others.
#pragma once

#include "kernels/lines.h"
#include "kernels/reduce.h"

namespace tg {

template <class T, bool greatest>
struct ExtremumOp {
  using In = T;
  using Acc = T;
  using Out = T;
  static constexpr bool has_param = false;
  T identity() const { return 0; }  // never asked for: every output has elements
  T map(T x, T) const { return x; }
  T combine(T a, T b) const { return (greatest ? b <= a : b >= a) | (a != a) ? a : b; }
  T finish(T a, T) const { return a; }
};

// The extremum of each line and the place of its first occurrence; out arrays are [outer, inner],
// `values` may be null. T: int64, float or double. n >= 1.
template <bool greatest, class T>
void extremum_along(const Lines& lines, const T* in, T* values, int64_t* indices) {
  const ExtremumOp<T, greatest> op;
  auto row = [&](int64_t begin) {
    const T* p = in + begin;
    const T best = reduction::reduce_row(op, p, lines.n);
    int64_t at = 0;
    if (best == best) {
      while (p[at] != best) ++at;
    } else {
      while (p[at] == p[at]) ++at;
    }
    *indices++ = at;
    if (values) *values++ = best;
  };
  for_each_tile(lines, [&](int64_t begin, int width) {
    if (lines.inner == 1) {
      row(begin);
      return;
    }
    T best[kLineTile];
    int64_t index[kLineTile];
    for (int w = 0; w < width; ++w) {
      best[w] = in[begin + w];
      index[w] = 0;
    }
    for (int64_t i = 1; i < lines.n; ++i) {
      const T* p = in + begin + i * lines.inner;
      for (int w = 0; w < width; ++w) {
        const T a = best[w], b = p[w];
        const bool take = (((greatest ? b > a : b < a) | (b != b)) & (a == a));
        best[w] = take ? b : a;
        index[w] = take ? i : index[w];
      }
    }
    for (int w = 0; w < width; ++w) {
      *indices++ = index[w];
      if (values) *values++ = best[w];
    }
  });
}

// Elements of `lines` at indices [outer, inner]: picked out, or the only ones that are not zero.
template <class Item>
void pick_along(const Lines& lines, const Item* in, const int64_t* indices, Item* out) {
  for (int64_t o = 0; o < lines.outer; ++o)
    for (int64_t w = 0; w < lines.inner; ++w, ++out)
      *out = in[(o * lines.n + *indices++) * lines.inner + w];
}
template <class Item>
void place_along(const Lines& lines, const Item* in, const int64_t* indices, Item* out) {
  std::fill_n(out, lines.numel(), Item{});
  for (int64_t o = 0; o < lines.outer; ++o)
    for (int64_t w = 0; w < lines.inner; ++w)
      out[(o * lines.n + *indices++) * lines.inner + w] = *in++;
}

}  // namespace tg
