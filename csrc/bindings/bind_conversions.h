// Values in and out of tensors; called by bind_factories().
#pragma once

#include "bindings/bind.h"

namespace tg {

void bind_conversions(Binder& b);

}  // namespace tg
