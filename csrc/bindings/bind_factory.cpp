// Functions that make tensors from sizes and numbers.
#include "bindings/bind.h"
#include "bindings/bind_conversions.h"
#include "bindings/options.h"
#include "ops/factory.h"

namespace tg {
namespace {

// --- sizes in, tensor out -----------------------------------------------------------------------
using Filled = Tensor (*)(std::span<const int64_t>, DType);

template <Filled make>
Tensor plain(std::span<const int64_t> size) {
  return make(size, default_dtype());
}

template <Filled make>
Tensor sized(Dims size, std::optional<DType> dtype, PyObject* layout, PyObject* device, bool,
             bool requires_grad) {
  check_place(layout, device);
  return with_grad(make(size, dtype ? *dtype : default_dtype()), requires_grad);
}
Tensor empty_formatted(Dims size, std::optional<DType> dtype, PyObject* layout, PyObject* device,
                       bool, bool requires_grad, std::optional<MemoryFormat> memory_format) {
  check_place(layout, device);
  return with_grad(empty(size, dtype.value_or(default_dtype()),
                         memory_format.value_or(MemoryFormat::Contiguous)),
                   requires_grad);
}
Tensor full_sized(Dims size, const Scalar& fill_value, std::optional<DType> dtype, PyObject* layout,
                  PyObject* device, bool, bool requires_grad) {
  check_place(layout, device);
  const DType inferred = fill_value.is_floating() ? default_dtype() : fill_value.kind();
  return with_grad(full(size, fill_value, dtype.value_or(inferred)), requires_grad);
}
Tensor empty_strided(Dims size, Dims stride, std::optional<DType> dtype, PyObject* layout,
                     PyObject* device, bool, bool requires_grad) {
  check_place(layout, device);
  if (size.size() != stride.size())
    runtime_error("dimensionality of sizes (", size.size(),
                  ") must match dimensionality of strides (", stride.size(), ")");
  const int64_t numel = checked_numel(size);
  int64_t last = 0;
  bool overflow = false;
  for (int i = 0; i < size.size() && numel; ++i) {
    if (stride[i] < 0)
      runtime_error("empty_strided: negative strides are not supported, got ", to_string(stride));
    int64_t span = 0;
    overflow |= __builtin_mul_overflow(size[i] - 1, stride[i], &span) ||
                __builtin_add_overflow(last, span, &last);
  }
  if (overflow || last == INT64_MAX)
    runtime_error("Storage size calculation overflowed with sizes=", to_string(size),
                  " and strides=", to_string(stride));
  const Tensor memory = empty(Dims{numel ? last + 1 : 0}, dtype.value_or(default_dtype()));
  return with_grad(make_view(memory, size, stride, 0), requires_grad);
}
Tensor new_empty_strided(const Tensor& like, Dims size, Dims stride, std::optional<DType> dtype,
                         PyObject* layout, PyObject* device, bool pin_memory, bool requires_grad) {
  return empty_strided(std::move(size), std::move(stride), dtype.value_or(like.dtype()), layout,
                       device, pin_memory, requires_grad);
}
Tensor scalar_tensor(const Scalar& s, std::optional<DType> dtype, PyObject* layout,
                     PyObject* device, bool, bool requires_grad) {
  check_place(layout, device);
  return with_grad(full({}, s, dtype.value_or(default_dtype())), requires_grad);
}

// --- like another tensor ------------------------------------------------------------------------
Tensor empty_like_of(const Tensor& like, std::optional<DType> dtype, PyObject* layout,
                     PyObject* device, bool, bool requires_grad,
                     std::optional<MemoryFormat> memory_format) {
  check_place(layout, device);
  return with_grad(empty_as(like, dtype.value_or(like.dtype()), memory_format), requires_grad);
}
Tensor full_like_of(const Tensor& like, const Scalar& fill_value, std::optional<DType> dtype,
                    PyObject* layout, PyObject* device, bool, bool requires_grad,
                    std::optional<MemoryFormat> memory_format) {
  check_place(layout, device);
  const Tensor out = empty_as(like, dtype.value_or(like.dtype()), memory_format);
  fill_checked(out, fill_value);
  return with_grad(out, requires_grad);
}
template <int value>
Tensor constant_like(const Tensor& like, std::optional<DType> dtype, PyObject* layout,
                     PyObject* device, bool pin_memory, bool requires_grad,
                     std::optional<MemoryFormat> memory_format) {
  return full_like_of(like, Scalar(value), dtype, layout, device, pin_memory, requires_grad,
                      memory_format);
}
template <Filled make>
Tensor new_sized(const Tensor& like, Dims size, std::optional<DType> dtype, PyObject* layout,
                 PyObject* device, bool, bool requires_grad) {
  check_place(layout, device);
  return with_grad(make(size, dtype.value_or(like.dtype())), requires_grad);
}
Tensor new_full(const Tensor& like, Dims size, const Scalar& fill_value, std::optional<DType> dtype,
                PyObject* layout, PyObject* device, bool, bool requires_grad) {
  check_place(layout, device);
  return with_grad(full(size, fill_value, dtype.value_or(like.dtype())), requires_grad);
}

// --- counting -----------------------------------------------------------------------------------
Tensor arange_between(const Scalar& start, const Scalar& end, const Scalar& step,
                      std::optional<DType> dtype, PyObject* layout, PyObject* device, bool,
                      bool requires_grad) {
  check_place(layout, device);
  return with_grad(arange(start, end, step, dtype), requires_grad);
}
Tensor arange_to(const Scalar& end, std::optional<DType> dtype, PyObject* layout, PyObject* device,
                 bool pin_memory, bool requires_grad) {
  return arange_between(Scalar(0), end, Scalar(1), dtype, layout, device, pin_memory,
                        requires_grad);
}
Tensor linspace_between(const Scalar& start, const Scalar& end, int64_t steps,
                        std::optional<DType> dtype, PyObject* layout, PyObject* device, bool,
                        bool requires_grad) {
  check_place(layout, device);
  return with_grad(linspace(start, end, steps, dtype.value_or(default_dtype())), requires_grad);
}
// 0-d tensors as ends, of any dtype.
Scalar end_of(const Operand& x) {
  if (!x.is_tensor()) return x.scalar;
  const Tensor& t = *x.tensor;
  return visit_dtype(t.dtype(), [&](auto tag) -> Scalar {
    using T = typename decltype(tag)::type;
    const T v = *t.data<T>();
    if constexpr (std::is_same_v<T, bool>)
      return v;
    else if constexpr (std::is_integral_v<T>)
      return int64_t(v);
    else
      return double(v);
  });
}
void check_ends(const char* name, const Operand& start, const Operand& end) {
  const auto dims = [](const Operand& x) { return x.is_tensor() ? x.tensor->dim() : 0; };
  if (dims(start) == 0 && dims(end) == 0) return;
  if (start.is_tensor() && end.is_tensor())
    runtime_error(name, " only supports 0-dimensional start and end tensors, but got start with ",
                  dims(start), " dimension(s) and end with ", dims(end), " dimension(s).");
  runtime_error(name, " only supports 0-dimensional start and end tensors, but got ",
                start.is_tensor() ? "start" : "end", " with ", dims(start) + dims(end),
                " dimension(s).");
}
Tensor linspace_of(const Operand& start, const Operand& end, int64_t steps,
                   std::optional<DType> dtype, PyObject* layout, PyObject* device, bool pin_memory,
                   bool requires_grad) {
  check_ends("linspace", start, end);
  return linspace_between(end_of(start), end_of(end), steps, dtype, layout, device, pin_memory,
                          requires_grad);
}
Tensor logspace_between(const Scalar& start, const Scalar& end, int64_t steps, double base,
                        std::optional<DType> dtype, PyObject* layout, PyObject* device, bool,
                        bool requires_grad) {
  check_place(layout, device);
  return with_grad(logspace(start, end, steps, base, dtype.value_or(default_dtype())),
                   requires_grad);
}
Tensor logspace_of(const Operand& start, const Operand& end, int64_t steps, double base,
                   std::optional<DType> dtype, PyObject* layout, PyObject* device, bool pin_memory,
                   bool requires_grad) {
  check_ends("logspace", start, end);
  return logspace_between(end_of(start), end_of(end), steps, base, dtype, layout, device,
                          pin_memory, requires_grad);
}
Tensor eye_of(int64_t n, int64_t m, std::optional<DType> dtype, PyObject* layout, PyObject* device,
              bool, bool requires_grad) {
  check_place(layout, device);
  return with_grad(eye(n, m, dtype.value_or(default_dtype())), requires_grad);
}
Tensor square_eye(int64_t n, std::optional<DType> dtype, PyObject* layout, PyObject* device,
                  bool pin_memory, bool requires_grad) {
  return eye_of(n, n, dtype, layout, device, pin_memory, requires_grad);
}

}  // namespace

#define TG_OPTIONS "dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False"
#define TG_LIKE TG_OPTIONS ", memory_format=None"

void bind_factories(Binder& b) {
  bind_conversions(b);
  def_sized<plain<zeros>>(b, "zeros", fn(&sized<zeros>, "*size, " TG_OPTIONS ", out=None"),
                          "A tensor of zeros.");
  def_sized<plain<ones>>(b, "ones", fn(&sized<ones>, "*size, " TG_OPTIONS ", out=None"),
                         "A tensor of ones.");
  def_sized<plain<empty>>(b, "empty", fn(&empty_formatted, "*size, " TG_LIKE ", out=None"),
                          "A tensor of memory that is not initialised.");
  b.def("full", {fn(&full_sized, "size, fill_value, *, " TG_OPTIONS ", out=None")}, kFunction,
        "A tensor filled with one number; without a dtype it follows from the number.");
  b.def("empty_strided", {fn(&empty_strided, "size, stride, *, " TG_OPTIONS)}, kFunction,
        "A tensor of memory that is not initialised, with the given strides.");
  b.def("scalar_tensor", {fn(&scalar_tensor, "s, *, " TG_OPTIONS)}, kFunction,
        "A 0-d tensor of the default dtype.");
  b.def("zeros_like", {fn(&constant_like<0>, "input, *, " TG_LIKE)}, kFunction,
        "Zeros with the shape and dtype of input.");
  b.def("ones_like", {fn(&constant_like<1>, "input, *, " TG_LIKE)}, kFunction,
        "Ones with the shape and dtype of input.");
  b.def("empty_like", {fn(&empty_like_of, "input, *, " TG_LIKE)}, kFunction,
        "Memory with the shape and dtype of input, not initialised.");
  b.def("full_like", {fn(&full_like_of, "input, fill_value, *, " TG_LIKE)}, kFunction,
        "fill_value in the shape and dtype of input.");
  b.def("new_zeros", {fn(&new_sized<zeros>, "input, *size, " TG_OPTIONS)}, kMethod,
        "Zeros with the dtype of this tensor.");
  b.def("new_ones", {fn(&new_sized<ones>, "input, *size, " TG_OPTIONS)}, kMethod,
        "Ones with the dtype of this tensor.");
  b.def("new_empty", {fn(&new_sized<empty>, "input, *size, " TG_OPTIONS)}, kMethod,
        "Memory with the dtype of this tensor, not initialised.");
  b.def("new_empty_strided", {fn(&new_empty_strided, "input, size, stride, *, " TG_OPTIONS)},
        kMethod, "Memory with the dtype of this tensor and the given strides, not initialised.");
  b.def("new_full", {fn(&new_full, "input, size, fill_value, *, " TG_OPTIONS)}, kMethod,
        "fill_value in the given shape and the dtype of this tensor.");
  b.def("arange",
        {fn(&arange_to, "end, *, " TG_OPTIONS ", out=None"),
         fn(&arange_between, "start, end, step=1, *, " TG_OPTIONS ", out=None")},
        kFunction,
        "Numbers from start (0) up to, not including, end, `step` apart. int64 for integers, else "
        "the default dtype.");
  b.def("linspace", {fn(&linspace_of, "start, end, steps, *, " TG_OPTIONS ", out=None")}, kFunction,
        "`steps` evenly spaced numbers from start to end, both included.");
  b.def("logspace", {fn(&logspace_of, "start, end, steps, base=10.0, *, " TG_OPTIONS ", out=None")},
        kFunction, "`base` raised to `steps` evenly spaced numbers from start to end.");
  b.def("eye",
        {fn(&square_eye, "n, *, " TG_OPTIONS ", out=None"),
         fn(&eye_of, "n, m, *, " TG_OPTIONS ", out=None")},
        kFunction, "A matrix with ones on the diagonal and zeros elsewhere.");
}

#undef TG_OPTIONS
#undef TG_LIKE

}  // namespace tg
