// Linear maps of one dimension of dense memory, seen as [outer, n, inner], and their transposes.
//   PlaceMap   output o is input place[o]: padding by reflection and the like, nearest neighbours
//   TapMap     output o is the sum over its taps of weight * input: interpolation
#pragma once

#include <cstdint>

#include "kernels/loops.h"

namespace tg {

struct PlaceMap {
  int64_t outer, n, m, inner;  // n places become m
  const int64_t* place;
};

template <class T>
void take_mapped(const PlaceMap& p, const T* in, T* out) {
  const LongWork work(p.outer * p.m * p.inner);
  if (p.inner == 1) {
    for (int64_t o = 0; o < p.outer; ++o, in += p.n, out += p.m)
      for (int64_t i = 0; i < p.m; ++i) out[i] = in[p.place[i]];
    return;
  }
  for (int64_t o = 0; o < p.outer; ++o, in += p.n * p.inner)
    for (int64_t i = 0; i < p.m; ++i, out += p.inner) {
      const T* from = in + p.place[i] * p.inner;
      for (int64_t w = 0; w < p.inner; ++w) out[w] = from[w];
    }
}
// The transpose: adds to `out`, which has n places.
template <class T>
void add_mapped(const PlaceMap& p, const T* in, T* out) {
  const LongWork work(p.outer * p.m * p.inner);
  if (p.inner == 1) {
    for (int64_t o = 0; o < p.outer; ++o, in += p.m, out += p.n)
      for (int64_t i = 0; i < p.m; ++i) out[p.place[i]] += in[i];
    return;
  }
  for (int64_t o = 0; o < p.outer; ++o, out += p.n * p.inner)
    for (int64_t i = 0; i < p.m; ++i, in += p.inner) {
      T* to = out + p.place[i] * p.inner;
      for (int64_t w = 0; w < p.inner; ++w) to[w] += in[w];
    }
}

template <class T>
struct TapMap {
  int64_t outer, n, m, inner, taps;
  const int64_t* place;  // [m, taps]
  const T* weight;       // [m, taps]
};

template <class T>
void sum_taps(const TapMap<T>& p, const T* in, T* out) {
  const LongWork work(p.outer * p.m * p.inner * p.taps);
  if (p.inner == 1 && p.taps == 2) {
    for (int64_t o = 0; o < p.outer; ++o, in += p.n, out += p.m)
      for (int64_t i = 0; i < p.m; ++i)
        out[i] =
            p.weight[2 * i] * in[p.place[2 * i]] + p.weight[2 * i + 1] * in[p.place[2 * i + 1]];
    return;
  }
  for (int64_t o = 0; o < p.outer; ++o, in += p.n * p.inner) {
    const int64_t* place = p.place;
    const T* weight = p.weight;
    for (int64_t i = 0; i < p.m; ++i, out += p.inner, place += p.taps, weight += p.taps) {
      if (p.inner == 1) {
        T sum = weight[0] * in[place[0]];
        for (int64_t t = 1; t < p.taps; ++t) sum += weight[t] * in[place[t]];
        *out = sum;
        continue;
      }
      for (int64_t w = 0; w < p.inner; ++w) out[w] = weight[0] * in[place[0] * p.inner + w];
      for (int64_t t = 1; t < p.taps; ++t)
        for (int64_t w = 0; w < p.inner; ++w) out[w] += weight[t] * in[place[t] * p.inner + w];
    }
  }
}
// The transpose: adds to `out`, which has n places.
template <class T>
void spread_taps(const TapMap<T>& p, const T* in, T* out) {
  const LongWork work(p.outer * p.m * p.inner * p.taps);
  if (p.inner == 1) {
    for (int64_t o = 0; o < p.outer; ++o, in += p.m, out += p.n)
      for (int64_t i = 0, k = 0; i < p.m; ++i)
        for (int64_t t = 0; t < p.taps; ++t, ++k) out[p.place[k]] += p.weight[k] * in[i];
    return;
  }
  for (int64_t o = 0; o < p.outer; ++o, out += p.n * p.inner) {
    const int64_t* place = p.place;
    const T* weight = p.weight;
    for (int64_t i = 0; i < p.m; ++i, in += p.inner, place += p.taps, weight += p.taps)
      for (int64_t t = 0; t < p.taps; ++t)
        for (int64_t w = 0; w < p.inner; ++w) out[place[t] * p.inner + w] += weight[t] * in[w];
  }
}

}  // namespace tg
