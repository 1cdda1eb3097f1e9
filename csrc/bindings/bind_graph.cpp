// Anomaly detection, saved_tensors_hooks and what multi-tensor hooks ask the engine: the native
// side of tapegrad.autograd.graph and tapegrad.autograd.anomaly_mode.
#include "autograd/anomaly.h"
#include "autograd/engine.h"
#include "autograd/view.h"
#include "bindings/bind.h"

namespace tg {
namespace {

// --- anomaly detection ---------------------------------------------------------------------------
std::string python_stack() {
  Ref module = checked(PyImport_ImportModule("traceback"));
  Ref lines = checked(
      python_call([&] { return PyObject_CallMethod(module.get(), "format_stack", nullptr); }));
  Ref nothing = checked(PyUnicode_FromString(""));
  Ref text = checked(PyUnicode_Join(nothing.get(), lines.get()));
  const char* utf8 = PyUnicode_AsUTF8(text.get());
  if (!utf8) throw PythonError();
  return utf8;
}

// Backward has failed already: a warning that is turned into an error does not replace its error.
void warn(const std::string& message) noexcept {
  const HeldError held;
  if (python_call([&] { return PyErr_WarnEx(PyExc_UserWarning, message.c_str(), 1); }) < 0)
    PyErr_Clear();
}

void set_anomaly(bool enabled, bool check_nan) {
  anomaly.enabled = enabled;
  anomaly.check_nan = check_nan;
}
bool is_anomaly_enabled() { return anomaly.enabled; }
bool is_anomaly_check_nan_enabled() { return anomaly.check_nan; }

// --- saved_tensors_hooks -------------------------------------------------------------------------
// The hooks of a thread are a list of (pack, unpack) in its state dict: Python frees it with the
// thread.
constexpr auto kHooksKey = "tapegrad.saved_tensors_hooks";

PyObject* hooks_of_thread() {  // borrowed; null: none
  PyObject* state = PyThreadState_GetDict();
  return state ? PyDict_GetItemString(state, kHooksKey) : nullptr;
}

struct PythonPacked final : Packed {
  PythonPacked(PyObject* hook, Ref packed) : unpack_hook(Ref::borrow(hook)), object(packed) {}
  Tensor unpack() override {
    const Ref hook = unpack_hook, argument = object;
    Ref result =
        checked(python_call([&] { return PyObject_CallOneArg(hook.get(), argument.get()); }));
    if (!is_tensor(result.get()))
      type_error(
          "Output of saved tensor unpack_hook expected to be a Tensor but got result of type ",
          Py_TYPE(result.get())->tp_name);
    return as_tensor(result.get());
  }
  Ref unpack_hook, object;
};

std::shared_ptr<Packed> pack(const Tensor& t) {
  PyObject* hooks = hooks_of_thread();
  if (!hooks || PyList_GET_SIZE(hooks) == 0) return nullptr;
  const Ref pair = Ref::borrow(PyList_GET_ITEM(hooks, PyList_GET_SIZE(hooks) - 1));
  Ref argument = checked(wrap(t));
  Ref packed = checked(python_call(
      [&] { return PyObject_CallOneArg(PyTuple_GET_ITEM(pair.get(), 0), argument.get()); }));
  return std::make_shared<PythonPacked>(PyTuple_GET_ITEM(pair.get(), 1), std::move(packed));
}

void push_saved_hooks(PyObject* pack_hook, PyObject* unpack_hook) {
  PyObject* hooks = hooks_of_thread();
  if (!hooks) {
    Ref fresh = checked(PyList_New(0));
    PyObject* state = PyThreadState_GetDict();
    if (!state || PyDict_SetItemString(state, kHooksKey, fresh.get()) < 0) throw PythonError();
    hooks = fresh.get();  // the dict holds it
  }
  Ref pair = checked(PyTuple_Pack(2, pack_hook, unpack_hook));
  if (PyList_Append(hooks, pair.get()) < 0) throw PythonError();
  ++saved_hooks_in_use;
}

void pop_saved_hooks() {
  PyObject* hooks = hooks_of_thread();
  const Py_ssize_t n = hooks ? PyList_GET_SIZE(hooks) : 0;
  if (n == 0) return;
  if (PyList_SetSlice(hooks, n - 1, n, nullptr) < 0) throw PythonError();
  --saved_hooks_in_use;
}

void increment_version(const Tensor& t) { bump_version(t); }
int64_t run_number() { return int64_t(current_backward()); }

}  // namespace

void bind_graph(Binder& b) {
  anomaly.python_stack = python_stack;
  anomaly.warn = warn;
  pack_saved = pack;
  b.def("_set_anomaly", {fn(&set_anomaly, "enabled, check_nan")}, kFunction,
        "Switches anomaly detection of the process; see autograd.set_detect_anomaly().");
  b.def("is_anomaly_enabled", {fn(&is_anomaly_enabled, "")}, kFunction,
        "True where anomaly detection is on.");
  b.def("is_anomaly_check_nan_enabled", {fn(&is_anomaly_check_nan_enabled, "")}, kFunction,
        "True where anomaly detection, once on, looks for nan in gradients.");
  b.def("_push_saved_hooks", {fn(&push_saved_hooks, "pack_hook, unpack_hook")}, kFunction,
        "Hooks for the tensors that this thread saves; see autograd.graph.");
  b.def("_pop_saved_hooks", {fn(&pop_saved_hooks, "")}, kFunction,
        "Takes back the last _push_saved_hooks().");
  b.def("_increment_version", {fn(&increment_version, "input")}, kFunction,
        "Counts a change in place that was made elsewhere.");
  b.def("_current_backward", {fn(&run_number, "")}, kFunction,
        "A number of the backward pass that runs on this thread, 0 outside of one.");
  b.def("_will_receive_gradient", {fn(&will_receive_gradient, "input")}, kFunction,
        "Whether the backward pass that runs on this thread reaches the tensor.");
}

}  // namespace tg
