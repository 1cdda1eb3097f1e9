// Three ways: a 1x1 kernel is a product of matrices as it stands; where lines are long enough for
// vectors the image, or a padded copy, is read directly, conv_isa.cpp; the rest goes through
// columns, the matrix [taps, places] of what each tap sees, in pieces that fit the second cache, of
// several small images together.
#include "kernels/convolution.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "kernels/conv_kernels.h"
#include "kernels/conv_layout.h"
#include "kernels/gemm.h"
#include "kernels/loops.h"
#include "kernels/parallel.h"

namespace tg {
namespace {

// --- the direct way
template <class T>
ConvLines<T> lines_of(const ConvShape& s, const Layout& l, const int64_t* offsets) {
  ConvLines<T> lines{};
  lines.depth_count = s.out[0];
  lines.row_count = l.flat ? 1 : s.out[1];
  lines.width = l.width;
  lines.input_depth = l.depth_step;
  lines.input_row = l.row_step;
  lines.offsets = offsets;
  lines.taps = s.taps();
  lines.channels = s.out_channels;
  return lines;
}

// f(lines, image, group, number of the piece) for each image and group, its input in place; copy
// has room for one image for each piece.
template <class T, class F>
void for_each_image(const ConvShape& s, const Layout& l, const Pieces& pieces, const T* input,
                    T* copies, const int64_t* offsets, const F& f) {
  pieces.run([&](int64_t first, int64_t last, int64_t number) {
    T* const copy = copies + number * l.size;
    std::fill(copy, copy + l.size, T(0));
    ConvLines<T> lines = lines_of<T>(s, l, offsets);
    for (int64_t i = first; i < last; ++i) {
      lines.input = input + i * s.in_channels * s.in_places();
      if (l.copied) {
        copy_image(s, l, lines.input, copy);
        lines.input = copy;
      }
      f(lines, i, i % s.groups, number);
    }
  });
}

// Threads share the planes or rows of the lines.
template <class T>
void apply(const ConvLines<T>& lines) {
  const bool planes = lines.depth_count > 1;
  const int64_t rows = planes ? lines.row_count : 1;
  parallel_for(planes ? lines.depth_count : lines.row_count,
               grain_of(rows * lines.width * lines.taps * lines.channels),
               [&](int64_t begin, int64_t end) {
                 ConvLines<T> part = lines;
                 part.input += begin * (planes ? lines.input_depth : lines.input_row);
                 part.output += begin * (planes ? lines.output_depth : lines.output_row);
                 (planes ? part.depth_count : part.row_count) = end - begin;
                 kernels<T>().apply(part);
               });
}

// The output's side of the lines: the tensor itself, or where lines are flat a buffer with gaps.
template <class T>
void set_output(const ConvShape& s, const Layout& l, T* output, T* gapped, ConvLines<T>& lines) {
  lines.output = l.flat ? gapped : output;
  lines.output_row = s.out[2];
  lines.output_depth = l.flat ? l.width : s.out[1] * s.out[2];
  lines.output_channel = s.out[0] * lines.output_depth;
}
// f(row of the buffer with gaps, row of the output) for the rows of one image.
template <class T, class Out, class F>
void for_each_gapped_row(const ConvShape& s, const Layout& l, T* gapped, Out* output, const F& f) {
  for (int64_t p = 0; p < s.out_channels * s.out[0]; ++p, gapped += l.width)
    for (int64_t h = 0; h < s.out[1]; ++h, output += s.out[2]) f(gapped + h * l.row, output);
}

template <class T>
void convolve_directly(const ConvShape& s, const Layout& l, const T* input, const T* weight,
                       const T* bias, T* output) {
  const int64_t taps = s.taps(), weights = s.out_channels * taps;
  const int64_t gapped_size = l.flat ? s.out_channels * s.out[0] * l.width : 0;
  const Pieces pieces(s);
  const Scratch<T> memory(pieces.count * (l.size + gapped_size) + s.groups * weights);
  const Scratch<int64_t> offsets(taps);
  T* const packed = memory.get();
  T* const copies = packed + s.groups * weights;
  const LongWork work(work_of(s));
  fill_offsets(s, l, offsets.get());
  for (int64_t g = 0; g < s.groups; ++g)
    kernels<T>().pack_weight(weight + g * weights, s.out_channels, taps, packed + g * weights);
  for_each_image(s, l, pieces, input, copies, offsets.get(),
                 [&](ConvLines<T> lines, int64_t image, int64_t group, int64_t number) {
                   T* const out = output + image * s.out_channels * s.out_places();
                   T* const gapped = copies + pieces.count * l.size + number * gapped_size;
                   set_output(s, l, out, gapped, lines);
                   lines.weight = packed + group * weights;
                   lines.bias = bias ? bias + group * s.out_channels : nullptr;
                   apply(lines);
                   if (l.flat)
                     for_each_gapped_row(s, l, gapped, out, [&](const T* from, T* to) {
                       std::copy_n(from, s.out[2], to);
                     });
                 });
}

template <class T>
void weight_gradient_directly(const ConvShape& s, const Layout& l, const T* input, const T* grad,
                              T* weight_grad) {
  const int64_t taps = s.taps(), weights = s.out_channels * taps;
  const int64_t gapped_size = l.flat ? s.out_channels * s.out[0] * l.width : 0;
  // Of images that must be copied, as many as fit the second cache: the sums across lanes at the
  // end of a tile would otherwise take longer than its lines.
  constexpr int64_t kElements = 64 * 1024;
  const int64_t size = l.size + gapped_size;
  const int64_t at_once = size ? std::clamp<int64_t>(kElements / size, 1, s.batch) : s.batch;
  const Scratch<T> memory(at_once * size);
  const Scratch<int64_t> offsets(taps);
  T* const gapped = memory.get();
  T* const copies = gapped + at_once * gapped_size;
  const LongWork work(work_of(s));
  fill_offsets(s, l, offsets.get());
  std::fill(gapped, gapped + at_once * size, T(0));
  std::fill(weight_grad, weight_grad + s.groups * weights, T(0));
  ConvLines<T> lines = lines_of<T>(s, l, offsets.get());
  const int64_t in_image = s.in_channels * s.in_places(),
                out_image = s.out_channels * s.out_places();
  lines.input_image = l.copied ? l.size : s.groups * in_image;
  lines.output_image = l.flat ? gapped_size : s.groups * out_image;
  for (int64_t g = 0; g < s.groups; ++g)
    for (int64_t first = 0; first < s.batch; first += at_once) {
      lines.image_count = std::min(at_once, s.batch - first);
      const T* const images = input + (first * s.groups + g) * in_image;
      const T* const grads = grad + (first * s.groups + g) * out_image;
      // Threads share the copying, then the channels: a sum stays in one hand.
      parallel_for(lines.image_count, grain_of(16 * (in_image + out_image)),
                   [&](int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i) {
                       if (l.copied)
                         copy_image(s, l, images + i * s.groups * in_image, copies + i * l.size);
                       if (l.flat)
                         for_each_gapped_row(
                             s, l, gapped + i * gapped_size, grads + i * s.groups * out_image,
                             [&](T* to, const T* from) { std::copy_n(from, s.out[2], to); });
                     }
                   });
      lines.input = l.copied ? copies : images;
      set_output(s, l, const_cast<T*>(grads), gapped, lines);
      lines.weight_gradient = weight_grad + g * weights;
      constexpr int64_t kUnit = 4;  // channels that a kernel takes together
      parallel_for((s.out_channels + kUnit - 1) / kUnit,
                   grain_of(lines.image_count * s.out_places() * taps * kUnit),
                   [&](int64_t begin, int64_t end) {
                     ConvLines<T> part = lines;
                     part.output += begin * kUnit * lines.output_channel;
                     part.weight_gradient += begin * kUnit * taps;
                     part.channels = std::min(end * kUnit, s.out_channels) - begin * kUnit;
                     kernels<T>().weight_gradient(part);
                   });
    }
}

// --- columns
// Lines [begin, end) of the output's (d, h): f(column, image offset of the first element or -1,
// first place, last place): places of the line that see the image at this tap. Columns of taps lie
// `pitch` apart.
template <class F>
void for_each_run(const ConvShape& s, int64_t begin, int64_t end, int64_t pitch, const F& f) {
  const int64_t width = s.out[2];
  const int64_t first_plane = begin / s.out[1], first_line = begin % s.out[1];
  int64_t row = 0;
  for (int64_t c = 0; c < s.in_channels; ++c)
    for (int64_t kd = 0; kd < s.kernel[0]; ++kd)
      for (int64_t kh = 0; kh < s.kernel[1]; ++kh)
        for (int64_t kw = 0; kw < s.kernel[2]; ++kw) {
          const int64_t shift = kw * s.dilation[2] - s.pad[2];
          const int64_t first =
              shift >= 0 ? 0 : std::min(width, (-shift + s.stride[2] - 1) / s.stride[2]);
          const int64_t room = s.in[2] - shift;  // places below room / stride lie inside
          const int64_t last = std::max(
              first, room <= 0 ? 0 : std::min(width, (room + s.stride[2] - 1) / s.stride[2]));
          int64_t at = row;
          row += pitch;
          int64_t d = first_plane * s.stride[0] - s.pad[0] + kd * s.dilation[0];
          const int64_t top = kh * s.dilation[1] - s.pad[1];
          int64_t h = first_line * s.stride[1] + top;
          const int64_t bottom = s.out[1] * s.stride[1] + top;
          for (int64_t line = begin; line < end; ++line, at += width) {
            const bool inside = d >= 0 && d < s.in[0] && h >= 0 && h < s.in[1] && first < last;
            if (inside)
              f(at, ((c * s.in[0] + d) * s.in[1] + h) * s.in[2] + first * s.stride[2] + shift,
                first, last);
            else
              f(at, int64_t{-1}, int64_t{0}, int64_t{0});
            h += s.stride[1];
            if (h == bottom) {
              h = top;
              d += s.stride[0];
            }
          }
        }
}

// Runs are short, so a call or a prologue would cost more than they do.
template <class T>
inline void copy_run(const T* from, int64_t step, int64_t count, T* to) {
  int64_t i = 0;
  if (step == 1)
    for (; i + 4 <= count; i += 4) std::memcpy(to + i, from + i, 4 * sizeof(T));
#pragma GCC unroll 1
  for (; i < count; ++i) to[i] = from[i * step];
}

template <class T>
void to_columns(const ConvShape& s, int64_t begin, int64_t end, const T* image, T* columns) {
  const int64_t step = s.stride[2], width = s.out[2];
  for_each_run(s, begin, end, (end - begin) * width,
               [&](int64_t at, int64_t from, int64_t first, int64_t last) {
                 T* to = columns + at;
                 for (int64_t w = 0; w < first; ++w) to[w] = 0;
                 copy_run(image + std::max<int64_t>(from, 0), step, last - first, to + first);
                 for (int64_t w = last; w < width; ++w) to[w] = 0;
               });
}

template <class T>
void add_columns(const ConvShape& s, int64_t begin, int64_t end, const T* columns, int64_t pitch,
                 T* image) {
  const int64_t step = s.stride[2];
  for_each_run(s, begin, end, pitch, [&](int64_t at, int64_t from, int64_t first, int64_t last) {
    if (from < 0) return;
    const T* in = columns + at;
    T* to = image + from;
    for (int64_t w = first; w < last; ++w) to[(w - first) * step] += in[w];
  });
}

int64_t whole_vectors(int64_t elements) { return (elements + 15) & ~int64_t{15}; }

// A part of the columns of images: those of a few channels, as the shape says, from `channel` on,
// at lines [begin, end) of the output. Rows of several images lie `pitch()` apart, whole vectors.
struct ColumnPart {
  explicit ColumnPart(const ConvShape& s) : shape(s) {}
  int64_t count() const { return images * (end - begin) * shape.out[2]; }
  int64_t pitch() const { return images == 1 ? count() : whole_vectors(count()); }
  ConvShape shape;
  int64_t images = 1, channel = 0, begin = 0, end = 0;
};

// How columns are cut: into channels before there are few places, of which products would be slow.
// For the same reason small images are taken together.
struct ColumnCuts {
  ColumnCuts(const ConvShape& s, bool together)
      : lines(s.out[0] * s.out[1]), channels(std::max<int64_t>(1, s.in_channels)) {
    constexpr int64_t kElements = 128 * 1024, kPlaces = 192, kPlacesTogether = 256;
    const auto at_least_1 = [](int64_t n) { return std::max<int64_t>(1, n); };
    const int64_t width = at_least_1(s.out[2]), kernel = at_least_1(s.kernel_places());
    if (together && s.groups == 1)
      images =
          std::clamp<int64_t>(kPlacesTogether / at_least_1(lines * width), 1, at_least_1(s.batch));
    if (is_pointwise(s)) {
      lines = std::min(lines, at_least_1(kElements / (channels * width)));
      return;
    }
    const int64_t few = std::min(at_least_1(lines), (kPlaces + width - 1) / width);
    const int64_t most = at_least_1(kElements / (kernel * images * few * width));
    const int64_t parts = (channels + most - 1) / most;
    channels = (channels + parts - 1) / parts;
    if (images == 1) lines = std::min(lines, at_least_1(kElements / (channels * kernel * width)));
    size = channels * kernel * whole_vectors(images * lines * width);
  }
  int64_t lines, channels, images = 1, size = 0;
};

// Flat lines have gaps, and end with part of a vector. Where they waste more than columns cost, a
// product of as many channels is faster.
template <class T>
bool wastes(const ConvShape& s, const Layout& l) {
  if (!l.flat) return false;
  const int64_t lanes = kernels<T>().lanes, computed = (l.width + lanes - 1) / lanes * lanes;
  const double useful = static_cast<double>(s.out[1] * s.out[2]) / static_cast<double>(computed);
  return 1 / useful > 1.1 + 6.0 * lanes / static_cast<double>(s.out_channels * s.out[2]);
}

// The columns of image after image, from a copy with zeros around it where there is a layout for
// it: what a tap sees of a line is one short copy then.
template <class T>
class Columns {
 public:
  static constexpr int64_t kAtOnce = 8, kSlack = 16;  // elements; runs are copied so
  static int64_t copies(const ColumnCuts& cuts, const Layout* l) {
    return l ? whole_vectors(cuts.images * l->size) + kSlack : 0;
  }
  // `extra`: what the caller needs besides.
  static int64_t size(const ColumnCuts& cuts, const Layout* l, int64_t extra) {
    return copies(cuts, l) + cuts.size + kSlack + extra;
  }
  Columns(const ConvShape& s, const ColumnCuts& cuts, const Layout* l, const int64_t* offsets,
          T* memory)
      : s_(s),
        layout_(l),
        offsets_(offsets),
        copy_(memory),
        columns_(memory + copies(cuts, l)),
        extra_(columns_ + cuts.size + kSlack) {
    std::fill(copy_, columns_, T(0));
  }
  // Those of a part of images, the first of which is given; parts come one after the other.
  const T* of(const T* image, const ColumnPart& part) {
    const int64_t first = part.channel;
    if (is_pointwise(s_)) return image + first * s_.in_places() + part.begin * s_.out[2];
    if (layout_)
      copy_runs(image, part);
    else
      to_columns(part.shape, part.begin, part.end, image + first * s_.in_places(), columns_);
    return columns_;
  }
  T* memory() const { return columns_; }
  T* extra() const { return extra_; }

 private:
  void copy_runs(const T* image, const ColumnPart& part) {
    const Layout& l = *layout_;
    const int64_t taps = part.shape.taps(), width = s_.out[2];
    if (part.begin == 0 && part.channel == 0)
      for (int64_t i = 0; i < part.images; ++i)
        copy_image(s_, l, image + i * s_.in_channels * s_.in_places(), copy_ + i * l.size);
    const int64_t* const offsets = offsets_ + part.channel * s_.kernel_places();
    const int64_t pitch = part.pitch();
    for (int64_t k = 0; k < taps; ++k) {
      T* to = columns_ + k * pitch;
      for (int64_t i = 0; i < part.images; ++i) {
        const T* const plane = copy_ + i * l.size + offsets[k];
        int64_t d = part.begin / s_.out[1], h = part.begin % s_.out[1];
        for (int64_t line = part.begin; line < part.end; ++line, to += width) {
          const T* from = plane + d * l.depth_step + h * l.row_step;
          for (int64_t j = 0; j < width; j += kAtOnce)
            std::memcpy(to + j, from + j, kAtOnce * sizeof(T));
          if (++h == s_.out[1]) h = 0, ++d;
        }
      }
    }
  }

  const ConvShape& s_;
  const Layout* layout_;
  const int64_t* offsets_;
  T *copy_, *columns_, *extra_;
};

// f(image, group, part, columns) for parts of all images, one place after the other and for each
// its channels. Threads share the images if their results are apart. `extra`: what f needs for each
// place of images that are taken together, or 0 where they are not.
template <class T, class F>
void for_all_parts(const ConvShape& s, const Layout* l, bool shared, int64_t extra, const F& f) {
  const ColumnCuts cuts(s, extra > 0);
  Pieces pieces(s, cuts.images);
  if (!shared) pieces.grain = pieces.units, pieces.count = 1;
  const int64_t more = cuts.images > 1 ? extra * whole_vectors(cuts.images * s.out_places()) : 0;
  const int64_t size = Columns<T>::size(cuts, l, more), lines = s.out[0] * s.out[1];
  const Scratch<T> memory(pieces.count * size);
  const Scratch<int64_t> offsets(l ? s.taps() : 0);
  if (l) fill_offsets(s, *l, offsets.get());
  const LongWork work(work_of(s));
  pieces.run([&](int64_t first, int64_t last, int64_t number) {
    Columns<T> columns(s, cuts, l, offsets.get(), memory.get() + number * size);
    ColumnPart part(s);
    last = std::min(last * cuts.images, s.batch * s.groups);
    for (int64_t i = first * cuts.images; i < last; i += part.images) {
      part.images = std::min(cuts.images, last - i);
      for (part.begin = 0; part.begin < lines; part.begin = part.end) {
        part.end = std::min(lines, part.begin + cuts.lines);
        part.channel = 0;
        do {
          part.shape.in_channels = std::min(cuts.channels, s.in_channels - part.channel);
          f(i, i % s.groups, part, columns);
          part.channel += cuts.channels;
        } while (part.channel < s.in_channels);
      }
    }
  });
}

// f(plane, its place in [channels, image, places], channel) for the planes of the images of a part.
template <class T, class U, class F>
void for_each_plane(const ConvShape& s, const ColumnPart& part, T* images, U* together,
                    const F& f) {
  const int64_t places = s.out_places();
  for (int64_t i = 0; i < part.images; ++i)
    for (int64_t c = 0; c < s.out_channels; ++c, images += places)
      f(images, together + c * part.pitch() + i * places, c);
}

// The outputs' side of a part: memory as it is, or several images gathered.
template <class T>
const T* gathered(const ConvShape& s, const ColumnPart& part, const T* outputs,
                  Columns<T>& columns) {
  if (part.images == 1) return outputs + part.begin * s.out[2];
  if (part.channel == 0)
    for_each_plane(s, part, outputs, columns.extra(),
                   [&](const T* from, T* to, int64_t) { std::copy_n(from, s.out_places(), to); });
  return columns.extra();
}

}  // namespace

template <class T>
void convolve(const ConvShape& s, const T* input, const T* weight, const T* bias, T* output) {
  const bool pointwise = is_pointwise(s);
  Layout layout;
  const Layout* copied = nullptr;
  if constexpr (std::is_floating_point_v<T>)
    if (!pointwise && is_direct<T>(s, &layout)) {
      if (!layout.copied || ColumnCuts(s, true).images == 1 || !wastes<T>(s, layout))
        return convolve_directly(s, layout, input, weight, bias, output);
      copied = &layout;
    }
  const int64_t taps = s.taps(), places = s.out_places(), channels = s.out_channels;
  for_all_parts<T>(s, copied, true, copied ? channels : 0,
                   [&](int64_t image, int64_t group, const ColumnPart& part, Columns<T>& columns) {
                     const int64_t count = part.count();
                     const T* const seen =
                         columns.of(input + image * s.in_channels * s.in_places(), part);
                     const T* const weights =
                         weight + group * channels * taps + part.channel * s.kernel_places();
                     T* const out = output + image * channels * places + part.begin * s.out[2];
                     if (part.images > 1) {
                       const int64_t pitch = part.pitch();
                       T* const sums = columns.extra();
                       gemm<T>(channels, count, part.shape.taps(), weights, taps, 1, seen, pitch, 1,
                               sums, pitch, part.channel > 0 ? sums : nullptr, pitch);
                       if (part.channel + part.shape.in_channels == s.in_channels)
                         for_each_plane(s, part, out, sums, [&](T* to, const T* from, int64_t c) {
                           const T start = bias ? bias[c] : T(0);
                           for (int64_t i = 0; i < places; ++i) to[i] = from[i] + start;
                         });
                       return;
                     }
                     const bool to_bias = bias && part.channel == 0;
                     if (to_bias)
                       for (int64_t c = 0; c < channels; ++c)
                         std::fill_n(out + c * places, count, bias[group * channels + c]);
                     gemm<T>(channels, count, part.shape.taps(), weights, taps, 1, seen,
                             pointwise ? places : count, 1, out, places,
                             to_bias || part.channel > 0 ? out : nullptr, places);
                   });
}

template <class T>
void convolve_input_gradient(const ConvShape& s, const T* grad, const T* weight, T* input_grad) {
  const bool pointwise = is_pointwise(s);
  const int64_t taps = s.taps(), places = s.out_places(), channels = s.out_channels;
  if constexpr (std::is_floating_point_v<T>) {
    // With stride 1 it is the convolution of the gradient with the weight turned around.
    ConvShape turned = s;
    std::swap(turned.in_channels, turned.out_channels);
    bool can_turn = !pointwise;
    for (int d = 0; d < 3; ++d) {
      std::swap(turned.in[d], turned.out[d]);
      turned.pad[d] = s.dilation[d] * (s.kernel[d] - 1) - s.pad[d];
      can_turn &= s.stride[d] == 1 && turned.pad[d] >= 0;
    }
    Layout layout;
    if (can_turn && is_direct<T>(turned, &layout)) {
      const int64_t kernel = s.kernel_places();
      const Scratch<T> flipped(s.groups * channels * taps);
      T* to = flipped.get();
      for (int64_t g = 0; g < s.groups; ++g)
        for (int64_t c = 0; c < s.in_channels; ++c)
          for (int64_t o = 0; o < channels; ++o)
            for (int64_t k = kernel - 1; k >= 0; --k)
              *to++ = weight[((g * channels + o) * s.in_channels + c) * kernel + k];
      return convolve<T>(turned, grad, flipped.get(), nullptr, input_grad);
    }
  }
  if (!pointwise) std::fill_n(input_grad, s.batch * s.groups * s.in_channels * s.in_places(), T(0));
  for_all_parts<T>(s, nullptr, true, pointwise ? 0 : channels,
                   [&](int64_t image, int64_t group, const ColumnPart& part, Columns<T>& columns) {
                     T* in = input_grad + (image * s.in_channels + part.channel) * s.in_places();
                     const int64_t count = part.count(), pitch = part.pitch();
                     T* seen = pointwise ? in + part.begin * s.out[2] : columns.memory();
                     gemm<T>(part.shape.taps(), count, channels,
                             weight + group * channels * taps + part.channel * s.kernel_places(), 1,
                             taps, gathered(s, part, grad + image * channels * places, columns),
                             part.images > 1 ? pitch : places, 1, seen, pointwise ? places : pitch);
                     if (pointwise) return;
                     for (int64_t i = 0; i < part.images; ++i)
                       add_columns(part.shape, part.begin, part.end, seen + i * places, pitch,
                                   in + i * s.in_channels * s.in_places());
                   });
}

template <class T>
void convolve_weight_gradient(const ConvShape& s, const T* input, const T* grad, T* weight_grad) {
  const bool pointwise = is_pointwise(s);
  const int64_t taps = s.taps(), places = s.out_places(), channels = s.out_channels;
  Layout layout;
  const Layout* copied = nullptr;
  if constexpr (std::is_floating_point_v<T>)
    if (!pointwise && is_direct<T>(s, &layout)) {
      // Short lines are slow. Given enough channels and taps, a product is faster then.
      const bool short_lines = s.stride[2] != 1 || wastes<T>(s, layout);
      if (!short_lines || channels < 64 || taps < 256) {
        weight_gradient_directly(s, layout, input, grad, weight_grad);
        // Zeros in the gaps between lines make NaN of infinities that no window sees there.
        const auto not_finite = [](T x) { return x - x != 0; };
        if (!layout.flat ||
            std::none_of(weight_grad, weight_grad + s.groups * channels * taps, not_finite))
          return;
      } else if (layout.copied) {
        copied = &layout;
      }
    }
  std::fill_n(weight_grad, s.groups * channels * taps, T(0));
  for_all_parts<T>(s, copied, false, copied ? channels : 0,
                   [&](int64_t image, int64_t group, const ColumnPart& part, Columns<T>& columns) {
                     const int64_t count = part.count();
                     T* const to =
                         weight_grad + group * channels * taps + part.channel * s.kernel_places();
                     gemm<T>(channels, part.shape.taps(), count,
                             gathered(s, part, grad + image * channels * places, columns),
                             part.images > 1 ? part.pitch() : places, 1,
                             columns.of(input + image * s.in_channels * s.in_places(), part), 1,
                             pointwise ? places : part.pitch(), to, taps, to, taps);
                   });
}

template <class T>
void images_to_columns(const ConvShape& s, const T* images, T* columns) {
  const LongWork work(s.batch * s.taps() * s.out_places());
  for (int64_t i = 0; i < s.batch; ++i)
    to_columns(s, 0, s.out[0] * s.out[1], images + i * s.in_channels * s.in_places(),
               columns + i * s.taps() * s.out_places());
}

template <class T>
void add_columns_to_images(const ConvShape& s, const T* columns, T* images) {
  const LongWork work(s.batch * s.taps() * s.out_places());
  for (int64_t i = 0; i < s.batch; ++i)
    add_columns(s, 0, s.out[0] * s.out[1], columns + i * s.taps() * s.out_places(), s.out_places(),
                images + i * s.in_channels * s.in_places());
}

#define TG_INSTANTIATE(T)                                                              \
  template void convolve<T>(const ConvShape&, const T*, const T*, const T*, T*);       \
  template void convolve_input_gradient<T>(const ConvShape&, const T*, const T*, T*);  \
  template void convolve_weight_gradient<T>(const ConvShape&, const T*, const T*, T*); \
  template void images_to_columns<T>(const ConvShape&, const T*, T*);                  \
  template void add_columns_to_images<T>(const ConvShape&, const T*, T*);
TG_INSTANTIATE(float)
TG_INSTANTIATE(double)
TG_INSTANTIATE(int64_t)
#undef TG_INSTANTIATE

}  // namespace tg
