#include "ops/products.h"

#include <vector>

#include "autograd/record.h"
#include "kernels/lines.h"
#include "ops/binary.h"
#include "ops/einsum.h"
#include "ops/elementwise.h"
#include "ops/factory.h"
#include "ops/join.h"
#include "ops/matmul.h"
#include "ops/rearrange.h"
#include "ops/reduce.h"
#include "ops/shape.h"

namespace tg {
namespace {

// beta and alpha as numbers of a dtype: integers take only the whole part.
struct Factors {
  Factors(const Scalar& beta, const Scalar& alpha, DType dtype)
      : beta(of_dtype(beta, dtype)), alpha(of_dtype(alpha, dtype)) {}
  static Scalar of_dtype(const Scalar& s, DType dtype) {
    return is_floating(dtype) ? s : Scalar(s.to<int64_t>());
  }
  Scalar beta, alpha;
};
bool is_one(const Scalar& s) { return s.to<double>() == 1; }
Tensor scaled(const Tensor& x, const Scalar& by) { return is_one(by) ? x : mul(x, by); }

// beta * input + alpha * product in the product's memory; no history.
void finish_sum(const Tensor& product, const Tensor& input, const Factors& factors) {
  if (!is_one(factors.alpha)) mul_(product, factors.alpha);
  const bool ignored = factors.beta.to<double>() == 0;
  if (!ignored) add_(product, input, factors.beta);
}

// "float" and the like, as C++ names them.
const char* c_name(DType dtype) {
  static constexpr const char* kNames[] = {"bool",  "unsigned char", "signed char", "short",
                                           "int",   "int64_t",       "c10::Half",   "c10::BFloat16",
                                           "float", "double"};
  return kNames[int(dtype)];
}

void check_batches(const char* which, const Tensor& t) {
  if (t.dim() != 3) runtime_error(which, " must be a 3D tensor");
}

}  // namespace

// --- products with something added
Tensor addmv(const Tensor& input, const Tensor& mat, const Tensor& vec, const Scalar& beta,
             const Scalar& alpha) {
  if (mat.dim() != 2 || vec.dim() != 1 || input.dim() > 1)
    runtime_error("vector + matrix @ vector expected, got ", input.dim(), ", ", mat.dim(), ", ",
                  vec.dim());
  if (mat.size(1) != vec.size(0) || (input.numel() != mat.size(0) && input.numel() != 1))
    runtime_error("size mismatch, got input (", input.dim() ? input.size(0) : 1, "), mat (",
                  mat.size(0), "x", mat.size(1), "), vec (", vec.size(0), ")");
  if (input.dtype() != mat.dtype() || mat.dtype() != vec.dtype())
    runtime_error("addmv input tensors must have the same dtype, but got ",
                  info(input.dtype()).scalar, ", ", info(mat.dtype()).scalar, ", and ",
                  info(vec.dtype()).scalar);
  const Factors factors(beta, alpha, mat.dtype());
  Tensor out;
  {
    GradModeGuard off(false);
    out = mv(mat, vec);
    finish_sum(out, input, factors);
  }
  record("AddmvBackward0", out, inputs(input, mat, vec), saves(mat, vec),
         [sizes = Dims(input.sizes()), factors](GradInputs& to, const Tensor& g, const Tensor& mat,
                                                const Tensor& vec) {
           if (to.needed(0)) to.set(0, sum_to(scaled(g, factors.beta), sizes, g.dtype()));
           const Tensor part = scaled(g, factors.alpha);
           if (to.needed(1)) to.set(1, outer(part, vec));
           if (to.needed(2)) to.set(2, mv(t(mat), part));
         });
  return out;
}

Tensor addr(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& beta,
            const Scalar& alpha) {
  if (a.dim() != 1) runtime_error("addr: Expected 1-D argument vec1, but got ", a.dim(), "-D");
  if (b.dim() != 1) runtime_error("addr: Expected 1-D argument vec2, but got ", b.dim(), "-D");
  const DType dtype = promote(promote(a.dtype(), b.dtype()), input.dtype());
  for (const auto& [name, factor] : {std::pair("beta", beta), std::pair("alpha", alpha)}) {
    if (!is_floating(dtype) && factor.is_floating())
      runtime_error("For integral input tensors, argument ", name,
                    " must not be a floating point number.");
    if (dtype != DType::Bool && factor.kind() == DType::Bool)
      runtime_error("Boolean ", name, " only supported for Boolean results.");
  }
  Tensor out;
  {
    GradModeGuard off(false);
    const Dims sizes{a.size(0), b.size(0)};
    const Tensor bias = input.dim() == 2 && input.size(0) == sizes[0] && input.size(1) == sizes[1]
                            ? input
                            : expand(input, sizes);
    if (dtype == DType::Bool) {
      out = outer(a, b);
      if (!alpha.to<bool>()) fill_values(out, Scalar(false));
      if (beta.to<bool>()) copy_values(out, logical_or(out, bias));
    } else {
      const Factors factors(beta, alpha, dtype);
      out = outer(scaled(to_dtype(a, dtype), factors.alpha), to_dtype(b, dtype));
      if (factors.beta.to<double>() != 0)
        add_(out, scaled(to_dtype(bias, dtype), factors.beta), Scalar(1));
    }
  }
  record("AddrBackward0", out, inputs(input, a, b), saves(a, b),
         [sizes = Dims(input.sizes()), dtypes = std::array{input.dtype(), a.dtype(), b.dtype()},
          factors = Factors(beta, alpha, dtype)](GradInputs& to, const Tensor& g, const Tensor& a,
                                                 const Tensor& b) {
           if (to.needed(0)) to.set(0, sum_to(scaled(g, factors.beta), sizes, dtypes[0]));
           const Tensor part = scaled(g, factors.alpha);
           if (to.needed(1)) to.set(1, to_dtype(mv(part, to_dtype(b, g.dtype())), dtypes[1]));
           if (to.needed(2)) to.set(2, to_dtype(mv(t(part), to_dtype(a, g.dtype())), dtypes[2]));
         });
  return out;
}

Tensor baddbmm(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& beta,
               const Scalar& alpha) {
  check_batches("batch1", a);
  check_batches("batch2", b);
  if (input.dtype() != a.dtype() || a.dtype() != b.dtype())
    runtime_error("Input dtypes must be the same, got: input ", c_name(input.dtype()),
                  ", batch1: ", c_name(a.dtype()), ", batch2: ", c_name(b.dtype()));
  const Factors factors(beta, alpha, a.dtype());
  Tensor out;
  {
    GradModeGuard off(false);
    const DType wide =
        itemsize(a.dtype()) == 2 && is_floating(a.dtype()) ? DType::Float32 : a.dtype();
    out = bmm(to_dtype(a, wide), to_dtype(b, wide));
    finish_sum(out, expand(to_dtype(input, wide), out.sizes()), factors);
    out = to_dtype(out, a.dtype());  // 16-bit types are rounded once
  }
  record("BaddbmmBackward0", out, inputs(input, a, b), saves(a, b),
         [sizes = Dims(input.sizes()), factors](GradInputs& to, const Tensor& g, const Tensor& a,
                                                const Tensor& b) {
           if (to.needed(0)) to.set(0, sum_to(scaled(g, factors.beta), sizes, g.dtype()));
           const Tensor part = scaled(g, factors.alpha);
           if (to.needed(1)) to.set(1, bmm(part, transpose(b, 1, 2)));
           if (to.needed(2)) to.set(2, bmm(transpose(a, 1, 2), part));
         });
  return out;
}

Tensor addbmm(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& beta,
              const Scalar& alpha) {
  check_batches("batch1", a);
  check_batches("batch2", b);
  if (a.size(0) != b.size(0))
    runtime_error("batch1 and batch2 must have same number of batches, got ", a.size(0), " and ",
                  b.size(0));
  if (a.size(2) != b.size(1))
    runtime_error("Incompatible matrix sizes for bmm (", a.size(1), "x", a.size(2), " and ",
                  b.size(1), "x", b.size(2), ")");
  if (a.dtype() != b.dtype())
    runtime_error("mat1 and mat2 must have the same dtype, but got ", info(a.dtype()).scalar,
                  " and ", info(b.dtype()).scalar);
  if (input.dtype() != a.dtype())
    runtime_error("self and mat2 must have the same dtype, but got ", info(input.dtype()).scalar,
                  " and ", info(b.dtype()).scalar);
  const Factors factors(beta, alpha, a.dtype());
  Tensor out;
  {
    GradModeGuard off(false);
    const int64_t inner = a.size(0) * a.size(2);
    // The sum over batches is one product with longer rows.
    out =
        mm(reshape(transpose(a, 0, 1), Dims{a.size(1), inner}), reshape(b, Dims{inner, b.size(2)}));
    finish_sum(out, expand(input, out.sizes()), factors);
  }
  record("AddbmmBackward0", out, inputs(input, a, b), saves(a, b),
         [sizes = Dims(input.sizes()), factors](GradInputs& to, const Tensor& g, const Tensor& a,
                                                const Tensor& b) {
           if (to.needed(0)) to.set(0, sum_to(scaled(g, factors.beta), sizes, g.dtype()));
           const Tensor part =
               expand(scaled(g, factors.alpha), Dims{a.size(0), g.size(0), g.size(1)});
           if (to.needed(1)) to.set(1, bmm(part, transpose(b, 1, 2)));
           if (to.needed(2)) to.set(2, bmm(transpose(a, 1, 2), part));
         });
  return out;
}

// --- products of vectors and matrices
Tensor inner(const Tensor& a, const Tensor& b) {
  if (a.dim() == 0 || b.dim() == 0) return mul(a, b);
  if (a.size(a.dim() - 1) != b.size(b.dim() - 1))
    runtime_error("inner() the last dimension must match on both input tensors but got shapes ",
                  to_string(a.sizes()), " and ", to_string(b.sizes()));
  return tensordot(a, b, Dims{-1}, Dims{-1});
}

Tensor vdot(const Tensor& a, const Tensor& b) {
  Tensor out;
  {
    GradModeGuard off(false);
    out = dot(a, b);
  }
  record("VdotBackward0", out, inputs(a, b), saves(a, b),
         [](GradInputs& to, const Tensor& g, const Tensor& a, const Tensor& b) {
           if (to.needed(0)) to.set(0, g * b);
           if (to.needed(1)) to.set(1, g * a);
         });
  return out;
}

Tensor vecdot(const Tensor& a, const Tensor& b, int64_t dim) {
  if (!is_floating(a.dtype()))
    runtime_error("linalg.vecdot: Expected a floating point or complex tensor as input. Got ",
                  info(a.dtype()).scalar);
  if (a.dtype() != b.dtype())
    runtime_error("linalg.vecdot: Expected x and y to have the same dtype, but found x of type ",
                  info(a.dtype()).scalar, " and y of type ", info(b.dtype()).scalar, " instead");
  return sum(mul(a, b), Dims{dim}, false);
}

Tensor kron(const Tensor& a, const Tensor& b) {
  const int n = std::max(a.dim(), b.dim());
  Dims of_a, of_b, out;
  for (int i = 0; i < n; ++i) {
    const int ia = i - (n - a.dim()), ib = i - (n - b.dim());
    const int64_t size_a = ia < 0 ? 1 : a.size(ia), size_b = ib < 0 ? 1 : b.size(ib);
    of_a.push_back(size_a);
    of_a.push_back(1);
    of_b.push_back(1);
    of_b.push_back(size_b);
    int64_t size = 0;
    if (__builtin_mul_overflow(size_a, size_b, &size))
      runtime_error("kron: the result is too large");
    out.push_back(size);
  }
  const Tensor all = contiguous(mul(reshape(a, of_a), reshape(b, of_b)));
  Tensor result = detached_alias(all, false);
  result->set_geometry(out, contiguous_strides(out));
  record("UnsafeViewBackward0", result, inputs(all), saves(),
         [sizes = Dims(all.sizes())](const Tensor& g) { return reshape(g, sizes); });
  return result;
}

Tensor trace(const Tensor& x) {
  if (x.dim() != 2) runtime_error("trace: expected a matrix, but got tensor with dim ", x.dim());
  if (x.dtype() == DType::Bool)
    fail(ErrorKind::NotImplemented, "\"trace\" not implemented for 'Bool'");
  Tensor out;
  {
    GradModeGuard off(false);
    out = sum(diagonal(x));
  }
  record("TraceBackward0", out, inputs(x), saves(),
         [rows = x.size(0), columns = x.size(1)](const Tensor& g) {
           return mul(g, eye(rows, columns, g.dtype()));
         });
  return out;
}

Tensor multi_dot(std::span<const Tensor> tensors) {
  const size_t n = tensors.size();
  if (n < 2) runtime_error("multi_dot(): expected at least 2 tensors but got ", n);
  const auto check_end = [](const char* which, const Tensor& t) {
    if (t.dim() != 1 && t.dim() != 2)
      runtime_error("multi_dot(): the ", which, " tensor must be 1D or 2D but got ", t.dim(), "D");
  };
  check_end("first", tensors[0]);
  check_end("last", tensors[n - 1]);
  std::vector<Tensor> chain(tensors.begin(), tensors.end());
  for (size_t i = 0; i < n; ++i) {
    if (i && i + 1 < n && chain[i].dim() != 2)
      runtime_error("multi_dot(): tensor ", i, " must be 2D but got ", chain[i].dim(), "D");
    if (chain[i].dtype() != chain[0].dtype())
      runtime_error("multi_dot(): all tensors must have be the same dtype but tensor 0 is ",
                    c_name(chain[0].dtype()), " and tensor ", i, " ", c_name(chain[i].dtype()));
  }
  const bool row = chain[0].dim() == 1, column = chain[n - 1].dim() == 1;
  if (row) chain[0] = unsqueeze(chain[0], 0);
  if (column) chain[n - 1] = unsqueeze(chain[n - 1], 1);
  for (size_t i = 0; i + 1 < n; ++i)
    if (chain[i].size(1) != chain[i + 1].size(0))
      runtime_error("multi_dot(): tensors ", i, " and ", i + 1, " with shapes ",
                    to_string(tensors[i].sizes()), " and ", to_string(tensors[i + 1].sizes()),
                    " cannot be multiplied");
  // Cheapest order by dynamic programming over sub-chains (Cormen et al., Introduction to
  // Algorithms, 15.2). cost in floating point: sizes may be huge.
  std::vector<double> cost(n * n, 0);
  std::vector<size_t> cut(n * n, 0);
  for (size_t length = 2; length <= n; ++length) {
    for (size_t first = 0; first + length <= n; ++first) {
      const size_t last = first + length - 1;
      double best = -1;
      for (size_t k = first; k < last; ++k) {
        const double c =
            cost[first * n + k] + cost[(k + 1) * n + last] +
            double(chain[first].size(0)) * double(chain[k].size(1)) * double(chain[last].size(1));
        if (best < 0 || c < best) {
          best = c;
          cut[first * n + last] = k;
        }
      }
      cost[first * n + last] = best;
    }
  }
  // Products in the order of a walk over the tree of cuts, with a stack of its own.
  struct Step {
    size_t first, last;
    bool multiply;
  };
  std::vector<Step> steps{{0, n - 1, false}};
  std::vector<Tensor> done;
  while (!steps.empty()) {
    const Step step = steps.back();
    steps.pop_back();
    if (step.multiply) {
      const Tensor right = std::move(done.back());
      done.pop_back();
      done.back() = mm(done.back(), right);
    } else if (step.first == step.last) {
      done.push_back(chain[step.first]);
    } else {
      const size_t k = cut[step.first * n + step.last];
      steps.push_back({0, 0, true});
      steps.push_back({k + 1, step.last, false});
      steps.push_back({step.first, k, false});
    }
  }
  const Tensor& product = done[0];
  Dims sizes;
  if (!row) sizes.push_back(product.size(0));
  if (!column) sizes.push_back(product.size(1));
  return view(product, sizes);
}

Tensor chain_matmul(std::span<const Tensor> matrices) {
  if (matrices.empty()) runtime_error("chain_matmul(): Expected one or more matrices");
  for (size_t i = 0; i < matrices.size(); ++i)
    if (matrices[i].dim() != 2)
      runtime_error("Expected 2-D argument ", i, " for chain_matmul, got ", matrices[i].dim(),
                    "-D");
  return matrices.size() == 1 ? clone(matrices[0]) : multi_dot(matrices);
}

Tensor block_diag(std::span<const Tensor> tensors) {
  ResultType type;
  int64_t rows = 0, columns = 0;
  std::vector<std::pair<int64_t, int64_t>> sizes;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& x = tensors[i];
    if (x.dim() > 2)
      runtime_error("torch.block_diag: Input tensors must have 2 or fewer dimensions. Input ", i,
                    " has ", x.dim(), " dimensions");
    type << x;
    sizes.push_back({x.dim() == 2 ? x.size(0) : 1, x.dim() == 0 ? 1 : x.size(x.dim() - 1)});
    if (__builtin_add_overflow(rows, sizes.back().first, &rows) ||
        __builtin_add_overflow(columns, sizes.back().second, &columns))
      runtime_error("torch.block_diag: the result is too large");
  }
  if (tensors.empty()) return empty(Dims{1, 0}, default_dtype());
  Tensor out = zeros(Dims{rows, columns}, type.value());
  int64_t row = 0, column = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].numel())
      copy_values(make_view(out, Dims{sizes[i].first, sizes[i].second}, out.strides(),
                            row * columns + column),
                  tensors[i]);
    row += sizes[i].first;
    column += sizes[i].second;
  }
  bool tracked = false;
  for (const Tensor& x : tensors) tracked |= requires_grad(x);
  if (!grad_mode.enabled || !tracked) return out;
  struct Block {
    int64_t rows, columns;
    Dims sizes;
    DType dtype;
  };
  std::vector<Block> blocks;
  for (size_t i = 0; i < tensors.size(); ++i)
    blocks.push_back(
        {sizes[i].first, sizes[i].second, Dims(tensors[i].sizes()), tensors[i].dtype()});
  record_list("BlockDiagBackward0", out, tensors,
              [blocks = std::move(blocks)](GradInputs& to, const Tensor& g) {
                int64_t row = 0, column = 0;
                for (size_t i = 0; i < blocks.size(); ++i) {
                  const Block& b = blocks[i];
                  if (to.needed(i))
                    to.set(i, to_dtype(reshape(slice(slice(g, 0, row, row + b.rows), 1, column,
                                                     column + b.columns),
                                               b.sizes),
                                       b.dtype));
                  row += b.rows;
                  column += b.columns;
                }
              });
  return out;
}

// --- cross products
Tensor linalg_cross(const Tensor& a, const Tensor& b, int64_t dim) {
  if (a.dim() != b.dim())
    runtime_error("linalg.cross: inputs must have the same number of dimensions.");
  const int at = wrap_dim(dim, a.dim());
  const int64_t size_a = a.dim() ? a.size(at) : 1, size_b = b.dim() ? b.size(at) : 1;
  if (size_a != 3 || size_b != 3)
    runtime_error("linalg.cross: inputs dimension ", dim, " must have length 3. Got ", size_a,
                  " and ", size_b);
  const Dims sizes = broadcast_sizes(a.sizes(), b.sizes());
  if (a.dtype() != b.dtype())
    runtime_error("expected scalar type ", info(a.dtype()).scalar, " but found ",
                  info(b.dtype()).scalar);
  if (a.dtype() == DType::Bool)
    fail(ErrorKind::NotImplemented, "\"cross\" not implemented for 'Bool'");
  Tensor out = empty(sizes, a.dtype());
  {
    GradModeGuard off(false);
    const auto dense = [&](const Tensor& t) {
      return contiguous(t.same_sizes(out) ? t : expand(t, sizes));
    };
    const Tensor x = dense(a), y = dense(b);
    const Lines lines = lines_of(sizes, at);
    visit_dtype(a.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      using C = Compute<T>;
      if constexpr (!std::is_same_v<T, bool>) {
        const LongWork work(lines.numel());
        const int64_t step = lines.inner;
        for (int64_t o = 0; o < lines.outer; ++o) {
          for (int64_t i = 0; i < lines.inner; ++i) {
            const T* u = x.data<T>() + o * 3 * step + i;
            const T* v = y.data<T>() + o * 3 * step + i;
            T* to = out.data<T>() + o * 3 * step + i;
            const C u0(u[0]), u1(u[step]), u2(u[2 * step]), v0(v[0]), v1(v[step]), v2(v[2 * step]);
            // Products are rounded to T, which in 16 bits is PyTorch's result.
            const auto minor = [](C a, C d, C b, C c) {
              return static_cast<T>(static_cast<C>(static_cast<C>(static_cast<T>(a * d)) -
                                                   static_cast<C>(static_cast<T>(b * c))));
            };
            to[0] = minor(u1, v2, u2, v1);
            to[step] = minor(u2, v0, u0, v2);
            to[2 * step] = minor(u0, v1, u1, v0);
          }
        }
      }
    });
  }
  record("LinalgCrossBackward0", out, inputs(a, b), saves(a, b),
         [at](GradInputs& to, const Tensor& g, const Tensor& a, const Tensor& b) {
           if (to.needed(0)) to.set(0, sum_to(linalg_cross(b, g, at), a.sizes(), a.dtype()));
           if (to.needed(1)) to.set(1, sum_to(linalg_cross(g, a, at), b.sizes(), b.dtype()));
         });
  return out;
}

Tensor cross(const Tensor& a, const Tensor& b, std::optional<int64_t> dim) {
  if (dim) return linalg_cross(a, b, *dim);
  for (int i = 0; i < a.dim(); ++i)
    if (a.size(i) == 3) return linalg_cross(a, b, i);
  runtime_error("no dimension of size 3 in input");
}

// --- powers
Tensor linalg_vander(const Tensor& x, std::optional<int64_t> columns) {
  if (x.dtype() == DType::Bool)
    runtime_error("linalg.vander supports floating point, complex, and integer tensors, but got ",
                  info(x.dtype()).scalar);
  const Tensor vectors = atleast_1d(x);
  const int64_t n = columns.value_or(vectors.size(vectors.dim() - 1));
  if (n <= 1) runtime_error("N must be greater than 1.");
  Dims sizes(vectors.sizes());
  sizes.push_back(n - 1);
  const Tensor powers = cumprod(expand(unsqueeze(vectors, -1), sizes), -1, {});
  sizes[sizes.size() - 1] = 1;
  const Tensor both[] = {ones(sizes, powers.dtype()), powers};
  return cat(both, -1);
}

Tensor vander(const Tensor& x, std::optional<int64_t> columns, bool increasing) {
  if (x.dim() != 1) runtime_error("x must be a one-dimensional tensor.");
  const int64_t n = columns.value_or(x.size(0));
  if (n < 0) runtime_error("N must be non-negative.");
  const DType dtype = is_floating(x.dtype()) ? x.dtype() : DType::Int64;
  if (n == 0) return empty(Dims{x.size(0), 0}, dtype);
  const Tensor first = ones(Dims{x.size(0), 1}, dtype);
  const Tensor one = to_dtype(x, dtype);
  Tensor out = first;
  if (n > 1) {
    const Tensor both[] = {first,
                           cumprod(expand(unsqueeze(one, 1), Dims{x.size(0), n - 1}), 1, {})};
    out = cat(both, 1);
  }
  return increasing ? out : flip(out, Dims{1});
}

}  // namespace tg
