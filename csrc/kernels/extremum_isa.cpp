// The loops of extremum.h.
#include "kernels/extremum_kernels.h"

#include "kernels/gemm_tile.h"

namespace tg::TG_ISA {
extern const ExtremumKernels extremum_kernels;
namespace {

template <int bytes>
struct BitsOf;
template <>
struct BitsOf<1> {
  using type = int8_t;
};
template <>
struct BitsOf<2> {
  using type = int16_t;
};
template <>
struct BitsOf<4> {
  using type = int32_t;
};
template <>
struct BitsOf<8> {
  using type = int64_t;
};

// Vectors of any element type.
template <class T, int bytes = kVectorBytes>
struct Vectors {
  using Bit = typename BitsOf<sizeof(T)>::type;
  typedef T Vec __attribute__((vector_size(bytes)));
  typedef Bit Bits __attribute__((vector_size(bytes)));
  static constexpr int kCount = bytes / static_cast<int>(sizeof(T));
  static TG_INLINE Vec load(const T* p) {
    Vec v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  static TG_INLINE Vec load(const T* p, Bit flip) { return (Vec)((Bits)load(p) ^ flip); }
  static TG_INLINE void store(T* p, Vec v) { std::memcpy(p, &v, sizeof v); }
  // v where it is greater or NaN; `best` stays where it is NaN.
  static TG_INLINE Vec greater(Vec v, Vec best) {
    const Vec t = v > best ? v : best;
    if constexpr (T(0.5) == 0)
      return t;
    else
      return v != v ? v : t;
  }
};
template <class T>
TG_INLINE T flipped(T x, typename BitsOf<sizeof(T)>::type flip) {
  using Bit = typename BitsOf<sizeof(T)>::type;
  return __builtin_bit_cast(T, static_cast<Bit>(__builtin_bit_cast(Bit, x) ^ flip));
}
template <class T>
TG_INLINE T greater(T x, T best) {  // no branch, which would be taken at random
  using Bit = typename BitsOf<sizeof(T)>::type;
  const Bit take = static_cast<Bit>(-Bit((x > best) | (x != x)));
  return __builtin_bit_cast(T, static_cast<Bit>((__builtin_bit_cast(Bit, x) & take) |
                                                (__builtin_bit_cast(Bit, best) & ~take)));
}

template <class T, int bytes>
TG_INLINE T greatest_lane(typename Vectors<T, bytes>::Vec v) {
  constexpr int kCount = Vectors<T, bytes>::kCount;
  T lanes[kCount];
  Vectors<T, bytes>::store(lanes, v);
  if constexpr (bytes > 16) {
    using Half = Vectors<T, bytes / 2>;
    return greatest_lane<T, bytes / 2>(
        Half::greater(Half::load(lanes), Half::load(lanes + kCount / 2)));
  } else {
    for (int w = kCount / 2; w; w /= 2)
      for (int l = 0; l < w; ++l) lanes[l] = greater(lanes[l + w], lanes[l]);
    return lanes[0];
  }
}

template <class T, int bytes = kVectorBytes>
T row(const T* x, int64_t n, int64_t flip_) {
  using V = Vectors<T, bytes>;
  const auto flip = static_cast<typename V::Bit>(flip_);
  if (n < V::kCount) {
    if constexpr (bytes > 16) {
      return row<T, bytes / 2>(x, n, flip_);
    } else {
      T best = flipped(x[0], flip);
      for (int64_t i = 1; i < n; ++i) best = greater(flipped(x[i], flip), best);
      return flipped(best, flip);
    }
  }
  auto best = V::load(x + n - V::kCount, flip);  // some for the second time
  int64_t i = 0;
  if (n >= 4 * V::kCount) {
    typename V::Vec top[4];
    for (auto& v : top) v = best;
    for (; n - i >= 4 * V::kCount; i += 4 * V::kCount)
#pragma GCC unroll 4
      for (int u = 0; u < 4; ++u) top[u] = V::greater(V::load(x + i + u * V::kCount, flip), top[u]);
    best = V::greater(V::greater(top[0], top[1]), V::greater(top[2], top[3]));
  }
  for (; n - i >= V::kCount; i += V::kCount) best = V::greater(V::load(x + i, flip), best);
  return flipped(greatest_lane<T, bytes>(best), flip);
}

// Fewer columns than fill a vector: what lies behind them is read along where it is still theirs.
template <class T>
void narrow_columns(const T* x, int64_t n, int64_t pitch, int64_t width, int64_t flip_, T* best) {
  using V = Vectors<T>;
  const auto flip = static_cast<typename V::Bit>(flip_);
  const auto bytes = static_cast<size_t>(width) * sizeof(T);
  T row[V::kCount] = {};
  std::memcpy(row, x, bytes);
  auto top = V::load(row, flip);
  const T* end = x + (n - 1) * pitch + width;
  for (int64_t i = 1; i < n; ++i) {
    const T* p = x + i * pitch;
    if (end - p < V::kCount) {
      std::memcpy(row, p, bytes);
      p = row;
    }
    top = V::greater(V::load(p, flip), top);
  }
  V::store(row, top);
  for (int64_t w = 0; w < width; ++w) best[w] = flipped(row[w], flip);
}

// Where the last vector would reach past the end it starts before the end of the one before: that
// changes nothing.
template <class T>
void columns(const T* x, int64_t n, int64_t pitch, int64_t width, int64_t flip_, T* best) {
  using V = Vectors<T>;
  if (width < V::kCount) return narrow_columns(x, n, pitch, width, flip_, best);
  const auto flip = static_cast<typename V::Bit>(flip_);
  constexpr int64_t kTile = 2048;  // results that stay in the nearest cache
  std::memcpy(best, x, static_cast<size_t>(width) * sizeof(T));
  for (int64_t begin = 0; begin < width; begin += kTile) {
    const int64_t end = width - begin < kTile ? width : begin + kTile;
    for (int64_t i = 1; i < n;) {
      const T* p = x + i * pitch;
      const int rows = n - i >= 4 ? 4 : 1;
      for (int64_t w = begin; w < end; w += V::kCount) {
        const int64_t at = width - w < V::kCount ? width - V::kCount : w;
        auto v = V::load(best + at, flip);
        if (rows == 4)
#pragma GCC unroll 4
          for (int u = 0; u < 4; ++u) v = V::greater(V::load(p + u * pitch + at, flip), v);
        else
          v = V::greater(V::load(p + at, flip), v);
        V::store(best + at, (typename V::Vec)((typename V::Bits)v ^ flip));
      }
      i += rows;
    }
  }
}

template <class T>
void column_places(const T* x, int64_t n, int64_t pitch, int64_t width, int64_t flip_, T* best,
                   int64_t* places) {
  using V = Vectors<T>;
  using Bits = typename V::Bits;
  using Bit = typename V::Bit;
  const auto flip = static_cast<Bit>(flip_);
  alignas(64) Bit where[ExtremumKernelsOf<T>::kWidest];
  for (int64_t w = 0; w < width; ++w) {
    best[w] = flipped(x[w], flip);
    where[w] = 0;
  }
  for (int64_t i = 1; i < n; ++i) {
    const T* p = x + i * pitch;
    for (int64_t w = 0; width >= V::kCount && w < width; w += V::kCount) {
      const int64_t from = width - w < V::kCount ? width - V::kCount : w;
      const auto v = V::load(p + from, flip), b = V::load(best + from);
      const Bits take = (Bits)(v > b) | ((Bits)(v != v) & (Bits)(b == b));
      Bits at;
      std::memcpy(&at, where + from, sizeof at);
      V::store(best + from, take ? v : b);
      at = take ? static_cast<Bit>(i) - Bits{} : at;
      std::memcpy(where + from, &at, sizeof at);
    }
    for (int64_t w = 0; width < V::kCount && w < width; ++w) {
      const T v = flipped(p[w], flip), b = best[w];
      if (!(v > b || (v != v && b == b))) continue;
      best[w] = v;
      where[w] = static_cast<Bit>(i);
    }
  }
  for (int64_t w = 0; w < width; ++w) {
    best[w] = flipped(best[w], flip);
    places[w] = where[w];
  }
}

// Bit l: whether lane l of a comparison is true.
template <class T>
TG_INLINE uint64_t mask_of(typename Vectors<T>::Bits v) {
#if defined(__AVX512F__) && !defined(TG_VECTOR_BYTES)
  if constexpr (sizeof(T) == 4) return _mm512_movepi32_mask((__m512i)v);
  if constexpr (sizeof(T) == 8) return _mm512_movepi64_mask((__m512i)v);
#elif defined(__AVX2__) && !defined(TG_VECTOR_BYTES)
  if constexpr (sizeof(T) == 4) return static_cast<unsigned>(_mm256_movemask_ps((__m256)v));
  if constexpr (sizeof(T) == 8) return static_cast<unsigned>(_mm256_movemask_pd((__m256d)v));
#endif
  uint64_t mask = 0;
  for (int l = 0; l < Vectors<T>::kCount; ++l) mask |= uint64_t(v[l] & 1) << l;
  return mask;
}

// is(v): which lanes of v, or elements, are it. At least one element is.
template <class T, class Is>
TG_INLINE int64_t first_that(const T* x, int64_t n, const Is& is) {
  using V = Vectors<T>;
  constexpr int64_t kCount = V::kCount;
  if (n < kCount) {  // no branch, which would be taken at random
    int64_t at = n - 1;
    for (int64_t i = n - 1; i >= 0; --i) at = is(x[i]) ? i : at;
    return at;
  }
  int64_t i = 0;
  for (; n - i >= 4 * kCount; i += 4 * kCount) {
    typename V::Bits any = {};
#pragma GCC unroll 4
    for (int u = 0; u < 4; ++u) any |= is(V::load(x + i + u * kCount));
    if (mask_of<T>(any)) break;
  }
  for (; n - i >= kCount; i += kCount)
    if (const uint64_t mask = mask_of<T>(is(V::load(x + i)))) return i + __builtin_ctzll(mask);
  const int64_t last = n - kCount;
  return last + __builtin_ctzll(mask_of<T>(is(V::load(x + last))));
}
template <class T>
int64_t find(const T* x, int64_t n, T value) {
  if (value != value) return first_that(x, n, [](auto v) { return v != v; });
  return first_that(x, n, [=](auto v) { return v == value; });
}

template <class T>
constexpr ExtremumKernelsOf<T> kernels_of() {
  if constexpr (sizeof(T) < 4)
    return {row<T>, columns<T>, nullptr, nullptr};
  else
    return {row<T>, columns<T>, column_places<T>, find<T>};
}

}  // namespace

const ExtremumKernels extremum_kernels{kernels_of<float>(),   kernels_of<double>(),
                                       kernels_of<int64_t>(), kernels_of<int32_t>(),
                                       kernels_of<int16_t>(), kernels_of<int8_t>()};

}  // namespace tg::TG_ISA
