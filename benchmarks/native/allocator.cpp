// The allocator beside malloc: small blocks, and payloads that are written once, as an operation
// does.
#include "core/allocator.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>

namespace {

void AllocatorSmall(benchmark::State& state) {
  const auto bytes = size_t(state.range(0));
  for (auto _ : state) {
    void* block = tg::small_alloc(bytes);
    benchmark::DoNotOptimize(block);
    tg::small_free(block, bytes);
  }
}
void MallocSmall(benchmark::State& state) {
  const auto bytes = size_t(state.range(0));
  for (auto _ : state) {
    void* block = std::malloc(bytes);
    benchmark::DoNotOptimize(block);
    std::free(block);
  }
}
BENCHMARK(AllocatorSmall)->Arg(64)->Arg(144)->Arg(512);
BENCHMARK(MallocSmall)->Arg(64)->Arg(144)->Arg(512);

// A batch is alive at once, as the nodes of a graph are.
void AllocatorSmallBatch(benchmark::State& state) {
  constexpr int kBlocks = 10'000;
  static void* blocks[kBlocks];
  for (auto _ : state) {
    for (void*& block : blocks) block = tg::small_alloc(144);
    benchmark::ClobberMemory();
    for (void* block : blocks) tg::small_free(block, 144);
  }
  state.SetItemsProcessed(state.iterations() * kBlocks);
}
void MallocSmallBatch(benchmark::State& state) {
  constexpr int kBlocks = 10'000;
  static void* blocks[kBlocks];
  for (auto _ : state) {
    for (void*& block : blocks) block = std::malloc(144);
    benchmark::ClobberMemory();
    for (void* block : blocks) std::free(block);
  }
  state.SetItemsProcessed(state.iterations() * kBlocks);
}
BENCHMARK(AllocatorSmallBatch);
BENCHMARK(MallocSmallBatch);

// Here page faults show: malloc returns large blocks to the system, the cache keeps them.
void AllocatorPayload(benchmark::State& state) {
  const int64_t bytes = state.range(0);
  auto allocate_and_write = [bytes] {
    void* block = tg::data_alloc(bytes);
    std::memset(block, 1, size_t(bytes));
    benchmark::ClobberMemory();
    tg::data_free(block, bytes);
  };
  allocate_and_write();  // the first touch of the block is not what is measured
  for (auto _ : state) allocate_and_write();
  state.SetBytesProcessed(state.iterations() * bytes);
}
void MallocPayload(benchmark::State& state) {
  const int64_t bytes = state.range(0);
  for (auto _ : state) {
    void* block = std::malloc(size_t(bytes));
    std::memset(block, 1, size_t(bytes));
    benchmark::ClobberMemory();
    std::free(block);
  }
  state.SetBytesProcessed(state.iterations() * bytes);
}
BENCHMARK(AllocatorPayload)->Arg(4 << 10)->Arg(1 << 20)->Arg(40 << 20);
BENCHMARK(MallocPayload)->Arg(4 << 10)->Arg(1 << 20)->Arg(40 << 20);

}  // namespace
