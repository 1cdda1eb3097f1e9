// Loops of the elementary functions in single precision.
#include "kernels/elementary.h"
#include "kernels/lane.h"

namespace tg::TG_ISA {
extern const ElementaryKernels elementary_kernels;
namespace {

// flatten: a call would end the vector code.
template <Lane (*function)(Lane)>
[[gnu::flatten]] void apply(void* out, const void* in, const void*, int64_t n) {
  auto* y = static_cast<float*>(out);
  auto* x = static_cast<const float*>(in);
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) y[i] = function(Lane(x[i])).v;
}

}  // namespace

const ElementaryKernels elementary_kernels{apply<exp>, apply<expm1>, apply<sigmoid>, apply<tanh>,
                                           apply<erf>};

}  // namespace tg::TG_ISA
