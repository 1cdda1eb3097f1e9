// Statistics, running extrema, differences and integrals, norms.
#include "bindings/bind.h"
#include "ops/norm.h"
#include "ops/statistics.h"

namespace tg {
namespace {

constexpr int kBoth = kFunction | kMethod;

// correction=None means 1, as unbiased=True does.
template <Pair (*f)(const Tensor&, const OptionalDims&, double, bool)>
struct Deviations {
  static Pair by_correction(const Tensor& x, const OptionalDims& dim,
                            const std::optional<Scalar>& correction, bool keepdim) {
    return f(x, dim, correction ? correction->to<double>() : 1.0, keepdim);
  }
  static Pair of_all(const Tensor& x, bool unbiased) { return f(x, {}, unbiased, false); }
  static Pair over(const Tensor& x, const OptionalDims& dim, bool unbiased, bool keepdim) {
    return f(x, dim, unbiased, keepdim);
  }
};
using VarMean = Deviations<&var_mean>;
using StdMean = Deviations<&std_mean>;

const Tensor* pointer(const std::optional<Tensor>& t) { return t ? &*t : nullptr; }

Tensor cov_of(const Tensor& x, int64_t correction, const std::optional<Tensor>& fweights,
              const std::optional<Tensor>& aweights) {
  return cov(x, correction, pointer(fweights), pointer(aweights));
}
Tensor diff_of(const Tensor& x, int64_t n, int64_t dim, const std::optional<Tensor>& prepend,
               const std::optional<Tensor>& append) {
  return diff(x, n, dim, pointer(prepend), pointer(append));
}

// spacing: None, a number for all dims, a sequence of numbers, or one of tensors.
std::vector<Tensor> gradient_of(const Tensor& x, PyObject* spacing, const OptionalDims& dim,
                                int64_t edge_order) {
  std::optional<std::vector<int64_t>> dims;
  if (dim) dims.emplace(dim->begin(), dim->end());
  std::vector<Scalar> steps;
  std::vector<Tensor> coordinates;
  if (ScalarConversion::accepts(spacing)) {
    steps.assign(dims ? dims->size() : size_t(x.dim()), scalar_from(spacing));
  } else if (PyList_Check(spacing) || PyTuple_Check(spacing)) {
    Ref items = checked(PySequence_Tuple(spacing));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items.get()); ++i) {
      PyObject* item = PyTuple_GET_ITEM(items.get(), i);
      if (is_number(item))
        steps.push_back(scalar_from(item));
      else if (is_tensor(item))
        coordinates.push_back(as_tensor(item));
      if (steps.size() + coordinates.size() != size_t(i) + 1 ||
          (steps.size() && coordinates.size()))
        type_error("gradient(): argument 'spacing' must be a number, numbers or tensors");
    }
  } else if (spacing != Py_None) {
    type_error("gradient(): argument 'spacing' must be a number, numbers or tensors, not ",
               Py_TYPE(spacing)->tp_name);
  }
  return gradient(x, steps, coordinates, std::move(dims), edge_order);
}

Tensor trapezoid_at(const Tensor& y, const Tensor& x, int64_t dim) { return trapezoid(y, x, dim); }
Tensor trapezoid_even(const Tensor& y, const Scalar& dx, int64_t dim) {
  return trapezoid(y, dx, dim);
}
Tensor cumulative_at(const Tensor& y, const Tensor& x, int64_t dim) {
  return cumulative_trapezoid(y, x, dim);
}
Tensor cumulative_even(const Tensor& y, const Scalar& dx, int64_t dim) {
  return cumulative_trapezoid(y, dx, dim);
}

Tensor combinations_of(const Tensor& x, int64_t r, bool with_replacement) {
  return combinations(x, r, with_replacement);
}
std::vector<Tensor> unravel(const Tensor& indices, const Dims& shape) {
  return unravel_index(indices, shape);
}
Tensor cartesian_of_one(const Tensor& tensor) { return cartesian_prod({&tensor, 1}); }

double power(const std::optional<Scalar>& p) { return p ? p->to<double>() : 2.0; }

// norm(): p is a number, None (2), "fro" (2) or "nuc", which is left to linalg.
Tensor norm_by_number(const Tensor& x, const std::optional<Scalar>& p, const OptionalDims& dim,
                      bool keepdim, OptionalDType dtype) {
  return vector_norm(x, power(p), dim, keepdim, dtype);
}
Tensor norm_by_name(const Tensor& x, const std::string& p, const OptionalDims& dim, bool keepdim,
                    OptionalDType dtype) {
  if (p == "fro" && dim && dim->size() > 2) {
    std::string dims;
    for (int i = 0; i < dim->size(); ++i) dims += (i ? " " : "") + std::to_string((*dim)[i]);
    runtime_error("linalg.matrix_norm: dim must be a 2-tuple. Got ", dims);
  }
  if (p == "fro") return vector_norm(x, 2, dim, keepdim, dtype);
  if (p != "nuc") runtime_error("linalg.matrix_norm: Order ", p, " not supported.");
  Dims dims;
  if (dim)
    dims = *dim;
  else
    for (int d = 0; d < x.dim(); ++d) dims.push_back(d);
  Ref module = checked(PyImport_ImportModule("tapegrad.linalg._norms"));
  Ref input(wrap(x)), axes(size_object(dims));
  Ref type(dtype ? to_python(*dtype) : Py_NewRef(Py_None));
  Ref result = checked(PyObject_CallMethod(module.get(), "_nuclear", "OOOO", input.get(),
                                           axes.get(), keepdim ? Py_True : Py_False, type.get()));
  if (!is_tensor(result.get())) type_error("linalg.matrix_norm did not return a Tensor");
  return as_tensor(result.get());
}
// torch.norm takes out= before dtype=.
Tensor norm_by_number_out(const Tensor& x, const std::optional<Scalar>& p, const OptionalDims& dim,
                          bool keepdim, PyObject*, OptionalDType dtype) {
  return norm_by_number(x, p, dim, keepdim, dtype);
}
Tensor norm_by_name_out(const Tensor& x, const std::string& p, const OptionalDims& dim,
                        bool keepdim, PyObject*, OptionalDType dtype) {
  return norm_by_name(x, p, dim, keepdim, dtype);
}
Tensor vector_norm_of(const Tensor& x, const Scalar& ord, const OptionalDims& dim, bool keepdim,
                      OptionalDType dtype) {
  return vector_norm(x, ord.to<double>(), dim, keepdim, dtype);
}
Tensor dist_of(const Tensor& x, const Tensor& other, const Scalar& p) {
  return dist(x, other, p.to<double>());
}

}  // namespace

void bind_statistics(Binder& b) {
  b.def("var_mean",
        {fn(&VarMean::by_correction, "input, dim=None, *, correction=1, keepdim=False"),
         fn(&VarMean::of_all, "input, unbiased"),
         fn(&VarMean::over, "input, dim, unbiased=True, keepdim=False")},
        kFunction,
        "var() and mean() of all elements or over `dim`.\n\n"
        ">>> tg.var_mean(tg.tensor([1., 2., 3.]))\n(tensor(1.), tensor(2.))");
  b.def("std_mean",
        {fn(&StdMean::by_correction, "input, dim=None, *, correction=1, keepdim=False"),
         fn(&StdMean::of_all, "input, unbiased"),
         fn(&StdMean::over, "input, dim, unbiased=True, keepdim=False")},
        kFunction,
        "std() and mean() of all elements or over `dim`.\n\n"
        ">>> tg.std_mean(tg.tensor([1., 2., 3.]))\n(tensor(1.), tensor(2.))");
  b.def("nanmean", {fn(&nanmean, "input, dim=None, keepdim=False, *, dtype=None, out=None")}, kBoth,
        "Mean of the elements that are not NaN, of all or over `dim`; NaN where there is none.\n\n"
        ">>> tg.nanmean(tg.tensor([1., tg.nan, 3.]))\ntensor(2.)");
  b.def("aminmax", {fn(&aminmax, "input, *, dim=None, keepdim=False, out=None")}, kBoth,
        "The least and the greatest element, of all or along `dim`; NaN where there is one.\n\n"
        "Returns (min, max); their gradients are shared among ties. Raises where there is no "
        "element.\n\n"
        ">>> tg.aminmax(tg.tensor([1., 3., 2.]))\n"
        "torch.return_types.aminmax(\nmin=tensor(1.),\nmax=tensor(3.))");
  b.def("cov", {fn(&cov_of, "input, *, correction=1, fweights=None, aweights=None")}, kBoth,
        "Covariances of the variables, the rows of input, over the observations, its columns.\n\n"
        "input: at most two dimensions, a vector being one variable; fweights (integers) and "
        "aweights (floating) weigh the observations. Returns a square matrix, or a number.\n"
        "Raises RuntimeError where shapes or dtypes do not fit.\n\n"
        ">>> tg.cov(tg.tensor([[0., 2.], [4., 0.]]))\n"
        "tensor([[ 2., -4.],\n        [-4.,  8.]])");
  b.def("corrcoef", {fn(&corrcoef, "input")}, kBoth,
        "Pearson's correlation coefficients of the rows of input: cov() over the deviations.\n\n"
        ">>> tg.corrcoef(tg.tensor([[0., 2.], [4., 0.]]))\n"
        "tensor([[ 1., -1.],\n        [-1.,  1.]])");

  b.def("cummax", {fn(&cummax, "input, dim, *, out=None")}, kBoth,
        "The greatest of the elements up to each one along `dim`, and where it is: of equals the "
        "last. NaN stays once it is met.\n\n"
        ">>> tg.cummax(tg.tensor([1., 3., 2.]), 0).values\ntensor([1., 3., 3.])");
  b.def(
      "cummin", {fn(&cummin, "input, dim, *, out=None")}, kBoth,
      "The least of the elements up to each one along `dim`, and where it is: of equals the last. "
      "NaN stays once it is met.\n\n"
      ">>> tg.cummin(tg.tensor([3., 1., 2.]), 0).values\ntensor([3., 1., 1.])");
  b.def("logcumsumexp", {fn(&logcumsumexp, "input, dim, *, out=None")}, kBoth,
        "Logarithm of the running sum of exponentials along `dim`, computed without overflow.\n\n"
        ">>> tg.logcumsumexp(tg.tensor([0., 0.]), 0)\ntensor([0.0000, 0.6931])");

  b.def("diff", {fn(&diff_of, "input, n=1, dim=-1, prepend=None, append=None, *, out=None")}, kBoth,
        "Differences of neighbours along `dim`, taken n times; of bools, whether they differ.\n\n"
        ">>> tg.diff(tg.tensor([1, 3, 6]))\ntensor([2, 3])");
  b.def("gradient", {fn(&gradient_of, "input, *, spacing=None, dim=None, edge_order=1")}, kFunction,
        "Derivatives of samples along each of `dim` (all by default) by central differences, one "
        "sided at the ends.\n\n"
        "spacing: the step between samples, one for each dim, or a vector of places for each; "
        "edge_order: 1 or 2, the accuracy at the ends. Returns a tuple of tensors like input.\n"
        "Raises RuntimeError where a dim has fewer than edge_order + 1 samples.\n\n"
        ">>> tg.gradient(tg.tensor([1., 2., 4., 7.]))\n"
        "(tensor([1.0000, 1.5000, 2.5000, 3.0000]),)");
  b.def("trapezoid",
        {fn(&trapezoid_at, "y, x, *, dim=-1"), fn(&trapezoid_even, "y, *, dx=1, dim=-1")},
        kFunction,
        "Integral along `dim` by the trapezoidal rule, of samples at places x or dx apart.\n\n"
        ">>> tg.trapezoid(tg.tensor([1., 2., 4.]))\ntensor(4.5000)");
  b.def("trapz", {fn(&trapezoid_at, "y, x, *, dim=-1"), fn(&trapezoid_even, "y, *, dx=1, dim=-1")},
        kFunction, "The same as trapezoid().");
  b.def("cumulative_trapezoid",
        {fn(&cumulative_at, "y, x, *, dim=-1"), fn(&cumulative_even, "y, *, dx=1, dim=-1")},
        kFunction,
        "Integrals along `dim` up to each sample but the first, by the trapezoidal rule.\n\n"
        ">>> tg.cumulative_trapezoid(tg.tensor([1., 2., 4.]))\ntensor([1.5000, 4.5000])");

  b.def("combinations", {fn(&combinations_of, "input, r=2, with_replacement=False")}, kFunction,
        "The combinations of r elements of a vector, a row for each, in the order of their "
        "places.\n\n"
        ">>> tg.combinations(tg.tensor([1, 2, 3]))\n"
        "tensor([[1, 2],\n        [1, 3],\n        [2, 3]])");
  b.def("cartesian_prod", {fn(&cartesian_prod, "*tensors"), fn(&cartesian_of_one, "tensor")},
        kFunction,
        "All tuples with an element of each vector, a row for each.\n\n"
        ">>> tg.cartesian_prod(tg.tensor([1, 2]), tg.tensor([3, 4]))\n"
        "tensor([[1, 3],\n        [1, 4],\n        [2, 3],\n        [2, 4]])");
  b.def("unravel_index", {fn(&unravel, "indices, shape")}, kFunction,
        "The coordinates, one tensor for each dimension, of flat indices into a tensor of that "
        "shape.\n\n"
        ">>> tg.unravel_index(tg.tensor([3, 5]), (2, 3))\n(tensor([1, 1]), tensor([0, 2]))");

  b.def("norm",
        {fn(&norm_by_name_out, "input, p='fro', dim=None, keepdim=False, out=None, dtype=None"),
         fn(&norm_by_number_out, "input, p, dim=None, keepdim=False, out=None, dtype=None")},
        kFunction,
        "Vector norm (sum |x|^p)^(1/p), of all elements or over `dim`; p may be 0 (count of "
        "nonzeros), infinite (greatest |x|), 'fro' (2), or 'nuc' (the sum of a matrix's singular "
        "values).\n\n"
        ">>> tg.norm(tg.tensor([3., 4.]))\ntensor(5.)");
  b.def("norm",
        {fn(&norm_by_name, "input, p='fro', dim=None, keepdim=False, dtype=None"),
         fn(&norm_by_number, "input, p, dim=None, keepdim=False, dtype=None")},
        kMethod, "The same as torch.norm().");
  b.def("_linalg_vector_norm",
        {fn(&vector_norm_of, "x, ord=2, dim=None, keepdim=False, *, dtype=None, out=None")},
        kFunction, "linalg.vector_norm().");
  b.def("dist", {fn(&dist_of, "input, other, p=2")}, kBoth,
        "The p-norm of input - other, which are broadcast.\n\n"
        ">>> tg.dist(tg.tensor([1., 2.]), tg.tensor([4., 6.]))\ntensor(5.)");
  b.def("renorm", {fn(&renorm, "input, p, dim, maxnorm, *, out=None")}, kBoth,
        "A copy in which the slices along `dim` whose p-norm exceeds maxnorm are scaled down to "
        "it.\n\n"
        ">>> tg.renorm(tg.tensor([[3., 4.], [0., 1.]]), 2, 0, 1)\n"
        "tensor([[0.6000, 0.8000],\n        [0.0000, 1.0000]])");
  b.def("renorm_", {fn(&renorm_, "input, p, dim, maxnorm")}, kMethod, "In-place form of renorm().");
}

}  // namespace tg
