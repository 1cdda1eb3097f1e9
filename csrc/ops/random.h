// Random tensors. Every function draws from the generator that is given; default_generator() is
// what Python uses when none is. A tensor that is not contiguous is filled in the order of its
// memory, as PyTorch does.
#pragma once

#include <optional>

#include "core/tensor.h"
#include "kernels/random.h"

namespace tg {

GeneratorState& default_generator();

Tensor rand(std::span<const int64_t> sizes, DType dtype,
            GeneratorState& generator);  // uniform in [0, 1)
Tensor randn(std::span<const int64_t> sizes, DType dtype,
             GeneratorState& generator);  // mean 0, deviation 1
Tensor randint(int64_t low, int64_t high, std::span<const int64_t> sizes, DType dtype,
               GeneratorState& generator);
Tensor randperm(int64_t n, DType dtype, GeneratorState& generator);

// In place. Gradients of the old values are zero.
Tensor uniform_(const Tensor& self, double from, double to, GeneratorState& generator);
Tensor normal_(const Tensor& self, double mean, double std, GeneratorState& generator);
Tensor exponential_(const Tensor& self, double lambd, GeneratorState& generator);
Tensor cauchy_(const Tensor& self, double median, double sigma, GeneratorState& generator);
Tensor log_normal_(const Tensor& self, double mean, double std, GeneratorState& generator);
Tensor geometric_(const Tensor& self, double p, GeneratorState& generator);
Tensor bernoulli_(const Tensor& self, double p, GeneratorState& generator);
Tensor bernoulli_(const Tensor& self, const Tensor& p, GeneratorState& generator);
Tensor random_(const Tensor& self,
               GeneratorState& generator);  // all numbers that the dtype holds exactly, from 0 on
Tensor random_(const Tensor& self, int64_t low, std::optional<int64_t> high,
               GeneratorState& generator);

// Elements with means and deviations of their own.
Tensor normal(const Tensor& mean, const Tensor& std, GeneratorState& generator);
Tensor normal(const Tensor& mean, double std, GeneratorState& generator);
Tensor normal(double mean, const Tensor& std, GeneratorState& generator);
// 1 with the probability that is the element of p, else 0.
Tensor bernoulli(const Tensor& p, GeneratorState& generator);

}  // namespace tg
