#include "ops/recurrent.h"

#include "autograd/record.h"
#include "kernels/recurrent.h"
#include "ops/copy.h"
#include "ops/join.h"
#include "ops/operators.h"
#include "ops/reduction.h"
#include "ops/shape.h"
#include "ops/unary.h"

namespace tg {
namespace {

void check_step(const Tensor& gates, const Tensor& state, int64_t parts, const char* name) {
  if (gates.dim() != 2 || state.dim() != 2 || gates.size(0) != state.size(0) ||
      gates.size(1) != parts * state.size(1))
    runtime_error(name, ": expected gates (N, ", parts, " * H) and state (N, H), got ",
                  to_string(gates.sizes()), " and ", to_string(state.sizes()));
  if (gates.dtype() != state.dtype())
    runtime_error("expected scalar type ", info(gates.dtype()).scalar, " but found ",
                  info(state.dtype()).scalar);
  visit_floating(state.dtype(), name, [](auto) {});  // raises where it is none
}

// Dense memory that the loops compute in: float32 where the dtype is narrower.
Tensor dense(const Tensor& x) {
  if (!x.defined()) return x;
  const bool narrow = itemsize(x.dtype()) == 2;
  return contiguous_quietly(narrow ? cast_quietly(x, DType::Float32) : x);
}
template <class T>
const T* data_of(const Tensor& x) {
  return x.defined() ? x.data<T>() : nullptr;
}
// body(step) on dense gates and state.
template <class Body>
void with_step(const Tensor& input_gates, const Tensor& hidden_gates, const Tensor& state,
               const Body& body) {
  const auto run = [&]<class T>(T) {
    body(RecurrentStep<T>{state.size(0), state.size(1), input_gates.data<T>(),
                          hidden_gates.data<T>(), state.data<T>()});
  };
  if (state.dtype() == DType::Float64)
    run(double{});
  else
    run(float{});
}

struct LstmGradients {
  Tensor gates, cell;
};

LstmGradients lstm_gradients_differentiable(const Tensor& grad_h, const Tensor& grad_c,
                                            const Tensor& x, const Tensor& y, const Tensor& cell) {
  const Tensor gates = x + y;
  const int64_t size = cell.size(1);
  const Tensor i = sigmoid(narrow(gates, 1, 0, size)), f = sigmoid(narrow(gates, 1, size, size)),
               g = tanh(narrow(gates, 1, 2 * size, size)),
               o = sigmoid(narrow(gates, 1, 3 * size, size));
  const Tensor t = tanh(f * cell + i * g);
  Tensor dc = grad_c, d_o;
  if (grad_h.defined()) {
    const Tensor through = grad_h * o * (1 - t * t);
    dc = dc.defined() ? dc + through : through;
    d_o = grad_h * t * o * (1 - o);
  } else {
    d_o = o * 0;
  }
  const Tensor parts[] = {dc * g * i * (1 - i), dc * cell * f * (1 - f), dc * i * (1 - g * g), d_o};
  return {cat(parts, 1), dc * f};
}

LstmGradients lstm_gradients(const Tensor& grad_h, const Tensor& grad_c, const Tensor& x,
                             const Tensor& y, const Tensor& cell) {
  const Tensor a = dense(x), b = dense(y), c = dense(cell), gh = dense(grad_h), gc = dense(grad_c);
  const Tensor gates = empty(a.sizes(), a.dtype()), state = empty(c.sizes(), c.dtype());
  with_step(a, b, c, [&]<class T>(const RecurrentStep<T>& step) {
    step.lstm_backward(data_of<T>(gh), data_of<T>(gc), gates.data<T>(), state.data<T>());
  });
  return {cast_quietly(gates, x.dtype()), cast_quietly(state, x.dtype())};
}

struct GruGradients {
  Tensor input_gates, hidden_gates, hidden;
};

GruGradients gru_gradients_differentiable(const Tensor& grad, const Tensor& x, const Tensor& y,
                                          const Tensor& hidden) {
  const int64_t size = hidden.size(1);
  const auto part = [size](const Tensor& t, int64_t k) { return narrow(t, 1, k * size, size); };
  const Tensor r = sigmoid(part(x, 0) + part(y, 0)), z = sigmoid(part(x, 1) + part(y, 1)),
               own = part(y, 2), n = tanh(part(x, 2) + r * own);
  const Tensor dn = grad * (1 - z) * (1 - n * n), dr = dn * own * r * (1 - r),
               dz = grad * (hidden - n) * z * (1 - z);
  const Tensor of_input[] = {dr, dz, dn}, of_hidden[] = {dr, dz, dn * r};
  return {cat(of_input, 1), cat(of_hidden, 1), grad * z};
}

GruGradients gru_gradients(const Tensor& grad, const Tensor& x, const Tensor& y,
                           const Tensor& hidden) {
  const Tensor g = dense(grad), a = dense(x), b = dense(y), h = dense(hidden);
  const Tensor of_x = empty(a.sizes(), a.dtype()), of_y = empty(a.sizes(), a.dtype()),
               of_hidden = empty(h.sizes(), h.dtype());
  with_step(a, b, h, [&]<class T>(const RecurrentStep<T>& step) {
    step.gru_backward(g.data<T>(), of_x.data<T>(), of_y.data<T>(), of_hidden.data<T>());
  });
  const DType dtype = x.dtype();
  return {cast_quietly(of_x, dtype), cast_quietly(of_y, dtype), cast_quietly(of_hidden, dtype)};
}

}  // namespace

std::tuple<Tensor, Tensor> lstm_step(const Tensor& input_gates, const Tensor& hidden_gates,
                                     const Tensor& cell) {
  check_step(input_gates, cell, 4, "lstm_cell");
  check_step(hidden_gates, cell, 4, "lstm_cell");
  const Tensor a = dense(input_gates), b = dense(hidden_gates), c = dense(cell);
  const Tensor hidden = empty(c.sizes(), c.dtype()), next = empty(c.sizes(), c.dtype());
  with_step(a, b, c, [&]<class T>(const RecurrentStep<T>& step) {
    step.lstm(hidden.data<T>(), next.data<T>());
  });
  Tensor out[] = {cast_quietly(hidden, cell.dtype()), cast_quietly(next, cell.dtype())};
  record_outputs("LstmCellBackward0", out, inputs(input_gates, hidden_gates, cell),
                 saves(input_gates, hidden_gates, cell),
                 [](GradInputs& to, std::span<Tensor> grads, const Tensor& x, const Tensor& y,
                    const Tensor& cell) {
                   if (!grads[0].defined() && !grads[1].defined()) return;
                   const LstmGradients g =
                       grad_mode.enabled
                           ? lstm_gradients_differentiable(grads[0], grads[1], x, y, cell)
                           : lstm_gradients(grads[0], grads[1], x, y, cell);
                   if (to.needed(0)) to.set(0, g.gates);
                   if (to.needed(1)) to.set(1, g.gates);
                   if (to.needed(2)) to.set(2, g.cell);
                 });
  return {out[0], out[1]};
}

Tensor gru_step(const Tensor& input_gates, const Tensor& hidden_gates, const Tensor& hidden) {
  check_step(input_gates, hidden, 3, "gru_cell");
  check_step(hidden_gates, hidden, 3, "gru_cell");
  const Tensor a = dense(input_gates), b = dense(hidden_gates), h = dense(hidden);
  const Tensor next = empty(h.sizes(), h.dtype());
  with_step(a, b, h, [&]<class T>(const RecurrentStep<T>& step) { step.gru(next.data<T>()); });
  Tensor out = cast_quietly(next, hidden.dtype());
  record("GruCellBackward0", out, inputs(input_gates, hidden_gates, hidden),
         saves(input_gates, hidden_gates, hidden),
         [](GradInputs& to, const Tensor& grad, const Tensor& x, const Tensor& y,
            const Tensor& hidden) {
           const GruGradients g = grad_mode.enabled
                                      ? gru_gradients_differentiable(grad, x, y, hidden)
                                      : gru_gradients(grad, x, y, hidden);
           if (to.needed(0)) to.set(0, g.input_gates);
           if (to.needed(1)) to.set(1, g.hidden_gates);
           if (to.needed(2)) to.set(2, g.hidden);
         });
  return out;
}

}  // namespace tg
