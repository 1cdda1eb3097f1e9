// Start at Engine and the two word loops; the distributions below them are a few lines each.
#include "kernels/random.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <random>

#include "kernels/isa.h"
#include "kernels/random_kernels.h"

namespace tg {

TG_ISA_TABLES(RandomKernels, random_kernels)

namespace {

const RandomKernels& kernels() { return pick_isa(random_kernels_of_isa); }

// --- words
// --------------------------------------------------------------------------------------------

constexpr int kWords = GeneratorState::kWords, kShift = 397;

uint32_t twist(uint32_t first, uint32_t second) {
  const uint32_t mixed = (first & 0x80000000u) | (second & 0x7fffffffu);
  return (mixed >> 1) ^ ((0u - (second & 1u)) & 0x9908b0dfu);
}

uint32_t temper(uint32_t word) {
  word ^= word >> 11;
  word ^= (word << 7) & 0x9d2c5680u;
  word ^= (word << 15) & 0xefc60000u;
  return word ^ (word >> 18);
}

void make_block(GeneratorState& state) {
  uint32_t* words = state.words;
  for (int i = 0; i < kWords - kShift; ++i)
    words[i] = words[i + kShift] ^ twist(words[i], words[i + 1]);
  for (int i = kWords - kShift; i < kWords - 1; ++i)
    words[i] = words[i + kShift - kWords] ^ twist(words[i], words[i + 1]);
  words[kWords - 1] = words[kShift - 1] ^ twist(words[kWords - 1], words[0]);
  state.left = kWords + 1;
  state.next = 0;
}

uint64_t join(uint32_t high, uint32_t low) { return uint64_t(high) << 32 | low; }

// out[i] = f(word) for n words; the inner loop is free of the state, so it vectorises.
template <class T, class F>
void fill32(GeneratorState& state, T* out, int64_t n, F f) {
  while (n > 0) {
    if (state.left == 1) make_block(state);
    const int count = static_cast<int>(std::min<int64_t>(n, state.left - 1));
    const uint32_t* words = state.words + state.next;
    for (int i = 0; i < count; ++i) out[i] = f(temper(words[i]));
    state.left -= count;
    state.next += count;
    out += count;
    n -= count;
  }
}

// The same for pairs of words, one of which may straddle two blocks.
template <class T, class F>
void fill64(GeneratorState& state, T* out, int64_t n, F f) {
  while (n > 0) {
    const int count = static_cast<int>(std::min<int64_t>(n, (state.left - 1) / 2));
    if (count == 0) {
      *out++ = f(next64(state));
      --n;
      continue;
    }
    const uint32_t* words = state.words + state.next;
    for (int i = 0; i < count; ++i)
      out[i] = f(join(temper(words[2 * i]), temper(words[2 * i + 1])));
    state.left -= 2 * count;
    state.next += 2 * count;
    out += count;
    n -= count;
  }
}

// --- uniform and normal
// -------------------------------------------------------------------------------

float unit_float(uint32_t word) {
  return static_cast<float>(static_cast<int32_t>(word & 0xffffffu)) * 0x1p-24f;
}
double unit_double(uint64_t word) {
  return static_cast<double>(static_cast<int64_t>(word & 0x1fffffffffffffu)) * 0x1p-53;
}

void fill_unit(GeneratorState& state, float* out, int64_t n) { fill32(state, out, n, unit_float); }
void fill_unit(GeneratorState& state, double* out, int64_t n) {
  fill64(state, out, n, unit_double);
}

void scale(float* data, int64_t n, float range, float from) {
  kernels().scale_float(data, n, range, from);
}
void scale(double* data, int64_t n, double range, double from) {
  kernels().scale_double(data, n, range, from);
}

void normal_blocks(float* data, int64_t blocks, float mean, float std) {
  kernels().normal_blocks(data, blocks, mean, std);
}
void normal_blocks(double* data, int64_t blocks, double mean, double std) {
  for (int64_t block = 0; block < blocks; ++block, data += 16)
    for (int j = 0; j < 8; ++j) {
      const double radius = std::sqrt(-2 * std::log(1 - data[j]));
      const double theta = 2 * std::numbers::pi * data[j + 8];
      data[j] = std::fma(radius * std::cos(theta), std, mean);
      data[j + 8] = std::fma(radius * std::sin(theta), std, mean);
    }
}

// One standard normal number: Box-Muller in double, the cosine now and the sine at the next call.
double next_normal(GeneratorState& state) {
  if (state.has_spare_double) {
    state.has_spare_double = false;
    return state.spare_double;
  }
  const double u1 = unit_double(next64(state)), u2 = unit_double(next64(state));
  const double radius = std::sqrt(-2.0 * std::log1p(-u2)), theta = 2.0 * std::numbers::pi * u1;
  state.spare_double = radius * std::sin(theta);
  state.has_spare_double = true;
  return radius * std::cos(theta);
}

}  // namespace

void manual_seed(GeneratorState& state, uint64_t seed) {
  state = GeneratorState{};
  state.seed = seed;
  state.left = 1;
  state.words[0] = static_cast<uint32_t>(seed);
  for (uint32_t i = 1; i < kWords; ++i) {
    const uint32_t last = state.words[i - 1];
    state.words[i] = 1812433253u * (last ^ (last >> 30)) + i;
  }
}

uint64_t nondeterministic_seed() {
  std::random_device device;
  // 53 bits, so that the seed survives a trip through a double.
  return join(device(), device()) & 0x1fffffffffffffu;
}

// Offsets in the bytes: seed 0, left 8, seeded 12, next 16 (8 bytes), words 24 (8 bytes each), then
// three doubles of an older Box-Muller cache of which the second is the spare, its flag, and the
// float spare with its flag.
namespace {
constexpr size_t kWordsAt = 24, kSpareAt = kWordsAt + 8 * kWords + 8, kHasSpareAt = kSpareAt + 16,
                 kFloatAt = kHasSpareAt + 8, kHasFloatAt = kFloatAt + 4;
static_assert(kHasFloatAt + 4 == kGeneratorBytes);

template <class T>
void put(uint8_t* bytes, size_t at, T value) {
  std::memcpy(bytes + at, &value, sizeof value);
}
template <class T>
T get(const uint8_t* bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes + at, sizeof value);
  return value;
}
}  // namespace

void save_state(const GeneratorState& state, uint8_t* bytes) {
  std::memset(bytes, 0, kGeneratorBytes);
  put<uint64_t>(bytes, 0, state.seed);
  put<int32_t>(bytes, 8, state.left);
  put<int32_t>(bytes, 12, 1);
  put<uint64_t>(bytes, 16, static_cast<uint64_t>(state.next));
  for (size_t i = 0; i < kWords; ++i) put<uint64_t>(bytes, kWordsAt + 8 * i, state.words[i]);
  if (state.has_spare_double) {
    put<double>(bytes, kSpareAt, state.spare_double);
    put<int32_t>(bytes, kHasSpareAt, 1);
  }
  if (state.has_spare_float) {
    put<float>(bytes, kFloatAt, state.spare_float);
    put<uint8_t>(bytes, kHasFloatAt, 1);
  }
}

void load_state(GeneratorState& state, const uint8_t* bytes, size_t size) {
  if (size != kGeneratorBytes)
    runtime_error("Expected either a CPUGeneratorImplStateLegacy of size ", kGeneratorBytes - 8,
                  " or a CPUGeneratorImplState of size ", kGeneratorBytes,
                  " but found the input RNG state size to be ", size);
  const int32_t left = get<int32_t>(bytes, 8);
  const uint64_t next = get<uint64_t>(bytes, 16);
  const bool fresh = left == 1 && next == 0;
  if (get<int32_t>(bytes, 12) == 0 || left < 1 || left > kWords + 1 || next > kWords ||
      (!fresh && static_cast<int32_t>(next) + left != kWords + 1))
    runtime_error("Invalid mt19937 state");
  GeneratorState loaded{};
  loaded.seed = get<uint64_t>(bytes, 0);
  loaded.left = left;
  loaded.next = static_cast<int32_t>(next);
  for (size_t i = 0; i < kWords; ++i)
    loaded.words[i] = static_cast<uint32_t>(get<uint64_t>(bytes, kWordsAt + 8 * i));
  loaded.has_spare_double = get<int32_t>(bytes, kHasSpareAt) != 0;
  if (loaded.has_spare_double) loaded.spare_double = get<double>(bytes, kSpareAt);
  loaded.has_spare_float = get<uint8_t>(bytes, kHasFloatAt) != 0;
  if (loaded.has_spare_float) loaded.spare_float = get<float>(bytes, kFloatAt);
  state = loaded;
}

uint32_t next32(GeneratorState& state) {
  if (state.left == 1) make_block(state);
  --state.left;
  return temper(state.words[state.next++]);
}

uint64_t next64(GeneratorState& state) {
  const uint32_t high = next32(state);
  return join(high, next32(state));
}

template <class T>
void fill_uniform(GeneratorState& state, T* out, int64_t n, double from, double to) {
  const T low = static_cast<T>(from), high = static_cast<T>(to), range = high - low;
  fill_unit(state, out, n);
  if (low == 0 && range == 1) return;
  scale(out, n, range, low);
  for (int64_t i = 0; i < n; ++i)
    if (out[i] == high) out[i] = low;  // rounded up to the excluded bound
}

template <class T>
void fill_normal(GeneratorState& state, T* out, int64_t n, double mean, double std) {
  if (n < 16) {
    for (int64_t i = 0; i < n; ++i)
      out[i] = static_cast<T>(std::fma(next_normal(state), std, mean));
    return;
  }
  const T own_mean = static_cast<T>(mean), own_std = static_cast<T>(std);
  fill_unit(state, out, n);
  normal_blocks(out, n / 16, own_mean, own_std);
  if (n % 16 == 0) return;
  fill_unit(state, out + n - 16, 16);
  normal_blocks(out + n - 16, 1, own_mean, own_std);
}

template <class T>
void fill_exponential(GeneratorState& state, T* out, int64_t n, double lambda) {
  fill64(state, out, n, [&](uint64_t word) {
    return static_cast<T>(-1.0 / lambda * std::log1p(-unit_double(word)));
  });
}

template <class T>
void fill_cauchy(GeneratorState& state, T* out, int64_t n, double median, double sigma) {
  fill64(state, out, n, [&](uint64_t word) {
    return static_cast<T>(
        std::fma(sigma, std::tan(std::numbers::pi * (unit_double(word) - 0.5)), median));
  });
}

template <class T>
void fill_log_normal(GeneratorState& state, T* out, int64_t n, double mean, double std) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = static_cast<T>(std::exp(std::fma(next_normal(state), std, mean)));
}

template <class T>
void fill_geometric(GeneratorState& state, T* out, int64_t n, double p) {
  fill64(state, out, n, [&](uint64_t word) {
    return static_cast<T>(std::ceil(std::log(unit_double(word)) / std::log1p(-p)));
  });
}

template <class T>
void fill_bernoulli(GeneratorState& state, T* out, int64_t n, double p) {
  fill64(state, out, n, [p](uint64_t word) { return static_cast<T>(unit_double(word) < p); });
}

template <class T>
void fill_bernoulli_from(GeneratorState& state, T* out, int64_t n, const double* p) {
  for (int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(unit_double(next64(state)) < p[i]);
}
template <class T>
void fill_bernoulli_from(GeneratorState& state, T* out, int64_t n, const float* p) {
  for (int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(unit_float(next32(state)) < p[i]);
}

template <class T>
void fill_randint(GeneratorState& state, T* out, int64_t n, int64_t low, uint64_t range) {
  const uint64_t base = static_cast<uint64_t>(low);
  if (range == 0) {
    fill64(state, out, n,
           [=](uint64_t word) { return static_cast<T>(static_cast<int64_t>(word + base)); });
  } else if (range >= uint64_t(1) << 28) {  // PyTorch's limit for the skew of `word % range`
    fill64(state, out, n, [=](uint64_t word) {
      return static_cast<T>(static_cast<int64_t>(word % range + base));
    });
  } else {
    const uint32_t narrow = static_cast<uint32_t>(range);
    fill32(state, out, n, [=](uint32_t word) {
      return static_cast<T>(static_cast<int64_t>(word % narrow + base));
    });
  }
}

void fill_random(GeneratorState& state, int64_t* out, int64_t n, uint64_t range, bool wide) {
  if (wide)
    fill64(state, out, n, [=](uint64_t word) { return static_cast<int64_t>(word % range); });
  else
    fill32(state, out, n, [=](uint32_t word) { return static_cast<int64_t>(word % range); });
}

void fill_randperm(GeneratorState& state, int64_t* out, int64_t n) {
  if (n >= static_cast<int64_t>(std::numeric_limits<uint32_t>::max() / 20)) {
    // Too many for 32 bits: Fisher-Yates inside out.
    for (int64_t i = 0; i < n; ++i) {
      const int64_t other = static_cast<int64_t>(next64(state) % static_cast<uint64_t>(i + 1));
      out[i] = out[other];
      out[other] = i;
    }
    return;
  }
  for (int64_t i = 0; i < n; ++i) out[i] = i;
  for (int64_t i = 0; i + 1 < n; ++i)
    std::swap(out[i], out[i + next32(state) % static_cast<uint32_t>(n - i)]);
}

#define TG_FLOATING(T)                                                            \
  template void fill_uniform<T>(GeneratorState&, T*, int64_t, double, double);    \
  template void fill_normal<T>(GeneratorState&, T*, int64_t, double, double);     \
  template void fill_exponential<T>(GeneratorState&, T*, int64_t, double);        \
  template void fill_cauchy<T>(GeneratorState&, T*, int64_t, double, double);     \
  template void fill_log_normal<T>(GeneratorState&, T*, int64_t, double, double); \
  template void fill_geometric<T>(GeneratorState&, T*, int64_t, double);
#define TG_BERNOULLI(T)                                                             \
  template void fill_bernoulli<T>(GeneratorState&, T*, int64_t, double);            \
  template void fill_bernoulli_from<T>(GeneratorState&, T*, int64_t, const float*); \
  template void fill_bernoulli_from<T>(GeneratorState&, T*, int64_t, const double*);
#define TG_RANDINT(T) \
  template void fill_randint<T>(GeneratorState&, T*, int64_t, int64_t, uint64_t);
TG_FLOATING(float)
TG_FLOATING(double)
TG_BERNOULLI(uint8_t)
TG_BERNOULLI(float)
TG_BERNOULLI(double)
TG_RANDINT(int64_t)
TG_RANDINT(float)
TG_RANDINT(double)
#undef TG_FLOATING
#undef TG_BERNOULLI
#undef TG_RANDINT

}  // namespace tg
