// Values of tensors as Python numbers and nested lists.
#pragma once

#include "bindings/python.h"
#include "core/tensor.h"

namespace tg {

PyObject* item(const Tensor& t);     // bool, int or float; an error unless t has one element
PyObject* to_list(const Tensor& t);  // lists in lists; a number for a 0-d tensor

// The same as methods without arguments. Loops call them at every step.
PyObject* item_method(PyObject* self, PyObject*) noexcept;
PyObject* tolist_method(PyObject* self, PyObject*) noexcept;

}  // namespace tg
