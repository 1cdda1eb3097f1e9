// Optimizer updates: one pass over the elements of one parameter and of the state kept for it.
// They round as PyTorch's do: see optim_isa.cpp.
#pragma once

#include <cstdint>

#include "core/dtype.h"

namespace tg {

struct SgdOptions {
  double lr, momentum, dampening, weight_decay;
  bool nesterov, maximize;
};
struct AdagradOptions {
  double lr, lr_decay, weight_decay, eps;
  bool maximize;
};
struct AdamOptions {
  double lr, beta1, beta2, eps, weight_decay;
  bool amsgrad, maximize;
  bool decoupled;  // AdamW: the decay shrinks the parameter instead of entering the gradient
};
struct RmspropOptions {
  double lr, alpha, eps, weight_decay, momentum;
  bool centered, maximize;
};

// Arrays of n elements of a floating dtype. Pointers to state that is not in use are null.
// `first`: the momentum buffer is not filled yet; it becomes a copy of the gradient.
void sgd_update(DType dtype, void* param, const void* grad, void* momentum_buffer, int64_t n,
                const SgdOptions& options, bool first);
// `step` counts from 1.
void adagrad_update(DType dtype, void* param, const void* grad, void* sum, int64_t n,
                    const AdagradOptions& options, double step);
void adam_update(DType dtype, void* param, const void* grad, void* exp_avg, void* exp_avg_sq,
                 void* max_exp_avg_sq, int64_t n, const AdamOptions& options, double step);
void rmsprop_update(DType dtype, void* param, const void* grad, void* square_avg, void* grad_avg,
                    void* momentum_buffer, int64_t n, const RmspropOptions& options);

}  // namespace tg
