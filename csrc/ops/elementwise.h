// How an elementwise operation follows from its struct: one function for the values, block kernels
// (kernels/blocks.h) for the few types that arithmetic runs in, one derivative. An op is a struct
// such as
//
//   struct Tanh {
//     static constexpr auto name = "tanh", node = "TanhBackward0", doc = "Hyperbolic tangent of
//     each element."; static constexpr auto domain = Domain::Floating; static auto forward(auto x)
//     { return tanh(x); } static auto grad_from_output(auto g, auto y) { return g * (1.0 - y * y);
//     }
//   };
//
// forward runs on numbers; where `vectors` (`single_vectors`) names loops of kernels/elementary.h,
// these stand in for it in both floating types (in float), and where `arithmetic` names loops of
// kernels/arithmetic.h, these do for integers and bool, and for floats too if `compares_floats`.
// `of_integers` are the loops for int64 and int32 of an op that has others.
// The derivative runs on numbers, where it is written for them (one fused pass, when no graph of
// the backward is wanted), and on Tensors (create_graph). Its name says what the tape keeps: grad
// (nothing), grad_from_input, grad_from_output. A binary op has grad_left and grad_right and says
// in left_uses / right_uses what they read. What does not depend on the op is in elementwise.cpp,
// and works on the tables that elementwise<Op> and derivatives<Op> are.
#pragma once

#include <optional>

#include "autograd/record.h"
#include "autograd/view.h"
#include "core/layout.h"
#include "kernels/arithmetic.h"
#include "kernels/blocks.h"
#include "kernels/elementary.h"
#include "kernels/loops.h"
#include "kernels/math.h"
#include "ops/copy.h"
#include "ops/operators.h"
#include "ops/promotion.h"

namespace tg {

enum class Domain {
  Any,           // every dtype maps to itself
  Number,        // as Any, but bool is refused
  Integers,      // integers only, no bool
  Bits,          // integers and bool
  Floating,      // integers become the default float first
  OnlyFloating,  // integers are refused
  WideFloating,  // as Floating, but float16 and bfloat16 are refused
  Predicate,     // any dtype in, bool out
};

enum Uses { kNothing = 0, kLeft = 1, kRight = 2, kOutput = 4 };

// What the code that all operations share has to know of one.
struct Elementwise {
  const char* name;
  const char* kernel_name;  // in the errors about dtypes
  Domain domain;
  BlockKernels kernels;
  void (*refuse_bool)();  // null: the error that names the kernel
  bool bool_as_int;
  bool takes_two_numbers;
  bool exact_number;  // beside 16-bit floats, a number keeps the digits of a float32
  void (*check_dtype)(DType);
  void (*check_operands)(const Operand& a, const Operand& b, DType in);
};

// The dtype to compute in. Raises where PyTorch has no kernel for it.
DType elementwise_dtype(DType in, Domain domain, const char* kernel_name);
DType elementwise_dtype(DType in, const Elementwise& op);

// Set by the bindings where an elementwise call has an out= that its result may be computed in,
// which saves the copy: it overlaps no argument, and all are of its dtype, so that nothing is
// computed before. The first result of its sizes takes it.
inline TG_THREAD_LOCAL const Tensor* out_argument = nullptr;
Tensor empty_or_out(std::span<const int64_t> sizes, DType dtype);

// kernel(x), x in a dtype that the kernels take; `out` says what comes out if not the same.
Tensor apply_blocks(const BlockKernels& kernels, const Tensor& x, const void* parameters = nullptr,
                    std::optional<DType> out = {});
// kernel(a, b) after promotion and broadcasting.
Tensor apply_blocks(const Elementwise& op, const Operand& a, const Operand& b);
// The fused backward pass: kernel(grad, kept), both of one floating dtype and of one shape.
Tensor apply_gradient(const BlockKernels& kernels, const Tensor& grad, const Tensor& kept);

template <class Op, class T, bool predicate, bool binary>
constexpr BlockKernel kernel_of() {
  using Out = std::conditional_t<predicate, bool, T>;
  if constexpr (binary)
    return binary_kernel<Op, Out, T>;
  else
    return unary_kernel<Op, Out, T>;
}
template <class Op, bool binary>
constexpr BlockKernels kernels_of() {
  constexpr Domain domain = Op::domain;
  constexpr bool predicate = domain == Domain::Predicate;
  BlockKernels kernels;
  if constexpr (requires { Op::vectors; }) {
    kernels = elementary_blocks<Op::vectors>;
  } else if constexpr (requires { Op::compares_floats; }) {
    kernels.f32 = arithmetic_f32<Op::arithmetic>;
    kernels.f64 = arithmetic_f64<Op::arithmetic>;
  } else if constexpr (domain != Domain::Integers && domain != Domain::Bits &&
                       !requires { Op::arithmetic; }) {
    if constexpr (requires { Op::single_vectors; })
      kernels.f32 = elementary_f32<Op::single_vectors>;
    else
      kernels.f32 = kernel_of<Op, float, predicate, binary>();
    kernels.f64 = kernel_of<Op, double, predicate, binary>();
  }
  if constexpr (requires { Op::arithmetic; }) {
    kernels.integers = arithmetic_row<Op::arithmetic>;
  } else if constexpr (requires { Op::of_integers; }) {
    kernels.i64 = Op::of_integers[0];
    kernels.i32 = Op::of_integers[1];
  } else if constexpr (domain == Domain::Any || domain == Domain::Number ||
                       domain == Domain::Predicate || domain == Domain::Integers) {
    kernels.i64 = kernel_of<Op, int64_t, predicate, binary>();
    if constexpr (!requires { Op::one_integer_kernel; })
      kernels.i32 = kernel_of<Op, int32_t, predicate, binary>();
  }
  kernels.predicate = predicate;
  return kernels;
}
template <class Op, bool binary>
constexpr Elementwise describe() {
  Elementwise op{};
  op.name = op.kernel_name = Op::name;
  op.domain = Op::domain;
  op.kernels = kernels_of<Op, binary>();
  if constexpr (requires { Op::kernel_name; }) op.kernel_name = Op::kernel_name;
  if constexpr (requires { Op::refuse_bool(); }) op.refuse_bool = &Op::refuse_bool;
  op.bool_as_int = requires { Op::bool_as_int; };
  op.takes_two_numbers = requires { Op::takes_two_numbers; };
  op.exact_number = requires { Op::exact_number; };
  if constexpr (requires(DType d) { Op::check_dtype(d); }) op.check_dtype = &Op::check_dtype;
  if constexpr (requires(const Operand& x, DType d) { Op::check_operands(x, x, d); })
    op.check_operands = &Op::check_operands;
  return op;
}
template <class Op>
inline constexpr Elementwise unary_op = describe<Op, false>();
template <class Op>
inline constexpr Elementwise binary_op = describe<Op, true>();

// --- unary
// -----------------------------------------------------------------------------------------
template <class Op>
constexpr bool unary_from_output = requires(const Tensor& t) { Op::grad_from_output(t, t); };
template <class Op>
constexpr bool unary_from_input = requires(const Tensor& t) { Op::grad_from_input(t, t); };
template <class Op>
constexpr bool unary_from_nothing = requires(const Tensor& t) { Op::grad(t); };
// The derivative works on numbers, too.
template <class Op>
constexpr bool gradient_fuses =
    requires { Op::grad_from_output(1.0, 1.0); } || requires { Op::grad_from_input(1.0, 1.0); };

template <class Op>
struct UnaryDerivative {
  static auto forward(auto g, auto kept) {
    if constexpr (unary_from_output<Op>)
      return Op::grad_from_output(g, kept);
    else
      return Op::grad_from_input(g, kept);
  }
};
template <class Op>
constexpr BlockKernels gradient_kernels() {
  if constexpr (requires { Op::gradient_vectors; })
    return {.f32 = elementary_f32<Op::gradient_vectors>,
            .f64 = elementary_f64<Op::gradient_vectors>};
  else
    return binary_blocks<UnaryDerivative<Op>>;
}
template <class Op>
inline constexpr BlockKernels gradient_blocks = gradient_kernels<Op>();
Tensor zeros_like_gradient(const Tensor& g);
// PyTorch has the product of an immutable zero gradient, such as sgn() gives, be one too, whatever
// the other factor is.
Tensor immutable_zeros(const Tensor& like);
inline Tensor keep_zeros(const Tensor& g, Tensor product) {
  if (g->storage->is_zero_tensor) [[unlikely]]
    return immutable_zeros(product);
  return product;
}
template <class Op>
Tensor unary_gradient(const Tensor& g, const Tensor& kept) {
  if constexpr (gradient_fuses<Op>) {
    if (!grad_mode.enabled && g.dtype() == kept.dtype())
      return apply_gradient(gradient_blocks<Op>, g, kept);
  }
  return UnaryDerivative<Op>::forward(g, kept);
}

template <class Op>
void record_unary(const Tensor& out, const Tensor& x) {
  if constexpr (unary_from_nothing<Op>) {
    record(Op::node, out, inputs(x), saves(), [](const Tensor& g) { return Op::grad(g); });
  } else if constexpr (unary_from_output<Op> || unary_from_input<Op>) {
    auto gradient = [](const Tensor& g, const Tensor& kept) {
      if constexpr (requires { Op::multiplies; })
        return keep_zeros(g, unary_gradient<Op>(g, kept));
      else
        return unary_gradient<Op>(g, kept);
    };
    if constexpr (unary_from_output<Op>)
      record(Op::node, out, inputs(x), saves(saved_output(out)), gradient);
    else
      record(Op::node, out, inputs(x), saves(x), gradient);
  }
}

template <class Op>
Tensor unary(const Tensor& x) {
  if (const DType dtype = elementwise_dtype(x.dtype(), unary_op<Op>); dtype != x.dtype())
    return unary<Op>(to_dtype(x, dtype));
  Tensor out = apply_blocks(unary_op<Op>.kernels, x);
  record_unary<Op>(out, x);
  return out;
}

// --- binary
// ----------------------------------------------------------------------------------------
template <class Op>
constexpr bool binary_has_gradient = requires { Op::left_uses; };

// The derivatives of a binary op, of two tensors or of a tensor and a number. PyTorch may give the
// node of an op with a number another name.
struct BinaryDerivatives {
  const char *node, *node_number_left, *node_number_right;
  int left_uses, right_uses;
  bool number_is_input;
  int multiplies;        // sides whose gradients are products with g, see keep_zeros()
  bool not_implemented;  // backward refuses, whatever needs a gradient
  Tensor (*left)(const Tensor& g, const Tensor& a, const Tensor& b);
  Tensor (*right)(const Tensor& g, const Tensor& a, const Tensor& b);
  // Null where the op takes no number there; the two above where it takes nothing else.
  Tensor (*left_of_number)(const Tensor& g, const Tensor& a, double b);
  Tensor (*right_of_number)(const Tensor& g, double a, const Tensor& b);
};
template <class Op>
constexpr BinaryDerivatives describe_derivatives() {
  BinaryDerivatives d{};
  d.node = d.node_number_left = d.node_number_right = Op::node;
  if constexpr (requires { Op::node_of_tensors; }) d.node = Op::node_of_tensors;
  if constexpr (requires { Op::node_number_left; }) d.node_number_left = Op::node_number_left;
  if constexpr (requires { Op::node_number_right; }) d.node_number_right = Op::node_number_right;
  d.left_uses = Op::left_uses;
  d.right_uses = Op::right_uses;
  if constexpr (requires { Op::number_is_input; }) d.number_is_input = Op::number_is_input;
  if constexpr (requires { Op::multiplies; }) d.multiplies = Op::multiplies;
  if constexpr (requires { Op::not_implemented; }) d.not_implemented = Op::not_implemented;
  if constexpr (requires(const Tensor& t) { Op::grad_left(t, t, t); })
    d.left = [](const Tensor& g, const Tensor& a, const Tensor& b) -> Tensor {
      return Op::grad_left(g, a, b);
    };
  if constexpr (requires(const Tensor& t) { Op::grad_right(t, t, t); })
    d.right = [](const Tensor& g, const Tensor& a, const Tensor& b) -> Tensor {
      return Op::grad_right(g, a, b);
    };
  if constexpr (requires(const Tensor& t) { Op::grad_left(t, t, 1.0); })
    d.left_of_number = [](const Tensor& g, const Tensor& a, double b) -> Tensor {
      return Op::grad_left(g, a, b);
    };
  if constexpr (requires(const Tensor& t) { Op::grad_right(t, 1.0, t); })
    d.right_of_number = [](const Tensor& g, double a, const Tensor& b) -> Tensor {
      return Op::grad_right(g, a, b);
    };
  return d;
}
template <class Op>
inline constexpr BinaryDerivatives derivatives = describe_derivatives<Op>();

void record_binary(const BinaryDerivatives& derivatives, const Tensor& out, const Operand& a,
                   const Operand& b);

template <class Op>
Tensor binary(const Operand& a, const Operand& b) {
  Tensor out = apply_blocks(binary_op<Op>, a, b);
  if constexpr (binary_has_gradient<Op>) record_binary(derivatives<Op>, out, a, b);
  return out;
}

// Strides of `t` seen with `sizes`: 0 where it is broadcast.
Dims broadcast_strides(const Tensor& t, std::span<const int64_t> sizes);
// Gradient of a broadcast: summed back to `sizes`, cast back to `dtype`. In ops/reduce.cpp.
Tensor sum_to(const Tensor& grad, std::span<const int64_t> sizes, DType dtype);

// --- in place
// ----------------------------------------------------------------------------------------
inline bool operand_requires_grad(const Operand& x) {
  return x.is_tensor() && requires_grad(*x.tensor);
}
// self = function(self), written where self lies if it keeps its dtype. keeps_self: the backward of
// the function reads the old self.
Tensor elementwise_in_place(const Elementwise& op, const Tensor& self, bool keeps_self,
                            void (*remember)(const Tensor& out, const Tensor& x),
                            Tensor (*function)(const Tensor&));
// self = function(self, other), likewise; no derivatives: results have no history.
Tensor elementwise_in_place(const Elementwise& op, const BinaryDerivatives* derivatives,
                            const Tensor& self, const Operand& other, bool keeps_left,
                            Tensor (*function)(const Operand&, const Operand&));

template <class Op>
Tensor binary_in_place(const Tensor& self, const Operand& other,
                       Tensor (*function)(const Operand&, const Operand&)) {
  bool keeps_left = false;
  const BinaryDerivatives* of_op = nullptr;
  if constexpr (binary_has_gradient<Op>) {
    of_op = &derivatives<Op>;
    keeps_left = (requires_grad(self) && (Op::left_uses & kLeft)) ||
                 (operand_requires_grad(other) && (Op::right_uses & kLeft));
  }
  return elementwise_in_place(binary_op<Op>, of_op, self, other, keeps_left, function);
}
template <class Op>
Tensor unary_in_place(const Tensor& self) {
  return elementwise_in_place(unary_op<Op>, self, unary_from_input<Op>, record_unary<Op>,
                              unary<Op>);
}

}  // namespace tg
