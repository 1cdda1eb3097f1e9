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
#include <tuple>
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
// `t` where `input` needs it for its gradient: else nothing is kept, and t may be changed.
inline const Tensor no_tensor;
inline const Tensor& needed_by(const Tensor& input, const Tensor& t) {
  return requires_grad(input) ? t : no_tensor;
}
template <class... T>
Saves<sizeof...(T)> saves(const T&... items) {
  return {{detail::saved_pointer(items)...}, {detail::saved_output_nr(items)...}};
}

[[noreturn]] void raise_graph_freed();

template <size_t N, size_t M, class F>
class RecordedNode final : public Node {
 public:
  RecordedNode(const char* name, const Inputs<N>& in, const Saves<M>& to_save, F f)
      : name_(name), f_(std::move(f)) {
    for (size_t i = 0; i < N; ++i)
      if (in.tensors[i]->defined()) edges_[i] = gradient_edge(*in.tensors[i]);
    for (size_t i = 0; i < M; ++i)
      saved_[i] = to_save.output_nr[i] < 0
                      ? Saved(*to_save.tensors[i])
                      : Saved::output(*to_save.tensors[i], uint32_t(to_save.output_nr[i]));
    edges = edges_.data();
    edge_count = N;
  }
  const char* name() const override { return name_; }
  void backward(std::span<Tensor> grads, GradInputs& to) override {
    if (M && released) raise_graph_freed();
    apply(grads, to, std::make_index_sequence<M>());
  }
  void release_saved() noexcept override {
    if (M) released = true;
    for (auto& s : saved_) s.reset();
  }
  Tensor saved_tensor(size_t i) override {
    if (M && released) raise_graph_freed();
    return i < M ? saved_[i].unpack(this) : Tensor();
  }

 private:
  template <size_t... I>
  void apply(std::span<Tensor> grads, GradInputs& to, std::index_sequence<I...>) {
    if constexpr (std::is_invocable_v<F&, GradInputs&, std::span<Tensor>,
                                      decltype((void)I, Tensor())...>) {
      f_(to, grads, saved_[I].unpack(this)...);
    } else if constexpr (N == 1 && std::is_invocable_r_v<Tensor, F&, const Tensor&,
                                                         decltype((void)I, Tensor())...>) {
      if (grads[0].defined()) to.set(0, f_(grads[0], saved_[I].unpack(this)...));
    } else {
      if (grads[0].defined()) f_(to, grads[0], saved_[I].unpack(this)...);
    }
  }

  const char* name_;
  [[no_unique_address]] F f_;
  std::array<Edge, N> edges_;
  std::array<Saved, M> saved_;
};

template <size_t N>
bool should_record(const Inputs<N>& in) {
  if (!grad_mode.enabled) return false;
  bool any = false;
  for (const Tensor* t : in.tensors) any |= t->defined() && joins_graph(*t);
  return any;
}

template <size_t N, size_t M, class F>
void record(const char* name, const Tensor& out, const Inputs<N>& in, const Saves<M>& saved, F f) {
  if (!should_record(in)) return;
  set_grad_fn(out, new RecordedNode<N, M, F>(name, in, saved, std::move(f)));
}

// The same for several outputs: the function takes (GradInputs&, std::span<Tensor> grads,
// saved...), where the gradient of an unused output is undefined.
template <size_t N, size_t M, class F>
void record_outputs(const char* name, std::span<const Tensor> outs, const Inputs<N>& in,
                    const Saves<M>& saved, F f) {
  if (outs.empty() || !should_record(in)) return;
  auto* node = new RecordedNode<N, M, F>(name, in, saved, std::move(f));
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
  std::vector<Edge> list;
  list.reserve(in.size());
  for (const Tensor& t : in) list.push_back(gradient_edge(t));
  set_grad_fn(out, new ListNode<F>(name, std::move(list), std::move(f)));
}

}  // namespace tg
