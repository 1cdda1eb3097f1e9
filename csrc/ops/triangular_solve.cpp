#include "ops/triangular_solve.h"

#include "autograd/record.h"
#include "kernels/loops.h"
#include "kernels/triangular.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/matmul.h"
#include "ops/operators.h"
#include "ops/shape.h"
#include "ops/triangle.h"

namespace tg {
namespace {

constexpr auto kName = "linalg.solve_triangular";

void check(const Tensor& a, const Tensor& b, bool left) {
  if (a.dim() < 2) runtime_error(kName, ": The input tensor A must have at least 2 dimensions.");
  const int64_t rows = a.size(a.dim() - 2), columns = a.size(a.dim() - 1);
  if (rows != columns)
    runtime_error(kName, ": A must be batches of square matrices, but they are ", rows, " by ",
                  columns, " matrices");
  if (b.dim() < 2) runtime_error(kName, ": The input tensor B must have at least 2 dimensions.");
  const int64_t m = b.size(b.dim() - 2), n = b.size(b.dim() - 1);
  if ((left ? m : n) != rows)
    runtime_error(kName, ": Incompatible shapes of A and B for the equation ", left ? "AX" : "XA",
                  " = B (", rows, "x", columns, " and ", m, "x", n, ")");
  if (a.dtype() != b.dtype())
    runtime_error(kName, ": Expected A and B to have the same dtype, but found A of type ",
                  info(a.dtype()).scalar, " and B of type ", info(b.dtype()).scalar, " instead");
  if (a.dtype() != DType::Float32 && a.dtype() != DType::Float64)
    fail(ErrorKind::NotImplemented, "\"triangular_solve_cpu\" not implemented for '",
         info(a.dtype()).scalar, "'");
}

// Offset in elements of the i-th matrix of an expanded batch.
int64_t batch_offset(const Tensor& t, int64_t i) {
  int64_t offset = 0;
  for (int d = t.dim() - 3; d >= 0; --d) {
    offset += i % t.size(d) * t.stride(d);
    i /= t.size(d);
  }
  return offset;
}

Tensor solve_left(const Tensor& a, const Tensor& b, bool upper, bool unit) {
  const int64_t n = b.size(b.dim() - 2), m = b.size(b.dim() - 1);
  const Dims batch =
      broadcast_sizes(a.sizes().first(size_t(a.dim() - 2)), b.sizes().first(size_t(b.dim() - 2)));
  Dims sizes = batch, square = batch;
  sizes.push_back(n);
  sizes.push_back(m);
  square.push_back(n);
  square.push_back(n);
  Tensor out = empty(sizes, b.dtype());
  {
    GradModeGuard off(false);
    copy_values(out, expand(b, sizes));
    const Tensor matrices = expand(a, square);
    const int d = matrices.dim();
    const int64_t count = checked_numel(batch);
    auto run = [&](auto tag) {
      using T = typename decltype(tag)::type;
      const LongWork work(out.numel() * std::max<int64_t>(n / 16, 1));
      for (int64_t i = 0; out.numel() && i < count; ++i)
        solve_triangular<T>(n, m, matrices.data<T>() + batch_offset(matrices, i),
                            matrices.stride(d - 2), matrices.stride(d - 1), upper, unit,
                            out.data<T>() + i * n * m);
    };
    if (out.dtype() == DType::Float32)
      run(TypeTag<float>{});
    else
      run(TypeTag<double>{});
  }
  // dX = A^-1 (dB - dA X): Giles 2008, section 2.2.3, on the triangle that is read.
  record("LinalgSolveTriangularBackward0", out, inputs(a, b), saves(a, saved_output(out)),
         [upper, unit, a_sizes = Dims(a.sizes()), b_sizes = Dims(b.sizes()), dtype = a.dtype()](
             GradInputs& to, const Tensor& g, const Tensor& a, const Tensor& x) {
           const Tensor grad_b = solve_left(matrix_T(a), g, !upper, unit);
           if (to.needed(0)) {
             const Tensor all = -matmul(grad_b, matrix_T(x));
             to.set(0, sum_to(upper ? triu(all, unit) : tril(all, -int64_t(unit)), a_sizes, dtype));
           }
           if (to.needed(1)) to.set(1, sum_to(grad_b, b_sizes, dtype));
         });
  return out;
}

}  // namespace

Tensor linalg_solve_triangular(const Tensor& a, const Tensor& b, bool upper, bool left, bool unit) {
  check(a, b, left);
  if (left) return solve_left(a, b, upper, unit);
  return matrix_T(solve_left(matrix_T(a), matrix_T(b), !upper, unit));
}

}  // namespace tg
