// out=: what PyTorch demands of it, by operation. Called by the binder where out was given.
#pragma once

#include <span>

#include "bindings/python.h"
#include "core/tensor.h"

namespace tg {

struct Signature;

// Before the operation: refuses what is no tensor (or, of `count` results, no tuple of tensors),
// and lets out's dtype decide where PyTorch lets it.
void prepare_out(const char* function, const Signature& signature, PyObject** values, int count);
// Whether the result may be computed in out itself; see out_argument in ops/elementwise.h.
bool writes_into_out(const char* function, const Signature& signature, PyObject* const* values);
// After it: checks dtype, overlap with the arguments and autograd, then writes the results.
void write_outs(const char* function, const Signature& signature, PyObject* const* values,
                std::span<const Tensor> results);
// The same for one result, where the arguments are not at hand.
void write_out_argument(const char* function, PyObject* out, const Tensor& result);

}  // namespace tg
