// What vector code has in common: the size of a register, and functions that are never called. For
// *_isa.cpp files alone.
#pragma once

// Calls would end the vector code, and GCC makes some for functions of this size.
#define TG_INLINE inline __attribute__((always_inline))

namespace tg::TG_ISA {
namespace {

#if defined(TG_VECTOR_BYTES)  // a test may ask for vectors that the compiler has to emulate
constexpr int kVectorBytes = TG_VECTOR_BYTES;
#elif defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif

}  // namespace
}  // namespace tg::TG_ISA
