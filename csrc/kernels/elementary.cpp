#include "kernels/elementary.h"

#include "kernels/isa.h"

namespace tg {

#define TG_DECLARE_TABLE(name)                       \
  namespace name {                                   \
  extern const ElementaryKernels elementary_kernels; \
  }
TG_FOR_EACH_ISA(TG_DECLARE_TABLE)
#undef TG_DECLARE_TABLE

namespace {
const ElementaryKernels* best() noexcept {
#define TG_TABLE_ENTRY(name) &name::elementary_kernels,
  static constexpr const ElementaryKernels* kTables[] = {TG_FOR_EACH_ISA(TG_TABLE_ENTRY)};
#undef TG_TABLE_ENTRY
  try {
    return &pick_isa(kTables);
  } catch (...) {  // the bindings meet the same error when they ask, and can raise it
    return kTables[0];
  }
}
}  // namespace

const ElementaryKernels* const elementary_kernels = best();

}  // namespace tg
