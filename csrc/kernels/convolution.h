// Convolution of dense images in one to three dimensions, and its two transposes: the gradients of
// the input and of the weight. Fewer dimensions are given as three, the first of size 1.
#pragma once

#include <cstdint>

namespace tg {

// input [batch, groups * in_channels, in...], weight [groups * out_channels, in_channels,
// kernel...], output [batch, groups * out_channels, out...]. `pad` is the padding before; what lies
// after follows from `out`.
struct ConvShape {
  int64_t batch, groups, in_channels, out_channels;
  int64_t in[3], out[3], kernel[3], stride[3], pad[3], dilation[3];

  int64_t in_places() const { return in[0] * in[1] * in[2]; }
  int64_t out_places() const { return out[0] * out[1] * out[2]; }
  int64_t kernel_places() const { return kernel[0] * kernel[1] * kernel[2]; }
  int64_t taps() const { return in_channels * kernel_places(); }
  int64_t multiplications() const { return batch * groups * out_channels * out_places() * taps(); }
};

// T: float, double or int64_t. All write their result entirely.
template <class T>
void convolve(const ConvShape& s, const T* input, const T* weight, const T* bias, T* output);
template <class T>
void convolve_input_gradient(const ConvShape& s, const T* grad, const T* weight, T* input_grad);
template <class T>
void convolve_weight_gradient(const ConvShape& s, const T* input, const T* grad, T* weight_grad);

// Every image as a matrix [taps, places] of what each tap of the kernel sees, zeros outside; and
// the transpose, which adds to the images.
template <class T>
void images_to_columns(const ConvShape& s, const T* images, T* columns);
template <class T>
void add_columns_to_images(const ConvShape& s, const T* columns, T* images);

}  // namespace tg
