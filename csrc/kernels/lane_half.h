// float16 and bfloat16 in memory as lanes of float32. They give what core/dtype.h gives.
#pragma once

#include "kernels/lane.h"

namespace tg::TG_ISA {

using Shorts = Format<float>::Unsigned;  // 16 bits in each of 32

TG_INLINE Shorts load_shorts(const uint16_t* from, int64_t count) {
  constexpr int kCount = Format<float>::kCount;
  typedef uint16_t Memory __attribute__((vector_size(kCount * sizeof *from)));
  Memory m = {};
  if (count >= kCount)
    std::memcpy(&m, from, sizeof m);
  else
    std::memcpy(&m, from, static_cast<unsigned>(count) * sizeof *from);
  return __builtin_convertvector(m, Shorts);
}
TG_INLINE void store_shorts(uint16_t* to, Shorts x, int64_t count) {
  constexpr int kCount = Format<float>::kCount;
  typedef uint16_t Memory __attribute__((vector_size(kCount * sizeof *to)));
  const Memory m = __builtin_convertvector(x, Memory);
  if (count >= kCount)
    std::memcpy(to, &m, sizeof m);
  else
    std::memcpy(to, &m, static_cast<unsigned>(count) * sizeof *to);
}

struct BFloatFormat {
  static TG_INLINE Lane<float> decode(Shorts h) { return (Format<float>::Vector)(h << 16); }
  static TG_INLINE Shorts encode(Lane<float> x) {
    const Shorts f = (Shorts)x.v;
    return x.v == x.v ? (f + 0x7fffu + ((f >> 16) & 1u)) >> 16 : 0x7fc0u - Shorts{};
  }
};

struct HalfFormat {
#if defined(__AVX512F__)
  static TG_INLINE Lane<float> decode(Shorts h) {
    return _mm512_maskz_cvtph_ps(-1, _mm512_maskz_cvtepi32_epi16(-1, (__m512i)h));
  }
  static TG_INLINE Shorts encode(Lane<float> x) {
    const Shorts h = (Shorts)_mm512_maskz_cvtepu16_epi32(
        -1, _mm512_maskz_cvtps_ph(-1, x.v, _MM_FROUND_TO_NEAREST_INT));
    return x.v == x.v ? h : (h & 0x8000u) | 0x7e00u;
  }
#else
  static TG_INLINE Lane<float> decode(Shorts h) {
    using Vector = Format<float>::Vector;
    const Shorts sign = (h & 0x8000u) << 16, size = h & 0x7fffu;
    // The exponent moves by 112; what has the largest one is infinite or NaN, what has none is a
    // number of steps of 2^-24.
    const Shorts normal = (size << 13) + (112u << 23), large = normal + (112u << 23);
    const Vector steps = __builtin_convertvector((Format<float>::Bits)size, Vector);
    const Shorts small = (Shorts)(steps * 0x1p-24f);
    return (Vector)((size >= 0x7c00u ? large : size < 0x400u ? small : normal) | sign);
  }
  static TG_INLINE Shorts encode(Lane<float> x) {
    using Vector = Format<float>::Vector;
    const Shorts f = (Shorts)x.v, sign = (f >> 16) & 0x8000u, size = f & 0x7fffffffu;
    const Shorts small = (Shorts)((Vector)size + 0.5f) - 0x3f000000u;
    const Shorts normal = (size + 0xc8000fffu + ((size >> 13) & 1u)) >> 13;
    Shorts h = size < 0x38800000u ? small : normal;
    h = size >= 0x477ff000u ? 0x7c00u - Shorts{} : h;
    h = size > 0x7f800000u ? 0x7e00u - Shorts{} : h;
    return sign | h;
  }
#endif
};

}  // namespace tg::TG_ISA
