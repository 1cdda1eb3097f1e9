// repr() of a tensor, character by character as PyTorch prints it, from a pointer, sizes and
// strides.
#pragma once

#include <cstdint>
#include <string>

#include "core/dtype.h"

namespace tg {

// The values of set_printoptions(); none but sci_mode is negative.
struct PrintOptions {
  int precision = 4;         // digits after the decimal point
  int64_t threshold = 1000;  // tensors of more elements are summarised
  int64_t edgeitems = 3;     // printed at each end of a dimension that is summarised
  int64_t linewidth = 80;    // characters
  int sci_mode = -1;         // -1: the values decide, 0: never, 1: always
};

struct FormatInput {
  const void* data;
  DType dtype;
  int ndim;
  const int64_t* sizes;
  const int64_t* strides;       // in elements
  bool default_dtype;           // default float dtype, int64 or bool: printed without ", dtype="
  const char* suffix_requires;  // "requires_grad=True", "grad_fn=<MulBackward0>" or nullptr
  const char* type_name = "tensor";  // a subclass prints its own name; UTF-8
};

// "tensor([1., 2.], dtype=torch.float64)". Reads only the elements that are printed.
std::string format_tensor(const FormatInput& input, const PrintOptions& options);

}  // namespace tg
