#include "bindings/print.h"

#include <cstring>

#include "autograd/node.h"
#include "bindings/py_node.h"
#include "kernels/format.h"
#include "ops/promotion.h"

namespace tg {
namespace {

PrintOptions options;

void set_print_options(int64_t precision, int64_t threshold, int64_t edgeitems, int64_t linewidth,
                       int64_t sci_mode) {
  if (precision < 0 || precision > 60 || linewidth < 0 || edgeitems < 0 || threshold < 0)
    value_error("print options must not be negative, and precision at most 60");
  options.precision = int(precision);
  options.threshold = threshold;
  options.edgeitems = edgeitems;
  options.linewidth = linewidth;
  options.sci_mode = int(sci_mode);
}

// What repr() says about a tensor's place in the graph; a view that cannot be brought up to date is
// printed all the same.
std::string graph_suffix(const Tensor& t) {
  if (!requires_grad(t)) return {};
  try {
    if (const Node* node = current_grad_fn(t)) return join_text("grad_fn=<", short_name(node), ">");
  } catch (const Error&) {
    return "grad_fn=<Invalid>";
  }
  return "requires_grad=True";
}

std::tuple<int64_t, int64_t, int64_t, int64_t, int64_t> get_print_options() {
  return {options.precision, options.threshold, options.edgeitems, options.linewidth,
          options.sci_mode};
}

}  // namespace

PyObject* tensor_repr(PyObject* object) {
  const Tensor t = as_tensor(object);
  const std::string suffix = graph_suffix(t);
  const DType d = t.dtype();
  const bool plain = d == default_dtype() || d == DType::Int64 || d == DType::Bool;
  // A subclass prints its own name; Parameter's repr() says itself that it holds one.
  const bool named =
      !is_exact_tensor(object) && std::strcmp(Py_TYPE(object)->tp_name, "Parameter") != 0;
  const FormatInput input{t->data,
                          d,
                          t.dim(),
                          t->sizes(),
                          t->strides(),
                          plain,
                          suffix.empty() ? nullptr : suffix.c_str(),
                          named ? Py_TYPE(object)->tp_name : "tensor"};
  return to_python(format_tensor(input, options));
}

void bind_printing(Binder& b) {
  b.def("_set_print_options",
        {fn(&set_print_options, "precision, threshold, edgeitems, linewidth, sci_mode")}, kFunction,
        "Sets what repr() of tensors uses; sci_mode is -1 (automatic), 0 or 1.");
  b.def("_get_print_options", {fn(&get_print_options, "")}, kFunction,
        "The values that _set_print_options set.");
}

}  // namespace tg
