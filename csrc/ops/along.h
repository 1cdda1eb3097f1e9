// What the operations with indices along one dimension share: checked int64 indices, and the walks
// of index_select() and gather(). 0-d tensors count as vectors of one.
#pragma once

#include "kernels/index.h"
#include "ops/checked_scalar.h"
#include "ops/copy.h"
#include "ops/operators.h"

namespace tg {

inline int64_t size_at(const Tensor& t, int at) { return t.dim() ? t.size(at) : 1; }
inline int64_t stride_at(const Tensor& t, int at) { return t.dim() ? t.stride(at) : 1; }

inline Dims strides_without(const Tensor& t, int at) {
  Dims strides(t.strides());
  if (t.dim()) strides[at] = 0;
  return strides;
}

inline bool is_index_dtype(DType d) { return d == DType::Int64 || d == DType::Int32; }

inline Tensor int64_of(const Tensor& index) {
  GradModeGuard off(false);
  return contiguous(to_dtype(index, DType::Int64));
}

// Indices counted from the end made into those from the front; others stay as they are.
inline Tensor from_front(const Tensor& index, int64_t size) {
  const Tensor plain = int64_of(index);
  if (!first_outside(plain.data<int64_t>(), plain.numel(), 0, size)) return plain;
  GradModeGuard off(false);
  return where(lt(plain, Scalar(0)), add(plain, Scalar(size)), plain);
}

inline Tensor number_tensor(const Scalar& value, DType dtype) {
  visit_dtype(dtype, [&](auto tag) { checked_to<typename decltype(tag)::type>(value); });
  Tensor out = empty(Dims(), dtype);
  fill_values(out, value);
  return out;
}

// The walk of gather(): `sizes` are those of the index.
inline Tensor take_along(const Tensor& x, int at, const Tensor& index,
                         std::span<const int64_t> index_strides, std::span<const int64_t> sizes) {
  Tensor out = empty(sizes, x.dtype());
  const Dims steps = strides_without(x, at);
  take_at(sizes, {out->data, out->strides()}, {index->data, index_strides.data()},
          stride_at(x, at) * itemsize(x.dtype()), {x->data, steps.data()}, itemsize(x.dtype()));
  return out;
}

inline void put_along(const Tensor& into, int at, const Tensor& index,
                      std::span<const int64_t> index_strides, std::span<const int64_t> sizes,
                      const Tensor& source, std::span<const int64_t> source_strides,
                      Combine combine) {
  const Dims steps = strides_without(into, at);
  put_at(sizes, {into->data, steps.data()}, lies_across_itself(into),
         {index->data, index_strides.data()}, stride_at(into, at) * itemsize(into.dtype()),
         {source->data, source_strides.data()}, into.dtype(), combine);
}

inline void check_bounds(const Tensor& index, int at, int64_t size) {
  if (const int64_t* bad = first_outside(index.data<int64_t>(), index.numel(), 0, size))
    runtime_error("index ", *bad, " is out of bounds for dimension ", at, " with size ", size);
}

}  // namespace tg
