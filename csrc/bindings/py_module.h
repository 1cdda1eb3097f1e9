// The type of the package as a module.
#pragma once

#include "bindings/python.h"

namespace tg {

// Adds `_Module` to the module: for the package's __class__.
void bind_module_type(PyObject* module);

}  // namespace tg
