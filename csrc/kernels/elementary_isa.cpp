// Loops of the elementary functions and of arithmetic.
#include "kernels/elementary.h"
#include "kernels/lane_arithmetic.h"
#include "kernels/lane_trigonometry.h"

namespace tg::TG_ISA {
extern const ElementaryKernels elementary_kernels;
namespace {

// flatten: a call would end the vector code.
template <class K, Lane<K> (*function)(Lane<K>)>
[[gnu::flatten]] void apply(void* out, const void* in, const void*, int64_t n) {
  using Stored = typename Format<K>::Stored;
  auto* y = static_cast<Stored*>(out);
  auto* x = static_cast<const Stored*>(in);
  for_each_lane<K>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    store(y + i, function(load<K>(x + i, count)), count);
  });
}
template <class K, Lane<K> (*function)(Lane<K>, Lane<K>)>
[[gnu::flatten]] void apply(void* out, const void* first, const void* second, int64_t n) {
  using Stored = typename Format<K>::Stored;
  auto* y = static_cast<Stored*>(out);
  auto *a = static_cast<const Stored*>(first), *b = static_cast<const Stored*>(second);
  for_each_lane<K>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    store(y + i, function(load<K>(a + i, count), load<K>(b + i, count)), count);
  });
}

// Loops of arithmetic, two registers at a time: `other` gives the same numbers in another way, so
// that the units for division and roots work beside those for products. Lines of the second cache
// are asked for ahead, which takes an eighth less time where loads cross lines.
constexpr int64_t kFar = 16 << 10;  // bytes
template <class K>
TG_INLINE void two_at_a_time(int64_t n, const K* out, const K* in, const K* more,
                             const auto& body) {
  constexpr int64_t kCount = Format<K>::kCount, kNext = 256 / sizeof(K), kLater = 4 * kNext;
  int64_t i = 0;
  if (kVectorBytes > 16 && n > kFar / int64_t(sizeof(K)))
    for (; n - i >= 2 * kCount; i += 2 * kCount) {
      for (int64_t k = i; k <= i + kCount; k += kCount) {
        __builtin_prefetch(out + k + kNext);
        __builtin_prefetch(in + k + kLater);
        if (more) __builtin_prefetch(more + k + kLater);
      }
      body(i, kCount, false);
      body(i + kCount, kCount, true);
    }
  for (; n - i >= 2 * kCount; i += 2 * kCount) {
    body(i, kCount, false);
    body(i + kCount, kCount, true);
  }
  for (; i < n; i += kCount) body(i, n - i, false);
}
template <class K, Lane<K> (*function)(Lane<K>), Lane<K> (*other)(Lane<K>) = function>
[[gnu::flatten]] void simple(void* out, const void* in, const void*, int64_t n) {
  auto* y = static_cast<K*>(out);
  auto* x = static_cast<const K*>(in);
  two_at_a_time<K>(n, y, x, nullptr,
                   [=](int64_t i, int64_t count, bool second) __attribute__((always_inline)) {
                     const Lane<K> value = load<K>(x + i, count);
                     store(y + i, second ? other(value) : function(value), count);
                   });
}
template <class K, Lane<K> (*function)(Lane<K>, Lane<K>),
          Lane<K> (*other)(Lane<K>, Lane<K>) = function>
[[gnu::flatten]] void simple(void* out, const void* first, const void* second, int64_t n) {
  auto* y = static_cast<K*>(out);
  auto *a = static_cast<const K*>(first), *b = static_cast<const K*>(second);
  two_at_a_time<K>(n, y, a, b,
                   [=](int64_t i, int64_t count, bool second) __attribute__((always_inline)) {
                     const Lane<K> left = load<K>(a + i, count), right = load<K>(b + i, count);
                     store(y + i, second ? other(left, right) : function(left, right), count);
                   });
}

// Between two numbers; all NaN if one of them is.
template <class T>
[[gnu::flatten]] void clamp_block(void* out, const void* in, const void* bounds, int64_t n) {
  auto* y = static_cast<T*>(out);
  auto* x = static_cast<const T*>(in);
  const auto* bound = static_cast<const T*>(bounds);
  if (bound[0] != bound[0] || bound[1] != bound[1]) {
    for (int64_t i = 0; i < n; ++i) y[i] = bound[0] + bound[1];
    return;
  }
  const Lane<T> low = bound[0], high = bound[1];
  for_each_lane<T>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    store(y + i, minimum(maximum(load<T>(x + i, count), low), high), count);
  });
}

template <class T>
[[gnu::flatten]] void logit_block(void* out, const void* in, const void* bounds, int64_t n) {
  clamp_block<T>(out, in, bounds, n);
  apply<T, logit<T>>(out, out, nullptr, n);
}
template <class T>
void spaced(void* out, const void*, const void* parameters, int64_t n) {
  auto* y = static_cast<T*>(out);
  const auto p = *static_cast<const Spaced<T>*>(parameters);
  const int32_t by = p.down ? -1 : 1;
  for (int32_t i = 0; i < static_cast<int32_t>(n); ++i) {
    const T place = static_cast<T>(p.first + by * i);
    y[i] = sizeof(T) == 4 ? T(__builtin_fmaf(float(p.step), float(place), float(p.start)))
                          : T(__builtin_fma(p.step, place, p.start));
  }
}

// The exponents that pow() of math.h has products, quotients and roots for.
template <class K>
TG_INLINE Lane<K> stored(Lane<K> x) {  // as it would come back from memory
  typedef typename Format<K>::Stored Memory
      __attribute__((vector_size(Format<K>::kCount * sizeof(typename Format<K>::Stored))));
  return __builtin_convertvector(__builtin_convertvector(x.v, Memory), typename Format<K>::Vector);
}
template <class K>
TG_INLINE Lane<K> inverse_root(Lane<K> x) {
  return where(abs(x) == __builtin_inf(), Lane<K>(0), 1 / stored(sqrt(x)));
}
template <class K>
TG_INLINE Lane<K> simple_power(Lane<K> x, Lane<K> y, Lane<K> otherwise) {
  const Lane<K> square = stored(x * x);
  Lane<K> z = where(y == 2, square, otherwise);
  z = where(y == 3, square * x, z);
  z = where(y == 1, x, z);
  z = where(y == 0.5, sqrt(x), z);
  z = where(y == -0.5, inverse_root(x), z);
  z = where(y == -1, 1 / x, z);
  return where(y == -2, 1 / square, z);
}
template <class T, class F>
TG_INLINE void each(T* z, const T* x, int64_t n, const F& f) {
  for_each_lane<T>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    store(z + i, f(load<T>(x + i, count)), count);
  });
}
// An exponent that is the same everywhere, as a number or a broadcast one is, is looked at once.
template <class T>
[[gnu::flatten]] bool pow_of_one(T* z, const T* x, const T* y, int64_t n) {
  using L = Lane<T>;
  if (n == 0 || std::memcmp(y, y + 1, static_cast<size_t>(n - 1) * sizeof *y) != 0) return false;
  const T e = *y;
  if (e == 2)
    each(z, x, n, [](L x) __attribute__((always_inline)) { return x * x; });
  else if (e == 3)
    each(z, x, n, [](L x) __attribute__((always_inline)) { return x * x * x; });
  else if (e == 1)
    each(z, x, n, [](L x) __attribute__((always_inline)) { return x; });
  else if (e == T(0.5))
    each(z, x, n, [](L x) __attribute__((always_inline)) { return sqrt(x); });
  else if (e == T(-0.5))
    each(z, x, n, [](L x) __attribute__((always_inline)) { return inverse_root(x); });
  else if (e == -1)
    each(z, x, n, [](L x) __attribute__((always_inline)) { return 1 / x; });
  else if (e == -2)
    each(z, x, n, [](L x) __attribute__((always_inline)) { return 1 / (x * x); });
  else
    return false;
  return true;
}
template <class K>
[[gnu::flatten]] void pow_block(void* out, const void* first, const void* second, int64_t n) {
  using Stored = typename Format<K>::Stored;
  auto* z = static_cast<Stored*>(out);
  auto *x = static_cast<const Stored*>(first), *y = static_cast<const Stored*>(second);
  if (pow_of_one(z, x, y, n)) return;
  for_each_lane<K>(n, [&](int64_t i, int64_t count) __attribute__((always_inline)) {
    const Lane<K> a = load<K>(x + i, count), b = load<K>(y + i, count), size = abs(b);
    Lane<K> power = pow(a, b);
    if (any(size == 2 || size == 1 || size == 0.5 || b == 3)) power = simple_power(a, b, power);
    store(z + i, power, count);
  });
}

// Where products are rounded before they are added, single precision is too short for these.
#if defined(__FMA__)
using Single = float;
#else
using Single = Wide;
#endif

}  // namespace

#define TG_BOTH(name) {apply<float, name>, apply<double, name>}
#define TG_SIMPLE(name) {simple<float, name>, simple<double, name>}
const ElementaryKernels elementary_kernels{
    .exp = TG_BOTH(exp),
    .exp2 = TG_BOTH(exp2),
    .expm1 = TG_BOTH(expm1),
    .log = TG_BOTH(log),
    .log2 = TG_BOTH(log2),
    .log10 = TG_BOTH(log10),
    .log1p = TG_BOTH(log1p),
    .sigmoid = TG_BOTH(sigmoid),
    .tanh = TG_BOTH(tanh),
    .sinh = TG_BOTH(sinh),
    .cosh = TG_BOTH(cosh),
    .asinh = {apply<Wide, asinh>, nullptr},
    .acosh = {apply<Wide, acosh>, apply<double, acosh>},
    .atanh = {apply<Wide, atanh>, apply<double, atanh>},
    .sin = {apply<Single, sin>, apply<double, sin>},
    .cos = {apply<Single, cos>, apply<double, cos>},
    .tan = {apply<Single, tan>, apply<double, tan>},
    .asin = TG_BOTH(asin),
    .acos = TG_BOTH(acos),
    .atan = TG_BOTH(atan),
    .erf = TG_BOTH(erf),
    .erfc = {apply<Single, erfc>, apply<double, erfc>},
    .sin_grad = {apply<Single, sin_grad>, apply<double, sin_grad>},
    .cos_grad = {apply<Single, cos_grad>, apply<double, cos_grad>},
    .sinh_grad = TG_BOTH(sinh_grad),
    .cosh_grad = TG_BOTH(cosh_grad),
    .erf_grad = TG_BOTH(erf_grad),
    .erfc_grad = TG_BOTH(erfc_grad),
    .asin_grad = TG_BOTH(asin_grad),
    .acos_grad = TG_BOTH(acos_grad),
    .asinh_grad = TG_BOTH(asinh_grad),
    .acosh_grad = TG_BOTH(acosh_grad),
    .sqrt = {simple<float, quick_sqrt, sqrt>, apply<double, quick_sqrt>},
    .rsqrt = TG_BOTH(rsqrt),
    .reciprocal = TG_BOTH(reciprocal),
    .floor = TG_BOTH(floor),
    .ceil = TG_BOTH(ceil),
    .trunc = TG_BOTH(trunc),
    .round = TG_BOTH(round),
    .frac = TG_BOTH(frac),
    .atan2 = TG_BOTH(atan2),
    .logaddexp = TG_BOTH(logaddexp),
    .pow = {pow_block<Wide>, pow_block<double>},
    .hypot = {apply<Wide, hypot>, apply<double, hypot>},
    .fmod = TG_BOTH(fmod),
    .remainder = TG_BOTH(remainder),
    .floor_divide = TG_BOTH(floor_divide),
    .add = TG_SIMPLE(add),
    .sub = TG_SIMPLE(sub),
    .mul = TG_SIMPLE(mul),
    .div = {simple<float, quick_div, div>, simple<double, quick_div, div>},
    .maximum = TG_BOTH(greater_or_nan),
    .minimum = TG_BOTH(lesser_or_nan),
    .relu = TG_SIMPLE(relu),
    .neg = TG_SIMPLE(neg),
    .abs = TG_SIMPLE(abs),
    .sign = TG_BOTH(sign),
    .clamp = {clamp_block<float>, clamp_block<double>},
    .erfinv = {apply<Wide, erfinv>, nullptr},
    .logit = {logit_block<float>, logit_block<double>},
    .lgamma = {apply<Wide, lgamma>, nullptr},
    .digamma = {apply<Wide, digamma>, nullptr},
    .spaced = {spaced<float>, spaced<double>},
};
#undef TG_SIMPLE
#undef TG_BOTH

}  // namespace tg::TG_ISA
