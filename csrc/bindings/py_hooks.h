// Python callables as hooks, and what the garbage collector sees of a tensor's place in the graph.
#pragma once

#include <memory>

#include "autograd/node.h"
#include "bindings/python.h"

namespace tg {

struct PyHook final : Hook {
  explicit PyHook(PyObject* f) : function(Ref::borrow(f)) {}
  Tensor call(const Tensor& grad) override;
  Ref function;
};

struct PyNodeHook final : NodeHook {
  PyNodeHook(PyObject* f, bool is_before) : function(Ref::borrow(f)), before(is_before) {}
  void call(std::span<Tensor> grad_inputs, std::span<Tensor> grad_outputs) override;
  Ref function;
  bool before;
};

int visit_tensor(TensorImpl* impl, visitproc visit, void* arg);
void clear_tensor(TensorImpl* impl);
int visit_node(Node* node, visitproc visit, void* arg);
void clear_node(Node* node);

}  // namespace tg
