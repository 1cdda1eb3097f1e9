#include "kernels/cdist_kernels.h"
#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(CdistKernels, cdist_kernels)

const CdistKernels& cdist_kernels() {
  static const CdistKernels& table = pick_isa(cdist_kernels_of_isa);
  return table;
}

}  // namespace tg
