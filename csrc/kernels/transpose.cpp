#include "kernels/transpose.h"

#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(TransposeKernels, transpose_kernels)

namespace {
const TransposeKernels* const kernels = loaded_isa(transpose_kernels_of_isa);

template <class Item>
void one_by_one(char* to, int64_t to_row, const char* from, int64_t from_row, int64_t rows,
                int64_t columns) {
  for (int64_t i = 0; i < rows; ++i, to += to_row, from += sizeof(Item)) {
    Item* const out = reinterpret_cast<Item*>(to);
    const char* in = from;
    for (int64_t j = 0; j < columns; ++j, in += from_row)
      out[j] = *reinterpret_cast<const Item*>(in);
  }
}
}  // namespace

void transpose(int64_t item, char* to, int64_t to_row, const char* from, int64_t from_row,
               int64_t rows, int64_t columns) {
  const TransposeKernel kernel = item == 8   ? kernels->of_8_bytes
                                 : item == 4 ? kernels->of_4_bytes
                                 : item == 2 ? one_by_one<uint16_t>
                                             : one_by_one<uint8_t>;
  kernel(to, to_row, from, from_row, rows, columns);
}

}  // namespace tg
