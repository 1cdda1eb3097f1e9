// Loops on several threads. parallel_for() cuts [0, n) into pieces and runs them on the caller and
// on the workers of one pool. The workers start when they are first needed, wait a short while for
// the next loop and then sleep. The caller takes pieces too and waits only for those that a worker
// has begun, so a worker that gets no processor holds nobody up. A loop inside a loop, and one that
// finds the pool taken by another thread, runs on its caller alone. See parallel.cpp for how pieces
// are handed out.
#pragma once

#include <cstdint>

namespace tg {

// How many threads a loop may use, the caller included: what set_num_threads() was given, else
// TAPEGRAD_NUM_THREADS, else OMP_NUM_THREADS, else cpu_count().
int num_threads();
void set_num_threads(int count);
// Processors that this process may use: its affinity, or the quota of its control group if that is
// less.
int cpu_count();

// Whether this thread runs a piece right now. Such code must not touch Python, tensors, Dims or
// their allocator: its loop's caller may have let go of the GIL.
bool in_parallel_loop();

using PieceFunction = void (*)(const void* context, int64_t begin, int64_t end);
void run_pieces(int64_t n, int64_t grain, PieceFunction function, const void* context);
void sweep_pieces(int64_t n, int64_t grain, PieceFunction function, const void* context);

// Never inlined: a second copy of each loop would be no faster.
template <class F>
[[gnu::noinline]] void run_piece(const void* context, int64_t begin, int64_t end) {
  (*static_cast<const F*>(context))(begin, end);
}

// f(begin, end) for pieces of at least `grain` that make up [0, n); 0 < grain. Where they begin
// depends on the number of threads, so results must not depend on it: a sum is taken over blocks of
// a fixed size, and the pieces are whole blocks. The first exception of f is thrown again here,
// after all pieces have ended.
template <class F>
void parallel_for(int64_t n, int64_t grain, const F& f) {
  if (n / 2 >= grain) return run_pieces(n, grain, run_piece<F>, &f);
  if (n > 0) run_piece<F>(&f, 0, n);
}

// The same for loops that pass once over memory: f is called for blocks, from the first to the
// last, or from the last to the first if the thread's loop before went the other way. So each
// begins with what the one before has left in the caches, where loops that all began at the front
// would find that their beginnings had made room for the ends.
template <class F>
void sweep(int64_t n, int64_t grain, const F& f) {
  if (n / 2 >= grain) return sweep_pieces(n, grain, run_piece<F>, &f);
  if (n > 0) run_piece<F>(&f, 0, n);
}

}  // namespace tg
