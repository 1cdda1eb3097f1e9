#include "kernels/blocks.h"

#include <algorithm>

#include "kernels/loops.h"

namespace tg {
namespace {

constexpr int64_t kBlock = 256;

template <class T, class From>
void gather(T* to, const char* from, int64_t stride, int64_t n) {
  for (int64_t i = 0; i < n; ++i, from += stride)
    to[i] = convert<T>(*reinterpret_cast<const From*>(from));
}
template <class T, class To>
void scatter(char* to, int64_t stride, const T* from, int64_t n) {
  for (int64_t i = 0; i < n; ++i, to += stride) *reinterpret_cast<To*>(to) = convert<To>(from[i]);
}

// n numbers from `from` as T: in place where they lie so, else in `buffer`.
template <class T>
const T* load(T* buffer, DType dtype, const char* from, int64_t stride, int64_t n) {
  if (dtype == dtype_of<T> && stride == int64_t(sizeof(T))) return reinterpret_cast<const T*>(from);
  visit_dtype(dtype, [&](auto tag) {
    using From = typename decltype(tag)::type;
    constexpr bool both_integers = std::is_integral_v<From> && std::is_integral_v<T>;
    if constexpr (both_integers || std::is_same_v<Compute<From>, T>) {
      if (stride == 0)
        std::fill_n(buffer, n, convert<T>(*reinterpret_cast<const From*>(from)));
      else
        gather<T, From>(buffer, from, stride, n);
    }
  });
  return buffer;
}
template <class T>
void store(DType dtype, char* to, int64_t stride, const T* from, int64_t n) {
  visit_dtype(dtype, [&](auto tag) {
    using To = typename decltype(tag)::type;
    constexpr bool kept = std::is_integral_v<T> && std::is_integral_v<To>;
    constexpr bool flag = std::is_same_v<To, bool> || std::is_same_v<To, int32_t>;
    if constexpr (kept || flag || std::is_same_v<Compute<To>, T>)
      scatter<T, To>(to, stride, from, n);
  });
}

// One row of N operands, the output first.
template <class T, int N>
void run_row(BlockKernel<T> kernel, const std::array<DType, N>& dtypes,
             const std::array<char*, N>& data, const std::array<int64_t, N>& stride, int64_t n,
             const void* parameters) {
  constexpr int64_t kItem = sizeof(T);
  bool straight = true;
  for (int k = 0; k < N; ++k) straight &= dtypes[k] == dtype_of<T> && stride[k] == kItem;
  auto typed = [&](int k) { return reinterpret_cast<T*>(data[size_t(k)]); };
  if (straight) {
    kernel(typed(0), typed(1), N == 3 ? typed(N - 1) : static_cast<const T*>(parameters), n);
    return;
  }
  T result[kBlock], left[kBlock], right[kBlock];
  for (int64_t done = 0; done < n; done += kBlock) {
    const int64_t count = std::min(kBlock, n - done);
    const T* a = load(left, dtypes[1], data[1] + done * stride[1], stride[1], count);
    const T* b = static_cast<const T*>(parameters);
    if constexpr (N == 3) b = load(right, dtypes[2], data[2] + done * stride[2], stride[2], count);
    const bool in_place = dtypes[0] == dtype_of<T> && stride[0] == kItem;
    char* to = data[0] + done * stride[0];
    kernel(in_place ? reinterpret_cast<T*>(to) : result, a, b, count);
    if (!in_place) store(dtypes[0], to, stride[0], result, count);
  }
}

template <class T, int N>
void run_typed(BlockKernel<T> kernel, std::span<const int64_t> sizes,
               const std::array<const BlockOperand*, N>& operands, const void* parameters) {
  Operands<N> strided;
  std::array<DType, N> dtypes;
  for (size_t k = 0; k < N; ++k) {
    dtypes[k] = operands[k]->dtype;
    strided.data[k] = operands[k]->data;
    strided.strides[k] = operands[k]->strides.data();
    strided.itemsize[k] = itemsize(dtypes[k]);
  }
  for_each_row<N>(sizes, strided,
                  [&](const std::array<char*, N>& data, const std::array<int64_t, N>& stride,
                      int64_t n) { run_row<T, N>(kernel, dtypes, data, stride, n, parameters); });
}

template <int N>
void run_any(const BlockKernels& kernels, std::span<const int64_t> sizes,
             const std::array<const BlockOperand*, N>& operands, const void* parameters) {
  const DType in = operands[1]->dtype;
  if (in == DType::Float64)
    run_typed<double, N>(kernels.f64, sizes, operands, parameters);
  else if (is_floating(in))
    run_typed<float, N>(kernels.f32, sizes, operands, parameters);
  else
    run_typed<int64_t, N>(kernels.i64, sizes, operands, parameters);
}

}  // namespace

void run_blocks(const BlockKernels& kernels, std::span<const int64_t> sizes,
                const BlockOperand& out, const BlockOperand& a, const BlockOperand& b) {
  run_any<3>(kernels, sizes, {&out, &a, &b}, nullptr);
}
void run_blocks(const BlockKernels& kernels, std::span<const int64_t> sizes,
                const BlockOperand& out, const BlockOperand& a, const void* parameters) {
  run_any<2>(kernels, sizes, {&out, &a}, parameters);
}

}  // namespace tg
