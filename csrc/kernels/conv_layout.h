// What the ways of convolution.cpp, which alone includes this, have in common: memory, the sharing
// of images among threads, and how an image lies in memory that kernels read directly.
#pragma once

#include <algorithm>
#include <type_traits>

#include "core/allocator.h"
#include "core/error.h"
#include "kernels/conv_kernels.h"
#include "kernels/convolution.h"
#include "kernels/isa.h"
#include "kernels/parallel.h"

namespace tg {

TG_ISA_TABLES(ConvKernels, conv_kernels)

namespace {

template <class T>
const ConvKernelsOf<T>& kernels() {
  static const ConvKernels& table = pick_isa(conv_kernels_of_isa);
  if constexpr (std::is_same_v<T, float>)
    return table.of_float;
  else
    return table.of_double;
}

// Memory that must be taken before the GIL is released.
template <class T>
class Scratch {
 public:
  explicit Scratch(int64_t count) {
    int64_t bytes;
    if (__builtin_mul_overflow(count, int64_t(sizeof(T)), &bytes))
      runtime_error("convolution: the sizes overflow");
    bytes_ = bytes;
    memory_ = static_cast<T*>(data_alloc(bytes_));
  }
  ~Scratch() { data_free(memory_, bytes_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  T* get() const { return memory_; }

 private:
  int64_t bytes_;
  T* memory_;
};

int64_t work_of(const ConvShape& s) { return s.multiplications() / 16 + s.batch * s.in_places(); }

// What is worth another thread: multiplications.
constexpr int64_t kThreadWork = 1 << 18;
int64_t grain_of(int64_t work) { return kThreadWork / std::max<int64_t>(work, 1) + 1; }

// How threads share the images, groups taken apart, in units of `unit`: pieces of at least `grain`
// units, of which `count` or fewer run. Each needs memory of its own, number begin / grain. Few
// stay together, and threads share what is inside of each.
struct Pieces {
  explicit Pieces(const ConvShape& s, int64_t unit = 1)
      : units((s.batch * s.groups + unit - 1) / unit), grain(units) {
    const int threads = num_threads();
    if (threads == 1 || units < threads) return;
    grain =
        std::max((units + 2 * threads - 1) / (2 * threads), grain_of(s.multiplications() / units));
    count = (units + grain - 1) / grain;
  }
  // f(first, last, number)
  template <class F>
  void run(const F& f) const {
    parallel_for(units, std::max<int64_t>(grain, 1),
                 [&](int64_t first, int64_t last) { f(first, last, first / grain); });
  }
  int64_t units, grain, count = 1;
};

bool is_pointwise(const ConvShape& s) {
  for (int d = 0; d < 3; ++d)
    if (s.kernel[d] != 1 || s.stride[d] != 1 || s.pad[d] != 0 || s.in[d] != s.out[d]) return false;
  return true;
}

// How an image lies in memory for it. A copy has zeros around the image, and the rows and columns
// that a stride leaves between each other stand apart in phases, so that the places of an output
// line are neighbours: [depth, phase of the row, phase of the column, row, column].
struct Layout {
  bool copied;  // the image itself will not do
  bool flat;    // lines are short: whole planes are lines, with gaps that are thrown away
  int64_t row_phases, column_phases;
  int64_t depth, rows, row, plane, cube;  // rows of a phase; sizes of a row, a plane and a channel
  int64_t row_step, depth_step;           // from one output row or plane to the next
  int64_t width;                          // of a line
  int64_t size;                           // of all channels
};

template <class T>
bool is_direct(const ConvShape& s, Layout* to) {
  if constexpr (!std::is_floating_point_v<T>) return false;
  if constexpr (std::is_floating_point_v<T>) {
    int64_t needed[3];
    double volume = static_cast<double>(s.in_channels);
    bool copied = s.stride[2] != 1;
    for (int d = 0; d < 3; ++d) {
      needed[d] = (s.out[d] - 1) * s.stride[d] + s.dilation[d] * (s.kernel[d] - 1) + 1;
      copied |= s.pad[d] > 0 || needed[d] > s.in[d];
      volume *= static_cast<double>(needed[d] + s.stride[d]);
    }
    if (s.kernel_places() == 1) return false;  // columns are a selection
    // Much more padding than image: columns skip it.
    if (volume > 16.0 * static_cast<double>(s.in_channels * s.in_places()) + 65536) return false;
    const bool flat = s.out[2] < kernels<T>().lanes;
    copied |= flat && s.stride[1] != 1;
    to->copied = copied;
    to->flat = flat;
    to->row_phases = copied ? s.stride[1] : 1;
    to->column_phases = copied ? s.stride[2] : 1;
    to->depth = copied ? needed[0] : s.in[0];
    to->rows = copied ? (needed[1] + s.stride[1] - 1) / s.stride[1] : s.in[1];
    to->row = copied ? (needed[2] + s.stride[2] - 1) / s.stride[2] : s.in[2];
    to->plane = to->row_phases * to->column_phases * to->rows * to->row;
    to->cube = to->depth * to->plane;
    to->row_step = copied ? to->row : s.stride[1] * to->row;
    to->depth_step = s.stride[0] * to->plane;
    to->width = flat ? (s.out[1] - 1) * to->row + s.out[2] : s.out[2];
    to->size = copied ? s.in_channels * to->cube : 0;
    return to->width >= kernels<T>().lanes;
  }
}

// Where row y and column x of a padded plane lie.
int64_t place_in(const ConvShape& s, const Layout& l, int64_t y, int64_t x) {
  if (!l.copied) return y * l.row + x;
  const int64_t phase = y % s.stride[1] * l.column_phases + x % s.stride[2];
  return (phase * l.rows + y / s.stride[1]) * l.row + x / s.stride[2];
}

// The image of one group into the zeros of a copy, which stay from image to image.
template <class T>
void copy_image(const ConvShape& s, const Layout& l, const T* image, T* to) {
  const int64_t depth = std::min(s.in[0], l.depth - s.pad[0]);
  const int64_t rows = std::min(s.in[1], l.rows * s.stride[1] - s.pad[1]);
  const int64_t columns = std::min(s.in[2], l.row * s.stride[2] - s.pad[2]);
  for (int64_t c = 0; c < s.in_channels; ++c)
    for (int64_t d = 0; d < depth; ++d)
      for (int64_t h = 0; h < rows; ++h) {
        const T* from = image + ((c * s.in[0] + d) * s.in[1] + h) * s.in[2];
        T* const plane = to + c * l.cube + (d + s.pad[0]) * l.plane;
        if (s.stride[2] == 1) {
          std::copy_n(from, std::max<int64_t>(columns, 0),
                      plane + place_in(s, l, h + s.pad[1], s.pad[2]));
          continue;
        }
        for (int64_t first = 0; first < std::min(columns, s.stride[2]); ++first) {
          T* phase = plane + place_in(s, l, h + s.pad[1], first + s.pad[2]);
          for (int64_t w = first; w < columns; w += s.stride[2]) *phase++ = from[w];
        }
      }
}

void fill_offsets(const ConvShape& s, const Layout& l, int64_t* offsets) {
  for (int64_t c = 0; c < s.in_channels; ++c)
    for (int64_t d = 0; d < s.kernel[0]; ++d)
      for (int64_t h = 0; h < s.kernel[1]; ++h)
        for (int64_t w = 0; w < s.kernel[2]; ++w)
          *offsets++ = c * l.cube + d * s.dilation[0] * l.plane +
                       place_in(s, l, h * s.dilation[1], w * s.dilation[2]);
}

}  // namespace
}  // namespace tg
