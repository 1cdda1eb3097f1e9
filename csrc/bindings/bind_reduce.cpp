// Reductions, running sums, softmax, and losses.
#include "bindings/bind.h"
#include "ops/binary.h"
#include "ops/loss.h"
#include "ops/reduce.h"
#include "ops/softmax.h"

namespace tg {
namespace {

constexpr int kBoth = kFunction | kMethod;

Tensor sum_all(const Tensor& x, OptionalDType dtype) { return sum(x, dtype); }
Tensor sum_dims(const Tensor& x, const OptionalDims& dim, bool keepdim, OptionalDType dtype) {
  return sum(x, dim, keepdim, dtype);
}
Tensor mean_all(const Tensor& x, OptionalDType dtype) { return mean(x, dtype); }
Tensor mean_dims(const Tensor& x, const OptionalDims& dim, bool keepdim, OptionalDType dtype) {
  return mean(x, dim, keepdim, dtype);
}
Tensor prod_all(const Tensor& x, OptionalDType dtype) { return prod(x, dtype); }
Tensor prod_dim(const Tensor& x, int64_t dim, bool keepdim, OptionalDType dtype) {
  return prod(x, dim, keepdim, dtype);
}

Tensor max_all(const Tensor& x) { return max(x); }
Tensor max_of_two(const Tensor& a, const Tensor& b) { return maximum(a, b); }
MaxResult max_dim(const Tensor& x, int64_t dim, bool keepdim) { return max(x, dim, keepdim); }
Tensor min_all(const Tensor& x) { return min(x); }
Tensor min_of_two(const Tensor& a, const Tensor& b) { return minimum(a, b); }
MinResult min_dim(const Tensor& x, int64_t dim, bool keepdim) { return min(x, dim, keepdim); }

// correction=None means 1, as unbiased=True does.
double correction_of(const std::optional<Scalar>& correction) {
  return correction ? correction->to<double>() : 1.0;
}
template <Tensor (*f)(const Tensor&, const OptionalDims&, double, bool)>
struct Deviation {
  static Tensor by_correction(const Tensor& x, const OptionalDims& dim,
                              const std::optional<Scalar>& correction, bool keepdim) {
    return f(x, dim, correction_of(correction), keepdim);
  }
  static Tensor of_all(const Tensor& x, bool unbiased) { return f(x, {}, unbiased, false); }
  static Tensor over(const Tensor& x, const OptionalDims& dim, bool unbiased, bool keepdim) {
    return f(x, dim, unbiased, keepdim);
  }
};
using Var = Deviation<&var>;
using Std = Deviation<&std>;

Tensor softmax_with(const Tensor& x, int64_t dim, OptionalDType dtype) {
  return softmax(x, dim, dtype);
}
Tensor log_softmax_with(const Tensor& x, int64_t dim, OptionalDType dtype) {
  return log_softmax(x, dim, dtype);
}
Tensor logsumexp_over(const Tensor& x, const Dims& dim, bool keepdim) {
  return logsumexp(x, dim, keepdim);
}

Tensor cumsum_(const Tensor& self, int64_t dim, OptionalDType) {
  return in_place(self, false, [&](const Tensor& x) { return cumsum(x, dim, {}); });
}
Tensor cumprod_(const Tensor& self, int64_t dim, OptionalDType) {
  return in_place(self, requires_grad(self), [&](const Tensor& x) { return cumprod(x, dim, {}); });
}
Tensor all_over(const Tensor& x, const OptionalDims& dim, bool keepdim) {
  return all(x, dim, keepdim);
}
Tensor any_over(const Tensor& x, const OptionalDims& dim, bool keepdim) {
  return any(x, dim, keepdim);
}

}  // namespace

void bind_reductions(Binder& b) {
  b.def(
      "sum",
      {fn(&sum_all, "input, *, dtype=None"),
       fn(&sum_dims, "input, dim, keepdim=False, *, dtype=None, out=None")},
      kBoth,
      "Sum of the elements, of all or over `dim` (an int or several).\n\n"
      "input: any shape and dtype. Returns the shape without the dims (size 1 where keepdim); "
      "integers and bools give int64.\n"
      "Raises IndexError where a dim is out of range. float32 is summed in blocks: the error grows "
      "with log n.\n\n"
      ">>> tg.sum(tg.tensor([[1., 2.], [3., 4.]]), 0)\ntensor([4., 6.])");
  b.def("nansum", {fn(&nansum, "input, dim=None, keepdim=False, *, dtype=None, out=None")}, kBoth,
        "Sum of the elements that are not NaN.");
  b.def(
      "mean",
      {fn(&mean_all, "input, *, dtype=None"),
       fn(&mean_dims, "input, dim, keepdim=False, *, dtype=None, out=None")},
      kBoth,
      "Mean of the elements, of all or over `dim` (an int or several).\n\n"
      "input: any shape, floating. Returns the shape without the dims (size 1 where keepdim); NaN "
      "where there is no element.\n"
      "Raises RuntimeError for integers without dtype=.\n\n"
      ">>> tg.mean(tg.tensor([1., 2., 6.]))\ntensor(3.)");
  b.def("prod",
        {fn(&prod_all, "input, *, dtype=None"),
         fn(&prod_dim, "input, dim, keepdim=False, *, dtype=None, out=None")},
        kBoth,
        "Product of the elements, of all or over `dim`; 1 of none. Integers and bools give int64.");
  b.def("count_nonzero", {fn(&count_nonzero, "input, dim=None")}, kBoth,
        "How many elements are not zero, of all or over `dim`.");
  b.def("all", {fn(&all_over, "input, dim=None, keepdim=False, *, out=None")}, kBoth,
        "Whether all elements are nonzero, of all or over `dim`.");
  b.def("any", {fn(&any_over, "input, dim=None, keepdim=False, *, out=None")}, kBoth,
        "Whether any element is nonzero, of all or over `dim`.");

  b.def(
      "max",
      {fn(&max_all, "input"), fn(&max_of_two, "input, other, *, out=None"),
       fn(&max_dim, "input, dim, keepdim=False, *, out=None")},
      kBoth,
      "Greatest element; with `dim`, the greatest along it and their indices; with another tensor, "
      "maximum().\n\n"
      "Returns a tensor, or (values, indices) with `dim`; NaN counts as greatest. The gradient of "
      "max(x) is shared among ties.\n"
      "Raises RuntimeError or IndexError where there is no element.\n\n"
      ">>> tg.max(tg.tensor([1., 5., 2.]))\ntensor(5.)");
  b.def("min",
        {fn(&min_all, "input"), fn(&min_of_two, "input, other, *, out=None"),
         fn(&min_dim, "input, dim, keepdim=False, *, out=None")},
        kBoth,
        "Least element; with `dim`, the least along it and their indices; with another tensor, "
        "minimum(). NaN counts as least.");
  b.def("amax", {fn(&amax, "input, dim=(), keepdim=False, *, out=None")}, kBoth,
        "Greatest element, of all or over `dim` (an int or several); the gradient is shared among "
        "ties.");
  b.def("amin", {fn(&amin, "input, dim=(), keepdim=False, *, out=None")}, kBoth,
        "Least element, of all or over `dim` (an int or several); the gradient is shared among "
        "ties.");
  b.def(
      "argmax", {fn(&argmax, "input, dim=None, keepdim=False, *, out=None")}, kBoth,
      "Index of the greatest element: the first of equals; in the flattened tensor without `dim`.");
  b.def("argmin", {fn(&argmin, "input, dim=None, keepdim=False, *, out=None")}, kBoth,
        "Index of the least element: the first of equals; in the flattened tensor without `dim`.");

  b.def("var",
        {fn(&Var::by_correction, "input, dim=None, *, correction=1, keepdim=False, out=None"),
         fn(&Var::of_all, "input, unbiased"),
         fn(&Var::over, "input, dim, unbiased=True, keepdim=False, *, out=None")},
        kBoth,
        "Variance, of all elements or over `dim`: squared deviations over n - correction (1 by "
        "default).");
  b.def("std",
        {fn(&Std::by_correction, "input, dim=None, *, correction=1, keepdim=False, out=None"),
         fn(&Std::of_all, "input, unbiased"),
         fn(&Std::over, "input, dim, unbiased=True, keepdim=False, *, out=None")},
        kBoth, "Standard deviation, of all elements or over `dim`: the square root of var().");

  b.def("softmax", {fn(&softmax_with, "input, dim, dtype=None, *, out=None")}, kBoth,
        "exp(input) over its sum along `dim`, computed without overflow.\n\n"
        "input: any shape, floating, or anything with dtype=. Returns the same shape.\n\n"
        ">>> tg.softmax(tg.tensor([0., 0.]), 0)\ntensor([0.5000, 0.5000])");
  b.def("log_softmax", {fn(&log_softmax_with, "input, dim, dtype=None, *, out=None")}, kBoth,
        "Logarithm of softmax(), computed directly.");
  b.def(
      "logsumexp", {fn(&logsumexp_over, "input, dim, keepdim=False, *, out=None")}, kBoth,
      "Logarithm of the sum of exponentials over `dim`, computed without overflow.\n\n"
      "input: any shape. Returns the shape without `dim` (size 1 where keepdim). Raises IndexError "
      "where dim is out of range.\n"
      "Subtracts the maximum first (Blanchard, Higham & Higham 2021).\n\n"
      ">>> tg.logsumexp(tg.tensor([1000., 1000.]), 0)\ntensor(1000.6932)");
  b.def("cumsum", {fn(&cumsum, "input, dim, *, dtype=None, out=None")}, kBoth,
        "Sums of the elements up to each one along `dim`.");
  b.def("cumprod", {fn(&cumprod, "input, dim, *, dtype=None, out=None")}, kBoth,
        "Products of the elements up to each one along `dim`.");
  b.def("cumsum_", {fn(&cumsum_, "input, dim, *, dtype=None")}, kMethod,
        "In-place form of cumsum().");
  b.def("cumprod_", {fn(&cumprod_, "input, dim, *, dtype=None")}, kMethod,
        "In-place form of cumprod().");
}

void bind_losses(Binder& b) {
  b.def("mse_loss", {fn(&mse_loss, "input, target, reduction='mean'")}, kFunction,
        "Squared difference of each pair of elements, reduced.");
  b.def("_nll_loss",
        {fn(&nll_loss, "input, target, weight=None, ignore_index=-100, reduction='mean'")},
        kFunction,
        "Negative log-likelihood of log-probabilities (N, C, ...) and class indices (N, ...).");
  b.def("_cross_entropy",
        {fn(&cross_entropy, "input, target, weight=None, ignore_index=-100, reduction='mean'")},
        kFunction, "Negative log-likelihood of logits (N, C, ...) and class indices (N, ...).");
  b.def("_binary_cross_entropy",
        {fn(&binary_cross_entropy, "input, target, weight=None, reduction='mean'")}, kFunction,
        "Binary cross entropy of probabilities.");
  b.def("_binary_cross_entropy_with_logits",
        {fn(&binary_cross_entropy_with_logits,
            "input, target, weight=None, pos_weight=None, reduction='mean'")},
        kFunction, "Binary cross entropy of logits.");
}

}  // namespace tg
