#include "kernels/stream.h"

#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(StreamKernels, stream_table)
const StreamKernels* const stream_kernels = loaded_isa(stream_table_of_isa);

}  // namespace tg
