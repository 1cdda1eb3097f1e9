#include "kernels/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace tg {
namespace {

thread_local bool running_piece = false;

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

// How long a thread waits awake for what may come at any moment: several times as long as it takes
// to put one to sleep and wake it again.
constexpr auto kPatience = std::chrono::microseconds(100);

// Whether `done` came true within that time.
template <class Condition>
bool spin_until(const Condition& done, std::chrono::microseconds patience = kPatience) {
  const auto start = std::chrono::steady_clock::now();
  do {
    for (int i = 0; i < 16; ++i) {
      if (done()) return true;
      relax();
    }
  } while (std::chrono::steady_clock::now() - start < patience);
  return done();
}

// Where this thread runs, or -1.
int processor() {
#if defined(__linux__)
  return sched_getcpu();
#else
  return -1;
#endif
}

// Moves this thread to another processor if it runs on the given one. On a busy machine Linux wakes
// a worker beside the one that called it, and they would take turns.
void leave_processor([[maybe_unused]] int taken) {
#if defined(__linux__)
  cpu_set_t allowed;
  if (taken < 0 || taken >= CPU_SETSIZE || processor() != taken ||
      sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    return;
  cpu_set_t others = allowed;
  CPU_CLR(static_cast<size_t>(taken), &others);
  if (CPU_COUNT(&others) > 0 && sched_setaffinity(0, sizeof others, &others) == 0)
    sched_setaffinity(0, sizeof allowed, &allowed);
#endif
}

// The pieces of the current loop that nobody has taken, [low, high), and the number of the loop.
// One word, so that who takes a piece knows that it is this loop's: a worker that comes late finds
// another number, or nothing left. The caller takes pieces from the front and workers from the
// back: one loop after another over the same data then finds it in the same caches.
struct Ticket {
  explicit Ticket(uint64_t word) : word(word) {}
  Ticket(uint32_t loop, uint32_t pieces) : word(uint64_t{loop} << 32 | pieces) {}
  uint32_t loop() const { return static_cast<uint32_t>(word >> 32); }
  uint32_t low() const { return static_cast<uint32_t>(word >> 16) & 0xffff; }
  uint32_t high() const { return static_cast<uint32_t>(word) & 0xffff; }
  Ticket without_low() const { return Ticket(word + 0x10000); }
  Ticket without_high() const { return Ticket(word - 1); }
  uint64_t word;
};
constexpr int64_t kMostPieces = 0xffff;

class Pool {
 public:
  // Takes the pool unless another thread has it.
  bool try_take() { return taken_.try_lock(); }
  void take() { taken_.lock(); }
  void give_back() { taken_.unlock(); }

  // The functions below are for who has taken the pool.
  void run(int64_t n, int64_t step, int64_t pieces, int threads, PieceFunction function,
           const void* context, bool backwards) {
    const int helpers = static_cast<int>(std::min<int64_t>(threads, pieces)) - 1;
    start_workers(helpers);
    function_ = function;
    context_ = context;
    n_ = n;
    step_ = step;
    pieces_ = pieces;
    callers_share_ = backwards ? pieces / threads : 0;
    callers_processor_.store(processor(), std::memory_order_relaxed);
    unfinished_.store(static_cast<int>(pieces), std::memory_order_relaxed);
    ++loop_;
    ticket_.store(Ticket(loop_, static_cast<uint32_t>(pieces)).word);
    wake_workers(helpers);
    take_pieces<true>(loop_);
    const auto finished = [this] { return unfinished_.load(std::memory_order_acquire) == 0; };
    if (!spin_until(finished)) {
      std::unique_lock lock(mutex_);
      caller_sleeps_.store(true);
      finished_.wait(lock, [&] { return unfinished_.load() == 0; });
      caller_sleeps_.store(false);
    }
    if (failed_.load(std::memory_order_relaxed)) {
      failed_.store(false, std::memory_order_relaxed);
      std::rethrow_exception(std::exchange(error_, nullptr));
    }
  }

  void stop_workers() {
    {
      const std::lock_guard lock(mutex_);
      stopping_.store(true);
      wake_.notify_all();
    }
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
    stopping_.store(false);
  }

 private:
  void start_workers(int count) {
    if (static_cast<int>(workers_.size()) >= count) return;
    // Signals are for the threads of the program: one that came to a worker would not end a sleep
    // in the main thread. Faults are the thread's own.
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigdelset(&blocked, fault);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    try {
      while (static_cast<int>(workers_.size()) < count)
        workers_.emplace_back([this, loop = loop_] { work(loop); });
    } catch (const std::exception&) {  // no more threads to be had: fewer do
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void wake_workers(int count) {
    if (sleeping_.load() == 0) return;
    const std::lock_guard lock(mutex_);
    count = std::min(count, sleeping_.load(std::memory_order_relaxed));
    for (int i = 0; i < count; ++i) wake_.notify_one();
  }

  void work(uint32_t last_loop) {
    running_piece = true;
    // Between the sleeper's count and its look at the ticket, and the caller's store of the ticket
    // and its look at the count, the sequentially consistent order decides who sees the other.
    const auto called = [&] {
      return Ticket(ticket_.load()).loop() != last_loop || stopping_.load();
    };
    for (;;) {
      // The next loop comes when this one has ended, if the caller's last piece is not too long.
      const auto ended = [&] { return unfinished_.load(std::memory_order_relaxed) == 0; };
      spin_until([&] { return ended() || called(); }, 10 * kPatience);
      if (!spin_until(called)) {
        std::unique_lock lock(mutex_);
        sleeping_.fetch_add(1);
        wake_.wait(lock, called);
        sleeping_.fetch_sub(1);
        lock.unlock();
        leave_processor(callers_processor_.load(std::memory_order_relaxed));
      }
      if (stopping_.load()) return;
      last_loop = Ticket(ticket_.load()).loop();
      take_pieces<false>(last_loop);
    }
  }

  template <bool caller>
  void take_pieces(uint32_t loop) {
    uint64_t word = ticket_.load(std::memory_order_acquire);
    for (;;) {
      const Ticket ticket(word);
      if (ticket.loop() != loop || ticket.low() == ticket.high()) return;
      const Ticket rest = caller ? ticket.without_low() : ticket.without_high();
      if (!ticket_.compare_exchange_weak(word, rest.word, std::memory_order_acq_rel,
                                         std::memory_order_acquire))
        continue;
      // The loop cannot end before this piece is counted, so its fields hold still.
      run_piece(caller ? ticket.low() : ticket.high() - 1);
      if (unfinished_.fetch_sub(1) == 1 && !caller && caller_sleeps_.load()) {
        const std::lock_guard lock(mutex_);
        finished_.notify_one();
      }
      word = ticket_.load(std::memory_order_acquire);
    }
  }

  // Backwards, the caller's share and the rest each begin with the piece that they end with else.
  int64_t in_turn(int64_t piece) const {
    if (callers_share_ == 0) return piece;
    return piece < callers_share_ ? callers_share_ - 1 - piece
                                  : callers_share_ + pieces_ - 1 - piece;
  }

  void run_piece(int64_t piece) {
    const int64_t begin = in_turn(piece) * step_;
    try {
      function_(context_, begin, std::min(begin + step_, n_));
    } catch (...) {
      if (!failed_.exchange(true)) error_ = std::current_exception();
    }
  }

  std::mutex taken_;
  // Of the current loop.
  PieceFunction function_ = nullptr;
  const void* context_ = nullptr;
  int64_t n_ = 0, step_ = 0, pieces_ = 0, callers_share_ = 0;
  uint32_t loop_ = 0;
  std::atomic<int> callers_processor_ = -1;
  std::atomic<bool> failed_ = false;
  std::exception_ptr error_;
  alignas(64) std::atomic<uint64_t> ticket_ = 0;
  alignas(64) std::atomic<int> unfinished_ = 0;
  // Sleeping and waking.
  alignas(64) std::mutex mutex_;
  std::condition_variable wake_, finished_;
  std::atomic<int> sleeping_ = 0;
  std::atomic<bool> caller_sleeps_ = false, stopping_ = false;
  std::vector<std::thread> workers_;
};

// Never destroyed: workers outlive the end of main(), and end with the process.
std::atomic<Pool*> the_pool = nullptr;

Pool& pool() {
  Pool* known = the_pool.load(std::memory_order_acquire);
  if (known) return *known;
  // A child has none of its parent's workers, and maybe locks that a thread which it has not got
  // would open: it leaves the pool behind and makes one of its own.
  static const int once = pthread_atfork(nullptr, nullptr, [] { the_pool.store(nullptr); });
  static_cast<void>(once);
  auto made = std::make_unique<Pool>();
  return the_pool.compare_exchange_strong(known, made.get()) ? *made.release() : *known;
}

class Taken {
 public:
  explicit Taken(Pool& pool) : pool_(pool) {}
  ~Taken() { pool_.give_back(); }
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;

 private:
  Pool& pool_;
};

struct RunningPiece {
  RunningPiece() { running_piece = true; }
  ~RunningPiece() { running_piece = false; }
};

// The first number of a list such as "4,2", or 0.
int threads_wanted_by(const char* variable) {
  const char* text = std::getenv(variable);
  if (!text) return 0;
  const long count = std::strtol(text, nullptr, 10);
  return count > 0 && count <= kMostPieces ? static_cast<int>(count) : 0;
}

int default_threads() {
  for (const char* variable : {"TAPEGRAD_NUM_THREADS", "OMP_NUM_THREADS"})
    if (const int count = threads_wanted_by(variable)) return count;
  return cpu_count();
}

std::atomic<int> threads = 0;  // 0: not yet known

}  // namespace

int num_threads() {
  int count = threads.load(std::memory_order_relaxed);
  if (count == 0) {
    int unknown = 0;
    count = default_threads();
    if (!threads.compare_exchange_strong(unknown, count)) count = unknown;
  }
  return count;
}

void set_num_threads(int count) {
  threads.store(count, std::memory_order_relaxed);
  Pool* const known = the_pool.load(std::memory_order_acquire);
  if (!known) return;
  known->take();
  const Taken taken(*known);
  known->stop_workers();  // the next loop starts as many as it may use
}

namespace {

// A loop over blocks, one after the other in either direction.
struct Sweep {
  PieceFunction function;
  const void* context;
  int64_t block;
  bool backwards;

  static void run(const void* context, int64_t begin, int64_t end) {
    const Sweep& s = *static_cast<const Sweep*>(context);
    const int64_t count = (end - begin + s.block - 1) / s.block;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t first = begin + (s.backwards ? count - 1 - i : i) * s.block;
      s.function(s.context, first, std::min(first + s.block, end));
    }
  }
};

void share_pieces(int64_t n, int64_t grain, PieceFunction function, const void* context,
                  bool backwards) {
  const int threads = running_piece ? 1 : num_threads();
  if (threads == 1) return function(context, 0, n);
  // Several pieces for each thread, since they do not all run at the same speed. Of many small
  // elements they begin at multiples of 64, so that no two write to one cache line.
  const int64_t most = std::min<int64_t>({n / grain, int64_t{4} * threads, kMostPieces});
  int64_t step = (n + most - 1) / most;
  if (grain >= 64) step = (step + 63) & ~int64_t{63};
  const int64_t pieces = (n + step - 1) / step;
  Pool& workers = pool();
  if (pieces == 1 || !workers.try_take()) return function(context, 0, n);
  const Taken taken(workers);
  const RunningPiece running;
  workers.run(n, step, pieces, threads, function, context, backwards);
}

thread_local bool sweeps_backwards = false;

}  // namespace

bool in_parallel_loop() { return running_piece; }

void run_pieces(int64_t n, int64_t grain, PieceFunction function, const void* context) {
  share_pieces(n, grain, function, context, false);
}

void sweep_pieces(int64_t n, int64_t grain, PieceFunction function, const void* context) {
  const bool backwards = sweeps_backwards = !sweeps_backwards;
  // Each block starts anew what the processor fetches ahead: the larger the whole, the longer ones.
  constexpr int64_t kMostBlocks = 64;
  const Sweep sweep{function, context, std::max(grain, n / kMostBlocks), backwards};
  share_pieces(n, grain, Sweep::run, &sweep, backwards);
}

}  // namespace tg
