// Sums and transformations of rows for normalisation, for float and double, compiled once per
// instruction set.
#include "kernels/norm_kernels.h"

#include "kernels/row_sums.h"

namespace tg::TG_ISA {
extern const NormKernels norm_kernels;
namespace {

template <class T>
double squares(const T* x, int64_t n, T mean) {
  const auto term = [&](auto v) {
    const auto d = v - mean;
    return d * d;
  };
  return sum_of<T>(
      n, [&](int64_t i) { return term(at(x + i)); }, [&](int64_t i) { return term(x[i]); });
}

template <class T>
void products(const T* g, const T* x, int64_t n, T mean, double* sums) {
  sums[0] += sum(g, n);
  sums[1] += sum_of<T>(
      n, [&](int64_t i) { return at(g + i) * (at(x + i) - mean); },
      [&](int64_t i) { return g[i] * (x[i] - mean); });
}

template <class T>
void apply(const T* x, T* out, int64_t n, T mean, T scale, T shift) {
  for (int64_t i = 0; i < n; ++i) out[i] = (x[i] - mean) * scale + shift;
}

template <class T>
void gradient(const T* g, const T* x, T* out, int64_t n, T mean, T of_g, T of_x, T shift) {
  for (int64_t i = 0; i < n; ++i) out[i] = g[i] * of_g + ((x[i] - mean) * of_x + shift);
}

template <class T>
void apply_row(const T* x, T* out, int64_t n, T mean, T scale, const T* weight, const T* shift) {
  if (weight && shift)
    for (int64_t i = 0; i < n; ++i) out[i] = (x[i] - mean) * scale * weight[i] + shift[i];
  else if (weight)
    for (int64_t i = 0; i < n; ++i) out[i] = (x[i] - mean) * scale * weight[i];
  else if (shift)
    for (int64_t i = 0; i < n; ++i) out[i] = (x[i] - mean) * scale + shift[i];
  else
    for (int64_t i = 0; i < n; ++i) out[i] = (x[i] - mean) * scale;
}

template <class T>
void row_products(const T* g, const T* x, const T* weight, int64_t n, T mean, double* sums) {
  if (!weight) return products(g, x, n, mean, sums);
  sums[0] += sum_of<T>(
      n, [&](int64_t i) { return at(g + i) * at(weight + i); },
      [&](int64_t i) { return g[i] * weight[i]; });
  sums[1] += sum_of<T>(
      n, [&](int64_t i) { return at(g + i) * at(weight + i) * (at(x + i) - mean); },
      [&](int64_t i) { return g[i] * weight[i] * (x[i] - mean); });
}

template <class T>
void row_gradient(const T* g, const T* x, const T* weight, T* out, int64_t n, T mean, T scale,
                  T mean_g, T mean_gx) {
  if (weight)
    for (int64_t i = 0; i < n; ++i)
      out[i] = scale * (g[i] * weight[i] - mean_g - (x[i] - mean) * mean_gx);
  else
    for (int64_t i = 0; i < n; ++i) out[i] = scale * (g[i] - mean_g - (x[i] - mean) * mean_gx);
}

template <class T>
void row_affine_gradient(const T* g, const T* x, int64_t n, T mean, T scale, T* weight_grad,
                         T* shift_grad) {
  if (weight_grad)
    for (int64_t i = 0; i < n; ++i) weight_grad[i] += g[i] * ((x[i] - mean) * scale);
  if (shift_grad)
    for (int64_t i = 0; i < n; ++i) shift_grad[i] += g[i];
}

template <class T>
void column_sums(const T* x, int64_t rows, int64_t n, double* sums) {
  for (int64_t r = 0; r < rows; ++r, x += n)
    for (int64_t i = 0; i < n; ++i) sums[i] += static_cast<double>(x[i]);
}

template <class T>
void column_squares(const T* x, int64_t rows, int64_t n, const T* mean, double* sums) {
  for (int64_t r = 0; r < rows; ++r, x += n)
    for (int64_t i = 0; i < n; ++i) {
      const T d = x[i] - mean[i];
      sums[i] += static_cast<double>(d * d);
    }
}

template <class T>
void column_products(const T* g, const T* x, int64_t rows, int64_t n, const T* mean, double* sums_g,
                     double* sums_gx) {
  for (int64_t r = 0; r < rows; ++r, x += n, g += n)
    for (int64_t i = 0; i < n; ++i) {
      sums_g[i] += static_cast<double>(g[i]);
      sums_gx[i] += static_cast<double>(g[i] * (x[i] - mean[i]));
    }
}

template <class T>
void column_apply(const T* x, T* out, int64_t rows, int64_t n, const T* mean, const T* scale,
                  const T* shift) {
  for (int64_t r = 0; r < rows; ++r, x += n, out += n)
    for (int64_t i = 0; i < n; ++i) out[i] = (x[i] - mean[i]) * scale[i] + shift[i];
}

template <class T>
void column_gradient(const T* g, const T* x, T* out, int64_t rows, int64_t n, const T* mean,
                     const T* of_g, const T* of_x, const T* shift) {
  for (int64_t r = 0; r < rows; ++r, x += n, g += n, out += n)
    for (int64_t i = 0; i < n; ++i)
      out[i] = g[i] * of_g[i] + ((x[i] - mean[i]) * of_x[i] + shift[i]);
}

template <class T>
constexpr NormKernelsOf<T> kernels_of() {
  return {sum<T>,          squares<T>,        products<T>,
          apply<T>,        gradient<T>,       apply_row<T>,
          row_products<T>, row_gradient<T>,   row_affine_gradient<T>,
          column_sums<T>,  column_squares<T>, column_products<T>,
          column_apply<T>, column_gradient<T>};
}

}  // namespace

const NormKernels norm_kernels{kernels_of<float>(), kernels_of<double>()};

}  // namespace tg::TG_ISA
