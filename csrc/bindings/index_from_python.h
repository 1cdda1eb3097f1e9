// x[key] and x[key] = value: the slots of the Python Tensor type.
#pragma once

#include "bindings/python.h"

namespace tg {

PyObject* getitem(PyObject* self, PyObject* key);
int setitem(PyObject* self, PyObject* key,
            PyObject* value);  // a null value (del x[key]) raises TypeError

}  // namespace tg
