#include "ops/pointwise.h"

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

// Rows of any stride and of any floating type T, in blocks of the type C that the loops compute in.
template <class T>
void run_row(const PointwiseLoops& loops, const void* formula, int inputs, char* const* data,
             const int64_t* stride, int64_t n) {
  using C = Compute<T>;
  C buffers[4][kBlock];
  for (int64_t at = 0; at < n; at += kBlock) {
    const int64_t count = std::min(kBlock, n - at);
    const C* in[3] = {};
    for (int k = 0; k < inputs; ++k) {
      const char* from = data[k + 1] + at * stride[k + 1];
      if (std::is_same_v<T, C> && stride[k + 1] == int64_t(sizeof(T))) {
        in[k] = reinterpret_cast<const C*>(from);
        continue;
      }
      for (int64_t i = 0; i < count; ++i, from += stride[k + 1])
        buffers[k][i] = static_cast<C>(*reinterpret_cast<const T*>(from));
      in[k] = buffers[k];
    }
    char* to = data[0] + at * stride[0];
    if (std::is_same_v<T, C> && stride[0] == int64_t(sizeof(T))) {
      call(loops, formula, reinterpret_cast<C*>(to), in, count);
      continue;
    }
    call(loops, formula, buffers[3], in, count);
    for (int64_t i = 0; i < count; ++i, to += stride[0])
      *reinterpret_cast<T*>(to) = static_cast<T>(buffers[3][i]);
  }
}

template <class T>
void run_dense(const PointwiseLoops& loops, const void* formula, const Tensor& out,
               std::span<const Tensor* const> in) {
  const T* data[3] = {};
  for (size_t k = 0; k < in.size(); ++k) data[k] = in[k]->data<T>();
  const LongWork work(out.numel());
  parallel_for(out.numel(), kCheapGrain, [&](int64_t begin, int64_t end) {
    const T* from[3] = {};
    for (size_t k = 0; k < in.size(); ++k) from[k] = data[k] + begin;
    call(loops, formula, out.data<T>() + begin, from, end - begin);
  });
}

}  // namespace

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
    if (dense && dtype == DType::Float32) {
      run_dense<float>(loops, formula, out, in);
      return out;
    }
    if (dense && dtype == DType::Float64) {
      run_dense<double>(loops, formula, out, in);
      return out;
    }
  } else {
    Dims sizes(first.sizes());
    for (const Tensor* t : in.subspan(1)) sizes = broadcast_sizes(sizes, t->sizes());
    out = empty(sizes, dtype);
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
  visit_floating(dtype, name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_row<4>(
        out.sizes(), operands,
        [&](const std::array<char*, 4>& data, const std::array<int64_t, 4>& stride, int64_t n) {
          run_row<T>(loops, formula, inputs, data.data(), stride.data(), n);
        });
  });
  return out;
}

}  // namespace tg
