// The extension module tapegrad._core: types first, then the families of operations.
#include <pybind11/pybind11.h>

#include <exception>

#include "bindings/bind_all.h"
#include "bindings/py_module.h"
#include "kernels/isa.h"
#include "kernels/loops.h"
#include "kernels/parallel.h"

namespace {

constexpr auto kDoc = "Native core of tapegrad: tensors, operations and the tape.";

// Work inside work that has let go of the GIL, and workers of the pool, have none to let go of.
thread_local bool gil_released = false;

void* release_gil() {
  if (gil_released || tg::in_parallel_loop()) return nullptr;
  gil_released = true;
  return PyEval_SaveThread();
}
void take_gil(void* state) {
  gil_released = false;
  tg::python_call([&] { PyEval_RestoreThread(static_cast<PyThreadState*>(state)); });
}

}  // namespace

// pybind11's entry, which PyInit__core calls below.
PYBIND11_MODULE(_core_of_main_interpreter, m) {
  PyObject* module = m.ptr();
  try {
    if (PyModule_SetDocString(module, kDoc) < 0) throw tg::PythonError();
    tg::bind_types(module);
    tg::bind_module_type(module);
    PyTypeObject* tensor = tg::make_tensor_type(module);
    if (PyObject_SetAttrString(module, "Tensor", reinterpret_cast<PyObject*>(tensor)) < 0)
      throw tg::PythonError();
    tg::LongWork::enter = release_gil;
    tg::LongWork::leave = take_gil;
    tg::Binder binder(module);
    tg::bind_tensor(binder);
    tg::bind_autograd(binder);
    tg::bind_functions(binder);
    tg::bind_graph(binder);
    tg::bind_elementwise(binder);
    tg::bind_special(binder);
    tg::bind_reductions(binder);
    tg::bind_losses(binder);
    tg::bind_activations(binder);
    tg::bind_element_losses(binder);
    tg::bind_embeddings(binder);
    tg::bind_dropouts(binder);
    tg::bind_shapes(binder);
    tg::bind_indexing(binder);
    tg::bind_matmul(binder);
    tg::bind_linalg(binder);
    tg::bind_convolution(binder);
    tg::bind_pooling(binder);
    tg::bind_normalization(binder);
    tg::bind_resampling(binder);
    tg::bind_sorting(binder);
    tg::bind_statistics(binder);
    tg::bind_factories(binder);
    tg::bind_random(binder);
    tg::bind_layout(binder);
    tg::bind_optim(binder);
    tg::bind_printing(binder);
    tg::bind_dlpack(binder);
    tg::bind_machine(binder);
    binder.def("_signatures", {tg::fn(&tg::Binder::describe, "")}, tg::kFunction,
               "Every bound function with its overloads: what the stub is made from.");
  } catch (...) {
    tg::raise_current();
    throw pybind11::error_already_set();
  }
}

// Types, allocator and generator exist once in a process. A subinterpreter is refused here, before
// pybind11 looks at it: up to CPython 3.11 that would wait for the GIL which it holds.
PyMODINIT_FUNC PyInit__core() {
  if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
    PyErr_SetString(PyExc_ImportError,
                    "tapegrad can be imported in the main interpreter only, not in a "
                    "subinterpreter");
    return nullptr;
  }
  try {
    tg::isa();
  } catch (const std::exception& e) {
    PyErr_SetString(PyExc_ImportError, e.what());
    return nullptr;
  }
  return PyInit__core_of_main_interpreter();
}
