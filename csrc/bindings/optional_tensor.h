// Tensor or None as a pointer: null for None.
#pragma once

#include "bindings/bind.h"

namespace tg {

template <>
struct Arg<const Tensor*> {
  using Held = const Tensor*;
  static constexpr auto type = "Tensor | None";
  static bool accepts(PyObject* o) { return o == Py_None || is_tensor(o); }
  static Held get(PyObject* o) { return o == Py_None ? nullptr : &as_tensor(o); }
  static const Tensor* pass(Held& h) { return h; }
};

using OptionalTensor = const Tensor*;
inline Tensor or_none(OptionalTensor t) { return t ? *t : Tensor(); }

}  // namespace tg
