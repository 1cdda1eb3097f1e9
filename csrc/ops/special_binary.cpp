// Special functions and rarer arithmetic of two inputs.
#include "kernels/special.h"
#include "ops/binary.h"
#include "ops/elementwise.h"
#include "ops/special.h"
#include "ops/unary.h"

namespace tg {
namespace {

constexpr double kLog2 = 0.69314718055994530942;

// An operand of a derivative is a Tensor or, where the op was called with one, a number.
Tensor log_of(const Tensor& x) { return log(x); }
double log_of(double x) { return std::log(x); }
Tensor log1p_of(const Tensor& x) { return log1p(x); }
double log1p_of(double x) { return std::log1p(x); }
Tensor zeros_where(const Tensor& mask, const Tensor& g) { return where(mask, Operand(0.0), g); }
Tensor zeros_unless(const Tensor& mask, const Tensor& g) { return where(mask, g, Operand(0.0)); }

struct Atan2 {
  static constexpr auto vectors = &ElementaryKernels::atan2;
  static constexpr auto name = "atan2", node = "Atan2Backward0";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto y, auto x) { return std::atan2(y, x); }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  // 1 / (y^2 + x^2), but 0 at the origin.
  static Tensor weight(const Tensor& y, const Tensor& x) {
    const Tensor sum = y * y + x * x;
    return zeros_where(sum == 0, reciprocal(sum));
  }
  static Tensor grad_left(const Tensor& g, const Tensor& y, const Tensor& x) {
    return g * (x * weight(y, x));
  }
  static Tensor grad_right(const Tensor& g, const Tensor& y, const Tensor& x) {
    return g * (-y * weight(y, x));
  }
};
struct Hypot {
  static constexpr auto vectors = &ElementaryKernels::hypot;
  static constexpr auto name = "hypot", node = "HypotBackward0";
  static constexpr auto domain = Domain::OnlyFloating;
  static auto forward(auto a, auto b) { return std::hypot(a, b); }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, const Tensor& b) {
    return g * (a / hypot(a, b));
  }
  static Tensor grad_right(const Tensor& g, const Tensor& a, const Tensor& b) {
    return g * (b / hypot(a, b));
  }
};
struct Copysign {
  static constexpr auto name = "copysign", node = "CopysignBackward0",
                        node_number_right = "CopysignBackward1";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto a, auto b) { return std::copysign(a, b); }
  static constexpr int left_uses = kLeft | kRight, right_uses = kNothing;
  static Tensor grad_left(const Tensor& g, const Tensor& a, const auto& b) {
    return g * zeros_where(a == 0, copysign(a, b) / a);
  }
  static Tensor grad_right(const Tensor& g, const auto&, const Tensor&) {
    return zeros_like_gradient(g);
  }
};
struct Nextafter {
  static constexpr auto name = "nextafter", node = "NextafterBackward0";
  static constexpr auto domain = Domain::OnlyFloating;
  static auto forward(auto a, auto b) { return std::nextafter(a, b); }
  static constexpr int left_uses = kLeft | kRight, right_uses = kNothing;
  static Tensor grad_left(const Tensor& g, const Tensor& a, const Tensor& b) {
    return zeros_where(a == b, g);
  }
  static Tensor grad_right(const Tensor& g, const Tensor&, const Tensor&) {
    return zeros_like_gradient(g);
  }
};
// The same for the 16-bit floats, on their bits: values of one sign are ordered as integers.
template <class T>
void nextafter_16_bits(float* out, const float* a, const float* b, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    if (a[i] != a[i] || b[i] != b[i]) {
      out[i] = float(kNaN);
      continue;
    }
    T value(a[i]);
    if (a[i] == b[i]) {
      value = T(b[i]);
    } else if (a[i] == 0) {
      value.bits = b[i] < 0 ? 0x8001 : 1;
    } else {
      value.bits = static_cast<uint16_t>(value.bits + ((a[i] < b[i]) == (a[i] > 0) ? 1 : -1));
    }
    out[i] = value;
  }
}

// Not differentiable, which PyTorch says when backward reaches it.
struct Heaviside {
  static constexpr bool one_integer_kernel = true, not_implemented = true;
  static constexpr auto name = "heaviside", node = "NotImplemented";
  static constexpr auto domain = Domain::Any;
  template <class T>
  static T forward(T a, T b) {
    return a == 0 ? b : T(a > 0);
  }
  static constexpr int left_uses = kNothing, right_uses = kNothing;
  static Tensor grad_left(const Tensor&, const Tensor&, const Tensor&) {
    runtime_error("derivative for aten::heaviside is not implemented");
  }
  static Tensor grad_right(const Tensor& g, const Tensor& a, const Tensor& b) {
    return grad_left(g, a, b);
  }
};

struct Gcd {
  static constexpr bool one_integer_kernel = true;
  static constexpr auto name = "gcd";
  static constexpr auto domain = Domain::Integers;
  static int64_t forward(int64_t a, int64_t b) {
    uint64_t x = a < 0 ? -uint64_t(a) : uint64_t(a), y = b < 0 ? -uint64_t(b) : uint64_t(b);
    while (y) {
      const uint64_t rest = x % y;
      x = y;
      y = rest;
    }
    return int64_t(x);
  }
};
struct Lcm {
  static constexpr bool one_integer_kernel = true;
  static constexpr auto name = "lcm";
  static constexpr auto domain = Domain::Integers;
  static int64_t forward(int64_t a, int64_t b) {
    const int64_t divisor = Gcd::forward(a, b);
    if (divisor == 0) return 0;
    const int64_t multiple = divisor == -1 ? -a * b : a / divisor * b;
    return multiple < 0 ? -multiple : multiple;
  }
};

struct Ldexp {
  static constexpr auto name = "ldexp", node = "LdexpBackward0";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto a, auto b) { return a * std::exp2(b); }
  static constexpr int left_uses = kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor&, const Tensor& b) {
    return g * pow(Operand(2.0), b);
  }
  static Tensor grad_right(const Tensor& g, const Tensor& a, const Tensor& b) {
    return g * ldexp(a, b) * kLog2;
  }
};

[[noreturn]] void refuse_gradient(const char* of) {
  fail(ErrorKind::NotImplemented, "the derivative for '", of, "' is not implemented.");
}
// x^(a - 1) e^-x / Gamma(a), the density of the gamma distribution.
Tensor gamma_density(const Tensor& a, const Tensor& x) {
  return exp((a - 1) * log(x) - x - lgamma(a));
}
struct Igamma {
  static constexpr auto name = "igamma", node = "IgammaBackward0";
  static constexpr auto domain = Domain::OnlyFloating;
  static double forward(double a, double x) { return lower_gamma_of(a, x); }
  static constexpr int left_uses = kNothing, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor&, const Tensor&, const Tensor&) {
    refuse_gradient("igamma: input");
  }
  static Tensor grad_right(const Tensor& g, const Tensor& a, const Tensor& x) {
    return g * gamma_density(a, x);
  }
};
struct Igammac {
  static constexpr auto name = "igammac", node = "IgammacBackward0";
  static constexpr auto domain = Domain::OnlyFloating;
  static double forward(double a, double x) { return upper_gamma_of(a, x); }
  static constexpr int left_uses = kNothing, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor&, const Tensor&, const Tensor&) {
    refuse_gradient("igammac: input");
  }
  static Tensor grad_right(const Tensor& g, const Tensor& a, const Tensor& x) {
    return -g * gamma_density(a, x);
  }
};

// All the gradient goes to the operand that was taken, to the left one of two equal ones.
struct Fmax {
  static constexpr bool one_integer_kernel = true;
  static constexpr auto name = "fmax", node = "FmaxBackward0";
  static constexpr auto domain = Domain::Any;
  template <class T>
  static T forward(T a, T b) {
    return b != b || a >= b ? a : b;
  }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor takes_left(const Tensor& a, const Tensor& b) { return (a >= b) || isnan(b); }
  static Tensor grad_left(const Tensor& g, const Tensor& a, const Tensor& b) {
    return zeros_unless(takes_left(a, b), g);
  }
  static Tensor grad_right(const Tensor& g, const Tensor& a, const Tensor& b) {
    return zeros_where(takes_left(a, b), g);
  }
};
struct Fmin {
  static constexpr bool one_integer_kernel = true;
  static constexpr auto name = "fmin", node = "FminBackward0";
  static constexpr auto domain = Domain::Any;
  template <class T>
  static T forward(T a, T b) {
    return b != b || a <= b ? a : b;
  }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor takes_left(const Tensor& a, const Tensor& b) { return (a <= b) || isnan(b); }
  static Tensor grad_left(const Tensor& g, const Tensor& a, const Tensor& b) {
    return zeros_unless(takes_left(a, b), g);
  }
  static Tensor grad_right(const Tensor& g, const Tensor& a, const Tensor& b) {
    return zeros_where(takes_left(a, b), g);
  }
};

// The greater, plus the logarithm of what the lesser adds to it.
struct Logaddexp {
  static constexpr auto vectors = &ElementaryKernels::logaddexp;
  static constexpr auto name = "logaddexp", node = "LogaddexpBackward0";
  static constexpr auto domain = Domain::OnlyFloating;
  template <class T>
  static T forward(T a, T b) {
    if (a == b && std::isinf(a)) return a;
    return maximum(a, b) + std::log1p(std::exp(-std::fabs(a - b)));
  }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, const Tensor& b) {
    return g / (1 + exp(b - a));
  }
  static Tensor grad_right(const Tensor& g, const Tensor& a, const Tensor& b) {
    return g / (1 + exp(a - b));
  }
};
struct Logaddexp2 {
  static constexpr auto name = "logaddexp2", node = "Logaddexp2Backward0";
  static constexpr auto domain = Domain::OnlyFloating;
  template <class T>
  static T forward(T a, T b) {
    if (a == b && std::isinf(a)) return a;
    return maximum(a, b) + std::log1p(std::exp2(-std::fabs(a - b))) * T(1 / kLog2);
  }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, const Tensor& b) {
    return g / (1 + exp2(b - a));
  }
  static Tensor grad_right(const Tensor& g, const Tensor& a, const Tensor& b) {
    return g / (1 + exp2(a - b));
  }
};

struct Fmod {
  static constexpr auto vectors = &ElementaryKernels::fmod;
  static constexpr bool one_integer_kernel = true;
  static constexpr auto name = "fmod", node = "FmodBackward1", node_number_right = "FmodBackward0";
  static constexpr auto domain = Domain::Number;
  template <class T>
  static T forward(T a, T b) {
    if (b == 0) runtime_error("ZeroDivisionError");
    return b == -1 ? 0 : a % b;
  }
  static constexpr int left_uses = kNothing, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const auto&, const auto&) { return g; }
  static Tensor grad_right(const Tensor& g, const Tensor& a, const Tensor& b) {
    return -g * div(a, b, "trunc");
  }
};

struct Xlogy {
  static constexpr auto name = "xlogy", node = "XlogyBackward0",
                        node_number_left = "XlogyBackward1", node_number_right = "XlogyBackward2";
  static constexpr auto domain = Domain::Floating;
  template <class T>
  static T forward(T a, T b) {
    return b != b ? b : a == 0 ? T(0) : a * std::log(b);
  }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, const Tensor& b) {
    return zeros_where((a == 0) && (b <= 0), xlogy(g, b));
  }
  static Tensor grad_left(const Tensor& g, const Tensor& a, double b) {
    return b > 0 ? g * log_of(b) : zeros_where(a == 0, xlogy(g, b));
  }
  static Tensor grad_right(const Tensor& g, const auto& a, const Tensor& b) { return g * a / b; }
};
struct Xlog1py {
  static constexpr auto name = "xlog1py", node = "SpecialXlog1PyBackward0",
                        node_number_left = "SpecialXlog1PyBackward1",
                        node_number_right = "SpecialXlog1PyBackward2";
  static constexpr auto domain = Domain::Floating;
  template <class T>
  static T forward(T a, T b) {
    return b != b ? b : a == 0 ? T(0) : a * std::log1p(b);
  }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, const Tensor& b) {
    return zeros_where((a == 0) && (b <= -1), xlog1py(g, b));
  }
  static Tensor grad_left(const Tensor& g, const Tensor& a, double b) {
    return b > -1 ? g * log1p_of(b) : zeros_where(a == 0, xlog1py(g, b));
  }
  static Tensor grad_right(const Tensor& g, const auto& a, const Tensor& b) {
    return g * a / (b + 1);
  }
};
struct Zeta {
  static constexpr auto name = "zeta", node = "SpecialZetaBackward0",
                        node_number_left = "SpecialZetaBackward1",
                        node_number_right = "SpecialZetaBackward2";
  static constexpr auto domain = Domain::WideFloating;
  static double forward(double s, double q) { return zeta_of(s, q); }
  static constexpr int left_uses = kNothing, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor&, const Tensor&, const auto&) { refuse_gradient("zeta"); }
  static Tensor grad_right(const Tensor& g, const Tensor& s, const Tensor& q) {
    return g * (-s * zeta(s + 1, q));
  }
  static Tensor grad_right(const Tensor& g, double s, const Tensor& q) {
    return g * (-s * zeta(s + 1, q));
  }
};

// No derivative at all.
template <double (*F)(double, double)>
Tensor plain_binary(const char* name, const Operand& a, const Operand& b) {
  Elementwise op{};
  op.name = op.kernel_name = name;
  op.domain = Domain::WideFloating;
  op.kernels = binary_blocks<OfDoubles<F>>;
  return apply_blocks(op, a, b);
}

}  // namespace

#define TG_DEFINE(function, Op) \
  Tensor function(const Operand& a, const Operand& b) { return binary<Op>(a, b); }
TG_DEFINE(atan2, Atan2)
TG_DEFINE(hypot, Hypot)
TG_DEFINE(copysign, Copysign)
TG_DEFINE(ldexp, Ldexp)
TG_DEFINE(igamma, Igamma)
TG_DEFINE(igammac, Igammac)
TG_DEFINE(logaddexp, Logaddexp)
TG_DEFINE(logaddexp2, Logaddexp2)
TG_DEFINE(xlogy, Xlogy)
TG_DEFINE(xlog1py, Xlog1py)
TG_DEFINE(zeta, Zeta)
TG_DEFINE(gcd, Gcd)
TG_DEFINE(lcm, Lcm)
TG_DEFINE(fmax, Fmax)
TG_DEFINE(fmin, Fmin)
TG_DEFINE(fmod, Fmod)
#undef TG_DEFINE

Tensor nextafter(const Operand& a, const Operand& b) {
  Elementwise op = binary_op<Nextafter>;
  const DType dtype = result_type(a, b);
  if (dtype == DType::Float16) op.kernels.f32 = block<float, &nextafter_16_bits<Half>>;
  if (dtype == DType::BFloat16) op.kernels.f32 = block<float, &nextafter_16_bits<BFloat16>>;
  Tensor out = apply_blocks(op, a, b);
  record_binary(derivatives<Nextafter>, out, a, b);
  return out;
}
Tensor heaviside(const Operand& a, const Operand& b) {
  if (a.tensor->dtype() != b.tensor->dtype())
    runtime_error("heaviside is not yet implemented for tensors with different dtypes.");
  return binary<Heaviside>(a, b);
}

#define TG_DEFINE(function, doc)                                                            \
  Tensor function##_(const Tensor& self, const Operand& other) {                            \
    const bool keeps_self = requires_grad(self) || operand_requires_grad(other);            \
    return in_place(self, keeps_self, [&](const Tensor& x) { return function(x, other); }); \
  }
TG_SPECIAL_BINARY(TG_DEFINE)
TG_SPECIAL_WITH_NUMBER(TG_DEFINE)
TG_DEFINE(xlogy, "")
TG_DEFINE(heaviside, "")
#undef TG_DEFINE

#define TG_DEFINE(function, of) \
  Tensor function(const Operand& a, const Operand& b) { return plain_binary<of>(#function, a, b); }
TG_DEFINE(chebyshev_polynomial_t, chebyshev_t_of)
TG_DEFINE(chebyshev_polynomial_u, chebyshev_u_of)
TG_DEFINE(chebyshev_polynomial_v, chebyshev_v_of)
TG_DEFINE(chebyshev_polynomial_w, chebyshev_w_of)
TG_DEFINE(shifted_chebyshev_polynomial_t, shifted_chebyshev_t_of)
TG_DEFINE(shifted_chebyshev_polynomial_u, shifted_chebyshev_u_of)
TG_DEFINE(shifted_chebyshev_polynomial_v, shifted_chebyshev_v_of)
TG_DEFINE(shifted_chebyshev_polynomial_w, shifted_chebyshev_w_of)
TG_DEFINE(hermite_polynomial_h, hermite_h_of)
TG_DEFINE(hermite_polynomial_he, hermite_he_of)
TG_DEFINE(laguerre_polynomial_l, laguerre_l_of)
TG_DEFINE(legendre_polynomial_p, legendre_p_of)
#undef TG_DEFINE

// --- float_power
namespace {
// An operand in float64; a number stays one, but not an integer.
struct Wide {
  explicit Wide(const Operand& x) {
    if (x.is_tensor())
      tensor = to_dtype(*x.tensor, DType::Float64);
    else
      number = x.scalar.to<double>();
  }
  Operand operand() const { return tensor.defined() ? Operand(tensor) : Operand(number); }
  Tensor tensor;
  double number = 0;
};
}  // namespace

Tensor float_power(const Operand& a, const Operand& b) {
  const Wide base(a), exponent(b);
  return pow(base.operand(), exponent.operand());
}
Tensor float_power_(const Tensor& self, const Operand& exponent) {
  if (self.dtype() != DType::Float64)
    runtime_error("the base given to float_power_ has dtype ", info(self.dtype()).scalar,
                  " but the operation's result requires dtype Double");
  return pow_(self, Wide(exponent).operand());
}

}  // namespace tg
