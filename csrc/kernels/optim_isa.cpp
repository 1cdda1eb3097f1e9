// The update rules of the optimizers, on lanes. Every operation rounds where PyTorch's
// single-tensor optimizers round, in their order; those that PyTorch fuses (add with alpha,
// addcmul, lerp) are fused here too. Built without contraction, which would fuse others.
#include "kernels/lane_half.h"
#include "kernels/optim_kernels.h"

namespace tg::TG_ISA {
extern const OptimKernels optim_kernels;
namespace {

// Memory as lanes of T. Options have three roundings: full() to the type of computing, add_option()
// to the dtype first, as PyTorch's add() does with factors and addends; stored() is a number as it
// is after it was stored in a tensor.
template <class T>
struct Plain {
  using Number = Lane<T>;
  using Scalar = T;
  TG_INLINE explicit Plain(const OptimArrays&) {}
  TG_INLINE Number load(const void* from, int64_t i, int64_t count) const {
    return TG_ISA::load<T>(static_cast<const T*>(from) + i, count);
  }
  TG_INLINE void store(void* to, int64_t i, Number x, int64_t count) const {
    TG_ISA::store(static_cast<T*>(to) + i, x, count);
  }
  TG_INLINE Number stored(Number x) const { return x; }
};

// float16 and bfloat16. Not inlined, as a rule converts up to ten times.
[[gnu::noinline, gnu::const]] Lane<float> decode(Shorts h, bool half) {
  return half ? HalfFormat::decode(h) : BFloatFormat::decode(h);
}
[[gnu::noinline, gnu::const]] Shorts encode(Lane<float> x, bool half) {
  return half ? HalfFormat::encode(x) : BFloatFormat::encode(x);
}
[[gnu::noinline, gnu::const]] Lane<float> round(Lane<float> x, bool half) {
  return half ? HalfFormat::decode(HalfFormat::encode(x))
              : BFloatFormat::decode(BFloatFormat::encode(x));
}
struct Short {
  using Number = Lane<float>;
  using Scalar = float;
  bool half;
  TG_INLINE explicit Short(const OptimArrays& arrays) : half(arrays.half) {}
  TG_INLINE Number load(const void* from, int64_t i, int64_t count) const {
    return decode(load_shorts(static_cast<const uint16_t*>(from) + i, count), half);
  }
  TG_INLINE void store(void* to, int64_t i, Number x, int64_t count) const {
    store_shorts(static_cast<uint16_t*>(to) + i, encode(x, half), count);
  }
  TG_INLINE Number stored(Number x) const { return round(x, half); }
};

template <class Memory>
struct Lanes : Memory {
  using typename Memory::Number;
  using typename Memory::Scalar;
  TG_INLINE explicit Lanes(const OptimArrays& arrays) : Memory(arrays) {}
  static constexpr int kCount = kVectorBytes / sizeof(Scalar);
  TG_INLINE Number full(double option) const { return option; }
  TG_INLINE Number add_option(double option) const { return Memory::stored(option); }
  // a * b + c with one rounding.
  TG_INLINE Number fused(Number a, Number b, Number c) const {
#if defined(__AVX2__)
    return TG_ISA::fused(a, b, c);
#else
    if constexpr (sizeof(Scalar) == 4) {
      // The product is exact in double, and the second rounding changes one result in 1e8.
      typedef double Doubles __attribute__((vector_size(2 * kVectorBytes)));
      return __builtin_convertvector(
          __builtin_convertvector(a.v, Doubles) * __builtin_convertvector(b.v, Doubles) +
              __builtin_convertvector(c.v, Doubles),
          typename Number::Vector);
    } else {
      Number y;
      for (int i = 0; i < kCount; ++i) y.v[i] = __builtin_fma(a.v[i], b.v[i], c.v[i]);
      return y;
    }
#endif
  }
};

// The gradient that a rule sees: sign and weight decay applied.
template <class M>
TG_INLINE auto gradient(const M& m, const GradientFactors& f, typename M::Number grad,
                        typename M::Number param) {
  if (f.maximize) grad = -grad;
  return f.weight_decay == 0 ? grad : m.stored(m.fused(param, m.add_option(f.weight_decay), grad));
}

template <class M, class N = typename M::Number>
TG_INLINE N lerp(const M& m, N from, N to, double weight) {
  const auto w = static_cast<typename M::Scalar>(weight);
  if (w > -0.5 && w < 0.5) return m.fused(m.full(w), to - from, from);
  return m.fused(from - to, m.full(1 - w), to);
}

template <class M>
TG_INLINE void sgd(const M& m, const SgdFactors& f, const OptimArrays& a, int64_t i,
                   int64_t count) {
  const auto param = m.load(a.param, i, count);
  auto direction = gradient(m, f.gradient, m.load(a.grad, i, count), param);
  if (a.state[0]) {
    const auto g = direction;
    auto buffer = g;
    if (!f.first)
      buffer = m.stored(m.fused(g, m.add_option(f.share),
                                m.stored(m.load(a.state[0], i, count) * m.full(f.momentum))));
    m.store(a.state[0], i, buffer, count);
    direction = f.nesterov ? m.stored(m.fused(buffer, m.add_option(f.momentum), g)) : buffer;
  }
  m.store(a.param, i, m.fused(direction, m.add_option(f.minus_lr), param), count);
}

template <class M>
TG_INLINE void adagrad(const M& m, const AdagradFactors& f, const OptimArrays& a, int64_t i,
                       int64_t count) {
  const auto param = m.load(a.param, i, count);
  const auto g = gradient(m, f.gradient, m.load(a.grad, i, count), param);
  const auto total = m.stored(m.fused(g, g, m.load(a.state[0], i, count)));
  m.store(a.state[0], i, total, count);
  const auto deviation = m.stored(m.stored(sqrt(total)) + m.add_option(f.eps));
  m.store(a.param, i, param + m.full(f.minus_lr) * g / deviation, count);
}

// state: exp_avg, exp_avg_sq, max_exp_avg_sq
template <class M>
TG_INLINE void adam(const M& m, const AdamFactors& f, const OptimArrays& a, int64_t i,
                    int64_t count) {
  auto param = m.load(a.param, i, count);
  const auto g = gradient(m, f.gradient, m.load(a.grad, i, count), param);
  if (f.kept != 1) param = m.stored(param * m.full(f.kept));
  const auto mean = m.stored(lerp(m, m.load(a.state[0], i, count), g, f.weight1));
  auto square = m.stored(
      m.fused(m.full(f.weight2) * g, g, m.stored(m.load(a.state[1], i, count) * m.full(f.beta2))));
  m.store(a.state[0], i, mean, count);
  m.store(a.state[1], i, square, count);
  if (a.state[2]) {  // a nan stays one
    const auto largest = m.load(a.state[2], i, count);
    square = where(square > largest || square != square, square, largest);
    m.store(a.state[2], i, square, count);
  }
  const auto deviation =
      m.stored(m.stored(m.stored(sqrt(square)) / m.full(f.correction)) + m.add_option(f.eps));
  m.store(a.param, i, param + m.full(f.minus_step) * mean / deviation, count);
}

// state: square_avg, grad_avg, momentum_buffer
template <class M>
TG_INLINE void rmsprop(const M& m, const RmspropFactors& f, const OptimArrays& a, int64_t i,
                       int64_t count) {
  const auto param = m.load(a.param, i, count);
  const auto g = gradient(m, f.gradient, m.load(a.grad, i, count), param);
  const auto share = m.full(f.share);
  const auto square =
      m.stored(m.fused(share * g, g, m.stored(m.load(a.state[0], i, count) * m.full(f.alpha))));
  m.store(a.state[0], i, square, count);
  auto variance = square;
  if (a.state[1]) {
    const auto mean = m.stored(lerp(m, m.load(a.state[1], i, count), g, f.share));
    m.store(a.state[1], i, mean, count);
    variance = m.stored(m.fused(-mean, mean, square));
  }
  const auto deviation = m.stored(m.stored(sqrt(variance)) + m.add_option(f.eps));
  if (!a.state[2]) {
    m.store(a.param, i, param + m.full(f.minus_lr) * g / deviation, count);
    return;
  }
  const auto buffer =
      m.stored(m.stored(m.load(a.state[2], i, count) * m.full(f.momentum)) + g / deviation);
  m.store(a.state[2], i, buffer, count);
  m.store(a.param, i, m.fused(buffer, m.add_option(f.minus_lr), param), count);
}

// The loops of one way to hold numbers.
template <class M>
struct OptimLoopsOf {
#define TG_LOOP(rule, Factors)                                                           \
  static void rule##_loop(const void* factors, const OptimArrays& arrays, int64_t begin, \
                          int64_t end) {                                                 \
    const Factors f = *static_cast<const Factors*>(factors);                             \
    const OptimArrays a = arrays;                                                        \
    const M m(a);                                                                        \
    for (int64_t i = begin; i < end; i += M::kCount) rule(m, f, a, i, end - i);          \
  }
  TG_LOOP(sgd, SgdFactors)
  TG_LOOP(adagrad, AdagradFactors)
  TG_LOOP(adam, AdamFactors)
  TG_LOOP(rmsprop, RmspropFactors)
#undef TG_LOOP
  static constexpr OptimLoops loops{sgd_loop, adagrad_loop, adam_loop, rmsprop_loop};
};

}  // namespace

const OptimKernels optim_kernels{OptimLoopsOf<Lanes<Plain<float>>>::loops,
                                 OptimLoopsOf<Lanes<Plain<double>>>::loops,
                                 OptimLoopsOf<Lanes<Short>>::loops};

}  // namespace tg::TG_ISA
