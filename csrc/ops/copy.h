// Copies, casts and what in-place operations are built on.
#pragma once

#include "autograd/view.h"
#include "core/layout.h"
#include "core/tensor.h"

namespace tg {

struct Operand;

// Writes src (broadcast, cast) into the memory of dst: no history, no version.
void copy_values(const Tensor& dst, const Tensor& src);
void fill_values(const Tensor& dst, const Scalar& value);

Tensor contiguous(const Tensor& t);             // t itself where it is contiguous
Tensor clone(const Tensor& t);                  // keeps the order of dense strides
Tensor to_dtype(const Tensor& t, DType dtype);  // t itself where it has the dtype
Tensor contiguous(const Tensor& t, MemoryFormat format);
Tensor clone(const Tensor& t, MemoryFormat format);
// t itself where it has the dtype and looks like the format already; Preserve asks for none.
Tensor to_dtype(const Tensor& t, DType dtype, MemoryFormat format, bool copy);
Tensor copy_(const Tensor& self, const Tensor& src);
Tensor fill_(const Tensor& self, const Scalar& value);
// From a tensor of one element. PyTorch makes a tensor of the number in x[...] = number, too.
Tensor fill_from(const Tensor& self, const Operand& value);
Tensor zero_(const Tensor& self);

// Turns an out-of-place operation into its in-place form: `compute` gets a stand-in for self and
// returns the new value, which is written into self; self takes over its history. `keeps_self`:
// compute may save self for backward, so that the old values must survive.
Tensor in_place(const Tensor& self, bool keeps_self, auto&& compute,
                Repeats repeats = Repeats::Refused);

Tensor stand_in(const Tensor& self, bool keeps_self);
bool lies_across_itself(const Tensor& t);  // elements may share memory
void write_result(const Tensor& self, const Tensor& result);

Tensor in_place(const Tensor& self, bool keeps_self, auto&& compute, Repeats repeats) {
  check_inplace(self, repeats);
  const Tensor result = compute(grad_mode.enabled ? stand_in(self, keeps_self) : self);
  write_result(self, result);
  return self;
}

// out=: gives `out` the result's shape and values, cast where need be.
void write_out(const Tensor& out, const Tensor& result);

}  // namespace tg
