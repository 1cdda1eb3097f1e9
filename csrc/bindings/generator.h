// generator= as a parameter of bound functions: the Generator type is in bind_random.cpp.
#pragma once

#include "bindings/bind.h"
#include "ops/random.h"

namespace tg {

bool is_generator(PyObject* o);
GeneratorState& generator_state(PyObject* o);

// None is the default generator.
template <>
struct Arg<GeneratorState&> {
  using Held = GeneratorState*;
  static constexpr auto type = "Generator";
  static bool accepts(PyObject* o) { return o == Py_None || is_generator(o); }
  static Held get(PyObject* o) { return o == Py_None ? &default_generator() : &generator_state(o); }
  static GeneratorState& pass(Held& h) { return *h; }
};

}  // namespace tg
