#include "bindings/out.h"

#include <string_view>

#include "autograd/node.h"
#include "autograd/view.h"
#include "bindings/bind.h"
#include "core/layout.h"
#include "ops/copy.h"

namespace tg {
namespace {

// --- which operation demands what: names between blanks ------------------------------------------
constexpr std::string_view
    // any dtype will do: the result is computed, or counted, in it
    kAnyDtype =
        " zeros ones full empty eye arange linspace logspace rand randn randint randperm sum prod "
        "nansum nanmean cumsum cumprod eq ne lt le gt ge not_equal less less_equal greater "
        "greater_equal logical_not logical_and logical_or logical_xor isin bernoulli normal ",
    // of these, where the dtype argument is missing it is out's
    kFromOut =
        " zeros ones full empty eye arange linspace logspace rand randn randint randperm sum prod "
        "nansum nanmean cumsum cumprod ",
    // "Found dtype Double but expected Float"
    kFound =
        " neg negative abs absolute sign floor ceil round trunc fix frac sgn clamp clip clamp_min "
        "clamp_max bitwise_not ",
    // "Expected out tensor to have dtype float, but got double instead"
    kSame =
        " argmax argmin softmax log_softmax norm max min aminmax sort argsort topk msort gather "
        "scatter scatter_add scatter_reduce index_add index_copy index_reduce tril triu matmul mm "
        "mv bmm addmm addmv baddbmm addbmm renorm diag take_along_dim cross vector_norm ",
    kSameScalarType = " logcumsumexp cummax cummin ",
    kSelfAndResult = " index_select masked_select ",
    kJoins = " cat concat concatenate stack hstack vstack row_stack dstack column_stack ",
    kInputAndOut = " amax amin ", kBoolOrByte = " all any ",
    kBoolOnly = " signbit isposinf isneginf ", kDots = " dot vdot ",
    kTensordots = " tensordot inner ",
    // out may not be the input either
    kApart =
        " max min topk median nanmedian mode kthvalue cat concat concatenate stack hstack vstack "
        "row_stack dstack column_stack gather index_select take take_along_dim masked_select cross "
        "addr outer ger kron ",
    // overlap with the input is no error: the result is made apart
    kAnyOverlap =
        " sum mean prod nansum nanmean var std amax amin all any argmax argmin logsumexp softmax "
        "log_softmax norm cummax cummin tril triu diag matmul mm mv bmm addmm addmv baddbmm addbmm "
        "dot vdot inner tensordot vector_norm count_nonzero bernoulli ",
    // resized without a word
    kFactories =
        " zeros ones full empty eye linspace logspace arange rand randn randint randperm bernoulli "
        "ger ",
    // elementwise: the result may be computed in out
    kElementwise =
        " add sub subtract mul multiply div divide true_divide maximum minimum neg negative abs "
        "absolute exp log sqrt rsqrt reciprocal square tanh sigmoid sin cos clamp clip pow ",
    kNeverDifferentiable =
        " eq ne lt le gt ge not_equal less less_equal greater greater_equal logical_not "
        "logical_and logical_or logical_xor isin ",
    // named aten::... in the error
    kNotDifferentiable =
        " zeros ones full eye arange linspace logspace rand randperm randint floor_divide "
        "bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift gcd "
        "lcm heaviside softmax log_softmax ";

bool in(std::string_view list, std::string_view name) {
  for (size_t at = list.find(name); at != list.npos; at = list.find(name, at + 1))
    if (list[at - 1] == ' ' && list[at + name.size()] == ' ') return true;
  return false;
}

// What every call asks of these, looked up once for a signature, which is of one name.
constexpr unsigned kLookedUp = 1, kTakesDType = 2, kComputesIn = 4, kNotInput = 8, kOverlaps = 16;
unsigned rules_of(const char* function, const Signature& signature) {
  unsigned rules = signature.out_rules.load(std::memory_order_relaxed);
  if (!rules) {
    rules = kLookedUp | (in(kFromOut, function) ? kTakesDType : 0) |
            (in(kElementwise, function) ? kComputesIn : 0) |
            (in(kApart, function) ? kNotInput : 0) | (in(kAnyOverlap, function) ? kOverlaps : 0);
    signature.out_rules.store(rules, std::memory_order_relaxed);
  }
  return rules;
}

// The C++ names that PyTorch prints of dtypes.
const char* c_name(DType dtype) {
  static constexpr const char* names[] = {
      "bool",  "unsigned char", "signed char",         "short int",
      "int",   "long int",      "c10::Half",           "c10::BFloat16",
      "float", "double",        "c10::complex<float>", "c10::complex<double>"};
  return names[int(dtype)];
}

void check_dtype(std::string_view name, DType result, DType out) {
  const char *have = info(result).scalar, *got = info(out).scalar;
  if (result == out || in(kAnyDtype, name)) return;
  if (in(kFound, name)) runtime_error("Found dtype ", got, " but expected ", have);
  if (in(kSame, name))
    runtime_error("Expected out tensor to have dtype ", c_name(result), ", but got ", c_name(out),
                  " instead");
  if (in(kSameScalarType, name)) runtime_error("expected scalar_type ", have, " but found ", got);
  if (in(kSelfAndResult, name))
    runtime_error(name, "(): self and result must have the same scalar type");
  if (in(kInputAndOut, name))
    runtime_error("Expected the dtype for input and out to match, but got ", have,
                  " for input's dtype and ", got, " for out's dtype.");
  if (in(kBoolOrByte, name)) {
    if (out == DType::UInt8) return;
    runtime_error(name, " only supports bool tensor for result, got: ", got);
  }
  if (in(kBoolOnly, name)) runtime_error(name, " does not support non-boolean outputs.");
  if (in(kDots, name)) runtime_error("result dtype ", got, " does not match input dtype ", have);
  if (in(kTensordots, name))
    runtime_error("tensordot: Expected the output tensor to have dtype ", have,
                  ", but got an output tensor with dtype ", got);
  if (name == "where") runtime_error("Expected out type to be ", have, " but got ", got);
  if (name == "take")
    runtime_error("take(): self and out expected to have the same dtype, but got self.dtype = ",
                  have, " and out.dtype = ", got);
  if (name == "nonzero")
    runtime_error("nonzero: Expected out tensor to have scalar type Long but got scalar type", got);
  if (name == "multinomial") runtime_error("multinomial expects Long tensor out, got: ", got);
  if (name == "kthvalue") runtime_error("output values must be of same type as input");
  if (name == "mode")
    runtime_error("expected scalar type '", have, "' but got '", got, "' for values output");
  if (name == "median" || name == "nanmedian")
    runtime_error(
        "Expected tensor for 'values' to have the same type as tensor for argument #2 "
        "'self'; but type torch.",
        info(out).legacy, " does not equal torch.", info(result).legacy,
        " (while checking arguments for median)");
  if (name == "float_power")
    runtime_error("the output given to float_power has dtype ", got,
                  " but the operation's result requires dtype ", have);
  if (name == "logsumexp" && !is_floating(out))
    runtime_error("logsumexp(): Expected floating point type for result tensor, but got: ", got);
  if (!can_cast(result, out)) {
    if (in(kJoins, name))
      type_error("torch.cat(): input types can't be cast to the desired output type ", got);
    runtime_error("result type ", have, " can't be cast to the desired output type ", got);
  }
}

// --- overlap -------------------------------------------------------------------------------------
enum class Overlap { None, Full, Partial };

Overlap overlap_of(const Tensor& out, const Tensor& x) {
  if (out.impl() == x.impl()) return Overlap::Full;
  if (!out.numel() || !x.numel() || !is_dense(out) || !is_dense(x)) return Overlap::None;
  if (out->data == x->data && out.numel() == x.numel() && out.dtype() == x.dtype() &&
      out.dim() == x.dim() &&
      std::equal(out.strides().begin(), out.strides().end(), x.strides().begin()))
    return Overlap::Full;
  const char *out_end = out->data + out.numel() * itemsize(out.dtype()),
             *x_end = x->data + x.numel() * itemsize(x.dtype());
  return out->data < x_end && x->data < out_end ? Overlap::Partial : Overlap::None;
}

void check_overlap(bool may_be_same, const Tensor& out, PyObject* argument) {
  if (PyList_Check(argument) || PyTuple_Check(argument)) {
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(argument); ++i)
      check_overlap(may_be_same, out, PySequence_Fast_GET_ITEM(argument, i));
    return;
  }
  if (!is_tensor(argument)) return;
  const Overlap overlap = overlap_of(out, as_tensor(argument));
  if (overlap == Overlap::None || (overlap == Overlap::Full && may_be_same)) return;
  runtime_error(
      "unsupported operation: some elements of the input tensor and the written-to tensor refer to "
      "a single memory location. Please clone() the tensor before performing the operation.");
}

void warn_resized(const Tensor& out, const Tensor& result) {
  const std::string text = join_text(
      "An output with one or more elements was resized since it had shape ", to_string(out.sizes()),
      ", which does not match the required output shape ", to_string(result.sizes()),
      ". This behavior is deprecated, and in a future PyTorch release outputs will not be resized "
      "unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, "
      "inplace, to zero elements with t.resize_(0).");
  if (PyErr_WarnEx(PyExc_UserWarning, text.c_str(), 1) < 0) throw PythonError();
}

// What PyTorch computes some operations by, and names in the error.
std::string_view inner_name(std::string_view name) {
  if (name == "true_divide") return "div";
  if (name == "square") return "pow";
  if (name == "norm") return "linalg_vector_norm";
  if (name == "cross") return "linalg_cross";
  if (name == "take_along_dim") return "gather";
  if (name == "outer" || name == "ger" || name == "kron") return "mul";
  if (in(kJoins, name) && name != "stack") return "cat";
  return name;
}

// `indices`: the second result of a function such as max().
void check_target(const char* function, const Tensor& out, const Tensor& result, bool indices) {
  const std::string_view name = function;
  check_dtype(indices ? "argmax" : name, result.dtype(), out.dtype());
  if (grad_mode.enabled && (requires_grad(out) || requires_grad(result)) &&
      !in(kNeverDifferentiable, name) && !indices)
    runtime_error(in(kNotDifferentiable, name) ? "aten::" : "", inner_name(name),
                  "(): functions with out=... arguments don't support automatic differentiation, "
                  "but one of the arguments requires grad.");
  if (!out.same_sizes(result) && out.numel() && !in(kFactories, name)) warn_resized(out, result);
}

}  // namespace

void prepare_out(const char* function, const Signature& signature, PyObject** values, int count) {
  PyObject* out = values[signature.out];
  if (count > 1) {
    if (is_tensor(out) || !(PyTuple_Check(out) || PyList_Check(out)))
      type_error(function, "(): argument 'out' must be tuple of Tensors, not ",
                 is_tensor(out) ? "Tensor" : Py_TYPE(out)->tp_name);
    if (PySequence_Fast_GET_SIZE(out) != count)
      type_error("expected tuple of ", count, " elements but got ", PySequence_Fast_GET_SIZE(out));
    for (int i = 0; i < count; ++i)
      if (!is_tensor(PySequence_Fast_GET_ITEM(out, i)))
        type_error(function,
                   "(): argument 'out' must be tuple of Tensors, but found element of "
                   "type ",
                   Py_TYPE(PySequence_Fast_GET_ITEM(out, i))->tp_name, " at pos ", i);
    return;
  }
  if (!is_tensor(out)) {
    if (PyTuple_Check(out) && PyTuple_GET_SIZE(out) == 1 && is_tensor(PyTuple_GET_ITEM(out, 0)))
      values[signature.out] = out = PyTuple_GET_ITEM(out, 0);
    else
      type_error(function, "(): argument 'out' must be Tensor, not ", Py_TYPE(out)->tp_name);
  }
  if (!(rules_of(function, signature) & kTakesDType)) return;
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    if (signature.parameters[i].name != "dtype") continue;
    const DType given = as_tensor(out).dtype();
    DType asked = given;
    if (values[i] == Py_None || !values[i])
      values[i] = dtype_object(given);
    else if (dtype_from_object(values[i], &asked) && asked != given) {
      if (in(kFactories, function))
        runtime_error("dtype ", info(asked).scalar, " does not match dtype of out parameter (",
                      info(given).scalar, ")");
      runtime_error("Expected out tensor to have dtype ", c_name(asked), ", but got ",
                    c_name(given), " instead");
    }
  }
}

bool writes_into_out(const char* function, const Signature& signature, PyObject* const* values) {
  const Tensor& out = as_tensor(values[signature.out]);
  constexpr int64_t kSmall = 1024;  // a copy costs nothing there
  if (out.numel() < kSmall || !out.is_contiguous() || requires_grad(out) ||
      !(rules_of(function, signature) & kComputesIn))
    return false;
  const char *begin = static_cast<const char*>(out->storage->data),
             *end = begin + out->storage->nbytes;
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    if (int(i) == signature.out || !values[i] || !is_tensor(values[i])) continue;
    const Tensor& x = as_tensor(values[i]);
    const char* data = static_cast<const char*>(x->storage->data);
    if (x.dtype() != out.dtype() || requires_grad(x) ||
        (data < end && begin < data + x->storage->nbytes))
      return false;
  }
  check_inplace(out);
  return true;
}

void write_outs(const char* function, const Signature& signature, PyObject* const* values,
                std::span<const Tensor> results) {
  PyObject* given = values[signature.out];
  // Owned: a warning runs Python code, which may change the list that was given.
  const std::vector<Tensor> outs =
      results.size() == 1 ? std::vector<Tensor>{as_tensor(given)} : tensors_from(given);
  const unsigned rules = rules_of(function, signature);
  const bool apart = rules & kNotInput, never = rules & kOverlaps;
  for (size_t i = 0; i < results.size(); ++i) {
    if (apart || (!never && outs[i].same_sizes(results[i])))
      for (size_t k = 0; k < signature.parameters.size(); ++k)
        if (int(k) != signature.out && values[k] && values[k] != kItems)
          check_overlap(!apart, outs[i], values[k]);
    check_target(function, outs[i], results[i], i > 0 && results[i].dtype() == DType::Int64);
  }
  GradModeGuard off(false);
  for (size_t i = 0; i < results.size(); ++i) {
    const Tensor &out = outs[i], &result = results[i];
    if (result->data == out->data && result.dtype() == out.dtype() && result.same_sizes(out) &&
        result.is_contiguous() && out.is_contiguous())
      bump_version(out);  // computed in it
    else
      write_out(outs[i], results[i]);
  }
}

void write_out_argument(const char* function, PyObject* out, const Tensor& result) {
  if (!is_tensor(out))
    type_error(function, "(): argument 'out' must be Tensor, not ", Py_TYPE(out)->tp_name);
  const Tensor target = as_tensor(out);
  check_target(function, target, result, false);
  GradModeGuard off(false);
  write_out(target, result);
}

}  // namespace tg
