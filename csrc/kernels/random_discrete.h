// Counts drawn one at a time: Poisson and binomial numbers, in PyTorch's stream.
#pragma once

#include "kernels/random.h"

namespace tg {

double next_unit(GeneratorState& state);  // in [0, 1), from two words
double draw_poisson(GeneratorState& state, double rate);
double draw_binomial(GeneratorState& state, double count, double p);

}  // namespace tg
