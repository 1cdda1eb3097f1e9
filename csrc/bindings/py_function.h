// The context object that a custom autograd function's node owns.
#pragma once

#include "autograd/node.h"
#include "bindings/python.h"

namespace tg {

PyObject* function_context(Node* node);  // borrowed; null for other nodes

}  // namespace tg
