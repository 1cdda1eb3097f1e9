#include "ops/ternary.h"

#include <bit>

#include "autograd/record.h"
#include "autograd/view.h"
#include "kernels/activation.h"
#include "kernels/arithmetic.h"
#include "kernels/loops.h"
#include "kernels/stream.h"
#include "ops/checked_scalar.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/pointwise.h"
#include "ops/reduction.h"

namespace tg {
namespace {

// --- one loop for all of them: out = f(a, b, c), with broadcasting
// ----------------------------------------
struct Input {
  Input(const Tensor& t) : tensor(&t), data(t->data) {}
  explicit Input(const void* number) : data(static_cast<char*>(const_cast<void*>(number))) {}
  const Tensor* tensor = nullptr;
  char* data;

  // Byte stride where the operand can be walked beside a contiguous `out`, else -1.
  int64_t flat_stride(const Tensor& out, int64_t item) const {
    if (!tensor || tensor->numel() == 1) return 0;
    return tensor->is_contiguous() && tensor->numel() == out.numel() ? item : -1;
  }
  Dims strides(std::span<const int64_t> sizes) const {
    return tensor ? broadcast_strides(*tensor, sizes) : Dims(int(sizes.size()));
  }
};

// `first`: the bytes of an item of a; out, b and c have those of out.
template <class Row>
void run_ternary(const Tensor& out, const Input& a, int64_t first, const Input& b, const Input& c,
                 const Row& row) {
  const int64_t item = itemsize(out.dtype());
  const int64_t sa = a.flat_stride(out, first), sb = b.flat_stride(out, item),
                sc = c.flat_stride(out, item);
  if (out.is_contiguous() && sa >= 0 && sb >= 0 && sc >= 0) {
    const LongWork work(out.numel());
    sweep(out.numel(), kCheapGrain, [&](int64_t begin, int64_t end) {
      row({out->data + begin * item, a.data + begin * sa, b.data + begin * sb, c.data + begin * sc},
          {item, sa, sb, sc}, end - begin);
    });
    return;
  }
  const Dims da = a.strides(out.sizes()), db = b.strides(out.sizes()), dc = c.strides(out.sizes());
  share_rows<4>(out.sizes(),
                {{out->data, a.data, b.data, c.data},
                 {out->strides(), da.data(), db.data(), dc.data()},
                 {item, first, item, item}},
                kCheapGrain, row);
}

template <class T, class F>
void ternary_kernel(const Tensor& out, const Input& a, const Input& b, const Input& c, F f) {
  run_ternary(
      out, a, sizeof(T), b, c,
      [f](const std::array<char*, 4>& data, const std::array<int64_t, 4>& stride, int64_t n) {
        auto [o, x, y, z] = data;
        for (int64_t i = 0; i < n;
             ++i, o += stride[0], x += stride[1], y += stride[2], z += stride[3])
          *reinterpret_cast<T*>(o) =
              f(*reinterpret_cast<const T*>(x), *reinterpret_cast<const T*>(y),
                *reinterpret_cast<const T*>(z));
      });
}

// Rows of choose(). Operands that are not dense are copied, a block at a time, to where they are.
class ChooseRow {
 public:
  ChooseRow(int64_t item, bool streams) : item_(item), streams_(streams) {}
  void operator()(const std::array<char*, 4>& data, const std::array<int64_t, 4>& stride,
                  int64_t n) const {
    constexpr int64_t kBlock = 512;
    const int64_t item[4] = {item_, 1, item_, item_};
    alignas(64) char buffer[4][kBlock * 8];
    for (int k = 1; k < 4; ++k)
      if (stride[k] == 0) repeat(buffer[k], data[k], item[k], std::min(n, kBlock));
    const bool straight = stride[0] == item_ && !streams_;
    const int64_t past = streams_ ? past_line(data[0]) / item_ : 0;
    for (int64_t done = 0, count; done < n; done += count) {
      count = std::min(done ? kBlock : kBlock - past, n - done);
      const char* from[4];
      for (int k = 1; k < 4; ++k) {
        const char* const source = data[k] + done * stride[k];
        from[k] = stride[k] == item[k] ? source : buffer[k];
        if (stride[k] != 0 && stride[k] != item[k])
          gather(item[k], buffer[k], item[k], source, stride[k], count);
      }
      char* const to = data[0] + done * stride[0];
      kernel_(straight ? to : buffer[0], reinterpret_cast<const uint8_t*>(from[1]), from[2],
              from[3], count);
      if (stride[0] != item_)
        gather(item_, to, stride[0], buffer[0], item_, count);
      else if (streams_)
        stream(to, buffer[0], count * item_);
    }
    if (streams_) stream_end();
  }
  void plane(const std::array<char*, 4>& data, const std::array<int64_t, 4>& stride, int64_t n,
             const std::array<int64_t, 4>& across, int64_t rows) const {
    Tile<4>().for_each_row(data, stride, n, across, rows, {item_, 1, item_, item_},
                           ChooseRow(item_, false));
  }

 private:
  static void gather(int64_t item, char* to, int64_t to_stride, const char* from,
                     int64_t from_stride, int64_t n) {
    visit_item(item, [&]<class Item>(Item) {
      for (int64_t i = 0; i < n; ++i, to += to_stride, from += from_stride)
        *reinterpret_cast<Item*>(to) = *reinterpret_cast<const Item*>(from);
    });
  }
  int64_t item_;
  bool streams_;
  ChooseKernel kernel_ = arithmetic_kernels->choose[std::countr_zero(static_cast<uint64_t>(item_))];
};
void choose(const Tensor& out, const Tensor& condition, const Input& a, const Input& b) {
  const int64_t item = itemsize(out.dtype());
  const bool apart = out->data != a.data && out->data != b.data;
  run_ternary(out, condition, 1, a, b, ChooseRow(item, apart && streams(out.numel() * item)));
}

Tensor result_like(DType dtype, const Tensor* a, const Tensor* b, const Tensor* c) {
  const Tensor* given[3];
  int n = 0;
  for (const Tensor* t : {a, b, c})
    if (t) given[n++] = t;
  bool same = true, rows = true;
  for (int i = 0; i < n; ++i) {
    same &= given[i]->same_sizes(*given[0]);
    rows &= given[i]->is_contiguous();
  }
  if (same && rows) return empty(given[0]->sizes(), dtype);
  Dims sizes(given[0]->sizes());
  for (int i = 1; i < n; ++i) sizes = broadcast_sizes(sizes, given[i]->sizes());
  if (n == 1) return empty_for(sizes, dtype, {given[0]});
  if (n == 2) return empty_for(sizes, dtype, {given[0], given[1]});
  return empty_for(sizes, dtype, {given[0], given[1], given[2]});
}

// An operand in `dtype`: a tensor, cast if need be, or a number in a buffer.
struct Prepared {
  Prepared(const Operand& x, DType dtype) {
    if (x.is_tensor()) {
      tensor = cast_quietly(*x.tensor, dtype);
    } else {
      visit_dtype(dtype, [&](auto tag) {
        using T = typename decltype(tag)::type;
        const T value = x.scalar.to<T>();
        std::memcpy(number, &value, sizeof value);
      });
    }
  }
  Input input() const { return tensor.defined() ? Input(tensor) : Input(number); }
  const Tensor* pointer() const { return tensor.defined() ? &tensor : nullptr; }
  Tensor tensor;
  alignas(8) char number[8];
};

// --- where
// ---------------------------------------------------------------------------------------------
struct Side {
  explicit Side(const Operand& x) {
    if (!x.is_tensor()) return;
    sizes = Dims(x.tensor->sizes());
    dtype = x.tensor->dtype();
  }
  Dims sizes;
  DType dtype = DType::Float32;
};

// --- masked_fill
// ---------------------------------------------------------------------------------------
void check_masked_fill(const Tensor& mask, const Operand& value) {
  static constexpr const char* kNames[] = {"bool",  "unsigned char", "signed char", "short",
                                           "int",   "long",          "c10::Half",   "c10::BFloat16",
                                           "float", "double"};
  if (mask.dtype() != DType::Bool)
    runtime_error("masked_fill_ only supports boolean masks, but got mask with dtype ",
                  kNames[int(mask.dtype())]);
  if (value.is_tensor() && value.tensor->dim() != 0)
    runtime_error("masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ",
                  value.tensor->dim(), " dimension(s).");
}

void check_fits(DType dtype, const Operand& value) {
  if (value.is_tensor()) return;
  visit_dtype(dtype, [&](auto tag) { checked_to<typename decltype(tag)::type>(value.scalar); });
}

// The one element of a tensor as a number.
Operand as_number(const Operand& value) {
  if (!value.is_tensor()) return value;
  Operand number = value;
  visit_dtype(value.tensor->dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T v = *value.tensor->data<T>();
    if constexpr (std::is_same_v<T, bool>)
      number = Operand(Scalar(v));
    else if constexpr (std::is_integral_v<T>)
      number = Operand(Scalar(int64_t(v)));
    else
      number = Operand(Scalar(double(v)));
  });
  return number;
}

// --- the arithmetic ones
// -------------------------------------------------------------------------------
// A formula of kernels/activation.h. Tensors that are not of the result's dtype keep their digits:
// a 16-bit result is computed in single precision then.
template <class Formula, size_t n>
Tensor combined(ActivationLoops ActivationKernels::* loops, const Formula& formula, DType dtype,
                const Tensor* const (&in)[n]) {
  const ActivationLoops& of_isa = activation_kernels().*loops;
  DType common = dtype;
  for (const Tensor* t : in)
    if (t->dtype() != dtype) common = loop_dtype(dtype);
  Tensor cast[n];
  const Tensor* pointers[n];
  for (size_t k = 0; k < n; ++k) {
    cast[k] = cast_quietly(*in[k], common);
    pointers[k] = &cast[k];
  }
  return cast_quietly(
      run_pointwise("combined", {of_isa.forward, of_isa.forward64}, &formula, pointers), dtype);
}

void check_lerp_dtype(const char* what, const Tensor& start, const Tensor& other) {
  if (start.dtype() == other.dtype()) return;
  auto lower = [](DType d) {
    return d == DType::Float64 ? "double" : d == DType::Float32 ? "float" : info(d).name;
  };
  runtime_error("expected dtype ", lower(start.dtype()), " for `", what, "` but got dtype ",
                lower(other.dtype()));
}

bool any_requires_grad(std::initializer_list<const Tensor*> tensors) {
  if (!grad_mode.enabled) return false;
  for (const Tensor* t : tensors)
    if (t && requires_grad(*t)) return true;
  return false;
}

template <bool divides>
Tensor add_combined(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& value) {
  const DType dtype = (ResultType() << input << a << b).value();
  if (divides && !is_floating(a.dtype()) && !is_floating(b.dtype()))
    runtime_error(
        "Integer division with addcdiv is no longer supported, and in a future  release addcdiv "
        "will perform a true "
        "division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as "
        "(input + value * "
        "torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value "
        "* tensor1 / tensor2) "
        "for float inputs. The future addcdiv behavior is just the latter implementation: (input + "
        "value * tensor1 / "
        "tensor2), for all dtypes.");
  if (dtype == DType::Bool)
    fail(ErrorKind::NotImplemented, divides ? "\"addcdiv_cpu_out\"" : "\"addcmul_cpu_out\"",
         " not implemented for 'Bool'");
  Tensor out;
  if (is_floating(dtype)) {
    const Tensor* const in[] = {&input, &a, &b};
    const double scale = value.to<double>();
    out = divides ? combined(&ActivationKernels::add_quotient, AddQuotient{scale}, dtype, in)
                  : combined(&ActivationKernels::add_product, AddProduct{scale}, dtype, in);
  } else {
    const DType wide = loop_dtype(dtype);
    const Prepared x(input, wide), y(a, wide), z(b, wide);
    out = result_like(wide, &x.tensor, &y.tensor, &z.tensor);
    visit_widened(wide, [&](auto tag) {
      using T = typename decltype(tag)::type;
      if constexpr (std::is_integral_v<T> && !divides) {
        const T scale = value.to<T>();
        ternary_kernel<T>(out, x.input(), y.input(), z.input(),
                          [scale](T u, T v, T w) { return u + scale * v * w; });
      }
    });
    out = cast_quietly(out, dtype);
  }
  record(divides ? "AddcdivBackward0" : "AddcmulBackward0", out, inputs(input, a, b),
         saves(needed_by(b, a), divides && requires_grad(b) ? b : needed_by(a, b)),
         [value = value.to<double>(), p = Side(input), q = Side(a), r = Side(b)](
             GradInputs& to, const Tensor& g, const Tensor& a, const Tensor& b) {
           if (to.needed(0)) to.set(0, sum_to(g, p.sizes, p.dtype));
           if constexpr (divides) {
             if (to.needed(1)) to.set(1, sum_to(g * (value / b), q.sizes, q.dtype));
             if (to.needed(2)) to.set(2, sum_to(-g * (value * a / (b * b)), r.sizes, r.dtype));
           } else {
             if (to.needed(1)) to.set(1, sum_to(g * (b * value), q.sizes, q.dtype));
             if (to.needed(2)) to.set(2, sum_to(g * (a * value), r.sizes, r.dtype));
           }
         });
  return out;
}

}  // namespace

Tensor where(const Tensor& condition, const Operand& a, const Operand& b) {
  if (condition.dtype() != DType::Bool && condition.dtype() != DType::UInt8)
    runtime_error("where expected condition to be a boolean tensor, but got a tensor with dtype ",
                  info(condition.dtype()).scalar);
  const DType dtype = result_type(a, b);
  const Prepared x(a, dtype), y(b, dtype);
  Tensor out = result_like(dtype, &condition, x.pointer(), y.pointer());
  choose(out, condition, x.input(), y.input());
  const Tensor none;
  const Tensor& left = a.is_tensor() ? *a.tensor : none;
  const Tensor& right = b.is_tensor() ? *b.tensor : none;
  if (!any_requires_grad({a.tensor, b.tensor})) return out;
  record("WhereBackward0", out, inputs(left, right), saves(condition),
         [p = Side(a), q = Side(b)](GradInputs& to, const Tensor& g, const Tensor& condition) {
           if (to.needed(0)) to.set(0, sum_to(where(condition, g, Operand(0.0)), p.sizes, p.dtype));
           if (to.needed(1)) to.set(1, sum_to(where(condition, Operand(0.0), g), q.sizes, q.dtype));
         });
  return out;
}

Tensor masked_fill(const Tensor& x, const Tensor& mask, const Operand& value) {
  check_masked_fill(mask, value);
  const Operand number = as_number(value);
  check_fits(x.dtype(), value);
  const Prepared filler(number, x.dtype());
  const bool same = x.same_sizes(mask);
  Tensor out = same && x.is_contiguous()
                   ? empty(x.sizes(), x.dtype())
                   : empty(broadcast_sizes(mask.sizes(), x.sizes()), x.dtype());
  choose(out, mask, filler.input(), x);
  const Side kept(x);
  if (!value.is_tensor()) {
    record("MaskedFillBackward0", out, inputs(x), saves(mask),
           [kept](const Tensor& g, const Tensor& mask) {
             return sum_to(masked_fill(g, mask, Operand(0.0)), kept.sizes, kept.dtype);
           });
  } else {
    record(
        "MaskedFillBackward1", out, inputs(x, *value.tensor), saves(mask),
        [kept, dtype = value.tensor->dtype()](GradInputs& to, const Tensor& g, const Tensor& mask) {
          if (to.needed(0))
            to.set(0, sum_to(masked_fill(g, mask, Operand(0.0)), kept.sizes, kept.dtype));
          if (to.needed(1)) to.set(1, sum_to(where(mask, g, Operand(0.0)), Dims(), dtype));
        });
  }
  return out;
}

Tensor masked_fill_(const Tensor& self, const Tensor& mask, const Operand& value) {
  check_masked_fill(mask, value);
  if (any_requires_grad({&self, value.tensor}))
    return in_place(
        self, false, [&](const Tensor& x) { return masked_fill(x, mask, value); },
        Repeats::Allowed);
  check_inplace(self, Repeats::Allowed);
  const Operand number = as_number(value);
  check_fits(self.dtype(), value);
  const Dims sizes = broadcast_sizes(self.sizes(), mask.sizes());
  if (!std::equal(sizes.begin(), sizes.end(), self.sizes().begin(), self.sizes().end()))
    runtime_error("output with shape ", to_string(self.sizes()),
                  " doesn't match the broadcast shape ", to_string(sizes));
  const Prepared filler(number, self.dtype());
  // A mask over the same memory (a bool tensor filled by itself) is read before it is written.
  const Tensor apart = mask->storage == self->storage ? clone(mask) : mask;
  choose(self, apart, filler.input(), self);
  bump_version(self);
  return self;
}

Tensor lerp(const Tensor& start, const Tensor& end, const Operand& weight) {
  check_lerp_dtype("end", start, end);
  const bool by_tensor = weight.is_tensor();
  if (by_tensor && weight.tensor->dim() > 0) check_lerp_dtype("weight", start, *weight.tensor);
  if (!is_floating(start.dtype()))
    fail(ErrorKind::NotImplemented, by_tensor ? "\"lerp_kernel_tensor\"" : "\"lerp_kernel_scalar\"",
         " not implemented for '", info(start.dtype()).scalar, "'");
  Tensor out;
  if (by_tensor) {
    const Tensor* const in[] = {&start, &end, weight.tensor};
    out = combined(&ActivationKernels::interpolate_by, InterpolateBy(), start.dtype(), in);
  } else {
    const Tensor* const in[] = {&start, &end};
    out = combined(&ActivationKernels::interpolate, Interpolate{weight.scalar.to<double>()},
                   start.dtype(), in);
  }
  if (!by_tensor) {
    record("LerpBackward0", out, inputs(start, end), saves(),
           [w = weight.scalar.to<double>(), p = Side(start), q = Side(end)](GradInputs& to,
                                                                            const Tensor& g) {
             if (to.needed(0)) to.set(0, sum_to(g * (1 - w), p.sizes, p.dtype));
             if (to.needed(1)) to.set(1, sum_to(g * w, q.sizes, q.dtype));
           });
  } else {
    record("LerpBackward1", out, inputs(start, end, *weight.tensor),
           saves(start, end, *weight.tensor),
           [](GradInputs& to, const Tensor& g, const Tensor& start, const Tensor& end,
              const Tensor& weight) {
             if (to.needed(0)) to.set(0, sum_to(g * (1 - weight), start.sizes(), start.dtype()));
             if (to.needed(1)) to.set(1, sum_to(g * weight, end.sizes(), end.dtype()));
             if (to.needed(2)) to.set(2, sum_to(g * (end - start), weight.sizes(), weight.dtype()));
           });
  }
  return out;
}

Tensor lerp_(const Tensor& self, const Tensor& end, const Operand& weight) {
  const bool keeps = any_requires_grad({&self, &end, weight.tensor}) && weight.is_tensor();
  return in_place(self, keeps, [&](const Tensor& x) { return lerp(x, end, weight); });
}

Tensor addcmul(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& value) {
  return add_combined<false>(input, a, b, value);
}
Tensor addcdiv(const Tensor& input, const Tensor& a, const Tensor& b, const Scalar& value) {
  return add_combined<true>(input, a, b, value);
}
Tensor addcmul_(const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& value) {
  return in_place(self, false, [&](const Tensor& x) { return addcmul(x, a, b, value); });
}
Tensor addcdiv_(const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& value) {
  return in_place(self, false, [&](const Tensor& x) { return addcdiv(x, a, b, value); });
}

}  // namespace tg
