#include "kernels/gemm.h"

#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

#include "core/dtype.h"
#include "kernels/blas.h"
#include "kernels/gemm_kernels.h"
#include "kernels/isa.h"
#include "kernels/parallel.h"

namespace tg {

TG_ISA_TABLES(GemmKernels, gemm_kernels)

namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

// Smaller ones are not worth the question.
bool is_large(int64_t m, int64_t n, int64_t k) { return m * n * k >= 1 << 18; }

void run(const GemmArgs<float>& args, const GemmBatch& batch = {}) {
  if (batch.count == 1 && is_large(args.m, args.n, args.k) && blas_gemm(args)) return;
  static const GemmKernels& kernels = pick_isa(gemm_kernels_of_isa);
  kernels.run_float(args, batch);
}
void run(const GemmArgs<double>& args, const GemmBatch& batch = {}) {
  if (batch.count == 1 && is_large(args.m, args.n, args.k) && blas_gemm(args)) return;
  static const GemmKernels& kernels = pick_isa(gemm_kernels_of_isa);
  kernels.run_double(args, batch);
}

template <class T>
std::unique_ptr<float[]> as_floats(const T* from, int64_t rows, int64_t cols, int64_t row_stride,
                                   int64_t col_stride) {
  auto floats = std::make_unique_for_overwrite<float[]>(static_cast<size_t>(rows * cols));
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) floats[i * cols + j] = from[i * row_stride + j * col_stride];
  return floats;
}

// The 16-bit floats: one rounding at the end.
template <class T>
void run_half(const GemmArgs<T>& g) {
  const auto a = as_floats(g.a, g.m, g.k, g.a_row, g.a_col);
  // b keeps the order it has, so that one laid out along k is still read so.
  const bool along_k = g.b_row == 1;
  const auto b =
      along_k ? as_floats(g.b, g.n, g.k, g.b_col, 1) : as_floats(g.b, g.k, g.n, g.b_row, g.b_col);
  const auto c = std::make_unique_for_overwrite<float[]>(static_cast<size_t>(g.m * g.n));
  run(GemmArgs<float>{g.m, g.n, g.k, a.get(), g.k, 1, b.get(), along_k ? 1 : g.n, along_k ? g.k : 1,
                      c.get(), g.n, 1, nullptr, 0, 0});
  for (int64_t i = 0; i < g.m; ++i)
    for (int64_t j = 0; j < g.n; ++j) {
      T& to = g.c[i * g.c_row + j];
      const float sum = c[i * g.n + j];
      to = T(g.add ? static_cast<float>(g.add[i * g.add_row + j]) + sum : sum);
    }
}

// Integers, in unsigned arithmetic of at least 32 bits: the low bits are the wrapped result.
template <class T>
void integer_rows(const GemmArgs<T>& g, int64_t first, int64_t last) {
  using Wide = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  for (int64_t i = first; i < last; ++i) {
    const T* a = g.a + i * g.a_row;
    T* c = g.c + i * g.c_row;
    const T* add = g.add ? g.add + i * g.add_row : nullptr;
    if (g.b_col == 1 && g.n > 1) {  // whole rows of b, so that the inner loop vectorises
      for (int64_t j = 0; j < g.n; ++j) c[j] = add ? add[j] : T(0);
      for (int64_t p = 0; p < g.k; ++p) {
        const Wide scale = static_cast<Wide>(a[p * g.a_col]);
        const T* b = g.b + p * g.b_row;
        for (int64_t j = 0; j < g.n; ++j)
          c[j] = static_cast<T>(static_cast<Wide>(c[j]) + scale * static_cast<Wide>(b[j]));
      }
      continue;
    }
    for (int64_t j = 0; j < g.n; ++j) {
      Wide sum = add ? static_cast<Wide>(add[j]) : Wide(0);
      const T* b = g.b + j * g.b_col;
      for (int64_t p = 0; p < g.k; ++p)
        sum += static_cast<Wide>(a[p * g.a_col]) * static_cast<Wide>(b[p * g.b_row]);
      c[j] = static_cast<T>(sum);
    }
  }
}
template <class T>
void run_integer(const GemmArgs<T>& g) {
  parallel_for(g.m, 1 + (1 << 16) / (g.n * g.k + 1),
               [&](int64_t first, int64_t last) { integer_rows(g, first, last); });
}

}  // namespace

void* gemm_scratch(GemmScratch operand, size_t bytes) {
  struct Scratch {
    std::unique_ptr<void, Free> memory;
    size_t size = 0;
  };
  thread_local Scratch scratches[2];
  Scratch& scratch = scratches[static_cast<int>(operand)];
  if (bytes <= scratch.size) return scratch.memory.get();
  scratch.memory.reset();
  scratch.size = 0;
  const size_t rounded = (bytes + 4095) & ~size_t(4095);
  scratch.memory.reset(std::aligned_alloc(64, rounded));
  if (!scratch.memory) throw std::bad_alloc();
  scratch.size = rounded;
  return scratch.memory.get();
}

template <class T>
void gemm(int64_t m, int64_t n, int64_t k, const T* a, int64_t a_row_stride, int64_t a_col_stride,
          const T* b, int64_t b_row_stride, int64_t b_col_stride, T* c, int64_t c_row_stride,
          const T* add, int64_t add_row_stride, const GemmBatch& batch) {
  if (m <= 0 || n <= 0) return;
  const bool one_call = std::is_floating_point_v<T> && k > 0;
  if (batch.count != 1 && !one_call) {
    for (int64_t i = 0; i < batch.count; ++i)
      gemm(m, n, k, a + i * batch.a_next, a_row_stride, a_col_stride, b + i * batch.b_next,
           b_row_stride, b_col_stride, c + i * batch.c_next, c_row_stride);
    return;
  }
  if (k <= 0) {
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j)
        c[i * c_row_stride + j] = add ? add[i * add_row_stride + j] : T(0.0f);
    return;
  }
  const GemmArgs<T> args{m,
                         n,
                         k,
                         a,
                         a_row_stride,
                         a_col_stride,
                         b,
                         b_row_stride,
                         b_col_stride,
                         c,
                         c_row_stride,
                         1,
                         add,
                         add_row_stride,
                         1};
  if constexpr (std::is_floating_point_v<T>)
    run(args, batch);
  else if constexpr (std::is_integral_v<T>)
    run_integer(args);
  else
    run_half(args);
}

#define TG_INSTANTIATE(T)                                                                         \
  template void gemm<T>(int64_t, int64_t, int64_t, const T*, int64_t, int64_t, const T*, int64_t, \
                        int64_t, T*, int64_t, const T*, int64_t, const GemmBatch&);
TG_INSTANTIATE(uint8_t)
TG_INSTANTIATE(int8_t)
TG_INSTANTIATE(int16_t)
TG_INSTANTIATE(int32_t)
TG_INSTANTIATE(int64_t)
TG_INSTANTIATE(Half) TG_INSTANTIATE(BFloat16) TG_INSTANTIATE(float) TG_INSTANTIATE(double)
#undef TG_INSTANTIATE

}  // namespace tg
