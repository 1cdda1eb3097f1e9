// Arithmetic of lanes (lane.h), with the conventions of math.h and of the structs of ops/binary.h.
#pragma once

#include "kernels/lane_math.h"

namespace tg::TG_ISA {

template <class K>
TG_INLINE Lane<K> add(Lane<K> a, Lane<K> b) {
  return a + b;
}
template <class K>
TG_INLINE Lane<K> sub(Lane<K> a, Lane<K> b) {
  return a - b;
}
template <class K>
TG_INLINE Lane<K> mul(Lane<K> a, Lane<K> b) {
  return a * b;
}
template <class K>
TG_INLINE Lane<K> div(Lane<K> a, Lane<K> b) {
  return a / b;
}
template <class K>
TG_INLINE Lane<K> neg(Lane<K> x) {
  return -x;
}
// Both: a NaN on either side is passed on; of equal numbers the second one.
template <class K>
TG_INLINE Lane<K> greater_or_nan(Lane<K> a, Lane<K> b) {
  return where(a != a, a, maximum(b, a));
}
template <class K>
TG_INLINE Lane<K> lesser_or_nan(Lane<K> a, Lane<K> b) {
  return where(a != a, a, minimum(b, a));
}
template <class K>
TG_INLINE Lane<K> relu(Lane<K> x) {
  return where(x < 0, Lane<K>(0), x);
}
template <class K>
TG_INLINE Lane<K> sign(Lane<K> x) {
  return where(x > 0, Lane<K>(1), where(x < 0, Lane<K>(-1), Lane<K>(0)));
}
template <class K>
TG_INLINE Lane<K> frac(Lane<K> x) {
  return x - trunc(x);
}

// --- quotients and roots
// Rounded like the instructions, which take longer: the last step has an exact rest (Markstein
// 1990).
#if defined(__AVX512F__)
TG_INLINE __m512 rough_inverse(__m512 x) { return _mm512_maskz_rcp14_ps(-1, x); }
TG_INLINE __m512d rough_inverse(__m512d x) { return _mm512_maskz_rcp14_pd(-1, x); }
// Whether a number lies outside of [2^-63, 2^65), or [2^-511, 2^513): there the two highest bits of
// its exponent are the same. Or whether all digits of b are 1, whose inverse is not rounded well.
TG_INLINE bool odd_quotient(Lane<float> a, Lane<float> b, Lane<float> quotient) {
  const auto x = a.bits(), y = b.bits(), z = quotient.bits();
  const auto differ = (x ^ (x + x)) & (y ^ (y + y)) & (z ^ (z + z));
  return !_kortestz_mask16_u8(
      _mm512_testn_epi32_mask((__m512i)differ, _mm512_set1_epi32(1 << 30)),
      _mm512_testn_epi32_mask((__m512i)(y + 1), _mm512_set1_epi32((1 << 23) - 1)));
}
TG_INLINE bool odd_quotient(Lane<double> a, Lane<double> b, Lane<double> quotient) {
  const auto x = a.bits(), y = b.bits(), z = quotient.bits();
  const auto differ = (x ^ (x + x)) & (y ^ (y + y)) & (z ^ (z + z));
  return !_kortestz_mask8_u8(
      _mm512_testn_epi64_mask((__m512i)differ, _mm512_set1_epi64(int64_t(1) << 62)),
      _mm512_testn_epi64_mask((__m512i)(y + 1), _mm512_set1_epi64((int64_t(1) << 52) - 1)));
}
template <class K>
TG_INLINE Lane<K> quick_div(Lane<K> a, Lane<K> b) {
  Lane<K> inverse = rough_inverse(b.v);
  for (int i = 0; i < (sizeof(typename Format<K>::Number) == 4 ? 1 : 2); ++i)
    inverse = fused(inverse, fused(b, -inverse, Lane<K>(1)), inverse);
  const Lane<K> rounded = fused(inverse, fused(b, -inverse, Lane<K>(1)), inverse);
  Lane<K> quotient = a * inverse;
  quotient = fused(fused(b, -quotient, a), inverse, quotient);
  quotient = fused(fused(b, -quotient, a), rounded, quotient);
  if (odd_quotient(a, b, quotient)) [[unlikely]]
    return a / b;
  return quotient;
}
TG_INLINE __m512 rough_inverse_root(__m512 x) { return _mm512_maskz_rsqrt14_ps(-1, x); }
TG_INLINE __m512d rough_inverse_root(__m512d x) { return _mm512_maskz_rsqrt14_pd(-1, x); }
TG_INLINE bool any_above(Format<float>::Bits a, Format<float>::Bits b) {
  return _mm512_cmp_epu32_mask((__m512i)a, (__m512i)b, _MM_CMPINT_NLE);
}
TG_INLINE bool any_above(Format<double>::Bits a, Format<double>::Bits b) {
  return _mm512_cmp_epu64_mask((__m512i)a, (__m512i)b, _MM_CMPINT_NLE);
}
template <class K>
TG_INLINE Lane<K> quick_sqrt(Lane<K> x) {
  constexpr bool single = sizeof(typename Format<K>::Number) == 4;
  const Lane<K> inverse = rough_inverse_root(x.v);
  Lane<K> y = x * inverse, half = inverse * 0.5;
  for (int i = 0; i < (single ? 1 : 2); ++i) {
    const Lane<K> rest = fused(-y, half, Lane<K>(0.5));
    y = fused(y, rest, y);
    half = fused(half, rest, half);
  }
  y = fused(fused(-y, y, x), half, y);
  const auto least = Lane<K>(single ? 0x1p-80 : 0x1p-800).bits();
  const auto most = Lane<K>(Format<K>::kLargest).bits();
  if (any_above(x.bits() - least, most - least)) [[unlikely]]
    return sqrt(x);
  return y;
}
#else
template <class K>
TG_INLINE Lane<K> quick_div(Lane<K> a, Lane<K> b) {
  return a / b;
}
template <class K>
TG_INLINE Lane<K> quick_sqrt(Lane<K> x) {
  return sqrt(x);
}
#endif

TG_INLINE Lane<Wide> hypot(Lane<Wide> x, Lane<Wide> y) {
  const Lane<Wide> infinity = __builtin_inf();
  const Lane<Wide> size = sqrt(fused(x, x, y * y));
  return where(abs(x) == infinity || abs(y) == infinity, infinity, size);
}
// Numbers whose squares leave the range go through the C library.
[[gnu::noinline]] static Lane<double> replace_hypot(Lane<double> z, Lane<double> x, Lane<double> y,
                                                    Mask<double> mask) {
  for (int i = 0; i < Format<double>::kCount; ++i)
    if (mask.bits[i]) z.v[i] = __builtin_hypot(x.v[i], y.v[i]);
  return z;
}
TG_INLINE Lane<double> hypot(Lane<double> x, Lane<double> y) {
  const Lane<double> a = abs(x), b = abs(y), most = where(a > b, a, b), least = where(a > b, b, a);
  Lane<double> z = sqrt(fused(most, most, least * least));
  const Mask<double> odd = !(most > 0x1p-400 && most < 0x1p500 && least == least);
  if (any(odd)) [[unlikely]]
    z = replace_hypot(z, x, y, odd);
  return z;
}

// --- remainders
template <class T>
[[gnu::noinline]] static Lane<T> replace_fmod(Lane<T> z, Lane<T> x, Lane<T> y, Mask<T> mask) {
  for (int i = 0; i < Format<T>::kCount; ++i)
    if (mask.bits[i])
      z.v[i] = sizeof(T) == 4 ? T(__builtin_fmodf(float(x.v[i]), float(y.v[i])))
                              : T(__builtin_fmod(x.v[i], y.v[i]));
  return z;
}
// What is left of a after whole b's, exact. The whole quotient may be one too large, as the
// quotient is rounded; the rest is exact all the same where the quotient is small enough. Others,
// and registers without a fused multiply-add, go through the C library.
template <class K>
TG_INLINE Lane<K> fmod(Lane<K> a, Lane<K> b) {
  Lane<K> rest = a;
  Mask<K> odd = {a.bits() | -1};
#if defined(__FMA__)
  const Lane<K> size = abs(a), step = abs(b), quotient = size / step, limit = kRounder<K> / 3;
  rest = rest_of(size, trunc(quotient), step);
  rest = with_sign(where(rest < 0, rest + step, rest), a);
  odd = !(quotient < limit && step < __builtin_inf());
#endif
  if (any(odd)) [[unlikely]]
    rest = replace_fmod(rest, a, b, odd);
  return rest;
}
template <class K>
TG_INLINE Lane<K> remainder(Lane<K> a, Lane<K> b) {
  const Lane<K> mod = fmod(a, b);
  return where(mod != 0 && ((b < 0) != (mod < 0)), mod + b, mod);
}
// a - mod is exact where the quotient is; the rest is rounded to the nearest whole number (as
// CPython does).
template <class K>
TG_INLINE Lane<K> floor_divide(Lane<K> a, Lane<K> b) {
  const Lane<K> mod = fmod(a, b);
  Lane<K> quotient = (a - mod) / b;
  quotient = where(mod != 0 && ((b < 0) != (mod < 0)), quotient - 1, quotient);
  const Lane<K> whole = floor(quotient);
  const Lane<K> nearest = where(quotient - whole > 0.5, whole + 1, whole);
  return where(b == 0, a / b, where(quotient == 0, with_sign(Lane<K>(0), a / b), nearest));
}

}  // namespace tg::TG_ISA
