#include "ops/loss.h"

#include <cmath>

#include "autograd/record.h"
#include "kernels/loss.h"
#include "kernels/reduce.h"
#include "kernels/softmax.h"
#include "ops/activation.h"
#include "ops/binary.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/loss_reduction.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/softmax.h"
#include "ops/ternary.h"
#include "ops/unary.h"

namespace tg {
namespace {

Tensor scalar_tensor(double value, DType dtype) {
  Tensor out = empty({}, dtype);
  fill_values(out, Scalar(value));
  return out;
}

// The loops here run on float and double; 16-bit tensors are converted to float and back.
bool is_short(const Tensor& t) { return is_floating(t.dtype()) && itemsize(t.dtype()) == 2; }
Tensor lengthened(const Tensor& t) {
  return t.defined() && is_short(t) ? cast_quietly(t, DType::Float32) : t;
}
template <class F>
void visit_long(DType dtype, const char* what, const F& f) {
  if (dtype == DType::Float32)
    f(TypeTag<float>{});
  else if (dtype == DType::Float64)
    f(TypeTag<double>{});
  else
    fail(ErrorKind::NotImplemented, "\"", what, "\" not implemented for '", info(dtype).scalar,
         "'");
}

// --- mean squared error
Tensor squared_error(const Tensor& a, const Tensor& b, Reduction reduction) {
  if (is_short(a))
    return cast_quietly(squared_error(lengthened(a), lengthened(b), reduction), a.dtype());
  Tensor out = reduction == Reduction::None ? empty(a.sizes(), a.dtype()) : empty({}, a.dtype());
  const double divisor = divisor_of(reduction, a.numel());
  visit_long(a.dtype(), "mse_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const LongWork work(a.numel());
    const T *x = a.data<T>(), *t = b.data<T>();
    T* to = out.data<T>();
    auto square = [&](int64_t i) {
      const T d = x[i] - t[i];
      return d * d;
    };
    if (reduction == Reduction::None) {
      for (int64_t i = 0; i < a.numel(); ++i) to[i] = square(i);
      return;
    }
    *to = reduction::sum_of<T>(a.numel(), square) / static_cast<T>(divisor);
  });
  return out;
}

// grad * (a - b) * scale, in one pass.
Tensor scaled_difference(const Tensor& grad, const Tensor& a, const Tensor& b, double scale) {
  if (grad_mode.enabled) return grad * ((a - b) * scale);
  if (is_short(a))
    return cast_quietly(scaled_difference(lengthened(grad), lengthened(a), lengthened(b), scale),
                        a.dtype());
  const Tensor g = contiguous(grad);
  Tensor out = empty(a.sizes(), a.dtype());
  visit_long(a.dtype(), "mse_backward", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const LongWork work(a.numel());
    const T *x = a.data<T>(), *t = b.data<T>(), *from = g.data<T>();
    T* to = out.data<T>();
    const T factor = static_cast<T>(scale);
    if (g.numel() == 1) {
      const T of_all = *from * factor;
      for (int64_t i = 0; i < a.numel(); ++i) to[i] = of_all * (x[i] - t[i]);
    } else {
      for (int64_t i = 0; i < a.numel(); ++i) to[i] = factor * (x[i] - t[i]) * from[i];
    }
  });
  return out;
}

// --- classes
struct ClassLoss {
  ClassPlan plan;
  Dims input_sizes, target_sizes;
  Reduction reduction;
  const char* name;
};

Tensor class_gradient(const Tensor& grad, const Tensor& target, const Tensor& weight,
                      const Tensor& total_weight, const ClassLoss& loss);

template <class T>
const T* weights(const Tensor& weight) {
  return weight.defined() ? weight.data<T>() : nullptr;
}

// `total_weight` divides the mean; computed here where undefined, given where a gradient is
// differentiated.
template <class T>
void reduced_into(const Tensor& out, const ClassTotals& totals, Tensor& total_weight,
                  const ClassLoss& loss) {
  double value = totals.loss;
  if (loss.reduction == Reduction::Mean) {
    if (!total_weight.defined()) total_weight = scalar_tensor(totals.weight, DType::Float64);
    value /= *total_weight.data<double>();
  }
  *out.data<T>() = static_cast<T>(value);
}

// The loss of inputs input(i, at), see class_losses().
template <class T, class Input>
void class_loss_into(const Tensor& out, const Input& input, const Tensor& target, const Tensor& w,
                     Tensor& total_weight, const ClassLoss& loss) {
  const LongWork work(loss.plan.batch * loss.plan.places);
  const int64_t* classes = target.data<int64_t>();
  if (loss.reduction == Reduction::None)
    return class_losses(loss.plan, input, classes, weights<T>(w), out.data<T>());
  reduced_into<T>(out, class_totals(loss.plan, input, classes, weights<T>(w)), total_weight, loss);
}

template <class T>
Tensor short_class_loss(const Tensor& input, const Tensor& target, const Tensor& weight,
                        Tensor& total_weight, const ClassLoss& loss) {
  const LongWork work(loss.plan.batch * loss.plan.places);
  const Tensor in = contiguous_quietly(input), out = empty({}, input.dtype());
  reduced_into<T>(
      out, short_class_totals(loss.plan, in.data<T>(), target.data<int64_t>(), weights<T>(weight)),
      total_weight, loss);
  return out;
}

std::span<const int64_t> loss_sizes(const ClassLoss& loss) {
  if (loss.reduction == Reduction::None) return loss.target_sizes;
  return {};
}

Tensor class_loss_values(const Tensor& input, const Tensor& target, const Tensor& weight,
                         Tensor& total_weight, const ClassLoss& loss) {
  if (is_short(input) && loss.reduction != Reduction::None)
    return input.dtype() == DType::Float16
               ? short_class_loss<Half>(input, target, weight, total_weight, loss)
               : short_class_loss<BFloat16>(input, target, weight, total_weight, loss);
  const Tensor in = lengthened(contiguous_quietly(input)), w = lengthened(weight);
  Tensor out = empty(loss_sizes(loss), in.dtype());
  visit_long(in.dtype(),
             loss.name[7] == '2' ? "nll_loss2d_forward_out_frame" : "nll_loss_out_frame",
             [&](auto tag) {
               using T = typename decltype(tag)::type;
               const T* x = in.data<T>();
               class_loss_into<T>(
                   out, [x](int64_t, int64_t at) { return x[at]; }, target, w, total_weight, loss);
             });
  return cast_quietly(out, input.dtype());
}

Tensor class_loss(const Tensor& input, const Tensor& target, const Tensor& weight,
                  Tensor total_weight, const ClassLoss& loss) {
  const Tensor out = class_loss_values(input, target, weight, total_weight, loss);
  record(loss.name, out, inputs(input), saves(target, weight, total_weight),
         [loss](const Tensor& g, const Tensor& target, const Tensor& weight,
                const Tensor& total_weight) {
           return class_gradient(g, target, weight, total_weight, loss);
         });
  return out;
}

Tensor class_gradient(const Tensor& grad, const Tensor& target, const Tensor& weight,
                      const Tensor& total_weight, const ClassLoss& loss) {
  const Tensor g = lengthened(contiguous_quietly(grad)), w = lengthened(weight);
  Tensor out = empty(loss.input_sizes, g.dtype());
  visit_long(g.dtype(), "nll_loss_backward", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const LongWork work(out.numel());
    class_gradients(loss.plan, g.data<T>(), loss.reduction == Reduction::None,
                    target.data<int64_t>(), weights<T>(w),
                    total_weight.defined() ? *total_weight.data<double>() : 1.0, out.data<T>());
  });
  out = cast_quietly(out, grad.dtype());
  record("NllLossBackwardBackward0", out, inputs(grad), saves(target, weight, total_weight),
         [loss](const Tensor& g, const Tensor& target, const Tensor& weight,
                const Tensor& total_weight) {
           return class_loss(g, target, weight, total_weight, loss);
         });
  return out;
}

// Of the cross entropy of rows: what nll_loss() of log_softmax() would give, without a tensor for
// each. The input is needed only where the gradient is differentiated, so it may be changed else.
class CrossEntropyNode final : public RecordedBase<1, 6> {
 public:
  CrossEntropyNode(const Tensor& input, const Saves<6>& saved, const ClassLoss& loss)
      : RecordedBase<1, 6>("NllLossBackward0", inputs(input), saved), loss_(loss) {}
  void backward(std::span<Tensor> grads, GradInputs& to) override {
    if (released) raise_graph_freed();
    if (!grads[0].defined()) return;
    const Tensor target = saved_[1].unpack(this), weight = saved_[2].unpack(this),
                 total_weight = saved_[3].unpack(this);
    if (grad_mode.enabled) {
      const Tensor y = log_softmax(saved_[0].unpack(this), -1);
      const Tensor g = class_gradient(grads[0], target, weight, total_weight, loss_);
      to.set(0, log_softmax_backward(g, y, -1));
      return;
    }
    const Tensor exponentials = saved_[4].unpack(this), sums = saved_[5].unpack(this),
                 g = contiguous(grads[0]);
    Tensor out = empty(loss_.input_sizes, g.dtype());
    visit_real(g.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      const LongWork work(out.numel());
      softmax_class_gradients(
          loss_.plan, exponentials.data<T>(), sums.data<T>(), g.data<T>(),
          loss_.reduction == Reduction::None, target.data<int64_t>(), weights<T>(weight),
          total_weight.defined() ? *total_weight.data<double>() : 1.0, out.data<T>());
    });
    to.set(0, std::move(out));
  }

 private:
  ClassLoss loss_;
};

Tensor row_cross_entropy(const Tensor& input, const Tensor& target, const Tensor& weight,
                         const ClassLoss& loss) {
  const Tensor in = contiguous_quietly(input);
  const bool recorded = should_record(input, inputs(input));
  const int64_t rows = loss.plan.batch;
  const Tensor exponentials = recorded ? empty(in.sizes(), in.dtype()) : Tensor(),
               statistics = empty(Dims{2, rows}, in.dtype());
  Tensor out = empty(loss_sizes(loss), in.dtype()), total_weight;
  visit_real(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* x = in.data<T>();
    T *sums = statistics.data<T>(), *most = sums + rows;
    softmax_sums(x, recorded ? exponentials.data<T>() : nullptr, rows, loss.plan.classes, most,
                 sums);
    class_loss_into<T>(
        out, [=](int64_t i, int64_t at) { return x[at] - most[i] - std::log(sums[i]); }, target,
        weight, total_weight, loss);
  });
  if (recorded)
    set_grad_fn(
        out,
        new CrossEntropyNode(
            input, saves(input, target, weight, total_weight, exponentials, statistics), loss));
  return out;
}

Tensor checked_classes(const Tensor& target, const ClassPlan& plan) {
  if (target.dtype() != DType::Int64 && target.dtype() != DType::UInt8)
    runtime_error("expected target dtype to be Long or Byte, but got ",
                  info(target.dtype()).scalar);
  const Tensor classes = contiguous_quietly(cast_quietly(target, DType::Int64));
  const int64_t* c = classes.data<int64_t>();
  for (int64_t i = 0; i < classes.numel(); ++i)
    if ((c[i] < 0 || c[i] >= plan.classes) && c[i] != plan.ignore_index)
      index_error("Target ", c[i], " is out of bounds.");

  return classes;
}

Tensor checked_weight(const OptionalTensor& weight, const Tensor& input, int64_t classes) {
  if (!weight) return {};
  refuse_gradient("nll_loss_forward", "weight", *weight);
  if (weight->dim() != 1 || weight->numel() != classes)
    runtime_error(
        "weight tensor should be defined either for all ", classes,
        " classes or no classes but got weight tensor of shape: ", to_string(weight->sizes()));
  if (weight->dtype() != input.dtype())
    runtime_error("expected scalar type ", info(input.dtype()).scalar, " but found ",
                  info(weight->dtype()).scalar);
  return contiguous_quietly(*weight);
}

void check_class_sizes(const Tensor& input, const Tensor& target) {
  const int n = input.dim();
  if (n == 0) value_error("Expected 1 or more dimensions (got 0)");
  if (n == 1) {
    if (target.dim() > 1)
      runtime_error("0D or 1D target tensor expected, multi-target not supported");
    if (target.dim() == 1 && target.size(0) != 1)
      value_error("For 1D input, 1D target must have size 1, but got target size: ",
                  target.size(0));
    return;
  }
  const int64_t batch = target.dim() ? target.size(0) : 0;
  if (target.dim() == 0 || input.size(0) != batch)
    value_error("Expected input batch_size (", input.size(0), ") to match target batch_size (",
                batch, ").");
  if (n == 2) {
    if (target.dim() > 1)
      runtime_error("0D or 1D target tensor expected, multi-target not supported");
    return;
  }
  if (n == 4) {
    if (target.dim() != 3)
      runtime_error(
          "only batches of spatial targets supported (3D tensors) but got targets of dimension: ",
          target.dim());
    if (target.size(1) != input.size(2) || target.size(2) != input.size(3))
      runtime_error("size mismatch (got input: ", to_string(input.sizes()),
                    " , target: ", to_string(target.sizes()));
    return;
  }
  Dims expected(input.sizes());
  expected.erase(1);
  if (!(Dims(target.sizes()) == expected))
    runtime_error("Expected target size ", to_string(expected), ", got ",
                  to_string(target.sizes()));
}

// --- binary
// losses times weight, reduced.
Tensor weighted(const Tensor& losses, const OptionalTensor& weight, Reduction reduction) {
  return reduced(weight ? losses * *weight : losses, reduction);
}

// The weights of a loss as the factor that its gradient starts with.
Tensor loss_scale(const Tensor& grad, const Tensor& weight, Reduction reduction, int64_t numel) {
  const Tensor g = unreduced(grad, reduction, numel);
  return weight.defined() ? g * weight : g;
}

void check_broadcastable(const Tensor& weight, const Tensor& input) {
  const int shift = input.dim() - weight.dim();
  for (int d = std::max(0, -shift); d < weight.dim(); ++d)
    if (shift + d >= 0 && weight.size(d) != 1 && weight.size(d) != input.size(shift + d))
      runtime_error("Attempting to broadcast a dimension of length ", weight.size(d), " at ",
                    d - weight.dim(), "! Mismatching argument at index 1 had ", "torch.Size(",
                    to_string(weight.sizes()), "); but expected shape should be broadcastable to ",
                    to_string(input.sizes()));
}

std::string size_text(const Tensor& t) { return "torch.Size(" + to_string(t.sizes()) + ")"; }

bool all_in_unit_interval(const Tensor& x) {
  bool ok = true;
  const Tensor in = lengthened(contiguous_quietly(x));
  visit_long(in.dtype(), "binary_cross_entropy", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* p = in.data<T>();
    for (int64_t i = 0; i < in.numel(); ++i) ok &= (p[i] >= 0) & (p[i] <= 1);
  });
  return ok;
}

}  // namespace

Tensor mse_loss(const Tensor& input, const Tensor& target, const std::string& reduction) {
  const Reduction how = reduction_of(reduction);
  if (!input.same_sizes(target) || input.dtype() != target.dtype()) {
    const Dims sizes = broadcast_sizes(input.sizes(), target.sizes());
    const DType dtype = result_type(input, target);
    if (!is_floating(dtype))
      fail(ErrorKind::NotImplemented, "\"mse_cpu\" not implemented for '", info(dtype).scalar, "'");
    auto fitted = [&](const Tensor& t) {
      return to_dtype(Dims(t.sizes()) == sizes ? t : expand(t, sizes), dtype);
    };
    return mse_loss(fitted(input), fitted(target), reduction);
  }
  Tensor out = squared_error(contiguous_quietly(input), contiguous_quietly(target), how);
  record("MseLossBackward0", out, inputs(input, target), saves(input, target),
         [how](GradInputs& to, const Tensor& g, const Tensor& x, const Tensor& t) {
           const double scale = 2 / divisor_of(how, x.numel());
           const Tensor a = grad_mode.enabled ? x : contiguous(x),
                        b = grad_mode.enabled ? t : contiguous(t);
           if (to.needed(0)) to.set(0, scaled_difference(g, a, b, scale));
           if (to.needed(1)) to.set(1, scaled_difference(g, b, a, scale));
         });
  return out;
}

namespace {
// The checked arguments of a loss over classes.
struct ClassArguments {
  ClassArguments(const Tensor& input, const Tensor& target, const OptionalTensor& weight_,
                 int64_t ignore_index, const std::string& reduction) {
    loss.reduction = reduction_of(reduction);
    check_class_sizes(input, target);
    loss.plan = {1, input.size(input.dim() > 1), 1, ignore_index};
    if (input.dim() > 1) loss.plan.batch = input.size(0);
    for (int d = 2; d < input.dim(); ++d) loss.plan.places *= input.size(d);
    classes = checked_classes(target, loss.plan);
    weight = checked_weight(weight_, input, loss.plan.classes);
    loss.input_sizes = Dims(input.sizes());
    if (input.dim() > 1) loss.target_sizes = Dims(target.sizes());
    loss.name = input.dim() > 2 ? "NllLoss2DBackward0" : "NllLossBackward0";
  }
  ClassLoss loss;
  Tensor classes, weight;
};
}  // namespace

Tensor nll_loss(const Tensor& input, const Tensor& target, const OptionalTensor& weight,
                int64_t ignore_index, const std::string& reduction) {
  const ClassArguments given(input, target, weight, ignore_index, reduction);
  return class_loss(input, given.classes, given.weight, {}, given.loss);
}

Tensor cross_entropy(const Tensor& input, const Tensor& target, const OptionalTensor& weight,
                     int64_t ignore_index, const std::string& reduction) {
  const bool rows = input.dim() == 1 || input.dim() == 2;
  if (rows && input.numel() &&
      (input.dtype() == DType::Float32 || input.dtype() == DType::Float64)) {
    const ClassArguments given(input, target, weight, ignore_index, reduction);
    return row_cross_entropy(input, given.classes, given.weight, given.loss);
  }
  return nll_loss(log_softmax(input, input.dim() == 1 ? 0 : 1), target, weight, ignore_index,
                  reduction);
}

Tensor binary_cross_entropy(const Tensor& input, const Tensor& target, const OptionalTensor& weight,
                            const std::string& reduction) {
  const Reduction how = reduction_of(reduction);
  if (!input.same_sizes(target))
    value_error("Using a target size (", size_text(target),
                ") that is different to the input size (", size_text(input),
                ") is deprecated. Please ensure they have the same size.");
  if (weight) {
    refuse_gradient("binary_cross_entropy", "weight", *weight);
    check_broadcastable(*weight, input);
  }
  if (!is_floating(input.dtype()))
    fail(ErrorKind::NotImplemented, "\"binary_cross_entropy\" not implemented for '",
         info(input.dtype()).scalar, "'");
  if (target.dtype() != input.dtype())
    runtime_error("Found dtype ", info(target.dtype()).scalar, " but expected ",
                  info(input.dtype()).scalar);
  if (!all_in_unit_interval(input))
    runtime_error("all elements of input should be between 0 and 1");
  if (!all_in_unit_interval(target))
    runtime_error("all elements of target should be between 0 and 1");
  Tensor out;
  {
    GradModeGuard off(false);
    out = weighted(apply_formula(CrossEntropy(), input, target), weight, how);
  }
  const Tensor w = weight.value_or(Tensor());
  record(
      "BinaryCrossEntropyBackward0", out, inputs(input, target), saves(input, target, w),
      [how](GradInputs& to, const Tensor& grad, const Tensor& x, const Tensor& t, const Tensor& w) {
        const Tensor g = loss_scale(grad, w, how, x.numel());
        const Operand cut(-100.0), least(1e-12);
        if (to.needed(0)) to.set(0, g * (x - t) / clamp((1 - x) * x, &least, nullptr));
        if (to.needed(1))
          to.set(1, g * (clamp(log(1 - x), &cut, nullptr) - clamp(log(x), &cut, nullptr)));
      });
  return out;
}

Tensor binary_cross_entropy_with_logits(const Tensor& input, const Tensor& target,
                                        const OptionalTensor& weight,
                                        const OptionalTensor& pos_weight,
                                        const std::string& reduction) {
  const Reduction how = reduction_of(reduction);
  if (!input.same_sizes(target))
    value_error("Target size (", size_text(target), ") must be the same as input size (",
                size_text(input), ")");
  const DType dtype = result_type(input, target);
  if (!is_floating(dtype))
    fail(ErrorKind::NotImplemented, "\"log_sigmoid_cpu\" not implemented for '", info(dtype).scalar,
         "'");
  const Tensor x = to_dtype(input, dtype), t = to_dtype(target, dtype);
  Tensor out;
  {
    GradModeGuard off(false);
    if (pos_weight) {
      const Tensor log_weight = (*pos_weight - 1.0) * t + 1.0;
      out = (1 - t) * x - log_weight * log_sigmoid(x);
    } else if (is_short(x)) {  // PyTorch rounds after each step
      out = (1 - t) * x - log_sigmoid(x);
    } else {
      out = apply_formula(CrossEntropyOfLogits(), x, t);
    }
    out = weighted(out, weight, how);
  }
  const Tensor w = weight.value_or(Tensor()), p = pos_weight.value_or(Tensor());
  record("BinaryCrossEntropyWithLogitsBackward0", out, inputs(x, t), saves(x, t, w, p),
         [how](GradInputs& to, const Tensor& grad, const Tensor& x, const Tensor& t,
               const Tensor& w, const Tensor& p) {
           const Tensor g = loss_scale(grad, w, how, x.numel());
           if (to.needed(0)) {
             const Tensor y = sigmoid(x);
             if (p.defined()) {
               const Tensor positive = p * t;
               to.set(0, g * ((positive + 1.0 - t) * y - positive));
             } else {
               to.set(0, g * (y - t));
             }
           }
           if (to.needed(1))
             to.set(1, p.defined() ? g * (log_sigmoid(-x) - p * log_sigmoid(x)) : g * -x);
         });
  return out;
}

}  // namespace tg
