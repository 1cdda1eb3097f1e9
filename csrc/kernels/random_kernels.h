// The parts of random.cpp that are compiled once per instruction set (random_isa.cpp).
#pragma once

#include <cstdint>

namespace tg {

struct RandomKernels {
  // Box-Muller in place on blocks of 16 uniforms: pairs (j, j + 8) become mean + std * (cosine,
  // sine).
  void (*normal_blocks)(float* data, int64_t blocks, float mean, float std);
  // data = fma(data, range, from)
  void (*scale_float)(float* data, int64_t n, float range, float from);
  void (*scale_double)(double* data, int64_t n, double range, double from);
};

}  // namespace tg
