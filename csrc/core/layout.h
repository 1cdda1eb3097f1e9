// Order of the dimensions in memory: PyTorch's memory formats, and the layout that results of
// elementwise operations take over from their operands.
#pragma once

#include <initializer_list>

#include "core/tensor.h"

namespace tg {

enum class MemoryFormat : uint8_t { Contiguous, Preserve, ChannelsLast, ChannelsLast3d };

// Every element is reached once and there are no gaps, in whatever order of the dims.
bool is_dense(const Tensor& t);
bool is_contiguous(const Tensor& t, MemoryFormat format);
// The format that the strides look like: channels last where they do, else contiguous.
MemoryFormat suggested_format(const Tensor& t);

// New memory in a format; Preserve is refused.
Tensor empty(std::span<const int64_t> sizes, DType dtype, MemoryFormat format);
// The sizes of `t` in a format; Preserve is empty_like(t, dtype).
Tensor empty_like(const Tensor& t, DType dtype, MemoryFormat format);
// Memory for the result of an elementwise operation of operands that are broadcast to `sizes`:
// their strides where all are dense alike and nothing is broadcast (a number is), else dims ordered
// by the strides of the first operand that tells them apart.
Tensor empty_for(std::span<const int64_t> sizes, DType dtype,
                 std::initializer_list<const Tensor*> operands, bool and_number = false);
// Both hold their elements in one dense block in the same order: a flat loop may go over them.
bool same_dense_layout(const Tensor& a, const Tensor& b);

}  // namespace tg
