// Distances of all pairs of rows, and their gradients. Rows of one side are taken in tiles that lie
// transposed in a buffer, so that the loops run over rows and vectorise without reordering sums.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace tg {

// One norm: acc(sum, |d|) over the coordinates, then finish(sum); slope(d, distance) and
// weight(grad, distance) are the parts of the derivative by a coordinate.
template <class T>
struct CountNorm {
  T acc(T sum, T d) const { return sum + T(d != 0); }
  T finish(T sum) const { return sum; }
  T slope(T, T) const { return 0; }
  T weight(T, T) const { return 0; }
};
template <class T>
T sign_of(T d) {
  return T(d > 0) - T(d < 0);
}
template <class T>
struct AbsoluteNorm {
  T acc(T sum, T d) const { return sum + d; }
  T finish(T sum) const { return sum; }
  T slope(T d, T) const { return sign_of(d); }
  T weight(T g, T) const { return g; }
};
template <class T>
struct EuclideanNorm {
  T acc(T sum, T d) const { return sum + d * d; }
  T finish(T sum) const { return std::sqrt(sum); }
  T slope(T d, T) const { return d; }
  T weight(T g, T distance) const { return distance == 0 ? T(0) : g / distance; }
};
template <class T>
struct GreatestNorm {
  T acc(T sum, T d) const { return sum != sum || sum > d ? sum : d; }
  T finish(T sum) const { return sum; }
  T slope(T d, T distance) const { return std::abs(d) == distance ? sign_of(d) : T(0); }
  T weight(T g, T) const { return g; }
};
template <class T>
struct PowerNorm {
  T p;
  T acc(T sum, T d) const { return sum + std::pow(d, p); }
  T finish(T sum) const { return std::pow(sum, 1 / p); }
  T slope(T d, T) const { return d == 0 ? T(0) : std::copysign(std::pow(std::abs(d), p - 1), d); }
  T weight(T g, T distance) const { return distance == 0 ? T(0) : g / std::pow(distance, p - 1); }
};

template <class T, class F>
void with_norm(double p, const F& f) {
  if (p == 0) return f(CountNorm<T>{});
  if (p == 1) return f(AbsoluteNorm<T>{});
  if (p == 2) return f(EuclideanNorm<T>{});
  if (std::isinf(p)) return f(GreatestNorm<T>{});
  f(PowerNorm<T>{T(p)});
}

inline constexpr int64_t kPairTile = 64;

// Rows [first, first + width) of a [n, m] matrix as columns of a [m, kPairTile] one.
template <class T>
void transpose_tile(const T* rows, int64_t first, int64_t width, int64_t m, T* out) {
  for (int64_t l = 0; l < width; ++l)
    for (int64_t k = 0; k < m; ++k) out[k * kPairTile + l] = rows[(first + l) * m + k];
}

// out[i][j] = norm(x[i] - y[j]) for x [p, m] and y [r, m].
template <class T, class Norm>
[[gnu::noinline]] void pair_distances(const T* x, const T* y, int64_t p, int64_t r, int64_t m,
                                      T* out, const Norm& norm) {
  std::vector<T> tile(size_t(m * kPairTile));
  for (int64_t j = 0; j < r; j += kPairTile) {
    const int64_t width = std::min(kPairTile, r - j);
    transpose_tile(y, j, width, m, tile.data());
    for (int64_t i = 0; i < p; ++i) {
      T sum[kPairTile] = {};
      for (int64_t k = 0; k < m; ++k) {
        const T a = x[i * m + k];
        const T* b = tile.data() + k * kPairTile;
        for (int64_t l = 0; l < kPairTile; ++l) sum[l] = norm.acc(sum[l], std::abs(a - b[l]));
      }
      for (int64_t l = 0; l < width; ++l) out[i * r + j + l] = norm.finish(sum[l]);
    }
  }
}

// grad_x[i] = sum over j of the gradients of all distances by x[i]. Distances and their gradients
// are at i * step_i + j * step_j.
template <class T, class Norm>
[[gnu::noinline]] void pair_gradients(const T* x, const T* y, int64_t p, int64_t r, int64_t m,
                                      const T* grad, const T* distance, int64_t step_i,
                                      int64_t step_j, T* grad_x, const Norm& norm) {
  std::vector<T> tile(size_t(m * kPairTile)), sums(size_t(m * kPairTile));
  for (int64_t i = 0; i < p; i += kPairTile) {
    const int64_t width = std::min(kPairTile, p - i);
    transpose_tile(x, i, width, m, tile.data());
    std::fill(sums.begin(), sums.end(), T(0));
    for (int64_t j = 0; j < r; ++j) {
      T weight[kPairTile] = {}, at[kPairTile] = {};
      for (int64_t l = 0; l < width; ++l) {
        const int64_t place = (i + l) * step_i + j * step_j;
        at[l] = distance[place];
        weight[l] = norm.weight(grad[place], at[l]);
      }
      for (int64_t k = 0; k < m; ++k) {
        const T b = y[j * m + k];
        const T* a = tile.data() + k * kPairTile;
        T* sum = sums.data() + k * kPairTile;
        for (int64_t l = 0; l < width; ++l) sum[l] += weight[l] * norm.slope(a[l] - b, at[l]);
      }
    }
    for (int64_t l = 0; l < width; ++l)
      for (int64_t k = 0; k < m; ++k) grad_x[(i + l) * m + k] = sums[size_t(k * kPairTile + l)];
  }
}

}  // namespace tg
