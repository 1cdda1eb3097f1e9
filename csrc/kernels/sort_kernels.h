// What sort.cpp and sort_isa.cpp, which is compiled once per instruction set, know of each other.
#pragma once

#include <cstdint>

namespace tg {

template <class Key>
struct SelectKernelsOf {
  // A key that at least k of n keys do not exceed: a near one where k is small.
  Key (*bound)(const Key* keys, int64_t n, int64_t k);
  // Writes the places of the keys up to `bound`, of which there are n <= 65536; returns how many.
  int64_t (*find)(const Key* keys, int64_t n, Key bound, uint16_t* places);
};
struct SelectKernels {
  SelectKernelsOf<uint32_t> of_32;
  SelectKernelsOf<uint64_t> of_64;
  // The keys of sort.cpp.
  void (*float_keys)(const float* x, int64_t n, uint32_t flip, uint32_t* keys);
  void (*double_keys)(const double* x, int64_t n, uint64_t flip, uint64_t* keys);
};

}  // namespace tg
