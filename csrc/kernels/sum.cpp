#include "kernels/sum.h"

#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(SumKernels, sum_kernels)

const SumKernels& sum_kernels_of_machine() {
  static const SumKernels& table = pick_isa(sum_kernels_of_isa);
  return table;
}

}  // namespace tg
