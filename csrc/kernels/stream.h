// Results too large for the caches. An ordinary store first reads the line that it writes to; a
// non-temporal one does not, and leaves the caches to what is read. Kernels need not know: they
// write a block into a buffer that stays in the nearest cache, and stream() carries it to its
// place.
#pragma once

#include <algorithm>
#include <cstdint>

namespace tg {

// Whether a result of so many bytes is better written past the caches. Below, what reads the result
// next finds much of it there: a chain of three operations on 16 MB took a sixth longer with
// non-temporal stores, on 40 MB a fifth less.
inline bool streams(int64_t bytes) { return bytes >= int64_t{32} << 20; }

struct StreamKernels {
  void (*copy)(char* to, const char* from, int64_t bytes);
  void (*finish)();
};
extern const StreamKernels* const stream_kernels;

// Like memcpy(). Other threads may see what was written after stream_end() on this one.
inline void stream(char* to, const char* from, int64_t bytes) {
  stream_kernels->copy(to, from, bytes);
}
inline void stream_end() { stream_kernels->finish(); }

constexpr int64_t kStreamLine = 64;  // bytes that are written at once
inline int64_t past_line(const char* to) {
  return int64_t(reinterpret_cast<uintptr_t>(to) % kStreamLine);
}

// make(buffer, begin, count) for blocks that make up n elements of `item` bytes, each carried to
// its place in `to`. All but the first begin on a line, so that lines are written whole.
template <class Make>
void stream_blocks(char* to, int64_t item, int64_t n, const Make& make) {
  constexpr int64_t kBytes = 4096;
  alignas(kStreamLine) char buffer[kBytes];
  const int64_t most = kBytes / item;
  const int64_t past = past_line(to) / item;
  for (int64_t begin = 0, count; begin < n; begin += count) {
    count = std::min(n - begin, begin ? most : most - past);
    make(buffer, begin, count);
    stream(to + begin * item, buffer, count * item);
  }
  stream_end();
}

}  // namespace tg
