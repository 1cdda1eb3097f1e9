// Elements picked or replaced where a mask is true, and the positions of nonzero elements. Declared
// in index.h.
#include "autograd/grad_mode.h"
#include "ops/advanced_index.h"
#include "ops/index.h"
#include "ops/join.h"
#include "ops/operators.h"
#include "ops/shape.h"

namespace tg {
namespace {

AdvancedIndex places_of(const Tensor& x, const Tensor& mask) {
  const IndexedDim one{0, mask};
  if (x.dim()) return advanced_index(x, {&one, 1});
  // A number has no dimension for the mask to lie along.
  Tensor index = empty(Dims{0, positions(mask).size(1)}, DType::Int64);
  return {index, Dims(), true};
}

template <class Run>
Tensor masked_scatter_with(const Tensor& x, const Tensor& mask, const Tensor& source, Run put) {
  if (mask.dtype() != DType::Bool)
    runtime_error("masked_scatter_ only supports boolean masks, but got mask with dtype ",
                  info(mask.dtype()).scalar);
  if (x.dtype() != source.dtype())
    runtime_error("masked_scatter: expected self and source to have same dtypes but got ",
                  info(x.dtype()).scalar, " and ", info(source.dtype()).scalar);
  const Tensor where_to = x.same_sizes(mask) ? mask : expand(mask, x.sizes());
  const Tensor target = x.dim() ? x : view(x, Dims{1});
  const AdvancedIndex at = places_of(target, x.dim() ? where_to : view(where_to, Dims{1}));
  const int64_t count = at.indices.size(1);
  if (count > source.numel())
    runtime_error("Number of elements of source < number of ones in mask");
  return put(target, at, slice(reshape(source, Dims{-1}), 0, 0, count));
}

}  // namespace

Tensor masked_select(const Tensor& x, const Tensor& mask) {
  if (mask.dtype() != DType::Bool) runtime_error("masked_select: expected BoolTensor for mask");
  Dims sizes = broadcast_sizes(x.sizes(), mask.sizes());
  if (sizes.empty()) sizes = Dims{1};
  const auto fitted = [&](const Tensor& t) {
    return std::equal(sizes.begin(), sizes.end(), t.sizes().begin(), t.sizes().end())
               ? t
               : expand(t, sizes);
  };
  const Tensor source = fitted(x);
  return take_indexed("MaskedSelectBackward0", source, places_of(source, fitted(mask)));
}

Tensor masked_scatter(const Tensor& x, const Tensor& mask, const Tensor& source) {
  const Dims sizes = broadcast_sizes(x.sizes(), mask.sizes());
  const Tensor target = std::equal(sizes.begin(), sizes.end(), x.sizes().begin(), x.sizes().end())
                            ? x
                            : expand(x, sizes);
  const Tensor out = masked_scatter_with(
      target, mask, source, [](const Tensor& x, const AdvancedIndex& at, const Tensor& values) {
        return put_indexed("MaskedScatterBackward0", x, at, values, false);
      });
  return target.dim() ? out : view(out, Dims());
}
Tensor masked_scatter_(const Tensor& self, const Tensor& mask, const Tensor& source) {
  masked_scatter_with(self, mask, source,
                      [](const Tensor& x, const AdvancedIndex& at, const Tensor& values) {
                        return put_indexed_("MaskedScatterBackward0", x, at, values, false);
                      });
  return self;
}

Tensor nonzero(const Tensor& x) {
  GradModeGuard off(false);
  const Tensor found =
      positions(x.dtype() == DType::Bool || x.dtype() == DType::UInt8 ? x : ne(x, Scalar(0)));
  found->set_geometry(Dims{found.size(1), found.size(0)}, Dims{1, found.size(1)});
  return found;
}

std::vector<Tensor> nonzero_tuple(const Tensor& x) { return unbind(nonzero(atleast_1d(x)), 1); }

}  // namespace tg
