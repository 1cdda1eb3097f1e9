// Python's dtype, Size, device, layout and memory_format objects.
#pragma once

#include <span>

#include "bindings/python.h"
#include "core/layout.h"

namespace tg {

PyObject* dtype_object(DType dtype);  // borrowed; one per dtype
bool dtype_from_object(PyObject* object,
                       DType* dtype);  // dtype objects and Python's float, int, bool
bool memory_format_from_object(PyObject* object, MemoryFormat* format);
PyObject* size_object(std::span<const int64_t> sizes);  // new reference to a Size
void check_device(PyObject* device);                    // None, "cpu", device("cpu"): else an error
PyObject* cpu_device();                                 // borrowed

void bind_types(PyObject* module);

}  // namespace tg
