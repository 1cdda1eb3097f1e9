#include "kernels/arithmetic.h"

#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(ArithmeticKernels, arithmetic_kernels)

const ArithmeticKernels* const arithmetic_kernels = loaded_isa(arithmetic_kernels_of_isa);

namespace {
BlockKernel of_item(const BlockKernels& kernels, int64_t item) {
  return item == 1 ? kernels.u8 : item == 2 ? kernels.i16 : item == 4 ? kernels.i32 : kernels.i64;
}
}  // namespace

void repeat(char* to, const char* number, int64_t item, int64_t n) {
  of_item(arithmetic_kernels->repeat, item)(to, number, nullptr, n);
}
void reverse(char* to, const char* last, int64_t item, int64_t n) {
  of_item(arithmetic_kernels->reverse, item)(to, last, nullptr, n);
}

}  // namespace tg
