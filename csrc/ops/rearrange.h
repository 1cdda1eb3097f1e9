// Copies of a tensor with its elements repeated or in another order.
#pragma once

#include <optional>

#include "core/tensor.h"

namespace tg {

Tensor repeat(const Tensor& x, std::span<const int64_t> repeats);
Tensor tile(const Tensor& x, std::span<const int64_t> repeats);
Tensor flip(const Tensor& x, std::span<const int64_t> dims);
Tensor roll(const Tensor& x, std::span<const int64_t> shifts, std::span<const int64_t> dims);
// Each element (or slice along dim) so many times, one after the other; `repeats` holds one count
// or one for each.
Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<int64_t> dim);

}  // namespace tg
