// The cascades of additions behind sum.h.
#include "kernels/sum.h"

#include "kernels/parallel.h"
#include "kernels/row_sums.h"

namespace tg::TG_ISA {
extern const SumKernels sum_kernels;
namespace {

// Rows go into running sums, which go into those of the next of four levels every 2^power rows, so
// that the error grows with the fourth root of n (a cascade).
constexpr int kAhead = 4, kLevels = 4;
struct Cascade {
  int power;
  int64_t step;
  explicit Cascade(int64_t rows) {
    const int log2 = rows > 1 ? 64 - __builtin_clzll(uint64_t(rows - 1)) : 0;
    power = log2 / kLevels > 4 ? log2 / kLevels : 4;
    step = int64_t{1} << power;
  }
  // add(begin, end) adds rows, carry(level) moves the sums of level - 1 on.
  template <class Add, class Carry>
  TG_INLINE void run(int64_t rows, const Add& add, const Carry& carry) const {
    int64_t row = 0;
    while (row + step <= rows) {
      add(row, row + step);
      row += step;
      for (int level = 1; level < kLevels; ++level) {
        carry(level);
        if (row & ((step - 1) << (level * power))) break;
      }
    }
    add(row, rows);
  }
};

// Blocks that threads share: those of step^2 rows begin and end with empty sums on the two lowest
// levels, so each gives one sum for the next level wherever it is computed.
constexpr int64_t kGrain = 16384;  // elements that are worth another thread
inline int64_t blocks_worth(int64_t elements) {
  return elements < kGrain ? (kGrain + elements - 1) / elements : 1;
}

// kWide running sums over four rows at once, where kWide numbers fill 32 bytes, PyTorch's vector,
// on every machine.
template <class T, int kWide>
struct RowSums {
  static constexpr int kWidth = kAhead * kWide, kVectors = kWidth / kLanes<T>;
  typename Simd<T>::Vec sums[kVectors];
  TG_INLINE void operator+=(const RowSums& other) {
    for (int v = 0; v < kVectors; ++v) sums[v] += other.sums[v];
  }
  TG_INLINE void add_rows(const T* p, int64_t rows) {
    RowSums now = *this;
    for (; rows > 0; --rows, p += kWidth)
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        typename Simd<T>::Vec term;
        load<T>(term, p + v * kLanes<T>);
        now.sums[v] += term;
      }
    *this = now;
  }
  // The second level: `count` times `step` rows.
  TG_INLINE void add_steps(const T* p, int64_t count, int64_t step) {
    for (; count > 0; --count, p += step * kWidth) {
      RowSums part{};
      part.add_rows(p, step);
      *this += part;
    }
  }
};

// The sum of these running sums and of what x has behind its last whole row.
template <class T, int kWide>
TG_INLINE T sum_of_lanes(const RowSums<T, kWide>& rows, const T* x, int64_t n) {
  typedef T Wide __attribute__((vector_size(kWide * sizeof(T))));
  Wide sums[kAhead], term;
  static_assert(sizeof sums == sizeof rows.sums);
  std::memcpy(sums, rows.sums, sizeof sums);
  const int64_t vectors = n / kWide;
  for (int64_t v = vectors / kAhead * kAhead; v < vectors; ++v) {
    std::memcpy(&term, x + v * kWide, sizeof term);
    sums[0] += term;
  }
  const Wide all = ((sums[0] + sums[1]) + sums[2]) + sums[3];
  T total = 0;
  for (int64_t i = vectors * kWide; i < n; ++i) total += x[i];
  for (int l = 0; l < kWide; ++l) total += all[l];
  return total;
}

template <class T, int kWide>
T cascade_sum(const T* x, int64_t n) {
  using Sums = RowSums<T, kWide>;
  constexpr int kWidth = Sums::kWidth;
  const int64_t rows = n / kWide / kAhead;
  if (rows < 16) {  // one level
    Sums sums{};
    sums.add_rows(x, rows);
    return sum_of_lanes<T, kWide>(sums, x, n);
  }
  const int64_t step = Cascade(rows).step, block = step * step, blocks = rows / block;
  Sums levels[kLevels] = {};
  constexpr int64_t kMost = 256;
  for (int64_t first = 0; first < blocks; first += kMost) {
    Sums parts[kMost];  // not set
    const int64_t count = blocks - first < kMost ? blocks - first : kMost;
    sweep(count, blocks_worth(block * kWidth), [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b) {
        parts[b] = Sums{};
        parts[b].add_steps(x + (first + b) * block * kWidth, step, step);
      }
    });
    for (int64_t b = 0; b < count; ++b) {
      levels[2] += parts[b];
      if ((first + b + 1) & (step - 1)) continue;
      levels[3] += levels[2];
      levels[2] = Sums{};
    }
  }
  const int64_t steps = (rows - blocks * block) / step, done = blocks * block + steps * step;
  levels[1].add_steps(x + blocks * block * kWidth, steps, step);
  levels[0].add_rows(x + done * kWidth, rows - done);
  for (int level = 1; level < kLevels; ++level) levels[0] += levels[level];
  return sum_of_lanes<T, kWide>(levels[0], x, n);
}

// The same of fewer elements than fill a row.
template <class T, int kWide>
T short_sum(const T* x, int64_t n) {
  T total = 0;
  if (n < kWide) {
    if (n >= 4) {
      T first = x[0];
      for (int64_t i = 4; i < n; ++i) first += x[i];
      return total + (((first + x[1]) + x[2]) + x[3]);
    }
    for (int64_t i = 0; i < n; ++i) total += x[i];
    return total;
  }
  typedef T Vec __attribute__((vector_size(kWide * sizeof(T))));
  Vec sum, term;
  std::memcpy(&sum, x, sizeof sum);
  int64_t i = kWide;
  for (; n - i >= kWide; i += kWide) {
    std::memcpy(&term, x + i, sizeof term);
    sum += term;
  }
  for (; i < n; ++i) total += x[i];
  for (int l = 0; l < kWide; ++l) total += sum[l];
  return total;
}

template <class T>
T dense_sum(const T* x, int64_t n) {
  constexpr int kWide = 32 / sizeof(T);
  return n < kAhead * kWide ? short_sum<T, kWide>(x, n) : cascade_sum<T, kWide>(x, n);
}

// Not inlined: each of these loops is long in vector code.
template <class T>
[[gnu::noinline]] void add(T* to, const T* from, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] += from[i];
}
template <class T>
[[gnu::noinline]] void add_four(T* to, const T* from, int64_t pitch, int64_t n) {
  const T *second = from + pitch, *third = second + pitch, *fourth = third + pitch;
  for (int64_t i = 0; i < n; ++i) to[i] = (((to[i] + from[i]) + second[i]) + third[i]) + fourth[i];
}

// A cascade for each of `width` columns: their rows are joined, `ahead` at a time, to longer ones
// of as many running sums.
template <class T>
struct ColumnCascade {
  static constexpr int64_t kMost = 1024;
  const T* x;
  int64_t pitch, width;
  int ahead;
  Cascade cascade;
  int64_t lanes() const { return ahead * width; }
  size_t bytes() const { return static_cast<size_t>(lanes()) * sizeof(T); }

  // The sums of long rows [begin, end) on the levels from 0 on; those of level 1 and above are set.
  [[gnu::noinline]] void run(int64_t begin, int64_t end, T (*sums)[kMost]) const {
    const int64_t step = ahead * pitch;
    std::memset(sums[0], 0, bytes());
    cascade.run(
        end - begin,
        [&](int64_t row, int64_t row_end) {
          for (int a = 0; a < ahead; ++a) {
            T* sum = sums[0] + a * width;
            const T* p = x + begin * step + a * pitch;
            int64_t r = row;
            for (; row_end - r >= 4; r += 4) add_four(sum, p + r * step, step, width);
            for (; r < row_end; ++r) add(sum, p + r * step, width);
          }
        },
        [&](int level) {
          add(sums[level], sums[level - 1], lanes());
          std::memset(sums[level - 1], 0, bytes());
        });
  }
  // The same of whole blocks of few columns, which threads share.
  [[gnu::noinline]] void run_blocks(int64_t blocks, T (*sums)[kMost]) const {
    constexpr int64_t kBlocks = 32;
    const int64_t block = cascade.step * cascade.step;
    alignas(64) T parts[kBlocks][kNarrow];
    for (int64_t first = 0; first < blocks; first += kBlocks) {
      const int64_t count = blocks - first < kBlocks ? blocks - first : kBlocks;
      sweep(count, blocks_worth(block * lanes()), [&](int64_t begin, int64_t end) {
        alignas(64) T levels[3][kMost];
        for (int64_t b = begin; b < end; ++b) {
          std::memset(levels[1], 0, bytes());
          std::memset(levels[2], 0, bytes());
          run((first + b) * block, (first + b + 1) * block, levels);
          std::memcpy(parts[b], levels[2], bytes());
        }
      });
      for (int64_t b = 0; b < count; ++b) {
        add(sums[2], parts[b], lanes());
        if ((first + b + 1) & (cascade.step - 1)) continue;
        add(sums[3], sums[2], lanes());
        std::memset(sums[2], 0, bytes());
      }
    }
  }
  static constexpr int64_t kNarrow = 128;
};

template <class T>
[[gnu::noinline, gnu::noclone]] void cascade_columns(const T* x, int64_t rows, int64_t pitch,
                                                     int64_t width, int ahead, T* sums) {
  const int64_t long_rows = rows / ahead;
  const ColumnCascade<T> columns{x, pitch, width, ahead, Cascade(long_rows)};
  const int64_t step = columns.cascade.step;
  const int levels = long_rows < step ? 1 : kLevels;
  alignas(64) T level_sums[kLevels][ColumnCascade<T>::kMost];
  for (int level = 1; level < levels; ++level) std::memset(level_sums[level], 0, columns.bytes());
  const bool shared = columns.lanes() <= ColumnCascade<T>::kNarrow && long_rows >= step * step;
  const int64_t blocks = shared ? long_rows / (step * step) : 0;
  if (shared) columns.run_blocks(blocks, level_sums);
  columns.run(blocks * step * step, long_rows, level_sums);
  for (int level = 1; level < levels; ++level)
    add(level_sums[0], level_sums[level], columns.lanes());
  for (int64_t row = long_rows * ahead; row < rows; ++row)
    add(level_sums[0], x + row * pitch, width);
  for (int a = 1; a < ahead; ++a) add(level_sums[0], level_sums[0] + a * width, width);
  std::memcpy(sums, level_sums[0], static_cast<size_t>(width) * sizeof(T));
}

// The same of a handful of numbers: too few rows for a second level of sums.
template <class T>
T short_column(const T* x, int64_t rows, int64_t pitch, int ahead) {
  T sums[kAhead] = {};
  int64_t row = 0;
  for (; rows - row >= ahead; row += ahead)
    for (int a = 0; a < ahead; ++a) sums[a] += x[(row + a) * pitch];
  for (; row < rows; ++row) sums[0] += x[row * pitch];
  return ((sums[0] + sums[1]) + sums[2]) + sums[3];
}

// Columns that fill four of PyTorch's vectors have a cascade each, the rest one of four rows at a
// time.
template <class T>
void column_sums(const T* x, int64_t rows, int64_t pitch, int64_t width, T* sums) {
  constexpr int64_t kWide = 32 / sizeof(T), kTile = 1024;
  const int64_t group = width < kWide ? kAhead : kAhead * kWide;
  const int64_t whole = width / group * group;
  if (rows < 16 && width < 16) {
    for (int64_t w = 0; w < width; ++w)
      sums[w] = short_column(x + w, rows, pitch, w < whole ? 1 : kAhead);
    return;
  }
  for (int64_t w = 0; w < whole; w += kTile)
    cascade_columns(x + w, rows, pitch, whole - w < kTile ? whole - w : kTile, 1, sums + w);
  if (whole < width) cascade_columns(x + whole, rows, pitch, width - whole, kAhead, sums + whole);
}

// f(x, n) folds n elements into one number: blocks of a fixed size, which threads share, are joined
// in order.
template <class Acc, class T, class F, class Join>
TG_INLINE Acc fold_by_blocks(const T* x, int64_t n, const F& f, const Join& join) {
  if (n <= kGrain) return f(x, n);
  constexpr int64_t kBlocks = 256;
  Acc total{};
  for (int64_t first = 0; first < n; first += kBlocks * kGrain) {
    Acc parts[kBlocks];
    const int64_t left = n - first, count = left < kBlocks * kGrain ? left : kBlocks * kGrain;
    const int64_t blocks = (count + kGrain - 1) / kGrain;
    sweep(blocks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b) {
        const int64_t at = b * kGrain;
        parts[b] = f(x + first + at, count - at < kGrain ? count - at : kGrain);
      }
    });
    for (int64_t b = 0; b < blocks; ++b) total = first + b == 0 ? parts[b] : join(total, parts[b]);
  }
  return total;
}
template <class T, class F>
TG_INLINE double sum_by_blocks(const T* x, int64_t n, const F& f) {
  return fold_by_blocks<double>(x, n, f, [](double a, double b) { return a + b; });
}

// Parts are short, so that few products fall below the normal numbers, where each takes its time.
template <class T>
T product_of_part(const T* x, int64_t n) {
  using Vec = typename Simd<T>::Vec;
  constexpr int64_t kWidth = kLanes<T>;
  int64_t i = 0;
  T total = 1;
  if (n >= kWidth) {
    Vec all[4];
    for (Vec& v : all) v = T(1) - Vec{};
    for (; n - i >= 4 * kWidth; i += 4 * kWidth)
#pragma GCC unroll 4
      for (int u = 0; u < 4; ++u) all[u] *= at(x + i + u * kWidth);
    for (; n - i >= kWidth; i += kWidth) all[0] *= at(x + i);
    total = fold<T>((all[0] * all[1]) * (all[2] * all[3]), [](auto a, auto b) { return a * b; });
  }
  for (; i < n; ++i) total *= x[i];
  return total;
}
template <class T>
T product(const T* x, int64_t n) {
  constexpr int64_t kPart = 1024;
  const auto parts = [](const T* x, int64_t n) {
    T total = product_of_part(x, n < kPart ? n : kPart);
    for (int64_t i = kPart; i < n; i += kPart)
      total *= product_of_part(x + i, n - i < kPart ? n - i : kPart);
    return total;
  };
  return fold_by_blocks<T>(x, n, parts, [](T a, T b) { return a * b; });
}

int64_t sum_of_integers(const int64_t* x, int64_t n) {
  return fold_by_blocks<int64_t>(
      x, n,
      [](const int64_t* x, int64_t n) {
        int64_t total = 0;
        for (int64_t i = 0; i < n; ++i) total += x[i];
        return total;
      },
      [](int64_t a, int64_t b) { return a + b; });
}

template <class T>
T squares(const T* x, int64_t n) {
  return static_cast<T>(sum_by_blocks(x, n, [](const T* x, int64_t n) {
    return sum_of<T>(
        n, [&](int64_t i) { return at(x + i) * at(x + i); },
        [&](int64_t i) { return x[i] * x[i]; });
  }));
}

// A vector of doubles from as many elements.
TG_INLINE DoubleVec doubles_at(const double* p) { return at(p); }
TG_INLINE DoubleVec doubles_at(const float* p) {
  typedef float Few __attribute__((vector_size(kVectorBytes / 2)));
  Few v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, DoubleVec);
}
template <class T>
double deviations(const T* x, int64_t n, double mean) {
  const auto square = [=](auto v) {
    const auto d = v - mean;
    return d * d;
  };
  return sum_of<double>(
      n, [&](int64_t i) { return square(doubles_at(x + i)); },
      [&](int64_t i) { return square(static_cast<double>(x[i])); });
}
template <class T>
Moments moments(const T* x, int64_t n) {
  const double sum = sum_of<double>(
      n, [&](int64_t i) { return doubles_at(x + i); },
      [&](int64_t i) { return static_cast<double>(x[i]); });
  const double mean = sum / static_cast<double>(n);
  return {mean, deviations(x, n, mean)};
}

// to[w] = the sum of term(x, center[w]) down column w, four rows at a time.
template <class T, class Term>
TG_INLINE void sum_columns(const T* x, int64_t rows, int64_t pitch, int64_t width,
                           const double* center, double* to, const Term& term) {
  constexpr int64_t kWide = kLanes<double>;
  std::memset(to, 0, static_cast<size_t>(width) * sizeof(double));
  while (rows > 0) {
    const int few = rows < 4 ? static_cast<int>(rows) : 4;
    int64_t w = 0;
    for (; width - w >= kWide; w += kWide) {
      const DoubleVec c = at(center + w);
      DoubleVec sum = at(to + w);
      if (few == 4)
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) sum += term(doubles_at(x + r * pitch + w), c);
      else
        for (int r = 0; r < few; ++r) sum += term(doubles_at(x + r * pitch + w), c);
      store<double>(to + w, sum);
    }
    for (; w < width; ++w)
      for (int r = 0; r < few; ++r) to[w] += term(static_cast<double>(x[r * pitch + w]), center[w]);
    x += few * pitch;
    rows -= few;
  }
}

template <class T>
void column_moments(const T* x, int64_t rows, int64_t pitch, int64_t width, Moments* moments) {
  constexpr int64_t kRows = 64;
  alignas(64) double means[SumKernels::kWidest], squares[SumKernels::kWidest];
  for (int64_t done = 0; done < rows; done += kRows, x += kRows * pitch) {
    const int64_t count = rows - done < kRows ? rows - done : kRows;
    sum_columns(x, count, pitch, width, means, means, [](auto v, auto) { return v; });
    for (int64_t w = 0; w < width; ++w) means[w] /= static_cast<double>(count);
    sum_columns(x, count, pitch, width, means, squares, [](auto v, auto center) {
      const auto d = v - center;
      return d * d;
    });
    for (int64_t w = 0; w < width; ++w)
      moments[w] = done ? joined(moments[w], done, {means[w], squares[w]}, count)
                        : Moments{means[w], squares[w]};
  }
}

template <class T>
void center(const T* x, T* out, int64_t n, double mean, double factor) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = static_cast<T>((static_cast<double>(x[i]) - mean) * factor);
}
template <class T>
void center_columns(const T* x, T* out, int64_t width, const double* means, const double* factors) {
  for (int64_t w = 0; w < width; ++w)
    out[w] = static_cast<T>((static_cast<double>(x[w]) - means[w]) * factors[w]);
}

template <class T>
constexpr SumKernelsOf<T> kernels_of() {
  return {dense_sum<T>, column_sums<T>,    product<T>, squares<T>,
          moments<T>,   column_moments<T>, center<T>,  center_columns<T>};
}

}  // namespace

const SumKernels sum_kernels{kernels_of<float>(), kernels_of<double>(), sum_of_integers};

}  // namespace tg::TG_ISA
