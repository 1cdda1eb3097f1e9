#include "ops/element_loss.h"

#include <vector>

#include "ops/elementwise.h"
#include "ops/factory.h"
#include "ops/index.h"
#include "ops/loss_reduction.h"
#include "ops/pointwise.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/ternary.h"

namespace tg {
namespace {

// A loss of kernels/activation.h whose derivative in `target` is the negative of the one in
// `input`.
template <class Loss>
Tensor pair_loss(const Loss& loss, const Tensor& input, const Tensor& target,
                 const std::string& reduction) {
  const Reduction how = reduction_of(reduction);
  const DType dtype = result_type(input, target);
  const Tensor x = to_dtype(input, dtype), t = to_dtype(target, dtype);
  Tensor out = apply_formula(loss, x, t);
  const int64_t numel = out.numel();
  if (how != Reduction::None) {
    GradModeGuard off(false);
    out = reduced(out, how);
  }
  record(Loss::node, out, inputs(x, t), saves(x, t),
         [loss, how, numel](GradInputs& to, const Tensor& grad, const Tensor& x, const Tensor& t) {
           const Tensor g = unreduced(grad, how, numel);
           const Tensor each = grad_mode.enabled || g.dtype() != x.dtype()
                                   ? loss.grad(g, x, t)
                                   : apply_formula_grad(loss, g, x, t);
           if (to.needed(0)) to.set(0, sum_to(each, x.sizes(), x.dtype()));
           if (to.needed(1)) to.set(1, sum_to(-each, t.sizes(), t.dtype()));
         });
  return out;
}

// --- margins between classes
struct ClassRows {
  int64_t rows, classes;
};
ClassRows class_rows(const Tensor& input) {
  if (input.dim() == 2 && input.size(1) != 0) return {input.size(0), input.size(1)};
  if (input.dim() == 1 && input.size(0) != 0) return {1, input.size(0)};
  if (input.dim() == 0) return {1, 1};
  runtime_error("Expected non-empty vector or matrix with optional 0-dim batch size, but got: ",
                to_string(input.sizes()));
}

}  // namespace

Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, const std::string& reduction,
                      double beta) {
  if (!(beta >= 0)) runtime_error("smooth_l1_loss does not support negative values for beta.");
  if (beta == 0) return reduced(abs(input - target), reduction_of(reduction));
  return pair_loss(SmoothL1{beta}, input, target, reduction);
}

Tensor huber_loss(const Tensor& input, const Tensor& target, const std::string& reduction,
                  double delta) {
  if (!(delta > 0)) runtime_error("huber_loss does not support non-positive values for delta.");
  return pair_loss(Huber{delta}, input, target, reduction);
}

Tensor soft_margin_loss(const Tensor& input, const Tensor& target, const std::string& reduction) {
  refuse_gradient("soft_margin_loss", "target", target);
  return pair_loss(SoftMargin{}, input, target, reduction);
}

Tensor multi_margin_loss(const Tensor& input, const Tensor& target, double p, double margin,
                         const std::optional<Tensor>& weight, const std::string& reduction) {
  const Reduction how = reduction_of(reduction);
  const auto [rows, classes] = class_rows(input);
  if (p != 1 && p != 2) runtime_error("only p == 1 and p == 2 supported");
  if (target.dim() > 1 || target.numel() != rows)
    runtime_error(
        "multi_margin_loss: target tensor should be 1-D with size equal to the number of input "
        "samples (batch size). Expected target size [",
        rows, "], but got ", to_string(target.sizes()), ". Input has shape ",
        to_string(input.sizes()), ".");
  if (!is_floating(input.dtype()))
    fail(ErrorKind::NotImplemented, "\"multi_margin_loss_cpu_kernel\" not implemented for '",
         info(input.dtype()).scalar, "'");
  if (weight) refuse_gradient("multi_margin_loss", "weight", *weight);
  if (weight && (weight->dim() > 1 || weight->numel() != classes))
    runtime_error("inconsistent weight size, expected ", classes, " but got ",
                  to_string(weight->sizes()));
  if (target.dtype() != DType::Int64)
    runtime_error("expected scalar type Long but found ", info(target.dtype()).scalar);
  const Dims flat{rows, classes}, column{rows, 1};
  Tensor own = contiguous_quietly(target);
  for (int64_t i = 0; i < rows; ++i)
    if (own.data<int64_t>()[i] < 0 || own.data<int64_t>()[i] >= classes)
      runtime_error("target out of range");
  own = make_view(own, column, Dims{1, 1}, own.storage_offset());
  // Factors of each sample's terms; undefined where all are 1 / classes.
  Tensor factor;
  if (weight) {
    GradModeGuard off(false);
    factor = index_select(reshape(*weight, Dims{classes}), 0, reshape(own, Dims{rows}));
    factor = reshape(factor, column) / double(classes);
  }
  const auto excess = [margin, flat](const Tensor& x, const Tensor& own) {
    const Tensor in = reshape(x, flat);
    const Tensor z = relu(margin - gather(in, 1, own) + in);
    return scatter(z, 1, own, Operand(0.0), "");
  };
  const auto scaled = [classes = classes](const Tensor& t, const Tensor& factor) {
    return factor.defined() ? t * factor : t / double(classes);
  };
  Tensor out;
  {
    GradModeGuard off(false);
    const Tensor z = excess(input, own);
    out = sum(scaled(p == 1 ? z : z * z, factor), Dims{1}, false);
    if (input.dim() < 2 || how != Reduction::None)
      out = how == Reduction::None ? reshape(out, target.sizes()) : reduced(out, how);
  }
  record("MultiMarginLossBackward0", out, inputs(input), saves(input, own, factor),
         [=, rows = rows, sizes = Dims(input.sizes())](const Tensor& grad, const Tensor& x,
                                                       const Tensor& own, const Tensor& factor) {
           const Tensor z = excess(x, own);
           Tensor slope = p == 1 ? to_dtype(z > 0, x.dtype()) : 2 * z;
           slope = scaled(slope, factor);
           slope = scatter_add(slope, 1, own, -sum(slope, Dims{1}, true));
           Tensor g = unreduced(grad, how, rows);
           if (how == Reduction::None) g = reshape(g, column);
           return reshape(g * slope, sizes);
         });
  return out;
}

Tensor multilabel_margin_loss(const Tensor& input, const Tensor& target,
                              const std::string& reduction) {
  const Reduction how = reduction_of(reduction);
  const auto [rows, classes] = class_rows(input);
  if (!target.same_sizes(input) && !(input.dim() == 0 && target.numel() == 1) &&
      !(target.dim() == 0 && input.numel() == 1))
    runtime_error("inconsistent target size: ", to_string(target.sizes()),
                  " for input of size: ", to_string(input.sizes()));
  if (target.dtype() != DType::Int64)
    runtime_error("expected scalar type Long but found ", info(target.dtype()).scalar);
  if (!is_floating(input.dtype()))
    fail(ErrorKind::NotImplemented,
         "\"multilabel_margin_loss_forward_out_frame\" not implemented for '",
         info(input.dtype()).scalar, "'");
  const Tensor in = widened(contiguous_quietly(input)), listed = contiguous_quietly(target);
  Tensor out = empty(Dims{rows}, in.dtype());
  // The loss is piecewise linear: these are its slopes.
  Tensor slopes = empty(Dims{rows, classes}, in.dtype());
  const auto add_rows = [&](auto tag) {
    using T = typename decltype(tag)::type;
    std::vector<char> is_target(static_cast<size_t>(classes));
    std::vector<T> slope(static_cast<size_t>(classes));
    for (int64_t n = 0; n < rows; ++n) {
      const T* x = in.data<T>() + n * classes;
      const int64_t* t = listed.data<int64_t>() + n * classes;
      std::fill(is_target.begin(), is_target.end(), 0);
      std::fill(slope.begin(), slope.end(), T(0));
      int64_t count = 0;
      for (; count < classes && t[count] >= 0; ++count) {
        if (t[count] >= classes) runtime_error("argument #2 'target' is out of range");
        is_target[size_t(t[count])] = 1;
      }
      T total = 0;
      for (int64_t k = 0; k < count; ++k) {
        const T own = x[t[k]];
        for (int64_t i = 0; i < classes; ++i) {
          if (is_target[size_t(i)]) continue;
          const T z = 1 - own + x[i];
          if (!(z > 0)) continue;
          total += z;
          slope[size_t(i)] += 1;
          slope[size_t(t[k])] -= 1;
        }
      }
      out.data<T>()[n] = total / static_cast<T>(classes);
      for (int64_t i = 0; i < classes; ++i)
        slopes.data<T>()[n * classes + i] = slope[size_t(i)] / static_cast<T>(classes);
    }
  };
  if (in.dtype() == DType::Float64)
    add_rows(TypeTag<double>{});
  else
    add_rows(TypeTag<float>{});
  out = cast_quietly(out, input.dtype());
  slopes = cast_quietly(slopes, input.dtype());
  {
    GradModeGuard off(false);
    if (how != Reduction::None)
      out = reduced(out, how);
    else if (input.dim() < 2)
      out = reshape(out, Dims());
  }
  record("MultilabelMarginLossBackward0", out, inputs(input), saves(slopes),
         [how, rows = rows, sizes = Dims(input.sizes())](const Tensor& grad, const Tensor& slopes) {
           Tensor g = unreduced(grad, how, rows);
           if (how == Reduction::None) g = reshape(g, Dims{rows, 1});
           return reshape(g * slopes, sizes);
         });
  return out;
}

}  // namespace tg
