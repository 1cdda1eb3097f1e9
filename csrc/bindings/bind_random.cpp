// Random functions, and the Generator type: the state that they draw from.
#include <memory>

#include "bindings/bind.h"
#include "bindings/generator.h"
#include "bindings/options.h"
#include "ops/random.h"
#include "ops/random_discrete.h"

namespace tg {
namespace {

// --- Generator ----------------------------------------------------------------------------------
struct PyGenerator {
  PyObject_HEAD GeneratorState* state;
  bool owned;  // all but the default generator's
};
PyTypeObject* generator_type = nullptr;
PyObject* default_generator_object = nullptr;

GeneratorState& state_of(PyObject* generator) {
  return *reinterpret_cast<PyGenerator*>(generator)->state;
}

PyObject* generator_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return guarded([&]() -> PyObject* {
    static const char* names[] = {"device", nullptr};
    PyObject* device = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:Generator", const_cast<char**>(names),
                                     &device))
      return nullptr;
    check_device(device);
    auto state = std::make_unique<GeneratorState>();
    manual_seed(*state, kDefaultSeed);
    Ref self = checked(type->tp_alloc(type, 0));
    auto* generator = reinterpret_cast<PyGenerator*>(self.get());
    generator->state = state.release();
    generator->owned = true;
    return self.release();
  });
}

void generator_dealloc(PyObject* self) {
  auto* generator = reinterpret_cast<PyGenerator*>(self);
  if (generator->owned) delete generator->state;
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

// Any integer of 64 bits, signed or not; what int() takes.
uint64_t seed_from(PyObject* o) {
  Ref number = checked(PyNumber_Long(o));
  uint64_t seed = PyLong_AsUnsignedLongLong(number.get());
  if (PyErr_Occurred()) {
    PyErr_Clear();
    seed = uint64_t(PyLong_AsLongLong(number.get()));
    if (PyErr_Occurred()) {
      PyErr_Clear();
      value_error("Overflow when unpacking long long");
    }
  }
  return seed;
}

uint64_t reseed(GeneratorState& state) {
  const uint64_t seed = nondeterministic_seed();
  manual_seed(state, seed);
  return seed;
}

Tensor state_tensor(const GeneratorState& state) {
  Tensor out = empty(Dims{int64_t(kGeneratorBytes)}, DType::UInt8);
  save_state(state, out.data<uint8_t>());
  return out;
}
void set_state(GeneratorState& state, PyObject* value) {
  if (!is_tensor(value) || as_tensor(value).dtype() != DType::UInt8)
    type_error("RNG state must be a torch.ByteTensor");
  const Tensor bytes = contiguous(as_tensor(value));
  load_state(state, bytes.data<uint8_t>(), size_t(bytes.numel()));
}

PyObject* generator_manual_seed(PyObject* self, PyObject* seed) {
  return guarded([&] {
    manual_seed(state_of(self), seed_from(seed));
    return Ref::borrow(self).release();
  });
}
PyObject* generator_seed(PyObject* self, PyObject*) {
  return guarded([&] { return PyLong_FromUnsignedLongLong(reseed(state_of(self))); });
}
PyObject* generator_initial_seed(PyObject* self, PyObject*) {
  return PyLong_FromUnsignedLongLong(state_of(self).seed);
}
PyObject* generator_get_state(PyObject* self, PyObject*) {
  return guarded([&] { return wrap(state_tensor(state_of(self))); });
}
PyObject* generator_set_state(PyObject* self, PyObject* value) {
  return guarded([&] {
    set_state(state_of(self), value);
    return Ref::borrow(self).release();
  });
}
PyObject* generator_clone(PyObject* self, PyObject*) {
  return guarded([&] {
    Ref copy = checked(PyObject_CallNoArgs(reinterpret_cast<PyObject*>(generator_type)));
    state_of(copy.get()) = state_of(self);
    return copy.release();
  });
}
PyObject* generator_reduce(PyObject* self, PyObject*) {
  return guarded([&] {
    Ref state(wrap(state_tensor(state_of(self))));
    return Py_BuildValue("(O()O)", generator_type, state.get());
  });
}
PyObject* generator_device(PyObject*, void*) { return Ref::borrow(cpu_device()).release(); }

PyMethodDef generator_methods[] = {
    {"manual_seed", generator_manual_seed, METH_O,
     "Starts the stream of this seed; returns the generator."},
    {"seed", generator_seed, METH_NOARGS,
     "Starts a stream that no other run has; returns its seed."},
    {"initial_seed", generator_initial_seed, METH_NOARGS, "The seed of the stream."},
    {"get_state", generator_get_state, METH_NOARGS,
     "The state as a uint8 tensor, in PyTorch's format."},
    {"set_state", generator_set_state, METH_O, "Goes on from a state of get_state()."},
    {"clone_state", generator_clone, METH_NOARGS, "A new generator with the same state."},
    {"__reduce__", generator_reduce, METH_NOARGS, nullptr},
    {"__setstate__", generator_set_state, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef generator_getset[] = {
    {"device", generator_device, nullptr, "device(type='cpu').", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyType_Slot generator_slots[] = {
    {Py_tp_doc, const_cast<char*>("Generator(device='cpu'): a stream of random numbers, equal to "
                                  "PyTorch's for the same seed.")},
    {Py_tp_new, reinterpret_cast<void*>(generator_new)},
    {Py_tp_dealloc, reinterpret_cast<void*>(generator_dealloc)},
    {Py_tp_methods, generator_methods},
    {Py_tp_getset, generator_getset},
    {0, nullptr}};
PyType_Spec generator_spec = {"tapegrad.Generator", sizeof(PyGenerator), 0,
                              Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, generator_slots};

void make_generator_type(PyObject* module) {
  generator_type = reinterpret_cast<PyTypeObject*>(
      checked(PyType_FromModuleAndSpec(module, &generator_spec, nullptr)).release());
  Ref self = checked(generator_type->tp_alloc(generator_type, 0));
  auto* generator = reinterpret_cast<PyGenerator*>(self.get());
  generator->state = &default_generator();
  generator->owned = false;
  default_generator_object = self.release();
  if (PyObject_SetAttrString(module, "Generator", reinterpret_cast<PyObject*>(generator_type)) <
          0 ||
      PyObject_SetAttrString(module, "default_generator", default_generator_object) < 0)
    throw PythonError();
}

}  // namespace

bool is_generator(PyObject* o) { return PyObject_TypeCheck(o, generator_type); }
GeneratorState& generator_state(PyObject* o) { return state_of(o); }

namespace {

// --- the default generator ----------------------------------------------------------------------
PyObject* manual_seed_default(PyObject* seed) {
  manual_seed(default_generator(), seed_from(seed));
  return Ref::borrow(default_generator_object).release();
}
PyObject* seed_default() { return PyLong_FromUnsignedLongLong(reseed(default_generator())); }
PyObject* initial_seed_default() { return PyLong_FromUnsignedLongLong(default_generator().seed); }
Tensor get_rng_state() { return state_tensor(default_generator()); }
void set_rng_state(PyObject* new_state) { set_state(default_generator(), new_state); }

// --- new tensors --------------------------------------------------------------------------------
using Drawn = Tensor (*)(std::span<const int64_t>, DType, GeneratorState&);
template <Drawn draw>
Tensor plain(std::span<const int64_t> size) {
  return draw(size, default_dtype(), default_generator());
}

template <Drawn draw>
Tensor drawn(Dims size, GeneratorState& generator, std::optional<DType> dtype, PyObject* layout,
             PyObject* device, bool, bool requires_grad) {
  check_place(layout, device);
  return with_grad(draw(size, dtype ? *dtype : default_dtype(), generator), requires_grad);
}

Tensor rand_like(const Tensor& like, GeneratorState& generator, std::optional<DType> dtype,
                 PyObject* layout, PyObject* device, bool, bool requires_grad,
                 std::optional<MemoryFormat> memory_format) {
  check_place(layout, device);
  return with_grad(
      uniform_(empty_as(like, dtype.value_or(like.dtype()), memory_format), 0, 1, generator),
      requires_grad);
}
Tensor randn_like(const Tensor& like, GeneratorState& generator, std::optional<DType> dtype,
                  PyObject* layout, PyObject* device, bool, bool requires_grad,
                  std::optional<MemoryFormat> memory_format) {
  check_place(layout, device);
  return with_grad(
      normal_(empty_as(like, dtype.value_or(like.dtype()), memory_format), 0, 1, generator),
      requires_grad);
}

Tensor randint_between(int64_t low, int64_t high, Dims size, GeneratorState& generator,
                       std::optional<DType> dtype, PyObject* layout, PyObject* device, bool,
                       bool requires_grad) {
  check_place(layout, device);
  return with_grad(randint(low, high, size, dtype.value_or(DType::Int64), generator),
                   requires_grad);
}
Tensor randint_to(int64_t high, Dims size, GeneratorState& generator, std::optional<DType> dtype,
                  PyObject* layout, PyObject* device, bool pin_memory, bool requires_grad) {
  return randint_between(0, high, std::move(size), generator, dtype, layout, device, pin_memory,
                         requires_grad);
}
Tensor randint_like_between(const Tensor& like, int64_t low, int64_t high,
                            GeneratorState& generator, std::optional<DType> dtype, PyObject* layout,
                            PyObject* device, bool, bool requires_grad,
                            std::optional<MemoryFormat> memory_format) {
  check_place(layout, device);
  const Tensor out = empty_as(like, dtype.value_or(like.dtype()), memory_format);
  return with_grad(random_(out, low, high, generator), requires_grad);
}
Tensor randint_like_to(const Tensor& like, int64_t high, GeneratorState& generator,
                       std::optional<DType> dtype, PyObject* layout, PyObject* device,
                       bool pin_memory, bool requires_grad,
                       std::optional<MemoryFormat> memory_format) {
  return randint_like_between(like, 0, high, generator, dtype, layout, device, pin_memory,
                              requires_grad, memory_format);
}
Tensor randperm_of(int64_t n, GeneratorState& generator, std::optional<DType> dtype,
                   PyObject* layout, PyObject* device, bool, bool requires_grad) {
  check_place(layout, device);
  return with_grad(randperm(n, dtype.value_or(DType::Int64), generator), requires_grad);
}

// --- distributions ------------------------------------------------------------------------------
Tensor normal_tensors(const Tensor& mean, const Tensor& std, GeneratorState& generator) {
  return normal(mean, std, generator);
}
Tensor normal_mean(const Tensor& mean, double std, GeneratorState& generator) {
  return normal(mean, std, generator);
}
Tensor normal_std(double mean, const Tensor& std, GeneratorState& generator) {
  return normal(mean, std, generator);
}
Tensor normal_sized(double mean, double std, Dims size, GeneratorState& generator,
                    std::optional<DType> dtype, PyObject* layout, PyObject* device, bool,
                    bool requires_grad) {
  check_place(layout, device);
  return with_grad(normal_(empty(size, dtype.value_or(default_dtype())), mean, std, generator),
                   requires_grad);
}
Tensor bernoulli_of(const Tensor& p, GeneratorState& generator) { return bernoulli(p, generator); }
Tensor bernoulli_number(const Tensor& like, double p, GeneratorState& generator) {
  return bernoulli_(empty_like(like, like.dtype()), p, generator);
}
Tensor bernoulli_in_place(const Tensor& self, double p, GeneratorState& generator) {
  return bernoulli_(self, p, generator);
}
Tensor bernoulli_in_place_of(const Tensor& self, const Tensor& p, GeneratorState& generator) {
  return bernoulli_(self, p, generator);
}
Tensor random_all(const Tensor& self, GeneratorState& generator) {
  return random_(self, generator);
}
Tensor random_to(const Tensor& self, int64_t to, GeneratorState& generator) {
  return random_(self, 0, to, generator);
}
Tensor random_between(const Tensor& self, int64_t from, std::optional<int64_t> to,
                      GeneratorState& generator) {
  return random_(self, from, to, generator);
}

}  // namespace

#define TG_OPTIONS \
  "generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False"
#define TG_LIKE TG_OPTIONS ", memory_format=None"

void bind_random(Binder& b) {
  make_generator_type(b.module());
  b.def("manual_seed", {fn(&manual_seed_default, "seed")}, kFunction,
        "Starts the default generator's stream of this seed.");
  b.def("seed", {fn(&seed_default, "")}, kFunction,
        "Starts a stream that no other run has; returns its seed.");
  b.def("initial_seed", {fn(&initial_seed_default, "")}, kFunction,
        "Seed of the default generator.");
  b.def("get_rng_state", {fn(&get_rng_state, "")}, kFunction,
        "State of the default generator, a uint8 tensor.");
  b.def("set_rng_state", {fn(&set_rng_state, "new_state")}, kFunction,
        "Goes on from a state of get_rng_state().");

  def_sized<plain<rand>>(b, "rand", fn(&drawn<rand>, "*size, " TG_OPTIONS ", out=None"),
                         "Uniform numbers in [0, 1).");
  def_sized<plain<randn>>(b, "randn", fn(&drawn<randn>, "*size, " TG_OPTIONS ", out=None"),
                          "Normal numbers of mean 0 and deviation 1.");
  b.def("rand_like", {fn(&rand_like, "input, *, " TG_LIKE)}, kFunction,
        "Uniform numbers in [0, 1) in the shape and dtype of input.");
  b.def("randn_like", {fn(&randn_like, "input, *, " TG_LIKE)}, kFunction,
        "Normal numbers in the shape and dtype of input.");
  b.def("randint",
        {fn(&randint_to, "high, size, *, " TG_OPTIONS ", out=None"),
         fn(&randint_between, "low, high, size, *, " TG_OPTIONS ", out=None")},
        kFunction, "Integers in [low (0), high).");
  b.def("randint_like",
        {fn(&randint_like_to, "input, high, *, " TG_LIKE),
         fn(&randint_like_between, "input, low, high, *, " TG_LIKE)},
        kFunction, "Integers in [low (0), high) in the shape and dtype of input.");
  b.def("randperm", {fn(&randperm_of, "n, *, " TG_OPTIONS ", out=None")}, kFunction,
        "The numbers from 0 to n - 1 in random order.");

  b.def("normal",
        {fn(&normal_tensors, "mean, std, *, generator=None, out=None"),
         fn(&normal_mean, "mean, std=1.0, *, generator=None, out=None"),
         fn(&normal_std, "mean, std, *, generator=None, out=None"),
         fn(&normal_sized, "mean, std, size, *, " TG_OPTIONS ", out=None")},
        kFunction, "Normal numbers; mean and std are numbers or tensors.");
  b.def("bernoulli",
        {fn(&bernoulli_of, "input, *, generator=None, out=None"),
         fn(&bernoulli_number, "input, p, *, generator=None")},
        kFunction | kMethod,
        "1 with the probability that input gives for each element (or p for all), else 0.");

  b.def("multinomial",
        {fn(&multinomial, "input, num_samples, replacement=False, *, generator=None, out=None")},
        kFunction | kMethod,
        "Indices drawn by weight: input (C) or (N, C) gives (num_samples) or (N, num_samples).");
  b.def("poisson", {fn(&poisson, "input, generator=None")}, kFunction,
        "Poisson numbers whose rates are the elements of input.");
  b.def("binomial", {fn(&binomial, "count, prob, generator=None")}, kFunction,
        "Numbers of hits in count trials of probability prob.");

  b.def("uniform_", {fn(&uniform_, "input, from=0.0, to=1.0, *, generator=None")}, kMethod,
        "Fills with uniform numbers in [from, to).");
  b.def("normal_", {fn(&normal_, "input, mean=0.0, std=1.0, *, generator=None")}, kMethod,
        "Fills with normal numbers.");
  b.def("exponential_", {fn(&exponential_, "input, lambd=1.0, *, generator=None")}, kMethod,
        "Fills with numbers of density lambd * exp(-lambd x).");
  b.def("cauchy_", {fn(&cauchy_, "input, median=0.0, sigma=1.0, *, generator=None")}, kMethod,
        "Fills with Cauchy numbers.");
  b.def("log_normal_", {fn(&log_normal_, "input, mean=1.0, std=2.0, *, generator=None")}, kMethod,
        "Fills with numbers whose logarithm is normal.");
  b.def("geometric_", {fn(&geometric_, "input, p, *, generator=None")}, kMethod,
        "Fills with the number of trials up to the first success.");
  b.def("bernoulli_",
        {fn(&bernoulli_in_place_of, "input, p, *, generator=None"),
         fn(&bernoulli_in_place, "input, p=0.5, *, generator=None")},
        kMethod, "Fills with 1 with probability p, else 0.");
  b.def(
      "random_",
      {fn(&random_all, "input, *, generator=None"), fn(&random_to, "input, to, *, generator=None"),
       fn(&random_between, "input, from, to, *, generator=None")},
      kMethod, "Fills with integers in [from (0), to), or all that the dtype holds exactly.");
}

#undef TG_OPTIONS
#undef TG_LIKE

}  // namespace tg
