#include "kernels/optim.h"

#include <cmath>

#include "kernels/isa.h"
#include "kernels/loops.h"
#include "kernels/optim_kernels.h"
#include "kernels/parallel.h"

namespace tg {

TG_ISA_TABLES(OptimKernels, optim_kernels)

namespace {

const OptimLoops& loops_of(DType dtype, const char* name) {
  static const OptimKernels& kernels = pick_isa(optim_kernels_of_isa);
  return visit_floating(dtype, name, [&]<class T>(TypeTag<T>) -> const OptimLoops& {
    return sizeof(T) == 2   ? kernels.of_short
           : sizeof(T) == 4 ? kernels.of_float
                            : kernels.of_double;
  });
}

void run(DType dtype, const char* name, OptimLoop OptimLoops::* loop, const void* factors,
         OptimArrays arrays, int64_t n) {
  constexpr int64_t kGrain = 1 << 14;
  const OptimLoop update = loops_of(dtype, name).*loop;
  arrays.half = dtype == DType::Float16;
  const LongWork work(n);
  sweep(n, kGrain, [&](int64_t begin, int64_t end) { update(factors, arrays, begin, end); });
}

}  // namespace

void sgd_update(DType dtype, void* param, const void* grad, void* momentum_buffer, int64_t n,
                const SgdOptions& o, bool first) {
  const SgdFactors factors{
      {o.weight_decay, o.maximize}, -o.lr, o.momentum, 1 - o.dampening, o.nesterov, first};
  run(dtype, "sgd", &OptimLoops::sgd, &factors, {param, grad, {momentum_buffer}}, n);
}

void adagrad_update(DType dtype, void* param, const void* grad, void* sum, int64_t n,
                    const AdagradOptions& o, double step) {
  const AdagradFactors factors{
      {o.weight_decay, o.maximize}, -(o.lr / (1 + (step - 1) * o.lr_decay)), o.eps};
  run(dtype, "adagrad", &OptimLoops::adagrad, &factors, {param, grad, {sum}}, n);
}

void adam_update(DType dtype, void* param, const void* grad, void* exp_avg, void* exp_avg_sq,
                 void* max_exp_avg_sq, int64_t n, const AdamOptions& o, double step) {
  const AdamFactors factors{{o.decoupled ? 0 : o.weight_decay, o.maximize},
                            o.decoupled ? 1 - o.lr * o.weight_decay : 1,
                            1 - o.beta1,
                            o.beta2,
                            1 - o.beta2,
                            o.eps,
                            -(o.lr / (1 - std::pow(o.beta1, step))),
                            std::pow(1 - std::pow(o.beta2, step), 0.5)};
  run(dtype, "adam", &OptimLoops::adam, &factors,
      {param, grad, {exp_avg, exp_avg_sq, max_exp_avg_sq}}, n);
}

void rmsprop_update(DType dtype, void* param, const void* grad, void* square_avg, void* grad_avg,
                    void* momentum_buffer, int64_t n, const RmspropOptions& o) {
  const RmspropFactors factors{
      {o.weight_decay, o.maximize}, -o.lr, o.alpha, 1 - o.alpha, o.eps, o.momentum};
  run(dtype, "rmsprop", &OptimLoops::rmsprop, &factors,
      {param, grad, {square_avg, grad_avg, momentum_buffer}}, n);
}

}  // namespace tg
