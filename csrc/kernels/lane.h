// Single-precision numbers whose elementary functions have no branches and call nothing, so that a
// loop over them becomes vector code of the instruction set that it is compiled for. Only
// *_isa.cpp files include this: all of it is in tg::TG_ISA. Within 2 ULP where not said otherwise.
#pragma once

#include <cstdint>

// Calls would end the vector code, and GCC makes some for functions of this size.
#define TG_INLINE [[gnu::always_inline]] inline

namespace tg::TG_ISA {

struct Lane {
  float v;
  Lane() = default;
  constexpr Lane(float value) : v(value) {}
  constexpr explicit Lane(double value) : v(static_cast<float>(value)) {}
  constexpr Lane(int value) : v(static_cast<float>(value)) {}
};

TG_INLINE Lane operator+(Lane a, Lane b) { return a.v + b.v; }
TG_INLINE Lane operator-(Lane a, Lane b) { return a.v - b.v; }
TG_INLINE Lane operator*(Lane a, Lane b) { return a.v * b.v; }
TG_INLINE Lane operator/(Lane a, Lane b) { return a.v / b.v; }
TG_INLINE Lane operator-(Lane a) { return -a.v; }
TG_INLINE bool operator<(Lane a, Lane b) { return a.v < b.v; }
TG_INLINE bool operator>(Lane a, Lane b) { return a.v > b.v; }
TG_INLINE bool operator<=(Lane a, Lane b) { return a.v <= b.v; }
TG_INLINE bool operator>=(Lane a, Lane b) { return a.v >= b.v; }

TG_INLINE Lane constant(Lane, double value) { return Lane(value); }
TG_INLINE Lane nothing(Lane) { return 0.0f; }

TG_INLINE float fused(float a, float b, float c) {  // a * b + c
#if defined(__FMA__)
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}
TG_INLINE int32_t bits_of(float x) { return __builtin_bit_cast(int32_t, x); }
TG_INLINE float of_bits(int32_t x) { return __builtin_bit_cast(float, x); }

// By bits: a branch would keep the divisions on its sides from becoming vector code.
TG_INLINE float select(bool condition, float a, float b) {
  const int32_t mask = -int32_t(condition);
  return of_bits((bits_of(a) & mask) | (bits_of(b) & ~mask));
}
TG_INLINE Lane where(bool condition, Lane a, Lane b) { return select(condition, a.v, b.v); }
TG_INLINE Lane abs(Lane x) { return of_bits(bits_of(x.v) & 0x7fffffff); }
// NaN in the first is passed on; the second is none.
TG_INLINE Lane maximum(Lane a, Lane b) { return select(a.v < b.v, b.v, a.v); }
TG_INLINE Lane minimum(Lane a, Lane b) { return select(a.v > b.v, b.v, a.v); }

// x = n * log(2) + r with |r| <= log(2) / 2: exp(r) = 1 + r + tail, and 2^n as two factors, for x
// in the range of float. The polynomial is that of the SLEEF library.
struct Exponential {
  float r, tail, half, rest;
};
TG_INLINE Exponential exponential(float x) {
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
  constexpr float kLog2 = 0.693145751953125f, kLog2Rest = 1.42860677e-6f;
  x = x > 89.0f ? 89.0f : x;  // NaN stays
  x = x < -104.0f ? -104.0f : x;
  const float shifted = fused(x, 1.44269504088896341f, kRound);
  const float whole = shifted - kRound;
  const float near = fused(whole, -kLog2, x), r = fused(whole, -kLog2Rest, near);
  const float lost = fused(whole, -kLog2Rest, near - r);
  float p = 1.98527618e-4f;
  p = fused(p, r, 1.39304355e-3f);
  p = fused(p, r, 8.33336078e-3f);
  p = fused(p, r, 4.16664854e-2f);
  p = fused(p, r, 1.66666672e-1f);
  p = fused(p, r, 0.5f);
  const int32_t n = bits_of(shifted) - bits_of(kRound), first = n >> 1;
  return {r, fused(p, r * r, lost), of_bits((first + 127) << 23), of_bits((n - first + 127) << 23)};
}
// Of exp(r), with what the first addition loses.
TG_INLINE float mantissa(const Exponential& e) {
  const float sum = 1.0f + e.r;
  return sum + ((e.r - (sum - 1.0f)) + e.tail);
}
TG_INLINE Lane exp(Lane x) {
  const Exponential e = exponential(x.v);
  return mantissa(e) * e.half * e.rest;
}
TG_INLINE Lane expm1(Lane x) {
  const Exponential e = exponential(x.v);
  const float scale = e.half * e.rest, below_one = e.r + e.tail;
  // Where 2^n overflows alone, the result is that of exp.
  const float small = fused(scale, below_one, scale - 1), large = mantissa(e) * e.half * e.rest;
  return select(x.v == 0.0f, x.v, select(x.v > 80.0f, large, small));  // of -0 too
}
TG_INLINE Lane sigmoid(Lane x) { return 1.0f / (1.0f + exp(-x).v); }

// Cephes: the exponent taken out, a polynomial of the mantissa in [sqrt(1/2), sqrt(2)).
TG_INLINE Lane log_of_normal(float x) {
  const int32_t b = bits_of(x) - 0x3f3504f3;  // sqrt(1/2)
  const int32_t e = b >> 23;
  const float m = of_bits((b & 0x007fffff) + 0x3f3504f3) - 1, n = static_cast<float>(e), z = m * m;
  float y = 7.0376836292e-2f;
  y = fused(y, m, -1.1514610310e-1f);
  y = fused(y, m, 1.1676998740e-1f);
  y = fused(y, m, -1.2420140846e-1f);
  y = fused(y, m, 1.4249322787e-1f);
  y = fused(y, m, -1.6668057665e-1f);
  y = fused(y, m, 2.0000714765e-1f);
  y = fused(y, m, -2.4999993993e-1f);
  y = fused(y, m, 3.3333331174e-1f);
  y = y * m * z;
  y = fused(n, -2.12194440e-4f, y);
  y = fused(z, -0.5f, y);
  return fused(n, 0.693359375f, m + y);
}
// x >= 0
TG_INLINE Lane log1p(Lane x) {
  const float sum = 1.0f + x.v, lost = x.v - (sum - 1.0f);
  const float result = log_of_normal(sum).v + lost / sum;
  return select(x.v > 3.4028234663852886e38f, x.v, result);
}

TG_INLINE Lane tanh(Lane x) {
  const float size = abs(x).v, z = x.v * x.v;
  float p = -5.70498872745e-3f;
  p = fused(p, z, 2.06390887954e-2f);
  p = fused(p, z, -5.37397155531e-2f);
  p = fused(p, z, 1.33314422036e-1f);
  p = fused(p, z, -3.33332819422e-1f);
  const float small = fused(p * z, size, size);
  const float large = 1.0f - 2.0f / (exp(Lane(size + size)).v + 1.0f);
  const float result = select(size < 0.625f, small, large);
  return of_bits(bits_of(result) | (bits_of(x.v) & int32_t(0x80000000)));
}

// A polynomial near 0; elsewhere 1 - exp of one, both fitted for single precision.
TG_INLINE Lane erf(Lane x) {
  const float size = abs(x).v, z = x.v * x.v;
  float p = -5.96761703e-4f;
  p = fused(p, z, 4.99119423e-3f);
  p = fused(p, z, -2.67681349e-2f);
  p = fused(p, z, 1.12819925e-1f);
  p = fused(p, z, -3.76125336e-1f);
  p = fused(p, z, 1.28379166e-1f);
  const float small = fused(p, x.v, x.v);
  const float t = size > 4.0f ? 4.0f : size, s = t * t;
  float q = fused(-1.72853470e-5f, t, 3.83197126e-4f);
  q = fused(q, s, fused(-3.88396438e-3f, t, 2.42546219e-2f));
  q = fused(q, t, -1.06777877e-1f);
  q = fused(q, t, -6.34846687e-1f);
  q = fused(q, t, -1.28717512e-1f);
  q = fused(q, t, -t);
  const float large = 1.0f - exp(Lane(q)).v;
  const float signed_large = of_bits(bits_of(large) | (bits_of(x.v) & int32_t(0x80000000)));
  return select(size <= 0.927734375f, small, signed_large);
}

}  // namespace tg::TG_ISA
