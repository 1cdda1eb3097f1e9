// Distances of all pairs of rows, and their gradients. Rows of one side are taken in tiles that lie
// transposed in a buffer, so that the loops run over rows and vectorise without reordering sums.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/cdist_kernels.h"
#include "kernels/parallel.h"

namespace tg {

// One norm: acc(sum, |d|) over the coordinates, then finish(sum); slope(d, distance) and
// weight(grad, distance) are the parts of the derivative by a coordinate. sums() and add_slopes()
// are the loops over a tile.
template <class T, class Norm>
struct PairNorm {
  void sums(const T* x, const T* tile, int64_t m, T* sum) const {
    const Norm& norm = static_cast<const Norm&>(*this);
    std::fill(sum, sum + kPairTile, T(0));
    for (int64_t k = 0; k < m; ++k)
      for (int64_t l = 0; l < kPairTile; ++l)
        sum[l] = norm.acc(sum[l], std::abs(x[k] - tile[k * kPairTile + l]));
  }
  void add_slopes(const T* x, const T* y, int64_t step, int64_t r, const T* weight,
                  const T* distance, T* sum) const {
    const Norm& norm = static_cast<const Norm&>(*this);
    for (int64_t j = 0; j < r; ++j, weight += kPairTile, distance += kPairTile)
      for (int64_t l = 0; l < kPairTile; ++l)
        sum[l] += weight[l] * norm.slope(x[l] - y[j * step], distance[l]);
  }
};
template <class T>
struct CountNorm : PairNorm<T, CountNorm<T>> {
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
  void sums(const T* x, const T* tile, int64_t m, T* sum) const {
    pair_kernels(T()).absolute(x, tile, m, sum);
  }
  void add_slopes(const T* x, const T* y, int64_t step, int64_t r, const T* weight, const T*,
                  T* sum) const {
    pair_kernels(T()).add_signs(x, y, step, r, weight, sum);
  }
  T finish(T sum) const { return sum; }
  T weight(T g, T) const { return g; }
};
template <class T>
struct EuclideanNorm {
  void sums(const T* x, const T* tile, int64_t m, T* sum) const {
    pair_kernels(T()).square(x, tile, m, sum);
  }
  void add_slopes(const T* x, const T* y, int64_t step, int64_t r, const T* weight, const T*,
                  T* sum) const {
    pair_kernels(T()).add_differences(x, y, step, r, weight, sum);
  }
  T finish(T sum) const { return std::sqrt(sum); }
  T weight(T g, T distance) const { return distance == 0 ? T(0) : g / distance; }
};
template <class T>
struct GreatestNorm : PairNorm<T, GreatestNorm<T>> {
  T acc(T sum, T d) const { return sum != sum || sum > d ? sum : d; }
  T finish(T sum) const { return sum; }
  T slope(T d, T distance) const { return std::abs(d) == distance ? sign_of(d) : T(0); }
  T weight(T g, T) const { return g; }
};
template <class T>
struct PowerNorm : PairNorm<T, PowerNorm<T>> {
  explicit PowerNorm(T power) : p(power) {}
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
  f(PowerNorm<T>(T(p)));
}

inline constexpr int64_t kPairGrain = 1 << 15;  // coordinates that are worth another thread

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
    parallel_for(p, 1 + kPairGrain / (m * width + 1), [&](int64_t begin, int64_t end) {
      T sum[kPairTile];
      for (int64_t i = begin; i < end; ++i) {
        norm.sums(x + i * m, tile.data(), m, sum);
        for (int64_t l = 0; l < width; ++l) out[i * r + j + l] = norm.finish(sum[l]);
      }
    });
  }
}

// grad_x[i] = sum over j of the gradients of all distances by x[i]. Distances and their gradients
// are at i * step_i + j * step_j.
template <class T, class Norm>
[[gnu::noinline]] void pair_gradients(const T* x, const T* y, int64_t p, int64_t r, int64_t m,
                                      const T* grad, const T* distance, int64_t step_i,
                                      int64_t step_j, T* grad_x, const Norm& norm) {
  constexpr int64_t kMany = 256;  // weights of so many rows stay in a near cache
  const int64_t tiles = (p + kPairTile - 1) / kPairTile;
  parallel_for(tiles, 1 + kPairGrain / (m * r * kPairTile + 1), [&](int64_t begin, int64_t end) {
    std::vector<T> tile(size_t(m * kPairTile)), sums(size_t(m * kPairTile));
    std::vector<T> weight(size_t(kMany * kPairTile)), at(size_t(kMany * kPairTile));
    for (int64_t i = begin * kPairTile; i < std::min(p, end * kPairTile); i += kPairTile) {
      const int64_t width = std::min(kPairTile, p - i);
      transpose_tile(x, i, width, m, tile.data());
      std::fill(sums.begin(), sums.end(), T(0));
      for (int64_t first = 0; first < r; first += kMany) {
        const int64_t count = std::min(kMany, r - first);
        for (int64_t j = 0; j < count; ++j)
          for (int64_t l = 0; l < width; ++l) {
            const int64_t place = (i + l) * step_i + (first + j) * step_j;
            const size_t to = size_t(j * kPairTile + l);
            at[to] = distance[place];
            weight[to] = norm.weight(grad[place], at[to]);
          }
        for (int64_t k = 0; k < m; ++k)
          norm.add_slopes(tile.data() + k * kPairTile, y + first * m + k, m, count, weight.data(),
                          at.data(), sums.data() + k * kPairTile);
      }
      for (int64_t l = 0; l < width; ++l)
        for (int64_t k = 0; k < m; ++k) grad_x[(i + l) * m + k] = sums[size_t(k * kPairTile + l)];
    }
  });
}

}  // namespace tg
