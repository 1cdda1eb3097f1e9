#include "ops/matmul.h"

#include "autograd/record.h"
#include "kernels/gemm.h"
#include "kernels/loops.h"
#include "kernels/parallel.h"
#include "ops/binary.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/shape.h"

namespace tg {
namespace {

// The C name that PyTorch's texts use.
const char* c_name(DType dtype) {
  switch (dtype) {
    case DType::Float32:
      return "float";
    case DType::Float64:
      return "double";
    case DType::Int64:
      return "int64_t";
    case DType::Int32:
      return "int";
    case DType::Float16:
      return "c10::Half";
    case DType::BFloat16:
      return "c10::BFloat16";
    case DType::UInt8:
      return "unsigned char";
    case DType::Int8:
      return "signed char";
    case DType::Int16:
      return "short";
    default:
      return "bool";
  }
}

void check_dtypes(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype())
    runtime_error("expected m1 and m2 to have the same dtype, but got: ", c_name(a.dtype()),
                  " != ", c_name(b.dtype()));
  if (a.dtype() == DType::Bool && a.numel() && b.numel())
    fail(ErrorKind::NotImplemented, "\"addmm_impl_cpu_\" not implemented for 'Bool'");
}

// out[m, n] = a[m, k] @ b[k, n] + add on strided memory; out is row-major, `add` may be null.
void multiply(DType dtype, int64_t m, int64_t n, int64_t k, const char* a, int64_t a_row,
              int64_t a_col, const char* b, int64_t b_row, int64_t b_col, char* out,
              const char* add = nullptr, int64_t add_row = 0, const GemmBatch& batch = {}) {
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (!std::is_same_v<T, bool>) {
      const LongWork work(batch.count * m * n * std::max<int64_t>(k / 16, 1));
      gemm<T>(m, n, k, reinterpret_cast<const T*>(a), a_row, a_col, reinterpret_cast<const T*>(b),
              b_row, b_col, reinterpret_cast<T*>(out), n, reinterpret_cast<const T*>(add), add_row,
              batch);
    }
  });
}

Tensor multiply_matrices(const Tensor& a, const Tensor& b, const Tensor* add = nullptr) {
  Tensor out = empty(Dims{a.size(0), b.size(1)}, a.dtype());
  if (a.dtype() == DType::Bool) {
    fill_values(out, Scalar(false));  // a product of nothing
    return out;
  }
  multiply(a.dtype(), a.size(0), b.size(1), a.size(1), a->data, a.stride(0), a.stride(1), b->data,
           b.stride(0), b.stride(1), out->data, add ? (*add)->data : nullptr,
           add ? add->stride(0) : 0);
  return out;
}

void check_mm(const Tensor& a, const Tensor& b) {
  if (a.dim() != 2) runtime_error("self must be a matrix");
  if (b.dim() != 2) runtime_error("mat2 must be a matrix");
  if (a.size(1) != b.size(0))
    runtime_error("mat1 and mat2 shapes cannot be multiplied (", a.size(0), "x", a.size(1), " and ",
                  b.size(0), "x", b.size(1), ")");
  check_dtypes(a, b);
}

Tensor column(const Tensor& v) { return unsqueeze(v, 1); }

// Which of two matrices are laid out column by column, as the transposed weight of a Linear layer:
// their gradients are computed so too, which spares the leaf behind them a copy.
struct InColumns {
  bool a, b;
  InColumns(const Tensor& a, const Tensor& b) : a(in_columns(a)), b(in_columns(b)) {}
  static bool in_columns(const Tensor& x) {
    return x.stride(0) == 1 && x.stride(1) == x.size(0) && !x.is_contiguous();
  }
};
Tensor a_gradient(InColumns layout, const Tensor& g, const Tensor& b) {
  return layout.a ? t(mm(b, t(g))) : mm(g, t(b));
}
Tensor b_gradient(InColumns layout, const Tensor& g, const Tensor& a) {
  return layout.b ? t(mm(t(g), a)) : mm(t(a), g);
}

}  // namespace

Tensor mm(const Tensor& a, const Tensor& b) {
  check_mm(a, b);
  Tensor out = multiply_matrices(a, b);
  record("MmBackward0", out, inputs(a, b), saves(needed_by(b, a), needed_by(a, b)),
         [layout = InColumns(a, b)](GradInputs& to, const Tensor& g, const Tensor& a,
                                    const Tensor& b) {
           if (to.needed(0)) to.set(0, a_gradient(layout, g, b));
           if (to.needed(1)) to.set(1, b_gradient(layout, g, a));
         });
  return out;
}

Tensor mv(const Tensor& a, const Tensor& v) {
  if (a.dim() != 2 || v.dim() != 1)
    runtime_error("vector + matrix @ vector expected, got ", 1, ", ", a.dim(), ", ", v.dim());
  if (a.size(1) != v.size(0))
    runtime_error("size mismatch, got input (", a.size(0), "), mat (", a.size(0), "x", a.size(1),
                  "), vec (", v.size(0), ")");
  if (a.dtype() != v.dtype())
    runtime_error("addmv input tensors must have the same dtype, but got ", info(v.dtype()).scalar,
                  ", ", info(a.dtype()).scalar, ", and ", info(v.dtype()).scalar);
  check_dtypes(a, v);
  Tensor out = empty(Dims{a.size(0)}, a.dtype());
  multiply(a.dtype(), a.size(0), 1, a.size(1), a->data, a.stride(0), a.stride(1), v->data,
           v.stride(0), 1, out->data);
  record("MvBackward0", out, inputs(a, v), saves(needed_by(v, a), needed_by(a, v)),
         [](GradInputs& to, const Tensor& g, const Tensor& a, const Tensor& v) {
           if (to.needed(0)) to.set(0, outer(g, v));
           if (to.needed(1)) to.set(1, mv(t(a), g));
         });
  return out;
}

Tensor dot(const Tensor& a, const Tensor& b) {
  if (a.dim() != 1 || b.dim() != 1)
    runtime_error("1D tensors expected, but got ", a.dim(), "D and ", b.dim(), "D tensors");
  if (a.size(0) != b.size(0))
    runtime_error("inconsistent tensor size, expected tensor ", to_string(a.sizes()), " and src ",
                  to_string(b.sizes()), " to have the same number of elements, but got ", a.size(0),
                  " and ", b.size(0), " elements respectively");
  if (a.dtype() != b.dtype())
    runtime_error("dot : expected both vectors to have same dtype, but found ",
                  info(a.dtype()).scalar, " and ", info(b.dtype()).scalar);
  check_dtypes(a, b);
  Tensor out = empty(Dims(), a.dtype());
  multiply(a.dtype(), 1, 1, a.size(0), a->data, 1, a.stride(0), b->data, b.stride(0), 1, out->data);
  record("DotBackward0", out, inputs(a, b), saves(needed_by(b, a), needed_by(a, b)),
         [](GradInputs& to, const Tensor& g, const Tensor& a, const Tensor& b) {
           if (to.needed(0)) to.set(0, g * b);
           if (to.needed(1)) to.set(1, g * a);
         });
  return out;
}

Tensor bmm(const Tensor& a, const Tensor& b) {
  if (a.dim() != 3 || b.dim() != 3) runtime_error("batch1 must be a 3D tensor");
  if (a.size(0) != b.size(0) || a.size(2) != b.size(1))
    runtime_error("Expected size for first two dimensions of batch2 tensor to be: [", a.size(0),
                  ", ", a.size(2), "] but got: [", b.size(0), ", ", b.size(1), "].");
  check_dtypes(a, b);
  const int64_t batches = a.size(0), m = a.size(1), n = b.size(2), k = a.size(2),
                item = itemsize(a.dtype());
  Tensor out = empty(Dims{batches, m, n}, a.dtype());
  // Threads share the products if these are many, else each product by itself.
  const LongWork work(batches * m * n * std::max<int64_t>(k / 16, 1));
  constexpr int64_t kWorth = 1 << 18;  // multiplications that are worth a thread
  const int64_t grain = batches < num_threads() ? batches + 1 : 1 + kWorth / (m * n * k + 1);
  parallel_for(batches, grain, [&](int64_t first, int64_t last) {
    multiply(a.dtype(), m, n, k, a->data + first * a.stride(0) * item, a.stride(1), a.stride(2),
             b->data + first * b.stride(0) * item, b.stride(1), b.stride(2),
             out->data + first * m * n * item, nullptr, 0,
             {last - first, a.stride(0), b.stride(0), m * n});
  });
  record("BmmBackward0", out, inputs(a, b), saves(needed_by(b, a), needed_by(a, b)),
         [](GradInputs& to, const Tensor& g, const Tensor& a, const Tensor& b) {
           if (to.needed(0)) to.set(0, bmm(g, transpose(b, 1, 2)));
           if (to.needed(1)) to.set(1, bmm(transpose(a, 1, 2), g));
         });
  return out;
}

Tensor outer(const Tensor& a, const Tensor& b) {
  if (a.dim() != 1 || b.dim() != 1)
    runtime_error("outer: Expected 1-D argument self, but got ", a.dim() != 1 ? a.dim() : b.dim(),
                  "-D");
  return mul(column(a), b);
}

Tensor addmm(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& beta,
             const Scalar& alpha) {
  if (a.dim() == 2 && b.dim() == 2 && a.dtype() != b.dtype())
    runtime_error("mat1 and mat2 must have the same dtype, but got ", info(a.dtype()).scalar,
                  " and ", info(b.dtype()).scalar);
  check_mm(a, b);
  if (input.dtype() != a.dtype())
    runtime_error("self and mat2 must have the same dtype, but got ", info(input.dtype()).scalar,
                  " and ", info(b.dtype()).scalar);
  const Dims sizes{a.size(0), b.size(1)};
  if (input.dim() > 2)
    runtime_error(
        "expand: the number of sizes provided (2) must be greater or equal to the number of "
        "dimensions in the tensor (",
        input.dim(), ")");
  Tensor out;
  {
    GradModeGuard off(false);
    const Tensor bias = expand(input, sizes);
    const bool scaled = alpha.to<double>() != 1, whole = beta.to<double>() == 1;
    // The product of float32 and float64 adds rows as it stores its sums.
    const bool at_once = whole && !scaled && (bias.stride(1) == 1 || bias.size(1) == 1) &&
                         (a.dtype() == DType::Float32 || a.dtype() == DType::Float64);
    out = multiply_matrices(a, b, at_once ? &bias : nullptr);
    if (scaled) mul_(out, alpha);
    // beta = 0 ignores input, NaN included.
    if (!at_once && beta.to<double>() != 0) add_(out, bias, whole ? Scalar(1) : beta);
  }
  record("AddmmBackward0", out, inputs(input, a, b), saves(needed_by(b, a), needed_by(a, b)),
         [sizes = Dims(input.sizes()), dtype = input.dtype(), beta = beta.to<double>(),
          alpha = alpha.to<double>(), layout = InColumns(a, b)](GradInputs& to, const Tensor& g,
                                                                const Tensor& a, const Tensor& b) {
           if (to.needed(0)) to.set(0, sum_to(beta == 1 ? g : g * beta, sizes, dtype));
           const Tensor scaled = alpha == 1 ? g : g * alpha;
           if (to.needed(1)) to.set(1, a_gradient(layout, scaled, b));
           if (to.needed(2)) to.set(2, b_gradient(layout, scaled, a));
         });
  return out;
}

Tensor matmul(const Tensor& a, const Tensor& b) {
  const int da = a.dim(), db = b.dim();
  if (da == 0 || db == 0)
    runtime_error("both arguments to matmul need to be at least 1D, but they are ", da, "D and ",
                  db, "D");
  if (da == 2 && db == 2) return mm(a, b);
  if (da == 1 && db == 1) return dot(a, b);
  if (da == 2 && db == 1) return mv(a, b);
  if (da == 1 && db == 2) return squeeze(mm(unsqueeze(a, 0), b), 0);
  check_dtypes(a, b);
  if (da >= 3 && db <= 2) {  // one big product
    Dims sizes(a.sizes());
    const int64_t k = sizes.back();
    sizes.erase(da - 1);
    int64_t rows = 1;
    for (const int64_t s : sizes) rows *= s;
    const Tensor flat = reshape(a, Dims{rows, k});
    if (db == 1) return reshape(mv(flat, b), sizes);
    sizes.push_back(b.size(1));
    return reshape(mm(flat, b), sizes);
  }
  const Tensor x = da == 1 ? unsqueeze(a, 0) : a, y = db == 1 ? column(b) : b;
  const int64_t m = x.size(x.dim() - 2), k = x.size(x.dim() - 1), n = y.size(y.dim() - 1);
  const Dims batch =
      broadcast_sizes(x.sizes().first(size_t(x.dim() - 2)), y.sizes().first(size_t(y.dim() - 2)));
  int64_t batches = 1;
  for (const int64_t s : batch) batches *= s;
  auto batched = [&](const Tensor& v) {
    Dims sizes = batch;
    sizes.push_back(v.size(v.dim() - 2));
    sizes.push_back(v.size(v.dim() - 1));
    return reshape(expand(v, sizes), Dims{batches, sizes[sizes.size() - 2], sizes.back()});
  };
  if (k != y.size(y.dim() - 2))
    runtime_error("Expected size for first two dimensions of batch2 tensor to be: [", batches, ", ",
                  k, "] but got: [", batches, ", ", y.size(y.dim() - 2), "].");
  Dims sizes = batch;
  if (da > 1) sizes.push_back(m);
  if (db > 1) sizes.push_back(n);
  return reshape(bmm(batched(x), batched(y)), sizes);
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor* bias) {
  if (x.dtype() != weight.dtype())
    runtime_error("mat1 and mat2 must have the same dtype, but got ", info(x.dtype()).scalar,
                  " and ", info(weight.dtype()).scalar);
  if (weight.dim() == 1) {
    const Tensor y = matmul(x, weight);
    return bias ? add(y, *bias) : y;
  }
  const Tensor w = t(weight);
  if (x.dim() == 2 && bias && bias->dim() == 1) return addmm(*bias, x, w, Scalar(1), Scalar(1));
  const Tensor y = matmul(x, w);
  return bias ? add(y, *bias) : y;
}

}  // namespace tg
