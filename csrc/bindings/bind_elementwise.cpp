// Elementwise operations: every row of the op tables as function, method, in-place method and out=.
#include "bindings/bind.h"
#include "ops/binary.h"
#include "ops/unary.h"

namespace tg {
namespace {

Tensor logical_not_(const Tensor& self) {
  return in_place(self, false, [](const Tensor& x) { return logical_not(x); });
}
Tensor positive(const Tensor& x) {
  if (x.dtype() == DType::Bool)
    runtime_error("The `+` operator, on a bool tensor is not supported.");
  return x;
}
Tensor div_rounded(const Operand& a, const Operand& b, std::optional<std::string> mode) {
  return div(a, b, mode ? *mode : std::string());
}
Tensor div_in_place(const Tensor& self, const Operand& b, std::optional<std::string> mode) {
  return div_(self, b, mode ? *mode : std::string());
}
Tensor true_divide_(const Tensor& self, const Operand& b) { return div_(self, b, ""); }
Tensor clamp_min(const Tensor& x, const Operand& min) { return clamp(x, &min, nullptr); }
Tensor clamp_max(const Tensor& x, const Operand& max) { return clamp(x, nullptr, &max); }
Tensor clamp_min_(const Tensor& x, const Operand& min) { return clamp_(x, &min, nullptr); }
Tensor clamp_max_(const Tensor& x, const Operand& max) { return clamp_(x, nullptr, &max); }
Tensor true_pow(const Operand& a, const Operand& b) { return pow(a, b); }

// Pick one of the overloads of a name.
constexpr auto unary_of(Tensor (*f)(const Tensor&)) { return f; }
constexpr auto binary_of(Tensor (*f)(const Operand&, const Operand&)) { return f; }
constexpr auto alpha_of(Tensor (*f)(const Operand&, const Operand&, const Scalar&)) { return f; }
constexpr int kBoth = kFunction | kMethod;

// What Python may pass: the numbers that PyTorch takes.
using Binary = Tensor (*)(const Operand&, const Operand&);
template <Binary F>
Tensor of_tensors(const Tensor& a, const Tensor& b) {
  return F(a, b);
}
template <Binary F>
Tensor of_tensor_first(const Tensor& a, const Operand& b) {
  return F(a, b);
}
template <class Op, Binary F>
constexpr auto bound() {
  if constexpr (requires { Op::tensors_only; })
    return &of_tensors<F>;
  else if constexpr (requires { Op::tensor_first; })
    return &of_tensor_first<F>;
  else
    return F;
}

}  // namespace

void bind_elementwise(Binder& b) {
#define TG_BIND(function, Op)                                                        \
  b.def(#function, {fn(unary_of(&function), "input, *, out=None")}, kBoth, Op::doc); \
  b.def(#function "_", {fn(&function##_, "input")}, kBoth, "In-place form of " #function "().");
  TG_UNARY_OPS(TG_BIND)
#undef TG_BIND
#define TG_BIND(function, Op) \
  b.def(#function, {fn(unary_of(&function), "input, *, out=None")}, kBoth, Op::doc);
  TG_UNARY_PREDICATES(TG_BIND)
#undef TG_BIND
#define TG_BIND(function, Op)                                                                  \
  b.def(#function, {fn(bound<Op, &function>(), "input, other, *, out=None")}, kBoth, Op::doc); \
  b.def(#function "_", {fn(&function##_, "input, other")}, kMethod,                            \
        "In-place form of " #function "().");
  TG_BINARY_OPS(TG_BIND)
#undef TG_BIND
  b.def("add", {fn(alpha_of(&add), "input, other, *, alpha=1, out=None")}, kBoth, Add::doc);
  b.def("sub", {fn(alpha_of(&sub), "input, other, *, alpha=1, out=None")}, kBoth, Sub::doc);
  b.def("subtract", {fn(alpha_of(&sub), "input, other, *, alpha=1, out=None")}, kBoth, Sub::doc);
  b.def("add_", {fn(&add_, "input, other, *, alpha=1")}, kMethod, "In-place form of add().");
  b.def("sub_", {fn(&sub_, "input, other, *, alpha=1")}, kMethod, "In-place form of sub().");
  b.def("subtract_", {fn(&sub_, "input, other, *, alpha=1")}, kMethod, "In-place form of sub().");
  b.def("rsub", {fn(&rsub, "input, other, *, alpha=1")}, kBoth,
        "other - alpha * input, with broadcasting.");
  b.def("multiply", {fn(binary_of(&mul), "input, other, *, out=None")}, kBoth, Mul::doc);
  b.def("multiply_", {fn(&mul_, "input, other")}, kMethod, "In-place form of mul().");
  b.def("div", {fn(&div_rounded, "input, other, *, rounding_mode=None, out=None")}, kBoth,
        Div::doc);
  b.def("divide", {fn(&div_rounded, "input, other, *, rounding_mode=None, out=None")}, kBoth,
        Div::doc);
  b.def("true_divide", {fn(binary_of(&div), "input, other, *, out=None")}, kBoth, Div::doc);
  b.def("true_divide_", {fn(&true_divide_, "input, other")}, kMethod, "In-place form of div().");
  b.def("div_", {fn(&div_in_place, "input, other, *, rounding_mode=None")}, kMethod,
        "In-place form of div().");
  b.def("divide_", {fn(&div_in_place, "input, other, *, rounding_mode=None")}, kMethod,
        "In-place form of div().");
  b.def("pow", {fn(&true_pow, "input, exponent, *, out=None")}, kBoth, Pow::doc);
  b.def("pow_", {fn(&pow_, "input, exponent")}, kMethod, "In-place form of pow().");
  b.def("clamp",
        {fn(static_cast<Tensor (*)(const Tensor&, const Operand*, const Operand*)>(&clamp),
            "input, min=None, max=None, *, out=None")},
        kBoth,
        "Each element, but at least min and at most max; the bounds may be numbers or tensors.");
  b.def("clip",
        {fn(static_cast<Tensor (*)(const Tensor&, const Operand*, const Operand*)>(&clamp),
            "input, min=None, max=None, *, out=None")},
        kBoth, "The same as clamp().");
  b.def("clamp_", {fn(&clamp_, "input, min=None, max=None")}, kBoth, "In-place form of clamp().");
  b.def("clip_", {fn(&clamp_, "input, min=None, max=None")}, kBoth, "In-place form of clamp().");
  b.def("clamp_min", {fn(&clamp_min, "input, min, *, out=None")}, kBoth, ClampMin::doc);
  b.def("clamp_max", {fn(&clamp_max, "input, max, *, out=None")}, kBoth, ClampMax::doc);
  b.def("clamp_min_", {fn(&clamp_min_, "input, min")}, kBoth, "In-place form of clamp_min().");
  b.def("clamp_max_", {fn(&clamp_max_, "input, max")}, kBoth, "In-place form of clamp_max().");
  b.def("logical_not_", {fn(&logical_not_, "input")}, kMethod, "In-place form of logical_not().");
  b.def("positive", {fn(&positive, "input")}, kBoth, "The input itself.");
#define TG_ALIAS(alias, function, Op)                                             \
  b.def(#alias, {fn(unary_of(&function), "input, *, out=None")}, kBoth, Op::doc); \
  b.def(#alias "_", {fn(&function##_, "input")}, kBoth, "In-place form of " #alias "().")
  TG_ALIAS(negative, neg, Neg);
  TG_ALIAS(absolute, abs, Abs);
#undef TG_ALIAS
#define TG_ALIAS(alias, function, Op)                                                       \
  b.def(#alias, {fn(bound<Op, &function>(), "input, other, *, out=None")}, kBoth, Op::doc); \
  b.def(#alias "_", {fn(&function##_, "input, other")}, kMethod, "In-place form of " #alias "().")
  TG_ALIAS(greater, gt, Gt);
  TG_ALIAS(greater_equal, ge, Ge);
  TG_ALIAS(less, lt, Lt);
  TG_ALIAS(less_equal, le, Le);
  TG_ALIAS(not_equal, ne, Ne);
#undef TG_ALIAS
}

}  // namespace tg
