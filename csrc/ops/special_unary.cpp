// Special functions of one input that have a derivative, and functions of one input with
// parameters.
#include <array>

#include "kernels/special.h"
#include "ops/binary.h"
#include "ops/elementwise.h"
#include "ops/special.h"
#include "ops/unary.h"

namespace tg {
namespace {

constexpr double kLog2 = 0.69314718055994530942;
constexpr double kDegree = kPi / 180;
constexpr double kTwoOverSqrtPi = 1.12837916709551257390;

struct Asinh {
  static constexpr auto single_vectors = &ElementaryKernels::asinh;
  static constexpr auto gradient_vectors = &ElementaryKernels::asinh_grad;
  static constexpr auto name = "asinh", node = "AsinhBackward0";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return asinh(x); }
  static auto grad_from_input(auto g, auto x) { return g * rsqrt(x * x + 1); }
};
struct Acosh {
  static constexpr auto vectors = &ElementaryKernels::acosh;
  static constexpr auto gradient_vectors = &ElementaryKernels::acosh_grad;
  static constexpr auto name = "acosh", node = "AcoshBackward0";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return acosh(x); }
  static auto grad_from_input(auto g, auto x) { return g * rsqrt(x * x - 1); }
};
struct Atanh {
  static constexpr auto vectors = &ElementaryKernels::atanh;
  static constexpr auto name = "atanh", node = "AtanhBackward0";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return atanh(x); }
  static auto grad_from_input(auto g, auto x) { return g / (1 - x * x); }
};
struct Exp2 {
  static constexpr auto vectors = &ElementaryKernels::exp2;
  static constexpr auto name = "exp2", node = "Exp2Backward0";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return exp2(x); }
  static auto grad_from_output(auto g, auto y) { return g * y * constant(y, kLog2); }
};
struct Erfc {
  static constexpr auto vectors = &ElementaryKernels::erfc;
  static constexpr auto gradient_vectors = &ElementaryKernels::erfc_grad;
  static constexpr auto name = "erfc", node = "ErfcBackward0";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return erfc(x); }
  static auto grad_from_input(auto g, auto x) {
    return g * (exp(-(x * x)) * constant(x, -kTwoOverSqrtPi));
  }
};
struct Erfinv {
  static constexpr auto single_vectors = &ElementaryKernels::erfinv;
  static constexpr auto name = "erfinv", node = "ErfinvBackward0";
  static constexpr auto domain = Domain::Floating;
  static double forward(double x) { return erfinv_of(x); }
  static Tensor grad_from_input(const Tensor& g, const Tensor& x) {
    const Tensor y = erfinv(x);
    return g * (exp(y * y) * (1 / kTwoOverSqrtPi));
  }
};
struct Lgamma {
  static constexpr auto single_vectors = &ElementaryKernels::lgamma;
  static constexpr auto name = "lgamma", node = "LgammaBackward0";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto x) { return lgamma(x); }
  static Tensor grad_from_input(const Tensor& g, const Tensor& x) { return g * digamma(x); }
};
struct Digamma {
  static constexpr auto single_vectors = &ElementaryKernels::digamma;
  static constexpr auto name = "digamma", node = "DigammaBackward0";
  static constexpr auto domain = Domain::Floating;
  static double forward(double x) { return digamma_of(x); }
  static Tensor grad_from_input(const Tensor& g, const Tensor& x) { return g * polygamma(1, x); }
};
struct I0 {
  static constexpr auto name = "i0", node = "I0Backward0";
  static constexpr auto domain = Domain::Floating;
  static double forward(double x) { return bessel_i0_of(x); }
  static Tensor grad_from_input(const Tensor& g, const Tensor& x) { return g * i1(x); }
};
struct Sinc {
  static constexpr auto name = "sinc", node = "SincBackward0";
  static constexpr auto domain = Domain::Floating;
  template <class T>
  static T forward(T x) {
    const T y = T(kPi) * x;
    return x == 0 ? T(1) : std::sin(y) / y;
  }
  static auto grad_from_input(auto g, auto x) {
    const auto y = x * constant(x, kPi);
    return where(x == 0, zeros_of(g), g * ((cos(y) * y - sin(y)) / (x * y)));
  }
};
struct Deg2Rad {
  static constexpr auto name = "deg2rad", node = "Deg2RadBackward0";
  static constexpr auto domain = Domain::Floating;
  template <class T>
  static T forward(T x) {
    return x * T(kDegree);
  }
  static Tensor grad(const Tensor& g) { return g * kDegree; }
};
struct Rad2Deg {
  static constexpr auto name = "rad2deg", node = "Rad2DegBackward0";
  static constexpr auto domain = Domain::Floating;
  template <class T>
  static T forward(T x) {
    return x * T(1 / kDegree);
  }
  static Tensor grad(const Tensor& g) { return g * (1 / kDegree); }
};
struct Frac {
  static constexpr auto vectors = &ElementaryKernels::frac;
  static constexpr auto name = "frac", node = "FracBackward0";
  static constexpr auto domain = Domain::OnlyFloating;
  static auto forward(auto x) { return x - trunc(x); }
  static Tensor grad(const Tensor& g) { return g; }
};

// --- torch.special
struct Entr {
  static constexpr auto name = "entr", node = "SpecialEntrBackward0";
  static constexpr auto domain = Domain::Floating;
  template <class T>
  static T forward(T x) {
    return x != x ? x : x > 0 ? -x * std::log(x) : x == 0 ? T(0) : T(-kInfinity);
  }
  static auto grad_from_input(auto g, auto x) { return g * -(log(x) + 1); }
};
struct Erfcx {
  static constexpr auto name = "erfcx", node = "SpecialErfcxBackward0";
  static constexpr auto domain = Domain::WideFloating;
  static double forward(double x) { return erfcx_of(x); }
  static Tensor grad_from_input(const Tensor& g, const Tensor& x) {
    return g * (2 * x * erfcx(x) - kTwoOverSqrtPi);
  }
};
// x with 1 where it is nearly 0, and where that is: the derivatives of i1 and i1e have limits
// there.
struct AwayFromZero {
  explicit AwayFromZero(const Tensor& x)
      : far(abs(x) > (x.dtype() == DType::Float64 ? 2.2e-16 : 1.2e-7)), x(where(far, x, 1.0)) {}
  Tensor far, x;
};
struct I0e {
  static constexpr auto name = "i0e", node = "SpecialI0EBackward0";
  static constexpr auto domain = Domain::Floating;
  static double forward(double x) { return bessel_i0e_of(x); }
  static Tensor grad_from_input(const Tensor& g, const Tensor& x) {
    return g * (i1e(x) - sgn(x) * i0e(x));
  }
};
struct I1 {
  static constexpr auto name = "i1", node = "SpecialI1Backward0";
  static constexpr auto domain = Domain::Floating;
  static double forward(double x) { return bessel_i1_of(x); }
  static Tensor grad_from_input(const Tensor& g, const Tensor& x) {
    const AwayFromZero safe(x);
    return g * where(safe.far, i0(safe.x) - i1(safe.x) / safe.x, 0.5);
  }
};
struct I1e {
  static constexpr auto name = "i1e", node = "SpecialI1EBackward0";
  static constexpr auto domain = Domain::Floating;
  static double forward(double x) { return bessel_i1e_of(x); }
  static Tensor grad_from_input(const Tensor& g, const Tensor& x) {
    const AwayFromZero safe(x);
    return g * where(safe.far, i0e(safe.x) - i1e(safe.x) * (sgn(safe.x) + reciprocal(safe.x)), 0.5);
  }
};
struct Ndtri {
  static constexpr auto name = "ndtri", node = "SpecialNdtriBackward0";
  static constexpr auto domain = Domain::WideFloating;
  static double forward(double x) { return ndtri_of(x); }
  static auto grad_from_output(auto g, auto y) {
    return g * (exp(y * y / 2) * constant(y, kSqrt2 * 2 / kTwoOverSqrtPi));
  }
};
struct LogNdtr {
  static constexpr auto name = "log_ndtr", node = "SpecialLogNdtrBackward0";
  static constexpr auto domain = Domain::WideFloating;
  static double forward(double x) { return log_ndtr_of(x); }
  // The density over the distribution function: sqrt(2 / pi) / erfcx(-x / sqrt(2)).
  static Tensor grad_from_input(const Tensor& g, const Tensor& x) {
    return g * (kTwoOverSqrtPi * kSqrtHalf) / erfcx(x * -kSqrtHalf);
  }
};

// --- with parameters, which the kernels find in their second operand
struct Parameters {
  explicit Parameters(std::array<double, 3> values) : doubles(values) {
    for (size_t i = 0; i < 3; ++i) floats[i] = static_cast<float>(values[i]);
  }
  const void* in(DType dtype) const {
    return dtype == DType::Float64 ? static_cast<const void*>(doubles.data()) : floats.data();
  }
  std::array<double, 3> doubles;
  std::array<float, 3> floats;
};
template <class T>
void polygamma_block(T* out, const T* x, const T* parameters, int64_t n) {
  const auto order = static_cast<int64_t>(parameters[0]);
  for (int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(polygamma_of(order, x[i]));
}
// To the nearest whole number, halves to the even one: adding 2^23 (2^52) rounds every digit after
// the point away. Unlike nearbyint() this is a loop that the compiler vectorises.
template <class T>
T nearest(T x) {
  constexpr T kNoFraction = T(1) / std::numeric_limits<T>::epsilon();
  const T size = std::fabs(x);
  return size < kNoFraction ? std::copysign((size + kNoFraction) - kNoFraction, x) : x;
}
template <class T>
void round_decimals_block(T* out, const T* x, const T* parameters, int64_t n) {
  const T power = std::pow(T(10), std::fabs(parameters[0]));
  if (parameters[0] > 0)
    for (int64_t i = 0; i < n; ++i) out[i] = nearest(x[i] * power) / power;
  else
    for (int64_t i = 0; i < n; ++i) out[i] = nearest(x[i] / power) * power;
}
template <class T>
void nan_to_num_block(T* out, const T* x, const T* parameters, int64_t n) {
  const T nan = parameters[0], positive = parameters[1], negative = parameters[2];
  for (int64_t i = 0; i < n; ++i)
    out[i] = x[i] != x[i]            ? nan
             : x[i] == T(kInfinity)  ? positive
             : x[i] == T(-kInfinity) ? negative
                                     : x[i];
}
template <class T>
void signbit_block(T* out, const T* x, const T*, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = T(std::signbit(x[i]));
}
template <class T>
void angle_block(T* out, const T* x, const T*, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = x[i] != x[i] ? x[i] : x[i] < 0 ? T(kPi) : T(0);
}
template <class T>
void mantissa_block(T* out, const T* x, const T*, int64_t n) {
  int exponent;
  for (int64_t i = 0; i < n; ++i) out[i] = std::frexp(x[i], &exponent);
}
template <class T>
void exponent_block(T* out, const T* x, const T*, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    int exponent = 0;
    if (std::isfinite(x[i])) std::frexp(x[i], &exponent);
    out[i] = T(exponent);
  }
}
#define TG_KERNELS(name) \
  {.f32 = block<float, name##_block<float>>, .f64 = block<double, name##_block<double>>}
constexpr BlockKernels kPolygamma = TG_KERNELS(polygamma),
                       kLogit = elementary_blocks<&ElementaryKernels::logit>,
                       kRound = elementary_blocks<&ElementaryKernels::round>,
                       kRoundDecimals = TG_KERNELS(round_decimals),
                       kNanToNum = TG_KERNELS(nan_to_num), kSignbit = TG_KERNELS(signbit),
                       kAngle = TG_KERNELS(angle), kMantissa = TG_KERNELS(mantissa),
                       kExponent = TG_KERNELS(exponent);
#undef TG_KERNELS

Tensor as_float(const Tensor& x) {
  return is_floating(x.dtype()) ? x : to_dtype(x, default_dtype());
}

}  // namespace

#define TG_DEFINE(function, Op)                             \
  Tensor function(const Tensor& x) { return unary<Op>(x); } \
  Tensor function##_(const Tensor& self) { return unary_in_place<Op>(self); }
TG_DEFINE(asinh, Asinh)
TG_DEFINE(acosh, Acosh)
TG_DEFINE(atanh, Atanh)
TG_DEFINE(exp2, Exp2)
TG_DEFINE(erfc, Erfc)
TG_DEFINE(erfinv, Erfinv)
TG_DEFINE(lgamma, Lgamma)
TG_DEFINE(digamma, Digamma)
TG_DEFINE(i0, I0)
TG_DEFINE(sinc, Sinc)
TG_DEFINE(deg2rad, Deg2Rad)
TG_DEFINE(rad2deg, Rad2Deg)
TG_DEFINE(frac, Frac)
#undef TG_DEFINE
#define TG_DEFINE(function, Op) \
  Tensor function(const Tensor& x) { return unary<Op>(x); }
TG_DEFINE(entr, Entr)
TG_DEFINE(erfcx, Erfcx)
TG_DEFINE(i0e, I0e)
TG_DEFINE(i1, I1)
TG_DEFINE(i1e, I1e)
TG_DEFINE(ndtri, Ndtri)
TG_DEFINE(log_ndtr, LogNdtr)
#undef TG_DEFINE

Tensor ndtr(const Tensor& x) { return erfc(as_float(x) * -kSqrtHalf) * 0.5; }

Tensor sgn(const Tensor& x) {
  Tensor out;
  {
    GradModeGuard off(false);
    out = sign(x);
  }
  // PyTorch keeps both, for complex numbers: neither may be changed before backward.
  record("SgnBackward0", out, inputs(x), saves(x, saved_output(out)),
         [](const Tensor& g, const Tensor&, const Tensor&) { return immutable_zeros(g); });
  return out;
}
Tensor sgn_(const Tensor& self) { return in_place(self, requires_grad(self), sgn); }

Tensor polygamma(int64_t n, const Tensor& input) {
  if (n < 0) runtime_error("polygamma(n, x) does not support negative n.");
  const Tensor x = as_float(input);
  const Tensor out = apply_blocks(kPolygamma, x, Parameters({double(n)}).in(x.dtype()));
  record("PolygammaBackward0", out, inputs(x), saves(x),
         [n](const Tensor& g, const Tensor& x) { return g * polygamma(n + 1, x); });
  return out;
}
Tensor polygamma_(const Tensor& self, int64_t n) {
  return in_place(self, requires_grad(self), [n](const Tensor& x) { return polygamma(n, x); });
}

// DLMF 35.3.4 for the multivariate gamma function.
Tensor mvlgamma(const Tensor& input, int64_t p) {
  if (input.dtype() == DType::Bool) runtime_error("The input tensor may not be a boolean tensor.");
  if (p < 1) runtime_error("p has to be greater than or equal to 1");
  const Tensor x = as_float(input);
  Tensor out;
  {
    GradModeGuard off(false);
    out = lgamma(x) + 0.25 * double(p) * double(p - 1) * std::log(kPi);
    for (int64_t j = 1; j < p; ++j) out = out + lgamma(x - 0.5 * double(j));
  }
  record("MvlgammaBackward0", out, inputs(x), saves(x), [p](const Tensor& g, const Tensor& x) {
    Tensor sum = digamma(x);
    for (int64_t j = 1; j < p; ++j) sum = sum + digamma(x - 0.5 * double(j));
    return g * sum;
  });
  return out;
}
Tensor mvlgamma_(const Tensor& self, int64_t p) {
  return in_place(self, requires_grad(self), [p](const Tensor& x) { return mvlgamma(x, p); });
}

Tensor logit(const Tensor& input, std::optional<double> eps) {
  const Tensor x = as_float(input);
  const bool clamps = eps && *eps >= 0;
  const double low = clamps ? *eps : -kInfinity, high = clamps ? 1 - *eps : kInfinity;
  const Tensor out = apply_blocks(kLogit, x, Parameters({low, high}).in(x.dtype()));
  record("LogitBackward0", out, inputs(x), saves(x),
         [clamps, low, high](const Tensor& g, const Tensor& x) {
           const double from = clamps ? low : 0, to = clamps ? high : 1;
           return where((x >= from) && (x <= to), g / (abs(x) * (1 - x)),
                        Operand(clamps ? 0.0 : kNaN));
         });
  return out;
}
Tensor logit_(const Tensor& self, std::optional<double> eps) {
  return in_place(self, requires_grad(self), [eps](const Tensor& x) { return logit(x, eps); });
}

Tensor round(const Tensor& x) {
  elementwise_dtype(x.dtype(), Domain::Number, "round_vml");
  const Tensor out = is_floating(x.dtype()) ? apply_blocks(kRound, x) : clone(x);
  record("RoundBackward0", out, inputs(x), saves(), zeros_like_gradient);
  return out;
}
Tensor round(const Tensor& x, int64_t decimals) {
  if (decimals == 0) {
    elementwise_dtype(x.dtype(), Domain::OnlyFloating, "round_vml");
    return round(x);
  }
  elementwise_dtype(x.dtype(), Domain::OnlyFloating, "round");
  const Parameters parameters({double(decimals)});
  const Tensor out = apply_blocks(kRoundDecimals, x, parameters.in(x.dtype()));
  record("RoundBackward1", out, inputs(x), saves(), zeros_like_gradient);
  return out;
}
Tensor round_(const Tensor& self) {
  return in_place(self, false, [](const Tensor& x) { return round(x); });
}
Tensor round_(const Tensor& self, int64_t decimals) {
  return in_place(self, false, [decimals](const Tensor& x) { return round(x, decimals); });
}

Tensor nan_to_num(const Tensor& x, OptionalNumber nan, OptionalNumber posinf,
                  OptionalNumber neginf) {
  if (!is_floating(x.dtype())) return clone(x);
  const double largest = x.dtype() == DType::Float16    ? 65504
                         : x.dtype() == DType::BFloat16 ? 0x1.fep127
                         : x.dtype() == DType::Float32  ? double(std::numeric_limits<float>::max())
                                                        : std::numeric_limits<double>::max();
  const Parameters parameters(
      {nan.value_or(0), posinf.value_or(largest), neginf.value_or(-largest)});
  const Tensor out = apply_blocks(kNanToNum, x, parameters.in(x.dtype()));
  record("NanToNumBackward0", out, inputs(x), saves(x),
         [](const Tensor& g, const Tensor& x) { return mul(g, isfinite(x)); });
  return out;
}
Tensor nan_to_num_(const Tensor& self, OptionalNumber nan, OptionalNumber posinf,
                   OptionalNumber neginf) {
  return in_place(self, requires_grad(self),
                  [&](const Tensor& x) { return nan_to_num(x, nan, posinf, neginf); });
}

Frexp frexp(const Tensor& x) {
  if (!is_floating(x.dtype())) runtime_error("torch.frexp() only supports floating-point dtypes");
  const Tensor mantissa = apply_blocks(kMantissa, x);
  const Tensor exponent = apply_blocks(kExponent, x, nullptr, DType::Int32);
  record("FrexpBackward0", mantissa, inputs(x), saves(exponent),
         [](const Tensor& g, const Tensor& exponent) {
           return div(g, exp2(to_dtype(exponent, g.dtype())));
         });
  return {mantissa, exponent};
}

Tensor angle(const Tensor& input) {
  const Tensor x = as_float(input);
  const Tensor out = apply_blocks(kAngle, x);
  record("AngleBackward0", out, inputs(x), saves(), zeros_like_gradient);
  return out;
}
Tensor signbit(const Tensor& x) {
  if (!is_floating(x.dtype())) return lt(x, Scalar(0));
  return apply_blocks(kSignbit, x, nullptr, DType::Bool);
}
Tensor isposinf(const Tensor& x) { return eq(x, kInfinity); }
Tensor isneginf(const Tensor& x) { return eq(x, -kInfinity); }
Tensor isreal(const Tensor& x) {
  const Tensor out = empty_like(x, DType::Bool);
  fill_values(out, true);
  return out;
}

}  // namespace tg
