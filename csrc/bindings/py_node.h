// grad_fn objects: one Python type per node name, one object per node while either lives.
#pragma once

#include "autograd/node.h"
#include "bindings/python.h"

namespace tg {

PyObject* wrap_node(Node* node);        // new reference; None for null
PyObject* wrap_edge(const Edge& edge);  // the node, or an AccumulateGrad object for a leaf
PyObject* wrap_grad_fn(const Tensor& t);
bool is_node(PyObject* o);
const char* short_name(const Node* node);  // "CopySlices" of "torch::autograd::CopySlices"

}  // namespace tg
