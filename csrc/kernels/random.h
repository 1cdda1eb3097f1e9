// The random numbers of PyTorch's CPU generator: mt19937 words, and the distributions drawn from
// them in PyTorch's order, so that one seed gives one stream in both. Every function fills n
// contiguous elements and advances the state. Bounds and parameters are the caller's to check.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dtype.h"

namespace tg {

// The state is plain data: copy it to fork a stream, assign it to go back.
struct GeneratorState {
  static constexpr int kWords = 624;
  uint64_t seed;
  int32_t left;  // words of this block not yet taken, plus 1
  int32_t next;  // index of the next word, when there is one
  uint32_t words[kWords];
  // Box-Muller makes two numbers; the one-at-a-time path keeps the second for the next call.
  bool has_spare_double, has_spare_float;
  double spare_double;
  float spare_float;
};

inline constexpr uint64_t kDefaultSeed = 67280421310721;
inline constexpr size_t kGeneratorBytes = 5056;

// mt19937 is seeded with the low 32 bits; the state remembers all 64.
void manual_seed(GeneratorState& state, uint64_t seed);
// A seed that no other run has, from the operating system.
uint64_t nondeterministic_seed();

// PyTorch's get_rng_state() bytes. load_state throws RuntimeError for bytes that are no state.
void save_state(const GeneratorState& state, uint8_t* bytes);
void load_state(GeneratorState& state, const uint8_t* bytes, size_t size);

uint32_t next32(GeneratorState& state);
uint64_t next64(GeneratorState& state);  // two words, the high one first

// T: float or double. Tensors of other types are drawn in one of these, and converted.
template <class T>
void fill_uniform(GeneratorState& state, T* out, int64_t n, double from, double to);
// Contiguous tensors of 16 elements and more take another order of words than small ones, as in
// PyTorch.
template <class T>
void fill_normal(GeneratorState& state, T* out, int64_t n, double mean, double std);
template <class T>
void fill_exponential(GeneratorState& state, T* out, int64_t n, double lambda);
template <class T>
void fill_cauchy(GeneratorState& state, T* out, int64_t n, double median, double sigma);
template <class T>
void fill_log_normal(GeneratorState& state, T* out, int64_t n, double mean, double std);
template <class T>
void fill_geometric(GeneratorState& state, T* out, int64_t n, double p);

// T: uint8_t, float or double
template <class T>
void fill_bernoulli(GeneratorState& state, T* out, int64_t n, double p);
// Probabilities of its own for each element.
template <class T>
void fill_bernoulli_from(GeneratorState& state, T* out, int64_t n, const float* p);
template <class T>
void fill_bernoulli_from(GeneratorState& state, T* out, int64_t n, const double* p);

// Integers in [low, low + range); 0 stands for 2^64. T: int64_t, float or double
template <class T>
void fill_randint(GeneratorState& state, T* out, int64_t n, int64_t low, uint64_t range);
// random_() without bounds: the rest of words of 64 bits, or of 32, divided by `range`.
void fill_random(GeneratorState& state, int64_t* out, int64_t n, uint64_t range, bool wide);
// A permutation of 0 .. n - 1.
void fill_randperm(GeneratorState& state, int64_t* out, int64_t n);

}  // namespace tg
