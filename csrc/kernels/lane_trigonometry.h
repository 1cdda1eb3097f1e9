// Trigonometric functions of lanes, as lane_math.h has the others, and the gradients of functions
// that call one.
#pragma once

#include "kernels/lane_math.h"

namespace tg::TG_ISA {

// The numbers that `mask` selects go through `function` one by one.
template <class K>
[[gnu::noinline]] static Lane<K> replace(
    Lane<K> y, Lane<K> x, Mask<K> mask,
    typename Format<K>::Stored (*function)(typename Format<K>::Stored)) {
  for (int i = 0; i < Format<K>::kCount; ++i)
    if (mask.bits[i]) y.v[i] = function(static_cast<typename Format<K>::Stored>(x.v[i]));
  return y;
}

// x = n pi / 2 + r + lost with |r| <= pi / 4, for |x| <= limit. pi / 2 is taken off in parts;
// single precision has no parts that are short enough where products are rounded before they are
// added: there Wide serves.
template <class K>
struct Angle {
  Lane<K> r, lost;
  typename Format<K>::Bits n;
};
template <class K>
constexpr double kAngleLimit = 1e7;
template <>
inline constexpr double kAngleLimit<float> = 1e5;

// Of the parts of pi / 2, those that leave an exact difference: see make_coefficients.py.
template <class K>
constexpr int kExactParts = sizeof(typename Format<K>::Number) == 4 ? 1 : 2;
// From this |r| on, what the next part takes off is no larger than r.
template <class K>
constexpr double kPlainAngle = sizeof(typename Format<K>::Number) == 4 ? 0x1p-8 : 0x1p-30;

// What `next`, which is a - n b rounded, lost.
template <class K>
TG_INLINE Lane<K> difference_lost(Lane<K> a, Lane<K> n, Lane<K> b, Lane<K> next) {
  const Lane<K> product = n * b, rest = product_lost(n, b, product);
  const Lane<K> sum = a - product, change = sum - a;
  return (((a - (sum - change)) - (product + change)) - rest) + (sum - next);
}
// The same for all parts that are not exact, wherever r is.
template <class K>
[[gnu::noinline]] static Lane<K> angle_lost(Lane<K> n, Lane<K> first, Lane<K> second, Lane<K> r) {
  constexpr auto& parts = Table<K>::half_pi;
  const Lane<K> lost = difference_lost(second, n, Lane<K>(parts[2]), r);
  if constexpr (kExactParts<K> == 1)
    return lost + difference_lost(first, n, Lane<K>(parts[1]), second);
  else
    return fused(n, Lane<K>(-parts[3]), lost);  // beside a multiple of pi / 2 it counts
}
template <bool keeps_lost, class K>
TG_INLINE Angle<K> angle(Lane<K> x) {
  constexpr auto& parts = Table<K>::half_pi;
  const Whole<K> n = whole(x, Lane<K>(0.63661977236758134308));
  const Lane<K> first = fused(n.value, Lane<K>(-parts[0]), x);
  const Lane<K> second = fused(n.value, Lane<K>(-parts[1]), first);
  const Lane<K> r = fused(n.value, Lane<K>(-parts[2]), second);
  Lane<K> lost = 0;
  if constexpr (keeps_lost) {
#if defined(__FMA__)
    lost = fused(n.value, Lane<K>(-parts[2]), second - r);
    if (kExactParts<K> == 1) lost = lost + fused(n.value, Lane<K>(-parts[1]), first - second);
    const Mask<K> odd = abs(r) < kPlainAngle<K> && abs(x) > 0.5;
#else
    const Mask<K> odd = {x.bits() | -1};
#endif
    if (any(odd)) [[unlikely]] {
      const Lane<K> all = angle_lost(n.value, first, second, r);
      lost = where(odd, all, lost);
    }
  }
  return {r, lost, n.bits};
}
template <class K>
TG_INLINE Twofold<K> sin_of(Lane<K> r, Lane<K> z, Lane<K> lost) {
  return sum_of(r, fused(r * z, polynomial(z, Table<K>::sin), lost));
}
template <class K>
TG_INLINE Twofold<K> cos_of(Lane<K> z, Lane<K> lost) {
  const Lane<K> half = z * 0.5, w = 1 - half;
  return sum_of(w, ((1 - w) - half) + fused(z * z, polynomial(z, Table<K>::cos), lost));
}
// sin(x + turns pi / 2)
template <class K>
TG_INLINE Lane<K> sin_or_cos(Lane<K> x, int turns,
                             typename Format<K>::Stored (*function)(typename Format<K>::Stored)) {
  using F = Format<K>;
  const Angle<K> a = angle<false>(x);
  const auto n = a.n + turns;
  const Lane<K> z = a.r * a.r, s = sin_of(a.r, z, Lane<K>(0)).value,
                c = cos_of(z, Lane<K>(0)).value;
  const Lane<K> y = where(Mask<K>{(n & 1) == 0}, s, c);
  Lane<K> result = of_bits<K>(y.bits() ^ ((n >> 1) << (sizeof(typename F::Number) * 8 - 1)));
  const Mask<K> huge = !(abs(x) <= kAngleLimit<K>);
  if (any(huge)) [[unlikely]]
    result = replace(result, x, huge, function);
  return result;
}
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
// Of an odd number of quarter turns -1 / tan(r).
template <class K>
TG_INLINE Lane<K> tan(Lane<K> x) {
  const Angle<K> a = angle<true>(x);
  const Lane<K> z = a.r * a.r, tail = a.r * z * polynomial(z, Table<K>::tan);
  const Lane<K> near = a.r + tail, slope = fused(near, near, Lane<K>(1));
  const Lane<K> lost = fused(a.lost, slope, (a.r - near) + tail);
  const Lane<K> inverse = 1 / near,
                rest = fused(-lost, inverse, rest_of(Lane<K>(1), inverse, near));
  const Mask<K> even = {(a.n & 1) == 0}, huge = !(abs(x) <= kAngleLimit<K>);
  const Lane<K> y = where(even, near, inverse) + where(even, lost, inverse * rest);
  const auto sign = a.n << (sizeof(typename Format<K>::Number) * 8 - 1);
  Lane<K> result = of_bits<K>(y.bits() ^ sign);
  if (any(huge)) [[unlikely]]
    result = replace(result, x, huge, tan_of_number<typename Format<K>::Stored>);
  return where(x == 0, x, result);
}

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
