// Start at ranks_of_lines(). A line goes through load_tile() into sortable elements, is arranged
// (small lines by comparison, large ones by radix, few ranks by selection) and written out.
#include "kernels/sort.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace tg {
namespace {

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
E element_of(Key key, int64_t place, bool descending) {
  if (descending) key = ~key;
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
// Calls f with the C++ type whose loop makes the keys of dtype into elements E.
template <class E, class F>
void visit_keys(DType dtype, const F& f) {
  if constexpr (std::is_same_v<E, Packed>) {
    if (itemsize(dtype) == 8) return;  // never asked for
  }
  visit_dtype(dtype, [&](auto tag) {
    if constexpr (std::is_same_v<E, Wide> || sizeof(typename decltype(tag)::type) < 8) f(tag);
  });
}

// `width` lines side by side become `width` arrays of n elements.
template <class E>
void load_tile(const SortTask& task, int64_t begin, int width, E* out) {
  visit_keys<E>(task.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const auto* p = reinterpret_cast<const T*>(task.in) + begin;
    const int64_t n = task.lines.n, inner = task.lines.inner;
    const bool descending = task.descending;
    if (inner == 1) {
      for (int64_t i = 0; i < n; ++i) out[i] = element_of<E>(order_key(p[i]), i, descending);
      return;
    }
    for (int64_t i = 0; i < n; ++i, p += inner)
      for (int w = 0; w < width; ++w)
        out[w * n + i] = element_of<E>(order_key(p[w]), i, descending);
  });
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
  E result{};
  visit_keys<E>(task.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const auto* p = reinterpret_cast<const T*>(task.in) + begin;
    const int64_t n = task.lines.n, inner = task.lines.inner;
    using Key = decltype(order_key(T()));
    const Key flip = task.descending ? ~Key(0) : Key(0);
    auto key_at = [&](int64_t i) -> Key { return order_key(p[i * inner]) ^ flip; };
    if (kind != Ranks::Kind::Fixed) {
      int64_t nans = 0;
      if constexpr (!std::is_integral_v<T>) {
        for (int64_t i = 0; i < n; ++i) nans += order_key(p[i * inner]) == Key(~Key(0));
      }
      rank = rank_of_median(n, nans, kind);
    }
    Key least = key_at(0), greatest = least;
    for (int64_t i = 1; i < n; ++i) {
      const Key key = key_at(i);
      least = key < least ? key : least;
      greatest = key > greatest ? key : greatest;
    }
    constexpr int kBits = 11;
    int shift = std::bit_width(Key(greatest - least));
    Key prefix = 0, mask = 0;
    int64_t left = n;
    while (left > std::max<int64_t>(n / 8, 1024) && shift > 0) {
      const int bits = std::min(kBits, shift);
      shift -= bits;
      const Key digits = (Key(1) << bits) - 1;
      int64_t counts[1 << kBits] = {};
      if (mask == 0) {
        for (int64_t i = 0; i < n; ++i) ++counts[Key(key_at(i) - least) >> shift];
      } else {
        for (int64_t i = 0; i < n; ++i) {
          const Key key = key_at(i) - least;
          counts[(key >> shift) & digits] += (key & mask) == prefix;
        }
      }
      Key digit = 0;
      while (counts[digit] <= rank) rank -= counts[digit++];
      left = counts[digit];
      prefix |= digit << shift;
      mask |= digits << shift;
    }
    int64_t found = 0;
    for (int64_t i = 0; i < n && found < left; ++i) {
      const Key key = key_at(i);
      scratch[found] = element_of<E>(key, i, false);
      found += (Key(key - least) & mask) == prefix;
    }
    std::nth_element(scratch, scratch + rank, scratch + left);
    result = scratch[rank];
  });
  return result;
}

// Few of many: candidates below a bound that falls as they are found.
int64_t candidates(int64_t k) { return std::max<int64_t>(4 * k, 128); }
bool by_candidates(const Ranks& ranks, int64_t n) {
  return ranks.kind == Ranks::Kind::Fixed && n >= 256 && ranks.end <= n / 16;
}
bool by_digits(const Ranks& ranks, int64_t n) {
  return n >= kDigitSelect && (ranks.kind != Ranks::Kind::Fixed || ranks.end - ranks.begin == 1);
}

template <class E>
void lowest_of_line(const SortTask& task, int64_t begin, int64_t k, E* out) {
  visit_keys<E>(task.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const auto* p = reinterpret_cast<const T*>(task.in) + begin;
    const int64_t n = task.lines.n, inner = task.lines.inner, room = candidates(k);
    const bool descending = task.descending;
    using Key = decltype(order_key(T()));
    const Key flip = descending ? ~Key(0) : Key(0);
    int64_t found = 0;
    Key bound = 0;
    bool bounded = false;
    // Ties of the bound that come later have greater places: they are never needed.
    constexpr int kBlock = 16;
    for (int64_t i = 0; i < n; i += kBlock) {
      const int64_t end = std::min(n, i + kBlock);
      if (bounded && inner == 1 && end - i == kBlock) {
        int below = 0;
        for (int j = 0; j < kBlock; ++j) below |= Key(order_key(p[i + j]) ^ flip) < bound;
        if (!below) continue;
      }
      for (int64_t j = i; j < end; ++j) {
        const Key key = order_key(p[j * inner]) ^ flip;
        out[found] = element_of<E>(key, j, false);
        found += !bounded || key < bound;
        if (found == room) {
          std::nth_element(out, out + k - 1, out + found);
          found = k;
          bound = Key(key_of(out[k - 1]));
          bounded = true;
        }
      }
    }
    std::nth_element(out, out + k - 1, out + found);
  });
}

// --- lines
constexpr int kTileLines = 16;
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
  switch (itemsize(task.dtype)) {
    case 1:
      return write_line<uint8_t>(task, begin, e, count, values, indices);
    case 2:
      return write_line<uint16_t>(task, begin, e, count, values, indices);
    case 4:
      return write_line<uint32_t>(task, begin, e, count, values, indices);
    default:
      return write_line<uint64_t>(task, begin, e, count, values, indices);
  }
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

template <class Item>
void pick(const Item* in, const int64_t* places, int64_t n, Item* out) {
  for (int64_t i = 0; i < n; ++i) out[i] = in[places[i]];
}

}  // namespace

int64_t sort_scratch(const SortTask& task, const Ranks& ranks) {
  return packs(task) ? scratch_elements<Packed>(task, ranks) * int64_t(sizeof(Packed))
                     : scratch_elements<Wide>(task, ranks) * int64_t(sizeof(Wide));
}

void ranks_of_lines(const SortTask& task, const Ranks& ranks, char* values, int64_t* indices,
                    char* scratch) {
  const LongWork work(task.lines.numel() * kPasses);
  if (packs(task))
    run_ranks(task, ranks, values, indices, reinterpret_cast<Packed*>(scratch));
  else
    run_ranks(task, ranks, values, indices, reinterpret_cast<Wide*>(scratch));
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
  auto run = [&]<class Item>(Item) {
    pick(reinterpret_cast<const Item*>(in), places, n, reinterpret_cast<Item*>(out));
  };
  switch (item) {
    case 1:
      return run(uint8_t{});
    case 2:
      return run(uint16_t{});
    case 4:
      return run(uint32_t{});
    default:
      return run(uint64_t{});
  }
}

}  // namespace tg
