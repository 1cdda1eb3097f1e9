// NumPy arrays and other buffers as tensors over the same memory, and back. NumPy is looked up when
// it is used. Tensors offer the buffer protocol in turn.
#pragma once

#include <optional>

#include "bindings/python.h"
#include "core/tensor.h"

namespace tg {

bool is_ndarray(PyObject* o);
// The dtype of a NumPy scalar (int64 for the unsigned types that tensors lack); none for other
// objects.
std::optional<DType> numpy_scalar_dtype(PyObject* o);

// A tensor over the memory of an array. Memory that the array may not write is read-only here, too.
Tensor tensor_from_array(PyObject* array);
// A 1-d tensor over a part of any object with the buffer protocol: `count` elements (-1: all) from
// byte `offset` on.
Tensor tensor_from_buffer(PyObject* buffer, DType dtype, int64_t count, int64_t offset);
// An ndarray over the memory of a tensor.
PyObject* to_numpy(const Tensor& t, bool force);

// Slots of the Tensor type.
int get_buffer(PyObject* self, Py_buffer* view, int flags);
void release_buffer(PyObject* self, Py_buffer* view);

}  // namespace tg
