#include "kernels/cast.h"

#include <algorithm>
#include <cstring>

#include "kernels/cast_kernels.h"
#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(CastKernels, cast_kernels)

namespace {

const CastKernels& kernels_of_machine() {
  static const CastKernels& table = pick_isa(cast_kernels_of_isa);
  return table;
}
DenseCast dense_cast(DType to, DType from) {
  return kernels_of_machine().cast[static_cast<int>(to)][static_cast<int>(from)];
}

constexpr bool is_short(DType dtype) { return dtype == DType::Float16 || dtype == DType::BFloat16; }
// Of a short float to or from another type: by way of float, as convert() goes.
bool cast_by_float(DType to_type, DType from_type, char* to, const char* from, int64_t n) {
  const DenseCast first = dense_cast(DType::Float32, from_type);
  const DenseCast second = dense_cast(to_type, DType::Float32);
  if (!first || !second) return false;
  constexpr int64_t kBlock = 512;
  float buffer[kBlock];
  for (int64_t done = 0, count; done < n; done += count) {
    count = std::min(kBlock, n - done);
    first(buffer, from + done * itemsize(from_type), count);
    second(to + done * itemsize(to_type), buffer, count);
  }
  return true;
}

template <class To, class From>
void cast(char* to, int64_t to_stride, const char* from, int64_t from_stride, int64_t n) {
  if (to_stride == int64_t(sizeof(To)) && from_stride == int64_t(sizeof(From))) {
    if constexpr (std::is_same_v<To, From>) {
      std::memcpy(to, from, size_t(n) * sizeof(To));
    } else {
      constexpr int64_t kFew = 8;
      if (n > kFew)
        if (const DenseCast dense = dense_cast(dtype_of<To>, dtype_of<From>))
          return dense(to, from, n);
      if constexpr (is_short(dtype_of<To>) || is_short(dtype_of<From>))
        if (n > kFew && cast_by_float(dtype_of<To>, dtype_of<From>, to, from, n)) return;
      auto* out = reinterpret_cast<To*>(to);
      auto* in = reinterpret_cast<const From*>(from);
      for (int64_t i = 0; i < n; ++i) out[i] = convert<To>(in[i]);
    }
    return;
  }
  for (int64_t i = 0; i < n; ++i, to += to_stride, from += from_stride)
    *reinterpret_cast<To*>(to) = convert<To>(*reinterpret_cast<const From*>(from));
}

}  // namespace

const ShortSums* short_sums(DType dtype) {
  const CastKernels& kernels = kernels_of_machine();
  return dtype == DType::Float16    ? &kernels.of_half
         : dtype == DType::BFloat16 ? &kernels.of_bfloat
                                    : nullptr;
}

CastRow cast_row(DType to, DType from) {
  return visit_dtype(to, [&](auto to_tag) {
    return visit_dtype(from, [&](auto from_tag) -> CastRow {
      return &cast<typename decltype(to_tag)::type, typename decltype(from_tag)::type>;
    });
  });
}

}  // namespace tg
