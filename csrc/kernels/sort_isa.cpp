// Loops over the keys of sort.cpp: making them, and finding the few least of many.
#include "kernels/sort_kernels.h"

#include "kernels/lane.h"

namespace tg::TG_ISA {
extern const SelectKernels select_kernels;
namespace {

template <class Key>
struct Keys;
template <>
struct Keys<uint32_t> : Format<float> {};
template <>
struct Keys<uint64_t> : Format<double> {};

template <class Key, class Vec = typename Keys<Key>::Unsigned>
TG_INLINE Vec at(const Key* keys) {
  Vec v;
  std::memcpy(&v, keys, sizeof v);
  return v;
}

// The least keys of groups are k different keys, the k-th of them is such a bound.
template <class Key>
Key bound(const Key* keys, int64_t n, int64_t k) {
  using Vec = typename Keys<Key>::Unsigned;
  constexpr int kLanes = Keys<Key>::kCount, kVectors = 4;
  if (2 * k > kVectors * kLanes) return ~Key(0);
  Vec least[kVectors];
  for (int v = 0; v < kVectors; ++v) least[v] = ~Vec{};
  for (int64_t i = 0; i + kVectors * kLanes <= n; i += kVectors * kLanes)
    for (int v = 0; v < kVectors; ++v) {
      const Vec x = at(keys + i + v * kLanes);
      least[v] = x < least[v] ? x : least[v];
    }
  int groups = kVectors * kLanes;
  for (int half = kVectors / 2; half > 0 && half * kLanes >= 4 * k; half /= 2, groups /= 2)
    for (int v = 0; v < half; ++v)
      least[v] = least[v] < least[half + v] ? least[v] : least[half + v];
  Key one[kVectors * kLanes], best[kVectors * kLanes / 2] = {};
  std::memcpy(one, least, sizeof one);
  for (int64_t j = 0; j < k; ++j) best[j] = ~Key(0);
  for (int g = 0; g < groups; ++g) {
    if (one[g] >= best[k - 1]) continue;
    int64_t j = k - 1;
    for (; j > 0 && best[j - 1] > one[g]; --j) best[j] = best[j - 1];
    best[j] = one[g];
  }
  return best[k - 1];
}

template <class Key>
int64_t find(const Key* keys, int64_t n, Key bound, uint16_t* places) {
  using Vec = typename Keys<Key>::Unsigned;
  using Kind = typename Keys<Key>::Number;
  constexpr int kLanes = Keys<Key>::kCount, kStep = 2 * kLanes;
  const Vec limit = bound - Vec{};
  int64_t found = 0;
  for (int64_t i = 0; i < n; i += kStep) {
    if (n - i >= kStep) {
      const typename Keys<Key>::Bits low =
          (at(keys + i) <= limit) | (at(keys + i + kLanes) <= limit);
      if (!any(Mask<Kind>{low})) continue;
    }
    const int64_t end = n - i < kStep ? n : i + kStep;
    for (int64_t j = i; j < end; ++j) {
      places[found] = static_cast<uint16_t>(j);
      found += keys[j] <= bound;
    }
  }
  return found;
}

template <class T, class Key>
void keys_of(const T* x, int64_t n, Key flip, Key* keys) {
  constexpr int kSign = sizeof(Key) * 8 - 1;
  using Int = typename Format<T>::Int;
  for (int64_t i = 0; i < n; ++i) {
    const T number = x[i] + T(0);  // -0 becomes 0
    const Key bits = __builtin_bit_cast(Key, number);
    const Key key = bits ^ (static_cast<Key>(static_cast<Int>(bits) >> kSign) | Key(1) << kSign);
    keys[i] = (number == number ? key : ~Key(0)) ^ flip;
  }
}

}  // namespace

const SelectKernels select_kernels{{bound<uint32_t>, find<uint32_t>},
                                   {bound<uint64_t>, find<uint64_t>},
                                   keys_of<float, uint32_t>,
                                   keys_of<double, uint64_t>};

}  // namespace tg::TG_ISA
