#include "kernels/norm.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <type_traits>

#include "kernels/isa.h"
#include "kernels/loops.h"
#include "kernels/norm_kernels.h"
#include "kernels/parallel.h"

namespace tg {

TG_ISA_TABLES(NormKernels, norm_kernels)

namespace {

template <class T>
const NormKernelsOf<T>& kernels() {
  static const NormKernels& table = pick_isa(norm_kernels_of_isa);
  if constexpr (std::is_same_v<T, float>)
    return table.of_float;
  else
    return table.of_double;
}

// Zeros, on the stack where they are few.
template <class T>
class Zeros {
 public:
  explicit Zeros(int64_t n) {
    if (n <= kFew) {
      data_ = few_;
      std::fill(few_, few_ + n, T(0));
    } else {
      many_ = std::make_unique<T[]>(size_t(n));
      data_ = many_.get();
    }
  }
  Zeros(const Zeros&) = delete;
  Zeros& operator=(const Zeros&) = delete;
  T* get() { return data_; }
  T& operator[](int64_t i) { return data_[i]; }

 private:
  static constexpr int64_t kFew = 128;
  T few_[kFew];
  std::unique_ptr<T[]> many_;
  T* data_;
};

template <class T>
T reciprocal_root(double variance, double eps) {
  return static_cast<T>(1 / std::sqrt(variance + eps));
}

// Elements that are worth another thread.
constexpr int64_t kGrain = 8192;
int64_t rows_worth(int64_t n) { return 1 + kGrain / (n + 1); }

// Sums over rows [begin, end): short stretches in T, the stretches in double.
template <class T>
class LongSum {
 public:
  LongSum(double* total, int64_t n) : total_(total), n_(total ? n : 0), part_(n_) {}
  T* next_row() {
    if (!total_) return nullptr;
    if (++rows_ % kStretch == 0) flush();
    return part_.get();
  }
  void flush() {
    for (int64_t i = 0; i < n_; ++i) {
      total_[i] += static_cast<double>(part_[i]);
      part_[i] = 0;
    }
  }

 private:
  static constexpr int64_t kStretch = 32;
  double* total_;
  int64_t n_, rows_ = 0;
  Zeros<T> part_;
};

}  // namespace

// --- rows
template <class T>
void RowNorm<T>::forward(const T* bias, double eps, T* out) const {
  const auto& k = kernels<T>();
  const LongWork work(rows * n);
  sweep(rows, rows_worth(n), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const T* row = x + r * n;
      const T center = centered ? static_cast<T>(k.sum(row, n) / double(n)) : T(0);
      const T scale = reciprocal_root<T>(k.squares(row, n, center) / double(n), eps);
      k.apply_row(row, out + r * n, n, center, scale, weight, bias);
      if (mean) mean[r] = center;
      rstd[r] = scale;
    }
  });
}

// The sums over rows are those of blocks of rows, whose number depends on the sizes alone.
template <class T>
void RowNorm<T>::backward(const T* g, T* x_grad, T* weight_grad, T* bias_grad) const {
  const auto& k = kernels<T>();
  const LongWork work(rows * n * 2);
  constexpr int64_t kBlocks = 16, kLeast = 32;
  const int64_t block = std::max({(rows + kBlocks - 1) / kBlocks, kLeast, rows_worth(n)});
  const int64_t blocks = (rows + block - 1) / block;
  Zeros<double> weight_sums(weight_grad ? blocks * n : 0), bias_sums(bias_grad ? blocks * n : 0);
  sweep(blocks, 1, [&](int64_t first, int64_t last) {
    for (int64_t b = first; b < last; ++b) {
      LongSum<T> weight_sum(weight_grad ? weight_sums.get() + b * n : nullptr, n),
          bias_sum(bias_grad ? bias_sums.get() + b * n : nullptr, n);
      for (int64_t r = b * block; r < std::min(rows, (b + 1) * block); ++r) {
        const T *row = x + r * n, *grad = g + r * n;
        const T center = centered ? mean[r] : T(0), scale = rstd[r];
        if (x_grad && centered && n == 1) {  // its own mean, whatever it is
          x_grad[r] = *grad * T(0);
        } else if (x_grad) {
          double sums[2] = {0, 0};
          k.row_products(grad, row, weight, n, center, sums);
          const double mean_gx = sums[1] * double(scale) * double(scale) / double(n);
          k.row_gradient(grad, row, weight, x_grad + r * n, n, center, scale,
                         centered ? static_cast<T>(sums[0] / double(n)) : T(0),
                         static_cast<T>(mean_gx));
        }
        if (weight_grad || bias_grad)
          k.row_affine_gradient(grad, row, n, center, scale, weight_sum.next_row(),
                                bias_sum.next_row());
      }
      weight_sum.flush();
      bias_sum.flush();
    }
  });
  const auto finish = [&](Zeros<double>& sums, T* to) {
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t b = 1; b < blocks; ++b) sums[i] += sums[b * n + i];
      to[i] = blocks ? static_cast<T>(sums[i]) : T(0);
    }
  };
  if (weight_grad) finish(weight_sums, weight_grad);
  if (bias_grad) finish(bias_sums, bias_grad);
}

// --- channels
template <class T>
void ChannelNorm<T>::moments(double* variance) const {
  const auto& k = kernels<T>();
  const double count = double(batch * places);
  const LongWork work(batch * channels * places);
  if (places == 1) {
    std::fill(variance, variance + channels, 0.0);
    k.column_sums(x, batch, channels, variance);
    for (int64_t c = 0; c < channels; ++c) mean[c] = static_cast<T>(variance[c] / count);
    std::fill(variance, variance + channels, 0.0);
    k.column_squares(x, batch, channels, mean, variance);
    for (int64_t c = 0; c < channels; ++c) variance[c] /= count;
    return;
  }
  parallel_for(channels, rows_worth(batch * places), [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      double total = 0;
      for (int64_t b = 0; b < batch; ++b) total += k.sum(x + (b * channels + c) * places, places);
      mean[c] = static_cast<T>(total / count);
      total = 0;
      for (int64_t b = 0; b < batch; ++b)
        total += k.squares(x + (b * channels + c) * places, places, mean[c]);
      variance[c] = total / count;
    }
  });
}

template <class T>
void ChannelNorm<T>::forward(const T* bias, T* out) const {
  const auto& k = kernels<T>();
  const LongWork work(batch * channels * places);
  if (places == 1) {
    Zeros<T> scale(channels), shift(channels);
    for (int64_t c = 0; c < channels; ++c) {
      scale[c] = weight ? rstd[c] * weight[c] : rstd[c];
      if (bias) shift[c] = bias[c];
    }
    k.column_apply(x, out, batch, channels, mean, scale.get(), shift.get());
    return;
  }
  sweep(batch * channels, rows_worth(places), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t c = i % channels;
      k.apply(x + i * places, out + i * places, places, mean[c],
              weight ? rstd[c] * weight[c] : rstd[c], bias ? bias[c] : T(0));
    }
  });
}

template <class T>
void ChannelNorm<T>::backward(const T* g, bool fixed, T* x_grad, T* weight_grad,
                              T* bias_grad) const {
  const auto& k = kernels<T>();
  const double count = double(batch * places);
  Zeros<double> sums_g(channels), sums_gx(channels);
  Zeros<T> of_g(channels), of_x(channels), shift(channels);
  const LongWork work(batch * channels * places * 2);
  if (!fixed || weight_grad || bias_grad) {
    if (places == 1) {
      k.column_products(g, x, batch, channels, mean, sums_g.get(), sums_gx.get());
    } else {
      parallel_for(channels, rows_worth(batch * places), [&](int64_t begin, int64_t end) {
        for (int64_t c = begin; c < end; ++c) {
          double sums[2] = {0, 0};
          for (int64_t b = 0; b < batch; ++b) {
            const int64_t at = (b * channels + c) * places;
            k.products(g + at, x + at, places, mean[c], sums);
          }
          sums_g[c] = sums[0];
          sums_gx[c] = sums[1];
        }
      });
    }
  }
  for (int64_t c = 0; c < channels; ++c) {
    const double scale = double(rstd[c]), factor = weight ? scale * double(weight[c]) : scale;
    of_g[c] = static_cast<T>(factor);
    if (!fixed) {
      of_x[c] = static_cast<T>(-factor * scale * scale * sums_gx[c] / count);
      shift[c] = static_cast<T>(-factor * sums_g[c] / count);
    }
    if (weight_grad) weight_grad[c] = static_cast<T>(sums_gx[c] * scale);
    if (bias_grad) bias_grad[c] = static_cast<T>(sums_g[c]);
  }
  if (!x_grad) return;
  if (places == 1)
    return k.column_gradient(g, x, x_grad, batch, channels, mean, of_g.get(), of_x.get(),
                             shift.get());
  sweep(batch * channels, rows_worth(places), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t c = i % channels, at = i * places;
      k.gradient(g + at, x + at, x_grad + at, places, mean[c], of_g[c], of_x[c], shift[c]);
    }
  });
}

// --- groups
template <class T>
void GroupNorm<T>::forward(const T* bias, double eps, T* out) const {
  const auto& k = kernels<T>();
  const int64_t n = channels * places;
  const LongWork work(batch * groups * n);
  sweep(batch * groups, rows_worth(n), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T* run = x + i * n;
      const T center = static_cast<T>(k.sum(run, n) / double(n));
      const T scale = reciprocal_root<T>(k.squares(run, n, center) / double(n), eps);
      mean[i] = center;
      rstd[i] = scale;
      const int64_t first = i % groups * channels;
      for (int64_t c = 0; c < channels; ++c)
        k.apply(run + c * places, out + i * n + c * places, places, center,
                weight ? scale * weight[first + c] : scale, bias ? bias[first + c] : T(0));
    }
  });
}

template <class T>
void GroupNorm<T>::backward(const T* g, T* x_grad, T* weight_grad, T* bias_grad) const {
  const auto& k = kernels<T>();
  const int64_t n = channels * places, all = groups * channels;
  Zeros<double> weight_sums(weight_grad ? all : 0), bias_sums(bias_grad ? all : 0);
  const LongWork work(batch * groups * n * 2);
  for (int64_t i = 0; i < batch * groups; ++i) {
    const T *run = x + i * n, *grad = g + i * n;
    const double scale = double(rstd[i]);
    const int64_t first = i % groups * channels;
    double total_g = 0, total_gx = 0;
    for (int64_t c = 0; c < channels; ++c) {
      double sums[2] = {0, 0};
      k.products(grad + c * places, run + c * places, places, mean[i], sums);
      const double factor = weight ? double(weight[first + c]) : 1;
      total_g += sums[0] * factor;
      total_gx += sums[1] * factor;
      if (weight_grad) weight_sums[first + c] += sums[1] * scale;
      if (bias_grad) bias_sums[first + c] += sums[0];
    }
    if (!x_grad) continue;
    const T of_x = static_cast<T>(-scale * scale * scale * total_gx / double(n)),
            shift = static_cast<T>(-scale * total_g / double(n));
    for (int64_t c = 0; c < channels; ++c)
      k.gradient(grad + c * places, run + c * places, x_grad + i * n + c * places, places, mean[i],
                 static_cast<T>(weight ? scale * double(weight[first + c]) : scale), of_x, shift);
  }
  for (int64_t c = 0; c < all; ++c) {
    if (weight_grad) weight_grad[c] = static_cast<T>(weight_sums[c]);
    if (bias_grad) bias_grad[c] = static_cast<T>(bias_sums[c]);
  }
}

template struct RowNorm<float>;
template struct RowNorm<double>;
template struct ChannelNorm<float>;
template struct ChannelNorm<double>;
template struct GroupNorm<float>;
template struct GroupNorm<double>;

}  // namespace tg
