#include "kernels/elementary.h"

#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(ElementaryKernels, elementary_kernels)

const ElementaryKernels* const elementary_kernels = loaded_isa(elementary_kernels_of_isa);

}  // namespace tg
