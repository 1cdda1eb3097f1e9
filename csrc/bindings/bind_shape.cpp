// Views, and the operations that put tensors together or apart.
#include "bindings/bind.h"
#include "ops/join.h"
#include "ops/rearrange.h"
#include "ops/shape.h"
#include "ops/triangle.h"

namespace tg {
namespace {

constexpr int kBoth = kFunction | kMethod;

// Pick one of the overloads of squeeze().
constexpr auto kSqueezeAll = static_cast<Tensor (*)(const Tensor&)>(&squeeze);
constexpr auto kSqueezeOne = static_cast<Tensor (*)(const Tensor&, int64_t)>(&squeeze);

Tensor as_strided_at(const Tensor& x, const Dims& sizes, const Dims& strides,
                     std::optional<int64_t> offset) {
  return as_strided(x, sizes, strides, offset.value_or(x.storage_offset()));
}

// In-place changes of the shape.
Tensor squeeze_(const Tensor& self) { return become_view(self, squeeze(self)); }
Tensor squeeze_one_(const Tensor& self, int64_t dim) {
  return become_view(self, squeeze(self, dim));
}
Tensor squeeze_dims_(const Tensor& self, const Dims& dims) {
  return become_view(self, squeeze_dims(self, dims));
}
Tensor unsqueeze_(const Tensor& self, int64_t dim) {
  return become_view(self, unsqueeze(self, dim));
}
Tensor transpose_(const Tensor& self, int64_t dim0, int64_t dim1) {
  return become_view(self, transpose(self, dim0, dim1));
}
Tensor t_(const Tensor& self) { return become_view(self, t(self)); }

Tensor as_strided_(const Tensor& self, const Dims& sizes, const Dims& strides,
                   std::optional<int64_t> offset) {
  return become_view(self, as_strided_at(self, sizes, strides, offset));
}

Tensor narrow_at(const Tensor& x, int64_t dim, const Tensor& start, int64_t length) {
  if (start.dim() != 0 || !is_integral(start.dtype()))
    runtime_error("start must be an 0-dim integral Tensor.");
  return narrow(x, dim, *to_dtype(start, DType::Int64).data<int64_t>(), length);
}

std::vector<Tensor> tensor_split_by(const Tensor& x, const Tensor& places, int64_t dim) {
  if (places.dtype() != DType::Int64 || places.dim() > 1)
    runtime_error(
        "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or "
        "one-dimensional tensor of "
        "dtype long, but got a tensor with ",
        places.dim(), " dims and dtype ", info(places.dtype()).scalar);
  const Tensor flat = contiguous(places);
  if (places.dim() == 0) return tensor_split(x, *flat.data<int64_t>(), dim);
  return tensor_split_at(x, Dims(flat.data<int64_t>(), int(flat.numel())), dim);
}

std::vector<Tensor> broadcast_one(const Tensor& tensor) { return broadcast_tensors({&tensor, 1}); }
std::vector<Tensor> meshgrid_one(const Tensor& tensor, const std::string& indexing) {
  return meshgrid({&tensor, 1}, indexing);
}

template <Tensor (*F)(const Tensor&)>
std::vector<Tensor> each_of(std::span<const Tensor> tensors) {
  std::vector<Tensor> out;
  for (const Tensor& x : tensors) out.push_back(F(x));
  return out;
}

Tensor repeat_interleave_by(const Tensor& x, const Tensor& repeats, std::optional<int64_t> dim,
                            std::optional<int64_t>) {
  return repeat_interleave(x, repeats, dim);
}
Tensor repeat_interleave_times(const Tensor& x, int64_t repeats, std::optional<int64_t> dim,
                               std::optional<int64_t>) {
  Tensor count = empty(Dims(), DType::Int64);
  fill_values(count, Scalar(repeats));
  return repeat_interleave(x, count, dim);
}

Tensor flip_left_right(const Tensor& x) {
  if (x.dim() < 2) runtime_error("Input must be >= 2-d.");
  return flip(x, Dims{1});
}
Tensor flip_up_down(const Tensor& x) {
  if (x.dim() < 1) runtime_error("Input must be >= 1-d.");
  return flip(x, Dims{0});
}

void bind_views(Binder& b) {
  b.def("view", {fn(&view, "input, *size"), fn(&view_dtype, "input, dtype")}, kMethod,
        "The same elements in another shape (one size may be -1), or the same bytes as another "
        "dtype; never copies.");
  b.def(
      "reshape", {fn(&reshape, "input, *shape")}, kBoth,
      "The same elements in another shape, one size of which may be -1; a view where possible.\n\n"
      ">>> tg.arange(6).reshape(2, -1)\ntensor([[0, 1, 2],\n        [3, 4, 5]])");
  b.def("view_as", {fn(&view_as, "input, other")}, kMethod, "view() with the shape of other.");
  b.def("reshape_as", {fn(&reshape_as, "input, other")}, kMethod,
        "reshape() with the shape of other.");
  b.def("flatten", {fn(&flatten, "input, start_dim=0, end_dim=-1")}, kBoth,
        "Dimensions start_dim to end_dim made into one.");
  b.def("unflatten", {fn(&unflatten, "input, dim, sizes")}, kBoth,
        "One dimension made into several; one size may be -1.");
  b.def("ravel", {fn(&ravel, "input")}, kBoth, "All elements as a vector; a view where possible.");
  b.def("transpose", {fn(&transpose, "input, dim0, dim1")}, kBoth,
        "View with two dimensions exchanged.");
  b.def("swapaxes", {fn(&transpose, "input, axis0, axis1")}, kBoth, "The same as transpose().");
  b.def("swapdims", {fn(&transpose, "input, dim0, dim1")}, kBoth, "The same as transpose().");
  b.def("t", {fn(&t, "input")}, kBoth, "Transposed view of a matrix; vectors and numbers stay.");
  b.def("adjoint", {fn(&adjoint, "input")}, kBoth, "View with the last two dimensions exchanged.");
  b.def("permute", {fn(&permute, "input, *dims")}, kBoth,
        "View with the dimensions in the given order.");
  b.def("movedim", {fn(&movedim, "input, source, destination")}, kBoth,
        "View with some dimensions at other positions; the others keep their order.");
  b.def("moveaxis", {fn(&movedim, "input, source, destination")}, kBoth, "The same as movedim().");
  b.def("squeeze",
        {fn(kSqueezeAll, "input"), fn(kSqueezeOne, "input, dim"), fn(&squeeze_dims, "input, dim")},
        kBoth, "View without the dimensions of size 1, or without those among `dim` that have it.");
  b.def("unsqueeze", {fn(&unsqueeze, "input, dim")}, kBoth,
        "View with a dimension of size 1 put in at dim.");
  b.def("expand", {fn(&expand, "input, *size")}, kMethod,
        "View with dimensions of size 1 repeated without copying; -1 keeps a size.");
  b.def("expand_as", {fn(&expand_as, "input, other")}, kMethod, "expand() to the shape of other.");
  b.def("broadcast_to", {fn(&expand, "input, size")}, kBoth, "The same as expand().");
  b.def("select", {fn(&select, "input, dim, index")}, kBoth, "View of one index along dim.");
  b.def("narrow",
        {fn(&narrow_at, "input, dim, start, length"), fn(&narrow, "input, dim, start, length")},
        kBoth, "View of `length` indices along dim, from `start` on.");
  b.def("as_strided", {fn(&as_strided_at, "input, size, stride, storage_offset=None")}, kBoth,
        "View with any sizes and strides within the memory.");
  b.def("diagonal", {fn(&diagonal, "input, offset=0, dim1=0, dim2=1")}, kBoth,
        "View of a diagonal over two dimensions, as last dimension.");
  b.def("unfold", {fn(&unfold, "input, dimension, size, step")}, kMethod,
        "View of all windows of `size` along a dimension, every `step`.");
  b.def("squeeze_",
        {fn(&squeeze_, "input"), fn(&squeeze_one_, "input, dim"), fn(&squeeze_dims_, "input, dim")},
        kMethod, "In-place form of squeeze().");
  b.def("unsqueeze_", {fn(&unsqueeze_, "input, dim")}, kMethod, "In-place form of unsqueeze().");
  b.def("transpose_", {fn(&transpose_, "input, dim0, dim1")}, kMethod,
        "In-place form of transpose().");
  b.def("swapaxes_", {fn(&transpose_, "input, axis0, axis1")}, kMethod,
        "In-place form of swapaxes().");
  b.def("swapdims_", {fn(&transpose_, "input, dim0, dim1")}, kMethod,
        "In-place form of swapdims().");
  b.def("as_strided_", {fn(&as_strided_, "input, size, stride, storage_offset=None")}, kBoth,
        "In-place form of as_strided().");
  b.def("t_", {fn(&t_, "input")}, kMethod, "In-place form of t().");
}

void bind_splits(Binder& b) {
  b.def("unbind", {fn(&unbind, "input, dim=0")}, kBoth, "Views of all indices along dim.");
  b.def(
      "split",
      {fn(&split, "input, split_size_or_sections, dim=0"),
       fn(&split_with_sizes, "input, split_size_or_sections, dim=0"),
       fn(&split, "input, split_size, dim=0"), fn(&split_with_sizes, "input, split_size, dim=0"),
       fn(&split, "tensor, split_size_or_sections, dim=0"),
       fn(&split_with_sizes, "tensor, split_size_or_sections, dim=0")},
      kBoth,
      "Views of consecutive parts along dim, of one size (the last may be smaller) or of the given "
      "sizes.");
  b.def("split_with_sizes", {fn(&split_with_sizes, "input, split_sizes, dim=0")}, kBoth,
        "Views of consecutive parts of the given sizes.");
  b.def("chunk", {fn(&chunk, "input, chunks, dim=0")}, kBoth,
        "At most `chunks` views of parts of one size along dim; the last may be smaller.");
  b.def(
      "tensor_split",
      {fn(&tensor_split, "input, indices_or_sections, dim=0"),
       fn(&tensor_split_at, "input, indices_or_sections, dim=0"),
       fn(&tensor_split_by, "input, tensor_indices_or_sections, dim=0"),
       fn(&tensor_split, "input, sections, dim=0"), fn(&tensor_split_at, "input, indices, dim=0")},
      kBoth,
      "Views of parts along dim: as many as given, of nearly one size, or cut at the given "
      "indices.");
}

void bind_joins(Binder& b) {
  b.def("cat", {fn(&cat, "tensors, dim=0, *, out=None")}, kFunction,
        "The tensors one after the other along dim; other sizes must agree.\n\n"
        ">>> tg.cat([tg.tensor([1, 2]), tg.tensor([3])])\ntensor([1, 2, 3])");
  b.def("concat", {fn(&cat, "tensors, dim=0, *, out=None")}, kFunction, "The same as cat().");
  b.def("concatenate", {fn(&cat, "tensors, dim=0, *, out=None")}, kFunction, "The same as cat().");
  b.def("stack", {fn(&stack, "tensors, dim=0, *, out=None")}, kFunction,
        "Tensors of one shape along a new dimension.");
  b.def("hstack", {fn(&hstack, "tensors, *, out=None")}, kFunction,
        "The tensors side by side: vectors along dim 0, others along dim 1.");
  b.def("vstack", {fn(&vstack, "tensors, *, out=None")}, kFunction,
        "The tensors one below the other; vectors count as rows.");
  b.def("row_stack", {fn(&vstack, "tensors, *, out=None")}, kFunction, "The same as vstack().");
  b.def("dstack", {fn(&dstack, "tensors, *, out=None")}, kFunction,
        "The tensors along a third dimension.");
  b.def("column_stack", {fn(&column_stack, "tensors, *, out=None")}, kFunction,
        "The tensors side by side; vectors count as columns.");
  b.def("repeat", {fn(&repeat, "input, *repeats")}, kMethod,
        "Copies of the tensor side by side, so many along each dimension.");
  b.def("tile", {fn(&tile, "input, *dims")}, kBoth, "repeat() where missing leading counts are 1.");
  b.def("repeat_interleave",
        {fn(&repeat_interleave_times, "input, repeats, dim=None, *, output_size=None"),
         fn(&repeat_interleave_by, "input, repeats, dim=None, *, output_size=None")},
        kBoth,
        "Each element (or slice along dim) `repeats` times, one after the other; a tensor has a "
        "count for each.");
  b.def("flip", {fn(&flip, "input, *dims")}, kBoth, "A copy in reverse order along dims.");
  b.def("fliplr", {fn(&flip_left_right, "input")}, kBoth, "A copy in reverse order along dim 1.");
  b.def("flipud", {fn(&flip_up_down, "input")}, kBoth, "A copy in reverse order along dim 0.");
  b.def("roll", {fn(&roll, "input, shifts, dims=()")}, kBoth,
        "A copy shifted along dims, coming in again at the other end; without dims, flattened.");
  b.def("tril", {fn(&tril, "input, diagonal=0, *, out=None")}, kBoth,
        "A copy with zeros above the given diagonal of each matrix.");
  b.def("triu", {fn(&triu, "input, diagonal=0, *, out=None")}, kBoth,
        "A copy with zeros below the given diagonal of each matrix.");
  b.def("tril_", {fn(&tril_, "input, diagonal=0")}, kMethod, "In-place form of tril().");
  b.def("triu_", {fn(&triu_, "input, diagonal=0")}, kMethod, "In-place form of triu().");
  b.def("diag", {fn(&diag, "input, diagonal=0, *, out=None")}, kBoth,
        "Diagonal of a matrix, or the matrix that has a vector on it.");
  b.def("diag_embed", {fn(&diag_embed, "input, offset=0, dim1=-2, dim2=-1")}, kBoth,
        "Matrices that have the last dimension on a diagonal.");
  b.def("diagflat", {fn(&diagflat, "input, offset=0")}, kBoth,
        "The matrix that has all elements on a diagonal.");
  b.def("broadcast_tensors", {fn(&broadcast_tensors, "*tensors"), fn(&broadcast_one, "tensor")},
        kFunction, "Views of the tensors expanded to one shape.");
  b.def(
      "meshgrid",
      {fn(&meshgrid, "*tensors, indexing='ij'"), fn(&meshgrid_one, "tensor, indexing='ij'")},
      kFunction,
      "Views of vectors, each expanded over the grid of all; indexing 'xy' exchanges the first two "
      "dimensions.");
  b.def("atleast_1d", {fn(&atleast_1d, "input"), fn(&each_of<atleast_1d>, "*tensors")}, kFunction,
        "The tensors with at least one dimension.");
  b.def("atleast_2d", {fn(&atleast_2d, "input"), fn(&each_of<atleast_2d>, "*tensors")}, kFunction,
        "The tensors with at least two dimensions.");
  b.def("atleast_3d", {fn(&atleast_3d, "input"), fn(&each_of<atleast_3d>, "*tensors")}, kFunction,
        "The tensors with at least three dimensions.");
}

}  // namespace

void bind_shapes(Binder& b) {
  bind_views(b);
  bind_splits(b);
  bind_joins(b);
}

}  // namespace tg
