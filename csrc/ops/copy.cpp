#include "ops/copy.h"

#include <algorithm>
#include <cstring>

#include "autograd/record.h"
#include "kernels/cast.h"
#include "kernels/loops.h"
#include "kernels/stream.h"
#include "ops/elementwise.h"

namespace tg {
namespace {

bool may_overlap(const Tensor& a, const Tensor& b) {
  if (!a.numel() || !b.numel()) return false;
  auto end = [](const Tensor& t) {
    int64_t last = 0;
    for (int i = 0; i < t.dim(); ++i) last += (t.size(i) - 1) * t.stride(i);
    return t->data + (last + 1) * itemsize(t.dtype());
  };
  return a->data < end(b) && b->data < end(a);
}

// Element by element: nothing is to be copied.
[[gnu::noinline]] bool is_laid_out_like(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.same_sizes(b) &&
         std::equal(a.strides().begin(), a.strides().end(), b.strides().begin());
}
inline bool is_same_memory(const Tensor& a, const Tensor& b) {
  return a->data == b->data && is_laid_out_like(a, b);
}

// Numbers of one dtype that become those of another, or the same.
class CopyRow {
 public:
  CopyRow(DType to, DType from)
      : cast_(cast_row(to, from)), item_{itemsize(to), itemsize(from)}, same_(to == from) {}
  void operator()(const std::array<char*, 2>& data, const std::array<int64_t, 2>& stride,
                  int64_t n) const {
    if (stride[1] != 0 || stride[0] != item_[0])
      return cast_(data[0], stride[0], data[1], stride[1], n);
    cast_(data[0], item_[0], data[1], 0, 1);  // one number for the whole row
    visit_item(item_[0], [&]<class Item>(Item) {
      Item* to = reinterpret_cast<Item*>(data[0]);
      std::fill_n(to + 1, n - 1, *to);
    });
  }
  void plane(const std::array<char*, 2>& data, const std::array<int64_t, 2>& stride, int64_t n,
             const std::array<int64_t, 2>& across, int64_t rows) const {
    if (!same_ || stride[0] != item_[0])
      return Tile<2>().for_each_row(data, stride, n, across, rows, item_, *this);
    const int64_t most = Tile<2>::kRowBytes / item_[0];
    for (int64_t i = 0; i < rows; i += most)
      transpose(item_[0], data[0] + i * across[0], across[0], data[1] + i * across[1], stride[1],
                std::min(most, rows - i), n);
  }

 private:
  CastRow cast_;
  std::array<int64_t, 2> item_;
  bool same_;
};

}  // namespace

void copy_values(const Tensor& dst, const Tensor& src) {
  if (!dst.numel()) return;
  const int64_t to_item = itemsize(dst.dtype()), from_item = itemsize(src.dtype());
  if (dst.is_contiguous() && src.is_contiguous() && dst.same_sizes(src)) {
    const int64_t n = dst.numel();
    if (dst->data + n * to_item <= src->data || src->data + n * from_item <= dst->data) {
      const LongWork work(n);
      const CastRow cast = cast_row(dst.dtype(), src.dtype());
      sweep(n, kCheapGrain, [&](int64_t begin, int64_t end) {
        char* const to = dst->data + begin * to_item;
        const char* const from = src->data + begin * from_item;
        if (!streams(n * to_item)) {
          cast(to, to_item, from, from_item, end - begin);
        } else if (dst.dtype() == src.dtype()) {
          stream(to, from, (end - begin) * to_item);
          stream_end();
        } else {
          stream_blocks(to, to_item, end - begin, [&](char* block, int64_t at, int64_t count) {
            cast(block, to_item, from + at * from_item, from_item, count);
          });
        }
      });
      return;
    }
  }
  if (is_same_memory(dst, src)) return;
  if (may_overlap(dst, src)) return copy_values(dst, clone(detached_alias(src, false)));
  const Dims from = broadcast_strides(src, dst.sizes());
  share_rows<2>(dst.sizes(),
                {{dst->data, src->data}, {dst->strides(), from.data()}, {to_item, from_item}},
                kCheapGrain, CopyRow(dst.dtype(), src.dtype()));
}

void fill_values(const Tensor& dst, const Scalar& value) {
  if (dst.is_contiguous() && !value.is_floating() && !value.to<bool>()) {  // zero in every dtype
    const LongWork work(dst.numel());
    std::memset(dst->data, 0, size_t(dst.numel() * itemsize(dst.dtype())));
    return;
  }
  visit_dtype(dst.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T v = value.to<T>();
    if (dst.is_contiguous()) {
      const LongWork work(dst.numel());
      std::fill_n(dst.data<T>(), dst.numel(), v);
      return;
    }
    for_each_row<1>(
        dst.sizes(), {{dst->data}, {dst->strides()}, {sizeof(T)}},
        [v](const std::array<char*, 1>& data, const std::array<int64_t, 1>& stride, int64_t n) {
          for (int64_t i = 0; i < n; ++i) *reinterpret_cast<T*>(data[0] + i * stride[0]) = v;
        });
  });
}

namespace {
Tensor copied_into(Tensor out, const Tensor& t) {
  copy_values(out, t);
  record("CloneBackward0", out, inputs(t), saves(), [](const Tensor& g) { return g; });
  return out;
}
Tensor cast_into(Tensor out, const Tensor& t) {
  copy_values(out, t);
  if (is_floating(out.dtype()))
    record("ToCopyBackward0", out, inputs(t), saves(),
           [from = t.dtype()](const Tensor& g) { return to_dtype(g, from); });
  return out;
}
}  // namespace

Tensor clone(const Tensor& t) { return copied_into(empty_like(t, t.dtype()), t); }
Tensor clone(const Tensor& t, MemoryFormat format) {
  return copied_into(empty_like(t, t.dtype(), format), t);
}

Tensor contiguous(const Tensor& t) {
  return t.is_contiguous() ? t : copied_into(empty(t.sizes(), t.dtype()), t);
}
Tensor contiguous(const Tensor& t, MemoryFormat format) {
  if (is_contiguous(t, format)) return t;
  if (format == MemoryFormat::Preserve)
    runtime_error("preserve memory format is unsupported by the contiguous operator");
  return clone(t, format);
}

Tensor to_dtype(const Tensor& t, DType dtype) {
  return t.dtype() == dtype ? t : cast_into(empty_like(t, dtype), t);
}
Tensor to_dtype(const Tensor& t, DType dtype, MemoryFormat format, bool copy) {
  if (!copy && t.dtype() == dtype &&
      (format == MemoryFormat::Preserve || suggested_format(t) == format))
    return t;
  return cast_into(empty_like(t, dtype, format), t);
}

bool lies_across_itself(const Tensor& t) {
  return !t.is_contiguous() && engine_ops::may_repeat(geometry_of(t));
}

Tensor stand_in(const Tensor& self, bool keeps_self) {
  const bool tracked = requires_grad(self);
  if (!tracked && !keeps_self) return self;
  Tensor old;
  if (keeps_self) {
    GradModeGuard off(false);
    old = clone(self);
  } else {
    old = detached_alias(self, false);
  }
  Node* node = current_grad_fn(self);
  if (self->base && ((node && node->extra) || lies_across_itself(self))) {
    // Past the node of the view, as in PyTorch: its hooks see no gradient.
    set_grad_fn(old, new AsStridedNode(self, Tensor(self->base), true));
  } else if (node) {
    ++node->refcount;
    set_grad_fn(old, node, self->output_nr);
  }
  return old;
}

void write_result(const Tensor& self, const Tensor& result) {
  if (!result.same_sizes(self))
    runtime_error("output with shape ", to_string(self.sizes()),
                  " doesn't match the broadcast shape ", to_string(result.sizes()));
  if (result.dtype() != self.dtype()) {
    if (!can_cast(result.dtype(), self.dtype()))
      runtime_error("result type ", info(result.dtype()).scalar,
                    " can't be cast to the desired output type ", info(self.dtype()).scalar);
    return write_result(self, to_dtype(result, self.dtype()));
  }
  if (grad_mode.enabled && requires_grad(result)) check_rebase(self);
  copy_values(self, result);
  rebase_history(self, result);
}

Tensor copy_(const Tensor& self, const Tensor& src) {
  check_inplace(self, is_same_memory(self, src) ? Repeats::Allowed : Repeats::Refused);
  check_no_partial_overlap(self, src);
  const Dims sizes = broadcast_sizes(self.sizes(), src.sizes());
  if (!std::equal(sizes.begin(), sizes.end(), self.sizes().begin(), self.sizes().end()))
    runtime_error("output with shape ", to_string(self.sizes()),
                  " doesn't match the broadcast shape ", to_string(sizes));
  // What is written into integers has no gradient.
  if (!grad_mode.enabled || !is_floating(self.dtype()) ||
      (!requires_grad(self) && !requires_grad(src))) {
    copy_values(self, src);
    bump_version(self);
    return self;
  }
  check_rebase(self);
  Tensor value = detached_alias(self, false);
  const Tensor before = stand_in(self, false);
  record("CopyBackwards", value, inputs(before, src), saves(),
         [sizes = Dims(src.sizes()), dtype = src.dtype()](GradInputs& to, const Tensor& g) {
           if (to.needed(0)) to.set(0, mul(g, Scalar(0.0)));
           if (to.needed(1)) to.set(1, sum_to(g, sizes, dtype));
         });
  copy_values(self, src);
  rebase_history(self, value);
  return self;
}

Tensor fill_(const Tensor& self, const Scalar& value) {
  check_inplace(self, Repeats::Allowed);
  if (!grad_mode.enabled || !requires_grad(self)) {
    fill_values(self, value);
    bump_version(self);
    return self;
  }
  const Tensor before = stand_in(self, false);
  Tensor filled = detached_alias(self, false);
  const bool zero = value.to<double>() == 0;
  record(zero ? "ZeroBackward0" : "FillBackward2", filled, inputs(before), saves(),
         [](const Tensor& g) { return mul(g, Scalar(0.0)); });
  fill_values(self, value);
  rebase_history(self, filled);
  return self;
}

Tensor fill_from(const Tensor& self, const Operand& value) {
  check_inplace(self);
  const auto write = [&] {
    if (value.is_tensor())
      copy_values(self, *value.tensor);
    else
      fill_values(self, value.scalar);
  };
  if (!grad_mode.enabled || (!requires_grad(self) && !operand_requires_grad(value))) {
    write();
    bump_version(self);
    return self;
  }
  check_rebase(self);
  const Tensor before = stand_in(self, false), none;
  const Tensor& source = value.is_tensor() ? *value.tensor : none;
  Tensor filled = detached_alias(self, false);
  record(
      "FillBackward3", filled, inputs(before, source), saves(),
      [sizes = value.is_tensor() ? Dims(source.sizes()) : Dims(),
       dtype = value.is_tensor() ? source.dtype() : self.dtype()](GradInputs& to, const Tensor& g) {
        if (to.needed(0)) to.set(0, mul(g, Scalar(0.0)));
        if (to.needed(1)) to.set(1, sum_to(g, sizes, dtype));
      });
  write();
  rebase_history(self, filled);
  return self;
}

Tensor zero_(const Tensor& self) { return fill_(self, Scalar(0)); }

void write_out(const Tensor& out, const Tensor& result) {
  check_inplace(out);
  if (!out.same_sizes(result)) {
    const int64_t bytes = result.numel() * itemsize(out.dtype());
    if (out->storage->nbytes - (out->data - static_cast<char*>(out->storage->data)) < bytes) {
      if (out->storage->deleter || out->storage->owner)
        runtime_error("Trying to resize storage that is not resizable");
      if (out->base)
        runtime_error("out= is a view and too small for the result of shape ",
                      to_string(result.sizes()));
      Storage* storage = Storage::allocate(bytes);
      storage->version = out->storage->version;
      out->storage->release();
      out->storage = storage;
      out->data = static_cast<char*>(storage->data);
    }
    const bool same_order = result.dim() > 1 && !result.is_contiguous() && is_dense(result);
    out->set_geometry(result.sizes(),
                      same_order ? Dims(result.strides()) : contiguous_strides(result.sizes()));
  }
  copy_values(out, result);
  bump_version(out);
}

}  // namespace tg
