// Trigonometric functions of lanes, as lane_math.h has the others, and the gradients of functions
// that call one.
#pragma once

#include "kernels/lane_math.h"

namespace tg::TG_ISA {

// A function of the C library for the numbers that the formulas here do not serve, one by one.
template <class K>
using OfNumber = typename Format<K>::Stored (*)(typename Format<K>::Stored);
template <class K>
[[gnu::noinline]] static Lane<K> replace(Lane<K> y, Lane<K> x, Mask<K> mask, OfNumber<K> function) {
  for (int i = 0; i < Format<K>::kCount; ++i)
    if (mask.bits[i]) y.v[i] = function(static_cast<typename Format<K>::Stored>(x.v[i]));
  return y;
}
template <class K>
TG_INLINE Lane<K> replaced(Lane<K> y, Lane<K> x, Mask<K> odd, Mask<K> huge, OfNumber<K> function) {
  if (any(odd) | any(huge)) [[unlikely]]
    return replace(y, x, odd || huge, function);
  return y;
}

// x = n pi / 2 + r + lost with |r| <= pi / 4, or a share of these angles. pi / 2 is taken off in
// parts: the first ones (see make_coefficients.py) leave an exact difference, and the last is too
// small to count, but for `odd` angles beside a multiple.
template <class K>
struct Angle {
  Lane<K> r, lost;
  typename Format<K>::Bits n;
  Mask<K> odd, huge;
};
template <class K>
constexpr double kAngleLimit = 1e7;
template <>
inline constexpr double kAngleLimit<float> = 1e5;

template <bool keeps_lost, class K>
TG_INLINE Angle<K> angle(Lane<K> x, double share = 1) {
  constexpr int exact_parts = sizeof(typename Format<K>::Number) == 4 ? 1 : 2;
  const Whole<K> n = whole(x, Lane<K>(0.63661977236758134308 / share));
  const auto less = [&](Lane<K> from, int part) __attribute__((always_inline)) {
    return fused(n.value, Lane<K>(-Table<K>::half_pi[part] * share), from);
  };
  Lane<K> exact = less(x, 0);
  if constexpr (exact_parts == 2) exact = less(exact, 1);
  const Lane<K> r = less(exact, exact_parts);
  const Mask<K> huge = !(abs(x) <= kAngleLimit<K>);
  if constexpr (!keeps_lost) return {less(r, exact_parts + 1), Lane<K>(0), n.bits, huge, huge};
  const Lane<K> change = exact - r;
  return {r, less(change, exact_parts), n.bits, abs(change) > abs(r), huge};
}

// sin(x + turns pi / 2)
#if defined(__AVX512F__)
// The sum of an angle from a table, a multiple of pi / 8, and a small one.
template <class K>
TG_INLINE Lane<K> sin_or_cos(Lane<K> x, int turns, OfNumber<K> function) {
  const Angle<K> a = angle<true>(x, 0.25);
  const Lane<K> r = a.r, z = r * r;
  const auto place = a.n + 4 * turns;
  const Lane<K> sine = pick(place, kSines<K>[0]), sine_lost = pick(place, kSines<K>[1]);
  const Lane<K> cosine = pick(place + 4, kSines<K>[0]);
  const Lane<K> below_one = z * polynomial(z, Table<K>::cos_near);
  const Lane<K> tail = fused(r * z, polynomial(z, Table<K>::sin_near), a.lost);
  const Lane<K> rest = fused(cosine, tail, fused(sine, below_one, sine_lost));
  return replaced(sine + fused(cosine, r, rest), x, a.odd, a.huge, function);
}
#else
template <class K>
TG_INLINE Lane<K> sin_or_cos(Lane<K> x, int turns, OfNumber<K> function) {
  const Angle<K> a = angle<false>(x);
  const auto n = a.n + turns;
  const Lane<K> z = a.r * a.r, half = z * 0.5, w = 1 - half;
  const Lane<K> sine = fused(a.r * z, polynomial(z, Table<K>::sin), a.r);
  const Lane<K> cosine = w + (((1 - w) - half) + z * z * polynomial(z, Table<K>::cos));
  const Lane<K> y = where(Mask<K>{(n & 1) == 0}, sine, cosine);
  const auto sign = (n >> 1) << (sizeof(typename Format<K>::Number) * 8 - 1);
  return replaced(of_bits<K>(y.bits() ^ sign), x, a.huge, a.huge, function);
}
#endif
template <class T>
static T sin_of_number(T x) {
  return sizeof x == 4 ? T(__builtin_sinf(float(x))) : T(__builtin_sin(x));
}
template <class T>
static T cos_of_number(T x) {
  return sizeof x == 4 ? T(__builtin_cosf(float(x))) : T(__builtin_cos(x));
}
template <class T>
static T tan_of_number(T x) {
  return sizeof x == 4 ? T(__builtin_tanf(float(x))) : T(__builtin_tan(x));
}
template <class K>
TG_INLINE Lane<K> sin(Lane<K> x) {
  const Lane<K> y = sin_or_cos(x, 0, sin_of_number<typename Format<K>::Stored>);
  return where(x == 0, x, y);
}
template <class K>
TG_INLINE Lane<K> cos(Lane<K> x) {
  return sin_or_cos(x, 1, cos_of_number<typename Format<K>::Stored>);
}
#if defined(__FMA__)
// Of an odd number of quarter turns -1 / tan(r).
template <class K>
TG_INLINE Lane<K> tan(Lane<K> x) {
  const Angle<K> a = angle<true>(x);
  const Lane<K> z = a.r * a.r, tail = a.r * z * polynomial(z, Table<K>::tan);
  const Lane<K> near = a.r + tail, slope = fused(near, near, Lane<K>(1));
  const Lane<K> lost = fused(a.lost, slope, (a.r - near) + tail);
  const Lane<K> inverse = 1 / near,
                rest = fused(-lost, inverse, rest_of(Lane<K>(1), inverse, near));
  const Mask<K> even = {(a.n & 1) == 0};
  const Lane<K> y = where(even, near, inverse) + where(even, lost, inverse * rest);
  const auto sign = a.n << (sizeof(typename Format<K>::Number) * 8 - 1);
  const Lane<K> result = of_bits<K>(y.bits() ^ sign);
  return where(x == 0, x,
               replaced(result, x, a.odd, a.huge, tan_of_number<typename Format<K>::Stored>));
}
#else  // products that are rounded before they are added lose what an angle needs
template <class K>
TG_INLINE Lane<K> tan(Lane<K> x) {
  return replace(x, x, x == x || x != x, tan_of_number<typename Format<K>::Stored>);
}
#endif

// pi times a power of two in two parts.
template <class K>
TG_INLINE Lane<K> pi_times(double power) {
  return Table<K>::pi[0] * power;
}
template <class K>
TG_INLINE Lane<K> pi_rest_times(double power) {
  return Table<K>::pi[1] * power;
}
// turns pi + atan(t) for |t| <= tan(pi / 8)
template <class K>
TG_INLINE Lane<K> atan_from(Lane<K> turns, Lane<K> t) {
  const Lane<K> z = t * t, tail = t * z * polynomial(z, Table<K>::atan);
  const Lane<K> near = turns * Table<K>::pi[0], sum = near + t;
  return sum + (((near - sum) + t) + fused(turns, Lane<K>(Table<K>::pi[1]), tail));
}
template <class K>
TG_INLINE Lane<K> atan(Lane<K> x) {
  const Lane<K> size = abs(x);
  const Mask<K> small = size < 0.41421356, big = size > 2.4142135;
  const Lane<K> above = where(small, size, where(big, Lane<K>(-1), size - 1));
  const Lane<K> below = where(small, Lane<K>(1), where(big, size, size + 1));
  const Lane<K> turns = where(small, Lane<K>(0), where(big, Lane<K>(0.5), Lane<K>(0.25)));
  return with_sign(atan_from(turns, above / below), x);
}
template <class K>
TG_INLINE Lane<K> atan2(Lane<K> y, Lane<K> x) {
  const Lane<K> up = abs(y), along = abs(x);
  const Mask<K> steep = up > along, back = {x.bits() < 0};
  const Lane<K> less = where(steep, along, up), more = where(steep, up, along);
  const Mask<K> small = less < more * 0.41421356;
  const Lane<K> factor = where(more > 1, Lane<K>(0.25), Lane<K>(1));  // no overflow of the sum
  const Lane<K> difference = (less - more) * factor, sum = less * factor + more * factor;
  Lane<K> turned = where(small, less, difference) / where(small, more, sum);
  turned = where(more == 0 || less == __builtin_inf(), Lane<K>(0), turned);
  // The angle from the nearest axis or diagonal, then mirrored at the diagonal and at the axis.
  Lane<K> turns = where(small || more == 0, Lane<K>(0), Lane<K>(0.25)), sign = 1;
  turns = where(steep, 0.5 - turns, turns);
  turns = where(back, 1 - turns, turns);
  sign = where(steep, -sign, sign);
  sign = where(back, -sign, sign);
  const Lane<K> angle = atan_from(turns, sign * turned);
  return where(x != x, x, where(y != y, y, with_sign(abs(angle), y)));
}
// asin(t) - t for t in [0, 1/2], z = t^2
template <class K>
TG_INLINE Lane<K> asin_tail(Lane<K> t, Lane<K> z) {
  return t * z * polynomial(z, Table<K>::asin);
}
template <class K>
TG_INLINE Lane<K> asin(Lane<K> x) {
  const Lane<K> size = abs(x);
  const Mask<K> big = size > 0.5;
  const Lane<K> z = where(big, 0.5 - 0.5 * size, x * x), t = where(big, sqrt(z), size);
  const Lane<K> tail = asin_tail(t, z);
  const Lane<K> half_pi = pi_times<K>(0.5), near = half_pi - 2 * t, lost = (half_pi - near) - 2 * t;
  const Lane<K> far = near - (2 * tail - (pi_rest_times<K>(0.5) + lost));
  const Lane<K> y = where(big, far, t + tail);
  return where(y != y, y, with_sign(y, x));
}
template <class K>
TG_INLINE Lane<K> acos(Lane<K> x) {
  const Lane<K> size = abs(x);
  const Mask<K> big = size > 0.5;
  const Lane<K> z = where(big, 0.5 - 0.5 * size, x * x), t = where(big, sqrt(z), x);
  const Lane<K> tail = asin_tail(t, z);
  const Lane<K> middle = pi_times<K>(0.5) - (t + (tail - pi_rest_times<K>(0.5)));
  const Lane<K> twice = 2 * (t + tail);
  const Lane<K> left = pi_times<K>(1) - (twice - pi_rest_times<K>(1));
  return where(big, where(x < 0, left, twice), middle);
}

// --- gradients: g times the derivative at x
template <class K>
TG_INLINE Lane<K> sin_grad(Lane<K> g, Lane<K> x) {
  return g * cos(x);
}
template <class K>
TG_INLINE Lane<K> cos_grad(Lane<K> g, Lane<K> x) {
  return -(g * sin(x));
}
template <class K>
TG_INLINE Lane<K> sinh_grad(Lane<K> g, Lane<K> x) {
  return g * cosh(x);
}
template <class K>
TG_INLINE Lane<K> cosh_grad(Lane<K> g, Lane<K> x) {
  return g * sinh(x);
}
template <class K>
TG_INLINE Lane<K> erf_grad(Lane<K> g, Lane<K> x) {
  return g * (exp(-(x * x)) * 1.12837916709551257390);
}
template <class K>
TG_INLINE Lane<K> erfc_grad(Lane<K> g, Lane<K> x) {
  return -erf_grad(g, x);
}
template <class K>
TG_INLINE Lane<K> asin_grad(Lane<K> g, Lane<K> x) {
  return g * rsqrt(1 - x * x);
}
template <class K>
TG_INLINE Lane<K> acos_grad(Lane<K> g, Lane<K> x) {
  return -(g * rsqrt(1 - x * x));
}
template <class K>
TG_INLINE Lane<K> asinh_grad(Lane<K> g, Lane<K> x) {
  return g * rsqrt(x * x + 1);
}
template <class K>
TG_INLINE Lane<K> acosh_grad(Lane<K> g, Lane<K> x) {
  return g * rsqrt(x * x - 1);
}

}  // namespace tg::TG_ISA
