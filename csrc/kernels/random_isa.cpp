// Vector parts of the random kernels. The logarithm, sine and cosine are the single-precision
// polynomials of the Cephes library, evaluated in the order, and with the fused operations, of
// PyTorch's AVX2 kernel: normal numbers have its bits. Without hardware for fused operations they
// differ by roundings.
#include <cstring>

#if defined(__FMA__)
#include <immintrin.h>
#endif

#include "kernels/random_kernels.h"

namespace tg::TG_ISA {
extern const RandomKernels random_kernels;
namespace {

#if defined(__AVX__)
constexpr int kVecBytes = 32;
#else
constexpr int kVecBytes = 16;
#endif
constexpr int kLanes = kVecBytes / 4;
typedef float Vec __attribute__((vector_size(kVecBytes)));
typedef int32_t Int __attribute__((vector_size(kVecBytes)));

inline Int bits(Vec v) { return reinterpret_cast<Int>(v); }
inline Vec from_bits(Int v) { return reinterpret_cast<Vec>(v); }
inline Vec to_float(Int v) { return __builtin_convertvector(v, Vec); }
inline Vec select(Int mask, Vec a, Vec b) {
  return from_bits((mask & bits(a)) | (~mask & bits(b)));
}
inline Vec load(const float* from) {
  Vec v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
inline void store(float* to, Vec v) { std::memcpy(to, &v, sizeof v); }

inline Vec fused(Vec a, Vec b, Vec c) {  // a * b + c
#if defined(__FMA__)
  return reinterpret_cast<Vec>(_mm256_fmadd_ps(a, b, c));
#else
  return a * b + c;
#endif
}
inline Vec fused(Vec a, float b, float c) { return fused(a, Vec{} + b, Vec{} + c); }
inline Vec fused(Vec a, Vec b, float c) { return fused(a, b, Vec{} + c); }
inline Vec fused(Vec a, float b, Vec c) { return fused(a, Vec{} + b, c); }

inline Vec square_root(Vec v) {
  for (int i = 0; i < kLanes; ++i) v[i] = __builtin_sqrtf(v[i]);
  return v;
}

// x in (0, 1]
inline Vec log_of_unit(Vec x) {
  Vec exponent = to_float((bits(x) >> 23) - 0x7f) + 1.0f;
  x = from_bits((bits(x) & ~0x7f800000) | 0x3f000000);  // in [0.5, 1)
  const Int small = x < 0.707106781186547524f;
  const Vec doubled = from_bits(bits(x) & small);
  x = x - 1.0f;
  exponent = exponent - from_bits(bits(Vec{} + 1.0f) & small);
  x = x + doubled;
  const Vec z = x * x;
  Vec y = fused(x, 7.0376836292E-2f, -1.1514610310E-1f);
  y = fused(y, x, 1.1676998740E-1f);
  y = fused(y, x, -1.2420140846E-1f);
  y = fused(y, x, 1.4249322787E-1f);
  y = fused(y, x, -1.6668057665E-1f);
  y = fused(y, x, 2.0000714765E-1f);
  y = fused(y, x, -2.4999993993E-1f);
  y = fused(y, x, 3.3333331174E-1f);
  y = y * x;
  y = fused(y, z, exponent * -2.12194440e-4f);
  y = y - z * 0.5f;
  return x + y + exponent * 0.693359375f;  // both products are exact
}

// x in [0, 2 pi]
inline void sine_cosine(Vec x, Vec& sine, Vec& cosine) {
  Int octant = __builtin_convertvector(x * 1.27323954473516f, Int);  // x / (pi / 4), made even
  octant = (octant + 1) & ~1;
  const Vec y = to_float(octant);
  const Int sine_sign = (octant & 4) << 29, cosine_sign = (~(octant - 2) & 4) << 29;
  const Int straight = (octant & 2) == 0;
  x = fused(y, -0.78515625f, x);
  x = fused(y, -2.4187564849853515625e-4f, x);
  x = fused(y, -3.77489497744594108e-8f, x);
  const Vec z = x * x;
  Vec even = fused(z, 2.443315711809948E-005f, -1.388731625493765E-003f);
  even = fused(even, z, 4.166664568298827E-002f);
  even = even * z;
  even = fused(even, z, z * -0.5f);
  even = even + 1.0f;
  Vec odd = fused(z, -1.9515295891E-4f, 8.3321608736E-3f);
  odd = fused(odd, z, -1.6666654611E-1f);
  odd = odd * z;
  odd = fused(odd, x, x);
  sine = from_bits(bits(select(straight, odd, even)) ^ sine_sign);
  cosine = from_bits(bits(select(straight, even, odd)) ^ cosine_sign);
}

void normal_blocks(float* data, int64_t blocks, float mean, float std) {
  constexpr float kTwoPi = 6.28318530717958647692f;
  for (int64_t block = 0; block < blocks; ++block, data += 16)
    for (int j = 0; j < 8; j += kLanes) {
      const Vec radius = square_root(log_of_unit(1.0f - load(data + j)) * -2.0f);
      Vec sine, cosine;
      sine_cosine(load(data + j + 8) * kTwoPi, sine, cosine);
      store(data + j, fused(radius * cosine, std, mean));
      store(data + j + 8, fused(radius * sine, std, mean));
    }
}

void scale_float(float* data, int64_t n, float range, float from) {
  for (int64_t i = 0; i < n; ++i) data[i] = __builtin_fmaf(data[i], range, from);
}

void scale_double(double* data, int64_t n, double range, double from) {
  for (int64_t i = 0; i < n; ++i) data[i] = __builtin_fma(data[i], range, from);
}

}  // namespace

const RandomKernels random_kernels{normal_blocks, scale_float, scale_double};

}  // namespace tg::TG_ISA
