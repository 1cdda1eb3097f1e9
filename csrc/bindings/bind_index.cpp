// Operations that pick elements: by index tensors, by masks, by a condition.
#include "bindings/bind.h"
#include "ops/index.h"
#include "ops/join.h"
#include "ops/ternary.h"

namespace tg {

struct ComplexNumber {};
template <>
struct Arg<ComplexNumber> {
  using Held = ComplexNumber;
  static constexpr auto type = "complex";
  static bool accepts(PyObject* o) { return PyComplex_Check(o); }
  static Held get(PyObject*) { return {}; }
  static Held pass(Held& h) { return h; }
};

namespace {

constexpr int kBoth = kFunction | kMethod;

Tensor where_of(const Tensor& condition, const Operand& input, const Operand& other) {
  return where(condition, input, other);
}
Tensor where_method(const Tensor& input, const Tensor& condition, const Operand& other) {
  return where(condition, input, other);
}
std::vector<Tensor> where_true(const Tensor& condition) { return nonzero_tuple(condition); }

PyObject* nonzero_as(const Tensor& x, bool as_tuple) {
  return as_tuple ? to_python(nonzero_tuple(x)) : to_python(nonzero(x));
}

Tensor gather_with(const Tensor& x, int64_t dim, const Tensor& index, bool) {
  return gather(x, dim, index);
}
Tensor index_put_list(const Tensor& x, const std::vector<Tensor>& indices, const Tensor& values,
                      bool accumulate) {
  return index_put(x, indices, values, accumulate);
}
Tensor index_put_list_(const Tensor& self, const std::vector<Tensor>& indices, const Tensor& values,
                       bool accumulate) {
  return index_put_(self, indices, values, accumulate);
}

// A complex value never fits.
Tensor masked_fill_complex(const Tensor&, const Tensor&, ComplexNumber) {
  runtime_error("value cannot be converted to type float without overflow");
}

}  // namespace

void bind_indexing(Binder& b) {
  b.def("where",
        {fn(&where_of, "condition, input, other, *, out=None"), fn(&where_true, "condition")},
        kFunction,
        "Elements of input where condition is true, of other elsewhere; all are broadcast.\n\n"
        "With the condition alone, the positions of its true elements, one tensor for each "
        "dimension.\n\n"
        ">>> x = tg.tensor([1., -2.])\n>>> tg.where(x > 0, x, 0.0)\ntensor([1., 0.])");
  b.def("where", {fn(&where_method, "input, condition, other")}, kMethod,
        "The elements where condition is true, those of other elsewhere.");
  b.def("masked_fill",
        {fn(&masked_fill, "input, mask, value"), fn(&masked_fill_complex, "input, mask, value")},
        kBoth, "A copy with value where mask is true.");
  b.def("masked_fill_", {fn(&masked_fill_, "input, mask, value")}, kMethod,
        "In-place form of masked_fill().");
  b.def("masked_select", {fn(&masked_select, "input, mask, *, out=None")}, kBoth,
        "Vector of the elements where mask is true.");
  b.def("masked_scatter", {fn(&masked_scatter, "input, mask, source")}, kBoth,
        "A copy with the elements of source, in order, where mask is true.");
  b.def("masked_scatter_", {fn(&masked_scatter_, "input, mask, source")}, kMethod,
        "In-place form of masked_scatter().");
  b.def("lerp", {fn(&lerp, "input, end, weight, *, out=None")}, kBoth,
        "input + weight * (end - input).");
  b.def("lerp_", {fn(&lerp_, "input, end, weight")}, kMethod, "In-place form of lerp().");
  b.def("addcmul", {fn(&addcmul, "input, tensor1, tensor2, *, value=1, out=None")}, kBoth,
        "input + value * tensor1 * tensor2.");
  b.def("addcmul_", {fn(&addcmul_, "input, tensor1, tensor2, *, value=1")}, kMethod,
        "In-place form of addcmul().");
  b.def("addcdiv", {fn(&addcdiv, "input, tensor1, tensor2, *, value=1, out=None")}, kBoth,
        "input + value * tensor1 / tensor2.");
  b.def("addcdiv_", {fn(&addcdiv_, "input, tensor1, tensor2, *, value=1")}, kMethod,
        "In-place form of addcdiv().");

  b.def("gather", {fn(&gather_with, "input, dim, index, *, sparse_grad=False, out=None")}, kBoth,
        "out[i][j] = input[index[i][j]][j] for dim 0, and likewise for other dims and ranks; the "
        "shape is that of index.");
  b.def("scatter",
        {fn(&scatter, "input, dim, index, src, *, reduce='', out=None"),
         fn(&scatter, "input, dim, index, value, *, reduce='', out=None")},
        kBoth,
        "A copy with the elements of src written where gather() would read; reduce='add' or "
        "'multiply' combines instead.");
  b.def("scatter_",
        {fn(&scatter_, "input, dim, index, src, *, reduce=''"),
         fn(&scatter_, "input, dim, index, value, *, reduce=''")},
        kMethod, "In-place form of scatter().");
  b.def("scatter_add", {fn(&scatter_add, "input, dim, index, src, *, out=None")}, kBoth,
        "A copy with the elements of src added where gather() would read.");
  b.def("scatter_add_", {fn(&scatter_add_, "input, dim, index, src")}, kMethod,
        "In-place form of scatter_add().");

  b.def("index_select", {fn(&index_select, "input, dim, index, *, out=None")}, kBoth,
        "The slices along dim that index, a vector, names.");
  b.def("index_add", {fn(&index_add, "input, dim, index, source, *, alpha=1, out=None")}, kBoth,
        "A copy with alpha times the slices of source added at the places that index names.");
  b.def("index_add_", {fn(&index_add_, "input, dim, index, source, *, alpha=1")}, kMethod,
        "In-place form of index_add().");
  b.def("index_copy", {fn(&index_copy, "input, dim, index, source, *, out=None")}, kBoth,
        "A copy with the slices of source at the places that index names.");
  b.def("index_copy_", {fn(&index_copy_, "input, dim, index, source")}, kMethod,
        "In-place form of index_copy().");
  b.def("index_fill", {fn(&index_fill, "input, dim, index, value")}, kBoth,
        "A copy with value in the slices that index names.");
  b.def("index_fill_", {fn(&index_fill_, "input, dim, index, value")}, kMethod,
        "In-place form of index_fill().");
  b.def("index_put", {fn(&index_put_list, "input, indices, values, accumulate=False")}, kBoth,
        "A copy with values written (or added) at the places that the index tensors name, as in "
        "input[indices] = values.");
  b.def("index_put_", {fn(&index_put_list_, "input, indices, values, accumulate=False")}, kBoth,
        "In-place form of index_put().");

  b.def("take", {fn(&take, "input, index, *, out=None")}, kBoth,
        "Elements of the flattened input at the places in index.");
  b.def("take_along_dim", {fn(&take_along_dim, "input, indices, dim=None, *, out=None")}, kBoth,
        "gather() with broadcasting of both; without dim, over the flattened input.");
  b.def("nonzero", {fn(&nonzero, "input, *, out=None"), fn(&nonzero_as, "input, *, as_tuple")},
        kBoth,
        "Positions of the nonzero elements: a row for each, or a tuple with a vector for each "
        "dimension.");
  b.def("argwhere", {fn(&nonzero, "input")}, kBoth,
        "Positions of the nonzero elements, a row for each.");
}

}  // namespace tg
