// Python.h, owned references, and the way errors cross the border in both directions.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <cxxabi.h>

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

// Holds back a pending Python exception while a destructor calls into Python during unwinding: a
// lookup that misses the type cache would take it for a failure of its own and clear it.
class HeldError {
 public:
  HeldError() { PyErr_Fetch(&type_, &value_, &traceback_); }
  HeldError(const HeldError&) = delete;
  HeldError& operator=(const HeldError&) = delete;
  ~HeldError() { PyErr_Restore(type_, value_, traceback_); }

 private:
  PyObject *type_, *value_, *traceback_;
};

// Sets the Python exception for the C++ exception in flight. Returns null, for `return
// raise_current();`.
PyObject* raise_current() noexcept;

// Once the interpreter finalizes, CPython before 3.14 ends every other thread that asks for the GIL
// with pthread_exit(). The unwinding that this starts would run destructors without the GIL and
// abort at the first noexcept function. Such a thread has nothing left to do: it stays here until
// the process ends.
[[noreturn]] void park_thread() noexcept;

// Runs f, which may take the GIL.
template <class F>
auto python_call(F&& f) {
#ifdef __GLIBCXX__
  try {
    return f();
  } catch (abi::__forced_unwind&) {
    park_thread();
  }
#else
  return f();
#endif
}

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
