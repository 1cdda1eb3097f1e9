#include "kernels/cast.h"

#include <cstring>

#include "kernels/cast_kernels.h"
#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(CastKernels, cast_kernels)

namespace {

DenseCast dense_cast(DType to, DType from) {
  static const CastKernels& table = pick_isa(cast_kernels_of_isa);
  return table.cast[static_cast<int>(to)][static_cast<int>(from)];
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

CastRow cast_row(DType to, DType from) {
  return visit_dtype(to, [&](auto to_tag) {
    return visit_dtype(from, [&](auto from_tag) -> CastRow {
      return &cast<typename decltype(to_tag)::type, typename decltype(from_tag)::type>;
    });
  });
}

}  // namespace tg
