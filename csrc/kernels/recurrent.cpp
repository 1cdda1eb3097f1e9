#include "kernels/recurrent.h"

#include <algorithm>

#include "kernels/elementary.h"
#include "kernels/loops.h"
#include "kernels/parallel.h"

namespace tg {
namespace {

constexpr int64_t kBlock = 128;

// Elements of the states that are worked on at once: of one row, or of several whole rows.
struct Block {
  int64_t size, first, count;

  // f(at, gate, n) for the pieces of single rows: n elements from `at` of the block on, whose first
  // gates of `parts` stand at `gate`.
  template <class F>
  void each_row(int64_t parts, const F& f) const {
    for (int64_t at = 0; at < count;) {
      const int64_t row = (first + at) / size, k = first + at - row * size;
      const int64_t n = std::min(count - at, size - k);
      f(at, row * parts * size + k, n);
      at += n;
    }
  }
};

// f(block) for all of (rows, size), on all threads.
template <class F>
void for_each_block(int64_t rows, int64_t size, const F& f) {
  constexpr int64_t kWork = 8, kGrain = 2048;  // an element costs several exponentials
  if (rows * size == 0) return;
  const LongWork work(rows * size * kWork);
  parallel_for(rows, 1 + kGrain / (size + 1), [&](int64_t begin, int64_t end) {
    const int64_t step = size < kBlock ? kBlock / size * size : kBlock;
    const int64_t lines = size < kBlock ? 1 : end - begin;
    const int64_t line = size < kBlock ? (end - begin) * size : size;
    for (int64_t l = 0; l < lines; ++l)
      for (int64_t at = 0; at < line; at += step)
        f(Block{size, begin * size + l * line + at, std::min(step, line - at)});
  });
}

template <class T>
void apply(Elementary ElementaryKernels::* function, T* x, int64_t n) {
  const Elementary& kernels = elementary_kernels->*function;
  (sizeof(T) == 4 ? kernels.f32 : kernels.f64)(x, x, nullptr, n);
}

// Parts of gates, one after the other, each of block.count elements.
template <class T>
void gather(const Block& block, int64_t parts, int64_t begin, int64_t end, const T* x, const T* y,
            T* out) {
  block.each_row(parts, [&](int64_t at, int64_t gate, int64_t n) {
    for (int64_t p = begin; p < end; ++p) {
      T* to = out + (p - begin) * block.count + at;
      const T* a = x + gate + p * block.size;
      const T* b = y ? y + gate + p * block.size : nullptr;
      if (!b) {
        std::copy_n(a, n, to);
        continue;
      }
      TG_INDEPENDENT
      for (int64_t k = 0; k < n; ++k) to[k] = a[k] + b[k];
    }
  });
}
template <class T>
void scatter(const Block& block, int64_t parts, const T* from, T* out) {
  block.each_row(parts, [&](int64_t at, int64_t gate, int64_t n) {
    for (int64_t p = 0; p < parts; ++p)
      std::copy_n(from + p * block.count + at, n, out + gate + p * block.size);
  });
}

// The activations of an LSTM.
template <class T>
void lstm_gates(const RecurrentStep<T>& s, const Block& block, T* gates) {
  const int64_t n = block.count;
  gather(block, 4, 0, 4, s.input_gates, s.hidden_gates, gates);
  apply(&ElementaryKernels::sigmoid, gates, 2 * n);
  apply(&ElementaryKernels::tanh, gates + 2 * n, n);
  apply(&ElementaryKernels::sigmoid, gates + 3 * n, n);
}
// Those of a GRU, and what the reset gate is multiplied by.
template <class T>
void gru_gates(const RecurrentStep<T>& s, const Block& block, T* gates, T* own) {
  const int64_t n = block.count;
  gather(block, 3, 0, 2, s.input_gates, s.hidden_gates, gates);
  gather<T>(block, 3, 2, 3, s.input_gates, nullptr, gates + 2 * n);
  gather<T>(block, 3, 2, 3, s.hidden_gates, nullptr, own);
  apply(&ElementaryKernels::sigmoid, gates, 2 * n);
  TG_INDEPENDENT
  for (int64_t k = 0; k < n; ++k) gates[2 * n + k] += gates[k] * own[k];
  apply(&ElementaryKernels::tanh, gates + 2 * n, n);
}

}  // namespace

template <class T>
void RecurrentStep<T>::lstm(T* hidden, T* cell) const {
  for_each_block(rows, size, [&](const Block& block) {
    T gates[4 * kBlock];
    lstm_gates(*this, block, gates);
    const int64_t n = block.count;
    const T *i = gates, *f = i + n, *g = f + n, *o = g + n, *before = state + block.first;
    T *next = cell + block.first, *h = hidden + block.first;
    TG_INDEPENDENT
    for (int64_t k = 0; k < n; ++k) h[k] = next[k] = f[k] * before[k] + i[k] * g[k];
    apply(&ElementaryKernels::tanh, h, n);
    TG_INDEPENDENT
    for (int64_t k = 0; k < n; ++k) h[k] *= o[k];
  });
}

template <class T>
void RecurrentStep<T>::lstm_backward(const T* grad_hidden, const T* grad_cell, T* gates_grad,
                                     T* state_grad) const {
  for_each_block(rows, size, [&](const Block& block) {
    T gates[4 * kBlock], t[kBlock], h[kBlock] = {}, c[kBlock] = {};
    lstm_gates(*this, block, gates);
    const int64_t n = block.count;
    T *i = gates, *f = i + n, *g = f + n, *o = g + n, *to = state_grad + block.first;
    const T* before = state + block.first;
    if (grad_hidden) std::copy_n(grad_hidden + block.first, n, h);
    if (grad_cell) std::copy_n(grad_cell + block.first, n, c);
    TG_INDEPENDENT
    for (int64_t k = 0; k < n; ++k) t[k] = f[k] * before[k] + i[k] * g[k];
    apply(&ElementaryKernels::tanh, t, n);
    TG_INDEPENDENT
    for (int64_t k = 0; k < n; ++k) {
      const T dc = c[k] + h[k] * o[k] * (1 - t[k] * t[k]), in = i[k], new_cell = g[k];
      to[k] = dc * f[k];
      i[k] = dc * new_cell * in * (1 - in);
      f[k] = dc * before[k] * f[k] * (1 - f[k]);
      g[k] = dc * in * (1 - new_cell * new_cell);
      o[k] = h[k] * t[k] * o[k] * (1 - o[k]);
    }
    scatter(block, 4, gates, gates_grad);
  });
}

template <class T>
void RecurrentStep<T>::gru(T* hidden) const {
  for_each_block(rows, size, [&](const Block& block) {
    T gates[3 * kBlock], own[kBlock];
    gru_gates(*this, block, gates, own);
    const int64_t n = block.count;
    const T *z = gates + n, *fresh = z + n, *before = state + block.first;
    T* h = hidden + block.first;
    TG_INDEPENDENT
    for (int64_t k = 0; k < n; ++k) h[k] = fresh[k] + z[k] * (before[k] - fresh[k]);
  });
}

template <class T>
void RecurrentStep<T>::gru_backward(const T* grad, T* input_gates_grad, T* hidden_gates_grad,
                                    T* state_grad) const {
  for_each_block(rows, size, [&](const Block& block) {
    T gates[3 * kBlock], own[kBlock];
    gru_gates(*this, block, gates, own);
    const int64_t n = block.count;
    T *r = gates, *z = r + n, *fresh = z + n, *to = state_grad + block.first;
    const T *before = state + block.first, *from = grad + block.first;
    TG_INDEPENDENT
    for (int64_t k = 0; k < n; ++k) {
      const T d = from[k], dn = d * (1 - z[k]) * (1 - fresh[k] * fresh[k]), reset = r[k];
      to[k] = d * z[k];
      z[k] = d * (before[k] - fresh[k]) * z[k] * (1 - z[k]);
      r[k] = dn * own[k] * reset * (1 - reset);
      fresh[k] = dn;
      own[k] = dn * reset;
    }
    scatter(block, 3, gates, input_gates_grad);
    std::copy_n(own, n, fresh);
    scatter(block, 3, gates, hidden_gates_grad);
  });
}

template struct RecurrentStep<float>;
template struct RecurrentStep<double>;

}  // namespace tg
