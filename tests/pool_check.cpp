// Checks of the pool of threads (csrc/kernels/parallel.h) that Python cannot reach. test_threads.py
// builds this file together with the pool, plainly and with ThreadSanitizer. Prints what failed.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "kernels/parallel.h"

namespace {

int failures = 0;
void check(bool fact, const char* text) {
  if (fact) return;
  std::printf("failed: %s\n", text);
  ++failures;
}

// Every element once, in pieces of at least the grain (but the last).
bool covers(int64_t n, int64_t grain) {
  std::vector<int> seen(static_cast<size_t>(n));
  std::atomic<int> short_pieces = 0;
  tg::parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    if (end - begin < grain && end != n) ++short_pieces;
    for (int64_t i = begin; i < end; ++i) ++seen[static_cast<size_t>(i)];
  });
  for (const int count : seen)
    if (count != 1) return false;
  return short_pieces == 0;
}

int threads_of_process() {
  int count = 0;
  char line[256];
  std::FILE* file = std::fopen("/proc/self/status", "r");
  while (file && std::fgets(line, sizeof line, file))
    if (std::strncmp(line, "Threads:", 8) == 0) count = std::atoi(line + 8);
  if (file) std::fclose(file);
  return count;
}

void spoil() { throw std::runtime_error("spoilt"); }

bool throws_once(int64_t bad) {
  try {
    tg::parallel_for(1000, 10, [&](int64_t begin, int64_t end) {
      if (begin <= bad && bad < end) spoil();
    });
  } catch (const std::runtime_error& e) {
    return std::string(e.what()) == "spoilt";
  }
  return false;
}

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

int main(int argc, char**) {
  const bool forks = argc == 1;  // ThreadSanitizer has no threads after a fork
  check(tg::cpu_count() >= 1, "there is a processor");
  check(!tg::in_parallel_loop(), "outside of loops");

  for (const int threads : {1, 2, 3, 7}) {
    tg::set_num_threads(threads);
    check(tg::num_threads() == threads, "the number of threads is what was set");
    for (const int64_t n : {0, 1, 2, 9, 10, 11, 19, 20, 21, 100, 1001, 65536, 100003})
      for (const int64_t grain : {1, 3, 10, 64, 1000}) check(covers(n, grain), "loop covers");
  }

  tg::set_num_threads(4);
  for (int i = 0; i < 20000; ++i) {  // one loop straight after another
    std::atomic<int64_t> sum = 0;
    tg::parallel_for(64, 4, [&](int64_t begin, int64_t end) { sum += end - begin; });
    if (sum != 64) return std::printf("failed: loop %d lost pieces\n", i), 1;
  }

  std::atomic<int64_t> inner = 0;
  tg::parallel_for(8, 1, [&](int64_t, int64_t) {
    if (!tg::in_parallel_loop()) ++inner;
    tg::parallel_for(100, 1, [&](int64_t begin, int64_t end) {
      if (begin != 0 || end != 100) ++inner;
    });
  });
  check(inner == 0, "a loop inside a loop runs in one piece");
  check(!tg::in_parallel_loop(), "outside again");

  for (const int64_t bad : {0, 500, 999})
    check(throws_once(bad), "an exception reaches the caller");
  check(covers(1000, 10), "the pool works after an exception");

  {  // several callers at a time, and one that changes the number of threads
    std::atomic<int> lost = 0;
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i)
      callers.emplace_back([&] {
        for (int round = 0; round < 300; ++round)
          if (!covers(1000, 10)) ++lost;
      });
    for (int count = 1; count < 60; ++count) tg::set_num_threads(1 + count % 5);
    for (std::thread& caller : callers) caller.join();
    check(lost == 0, "loops of several threads are whole");
  }

  tg::set_num_threads(4);
  covers(1000, 10);
  const int many = threads_of_process();
  tg::set_num_threads(1);
  covers(1000, 10);
  if (many) check(threads_of_process() < many, "workers end when they are not wanted");

  tg::set_num_threads(4);
  covers(1000, 10);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double before = processor_seconds();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  check(processor_seconds() - before < 0.05, "idle workers sleep");

  if (forks) {
    for (int generation = 0; generation < 2; ++generation) {
      const pid_t child = fork();
      if (child == 0) {
        bool whole = true;
        for (int i = 0; i < 50; ++i) whole &= covers(1000, 10);
        whole &= threads_of_process() <= 4;
        if (generation == 0) _exit(whole ? 0 : 1);
        const pid_t grandchild = fork();
        if (grandchild == 0) _exit(covers(1000, 10) ? 0 : 1);
        int status = 1;
        waitpid(grandchild, &status, 0);
        _exit(whole && status == 0 ? 0 : 1);
      }
      int status = 1;
      waitpid(child, &status, 0);
      check(status == 0, "a child has a pool of its own");
      check(covers(1000, 10), "the parent keeps its pool");
    }
  }
  return failures ? 1 : 0;  // with sleeping workers
}
