// Sorting and selection along one dimension. An element becomes an unsigned number in whose order
// the elements shall stand, with its place in the line behind it: no two are equal, so that any
// algorithm is stable, and values are read back from the input by place. NaN comes after all
// numbers, and -0 equals 0.
#pragma once

#include "kernels/lines.h"

namespace tg {

struct SortTask {
  Lines lines;
  DType dtype;
  const char* in;  // dense, [outer, n, inner]
  bool descending = false;
};

// Which elements of the sorted line are wanted. With NaN in a line, Median is the first NaN and
// NanMedian is the median of the others.
struct Ranks {
  enum class Kind : uint8_t { Fixed, Median, NanMedian };
  int64_t begin = 0, end = 0;
  Kind kind = Kind::Fixed;
  bool sorted = true;  // false: any order of the wanted elements will do
};

// Bytes of scratch memory that the functions below need, aligned to 16.
int64_t sort_scratch(const SortTask& task, const Ranks& ranks);

// The elements of ranks [begin, end) of each line, in order, and their places: [outer, end - begin,
// inner]. `values` may be null.
void ranks_of_lines(const SortTask& task, const Ranks& ranks, char* values, int64_t* indices,
                    char* scratch);
// The most frequent element of each line, the least of equals, and its last place: [outer, inner].
// The scratch is that of a full sort.
void mode_of_lines(const SortTask& task, char* values, int64_t* indices, char* scratch);

// The distinct elements of one line in rising order: the first place of each (n of them at most)
// and how often it occurs; `inverse` (or null) says of each place which it is. Each NaN is a
// distinct element. Returns the count.
int64_t distinct_of_line(const SortTask& task, int64_t* first, int64_t* counts, int64_t* inverse,
                         char* scratch);

// out[i] = in[places[i]] for elements of `item` bytes.
void pick_places(const char* in, const int64_t* places, int64_t n, char* out, int64_t item);

}  // namespace tg
