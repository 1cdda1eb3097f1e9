// The one file that TAPEGRAD_BLAS changes. OpenBLAS computes blocks of a fixed size on one thread
// each, and our own pool shares these out: so the number of threads does not show in the bits, and
// two pools do not fight for the processors.
#include "kernels/blas.h"

#if defined(TAPEGRAD_OPENBLAS)
#include <cblas.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "kernels/parallel.h"
#endif

namespace tg {

#if defined(TAPEGRAD_OPENBLAS)

namespace {

constexpr int64_t kLeast = 128;       // below, the own kernels are faster
constexpr int64_t kMost = INT32_MAX;  // of the library's int
constexpr int64_t kBlock = 384;       // rows and columns of what one thread computes

// The operand as CBLAS describes it; false where it lies neither by rows nor by columns.
bool describe(int64_t rows, int64_t cols, int64_t row_stride, int64_t col_stride,
              CBLAS_TRANSPOSE& transpose, int64_t& stride) {
  const bool by_rows = col_stride == 1;
  transpose = by_rows ? CblasNoTrans : CblasTrans;
  stride = by_rows ? row_stride : col_stride;
  return (by_rows || row_stride == 1) && stride >= (by_rows ? cols : rows) && stride <= kMost;
}

template <class T>
bool multiply(const GemmArgs<T>& g) {
  CBLAS_TRANSPOSE transpose_a, transpose_b;
  int64_t a_stride, b_stride;
  if (std::min({g.m, g.n, g.k}) < kLeast || std::max({g.m, g.n, g.k, g.c_row}) > kMost ||
      g.c_col != 1 || g.c_row < g.n ||
      !describe(g.m, g.k, g.a_row, g.a_col, transpose_a, a_stride) ||
      !describe(g.k, g.n, g.b_row, g.b_col, transpose_b, b_stride))
    return false;
  [[maybe_unused]] static const bool one_thread = (scipy_openblas_set_num_threads(1), true);
  const int64_t across = (g.n + kBlock - 1) / kBlock, down = (g.m + kBlock - 1) / kBlock;
  const bool to_copy = g.add && (g.add != g.c || g.add_row != g.c_row);
  parallel_for(across * down, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i / across * kBlock, col = i % across * kBlock;
      const auto rows = static_cast<blasint>(std::min(kBlock, g.m - row));
      const auto cols = static_cast<blasint>(std::min(kBlock, g.n - col));
      if (to_copy)
        for (int64_t r = row; r < row + rows; ++r)
          std::copy_n(g.add + r * g.add_row + col, cols, g.c + r * g.c_row + col);
      const auto call = [&](auto gemm) {
        gemm(CblasRowMajor, transpose_a, transpose_b, rows, cols, static_cast<blasint>(g.k), T(1),
             g.a + row * g.a_row, static_cast<blasint>(a_stride), g.b + col * g.b_col,
             static_cast<blasint>(b_stride), g.add ? T(1) : T(0), g.c + row * g.c_row + col,
             static_cast<blasint>(g.c_row));
      };
      if constexpr (std::is_same_v<T, float>)
        call(scipy_cblas_sgemm);
      else
        call(scipy_cblas_dgemm);
    }
  });
  return true;
}

}  // namespace

const char* blas_name() { return "OpenBLAS"; }
bool blas_gemm(const GemmArgs<float>& args) { return multiply(args); }
bool blas_gemm(const GemmArgs<double>& args) { return multiply(args); }

#else

const char* blas_name() { return "own"; }
bool blas_gemm(const GemmArgs<float>&) { return false; }
bool blas_gemm(const GemmArgs<double>&) { return false; }

#endif

}  // namespace tg
