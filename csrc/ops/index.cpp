#include "ops/index.h"

#include "autograd/record.h"
#include "ops/advanced_index.h"
#include "ops/checked_scalar.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/modify.h"
#include "ops/shape.h"
#include "ops/ternary.h"

namespace tg {
namespace {

using Kind = IndexItem::Kind;

constexpr auto kIndexOfNumber =
    "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ "
    "to convert a 0-dim "
    "tensor to a number";

// What a key is without its index tensors: a view; and those, by dimension of the view.
struct Basic {
  Tensor view;
  std::vector<IndexedDim> indexed;
};

bool is_mask(const Tensor& t) { return t.dtype() == DType::Bool || t.dtype() == DType::UInt8; }

// How many dimensions of the tensor an item uses up.
int dims_used(const IndexItem& item) {
  switch (item.kind) {
    case Kind::Int:
    case Kind::Slice:
      return 1;
    case Kind::Tensor:
      return is_mask(item.tensor) ? item.tensor.dim() : 1;
    default:
      return 0;
  }
}

Tensor one_place(bool there) {
  Tensor index = empty(Dims{there ? 1 : 0}, DType::Int64);
  fill_values(index, Scalar(0));
  return index;
}

int64_t integer_in(const Tensor& t) {
  int64_t value = 0;
  visit_dtype(t.dtype(),
              [&](auto tag) { value = convert<int64_t>(*t.data<typename decltype(tag)::type>()); });
  return value;
}

Tensor select_checked(const Tensor& x, int at, int64_t index, int position) {
  const int64_t size = x.size(at);
  if (index < -size || index >= size)
    index_error("index ", index, " is out of bounds for dimension ", position, " with size ", size);
  return select(x, at, index);
}

Basic apply(const Tensor& self, std::span<const IndexItem> key) {
  int used = 0;
  for (const IndexItem& item : key) used += dims_used(item);
  if (used > self.dim()) {
    if (self.dim() == 0 && key.size() == 1 && key[0].kind == Kind::Int) index_error(kIndexOfNumber);
    index_error("too many indices for tensor of dimension ", self.dim());
  }
  Basic out{self, {}};
  int at = 0, position = -1;  // dimension of the view, and place in the key, which error texts tell
  bool ellipsis = false;
  for (const IndexItem& item : key) {
    ++position;
    switch (item.kind) {
      case Kind::Int:
        out.view = select_checked(out.view, at, item.start, position);
        break;
      case Kind::Slice:
        if (item.step <= 0) value_error("step must be greater than zero");
        if (item.start != 0 || item.stop < out.view.size(at) || item.step != 1)
          out.view = slice(out.view, at, item.start, item.stop, item.step);
        ++at;
        break;
      case Kind::None:
        out.view = unsqueeze(out.view, at++);
        break;
      case Kind::Ellipsis:
        if (ellipsis) index_error("an index can only have a single ellipsis ('...')");
        ellipsis = true;
        at += self.dim() - used;
        break;
      case Kind::Bool:
        out.view = unsqueeze(out.view, at);
        out.indexed.push_back({at++, one_place(item.start != 0)});
        break;
      case Kind::Tensor: {
        const Tensor& t = item.tensor;
        if (t.dim() == 0 && is_mask(t)) {
          out.view = unsqueeze(out.view, at);
          out.indexed.push_back({at++, one_place(integer_in(t) != 0)});
        } else if (t.dim() == 0 && is_integral(t.dtype())) {
          out.view = select_checked(out.view, at, integer_in(t), position);
        } else {
          out.indexed.push_back({at, t});
          at += dims_used(item);
        }
        break;
      }
    }
  }
  return out;
}

// A value without the leading 1s of its shape.
Tensor without_leading_ones(const Tensor& value) {
  int first = 0;
  while (first < value.dim() && value.size(first) == 1) ++first;
  return first ? view(value, value.sizes().subspan(size_t(first))) : value;
}

Scalar checked_number(DType dtype, const Scalar& number) {
  visit_dtype(dtype, [&](auto tag) { checked_to<typename decltype(tag)::type>(number); });
  return number;
}

void assign_to_view(const Tensor& view, const Operand& value) {
  if (!value.is_tensor()) checked_number(view.dtype(), value.scalar);
  if (value.is_tensor() && value.tensor->same_sizes(view)) {
    copy_(view, *value.tensor);
    return;
  }
  if (!value.is_tensor() || value.tensor->dim() == 0) {
    fill_from(view, value);
    return;
  }
  const Tensor& source = *value.tensor;
  const Tensor part = without_leading_ones(source);
  copy_(view, expand(part, view.sizes()));
}

// A single mask filled with one value needs no positions.
bool assign_to_mask(const Basic& to, const Operand& value) {
  if (to.indexed.size() != 1 || to.indexed[0].index.dtype() != DType::Bool) return false;
  if (value.is_tensor() && value.tensor->numel() != 1) return false;
  if (grad_mode.enabled &&
      (requires_grad(to.view) || (value.is_tensor() && requires_grad(*value.tensor))))
    return false;
  const IndexedDim& mask = to.indexed[0];
  for (int i = 0; i < mask.index.dim(); ++i)
    if (mask.index.size(i) != to.view.size(mask.dim + i))
      return false;  // advanced_index() says what is wrong
  Dims sizes(mask.index.sizes()), strides(mask.index.strides());
  for (int i = mask.dim + mask.index.dim(); i < to.view.dim(); ++i) {
    sizes.push_back(1);
    strides.push_back(0);
  }
  const Tensor spread = make_view(mask.index, sizes, strides, mask.index.storage_offset());
  if (!value.is_tensor()) {
    masked_fill_(to.view, spread, value);
  } else {
    masked_fill_(to.view, spread,
                 Operand(make_view(*value.tensor, {}, {}, value.tensor->storage_offset())));
  }
  return true;
}

std::vector<IndexedDim> consecutive(std::span<const Tensor> indices) {
  std::vector<IndexedDim> out;
  int dim = 0;
  for (const Tensor& t : indices) {
    out.push_back({dim, t});
    dim += is_mask(t) ? t.dim() : 1;
  }
  return out;
}

AdvancedIndex index_of_list(const Tensor& x, std::span<const Tensor> indices) {
  if (indices.empty()) value_error("At least one index should be provided");
  if (indices.size() > size_t(x.dim()))
    index_error("too many indices for tensor of dimension ", x.dim(), " (got ", indices.size(),
                ")");
  return advanced_index(x, consecutive(indices));
}

}  // namespace

Tensor index_int(const Tensor& self, int64_t i) {
  if (self.dim() == 0) index_error(kIndexOfNumber);
  const int64_t size = self.size(0);
  if (i < -size || i >= size)
    index_error("index ", i, " is out of bounds for dimension 0 with size ", size);
  return select(self, 0, i);
}

Tensor index_slice(const Tensor& self, int64_t start, int64_t stop, int64_t step) {
  if (step <= 0) value_error("step must be greater than zero");
  if (self.dim() == 0) index_error("slice() cannot be applied to a 0-dim tensor.");
  return slice(self, 0, start, stop, step);
}

Tensor index(const Tensor& self, std::span<const IndexItem> key) {
  const Basic part = apply(self, key);
  if (part.indexed.empty()) return part.view.impl() == self.impl() ? alias(self) : part.view;
  return take_indexed("IndexBackward0", part.view, advanced_index(part.view, part.indexed));
}

void index_assign(const Tensor& self, std::span<const IndexItem> key, const Operand& value) {
  if (key.size() == 1 && key[0].kind == Kind::Bool && key[0].start == 0) return;  // writes nothing
  const Basic part = apply(self, key);
  if (part.indexed.empty()) {
    assign_to_view(part.view, value);
    return;
  }
  if (assign_to_mask(part, value)) return;
  const AdvancedIndex at = advanced_index(part.view, part.indexed);
  if (value.is_tensor()) {
    put_indexed_("IndexPutBackward0", part.view, at, without_leading_ones(*value.tensor), false);
    return;
  }
  Tensor number = empty(Dims(), self.dtype());
  fill_values(number, checked_number(self.dtype(), value.scalar));
  put_indexed_("IndexPutBackward0", part.view, at, number, false);
}

Tensor index_put(const Tensor& x, std::span<const Tensor> indices, const Tensor& values,
                 bool accumulate) {
  return put_indexed("IndexPutBackward0", x, index_of_list(x, indices), values, accumulate);
}

Tensor index_put_(const Tensor& self, std::span<const Tensor> indices, const Tensor& values,
                  bool accumulate) {
  return put_indexed_("IndexPutBackward0", self, index_of_list(self, indices), values, accumulate);
}

}  // namespace tg
