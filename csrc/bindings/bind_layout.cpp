// Products over named dimensions, reductions at computed places, copies with a part replaced: the
// functions of einsum.h, products.h, scatter_reduce.h, layout.h and cdist.h.
#include "bindings/bind.h"
#include "bindings/options.h"
#include "ops/cdist.h"
#include "ops/einsum.h"
#include "ops/layout.h"
#include "ops/products.h"
#include "ops/scatter_reduce.h"
#include "ops/shape.h"

namespace tg {
namespace {

constexpr int kBoth = kFunction | kMethod;

// --- einsum and tensordot ------------------------------------------------------------------------
[[noreturn]] void raise_einsum_arguments() {
  value_error(
      "einsum(): must specify the equation string and at least one operand, or at least one "
      "operand and its subscripts list");
}

// Varargs come as a tuple, or as the one argument that was given: a list, or a tensor.
Tensor einsum_text(const std::string& equation, PyObject* operands) {
  if (is_tensor(operands)) return einsum(equation, {&as_tensor(operands), 1});
  Ref list = checked(PySequence_Tuple(operands));
  const Py_ssize_t n = PyTuple_GET_SIZE(list.get());
  if (n == 0) raise_einsum_arguments();
  std::vector<Tensor> tensors;
  tensors.reserve(size_t(n));
  for (Py_ssize_t i = 0; i < n; ++i) {
    PyObject* item = PyTuple_GET_ITEM(list.get(), i);
    if (!is_tensor(item))
      type_error("expected Tensor as element ", i, " in argument 1, but got ",
                 Py_TYPE(item)->tp_name);
    tensors.push_back(as_tensor(item));
  }
  return einsum(equation, tensors);
}

// Appends the term that a list of numbers and Ellipsis stands for.
void append_subscripts(std::string& equation, PyObject* subscripts) {
  Ref list = checked(PySequence_Tuple(subscripts));
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(list.get()); ++i) {
    PyObject* item = PyTuple_GET_ITEM(list.get(), i);
    if (item == Py_Ellipsis) {
      equation += "...";
      continue;
    }
    if (!is_index(item))
      type_error("einsum(): subscripts must be int or Ellipsis, not ", Py_TYPE(item)->tp_name);
    const int64_t label = index_from(item);
    if (label < 0 || label >= 52)
      value_error("einsum(): subscript in subscript list is not within the valid range [0, 52)");
    equation += char(label < 26 ? 'A' + label : 'a' + label - 26);
  }
}

// einsum(a, [0, 1], b, [1, 2], [0, 2])
Tensor einsum_lists(PyObject* arguments) {
  if (is_tensor(arguments)) raise_einsum_arguments();
  Ref list = checked(PySequence_Tuple(arguments));
  const Py_ssize_t n = PyTuple_GET_SIZE(list.get());
  if (n < 2) raise_einsum_arguments();
  std::string equation;
  std::vector<Tensor> tensors;
  for (Py_ssize_t i = 0; i + 1 < n; i += 2) {
    PyObject* item = PyTuple_GET_ITEM(list.get(), i);
    if (!is_tensor(item)) {
      if (i == 0)
        type_error("einsum(): argument 'equation' (position 1) must be str, not ",
                   Py_TYPE(item)->tp_name);
      type_error("expected Tensor as element ", i / 2, " in argument 1, but got ",
                 Py_TYPE(item)->tp_name);
    }
    if (i) equation += ',';
    tensors.push_back(as_tensor(item));
    append_subscripts(equation, PyTuple_GET_ITEM(list.get(), i + 1));
  }
  if (n % 2) {
    equation += "->";
    append_subscripts(equation, PyTuple_GET_ITEM(list.get(), n - 1));
  }
  return einsum(equation, tensors);
}

Dims dims_of_tensor(const Tensor& t) {
  if (is_floating(t.dtype()) || t.dtype() == DType::Bool)
    type_error(
        "tensordot(): argument 'dims_self' (position 3) must be tuple of ints, but found "
        "element of type float at pos 0");
  const Tensor plain = contiguous(to_dtype(t, DType::Int64));
  return Dims(plain.data<int64_t>(), int(plain.numel()));
}

Tensor tensordot_pairs(const Tensor& a, const Tensor& b, PyObject* dims) {
  if (is_tensor(dims)) {
    const Tensor& t = as_tensor(dims);
    if (t.dim() == 0 || t.numel() <= 1) return tensordot(a, b, index_from(dims));
    if (t.size(0) != 2) {
      PyErr_Format(PyExc_AssertionError,
                   "dims tensor must have size 2 in first dimension, got %lld",
                   static_cast<long long>(t.size(0)));
      throw PythonError();
    }
    return tensordot(a, b, dims_of_tensor(select(t, 0, 0)), dims_of_tensor(select(t, 0, 1)));
  }
  if (!PyTuple_Check(dims) && !PyList_Check(dims)) {
    Ref text = checked(PyObject_Str(dims));
    runtime_error(
        "tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] "
        "containing two lists, but got dims=",
        PyUnicode_AsUTF8(text.get()));
  }
  Ref pair = checked(PySequence_Tuple(dims));
  if (PyTuple_GET_SIZE(pair.get()) != 2)
    value_error(PyTuple_GET_SIZE(pair.get()) < 2 ? "not enough values" : "too many values",
                " to unpack (expected 2, got ", PyTuple_GET_SIZE(pair.get()), ")");
  Dims both[2];
  for (int i = 0; i < 2; ++i) {
    PyObject* item = PyTuple_GET_ITEM(pair.get(), i);
    if (!is_dims(item) || is_index(item))
      type_error("tensordot(): argument '", i ? "dims_other" : "dims_self", "' (position ", i + 3,
                 ") must be tuple of ints, not ", Py_TYPE(item)->tp_name);
    both[i] = dims_from(item);
  }
  return tensordot(a, b, both[0], both[1]);
}
constexpr auto kTensordotNumber =
    static_cast<Tensor (*)(const Tensor&, const Tensor&, int64_t)>(&tensordot);

// --- products ------------------------------------------------------------------------------------
using Added = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, const Scalar&, const Scalar&);
template <Added f>
Tensor added_in_place(const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& beta,
                      const Scalar& alpha) {
  return in_place(self, false, [&](const Tensor& x) {
    Tensor out = f(x, a, b, beta, alpha);
    if (!out.same_sizes(self))
      runtime_error("Bad in-place call: input tensor size ", to_string(self.sizes()),
                    " and output tensor size ", to_string(out.sizes()), " should match");
    return out;
  });
}
template <Tensor (*f)(std::span<const Tensor>)>
Tensor of_one(const Tensor& tensor) {
  return f({&tensor, 1});
}

// --- parts replaced, parts taken -----------------------------------------------------------------
Tensor as_strided_scatter_at(const Tensor& x, const Tensor& source, const Dims& sizes,
                             const Dims& strides, std::optional<int64_t> offset) {
  return as_strided_scatter(x, source, sizes, strides, offset.value_or(x.storage_offset()));
}
Tensor as_strided_copy(const Tensor& x, const Dims& sizes, const Dims& strides,
                       std::optional<int64_t> offset) {
  return copied("AsStridedBackward0_copy",
                as_strided(x, sizes, strides, offset.value_or(x.storage_offset())));
}
Tensor rot90_by(const Tensor& x, int64_t times, const std::optional<Dims>& dims) {
  return rot90(x, times, dims ? *dims : Dims{0, 1});
}
template <char which>
std::vector<Tensor> split_in(const Tensor& x, int64_t sections) {
  return split_evenly(x, which, sections);
}
template <char which>
std::vector<Tensor> split_where(const Tensor& x, std::span<const int64_t> indices) {
  return split_at(x, which, indices);
}

Tensor alias_copy(const Tensor& x) { return copied("AliasBackward0_copy", alias(x)); }
Tensor detach_copy(const Tensor& x) {
  GradModeGuard off(false);
  return copied("", x);
}
Tensor diagonal_copy(const Tensor& x, int64_t offset, int64_t dim1, int64_t dim2) {
  return copied("DiagonalBackward0_copy", diagonal(x, offset, dim1, dim2));
}
Tensor expand_copy(const Tensor& x, std::span<const int64_t> sizes, bool) {
  return copied("ExpandBackward0_copy", expand(x, sizes));
}
Tensor permute_copy(const Tensor& x, std::span<const int64_t> dims) {
  return copied("PermuteBackward0_copy", permute(x, dims));
}
Tensor squeeze_copy(const Tensor& x) { return copied("SqueezeBackward0_copy", squeeze(x)); }
Tensor squeeze_dim_copy(const Tensor& x, int64_t dim) {
  return copied("SqueezeBackward1_copy", squeeze(x, dim));
}
Tensor squeeze_dims_copy(const Tensor& x, std::span<const int64_t> dims) {
  return copied("SqueezeBackward2_copy", squeeze_dims(x, dims));
}
Tensor unsqueeze_copy(const Tensor& x, int64_t dim) {
  return copied("UnsqueezeBackward0_copy", unsqueeze(x, dim));
}
Tensor t_copy(const Tensor& x) { return copied("TBackward0_copy", t(x)); }
Tensor transpose_copy(const Tensor& x, int64_t dim0, int64_t dim1) {
  return copied("TransposeBackward0_copy", transpose(x, dim0, dim1));
}
Tensor unfold_copy(const Tensor& x, int64_t dim, int64_t size, int64_t step) {
  return copied("UnfoldBackward0_copy", unfold(x, dim, size, step));
}
Tensor view_copy(const Tensor& x, std::span<const int64_t> sizes) {
  return copied("ViewBackward0_copy", reshape(x, sizes));
}
Tensor view_dtype_copy(const Tensor& x, DType dtype) {
  return copied("ViewBackward1_copy", view_dtype(x, dtype));
}
Tensor select_copy(const Tensor& x, int64_t dim, int64_t index) {
  return copied("SelectBackward0_copy", select(x, dim, index));
}
Tensor slice_copy(const Tensor& x, int64_t dim, std::optional<int64_t> start,
                  std::optional<int64_t> end, int64_t step) {
  return copied("SliceBackward0_copy",
                slice(x, dim, start.value_or(0), end.value_or(INT64_MAX), step));
}
std::vector<Tensor> unbind_copy(const Tensor& x, int64_t dim) {
  return copies("UnbindBackward0_copy", x, unbind(x, dim));
}
std::vector<Tensor> split_copy(const Tensor& x, int64_t size, int64_t dim) {
  return copies("SplitBackward0_copy", x, split(x, size, dim));
}
std::vector<Tensor> split_with_sizes_copy(const Tensor& x, std::span<const int64_t> sizes,
                                          int64_t dim) {
  return copies("SplitWithSizesBackward0_copy", x, split_with_sizes(x, sizes, dim));
}
// As split(), but an in-place change of a part does not reach the graph of the others.
std::vector<Tensor> unsafe_split(const Tensor& x, int64_t size, int64_t dim) {
  return strangers("UnsafeSplitBackward0", split(x, size, dim));
}
std::vector<Tensor> unsafe_split_with_sizes(const Tensor& x, std::span<const int64_t> sizes,
                                            int64_t dim) {
  return strangers("UnsafeSplitWithSizesBackward0", split_with_sizes(x, sizes, dim));
}
std::vector<Tensor> unsafe_chunk(const Tensor& x, int64_t chunks, int64_t dim) {
  return strangers("UnsafeSplitBackward0", chunk(x, chunks, dim));
}

// --- indices and memory --------------------------------------------------------------------------
using Triangle = Tensor (*)(int64_t, int64_t, int64_t, DType);
template <Triangle make>
Tensor triangle_of(int64_t row, int64_t col, int64_t offset, std::optional<DType> dtype,
                   PyObject* layout, PyObject* device, bool) {
  check_place(layout, device);
  return make(row, col, offset, dtype.value_or(DType::Int64));
}

Tensor empty_permuted(Dims size, Dims physical_layout, std::optional<DType> dtype, PyObject* layout,
                      PyObject* device, bool, bool requires_grad) {
  check_place(layout, device);
  const int n = size.size();
  if (physical_layout.size() != n)
    runtime_error(
        "Number of dimensions in size does not match the length of the physical_layout; i.e. "
        "len(size) = ",
        n, " is not equal to len(physical_layout) = ", physical_layout.size());
  Dims sizes(n), inverse(n, -1);
  for (int i = 0; i < n; ++i) {
    const int64_t d = physical_layout[i];
    if (d < 0 || d >= n)
      runtime_error("Dimension out of range (expected to be between 0 and ", n - 1, ", but got ", d,
                    " at index ", i,
                    ").  NB: negative dims not currently supported; file an issue if you want it.");
    if (inverse[int(d)] >= 0) runtime_error("Duplicate dim not allowed");
    inverse[int(d)] = i;
    sizes[i] = size[int(d)];
  }
  const Tensor out = empty(sizes, dtype.value_or(default_dtype()));
  Dims strides(n);
  for (int i = 0; i < n; ++i) strides[i] = out.stride(int(inverse[i]));
  out->set_geometry(size, strides);
  return with_grad(out, requires_grad);
}

Tensor resize_to(const Tensor& self, Dims size, PyObject*) { return resize_(self, size); }
Tensor resize_as(const Tensor& self, const Tensor& other, PyObject*) {
  return resize_(self, other.sizes());
}

// The modes differ in PyTorch's algorithm only; here all distances come from differences.
Tensor cdist_in_mode(const Tensor& x, const Tensor& y, double p,
                     const std::optional<std::string>& mode) {
  if (mode && *mode != "use_mm_for_euclid_dist_if_necessary" && *mode != "use_mm_for_euclid_dist" &&
      *mode != "donot_use_mm_for_euclid_dist")
    value_error(*mode, " is not a valid value for compute_mode");
  return cdist(x, y, p);
}

void bind_products(Binder& b) {
  b.def(
      "einsum", {fn(&einsum_text, "equation, *operands"), fn(&einsum_lists, "*operands")},
      kFunction,
      "Sum of products over named dimensions: einsum('ij,jk->ik', a, b) is a @ b.\n\n"
      "Each term names the dimensions of one operand; a repeated name takes a diagonal, ... stands "
      "for any number of dimensions, and names that are missing after -> are summed over. Without "
      "-> the result has, in alphabetical order, the names that occur once. Terms may be given as "
      "lists of numbers: einsum(a, [0, 1], b, [1, 2], [0, 2]).\nRaises RuntimeError where the "
      "equation does not fit the operands.\n\n"
      ">>> x = tg.tensor([[1., 2.], [3., 4.]])\n>>> tg.einsum('ij,j->i', x, tg.tensor([1., 10.]))\n"
      "tensor([21., 43.])");
  b.def(
      "tensordot",
      {fn(kTensordotNumber, "a, b, dims=2, out=None"),
       fn(&tensordot_pairs, "a, b, dims=2, out=None")},
      kFunction,
      "Sum of products over the last dims dimensions of a and the first of b, or over two lists of "
      "dimensions.");
  b.def("inner", {fn(&inner, "input, other, *, out=None")}, kBoth,
        "Sums of products over the last dimension of both.");
  b.def("vdot", {fn(&vdot, "input, other, *, out=None")}, kBoth,
        "Dot product of two vectors of one length.");
  b.def("kron", {fn(&kron, "input, other, *, out=None")}, kBoth,
        "Kronecker product: every element of input times all of other, as a block.");
  b.def("trace", {fn(&trace, "input")}, kBoth, "Sum of the main diagonal of a matrix.");
  b.def("cross", {fn(&cross, "input, other, dim=None, *, out=None")}, kBoth,
        "Cross product of the vectors of three along dim; without it, along the first dim of size "
        "3.");
  b.def("_linalg_cross", {fn(&linalg_cross, "input, other, *, dim=-1, out=None")}, kFunction,
        "Cross product of the vectors of three along dim.");
  b.def("_linalg_vecdot", {fn(&vecdot, "x, y, *, dim=-1, out=None")}, kFunction,
        "Dot products of the vectors along dim.");
  b.def("_linalg_multi_dot", {fn(&multi_dot, "tensors, *, out=None")}, kFunction,
        "Product of a chain of matrices, in the cheapest order.");
  b.def("_linalg_vander", {fn(&linalg_vander, "x, *, N=None")}, kFunction,
        "Powers 0, 1, ... of each element along a new last dimension.");
  b.def("vander", {fn(&vander, "x, N=None, increasing=False")}, kFunction,
        "Matrix of the powers of a vector's elements, the highest first.");
  b.def("chain_matmul",
        {fn(&chain_matmul, "*matrices, out=None"), fn(&of_one<chain_matmul>, "matrix, out=None")},
        kFunction, "Product of a chain of matrices; linalg.multi_dot() takes a list of them.");
  b.def("block_diag", {fn(&block_diag, "*tensors"), fn(&of_one<block_diag>, "tensor")}, kFunction,
        "The matrices along the diagonal of one matrix, zeros elsewhere.");

  b.def("cdist",
        {fn(&cdist_in_mode, "x1, x2, p=2.0, compute_mode='use_mm_for_euclid_dist_if_necessary'")},
        kFunction,
        "Distances (p-norms of the differences) of all pairs of rows of [..., n, m] and [..., r, "
        "m].\n\n"
        "p may be 0 (count of differences) to inf. Gradients of distances of zero are zero.\n\n"
        ">>> tg.cdist(tg.tensor([[0., 0.]]), tg.tensor([[3., 4.], [0., 1.]]))\ntensor([[5., 1.]])");

  b.def("addmv", {fn(&addmv, "input, mat, vec, *, beta=1, alpha=1, out=None")}, kBoth,
        "beta * input + alpha * (mat @ vec).");
  b.def("addmv_", {fn(&added_in_place<addmv>, "input, mat, vec, *, beta=1, alpha=1")}, kBoth,
        "In-place form of addmv().");
  b.def("addr", {fn(&addr, "input, vec1, vec2, *, beta=1, alpha=1, out=None")}, kBoth,
        "beta * input + alpha * outer(vec1, vec2).");
  b.def("addr_", {fn(&added_in_place<addr>, "input, vec1, vec2, *, beta=1, alpha=1")}, kMethod,
        "In-place form of addr().");
  b.def("baddbmm", {fn(&baddbmm, "input, batch1, batch2, *, beta=1, alpha=1, out=None")}, kBoth,
        "beta * input + alpha * bmm(batch1, batch2).");
  b.def("baddbmm_", {fn(&added_in_place<baddbmm>, "input, batch1, batch2, *, beta=1, alpha=1")},
        kMethod, "In-place form of baddbmm().");
  b.def("addbmm", {fn(&addbmm, "input, batch1, batch2, *, beta=1, alpha=1, out=None")}, kBoth,
        "beta * input + alpha * the sum over bmm(batch1, batch2)'s batches.");
  b.def("addbmm_", {fn(&added_in_place<addbmm>, "input, batch1, batch2, *, beta=1, alpha=1")},
        kMethod, "In-place form of addbmm().");
}

void bind_places(Binder& b) {
  b.def(
      "scatter_reduce",
      {fn(&scatter_reduce, "input, dim, index, src, reduce, *, include_self=True, out=None")},
      kBoth,
      "A copy where the elements of src are combined ('sum', 'prod', 'mean', 'amax', 'amin') with "
      "those where gather() would read; without include_self, only with each other.");
  b.def("scatter_reduce_",
        {fn(&scatter_reduce_, "input, dim, index, src, reduce, *, include_self=True")}, kMethod,
        "In-place form of scatter_reduce().");
  b.def(
      "index_reduce",
      {fn(&index_reduce, "input, dim, index, source, reduce, *, include_self=True, out=None")},
      kBoth,
      "A copy where the slices of source are combined ('prod', 'mean', 'amax', 'amin') with those "
      "that index names; without include_self, only with each other.");
  b.def("index_reduce_",
        {fn(&index_reduce_, "input, dim, index, source, reduce, *, include_self=True")}, kMethod,
        "In-place form of index_reduce().");
  b.def("put", {fn(&put, "input, index, source, accumulate=False")}, kBoth,
        "A copy with the elements of source written (or added) at places of the flattened input.");
  b.def("put_", {fn(&put_, "input, index, source, accumulate=False")}, kMethod,
        "In-place form of put().");

  b.def("select_scatter", {fn(&select_scatter, "input, src, dim, index")}, kBoth,
        "A copy with src in the place of select(dim, index).");
  b.def("slice_scatter", {fn(&slice_scatter, "input, src, dim=0, start=None, end=None, step=1")},
        kBoth, "A copy with src in the place of the slice start:end:step of dim.");
  b.def("diagonal_scatter", {fn(&diagonal_scatter, "input, src, offset=0, dim1=0, dim2=1")}, kBoth,
        "A copy with src on a diagonal.");
  b.def("as_strided_scatter",
        {fn(&as_strided_scatter_at, "input, src, size, stride, storage_offset=None")}, kBoth,
        "A copy with src in the place of as_strided(size, stride, storage_offset).");
  b.def("fill_diagonal_", {fn(&fill_diagonal_, "input, fill_value, wrap=False")}, kMethod,
        "Writes a number on the main diagonal; in tall matrices it may start again below.");
  b.def("rot90", {fn(&rot90_by, "input, k=1, dims=None")}, kBoth,
        "A copy turned by k quarters, from the first of dims (0 and 1) towards the second.");
  b.def("sum_to_size", {fn(&sum_to_size, "input, *size")}, kMethod,
        "Sum over the dimensions that broadcasting `size` to this shape would repeat.");

  b.def("hsplit", {fn(&split_in<'h'>, "input, sections"), fn(&split_where<'h'>, "input, indices")},
        kBoth,
        "Views of parts along dim 1 (0 of a vector): so many equal ones, or cut at indices.");
  b.def("vsplit", {fn(&split_in<'v'>, "input, sections"), fn(&split_where<'v'>, "input, indices")},
        kBoth, "Views of parts along dim 0: so many equal ones, or cut at indices.");
  b.def("dsplit", {fn(&split_in<'d'>, "input, sections"), fn(&split_where<'d'>, "input, indices")},
        kBoth, "Views of parts along dim 2: so many equal ones, or cut at indices.");
  b.def("unsafe_split", {fn(&unsafe_split, "input, split_size, dim=0")}, kBoth,
        "The parts of split(), which autograd does not know as views.");
  b.def("unsafe_split_with_sizes", {fn(&unsafe_split_with_sizes, "input, split_sizes, dim=0")},
        kBoth, "The parts of split_with_sizes(), which autograd does not know as views.");
  b.def("unsafe_chunk", {fn(&unsafe_chunk, "input, chunks, dim=0")}, kBoth,
        "The parts of chunk(), which autograd does not know as views.");
}

void bind_copies(Binder& b) {
  b.def("alias_copy", {fn(&alias_copy, "input, *, out=None")}, kFunction, "A copy.");
  b.def("detach_copy", {fn(&detach_copy, "input, *, out=None")}, kFunction,
        "A copy without history.");
  b.def("as_strided_copy",
        {fn(&as_strided_copy, "input, size, stride, storage_offset=None, *, out=None")}, kFunction,
        "A copy of what as_strided() shows.");
  b.def("diagonal_copy", {fn(&diagonal_copy, "input, offset=0, dim1=0, dim2=1, *, out=None")},
        kFunction, "A copy of a diagonal.");
  b.def("expand_copy", {fn(&expand_copy, "input, size, *, implicit=False, out=None")}, kFunction,
        "A copy with dimensions of size 1 repeated.");
  b.def("narrow_copy", {fn(&narrow_copy, "input, dim, start, length, *, out=None")}, kBoth,
        "A copy of a part along dim.");
  b.def("permute_copy", {fn(&permute_copy, "input, dims, *, out=None")}, kFunction,
        "A copy with the dimensions in another order.");
  b.def("select_copy", {fn(&select_copy, "input, dim, index, *, out=None")}, kFunction,
        "A copy of one slice along dim.");
  b.def("slice_copy", {fn(&slice_copy, "input, dim=0, start=None, end=None, step=1, *, out=None")},
        kFunction, "A copy of the slice start:end:step of dim.");
  b.def("split_copy", {fn(&split_copy, "input, split_size, dim=0")}, kFunction,
        "Copies of the parts that split() shows.");
  b.def("split_with_sizes_copy", {fn(&split_with_sizes_copy, "input, split_sizes, dim=0")},
        kFunction, "Copies of the parts that split_with_sizes() shows.");
  b.def("squeeze_copy",
        {fn(&squeeze_copy, "input, *, out=None"), fn(&squeeze_dim_copy, "input, dim, *, out=None"),
         fn(&squeeze_dims_copy, "input, dim, *, out=None")},
        kFunction, "A copy without dimensions of size 1.");
  b.def("t_copy", {fn(&t_copy, "input, *, out=None")}, kFunction, "A copy of the transpose.");
  b.def("transpose_copy", {fn(&transpose_copy, "input, dim0, dim1, *, out=None")}, kFunction,
        "A copy with two dimensions exchanged.");
  b.def("unbind_copy", {fn(&unbind_copy, "input, dim=0")}, kFunction,
        "Copies of all slices along dim.");
  b.def("unfold_copy", {fn(&unfold_copy, "input, dimension, size, step, *, out=None")}, kFunction,
        "A copy of the windows along a dimension.");
  b.def("unsqueeze_copy", {fn(&unsqueeze_copy, "input, dim, *, out=None")}, kFunction,
        "A copy with a dimension of size 1 put in.");
  b.def("view_copy",
        {fn(&view_copy, "input, size, *, out=None"),
         fn(&view_dtype_copy, "input, dtype, *, out=None")},
        kFunction, "A copy in another shape, or read as another dtype.");
}

#define TG_OPTIONS "dtype=None, layout=None, device=None, pin_memory=False"
void bind_indices(Binder& b) {
  b.def("tril_indices", {fn(&triangle_of<tril_indices>, "row, col, offset=0, *, " TG_OPTIONS)},
        kFunction, "Rows and columns of the elements on and below a diagonal, int64 [2, count].");
  b.def("triu_indices", {fn(&triangle_of<triu_indices>, "row, col, offset=0, *, " TG_OPTIONS)},
        kFunction, "Rows and columns of the elements on and above a diagonal, int64 [2, count].");
  b.def("nonzero_static", {fn(&nonzero_static, "input, *, size, fill_value=-1, out=None")}, kBoth,
        "nonzero() with exactly `size` rows: cut off, or filled with fill_value.");
  b.def("empty_permuted",
        {fn(&empty_permuted, "size, physical_layout, *, " TG_OPTIONS ", requires_grad=False")},
        kFunction,
        "Memory of the given size, not initialised, whose dimensions lie in the order of "
        "physical_layout.");
  b.def("resize_", {fn(&resize_to, "input, *size, memory_format=None")}, kMethod,
        "Changes the size in place, over the same memory if it suffices; new elements have no "
        "value.");
  b.def("resize_as_", {fn(&resize_as, "input, the_template, *, memory_format=None")}, kBoth,
        "resize_() to the size of another tensor.");
}
#undef TG_OPTIONS

}  // namespace

void bind_layout(Binder& b) {
  bind_products(b);
  bind_places(b);
  bind_copies(b);
  bind_indices(b);
}

}  // namespace tg
