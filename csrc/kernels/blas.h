// Matrix products of an external BLAS, for those who build with TAPEGRAD_BLAS=openblas.
#pragma once

#include "kernels/gemm_kernels.h"

namespace tg {

// "own", or the name of the library.
const char* blas_name();

// Whether the library has computed the product. It gets those that are large in all three sizes and
// laid out by rows or by columns.
bool blas_gemm(const GemmArgs<float>& args);
bool blas_gemm(const GemmArgs<double>& args);

}  // namespace tg
