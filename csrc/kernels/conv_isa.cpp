// Convolution without a buffer of columns, for float and double, compiled once per instruction set:
// a tile of channels times places of one output line is held in registers while the taps run. The
// last vector of a line overlaps the one before it, so that no lane lies outside the line.
#include "kernels/conv_kernels.h"

#include "kernels/gemm_lanes.h"

namespace tg::TG_ISA {
extern const ConvKernels conv_kernels;
namespace {

// Channels of the next tile when `left` remain; a template exists for each of these numbers.
inline int tile_channels(int64_t left) {
  if (kMaxRows >= 12 && left >= 12 && left != 16) return 12;
  if (kMaxRows >= 12 && left >= 8) return 8;
  if (left >= 6 && (kMaxRows >= 12 || left != 8)) return 6;
  return left >= 4 ? 4 : static_cast<int>(left);
}

template <class T>
void pack_weight(const T* weight, int64_t channels, int64_t taps, T* to) {
  for (int64_t c = 0; c < channels;) {
    const int rows = tile_channels(channels - c);
    for (int64_t k = 0; k < taps; ++k)
      for (int r = 0; r < rows; ++r) *to++ = weight[(c + r) * taps + k];
    c += rows;
  }
}

// R channels, V vectors of which the last begins `last` places after the first.
template <class T, int R, int V>
void tile(const ConvLines<T>& g, const T* in, const T* weight, const T* bias, T* out,
          int64_t last) {
  using Vec = typename Simd<T>::Vec;
  constexpr int kWidth = kLanes<T>;
  Vec sum[R][V];
#pragma GCC unroll 16
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sum[r][v] = Vec{};
  for (int64_t k = 0; k < g.taps; ++k, weight += R) {
    const T* from = in + g.offsets[k];
    Vec x[V];
#pragma GCC unroll 4
    for (int v = 0; v + 1 < V; ++v) load<T>(x[v], from + v * kWidth);
    load<T>(x[V - 1], from + last);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sum[r][v] += weight[r] * x[v];
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; ++r) {
    const T start = bias ? bias[r] : T(0);
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v)
      store<T>(out + r * g.output_channel + (v + 1 < V ? v * kWidth : last), sum[r][v] + start);
  }
}

template <class T, int R>
void apply_channels(const ConvLines<T>& g, const T* weight, const T* bias, T* output) {
  constexpr int64_t kWidth = kLanes<T>;
  constexpr int kMany = R <= 2 ? 4 : 2;
  for (int64_t d = 0; d < g.depth_count; ++d)
    for (int64_t h = 0; h < g.row_count; ++h) {
      const T* in = g.input + d * g.input_depth + h * g.input_row;
      T* out = output + d * g.output_depth + h * g.output_row;
      int64_t j = 0;
      for (; j + kMany * kWidth <= g.width; j += kMany * kWidth)
        tile<T, R, kMany>(g, in + j, weight, bias, out + j, (kMany - 1) * kWidth);
      if (kMany > 2)
        for (; j + 2 * kWidth <= g.width; j += 2 * kWidth)
          tile<T, R, 2>(g, in + j, weight, bias, out + j, kWidth);
      const int64_t rest = g.width - j;
      if (rest > kWidth)
        tile<T, R, 2>(g, in + j, weight, bias, out + j, rest - kWidth);
      else if (rest > 0)
        tile<T, R, 1>(g, in + g.width - kWidth, weight, bias, out + g.width - kWidth, 0);
    }
}

template <class T>
void apply(const ConvLines<T>& g) {
  const T* weight = g.weight;
  for (int64_t c = 0; c < g.channels;) {
    const int rows = tile_channels(g.channels - c);
    const T* bias = g.bias ? g.bias + c : nullptr;
    T* out = g.output + c * g.output_channel;
    switch (rows) {
      case 1:
        apply_channels<T, 1>(g, weight, bias, out);
        break;
      case 2:
        apply_channels<T, 2>(g, weight, bias, out);
        break;
      case 3:
        apply_channels<T, 3>(g, weight, bias, out);
        break;
      case 4:
        apply_channels<T, 4>(g, weight, bias, out);
        break;
      case 6:
        apply_channels<T, 6>(g, weight, bias, out);
        break;
      default:
        if constexpr (kMaxRows >= 12) {
          if (rows == 12)
            apply_channels<T, 12>(g, weight, bias, out);
          else
            apply_channels<T, 8>(g, weight, bias, out);
        }
    }
    weight += rows * g.taps;
    c += rows;
  }
}

// Sums of products of R channels of the output's gradient and K taps of the input, over lines
// [begin, end) of all images.
template <class T, int R, int K>
void gradient_tile(const ConvLines<T>& g, int64_t channel, int64_t tap, int64_t begin,
                   int64_t end) {
  using Vec = typename Simd<T>::Vec;
  constexpr int64_t kWidth = kLanes<T>;
  Vec sum[R * K] = {};
  const int rest = static_cast<int>(g.width % kWidth);
  const FirstOnly<T> few(rest);
  const int64_t whole = g.width - rest;
  int64_t offsets[K];
  for (int k = 0; k < K; ++k) offsets[k] = g.offsets[tap + k];
  int64_t h = begin % g.row_count, d = begin / g.row_count % g.depth_count,
          i = begin / g.row_count / g.depth_count;
  for (int64_t line = begin; line < end; ++line) {
    const T* in = g.input + i * g.input_image + d * g.input_depth + h * g.input_row;
    const T* grad = g.output + i * g.output_image + channel * g.output_channel +
                    d * g.output_depth + h * g.output_row;
    if (++h == g.row_count) {
      h = 0;
      if (++d == g.depth_count) d = 0, ++i;
    }
    Vec y[R], x;
    for (int64_t j = 0; j < whole; j += kWidth) {
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) load<T>(y[r], grad + r * g.output_channel + j);
#pragma GCC unroll 8
      for (int k = 0; k < K; ++k) {
        load<T>(x, in + offsets[k] + j);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) sum[r * K + k] += y[r] * x;
      }
    }
    if (rest) {
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) few.load(y[r], grad + r * g.output_channel + whole);
#pragma GCC unroll 8
      for (int k = 0; k < K; ++k) {
        few.load(x, in + offsets[k] + whole);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) sum[r * K + k] += y[r] * x;
      }
    }
  }
  T total[R * K];
  sum_lanes_of<T, R * K>(sum, total);
  for (int r = 0; r < R; ++r)
    for (int k = 0; k < K; ++k)
      g.weight_gradient[(channel + r) * g.taps + tap + k] += total[r * K + k];
}

// As many lines at a time as stay in the first cache, since all taps pass over them.
template <class T, int R>
void gradient_channels(const ConvLines<T>& g, int64_t channel) {
  constexpr int64_t kPlaces = 24 * 1024 / (R * static_cast<int64_t>(sizeof(T)));
  const int64_t lines = g.image_count * g.depth_count * g.row_count;
  const int64_t at_once = g.width < kPlaces ? kPlaces / g.width : 1;
  for (int64_t begin = 0; begin < lines; begin += at_once) {
    const int64_t end = begin + at_once < lines ? begin + at_once : lines;
    int64_t k = 0;
    for (; k + 6 <= g.taps; k += 6) gradient_tile<T, R, 6>(g, channel, k, begin, end);
    if (g.taps - k >= 3) gradient_tile<T, R, 3>(g, channel, k, begin, end), k += 3;
    for (; k < g.taps; ++k) gradient_tile<T, R, 1>(g, channel, k, begin, end);
  }
}

template <class T>
void weight_gradient(const ConvLines<T>& g) {
  int64_t c = 0;
  if constexpr (kMaxRows >= 12)
    for (; c + 4 <= g.channels; c += 4) gradient_channels<T, 4>(g, c);
  for (; c + 2 <= g.channels; c += 2) gradient_channels<T, 2>(g, c);
  if (c < g.channels) gradient_channels<T, 1>(g, c);
}

template <class T>
constexpr ConvKernelsOf<T> kernels_of() {
  return {kLanes<T>, pack_weight<T>, apply<T>, weight_gradient<T>};
}

}  // namespace

const ConvKernels conv_kernels{kernels_of<float>(), kernels_of<double>()};

}  // namespace tg::TG_ISA
