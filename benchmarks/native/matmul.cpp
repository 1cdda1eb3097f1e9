// Matrix products: squares, and the shapes of a small network. The counter is the rate of
// floating-point operations.
#include <benchmark/benchmark.h>

#include "ops/matmul.h"
#include "support.h"

namespace {

using tg::bench::ones;

void MatmulShape(benchmark::State& state) {
  const int64_t m = state.range(0), k = state.range(1), n = state.range(2);
  const auto a = ones({m, k}), b = ones({k, n});
  for (auto _ : state) benchmark::DoNotOptimize(tg::mm(a, b));
  state.counters["FLOP/s"] =
      benchmark::Counter(2.0 * double(m * k * n), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(MatmulShape)
    ->ArgNames({"m", "k", "n"})
    ->Args({4, 4, 4})
    ->Args({16, 16, 16})
    ->Args({64, 64, 64})
    ->Args({256, 256, 256})
    ->Args({1024, 1024, 1024})
    ->Args({32, 64, 128})
    ->Args({32, 128, 10})
    ->Args({500, 1, 1})
    ->Args({256, 784, 128});

void MatmulVector(benchmark::State& state) {
  const auto a = ones({state.range(0), state.range(0)}), v = ones({state.range(0)});
  for (auto _ : state) benchmark::DoNotOptimize(tg::mv(a, v));
  state.SetBytesProcessed(state.iterations() * state.range(0) * state.range(0) *
                          int64_t(sizeof(float)));
}
BENCHMARK(MatmulVector)->Arg(16)->Arg(256)->Arg(2048);

}  // namespace
