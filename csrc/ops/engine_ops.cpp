// What the tape asks of the operations (engine_ops of autograd/view.h): sums and copies of
// gradients, and gradients moved between a base and a strided view of it.
#include "autograd/record.h"
#include "autograd/view.h"
#include "kernels/loops.h"
#include "ops/copy.h"
#include "ops/elementwise.h"

namespace tg::engine_ops {
namespace {

bool is_dense(const Geometry& g) {
  int64_t step = 1;
  for (int i = g.sizes.size() - 1; i >= 0; --i) {
    if (g.sizes[i] != 1 && g.strides[i] != step) return false;
    step *= g.sizes[i];
  }
  return true;
}

int64_t end_of(const Geometry& g) {
  int64_t last = g.offset;
  for (int i = 0; i < g.sizes.size(); ++i) {
    if (g.sizes[i] == 0) return g.offset;
    last += (g.sizes[i] - 1) * g.strides[i];
  }
  return last + 1;
}

void add_values(const Tensor& into, const Tensor& from) {
  visit_dtype(into.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_row<2>(
        into.sizes(),
        {{into->data, from->data}, {into->strides(), from->strides()}, {sizeof(T), sizeof(T)}},
        [](const std::array<char*, 2>& data, const std::array<int64_t, 2>& stride, int64_t n) {
          using C = Compute<T>;
          char *to = data[0], *add = data[1];
          for (int64_t i = 0; i < n; ++i, to += stride[0], add += stride[1]) {
            T& sum = *reinterpret_cast<T*>(to);
            sum = static_cast<T>(static_cast<C>(sum) +
                                 static_cast<C>(*reinterpret_cast<const T*>(add)));
          }
        });
  });
}

// Memory that holds both geometries, seen through each of them.
struct Flat {
  Flat(const Geometry& view, const Geometry& base, DType dtype) {
    first = std::min(view.offset, base.offset);
    memory = empty(Dims{std::max({end_of(view), end_of(base), first}) - first}, dtype);
  }
  Tensor at(const Geometry& g) const {
    return make_view(memory, g.sizes, g.strides, g.offset - first);
  }
  int64_t first;
  Tensor memory;
};

// Values that lie like `base`, in memory that the view reaches too.
void spread(const Flat& flat, const Tensor& values, const Geometry& base) {
  fill_values(flat.memory, Scalar(0));
  copy_values(flat.at(base), values);
}

}  // namespace

bool may_repeat(const Geometry& g) {
  int order[kMaxDims];
  int n = 0;
  for (int i = 0; i < g.sizes.size(); ++i) {
    if (g.sizes[i] == 0) return false;
    if (g.sizes[i] != 1) order[n++] = i;
  }
  std::sort(order, order + n, [&](int a, int b) { return g.strides[a] < g.strides[b]; });
  int64_t reach = 0;  // largest index below
  for (int i = 0; i < n; ++i) {
    if (g.strides[order[i]] <= reach) return true;
    reach += (g.sizes[order[i]] - 1) * g.strides[order[i]];
  }
  return false;
}

Tensor add(const Tensor& a, const Tensor& b) {
  Tensor sum = tg::add(a, b);
  if (a->storage->is_zero_tensor && b->storage->is_zero_tensor) sum->storage->make_zero_tensor();
  return sum;
}

void add_inplace(const Tensor& into, const Tensor& grad) {
  GradModeGuard off(false);
  if (into.same_sizes(grad) && into.dtype() == grad.dtype() && into->storage != grad->storage) {
    add_values(into, grad);
  } else {
    copy_values(into, tg::add(into, grad));
  }
  bump_version(into);
}

Tensor clone_for(const Tensor& leaf, const Tensor& t) {
  Tensor out = !leaf.is_contiguous() && leaf.same_sizes(t) && is_dense(leaf)
                   ? empty_like(leaf, t.dtype())
                   : empty(t.sizes(), t.dtype());
  copy_values(out, t);
  record("CloneBackward0", out, inputs(t), saves(), [](const Tensor& g) { return g; });
  return out;
}

Tensor ones_like(const Tensor& t) {
  Tensor out = empty(t.sizes(), t.dtype());
  fill_values(out, Scalar(1));
  return out;
}

Tensor cast(const Tensor& t, DType dtype) { return to_dtype(t, dtype); }

bool has_nan(const Tensor& t) {
  if (!is_floating(t.dtype())) return false;
  const Tensor values = contiguous(t.dtype() == DType::Float64 ? t : to_dtype(t, DType::Float32));
  bool found = false;
  visit_floating(values.dtype(), "isnan", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* v = values.data<T>();
    for (int64_t i = 0; i < values.numel(); ++i) found |= v[i] != v[i];
  });
  return found;
}

Tensor scatter_to_base(const Tensor& grad, const Geometry& view, const Geometry& base, bool sums) {
  const Flat flat(view, base, grad.dtype());
  fill_values(flat.memory, Scalar(0));
  const Tensor places = flat.at(view);
  if (sums && may_repeat(view))
    add_values(places, grad);
  else
    copy_values(places, grad);
  const bool whole = is_dense(base) && base.offset == flat.first &&
                     flat.memory.numel() == checked_numel(base.sizes);
  Tensor out;
  if (whole) {
    out = flat.memory;
    out->set_geometry(base.sizes, contiguous_strides(base.sizes));
  } else {
    if (may_repeat(base)) {  // each index of an element gets its part
      const Flat counts(view, base, grad.dtype());
      fill_values(counts.memory, Scalar(0));
      GradModeGuard off(false);
      add_values(counts.at(base), ones_like(flat.at(base)));
      out = tg::div(flat.at(base), counts.at(base));
    } else {
      out = flat.at(base);
    }
  }
  record("AsStridedBackwardBackward0", out, inputs(grad), saves(),
         [view, base](const Tensor& g) { return gather_from_base(g, view, base); });
  return out;
}

Tensor gather_from_base(const Tensor& grad, const Geometry& view, const Geometry& base) {
  Tensor out = empty(view.sizes, grad.dtype());
  if (is_dense(base) && base.offset <= view.offset && end_of(view) <= end_of(base) &&
      grad.is_contiguous()) {
    copy_values(out, make_view(grad, view.sizes, view.strides,
                               view.offset - base.offset + grad.storage_offset()));
  } else {
    const Flat flat(view, base, grad.dtype());
    spread(flat, grad, base);
    copy_values(out, flat.at(view));
  }
  record("AsStridedBackward0", out, inputs(grad), saves(),
         [view, base](const Tensor& g) { return scatter_to_base(g, view, base); });
  return out;
}

Tensor zero_at_view(const Tensor& grad, const Geometry& view, const Geometry& base) {
  const Flat flat(view, base, grad.dtype());
  spread(flat, grad, base);
  fill_values(flat.at(view), Scalar(0));
  Tensor out = empty(base.sizes, grad.dtype());
  copy_values(out, flat.at(base));
  record("CopySlices", out, inputs(grad), saves(),
         [view, base](const Tensor& g) { return zero_at_view(g, view, base); });
  return out;
}

}  // namespace tg::engine_ops
