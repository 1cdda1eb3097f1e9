// One optimizer step of one parameter: checks, memory layout, versions; the arithmetic is in
// kernels/optim.cpp. And gradients clipped as a whole. Call with grad mode off. State tensors are
// changed in place and count versions like the parameter.
#pragma once

#include <span>

#include "core/tensor.h"
#include "kernels/optim.h"

namespace tg {

// An undefined momentum_buffer is made when options.momentum is not 0.
void sgd_step(const Tensor& param, const Tensor& grad, Tensor& momentum_buffer,
              const SgdOptions& options);
// `step` is a tensor of one element; it is counted up first.
void adagrad_step(const Tensor& param, const Tensor& grad, const Tensor& sum, const Tensor& step,
                  const AdagradOptions& options);
// max_exp_avg_sq is undefined without amsgrad.
void adam_step(const Tensor& param, const Tensor& grad, const Tensor& exp_avg,
               const Tensor& exp_avg_sq, const Tensor& max_exp_avg_sq, const Tensor& step,
               const AdamOptions& options);
// grad_avg is undefined unless centered, momentum_buffer without momentum.
void rmsprop_step(const Tensor& param, const Tensor& grad, const Tensor& square_avg,
                  const Tensor& grad_avg, const Tensor& momentum_buffer, const Tensor& step,
                  const RmspropOptions& options);

// New state for `param`: its sizes, strides and dtype, filled with `value`; and a step count of 0.
Tensor optimizer_state_like(const Tensor& param, double value);
Tensor optimizer_step_count();

// The number in a tensor of one element.
double number_in(const Tensor& one);

// The p-norm of the p-norms of `tensors`, in their promoted dtype; of none 0.
Tensor total_norm(std::span<const Tensor> tensors, double p);
// Scales `grads` by max_norm / (total + 1e-6) where that is below 1.
void clip_to_norm(std::span<const Tensor> grads, double max_norm, const Tensor& total);
// Limits their elements to [-limit, limit].
void clip_to_value(std::span<const Tensor> grads, double limit);

}  // namespace tg
