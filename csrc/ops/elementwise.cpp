#include "ops/elementwise.h"

namespace tg {

void run_unary(UnaryRow row, const Tensor& out, const Tensor& in) {
  const int64_t to = itemsize(out.dtype()), from = itemsize(in.dtype());
  if (in.is_contiguous() && out.is_contiguous()) {
    const LongWork work(in.numel());
    row({out->data, in->data}, {to, from}, in.numel());
  } else {
    for_each_row<2>(in.sizes(),
                    {{out->data, in->data}, {out->strides(), in->strides()}, {to, from}}, row);
  }
}

void run_binary(BinaryRow row, const Tensor& out, const Operand& a, const Operand& b, DType in) {
  const int64_t to = itemsize(out.dtype()), from = itemsize(in);
  alignas(8) char number[8];
  auto data_of = [&](const Operand& x) {
    if (x.is_tensor()) return (*x.tensor)->data;
    visit_dtype(in, [&](auto tag) {
      using In = typename decltype(tag)::type;
      *reinterpret_cast<In*>(number) = x.scalar.to<In>();
    });
    return number;
  };
  auto flat_stride = [&](const Operand& x) -> int64_t {  // -1: not flat
    if (!x.is_tensor()) return 0;
    const Tensor& t = *x.tensor;
    if (t.numel() == 1) return out.numel() == 1 ? from : 0;
    return t.is_contiguous() && t.numel() == out.numel() ? from : -1;
  };
  const int64_t sa = flat_stride(a), sb = flat_stride(b);
  char *pa = data_of(a), *pb = data_of(b);
  if (sa >= 0 && sb >= 0 && out.is_contiguous()) {
    const LongWork work(out.numel());
    row({out->data, pa, pb}, {to, sa, sb}, out.numel());
    return;
  }
  const Dims zero(out.dim());
  const Dims stride_a = a.is_tensor() ? broadcast_strides(*a.tensor, out.sizes()) : zero;
  const Dims stride_b = b.is_tensor() ? broadcast_strides(*b.tensor, out.sizes()) : zero;
  for_each_row<3>(
      out.sizes(),
      {{out->data, pa, pb}, {out->strides(), stride_a.data(), stride_b.data()}, {to, from, from}},
      row);
}

}  // namespace tg
