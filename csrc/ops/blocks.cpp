#include "ops/blocks.h"

namespace tg {

DType block_dtype(DType in, Takes takes, const char* name) {
  auto refuse = [&] {
    fail(ErrorKind::NotImplemented, "\"", name, "_cpu\" not implemented for '", info(in).scalar,
         "'");
  };
  if (is_complex(in)) refuse();
  switch (takes) {
    case Takes::Any:
      return in;
    case Takes::NoBool:
      if (in == DType::Bool) refuse();
      return in;
    case Takes::Integers:
      if (!is_integral(in)) refuse();
      return in;
    case Takes::OnlyFloats:
      if (!is_floating(in)) refuse();
      return in;
    default:
      if (!is_floating(in)) in = default_dtype();
      if (takes == Takes::WideFloats && itemsize(in) == 2) refuse();
      return in;
  }
}

Tensor apply_blocks(const BlockKernels& kernels, const Tensor& x, const void* parameters,
                    std::optional<DType> out) {
  Tensor result = empty_like(x, out ? *out : x.dtype());
  if (!out && is_floating(x.dtype()) && itemsize(x.dtype()) >= 4 && x.is_contiguous() &&
      result.is_contiguous()) {
    const LongWork work(x.numel());
    if (x.dtype() == DType::Float32)
      kernels.f32(result.data<float>(), x.data<float>(), static_cast<const float*>(parameters),
                  x.numel());
    else
      kernels.f64(result.data<double>(), x.data<double>(), static_cast<const double*>(parameters),
                  x.numel());
    return result;
  }
  run_blocks(kernels, x.sizes(), {result->data, result.strides(), result.dtype()},
             {x->data, x.strides(), x.dtype()}, parameters);
  return result;
}

Tensor apply_blocks(const BlockKernels& kernels, Takes takes, const char* name, const Operand& a,
                    const Operand& b) {
  const DType dtype = block_dtype(result_type(a, b), takes, name);
  struct Side {
    Side(const Operand& x, DType dtype) {
      if (!x.is_tensor()) {
        visit_dtype(dtype, [&](auto tag) {
          using T = typename decltype(tag)::type;
          const T value = x.scalar.to<T>();
          std::memcpy(number, &value, sizeof value);
        });
      } else if (x.tensor->dtype() == dtype) {
        tensor = *x.tensor;
      } else {
        GradModeGuard off(false);
        tensor = to_dtype(*x.tensor, dtype);
      }
    }
    Tensor tensor;
    alignas(8) char number[8];
  };
  const Side left(a, dtype), right(b, dtype);
  const Tensor &x = left.tensor, &y = right.tensor;
  Tensor out;
  if (!x.defined() || !y.defined())
    out = empty_like(x.defined() ? x : y, dtype);
  else if (x.same_sizes(y))
    out = empty_like(x, dtype);
  else
    out = empty(broadcast_sizes(x.sizes(), y.sizes()), dtype);
  if (x.defined() && y.defined() && x.same_sizes(y) && is_floating(dtype) && itemsize(dtype) >= 4 &&
      x.is_contiguous() && y.is_contiguous() && out.is_contiguous()) {
    const LongWork work(out.numel());
    if (dtype == DType::Float32)
      kernels.f32(out.data<float>(), x.data<float>(), y.data<float>(), out.numel());
    else
      kernels.f64(out.data<double>(), x.data<double>(), y.data<double>(), out.numel());
    return out;
  }
  auto run = [&](const Dims& stride_x, const Dims& stride_y) {
    char* data_x = x.defined() ? x->data : const_cast<char*>(left.number);
    char* data_y = y.defined() ? y->data : const_cast<char*>(right.number);
    run_blocks(kernels, out.sizes(), {out->data, out.strides(), dtype}, {data_x, stride_x, dtype},
               {data_y, stride_y, dtype});
  };
  const Dims none(out.dim());
  run(x.defined() ? broadcast_strides(x, out.sizes()) : none,
      y.defined() ? broadcast_strides(y, out.sizes()) : none);
  return out;
}

Tensor block_in_place(const Tensor& self, Tensor (*function)(const Tensor&)) {
  return in_place(self, requires_grad(self), function);
}
Tensor block_in_place(const Tensor& self, const Operand& other,
                      Tensor (*function)(const Operand&, const Operand&)) {
  const bool keeps_self = requires_grad(self) || operand_requires_grad(other);
  return in_place(self, keeps_self, [&](const Tensor& x) { return function(x, other); });
}

}  // namespace tg
