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
// All steps of a sequence of gates (T, N, 4H), to which those of the hidden state before, times the
// transposed weight, are added: the hidden and cell states (T, N, H) from the first ones (N, H) on,
// in the order of time, or the other way where `reverse`. float32 and float64.
std::tuple<Tensor, Tensor> lstm_layer(const Tensor& input_gates, const Tensor& hidden,
                                      const Tensor& cell, const Tensor& weight, bool reverse);
// Cho et al. 2014: gates of the input and of the hidden state (N, 3H) in the order reset, update,
// new and the hidden state (N, H) give the new one.
Tensor gru_step(const Tensor& input_gates, const Tensor& hidden_gates, const Tensor& hidden);

}  // namespace tg
