// Kernels of gemm_isa.cpp for products with few rows or columns, which read their operands where
// they are: sums along contiguous k (dot products), and one row times a matrix. For *_isa.cpp files
// alone, as gemm_tile.h.
#pragma once

#include "kernels/gemm_pack.h"
#include "kernels/parallel.h"

namespace tg::TG_ISA {
namespace {

// R rows of a times C columns of b, both contiguous along k; U sums each, to hide the latency of
// the additions.
template <class T, int R, int C, int U>
void dot_tile(int64_t k, const T* a, int64_t a_row, const T* b, int64_t b_col, T* c, int64_t c_row,
              int64_t c_col, const T* add, int64_t add_row, int64_t add_col) {
  using Vec = typename Simd<T>::Vec;
  constexpr int kWidth = kLanes<T>;
  Vec sum[U][R][C] = {};
  int64_t p = 0;
  for (; p + U * kWidth <= k; p += U * kWidth) {
#pragma GCC unroll 16
    for (int u = 0; u < U; ++u) {
      Vec b_vec[C];
#pragma GCC unroll 16
      for (int j = 0; j < C; ++j) load<T>(b_vec[j], b + j * b_col + p + u * kWidth);
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r) {
        Vec a_vec;
        load<T>(a_vec, a + r * a_row + p + u * kWidth);
#pragma GCC unroll 16
        for (int j = 0; j < C; ++j) sum[u][r][j] += a_vec * b_vec[j];
      }
    }
  }
  T rest_sum[R][C] = {};
  if constexpr (kMasksLoads) {
    for (; p < k; p += kWidth) {  // fewer than U vectors; the last one may be partial
      const FirstOnly<T> rest(k - p < kWidth ? static_cast<int>(k - p) : kWidth);
      Vec b_vec[C];
#pragma GCC unroll 16
      for (int j = 0; j < C; ++j) rest.load(b_vec[j], b + j * b_col + p);
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r) {
        Vec a_vec;
        rest.load(a_vec, a + r * a_row + p);
#pragma GCC unroll 16
        for (int j = 0; j < C; ++j) sum[0][r][j] += a_vec * b_vec[j];
      }
    }
  } else {
    for (int r = 0; r < R; ++r)
      for (int j = 0; j < C; ++j)
#pragma GCC unroll 1
        for (int64_t i = p; i < k; ++i) rest_sum[r][j] += a[r * a_row + i] * b[j * b_col + i];
  }
#pragma GCC unroll 16
  for (int u = 1; u < U; ++u)
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 16
      for (int j = 0; j < C; ++j) sum[0][r][j] += sum[u][r][j];
  T result[R * C];
  sum_lanes_of<T, R * C>(&sum[0][0][0], result);
#pragma GCC unroll 16
  for (int i = 0; i < R * C; ++i) {
    T& to = c[i / C * c_row + i % C * c_col];
    const T value = kMasksLoads ? result[i] : result[i] + rest_sum[i / C][i % C];
    to = add ? add[i / C * add_row + i % C * add_col] + value : value;
  }
}

// f(piece of the product) for pieces of k; each adds to what the one before it has left in c.
template <class T, class F>
TG_INLINE void for_pieces_of_k(const GemmArgs<T>& g, int64_t step, const F& f) {
  GemmArgs<T> piece = g;
  for (int64_t p = 0; p < g.k; p += step) {
    piece.k = g.k - p < step ? g.k - p : step;
    piece.a = g.a + p * g.a_col;
    piece.b = g.b + p * g.b_row;
    f(piece);
    piece.add = g.c;
    piece.add_row = g.c_row;
    piece.add_col = g.c_col;
  }
}

// C columns of b times all rows of a.
template <class T, int C, int R = kDotRows>
void dot_columns(const GemmArgs<T>& g, int64_t i, int64_t j) {
  constexpr int kSums = R == 1 ? 2 : 1;
  for (; i + R <= g.m; i += R)
    dot_tile<T, R, C, kSums>(g.k, g.a + i * g.a_row, g.a_row, g.b + j * g.b_col, g.b_col,
                             g.c + i * g.c_row + j * g.c_col, g.c_row, g.c_col,
                             g.add ? g.add + i * g.add_row + j * g.add_col : nullptr, g.add_row,
                             g.add_col);
  if constexpr (R > 1)
    if (i < g.m) dot_columns<T, C, R - 1>(g, i, j);
}

// Long sums are cut, so that their error stays that of the pieces.
constexpr int64_t kDotPiece = 4096;

// Needs a_col == 1 and b_row == 1. A few columns of b stay in the first cache while all of a
// passes.
template <class T>
[[gnu::noinline]] void dot_product_of_piece(const GemmArgs<T>& g) {
  int64_t j = 0;
  for (; j + 4 <= g.n; j += 4) dot_columns<T, 4>(g, 0, j);
  for (; j < g.n; ++j) dot_columns<T, 1>(g, 0, j);
}
template <class T>
void dot_product(const GemmArgs<T>& g) {
  for_pieces_of_k(g, kDotPiece, dot_product_of_piece<T>);
}

// m == 1 and n == 1. Of long vectors threads share the pieces, whose products are added in order.
template <class T>
void dot_of_vectors(const GemmArgs<T>& g) {
  constexpr int64_t kBlocks = 256, kShared = 4;  // pieces at a time, and those worth a thread
  const auto dot = [](int64_t k, const T* a, const T* b, T* c, const T* add) {
    dot_tile<T, 1, 1, 8>(k, a, 0, b, 0, c, 0, 0, add, 0, 0);
  };
  if (g.k < 2 * kShared * kDotPiece)
    return for_pieces_of_k(g, kDotPiece, [&](const GemmArgs<T>& piece) {
      dot(piece.k, piece.a, piece.b, piece.c, piece.add);
    });
  for_pieces_of_k(g, kBlocks * kDotPiece, [&](const GemmArgs<T>& long_piece) {
    T parts[kBlocks];
    parts[0] = 0;  // GCC does not see that it is set
    const int64_t k = long_piece.k, count = (k + kDotPiece - 1) / kDotPiece;
    parallel_for(count, kShared, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t p = i * kDotPiece;
        dot(k - p < kDotPiece ? k - p : kDotPiece, long_piece.a + p, long_piece.b + p, &parts[i],
            nullptr);
      }
    });
    T total = long_piece.add ? *long_piece.add + parts[0] : parts[0];
    for (int64_t i = 1; i < count; ++i) total += parts[i];
    *long_piece.c = total;
  });
}

// c = the sum over K rows of b, each times its element of a, and of `add` where it is not null.
template <class T, int K>
void add_rows(int64_t n, const T* a, int64_t a_col, const T* b, int64_t b_row, T* c, const T* add) {
  using Vec = typename Simd<T>::Vec;
  constexpr int kWidth = kLanes<T>;
  Vec a_vec[K], b_vec;
#pragma GCC unroll 16
  for (int p = 0; p < K; ++p) a_vec[p] = a[p * a_col] - Vec{};
  int64_t j = 0;
  for (; j + kWidth <= n; j += kWidth) {
    Vec sum = {};
#pragma GCC unroll 16
    for (int p = 0; p < K; ++p) load<T>(b_vec, b + p * b_row + j), sum += a_vec[p] * b_vec;
    put<T>(c + j, sum, kWidth, add ? add + j : nullptr);
  }
  const int cols = static_cast<int>(n - j);
  if (cols == 0) return;
  const FirstOnly<T> rest(cols);
  Vec sum = {};
#pragma GCC unroll 16
  for (int p = 0; p < K; ++p) rest.load(b_vec, b + p * b_row + j), sum += a_vec[p] * b_vec;
  put<T>(c + j, sum, cols, add ? add + j : nullptr);
}

// m == 1, b_col == 1, c_col == 1, add_col == 1: b is read once, in whole rows, while a piece of c
// stays in the first cache.
template <class T>
void row_times_matrix(const GemmArgs<T>& g) {
  constexpr int64_t kPiece = 16384 / sizeof(T);
  for (int64_t j = 0; j < g.n; j += kPiece) {
    const int64_t n = g.n - j < kPiece ? g.n - j : kPiece;
    const T* add = g.add ? g.add + j : nullptr;
    int64_t p = 0;
    const auto next = [&](auto rows, int64_t count) {
      rows(n, g.a + p * g.a_col, g.a_col, g.b + p * g.b_row + j, g.b_row, g.c + j, add);
      add = g.c + j;
      p += count;
    };
    while (p + 8 <= g.k) next(add_rows<T, 8>, 8);
    if (g.k - p >= 4) next(add_rows<T, 4>, 4);
    if (g.k - p >= 2) next(add_rows<T, 2>, 2);
    if (g.k - p >= 1) next(add_rows<T, 1>, 1);
  }
}

}  // namespace
}  // namespace tg::TG_ISA
