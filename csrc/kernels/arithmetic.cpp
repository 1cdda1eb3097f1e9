#include "kernels/arithmetic.h"

#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(ArithmeticKernels, arithmetic_kernels)

const ArithmeticKernels* const arithmetic_kernels = loaded_isa(arithmetic_kernels_of_isa);

void repeat(char* to, const char* number, int64_t item, int64_t n) {
  const BlockKernels& kernels = arithmetic_kernels->repeat;
  const BlockKernel kernel = item == 1   ? kernels.u8
                             : item == 2 ? kernels.i16
                             : item == 4 ? kernels.i32
                                         : kernels.i64;
  kernel(to, number, nullptr, n);
}

}  // namespace tg
