// The greatest or the least element of lines and the place of its first occurrence, for numbers of
// any dtype but the 16-bit floats, compiled once per instruction set. NaN comes before all others.
#pragma once

#include "kernels/lines.h"

namespace tg {

// Of each line of `lines.n` >= 1 elements; `values`, of the same dtype, and `places` are
// [outer, inner], and either may be null. With places, dtype has at least four bytes.
void extremum_along(bool greatest, DType dtype, const Lines& lines, const void* in, void* values,
                    int64_t* places);
// The most elements that a line of this dtype may have where places are asked for.
inline int64_t longest_line(DType dtype) {
  return itemsize(dtype) == 8 ? std::numeric_limits<int64_t>::max()
                              : std::numeric_limits<int32_t>::max();
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
  const int64_t size = lines.n * lines.inner;
  if (lines.numel() == 0) return;
  parallel_for(lines.outer, 1 + kCheapGrain / (size + 1), [&](int64_t begin, int64_t end) {
    std::fill_n(out + begin * size, (end - begin) * size, Item{});
    for (int64_t o = begin; o < end; ++o)
      for (int64_t w = 0; w < lines.inner; ++w) {
        const int64_t i = o * lines.inner + w;
        out[o * size + indices[i] * lines.inner + w] = in[i];
      }
  });
}

}  // namespace tg
