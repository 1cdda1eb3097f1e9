// What tapegrad.linalg has of native code.
#include "bindings/bind.h"
#include "ops/triangular_solve.h"

namespace tg {
namespace {

// For functions written in Python: what the binder does with out=.
PyObject* write_out_tensor(const std::string& function, PyObject* target, const Tensor& result) {
  write_out_argument(function.c_str(), target, result);
  return Ref::borrow(target).release();
}

}  // namespace

void bind_linalg(Binder& b) {
  b.def("_linalg_solve_triangular",
        {fn(&linalg_solve_triangular, "A, B, *, upper, left=True, unitriangular=False")}, kFunction,
        "Solution of a system of equations with a triangular matrix.");
  b.def("_write_out", {fn(&write_out_tensor, "function, target, result")}, kFunction,
        "Writes the result of `function` into the tensor given as out=.");
}

}  // namespace tg
