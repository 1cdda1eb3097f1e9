#include "kernels/arithmetic.h"

#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(ArithmeticKernels, arithmetic_kernels)

const ArithmeticKernels* const arithmetic_kernels = loaded_isa(arithmetic_kernels_of_isa);

}  // namespace tg
