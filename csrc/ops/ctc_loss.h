// Connectionist temporal classification: the loss of sequences whose alignment is not known.
#pragma once

#include <span>

#include "core/tensor.h"

namespace tg {

// -log of the probability of `targets` under all alignments; log_probs (T, N, C) or (T, C), one
// result for each sequence. targets (N, S), or all of them in one row. zero_infinity: 0 instead of
// inf, without gradient.
Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets,
                std::span<const int64_t> input_lengths, std::span<const int64_t> target_lengths,
                int64_t blank, bool zero_infinity);

}  // namespace tg
