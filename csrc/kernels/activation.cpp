#include "kernels/activation.h"

#include "kernels/isa.h"

namespace tg {

TG_ISA_TABLES(ActivationKernels, activation_kernels)

const ActivationKernels& activation_kernels() { return pick_isa(activation_kernels_of_isa); }

}  // namespace tg
