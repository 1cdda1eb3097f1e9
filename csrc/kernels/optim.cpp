#include "kernels/optim.h"

#include <cmath>

namespace tg {
namespace {

// a * b + c with one rounding. In float through double, which vectorises without FMA instructions:
// the product is exact there, and the second rounding changes about one result in 1e8.
inline float fused(float a, float b, float c) {
  return static_cast<float>(static_cast<double>(a) * b + c);
}
inline double fused(double a, double b, double c) { return std::fma(a, b, c); }

// A value as it is after it was stored in a tensor of T.
template <class T>
inline Compute<T> stored(Compute<T> value) {
  return static_cast<Compute<T>>(T(value));
}
template <class T>
inline Compute<T> load(const T* p, int64_t i) {
  return static_cast<Compute<T>>(p[i]);
}

// A factor or addend of PyTorch's add(), which rounds both to T first; its other operations take
// them in full.
template <class T>
inline Compute<T> add_option(double value) {
  return stored<T>(static_cast<Compute<T>>(value));
}

// The gradient that the rule sees: sign and weight decay applied.
template <class T>
struct Gradient {
  using C = Compute<T>;
  const T* grad;
  const T* param;
  C weight_decay;
  bool maximize;
  C operator()(int64_t i) const {
    const C g = maximize ? -load(grad, i) : load(grad, i);
    return weight_decay == C(0) ? g : stored<T>(fused(load(param, i), weight_decay, g));
  }
};

template <class C>
inline C lerp(C from, C to, C weight) {
  if (std::abs(weight) < C(0.5)) return fused(weight, to - from, from);
  return fused(from - to, C(1) - weight, to);
}

template <class T>
void sgd(T* param, const T* grad, T* momentum_buffer, int64_t n, const SgdOptions& o, bool first) {
  using C = Compute<T>;
  const Gradient<T> gradient{grad, param, add_option<T>(o.weight_decay), o.maximize};
  const C minus_lr = add_option<T>(-o.lr);
  if (!momentum_buffer) {
    for (int64_t i = 0; i < n; ++i) param[i] = T(fused(gradient(i), minus_lr, load(param, i)));
    return;
  }
  const C momentum = C(o.momentum), nesterov_share = add_option<T>(o.momentum),
          share = add_option<T>(1 - o.dampening);
  for (int64_t i = 0; i < n; ++i) {
    const C g = gradient(i);
    const C buffer =
        first ? g : stored<T>(fused(g, share, stored<T>(load(momentum_buffer, i) * momentum)));
    momentum_buffer[i] = T(buffer);
    const C direction = o.nesterov ? stored<T>(fused(buffer, nesterov_share, g)) : buffer;
    param[i] = T(fused(direction, minus_lr, load(param, i)));
  }
}

template <class T>
void adagrad(T* param, const T* grad, T* sum, int64_t n, const AdagradOptions& o, double step) {
  using C = Compute<T>;
  const Gradient<T> gradient{grad, param, add_option<T>(o.weight_decay), o.maximize};
  const C minus_lr = C(-(o.lr / (1 + (step - 1) * o.lr_decay))), eps = add_option<T>(o.eps);
  for (int64_t i = 0; i < n; ++i) {
    const C g = gradient(i);
    const C total = stored<T>(fused(g, g, load(sum, i)));
    sum[i] = T(total);
    const C deviation = stored<T>(stored<T>(std::sqrt(total)) + eps);
    param[i] = T(load(param, i) + minus_lr * g / deviation);
  }
}

template <class T>
void adam(T* param, const T* grad, T* exp_avg, T* exp_avg_sq, T* max_exp_avg_sq, int64_t n,
          const AdamOptions& o, double step) {
  using C = Compute<T>;
  const bool shrink = o.decoupled && o.weight_decay != 0;
  const C kept = C(1 - o.lr * o.weight_decay);
  const Gradient<T> gradient{grad, param, o.decoupled ? C(0) : add_option<T>(o.weight_decay),
                             o.maximize};
  const C weight1 = C(1 - o.beta1), beta2 = C(o.beta2), weight2 = C(1 - o.beta2),
          eps = add_option<T>(o.eps);
  const C minus_step = C(-(o.lr / (1 - std::pow(o.beta1, step))));
  const C correction = C(std::pow(1 - std::pow(o.beta2, step), 0.5));
  for (int64_t i = 0; i < n; ++i) {
    const C g = gradient(i);
    const C p = shrink ? stored<T>(load(param, i) * kept) : load(param, i);
    const C mean = stored<T>(lerp(load(exp_avg, i), g, weight1));
    C square = stored<T>(fused(weight2 * g, g, stored<T>(load(exp_avg_sq, i) * beta2)));
    exp_avg[i] = T(mean);
    exp_avg_sq[i] = T(square);
    if (max_exp_avg_sq) {
      const C largest = load(max_exp_avg_sq, i);
      if (!(square > largest) && square == square) square = largest;  // a nan stays one
      max_exp_avg_sq[i] = T(square);
    }
    const C deviation = stored<T>(stored<T>(stored<T>(std::sqrt(square)) / correction) + eps);
    param[i] = T(p + minus_step * mean / deviation);
  }
}

template <class T>
void rmsprop(T* param, const T* grad, T* square_avg, T* grad_avg, T* momentum_buffer, int64_t n,
             const RmspropOptions& o) {
  using C = Compute<T>;
  const Gradient<T> gradient{grad, param, add_option<T>(o.weight_decay), o.maximize};
  const C alpha = C(o.alpha), share = C(1 - o.alpha), eps = add_option<T>(o.eps),
          momentum = C(o.momentum);
  // The last operation is add() with momentum, addcdiv() without.
  const C minus_lr = momentum_buffer ? add_option<T>(-o.lr) : C(-o.lr);
  for (int64_t i = 0; i < n; ++i) {
    const C g = gradient(i);
    const C square = stored<T>(fused(share * g, g, stored<T>(load(square_avg, i) * alpha)));
    square_avg[i] = T(square);
    C variance = square;
    if (grad_avg) {
      const C mean = stored<T>(lerp(load(grad_avg, i), g, share));
      grad_avg[i] = T(mean);
      variance = stored<T>(fused(-mean, mean, square));
    }
    const C deviation = stored<T>(stored<T>(std::sqrt(variance)) + eps);
    if (momentum_buffer) {
      const C buffer = stored<T>(stored<T>(load(momentum_buffer, i) * momentum) + g / deviation);
      momentum_buffer[i] = T(buffer);
      param[i] = T(fused(buffer, minus_lr, load(param, i)));
    } else {
      param[i] = T(load(param, i) + minus_lr * g / deviation);
    }
  }
}

}  // namespace

void sgd_update(DType dtype, void* param, const void* grad, void* momentum_buffer, int64_t n,
                const SgdOptions& options, bool first) {
  visit_floating(dtype, "sgd", [&]<class T>(TypeTag<T>) {
    sgd(static_cast<T*>(param), static_cast<const T*>(grad), static_cast<T*>(momentum_buffer), n,
        options, first);
  });
}

void adagrad_update(DType dtype, void* param, const void* grad, void* sum, int64_t n,
                    const AdagradOptions& options, double step) {
  visit_floating(dtype, "adagrad", [&]<class T>(TypeTag<T>) {
    adagrad(static_cast<T*>(param), static_cast<const T*>(grad), static_cast<T*>(sum), n, options,
            step);
  });
}

void adam_update(DType dtype, void* param, const void* grad, void* exp_avg, void* exp_avg_sq,
                 void* max_exp_avg_sq, int64_t n, const AdamOptions& options, double step) {
  visit_floating(dtype, "adam", [&]<class T>(TypeTag<T>) {
    adam(static_cast<T*>(param), static_cast<const T*>(grad), static_cast<T*>(exp_avg),
         static_cast<T*>(exp_avg_sq), static_cast<T*>(max_exp_avg_sq), n, options, step);
  });
}

void rmsprop_update(DType dtype, void* param, const void* grad, void* square_avg, void* grad_avg,
                    void* momentum_buffer, int64_t n, const RmspropOptions& options) {
  visit_floating(dtype, "rmsprop", [&]<class T>(TypeTag<T>) {
    rmsprop(static_cast<T*>(param), static_cast<const T*>(grad), static_cast<T*>(square_avg),
            static_cast<T*>(grad_avg), static_cast<T*>(momentum_buffer), n, options);
  });
}

}  // namespace tg
