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

// --- roots of sums of squares
TG_INLINE Lane<Wide> hypot(Lane<Wide> x, Lane<Wide> y) {
  const Lane<Wide> infinity = __builtin_inf();
  const Lane<Wide> size = sqrt(fused(x, x, y * y));
  return where(abs(x) == infinity || abs(y) == infinity, infinity, size);
}
// Numbers whose squares leave the range go through the C library.
[[gnu::noinline]] static void replace_hypot(Lane<double>& z, const Lane<double>& x,
                                            const Lane<double>& y, const Mask<double>& mask) {
  for (int i = 0; i < Format<double>::kCount; ++i)
    if (mask.bits[i]) z.v[i] = __builtin_hypot(x.v[i], y.v[i]);
}
TG_INLINE Lane<double> hypot(Lane<double> x, Lane<double> y) {
  const Lane<double> a = abs(x), b = abs(y), most = where(a > b, a, b), least = where(a > b, b, a);
  Lane<double> z = sqrt(fused(most, most, least * least));
  const Mask<double> odd = !(most > 0x1p-400 && most < 0x1p500 && least == least);
  if (any(odd)) [[unlikely]]
    replace_hypot(z, x, y, odd);
  return z;
}

// --- remainders
template <class T>
[[gnu::noinline]] static void replace_fmod(Lane<T>& z, const Lane<T>& x, const Lane<T>& y,
                                           const Mask<T>& mask) {
  for (int i = 0; i < Format<T>::kCount; ++i)
    if (mask.bits[i])
      z.v[i] = sizeof(T) == 4 ? T(__builtin_fmodf(float(x.v[i]), float(y.v[i])))
                              : T(__builtin_fmod(x.v[i], y.v[i]));
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
  rest = fused(-trunc(quotient), step, size);
  rest = with_sign(where(rest < 0, rest + step, rest), a);
  odd = !(quotient < limit && step < __builtin_inf());
#endif
  if (any(odd)) [[unlikely]]
    replace_fmod(rest, a, b, odd);
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
