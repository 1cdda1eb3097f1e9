// The machine: threads, and what the module was built with and runs on.
#include <algorithm>
#include <thread>

#include "bindings/bind.h"
#include "kernels/blas.h"
#include "kernels/isa.h"
#include "kernels/parallel.h"

namespace tg {
namespace {

int64_t get_num_threads() { return num_threads(); }
int64_t get_num_interop_threads() { return 1; }

void set_num_threads_from(PyObject* count) {
  if (!is_index(count))
    runtime_error("set_num_threads expects an int, but got ", Py_TYPE(count)->tp_name);
  const int64_t wanted = index_from(count);
  if (wanted <= 0) runtime_error("set_num_threads expects a positive integer");
  constexpr int64_t kMost = 65535;
  set_num_threads(static_cast<int>(std::min(wanted, kMost)));
}

constexpr const char* kCompiler =
#if defined(__clang__)
    "Clang " __clang_version__;
#else
    "GCC " __VERSION__;
#endif
constexpr const char* kAllocator =
#if defined(TAPEGRAD_SYSTEM_MALLOC)
    "malloc";
#else
    "caching";
#endif

PyObject* machine() {
  return Py_BuildValue("{s:s,s:s,s:L,s:s,s:s,s:i,s:i}", "isa", isa_name(isa()), "compiler",
                       kCompiler, "cpp", static_cast<long long>(__cplusplus), "allocator",
                       kAllocator, "blas", blas_name(), "cpu_count", cpu_count(),
                       "hardware_concurrency",
                       static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

void bind_machine(Binder& b) {
  b.def("get_num_threads", {fn(&get_num_threads, "")}, kFunction,
        "How many threads one operation may use.\n\n"
        "Without set_num_threads(): the environment variable TAPEGRAD_NUM_THREADS, else "
        "OMP_NUM_THREADS, else the processors that the process may use, by its affinity and the "
        "quota of its control group.");
  b.def("set_num_threads", {fn(&set_num_threads_from, "int")}, kFunction,
        "Sets how many threads one operation may use. Results have the same bits with any "
        "number.\n\nRaises RuntimeError where it is not a positive int.");
  b.def("get_num_interop_threads", {fn(&get_num_interop_threads, "")}, kFunction,
        "How many operations run at a time for one caller: always 1.");
  b.def("_machine", {fn(&machine, "")}, kFunction,
        "What the module was built with and runs on: see __config__.");
}

}  // namespace tg
