#include "kernels/extremum.h"

#include "kernels/extremum_kernels.h"
#include "kernels/isa.h"
#include "kernels/parallel.h"

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

// The extremum of a long row from those of blocks, at most kBlocks of them, which threads share.
template <class T>
void run_row(const ExtremumKernelsOf<T>& kernels, int64_t n, int64_t flip, const T* in, T* value,
             int64_t* place) {
  constexpr int64_t kBlocks = 256;
  T parts[kBlocks];
  const int64_t least = (n + kBlocks - 1) / kBlocks;
  const int64_t block = (least + kCheapGrain - 1) / kCheapGrain * kCheapGrain;
  const int64_t blocks = (n + block - 1) / block;
  sweep(blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b)
      parts[b] = kernels.row(in + b * block, std::min(block, n - b * block), flip);
  });
  const T best = blocks == 1 ? parts[0] : kernels.row(parts, blocks, flip);
  if (value) *value = best;
  if (!place) return;
  const int64_t first = (blocks == 1 ? 0 : kernels.find(parts, blocks, best)) * block;
  *place = first + kernels.find(in + first, std::min(block, n - first), best);
}

template <class T>
void run(const ExtremumKernelsOf<T>& kernels, const Lines& lines, int64_t flip, const T* in,
         T* values, int64_t* places) {
  const LongWork work(lines.numel());
  if (lines.inner == 1) {
    const auto rows = [&](int64_t begin, int64_t end) {
      for (int64_t o = begin; o < end; ++o)
        run_row(kernels, lines.n, flip, in + o * lines.n, values ? values + o : nullptr,
                places ? places + o : nullptr);
    };
    // A few long rows are shared themselves.
    if (lines.outer < 8 && lines.n >= 8 * kCheapGrain) return rows(0, lines.outer);
    return sweep(lines.outer, 1 + kCheapGrain / (lines.n + 1), rows);
  }
  // Strips of columns.
  constexpr int64_t kStrip = 64;
  const int64_t strips = (lines.inner + kStrip - 1) / kStrip;
  const int64_t size = lines.n * std::min(kStrip, lines.inner);
  parallel_for(lines.outer * strips, 1 + kCheapGrain / (size + 1), [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t o = begin / strips, w = begin % strips * kStrip, at = o * lines.inner + w;
      int64_t width = std::min(lines.inner - w, (end - begin) * kStrip);
      const T* from = in + o * lines.n * lines.inner + w;
      if (places) {
        width = std::min<int64_t>(width, kernels.kWidest);
        T best[ExtremumKernelsOf<T>::kWidest];
        kernels.column_places(from, lines.n, lines.inner, width, flip, values ? values + at : best,
                              places + at);
      } else {
        kernels.columns(from, lines.n, lines.inner, width, flip, values + at);
      }
      begin += (width + kStrip - 1) / kStrip;
    }
  });
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
