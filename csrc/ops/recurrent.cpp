#include "ops/recurrent.h"

#include "autograd/record.h"
#include "kernels/gemm.h"
#include "kernels/recurrent.h"
#include "ops/copy.h"
#include "ops/join.h"
#include "ops/matmul.h"
#include "ops/operators.h"
#include "ops/reduce.h"
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

// The steps of a sequence, in their order.
struct Sequence {
  int64_t length;
  bool reverse;
  int64_t at(int64_t step) const { return reverse ? length - 1 - step : step; }
  // Of states (T, N, H): what comes before a step.
  Tensor before(const Tensor& states, const Tensor& first, int64_t step) const {
    return step ? select(states, 0, at(step - 1)) : first;
  }
};

struct LayerGradients {
  Tensor gates, hidden, cell, weight;
};

LayerGradients layer_gradients_differentiable(const Sequence& sequence, const Tensor& grad_h,
                                              const Tensor& grad_c, const Tensor& x,
                                              const Tensor& hidden, const Tensor& cell,
                                              const Tensor& weight, const Tensor& output,
                                              const Tensor& cells) {
  LayerGradients out;
  std::vector<Tensor> gates(size_t(sequence.length));
  const auto plus = [](const Tensor& sum, const Tensor& term) {
    return sum.defined() ? (term.defined() ? sum + term : sum) : term;
  };
  for (int64_t step = sequence.length - 1; step >= 0; --step) {
    const int64_t at = sequence.at(step);
    const auto part = [at](const Tensor& grad) {
      return grad.defined() ? select(grad, 0, at) : Tensor();
    };
    const Tensor before = sequence.before(output, hidden, step);
    const LstmGradients g = lstm_gradients_differentiable(
        plus(out.hidden, part(grad_h)), plus(out.cell, part(grad_c)), select(x, 0, at),
        matmul(before, t(weight)), sequence.before(cells, cell, step));
    gates[size_t(at)] = g.gates;
    out.hidden = matmul(g.gates, weight);
    out.cell = g.cell;
    out.weight = plus(out.weight, matmul(t(g.gates), before));
  }
  out.gates = stack(gates, 0);
  return out;
}

// What a sequence computes and keeps, on dense memory.
template <class T>
struct LayerLoop {
  Sequence sequence;
  int64_t rows, size;
  const T *x, *hidden, *cell, *weight;
  T *own, *output, *cells;  // own: the gates of the hidden states, of one step after the other
  bool kept;                // for backward; else each step overwrites those before

  const T* before(const T* states, const T* first, int64_t step) const {
    return step ? states + sequence.at(step - 1) * rows * size : first;
  }
  RecurrentStep<T> at(int64_t step) const {
    const int64_t gates = sequence.at(step) * rows * 4 * size;
    return {rows, size, x + gates, own + (kept ? gates : 0), before(cells, cell, step)};
  }
  // `map`: the transposed weight, dense, or in the weight's own memory.
  void forward(const T* map, int64_t map_row_stride, int64_t map_column_stride) const {
    const int64_t width = 4 * size;
    for (int64_t step = 0; step < sequence.length; ++step) {
      const int64_t place = sequence.at(step) * rows;
      T* gates = own + (kept ? place * width : 0);
      gemm(rows, width, size, before(output, hidden, step), size, 1, map, map_row_stride,
           map_column_stride, gates, width);
      at(step).lstm(output + place * size, cells + place * size);
    }
  }
  // hidden_grad and cell_grad: of the first states; `spare` holds rows * size elements twice.
  void backward(const T* grad_h, const T* grad_c, T* gates_grad, T* hidden_grad, T* cell_grad,
                T* weight_grad, T* spare) const {
    const int64_t width = 4 * size, count = rows * size;
    T *h = spare, *c = spare + count;
    for (int64_t step = sequence.length - 1; step >= 0; --step) {
      const bool last = step == sequence.length - 1;
      const int64_t place = sequence.at(step) * rows;
      const auto total = [&](const T* carried, const T* grad, T* to) {
        for (int64_t k = 0; k < count; ++k)
          to[k] = (last ? T(0) : carried[k]) + (grad ? grad[place * size + k] : T(0));
      };
      total(hidden_grad, grad_h, h);
      total(cell_grad, grad_c, c);
      T* gates = gates_grad + place * width;
      at(step).lstm_backward(h, c, gates, cell_grad);
      gemm(rows, size, width, gates, width, 1, weight, size, 1, hidden_grad, size);
    }
    if (!weight_grad) return;
    const int64_t others = (sequence.length - 1) * rows;
    const int64_t first = sequence.at(0) * rows;
    gemm(width, size, rows, gates_grad + first * width, 1, width, hidden, size, 1, weight_grad,
         size);
    const T* later = gates_grad + (sequence.reverse ? 0 : rows * width);
    const T* earlier = output + (sequence.reverse ? rows * size : 0);
    if (others)
      gemm(width, size, others, later, 1, width, earlier, size, 1, weight_grad, size, weight_grad,
           size);
  }
};

// body(loop) on dense operands.
template <class Body>
void with_layer(const Sequence& sequence, const Tensor& x, const Tensor& hidden, const Tensor& cell,
                const Tensor& weight, const Tensor& own, const Tensor& output, const Tensor& cells,
                const Body& body) {
  const auto run = [&]<class T>(T) {
    body(LayerLoop<T>{sequence, hidden.size(0), hidden.size(1), x.data<T>(), hidden.data<T>(),
                      cell.data<T>(), weight.data<T>(), own.data<T>(), output.data<T>(),
                      cells.data<T>(), own.dim() == 3});
  };
  if (x.dtype() == DType::Float64)
    run(double{});
  else
    run(float{});
}

LayerGradients layer_gradients(const Sequence& sequence, bool of_weight, const Tensor& grad_h,
                               const Tensor& grad_c, const Tensor& x, const Tensor& hidden,
                               const Tensor& cell, const Tensor& weight, const Tensor& own,
                               const Tensor& output, const Tensor& cells) {
  const Tensor gh = dense(grad_h), gc = dense(grad_c), a = dense(x), h = dense(hidden),
               c = dense(cell), w = dense(weight);
  const DType dtype = x.dtype();
  LayerGradients out{empty(a.sizes(), dtype), empty(h.sizes(), dtype), empty(c.sizes(), dtype),
                     of_weight ? empty(w.sizes(), dtype) : Tensor()};
  const Tensor spare = empty(Dims{2, h.size(0), h.size(1)}, dtype);
  with_layer(sequence, a, h, c, w, own, output, cells, [&]<class T>(const LayerLoop<T>& loop) {
    loop.backward(data_of<T>(gh), data_of<T>(gc), out.gates.data<T>(), out.hidden.data<T>(),
                  out.cell.data<T>(), of_weight ? out.weight.data<T>() : nullptr, spare.data<T>());
  });
  return out;
}

}  // namespace

std::tuple<Tensor, Tensor> lstm_layer(const Tensor& input_gates, const Tensor& hidden,
                                      const Tensor& cell, const Tensor& weight, bool reverse) {
  const Sequence sequence{input_gates.dim() ? input_gates.size(0) : 0, reverse};
  if (input_gates.dim() != 3 || sequence.length == 0)
    runtime_error("lstm: expected gates (T, N, 4H) of one step or more, got ",
                  to_string(input_gates.sizes()));
  check_step(select(input_gates, 0, 0), cell, 4, "lstm");
  const int64_t size = cell.size(1);
  if (!hidden.same_sizes(cell) || weight.dim() != 2 || weight.size(0) != 4 * size ||
      weight.size(1) != size)
    runtime_error("lstm: the sizes of states and weight do not match");
  for (const Tensor* other : {&hidden, &weight})
    if (other->dtype() != cell.dtype())
      runtime_error("expected scalar type ", info(cell.dtype()).scalar, " but found ",
                    info(other->dtype()).scalar);
  if (itemsize(cell.dtype()) == 2) runtime_error("lstm: float32 and float64 only");
  const Tensor x = dense(input_gates), h = dense(hidden), c = dense(cell), w = dense(weight);
  const bool recorded = should_record(cell, inputs(input_gates, hidden, cell, weight));
  const Tensor own = empty(recorded ? Dims(x.sizes()) : Dims(x.sizes().subspan(1)), x.dtype());
  const Dims sizes{sequence.length, c.size(0), size};
  Tensor out[] = {empty(sizes, x.dtype()), empty(sizes, x.dtype())};
  // A product with dense rows is faster, which several steps pay for.
  const Tensor map =
      sequence.length > 1 ? contiguous_quietly(t(detached_alias(w, false))) : Tensor();
  with_layer(sequence, x, h, c, w, own, out[0], out[1], [&]<class T>(const LayerLoop<T>& loop) {
    if (map.defined())
      loop.forward(map.data<T>(), 4 * size, 1);
    else
      loop.forward(loop.weight, 1, size);
  });
  record_outputs("LstmBackward0", out, inputs(input_gates, hidden, cell, weight),
                 saves(input_gates, hidden, cell, weight, own, saved_output(out[0], 0),
                       saved_output(out[1], 1)),
                 [sequence](GradInputs& to, std::span<Tensor> grads, const Tensor& x,
                            const Tensor& hidden, const Tensor& cell, const Tensor& weight,
                            const Tensor& own, const Tensor& output, const Tensor& cells) {
                   if (!grads[0].defined() && !grads[1].defined()) return;
                   const LayerGradients g =
                       grad_mode.enabled
                           ? layer_gradients_differentiable(sequence, grads[0], grads[1], x, hidden,
                                                            cell, weight, output, cells)
                           : layer_gradients(sequence, to.needed(3), grads[0], grads[1], x, hidden,
                                             cell, weight, own, output, cells);
                   const Tensor* parts[] = {&g.gates, &g.hidden, &g.cell, &g.weight};
                   for (size_t i = 0; i < 4; ++i)
                     if (to.needed(i)) to.set(i, *parts[i]);
                 });
  return {out[0], out[1]};
}

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
