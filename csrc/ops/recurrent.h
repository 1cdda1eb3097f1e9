// The steps of recurrent networks after their matrix products, one fused loop each.
#pragma once

#include <tuple>

#include "core/tensor.h"

namespace tg {

// Hochreiter & Schmidhuber 1997: gates of the input and of the hidden state (N, 4H), which are
// added, in the order input, forget, cell, output and cell state (N, H) give the new hidden and
// cell states.
std::tuple<Tensor, Tensor> lstm_step(const Tensor& input_gates, const Tensor& hidden_gates,
                                     const Tensor& cell);
// Cho et al. 2014: gates of the input and of the hidden state (N, 3H) in the order reset, update,
// new and the hidden state (N, H) give the new one.
Tensor gru_step(const Tensor& input_gates, const Tensor& hidden_gates, const Tensor& hidden);

}  // namespace tg
