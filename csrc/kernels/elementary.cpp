#include "kernels/elementary.h"

#include "kernels/isa.h"

namespace tg {

#define TG_DECLARE_TABLE(name)                       \
  namespace name {                                   \
  extern const ElementaryKernels elementary_kernels; \
  }
TG_FOR_EACH_ISA(TG_DECLARE_TABLE)
#undef TG_DECLARE_TABLE

const ElementaryKernels& elementary_kernels() {
#define TG_TABLE_ENTRY(name) &name::elementary_kernels,
  static constexpr const ElementaryKernels* kTables[] = {TG_FOR_EACH_ISA(TG_TABLE_ENTRY)};
#undef TG_TABLE_ENTRY
  static const ElementaryKernels& table = pick_isa(kTables);
  return table;
}

}  // namespace tg
