#include "kernels/index.h"

#include "kernels/blocks.h"
#include "kernels/loops.h"

namespace tg {
namespace {

using Row = std::array<char*, 3>;
using Steps = std::array<int64_t, 3>;

// to, places, from
template <class T>
void take_row(const Row& data, const Steps& stride, int64_t n, int64_t scale) {
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
}

template <class T, class F>
void put_dense(T* to, const T* from, int64_t n) {
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) to[i] = static_cast<T>(F{}(to[i], from[i]));
}

// from, places, into
template <class T, class F>
void put_row(const Row& data, const Steps& stride, int64_t n, int64_t scale) {
  auto [from, at, to] = data;
  if (stride[1] == 0 && stride[0] == int64_t(sizeof(T)) && stride[2] == stride[0]) {
    to += *reinterpret_cast<const int64_t*>(at) * scale;  // one place for the whole row
    put_dense<T, F>(reinterpret_cast<T*>(to), reinterpret_cast<const T*>(from), n);
    return;
  }
  for (int64_t i = 0; i < n; ++i, from += stride[0], at += stride[1], to += stride[2]) {
    T& place = *reinterpret_cast<T*>(to + *reinterpret_cast<const int64_t*>(at) * scale);
    place = static_cast<T>(F{}(place, *reinterpret_cast<const T*>(from)));
  }
}

struct WriteOp {
  auto operator()(auto, auto b) const { return b; }
};
struct AddOp {
  auto operator()(auto a, auto b) const { return a + b; }
};
struct MultiplyOp {
  auto operator()(auto a, auto b) const { return a * b; }
};
struct MaxOp {
  auto operator()(auto a, auto b) const { return a != a || a > b ? a : b; }
};
struct MinOp {
  auto operator()(auto a, auto b) const { return a != a || a < b ? a : b; }
};

using RowLoop = void (*)(const Row& data, const Steps& stride, int64_t n, int64_t scale);

void walk_rows(std::span<const int64_t> sizes, Walk first, Walk offsets, int64_t scale, Walk third,
               int64_t item, RowLoop loop) {
  for_each_row<3>(sizes,
                  {{first.data, offsets.data, third.data},
                   {first.strides, offsets.strides, third.strides},
                   {item, sizeof(int64_t), item}},
                  [scale, loop](const Row& data, const Steps& stride, int64_t n) {
                    loop(data, stride, n, scale);
                  });
}

RowLoop put_loop(DType dtype, Combine combine) {
  RowLoop loop = nullptr;
  if (combine == Combine::Write) {
    visit_item(itemsize(dtype), [&]<class Item>(Item) { loop = put_row<Item, WriteOp>; });
    return loop;
  }
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    loop = combine == Combine::Add        ? put_row<T, AddOp>
           : combine == Combine::Multiply ? put_row<T, MultiplyOp>
           : combine == Combine::Max      ? put_row<T, MaxOp>
                                          : put_row<T, MinOp>;
  });
  return loop;
}

}  // namespace

void take_at(std::span<const int64_t> sizes, Walk out, Walk offsets, int64_t scale, Walk source,
             int64_t item) {
  visit_item(item, [&]<class Item>(Item) {
    walk_rows(sizes, out, offsets, scale, source, item, take_row<Item>);
  });
}

void take_dense_rows(char* out, const int64_t* index, int64_t n, const char* source,
                     int64_t row_bytes) {
  const LongWork work(n * std::max<int64_t>(row_bytes / 16, 1));
  if (row_bytes <= 8 && std::has_single_bit(uint64_t(row_bytes))) {
    visit_item(row_bytes, [&]<class Item>(Item) {
      for (int64_t i = 0; i < n; ++i)
        reinterpret_cast<Item*>(out)[i] = reinterpret_cast<const Item*>(source)[index[i]];
    });
    return;
  }
  for (int64_t i = 0; i < n; ++i)
    std::memcpy(out + i * row_bytes, source + index[i] * row_bytes, size_t(row_bytes));
}

void put_at(std::span<const int64_t> sizes, Walk into, Walk offsets, int64_t scale, Walk source,
            DType dtype, Combine combine) {
  walk_rows(sizes, source, offsets, scale, into, itemsize(dtype), put_loop(dtype, combine));
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
