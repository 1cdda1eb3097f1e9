// Elementwise operations of two operands: formula and derivatives of each, side by side. See
// elementwise.h for the form, TG_BINARY_OPS for the table.
#pragma once

#include "ops/elementwise.h"

namespace tg {

inline Tensor zeros_like_gradient(const Tensor& g) {
  Tensor out = empty(g.sizes(), g.dtype());
  fill_values(out, Scalar(0));
  return out;
}

struct Add {
  static constexpr bool wraps = true;
  static constexpr bool takes_two_numbers = true;  // torch.add(1, 2) gives a 0-d tensor
  static constexpr bool number_is_input = true;
  static constexpr auto name = "add", node = "AddBackward0",
                        doc = "input + alpha * other, with broadcasting.";
  static constexpr auto domain = Domain::Any;
  template <class T>
  static T forward(T a, T b) {
    return static_cast<T>(a + b);
  }
  static constexpr int left_uses = kNothing, right_uses = kNothing;
  static auto grad_left(auto g, auto, auto) { return g; }
  static auto grad_right(auto g, auto, auto) { return g; }
};
struct Sub {
  static constexpr bool wraps = true;
  static constexpr bool takes_two_numbers = true;
  static constexpr bool number_is_input = true;
  static constexpr auto name = "sub", node = "SubBackward0",
                        doc = "input - alpha * other, with broadcasting.";
  static constexpr auto domain = Domain::Any;
  static void check_operands(const Operand& a, const Operand& b, DType);
  template <class T>
  static T forward(T a, T b) {
    return static_cast<T>(a - b);
  }
  static constexpr int left_uses = kNothing, right_uses = kNothing;
  static auto grad_left(auto g, auto, auto) { return g; }
  static auto grad_right(auto g, auto, auto) { return -g; }
};
struct Rsub : Sub {
  static constexpr bool number_is_input = false;
  static constexpr auto node = "RsubBackward1";
};
struct Mul {
  static constexpr bool wraps = true;
  static constexpr bool takes_two_numbers = true, exact_number = true;
  static constexpr bool number_is_input = true;
  static constexpr auto name = "mul", node = "MulBackward0",
                        doc = "Product of the operands, with broadcasting.";
  static constexpr auto domain = Domain::Any;
  template <class T>
  static T forward(T a, T b) {
    return static_cast<T>(a * b);
  }
  static constexpr int left_uses = kRight, right_uses = kLeft;
  static auto grad_left(auto g, auto, auto b) { return g * b; }
  static auto grad_right(auto g, auto a, auto) { return g * a; }
};
struct Div {
  static constexpr bool takes_two_numbers = true, exact_number = true;
  static constexpr bool number_is_input = true;
  static constexpr auto name = "div", node = "DivBackward0",
                        doc = "True quotient of the operands; integers give floats.";
  static constexpr auto domain = Domain::Floating;
  static auto forward(auto a, auto b) { return a / b; }
  static constexpr int left_uses = kRight, right_uses = kLeft | kRight;
  static auto grad_left(auto g, auto, auto b) { return g / b; }
  static auto grad_right(auto g, auto a, auto b) { return -g * ((a / b) / b); }
};
struct Pow {
  static constexpr auto vectors = &ElementaryKernels::pow;
  static constexpr auto name = "pow", node = "PowBackward0",
                        doc = "input to the power of exponent, with broadcasting.";
  static constexpr auto domain = Domain::Any;
  static void check_operands(const Operand& a, const Operand& b, DType in);
  template <class T>
  static T forward(T a, T b) {
    return pow(a, b);
  }
  // With a tensor as exponent pow() records a node of its own.
  static constexpr int left_uses = kLeft, right_uses = kNothing;
  static Tensor grad_left(const Tensor& g, const Tensor& a, double b) {
    return b == 0 ? zeros_like_gradient(g) : g * (b * pow(a, b - 1));
  }
};
// Where both are equal the gradient is shared; a NaN on either side passes it on, as in PyTorch.
struct Maximum {
  static constexpr bool tensors_only = true;  // no numbers, in Python
  static constexpr auto name = "maximum", node = "MaximumBackward0",
                        doc = "The greater of the operands; NaN if either is.";
  static constexpr auto domain = Domain::Any;
  template <class T>
  static T forward(T a, T b) {
    return maximum(a, b);
  }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, auto b) {
    return where(a < b, Operand(0.0), where(a == b, g / 2, g));
  }
  static Tensor grad_right(const Tensor& g, auto a, const Tensor& b) {
    return where(b < a, Operand(0.0), where(a == b, g / 2, g));
  }
};
struct Minimum {
  static constexpr bool tensors_only = true;  // no numbers, in Python
  static constexpr auto name = "minimum", node = "MinimumBackward0",
                        doc = "The lesser of the operands; NaN if either is.";
  static constexpr auto domain = Domain::Any;
  template <class T>
  static T forward(T a, T b) {
    return minimum(a, b);
  }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, auto b) {
    return where(a > b, Operand(0.0), where(a == b, g / 2, g));
  }
  static Tensor grad_right(const Tensor& g, auto a, const Tensor& b) {
    return where(b > a, Operand(0.0), where(a == b, g / 2, g));
  }
};

struct Comparison {
  static constexpr bool has_byte_kernel = true;
  static constexpr auto node = "";
  static constexpr auto domain = Domain::Predicate;
};
struct Eq : Comparison {
  static constexpr bool tensor_first = true;
  static constexpr auto name = "eq", doc = "True where the operands are equal.";
  static bool forward(auto a, auto b) { return a == b; }
};
struct Ne : Comparison {
  static constexpr bool tensor_first = true;
  static constexpr auto name = "ne", doc = "True where the operands differ.";
  static bool forward(auto a, auto b) { return a != b; }
};
struct Lt : Comparison {
  static constexpr bool tensor_first = true;
  static constexpr auto name = "lt", doc = "True where input < other.";
  static bool forward(auto a, auto b) { return a < b; }
};
struct Le : Comparison {
  static constexpr bool tensor_first = true;
  static constexpr auto name = "le", doc = "True where input <= other.";
  static bool forward(auto a, auto b) { return a <= b; }
};
struct Gt : Comparison {
  static constexpr bool tensor_first = true;
  static constexpr auto name = "gt", doc = "True where input > other.";
  static bool forward(auto a, auto b) { return a > b; }
};
struct Ge : Comparison {
  static constexpr bool tensor_first = true;
  static constexpr auto name = "ge", doc = "True where input >= other.";
  static bool forward(auto a, auto b) { return a >= b; }
};
struct LogicalAnd : Comparison {
  static constexpr bool tensors_only = true;
  static constexpr auto name = "logical_and", doc = "True where both elements are nonzero.";
  static bool forward(auto a, auto b) { return a && b; }
};
struct LogicalOr : Comparison {
  static constexpr bool tensors_only = true;
  static constexpr auto name = "logical_or", doc = "True where either element is nonzero.";
  static bool forward(auto a, auto b) { return a || b; }
};
struct LogicalXor : Comparison {
  static constexpr bool tensors_only = true;
  static constexpr auto name = "logical_xor",
                        doc = "True where exactly one of the elements is nonzero.";
  static bool forward(auto a, auto b) { return !a != !b; }
};

// Operations on the bits of integers.
struct BitwiseAnd {
  static constexpr auto name = "bitwise_and", node = "",
                        doc = "Bitwise and of integers; logical and of bools.";
  static constexpr auto domain = Domain::Bits;
  static constexpr bool has_byte_kernel = true;
  static auto forward(auto a, auto b) { return a & b; }
};
struct BitwiseOr {
  static constexpr auto name = "bitwise_or", node = "",
                        doc = "Bitwise or of integers; logical or of bools.";
  static constexpr auto domain = Domain::Bits;
  static constexpr bool has_byte_kernel = true;
  static auto forward(auto a, auto b) { return a | b; }
};
struct BitwiseXor {
  static constexpr auto name = "bitwise_xor", node = "",
                        doc = "Bitwise exclusive or of integers and bools.";
  static constexpr auto domain = Domain::Bits;
  static constexpr bool has_byte_kernel = true;
  static auto forward(auto a, auto b) { return a ^ b; }
};
// Shifts: by the width or more, or by a negative amount, gives 0 (-1 for a negative number shifted
// right).
struct LeftShift {
  static constexpr auto name = "bitwise_left_shift", node = "",
                        doc = "Bits of input moved left by other.";
  static constexpr auto kernel_name = "lshift";
  static constexpr auto domain = Domain::Integers;
  template <class T>
  static T forward(T a, T b) {
    return b < T(0) || b >= T(sizeof(T) * 8)
               ? T(0)
               : static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) << b);
  }
};
struct RightShift {
  static constexpr auto name = "bitwise_right_shift", node = "",
                        doc = "Bits of input moved right by other, keeping the sign.";
  static constexpr auto kernel_name = "rshift";
  static constexpr auto domain = Domain::Integers;
  template <class T>
  static T forward(T a, T b) {
    return b < T(0) || b >= T(sizeof(T) * 8) ? static_cast<T>(a < T(0) ? -1 : 0)
                                             : static_cast<T>(a >> b);
  }
};
inline void refuse_bool_division(const char* kernel, DType dtype) {
  if (dtype == DType::Bool)
    fail(ErrorKind::NotImplemented, '"', kernel, "\" not implemented for 'Bool'");
}
[[noreturn]] void refuse_derivative(const char* function);
// Quotient rounded down, and the remainder with the divisor's sign (Python's // and %).
struct FloorDivide {
  static constexpr bool takes_two_numbers = true, exact_number = true, not_implemented = true;
  static constexpr auto name = "floor_divide", node = "torch::autograd::NotImplemented",
                        doc = "Quotient rounded down (Python's //).";
  static constexpr auto domain = Domain::Any;
  static void check_dtype(DType dtype) { refuse_bool_division("div_floor_cpu", dtype); }
  template <class T>
  static T forward(T a, T b);
  static constexpr int left_uses = kNothing, right_uses = kNothing;
  static Tensor grad_left(const Tensor&, auto, auto) { refuse_derivative(name); }
  static Tensor grad_right(const Tensor& g, auto a, auto b) { return grad_left(g, a, b); }
};
struct DivFloor : FloorDivide {  // div(rounding_mode="floor")
  static constexpr bool number_is_input = true, not_implemented = false;
  static constexpr auto node = "DivBackward2";
  static constexpr int left_uses = kRight, right_uses = kLeft | kRight;  // as in PyTorch, not read
  static Tensor grad_left(const Tensor& g, auto, auto) { return zeros_like_gradient(g); }
  static Tensor grad_right(const Tensor& g, auto, auto) { return zeros_like_gradient(g); }
};
struct Remainder {
  static constexpr auto name = "remainder", node = "RemainderBackward0",
                        node_number_left = "torch::autograd::NotImplemented",
                        doc = "Remainder with the sign of the divisor (Python's %).";
  static constexpr auto domain = Domain::Any;
  static void check_dtype(DType dtype) { refuse_bool_division("remainder_cpu", dtype); }
  template <class T>
  static T forward(T a, T b);
  static constexpr int left_uses = kNothing, right_uses = kLeft | kRight;
  static auto grad_left(const Tensor& g, auto, auto) { return g; }
  static Tensor grad_right(const Tensor&, double, const Tensor&) { refuse_derivative(name); }
  static auto grad_right(const Tensor& g, const Tensor& a, const Tensor& b);
};

struct DivTrunc {  // div(rounding_mode="trunc")
  static constexpr bool takes_two_numbers = true, number_is_input = true;
  static constexpr auto name = "div_trunc", node = "DivBackward2",
                        doc = "Quotient rounded towards zero.";
  static constexpr auto domain = Domain::Any;
  static void check_dtype(DType dtype) { refuse_bool_division("div_trunc_cpu", dtype); }
  static constexpr int left_uses = kRight, right_uses = kLeft | kRight;  // as in PyTorch, not read
  static Tensor grad_left(const Tensor& g, auto, auto) { return zeros_like_gradient(g); }
  static Tensor grad_right(const Tensor& g, auto, auto) { return zeros_like_gradient(g); }
  template <class T>
  static T forward(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return std::trunc(a / b);
    else {
      if (b == 0) runtime_error("ZeroDivisionError");
      return b == T(-1) ? -a : a / b;
    }
  }
};
// One-sided bounds; the gradient passes where the bound does not bite (the bound itself included).
struct ClampMin {
  static constexpr auto name = "clamp_min", node = "ClampBackward1",
                        node_of_tensors = "ClampBackward0",
                        doc = "The greater of input and min; NaN stays.";
  static constexpr auto domain = Domain::Any;
  template <class T>
  static T forward(T a, T b) {
    return maximum(a, b);
  }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, auto b) {
    return where(a >= b, g, Operand(0.0));
  }
  static Tensor grad_right(const Tensor& g, auto a, const Tensor& b) {
    return where(b > a, g, Operand(0.0));
  }
};
struct ClampMax {
  static constexpr auto name = "clamp_max", node = "ClampBackward1",
                        node_of_tensors = "ClampBackward0",
                        doc = "The lesser of input and max; NaN stays.";
  static constexpr auto domain = Domain::Any;
  template <class T>
  static T forward(T a, T b) {
    return minimum(a, b);
  }
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, auto b) {
    return where(a <= b, g, Operand(0.0));
  }
  static Tensor grad_right(const Tensor& g, auto a, const Tensor& b) {
    return where(b < a, g, Operand(0.0));
  }
};

// X(function, struct)
// clang-format off
#define TG_BINARY_OPS(X) \
  X(mul, Mul) X(maximum, Maximum) X(minimum, Minimum) X(logical_and, LogicalAnd) \
  X(logical_or, LogicalOr) X(logical_xor, LogicalXor) X(bitwise_and, BitwiseAnd) \
  X(bitwise_or, BitwiseOr) X(bitwise_xor, BitwiseXor) X(bitwise_left_shift, LeftShift) \
  X(bitwise_right_shift, RightShift) X(eq, Eq) X(ne, Ne) X(lt, Lt) X(le, Le) X(gt, Gt) \
  X(ge, Ge) X(floor_divide, FloorDivide) X(remainder, Remainder)
// clang-format on

#define TG_DECLARE(function, Op)                       \
  Tensor function(const Operand& a, const Operand& b); \
  Tensor function##_(const Tensor& self, const Operand& other);
TG_BINARY_OPS(TG_DECLARE)
#undef TG_DECLARE
Tensor add(const Operand& a, const Operand& b, const Scalar& alpha);
Tensor sub(const Operand& a, const Operand& b, const Scalar& alpha);
Tensor rsub(const Tensor& a, const Operand& b, const Scalar& alpha);
// rounding_mode: "" (true division), "floor" or "trunc".
Tensor div(const Operand& a, const Operand& b, const std::string& rounding_mode);
Tensor add_(const Tensor& self, const Operand& other, const Scalar& alpha);
Tensor sub_(const Tensor& self, const Operand& other, const Scalar& alpha);
Tensor div_(const Tensor& self, const Operand& other, const std::string& rounding_mode);
Tensor pow_(const Tensor& self, const Operand& exponent);
Tensor clamp_(const Tensor& self, const Operand* min, const Operand* max);
Tensor clamp(const Tensor& x, const Operand* min, const Operand* max);

}  // namespace tg
