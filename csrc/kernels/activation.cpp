#include "kernels/activation.h"

#include "kernels/isa.h"

namespace tg {

#define TG_DECLARE_TABLE(name)                       \
  namespace name {                                   \
  extern const ActivationKernels activation_kernels; \
  }
TG_FOR_EACH_ISA(TG_DECLARE_TABLE)
#undef TG_DECLARE_TABLE

const ActivationKernels& activation_kernels() {
#define TG_TABLE_ENTRY(name) &name::activation_kernels,
  static constexpr const ActivationKernels* kTables[] = {TG_FOR_EACH_ISA(TG_TABLE_ENTRY)};
#undef TG_TABLE_ENTRY
  return pick_isa(kTables);
}

}  // namespace tg
