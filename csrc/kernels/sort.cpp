// Start at ranks_of_lines(). A line goes through load_tile() into sortable elements, is arranged
// (small lines by comparison, large ones by radix, few ranks by selection) and written out.
#include "kernels/sort.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

#include "kernels/isa.h"
#include "kernels/parallel.h"
#include "kernels/sort_kernels.h"

namespace tg {

TG_ISA_TABLES(SelectKernels, select_kernels)

namespace {

const SelectKernels& select_kernels() {
  static const SelectKernels& table = pick_isa(select_kernels_of_isa);
  return table;
}
template <class Key>
const SelectKernelsOf<Key>& select_kernels_of() {
  if constexpr (std::is_same_v<Key, uint32_t>)
    return select_kernels().of_32;
  else
    return select_kernels().of_64;
}

// --- sortable elements
using Packed = uint64_t;  // 32 bits of key, 32 bits of place
struct Wide {
  uint64_t key;
  int64_t place;
  friend bool operator<(const Wide& a, const Wide& b) {
    return a.key < b.key || (a.key == b.key && a.place < b.place);
  }
};
int64_t place_of(Packed e) { return int64_t(uint32_t(e)); }
int64_t place_of(const Wide& e) { return e.place; }
uint64_t key_of(Packed e) { return e >> 32; }
uint64_t key_of(const Wide& e) { return e.key; }

template <class T>
auto order_key(T value) {
  if constexpr (std::is_same_v<T, double>) {
    if (value != value) return ~uint64_t{0};
    const auto bits = std::bit_cast<uint64_t>(value + 0.0);  // -0 becomes 0
    return bits ^ (uint64_t(int64_t(bits) >> 63) | uint64_t{1} << 63);
  } else if constexpr (std::is_same_v<T, int64_t>) {
    return uint64_t(value) ^ uint64_t { 1 } << 63;
  } else if constexpr (std::is_integral_v<T>) {
    return uint32_t(int32_t(value)) ^ uint32_t { 1 } << 31;
  } else {
    const auto number = static_cast<float>(value);
    if (number != number) return ~uint32_t{0};
    const auto bits = std::bit_cast<uint32_t>(number + 0.0f);
    return bits ^ (uint32_t(int32_t(bits) >> 31) | uint32_t{1} << 31);
  }
}
template <class E, class Key>
E element_of(Key key, int64_t place) {
  if constexpr (std::is_same_v<E, Packed>)
    return uint64_t(key) << 32 | uint32_t(place);
  else
    return {uint64_t(key), place};
}
// NaN has the greatest key; no number has it.
uint64_t nan_key(const SortTask& task) {
  const uint64_t greatest = itemsize(task.dtype) == 8 ? ~uint64_t{0} : uint64_t{~uint32_t{0}};
  return task.descending ? 0 : greatest;
}

constexpr int64_t kKeyBlock = 512;

// Keys of n <= kKeyBlock elements, `step` bytes apart, in the order that the task wants. Those of
// 64-bit dtypes have 64 bits, the others 32.
template <class T, class Key>
void load_keys_of(const char* p, int64_t step, int64_t n, bool descending, Key* out) {
  using Own = decltype(order_key(T()));
  const Own flip = descending ? ~Own(0) : Own(0);
  if (step == int64_t(sizeof(T))) {
    if constexpr (std::is_same_v<T, float>)
      return select_kernels().float_keys(reinterpret_cast<const float*>(p), n, flip, out);
    else if constexpr (std::is_same_v<T, double>)
      return select_kernels().double_keys(reinterpret_cast<const double*>(p), n, flip, out);
    for (int64_t i = 0; i < n; ++i) out[i] = order_key(reinterpret_cast<const T*>(p)[i]) ^ flip;
    return;
  }
  for (int64_t i = 0; i < n; ++i, p += step)
    out[i] = order_key(*reinterpret_cast<const T*>(p)) ^ flip;
}
void load_keys(DType dtype, const char* p, int64_t step, int64_t n, bool descending,
               uint32_t* out) {
  switch (dtype) {
    case DType::Bool:
    case DType::UInt8:
      return load_keys_of<uint8_t>(p, step, n, descending, out);
    case DType::Int8:
      return load_keys_of<int8_t>(p, step, n, descending, out);
    case DType::Int16:
      return load_keys_of<int16_t>(p, step, n, descending, out);
    case DType::Int32:
      return load_keys_of<int32_t>(p, step, n, descending, out);
    case DType::Float16:
      return load_keys_of<Half>(p, step, n, descending, out);
    case DType::BFloat16:
      return load_keys_of<BFloat16>(p, step, n, descending, out);
    default:
      return load_keys_of<float>(p, step, n, descending, out);
  }
}
void load_keys(DType dtype, const char* p, int64_t step, int64_t n, bool descending,
               uint64_t* out) {
  if (dtype == DType::Float64) return load_keys_of<double>(p, step, n, descending, out);
  if (dtype == DType::Int64) return load_keys_of<int64_t>(p, step, n, descending, out);
  uint32_t narrow[kKeyBlock];  // the line is too long for packed elements
  load_keys(dtype, p, step, n, descending, narrow);
  for (int64_t i = 0; i < n; ++i) out[i] = narrow[i];
}

template <class E>
using KeyOf = std::conditional_t<std::is_same_v<E, Packed>, uint32_t, uint64_t>;
constexpr int kTileLines = 16;

// each(keys, i, count): the keys of elements [i, i + count) of the line that begins at `begin`,
// block by block.
template <class E, class Each>
void for_each_keys(const SortTask& task, int64_t begin, const Each& each) {
  const int64_t n = task.lines.n, item = itemsize(task.dtype), step = task.lines.inner * item;
  const char* p = task.in + begin * item;
  KeyOf<E> keys[kKeyBlock];
  for (int64_t i = 0; i < n; i += kKeyBlock) {
    const int64_t count = std::min(kKeyBlock, n - i);
    load_keys(task.dtype, p + i * step, step, count, task.descending, keys);
    each(keys, i, count);
  }
}

// `width` lines side by side become `width` arrays of n elements.
template <class E>
void load_tile(const SortTask& task, int64_t begin, int width, E* out) {
  const int64_t n = task.lines.n;
  if (width == 1) {
    for_each_keys<E>(task, begin, [&](const auto* keys, int64_t i, int64_t count) {
      for (int64_t j = 0; j < count; ++j) out[i + j] = element_of<E>(keys[j], i + j);
    });
    return;
  }
  const int64_t item = itemsize(task.dtype);
  KeyOf<E> keys[kTileLines];
  for (int64_t i = 0; i < n; ++i) {
    load_keys(task.dtype, task.in + (begin + i * task.lines.inner) * item, item, width,
              task.descending, keys);
    for (int w = 0; w < width; ++w) out[w * n + i] = element_of<E>(keys[w], i);
  }
}

// --- sorting
// Radix sort by digits of kBits, from the least one on. Digits that all elements share cost no
// pass.
template <class E, int kBits, int kFirst, int kPasses>
E* radix_sort(E* e, E* spare, int64_t n) {
  constexpr size_t kBuckets = size_t{1} << kBits;
  auto digit = [](const E& x, int pass) {
    const int shift = kFirst + pass * kBits;
    if constexpr (std::is_same_v<E, Packed>)
      return size_t(x >> shift) & (kBuckets - 1);
    else
      return size_t(x.key >> shift) & (kBuckets - 1);
  };
  int64_t counts[kPasses][kBuckets] = {};
  for (int64_t i = 0; i < n; ++i)
    for (int pass = 0; pass < kPasses; ++pass) ++counts[pass][digit(e[i], pass)];
  for (int pass = 0; pass < kPasses; ++pass) {
    int64_t* at = counts[pass];
    if (at[digit(e[0], pass)] == n) continue;
    int64_t sum = 0;
    for (size_t b = 0; b < kBuckets; ++b) sum += std::exchange(at[b], sum);
    for (int64_t i = 0; i < n; ++i) spare[at[digit(e[i], pass)]++] = e[i];
    std::swap(e, spare);
  }
  return e;
}

// From this many elements on radix sort is faster than comparing; it needs as much memory again.
template <class E>
constexpr int64_t kRadixSize = std::is_same_v<E, Packed> ? 96 : 1024;

// Sorts n elements; `spare` has room for n more where n >= kRadixSize. Returns where the result is.
Packed* sort_elements(Packed* e, Packed* spare, int64_t n) {
  if (n >= 1024) return radix_sort<Packed, 11, 32, 3>(e, spare, n);
  if (n >= kRadixSize<Packed>) return radix_sort<Packed, 8, 32, 4>(e, spare, n);
  std::sort(e, e + n);
  return e;
}
Wide* sort_elements(Wide* e, Wide* spare, int64_t n) {
  if (n < kRadixSize<Wide>) {
    std::sort(e, e + n);
    return e;
  }
  uint64_t least = e[0].key, greatest = least;
  for (int64_t i = 1; i < n; ++i) {
    least = std::min(least, e[i].key);
    greatest = std::max(greatest, e[i].key);
  }
  constexpr int64_t kMany = int64_t{1} << 32;
  if (greatest - least >= uint64_t(kMany) || n >= kMany)
    return radix_sort<Wide, 8, 0, 8>(e, spare, n);
  // Keys that are near to each other, as those of most integers, fit into packed elements.
  auto* packed = reinterpret_cast<Packed*>(spare);
  for (int64_t i = 0; i < n; ++i) packed[i] = (e[i].key - least) << 32 | uint32_t(e[i].place);
  const Packed* sorted = sort_elements(packed, packed + n, n);
  for (int64_t i = 0; i < n; ++i) e[i] = {key_of(sorted[i]) + least, place_of(sorted[i])};
  return e;
}

// --- selection
int64_t rank_of_median(int64_t n, int64_t nans, Ranks::Kind kind) {
  if (kind == Ranks::Kind::NanMedian) return std::max<int64_t>(n - nans - 1, 0) / 2;
  return nans ? n - nans : (n - 1) / 2;
}

// The element of one rank in a long line, of which only a few elements are copied: digit by digit
// from the leading one, the counts tell which elements it is among.
constexpr int64_t kDigitSelect = 4096;

template <class E>
E element_of_rank(const SortTask& task, int64_t begin, int64_t rank, Ranks::Kind kind, E* scratch) {
  using Key = KeyOf<E>;
  const int64_t n = task.lines.n;
  const bool count_nans = kind != Ranks::Kind::Fixed && is_floating(task.dtype);
  const Key nan = Key(nan_key(task));
  Key least = ~Key(0), greatest = 0;
  int64_t nans = 0;
  for_each_keys<E>(task, begin, [&](const Key* keys, int64_t, int64_t count) {
    Key low = keys[0], high = keys[0];
    for (int64_t j = 0; j < count; ++j) {
      low = std::min(low, keys[j]);
      high = std::max(high, keys[j]);
    }
    least = std::min(least, low);
    greatest = std::max(greatest, high);
    if (count_nans)
      for (int64_t j = 0; j < count; ++j) nans += keys[j] == nan;
  });
  if (kind != Ranks::Kind::Fixed) rank = rank_of_median(n, nans, kind);
  constexpr int kBits = 11;
  int shift = std::bit_width(Key(greatest - least));
  Key prefix = 0, mask = 0;
  int64_t left = n;
  while (left > std::max<int64_t>(n / 8, 1024) && shift > 0) {
    const int bits = std::min(kBits, shift);
    shift -= bits;
    const Key digits = (Key(1) << bits) - 1;
    int64_t counts[1 << kBits] = {};
    for_each_keys<E>(task, begin, [&](const Key* keys, int64_t, int64_t count) {
      for (int64_t j = 0; j < count; ++j) {
        const Key key = keys[j] - least;
        counts[(key >> shift) & digits] += (key & mask) == prefix;
      }
    });
    Key digit = 0;
    while (counts[digit] <= rank) rank -= counts[digit++];
    left = counts[digit];
    prefix |= digit << shift;
    mask |= digits << shift;
  }
  int64_t found = 0;
  for_each_keys<E>(task, begin, [&](const Key* keys, int64_t i, int64_t count) {
    for (int64_t j = 0; j < count && found < left; ++j) {
      scratch[found] = element_of<E>(keys[j], i + j);
      found += (Key(keys[j] - least) & mask) == prefix;
    }
  });
  std::nth_element(scratch, scratch + rank, scratch + left);
  return scratch[rank];
}

// Few of many: candidates below a bound that falls as they are found.
int64_t candidates(int64_t k) { return std::max<int64_t>(2 * k, 24); }
bool by_candidates(const Ranks& ranks, int64_t n) {
  return ranks.kind == Ranks::Kind::Fixed && n >= 64 && ranks.end <= n / 16;
}
bool by_digits(const Ranks& ranks, int64_t n) {
  return n >= kDigitSelect && (ranks.kind != Ranks::Kind::Fixed || ranks.end - ranks.begin == 1);
}

template <class E>
void lowest_of_line(const SortTask& task, int64_t begin, int64_t k, E* out) {
  using Key = KeyOf<E>;
  const SelectKernelsOf<Key>& kernels = select_kernels_of<Key>();
  const int64_t room = candidates(k);
  int64_t found = 0;
  Key bound = 0;
  bool ended = false;
  for_each_keys<E>(task, begin, [&](const Key* keys, int64_t i, int64_t count) {
    if (i == 0) bound = kernels.bound(keys, count, k);
    if (ended) return;
    uint16_t places[kKeyBlock];
    const int64_t hits = kernels.find(keys, count, bound, places);
    for (int64_t h = 0; h < hits && !ended; ++h) {
      const Key key = keys[places[h]];
      if (key > bound) continue;  // which has fallen
      out[found++] = element_of<E>(key, i + places[h]);
      if (found < room) continue;
      // What equals the k-th and comes later has a greater place: it is never needed.
      std::nth_element(out, out + k - 1, out + found);
      found = k;
      bound = Key(key_of(out[k - 1]));
      ended = bound == 0;
      --bound;
    }
  });
  std::nth_element(out, out + k - 1, out + found);
}

// --- lines
int tile_lines(const Lines& lines) {
  constexpr int64_t kTileElements = 1 << 16;
  const int64_t fit = kTileElements / std::max<int64_t>(lines.n, 1);
  return int(std::min(std::clamp<int64_t>(fit, 1, kTileLines), lines.inner));
}
bool packs(const SortTask& task) {
  return itemsize(task.dtype) < 8 && task.lines.n < int64_t{1} << 32;
}
template <class E>
int64_t scratch_elements(const SortTask& task, const Ranks& ranks) {
  const int64_t n = task.lines.n;
  if (by_candidates(ranks, n)) return candidates(ranks.end);
  if (by_digits(ranks, n)) return n;
  const bool radix = n >= kRadixSize<E>;
  return n * (tile_lines(task.lines) + (radix ? 1 : 0));
}

constexpr int64_t kLongLine = 1 << 17;  // bytes

// Reading the values back by place misses the caches where the line is long; keys say them, but for
// zeros and NaNs, of which there are several.
template <class Item, class E>
void write_line(const SortTask& task, int64_t begin, const E* e, int64_t n, char* values,
                int64_t* indices) {
  const auto* p = reinterpret_cast<const Item*>(task.in) + begin;
  auto* to = reinterpret_cast<Item*>(values);
  const int64_t inner = task.lines.inner;
  for (int64_t i = 0; i < n; ++i) indices[i * inner] = place_of(e[i]);
  if (!to) return;
  if constexpr (sizeof(Item) >= 4) {
    constexpr Item kTop = Item(1) << (sizeof(Item) * 8 - 1);
    const Item flip = task.descending ? ~Item(0) : Item(0);
    const bool floats = is_floating(task.dtype);
    if (n * int64_t(sizeof(Item)) >= kLongLine) {
      for (int64_t i = 0; i < n; ++i) {
        const Item key = Item(key_of(e[i])) ^ flip;
        if (!floats)
          to[i * inner] = key ^ kTop;
        else if (key == kTop || key == Item(~Item(0)))
          to[i * inner] = p[place_of(e[i]) * inner];
        else
          to[i * inner] = key & kTop ? key ^ kTop : Item(~key);
      }
      return;
    }
  }
  for (int64_t i = 0; i < n; ++i) to[i * inner] = p[place_of(e[i]) * inner];
}
// The elements e of the line that begins at `begin` go to output line `to`, `count` elements long.
template <class E>
void write_ranks(const SortTask& task, int64_t begin, const E* e, int64_t count, int64_t to,
                 char* values, int64_t* indices) {
  if (values) values += to * itemsize(task.dtype);
  indices += to;
  visit_item(itemsize(task.dtype),
             [&]<class Item>(Item) { write_line<Item>(task, begin, e, count, values, indices); });
}

template <class E>
int64_t count_nan(const SortTask& task, const E* e) {
  if (!is_floating(task.dtype)) return 0;
  const uint64_t key = nan_key(task);
  int64_t count = 0;
  for (int64_t i = 0; i < task.lines.n; ++i) count += key_of(e[i]) == key;
  return count;
}

// Calls each(begin, elements) for every line, the elements in the scratch memory, where they may be
// moved.
template <class E, class Each>
void for_each_loaded(const SortTask& task, E* scratch, const Each& each) {
  const Lines& lines = task.lines;
  const int tile = tile_lines(lines);
  for (int64_t o = 0; o < lines.outer; ++o)
    for (int64_t at = 0; at < lines.inner; at += tile) {
      const int width = int(std::min<int64_t>(tile, lines.inner - at));
      const int64_t begin = o * lines.n * lines.inner + at;
      load_tile(task, begin, width, scratch);
      for (int w = 0; w < width; ++w) each(o, at + w, begin + w, scratch + w * lines.n);
    }
}

template <class E>
void run_ranks(const SortTask& task, const Ranks& ranks, char* values, int64_t* indices,
               E* scratch) {
  const Lines& lines = task.lines;
  const int64_t n = lines.n, count = ranks.end - ranks.begin;
  if (by_candidates(ranks, n)) {
    for (int64_t o = 0; o < lines.outer; ++o)
      for (int64_t w = 0; w < lines.inner; ++w) {
        const int64_t begin = o * n * lines.inner + w;
        lowest_of_line(task, begin, ranks.end, scratch);
        if (ranks.begin) std::nth_element(scratch, scratch + ranks.begin, scratch + ranks.end);
        if (ranks.sorted) std::sort(scratch + ranks.begin, scratch + ranks.end);
        write_ranks(task, begin, scratch + ranks.begin, count, o * count * lines.inner + w, values,
                    indices);
      }
    return;
  }
  if (by_digits(ranks, n)) {
    for (int64_t o = 0; o < lines.outer; ++o)
      for (int64_t w = 0; w < lines.inner; ++w) {
        const int64_t begin = o * n * lines.inner + w;
        const E e = element_of_rank(task, begin, ranks.begin, ranks.kind, scratch);
        write_ranks(task, begin, &e, 1, o * lines.inner + w, values, indices);
      }
    return;
  }
  E* spare = scratch + n * tile_lines(lines);
  for_each_loaded(task, scratch, [&](int64_t o, int64_t w, int64_t begin, E* e) {
    const int64_t to = o * count * lines.inner + w;
    if (ranks.kind != Ranks::Kind::Fixed) {
      const int64_t rank = rank_of_median(n, count_nan(task, e), ranks.kind);
      std::nth_element(e, e + rank, e + n);
      e += rank;
    } else if (count == n) {
      e = sort_elements(e, spare, n);
    } else if (count == 1) {
      std::nth_element(e, e + ranks.begin, e + n);
      e += ranks.begin;
    } else {
      if (ranks.begin) std::nth_element(e, e + ranks.begin, e + n);
      e += ranks.begin;
      std::nth_element(e, e + count, e + n - ranks.begin);
      if (ranks.sorted) e = sort_elements(e, spare, count);
    }
    write_ranks(task, begin, e, count, to, values, indices);
  });
}

template <class E>
void run_mode(const SortTask& task, char* values, int64_t* indices, E* scratch) {
  const int64_t n = task.lines.n;
  const uint64_t nan = is_floating(task.dtype) ? nan_key(task) : ~uint64_t{0};
  const bool has_nan = is_floating(task.dtype);
  E* spare = scratch + n * tile_lines(task.lines);
  for_each_loaded(task, scratch, [&](int64_t o, int64_t w, int64_t begin, E* e) {
    e = sort_elements(e, spare, n);
    int64_t run = 0, longest = 0, at = 0;
    for (int64_t i = 0; i < n; ++i) {
      const bool same = i && key_of(e[i]) == key_of(e[i - 1]) && !(has_nan && key_of(e[i]) == nan);
      run = same ? run + 1 : 1;
      if (run > longest) {
        longest = run;
        at = i;
      }
    }
    write_ranks(task, begin, e + at, 1, o * task.lines.inner + w, values, indices);
  });
}

template <class E>
int64_t run_distinct(const SortTask& task, int64_t* first, int64_t* counts, int64_t* inverse,
                     E* scratch) {
  const int64_t n = task.lines.n;
  const bool has_nan = is_floating(task.dtype);
  const uint64_t nan = nan_key(task);
  load_tile(task, 0, 1, scratch);
  const E* e = sort_elements(scratch, scratch + n, n);
  int64_t found = 0;
  for (int64_t i = 0; i < n; ++i) {
    const bool same = i && key_of(e[i]) == key_of(e[i - 1]) && !(has_nan && key_of(e[i]) == nan);
    if (!same) {
      first[found] = place_of(e[i]);
      counts[found++] = 0;
    }
    ++counts[found - 1];
    if (inverse) inverse[place_of(e[i])] = found - 1;
  }
  return found;
}

// Sorting costs several times as much as a pass over the elements.
constexpr int64_t kPasses = 8;

}  // namespace

int64_t sort_scratch(const SortTask& task, const Ranks& ranks) {
  return packs(task) ? scratch_elements<Packed>(task, ranks) * int64_t(sizeof(Packed))
                     : scratch_elements<Wide>(task, ranks) * int64_t(sizeof(Wide));
}

// Threads share the outer dimension, with scratch memory of their own.
void ranks_of_lines(const SortTask& task, const Ranks& ranks, char* values, int64_t* indices,
                    char* scratch) {
  const Lines& lines = task.lines;
  const LongWork work(lines.numel() * kPasses);
  constexpr int64_t kGrain = 2048;
  const int64_t size = lines.n * lines.inner, out = (ranks.end - ranks.begin) * lines.inner;
  parallel_for(lines.outer, 1 + kGrain / (size + 1), [&](int64_t begin, int64_t end) {
    SortTask part = task;
    part.lines.outer = end - begin;
    part.in += begin * size * itemsize(task.dtype);
    char* const to = values ? values + begin * out * itemsize(task.dtype) : nullptr;
    std::unique_ptr<char[]> own;
    if (end - begin < lines.outer)
      own = std::make_unique_for_overwrite<char[]>(size_t(sort_scratch(part, ranks)));
    char* const memory = own ? own.get() : scratch;
    if (packs(task))
      run_ranks(part, ranks, to, indices + begin * out, reinterpret_cast<Packed*>(memory));
    else
      run_ranks(part, ranks, to, indices + begin * out, reinterpret_cast<Wide*>(memory));
  });
}

void mode_of_lines(const SortTask& task, char* values, int64_t* indices, char* scratch) {
  const LongWork work(task.lines.numel() * kPasses);
  if (packs(task))
    run_mode(task, values, indices, reinterpret_cast<Packed*>(scratch));
  else
    run_mode(task, values, indices, reinterpret_cast<Wide*>(scratch));
}

int64_t distinct_of_line(const SortTask& task, int64_t* first, int64_t* counts, int64_t* inverse,
                         char* scratch) {
  const LongWork work(task.lines.numel() * kPasses);
  return packs(task)
             ? run_distinct(task, first, counts, inverse, reinterpret_cast<Packed*>(scratch))
             : run_distinct(task, first, counts, inverse, reinterpret_cast<Wide*>(scratch));
}

void pick_places(const char* in, const int64_t* places, int64_t n, char* out, int64_t item) {
  const LongWork work(n);
  visit_item(item, [&]<class Item>(Item) {
    for (int64_t i = 0; i < n; ++i)
      reinterpret_cast<Item*>(out)[i] = reinterpret_cast<const Item*>(in)[places[i]];
  });
}

}  // namespace tg
