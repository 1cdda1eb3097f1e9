// repr() of tensors: what kernels/format.h needs to know, taken from the tensor.
#pragma once

#include "bindings/bind.h"

namespace tg {

PyObject* tensor_repr(PyObject* tensor);
void bind_printing(Binder& b);

}  // namespace tg
