// float16 and bfloat16 in memory as lanes of float32. They give what core/dtype.h gives.
#pragma once

#include "kernels/lane.h"

namespace tg::TG_ISA {

typedef uint16_t Shorts __attribute__((vector_size(Format<float>::kCount * 2)));
using Words = Format<float>::Unsigned;

TG_INLINE Words widened(Shorts x) {
#if defined(__AVX512F__)  // which GCC does in halves
  return (Words)_mm512_maskz_cvtepu16_epi32(0xffff, (__m256i)x);
#else
  return __builtin_convertvector(x, Words);
#endif
}

TG_INLINE Shorts load_shorts(const uint16_t* from, int64_t count) {
  Shorts x = {};
  if (count >= Format<float>::kCount)
    std::memcpy(&x, from, sizeof x);
  else
    std::memcpy(&x, from, static_cast<unsigned>(count) * sizeof *from);
  return x;
}
TG_INLINE void store_shorts(uint16_t* to, Shorts x, int64_t count) {
  if (count >= Format<float>::kCount)
    std::memcpy(to, &x, sizeof x);
  else
    std::memcpy(to, &x, static_cast<unsigned>(count) * sizeof *to);
}

// Where it costs little to ask: encode() passes over what only a NaN needs.
TG_INLINE bool may_have_nan([[maybe_unused]] Lane<float> x) {
#if defined(__AVX512F__)
  return _mm512_cmp_ps_mask(x.v, x.v, _CMP_UNORD_Q);
#elif defined(__AVX2__)
  return _mm256_movemask_ps(_mm256_cmp_ps(x.v, x.v, _CMP_UNORD_Q));
#else
  return true;
#endif
}

struct BFloatFormat {
  static TG_INLINE Lane<float> decode(Shorts h) {
    return (Format<float>::Vector)(widened(h) << 16);
  }
  static TG_INLINE Shorts encode(Lane<float> x) {
    const Words f = (Words)x.v;
    Words h = (f + 0x7fffu + ((f >> 16) & 1u)) >> 16;
    if (may_have_nan(x)) h = x.v == x.v ? h : 0x7fc0u - Words{};
    return __builtin_convertvector(h, Shorts);
  }
};

struct HalfFormat {
#if defined(__AVX2__)
  static TG_INLINE Lane<float> decode(Shorts h) {
#if defined(__AVX512F__)
    return _mm512_maskz_cvtph_ps(0xffff, (__m256i)h);
#else
    return _mm256_cvtph_ps((__m128i)h);
#endif
  }
  static TG_INLINE Shorts encode(Lane<float> x) {
#if defined(__AVX512F__)
    const auto h = (Shorts)_mm512_maskz_cvtps_ph(0xffff, x.v, _MM_FROUND_TO_NEAREST_INT);
#else
    const auto h = (Shorts)_mm256_cvtps_ph(x.v, _MM_FROUND_TO_NEAREST_INT);
#endif
    if (!may_have_nan(x)) return h;
    // A NaN keeps other bits than the one of core/dtype.h.
    const Shorts nan = (h & 0x8000u) | 0x7e00u;
    return (h & 0x7fffu) > 0x7c00u ? nan : h;
  }
#else
  static TG_INLINE Lane<float> decode(Shorts x) {
    using Vector = Format<float>::Vector;
    const Words h = widened(x);
    const Words sign = (h & 0x8000u) << 16, size = h & 0x7fffu;
    // The exponent moves by 112; what has the largest one is infinite or NaN, what has none is a
    // number of steps of 2^-24.
    const Words normal = (size << 13) + (112u << 23), large = normal + (112u << 23);
    const Vector steps = __builtin_convertvector((Format<float>::Bits)size, Vector);
    const Words small = (Words)(steps * 0x1p-24f);
    return (Vector)((size >= 0x7c00u ? large : size < 0x400u ? small : normal) | sign);
  }
  static TG_INLINE Shorts encode(Lane<float> x) {
    using Vector = Format<float>::Vector;
    const Words f = (Words)x.v, sign = (f >> 16) & 0x8000u, size = f & 0x7fffffffu;
    const Words small = (Words)((Vector)size + 0.5f) - 0x3f000000u;
    const Words normal = (size + 0xc8000fffu + ((size >> 13) & 1u)) >> 13;
    Words h = size < 0x38800000u ? small : normal;
    h = size >= 0x477ff000u ? 0x7c00u - Words{} : h;
    h = size > 0x7f800000u ? 0x7e00u - Words{} : h;
    return __builtin_convertvector(sign | h, Shorts);
  }
#endif
};

}  // namespace tg::TG_ISA
