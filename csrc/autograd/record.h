// record(): the one way in which an operation enters the tape.
//
//   Tensor out = ...;                                              // computed by a kernel
//   record("SumBackward0", out, inputs(x), saves(), [sizes](const Tensor& grad) { return
//   expand(grad, sizes); }); record("MvBackward0", out, inputs(a, b), saves(a, b),
//          [](GradInputs& to, const Tensor& grad, const Tensor& a, const Tensor& b) { if
//          (to.needed(0)) ... });
//
// With one input the function returns its gradient; with several it sets those that are needed().
// Saved tensors come unpacked, in order, after their versions were checked; saved(out) marks an
// output. record() does nothing when grad mode is off or no input requires grad, so call it
// unconditionally.
#pragma once

#include <array>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/grad_mode.h"
#include "autograd/node.h"

namespace tg {

template <size_t N>
struct Inputs {
  std::array<const Tensor*, N> tensors;
};
template <class... T>
Inputs<sizeof...(T)> inputs(const T&... tensors) {
  return {{&tensors...}};
}

struct SavedOutput {
  const Tensor* tensor;
  uint32_t output_nr;
};
inline SavedOutput saved_output(const Tensor& t, uint32_t output_nr = 0) { return {&t, output_nr}; }

template <size_t M>
struct Saves {
  std::array<const Tensor*, M> tensors;
  std::array<int64_t, M> output_nr;  // -1: an input
};
namespace detail {
inline const Tensor* saved_pointer(const Tensor& t) { return &t; }
inline const Tensor* saved_pointer(const SavedOutput& t) { return t.tensor; }
inline int64_t saved_output_nr(const Tensor&) { return -1; }
inline int64_t saved_output_nr(const SavedOutput& t) { return t.output_nr; }
}  // namespace detail
// `t` where `input` needs it for its gradient: else nothing is kept, and t may be changed. A view
// made under no_grad requires grad, but gets none.
inline const Tensor no_tensor;
inline const Tensor& needed_by(const Tensor& input, const Tensor& t) {
  const bool tracked = input->grad_fn || !(input->flags & kViewOfNoGrad);
  return tracked && requires_grad(input) ? t : no_tensor;
}
template <class... T>
Saves<sizeof...(T)> saves(const T&... items) {
  return {{detail::saved_pointer(items)...}, {detail::saved_output_nr(items)...}};
}

[[noreturn]] void raise_graph_freed();

// A recorded operation of N inputs that keeps M tensors: all but its function, so that hundreds of
// operations share this code.
template <size_t N, size_t M>
class RecordedBase : public Node {
 public:
  const char* name() const override { return name_; }
  void release_saved() noexcept override {
    if (M) released = true;
    for (auto& s : saved_) s.reset();
  }
  Tensor saved_tensor(size_t i) override {
    if (M && released) raise_graph_freed();
    return i < M ? saved_[i].unpack(this) : Tensor();
  }
  [[gnu::noinline]] ~RecordedBase() override {}

  template <class F>
  void apply(F& f, std::span<Tensor> grads, GradInputs& to) {
    if (M && released) raise_graph_freed();
    apply(f, grads, to, std::make_index_sequence<M>());
  }

 protected:
  [[gnu::noinline]] RecordedBase(const char* name, const Inputs<N>& in, const Saves<M>& to_save)
      : name_(name) {
    for (size_t i = 0; i < N; ++i)
      if (in.tensors[i]->defined()) edges_[i] = gradient_edge(*in.tensors[i]);
    for (size_t i = 0; i < M; ++i)
      saved_[i] = to_save.output_nr[i] < 0
                      ? Saved(*to_save.tensors[i])
                      : Saved::output(*to_save.tensors[i], uint32_t(to_save.output_nr[i]));
    edges = edges_.data();
    edge_count = N;
  }

 private:
  template <class F, size_t... I>
  void apply(F& f, std::span<Tensor> grads, GradInputs& to, std::index_sequence<I...>) {
    if constexpr (std::is_invocable_v<F&, GradInputs&, std::span<Tensor>,
                                      decltype((void)I, Tensor())...>) {
      f(to, grads, saved_[I].unpack(this)...);
    } else if constexpr (N == 1 && std::is_invocable_r_v<Tensor, F&, const Tensor&,
                                                         decltype((void)I, Tensor())...>) {
      if (grads[0].defined()) to.set(0, f(grads[0], saved_[I].unpack(this)...));
    } else {
      if (grads[0].defined()) f(to, grads[0], saved_[I].unpack(this)...);
    }
  }

  const char* name_;
  std::array<Edge, N> edges_;

 protected:
  std::array<Saved, M> saved_;
};

// With a function that has captured something.
template <size_t N, size_t M, class F>
class RecordedNode final : public RecordedBase<N, M> {
 public:
  RecordedNode(const char* name, const Inputs<N>& in, const Saves<M>& saved, F f)
      : RecordedBase<N, M>(name, in, saved), f_(std::move(f)) {}
  void backward(std::span<Tensor> grads, GradInputs& to) override { this->apply(f_, grads, to); }

 private:
  F f_;
};

// With a function that has captured nothing: one class for all of them.
template <size_t N, size_t M>
class RecordedCall final : public RecordedBase<N, M> {
 public:
  using Call = void (*)(RecordedBase<N, M>& node, std::span<Tensor> grads, GradInputs& to);
  [[gnu::noinline]] RecordedCall(const char* name, const Inputs<N>& in, const Saves<M>& saved,
                                 Call call)
      : RecordedBase<N, M>(name, in, saved), call_(call) {}
  void backward(std::span<Tensor> grads, GradInputs& to) override { call_(*this, grads, to); }

 private:
  Call call_;
};

template <size_t N, size_t M, class F>
Node* recorded_node(const char* name, const Inputs<N>& in, const Saves<M>& saved, F&& f) {
  using Function = std::remove_cvref_t<F>;
  if constexpr (std::is_empty_v<Function>) {
    return new RecordedCall<N, M>(
        name, in, saved, [](RecordedBase<N, M>& node, std::span<Tensor> grads, GradInputs& to) {
          Function function;
          node.apply(function, grads, to);
        });
  } else {
    return new RecordedNode<N, M, Function>(name, in, saved, std::forward<F>(f));
  }
}

template <size_t N>
[[gnu::noinline]] bool any_joins_graph(const Tensor& out, const Inputs<N>& in) {
  bool any = false;
  for (const Tensor* t : in.tensors) any |= t->defined() && joins_graph(*t);
  if (any) check_differentiable(out);
  return any;
}
template <size_t N>
bool should_record(const Tensor& out, const Inputs<N>& in) {
  return grad_mode.enabled && any_joins_graph(out, in);
}

template <size_t N, size_t M, class F>
void record(const char* name, const Tensor& out, const Inputs<N>& in, const Saves<M>& saved, F f) {
  if (!should_record(out, in)) return;
  set_grad_fn(out, recorded_node(name, in, saved, std::move(f)));
}

// The same for several outputs: the function takes (GradInputs&, std::span<Tensor> grads,
// saved...), where the gradient of an unused output is undefined.
template <size_t N, size_t M, class F>
void record_outputs(const char* name, std::span<const Tensor> outs, const Inputs<N>& in,
                    const Saves<M>& saved, F f) {
  if (outs.empty() || !should_record(outs[0], in)) return;
  Node* node = recorded_node(name, in, saved, std::move(f));
  node->output_count = uint32_t(outs.size());
  for (size_t i = 0; i < outs.size(); ++i) {
    if (i) ++node->refcount;
    set_grad_fn(outs[i], node, uint32_t(i));
  }
}

// Any number of inputs (cat, stack): f(GradInputs&, const Tensor& grad).
template <class F>
class ListNode final : public Node {
 public:
  ListNode(const char* name, std::vector<Edge> list, F f)
      : name_(name), f_(std::move(f)), list_(std::move(list)) {
    edges = list_.data();
    edge_count = uint32_t(list_.size());
  }
  const char* name() const override { return name_; }
  void backward(std::span<Tensor> grads, GradInputs& to) override {
    if (grads[0].defined()) f_(to, grads[0]);
  }

 private:
  const char* name_;
  F f_;
  std::vector<Edge> list_;
};
template <class F>
void record_list(const char* name, const Tensor& out, std::span<const Tensor> in, F f) {
  if (!grad_mode.enabled) return;
  bool any = false;
  for (const Tensor& t : in) any |= joins_graph(t);
  if (!any) return;
  check_differentiable(out);
  std::vector<Edge> list;
  list.reserve(in.size());
  for (const Tensor& t : in) list.push_back(gradient_edge(t));
  set_grad_fn(out, new ListNode<F>(name, std::move(list), std::move(f)));
}

}  // namespace tg
