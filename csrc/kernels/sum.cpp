#include "kernels/sum.h"

#include "kernels/isa.h"

namespace tg {

#define TG_DECLARE_TABLE(name)         \
  namespace name {                     \
  extern const SumKernels sum_kernels; \
  }
TG_FOR_EACH_ISA(TG_DECLARE_TABLE)
#undef TG_DECLARE_TABLE

namespace {
const SumKernels& kernels() {
#define TG_TABLE_ENTRY(name) &name::sum_kernels,
  static constexpr const SumKernels* kTables[] = {TG_FOR_EACH_ISA(TG_TABLE_ENTRY)};
#undef TG_TABLE_ENTRY
  static const SumKernels& table = pick_isa(kTables);
  return table;
}
}  // namespace

float dense_sum(const float* x, int64_t n) { return kernels().of_float(x, n); }
double dense_sum(const double* x, int64_t n) { return kernels().of_double(x, n); }
void column_sums(const float* x, int64_t rows, int64_t pitch, int64_t width, float* sums) {
  kernels().of_float_columns(x, rows, pitch, width, sums);
}
void column_sums(const double* x, int64_t rows, int64_t pitch, int64_t width, double* sums) {
  kernels().of_double_columns(x, rows, pitch, width, sums);
}

}  // namespace tg
