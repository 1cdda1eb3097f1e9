// exp on vectors of float and double, and loops over rows in whole vectors and a rest, for
// *_isa.cpp files.
#pragma once

#include "kernels/row_sums.h"

namespace tg::TG_ISA {
namespace {

typedef int32_t FloatBits __attribute__((vector_size(kVectorBytes)));
typedef uint64_t DoubleBits __attribute__((vector_size(kVectorBytes)));

// x = n log(2) + r with |r| <= log(2) / 2, and exp(x) = exp(r) 2^n. Within 1 ULP, down to the
// smallest numbers. The polynomials are those of the SLEEF library.
TG_INLINE FloatVec exp_of_rest(FloatVec in, FloatVec n) {
  const FloatVec r = (in - n * 0.693145751953125f) - n * 1.42860677e-6f;
  FloatVec p = r * 1.98527618e-4f + 1.39304355e-3f;
  p = p * r + 8.33336078e-3f;
  p = p * r + 4.16664854e-2f;
  p = p * r + 1.66666672e-1f;
  p = p * r + 0.5f;
  return (p * (r * r) + r) + 1.0f;
}
TG_INLINE DoubleVec exp_of_rest(DoubleVec in, DoubleVec n) {
  const DoubleVec r = (in - n * 0.693147180559663) - n * 2.8235290563031577e-13;
  DoubleVec p = r * 2.08860621107283687536341e-9 + 2.51112930892876518610661e-8;
  p = p * r + 2.75573911234900471893338e-7;
  p = p * r + 2.75572362911928827629423e-6;
  p = p * r + 2.4801587159235472998791e-5;
  p = p * r + 1.98412698960509205564975e-4;
  p = p * r + 1.38888888889774492207962e-3;
  p = p * r + 8.33333333331652721664984e-3;
  p = p * r + 4.16666666666665047591422e-2;
  p = p * r + 1.66666666666666851703837e-1;
  p = p * r + 0.5;
  return (p * (r * r) + r) + 1.0;
}

#if defined(__AVX512F__) && !defined(TG_VECTOR_BYTES)
// A mask keeps results that are 0 from being computed: processors take their time for those below
// the normal numbers. NaN is not below anything; as the second operand of min it stays. GCC 12
// warns of the forms without a mask.
TG_INLINE FloatVec exp_of(FloatVec x) {
  constexpr __mmask16 kAll = 0xffff;
  const __m512 in = _mm512_maskz_min_ps(kAll, _mm512_set1_ps(160), (__m512)x),
               n = _mm512_maskz_roundscale_ps(kAll, in * _mm512_set1_ps(1.44269504088896341f), 8);
  const FloatVec rest = exp_of_rest((FloatVec)in, (FloatVec)n);
  const __mmask16 counts = _mm512_cmp_ps_mask(in, _mm512_set1_ps(-104), _CMP_NLT_UQ);
  return (FloatVec)_mm512_maskz_scalef_ps(counts, (__m512)rest, n);
}
TG_INLINE DoubleVec exp_of(DoubleVec x) {
  constexpr __mmask8 kAll = 0xff;
  const __m512d in = _mm512_maskz_min_pd(kAll, _mm512_set1_pd(1000), (__m512d)x),
                n = _mm512_maskz_roundscale_pd(kAll, in * _mm512_set1_pd(1.4426950408889634074), 8);
  const DoubleVec rest = exp_of_rest((DoubleVec)in, (DoubleVec)n);
  const __mmask8 counts = _mm512_cmp_pd_mask(in, _mm512_set1_pd(-746), _CMP_NLT_UQ);
  return (DoubleVec)_mm512_maskz_scalef_pd(counts, (__m512d)rest, n);
}
#else
// Adding kRound rounds to a whole number. 2^n comes as two factors; the second one is 0 where the
// result is, since processors take their time for results below the normal numbers.
TG_INLINE FloatVec exp_of(FloatVec x) {
  constexpr float kRound = 12582912.0f, kLeast = -104.0f, kMost = 89.0f;  // 1.5 * 2^23
  const FloatVec least = kLeast - FloatVec{}, most = kMost - FloatVec{};
  FloatVec in = x < least ? least : x;  // NaN stays
  in = in > most ? most : in;
  const FloatVec shifted = in * 1.44269504088896341f + kRound, n = shifted - kRound;
  const FloatBits whole = (FloatBits)shifted - __builtin_bit_cast(int32_t, kRound),
                  first = whole >> 1;
  const FloatVec half = (FloatVec)((first + 127) << 23),
                 rest = (FloatVec)(((whole - first + 127) << 23) & (FloatBits)(x >= least));
  const FloatVec value = exp_of_rest(in, n) * half;
  return x == x ? value * rest : x;
}
TG_INLINE DoubleVec exp_of(DoubleVec x) {
  constexpr double kRound = 6755399441055744.0, kLeast = -746.0, kMost = 710.0;  // 1.5 * 2^52
  const DoubleVec least = kLeast - DoubleVec{}, most = kMost - DoubleVec{};
  DoubleVec in = x < least ? least : x;
  in = in > most ? most : in;
  const DoubleVec shifted = in * 1.4426950408889634074 + kRound, n = shifted - kRound;
  // Shifts of unsigned numbers are one instruction everywhere: 2048 keeps them positive.
  const DoubleBits whole = (DoubleBits)shifted - __builtin_bit_cast(uint64_t, kRound) + 2048,
                   first = whole >> 1;
  const DoubleVec half = (DoubleVec)((first + (1023 - 1024)) << 52),
                  rest = (DoubleVec)(((whole - first + (1023 - 1024)) << 52) &
                                     (DoubleBits)(x >= least));
  const DoubleVec value = exp_of_rest(in, n) * half;
  return x == x ? value * rest : x;
}
#endif

// The whole vectors of a row, and its rest.
template <class T>
struct Whole {
  using Vec = typename Simd<T>::Vec;
  Vec load(const T* p) const { return at(p); }
  void store(T* p, Vec v) const { tg::TG_ISA::store<T>(p, v); }
  Vec keep(Vec v) const { return v; }
};
template <class T>
struct Rest {
  using Vec = typename Simd<T>::Vec;
  int count;
  FirstOnly<T> first;
  explicit Rest(int64_t count) : count(static_cast<int>(count)), first(this->count) {}
  Vec load(const T* p) const {
    Vec v;
    first.load(v, p);
    return v;
  }
  void store(T* p, Vec v) const { store_few(p, v, count); }
  Vec keep(Vec v) const {  // the others become 0
#if defined(TG_VECTOR_BYTES) || !defined(__AVX2__)
    T lanes[kLanes<T>];
    tg::TG_ISA::store<T>(lanes, v);
    return load(lanes);
#elif defined(__AVX512F__)
    if constexpr (sizeof(T) == 4)
      return (Vec)_mm512_maskz_mov_ps(static_cast<__mmask16>(first.mask), (__m512)v);
    else
      return (Vec)_mm512_maskz_mov_pd(static_cast<__mmask8>(first.mask), (__m512d)v);
#else
    return (Vec)((__m256i)v & first.mask);
#endif
  }
};
// body(i, part): the elements from i on, which part loads and stores.
template <class T, class Body>
TG_INLINE void for_each_vector(int64_t n, const Body& body) {
  int64_t i = 0;
  for (; n - i >= kLanes<T>; i += kLanes<T>) body(i, Whole<T>{});
  if (i < n) body(i, Rest<T>(n - i));
}

}  // namespace
}  // namespace tg::TG_ISA
