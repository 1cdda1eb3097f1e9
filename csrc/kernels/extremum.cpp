#include "kernels/extremum.h"

#include "kernels/extremum_kernels.h"
#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(ExtremumKernels, extremum_kernels)

namespace {

const ExtremumKernels& kernels() {
  static const ExtremumKernels& table = pick_isa(extremum_kernels_of_isa);
  return table;
}

// Which bits make the greatest what is asked for.
int64_t flipped_bits(bool greatest, DType dtype) {
  const int64_t sign = int64_t{1} << (itemsize(dtype) * 8 - 1);
  if (is_floating(dtype)) return greatest ? 0 : sign;
  const bool is_signed = dtype != DType::UInt8 && dtype != DType::Bool;
  return (greatest ? 0 : -1) ^ (is_signed ? 0 : sign);
}

template <class T>
void run(const ExtremumKernelsOf<T>& kernels, const Lines& lines, int64_t flip, const T* in,
         T* values, int64_t* places) {
  const LongWork work(lines.numel());
  if (lines.inner == 1) {
    for (int64_t o = 0; o < lines.outer; ++o, in += lines.n) {
      const T best = kernels.row(in, lines.n, flip);
      if (values) values[o] = best;
      if (places) places[o] = kernels.find(in, lines.n, best);
    }
    return;
  }
  for (int64_t o = 0; o < lines.outer; ++o, in += lines.n * lines.inner) {
    if (!places) {
      kernels.columns(in, lines.n, lines.inner, lines.inner, flip, values + o * lines.inner);
      continue;
    }
    for (int64_t w = 0; w < lines.inner; w += kernels.kWidest) {
      T best[ExtremumKernelsOf<T>::kWidest];
      const int64_t at = o * lines.inner + w;
      kernels.column_places(in + w, lines.n, lines.inner,
                            std::min<int64_t>(lines.inner - w, kernels.kWidest), flip,
                            values ? values + at : best, places + at);
    }
  }
}

}  // namespace

void extremum_along(bool greatest, DType dtype, const Lines& lines, const void* in, void* values,
                    int64_t* places) {
  const int64_t flip = flipped_bits(greatest, dtype);
  const auto call = [&]<class T>(const ExtremumKernelsOf<T>& kernels) {
    run(kernels, lines, flip, static_cast<const T*>(in), static_cast<T*>(values), places);
  };
  if (dtype == DType::Float32) return call(kernels().f32);
  if (dtype == DType::Float64) return call(kernels().f64);
  switch (itemsize(dtype)) {
    case 1:
      return call(kernels().i8);
    case 2:
      return call(kernels().i16);
    case 4:
      return call(kernels().i32);
    default:
      return call(kernels().i64);
  }
}

}  // namespace tg
