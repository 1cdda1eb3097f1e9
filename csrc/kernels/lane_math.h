// Elementary functions of lanes (lane.h), one source for single and double precision: within 2 ULP,
// right for denormals, infinities, NaN and signed zeros. Polynomials come from coefficients.h; the
// reductions are those of fdlibm where not said otherwise, and do not need a fused multiply-add.
// Where few numbers need more work (huge angles, logarithms of denormals) a register that holds one
// takes a detour; its other numbers come out as they would without.
#pragma once

#include "kernels/lane_exponential.h"

namespace tg {
double digamma_of(double x);  // of kernels/special.h, which has functions for all
}
namespace tg::TG_ISA {

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
// Of a normal number, the bias of whose exponent is given.
template <class K>
TG_INLINE Logarithm<K> logarithm_of_normal(Lane<K> x, Lane<K> bias) {
  using F = Format<K>;
  const auto least = Lane<K>(0.75).bits(), raised = x.bits() + (Lane<K>(1).bits() - least);
  const auto exponent = (typename F::Bits)((typename F::Unsigned)raised >> F::kMantissa);
  const Lane<K> two = F::kMantissa == 23 ? 0x1p23 : 0x1p52;
  const Lane<K> n = of_bits<K>(exponent | two.bits()) - (two + bias);
  const auto fraction = raised & all<K>((int64_t(1) << F::kMantissa) - 1);
  return logarithm_of(of_bits<K>(fraction + least) - 1, n);
}
// A positive denormal number is made normal, and the bias with it.
template <class K>
TG_INLINE void raise(Mask<K> denormal, Lane<K>& x, Lane<K>& bias) {
  x = where(denormal, x * (Format<K>::kMantissa == 23 ? 0x1p24 : 0x1p53), x);
  bias = where(denormal, bias + (Format<K>::kMantissa + 1), bias);
}
template <class K>
TG_INLINE Logarithm<K> logarithm(Lane<K> x) {
  Lane<K> bias = Format<K>::kBias;
  const Mask<K> denormal = x < Format<K>::kSmallest;
  if (any(denormal)) [[unlikely]]
    raise(denormal, x, bias);
  return logarithm_of_normal(x, bias);
}
// f(x, bias), which is right for positive normal numbers, made right for all. Those are moved to
// the lowest numbers of an integer, to be told by one comparison.
template <class K, class F>
TG_INLINE Lane<K> log_of_normal(Lane<K> x, const F& f) {
  const auto least = Lane<K>(Format<K>::kSmallest).bits(), sign = sign_bits<K>();
  const auto most = Lane<K>(Format<K>::kLargest).bits();
  const bool odd = any(Mask<K>{x.bits() + (sign - least) > most + (sign - least)});
  Lane<K> normal = x, bias = Format<K>::kBias;
  if (odd) [[unlikely]]
    raise(x < Format<K>::kSmallest, normal, bias);
  Lane<K> y = f(normal, bias);
  if (odd) [[unlikely]] {
    const Lane<K> infinity = __builtin_inf();
    y = where(x == infinity || x != x, x, y);
    y = where(x == 0, -infinity, where(x < 0, Lane<K>(__builtin_nan("")), y));
  }
  return y;
}
template <class K, class Finish>
TG_INLINE Lane<K> log_of(Lane<K> x, const Finish& finish) {
  return log_of_normal(x, [&](Lane<K> normal, Lane<K> bias) __attribute__((always_inline)) {
    return finish(logarithm_of_normal(normal, bias));
  });
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
#if defined(__AVX2__) && !defined(__AVX512F__)
// x = 2^n m, and m, in [1, 2), times the inverse of its piece's middle is 1 + r: see
// log_by_pieces().
TG_INLINE Lane<float> pick(__m256i places, const float (&from)[8]) {
  return _mm256_permutevar8x32_ps(_mm256_load_ps(from), places);
}
TG_INLINE Lane<float> log_by_eighths(Lane<float> x, Lane<float> bias) {
  using L = Lane<float>;
  const L two = 0x1p23, n = of_bits<float>((x.bits() >> 23) | two.bits()) - (two + bias);
  const L m = of_bits<float>((x.bits() & 0x7fffff) | L(1).bits());
  const auto piece = (__m256i)(x.bits() >> 20);
  const L r = fused(m, pick(piece, kLogEighths[0]), L(-1));
  const L lost = fused(n, L(Table<float>::log2[1]), pick(piece, kLogEighths[2]));
  const L low = r + fused(r * r, polynomial(r, Table<float>::log_eighth), lost);
  return fused(n, L(Table<float>::log2[0]), pick(piece, kLogEighths[1])) + low;
}
TG_INLINE Lane<float> log(Lane<float> x) {
  return log_of_normal(x, [](Lane<float> normal, Lane<float> bias) __attribute__((always_inline)) {
    return log_by_eighths(normal, bias);
  });
}
#endif
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
#if defined(__AVX512F__)
// x = 2^n m, and m, in [1, 2), times the inverse of its piece's middle is 1 + r. From 1 on and up
// to 2 the middles are 1 and 2, whose logarithm n takes back: log(1 + r) is exact to the last
// digit. A row of heads (which n adds to exactly) and one of what they lack belong to each base.
template <int row>
TG_INLINE Lane<float> log_by_pieces(Lane<float> x, const float (&of_two)[2],
                                    const float (&factor)[2], const Lane<float>* x_lost = nullptr) {
  using L = Lane<float>;
  const L m = _mm512_maskz_getmant_ps(-1, x.v, _MM_MANT_NORM_1_2, kNanIfNegative);
  const L n = exponent_of(x.v);
  const auto piece = m.bits() >> 18;
  const L inverse = pick(piece, kLogPieces[0]), r = fused(m, inverse, L(-1));
  L low = pick(piece, kLogPieces[row + 1]);
  if (of_two[1] != 0) low = fused(n, L(of_two[1]), low);
  const L lost = x_lost ? scaled(*x_lost, -n) * inverse : L(0), all = x_lost ? r + lost : r;
  if (x_lost) low = low + lost;
  const L tail = all * all * polynomial(all, Table<float>::log_near);
  if (factor[0] == 1)
    low = low + tail;
  else
    low = fused(tail, L(factor[0]), fused(r, L(factor[1]), low));
  return fused(n, L(of_two[0]), pick(piece, kLogPieces[row])) + fused(r, L(factor[0]), low);
}
constexpr float kOne[] = {1, 0};
TG_INLINE Lane<float> log(Lane<float> x) { return log_by_pieces<1>(x, Table<float>::log2, kOne); }
TG_INLINE Lane<float> log2(Lane<float> x) {
  return log_by_pieces<3>(x, kOne, Table<float>::log2_e);
}
TG_INLINE Lane<float> log10(Lane<float> x) {
  return log_by_pieces<5>(x, Table<float>::log10_2, Table<float>::log10_e);
}
#endif
// 1 + x loses digits of x; they come back divided by it.
template <class K>
TG_INLINE Lane<K> log_of_sum(Lane<K> x, Lane<K> sum, Lane<K> sum_lost) {
  const Logarithm<K> l = logarithm(sum);
  const Mask<K> near = x > -0.25 && x < 0.5;
  const Logarithm<K> exact = logarithm_of(where(near, x, l.f), where(near, Lane<K>(0), l.n));
  return natural(exact, where(near, Lane<K>(0), sum_lost / sum));
}
#if defined(__AVX512F__)
TG_INLINE Lane<float> log_of_sum(Lane<float>, Lane<float> sum, Lane<float> sum_lost) {
  return log_by_pieces<1>(sum, Table<float>::log2, kOne, &sum_lost);
}
#endif
template <class K>
TG_INLINE Lane<K> log1p(Lane<K> x) {
  const Lane<K> sum = 1 + x;
  const Mask<K> odd = !(x > -1 && x <= Format<K>::kLargest);
  Lane<K> y = log_of_sum(x, sum, where(x < 1, x - (sum - 1), 1 - (sum - x)));
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
  const L large = 1 - exp_of(t * polynomial(t, Table<float>::log_erfc), false);
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
// a exp(-square - lost)
template <class K>
TG_INLINE Lane<K> times_exp(Twofold<K> a, Lane<K> square, Lane<K> lost) {
  const Exponential<K> e = exponential(-square);
  const Lane<K> product = a.value * e.head, rest = fused(-lost, e.head + e.rest, e.rest);
  const Lane<K> product_rest = fused(a.lost, e.head, product_lost(a.value, e.head, product));
  return scaled(product + fused(a.value, rest, product_rest), e.n);
}
// Where 1 - erf(x) is not 0.
template <class K>
constexpr double kErfcLimit = sizeof(typename Format<K>::Stored) == 4 ? 10.1 : 27.3;
#if defined(__AVX512F__)
// exp(x^2) (1 - erf(x)) in pieces, times exp(-x^2) with what the square lost.
TG_INLINE Lane<float> erfc(Lane<float> x) {
  using L = Lane<float>;
  const L size = minimum(abs(x), L(kErfcLimit<float>)), square = size * size;
  const auto piece = __builtin_convertvector((size * (32 / 10.24)).v, Format<float>::Bits);
  const L t = size - pick(piece, kErfcxPieces[0]);
  const Twofold<float> value =
      sum_of(pick(piece, kErfcxPieces[1]), piece_of(piece, t, kErfcxPieces) * t);
  const L y = times_exp(value, square, product_lost(size, size, square));
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
    y = times_exp(s, square, product_lost(size, size, square));
    // 1 - x - x (erf(x) / x - 1)
    const Twofold<K> from_one = sum_of(Lane<K>(1), -size);
    const Lane<K> small = fused(size, polynomial(square, Table<K>::erf), -from_one.lost);
    y = where(size < 0.8, from_one.value - small, y);
  }
  return where(x < 0, 2 - y, y);
}
#if defined(__AVX512F__)
TG_INLINE Lane<double> erf(Lane<double> x) {
  const Lane<double> size = minimum(abs(x), Lane<double>(5.999999));
  const auto piece = __builtin_convertvector((size * (16 / 6.0)).v, Format<double>::Bits);
  const Lane<double> y = odd_by_pieces(x, size, piece, kErf64Pieces, 0.375);
  return where(x == x, y, x);
}
#else
TG_INLINE Lane<double> erf(Lane<double> x) {
  using L = Lane<double>;
  const L size = abs(x), z = x * x;
  const L small = fused(x, polynomial(z, Table<double>::erf), x);
  const L t = minimum(size, L(6.0));
  const ScaledErfc<double> e = scaled_erfc(t);
  const L large = 1 - exp_of(-(t * t), false) * e.above.value * e.inverse;
  return where(size <= 0.9275, small, with_sign(large, x));
}
#endif

TG_INLINE Lane<Wide> erfinv(Lane<Wide> x) {
  using L = Lane<Wide>;
  const L t = sqrt(2 - log(1 - x * x)) - 2.82;
  return where(abs(x) == 1, x * __builtin_inf(), x * polynomial(t, Table<Wide>::erfinv));
}
template <class K>
TG_INLINE Lane<K> logit(Lane<K> x) {
  return log(x / (1 - x));
}

// --- gamma function, in double precision for single
// Stirling's series hold from 8 on. What is less is 8 steps below such a number: the product of
// these is y (y + 6) (y + 10) (y + 12) with y = x (x + 7).
// Logarithms need all digits of double, as differences of them may be next to 0.
TG_INLINE Lane<Wide> long_log(Lane<Wide> x) { return log(Lane<double>(x.v)).v; }
struct GammaSteps {
  Lane<Wide> z, inverse, y, product;
  Mask<Wide> few;
};
TG_INLINE GammaSteps gamma_steps(Lane<Wide> x) {
  const Mask<Wide> few = x < 8;
  const Lane<Wide> z = where(few, x + 8, x), y = x * (x + 7);
  return {z, 1 / z, y, (y * (y + 6)) * ((y + 10) * (y + 12)), few};
}
// Numbers that are not positive, or not finite, one by one.
template <double function(double)>
TG_INLINE Lane<Wide> where_positive(Lane<Wide> x, Lane<Wide> y) {
  const Mask<Wide> odd = !(x > 0 && x < __builtin_inf());
  if (any(odd)) [[unlikely]]
    for (int i = 0; i < Format<Wide>::kCount; ++i)
      if (odd.bits[i]) y.v[i] = function(x.v[i]);
  return y;
}
static double c_lgamma(double x) { return __builtin_lgamma(x); }
TG_INLINE Lane<Wide> lgamma(Lane<Wide> x) {
  using L = Lane<Wide>;
  constexpr double kSeries[] = {1. / 12,   -1. / 360,      1. / 1260, -1. / 1680,
                                1. / 1188, -691. / 360360, 1. / 156};
  const GammaSteps s = gamma_steps(x);
  const L series = s.inverse * polynomial(s.inverse * s.inverse, kSeries);
  const L y =
      fused(s.z - 0.5, long_log(s.z), series - s.z) + 0.91893853320467274178;  // log(2 pi) / 2
  const L less = where(x == 1 || x == 2, L(0), y - long_log(s.product));
  return where_positive<c_lgamma>(x, where(s.few, less, y));
}
TG_INLINE Lane<Wide> digamma(Lane<Wide> x) {
  using L = Lane<Wide>;
  constexpr double kSeries[] = {-1. / 12, 1. / 120, -1. / 252, 1. / 240, -1. / 132, 691. / 32760};
  const GammaSteps s = gamma_steps(x);
  const L square = s.inverse * s.inverse;
  const L y = long_log(s.z) + fused(square, polynomial(square, kSeries), s.inverse * -0.5);
  // The derivative of the product over the product.
  const L slope = 2 * ((s.y + 3) * ((s.y + 10) * (s.y + 12)) + (s.y * (s.y + 6)) * (s.y + 11));
  return where_positive<digamma_of>(x, where(s.few, y - (2 * x + 7) * slope / s.product, y));
}

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
