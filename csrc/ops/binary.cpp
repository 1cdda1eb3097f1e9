#include "ops/binary.h"

#include "kernels/activation.h"
#include "ops/pointwise.h"
#include "ops/unary.h"

namespace tg {

void Sub::check_operands(const Operand& a, const Operand& b, DType) {
  auto is_bool = [](const Operand& x) {
    return x.is_tensor() ? x.tensor->dtype() == DType::Bool : x.scalar.kind() == DType::Bool;
  };
  if (is_bool(a) && is_bool(b))
    runtime_error(
        "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
        "`logical_xor()` operator instead.");
  if (is_bool(a) || is_bool(b))
    runtime_error(
        "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
        "invert a "
        "mask, use the `~` or `logical_not()` operator instead.");
}

void Pow::check_operands(const Operand&, const Operand& b, DType in) {
  if (in == DType::Bool && b.is_tensor())
    fail(ErrorKind::NotImplemented, "\"pow\" not implemented for 'Bool'");
  if (!b.is_tensor() && is_integral(in) && b.scalar.to<double>() < 0)
    runtime_error("Integers to negative integer powers are not allowed.");
}

void refuse_derivative(const char* function) {
  runtime_error("derivative for aten::", function, " is not implemented");
}

namespace {
template <class T>
void refuse_zeros(const T* b, int64_t n) {
  bool zero = false;
  for (int64_t i = 0; i < n; ++i) zero |= b[i] == 0;
  if (zero) runtime_error("ZeroDivisionError");
}
}  // namespace

template <BlockKernels ArithmeticKernels::* op>
void divide_int32(void* out, const void* a, const void* b, int64_t n) {
  refuse_zeros(static_cast<const int32_t*>(b), n);
  (arithmetic_kernels->*op).i32(out, a, b, n);
}
template <BlockKernels ArithmeticKernels::* op>
void divide_int64(void* out, const void* a, const void* b, int64_t n) {
  const auto *x = static_cast<const int64_t*>(a), *y = static_cast<const int64_t*>(b);
  refuse_zeros(y, n);
  uint64_t sizes = 0;
  for (int64_t i = 0; i < n; ++i) sizes |= static_cast<uint64_t>(x[i] < 0 ? ~x[i] : x[i]);
  if (sizes < uint64_t{1} << 53) return (arithmetic_kernels->*op).i64(out, a, b, n);
  auto* z = static_cast<int64_t*>(out);
  for (int64_t i = 0; i < n; ++i) {
    const int64_t p = x[i], q = y[i];
    const int64_t whole = q == -1 ? -p : p / q, rest = p - whole * q;  // wraps for the smallest
    const bool up = rest != 0 && (rest < 0) != (q < 0);
    z[i] = op == &ArithmeticKernels::floor_divide ? whole - up : rest + (up ? q : 0);
  }
}

auto Remainder::grad_right(const Tensor& g, const Tensor& a, const Tensor& b) {
  return -g * div(a, b, "floor");  // has a derivative, of zero
}

#define TG_DEFINE(function, Op) \
  Tensor function(const Operand& a, const Operand& b) { return binary<Op>(a, b); }
TG_BINARY_OPS(TG_DEFINE)
#undef TG_DEFINE
#define TG_DEFINE(function, Op)                                  \
  Tensor function##_(const Tensor& self, const Operand& other) { \
    return binary_in_place<Op>(self, other, function);           \
  }
TG_BINARY_OPS(TG_DEFINE)
#undef TG_DEFINE

Tensor add(const Operand& a, const Operand& b) { return binary<Add>(a, b); }
Tensor sub(const Operand& a, const Operand& b) { return binary<Sub>(a, b); }
Tensor div(const Operand& a, const Operand& b) { return binary<Div>(a, b); }

namespace {
void record_power(const Tensor& out, double a, const Tensor& b) {
  record("PowBackward2", out, inputs(b), saves(b, saved_output(out)),
         [a](const Tensor& g, const Tensor& b, const Tensor& out) {
           const Tensor grad = g * (out * std::log(a));
           return to_dtype(a == 0 ? where(b >= 0, Operand(0.0), grad) : grad, b.dtype());
         });
}
void record_power(const Tensor& out, const Tensor& a, const Tensor& b) {
  record("PowBackward1", out, inputs(a, b), saves(a, b, saved_output(out)),
         [](GradInputs& to, const Tensor& g, const Tensor& a, const Tensor& b, const Tensor& out) {
           if (to.needed(0))
             to.set(0, sum_to(where(b == 0, Operand(0.0), g * (b * pow(a, b - 1))), a.sizes(),
                              a.dtype()));
           if (to.needed(1))
             to.set(1, sum_to(g * where((a == 0) && (b >= 0), Operand(0.0), out * log(a)),
                              b.sizes(), b.dtype()));
         });
}
}  // namespace

Tensor pow(const Operand& a, const Operand& b) {
  if (!b.is_tensor()) return binary<Pow>(a, b);
  Tensor out = apply_blocks(binary_op<Pow>, a, b);
  if (a.is_tensor())
    record_power(out, *a.tensor, *b.tensor);
  else
    record_power(out, a.scalar.to<double>(), *b.tensor);
  return out;
}

namespace {
bool is_one(const Scalar& s) { return s.kind() != DType::Bool && s.to<double>() == 1; }
void check_alpha(const Operand& a, const Operand& b, const Scalar& alpha) {
  const DType type = result_type(a, b);
  if (alpha.is_floating() && !is_floating(type))
    runtime_error(
        "For integral input tensors, argument alpha must not be a floating point number.");
  if (alpha.kind() == DType::Bool && type != DType::Bool)
    runtime_error("Boolean alpha only supported for Boolean results.");
}
// alpha * b in the dtype of the result: a narrower b must not wrap.
Operand times(const Operand& a, const Operand& b, const Scalar& alpha, Tensor& holder) {
  const DType type = result_type(a, b);
  const Scalar factor = type == DType::Bool ? Scalar(alpha.to<bool>()) : alpha;
  if (!b.is_tensor()) {
    if (type == DType::Bool) return Operand(Scalar(b.scalar.to<bool>() && factor.to<bool>()));
    if (b.scalar.is_floating() || alpha.is_floating())
      return Operand(Scalar(b.scalar.to<double>() * alpha.to<double>()));
    return Operand(Scalar(
        static_cast<int64_t>(uint64_t(b.scalar.to<int64_t>()) * uint64_t(alpha.to<int64_t>()))));
  }
  holder = mul(to_dtype(*b.tensor, type), factor);
  return holder;
}
// Whether a + alpha * b may be one pass: dense floats without history.
bool adds_in_one_pass(const Operand& a, const Operand& b) {
  if (!a.is_tensor() || !b.is_tensor()) return false;
  const Tensor &x = *a.tensor, &y = *b.tensor;
  return x.dtype() == y.dtype() && is_floating(x.dtype()) && itemsize(x.dtype()) > 2 &&
         x.same_sizes(y) && x.is_contiguous() && y.is_contiguous() &&
         !(grad_mode.enabled && (requires_grad(x) || requires_grad(y)));
}
void add_scaled(const Tensor& out, const Tensor& a, const Tensor& b, double alpha) {
  const ActivationLoops& loops = activation_kernels().add_scaled;
  const AddScaled formula{alpha};
  const Tensor* const in[] = {&a, &b};
  run_dense({loops.forward, loops.forward64}, &formula, out, in);
}
Tensor add_scaled(const Tensor& a, const Tensor& b, double alpha) {
  Tensor out = empty_or_out(a.sizes(), a.dtype());
  add_scaled(out, a, b, alpha);
  return out;
}
void add_scaled_(const Tensor& self, const Tensor& b, double alpha) {
  check_inplace(self);
  add_scaled(self, self, b, alpha);
  bump_version(self);
}
}  // namespace

Tensor add(const Operand& a, const Operand& b, const Scalar& alpha) {
  if (is_one(alpha)) return add(a, b);
  check_alpha(a, b, alpha);
  if (adds_in_one_pass(a, b)) return add_scaled(*a.tensor, *b.tensor, alpha.to<double>());
  Tensor holder;
  return add(a, times(a, b, alpha, holder));
}
Tensor sub(const Operand& a, const Operand& b, const Scalar& alpha) {
  if (is_one(alpha)) return sub(a, b);
  Sub::check_operands(a, b, {});
  check_alpha(a, b, alpha);
  if (adds_in_one_pass(a, b)) return add_scaled(*a.tensor, *b.tensor, -alpha.to<double>());
  Tensor holder;
  return sub(a, times(a, b, alpha, holder));
}
Tensor rsub(const Tensor& a, const Operand& b, const Scalar& alpha) {
  if (is_one(alpha)) return binary<Rsub>(b, a);
  Sub::check_operands(b, a, {});
  check_alpha(b, a, alpha);
  Tensor holder;
  return binary<Rsub>(b, times(b, a, alpha, holder));
}

Tensor div(const Operand& a, const Operand& b, const std::string& rounding_mode) {
  if (rounding_mode.empty()) return div(a, b);
  if (rounding_mode == "floor") return binary<DivFloor>(a, b);
  if (rounding_mode != "trunc")
    runtime_error("div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '",
                  rounding_mode, "'");
  // Of half precision, the quotient that trunc(div()) would see.
  const DType type = result_type(a, b);
  if (is_floating(type) && itemsize(type) == 2) return trunc(div(a, b));
  return binary<DivTrunc>(a, b);
}

namespace {
// x where it lies between the bounds; the gradient passes there only (bounds included).
Tensor clamp_one(const Tensor& x, const Operand& bound, bool is_min) {
  return is_min ? binary<ClampMin>(x, bound) : binary<ClampMax>(x, bound);
}

// The same between two numbers, in one pass.
constexpr BlockKernels clamp_blocks = {.f32 = elementary_f32<&ElementaryKernels::clamp>,
                                       .f64 = elementary_f64<&ElementaryKernels::clamp>,
                                       .integers = arithmetic_row<&ArithmeticKernels::clamp>};
// Calls f with the number as an element of x, in the type that the loops compute in.
template <class F>
void with_number(const Scalar& number, const Tensor& x, const F& f) {
  visit_dtype(x.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    using Loop = std::conditional_t<
        std::is_same_v<T, bool>, int32_t,
        std::conditional_t<std::is_integral_v<T> || std::is_floating_point_v<T>, T, float>>;
    f(static_cast<Loop>(number.to<T>()));
  });
}

template <class T>
void clamp_gradient_loop(const T* g, const T* x, T low, T high, T* out, int64_t n) {
  const LongWork work(n);
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) {
    const T grad = g[i];  // read in any case: a branch would be taken at random
    const T above = x[i] >= low ? grad : T(0);
    out[i] = x[i] <= high ? above : T(0);
  }
}
Tensor clamp_gradient(const Tensor& g, const Tensor& x, const Scalar& min, const Scalar& max) {
  const bool dense = g.is_contiguous() && x.is_contiguous() && g.dtype() == x.dtype();
  if (grad_mode.enabled || !dense || (x.dtype() != DType::Float32 && x.dtype() != DType::Float64))
    return where((x >= min.to<double>()) && (x <= max.to<double>()), g, Operand(0.0));
  Tensor out = empty(x.sizes(), x.dtype());
  const auto run = [&]<class T>(T) {
    clamp_gradient_loop(g.data<T>(), x.data<T>(), min.to<T>(), max.to<T>(), out.data<T>(),
                        x.numel());
  };
  if (x.dtype() == DType::Float64)
    run(double{});
  else
    run(float{});
  return out;
}

// Two numbers as clamp_block() reads them beside elements of x.
struct Bounds {
  alignas(8) char bytes[16];
  Bounds(const Tensor& x, const Scalar& min, const Scalar& max) {
    with_number(min, x, [&](auto low) {
      std::memcpy(bytes, &low, sizeof low);
      with_number(max, x, [&](auto high) { std::memcpy(bytes + sizeof high, &high, sizeof high); });
    });
  }
};
Tensor clamp_between(const Tensor& x, const Scalar& min, const Scalar& max) {
  Tensor out = apply_blocks(clamp_blocks, x, Bounds(x, min, max).bytes);
  record("ClampBackward1", out, inputs(x), saves(x),
         [min, max](const Tensor& g, const Tensor& x) { return clamp_gradient(g, x, min, max); });
  return out;
}
}  // namespace

Tensor clamp(const Tensor& x, const Operand* min, const Operand* max) {
  if (!min && !max) runtime_error("torch.clamp: At least one of 'min' or 'max' must not be None");
  Tensor out = x;
  if (min && max) {
    const DType dtype = (ResultType() << x << *min << *max).value();  // it follows from all three
    if (!min->is_tensor() && !max->is_tensor()) {
      if (dtype == x.dtype() && dtype != DType::Bool)
        return clamp_between(x, min->scalar, max->scalar);
    } else {
      out = to_dtype(x, dtype);
    }
  }
  if (min) out = clamp_one(out, *min, true);
  if (max) out = clamp_one(out, *max, false);
  return out;
}

Tensor add_(const Tensor& self, const Operand& other, const Scalar& alpha) {
  if (is_one(alpha)) return binary_in_place<Add>(self, other, add);
  if (other.is_tensor()) check_no_partial_overlap(self, *other.tensor);
  check_alpha(self, other, alpha);
  if (adds_in_one_pass(self, other)) {
    add_scaled_(self, *other.tensor, alpha.to<double>());
    return self;
  }
  Tensor holder;
  return binary_in_place<Add>(self, times(self, other, alpha, holder), add);
}
Tensor sub_(const Tensor& self, const Operand& other, const Scalar& alpha) {
  if (is_one(alpha)) return binary_in_place<Sub>(self, other, sub);
  if (other.is_tensor()) check_no_partial_overlap(self, *other.tensor);
  Sub::check_operands(self, other, {});
  check_alpha(self, other, alpha);
  if (adds_in_one_pass(self, other)) {
    add_scaled_(self, *other.tensor, -alpha.to<double>());
    return self;
  }
  Tensor holder;
  return binary_in_place<Sub>(self, times(self, other, alpha, holder), sub);
}
Tensor div_(const Tensor& self, const Operand& other, const std::string& rounding_mode) {
  if (rounding_mode.empty()) return binary_in_place<Div>(self, other, div);
  if (other.is_tensor()) check_no_partial_overlap(self, *other.tensor);
  const bool keeps_self = operand_requires_grad(other);
  return in_place(self, keeps_self, [&](const Tensor& x) { return div(x, other, rounding_mode); });
}
Tensor pow_(const Tensor& self, const Operand& exponent) {
  if (exponent.is_tensor()) check_no_partial_overlap(self, *exponent.tensor);
  const bool keeps_self = requires_grad(self) || operand_requires_grad(exponent);
  return in_place(self, keeps_self, [&](const Tensor& x) { return pow(x, exponent); });
}
Tensor clamp_(const Tensor& self, const Operand* min, const Operand* max) {
  for (const Operand* bound : {min, max})
    if (bound && bound->is_tensor()) check_no_partial_overlap(self, *bound->tensor);
  if (min && max && !min->is_tensor() && !max->is_tensor() && is_floating(self.dtype()) &&
      self.is_contiguous() && !(grad_mode.enabled && requires_grad(self))) {
    check_inplace(self);
    run_flat_blocks(clamp_blocks, self.dtype(), self->data, self.dtype(), self->data,
                    Bounds(self, min->scalar, max->scalar).bytes, self.numel());
    bump_version(self);
    return self;
  }
  const bool keeps_self = requires_grad(self) || (min && operand_requires_grad(*min)) ||
                          (max && operand_requires_grad(*max));
  return in_place(self, keeps_self, [&](const Tensor& x) { return clamp(x, min, max); });
}

}  // namespace tg
