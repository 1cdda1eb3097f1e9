// Sampling of images and volumes at the places that a grid names, with its gradients. Coordinates
// of a grid run from -1 to 1 over the image, the last dimension's first.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernels/loops.h"

namespace tg {

enum class GridMode : int64_t { Linear = 0, Nearest = 1, Cubic = 2 };
enum class GridPadding : int64_t { Zeros = 0, Border = 1, Reflection = 2 };

struct GridShape {
  int64_t batch, channels, in[3], out_places;  // in: of D dimensions
  GridMode mode;
  GridPadding padding;
  bool align_corners;
};

namespace grid {

// A coordinate in pixels, and its slope in that of the grid.
template <class T>
struct Coordinate {
  T at, slope;
};

template <class T>
Coordinate<T> in_pixels(T x, int64_t size, bool align_corners) {
  if (align_corners) return {(x + 1) / 2 * static_cast<T>(size - 1), static_cast<T>(size - 1) / 2};
  return {((x + 1) * static_cast<T>(size) - 1) / 2, static_cast<T>(size) / 2};
}

template <class T>
Coordinate<T> clipped(Coordinate<T> c, int64_t size) {
  const T last = static_cast<T>(size - 1);
  if (c.at <= 0) return {T(0), T(0)};
  if (c.at >= last) return {last, T(0)};
  return c;
}

// Mirrored at low / 2 and high / 2.
template <class T>
Coordinate<T> reflected(Coordinate<T> c, int64_t low, int64_t high) {
  if (low == high) return {T(0), T(0)};
  const T least = static_cast<T>(low) / 2, span = static_cast<T>(high - low) / 2;
  T in = c.at - least, sign = 1;
  if (in < 0) {
    in = -in;
    sign = -1;
  }
  const T extra = std::fmod(in, span);
  const bool even = std::fmod(std::floor(in / span), T(2)) == 0;
  if (even) return {extra + least, c.slope * sign};
  return {span - extra + least, -c.slope * sign};
}

template <class T>
Coordinate<T> padded(Coordinate<T> c, int64_t size, const GridShape& s) {
  if (s.padding == GridPadding::Reflection)
    c = s.align_corners ? reflected(c, 0, 2 * (size - 1)) : reflected(c, -1, 2 * size - 1);
  if (s.padding != GridPadding::Zeros) c = clipped(c, size);
  // Far outside, NaN included: no pixel there.
  if (!(c.at < T(1e9) && c.at > T(-1e9))) c.at = -100;
  return c;
}

// What one place of the output reads: up to 16 pixels with weights, and the slopes of the weights.
template <class T, int D>
struct Reads {
  int count = 0;
  int64_t offset[16];
  T weight[16];
  T slope[16][D];  // in the grid's coordinates, x first
  void add(const int64_t* at, const int64_t* size, T w, const T* slopes) {
    int64_t place = 0;
    for (int d = 0; d < D; ++d) {
      if (at[d] < 0 || at[d] >= size[d]) return;
      place = place * size[d] + at[d];
    }
    offset[count] = place;
    weight[count] = w;
    for (int d = 0; d < D; ++d) slope[count][d] = slopes[d];
    ++count;
  }
};

// The weights of Keys' cubic with a = -0.75 at distances 1 + t, t, 1 - t, 2 - t, and their slopes.
template <class T>
void cubic_weights(T t, T* weight, T* slope) {
  const T a = T(-0.75);
  for (int i = 0; i < 4; ++i) {
    const T x = i == 0 ? t + 1 : i == 1 ? t : i == 2 ? 1 - t : 2 - t;
    const T sign = i < 2 ? T(1) : T(-1);
    if (i == 1 || i == 2) {
      weight[i] = ((a + 2) * x - (a + 3)) * x * x + 1;
      slope[i] = sign * (3 * (a + 2) * x - 2 * (a + 3)) * x;
    } else {
      weight[i] = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
      slope[i] = sign * ((3 * a * x - 10 * a) * x + 8 * a);
    }
  }
}

template <class T, int D>
Reads<T, D> reads_at(const GridShape& s, const T* x) {
  Reads<T, D> reads;
  // Dimension d of the image goes with coordinate D - 1 - d of the grid.
  Coordinate<T> c[D];
  for (int d = 0; d < D; ++d) c[d] = in_pixels(x[D - 1 - d], s.in[d], s.align_corners);
  if (s.mode == GridMode::Cubic) {
    if constexpr (D == 2) {
      T weight[2][4], slope[2][4];
      int64_t place[2][4];
      for (int d = 0; d < 2; ++d) {
        T floor = std::floor(c[d].at);
        if (!(floor < T(1e9) && floor > T(-1e9))) floor = c[d].at = -100;
        cubic_weights(c[d].at - floor, weight[d], slope[d]);
        for (int i = 0; i < 4; ++i)
          place[d][i] =
              static_cast<int64_t>(padded<T>({floor + static_cast<T>(i - 1), T(1)}, s.in[d], s).at);
      }
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j) {
          const int64_t at[2] = {place[0][i], place[1][j]};
          const T slopes[2] = {weight[0][i] * slope[1][j] * c[1].slope,
                               slope[0][i] * weight[1][j] * c[0].slope};
          reads.add(at, s.in, weight[0][i] * weight[1][j], slopes);
        }
    }
    return reads;
  }
  for (int d = 0; d < D; ++d) c[d] = padded(c[d], s.in[d], s);
  if (s.mode == GridMode::Nearest) {
    int64_t at[D];
    T slopes[D] = {};
    for (int d = 0; d < D; ++d) at[d] = static_cast<int64_t>(std::nearbyint(c[d].at));
    reads.add(at, s.in, T(1), slopes);
    return reads;
  }
  for (int corner = 0; corner < 1 << D; ++corner) {
    int64_t at[D];
    T part[D], slopes[D], weight = 1;
    for (int d = 0; d < D; ++d) {
      const bool far = corner >> (D - 1 - d) & 1;
      const T floor = std::floor(c[d].at), rest = c[d].at - floor;
      at[d] = static_cast<int64_t>(floor) + far;
      part[d] = far ? rest : 1 - rest;
      weight *= part[d];
    }
    for (int d = 0; d < D; ++d) {
      const bool far = corner >> (D - 1 - d) & 1;
      T slope = far ? c[d].slope : -c[d].slope;
      for (int e = 0; e < D; ++e)
        if (e != d) slope *= part[e];
      slopes[D - 1 - d] = slope;
    }
    reads.add(at, s.in, weight, slopes);
  }
  return reads;
}

inline int64_t in_places(const GridShape& s, int dims) {
  int64_t n = 1;
  for (int d = 0; d < dims; ++d) n *= s.in[d];
  return n;
}

}  // namespace grid

// input [batch, channels, in...], places [batch, out_places, D], out [batch, channels, out_places]
template <class T, int D>
void grid_sample(const GridShape& s, const T* input, const T* places, T* out) {
  const LongWork work(s.batch * s.out_places * (s.channels + 8));
  const int64_t plane = grid::in_places(s, D);
  for (int64_t b = 0; b < s.batch; ++b)
    for (int64_t i = 0; i < s.out_places; ++i) {
      const auto reads = grid::reads_at<T, D>(s, places + (b * s.out_places + i) * D);
      for (int64_t c = 0; c < s.channels; ++c) {
        const T* image = input + (b * s.channels + c) * plane;
        T sum = 0;
        for (int r = 0; r < reads.count; ++r) sum += image[reads.offset[r]] * reads.weight[r];
        out[(b * s.channels + c) * s.out_places + i] = sum;
      }
    }
}

// Adds to input_grad (zeros at first) and writes grid_grad; either may be null.
template <class T, int D>
void grid_sample_gradient(const GridShape& s, const T* input, const T* places, const T* grad,
                          T* input_grad, T* grid_grad) {
  const LongWork work(s.batch * s.out_places * (s.channels + 8) * 2);
  const int64_t plane = grid::in_places(s, D);
  for (int64_t b = 0; b < s.batch; ++b)
    for (int64_t i = 0; i < s.out_places; ++i) {
      const auto reads = grid::reads_at<T, D>(s, places + (b * s.out_places + i) * D);
      T total[D] = {};
      for (int64_t c = 0; c < s.channels; ++c) {
        const int64_t at = (b * s.channels + c) * plane;
        const T g = grad[(b * s.channels + c) * s.out_places + i];
        for (int r = 0; r < reads.count; ++r) {
          if (input_grad) input_grad[at + reads.offset[r]] += g * reads.weight[r];
          if (grid_grad)
            for (int d = 0; d < D; ++d)
              total[d] += g * input[at + reads.offset[r]] * reads.slope[r][d];
        }
      }
      if (grid_grad)
        for (int d = 0; d < D; ++d) grid_grad[(b * s.out_places + i) * D + d] = total[d];
    }
}

}  // namespace tg
