// Dropout in its kinds: function and in-place form of each.
#include "bindings/bind.h"
#include "bindings/generator.h"
#include "ops/dropout.h"

namespace tg {
namespace {

template <Dropout kind>
Tensor dropped(const Tensor& x, double p, bool train) {
  return dropout(x, p, train, kind, default_generator());
}
template <Dropout kind>
Tensor dropped_in_place(const Tensor& self, double p, bool train) {
  if (p == 0 || !train || self.numel() == 0) return dropped<kind>(self, p, train);
  return in_place(self, false, [&](const Tensor& x) { return dropped<kind>(x, p, train); });
}
std::tuple<Tensor, Tensor> native(const Tensor& x, double p, std::optional<bool> train) {
  return native_dropout(x, p, train.value_or(true), default_generator());
}

}  // namespace

void bind_dropouts(Binder& b) {
#define TG_BIND(name, kind, doc)                                                        \
  b.def(name, {fn(&dropped<Dropout::kind>, "input, p, train")}, kFunction, doc);        \
  b.def(name "_", {fn(&dropped_in_place<Dropout::kind>, "input, p, train")}, kFunction, \
        "In-place form.");
  TG_BIND("dropout", Element, "Zeros elements with probability p and divides the others by 1 - p.")
  TG_BIND("feature_dropout", Feature, "dropout() of whole channels (dimensions 0 and 1).")
  TG_BIND("alpha_dropout", Alpha, "dropout() that keeps mean and variance of SELU activations.")
  TG_BIND("feature_alpha_dropout", FeatureAlpha, "alpha_dropout() of whole channels.")
#undef TG_BIND
  b.def("native_dropout", {fn(&native, "input, p, train")}, kFunction,
        "dropout() and the mask of what stays.");
  b.def("native_dropout_backward", {fn(&native_dropout_backward, "grad_output, mask, scale")},
        kFunction, "grad_output * mask * scale.");
}

}  // namespace tg
