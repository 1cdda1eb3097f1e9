// The micro-kernel of gemm_isa.cpp: a tile of c of R rows and V vectors is held in registers while
// k runs. Included by *_isa.cpp files alone: everything here has internal linkage and uses no std
// templates, since an inline function compiled for one instruction set must never be linked into
// another.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/vector.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace tg::TG_ISA {
namespace {

// Tallest tile: R x 2 sums, 2 vectors of b and one of a fit the registers (32 with AVX-512 and on
// arm64, else 16).
#if defined(__aarch64__)
constexpr int kMaxRows = 12;
#else
constexpr int kMaxRows = kVectorBytes == 64 ? 12 : 6;
#endif

// Tallest tile of dot products, which is four columns wide.
constexpr int kDotRows = kVectorBytes == 64 ? 4 : 3;

// Heights of tiles are 1 to 6 and the even numbers above.
constexpr int next_lower(int rows) { return rows > 6 ? rows - 2 : rows - 1; }

// Whether vectors can be loaded in part without a detour; and whether that costs as little as a
// whole one, in stores too.
#if defined(__AVX2__) && !defined(TG_VECTOR_BYTES)
constexpr bool kMasksLoads = true, kMasksFreely = kVectorBytes == 64;
#else
constexpr bool kMasksLoads = false, kMasksFreely = false;
#endif

typedef float FloatVec __attribute__((vector_size(kVectorBytes)));
typedef double DoubleVec __attribute__((vector_size(kVectorBytes)));

template <class T>
struct Simd;
template <>
struct Simd<float> {
  using Vec = FloatVec;
};
template <>
struct Simd<double> {
  using Vec = DoubleVec;
};
template <class T>
constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));

template <class T>
TG_INLINE void load(typename Simd<T>::Vec& v, const T* from) {
  std::memcpy(&v, from, sizeof v);
}
template <class T>
TG_INLINE void store(T* to, const typename Simd<T>::Vec& v) {
  std::memcpy(to, &v, sizeof v);
}

// count < kLanes elements, in copies of constant size.
template <class T, int Step = kLanes<T> / 2>
TG_INLINE void copy_few(T* to, const T* from, int count) {
  if constexpr (Step > 0) {
    if (count & Step) {
      std::memcpy(to, from, Step * sizeof(T));
      to += Step;
      from += Step;
    }
    copy_few<T, Step / 2>(to, from, count);
  }
}

// Selects the first `count` <= kLanes lanes; load() makes the others zero. Memory behind the
// selected lanes is not read.
template <class T>
struct FirstOnly {
  using Vec = typename Simd<T>::Vec;
#if defined(TG_VECTOR_BYTES) || !defined(__AVX2__)
  int count;
  explicit FirstOnly(int count) : count(count) {}
  void load(Vec& v, const T* from) const {
    alignas(kVectorBytes) T lanes[kLanes<T>] = {};
    if (count == kLanes<T>)
      std::memcpy(lanes, from, sizeof v);
    else
      copy_few(lanes, from, count);
    std::memcpy(&v, lanes, sizeof v);
  }
#elif defined(__AVX512F__)
  uint32_t mask;
  explicit FirstOnly(int count) : mask((1u << count) - 1) {}
  void load(FloatVec& v, const float* from) const {
    v = reinterpret_cast<FloatVec>(_mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), from));
  }
  void load(DoubleVec& v, const double* from) const {
    v = reinterpret_cast<DoubleVec>(_mm512_maskz_loadu_pd(static_cast<__mmask8>(mask), from));
  }
#else
  __m256i mask;
  explicit FirstOnly(int count) {
    alignas(32) static const int32_t kBits[16] = {-1, -1, -1, -1, -1, -1, -1, -1,
                                                  0,  0,  0,  0,  0,  0,  0,  0};
    std::memcpy(&mask, kBits + 8 - count * (static_cast<int>(sizeof(T)) / 4), sizeof mask);
  }
  void load(FloatVec& v, const float* from) const {
    v = reinterpret_cast<FloatVec>(_mm256_maskload_ps(from, mask));
  }
  void load(DoubleVec& v, const double* from) const {
    v = reinterpret_cast<DoubleVec>(_mm256_maskload_pd(from, mask));
  }
#endif
};

template <int... I>
struct Lanes {};
template <int count>
struct FirstLanes;
template <>
struct FirstLanes<1> {
  using type = Lanes<0>;
};
template <>
struct FirstLanes<2> {
  using type = Lanes<0, 1>;
};
template <>
struct FirstLanes<4> {
  using type = Lanes<0, 1, 2, 3>;
};
template <>
struct FirstLanes<8> {
  using type = Lanes<0, 1, 2, 3, 4, 5, 6, 7>;
};
template <>
struct FirstLanes<16> {
  using type = Lanes<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15>;
};

// The first `count` < lanes elements of v, by halves of halves: a detour through memory would wait
// for the store.
template <class T, class Vec, int... I>
TG_INLINE void store_halves(T* to, const Vec& v, int count, Lanes<I...>) {
  constexpr int kHalf = sizeof...(I);
  if constexpr (kHalf == 1) {
    if (count & 1) *to = v[0];
  } else {
    auto half = __builtin_shufflevector(v, v, I...);
    if (count & kHalf) {
      std::memcpy(to, &half, sizeof half);
      half = __builtin_shufflevector(v, v, (I + kHalf)...);
      to += kHalf;
    }
    store_halves(to, half, count, typename FirstLanes<kHalf / 2>::type{});
  }
}

template <class T>
TG_INLINE void store_few(T* to, const typename Simd<T>::Vec& v, int count) {
#if defined(__AVX512F__) && !defined(TG_VECTOR_BYTES)
  if constexpr (sizeof(T) == 4)
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), (__m512)v);
  else
    _mm512_mask_storeu_pd(to, static_cast<__mmask8>((1u << count) - 1), (__m512d)v);
#else
  store_halves(to, v, count, typename FirstLanes<kLanes<T> / 2>::type{});
#endif
}

// `cols` elements of c, one vector at most: c = v or c = add + v.
template <class T>
TG_INLINE void put(T* c, typename Simd<T>::Vec v, int cols, const T* add) {
  typename Simd<T>::Vec before;
  if (cols >= kLanes<T>) {
    if (add) load<T>(before, add), v += before;
    store<T>(c, v);
  } else {
    if (add) FirstOnly<T>(cols).load(before, add), v += before;
    store_few<T>(c, v, cols);
  }
}

// What is added to a block of c, from the first element on; null for nothing.
template <class T>
struct Added {
  const T* first;
  int64_t row, col;  // strides
  Added from(int64_t i, int64_t j) const {
    return {first ? first + i * row + j * col : nullptr, row, col};
  }
};

// Where a tile goes and how much of it is real.
template <class T>
struct TileOut {
  T* c;              // of the first of the tiles
  int64_t row, col;  // strides; col is 1 for tiles of more than one row
  int cols;          // of the tile's V * kLanes columns
  Added<T> add;
  T* packed_b = nullptr;  // PackingB: [k][V * kLanes]
  int64_t b_next = 0;     // from b of one tile to b of the next
  // To what is fetched ahead. Rows of an operand that is read in place lie apart, so nothing but
  // this brings those of the next tile, or of the next product.
  int64_t a_ahead = 0, b_ahead = 0, c_ahead = 0;
};

// A tile whose rows are not whole vectors goes through memory.
template <class T>
[[gnu::noinline]] void put_lanes(const T* lanes, int rows, int width, T* first, const T* add,
                                 const TileOut<T>& out) {
  const TileOut<T> to = out;
  for (int r = 0; r < rows; ++r, lanes += width) {
    T* c = first + r * to.row;
    if (to.col != 1 || add) {
#pragma GCC unroll 1
      for (int j = 0; j < to.cols; ++j, c += to.col)
        *c = add ? add[r * to.add.row + j * to.add.col] + lanes[j] : lanes[j];
      continue;
    }
    const T* from = lanes;
    int left = to.cols;
    for (; left >= kLanes<T>; left -= kLanes<T>, c += kLanes<T>, from += kLanes<T>)
      std::memcpy(c, from, kVectorBytes);
    copy_few(c, from, left);
  }
}

template <class T>
using TileFn = void (*)(int64_t count, int64_t k, const T* a, int64_t a_next, int64_t a_row,
                        int64_t a_col, const T* b, int64_t b_step, const TileOut<T>& out);

enum class Operands {
  PackedA,  // a is [k][R] without gaps; rows of b are whole vectors
  InPlace,  // a has its strides; rows of b are whole vectors
  Edge,     // a has its strides; rows of b may end with the row, at out.cols
  PackingB  // as Edge, and b is copied to out.packed_b: for later tiles, at no cost
};

// c of one tile.
template <class T, int R, int V>
TG_INLINE void put_tile(typename Simd<T>::Vec (&sum)[R][V], T* c, const T* add,
                        const TileOut<T>& out, int last_cols) {
  using Vec = typename Simd<T>::Vec;
  constexpr int kWidth = kLanes<T>;
  const int64_t row = out.row;
  if (add) {
    const FirstOnly<T> only(last_cols);
#pragma GCC unroll 32
    for (int r = 0; r < R; ++r, add += out.add.row)
#pragma GCC unroll 32
      for (int v = 0; v < V; ++v) {
        Vec before;
        if (kMasksFreely && v == V - 1)
          only.load(before, add + v * kWidth);
        else
          load<T>(before, add + v * kWidth);
        sum[r][v] += before;
      }
  }
#pragma GCC unroll 32
  for (int r = 0; r < R; ++r, c += row)
#pragma GCC unroll 32
    for (int v = 0; v < V; ++v) {
      if (kMasksFreely && v == V - 1)
        store_few<T>(c + v * kWidth, sum[r][v], last_cols);
      else
        store<T>(c + v * kWidth, sum[r][v]);
    }
}

// `count` tiles, one below the other. a_next: from a of one tile to a of the next; b_step: from one
// k of b to the next.
template <class T, int R, int V, Operands kind>
void tile(int64_t count, int64_t k, const T* a_first, int64_t a_next, int64_t a_row, int64_t a_col,
          const T* b_first, int64_t b_step, const TileOut<T>& out) {
  using Vec = typename Simd<T>::Vec;
  constexpr int kWidth = kLanes<T>;
  constexpr bool kMayEnd = kind == Operands::Edge || kind == Operands::PackingB;
  // Steps of k in one round of the loop: its own instructions are a tenth of a tall tile's, which
  // shows where another thread runs on the same core.
  constexpr int kSteps = V == 2 && 3 * R >= 2 * kMaxRows ? 2 : 1;
  const int last_cols = out.cols - (V - 1) * kWidth;
  const FirstOnly<T> last(kMayEnd ? last_cols : 0);
  T* packed_b = out.packed_b;
  T* c = out.c;
  const T* add = out.add.first;
  const int64_t b_ahead = out.b_ahead ? out.b_ahead : V * kWidth;
  for (; count > 0; --count, c += R * out.row, a_first += a_next, b_first += out.b_next) {
    Vec sum[R][V] = {};
    const T *a = a_first, *b = b_first, *a_ahead = a_first + out.a_ahead;
    // Of every third row: its neighbours are one and two strides away, which an address can say.
    constexpr int kThirds = kind == Operands::PackedA ? 1 : (R + 2) / 3;
    const T* a_rows[kThirds];
    for (int i = 0; i < kThirds; ++i) a_rows[i] = a + 3 * i * a_row;
    const T* ahead = c + out.c_ahead;
    for (int r = 0; r < R; ++r, ahead += out.row)
      for (int v = 0; v < V; ++v)
        __builtin_prefetch(ahead + (v < V - 1 ? v * kWidth : last_cols - 1), 1);
    const auto step = [&]() __attribute__((always_inline)) {
      Vec b_vec[V];
      if (kind != Operands::PackedA) {
#pragma GCC unroll 2
        for (int v = 0; v < V; ++v) __builtin_prefetch(b + b_ahead + v * kWidth, 0, V == 1 ? 3 : 2);
        __builtin_prefetch(a_ahead, 0, V == 1 ? 3 : 2);
        a_ahead += kWidth;
      }
#pragma GCC unroll 16
      for (int v = 0; v < V; ++v) {
        if (kMayEnd && v == V - 1)
          last.load(b_vec[v], b + v * kWidth);
        else
          load<T>(b_vec[v], b + v * kWidth);
        if (kind == Operands::PackingB) store<T>(packed_b + v * kWidth, b_vec[v]);
      }
      if (kind == Operands::PackingB) packed_b += V * kWidth;
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r) {
        // x - 0 is x; x + 0 would not fold away.
        const Vec a_vec =
            (kind == Operands::PackedA ? a[r] : a_rows[r / 3 % kThirds][r % 3 * a_row]) - Vec{};
#pragma GCC unroll 16
        for (int v = 0; v < V; ++v) sum[r][v] += a_vec * b_vec[v];
      }
      a += R;
      if (kind != Operands::PackedA) {
#pragma GCC unroll 8
        for (int i = 0; i < kThirds; ++i) {
          a_rows[i] += a_col;
          asm("" : "+r"(a_rows[i]));  // else the compiler derives all of them from one, at each use
        }
      }
      b += b_step;
    };
    int64_t p = 0;
    for (; p + kSteps <= k; p += kSteps)
#pragma GCC unroll 4
      for (int i = 0; i < kSteps; ++i) step();
    if constexpr (kSteps > 1)
      for (; p < k; ++p) step();
    if ((!kMasksFreely && last_cols != kWidth) ||
        (R == 1 && (out.col != 1 || (add && out.add.col != 1)))) {
      T lanes[R * V * kWidth];
#pragma GCC unroll 32
      for (int i = 0; i < R * V; ++i) store<T>(lanes + i * kWidth, sum[i / V][i % V]);
      put_lanes(lanes, R, V * kWidth, c, add, out);
    } else {
      put_tile<T, R, V>(sum, c, add, out, last_cols);
    }
    if (add) add += R * out.add.row;
  }
}

template <class T, int V, Operands kind, int R = kMaxRows>
inline TileFn<T> tile_of(int rows) {
  if constexpr (R == 1)
    return tile<T, 1, V, kind>;
  else
    return rows == R ? tile<T, R, V, kind> : tile_of<T, V, kind, next_lower(R)>(rows);
}

}  // namespace
}  // namespace tg::TG_ISA
