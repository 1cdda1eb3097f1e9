// Elementary functions of single-precision numbers as vector code, compiled once per instruction
// set. A number has the same bits wherever in a tensor it stands.
#pragma once

#include "kernels/blocks.h"

namespace tg {

struct ElementaryKernels {
  BlockKernel exp, expm1, sigmoid, tanh, erf;
};
// Those of the best instruction set that this machine has.
const ElementaryKernels& elementary_kernels();

template <BlockKernel ElementaryKernels::* function>
void elementary_block(void* out, const void* a, const void* b, int64_t n) {
  (elementary_kernels().*function)(out, a, b, n);
}

}  // namespace tg
