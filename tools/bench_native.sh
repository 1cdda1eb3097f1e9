#!/usr/bin/env bash
# Builds the native benchmarks in build/bench and runs them; arguments go to Google Benchmark.
#   tools/bench_native.sh --benchmark_filter=Tape --benchmark_repetitions=5
set -euo pipefail
cd "$(dirname "$0")/.."
cmake -S . -B build/bench -DTAPEGRAD_BENCHMARKS=ON -DTAPEGRAD_PYTHON=OFF -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
cmake --build build/bench --target tapegrad_bench -j "$(nproc)"
exec build/bench/benchmarks/native/tapegrad_bench "$@"
