// Functions of torch.special of one input that have no derivative in PyTorch.
#include "kernels/special.h"
#include "ops/elementwise.h"
#include "ops/special.h"

namespace tg {
namespace {

template <double (*F)(double)>
Tensor plain_unary(const char* name, const Tensor& x) {
  const DType dtype = elementwise_dtype(x.dtype(), Domain::WideFloating, name);
  GradModeGuard off(false);
  return apply_blocks(unary_blocks<OfDouble<F>>, to_dtype(x, dtype));
}

}  // namespace

#define TG_DEFINE(function, of) \
  Tensor function(const Tensor& x) { return plain_unary<of>(#function, x); }
TG_DEFINE(bessel_j0, bessel_j0_of)
TG_DEFINE(bessel_j1, bessel_j1_of)
TG_DEFINE(bessel_y0, bessel_y0_of)
TG_DEFINE(bessel_y1, bessel_y1_of)
TG_DEFINE(modified_bessel_i0, bessel_i0_of)
TG_DEFINE(modified_bessel_i1, bessel_i1_of)
TG_DEFINE(modified_bessel_k0, bessel_k0_of)
TG_DEFINE(modified_bessel_k1, bessel_k1_of)
TG_DEFINE(scaled_modified_bessel_k0, bessel_k0e_of)
TG_DEFINE(scaled_modified_bessel_k1, bessel_k1e_of)
TG_DEFINE(spherical_bessel_j0, spherical_j0_of)
TG_DEFINE(airy_ai, airy_ai_of)
#undef TG_DEFINE

}  // namespace tg
