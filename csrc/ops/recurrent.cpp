#include "ops/recurrent.h"

#include "autograd/record.h"
#include "kernels/loops.h"
#include "kernels/math.h"
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
}

// body(tag, n): row n of a batch, for the dtype's C++ type.
template <class Body>
void for_each_row_of(const Tensor& state, int64_t parts, const char* name, const Body& body) {
  visit_floating(state.dtype(), name, [&](auto tag) {
    const LongWork work(state.numel() * parts);
    for (int64_t n = 0; n < state.size(0); ++n) body(tag, n);
  });
}

struct LstmGradients {
  Tensor gates, cell;
};

LstmGradients lstm_gradients_differentiable(const Tensor& grad_h, const Tensor& grad_c,
                                            const Tensor& gates, const Tensor& cell) {
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

LstmGradients lstm_gradients(const Tensor& grad_h, const Tensor& grad_c, const Tensor& gates,
                             const Tensor& cell) {
  const Tensor a = contiguous(gates), c = contiguous(cell);
  const Tensor gh = grad_h.defined() ? contiguous(grad_h) : Tensor(),
               gc = grad_c.defined() ? contiguous(grad_c) : Tensor();
  LstmGradients out{empty(a.sizes(), a.dtype()), empty(c.sizes(), c.dtype())};
  const int64_t size = c.size(1);
  for_each_row_of(c, 8, "lstm_cell", [&](auto tag, int64_t n) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const T *row = a.data<T>() + n * 4 * size, *state = c.data<T>() + n * size;
    T *to = out.gates.data<T>() + n * 4 * size, *to_state = out.cell.data<T>() + n * size;
    for (int64_t k = 0; k < size; ++k) {
      const C i = sigmoid(static_cast<C>(row[k])), f = sigmoid(static_cast<C>(row[size + k])),
              g = tanh(static_cast<C>(row[2 * size + k])),
              o = sigmoid(static_cast<C>(row[3 * size + k])), before = static_cast<C>(state[k]);
      const C t = tanh(f * before + i * g);
      const C h = gh.defined() ? static_cast<C>(gh.data<T>()[n * size + k]) : C(0);
      const C dc =
          (gc.defined() ? static_cast<C>(gc.data<T>()[n * size + k]) : C(0)) + h * o * (1 - t * t);
      to[k] = static_cast<T>(dc * g * i * (1 - i));
      to[size + k] = static_cast<T>(dc * before * f * (1 - f));
      to[2 * size + k] = static_cast<T>(dc * i * (1 - g * g));
      to[3 * size + k] = static_cast<T>(h * t * o * (1 - o));
      to_state[k] = static_cast<T>(dc * f);
    }
  });
  return out;
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
  const Tensor g = contiguous(grad), a = contiguous(x), b = contiguous(y), h = contiguous(hidden);
  GruGradients out{empty(a.sizes(), a.dtype()), empty(a.sizes(), a.dtype()),
                   empty(h.sizes(), h.dtype())};
  const int64_t size = h.size(1);
  for_each_row_of(h, 8, "gru_cell", [&](auto tag, int64_t row) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const T *in = a.data<T>() + row * 3 * size, *own = b.data<T>() + row * 3 * size,
            *state = h.data<T>() + row * size, *from = g.data<T>() + row * size;
    T *to_in = out.input_gates.data<T>() + row * 3 * size,
      *to_own = out.hidden_gates.data<T>() + row * 3 * size,
      *to_state = out.hidden.data<T>() + row * size;
    for (int64_t k = 0; k < size; ++k) {
      const auto both = [&](int64_t p) {
        return static_cast<C>(in[p * size + k]) + static_cast<C>(own[p * size + k]);
      };
      const C r = sigmoid(both(0)), z = sigmoid(both(1)), gated = static_cast<C>(own[2 * size + k]),
              n = tanh(static_cast<C>(in[2 * size + k]) + r * gated);
      const C d = static_cast<C>(from[k]), dn = d * (1 - z) * (1 - n * n),
              dr = dn * gated * r * (1 - r), dz = d * (static_cast<C>(state[k]) - n) * z * (1 - z);
      to_in[k] = to_own[k] = static_cast<T>(dr);
      to_in[size + k] = to_own[size + k] = static_cast<T>(dz);
      to_in[2 * size + k] = static_cast<T>(dn);
      to_own[2 * size + k] = static_cast<T>(dn * r);
      to_state[k] = static_cast<T>(d * z);
    }
  });
  return out;
}

}  // namespace

std::tuple<Tensor, Tensor> lstm_step(const Tensor& gates, const Tensor& cell) {
  check_step(gates, cell, 4, "lstm_cell");
  const Tensor a = contiguous_quietly(gates), c = contiguous_quietly(cell);
  Tensor out[] = {empty(c.sizes(), c.dtype()), empty(c.sizes(), c.dtype())};
  const int64_t size = c.size(1);
  for_each_row_of(c, 8, "lstm_cell", [&](auto tag, int64_t n) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const T *row = a.data<T>() + n * 4 * size, *state = c.data<T>() + n * size;
    T *h = out[0].data<T>() + n * size, *next = out[1].data<T>() + n * size;
    for (int64_t k = 0; k < size; ++k) {
      const C value = sigmoid(static_cast<C>(row[size + k])) * static_cast<C>(state[k]) +
                      sigmoid(static_cast<C>(row[k])) * tanh(static_cast<C>(row[2 * size + k]));
      next[k] = static_cast<T>(value);
      h[k] = static_cast<T>(sigmoid(static_cast<C>(row[3 * size + k])) * tanh(value));
    }
  });
  record_outputs(
      "LstmCellBackward0", out, inputs(gates, cell), saves(gates, cell),
      [](GradInputs& to, std::span<Tensor> grads, const Tensor& gates, const Tensor& cell) {
        if (!grads[0].defined() && !grads[1].defined()) return;
        const LstmGradients g = grad_mode.enabled
                                    ? lstm_gradients_differentiable(grads[0], grads[1], gates, cell)
                                    : lstm_gradients(grads[0], grads[1], gates, cell);
        if (to.needed(0)) to.set(0, g.gates);
        if (to.needed(1)) to.set(1, g.cell);
      });
  return {out[0], out[1]};
}

Tensor gru_step(const Tensor& input_gates, const Tensor& hidden_gates, const Tensor& hidden) {
  check_step(input_gates, hidden, 3, "gru_cell");
  check_step(hidden_gates, hidden, 3, "gru_cell");
  const Tensor a = contiguous_quietly(input_gates), b = contiguous_quietly(hidden_gates),
               h = contiguous_quietly(hidden);
  Tensor out = empty(h.sizes(), h.dtype());
  const int64_t size = h.size(1);
  for_each_row_of(h, 8, "gru_cell", [&](auto tag, int64_t row) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const T *in = a.data<T>() + row * 3 * size, *own = b.data<T>() + row * 3 * size,
            *state = h.data<T>() + row * size;
    T* to = out.data<T>() + row * size;
    for (int64_t k = 0; k < size; ++k) {
      const auto both = [&](int64_t p) {
        return static_cast<C>(in[p * size + k]) + static_cast<C>(own[p * size + k]);
      };
      const C r = sigmoid(both(0)), z = sigmoid(both(1));
      const C n = tanh(static_cast<C>(in[2 * size + k]) + r * static_cast<C>(own[2 * size + k]));
      to[k] = static_cast<T>(n + z * (static_cast<C>(state[k]) - n));
    }
  });
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
