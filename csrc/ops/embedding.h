// Rows of a table picked by index, one at a time or reduced over bags of them.
#pragma once

#include <optional>
#include <string>

#include "core/tensor.h"

namespace tg {

// weight[indices]: (V, D) and (*) give (*, D). The row padding_idx (-1: none) gets no gradient;
// scale_grad_by_freq divides a row's gradient by how often it was picked.
Tensor embedding(const Tensor& weight, const Tensor& indices, int64_t padding_idx,
                 bool scale_grad_by_freq, bool sparse);
// Scales the rows that `indices` name down to a norm of max_norm, in place and without history.
Tensor embedding_renorm_(const Tensor& weight, const Tensor& indices, double max_norm,
                         double norm_type);
// The sum (mode 0), mean (1) or maximum (2) of the rows of each bag: bag b has the indices from
// offsets[b] up to offsets[b + 1]. The second tensor is the bag of each index, the third the number
// of rows in each bag, the fourth the index of each maximum.
std::tuple<Tensor, Tensor, Tensor, Tensor> embedding_bag(
    const Tensor& weight, const Tensor& indices, const Tensor& offsets, bool scale_grad_by_freq,
    int64_t mode, bool sparse, const std::optional<Tensor>& per_sample_weights,
    bool include_last_offset, std::optional<int64_t> padding_idx);

}  // namespace tg
