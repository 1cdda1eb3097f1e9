// Forward and backward variables of Graves et al. 2006, in logarithms: alpha[t][s] is the
// probability of all beginnings of alignments that are at place s of the extended target (a blank
// between any two classes and at both ends) at time t; beta the same for their ends.
#include "ops/ctc_loss.h"

#include <cmath>
#include <limits>
#include <vector>

#include "autograd/record.h"
#include "kernels/loops.h"
#include "ops/copy.h"
#include "ops/operators.h"
#include "ops/reduction.h"
#include "ops/shape.h"

namespace tg {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

double log_add(double a, double b) {
  const double greater = std::max(a, b);
  if (greater == kNever) return kNever;
  return greater + std::log1p(std::exp(std::min(a, b) - greater));
}

struct Plan {
  int64_t times, batch, classes, blank;
  bool zero_infinity;
};

// One sequence: its part of the log-probabilities and its target with the blanks between.
template <class T>
struct Sequence {
  const T* log_probs;
  int64_t step;  // elements from one time to the next
  int64_t times;
  std::vector<int64_t> places;

  Sequence(const Plan& plan, const T* data, int64_t n, const int64_t* target, int64_t length,
           int64_t times)
      : log_probs(data + n * plan.classes),
        step(plan.batch * plan.classes),
        times(times),
        places(size_t(2 * length + 1), plan.blank) {
    for (int64_t i = 0; i < length; ++i) places[size_t(2 * i + 1)] = target[i];
  }
  int64_t size() const { return int64_t(places.size()); }
  double at(int64_t t, int64_t s) const {
    return static_cast<double>(log_probs[t * step + places[size_t(s)]]);
  }
  // Whether an alignment may go from place s to s + 2, past the blank between.
  bool skips(int64_t s) const {
    return s + 2 < size() && places[size_t(s)] != places[size_t(s + 2)];
  }
};

// One row of alpha from the row before; rows hold sequence.size() numbers.
template <class T>
void first_alpha(const Sequence<T>& q, double* row) {
  std::fill_n(row, q.size(), kNever);
  row[0] = q.at(0, 0);
  if (q.size() > 1) row[1] = q.at(0, 1);
}
template <class T>
void next_alpha(const Sequence<T>& q, int64_t t, const double* before, double* row) {
  for (int64_t s = 0; s < q.size(); ++s) {
    double sum = before[s];
    if (s > 0) sum = log_add(sum, before[s - 1]);
    if (s > 1 && q.skips(s - 2)) sum = log_add(sum, before[s - 2]);
    row[s] = sum + q.at(t, s);
  }
}
double log_probability(const double* last, int64_t size) {
  return size > 1 ? log_add(last[size - 1], last[size - 2]) : last[0];
}

template <class T>
double negative_log_likelihood(const Sequence<T>& q) {
  if (q.times == 0) return q.size() == 1 ? 0 : -kNever;
  std::vector<double> row(q.places.size()), next(q.places.size());
  first_alpha(q, row.data());
  for (int64_t t = 1; t < q.times; ++t) {
    next_alpha(q, t, row.data(), next.data());
    row.swap(next);
  }
  return -log_probability(row.data(), q.size());
}

// exp(log_prob) minus the probability that the alignment is at that class then, times `grad`: the
// gradient for log-probabilities that come from a softmax. `out` is zero before.
template <class T>
void gradient(const Sequence<T>& q, int64_t classes, double grad, T* out) {
  const int64_t size = q.size();
  std::vector<double> alpha(size_t(q.times * size)), beta(size_t(size), kNever), next(beta),
      together(static_cast<size_t>(classes));
  first_alpha(q, alpha.data());
  for (int64_t t = 1; t < q.times; ++t)
    next_alpha(q, t, alpha.data() + (t - 1) * size, alpha.data() + t * size);
  const double likelihood = log_probability(alpha.data() + (q.times - 1) * size, size);
  for (int64_t t = q.times - 1; t >= 0; --t) {
    for (int64_t s = 0; s < size; ++s) {
      double sum;
      if (t == q.times - 1) {
        sum = s >= size - 2 ? 0 : kNever;
      } else {
        sum = beta[size_t(s)];
        if (s + 1 < size) sum = log_add(sum, beta[size_t(s + 1)]);
        if (q.skips(s)) sum = log_add(sum, beta[size_t(s + 2)]);
      }
      next[size_t(s)] = sum + q.at(t, s);
    }
    beta.swap(next);
    std::fill(together.begin(), together.end(), kNever);
    for (int64_t s = 0; s < size; ++s) {
      double& sum = together[size_t(q.places[size_t(s)])];
      sum = log_add(sum, alpha[size_t(t * size + s)] + beta[size_t(s)]);
    }
    for (int64_t c = 0; c < classes; ++c) {
      const double lp = static_cast<double>(q.log_probs[t * q.step + c]);
      const double here =
          together[size_t(c)] == kNever ? 0 : std::exp(together[size_t(c)] - likelihood - lp);
      out[t * q.step + c] = static_cast<T>((std::exp(lp) - here) * grad);
    }
  }
}

template <class F>
void visit_float_or_double(DType dtype, const F& f) {
  if (dtype == DType::Float32)
    f(TypeTag<float>{});
  else if (dtype == DType::Float64)
    f(TypeTag<double>{});
  else
    fail(ErrorKind::NotImplemented, "\"ctc_loss_cpu\" not implemented for '", info(dtype).scalar,
         "'");
}

// lengths: for each sequence its times, its target's length and where its target begins.
template <class F>
void for_each_sequence(const Plan& plan, const Tensor& log_probs, const Tensor& targets,
                       const Tensor& lengths, const F& f) {
  visit_float_or_double(log_probs.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t* l = lengths.data<int64_t>();
    const LongWork work(log_probs.numel() * 8);
    for (int64_t n = 0; n < plan.batch; ++n, l += 3)
      f(n, Sequence<T>(plan, log_probs.data<T>(), n, targets.data<int64_t>() + l[2], l[1], l[0]));
  });
}

Tensor ctc_gradient(const Plan& plan, const Tensor& grad, const Tensor& log_probs,
                    const Tensor& targets, const Tensor& lengths, const Tensor& losses) {
  const Tensor in = contiguous_quietly(log_probs), g = contiguous_quietly(grad);
  Tensor out = empty(log_probs.sizes(), log_probs.dtype());
  fill_values(out, Scalar(0));
  for_each_sequence(plan, in, targets, lengths, [&]<class T>(int64_t n, const Sequence<T>& q) {
    const T loss = losses.data<T>()[n];
    if (q.times == 0 || (plan.zero_infinity && std::isinf(loss))) return;
    T* to = out.data<T>() + n * plan.classes;
    if (std::isinf(loss)) {
      for (int64_t t = 0; t < q.times; ++t)
        std::fill_n(to + t * q.step, plan.classes, std::numeric_limits<T>::quiet_NaN());
      return;
    }
    gradient(q, plan.classes, static_cast<double>(g.data<T>()[n]), to);
  });
  record("CtcLossBackwardBackward0", out, inputs(grad, log_probs), saves(),
         [](GradInputs&, const Tensor&) {
           runtime_error("the derivative for '_ctc_loss_backward' is not implemented");
         });
  return out;
}

}  // namespace

Tensor ctc_loss(const Tensor& input, const Tensor& targets, std::span<const int64_t> input_lengths,
                std::span<const int64_t> target_lengths, int64_t blank, bool zero_infinity) {
  if (input.dim() == 2) {
    const Tensor loss =
        ctc_loss(unsqueeze(input, 1), targets, input_lengths, target_lengths, blank, zero_infinity);
    return squeeze(loss, 0);
  }
  if (input.dim() != 3) runtime_error("log_probs tensor must be 3-D, got ", input.dim(), "-D");
  if (input.numel() == 0) runtime_error("log_probs tensor must not be empty");
  const Plan plan{input.size(0), input.size(1), input.size(2), blank, zero_infinity};
  if (targets.dtype() != DType::Int64 && targets.dtype() != DType::Int32)
    runtime_error(
        "Expected tensor for argument #2 'targets' to have one of the following scalar "
        "types: Long, Int; but got torch.",
        info(targets.dtype()).legacy, " instead (while checking arguments for ctc_loss)");
  if (blank < 0 || blank >= plan.classes) runtime_error("blank must be in label range");
  if (int64_t(input_lengths.size()) != plan.batch)
    runtime_error("input_lengths must be of size batch_size");
  if (int64_t(target_lengths.size()) != plan.batch)
    runtime_error("target_lengths must be of size batch_size");
  const Tensor all = contiguous_quietly(cast_quietly(targets, DType::Int64));
  Tensor lengths = empty(Dims{plan.batch, 3}, DType::Int64);
  int64_t begin = 0, longest = 0;
  for (int64_t n = 0; n < plan.batch; ++n) {
    const int64_t times = input_lengths[size_t(n)], length = target_lengths[size_t(n)];
    if (times < 0)
      runtime_error("Expected input_lengths to have value at least 0, but got value ", times,
                    " (while checking arguments for ctc_loss)");
    if (length < 0)
      runtime_error("Expected target_lengths to have value at least 0, but got value ", length,
                    " (while checking arguments for ctc_loss)");
    if (times > plan.times)
      runtime_error("Expected input_lengths to have value at most ", plan.times, ", but got value ",
                    times, " (while checking arguments for ctc_loss)");
    int64_t* l = lengths.data<int64_t>() + 3 * n;
    l[0] = times;
    l[1] = length;
    l[2] = all.dim() == 1 ? begin : n * all.size(1);
    begin += length;
    longest = std::max(longest, length);
  }
  if (all.dim() == 1 ? all.numel() != begin
                     : all.dim() != 2 || all.size(0) != plan.batch || all.size(1) < longest)
    runtime_error(
        all.dim() == 1
            ? join_text("Expected tensor to have size ", begin, " at dimension 0, but got size ",
                        all.numel(),
                        " for argument #2 'targets' (while checking arguments for ctc_loss)")
            : join_text("Expected tensor to have size at least ", longest,
                        " at dimension 1, but got size ", all.dim() > 1 ? all.size(1) : 0,
                        " for argument #2 'targets' (while checking arguments for ctc_loss)"));
  for (int64_t n = 0; n < plan.batch; ++n) {
    const int64_t* l = lengths.data<int64_t>() + 3 * n;
    for (int64_t i = 0; i < l[1]; ++i) {
      const int64_t c = all.data<int64_t>()[l[2] + i];
      if (c < 0 || c >= plan.classes)
        runtime_error("ctc_loss: targets must be classes from 0 to ", plan.classes - 1, ", got ",
                      c);
    }
  }
  const Tensor in = contiguous_quietly(input);
  Tensor losses = empty(Dims{plan.batch}, input.dtype());
  for_each_sequence(plan, in, all, lengths, [&]<class T>(int64_t n, const Sequence<T>& q) {
    losses.data<T>()[n] = static_cast<T>(negative_log_likelihood(q));
  });
  Tensor out = losses;
  if (zero_infinity) {
    GradModeGuard off(false);
    out = where(losses == std::numeric_limits<double>::infinity(), Operand(0.0), losses);
  } else {
    out = clone(losses);
  }
  record(
      "CtcLossBackward0", out, inputs(input), saves(input, all, lengths, losses),
      [plan](const Tensor& g, const Tensor& input, const Tensor& all, const Tensor& lengths,
             const Tensor& losses) { return ctc_gradient(plan, g, input, all, lengths, losses); });
  return out;
}

}  // namespace tg
