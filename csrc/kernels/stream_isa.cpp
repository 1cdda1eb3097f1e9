// Non-temporal stores, compiled once per instruction set. See stream.h.
#include "kernels/stream.h"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tg::TG_ISA {
namespace {

#if defined(__x86_64__)
#if defined(__AVX512F__)
constexpr int64_t kVector = 64;
inline void store(char* to, const char* from) {
  _mm512_stream_si512(reinterpret_cast<__m512i*>(to), _mm512_loadu_si512(from));
}
#elif defined(__AVX2__)
constexpr int64_t kVector = 32;
inline void store(char* to, const char* from) {
  _mm256_stream_si256(reinterpret_cast<__m256i*>(to),
                      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
#else
constexpr int64_t kVector = 16;
inline void store(char* to, const char* from) {
  _mm_stream_si128(reinterpret_cast<__m128i*>(to),
                   _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
#endif

void copy(char* to, const char* from, int64_t bytes) {
  const int64_t past = past_line(to);
  const int64_t head = past ? (bytes < kStreamLine - past ? bytes : kStreamLine - past) : 0;
  std::memcpy(to, from, size_t(head));
  int64_t i = head;
  for (; i + kStreamLine <= bytes; i += kStreamLine)
    for (int64_t k = 0; k < kStreamLine; k += kVector) store(to + i + k, from + i + k);
  std::memcpy(to + i, from + i, size_t(bytes - i));
}
void finish() { _mm_sfence(); }
#else
void copy(char* to, const char* from, int64_t bytes) { std::memcpy(to, from, size_t(bytes)); }
void finish() {}
#endif

}  // namespace

extern const StreamKernels stream_table{&copy, &finish};

}  // namespace tg::TG_ISA
