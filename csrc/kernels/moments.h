// Variances of lines of floats and doubles, and their gradients. One pass over memory: blocks that
// stay in the nearest cache give their mean and squared deviations, which are joined.
#pragma once

#include <cstdint>

namespace tg {

struct Lines;  // kernels/lines.h

// The mean of each line and the squared deviations from it over `freedom`, or the root of that.
template <class T>
void variance_along(const Lines& lines, const T* x, double freedom, bool root, double* means,
                    T* out);
// out = (x - mean) * factor, with a mean and a factor for each line.
template <class T>
void center_along(const Lines& lines, const T* x, const double* means, const double* factors,
                  T* out);

}  // namespace tg
