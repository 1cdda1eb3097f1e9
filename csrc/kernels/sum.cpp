#include "kernels/sum.h"

#include "kernels/isa.h"

namespace tg {

#define TG_DECLARE_TABLE(name)         \
  namespace name {                     \
  extern const SumKernels sum_kernels; \
  }
TG_FOR_EACH_ISA(TG_DECLARE_TABLE)
#undef TG_DECLARE_TABLE

const SumKernels& sum_kernels_of_machine() {
#define TG_TABLE_ENTRY(name) &name::sum_kernels,
  static constexpr const SumKernels* kTables[] = {TG_FOR_EACH_ISA(TG_TABLE_ENTRY)};
#undef TG_TABLE_ENTRY
  static const SumKernels& table = pick_isa(kTables);
  return table;
}

}  // namespace tg
