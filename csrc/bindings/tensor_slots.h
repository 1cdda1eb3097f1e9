// Operators, indexing, properties and protocols of the Python Tensor type.
#pragma once

#include <vector>

#include "bindings/python.h"

namespace tg {

void append_tensor_slots(std::vector<PyType_Slot>& slots);

}  // namespace tg
