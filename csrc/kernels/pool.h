// Pooling over windows of dense planes of up to three dimensions: the greatest element with its
// place, and the mean. The windows of a dimension are a list, so that pooling by kernel and stride
// and adaptive pooling are one loop.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/loops.h"

namespace tg {

// The elements begin, begin + step, ... before end; `divisor`: by how many a mean divides.
struct Window {
  int64_t begin, end, divisor;
};
struct PoolPlan {
  int64_t planes, in[3], out[3], step[3];
  const Window* windows[3];
  int64_t divisor;  // 0: the product of the windows' own

  int64_t in_places() const { return in[0] * in[1] * in[2]; }
  int64_t out_places() const { return out[0] * out[1] * out[2]; }
};

// f(window of each dimension, place of the output) over one plane.
template <class F>
void for_each_window(const PoolPlan& p, const F& f) {
  int64_t at = 0;
  for (int64_t d = 0; d < p.out[0]; ++d)
    for (int64_t h = 0; h < p.out[1]; ++h)
      for (int64_t w = 0; w < p.out[2]; ++w)
        f(p.windows[0][d], p.windows[1][h], p.windows[2][w], at++);
}

// The first of the greatest; a NaN is greatest, and the last NaN counts. `indices` may be null.
template <class T>
void max_pool(const PoolPlan& p, const T* in, T* out, int64_t* indices) {
  const LongWork work(p.planes * (p.in_places() + p.out_places() * 4));
  for (int64_t plane = 0; plane < p.planes; ++plane) {
    for_each_window(p, [&](const Window& d, const Window& h, const Window& w, int64_t at) {
      int64_t place = (d.begin * p.in[1] + h.begin) * p.in[2] + w.begin;
      T best = std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                                    : std::numeric_limits<T>::lowest();
      const auto see = [&](int64_t at) {
        const T value = in[at];
        const bool better = value > best || value != value;
        best = better ? value : best;
        place = better ? at : place;
      };
      for (int64_t z = d.begin; z < d.end; z += p.step[0])
        for (int64_t y = h.begin; y < h.end; y += p.step[1]) {
          const int64_t row = (z * p.in[1] + y) * p.in[2];
          if (w.end - w.begin == 3 && p.step[2] == 1) {  // the usual width, unrolled
            see(row + w.begin);
            see(row + w.begin + 1);
            see(row + w.begin + 2);
            continue;
          }
          for (int64_t x = w.begin; x < w.end; x += p.step[2]) see(row + x);
        }
      out[at] = best;
      if (indices) indices[at] = place;
    });
    in += p.in_places();
    out += p.out_places();
    if (indices) indices += p.out_places();
  }
}

// The same for windows of 2 by 2 without padding, the usual ones.
template <class T>
void max_pool_by_two(int64_t planes, int64_t in_height, int64_t in_width, int64_t height,
                     int64_t width, const T* in, T* out, int64_t* indices) {
  const LongWork work(planes * height * width * 6);
  for (int64_t plane = 0; plane < planes; ++plane, in += in_height * in_width)
    for (int64_t h = 0; h < height; ++h) {
      const T* upper = in + 2 * h * in_width;
      const T* lower = upper + in_width;
      const int64_t row = 2 * h * in_width;
      for (int64_t w = 0; w < width; ++w) {
        T best = upper[2 * w];
        int64_t place = 0;
        auto see = [&](T value, int64_t at) {
          const bool better = value > best || value != value;
          best = better ? value : best;
          place = better ? at : place;
        };
        see(upper[2 * w + 1], 1);
        see(lower[2 * w], in_width);
        see(lower[2 * w + 1], in_width + 1);
        *out++ = best;
        if (indices) *indices++ = row + 2 * w + place;
      }
    }
}

template <class T>
void mean_pool(const PoolPlan& p, const T* in, T* out) {
  const LongWork work(p.planes * (p.in_places() + p.out_places() * 4));
  for (int64_t plane = 0; plane < p.planes; ++plane) {
    for_each_window(p, [&](const Window& d, const Window& h, const Window& w, int64_t at) {
      T sum = 0;
      for (int64_t z = d.begin; z < d.end; ++z)
        for (int64_t y = h.begin; y < h.end; ++y) {
          const T* row = in + (z * p.in[1] + y) * p.in[2];
          for (int64_t x = w.begin; x < w.end; ++x) sum += row[x];
        }
      const int64_t divisor = p.divisor ? p.divisor : d.divisor * h.divisor * w.divisor;
      out[at] = sum / static_cast<T>(divisor);
    });
    in += p.in_places();
    out += p.out_places();
  }
}

// The transpose of mean_pool; `in_grad` holds zeros.
template <class T>
void mean_pool_gradient(const PoolPlan& p, const T* grad, T* in_grad) {
  const LongWork work(p.planes * (p.in_places() + p.out_places() * 4));
  for (int64_t plane = 0; plane < p.planes; ++plane) {
    for_each_window(p, [&](const Window& d, const Window& h, const Window& w, int64_t at) {
      const int64_t divisor = p.divisor ? p.divisor : d.divisor * h.divisor * w.divisor;
      const T share = grad[at] / static_cast<T>(divisor);
      for (int64_t z = d.begin; z < d.end; ++z)
        for (int64_t y = h.begin; y < h.end; ++y) {
          T* row = in_grad + (z * p.in[1] + y) * p.in[2];
          for (int64_t x = w.begin; x < w.end; ++x) row[x] += share;
        }
    });
    in_grad += p.in_places();
    grad += p.out_places();
  }
}

// Planes of `count` elements to planes of `places`: out[place[i]] += in[i] or = in[i], and back.
template <class T>
void add_at_places(int64_t planes, int64_t count, int64_t places, const int64_t* place, const T* in,
                   T* out) {
  const LongWork work(planes * (count + places));
  for (; planes > 0; --planes, in += count, place += count, out += places)
    for (int64_t i = 0; i < count; ++i) out[place[i]] += in[i];
}
template <class T>
void put_at_places(int64_t planes, int64_t count, int64_t places, const int64_t* place, const T* in,
                   T* out) {
  const LongWork work(planes * (count + places));
  for (; planes > 0; --planes, in += count, place += count, out += places)
    for (int64_t i = 0; i < count; ++i) out[place[i]] = in[i];
}
template <class T>
void take_from_places(int64_t planes, int64_t count, int64_t places, const int64_t* place,
                      const T* in, T* out) {
  const LongWork work(planes * (count + places));
  for (; planes > 0; --planes, out += count, place += count, in += places)
    for (int64_t i = 0; i < count; ++i) out[i] = in[place[i]];
}

}  // namespace tg
