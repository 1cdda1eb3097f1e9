// Sorting, selection by rank, distinct elements, and searching in sorted ones.
#include "bindings/bind.h"
#include "ops/search.h"
#include "ops/sort.h"

namespace tg {
namespace {

constexpr int kBoth = kFunction | kMethod;

// Every sort here is stable; `stable` is taken and makes no difference.
SortResult sort_along(const Tensor& x, int64_t dim, bool descending, std::optional<bool>) {
  return sort(x, dim, descending);
}
Tensor argsort_along(const Tensor& x, int64_t dim, bool descending, std::optional<bool>) {
  return argsort(x, dim, descending);
}
Tensor median_all(const Tensor& x) { return median(x); }
MedianResult median_dim(const Tensor& x, int64_t dim, bool keepdim) {
  return median(x, dim, keepdim);
}
Tensor nanmedian_all(const Tensor& x) { return nanmedian(x); }
NanmedianResult nanmedian_dim(const Tensor& x, int64_t dim, bool keepdim) {
  return nanmedian(x, dim, keepdim);
}

// A tensor, or a tuple of it and what else was asked for.
PyObject* distinct_to_python(Distinct&& d) {
  if (!d.inverse.defined() && !d.counts.defined()) return to_python(std::move(d.values));
  std::vector<Tensor> items{std::move(d.values)};
  if (d.inverse.defined()) items.push_back(std::move(d.inverse));
  if (d.counts.defined()) items.push_back(std::move(d.counts));
  return to_python(std::move(items));
}
// The result is in order whether `sorted` or not.
PyObject* unique_of(const Tensor& x, bool, bool return_inverse, bool return_counts,
                    std::optional<int64_t> dim) {
  return distinct_to_python(unique(x, return_inverse, return_counts, dim));
}
PyObject* unique_consecutive_of(const Tensor& x, bool return_inverse, bool return_counts,
                                std::optional<int64_t> dim) {
  return distinct_to_python(unique_consecutive(x, return_inverse, return_counts, dim));
}

const Tensor* pointer(const std::optional<Tensor>& t) { return t ? &*t : nullptr; }

Tensor searchsorted_in(const Tensor& sorted, const Operand& values, bool out_int32, bool right,
                       const std::optional<std::string>& side,
                       const std::optional<Tensor>& sorter) {
  return searchsorted(sorted, values, out_int32, right, side, pointer(sorter));
}
Tensor isin_tensors(const Tensor& elements, const Tensor& test, bool, bool invert) {
  return isin(elements, test, invert);
}
Tensor isin_number_of(const Scalar& element, const Tensor& test, bool, bool invert) {
  return isin(element, test, invert);
}
Tensor isin_of_number(const Tensor& elements, const Scalar& test, bool, bool invert) {
  return isin(elements, test, invert);
}

Tensor bincount_of(const Tensor& x, const std::optional<Tensor>& weights, int64_t minlength) {
  return bincount(x, pointer(weights), minlength);
}
HistogramResult histogram_with_edges(const Tensor& x, const Tensor& bins,
                                     const std::optional<Tensor>& weight, bool density) {
  return histogram(x, bins, pointer(weight), density);
}
HistogramResult histogram_of(const Tensor& x, int64_t bins, PyObject* range,
                             const std::optional<Tensor>& weight, bool density) {
  std::optional<Range> ends;
  if (range != Py_None) {
    if (!PyList_Check(range) && !PyTuple_Check(range))
      type_error("histogram(): argument 'range' must be tuple of floats, not ",
                 Py_TYPE(range)->tp_name);
    Ref items = checked(PySequence_Tuple(range));
    const Py_ssize_t n = PyTuple_GET_SIZE(items.get());
    if (n != 2)
      runtime_error(
          "torch.histogramdd: for a 1-dimensional histogram range should have 2 elements, "
          "but got ",
          n);
    ends = Range{double_from(PyTuple_GET_ITEM(items.get(), 0)),
                 double_from(PyTuple_GET_ITEM(items.get(), 1))};
  }
  return histogram(x, bins, ends, pointer(weight), density);
}

}  // namespace

void bind_sorting(Binder& b) {
  b.def("sort", {fn(&sort_along, "input, dim=-1, descending=False, *, stable=False, out=None")},
        kBoth,
        "The elements along `dim` in rising (or falling) order, and where they were.\n\n"
        "input: any shape and dtype. Returns (values, indices) of the same shape. NaN counts as "
        "greatest; equal elements keep their order, whatever `stable` says.\n"
        "Raises IndexError where dim is out of range.\n\n"
        ">>> tg.sort(tg.tensor([3., 1., 2.]))\n"
        "torch.return_types.sort(\nvalues=tensor([1., 2., 3.]),\nindices=tensor([1, 2, 0]))");
  b.def("argsort", {fn(&argsort_along, "input, dim=-1, descending=False, stable=False")}, kBoth,
        "The indices that sort() gives.\n\n"
        "input: any shape and dtype. Returns int64 of the same shape.\n"
        "Raises IndexError where dim is out of range.\n\n"
        ">>> tg.argsort(tg.tensor([3., 1., 2.]))\ntensor([1, 2, 0])");
  b.def("msort", {fn(&msort, "input, *, out=None")}, kBoth,
        "The elements in rising order along the first dimension: the values of sort(input, 0).\n\n"
        ">>> tg.msort(tg.tensor([[3, 1], [2, 4]]))\ntensor([[2, 1],\n        [3, 4]])");
  b.def("topk", {fn(&topk, "input, k, dim=-1, largest=True, sorted=True, *, out=None")}, kBoth,
        "The k greatest (or least) elements along `dim`, the best first, and where they are.\n\n"
        "input: any shape and dtype. Returns (values, indices) with size k along dim; among equals "
        "the first ones.\n"
        "Raises RuntimeError where k is negative or more than there are.\n\n"
        ">>> tg.topk(tg.tensor([3., 1., 2.]), 2)\n"
        "torch.return_types.topk(\nvalues=tensor([3., 2.]),\nindices=tensor([0, 2]))");
  b.def("kthvalue", {fn(&kthvalue, "input, k, dim=-1, keepdim=False, *, out=None")}, kBoth,
        "The k-th least element along `dim`, counted from 1, and where it is.\n\n"
        "input: any shape, numbers. Returns (values, indices) without dim (size 1 where keepdim).\n"
        "Raises RuntimeError where k is not between 1 and the size.\n\n"
        ">>> tg.kthvalue(tg.tensor([3., 1., 2.]), 2).values\ntensor(2.)");
  b.def(
      "median",
      {fn(&median_all, "input"), fn(&median_dim, "input, dim, keepdim=False, *, out=None")}, kBoth,
      "Median of all elements, or along `dim` with its place; the lower one of two in the "
      "middle, NaN where there is one.\n\n"
      "input: any shape, numbers. Returns a tensor, or (values, indices) with `dim`. The gradient "
      "of median(x) is shared among equals.\n"
      "Raises IndexError where dim has no elements.\n\n"
      ">>> tg.median(tg.tensor([4., 1., 3., 2.]))\ntensor(2.)");
  b.def("nanmedian",
        {fn(&nanmedian_all, "input"), fn(&nanmedian_dim, "input, dim, keepdim=False, *, out=None")},
        kBoth,
        "median() of the elements that are not NaN; NaN where there is no other.\n\n"
        ">>> tg.nanmedian(tg.tensor([4., tg.nan, 3., 2.]))\ntensor(3.)");
  b.def(
      "mode", {fn(&mode, "input, dim=-1, keepdim=False, *, out=None")}, kBoth,
      "The most frequent element along `dim`, the least of equally frequent ones, and its last "
      "place.\n\n"
      "input: any shape and dtype. Returns (values, indices) without dim (size 1 where keepdim).\n"
      "Raises IndexError where dim has no elements.\n\n"
      ">>> tg.mode(tg.tensor([3, 1, 3, 2])).values\ntensor(3)");
  b.def("quantile",
        {fn(&quantile, "input, q, dim=None, keepdim=False, *, interpolation='linear', out=None")},
        kBoth,
        "The q-quantiles of all elements or along `dim`: between two elements by `interpolation` "
        "(linear, lower, higher, midpoint, nearest).\n\n"
        "input: float32 or float64, not empty; q: a number in [0, 1], or a vector of them, which "
        "becomes the first dimension of the result. NaN where there is one.\n"
        "Raises RuntimeError where input or q does not fit.\n\n"
        ">>> tg.quantile(tg.tensor([1., 2., 3., 4.]), 0.5)\ntensor(2.5000)");
  b.def(
      "nanquantile",
      {fn(&nanquantile, "input, q, dim=None, keepdim=False, *, interpolation='linear', out=None")},
      kBoth,
      "quantile() of the elements that are not NaN; NaN where there is no other.\n\n"
      ">>> tg.nanquantile(tg.tensor([1., tg.nan, 3.]), 0.5)\ntensor(2.)");

  b.def(
      "unique",
      {fn(&unique_of, "input, sorted=True, return_inverse=False, return_counts=False, dim=None")},
      kBoth,
      "The distinct elements, or slices along `dim`, in rising order.\n\n"
      "input: any shape and dtype. Returns a vector (with dim: the shape with another size there); "
      "with return_inverse and return_counts a tuple with where each element went and how often "
      "each occurs. Every NaN is distinct. Has no derivative.\n\n"
      ">>> tg.unique(tg.tensor([3, 1, 3]), return_counts=True)\n(tensor([1, 3]), tensor([1, 2]))");
  b.def(
      "unique_consecutive",
      {fn(&unique_consecutive_of, "input, return_inverse=False, return_counts=False, dim=None")},
      kBoth,
      "The first of each run of equal elements, or slices along `dim`; results as of unique().\n\n"
      ">>> tg.unique_consecutive(tg.tensor([3, 3, 1, 3]))\ntensor([3, 1, 3])");

  b.def(
      "searchsorted",
      {fn(&searchsorted_in,
          "sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None, "
          "out=None")},
      kFunction,
      "Where the values of input would stand in the sorted last dimension: before their equals, or "
      "after them where right.\n\n"
      "sorted_sequence: a vector, or as many lines as input has; sorter: int64 indices that put "
      "it in order. Returns int64 (int32 where out_int32) of the shape of input.\n"
      "Raises RuntimeError where the shapes do not fit.\n\n"
      ">>> tg.searchsorted(tg.tensor([1, 3, 5]), tg.tensor([3, 6]))\ntensor([1, 3])");
  b.def("bucketize",
        {fn(&bucketize, "input, boundaries, *, out_int32=False, right=False, out=None")}, kFunction,
        "The index of the bucket between rising `boundaries`, a vector, of each value; a boundary "
        "belongs to the bucket below it, or above where right.\n\n"
        ">>> tg.bucketize(tg.tensor([1, 2, 9]), tg.tensor([2, 4]))\ntensor([0, 0, 2])");
  b.def(
      "isin",
      {fn(&isin_tensors, "elements, test_elements, *, assume_unique=False, invert=False, out=None"),
       fn(&isin_number_of,
          "element, test_elements, *, assume_unique=False, invert=False, out=None"),
       fn(&isin_of_number,
          "elements, test_element, *, assume_unique=False, invert=False, out=None")},
      kFunction,
      "Whether each element is among test_elements (or is not, where invert); either may be a "
      "number. Returns bool of the shape of elements.\n\n"
      ">>> tg.isin(tg.tensor([1, 2, 3]), tg.tensor([2, 3]))\ntensor([False,  True,  True])");

  b.def(
      "bincount", {fn(&bincount_of, "input, weights=None, minlength=0")}, kBoth,
      "How often each number from 0 on occurs, or the sum of the weights where it does.\n\n"
      "input: a vector of integers, none negative; weights: a vector of as many. Returns int64, or "
      "with weights their float dtype (float64 for others).\n"
      "Raises RuntimeError where input has negative elements or more than one dimension.\n\n"
      ">>> tg.bincount(tg.tensor([1, 2, 1]))\ntensor([0, 2, 1])");
  b.def(
      "histc", {fn(&histc, "input, bins=100, min=0, max=0, *, out=None")}, kBoth,
      "How many elements fall into each of `bins` equal bins between min and max (the extremes of "
      "input where both are equal); others, and NaN, are not counted.\n\n"
      "input: any shape, floating. Returns a vector of the same dtype.\n\n"
      ">>> tg.histc(tg.tensor([1., 2., 1.]), bins=4, min=0, max=3)\ntensor([0., 2., 1., 0.])");
  b.def(
      "histogram",
      {fn(&histogram_with_edges, "input, bins, *, weight=None, density=False, out=None"),
       fn(&histogram_of, "input, bins=100, *, range=None, weight=None, density=False, out=None")},
      kBoth,
      "Counts (or sums of weights) in bins, and the edges of the bins: a number of equal ones over "
      "`range` or the extremes of input, or a tensor of rising edges. With density, divided by "
      "the total and the widths.\n\n"
      "input: any shape, float32 or float64. Returns (hist, bin_edges).\n\n"
      ">>> tg.histogram(tg.tensor([1., 2., 1.]), 2).hist\ntensor([2., 1.])");
}

}  // namespace tg
