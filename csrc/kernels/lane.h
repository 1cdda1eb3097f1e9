// Numbers of one vector register, worked on all at once. A formula that is generic in its type runs
// on a Lane as it does on a double: comparisons give a Mask, where() chooses by it. Only *_isa.cpp
// files include this: all of it is in tg::TG_ISA.
//
// Lane<float> and Lane<double> are what they say. Lane<Wide> computes single-precision numbers in
// double precision, half as many at a time, for functions that lose digits on their way.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/coefficients.h"
#include "kernels/vector.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace tg::TG_ISA {

template <class Kind>
struct Format;
template <>
struct Format<float> {
  using Number = float;
  using Stored = float;
  using Int = int32_t;
  typedef float Vector __attribute__((vector_size(kVectorBytes)));
  typedef int32_t Bits __attribute__((vector_size(kVectorBytes)));
  typedef uint32_t Unsigned __attribute__((vector_size(kVectorBytes)));
  static constexpr int kCount = kVectorBytes / 4, kMantissa = 23, kBias = 127;
  static constexpr float kSmallest = 0x1p-126f, kLargest = 0x1.fffffep127f;
};
template <>
struct Format<double> {
  using Number = double;
  using Stored = double;
  using Int = int64_t;
  typedef double Vector __attribute__((vector_size(kVectorBytes)));
  typedef int64_t Bits __attribute__((vector_size(kVectorBytes)));
  typedef uint64_t Unsigned __attribute__((vector_size(kVectorBytes)));
  static constexpr int kCount = kVectorBytes / 8, kMantissa = 52, kBias = 1023;
  static constexpr double kSmallest = 0x1p-1022, kLargest = 0x1.fffffffffffffp1023;
};
template <>
struct Format<Wide> : Format<double> {
  using Stored = float;
};

template <class Kind>
struct Mask {
  typename Format<Kind>::Bits bits;  // -1 where true
  friend TG_INLINE Mask operator&&(Mask a, Mask b) { return {a.bits & b.bits}; }
  friend TG_INLINE Mask operator||(Mask a, Mask b) { return {a.bits | b.bits}; }
  friend TG_INLINE Mask operator!(Mask a) { return {~a.bits}; }
  friend TG_INLINE Mask operator!=(Mask a, Mask b) { return {a.bits ^ b.bits}; }
};

template <class Kind>
struct Lane {
  using Format = TG_ISA::Format<Kind>;
  using Vector = typename Format::Vector;
  using Bits = typename Format::Bits;
  using Number = typename Format::Number;
  Vector v;

  Lane() = default;
  TG_INLINE Lane(Vector value) : v(value) {}
  TG_INLINE Lane(float value) : v(Number(value) - Vector{}) {}
  TG_INLINE Lane(double value) : v(Number(value) - Vector{}) {}
  TG_INLINE Lane(int value) : v(Number(value) - Vector{}) {}
  TG_INLINE Bits bits() const { return (Bits)v; }

  friend TG_INLINE Lane operator+(Lane a, Lane b) { return a.v + b.v; }
  friend TG_INLINE Lane operator-(Lane a, Lane b) { return a.v - b.v; }
  friend TG_INLINE Lane operator*(Lane a, Lane b) { return a.v * b.v; }
  friend TG_INLINE Lane operator/(Lane a, Lane b) { return a.v / b.v; }
  friend TG_INLINE Lane operator-(Lane a) { return -a.v; }
  friend TG_INLINE Mask<Kind> operator<(Lane a, Lane b) { return {a.v < b.v}; }
  friend TG_INLINE Mask<Kind> operator>(Lane a, Lane b) { return {a.v > b.v}; }
  friend TG_INLINE Mask<Kind> operator<=(Lane a, Lane b) { return {a.v <= b.v}; }
  friend TG_INLINE Mask<Kind> operator>=(Lane a, Lane b) { return {a.v >= b.v}; }
  friend TG_INLINE Mask<Kind> operator==(Lane a, Lane b) { return {a.v == b.v}; }
  friend TG_INLINE Mask<Kind> operator!=(Lane a, Lane b) { return {a.v != b.v}; }
  friend TG_INLINE Lane where(Mask<Kind> m, Lane a, Lane b) { return m.bits ? a.v : b.v; }
};

template <class K>
TG_INLINE Lane<K> of_bits(typename Format<K>::Bits bits) {
  return (typename Format<K>::Vector)bits;
}
template <class K>
TG_INLINE Lane<K> constant(Lane<K>, double value) {
  return value;
}
template <class K>
TG_INLINE Lane<K> nothing(Lane<K>) {
  return 0;
}

// --- instructions
#if defined(__AVX512F__)
// GCC 12 warns of the forms without a mask that they read what is not initialized.

TG_INLINE __m512 fused(__m512 a, __m512 b, __m512 c) { return _mm512_fmadd_ps(a, b, c); }
TG_INLINE __m512d fused(__m512d a, __m512d b, __m512d c) { return _mm512_fmadd_pd(a, b, c); }
TG_INLINE __m512 root(__m512 a) { return _mm512_maskz_sqrt_ps(-1, a); }
TG_INLINE __m512d root(__m512d a) { return _mm512_maskz_sqrt_pd(-1, a); }
TG_INLINE __m512 lesser(__m512 a, __m512 b) { return _mm512_maskz_min_ps(-1, a, b); }
TG_INLINE __m512d lesser(__m512d a, __m512d b) { return _mm512_maskz_min_pd(-1, a, b); }
TG_INLINE __m512 greater(__m512 a, __m512 b) { return _mm512_maskz_max_ps(-1, a, b); }
TG_INLINE __m512d greater(__m512d a, __m512d b) { return _mm512_maskz_max_pd(-1, a, b); }
TG_INLINE bool any(Mask<float> m) { return _mm512_movepi32_mask((__m512i)m.bits); }
TG_INLINE bool any(Mask<double> m) { return _mm512_movepi64_mask((__m512i)m.bits); }
TG_INLINE bool any(Mask<Wide> m) { return _mm512_movepi64_mask((__m512i)m.bits); }
#elif defined(__AVX2__)
TG_INLINE __m256 fused(__m256 a, __m256 b, __m256 c) { return _mm256_fmadd_ps(a, b, c); }
TG_INLINE __m256d fused(__m256d a, __m256d b, __m256d c) { return _mm256_fmadd_pd(a, b, c); }
TG_INLINE __m256 root(__m256 a) { return _mm256_sqrt_ps(a); }
TG_INLINE __m256d root(__m256d a) { return _mm256_sqrt_pd(a); }
TG_INLINE __m256 lesser(__m256 a, __m256 b) { return _mm256_min_ps(a, b); }
TG_INLINE __m256d lesser(__m256d a, __m256d b) { return _mm256_min_pd(a, b); }
TG_INLINE __m256 greater(__m256 a, __m256 b) { return _mm256_max_ps(a, b); }
TG_INLINE __m256d greater(__m256d a, __m256d b) { return _mm256_max_pd(a, b); }
template <class K>
TG_INLINE bool any(Mask<K> m) {
  return _mm256_movemask_epi8((__m256i)m.bits);
}
#elif defined(__SSE2__)
TG_INLINE __m128 fused(__m128 a, __m128 b, __m128 c) { return a * b + c; }
TG_INLINE __m128d fused(__m128d a, __m128d b, __m128d c) { return a * b + c; }
TG_INLINE __m128 root(__m128 a) { return _mm_sqrt_ps(a); }
TG_INLINE __m128d root(__m128d a) { return _mm_sqrt_pd(a); }
TG_INLINE __m128 lesser(__m128 a, __m128 b) { return _mm_min_ps(a, b); }
TG_INLINE __m128d lesser(__m128d a, __m128d b) { return _mm_min_pd(a, b); }
TG_INLINE __m128 greater(__m128 a, __m128 b) { return _mm_max_ps(a, b); }
TG_INLINE __m128d greater(__m128d a, __m128d b) { return _mm_max_pd(a, b); }
template <class K>
TG_INLINE bool any(Mask<K> m) {
  return _mm_movemask_epi8((__m128i)m.bits);
}
#else
template <class V>
TG_INLINE V fused(V a, V b, V c) {
  return a * b + c;
}
template <class V>
TG_INLINE V root(V a) {
  V y;
  for (unsigned i = 0; i < sizeof(V) / sizeof a[0]; ++i)
    y[i] = sizeof a[0] == 4 ? __builtin_sqrtf(a[i]) : __builtin_sqrt(a[i]);
  return y;
}
template <class V>
TG_INLINE V lesser(V a, V b) {
  return a < b ? a : b;
}
template <class V>
TG_INLINE V greater(V a, V b) {
  return a > b ? a : b;
}
template <class K>
TG_INLINE bool any(Mask<K> m) {
  typename Format<K>::Int all = 0;
  for (int i = 0; i < Format<K>::kCount; ++i) all |= m.bits[i];
  return all;
}
#endif

// a * b + c; rounded once where the machine can.
template <class K>
TG_INLINE Lane<K> fused(Lane<K> a, Lane<K> b, Lane<K> c) {
  return fused(a.v, b.v, c.v);
}
template <class K>
TG_INLINE Lane<K> sqrt(Lane<K> x) {
  return root(x.v);
}
// NaN in the first is passed on; the second is none.
template <class K>
TG_INLINE Lane<K> minimum(Lane<K> a, Lane<K> b) {
  return lesser(b.v, a.v);
}
template <class K>
TG_INLINE Lane<K> maximum(Lane<K> a, Lane<K> b) {
  return greater(b.v, a.v);
}
template <class K>
TG_INLINE typename Format<K>::Bits sign_bits() {
  return (typename Format<K>::Bits)(typename Format<K>::Number(-0.0) -
                                    typename Format<K>::Vector{});
}
template <class K>
TG_INLINE Lane<K> abs(Lane<K> x) {
  return of_bits<K>(x.bits() & ~sign_bits<K>());
}
// The size of a, which is not negative, with the sign of b.
template <class K>
TG_INLINE Lane<K> with_sign(Lane<K> a, Lane<K> b) {
  return of_bits<K>(a.bits() | (b.bits() & sign_bits<K>()));
}

// c[first] + c[first + step] x + c[first + 2 step] x^2 ...: even and odd powers apart where there
// are many, which shortens the chain of operations that wait for each other.
template <class K, int first, int step, int n>
TG_INLINE Lane<K> polynomial_of(Lane<K> x, const typename Format<K>::Number (&c)[n]) {
  constexpr int last = first + (n - 1 - first) / step * step;
  if constexpr ((last - first) / step < 6) {
    Lane<K> y = c[last];
    for (int i = last - step; i >= first; i -= step) y = fused(y, x, Lane<K>(c[i]));
    return y;
  } else {
    const Lane<K> square = x * x;
    return fused(polynomial_of<K, first + step, 2 * step>(square, c), x,
                 polynomial_of<K, first, 2 * step>(square, c));
  }
}
// c[0] + c[1] x + c[2] x^2 ...
template <class K, int n>
TG_INLINE Lane<K> polynomial(Lane<K> x, const typename Format<K>::Number (&c)[n]) {
  return polynomial_of<K, 0, 1>(x, c);
}

// --- memory: the first `count` numbers of a register that memory holds; the others are zero
#if defined(__AVX512F__)
TG_INLINE __m512 load_few(const float* from, int64_t count, Lane<float>) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
}
TG_INLINE __m512d load_few(const double* from, int64_t count, Lane<double>) {
  return _mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << count) - 1), from);
}
TG_INLINE __m256 load_few(const float* from, int64_t count, Lane<Wide>) {
  return _mm256_maskz_loadu_ps(static_cast<__mmask8>((1u << count) - 1), from);
}
TG_INLINE void store_few(float* to, __m512 x, int64_t count) {
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), x);
}
TG_INLINE void store_few(double* to, __m512d x, int64_t count) {
  _mm512_mask_storeu_pd(to, static_cast<__mmask8>((1u << count) - 1), x);
}
TG_INLINE void store_few(float* to, __m256 x, int64_t count) {
  _mm256_mask_storeu_ps(to, static_cast<__mmask8>((1u << count) - 1), x);
}
#elif defined(__AVX2__)
// `count` places of a register from the first on.
namespace {  // each object has its own: none is shared between instruction sets
alignas(32) constexpr int32_t kPlaces[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
}
TG_INLINE __m256i first_of_8(int64_t count) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kPlaces + 8 - count));
}
TG_INLINE __m128i first_of_4(int64_t count) { return _mm256_castsi256_si128(first_of_8(count)); }
TG_INLINE __m256 load_few(const float* from, int64_t count, Lane<float>) {
  return _mm256_maskload_ps(from, first_of_8(count));
}
TG_INLINE __m256d load_few(const double* from, int64_t count, Lane<double>) {
  return _mm256_maskload_pd(from, first_of_8(2 * count));
}
TG_INLINE __m128 load_few(const float* from, int64_t count, Lane<Wide>) {
  return _mm_maskload_ps(from, first_of_4(count));
}
TG_INLINE void store_few(float* to, __m256 x, int64_t count) {
  _mm256_maskstore_ps(to, first_of_8(count), x);
}
TG_INLINE void store_few(double* to, __m256d x, int64_t count) {
  _mm256_maskstore_pd(to, first_of_8(2 * count), x);
}
TG_INLINE void store_few(float* to, __m128 x, int64_t count) {
  _mm_maskstore_ps(to, first_of_4(count), x);
}
#else
template <class K>
TG_INLINE auto load_few(const typename Format<K>::Stored* from, int64_t count, Lane<K>) {
  typedef typename Format<K>::Stored Memory
      __attribute__((vector_size(Format<K>::kCount * sizeof *from)));
  Memory m = {};
  std::memcpy(&m, from, static_cast<unsigned>(count) * sizeof *from);
  return m;
}
template <class Stored, class Memory>
TG_INLINE void store_few(Stored* to, const Memory& m, int64_t count) {
  std::memcpy(to, &m, static_cast<unsigned>(count) * sizeof *to);
}
#endif

template <class K>
TG_INLINE Lane<K> load(const typename Format<K>::Stored* from, int64_t count) {
  typedef typename Format<K>::Stored Memory
      __attribute__((vector_size(Format<K>::kCount * sizeof *from)));
  Memory m;
  if (count >= Format<K>::kCount)
    std::memcpy(&m, from, sizeof m);
  else
    m = (Memory)load_few(from, count, Lane<K>());
  return __builtin_convertvector(m, typename Format<K>::Vector);
}
template <class K>
TG_INLINE void store(typename Format<K>::Stored* to, Lane<K> x, int64_t count) {
  typedef typename Format<K>::Stored Memory
      __attribute__((vector_size(Format<K>::kCount * sizeof *to)));
  const Memory m = __builtin_convertvector(x.v, Memory);
  if (count >= Format<K>::kCount)
    std::memcpy(to, &m, sizeof m);
  else
    store_few(to, m, count);
}

// Calls body(place, count) for every registerful of n numbers. One body for whole registers and the
// rest: a number has the same bits wherever it stands.
template <class K, class Body>
TG_INLINE void for_each_lane(int64_t n, const Body& body) {
  for (int64_t i = 0; i < n; i += Format<K>::kCount) body(i, n - i);
}

}  // namespace tg::TG_ISA
