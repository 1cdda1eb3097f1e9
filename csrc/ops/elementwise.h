// How an elementwise operation follows from its struct: one function for the values, one kernel per
// dtype, one node. An op is a struct such as
//
//   struct Tanh {
//     static constexpr auto name = "tanh", node = "TanhBackward0", doc = "Hyperbolic tangent of
//     each element."; static constexpr auto domain = Domain::Floating; static auto forward(auto x)
//     { return tanh(x); } static auto grad_from_output(auto g, auto y) { return g * (1.0 - y * y);
//     }
//   };
//
// forward runs on numbers. The derivative runs on numbers (one fused pass, when no graph of the
// backward is wanted) and on Tensors (create_graph). Its name says what the tape keeps: grad
// (nothing), grad_from_input, grad_from_output. A binary op has grad_left and grad_right and says
// in left_uses / right_uses what they read.
#pragma once

#include <array>
#include <concepts>

#include "autograd/record.h"
#include "autograd/view.h"
#include "core/layout.h"
#include "kernels/loops.h"
#include "kernels/math.h"
#include "ops/copy.h"
#include "ops/operators.h"
#include "ops/promotion.h"

namespace tg {

enum class Domain {
  Any,        // every dtype maps to itself
  Number,     // as Any, but bool is refused
  Floating,   // integers become the default float first
  Predicate,  // any dtype in, bool out
};

enum Uses { kNothing = 0, kLeft = 1, kRight = 2, kOutput = 4 };

// --- unary
// -----------------------------------------------------------------------------------------
template <class Op>
constexpr bool unary_from_output = requires { Op::grad_from_output(1.0, 1.0); };
template <class Op>
constexpr bool unary_from_input = requires { Op::grad_from_input(1.0, 1.0); };
template <class Op>
constexpr bool unary_from_nothing = requires { Op::grad(1.0); };
template <class Op>
constexpr bool has_gradient =
    unary_from_output<Op> || unary_from_input<Op> || unary_from_nothing<Op>;

template <class Op, class In, class Out>
void unary_row(const std::array<char*, 2>& data, const std::array<int64_t, 2>& stride, int64_t n) {
  using C = Compute<In>;
  if (stride[0] == int64_t(sizeof(Out)) && stride[1] == int64_t(sizeof(In))) {
    auto* out = reinterpret_cast<Out*>(data[0]);
    auto* in = reinterpret_cast<const In*>(data[1]);
    for (int64_t i = 0; i < n; ++i) out[i] = convert<Out>(Op::forward(static_cast<C>(in[i])));
    return;
  }
  char *out = data[0], *in = data[1];
  for (int64_t i = 0; i < n; ++i, out += stride[0], in += stride[1])
    *reinterpret_cast<Out*>(out) =
        convert<Out>(Op::forward(static_cast<C>(*reinterpret_cast<const In*>(in))));
}

// Rows and the walk that calls them: the walk does not know the operation, and there is one of it.
using UnaryRow = void (*)(const std::array<char*, 2>& data, const std::array<int64_t, 2>& stride,
                          int64_t n);
using BinaryRow = void (*)(const std::array<char*, 3>& data, const std::array<int64_t, 3>& stride,
                           int64_t n);
void run_unary(UnaryRow row, const Tensor& out, const Tensor& in);
// Tensors have dtype `in` already; at most one operand is a number.
void run_binary(BinaryRow row, const Tensor& out, const Operand& a, const Operand& b, DType in);

template <class Op>
void unary_kernel(const Tensor& out, const Tensor& in) {
  UnaryRow row = nullptr;
  auto choose = [&](auto tag) {
    using In = typename decltype(tag)::type;
    row = unary_row<Op, In, std::conditional_t<Op::domain == Domain::Predicate, bool, In>>;
  };
  if constexpr (Op::domain == Domain::Floating) {
    visit_floating(in.dtype(), Op::name, choose);
  } else {
    if constexpr (Op::domain == Domain::Number) {
      if (in.dtype() == DType::Bool) Op::refuse_bool();
    }
    visit_dtype(in.dtype(), choose);
  }
  run_unary(row, out, in);
}

// The fused backward pass: out = derivative(grad, kept), all dense and of one floating dtype.
template <class Op>
Tensor unary_gradient(const Tensor& grad, const Tensor& kept) {
  const bool flat = same_dense_layout(grad, kept);
  const Tensor g = flat ? grad : contiguous(grad), k = flat ? kept : contiguous(kept);
  Tensor out = g.is_contiguous() ? empty(g.sizes(), g.dtype()) : empty_like(g, g.dtype());
  visit_floating(g.dtype(), Op::name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const LongWork work(g.numel());
    T* to = out.data<T>();
    const T *from = g.data<T>(), *at = k.data<T>();
    for (int64_t i = 0; i < g.numel(); ++i) {
      if constexpr (unary_from_output<Op>) {
        to[i] =
            static_cast<T>(Op::grad_from_output(static_cast<C>(from[i]), static_cast<C>(at[i])));
      } else {
        to[i] = static_cast<T>(Op::grad_from_input(static_cast<C>(from[i]), static_cast<C>(at[i])));
      }
    }
  });
  return out;
}

template <class Op>
void record_unary(const Tensor& out, const Tensor& x) {
  if constexpr (unary_from_nothing<Op>) {
    record(Op::node, out, inputs(x), saves(), [](const Tensor& g) { return Op::grad(g); });
  } else {
    auto backward = [](const Tensor& g, const Tensor& kept) {
      if (!grad_mode.enabled && g.dtype() == kept.dtype()) return unary_gradient<Op>(g, kept);
      if constexpr (unary_from_output<Op>)
        return Op::grad_from_output(g, kept);
      else
        return Op::grad_from_input(g, kept);
    };
    if constexpr (unary_from_output<Op>)
      record(Op::node, out, inputs(x), saves(saved_output(out)), backward);
    else
      record(Op::node, out, inputs(x), saves(x), backward);
  }
}

template <class Op>
Tensor unary(const Tensor& x) {
  if constexpr (Op::domain == Domain::Floating) {
    if (!is_floating(x.dtype())) return unary<Op>(to_dtype(x, default_dtype()));
  }
  if constexpr (requires { Op::bool_as_int; }) {
    if (x.dtype() == DType::Bool) return unary<Op>(to_dtype(x, DType::Int64));
  }
  const DType dtype = Op::domain == Domain::Predicate ? DType::Bool : x.dtype();
  Tensor out = x.is_contiguous() ? empty(x.sizes(), dtype) : empty_for(x.sizes(), dtype, {&x});
  unary_kernel<Op>(out, x);
  if constexpr (has_gradient<Op>) record_unary<Op>(out, x);
  return out;
}

// --- binary
// ----------------------------------------------------------------------------------------
template <class Op>
constexpr bool binary_has_gradient = requires { Op::left_uses; };

template <class Op, class In, class Out>
void binary_row(const std::array<char*, 3>& data, const std::array<int64_t, 3>& stride, int64_t n) {
  using C = Compute<In>;
  constexpr int64_t kOut = sizeof(Out), kIn = sizeof(In);
  auto* o = reinterpret_cast<Out*>(data[0]);
  auto* a = reinterpret_cast<const In*>(data[1]);
  auto* b = reinterpret_cast<const In*>(data[2]);
  if (stride[0] == kOut && stride[1] == kIn && stride[2] == kIn) {
    for (int64_t i = 0; i < n; ++i)
      o[i] = convert<Out>(Op::forward(static_cast<C>(a[i]), static_cast<C>(b[i])));
  } else if (stride[0] == kOut && stride[1] == kIn && stride[2] == 0) {
    const C right = static_cast<C>(*b);
    for (int64_t i = 0; i < n; ++i) o[i] = convert<Out>(Op::forward(static_cast<C>(a[i]), right));
  } else if (stride[0] == kOut && stride[1] == 0 && stride[2] == kIn) {
    const C left = static_cast<C>(*a);
    for (int64_t i = 0; i < n; ++i) o[i] = convert<Out>(Op::forward(left, static_cast<C>(b[i])));
  } else {
    char *po = data[0], *pa = data[1], *pb = data[2];
    for (int64_t i = 0; i < n; ++i, po += stride[0], pa += stride[1], pb += stride[2])
      *reinterpret_cast<Out*>(po) =
          convert<Out>(Op::forward(static_cast<C>(*reinterpret_cast<const In*>(pa)),
                                   static_cast<C>(*reinterpret_cast<const In*>(pb))));
  }
}

// Strides of `t` seen with `sizes`: 0 where it is broadcast.
inline Dims broadcast_strides(const Tensor& t, std::span<const int64_t> sizes) {
  Dims strides(int(sizes.size()));
  const int shift = int(sizes.size()) - t.dim();
  for (int i = shift; i < int(sizes.size()); ++i)
    strides[i] = t.size(i - shift) == 1 && sizes[size_t(i)] != 1 ? 0 : t.stride(i - shift);
  return strides;
}

// out = forward(a, b), where tensors already have dtype `in` and at most one operand is a number.
template <class Op>
void binary_kernel(const Tensor& out, const Operand& a, const Operand& b, DType in) {
  BinaryRow row = nullptr;
  auto choose = [&](auto tag) {
    using In = typename decltype(tag)::type;
    row = binary_row<Op, In, std::conditional_t<Op::domain == Domain::Predicate, bool, In>>;
  };
  if constexpr (Op::domain == Domain::Floating)
    visit_floating(in, Op::name, choose);
  else
    visit_dtype(in, choose);
  run_binary(row, out, a, b, in);
}

// Gradient of a broadcast: summed back to `sizes`, cast back to `dtype`. In ops/reduce.cpp.
Tensor sum_to(const Tensor& grad, std::span<const int64_t> sizes, DType dtype);

template <class Op>
class BinaryNode final : public Node {
 public:
  BinaryNode(const Tensor& a, const Tensor& b, const Tensor& out) {
    edges_[0] = gradient_edge(a);
    edges_[1] = gradient_edge(b);
    edges = edges_;
    edge_count = 2;
    const int uses = (edges_[0] ? Op::left_uses : 0) | (edges_[1] ? Op::right_uses : 0);
    if (uses & kLeft) left_ = Saved(a);
    if (uses & kRight) right_ = Saved(b);
    if (!a.same_sizes(b) || a.dtype() != b.dtype()) shapes_ = std::make_unique<Shapes>(a, b);
    (void)out;
  }
  const char* name() const override {
    if constexpr (requires { Op::tensor_node; })
      return Op::tensor_node;
    else
      return Op::node;
  }
  void backward(std::span<Tensor> grads, GradInputs& to) override {
    if (released) raise_graph_freed();
    if (!grads[0].defined()) return;
    const Tensor a = left_.unpack(this), b = right_.unpack(this);
    if (to.needed(0)) to.set(0, fit(Op::grad_left(grads[0], a, b), 0));
    if (to.needed(1)) to.set(1, fit(Op::grad_right(grads[0], a, b), 1));
  }
  void release_saved() noexcept override {
    if (left_.defined() || right_.defined()) released = true;
    left_.reset();
    right_.reset();
  }
  Tensor saved_tensor(size_t i) override {
    if (released) raise_graph_freed();
    return i == 0 ? left_.unpack(this) : i == 1 ? right_.unpack(this) : Tensor();
  }

 private:
  struct Shapes : SmallAllocated<Shapes> {
    Shapes(const Tensor& a, const Tensor& b)
        : sizes{Dims(a.sizes()), Dims(b.sizes())}, dtypes{a.dtype(), b.dtype()} {}
    Dims sizes[2];
    DType dtypes[2];
  };
  Tensor fit(Tensor grad, int i) const {
    return shapes_ ? sum_to(grad, shapes_->sizes[i], shapes_->dtypes[i]) : grad;
  }

  Edge edges_[2];
  Saved left_, right_;
  std::unique_ptr<Shapes> shapes_;
};

// One operand is a number: one edge.
template <class Op, bool number_left>
class BinaryNumberNode final : public Node {
 public:
  static constexpr int kUses = number_left ? Op::right_uses : Op::left_uses;
  BinaryNumberNode(const Tensor& t, double number) : number_(number), dtype_(t.dtype()) {
    edge_ = gradient_edge(t);
    edges = &edge_;
    edge_count = 1;
    if (kUses & (number_left ? kRight : kLeft)) kept_ = Saved(t);
  }
  const char* name() const override { return Op::node; }
  int number_input() const override {
    if constexpr (requires { Op::number_is_input; })
      return Op::number_is_input ? 1 : -1;
    else
      return -1;
  }
  void backward(std::span<Tensor> grads, GradInputs& to) override {
    if (released) raise_graph_freed();
    if (!grads[0].defined()) return;
    const Tensor t = kept_.unpack(this);
    Tensor g;
    if constexpr (number_left)
      g = Op::grad_right(grads[0], number_, t);
    else
      g = Op::grad_left(grads[0], t, number_);
    to.set(0, g.dtype() == dtype_ ? std::move(g) : to_dtype(g, dtype_));
  }
  void release_saved() noexcept override {
    if (kept_.defined()) released = true;
    kept_.reset();
  }
  Tensor saved_tensor(size_t i) override {
    if (released) raise_graph_freed();
    return i == 0 ? kept_.unpack(this) : Tensor();
  }

 private:
  Edge edge_;
  Saved kept_;
  double number_;
  DType dtype_;
};

template <class Op>
void record_binary(const Tensor& out, const Operand& a, const Operand& b) {
  if (!grad_mode.enabled) return;
  if (a.is_tensor() && b.is_tensor()) {
    const bool left = joins_graph(*a.tensor), right = joins_graph(*b.tensor);
    if (left || right) set_grad_fn(out, new BinaryNode<Op>(*a.tensor, *b.tensor, out));
  } else if (a.is_tensor()) {
    if (joins_graph(*a.tensor))
      set_grad_fn(out, new BinaryNumberNode<Op, false>(*a.tensor, b.scalar.to<double>()));
  } else if (b.is_tensor()) {
    if (joins_graph(*b.tensor))
      set_grad_fn(out, new BinaryNumberNode<Op, true>(*b.tensor, a.scalar.to<double>()));
  }
}

template <class Op>
void check_binary_dtype(DType dtype) {
  if constexpr (requires { Op::check_dtype(dtype); }) Op::check_dtype(dtype);
}

template <class Op>
Tensor binary(const Operand& a, const Operand& b) {
  if (!a.is_tensor() && !b.is_tensor()) [[unlikely]] {
    if constexpr (requires { Op::takes_two_numbers; }) {
      const Tensor left = empty(Dims(), scalar_dtype(a.scalar));
      fill_values(left, a.scalar);
      return binary<Op>(left, b);
    } else {
      type_error(Op::name, "(): argument 'input' (position 1) must be Tensor, not ",
                 a.scalar.is_floating() ? "float" : "int");
    }
  }
  DType in = result_type(a, b);
  if constexpr (Op::domain == Domain::Floating) {
    if (!is_floating(in)) in = default_dtype();
  }
  check_binary_dtype<Op>(in);
  if constexpr (requires { Op::check_operands(a, b, in); }) Op::check_operands(a, b, in);
  const DType out_dtype = Op::domain == Domain::Predicate ? DType::Bool : in;
  Tensor out, cast_a, cast_b;
  Operand x = a, y = b;
  if (a.is_tensor() && a.tensor->dtype() != in) {
    GradModeGuard off(false);
    x = Operand(cast_a = to_dtype(*a.tensor, in));
  }
  if (b.is_tensor() && b.tensor->dtype() != in) {
    GradModeGuard off(false);
    y = Operand(cast_b = to_dtype(*b.tensor, in));
  }
  if (a.is_tensor() && b.is_tensor()) {
    if (a.tensor->same_sizes(*b.tensor)) {
      out = a.tensor->is_contiguous()
                ? empty(a.tensor->sizes(), out_dtype)
                : empty_for(a.tensor->sizes(), out_dtype, {a.tensor, b.tensor});
    } else {
      const Dims sizes = broadcast_sizes(a.tensor->sizes(), b.tensor->sizes());
      out = a.tensor->is_contiguous() && b.tensor->is_contiguous()
                ? empty(sizes, out_dtype)
                : empty_for(sizes, out_dtype, {a.tensor, b.tensor});
    }
  } else {
    const Tensor& t = a.is_tensor() ? *a.tensor : *b.tensor;
    out = t.is_contiguous() ? empty(t.sizes(), out_dtype) : empty_for(t.sizes(), out_dtype, {&t});
  }
  binary_kernel<Op>(out, x, y, in);
  if constexpr (binary_has_gradient<Op>) record_binary<Op>(out, a, b);
  return out;
}

// --- in place
// ----------------------------------------------------------------------------------------
inline bool operand_requires_grad(const Operand& x) {
  return x.is_tensor() && requires_grad(*x.tensor);
}

// The kernel may write straight into self: no history, no cast, no broadcast of self, no partial
// overlap.
inline bool writes_directly(const Tensor& self, const Operand& other) {
  if (grad_mode.enabled && (requires_grad(self) || operand_requires_grad(other))) return false;
  if (result_type(self, other) != self.dtype()) return false;
  if (!other.is_tensor()) return true;
  const Tensor& t = *other.tensor;
  return t.dtype() == self.dtype() && (t.same_sizes(self) || t.numel() == 1) &&
         t.dim() <= self.dim() && (t->storage != self->storage || t.impl() == self.impl()) &&
         !t->storage->owner && !self->storage->owner;
}

template <class Op>
Tensor binary_in_place(const Tensor& self, const Operand& other,
                       Tensor (*function)(const Operand&, const Operand&)) {
  if (other.is_tensor()) check_no_partial_overlap(self, *other.tensor);
  if constexpr (Op::domain == Domain::Any) {
    if (writes_directly(self, other)) {
      check_inplace(self);
      check_binary_dtype<Op>(self.dtype());
      if constexpr (requires { Op::check_operands(self, other, self.dtype()); })
        Op::check_operands(self, other, self.dtype());
      binary_kernel<Op>(self, self, other, self.dtype());
      bump_version(self);
      return self;
    }
  }
  bool keeps_self = false;
  if constexpr (binary_has_gradient<Op>)
    keeps_self = (requires_grad(self) && (Op::left_uses & kLeft)) ||
                 (operand_requires_grad(other) && (Op::right_uses & kLeft));
  return in_place(self, keeps_self, [&](const Tensor& x) { return function(x, other); });
}

template <class Op>
Tensor unary_in_place(const Tensor& self, Tensor (*function)(const Tensor&)) {
  return in_place(self, unary_from_input<Op> && requires_grad(self),
                  [&](const Tensor& x) { return function(x); });
}

}  // namespace tg
