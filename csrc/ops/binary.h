// Elementwise operations of two operands: formula and derivatives of each, side by side. See
// elementwise.h for the form, TG_BINARY_OPS for the table.
#pragma once

#include "ops/elementwise.h"

namespace tg {

struct Add {
  static constexpr auto arithmetic = &ArithmeticKernels::add;
  static constexpr auto vectors = &ElementaryKernels::add;
  static constexpr bool takes_two_numbers = true;  // torch.add(1, 2) gives a 0-d tensor
  static constexpr bool number_is_input = true;
  static constexpr auto name = "add", node = "AddBackward0",
                        doc = "input + alpha * other, with broadcasting.";
  static constexpr auto domain = Domain::Any;
  static constexpr int left_uses = kNothing, right_uses = kNothing;
  static auto grad_left(auto g, auto, auto) { return g; }
  static auto grad_right(auto g, auto, auto) { return g; }
};
struct Sub {
  static constexpr auto arithmetic = &ArithmeticKernels::sub;
  static constexpr auto vectors = &ElementaryKernels::sub;
  static constexpr bool takes_two_numbers = true;
  static constexpr bool number_is_input = true;
  static constexpr auto name = "sub", node = "SubBackward0",
                        doc = "input - alpha * other, with broadcasting.";
  static constexpr auto domain = Domain::Any;
  static void check_operands(const Operand& a, const Operand& b, DType);
  static constexpr int left_uses = kNothing, right_uses = kNothing;
  static auto grad_left(auto g, auto, auto) { return g; }
  static auto grad_right(auto g, auto, auto) { return -g; }
};
struct Rsub : Sub {
  static constexpr bool number_is_input = false;
  static constexpr auto node = "RsubBackward1";
};
struct Mul {
  static constexpr auto arithmetic = &ArithmeticKernels::mul;
  static constexpr auto vectors = &ElementaryKernels::mul;
  static constexpr int multiplies = kLeft | kRight;
  static constexpr bool takes_two_numbers = true, exact_number = true;
  static constexpr bool number_is_input = true;
  static constexpr auto name = "mul", node = "MulBackward0",
                        doc = "Product of the operands, with broadcasting.";
  static constexpr auto domain = Domain::Any;
  static constexpr int left_uses = kRight, right_uses = kLeft;
  static auto grad_left(auto g, auto, auto b) { return g * b; }
  static auto grad_right(auto g, auto a, auto) { return g * a; }
};
struct Div {
  static constexpr auto vectors = &ElementaryKernels::div;
  static constexpr int multiplies = kLeft;
  static constexpr bool takes_two_numbers = true, exact_number = true;
  static constexpr bool number_is_input = true;
  static constexpr auto name = "div", node = "DivBackward0",
                        doc = "True quotient of the operands; integers give floats.";
  static constexpr auto domain = Domain::Floating;
  static constexpr int left_uses = kRight, right_uses = kLeft | kRight;
  static auto grad_left(auto g, auto, auto b) { return g / b; }
  static auto grad_right(auto g, auto a, auto b) { return -g * ((a / b) / b); }
};
struct Pow {
  static constexpr auto vectors = &ElementaryKernels::pow;
  static constexpr int multiplies = kLeft;
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
  static constexpr auto arithmetic = &ArithmeticKernels::maximum;
  static constexpr auto vectors = &ElementaryKernels::maximum;
  static constexpr bool tensors_only = true;  // no numbers, in Python
  static constexpr auto name = "maximum", node = "MaximumBackward0",
                        doc = "The greater of the operands; NaN if either is.";
  static constexpr auto domain = Domain::Any;
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, auto b) {
    return where(a < b, Operand(0.0), where(a == b, g / 2, g));
  }
  static Tensor grad_right(const Tensor& g, auto a, const Tensor& b) {
    return where(b < a, Operand(0.0), where(a == b, g / 2, g));
  }
};
struct Minimum {
  static constexpr auto arithmetic = &ArithmeticKernels::minimum;
  static constexpr auto vectors = &ElementaryKernels::minimum;
  static constexpr bool tensors_only = true;  // no numbers, in Python
  static constexpr auto name = "minimum", node = "MinimumBackward0",
                        doc = "The lesser of the operands; NaN if either is.";
  static constexpr auto domain = Domain::Any;
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, auto b) {
    return where(a > b, Operand(0.0), where(a == b, g / 2, g));
  }
  static Tensor grad_right(const Tensor& g, auto a, const Tensor& b) {
    return where(b > a, Operand(0.0), where(a == b, g / 2, g));
  }
};

struct Comparison {
  static constexpr auto node = "";
  static constexpr auto domain = Domain::Predicate;
};
struct Eq : Comparison {
  static constexpr auto arithmetic = &ArithmeticKernels::eq;
  static constexpr bool compares_floats = true;
  static constexpr bool tensor_first = true;
  static constexpr auto name = "eq", doc = "True where the operands are equal.";
};
struct Ne : Comparison {
  static constexpr auto arithmetic = &ArithmeticKernels::ne;
  static constexpr bool compares_floats = true;
  static constexpr bool tensor_first = true;
  static constexpr auto name = "ne", doc = "True where the operands differ.";
};
struct Lt : Comparison {
  static constexpr auto arithmetic = &ArithmeticKernels::lt;
  static constexpr bool compares_floats = true;
  static constexpr bool tensor_first = true;
  static constexpr auto name = "lt", doc = "True where input < other.";
};
struct Le : Comparison {
  static constexpr auto arithmetic = &ArithmeticKernels::le;
  static constexpr bool compares_floats = true;
  static constexpr bool tensor_first = true;
  static constexpr auto name = "le", doc = "True where input <= other.";
};
struct Gt : Comparison {
  static constexpr auto arithmetic = &ArithmeticKernels::gt;
  static constexpr bool compares_floats = true;
  static constexpr bool tensor_first = true;
  static constexpr auto name = "gt", doc = "True where input > other.";
};
struct Ge : Comparison {
  static constexpr auto arithmetic = &ArithmeticKernels::ge;
  static constexpr bool compares_floats = true;
  static constexpr bool tensor_first = true;
  static constexpr auto name = "ge", doc = "True where input >= other.";
};
struct LogicalAnd : Comparison {
  static constexpr auto arithmetic = &ArithmeticKernels::logical_and;
  static constexpr bool tensors_only = true;
  static constexpr auto name = "logical_and", doc = "True where both elements are nonzero.";
};
struct LogicalOr : Comparison {
  static constexpr auto arithmetic = &ArithmeticKernels::logical_or;
  static constexpr bool tensors_only = true;
  static constexpr auto name = "logical_or", doc = "True where either element is nonzero.";
};
struct LogicalXor : Comparison {
  static constexpr auto arithmetic = &ArithmeticKernels::logical_xor;
  static constexpr bool tensors_only = true;
  static constexpr auto name = "logical_xor",
                        doc = "True where exactly one of the elements is nonzero.";
};

// Operations on the bits of integers.
struct BitwiseAnd {
  static constexpr auto arithmetic = &ArithmeticKernels::bitwise_and;
  static constexpr auto name = "bitwise_and", node = "",
                        doc = "Bitwise and of integers; logical and of bools.";
  static constexpr auto domain = Domain::Bits;
};
struct BitwiseOr {
  static constexpr auto arithmetic = &ArithmeticKernels::bitwise_or;
  static constexpr auto name = "bitwise_or", node = "",
                        doc = "Bitwise or of integers; logical or of bools.";
  static constexpr auto domain = Domain::Bits;
};
struct BitwiseXor {
  static constexpr auto arithmetic = &ArithmeticKernels::bitwise_xor;
  static constexpr auto name = "bitwise_xor", node = "",
                        doc = "Bitwise exclusive or of integers and bools.";
  static constexpr auto domain = Domain::Bits;
};
// Shifts: by the width or more, or by a negative amount, gives 0 (-1 for a negative number shifted
// right).
struct LeftShift {
  static constexpr auto arithmetic = &ArithmeticKernels::left_shift;
  static constexpr auto name = "bitwise_left_shift", node = "",
                        doc = "Bits of input moved left by other.";
  static constexpr auto kernel_name = "lshift";
  static constexpr auto domain = Domain::Integers;
};
struct RightShift {
  static constexpr auto arithmetic = &ArithmeticKernels::right_shift;
  static constexpr auto name = "bitwise_right_shift", node = "",
                        doc = "Bits of input moved right by other, keeping the sign.";
  static constexpr auto kernel_name = "rshift";
  static constexpr auto domain = Domain::Integers;
};
inline void refuse_bool_division(const char* kernel, DType dtype) {
  if (dtype == DType::Bool)
    fail(ErrorKind::NotImplemented, '"', kernel, "\" not implemented for 'Bool'");
}
[[noreturn]] void refuse_derivative(const char* function);
// A zero in b is an error.
template <BlockKernels ArithmeticKernels::* op>
void divide_int64(void* out, const void* a, const void* b, int64_t n);
template <BlockKernels ArithmeticKernels::* op>
void divide_int32(void* out, const void* a, const void* b, int64_t n);
// Quotient rounded down, and the remainder with the divisor's sign (Python's // and %).
struct FloorDivide {
  static constexpr auto vectors = &ElementaryKernels::floor_divide;
  static constexpr BlockKernel of_integers[] = {divide_int64<&ArithmeticKernels::floor_divide>,
                                                divide_int32<&ArithmeticKernels::floor_divide>};
  static constexpr bool takes_two_numbers = true, exact_number = true, not_implemented = true;
  static constexpr auto name = "floor_divide", node = "torch::autograd::NotImplemented",
                        doc = "Quotient rounded down (Python's //).";
  static constexpr auto domain = Domain::Any;
  static void check_dtype(DType dtype) { refuse_bool_division("div_floor_cpu", dtype); }
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
  static constexpr auto vectors = &ElementaryKernels::remainder;
  static constexpr BlockKernel of_integers[] = {divide_int64<&ArithmeticKernels::remainder>,
                                                divide_int32<&ArithmeticKernels::remainder>};
  static constexpr auto name = "remainder", node = "RemainderBackward0",
                        node_number_left = "torch::autograd::NotImplemented",
                        doc = "Remainder with the sign of the divisor (Python's %).";
  static constexpr auto domain = Domain::Any;
  static void check_dtype(DType dtype) { refuse_bool_division("remainder_cpu", dtype); }
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
  static constexpr auto arithmetic = &ArithmeticKernels::maximum;
  static constexpr auto vectors = &ElementaryKernels::maximum;
  static constexpr auto name = "clamp_min", node = "ClampBackward1",
                        node_of_tensors = "ClampBackward0",
                        doc = "The greater of input and min; NaN stays.";
  static constexpr auto domain = Domain::Any;
  static constexpr int left_uses = kLeft | kRight, right_uses = kLeft | kRight;
  static Tensor grad_left(const Tensor& g, const Tensor& a, auto b) {
    return where(a >= b, g, Operand(0.0));
  }
  static Tensor grad_right(const Tensor& g, auto a, const Tensor& b) {
    return where(b > a, g, Operand(0.0));
  }
};
struct ClampMax {
  static constexpr auto arithmetic = &ArithmeticKernels::minimum;
  static constexpr auto vectors = &ElementaryKernels::minimum;
  static constexpr auto name = "clamp_max", node = "ClampBackward1",
                        node_of_tensors = "ClampBackward0",
                        doc = "The lesser of input and max; NaN stays.";
  static constexpr auto domain = Domain::Any;
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
