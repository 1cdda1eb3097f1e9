#include "kernels/index.h"

#include <atomic>
#include <bit>

#include "kernels/blocks.h"
#include "kernels/loops.h"

namespace tg {
namespace {

uint64_t load_bytes(const uint8_t* from) {
  uint64_t eight;
  std::memcpy(&eight, from, 8);
  return eight;
}

using Row = std::array<char*, 3>;
using Steps = std::array<int64_t, 3>;

// Elements side by side, their places side by side, and the places count elements.
template <class T>
bool is_dense(int64_t step, int64_t step_of_places, int64_t scale) {
  constexpr int64_t item = sizeof(T);
  return step == item && step_of_places == int64_t(sizeof(int64_t)) && scale == item;
}
template <class T>
void pick(T* to, const T* from, const int64_t* at, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] = from[at[i]];
}

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
  if (is_dense<T>(stride[0], stride[1], scale) && stride[2] == 0) {
    pick(reinterpret_cast<T*>(to), reinterpret_cast<const T*>(from),
         reinterpret_cast<const int64_t*>(at), n);
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

struct WriteOp {
  auto operator()(auto, auto b) const { return b; }
};

// from, places, into
template <class T, class F>
void put_row(const Row& data, const Steps& stride, int64_t n, int64_t scale) {
  auto [from, at, to] = data;
  if (stride[1] == 0 && stride[0] == int64_t(sizeof(T)) && stride[2] == stride[0]) {
    to += *reinterpret_cast<const int64_t*>(at) * scale;  // one place for the whole row
    put_dense<T, F>(reinterpret_cast<T*>(to), reinterpret_cast<const T*>(from), n);
    return;
  }
  if (is_dense<T>(stride[0], stride[1], scale) && stride[2] == 0) {
    const auto* values = reinterpret_cast<const T*>(from);
    const auto* places = reinterpret_cast<const int64_t*>(at);
    auto* into = reinterpret_cast<T*>(to);
    for (int64_t i = 0; i < n; ++i)
      into[places[i]] = static_cast<T>(F{}(into[places[i]], values[i]));
    return;
  }
  for (int64_t i = 0; i < n; ++i, from += stride[0], at += stride[1], to += stride[2]) {
    if constexpr (std::is_same_v<F, WriteOp>) {
      // Stores wait for their lines one after the other, if nobody asks for them before.
      const int64_t ahead = i + 16 < n ? 16 : 0;
      const int64_t place = *reinterpret_cast<const int64_t*>(at + ahead * stride[1]);
      __builtin_prefetch(to + ahead * stride[2] + place * scale, 1);
    }
    T& place = *reinterpret_cast<T*>(to + *reinterpret_cast<const int64_t*>(at) * scale);
    place = static_cast<T>(F{}(place, *reinterpret_cast<const T*>(from)));
  }
}

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

// Elements whose places are looked up that are worth another thread.
constexpr int64_t kGrain = kCheapGrain / 4;

// Threads share dimension `shared`, each at least `grain` elements; none does where it is kNone.
constexpr size_t kNone = kMaxDims;
void walk_rows(size_t shared, int64_t grain, std::span<const int64_t> sizes, Walk first,
               Walk offsets, int64_t scale, Walk third, int64_t item, RowLoop loop) {
  const Operands<3> operands{{first.data, offsets.data, third.data},
                             {first.strides, offsets.strides, third.strides},
                             {item, sizeof(int64_t), item}};
  const auto row = [scale, loop](const Row& data, const Steps& stride, int64_t n) {
    loop(data, stride, n, scale);
  };
  if (shared == kNone)
    for_each_row<3>(sizes, operands, row);
  else
    share_rows_along<3>(shared, sizes, operands, grain, row);
}

// The dimension along which `strides` step furthest, of those that have several elements.
size_t outermost(std::span<const int64_t> sizes, const int64_t* strides) {
  size_t found = kNone;
  for (size_t d = 0; d < sizes.size(); ++d)
    if (sizes[d] > 1 && strides[d] != 0 && (found == kNone || strides[d] > strides[found]))
      found = d;
  return found;
}

// Dense rows, each at one place: threads share the places out by their numbers. False where the
// walk is no such one, or short.
bool put_dense_rows(std::span<const int64_t> sizes, Walk into, Walk offsets, int64_t scale,
                    Walk source, int64_t item, RowLoop loop) {
  if (sizes.size() < 2 || into.strides[0] != 0) return false;
  int64_t row = 1;
  for (size_t d = sizes.size(); --d > 0; row *= sizes[d])
    if (offsets.strides[d] != 0 || into.strides[d] != row || source.strides[d] != row) return false;
  constexpr int64_t kShort = 512, kParts = 16;
  const int64_t n = sizes[0], bytes = row * item;
  if (bytes < kShort || n * row < 2 * kGrain) return false;
  const LongWork work(n * row);
  const int shift = std::bit_width(uint64_t(bytes - 1));
  const int64_t share = std::max<int64_t>(kParts / num_threads(), 1);
  parallel_for(kParts, share, [=](int64_t begin, int64_t end) {
    const auto* at = reinterpret_cast<const int64_t*>(offsets.data);
    const char* from = source.data;
    for (int64_t i = 0; i < n; ++i, at += offsets.strides[0], from += source.strides[0] * item) {
      const int64_t part = *at * scale >> shift & (kParts - 1);
      if (begin <= part && part < end)
        loop(
            {const_cast<char*>(from), reinterpret_cast<char*>(const_cast<int64_t*>(at)), into.data},
            {item, 0, item}, row, scale);
    }
  });
  return true;
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
    walk_rows(outermost(sizes, out.strides), kGrain, sizes, out, offsets, scale, source, item,
              take_row<Item>);
  });
}

void take_dense_rows(char* out, const int64_t* index, int64_t n, const char* source,
                     int64_t row_bytes) {
  const LongWork work(n * std::max<int64_t>(row_bytes / 16, 1));
  const bool item = row_bytes <= 8 && std::has_single_bit(uint64_t(row_bytes));
  sweep(n, 1 + kGrain * 4 / row_bytes, [=](int64_t begin, int64_t end) {
    if (item)
      return visit_item(row_bytes, [=]<class Item>(Item) {
        pick(reinterpret_cast<Item*>(out) + begin, reinterpret_cast<const Item*>(source),
             index + begin, end - begin);
      });
    for (int64_t i = begin; i < end; ++i)
      std::memcpy(out + i * row_bytes, source + index[i] * row_bytes, size_t(row_bytes));
  });
}

void add_offsets(const int64_t* index, int64_t n, int64_t size, int64_t stride, bool first,
                 int64_t* sum) {
  const auto add = [=](auto offset) {
    if (first)
      for (int64_t i = 0; i < n; ++i) sum[i] = offset(index[i]);
    else
      for (int64_t i = 0; i < n; ++i) sum[i] += offset(index[i]);
  };
  // Vectors multiply 32 bits by 32, not 64 by 64.
  constexpr int64_t kShort = int64_t{1} << 32;
  if (size <= kShort && stride < kShort)
    add([=](int64_t at) { return int64_t(uint64_t(uint32_t(at)) * uint32_t(stride)); });
  else
    add([=](int64_t at) { return at * stride; });
}

void put_at(std::span<const int64_t> sizes, Walk into, bool repeats, Walk offsets, int64_t scale,
            Walk source, DType dtype, Combine combine) {
  // Places differ along a dimension that `into` moves in: each is one thread's. Threads walk all
  // of the others, so each takes one part; the lines of memory between short ones would be both's.
  constexpr int64_t kShort = 128;  // bytes
  const int64_t item = itemsize(dtype);
  const RowLoop loop = put_loop(dtype, combine);
  if (!repeats && put_dense_rows(sizes, into, offsets, scale, source, item, loop)) return;
  size_t shared = repeats ? kNone : outermost(sizes, into.strides);
  int64_t share = 1;
  for (const int64_t size : sizes) share *= size;
  share /= num_threads();
  if (shared != kNone && into.strides[shared] * item * sizes[shared] < kShort * num_threads())
    shared = kNone;
  walk_rows(shared, std::max(share, kGrain), sizes, source, offsets, scale, into, item, loop);
}

namespace {
const int64_t* first_outside_of(const int64_t* indices, int64_t n, int64_t lowest, int64_t limit) {
  const uint64_t width = uint64_t(limit) - uint64_t(lowest);
  const auto from_lowest = [=](int64_t index) { return uint64_t(index) - uint64_t(lowest); };
  constexpr int64_t kBlock = 256;
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = std::min(n, begin + kBlock);
    uint64_t signs = 0;  // a number or its distance to the last allowed one is negative
    for (int64_t i = begin; i < end; ++i) {
      const uint64_t x = from_lowest(indices[i]);
      signs |= x | (width - 1 - x);
    }
    if (signs >> 63 == 0) continue;
    for (int64_t i = begin; i < end; ++i)
      if (from_lowest(indices[i]) >= width) return indices + i;
  }
  return nullptr;
}

}  // namespace

const int64_t* first_outside(const int64_t* indices, int64_t n, int64_t lowest, int64_t limit) {
  std::atomic<int64_t> first = n;
  parallel_for(n, kCheapGrain, [&](int64_t begin, int64_t end) {
    const int64_t* const found = first_outside_of(indices + begin, end - begin, lowest, limit);
    if (!found) return;
    int64_t before = first;
    while (found - indices < before && !first.compare_exchange_weak(before, found - indices)) {
    }
  });
  return first == n ? nullptr : indices + first;
}

int64_t count_true(const uint8_t* flags, int64_t n) {
  constexpr uint64_t kOnes = 0x0101010101010101u, kLow = 0x7f * kOnes;
  int64_t count = 0, i = 0;
  for (; i + 8 <= n; i += 8) {
    const auto eight = load_bytes(flags + i);
    const uint64_t nonzero = (((eight & kLow) + kLow) | eight) >> 7 & kOnes;
    count += int64_t(nonzero * kOnes >> 56);
  }
  for (; i < n; ++i) count += flags[i] != 0;
  return count;
}

void positions_of_true(const uint8_t* flags, std::span<const int64_t> sizes, int64_t count,
                       int64_t* out) {
  const int ndim = int(sizes.size());
  if (ndim == 0 || count == 0) return;
  const int64_t row = sizes[size_t(ndim - 1)];
  int64_t* last = out + (ndim - 1) * count;
  int64_t index[kMaxDims] = {};
  for (int64_t found = 0; found < count; flags += row) {
    const int64_t before = found;
    for (int64_t i = 0; i < row && found < count;) {
      if (i + 8 <= row && load_bytes(flags + i) == 0) {
        i += 8;
        continue;
      }
      // Without a branch on the flag: a place that does not count is written over by the next.
      for (const int64_t end = std::min(row, i + 8); i < end && found < count; ++i) {
        last[found] = i;
        found += flags[i] != 0;
      }
    }
    for (int d = 0; d < ndim - 1; ++d)
      std::fill(out + d * count + before, out + d * count + found, index[d]);
    for (int d = ndim - 2; d >= 0 && ++index[d] == sizes[size_t(d)]; --d) index[d] = 0;
  }
}

}  // namespace tg
