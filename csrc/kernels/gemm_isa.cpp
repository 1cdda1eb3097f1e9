// Matrix product for float and double, compiled once per instruction set. Start at run(), which
// chooses by shape: dot products and row-times-matrix for skinny operands (gemm_skinny.h), else
// blocked(): c is cut into blocks whose operands fit the caches, packed into panels (gemm_pack.h)
// unless that costs more than it saves, and computed tile by tile (gemm_tile.h).
#include "kernels/gemm_kernels.h"

#include "kernels/gemm_pack.h"
#include "kernels/gemm_skinny.h"
#include "kernels/gemm_tile.h"
#include "kernels/parallel.h"

namespace tg::TG_ISA {
extern const GemmKernels gemm_kernels;
namespace {

inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t magnitude(int64_t a) { return a < 0 ? -a : a; }
inline int64_t pieces(int64_t whole, int64_t piece) { return (whole + piece - 1) / piece; }

// Block sizes. Of packed operands, a panel of b (kDepth x kWide) passes through the first cache
// while it meets a block of a (kTall x kDepth); that and a block of b (kDepth x kAcross) stay in
// the second. Rows of b that are read in place may lie a power of two apart and share a few places
// of the caches, so fewer of them are taken at a time.
template <class T>
struct Block {
  static constexpr int kWide = 2 * kLanes<T>;
  static constexpr int64_t kDepthInPlace = 512 / static_cast<int64_t>(sizeof(T));
  static constexpr int64_t kDepth = kDepthInPlace * (kVectorBytes == 64 ? 4 : 2);
  static constexpr int64_t kTall = 60;
  static constexpr int64_t kTallCopying = 256;  // where panels of b are copied while they are read
  static constexpr int64_t kAcross = 512;
};

// Rows of the next tile when `left` remain. The last two share what is left, since a very short
// tile cannot hide the latency of its additions.
inline int tile_rows(int64_t left) {
  if (left >= 2 * kMaxRows || left == kMaxRows) return kMaxRows;
  if (left <= 6) return static_cast<int>(left);
  if (kMaxRows > 6 && left % 2 != 0) return 5;  // and an even rest
  const int half = static_cast<int>((left + 1) / 2);
  return left < kMaxRows ? static_cast<int>(left) : half > 6 ? (half + 1) / 2 * 2 : half;
}

template <class T, Operands kind>
inline TileFn<T> tile_of_kind(int rows, bool narrow) {
  return narrow ? tile_of<T, 1, kind>(rows) : tile_of<T, 2, kind>(rows);
}

// The tallest and widest tile, of which large products consist, has a form for each kind; the
// others only those that gain. Where masks are free, all of those rows of b are read with one;
// where they are slow, none: edges are packed.
template <class T>
inline TileFn<T> choose_tile(Operands kind, int rows, bool narrow) {
  if (rows == kMaxRows && !narrow) {
    if (kind == Operands::PackedA) return tile<T, kMaxRows, 2, Operands::PackedA>;
    if (kind == Operands::InPlace) return tile<T, kMaxRows, 2, Operands::InPlace>;
  }
  if constexpr (kMasksFreely)
    return tile_of_kind<T, Operands::Edge>(rows, narrow);
  else if constexpr (kMasksLoads)
    return kind == Operands::Edge ? tile_of_kind<T, Operands::Edge>(rows, narrow)
                                  : tile_of_kind<T, Operands::InPlace>(rows, narrow);
  else
    return tile_of_kind<T, Operands::InPlace>(rows, narrow);
}

// One block of c, k deep: rows [0, m) times columns [0, n). a is at the block's first row, or
// packed; b likewise. With `panel`, m >= 2 * kMaxRows and the first tile of each panel of b copies
// it there.
template <class T>
void multiply_block(const GemmArgs<T>& g, int64_t m, int64_t n, int64_t k, const T* a,
                    bool packed_a, const T* b, bool packed_b, T* panel, T* c, const Added<T>& add) {
  constexpr int kWide = Block<T>::kWide, kWidth = kLanes<T>;
  for (int64_t j = 0; j < n; j += kWide) {
    const int cols = static_cast<int>(least(n - j, kWide));
    const bool narrow = cols <= kWidth, copy = panel && !narrow;
    const bool edge = !packed_b && !copy && cols != kWidth && cols != kWide;
    const Operands kind = edge                  ? Operands::Edge
                          : packed_a && !narrow ? Operands::PackedA
                                                : Operands::InPlace;
    const T* b_panel = b + j * (packed_b ? k : 1);
    int64_t b_step = !packed_b ? g.b_row : narrow ? kWidth : kWide, i = 0;
    const auto out_at = [&](int64_t i) {
      TileOut<T> out{c + i * g.c_row + j * g.c_col, g.c_row, g.c_col, cols, add.from(i, j), panel};
      out.a_ahead = packed_a ? 0 : g.a_ahead;
      out.b_ahead = packed_b || copy ? 0 : g.b_ahead;
      out.c_ahead = g.c_ahead;
      return out;
    };
    if (copy) {
      tile<T, kMaxRows, 2, Operands::PackingB>(1, k, a, 0, packed_a ? 1 : g.a_row,
                                               packed_a ? kMaxRows : g.a_col, b_panel, b_step,
                                               out_at(0));
      b_panel = panel;
      b_step = kWide;
      i = kMaxRows;
    }
    while (i < m) {
      const int rows = tile_rows(m - i);
      int64_t count = 1;  // of tiles of that height
      while (i + (count + 1) * rows <= m && tile_rows(m - i - count * rows) == rows) ++count;
      const TileOut<T> out = out_at(i);
      const auto tile = choose_tile<T>(kind, rows, narrow);
      if (packed_a)
        tile(count, k, a + i * k, rows * k, 1, rows, b_panel, b_step, out);
      else
        tile(count, k, a + i * g.a_row, rows * g.a_row, g.a_row, g.a_col, b_panel, b_step, out);
      i += rows * count;
    }
  }
}

// Lines that lie next to each other are packed a few p at a time: rows of the operand are then read
// in longer runs.
inline int64_t packing_step(int64_t line_stride, int64_t k) {
  return line_stride == 1 ? least(k, 16) : k;
}

template <class T>
void pack_a_block(const GemmArgs<T>& g, int64_t m, int64_t k, const T* a, T* to) {
  const int64_t step = packing_step(g.a_row, k);
  for (int64_t p = 0; p < k; p += step)
    for (int64_t i = 0; i < m;) {
      const int rows = tile_rows(m - i);
      pack_panel(a + i * g.a_row + p * g.a_col, g.a_row, g.a_col, rows, least(k - p, step),
                 to + i * k + p * rows, rows);
      i += rows;
    }
}

// Columns [first, n) of the block, first being a multiple of kWide.
template <class T>
void pack_b_block(const GemmArgs<T>& g, int64_t first, int64_t n, int64_t k, const T* b, T* to) {
  constexpr int kWide = Block<T>::kWide, kWidth = kLanes<T>;
  const int64_t step = packing_step(g.b_col, k);
  for (int64_t p = 0; p < k; p += step)
    for (int64_t j = first; j < n; j += kWide) {
      const int cols = static_cast<int>(least(n - j, kWide));
      const int width = cols <= kWidth ? kWidth : kWide;
      pack_panel(b + j * g.b_col + p * g.b_row, g.b_col, g.b_row, cols, least(k - p, step),
                 to + j * k + p * width, width);
    }
}

// Piece `index` of `count` of a whole, all of about one size.
inline int64_t piece_start(int64_t whole, int64_t index, int64_t count) {
  return index == 0 ? 0 : index == count ? whole : whole * index / count;
}

// How the whole product is computed. Its depth decides the order of the sums, so it depends on the
// sizes alone.
template <class T>
struct Plan {
  explicit Plan(const GemmArgs<T>& g) {
    using B = Block<T>;
    // Packing costs a pass over the operand; without it, long strides cost cache and TLB misses at
    // every use. Measured.
    const int64_t item = static_cast<int64_t>(sizeof(T));
    const int64_t a_stride = magnitude(g.a_row == 1 ? g.a_col : g.a_row) * item;
    const int64_t b_stride = magnitude(g.b_row) * item;
    const bool many_rows = g.m > 4 * kMaxRows;
    const bool rows_collide = a_stride % 1024 == 0;  // in the first cache
    pack_a =
        g.n >= 4 * B::kWide && a_stride >= 1024 &&
        (g.a_row == 1 ? many_rows
                      : g.n * a_stride > B::kWide * 16384 && (rows_collide || g.n * item > 2048));
    const bool long_rows = b_stride >= 1024, few_blocks = g.m <= B::kTallCopying;
    threads = in_parallel_loop() ? 1 : num_threads();
    const bool few_copies = g.m <= threads * B::kTallCopying;  // of each part of b
    pack_b = g.b_col != 1 || (long_rows && !few_copies) || (!kMasksLoads && g.n % kLanes<T> != 0);
    copy_b = !pack_b && long_rows && g.m >= 2 * kMaxRows;
    tall = copy_b ? B::kTallCopying : B::kTall;
    depth = !few_blocks                      ? B::kDepth
            : many_rows || g.n * item < 4096 ? B::kDepth / 2
                                             : B::kDepthInPlace;
  }
  bool pack_a, pack_b;  // before the tiles are computed
  bool copy_b;          // panel by panel, by the first tile that reads it
  int64_t tall, depth, threads;
};

// What is worth another thread: multiplications with their additions, and elements to pack.
constexpr int64_t kThreadWork = 1 << 18, kThreadPacking = 1 << 14;

// Rows that go to one thread: fewer than the tallest tile has, so that the pieces are about equal.
constexpr int64_t kShared = kMaxRows / 3;

// Of `units` to share, the least in a piece where each piece repeats some work, such as to pack the
// other operand: two a thread, since more would also be of less equal size.
inline int64_t large_pieces(int64_t units, int64_t least) {
  const int64_t even = pieces(units, 2 * int64_t{num_threads()});
  return even > least ? even : least;
}

// Rows [first, last) of a block of c, n wide and k deep; a and c are at row 0.
template <class T>
void multiply_rows(const GemmArgs<T>& g, const Plan<T>& plan, int64_t first, int64_t last,
                   int64_t n, int64_t k, const T* a, const T* b, T* c, const Added<T>& add) {
  using B = Block<T>;
  constexpr int64_t kSlack = 64;  // packing may write a vector past its panel
  T* packed_a = nullptr;
  const int64_t count = pieces(last - first, plan.tall);
  const int64_t tall = pieces(pieces(last - first, count), kMaxRows) * kMaxRows;  // about equal
  if (plan.pack_a)
    packed_a = static_cast<T*>(
        gemm_scratch(GemmScratch::A, (least(last - first, tall) * k + kSlack) * sizeof(T)));
  T* panel = nullptr;
  if (plan.copy_b && last - first >= 2 * kMaxRows)
    panel = static_cast<T*>(gemm_scratch(GemmScratch::B, B::kWide * k * sizeof(T)));
  for (int64_t i = first; i < last; i += tall) {
    const int64_t m = least(last - i, tall);
    const T* from = a + i * g.a_row;
    if (plan.pack_a) {
      pack_a_block(g, m, k, from, packed_a);
      from = packed_a;
    }
    multiply_block(g, m, n, k, from, plan.pack_a, b, plan.pack_b, panel, c + i * g.c_row,
                   add.from(i, 0));
  }
}

// Strip after strip of b, a few blocks of it at a time. Threads share the packing of these, then
// the rows of c; one thread takes block after block, which stay in its cache.
template <class T>
void multiply_by_blocks(const GemmArgs<T>& g, const Plan<T>& plan) {
  using B = Block<T>;
  constexpr int64_t kSmall = 1024, kBlocksAtOnce = 4;
  alignas(64) T small[kSmall];
  T* packed_b = small;
  const int64_t count = pieces(g.k, plan.depth), at_once = plan.threads == 1 ? 1 : kBlocksAtOnce;
  const auto k_start = [&](int64_t block) { return piece_start(g.k, block, count); };
  if (plan.pack_b) {
    const int64_t size =
        pieces(least(g.n, B::kAcross), B::kWide) * B::kWide * least(g.k, at_once * plan.depth);
    if (size > kSmall) packed_b = static_cast<T*>(gemm_scratch(GemmScratch::B, size * sizeof(T)));
  }
  for (int64_t j = 0; j < g.n; j += B::kAcross) {
    const int64_t n = least(g.n - j, B::kAcross), panels = pieces(n, B::kWide);
    for (int64_t block = 0; block < count; block += at_once) {
      const int64_t end_block = least(block + at_once, count);
      const int64_t start = k_start(block), deep = k_start(end_block) - start;
      // f(its place in k, its depth, where it is packed)
      const auto for_block = [&](int64_t index, const auto& f) {
        const int64_t p = k_start(index);
        f(p, k_start(index + 1) - p, packed_b + (p - start) * panels * B::kWide);
      };
      if (plan.pack_b)
        parallel_for((end_block - block) * panels, pieces(kThreadPacking, B::kWide * plan.depth),
                     [&](int64_t begin, int64_t end) {
                       while (begin < end) {
                         const int64_t first = begin % panels;
                         const int64_t last = least(panels, first + end - begin);
                         for_block(block + begin / panels, [&](int64_t p, int64_t k, T* to) {
                           pack_b_block(g, first * B::kWide, least(last * B::kWide, n), k,
                                        g.b + p * g.b_row + j * g.b_col, to);
                         });
                         begin += last - first;
                       }
                     });
      parallel_for(pieces(g.m, kShared), pieces(kThreadWork, kShared * n * deep),
                   [&](int64_t begin, int64_t end) {
                     for (int64_t i = block; i < end_block; ++i)
                       for_block(i, [&](int64_t p, int64_t k, const T* packed) {
                         const Added<T> before = i == 0 ? Added<T>{g.add, g.add_row, g.add_col}
                                                        : Added<T>{g.c, g.c_row, g.c_col};
                         multiply_rows(g, plan, begin * kShared, least(end * kShared, g.m), n, k,
                                       g.a + p * g.a_col,
                                       plan.pack_b ? packed : g.b + p * g.b_row + j * g.b_col,
                                       g.c + j * g.c_col, before.from(0, j));
                       });
                   });
    }
  }
}

// kernel(g) on parts of the columns, in groups of `unit`.
template <class T, class Kernel>
void by_columns(const GemmArgs<T>& g, int64_t unit, const Kernel& kernel) {
  if (g.m * g.n * g.k < 2 * kThreadWork || g.n < 2 * unit) return kernel(g);
  const int64_t units = pieces(g.n, unit);
  parallel_for(units, large_pieces(units, pieces(kThreadWork, g.m * g.k * unit)),
               [&](int64_t begin, int64_t end) {
                 GemmArgs<T> part = g;
                 part.n = least(end * unit, g.n) - begin * unit;
                 part.b += begin * unit * g.b_col;
                 part.c += begin * unit * g.c_col;
                 if (g.add) part.add += begin * unit * g.add_col;
                 kernel(part);
               });
}

template <class T>
void blocked(const GemmArgs<T>& g) {
  const Plan<T> plan(g);
  // Threads that share columns each pack all of a: only where that is little.
  if (g.m > 8 * kMaxRows) return multiply_by_blocks(g, plan);
  by_columns(g, Block<T>::kWide,
             [&plan](const GemmArgs<T>& part) { multiply_by_blocks(part, plan); });
}

// The tile that is all of c and reads its operands in place, which needs none of the above; or
// null.
template <class T>
TileFn<T> single_tile(const GemmArgs<T>& g) {
  constexpr int kWide = Block<T>::kWide, kWidth = kLanes<T>;
  const bool narrow = g.n <= kWidth, edge = g.n != kWidth && g.n != kWide;
  if (g.n > kWide || g.b_col != 1 || g.k > Block<T>::kDepth || (edge && !kMasksLoads))
    return nullptr;
  if constexpr (kMasksFreely)  // 32 registers hold it
    if (narrow && g.m == 16) return tile<T, 16, 1, Operands::Edge>;
  if (g.m > kMaxRows || tile_rows(g.m) != g.m) return nullptr;
  return choose_tile<T>(edge ? Operands::Edge : Operands::InPlace, static_cast<int>(g.m), narrow);
}

template <class T>
void multiply(const GemmArgs<T>& g) {
  const TileFn<T> tile = single_tile(g);
  if (!tile) return blocked(g);
  const int cols = static_cast<int>(g.n);
  tile(1, g.k, g.a, 0, g.a_row, g.a_col, g.b, g.b_row,
       {g.c, g.c_row, g.c_col, cols, {g.add, g.add_row, g.add_col}});
}

template <class T>
void multiply_tiny(const GemmArgs<T>& g) {
  for (int64_t i = 0; i < g.m; ++i)
    for (int64_t j = 0; j < g.n; ++j) {
      const T *a = g.a + i * g.a_row, *b = g.b + j * g.b_col;
      T sum = 0;
      for (int64_t p = 0; p < g.k; ++p) sum += a[p * g.a_col] * b[p * g.b_row];
      T& c = g.c[i * g.c_row + j * g.c_col];
      c = g.add ? g.add[i * g.add_row + j * g.add_col] + sum : sum;
    }
}

// c^T = b^T a^T
template <class T>
GemmArgs<T> transposed(const GemmArgs<T>& g) {
  return {g.n,     g.m, g.k,     g.b,     g.b_col, g.b_row,   g.a,      g.a_col,
          g.a_row, g.c, g.c_col, g.c_row, g.add,   g.add_col, g.add_row};
}

// m == 1 or n == 1, and a vector with a stride: it is laid out piece by piece.
template <class T>
void dot_product_of_strided(const GemmArgs<T>& g) {
  T* const scratch = static_cast<T*>(gemm_scratch(GemmScratch::A, 2 * kDotPiece * sizeof(T)));
  for_pieces_of_k(g, kDotPiece, [&](GemmArgs<T> piece) {
    if (g.a_col != 1) {
      for (int64_t i = 0; i < piece.k; ++i) scratch[i] = piece.a[i * g.a_col];
      piece.a = scratch;
      piece.a_col = 1;
    }
    if (g.b_row != 1) {
      T* const b = scratch + kDotPiece;
      for (int64_t i = 0; i < piece.k; ++i) b[i] = piece.b[i * g.b_row];
      piece.b = b;
      piece.b_row = 1;
    }
    g.m* g.n == 1 ? dot_of_vectors(piece) : dot_product(piece);
  });
}

// m == 1
template <class T>
void vector_times_matrix(const GemmArgs<T>& g) {
  if (g.n > 1 && g.b_col == 1 && g.c_col == 1 && (!g.add || g.add_col == 1) &&
      (g.n >= kLanes<T> || g.k == 1))
    return by_columns(g, 64, row_times_matrix<T>);
  if (g.k < kLanes<T> && g.n * g.k <= 128) return multiply_tiny(g);
  if (g.n > 1 && g.b_row != 1) return multiply(g);
  if (g.a_col != 1 || g.b_row != 1) return dot_product_of_strided(g);
  if (g.n == 1) return dot_of_vectors(g);
  by_columns(g, 4, dot_product<T>);
}

// Where there is little to sum, the stores count: whole rows of c, one after the other.
template <class T>
void multiply_row_by_row(const GemmArgs<T>& g) {
  parallel_for(g.m, pieces(kThreadPacking, g.n), [&](int64_t begin, int64_t end) {
    GemmArgs<T> row = g;
    for (int64_t i = begin; i < end; ++i) {
      row.a = g.a + i * g.a_row;
      row.c = g.c + i * g.c_row;
      if (g.add) row.add = g.add + i * g.add_row;
      row_times_matrix(row);
    }
  });
}

// Few columns in rows next to each other: columns of b are laid out piece by piece, and a is read
// once, in long rows.
template <class T>
void multiply_by_columns(const GemmArgs<T>& g) {
  T* const columns =
      static_cast<T*>(gemm_scratch(GemmScratch::A, g.n * least(g.k, kDotPiece) * sizeof(T)));
  for_pieces_of_k(g, kDotPiece, [&](GemmArgs<T> piece) {
    for (int64_t p = 0; p < piece.k; ++p)
      for (int64_t j = 0; j < g.n; ++j)
        columns[j * piece.k + p] = piece.b[p * g.b_row + j * g.b_col];
    piece.b = columns;
    piece.b_row = 1;
    piece.b_col = piece.k;
    by_columns(transposed(piece), 4, dot_product_of_piece<T>);
  });
}

template <class T>
void run(const GemmArgs<T>& g) {
  if (g.n == 1 && g.m > 1) return vector_times_matrix(transposed(g));
  if (g.m == 1) return vector_times_matrix(g);
  if (g.k <= 8 && g.b_col == 1 && g.n >= 16 * kLanes<T>) return multiply_row_by_row(g);
  if (g.b_col != 1 && g.m * g.n * g.k <= 128) return multiply_tiny(g);
  if (g.a_col == 1) {
    // Dot products end in sums across lanes, packing b costs a pass over it: measured where they
    // meet.
    const bool along_k = g.b_row == 1;
    const int64_t vectors = g.k / kLanes<T>;
    const bool few = (g.n <= 4 && vectors >= 4) || (g.n <= 12 && vectors >= (along_k ? 12 : 32));
    if (!along_k && few && g.m >= 64) return multiply_by_columns(g);
    if (along_k && (few || (g.m <= 64 && vectors >= g.m)))
      return by_columns(g.m > g.n ? transposed(g) : g, 4, dot_product<T>);
  }
  multiply(g);
}

// Small matrices pass by faster than the processor finds out what to fetch, so it is told: of each
// product the operands of the next. Products of one tile each are that tile again and again.
template <class T>
void run_batch(const GemmArgs<T>& g, const GemmBatch& batch) {
  if (batch.count == 1) return run(g);
  const bool in_a_row = g.n == g.c_row && batch.c_next == g.m * g.n;
  const bool tiles = g.m > 1 && g.n > 1 && g.b_row != 1;  // as run() decides
  if (const auto tile = in_a_row && tiles ? single_tile(g) : nullptr) {
    TileOut<T> out{g.c, g.c_row, 1, static_cast<int>(g.n), {}};
    out.a_ahead = batch.a_next;
    out.b_ahead = out.b_next = batch.b_next;
    out.c_ahead = batch.c_next;
    return tile(batch.count, g.k, g.a, batch.a_next, g.a_row, g.a_col, g.b, g.b_row, out);
  }
  GemmArgs<T> one = g;
  one.a_ahead = batch.a_next;
  one.b_ahead = batch.b_next;
  one.c_ahead = batch.c_next;
  for (int64_t i = 0; i < batch.count; ++i) {
    run(one);
    one.a += batch.a_next;
    one.b += batch.b_next;
    one.c += batch.c_next;
  }
}

}  // namespace

const GemmKernels gemm_kernels{run_batch<float>, run_batch<double>};

}  // namespace tg::TG_ISA
