// The steps of recurrent networks after their matrix products, on dense memory, for float and
// double. Gates are (rows, parts * size), states (rows, size). The sum of the gates of the input
// and of the hidden state is taken here.
#pragma once

#include <cstdint>

namespace tg {

template <class T>
struct RecurrentStep {
  int64_t rows, size;
  const T *input_gates, *hidden_gates, *state;

  // Gates in the order input, forget, cell, output; the state is the cell's. Gradients that are
  // null count as zero.
  void lstm(T* hidden, T* cell) const;
  void lstm_backward(const T* grad_hidden, const T* grad_cell, T* gates_grad, T* state_grad) const;
  // Gates in the order reset, update, new.
  void gru(T* hidden) const;
  void gru_backward(const T* grad, T* input_gates_grad, T* hidden_gates_grad, T* state_grad) const;
};

}  // namespace tg
