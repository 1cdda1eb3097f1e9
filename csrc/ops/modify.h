// The frame of operations that change some elements of a tensor: one function serves x.op(...) and
// x.op_(...).
#pragma once

#include "autograd/view.h"
#include "ops/copy.h"

namespace tg {

inline bool shares_memory(const Tensor& a, const Tensor& b) {
  auto root = [](Storage* s) { return s->owner ? s->owner : s; };
  return root(a->storage) == root(b->storage);
}
// `source` itself, or a copy where writing into `into` could change it.
inline Tensor apart_from(const Tensor& into, const Tensor& source) {
  if (!shares_memory(into, source)) return source;
  GradModeGuard off(false);
  return clone(source);
}

// write(into) changes the elements; remember(result, before) records the result as made from
// `before`.
template <class Write, class Remember>
Tensor modified(const Tensor& x, Write write, Remember remember) {
  Tensor out = empty(x.sizes(), x.dtype());
  copy_values(out, x);
  write(out);
  remember(out, x);
  return out;
}

template <class Write, class Remember>
Tensor modified_in_place(const Tensor& self, Write write, Remember remember,
                         Repeats repeats = Repeats::Refused) {
  check_inplace(self, repeats);
  if (!grad_mode.enabled) {
    write(self);
    bump_version(self);
    return self;
  }
  const Tensor before = stand_in(self, false);
  const Tensor result = detached_alias(self, false);
  remember(result, before);
  if (requires_grad(result)) check_rebase(self);
  write(self);
  rebase_history(self, result);
  return self;
}

// The two as values, for code that serves both.
inline constexpr auto kOutOfPlace = [](const Tensor& x, auto write, auto remember) {
  return modified(x, write, remember);
};
inline constexpr auto kInPlace = [](const Tensor& x, auto write, auto remember) {
  return modified_in_place(x, write, remember);
};
inline constexpr auto kFillInPlace = [](const Tensor& x, auto write, auto remember) {
  return modified_in_place(x, write, remember, Repeats::Allowed);
};

}  // namespace tg
