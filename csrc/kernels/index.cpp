#include "kernels/index.h"

#include "kernels/loops.h"

namespace tg {
namespace {

template <class T>
void take_rows(std::span<const int64_t> sizes, Walk out, Walk offsets, int64_t scale, Walk source) {
  for_each_row<3>(
      sizes,
      {{out.data, offsets.data, source.data},
       {out.strides, offsets.strides, source.strides},
       {sizeof(T), sizeof(int64_t), sizeof(T)}},
      [scale](const std::array<char*, 3>& data, const std::array<int64_t, 3>& stride, int64_t n) {
        auto [to, at, from] = data;
        if (stride[1] == 0) {  // one place for the whole row
          from += *reinterpret_cast<const int64_t*>(at) * scale;
          if (stride[0] == int64_t(sizeof(T)) && stride[2] == int64_t(sizeof(T))) {
            std::memcpy(to, from, size_t(n) * sizeof(T));
            return;
          }
          for (int64_t i = 0; i < n; ++i, to += stride[0], from += stride[2])
            *reinterpret_cast<T*>(to) = *reinterpret_cast<const T*>(from);
          return;
        }
        for (int64_t i = 0; i < n; ++i, to += stride[0], at += stride[1], from += stride[2])
          *reinterpret_cast<T*>(to) =
              *reinterpret_cast<const T*>(from + *reinterpret_cast<const int64_t*>(at) * scale);
      });
}

template <class T, class F>
void put_rows(std::span<const int64_t> sizes, Walk into, Walk offsets, int64_t scale, Walk source,
              F combine) {
  for_each_row<3>(
      sizes,
      {{source.data, offsets.data, into.data},
       {source.strides, offsets.strides, into.strides},
       {sizeof(T), sizeof(int64_t), sizeof(T)}},
      [scale, combine](const std::array<char*, 3>& data, const std::array<int64_t, 3>& stride,
                       int64_t n) {
        auto [from, at, to] = data;
        for (int64_t i = 0; i < n; ++i, from += stride[0], at += stride[1], to += stride[2]) {
          T& place = *reinterpret_cast<T*>(to + *reinterpret_cast<const int64_t*>(at) * scale);
          place = combine(place, *reinterpret_cast<const T*>(from));
        }
      });
}

template <class F>
void by_size(int64_t item, F run) {
  switch (item) {
    case 1:
      return run(TypeTag<uint8_t>());
    case 2:
      return run(TypeTag<uint16_t>());
    case 4:
      return run(TypeTag<uint32_t>());
    default:
      return run(TypeTag<uint64_t>());
  }
}

}  // namespace

void take_at(std::span<const int64_t> sizes, Walk out, Walk offsets, int64_t scale, Walk source,
             int64_t item) {
  by_size(item, [&](auto tag) {
    take_rows<typename decltype(tag)::type>(sizes, out, offsets, scale, source);
  });
}

void take_dense_rows(char* out, const int64_t* index, int64_t n, const char* source,
                     int64_t row_bytes) {
  const LongWork work(n * std::max<int64_t>(row_bytes / 16, 1));
  if (row_bytes <= 8 && std::has_single_bit(uint64_t(row_bytes))) {
    by_size(row_bytes, [&](auto tag) {
      using T = typename decltype(tag)::type;
      for (int64_t i = 0; i < n; ++i)
        reinterpret_cast<T*>(out)[i] = reinterpret_cast<const T*>(source)[index[i]];
    });
    return;
  }
  for (int64_t i = 0; i < n; ++i)
    std::memcpy(out + i * row_bytes, source + index[i] * row_bytes, size_t(row_bytes));
}

void put_at(std::span<const int64_t> sizes, Walk into, Walk offsets, int64_t scale, Walk source,
            DType dtype, Combine combine) {
  if (combine == Combine::Write) {
    by_size(itemsize(dtype), [&](auto tag) {
      using T = typename decltype(tag)::type;
      put_rows<T>(sizes, into, offsets, scale, source, [](T, T value) { return value; });
    });
    return;
  }
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const auto run = [&](auto f) {
      put_rows<T>(sizes, into, offsets, scale, source, [f](T a, T b) {
        return static_cast<T>(f(static_cast<C>(a), static_cast<C>(b)));
      });
    };
    switch (combine) {
      case Combine::Add:
        return run([](C a, C b) { return a + b; });
      case Combine::Multiply:
        return run([](C a, C b) { return a * b; });
      case Combine::Max:
        return run([](C a, C b) { return a != a || a > b ? a : b; });
      default:
        return run([](C a, C b) { return a != a || a < b ? a : b; });
    }
  });
}

const int64_t* first_outside(const int64_t* indices, int64_t n, int64_t lowest, int64_t limit) {
  const uint64_t width = uint64_t(limit) - uint64_t(lowest);
  for (int64_t i = 0; i < n; ++i)
    if (uint64_t(indices[i]) - uint64_t(lowest) >= width) return indices + i;
  return nullptr;
}

int64_t count_true(const uint8_t* flags, int64_t n) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; ++i) count += flags[i] != 0;
  return count;
}

void positions_of_true(const uint8_t* flags, std::span<const int64_t> sizes, int64_t count,
                       int64_t* out) {
  const int ndim = int(sizes.size());
  if (ndim == 0 || count == 0) return;
  const int64_t row = sizes[size_t(ndim - 1)];
  int64_t index[kMaxDims] = {};
  for (int64_t found = 0; found < count; flags += row) {
    for (int64_t i = 0; i < row; ++i) {
      if (!flags[i]) continue;
      for (int d = 0; d < ndim - 1; ++d) out[d * count + found] = index[d];
      out[(ndim - 1) * count + found] = i;
      ++found;
    }
    for (int d = ndim - 2; d >= 0 && ++index[d] == sizes[size_t(d)]; --d) index[d] = 0;
  }
}

}  // namespace tg
