// Conversions as vector code. They give what convert() of core/dtype.h gives.
#include "kernels/cast_kernels.h"
#include "kernels/lane_half.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tg::TG_ISA {
extern const CastKernels cast_kernels;
namespace {

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
#if defined(__x86_64__) && !defined(__AVX512DQ__)
// One number at a time, by an instruction that makes the least number of what is out of range.
TG_INLINE void cast(int64_t& to, float from) { to = _mm_cvttss_si64(_mm_set_ss(from)); }
TG_INLINE void cast(int64_t& to, double from) { to = _mm_cvttsd_si64(_mm_set_sd(from)); }
#else
TG_INLINE void cast(int64_t& to, float from) { to = whole<int64_t>(from); }
TG_INLINE void cast(int64_t& to, double from) { to = whole<int64_t>(from); }
#endif
TG_INLINE void cast(uint8_t& to, float from) { to = static_cast<uint8_t>(whole<int64_t>(from)); }
template <class To, class From>
TG_INLINE void cast(To& to, From from) {
  to = static_cast<To>(from);
}

template <class To, class From>
void dense(void* to, const void* from, int64_t n) {
  To* out = static_cast<To*>(to);
  const From* in = static_cast<const From*>(from);
  for (int64_t i = 0; i < n; ++i) cast(out[i], in[i]);
}
// step(place, count) for registers of numbers: whole ones, then the rest.
template <class Step>
TG_INLINE void by_registers(int64_t n, const Step& step) {
  constexpr int64_t kCount = Format<float>::kCount;
  int64_t i = 0;
#pragma GCC unroll 4
  for (; n - i >= kCount; i += kCount) step(i, kCount);
  if (i < n) step(i, n - i);
}
template <class Short>
void widen(void* to, const void* from, int64_t n) {
  auto* out = static_cast<float*>(to);
  auto* in = static_cast<const uint16_t*>(from);
  by_registers(n, [=](int64_t i, int64_t count) __attribute__((always_inline)) {
    store(out + i, Short::decode(load_shorts(in + i, count)), count);
  });
}
template <class Short>
void narrow(void* to, const void* from, int64_t n) {
  auto* out = static_cast<uint16_t*>(to);
  auto* in = static_cast<const float*>(from);
  by_registers(n, [=](int64_t i, int64_t count) __attribute__((always_inline)) {
    store_shorts(out + i, Short::encode(load<float>(in + i, count)), count);
  });
}

// --- sums
template <class Short>
TG_INLINE Lane<float> decoded(const uint16_t* from, int64_t count) {
  return Short::decode(load_shorts(from, count));
}
template <class Short>
void sum_row(const void* in, int64_t n, float* sum) {
  constexpr int kLanes = 16, kCount = Format<float>::kCount, kRegisters = kLanes / kCount;
  auto* x = static_cast<const uint16_t*>(in);
  alignas(64) float lanes[kLanes] = {};
  if (n <= kLanes) {
    for (int64_t i = 0; i < n; i += kCount) store(lanes + i, decoded<Short>(x + i, n - i), n - i);
    *sum = lanes[0];
    for (int64_t i = 1; i < n; ++i) *sum += lanes[i];
    return;
  }
  Lane<float> sums[kRegisters];
  for (int r = 0; r < kRegisters; ++r) sums[r] = decoded<Short>(x + r * kCount, kCount);
  int64_t i = kLanes;
  for (; i + kLanes <= n; i += kLanes)
#pragma GCC unroll 4
    for (int r = 0; r < kRegisters; ++r)
      sums[r] = sums[r] + decoded<Short>(x + i + r * kCount, kCount);
  for (int r = 0; r < kRegisters; ++r) store(lanes + r * kCount, sums[r], kCount);
  if (i < n) {
    alignas(64) float rest[kLanes];
    for (int64_t k = 0; k < n - i; k += kCount)
      store(rest + k, decoded<Short>(x + i + k, n - i - k), kCount);
    for (int64_t l = 0; i + l < n; ++l) lanes[l] += rest[l];
  }
  for (int width = kLanes / 2; width; width /= 2)
    for (int l = 0; l < width; ++l) lanes[l] += lanes[l + width];
  *sum = lanes[0];
}
template <class Short>
void sum_tile(const void* in, int64_t stride, int64_t n, int lanes, int width, float* sums,
              int64_t pitch) {
  constexpr int kCount = Format<float>::kCount;
  auto* row = static_cast<const char*>(in);
  for (int64_t i = 0; i < n; ++i, row += stride) {
    auto* x = reinterpret_cast<const uint16_t*>(row);
    float* to = sums + (i & (lanes - 1)) * pitch;
    for (int w = 0; w < width; w += kCount) {
      const Lane<float> value = decoded<Short>(x + w, width - w);
      store(to + w, i < lanes ? value : load<float>(to + w, width - w) + value, width - w);
    }
  }
}

constexpr CastKernels all() {
  CastKernels kernels{};
  kernels.of_half = {sum_row<HalfFormat>, sum_tile<HalfFormat>};
  kernels.of_bfloat = {sum_row<BFloatFormat>, sum_tile<BFloatFormat>};
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
  set(DType::Float32, DType::Float16, widen<HalfFormat>);
  set(DType::Float16, DType::Float32, narrow<HalfFormat>);
  set(DType::Float32, DType::BFloat16, widen<BFloatFormat>);
  set(DType::BFloat16, DType::Float32, narrow<BFloatFormat>);
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
