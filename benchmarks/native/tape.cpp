// The tape without Python: recording, walking and freeing graphs of one-element tensors.
#include <benchmark/benchmark.h>

#include "autograd/engine.h"
#include "ops/operators.h"
#include "support.h"

namespace {

using tg::bench::drop_grad;
using tg::bench::leaf;
using tg::bench::ones;

void backward_from(const tg::Tensor& root, const tg::Tensor& grad) {
  tg::backward(std::array{root}, std::array{grad}, {}, {});
}

void TapeMulNoGrad(benchmark::State& state) {
  const auto a = ones({1}), b = ones({1});
  for (auto _ : state) benchmark::DoNotOptimize(tg::mul(a, b));
}
BENCHMARK(TapeMulNoGrad);

void TapeMulRecorded(benchmark::State& state) {
  const auto a = leaf({1}), b = leaf({1});
  for (auto _ : state) benchmark::DoNotOptimize(tg::mul(a, b));
}
BENCHMARK(TapeMulRecorded);

tg::Tensor chain(const tg::Tensor& start, int64_t length) {
  tg::Tensor x = start;
  for (int64_t i = 0; i < length; ++i) x = tg::mul(x, 1.0);
  return x;
}

// Building and freeing alone.
void TapeChainBuild(benchmark::State& state) {
  const auto w = leaf({1});
  for (auto _ : state) benchmark::DoNotOptimize(chain(w, state.range(0)));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(TapeChainBuild)->RangeMultiplier(100)->Range(100, 1'000'000);

void TapeChainForwardBackward(benchmark::State& state) {
  const auto w = leaf({1}), grad = ones({1});
  for (auto _ : state) {
    backward_from(chain(w, state.range(0)), grad);
    drop_grad(w);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(TapeChainForwardBackward)->RangeMultiplier(100)->Range(100, 1'000'000);

// Many leaves that meet in one sum.
void TapeWide(benchmark::State& state) {
  std::vector<tg::Tensor> leaves;
  for (int64_t i = 0; i < state.range(0); ++i) leaves.push_back(leaf({1}));
  const auto grad = ones({1});
  for (auto _ : state) {
    tg::Tensor sum = ones({1});
    for (const auto& w : leaves) sum = sum + w * w;
    backward_from(sum, grad);
    for (const auto& w : leaves) drop_grad(w);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(TapeWide)->Arg(10)->Arg(1000)->Arg(100'000);

// One training step of y = w x with the square of the error.
void TapeTrainingStep(benchmark::State& state) {
  const auto w = leaf({1}), grad = ones({1});
  for (auto _ : state) {
    const tg::Tensor loss = tg::pow(w * 2.0 - 4.0, 2.0);
    backward_from(loss, grad);
    drop_grad(w);
  }
}
BENCHMARK(TapeTrainingStep);

}  // namespace
