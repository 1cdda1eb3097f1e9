#include "kernels/arithmetic.h"

#include "kernels/isa.h"

namespace tg {

#define TG_DECLARE_TABLE(name)                       \
  namespace name {                                   \
  extern const ArithmeticKernels arithmetic_kernels; \
  }
TG_FOR_EACH_ISA(TG_DECLARE_TABLE)
#undef TG_DECLARE_TABLE

#define TG_TABLE_ENTRY(name) &name::arithmetic_kernels,
static constexpr const ArithmeticKernels* kTables[] = {TG_FOR_EACH_ISA(TG_TABLE_ENTRY)};
#undef TG_TABLE_ENTRY
const ArithmeticKernels* const arithmetic_kernels = loaded_isa(kTables);

}  // namespace tg
