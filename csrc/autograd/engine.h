// Reverse-mode engine: walks recorded nodes from the roots, newest first, and delivers gradients.
// Start at run_backward(); node.h says what one step knows.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "autograd/hooks.h"
#include "autograd/node.h"

namespace tg {

struct BackwardOptions {
  bool retain_graph = false;
  bool create_graph = false;
};

// Accumulates into .grad of every leaf reached (or only of `inputs` if not empty).
void backward(std::span<const Tensor> roots, std::span<const Tensor> grads,
              std::span<const Tensor> inputs, BackwardOptions options);
// The gradients of the roots with respect to `inputs`; undefined where a root does not depend on
// one.
std::vector<Tensor> grad(std::span<const Tensor> roots, std::span<const Tensor> grads,
                         std::span<const Tensor> inputs, BackwardOptions options);

// What a hook may ask about the backward pass that runs it: a number of its own (0: none runs), and
// whether `t` gets a gradient in it.
uint64_t current_backward();
bool will_receive_gradient(const Tensor& t);

// Makes grad_fn's of a non-leaf keep its gradient in .grad.
void retain_grad(const Tensor& t);

uint64_t next_hook_id();
uint64_t add_tensor_hook(const Tensor& t, std::shared_ptr<Hook> hook);
void remove_tensor_hook(const Tensor& t, uint64_t id);

// Installed by the bindings: raises PythonError where a signal handler did. Called every few
// thousand nodes.
extern void (*check_interrupt)();
// Installed by the bindings: runs f, which may call hooks, with the error in flight out of the way.
extern void (*run_beside_error)(const std::function<void()>& f);

}  // namespace tg
