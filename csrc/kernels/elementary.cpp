#include "kernels/elementary.h"

#include "kernels/isa.h"

namespace tg {

#define TG_DECLARE_TABLE(name)                       \
  namespace name {                                   \
  extern const ElementaryKernels elementary_kernels; \
  }
TG_FOR_EACH_ISA(TG_DECLARE_TABLE)
#undef TG_DECLARE_TABLE

#define TG_TABLE_ENTRY(name) &name::elementary_kernels,
static constexpr const ElementaryKernels* kTables[] = {TG_FOR_EACH_ISA(TG_TABLE_ENTRY)};
#undef TG_TABLE_ENTRY
const ElementaryKernels* const elementary_kernels = loaded_isa(kTables);

}  // namespace tg
