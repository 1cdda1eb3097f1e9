#include "ops/factory.h"

#include <cmath>

#include "kernels/elementary.h"
#include "kernels/loops.h"
#include "ops/checked_scalar.h"
#include "ops/promotion.h"

namespace tg {
namespace {

// The numbers of arange, counted in C. PyTorch works in blocks of 32 bytes (on AVX2), whose first
// number is rounded before the others are counted from it; up to 63 bytes at the end are counted
// from `start`. Same numbers here.
template <class T, class C>
void count_up(T* out, int64_t n, C start, C step) {
  constexpr int64_t kBlock = 32 / int64_t(sizeof(T));
  const int64_t blocks_end = n - n % (2 * kBlock);
  int64_t i = 0;
  for (; i < blocks_end; i += kBlock) {
    const C first = static_cast<C>(T(std::fma(step, C(i), start)));
    for (int64_t k = 0; k < kBlock; ++k) out[i + k] = T(std::fma(step, C(k), first));
  }
  for (; i < n; ++i) out[i] = T(std::fma(step, C(i), start));
}

int64_t arange_length(const Scalar& start, const Scalar& end, const Scalar& step, DType dtype) {
  const double first = start.to<double>(), last = end.to<double>(), by = step.to<double>();
  if (is_integral(dtype) && !step.is_floating() && step.to<int64_t>() == 0)
    runtime_error("step must be nonzero");
  if (by == 0) runtime_error("step must be nonzero");
  if (!std::isfinite(first) || !std::isfinite(last))
    runtime_error("unsupported range: ", first, " -> ", last);
  if (!((by > 0 && last >= first) || (by < 0 && last <= first)))
    runtime_error("upper bound and lower bound inconsistent with step sign");
  if (dtype != DType::Int64) {
    const double length = std::ceil((last - first) / by);
    if (!(length >= 0 && length <= 0x1p63)) runtime_error("invalid size, possible overflow?");
    return length == 0x1p63 ? INT64_MAX : int64_t(length);
  }
  // Counted in integers: exact also beyond 2^53.
  const int64_t a = start.to<int64_t>(), b = end.to<int64_t>(), s = step.to<int64_t>();
  if (s == 0) value_error("step must be nonzero");
  const uint64_t span = s > 0 ? uint64_t(b) - uint64_t(a) : uint64_t(a) - uint64_t(b);
  const uint64_t stride = s > 0 ? uint64_t(s) : uint64_t(0) - uint64_t(s);
  if ((s > 0 && b <= a) || (s < 0 && b >= a)) return 0;
  const uint64_t length = span / stride + (span % stride != 0);
  if (length > uint64_t(INT64_MAX)) runtime_error("invalid size, possible overflow?");
  return int64_t(length);
}

[[noreturn]] void refuse_bool(const char* what) {
  fail(ErrorKind::NotImplemented, "\"", what, "\" not implemented for 'Bool'");
}

// position(i) of n evenly spaced numbers of type T: counted from the nearer end. The 16-bit types
// are rounded after each operation, as in PyTorch, the others once.
template <class T, class C>
struct Spacing {
  Spacing(C first, C last, int64_t n)
      : start(first),
        end(last),
        step(n > 1 ? rounded(rounded(last - first) / rounded(C(n - 1))) : C(0)),
        steps(n) {}
  C operator()(int64_t i) const {
    if constexpr (kShort)
      return i < steps / 2 ? start + rounded(step * C(i)) : end - rounded(step * C(steps - 1 - i));
    else
      return i < steps / 2 ? std::fma(step, C(i), start) : std::fma(-step, C(steps - 1 - i), end);
  }
  // All of them, in float or double.
  void write(void* out) const {
    C* const to = static_cast<C*>(out);
    const BlockKernel kernel =
        sizeof(C) == 4 ? elementary_kernels->spaced.f32 : elementary_kernels->spaced.f64;
    const int64_t half = steps / 2;
    const Spaced<C> up{start, step, 0, false}, down{end, -step, int32_t(steps - 1 - half), true};
    kernel(to, nullptr, &up, half);
    kernel(to + half, nullptr, &down, steps - half);
  }
  static constexpr bool kShort = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
  static C rounded(C v) {
    if constexpr (kShort)
      return C(T(v));
    else
      return v;
  }
  C start, end, step;
  int64_t steps;
};

void check_steps(int64_t steps) {
  if (steps < 0) runtime_error("number of steps must be non-negative");
}

}  // namespace

Tensor full(std::span<const int64_t> sizes, const Scalar& value, DType dtype) {
  Tensor out = empty(sizes, dtype);
  fill_checked(out, value);
  return out;
}

void fill_checked(const Tensor& dense, const Scalar& value) {
  visit_dtype(dense.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T v = checked_to<T>(value);
    const LongWork work(dense.numel());
    std::fill_n(dense.data<T>(), dense.numel(), v);
  });
}

Tensor arange(const Scalar& start, const Scalar& end, const Scalar& step,
              std::optional<DType> dtype) {
  const bool any_float = start.is_floating() || end.is_floating() || step.is_floating();
  const DType type = dtype.value_or(any_float ? default_dtype() : DType::Int64);
  if (type == DType::Bool) refuse_bool("arange_cpu");
  const Dims sizes{arange_length(start, end, step, type)};
  Tensor out = empty(sizes, type);
  const int64_t n = out.numel();
  visit_dtype(type, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* to = out.data<T>();
    const LongWork work(n);
    if constexpr (std::is_integral_v<T>) {
      const uint64_t first = uint64_t(start.to<int64_t>()), by = uint64_t(step.to<int64_t>());
      for (int64_t i = 0; i < n; ++i) to[i] = T(first + by * uint64_t(i));
    } else {
      using C = std::conditional_t<(sizeof(T) < 4), float, double>;
      count_up(to, n, start.to<C>(), step.to<C>());
    }
  });
  return out;
}

Tensor linspace(const Scalar& start, const Scalar& end, int64_t steps, DType dtype) {
  check_steps(steps);
  if (dtype == DType::Bool) refuse_bool("linspace_cpu");
  const Dims sizes{steps};
  Tensor out = empty(sizes, dtype);
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = std::conditional_t<std::is_integral_v<T>, double, Compute<T>>;
    const Spacing<T, C> at(static_cast<C>(checked_to<T>(start)), static_cast<C>(checked_to<T>(end)),
                           steps);
    const LongWork work(steps);
    T* const to = out.data<T>();
    constexpr bool vectors = std::is_same_v<T, float> || std::is_same_v<T, double>;
    if (vectors && steps <= INT32_MAX)
      at.write(to);
    else
      for (int64_t i = 0; i < steps; ++i) to[i] = convert<T>(at(i));
    if (steps == 1) to[0] = start.to<T>();
  });
  return out;
}

Tensor logspace(const Scalar& start, const Scalar& end, int64_t steps, double base, DType dtype) {
  check_steps(steps);
  if (dtype == DType::Bool) refuse_bool("logspace_cpu");
  const Dims sizes{steps};
  Tensor out = empty(sizes, dtype);
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    // As in PyTorch: only the ends are rounded to the dtype.
    const Spacing<double, double> at(double(checked_to<T>(start)), double(checked_to<T>(end)),
                                     steps);
    const LongWork work(steps);
    for (int64_t i = 0; i < steps; ++i) out.data<T>()[i] = convert<T>(std::pow(base, at(i)));
    if (steps == 1) out.data<T>()[0] = convert<T>(std::pow(base, start.to<double>()));
  });
  return out;
}

Tensor zeros(std::span<const int64_t> sizes, DType dtype) {
  for (const int64_t s : sizes)
    if (s < 0) runtime_error("zeros: Dimension size must be non-negative.");
  return full(sizes, Scalar(0), dtype);
}

Tensor eye(int64_t rows, int64_t columns, DType dtype) {
  if (rows < 0) runtime_error("n must be greater or equal to 0, got ", rows);
  if (columns < 0) runtime_error("m must be greater or equal to 0, got ", columns);
  Tensor out = zeros(Dims{rows, columns}, dtype);
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t i = 0; i < std::min(rows, columns); ++i)
      out.data<T>()[i * (columns + 1)] = convert<T>(1.0f);
  });
  return out;
}

}  // namespace tg
