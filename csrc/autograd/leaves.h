// Which leaves a graph was made from.
#pragma once

#include <span>

#include "autograd/node.h"

namespace tg {

// Whether a gradient of `outputs` would reach a leaf that is not among `known`.
bool reaches_other_leaf(std::span<const Tensor> outputs, std::span<const Tensor> known);

}  // namespace tg
