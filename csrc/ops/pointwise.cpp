#include "ops/pointwise.h"

#include "kernels/cast.h"
#include "kernels/loops.h"
#include "ops/elementwise.h"

namespace tg {
namespace {

constexpr int64_t kBlock = 256;

void call(const PointwiseLoops& loops, const void* formula, float* out, const float* const* in,
          int64_t n) {
  loops.of_float(formula, out, in, n);
}
void call(const PointwiseLoops& loops, const void* formula, double* out, const double* const* in,
          int64_t n) {
  loops.of_double(formula, out, in, n);
}

// Rows of any stride and of any floating dtype, in blocks of the type C that the loops compute in.
template <class C>
void run_row(const PointwiseLoops& loops, const void* formula, size_t inputs, DType dtype,
             const std::array<char*, 4>& data, const std::array<int64_t, 4>& stride, int64_t n) {
  constexpr int64_t kItem = sizeof(C);
  const CastRow widen = cast_row(dtype_of<C>, dtype), narrow = cast_row(dtype, dtype_of<C>);
  const auto in_place = [&](size_t k) { return dtype == dtype_of<C> && stride[k] == kItem; };
  C buffers[4][kBlock];
  for (int64_t at = 0; at < n; at += kBlock) {
    const int64_t count = std::min(kBlock, n - at);
    const C* in[3] = {};
    for (size_t k = 1; k <= inputs; ++k) {
      const char* from = data[k] + at * stride[k];
      if (!in_place(k)) widen(reinterpret_cast<char*>(buffers[k]), kItem, from, stride[k], count);
      in[k - 1] = in_place(k) ? reinterpret_cast<const C*>(from) : buffers[k];
    }
    char* to = data[0] + at * stride[0];
    call(loops, formula, in_place(0) ? reinterpret_cast<C*>(to) : buffers[0], in, count);
    if (!in_place(0)) narrow(to, stride[0], reinterpret_cast<char*>(buffers[0]), kItem, count);
  }
}

template <class T>
void run_dense_of(const PointwiseLoops& loops, const void* formula, const Tensor& out,
                  std::span<const Tensor* const> in) {
  const T* data[3] = {};
  for (size_t k = 0; k < in.size(); ++k) data[k] = in[k]->data<T>();
  const LongWork work(out.numel());
  sweep(out.numel(), kCheapGrain, [&](int64_t begin, int64_t end) {
    const T* from[3] = {};
    for (size_t k = 0; k < in.size(); ++k) from[k] = data[k] + begin;
    call(loops, formula, out.data<T>() + begin, from, end - begin);
  });
}

}  // namespace

void run_dense(const PointwiseLoops& loops, const void* formula, const Tensor& out,
               std::span<const Tensor* const> in) {
  if (out.dtype() == DType::Float64)
    run_dense_of<double>(loops, formula, out, in);
  else
    run_dense_of<float>(loops, formula, out, in);
}

Tensor run_pointwise(const char* name, const PointwiseLoops& loops, const void* formula,
                     std::span<const Tensor* const> in) {
  const Tensor& first = *in[0];
  const DType dtype = first.dtype();
  if (!is_floating(dtype))
    fail(ErrorKind::NotImplemented, "\"", name, "\" not implemented for '", info(dtype).scalar,
         "'");
  bool dense = first.is_contiguous(), same = true;
  for (const Tensor* t : in.subspan(1)) {
    if (t->dtype() != dtype)
      runtime_error("expected scalar type ", info(dtype).scalar, " but found ",
                    info(t->dtype()).scalar);
    same &= t->same_sizes(first);
    dense &= t->is_contiguous();
  }
  Tensor out;
  if (same) {
    out = dense ? empty(first.sizes(), dtype) : empty_like(first, dtype);
    if (dense && itemsize(dtype) > 2) {
      run_dense(loops, formula, out, in);
      return out;
    }
  } else {
    Dims sizes(first.sizes());
    for (const Tensor* t : in.subspan(1)) sizes = broadcast_sizes(sizes, t->sizes());
    out = in.size() == 2 ? empty_for(sizes, dtype, {in[0], in[1]})
                         : empty_for(sizes, dtype, {in[0], in[1], in[2]});
  }
  const int inputs = int(in.size());
  Dims strides[3];
  const int64_t item = itemsize(dtype);
  Operands<4> operands{{out->data}, {out->strides()}, {item, item, item, item}};
  for (int k = 0; k < 3; ++k) {
    const Tensor& t = *in[size_t(std::min(k, inputs - 1))];
    strides[k] = broadcast_strides(t, out.sizes());
    operands.data[size_t(k + 1)] = t->data;
    operands.strides[size_t(k + 1)] = strides[k].data();
  }
  const auto row = [&](const std::array<char*, 4>& data, const std::array<int64_t, 4>& stride,
                       int64_t n) {
    if (dtype == DType::Float64)
      run_row<double>(loops, formula, in.size(), dtype, data, stride, n);
    else
      run_row<float>(loops, formula, in.size(), dtype, data, stride, n);
  };
  share_rows<4>(out.sizes(), operands, kCheapGrain, row);
  return out;
}

}  // namespace tg
