// Python.h, owned references, and the way errors cross the border in both directions.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <utility>

#include "core/error.h"

namespace tg {

// An owned reference.
class Ref {
 public:
  Ref() = default;
  explicit Ref(PyObject* owned) : p_(owned) {}
  static Ref borrow(PyObject* p) {
    Py_XINCREF(p);
    return Ref(p);
  }
  Ref(Ref&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Ref(const Ref& other) : p_(other.p_) { Py_XINCREF(p_); }
  Ref& operator=(Ref other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Ref() { Py_XDECREF(p_); }
  PyObject* get() const { return p_; }
  PyObject* release() { return std::exchange(p_, nullptr); }
  explicit operator bool() const { return p_ != nullptr; }

 private:
  PyObject* p_ = nullptr;
};

// Sets the Python exception for the C++ exception in flight. Returns null, for `return
// raise_current();`.
PyObject* raise_current() noexcept;

// The result of a Python call, or PythonError.
inline Ref checked(PyObject* result) {
  if (!result) throw PythonError();
  return Ref(result);
}

// Runs f, which returns PyObject*; a C++ exception becomes a Python one.
template <class F>
PyObject* guarded(F&& f) noexcept {
  try {
    return f();
  } catch (...) {
    return raise_current();
  }
}
template <class F>
int guarded_int(F&& f) noexcept {
  try {
    f();
    return 0;
  } catch (...) {
    raise_current();
    return -1;
  }
}

}  // namespace tg
