// What convolution.cpp and conv_isa.cpp, which is compiled once per instruction set, know of each
// other.
#pragma once

#include <cstdint>

namespace tg {

// The lines of output that one image gives, for stride 1 along a line. A line is `width` places
// side by side; line (d, h) begins at d * depth + h * row in its tensor. Tap k of a place lies
// offsets[k] behind it in the input. weight_gradient takes several images at a time.
template <class T>
struct ConvLines {
  int64_t image_count, input_image, output_image;  // weight_gradient's
  int64_t depth_count, row_count, width;
  const T* input;
  int64_t input_depth, input_row;
  const int64_t* offsets;
  int64_t taps;
  int64_t channels;  // of the output
  T* output;         // or its gradient, which weight_gradient reads
  int64_t output_depth, output_row, output_channel;
  const T* weight;     // apply: packed by pack_weight; weight_gradient: unused
  const T* bias;       // apply: one for each channel, or null
  T* weight_gradient;  // [channels, taps], added to
};

template <class T>
struct ConvKernelsOf {
  int lanes;  // apply needs lines of at least this width
  void (*pack_weight)(const T* weight, int64_t channels, int64_t taps, T* to);
  void (*apply)(const ConvLines<T>& lines);
  void (*weight_gradient)(const ConvLines<T>& lines);
};

struct ConvKernels {
  ConvKernelsOf<float> of_float;
  ConvKernelsOf<double> of_double;
};

}  // namespace tg
