// Tensors from Python data: numbers, nested sequences, tensors, NumPy arrays and scalars.
#pragma once

#include <optional>

#include "bindings/python.h"
#include "core/tensor.h"

namespace tg {

// What torch.tensor(data) holds: always new memory, no history. Without a dtype it is inferred:
// that of arrays and tensors, else bool, int64 or the default floating type.
Tensor tensor_from_python(PyObject* data, std::optional<DType> dtype);

// torch.Tensor(...) and torch.LongTensor(...): no argument, sizes, or data (a sequence, an array, a
// tensor).
Tensor legacy_tensor(DType dtype, PyObject* args, PyObject* kwargs);

}  // namespace tg
