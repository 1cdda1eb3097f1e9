// fn_apart<>: as fn<>, for functions that move elements, whose out= must neither overlap an input
// nor have another dtype.
#pragma once

#include "bindings/bind.h"

namespace tg {

// C++'s names, as PyTorch's text has them.
inline const char* type_name(DType dtype) {
  static constexpr const char* kNames[] = {"bool",  "unsigned char", "signed char", "short int",
                                           "int",   "long int",      "c10::Half",   "c10::BFloat16",
                                           "float", "double"};
  return kNames[int(dtype)];
}

inline bool shares_elements(const Tensor& a, const Tensor& b) {
  if (!a.is_contiguous() || !b.is_contiguous() || !a.numel() || !b.numel()) return false;
  return a->data < b->data + b.numel() * itemsize(b.dtype()) &&
         b->data < a->data + a.numel() * itemsize(a.dtype());
}

[[noreturn]] inline void raise_overlap() {
  runtime_error(
      "unsupported operation: some elements of the input tensor and the written-to tensor refer to "
      "a single memory location. Please clone() the tensor before performing the operation.");
}

inline void check_apart(std::string_view function, const Signature& signature, const Slots& slots) {
  if (signature.out < 0) return;
  PyObject* target = slots.values[signature.out];
  if (target == Py_None || !is_tensor(target)) return;
  const Tensor& out = as_tensor(target);
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    PyObject* value = slots.values[i];
    if (int(i) == signature.out) continue;
    if (is_tensor(value)) {
      const Tensor& input = as_tensor(value);
      if (shares_elements(out, input)) raise_overlap();
      if (i != 0 || input.dtype() == out.dtype()) continue;
      if (function == "gather")
        runtime_error("Expected out tensor to have dtype ", type_name(input.dtype()), ", but got ",
                      type_name(out.dtype()), " instead");
      if (function == "take")
        runtime_error("take(): self and out expected to have the same dtype, but got self.dtype = ",
                      info(input.dtype()).scalar, " and out.dtype = ", info(out.dtype()).scalar);
      runtime_error(function, "(): self and result must have the same scalar type");
    } else if (is_tensor_list(value)) {
      const std::vector<Tensor> inputs = tensors_from(value);
      for (const Tensor& input : inputs)
        if (shares_elements(out, input)) raise_overlap();
    }
  }
}

template <auto Function, FixedString Text>
struct fn_apart : fn<Function, Text> {
  static PyObject* call(const char* function, Slots& slots) {
    check_apart(function, fn<Function, Text>::signature(), slots);
    return fn<Function, Text>::call(function, slots);
  }
};

}  // namespace tg
