// What extremum.cpp and extremum_isa.cpp, which is compiled once per instruction set, know of each
// other. All loops look for the greatest of x ^ flip: with the right bits flipped, that is the
// least of x, or the greatest of numbers without sign.
#pragma once

#include <cstdint>

namespace tg {

template <class T>
struct ExtremumKernelsOf {
  T (*row)(const T* x, int64_t n, int64_t flip);
  // Of `width` columns, side by side, of n elements, `pitch` apart.
  void (*columns)(const T* x, int64_t n, int64_t pitch, int64_t width, int64_t flip, T* best);
  void (*column_places)(const T* x, int64_t n, int64_t pitch, int64_t width, int64_t flip, T* best,
                        int64_t* places);
  // The first place of `value`, which is there; of NaN, if it is that.
  int64_t (*find)(const T* x, int64_t n, T value);
  static constexpr int kWidest = 1024;  // columns with places
};
struct ExtremumKernels {
  ExtremumKernelsOf<float> f32;
  ExtremumKernelsOf<double> f64;
  ExtremumKernelsOf<int64_t> i64;
  ExtremumKernelsOf<int32_t> i32;
  ExtremumKernelsOf<int16_t> i16;
  ExtremumKernelsOf<int8_t> i8;
};

}  // namespace tg
