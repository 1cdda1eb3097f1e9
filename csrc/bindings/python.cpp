#include "bindings/python.h"

#include <unistd.h>

#include <new>

namespace tg {

void park_thread() noexcept {
  for (;;) pause();
}

PyObject* raise_current() noexcept {
  try {
    python_call([] { throw; });
  } catch (const PythonError&) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_SystemError, "error without an exception");
  } catch (const Error& e) {
    PyObject* type = PyExc_RuntimeError;
    switch (e.kind()) {
      case ErrorKind::Runtime:
      case ErrorKind::OutOfMemory:
        type = PyExc_RuntimeError;
        break;
      case ErrorKind::Type:
        type = PyExc_TypeError;
        break;
      case ErrorKind::Value:
        type = PyExc_ValueError;
        break;
      case ErrorKind::Index:
        type = PyExc_IndexError;
        break;
      case ErrorKind::NotImplemented:
        type = PyExc_NotImplementedError;
        break;
      case ErrorKind::Attribute:
        type = PyExc_AttributeError;
        break;
      case ErrorKind::Interrupted:
        type = PyExc_KeyboardInterrupt;
        break;
    }
    PyErr_SetString(type, e.what());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& e) {
    PyErr_SetString(PyExc_RuntimeError, e.what());
  }
  return nullptr;
}

}  // namespace tg
