#include "ops/elementwise.h"

#include <algorithm>
#include <cstring>

namespace tg {

// --- dtypes
// ----------------------------------------------------------------------------------------
DType elementwise_dtype(DType in, Domain domain, const char* kernel_name) {
  auto refuse = [&] {
    fail(ErrorKind::NotImplemented, "\"", kernel_name, "_cpu\" not implemented for '",
         info(in).scalar, "'");
  };
  if (is_complex(in)) refuse();
  switch (domain) {
    case Domain::Any:
    case Domain::Predicate:
      break;
    case Domain::Number:
      if (in == DType::Bool) refuse();
      break;
    case Domain::Integers:
      if (!is_integral(in)) refuse();
      break;
    case Domain::Bits:
      if (is_floating(in)) refuse();
      break;
    case Domain::OnlyFloating:
      if (!is_floating(in)) refuse();
      break;
    case Domain::Floating:
    case Domain::WideFloating:
      if (!is_floating(in)) in = default_dtype();
      if (domain == Domain::WideFloating && itemsize(in) == 2) refuse();
      break;
  }
  return in;
}

DType elementwise_dtype(DType in, const Elementwise& op) {
  if (in == DType::Bool) [[unlikely]] {
    if (op.refuse_bool) op.refuse_bool();
    if (op.bool_as_int) return DType::Int64;
  }
  return elementwise_dtype(in, op.domain, op.kernel_name);
}

// --- values
// ----------------------------------------------------------------------------------------
Dims broadcast_strides(const Tensor& t, std::span<const int64_t> sizes) {
  Dims strides(int(sizes.size()));
  const int shift = int(sizes.size()) - t.dim();
  for (int i = shift; i < int(sizes.size()); ++i)
    strides[i] = t.size(i - shift) == 1 && sizes[size_t(i)] != 1 ? 0 : t.stride(i - shift);
  return strides;
}

namespace {
// The kernel for contiguous operands of this dtype that come and go as they are; null: see
// kernels/blocks.cpp.
BlockKernel plain_kernel(const BlockKernels& kernels, DType dtype) {
  return dtype == DType::Float32 ? kernels.f32 : dtype == DType::Float64 ? kernels.f64 : nullptr;
}
constexpr int64_t kShort = kCheapGrain - 1;  // elements that need no thought of threads and memory
}  // namespace

Tensor empty_or_out(std::span<const int64_t> sizes, DType dtype) {
  if (!out_argument) [[likely]]
    return empty(sizes, dtype);
  const Tensor& out = *out_argument;
  if (out.dtype() != dtype || !std::ranges::equal(out.sizes(), sizes)) return empty(sizes, dtype);
  out_argument = nullptr;
  return detached_alias(out, false);
}

Tensor apply_blocks(const BlockKernels& kernels, const Tensor& x, const void* parameters,
                    std::optional<DType> out) {
  if (const BlockKernel kernel = plain_kernel(kernels, x.dtype());
      kernel && !out && x.is_contiguous() && x.numel() <= kShort) {
    Tensor result = empty_or_out(x.sizes(), kernels.predicate ? DType::Bool : x.dtype());
    kernel(result->data, x->data, parameters, x.numel());
    return result;
  }
  const DType dtype = out ? *out : kernels.predicate ? DType::Bool : x.dtype();
  if (x.is_contiguous()) {
    Tensor result = empty_or_out(x.sizes(), dtype);
    run_flat_blocks(kernels, x.dtype(), result->data, dtype, x->data, parameters, x.numel());
    return result;
  }
  Tensor result = empty_for(x.sizes(), dtype, {&x});
  run_blocks(kernels, x.sizes(), {result->data, result.strides().data(), dtype},
             {x->data, x.strides().data(), x.dtype()}, parameters);
  return result;
}

Tensor zeros_like_gradient(const Tensor& g) {
  Tensor out = empty(g.sizes(), g.dtype());
  fill_values(out, Scalar(0));
  return out;
}
Tensor immutable_zeros(const Tensor& like) {
  Tensor zeros = zeros_like_gradient(like);
  zeros->storage->make_zero_tensor();
  return zeros;
}

namespace {
// Nobody but the engine, which is done with it after this node, sees its memory.
bool may_be_overwritten(const Tensor& grad) {
  return grad->refcount == 1 && grad->storage->refcount == 1 && !grad->python && !grad->base &&
         !grad->storage->owner && !grad->storage->deleter && !grad->storage->read_only &&
         grad.is_contiguous();
}
}  // namespace

Tensor apply_gradient(const BlockKernels& kernels, const Tensor& grad, const Tensor& kept) {
  // One number everywhere, what the gradient of a sum is, needs no copy.
  if (kept.numel() > 0 && kept.is_contiguous() && grad.same_sizes(kept) &&
      std::ranges::all_of(grad.strides(), [](int64_t stride) { return stride == 0; })) {
    Tensor out = empty(kept.sizes(), kept.dtype());
    run_flat_blocks(kernels, kept.dtype(), out->data, kept.dtype(), grad->data, true, kept->data,
                    false, kept.numel());
    return out;
  }
  const bool flat = same_dense_layout(grad, kept), overwrites = flat && may_be_overwritten(grad);
  const Tensor g = flat ? grad : contiguous(grad), k = flat ? kept : contiguous(kept);
  Tensor out = overwrites          ? grad
               : g.is_contiguous() ? empty(g.sizes(), g.dtype())
                                   : empty_like(g, g.dtype());
  run_flat_blocks(kernels, g.dtype(), out->data, g.dtype(), g->data, false, k->data, false,
                  g.numel());
  return out;
}

namespace {
constexpr int64_t kFewMixed = 4096;  // converted first, for the short way
// An operand that is computed with in the dtype `in`: a tensor, cast where the loop does not do it,
// or a number in a buffer; with `exact` a number beside 16-bit floats is a float32.
struct Side {
  Side(const Operand& x, DType in, bool exact) : dtype(in) {
    if (exact && is_floating(in) && itemsize(in) == 2 && (!x.is_tensor() || x.tensor->dim() == 0) &&
        !(x.is_tensor() && x.tensor->dtype() == in))
      dtype = in = DType::Float32;
    if (!x.is_tensor()) {
      visit_dtype(in, [&](auto tag) {
        using T = typename decltype(tag)::type;
        const T value = x.scalar.to<T>();
        std::memcpy(number, &value, sizeof value);
      });
    } else if (x.tensor->dtype() == in || (takes_mixed(in) && x.tensor->numel() > kFewMixed)) {
      tensor = x.tensor;
      dtype = tensor->dtype();
    } else {
      GradModeGuard off(false);
      held = to_dtype(*x.tensor, in);
      tensor = &held;
    }
  }
  char* data() { return tensor ? (*tensor)->data : number; }
  bool repeats() const { return !tensor || tensor->numel() == 1; }
  bool flat_beside(const Tensor& out) const {
    return repeats() || (tensor->is_contiguous() && tensor->numel() == out.numel());
  }
  Dims strides(const Tensor& out) const {
    return tensor ? broadcast_strides(*tensor, out.sizes()) : Dims(out.dim());
  }
  DType dtype;
  const Tensor* tensor = nullptr;
  Tensor held;
  alignas(8) char number[8];
};

void run_binary(const BlockKernels& kernels, const Tensor& out, Side& a, Side& b, DType in) {
  if (out.is_contiguous() && a.flat_beside(out) && b.flat_beside(out) && a.dtype == in &&
      b.dtype == in) {
    run_flat_blocks(kernels, in, out->data, out.dtype(), a.data(), a.repeats(), b.data(),
                    b.repeats(), out.numel());
    return;
  }
  const Dims stride_a = a.strides(out), stride_b = b.strides(out);
  run_blocks(kernels, in, out.sizes(), {out->data, out.strides().data(), out.dtype()},
             {a.data(), stride_a.data(), a.dtype}, {b.data(), stride_b.data(), b.dtype});
}

// Memory for the result, in the order of the operands'.
Tensor result_for(const Tensor* a, const Tensor* b, DType dtype) {
  if (!a || !b) {
    const Tensor& t = a ? *a : *b;
    return t.is_plain() ? empty_or_out(t.sizes(), dtype) : empty_for(t.sizes(), dtype, {&t}, true);
  }
  if (a->same_sizes(*b))
    return a->is_contiguous() && b->is_contiguous() ? empty_or_out(a->sizes(), dtype)
                                                    : empty_for(a->sizes(), dtype, {a, b});
  const Dims sizes = broadcast_sizes(a->sizes(), b->sizes());
  return a->is_plain() && b->is_plain() ? empty_or_out(sizes, dtype)
                                        : empty_for(sizes, dtype, {a, b});
}

void check(const Elementwise& op, const Operand& a, const Operand& b, DType in) {
  if (op.check_dtype) op.check_dtype(in);
  if (op.check_operands) op.check_operands(a, b, in);
}
}  // namespace

namespace {
// An operand of the short way: a tensor like `like`, or a number beside a few elements.
struct Plain {
  static constexpr int64_t kMost = 8;
  bool take(const Operand& x, const Tensor& like) {
    const int64_t n = like.numel();
    if (const Tensor* t = x.tensor) {
      data = (*t)->data;
      return t == &like ||
             (t->dtype() == like.dtype() && t->is_contiguous() && t->same_sizes(like));
    }
    if (n > kMost || !like.is_plain()) return false;
    if (like.dtype() == DType::Float32)
      std::fill_n(reinterpret_cast<float*>(number), n, x.scalar.to<float>());
    else
      std::fill_n(reinterpret_cast<double*>(number), n, x.scalar.to<double>());
    data = number;
    return true;
  }
  const char* data;
  alignas(16) char number[kMost * sizeof(double)];
};

// What most calls on small tensors are: contiguous operands of one float dtype and one shape.
class PlainCall {
 public:
  PlainCall(const Elementwise& op, const Operand& a, const Operand& b, const Tensor& like)
      : kernel_(plain_kernel(op.kernels, like.dtype())) {
    if (!kernel_ || !like.is_contiguous() || like.numel() > kShort || !left_.take(a, like) ||
        !right_.take(b, like))
      kernel_ = nullptr;
  }
  explicit operator bool() const { return kernel_ != nullptr; }
  void run(const Tensor& out) const { kernel_(out->data, left_.data, right_.data, out.numel()); }

 private:
  BlockKernel kernel_;
  Plain left_, right_;
};
}  // namespace

Tensor apply_blocks(const Elementwise& op, const Operand& a, const Operand& b) {
  if (!a.is_tensor() && !b.is_tensor()) [[unlikely]] {
    if (!op.takes_two_numbers)
      type_error(op.name, "(): argument 'input' (position 1) must be Tensor, not ",
                 a.scalar.is_floating() ? "float" : "int");
    const Tensor left = empty(Dims(), scalar_dtype(a.scalar));
    fill_values(left, a.scalar);
    return apply_blocks(op, left, b);
  }
  const Tensor& like = a.is_tensor() ? *a.tensor : *b.tensor;
  if (const PlainCall call(op, a, b, like); call) {
    check(op, a, b, like.dtype());
    Tensor out = empty_or_out(like.sizes(), op.kernels.predicate ? DType::Bool : like.dtype());
    call.run(out);
    return out;
  }
  const DType in = elementwise_dtype(result_type(a, b), op);
  check(op, a, b, in);
  // As in PyTorch, a 0-d tensor keeps its digits on the right only.
  Side left(a, in, op.exact_number && !a.is_tensor()), right(b, in, op.exact_number);
  Tensor out = result_for(a.tensor, b.tensor, op.kernels.predicate ? DType::Bool : in);
  run_binary(op.kernels, out, left, right, in);
  return out;
}

// --- the tape
// ----------------------------------------------------------------------------------------
namespace {

class BinaryNode final : public Node {
 public:
  BinaryNode(const BinaryDerivatives& op, const Tensor& a, const Tensor& b) : op_(op) {
    edges_[0] = gradient_edge(a);
    edges_[1] = gradient_edge(b);
    edges = edges_;
    edge_count = 2;
    const int uses = (edges_[0] ? op.left_uses : 0) | (edges_[1] ? op.right_uses : 0);
    if (uses & kLeft) left_ = Saved(a);
    if (uses & kRight) right_ = Saved(b);
    if (!a.same_sizes(b) || a.dtype() != b.dtype()) shapes_ = std::make_unique<Shapes>(a, b);
  }
  const char* name() const override { return op_.node; }
  void backward(std::span<Tensor> grads, GradInputs& to) override {
    if (released) raise_graph_freed();
    if (!grads[0].defined()) return;
    const Tensor a = left_.unpack(this), b = right_.unpack(this);
    if (op_.not_implemented) op_.left(grads[0], a, b);
    auto set = [&](int i, int side, Tensor grad) {
      if (op_.multiplies & side) grad = keep_zeros(grads[0], std::move(grad));
      to.set(i, fit(std::move(grad), i));
    };
    if (to.needed(0)) set(0, kLeft, op_.left(grads[0], a, b));
    if (to.needed(1)) set(1, kRight, op_.right(grads[0], a, b));
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

  const BinaryDerivatives& op_;
  Edge edges_[2];
  Saved left_, right_;
  std::unique_ptr<Shapes> shapes_;
};

// One operand is a number: one edge.
class BinaryNumberNode final : public Node {
 public:
  BinaryNumberNode(const BinaryDerivatives& op, const Tensor& t, double number, bool number_left)
      : op_(op), number_(number), dtype_(t.dtype()), number_left_(number_left) {
    edge_ = gradient_edge(t);
    edges = &edge_;
    edge_count = 1;
    if (number_left ? op.right_uses & kRight : op.left_uses & kLeft) kept_ = Saved(t);
  }
  const char* name() const override {
    return number_left_ ? op_.node_number_left : op_.node_number_right;
  }
  int number_input() const override { return op_.number_is_input ? 1 : -1; }
  void backward(std::span<Tensor> grads, GradInputs& to) override {
    if (released) raise_graph_freed();
    if (!grads[0].defined()) return;
    const Tensor t = kept_.unpack(this);
    Tensor g = number_left_ ? op_.right_of_number(grads[0], number_, t)
                            : op_.left_of_number(grads[0], t, number_);
    if (op_.multiplies & (number_left_ ? kRight : kLeft)) g = keep_zeros(grads[0], std::move(g));
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
  const BinaryDerivatives& op_;
  Edge edge_;
  Saved kept_;
  double number_;
  DType dtype_;
  bool number_left_;
};

}  // namespace

namespace {
// Integers get no node that would only refuse to run.
[[gnu::noinline]] bool integers_take_history(const char* node, const Tensor& out) {
  if (std::strstr(node, "NotImplemented")) return false;
  check_differentiable(out);
  return true;
}
inline bool takes_history(const char* node, const Tensor& out) {
  return is_floating(out.dtype()) || integers_take_history(node, out);
}
}  // namespace

void record_binary(const BinaryDerivatives& op, const Tensor& out, const Operand& a,
                   const Operand& b) {
  if (!grad_mode.enabled) return;
  if (a.is_tensor() && b.is_tensor()) {
    const bool left = joins_graph(*a.tensor), right = joins_graph(*b.tensor);
    if ((left || right) && takes_history(op.node, out))
      set_grad_fn(out, new BinaryNode(op, *a.tensor, *b.tensor));
  } else if (a.is_tensor()) {
    if (op.left_of_number && joins_graph(*a.tensor) && takes_history(op.node_number_right, out))
      set_grad_fn(out, new BinaryNumberNode(op, *a.tensor, b.scalar.to<double>(), false));
  } else if (b.is_tensor()) {
    if (op.right_of_number && joins_graph(*b.tensor) && takes_history(op.node_number_left, out))
      set_grad_fn(out, new BinaryNumberNode(op, *b.tensor, a.scalar.to<double>(), true));
  }
}

// --- in place
// ----------------------------------------------------------------------------------------
namespace {
bool broadcasts_to(const Tensor& t, const Tensor& self) {
  const int shift = self.dim() - t.dim();
  for (int i = t.dim() - 1; i >= 0; --i)
    if (shift < 0 || (t.size(i) != 1 && t.size(i) != self.size(i + shift))) return false;
  return true;
}
// The kernel may write straight into self: no cast or broadcast of self, no partial overlap.
bool writes_directly(const Tensor& self, const Operand& other) {
  if (result_type(self, other) != self.dtype()) return false;
  if (!other.is_tensor()) return true;
  const Tensor& t = *other.tensor;
  return broadcasts_to(t, self) && (t->storage != self->storage || t.impl() == self.impl()) &&
         !t->storage->owner && !self->storage->owner;
}
}  // namespace

Tensor elementwise_in_place(const Elementwise& op, const Tensor& self, bool keeps_self,
                            void (*remember)(const Tensor& out, const Tensor& x),
                            Tensor (*function)(const Tensor&)) {
  const bool recorded = grad_mode.enabled && requires_grad(self);
  if (elementwise_dtype(self.dtype(), op) != self.dtype())
    return in_place(self, keeps_self && recorded, function);
  check_inplace(self);
  Tensor before, result;
  if (recorded) {
    before = stand_in(self, keeps_self);
    result = detached_alias(self, false);
  }
  if (self.is_contiguous()) {
    run_flat_blocks(op.kernels, self.dtype(), self->data, self.dtype(), self->data, nullptr,
                    self.numel());
  } else {
    const BlockOperand in_and_out{self->data, self.strides().data(), self.dtype()};
    run_blocks(op.kernels, self.sizes(), in_and_out, in_and_out, nullptr);
  }
  bump_version(self);
  if (recorded) {
    remember(result, before);  // may keep the result, which is self in its new version
    take_history(self, result);
  }
  return self;
}

Tensor elementwise_in_place(const Elementwise& op, const BinaryDerivatives* derivatives,
                            const Tensor& self, const Operand& other, bool keeps_left,
                            Tensor (*function)(const Operand&, const Operand&)) {
  if (other.is_tensor()) check_no_partial_overlap(self, *other.tensor);
  const DType dtype = self.dtype();
  if (!op.kernels.predicate && writes_directly(self, other) &&
      elementwise_dtype(dtype, op) == dtype) {
    check_inplace(self);
    check(op, self, other, dtype);
    const bool recorded =
        derivatives && grad_mode.enabled && (requires_grad(self) || operand_requires_grad(other));
    Tensor result;
    if (recorded) {
      check_rebase(self);
      result = detached_alias(self, false);
      record_binary(*derivatives, result, stand_in(self, keeps_left), other);
    }
    if (const PlainCall call(op, self, other, self); call) {
      call.run(self);
    } else {
      Side left(self, dtype, false), right(other, dtype, op.exact_number);
      run_binary(op.kernels, self, left, right, dtype);
    }
    bump_version(self);
    if (recorded) take_history(self, result);
    return self;
  }
  return in_place(self, keeps_left, [&](const Tensor& x) { return function(x, other); });
}

}  // namespace tg
