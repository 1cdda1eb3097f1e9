// Products of matrices and vectors.
#include "bindings/bind.h"
#include "ops/matmul.h"

namespace tg {
namespace {

Tensor linear_with(const Tensor& x, const Tensor& weight, const std::optional<Tensor>& bias) {
  return linear(x, weight, bias ? &*bias : nullptr);
}
Tensor addmm_in_place(const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& beta,
                      const Scalar& alpha) {
  return in_place(self, false, [&](const Tensor& x) { return addmm(x, a, b, beta, alpha); });
}
constexpr int kBoth = kFunction | kMethod;

}  // namespace

void bind_matmul(Binder& b) {
  b.def(
      "matmul", {fn(&matmul, "input, other, *, out=None")}, kBoth,
      "Matrix product; vectors and batches by the rules of the @ operator.\n\n"
      "1-D with 1-D is the dot product; 2-D with 2-D the matrix product; a 1-D operand is a row on "
      "the left and a column on the right; "
      "leading dimensions are broadcast.\nRaises RuntimeError where the inner sizes or the dtypes "
      "differ.\n\n"
      ">>> tg.matmul(tg.tensor([[1., 2.], [3., 4.]]), tg.tensor([1., 1.]))\ntensor([3., 7.])");
  b.def("mm", {fn(&mm, "input, mat2, *, out=None")}, kBoth,
        "Product of two matrices, [n, k] and [k, m].");
  b.def("mv", {fn(&mv, "input, vec, *, out=None")}, kBoth,
        "Product of a matrix [n, k] and a vector [k].");
  b.def("dot", {fn(&dot, "input, tensor, *, out=None")}, kBoth,
        "Dot product of two vectors of one length.");
  b.def("bmm", {fn(&bmm, "input, mat2, *, out=None")}, kBoth,
        "Products of the matrices of two batches, [b, n, k] and [b, k, m].");
  b.def("outer", {fn(&outer, "input, vec2, *, out=None")}, kBoth,
        "Matrix of the products of all pairs of elements of two vectors.");
  b.def("ger", {fn(&outer, "input, vec2, *, out=None")}, kBoth, "The same as outer().");
  b.def("addmm", {fn(&addmm, "input, mat1, mat2, *, beta=1, alpha=1, out=None")}, kBoth,
        "beta * input + alpha * (mat1 @ mat2).");
  b.def("addmm_", {fn(&addmm_in_place, "input, mat1, mat2, *, beta=1, alpha=1")}, kMethod,
        "In-place form of addmm().");
  b.def("linear", {fn(&linear_with, "input, weight, bias=None")}, kFunction,
        "input @ weight.T + bias, over the last dimension of input.");
}

}  // namespace tg
