// Elementwise operations by size: from the cost of a call to the speed of memory.
#include <benchmark/benchmark.h>

#include "core/tensor.h"
#include "ops/operators.h"
#include "support.h"

namespace {

using tg::bench::ones;

constexpr int64_t kSmallest = 1, kLargest = 10'000'000;
#define TG_BY_SIZE(name) BENCHMARK(name)->RangeMultiplier(100)->Range(kSmallest, kLargest)

void count(benchmark::State& state, int operands) {
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * state.range(0) * operands * int64_t(sizeof(float)));
}

void KernelAdd(benchmark::State& state) {
  const auto a = ones({state.range(0)}), b = ones({state.range(0)});
  for (auto _ : state) benchmark::DoNotOptimize(tg::add(a, b));
  count(state, 3);
}
TG_BY_SIZE(KernelAdd);

void KernelAddNumber(benchmark::State& state) {
  const auto a = ones({state.range(0)});
  for (auto _ : state) benchmark::DoNotOptimize(tg::add(a, 1.5));
  count(state, 2);
}
TG_BY_SIZE(KernelAddNumber);

void KernelRelu(benchmark::State& state) {
  const auto a = ones({state.range(0)});
  for (auto _ : state) benchmark::DoNotOptimize(tg::relu(a));
  count(state, 2);
}
TG_BY_SIZE(KernelRelu);

void KernelCopy(benchmark::State& state) {
  const auto from = ones({state.range(0)}), to = ones({state.range(0)});
  for (auto _ : state) {
    tg::copy_values(to, from);
    benchmark::ClobberMemory();
  }
  count(state, 2);
}
TG_BY_SIZE(KernelCopy);

void KernelCast(benchmark::State& state) {
  const auto from = ones({state.range(0)}, tg::DType::Int64);
  for (auto _ : state) benchmark::DoNotOptimize(tg::to_dtype(from, tg::DType::Float32));
  count(state, 3);
}
TG_BY_SIZE(KernelCast);

// A row added to a column: both are broadcast.
void KernelBroadcast(benchmark::State& state) {
  const auto column = ones({state.range(0), 1}), row = ones({1, 100});
  for (auto _ : state) benchmark::DoNotOptimize(tg::add(column, row));
  state.SetItemsProcessed(state.iterations() * state.range(0) * 100);
}
BENCHMARK(KernelBroadcast)->Arg(100)->Arg(10'000);

#undef TG_BY_SIZE
}  // namespace
