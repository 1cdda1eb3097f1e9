// The cascades of additions behind sum.h.
#include "kernels/sum.h"

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

// kWide running sums over four rows at once, where kWide numbers fill 32 bytes, PyTorch's vector,
// on every machine.
template <class T, int kWide>
T cascade_sum(const T* x, int64_t n) {
  constexpr int kWidth = kAhead * kWide;
  const int64_t vectors = n / kWide, rows = vectors / kAhead;
  T sum[kWidth];
  using Vec = typename Simd<T>::Vec;
  constexpr int kVectors = kWidth / kLanes<T>;
  Vec sums[kLevels][kVectors] = {};
  Cascade(rows).run(
      rows,
      [&](int64_t row, int64_t end) {
        const T* p = x + row * kWidth;
        Vec now[kVectors];
        for (int v = 0; v < kVectors; ++v) now[v] = sums[0][v];
        for (; row < end; ++row, p += kWidth)
#pragma GCC unroll 8
          for (int v = 0; v < kVectors; ++v) {
            Vec term;
            load<T>(term, p + v * kLanes<T>);
            now[v] += term;
          }
        for (int v = 0; v < kVectors; ++v) sums[0][v] = now[v];
      },
      [&](int level) {
        for (int v = 0; v < kVectors; ++v) {
          sums[level][v] += sums[level - 1][v];
          sums[level - 1][v] = Vec{};
        }
      });
  for (int v = 0; v < kVectors; ++v)
    store<T>(sum + v * kLanes<T>, ((sums[0][v] + sums[1][v]) + sums[2][v]) + sums[3][v]);
  for (int64_t v = rows * kAhead; v < vectors; ++v)
    for (int l = 0; l < kWide; ++l) sum[l] += x[v * kWide + l];
  for (int k = 1; k < kAhead; ++k)
    for (int l = 0; l < kWide; ++l) sum[l] += sum[k * kWide + l];
  T total = 0;
  for (int64_t i = vectors * kWide; i < n; ++i) total += x[i];
  for (int l = 0; l < kWide; ++l) total += sum[l];
  return total;
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
[[gnu::noinline, gnu::noclone]] void cascade_columns(const T* x, int64_t rows, int64_t pitch,
                                                     int64_t width, int ahead, T* sums) {
  constexpr int64_t kMost = 1024;
  const int64_t long_rows = rows / ahead, lanes = ahead * width, step = ahead * pitch;
  const Cascade cascade(long_rows);
  const int levels = long_rows < cascade.step ? 1 : kLevels;
  alignas(64) T level_sums[kLevels][kMost];
  const auto bytes = static_cast<size_t>(lanes) * sizeof(T);
  for (int level = 0; level < levels; ++level) std::memset(level_sums[level], 0, bytes);
  cascade.run(
      long_rows,
      [&](int64_t row, int64_t end) {
        for (int a = 0; a < ahead; ++a) {
          T* sum = level_sums[0] + a * width;
          const T* p = x + a * pitch;
          int64_t r = row;
          for (; end - r >= 4; r += 4) add_four(sum, p + r * step, step, width);
          for (; r < end; ++r) add(sum, p + r * step, width);
        }
      },
      [&](int level) {
        add(level_sums[level], level_sums[level - 1], lanes);
        std::memset(level_sums[level - 1], 0, bytes);
      });
  for (int level = 1; level < levels; ++level) add(level_sums[0], level_sums[level], lanes);
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

template <class T>
T squares(const T* x, int64_t n) {
  return static_cast<T>(sum_of<T>(
      n, [&](int64_t i) { return at(x + i) * at(x + i); }, [&](int64_t i) { return x[i] * x[i]; }));
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
double exact(const T* x, int64_t n) {
  return sum_of<double>(
      n, [&](int64_t i) { return doubles_at(x + i); },
      [&](int64_t i) { return static_cast<double>(x[i]); });
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
constexpr SumKernelsOf<T> kernels_of() {
  return {dense_sum<T>, column_sums<T>, squares<T>, exact<T>, deviations<T>};
}

}  // namespace

const SumKernels sum_kernels{kernels_of<float>(), kernels_of<double>()};

}  // namespace tg::TG_ISA
