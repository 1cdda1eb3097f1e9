// Elementwise operations over block kernels (kernels/blocks.h): the sibling of elementwise.h for
// functions that cost more than the loop around them. An op is a struct in the form that
// elementwise.h describes, with `takes` in the place of `domain`. Its forward() is instantiated for
// float and double, and so is its derivative where that is written for numbers; a derivative that
// takes Tensors is evaluated with operations.
#pragma once

#include <cstring>
#include <optional>

#include "kernels/blocks.h"
#include "ops/elementwise.h"

namespace tg {

enum class Takes {
  Any,         // every dtype maps to itself
  NoBool,      // every dtype but bool
  Integers,    // integers only, no bool
  Floats,      // integers become the default float first
  OnlyFloats,  // integers are refused
  WideFloats,  // as Floats, but float16 and bfloat16 are refused
};
// The dtype to compute in. Raises where PyTorch has no kernel `name` for it.
DType block_dtype(DType in, Takes takes, const char* name);

// kernel(x), x in the dtype that `takes` asks for; `out` says what comes out if not the same.
Tensor apply_blocks(const BlockKernels& kernels, const Tensor& x, const void* parameters = nullptr,
                    std::optional<DType> out = {});
// The same after promotion and broadcasting.
Tensor apply_blocks(const BlockKernels& kernels, Takes takes, const char* name, const Operand& a,
                    const Operand& b);

// --- one input
template <class Op>
constexpr bool block_from_output = requires(const Tensor& t) { Op::grad_from_output(t, t); };
template <class Op>
constexpr bool block_from_input = requires(const Tensor& t) { Op::grad_from_input(t, t); };
template <class Op>
constexpr bool block_from_nothing = requires(const Tensor& t) { Op::grad(t); };
// The derivative works on numbers, too.
template <class Op>
constexpr bool block_fuses = unary_from_output<Op> || unary_from_input<Op>;

template <class Op>
struct BlockDerivative {
  static auto forward(auto g, auto kept) {
    if constexpr (block_from_output<Op>)
      return Op::grad_from_output(g, kept);
    else
      return Op::grad_from_input(g, kept);
  }
};

template <class Op>
Tensor block_gradient(const Tensor& g, const Tensor& kept) {
  if constexpr (block_fuses<Op>) {
    if (!grad_mode.enabled && g.dtype() == kept.dtype())
      return apply_blocks(binary_blocks<BlockDerivative<Op>>, Takes::Floats, Op::node, g, kept);
  }
  return BlockDerivative<Op>::forward(g, kept);
}

template <class Op>
Tensor block_unary(const Tensor& x) {
  const DType dtype = block_dtype(x.dtype(), Op::takes, Op::name);
  if (dtype != x.dtype()) return block_unary<Op>(to_dtype(x, dtype));
  const Tensor out = apply_blocks(unary_blocks<Op>, x);
  if constexpr (block_from_output<Op>)
    record(Op::node, out, inputs(x), saves(saved_output(out)), &block_gradient<Op>);
  else if constexpr (block_from_input<Op>)
    record(Op::node, out, inputs(x), saves(x), &block_gradient<Op>);
  else if constexpr (block_from_nothing<Op>)
    record(Op::node, out, inputs(x), saves(), [](const Tensor& g) { return Op::grad(g); });
  return out;
}

// --- two inputs
// PyTorch gives the node of an op with a number another name.
template <class Op>
struct WithNumberLeft : Op {
  static constexpr auto node = Op::node_number_left;
};
template <class Op>
struct WithNumberRight : Op {
  static constexpr auto node = Op::node_number_right;
};

template <class Op>
Tensor block_binary(const BlockKernels& kernels, const Operand& a, const Operand& b) {
  const Tensor out = apply_blocks(kernels, Op::takes, Op::name, a, b);
  if constexpr (binary_has_gradient<Op>) {
    if (!grad_mode.enabled || !is_floating(out.dtype())) return out;
    if (a.is_tensor() && b.is_tensor()) {
      if (requires_grad(*a.tensor) || requires_grad(*b.tensor))
        set_grad_fn(out, new BinaryNode<Op>(*a.tensor, *b.tensor, out));
    } else if (a.is_tensor()) {
      if constexpr (requires { Op::node_number_right; }) {
        if (requires_grad(*a.tensor))
          set_grad_fn(out, new BinaryNumberNode<WithNumberRight<Op>, false>(*a.tensor,
                                                                            b.scalar.to<double>()));
      }
    } else {
      if constexpr (requires { Op::node_number_left; }) {
        if (requires_grad(*b.tensor))
          set_grad_fn(out, new BinaryNumberNode<WithNumberLeft<Op>, true>(*b.tensor,
                                                                          a.scalar.to<double>()));
      }
    }
  }
  return out;
}

// The in-place form of a function; old values of self are kept where a derivative may read them.
Tensor block_in_place(const Tensor& self, Tensor (*function)(const Tensor&));
Tensor block_in_place(const Tensor& self, const Operand& other,
                      Tensor (*function)(const Operand&, const Operand&));

}  // namespace tg
