// Conversions as vector code. They give what convert() of core/dtype.h gives.
#include "kernels/cast_kernels.h"
#include "kernels/vector.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace tg::TG_ISA {
extern const CastKernels cast_kernels;
namespace {

TG_INLINE uint32_t bits_of(float x) { return __builtin_bit_cast(uint32_t, x); }
TG_INLINE float of_bits(uint32_t x) { return __builtin_bit_cast(float, x); }

struct HalfBits {
  uint16_t bits;
};
struct BFloatBits {
  uint16_t bits;
};

// Half::decode() and encode() without branches.
TG_INLINE void cast(float& to, HalfBits from) {
  const uint32_t h = from.bits, sign = (h & 0x8000u) << 16, size = h & 0x7fffu;
  // The exponent moves by 112; what has the largest one is infinite or NaN, what has none is a
  // number of steps of 2^-24.
  const uint32_t normal = (size << 13) + (112u << 23), large = normal + (112u << 23);
  const uint32_t small = bits_of(static_cast<float>(static_cast<int32_t>(size)) * 0x1p-24f);
  const uint32_t bits = size >= 0x7c00u ? large : size < 0x400u ? small : normal;
  to = of_bits(bits | sign);
}
TG_INLINE void cast(HalfBits& to, float from) {
  const uint32_t f = bits_of(from), sign = (f >> 16) & 0x8000u, size = f & 0x7fffffffu;
  const uint32_t small = bits_of(of_bits(size) + 0.5f) - 0x3f000000u;
  const uint32_t normal = (size + 0xc8000fffu + ((size >> 13) & 1u)) >> 13;
  uint32_t h = size < 0x38800000u ? small : normal;
  h = size >= 0x477ff000u ? 0x7c00u : h;
  h = size > 0x7f800000u ? 0x7e00u : h;
  to.bits = static_cast<uint16_t>(sign | h);
}
TG_INLINE void cast(float& to, BFloatBits from) {
  to = of_bits(static_cast<uint32_t>(from.bits) << 16);
}
TG_INLINE void cast(BFloatBits& to, float from) {
  const uint32_t f = bits_of(from), rounded = (f + 0x7fffu + ((f >> 16) & 1u)) >> 16;
  to.bits = static_cast<uint16_t>((f & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : rounded);
}
template <class Wide, class From>
TG_INLINE Wide whole(From x) {
  constexpr From kEnd = sizeof(Wide) == 8 ? From(0x1p63) : From(0x1p31);
  constexpr Wide kLeast = sizeof(Wide) == 8 ? Wide(INT64_MIN) : Wide(INT32_MIN);
  return x >= -kEnd && x < kEnd ? static_cast<Wide>(x) : kLeast;
}
struct Truth {
  uint8_t byte;
};
template <class From>
TG_INLINE void cast(Truth& to, From from) {
  to.byte = from != 0;
}
TG_INLINE void cast(int32_t& to, float from) { to = whole<int32_t>(from); }
TG_INLINE void cast(int64_t& to, float from) { to = whole<int64_t>(from); }
TG_INLINE void cast(int64_t& to, double from) { to = whole<int64_t>(from); }
TG_INLINE void cast(uint8_t& to, float from) { to = static_cast<uint8_t>(whole<int64_t>(from)); }
template <class To, class From>
TG_INLINE void cast(To& to, From from) {
  to = static_cast<To>(from);
}

#if defined(__AVX512F__)
// Of numbers.
TG_INLINE __m256i narrowed(__m512 x, HalfBits) {
  return _mm512_maskz_cvtps_ph(0xffff, x, _MM_FROUND_TO_NEAREST_INT);
}
TG_INLINE __m256i narrowed(__m512 x, BFloatBits) {
  typedef uint32_t Words __attribute__((vector_size(64)));
  typedef uint16_t Halves __attribute__((vector_size(32)));
  const auto f = (Words)x;
  return (__m256i) __builtin_convertvector((f + 0x7fffu + ((f >> 16) & 1u)) >> 16, Halves);
}
#endif

template <class To, class From>
void dense(void* to, const void* from, int64_t n) {
  To* out = static_cast<To*>(to);
  const From* in = static_cast<const From*>(from);
  int64_t i = 0;
#if defined(__AVX512F__)
  if constexpr (__is_same(From, HalfBits)) {
    for (; n - i >= 16; i += 16)
      _mm512_storeu_ps(reinterpret_cast<float*>(out + i),
                       _mm512_maskz_cvtph_ps(
                           0xffff, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + i))));
  }
  if constexpr (sizeof(To) == 2 && __is_same(From, float)) {
    // A register with a NaN, whose other bits are lost, goes the long way.
    for (; n - i >= 16; i += 16) {
      const __m512 x = _mm512_loadu_ps(in + i);
      if (_mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q)) [[unlikely]] {
        for (int64_t k = i; k < i + 16; ++k) cast(out[k], in[k]);
        continue;
      }
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), narrowed(x, To{}));
    }
  }
#elif defined(__AVX2__)
  if constexpr (__is_same(From, HalfBits)) {
    for (; n - i >= 8; i += 8)
      _mm256_storeu_ps(reinterpret_cast<float*>(out + i),
                       _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in + i))));
  }
  if constexpr (__is_same(To, HalfBits)) {
    for (; n - i >= 8; i += 8) {
      const __m256 x = _mm256_loadu_ps(in + i);
      if (_mm256_movemask_ps(_mm256_cmp_ps(x, x, _CMP_UNORD_Q))) [[unlikely]] {
        for (int64_t k = i; k < i + 8; ++k) cast(out[k], in[k]);
        continue;
      }
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i),
                       _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
    }
  }
#endif
  for (; i < n; ++i) cast(out[i], in[i]);
}

constexpr CastKernels all() {
  CastKernels kernels{};
  const auto set = [&](DType to, DType from, DenseCast cast) {
    kernels.cast[static_cast<int>(to)][static_cast<int>(from)] = cast;
  };
  set(DType::Bool, DType::Float32, dense<Truth, float>);
  set(DType::Bool, DType::Float64, dense<Truth, double>);
  set(DType::Bool, DType::Int64, dense<Truth, int64_t>);
  set(DType::Bool, DType::Int32, dense<Truth, int32_t>);
  set(DType::Bool, DType::Int16, dense<Truth, int16_t>);
  set(DType::Bool, DType::Int8, dense<Truth, uint8_t>);
  set(DType::Bool, DType::UInt8, dense<Truth, uint8_t>);
  set(DType::Float32, DType::Float16, dense<float, HalfBits>);
  set(DType::Float16, DType::Float32, dense<HalfBits, float>);
  set(DType::Float32, DType::BFloat16, dense<float, BFloatBits>);
  set(DType::BFloat16, DType::Float32, dense<BFloatBits, float>);
  set(DType::UInt8, DType::Float32, dense<uint8_t, float>);
  set(DType::Int64, DType::Float32, dense<int64_t, float>);
  set(DType::Int64, DType::Float64, dense<int64_t, double>);
  set(DType::Float32, DType::Int32, dense<float, int32_t>);
  set(DType::Int32, DType::Float32, dense<int32_t, float>);
  set(DType::Float32, DType::UInt8, dense<float, uint8_t>);
  set(DType::Float32, DType::Bool, dense<float, uint8_t>);
  set(DType::Int32, DType::Bool, dense<int32_t, uint8_t>);
  set(DType::Int32, DType::UInt8, dense<int32_t, uint8_t>);
  set(DType::Int32, DType::Int8, dense<int32_t, int8_t>);
  set(DType::Int32, DType::Int16, dense<int32_t, int16_t>);
  set(DType::UInt8, DType::Int32, dense<uint8_t, int32_t>);
  set(DType::Int8, DType::Int32, dense<uint8_t, int32_t>);
  set(DType::Int16, DType::Int32, dense<int16_t, int32_t>);
  set(DType::Int64, DType::UInt8, dense<int64_t, uint8_t>);
  set(DType::Int64, DType::Bool, dense<int64_t, uint8_t>);
  set(DType::Int64, DType::Int32, dense<int64_t, int32_t>);
  set(DType::Int32, DType::Int64, dense<int32_t, int64_t>);
  return kernels;
}

}  // namespace

const CastKernels cast_kernels = all();

}  // namespace tg::TG_ISA
