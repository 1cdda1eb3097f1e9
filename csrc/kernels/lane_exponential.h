// Exponentials of lanes (lane.h) and what is made of them, and the parts that functions of lanes
// share: see lane_math.h.
#pragma once

#include "kernels/lane.h"

namespace tg::TG_ISA {

template <class K>
using Table = Coefficients<K>;

template <class K>
TG_INLINE typename Format<K>::Bits all(int64_t bits) {
  return static_cast<typename Format<K>::Int>(bits) + typename Format<K>::Bits{};
}

// The nearest whole number to x, of at most 2^21 (float) or 2^50 (double) in size, and that number
// in the low bits of a register.
template <class K>
struct Whole {
  Lane<K> value;
  typename Format<K>::Bits bits;
};
template <class K>
constexpr double kRounder = sizeof(typename Format<K>::Number) == 4 ? 0x1.8p23 : 0x1.8p52;
// Of x * factor.
template <class K>
TG_INLINE Whole<K> whole(Lane<K> x, Lane<K> factor) {
  const Lane<K> shifted = fused(x, factor, Lane<K>(kRounder<K>));
  return {shifted - Lane<K>(kRounder<K>), shifted.bits()};
}

// a * b - product, where product is a * b rounded.
template <class K>
TG_INLINE Lane<K> product_lost(Lane<K> a, Lane<K> b, Lane<K> product) {
#if defined(__FMA__)
  return fused(a, b, -product);
#else
  const auto lower = all<K>((int64_t(1) << (Format<K>::kMantissa / 2 + 1)) - 1);
  const Lane<K> a_high = of_bits<K>(a.bits() & ~lower), a_low = a - a_high;
  const Lane<K> b_high = of_bits<K>(b.bits() & ~lower), b_low = b - b_high;
  return ((a_high * b_high - product) + (a_high * b_low + a_low * b_high)) + a_low * b_low;
#endif
}

// c - a * b where both are nearly the same.
template <class K>
TG_INLINE Lane<K> rest_of(Lane<K> c, Lane<K> a, Lane<K> b) {
#if defined(__FMA__)
  return fused(-a, b, c);
#else
  const Lane<K> product = a * b;
  return (c - product) - product_lost(a, b, product);
#endif
}

// A number and the digits that it lacks.
template <class K>
struct Twofold {
  Lane<K> value, lost;
};
// a + b where a is the larger.
template <class K>
TG_INLINE Twofold<K> sum_of(Lane<K> a, Lane<K> b) {
  const Lane<K> sum = a + b;
  return {sum, (a - sum) + b};
}
// a / b, given 1 / b.
template <class K>
TG_INLINE Twofold<K> quotient(Twofold<K> a, Twofold<K> b, Lane<K> inverse) {
  const Lane<K> q = a.value * inverse;
  return {q, (rest_of(a.value, q, b.value) + (a.lost - q * b.lost)) * inverse};
}

// 2^n for the whole number n in the low bits, if it is a normal number.
template <class K>
TG_INLINE Lane<K> power_of_two(typename Format<K>::Bits n) {
  return of_bits<K>((n + Format<K>::kBias) << Format<K>::kMantissa);
}
// x * 2^n for any n.
#if defined(__AVX512F__)
TG_INLINE Lane<float> scaled(Lane<float> x, Lane<float> n) {
  return _mm512_maskz_scalef_ps(-1, x.v, n.v);
}
TG_INLINE Lane<double> scaled(Lane<double> x, Lane<double> n) {
  return _mm512_maskz_scalef_pd(-1, x.v, n.v);
}
TG_INLINE Lane<Wide> scaled(Lane<Wide> x, Lane<Wide> n) {
  return _mm512_maskz_scalef_pd(-1, x.v, n.v);
}
#else
template <class K>
TG_INLINE Lane<K> scaled(Lane<K> x, Lane<K> n) {
  const Whole<K> half = whole(n, Lane<K>(0.5)), rest = whole(n - half.value, Lane<K>(1));
  return x * power_of_two<K>(half.bits) * power_of_two<K>(rest.bits);
}
#endif

template <class K>
constexpr double kExpHigh = sizeof(typename Format<K>::Number) == 4 ? 90 : 711;
template <class K>
constexpr double kExpLow = sizeof(typename Format<K>::Number) == 4 ? -104 : -746;

// exp(x) = 2^n (head + rest), where head is the larger by far; scaled() rounds n down.
template <class K>
struct Exponential {
  Lane<K> head, rest, n;
};
template <class K>
TG_INLINE Lane<K> within_range_of_exp(Lane<K> x) {
  return maximum(minimum(x, Lane<K>(kExpHigh<K>)), Lane<K>(kExpLow<K>));
}
// With x = n log(2) + r and |r| <= log(2) / 2. Where 1 is taken off, `small` keeps the digits.
// 2^n (1 + r + tail)
template <class K>
struct Series {
  Lane<K> r, tail, n;
  typename Format<K>::Bits bits;  // of n
};
template <class K>
TG_INLINE Series<K> series_of_exp(Lane<K> x) {
  const Whole<K> n = whole(x, Lane<K>(1.4426950408889634));
  const Lane<K> minus = -Table<K>::log2[1], near = fused(n.value, Lane<K>(-Table<K>::log2[0]), x);
  const Lane<K> r = fused(n.value, minus, near), lost = fused(n.value, minus, near - r);
  return {r, fused(r * r, polynomial(r, Table<K>::exp), lost), n.value, n.bits};
}
template <class K>
TG_INLINE Exponential<K> exponential(Lane<K> x) {
  const Series<K> s = series_of_exp(x);
  const Twofold<K> one_and_r = sum_of(Lane<K>(1), s.r);
  return {one_and_r.value, one_and_r.lost + s.tail, s.n};
}
// The sizes of x up to which both 2^n and exp(x) are normal numbers.
template <class K>
constexpr double kExpNormal = sizeof(typename Format<K>::Number) == 4 ? 86 : 707;
// The shortest way, since this is the function that most others are made of. The rounder leaves the
// exponent of 2^n in the low bits. `far`: some numbers are beyond kExpNormal.
template <class K>
TG_INLINE Lane<K> exp_of(Lane<K> x, bool far) {
  const Lane<K> rounder = kRounder<K> + Format<K>::kBias;
  const Lane<K> shifted = fused(x, Lane<K>(1.4426950408889634), rounder), n = shifted - rounder;
  const Lane<K> near = fused(n, Lane<K>(-Table<K>::log2[0]), x);
  const Lane<K> r = fused(n, Lane<K>(-Table<K>::log2[1]), near);
  const Lane<K> slope = fused(r, polynomial(r, Table<K>::exp), Lane<K>(1));
  const Lane<K> mantissa = fused(r, slope, Lane<K>(1));
  if (far) [[unlikely]]
    return scaled(mantissa, n);
  return mantissa * of_bits<K>(shifted.bits() << Format<K>::kMantissa);
}
template <class K>
TG_INLINE Lane<K> exp(Lane<K> x) {
  const bool far = any(abs(x) > kExpNormal<K>);
  if (far) [[unlikely]]
    x = within_range_of_exp(x);
  return exp_of(x, far);
}
#if defined(__AVX512F__)
// One of 16 numbers, or of 32, by the low bits of each place.
TG_INLINE Lane<double> pick(Format<double>::Bits places, const double (&from)[16]) {
  return _mm512_permutex2var_pd(_mm512_load_pd(from), (__m512i)places, _mm512_load_pd(from + 8));
}
TG_INLINE Lane<float> pick(Format<float>::Bits places, const float (&from)[16]) {
  return _mm512_maskz_permutexvar_ps(-1, (__m512i)places, _mm512_load_ps(from));
}
TG_INLINE Lane<float> pick(Format<float>::Bits places, const float (&from)[32]) {
  return _mm512_permutex2var_ps(_mm512_load_ps(from), (__m512i)places, _mm512_load_ps(from + 16));
}
// Here n counts sixteenths, whose powers of two are in tables.
template <class K>
TG_INLINE Exponential<K> exponential_by_table(Lane<K> x) {
  const Lane<K> rounder = kRounder<K> / 16,
                shifted = fused(x, Lane<K>(1.4426950408889634), rounder);
  const Lane<K> n = shifted - rounder, near = fused(n, Lane<K>(-Table<K>::log2[0]), x);
  const Lane<K> r = fused(n, Lane<K>(-Table<K>::log2[1]), near), z = r * r;
  const Lane<K> head = pick(shifted.bits(), kPowers<K>[0]),
                lost = pick(shifted.bits(), kPowers<K>[1]);
  const Lane<K> odd = polynomial_of<K, 1, 2>(z, Table<K>::exp_near),
                even = polynomial_of<K, 0, 2>(z, Table<K>::exp_near);
  const Lane<K> below_one = fused(z, fused(odd, r, even), r);
  return {head, fused(head, below_one, lost), n};
}
TG_INLINE Exponential<float> exponential(Lane<float> x) { return exponential_by_table(x); }
TG_INLINE Exponential<double> exponential(Lane<double> x) { return exponential_by_table(x); }
// exp(x) * 2^shift
template <class K>
TG_INLINE Lane<K> scaled_exp(Lane<K> x, Lane<K> shift) {
  const Exponential<K> e = exponential(within_range_of_exp(x));
  return scaled(e.head + e.rest, e.n + shift);
}
TG_INLINE Lane<float> exp(Lane<float> x) {
  const Exponential<float> e = exponential(within_range_of_exp(x));
  return scaled(e.head + e.rest, e.n);
}
TG_INLINE Lane<double> exp(Lane<double> x) {
  const Exponential<double> e = exponential(within_range_of_exp(x));
  return scaled(e.head + e.rest, e.n);
}
#endif
template <class K>
TG_INLINE Lane<K> within_range_of_exp2(Lane<K> x) {
  return maximum(minimum(x, Lane<K>(Format<K>::kBias + 1)),
                 Lane<K>(-Format<K>::kBias - Format<K>::kMantissa - 2));
}
template <class K>
TG_INLINE Lane<K> exp2(Lane<K> x) {
  x = within_range_of_exp2(x);
  const Whole<K> n = whole(x, Lane<K>(1));
  const Lane<K> r = (x - n.value) * Lane<K>(0.69314718055994530942);
  return scaled(fused(r * r, polynomial(r, Table<K>::exp), r) + 1, n.value);
}
#if defined(__AVX512F__)
template <class K>
TG_INLINE Lane<K> exp2_by_table(Lane<K> x) {
  x = within_range_of_exp2(x);
  const Lane<K> rounder = kRounder<K> / 16, shifted = x + rounder, n = shifted - rounder, r = x - n;
  const Lane<K> head = pick(shifted.bits(), kPowers<K>[0]),
                lost = pick(shifted.bits(), kPowers<K>[1]);
  return scaled(head + fused(head * r, polynomial(r, Table<K>::exp2_near), lost), n);
}
TG_INLINE Lane<float> exp2(Lane<float> x) { return exp2_by_table(x); }
TG_INLINE Lane<double> exp2(Lane<double> x) { return exp2_by_table(x); }
#endif
template <class K>
TG_INLINE Lane<K> expm1(Lane<K> x) {
  const Lane<K> limit = kExpHigh<K> - 2;  // 2^n would overflow earlier than exp(x) does
  const Series<K> s = series_of_exp(maximum(x, Lane<K>(-50)));
  const Lane<K> scale = power_of_two<K>(s.bits), base = scale - 1;
  const Lane<K> near = fused(scale, s.r, base), lost = fused(scale, s.r, base - near);
  Lane<K> y = near + fused(scale, s.tail, lost);
  if (any(x > limit)) [[unlikely]]
    y = where(x > limit, exp(x), y);
  return with_sign(abs(y), x);
}
// exp(x) as 2^n times its mantissa, whose lost digits are a share of it.
template <class K>
TG_INLINE Twofold<K> mantissa_of_exp(Lane<K> x, Lane<K>& n) {
#if defined(__AVX512F__)
  const Exponential<K> e = exponential(x);
  n = e.n;
  const Twofold<K> m = sum_of(e.head, e.rest);
  return {m.value, m.lost * fused(m.value, Lane<K>(-0.5), Lane<K>(1.457))};  // over m, nearly
#else
  const Series<K> s = series_of_exp(x);
  n = s.n;
  return sum_of(Lane<K>(1), s.r + s.tail);
#endif
}
// Quotients near 1 of sums near 1 would be off by what three roundings make: the digits that sums
// lose are kept and come back as a correction.
template <class K>
TG_INLINE Lane<K> sigmoid(Lane<K> x) {
#if defined(__AVX512F__)
  Lane<K> n;
  const Twofold<K> mantissa = mantissa_of_exp(maximum(-abs(x), Lane<K>(kExpLow<K>)), n);
  const Lane<K> power = scaled(mantissa.value, n);
#else
  Lane<K> size = abs(x);
  const bool far = any(size > kExpNormal<K>);
  if (far) [[unlikely]]
    size = minimum(size, Lane<K>(-kExpLow<K>));
  const Series<K> s = series_of_exp(-size);
  const Twofold<K> mantissa = sum_of(Lane<K>(1), s.r + s.tail);
  Lane<K> power = mantissa.value * power_of_two<K>(s.bits);
  if (far) [[unlikely]]
    power = scaled(mantissa.value, s.n);
#endif
  const Twofold<K> sum = sum_of(Lane<K>(1), power);
  const Mask<K> negative = x < 0;
  const Lane<K> y = where(negative, power, Lane<K>(1)) / sum.value;
  return fused(y, where(negative, mantissa.lost, Lane<K>(0)) - sum.lost, y);
}
// t / (2 - t) with t = 1 - exp(-2 |x|); the parts, the larger first, add up to -t.
template <class K>
TG_INLINE Lane<K> tanh_of_parts(Lane<K> x, Lane<K> scale, Lane<K> most, Lane<K> mantissa,
                                Lane<K> tail) {
  const Lane<K> near = fused(scale, mantissa, most), t = fused(scale, tail, near);
  const Lane<K> t_lost = fused(scale, tail, near - t) + fused(scale, mantissa, most - near);
  const Lane<K> sum = t + 2, sum_lost = t - (sum - 2), size = abs(t), y = size / sum, above = 1 + y;
  const Lane<K> correction = fused(above, t_lost, fused(y, sum_lost, -rest_of(size, y, sum)));
  return with_sign(fused(above * correction, Lane<K>(-0.5), y), x);
}
template <class K>
TG_INLINE Lane<K> tanh(Lane<K> x) {
  const Series<K> s = series_of_exp(maximum(abs(x) * -2, Lane<K>(-50)));
  const Lane<K> scale = power_of_two<K>(s.bits);
  return tanh_of_parts(x, scale, scale - 1, s.r, s.tail);
}
#if defined(__AVX512F__)
TG_INLINE Lane<double> tanh(Lane<double> x) {
  const Exponential<double> e = exponential(maximum(abs(x) * -2, Lane<double>(-50)));
  return tanh_of_parts(x, scaled(Lane<double>(1), e.n), Lane<double>(-1), e.head, e.rest);
}
#endif
#if defined(__AVX512F__)
// The polynomial in the distance from the middle of a piece, from a table of coefficients.h, from
// the row after the lowest power's on.
template <class K, int rows, int count>
TG_INLINE Lane<K> piece_of(typename Format<K>::Bits piece, Lane<K> t,
                           const typename Format<K>::Number (&table)[rows][count]) {
  Lane<K> y = pick(piece, table[rows - 1]);
  for (int i = rows - 2; i > 1; --i) y = fused(y, t, pick(piece, table[i]));
  return y;
}
// The size of a with the sign of b.
template <class K>
TG_INLINE Lane<K> signed_as(Lane<K> a, Lane<K> b) {
  constexpr int kSecondOrThird = 0xca;
  return of_bits<K>((typename Format<K>::Bits)_mm512_ternarylogic_epi32(
      (__m512i)sign_bits<K>(), (__m512i)b.bits(), (__m512i)a.bits(), kSecondOrThird));
}
// An odd function from its pieces; the first ends at `first`.
template <class K, int rows, int count>
TG_INLINE Lane<K> odd_by_pieces(Lane<K> x, Lane<K> size, typename Format<K>::Bits piece,
                                const typename Format<K>::Number (&table)[rows][count],
                                double first) {
  const Lane<K> t = size - pick(piece, table[0]);
  const Lane<K> lowest = where(size < first, size, pick(piece, table[1]));
  return signed_as(fused(piece_of(piece, t, table), t, lowest), x);
}
// With four pieces in an octave; it is 1 from `highest` on.
template <int rows>
TG_INLINE Lane<float> by_pieces(Lane<float> x, const float (&table)[rows][32], float highest) {
  const Lane<float> size = minimum(abs(x), Lane<float>(highest));
  // The exponent and two digits more, from those of 1/8 on.
  const auto place = (Format<float>::Bits)_mm512_subs_epu16(
      (__m512i)(size.bits() >> 21), _mm512_set1_epi32((0x3e000000 >> 21) - 1));
  return odd_by_pieces(x, size, place, table, 0.125);
}
TG_INLINE Lane<float> tanh(Lane<float> x) { return by_pieces(x, kTanhPieces, 10); }
// That of -|x|, or 1 less that.
TG_INLINE Lane<float> sigmoid(Lane<float> x) {
  const Lane<float> size = abs(x), most = 17.49999f, within = minimum(size, most);
  const auto piece = __builtin_convertvector((within * (32 / 17.5)).v, Format<float>::Bits);
  const Lane<float> t = within - pick(piece, kSigmoidPieces[0]);
  const Lane<float> y =
      fused(piece_of(piece, t, kSigmoidPieces), t, pick(piece, kSigmoidPieces[1]));
  const Lane<float> result = where(x < 0, y, 1 - y);
  const Mask<float> tiny = x < -most;
  if (any(tiny)) [[unlikely]] {
    const Lane<float> power = exp(x);
    return where(tiny, fused(-power, power, power), result);
  }
  return result;
}
#endif
// sinh(x) and cosh(x) of x >= 0.
#if defined(__AVX512F__)
// With x = n log(2) + r, a half of 2^n and of 2^-n from the table, of the functions of r the rest.
template <bool sine, class K>
TG_INLINE Lane<K> hyperbolic(Lane<K> x) {
  const Lane<K> rounder = kRounder<K> / 16,
                shifted = fused(x, Lane<K>(1.4426950408889634), rounder);
  const Lane<K> n = shifted - rounder, near = fused(n, Lane<K>(-Table<K>::log2[0]), x);
  const Lane<K> r = fused(n, Lane<K>(-Table<K>::log2[1]), near), z = r * r;
  const auto place = shifted.bits(), opposite = -place;
  const Lane<K> up = scaled(pick(place, kPowers<K>[0]), n - 1);
  const Lane<K> down = scaled(pick(opposite, kPowers<K>[0]), -1 - n);
  const Lane<K> up_lost = up * pick(place, kPowers<K>[2]), share = pick(opposite, kPowers<K>[2]);
  const Lane<K> sum = up + down, difference = up - down;
  const Lane<K> most = sine ? difference : sum, odd = sine ? sum : difference;
  const Lane<K> lost = sine ? (up - most) - down : (up - most) + down;
  const Lane<K> rest = fused(sine ? -down : down, share, up_lost + lost);
  const Lane<K> sinh = fused(r * z, polynomial(z, Table<K>::sinh_near), r);
  const Lane<K> cosh_less_one = z * polynomial(z, Table<K>::cosh_near);
  const Lane<K> y = most + fused(odd, sinh, fused(most, cosh_less_one, rest));
  const Mask<K> large = x > kExpHigh<K> - 2;  // the table's part alone may overflow
  if (any(large)) [[unlikely]]
    return where(large, scaled_exp(x, Lane<K>(-1)), y);
  return y;
}
#else
template <bool sine, class K>
TG_INLINE Lane<K> hyperbolic(Lane<K> x) {
  Lane<K> n;
  const Twofold<K> mantissa = mantissa_of_exp(minimum(x, Lane<K>(kExpHigh<K>)), n);
  const Lane<K> half = scaled(mantissa.value, n - 1), other = 0.25 / half;
  if constexpr (!sine) return half + other;
  const Lane<K> z = x * x, small = fused(x * z, polynomial(z, Table<K>::sinh), x);
  return where(x < 1, small, half - other);
}
#endif
template <class K>
TG_INLINE Lane<K> sinh(Lane<K> x) {
  return with_sign(hyperbolic<true>(abs(x)), x);
}
template <class K>
TG_INLINE Lane<K> cosh(Lane<K> x) {
  return hyperbolic<false>(abs(x));
}

}  // namespace tg::TG_ISA
