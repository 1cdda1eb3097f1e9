// Elementary functions of lanes (lane.h), one source for single and double precision: within 2 ULP,
// right for denormals, infinities, NaN and signed zeros. Polynomials come from coefficients.h; the
// reductions are those of fdlibm where not said otherwise, and do not need a fused multiply-add.
// Where few numbers need more work (huge angles, logarithms of denormals) a register that holds one
// takes a detour; its other numbers come out as they would without.
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

// --- rounding
// A result has the sign of x, zero too. Halves go to the even neighbour.
template <class K>
TG_INLINE Lane<K> nearest(Lane<K> size) {
  const Lane<K> kWholes = sizeof(typename Format<K>::Number) == 4 ? 0x1p23 : 0x1p52;
  return where(size < kWholes, (size + kWholes) - kWholes, size);
}
template <class K>
TG_INLINE Lane<K> round(Lane<K> x) {
  return with_sign(nearest(abs(x)), x);
}
template <class K>
TG_INLINE Lane<K> floor(Lane<K> x) {
  const Lane<K> y = round(x);
  return with_sign(abs(where(y > x, y - 1, y)), x);
}
template <class K>
TG_INLINE Lane<K> ceil(Lane<K> x) {
  const Lane<K> y = round(x);
  return with_sign(abs(where(y < x, y + 1, y)), x);
}
template <class K>
TG_INLINE Lane<K> trunc(Lane<K> x) {
  const Lane<K> size = abs(x), y = nearest(size);
  return with_sign(where(y > size, y - 1, y), x);
}
template <class K>
TG_INLINE Lane<K> reciprocal(Lane<K> x) {
  return 1 / x;
}
template <class K>
TG_INLINE Lane<K> rsqrt(Lane<K> x) {
  return 1 / sqrt(x);
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

// --- exponentials
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

// x = n log(2) + r with |r| <= log(2) / 2, and exp(r) - 1 as r + tail.
template <class K>
struct Exponential {
  Lane<K> r, tail, n;
  typename Format<K>::Bits bits;
};
template <class K>
TG_INLINE Exponential<K> exponential(Lane<K> x) {
  const Whole<K> n = whole(x, Lane<K>(1.4426950408889634));
  const Lane<K> rest = -Table<K>::log2[1], near = fused(n.value, Lane<K>(-Table<K>::log2[0]), x);
  const Lane<K> r = fused(n.value, rest, near), lost = fused(n.value, rest, near - r);
  return {r, fused(r * r, polynomial(r, Table<K>::exp), lost), n.value, n.bits};
}
template <class K>
TG_INLINE Lane<K> within_range_of_exp(Lane<K> x) {
  return maximum(minimum(x, Lane<K>(kExpHigh<K>)), Lane<K>(kExpLow<K>));
}
// exp(x) * 2^shift
template <class K>
TG_INLINE Lane<K> scaled_exp(Lane<K> x, Lane<K> shift) {
  const Exponential<K> e = exponential(within_range_of_exp(x));
  return scaled(1 + (e.r + e.tail), e.n + shift);
}
// The shortest way, since this is the function that most others are made of.
template <class K>
TG_INLINE Lane<K> exp(Lane<K> x) {
  x = within_range_of_exp(x);
  const Whole<K> n = whole(x, Lane<K>(1.4426950408889634));
  const Lane<K> near = fused(n.value, Lane<K>(-Table<K>::log2[0]), x);
  const Lane<K> r = fused(n.value, Lane<K>(-Table<K>::log2[1]), near);
  const Lane<K> slope = fused(r, polynomial(r, Table<K>::exp), Lane<K>(1));
  return scaled(fused(r, slope, Lane<K>(1)), n.value);
}
#if defined(__AVX512F__)
// One of 16 numbers by the low bits of each place.
TG_INLINE Lane<double> pick(__m512i places, const double (&from)[16]) {
  return _mm512_permutex2var_pd(_mm512_load_pd(from), places, _mm512_load_pd(from + 8));
}
// In sixteenths of a power of two, from a table; scaling rounds the exponent down.
TG_INLINE Lane<double> exp(Lane<double> x) {
  using L = Lane<double>;
  x = within_range_of_exp(x);
  const L rounder = kRounder<double> / 16, shifted = fused(x, L(1.4426950408889634), rounder);
  const L n = shifted - rounder, near = fused(n, L(-Table<double>::log2[0]), x);
  const L r = fused(n, L(-Table<double>::log2[1]), near);
  const auto piece = (__m512i)shifted.bits();
  const L power = pick(piece, kPowers[0]), lost = pick(piece, kPowers[1]);
  const L below_one = fused(r * r, polynomial(r, Table<double>::exp_near), r);
  return scaled(power + fused(power, below_one, lost), n);
}
#endif
template <class K>
TG_INLINE Lane<K> exp2(Lane<K> x) {
  x = maximum(minimum(x, Lane<K>(Format<K>::kBias + 1)),
              Lane<K>(-Format<K>::kBias - Format<K>::kMantissa - 2));
  const Whole<K> n = whole(x, Lane<K>(1));
  const Lane<K> r = (x - n.value) * Lane<K>(0.69314718055994530942);
  return scaled(fused(r * r, polynomial(r, Table<K>::exp), r) + 1, n.value);
}
template <class K>
TG_INLINE Lane<K> expm1(Lane<K> x) {
  const Exponential<K> e = exponential(maximum(minimum(x, Lane<K>(kExpHigh<K> - 1)), Lane<K>(-50)));
  // 2^n may overflow where exp(x) does not.
  const Lane<K> half = power_of_two<K>(e.bits - 1);
  const Lane<K> y = fused(half, e.tail, fused(half, e.r, half - 0.5));
  return with_sign(abs(where(e.n == 0, e.r + e.tail, y + y)), x);
}
// Quotients near 1 of sums near 1 would be off by what three roundings make: the digits that sums
// lose are kept and come back as a correction.
template <class K>
TG_INLINE Lane<K> sigmoid(Lane<K> x) {
  const Exponential<K> e = exponential(maximum(-abs(x), Lane<K>(kExpLow<K>)));
  const Lane<K> below_one = e.r + e.tail, mantissa = 1 + below_one;
  const Lane<K> mantissa_lost = (1 - mantissa) + below_one;
  const Lane<K> power = scaled(mantissa, e.n), sum = 1 + power, sum_lost = power - (sum - 1);
  const Mask<K> negative = x < 0;
  const Lane<K> y = where(negative, power, Lane<K>(1)) / sum;
  return fused(y, where(negative, mantissa_lost, Lane<K>(0)) - sum_lost, y);
}
// t / (2 - t) with t = 1 - exp(-2 |x|)
template <class K>
TG_INLINE Lane<K> tanh(Lane<K> x) {
  const Exponential<K> e = exponential(maximum(abs(x) * -2, Lane<K>(-50)));
  const Lane<K> scale = power_of_two<K>(e.bits), near = fused(scale, e.r, scale - 1);
  const Lane<K> t = fused(scale, e.tail, near);
  const Lane<K> t_lost = fused(scale, e.tail, near - t) + fused(scale, e.r, (scale - 1) - near);
  const Lane<K> sum = t + 2, sum_lost = t - (sum - 2), y = abs(t) / sum, above = 1 + y;
  const Lane<K> correction = fused(above, t_lost, y * sum_lost);
  return with_sign(fused(above * correction, Lane<K>(-0.5), y), x);
}
#if defined(__AVX512F__)
// An odd function from its pieces in coefficients.h; it is 1 from `highest` on.
template <int rows>
TG_INLINE Lane<float> by_pieces(Lane<float> x, const float (&table)[rows][32], float highest) {
  const Lane<float> size = minimum(abs(x), Lane<float>(highest));
  // The exponent and two digits more, from those of 1/8 on.
  const auto place = (size.bits() >> 21) - ((0x3e000000 >> 21) - 1);
  const auto piece = (__m512i)(place > 0 ? place : 0);
  const auto row = [&](int i) __attribute__((always_inline)) -> Lane<float> {
    return _mm512_permutex2var_ps(_mm512_load_ps(table[i]), piece, _mm512_load_ps(table[i] + 16));
  };
  const Lane<float> t = size - row(0);
  Lane<float> y = row(rows - 1);
  for (int i = rows - 2; i > 1; --i) y = fused(y, t, row(i));
  y = fused(y, t, where(size < 0.125, size, row(1)));
  return with_sign(abs(y), x);
}
TG_INLINE Lane<float> tanh(Lane<float> x) { return by_pieces(x, kTanhPieces, 10); }
#endif
template <class K>
TG_INLINE Lane<K> sinh(Lane<K> x) {
  const Lane<K> size = abs(x), z = x * x, half = scaled_exp(size, Lane<K>(-1));
  const Lane<K> small = fused(size * z, polynomial(z, Table<K>::sinh), size);
  return with_sign(where(size < 1, small, half - 0.25 / half), x);
}
template <class K>
TG_INLINE Lane<K> cosh(Lane<K> x) {
  const Lane<K> half = scaled_exp(abs(x), Lane<K>(-1));
  return half + 0.25 / half;
}

// --- logarithms
// x = 2^n (1 + f) with f in [-1/4, 1/2): log(1 + f) = f - (square - rest), where square is f^2 / 2.
template <class K>
struct Logarithm {
  Lane<K> f, square, rest, n;
};
template <class K>
TG_INLINE Logarithm<K> logarithm_of(Lane<K> f, Lane<K> n) {
  const Lane<K> square = f * f * 0.5;
  if constexpr (sizeof(typename Format<K>::Number) == 4) {
    return {f, square, f * (f * f) * polynomial(f, Table<K>::log), n};
  } else {
    const Lane<K> s = f / (f + 2), z = s * s;
    return {f, square, s * fused(z, polynomial(z, Table<K>::log), square), n};
  }
}
// Of a positive number: logarithm(x). Of any, with what a logarithm is elsewhere: log_of(x, finish)
// calls finish(Logarithm).
#if defined(__AVX512F__)
// The instructions know denormals and infinities; n is -infinity for 0, f is NaN for negative x.
TG_INLINE __m512 exponent_of(__m512 x) { return _mm512_maskz_getexp_ps(-1, x); }
TG_INLINE __m512d exponent_of(__m512d x) { return _mm512_maskz_getexp_pd(-1, x); }
constexpr auto kNanIfNegative = static_cast<_MM_MANTISSA_SIGN_ENUM>(3);  // but -0 is 0
TG_INLINE __m512 mantissa_of(__m512 x) {
  return _mm512_maskz_getmant_ps(-1, x, _MM_MANT_NORM_p75_1p5, kNanIfNegative);
}
TG_INLINE __m512d mantissa_of(__m512d x) {
  return _mm512_maskz_getmant_pd(-1, x, _MM_MANT_NORM_p75_1p5, kNanIfNegative);
}
template <class K>
TG_INLINE Logarithm<K> logarithm(Lane<K> x) {
  const Lane<K> mantissa = mantissa_of(x.v);
  const Lane<K> n = Lane<K>(exponent_of(x.v)) - Lane<K>(exponent_of(mantissa.v));
  return logarithm_of(mantissa - 1, n);
}
template <class K, class Finish>
TG_INLINE Lane<K> log_of(Lane<K> x, const Finish& finish) {
  return finish(logarithm(x));
}
#else
template <class K>
TG_INLINE Logarithm<K> logarithm(Lane<K> x) {
  using F = Format<K>;
  constexpr bool single = sizeof(typename F::Number) == 4;
  Lane<K> bias = F::kBias;
  const Mask<K> denormal = x < F::kSmallest;
  if (any(denormal)) [[unlikely]] {
    x = where(denormal, x * (single ? 0x1p24 : 0x1p53), x);
    bias = where(denormal, bias + (F::kMantissa + 1), bias);
  }
  const auto least = Lane<K>(0.75).bits(), raised = x.bits() + (Lane<K>(1).bits() - least);
  const auto exponent = (typename F::Bits)((typename F::Unsigned)raised >> F::kMantissa);
  const Lane<K> two = single ? 0x1p23 : 0x1p52;
  const Lane<K> n = of_bits<K>(exponent | two.bits()) - (two + bias);
  const auto fraction = raised & all<K>((int64_t(1) << F::kMantissa) - 1);
  return logarithm_of(of_bits<K>(fraction + least) - 1, n);
}
template <class K, class Finish>
TG_INLINE Lane<K> log_of(Lane<K> x, const Finish& finish) {
  Lane<K> y = finish(logarithm(x));
  const Lane<K> infinity = __builtin_inf();
  if (any(!(x > 0 && x < infinity))) [[unlikely]] {
    y = where(x == infinity || x != x, x, y);
    y = where(x == 0, -infinity, where(x < 0, Lane<K>(__builtin_nan("")), y));
  }
  return y;
}
#endif
template <class K>
TG_INLINE Lane<K> natural(const Logarithm<K>& l, Lane<K> correction) {
  const Lane<K> rest = l.rest + fused(l.n, Lane<K>(Table<K>::log2[1]), correction);
  return fused(l.n, Lane<K>(Table<K>::log2[0]), l.f - (l.square - rest));
}
template <class K>
TG_INLINE Lane<K> log(Lane<K> x) {
  return log_of(x, [](const Logarithm<K>& l)
                       __attribute__((always_inline)) { return natural(l, Lane<K>(0)); });
}
// log(1 + f) / log(base); factor is 1 / log(base).
template <class K>
TG_INLINE Twofold<K> in_base(const Logarithm<K>& l, const typename Format<K>::Number (&factor)[2]) {
  const Lane<K> log = l.f - (l.square - l.rest), value = log * factor[0];
  return {value, fused(log, Lane<K>(factor[1]), product_lost(log, Lane<K>(factor[0]), value))};
}
template <class K>
TG_INLINE Lane<K> log2(Lane<K> x) {
  return log_of(x, [](const Logarithm<K>& l) __attribute__((always_inline)) {
    const Twofold<K> y = in_base(l, Table<K>::log2_e);
    return (l.n + y.value) + y.lost;
  });
}
template <class K>
TG_INLINE Lane<K> log10(Lane<K> x) {
  return log_of(x, [](const Logarithm<K>& l) __attribute__((always_inline)) {
    const Twofold<K> y = in_base(l, Table<K>::log10_e);
    const Lane<K> whole = l.n * Table<K>::log10_2[0];
    return (whole + y.value) + fused(l.n, Lane<K>(Table<K>::log10_2[1]), y.lost);
  });
}
// 1 + x loses digits of x; they come back divided by it.
template <class K>
TG_INLINE Lane<K> log1p(Lane<K> x) {
  using F = Format<K>;
  const Lane<K> sum = 1 + x;
  const Mask<K> odd = !(x > -1 && x <= F::kLargest);
  Logarithm<K> l = logarithm(sum);
  const Mask<K> near = x > -0.25 && x < 0.5;
  const Lane<K> lost = where(x < 1, x - (sum - 1), 1 - (sum - x)) / sum;
  const Logarithm<K> exact = logarithm_of(where(near, x, l.f), where(near, Lane<K>(0), l.n));
  Lane<K> y = natural(exact, where(near, Lane<K>(0), lost));
  y = of_bits<K>((y.bits() & ~sign_bits<K>()) | (x.bits() & sign_bits<K>()));
  if (any(odd)) [[unlikely]] {
    const Lane<K> infinity = __builtin_inf();
    y = where(x == infinity || x != x, x, y);
    y = where(x == -1, -infinity, where(x < -1, Lane<K>(__builtin_nan("")), y));
  }
  return y;
}

// --- inverse hyperbolic functions, in double precision for single
// log(1 + x) of a number with the digits that it lacks.
TG_INLINE Lane<double> log1p(Twofold<double> x) {
  return log1p(x.value) + where(x.lost == x.lost, x.lost / (1 + x.value), Lane<double>(0));
}
TG_INLINE Lane<Wide> asinh(Lane<Wide> x) {
  const Lane<Wide> size = abs(x), z = x * x;
  const Lane<Wide> small = fused(size * z, Lane<Wide>(-1.0 / 6), size);
  return with_sign(where(size < 1e-4, small, log(size + sqrt(z + 1))), x);
}
TG_INLINE Lane<Wide> acosh(Lane<Wide> x) {
  return where(x < 1, Lane<Wide>(__builtin_nan("")), log(x + sqrt((x - 1) * (x + 1))));
}
// log(1 + t + sqrt(t (t + 2))) with t = x - 1; that of 2 x where squares may not fit.
TG_INLINE Lane<double> acosh(Lane<double> x) {
  using L = Lane<double>;
  const Mask<double> big = x > 0x1p60;
  const L t = where(big, L(1), x - 1), sum = t + 2, sum_lost = t - (sum - 2);
  const L square = t * sum, square_lost = product_lost(t, sum, square) + t * sum_lost;
  const L root = sqrt(square);
  const L root_lost = (square_lost + rest_of(square, root, root)) * (0.5 / root);
  const L value = root + t, lost = ((root - value) + t) + root_lost;
  const L y = log1p(Twofold<double>{where(big, x, value), where(big, L(0), lost)});
  return where(x < 1, L(__builtin_nan("")), where(big, y + 0.69314718055994530942, y));
}
// log(1 + 2 x / (1 - x)) / 2
TG_INLINE Lane<double> atanh(Lane<double> x) {
  using L = Lane<double>;
  const L size = abs(x), twice = size + size, below = 1 - size, below_lost = (1 - below) - size;
  const L value = twice / below, rest = rest_of(twice, value, below) - value * below_lost;
  const L y = 0.5 * log1p(Twofold<double>{value, rest / below});
  return where(y != y, y, with_sign(y, x));
}
TG_INLINE Lane<Wide> atanh(Lane<Wide> x) {
  const Lane<Wide> size = abs(x), z = x * x;
  const Lane<Wide> small = fused(size * z, Lane<Wide>(1.0 / 3), size);
  const Lane<Wide> y = where(size < 1e-4, small, 0.5 * log((1 + size) / (1 - size)));
  return where(y != y, y, with_sign(y, x));
}

// --- error function
#if defined(__AVX512F__)
TG_INLINE Lane<float> erf(Lane<float> x) { return by_pieces(x, kErfPieces, 4); }
#else
// In single precision: a polynomial near 0; elsewhere 1 - exp of one.
TG_INLINE Lane<float> erf(Lane<float> x) {
  using L = Lane<float>;
  const L size = abs(x), z = x * x;
  const L small = fused(x, polynomial(z, Table<float>::erf), x);
  const L t = minimum(size, L(4));
  const L large = 1 - exp(t * polynomial(t, Table<float>::log_erfc));
  return where(size <= 0.9275, small, with_sign(large, x));
}
#endif

// exp(x^2) (1 - erf(x)) of x >= 0 as a quotient by 1 + 2 x of a polynomial in (x - 3.75) /
// (x + 3.75), which brings [0, infinity) to [-1, 1) (Shepherd and Laframboise, 1981).
template <class K>
struct ScaledErfc {
  Twofold<K> above, below;
  Lane<K> inverse;  // of `below`, nearly
};
template <class K>
TG_INLINE ScaledErfc<K> scaled_erfc(Lane<K> x) {
  const Lane<K> sum = 1 + 2 * x, one = sum - 2 * x, sum_lost = (1 - one) + (2 * x - (sum - one));
  const Lane<K> inverse_of_both = 1 / ((x + 3.75) * sum);
  const Lane<K> rest = polynomial((x - 3.75) * (sum * inverse_of_both), Table<K>::erfcx);
  return {sum_of(Lane<K>(1.25), rest), {sum, sum_lost}, (x + 3.75) * inverse_of_both};
}
// Where 1 - erf(x) is not 0.
template <class K>
constexpr double kErfcLimit = sizeof(typename Format<K>::Stored) == 4 ? 10.1 : 27.3;
#if defined(__AVX512F__)
// exp(x^2) (1 - erf(x)) in pieces, times exp(-x^2) with what the square lost.
TG_INLINE Lane<float> erfc(Lane<float> x) {
  using L = Lane<float>;
  constexpr auto& table = kErfcxPieces;
  const L size = minimum(abs(x), L(kErfcLimit<float>)), square = size * size;
  const auto piece =
      (__m512i) __builtin_convertvector((size * (32 / 10.24)).v, Format<float>::Bits);
  const auto row = [&](int i) __attribute__((always_inline)) -> L {
    return _mm512_permutex2var_ps(_mm512_load_ps(table[i]), piece, _mm512_load_ps(table[i] + 16));
  };
  const L t = size - row(1);
  constexpr int last = sizeof table / sizeof *table - 1;
  L s = row(last);
  for (int i = last - 1; i > 2; --i) s = fused(s, t, row(i));
  const Twofold<float> value = sum_of(row(2), fused(s, t, row(0)));
  const Exponential<float> e = exponential(-square);
  const L lost = product_lost(size, size, square) * (1 + (e.r + e.tail));
  const L below_one = e.r + (e.tail - lost);
  const L y = scaled(value.value + fused(value.value, below_one, value.lost), e.n);
  return where(x < 0, 2 - y, where(x == x, y, x));
}
#endif
template <class K>
TG_INLINE Lane<K> erfc(Lane<K> x) {
  const Lane<K> size = minimum(abs(x), Lane<K>(kErfcLimit<K>)), square = size * size;
  const ScaledErfc<K> q = scaled_erfc(size);
  Lane<K> y;
  if constexpr (sizeof(typename Format<K>::Stored) != sizeof(typename Format<K>::Number)) {
    y = exp(-square) * (q.above.value * q.inverse);  // there is accuracy to spare
  } else {
    const Twofold<K> s = quotient(q.above, q.below, q.inverse);
    const Exponential<K> e = exponential(-square);
    // What the square lost makes a factor of 1 - lost.
    const Lane<K> lost = product_lost(size, size, square) * (1 + (e.r + e.tail));
    const Lane<K> below_one = e.r + (e.tail - lost);
    y = scaled(s.value + fused(s.value, below_one, fused(s.lost, below_one, s.lost)), e.n);
    // 1 - x - x (erf(x) / x - 1)
    const Twofold<K> from_one = sum_of(Lane<K>(1), -size);
    const Lane<K> small = fused(size, polynomial(square, Table<K>::erf), -from_one.lost);
    y = where(size < 0.8, from_one.value - small, y);
  }
  return where(x < 0, 2 - y, y);
}
#if defined(__AVX512F__)
TG_INLINE Lane<double> erf(Lane<double> x) {
  using L = Lane<double>;
  constexpr auto& table = kErf64Pieces;
  const L size = minimum(abs(x), L(5.999999));
  const auto piece = (__m512i) __builtin_convertvector((size * (16 / 6.0)).v, Format<double>::Bits);
  const auto row = [&](int i) __attribute__((always_inline)) { return pick(piece, table[i]); };
  const L t = size - row(1);
  constexpr int last = sizeof table / sizeof *table - 1;
  L y = row(last);
  for (int i = last - 1; i > 2; --i) y = fused(y, t, row(i));
  y = where(size < 0.375, size, row(2)) + fused(y, t, row(0));
  return with_sign(where(x == x, y, x), x);
}
#else
TG_INLINE Lane<double> erf(Lane<double> x) {
  using L = Lane<double>;
  const L size = abs(x), z = x * x;
  const L small = fused(x, polynomial(z, Table<double>::erf), x);
  const L t = minimum(size, L(6.0));
  const ScaledErfc<double> e = scaled_erfc(t);
  const L large = 1 - exp(-(t * t)) * e.above.value * e.inverse;
  return where(size <= 0.9275, small, with_sign(large, x));
}
#endif

// --- of two numbers
// The greater, plus the logarithm of what the lesser adds to it.
template <class K>
TG_INLINE Lane<K> logaddexp(Lane<K> a, Lane<K> b) {
  const Lane<K> most = where(a > b, a, b), added = log1p(exp(-abs(a - b)));
  return where(a == b, a + 0.69314718055994530942, most + added);
}

// size^y for positive finite size and finite y. A number to a high power needs more digits of its
// logarithm than fit one number; double precision has them for single.
TG_INLINE Lane<Wide> power_of_size(Lane<Wide> size, Lane<Wide> y) {
  const Logarithm<Wide> l = logarithm(size);
  const Lane<Wide> log = l.f - (l.square - l.rest);
  return exp2(y * fused(log, Lane<Wide>(1.4426950408889634), l.n));
}
TG_INLINE Lane<double> power_of_size(Lane<double> size, Lane<double> y) {
  using L = Lane<double>;
  const Logarithm<double> l = logarithm(size);
  const Twofold<double> q = quotient<double>({l.f, L(0)}, sum_of(L(2), l.f), 1 / (2 + l.f));
  const L s = q.value, s_lost = q.lost;
  // With s = f / (2 + f) and z = s^2, log(1 + f) = 2 s + s w, w = z (2 / 3 + z (...)).
  const L two_thirds = 2.0 / 3, two_thirds_lost = 0x1.5555555555555p-55;
  const L z = s * s, z_lost = fused(s + s, s_lost, product_lost(s, s, z));
  const L first = z * two_thirds, rest = z * z * polynomial(z, Table<double>::log_upper);
  const L first_lost =
      product_lost(z, two_thirds, first) + fused(z_lost, two_thirds, z * two_thirds_lost);
  const Twofold<double> w = sum_of(first, rest);
  const L w_lost = w.lost + first_lost;
  const L t = s * w.value,
          t_lost = product_lost(s, w.value, t) + fused(s, w_lost, s_lost * w.value);
  const Twofold<double> log = sum_of(2 * s, t);
  const L log_lost = log.lost + (2 * s_lost + t_lost);
  // Times 1 / log(2), plus n.
  const L factor = Table<double>::log2_e[0], factor_rest = Table<double>::log2_e[1];
  const L part = log.value * factor;
  const L part_lost =
      product_lost(log.value, factor, part) + fused(log.value, factor_rest, log_lost * factor);
  const Twofold<double> log2 = sum_of(l.n, part);
  const L log2_lost = log2.lost + part_lost;
  L power = y * log2.value;
  const L power_lost = fused(y, log2_lost, product_lost(y, log2.value, power));
  const L lost = where(abs(power) < 2000, power_lost, L(0));  // beyond there may be none
  power = maximum(minimum(power, L(2000)), L(-2000));
  const Whole<double> n = whole(power, L(1));
  const L r = ((power - n.value) + lost) * 0.69314718055994530942;
  return scaled(fused(r * r, polynomial(r, Table<double>::exp), r) + 1, n.value);
}
// x^y by the rules of the C standard.
template <class K>
TG_INLINE Lane<K> pow(Lane<K> x, Lane<K> y) {
  const Lane<K> infinity = __builtin_inf(), one = 1, zero = 0, size = abs(x), size_of_y = abs(y);
  Lane<K> z = power_of_size(size, y);
  if (any(!(x > 0 && x < infinity && size_of_y < infinity))) [[unlikely]] {
    const Mask<K> to_infinity = (size > 1 && y > 0) || (size < 1 && y < 0);
    const Mask<K> bounded = size > 0 && size < infinity && size_of_y < infinity;
    z = where(bounded, z, where(to_infinity, infinity, where(size == 1, one, zero)));
    const Lane<K> wholes = 0x1p52, shifted = size_of_y + wholes;
    const Mask<K> small = size_of_y < wholes, whole_y = !small || shifted - wholes == size_of_y;
    const Mask<K> odd = Mask<K>{(shifted.bits() & 1) != 0} && small && whole_y;
    z = where(odd, of_bits<K>(z.bits() | (x.bits() & sign_bits<K>())), z);
    z = where(x < 0 && x != -infinity && !whole_y, Lane<K>(__builtin_nan("")), z);
    z = where(x != x || y != y, x + y, z);
    z = where(y == 0 || x == 1, one, z);
  }
  return z;
}

}  // namespace tg::TG_ISA
