#include "ops/triangle.h"

#include "autograd/record.h"
#include "ops/copy.h"
#include "ops/shape.h"

namespace tg {
namespace {

// Sets all outside the triangle to zero; `out` is contiguous.
void clear_outside(const Tensor& out, bool lower, int64_t diagonal) {
  const int n = out.dim();
  const int64_t rows = out.size(n - 2), columns = out.size(n - 1), item = itemsize(out.dtype());
  const int64_t width = columns * item;
  if (!width || !rows) return;
  const int64_t matrices = out.numel() / (rows * columns);
  diagonal = std::clamp<int64_t>(diagonal, -rows - 1, columns + 1);
  for (int64_t m = 0; m < matrices; ++m) {
    for (int64_t i = 0; i < rows; ++i) {
      char* row = out->data + (m * rows + i) * width;
      const int64_t cut = std::clamp<int64_t>(i + diagonal + lower, 0,
                                              columns);  // first beyond the triangle's edge
      if (lower)
        std::memset(row + cut * item, 0, size_t((columns - cut) * item));
      else
        std::memset(row, 0, size_t(cut * item));
    }
  }
}

Tensor triangle(const Tensor& x, bool lower, int64_t diagonal) {
  if (x.dim() < 2)
    runtime_error(lower ? "tril" : "triu", ": input tensor must have at least 2 dimensions");
  Tensor out = empty(x.sizes(), x.dtype());
  copy_values(out, x);
  clear_outside(out, lower, diagonal);
  record(lower ? "TrilBackward0" : "TriuBackward0", out, inputs(x), saves(),
         [lower, diagonal](const Tensor& g) { return triangle(g, lower, diagonal); });
  return out;
}

}  // namespace

Tensor tril(const Tensor& x, int64_t diagonal) { return triangle(x, true, diagonal); }
Tensor triu(const Tensor& x, int64_t diagonal) { return triangle(x, false, diagonal); }
Tensor tril_(const Tensor& self, int64_t diagonal) {
  return in_place(self, false, [diagonal](const Tensor& x) { return tril(x, diagonal); });
}
Tensor triu_(const Tensor& self, int64_t diagonal) {
  return in_place(self, false, [diagonal](const Tensor& x) { return triu(x, diagonal); });
}

Tensor diag_embed(const Tensor& x, int64_t offset, int64_t dim1, int64_t dim2) {
  const int n = x.dim() + 1, a = wrap_dim(dim1, n), b = wrap_dim(dim2, n);
  if (a == b) runtime_error("diagonal dimensions cannot be identical ", dim1, ", ", dim2);
  if (x.dim() == 0)
    index_error("Dimension out of range (expected to be in range of [-1, 0], but got ", dim1, ")");
  int64_t side = 0;
  if (__builtin_add_overflow(x.size(x.dim() - 1), offset < 0 ? -offset : offset, &side) || side < 0)
    runtime_error("diag_embed: offset ", offset, " is too large");
  Dims sizes(x.sizes().first(size_t(x.dim() - 1)));
  sizes.insert(std::min(a, b), side);
  sizes.insert(std::max(a, b), side);
  Tensor out = empty(sizes, x.dtype());
  fill_values(out, Scalar(0));
  {
    GradModeGuard off(false);
    copy_values(diagonal(out, offset, a, b), x);
  }
  record("DiagEmbedBackward0", out, inputs(x), saves(),
         [offset, a, b](const Tensor& g) { return diagonal(g, offset, a, b); });
  return out;
}

Tensor diag(const Tensor& x, int64_t offset) {
  if (x.dim() != 1 && x.dim() != 2)
    runtime_error("diag(): Supports 1D or 2D tensors. Got ", x.dim(), "D");
  if (x.dim() == 1) return diag_embed(x, offset);
  const Tensor part = diagonal(x, offset);
  Tensor out = empty(part.sizes(), x.dtype());
  copy_values(out, part);
  record("DiagonalBackward0_copy", out, inputs(part), saves(), [](const Tensor& g) { return g; });
  return out;
}

Tensor diagflat(const Tensor& x, int64_t offset) {
  return diag(reshape(contiguous(x), Dims{-1}), offset);
}

}  // namespace tg
