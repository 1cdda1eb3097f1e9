#include "ops/optim.h"

#include "ops/binary.h"
#include "ops/copy.h"
#include "ops/join.h"
#include "ops/operators.h"
#include "ops/promotion.h"
#include "ops/reduce.h"

namespace tg {
namespace {

// The elements of a tensor in row-major order: its own memory, or a copy where that is strided or
// of another dtype.
class Flat {
 public:
  Flat(const Tensor& t, const Tensor& param) {
    if (!t.defined()) return;
    if (!t.same_sizes(param)) [[unlikely]] {
      broadcast_sizes(param.sizes(), t.sizes());  // raises PyTorch's error for sizes that differ
      runtime_error("optimizer: a gradient or state of another size than its parameter");
    }
    if (t.is_contiguous() && t.dtype() == param.dtype()) [[likely]] {
      data_ = t->data;
      return;
    }
    copy_ = empty(t.sizes(), param.dtype());
    copy_values(copy_, t);
    data_ = copy_->data;
  }
  void* data() const { return data_; }
  void write_back(const Tensor& t) const {
    if (copy_.defined()) copy_values(t, copy_);
    if (t.defined()) bump_version(t);
  }

 private:
  void* data_ = nullptr;
  Tensor copy_;
};

double count_up(const Tensor& step) {
  if (step.numel() != 1)
    runtime_error("optimizer: the state 'step' must have one element, got ", step.numel());
  check_inplace(step);
  const double count = visit_dtype(step.dtype(), [&]<class T>(TypeTag<T>) {
    const double next = convert<double>(*step.data<T>()) + 1;
    *step.data<T>() = convert<T>(next);
    return next;
  });
  bump_version(step);
  return count;
}

void check_state(const Tensor& state) {
  if (state.defined()) check_inplace(state);
}

}  // namespace

void sgd_step(const Tensor& param, const Tensor& grad, Tensor& momentum_buffer,
              const SgdOptions& options) {
  check_inplace(param);
  const bool with_buffer = options.momentum != 0, first = with_buffer && !momentum_buffer.defined();
  if (first) momentum_buffer = empty_like(grad, param.dtype());
  const Tensor buffer = with_buffer ? momentum_buffer : Tensor();
  check_state(buffer);
  const Flat p(param, param), g(grad, param), m(buffer, param);
  sgd_update(param.dtype(), p.data(), g.data(), m.data(), param.numel(), options, first);
  p.write_back(param);
  m.write_back(buffer);
}

void adagrad_step(const Tensor& param, const Tensor& grad, const Tensor& sum, const Tensor& step,
                  const AdagradOptions& options) {
  check_inplace(param);
  check_state(sum);
  const Flat p(param, param), g(grad, param), s(sum, param);
  const double count = count_up(step);
  adagrad_update(param.dtype(), p.data(), g.data(), s.data(), param.numel(), options, count);
  p.write_back(param);
  s.write_back(sum);
}

void adam_step(const Tensor& param, const Tensor& grad, const Tensor& exp_avg,
               const Tensor& exp_avg_sq, const Tensor& max_exp_avg_sq, const Tensor& step,
               const AdamOptions& options) {
  check_inplace(param);
  for (const Tensor* state : {&exp_avg, &exp_avg_sq, &max_exp_avg_sq}) check_state(*state);
  const Flat p(param, param), g(grad, param), mean(exp_avg, param), square(exp_avg_sq, param),
      largest(max_exp_avg_sq, param);
  const double count = count_up(step);
  adam_update(param.dtype(), p.data(), g.data(), mean.data(), square.data(), largest.data(),
              param.numel(), options, count);
  p.write_back(param);
  mean.write_back(exp_avg);
  square.write_back(exp_avg_sq);
  largest.write_back(max_exp_avg_sq);
}

void rmsprop_step(const Tensor& param, const Tensor& grad, const Tensor& square_avg,
                  const Tensor& grad_avg, const Tensor& momentum_buffer, const Tensor& step,
                  const RmspropOptions& options) {
  check_inplace(param);
  for (const Tensor* state : {&square_avg, &grad_avg, &momentum_buffer}) check_state(*state);
  const Flat p(param, param), g(grad, param), square(square_avg, param), mean(grad_avg, param),
      buffer(momentum_buffer, param);
  count_up(step);
  rmsprop_update(param.dtype(), p.data(), g.data(), square.data(), mean.data(), buffer.data(),
                 param.numel(), options);
  p.write_back(param);
  square.write_back(square_avg);
  mean.write_back(grad_avg);
  buffer.write_back(momentum_buffer);
}

Tensor optimizer_state_like(const Tensor& param, double value) {
  Tensor state = empty_like(param, param.dtype());
  fill_values(state, Scalar(value));
  return state;
}

double number_in(const Tensor& one) {
  return visit_dtype(one.dtype(),
                     [&]<class T>(TypeTag<T>) { return convert<double>(*one.data<T>()); });
}

Tensor total_norm(std::span<const Tensor> tensors, double p) {
  if (tensors.empty()) {
    Tensor zero = empty({}, default_dtype());
    fill_values(zero, Scalar(0.0));
    return zero;
  }
  std::vector<Tensor> norms;
  norms.reserve(tensors.size());
  for (const Tensor& t : tensors) norms.push_back(vector_norm(t, p, std::nullopt, false, {}));
  return vector_norm(stack(norms, 0), p, std::nullopt, false, {});
}

void clip_to_norm(std::span<const Tensor> grads, double max_norm, const Tensor& total) {
  if (grads.empty()) return;
  const Operand one(1.0);
  const Tensor scale = clamp(max_norm / (total + 1e-6), nullptr, &one);
  const bool keeps = scale.dim() == 0 && number_in(scale) == 1;
  for (const Tensor& grad : grads) {
    if (keeps && is_floating(grad.dtype())) {  // below the limit, as most are: nothing changes
      check_inplace(grad);
      bump_version(grad);
    } else {
      mul_(grad, scale);
    }
  }
}

void clip_to_value(std::span<const Tensor> grads, double limit) {
  const Operand low(-limit), high(limit);
  for (const Tensor& grad : grads) clamp_(grad, &low, &high);
}

Tensor optimizer_step_count() {
  Tensor step = empty({}, default_dtype() == DType::Float64 ? DType::Float64 : DType::Float32);
  fill_values(step, Scalar(0.0));
  return step;
}

}  // namespace tg
