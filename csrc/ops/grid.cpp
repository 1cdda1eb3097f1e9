#include "ops/grid.h"

#include <vector>

#include "autograd/engine.h"
#include "autograd/record.h"
#include "kernels/grid.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/index.h"
#include "ops/matmul.h"
#include "ops/operators.h"
#include "ops/reduction.h"
#include "ops/shape.h"

namespace tg {
namespace {

template <class F>
void visit_grid(const Tensor& in, int dims, const F& f) {
  auto with_dims = [&](auto tag) {
    if (dims == 2)
      f(tag, std::integral_constant<int, 2>());
    else
      f(tag, std::integral_constant<int, 3>());
  };
  if (in.dtype() == DType::Float32)
    with_dims(TypeTag<float>{});
  else
    with_dims(TypeTag<double>{});
}

// grid_sampler() in differentiable operations, for second derivatives. What is constant between the
// kinks is computed in numbers: which pixels are read, whether they exist, and the line rest = grid
// * slope + shift that each coordinate follows.
struct Constants {
  std::vector<Tensor> slope, shift;   // for each dimension, [batch, places]
  std::vector<Tensor> index, exists;  // for each pixel read, [batch, 1, places]
};

template <class T, int D>
Constants constants_of(const GridShape& s, const Tensor& places) {
  const int reads = s.mode == GridMode::Nearest ? 1 : s.mode == GridMode::Cubic ? 16 : 1 << D;
  Constants k;
  const Dims flat{s.batch, s.out_places}, wide{s.batch, 1, s.out_places};
  for (int d = 0; d < D; ++d) {
    k.slope.push_back(empty(flat, dtype_of<T>));
    k.shift.push_back(empty(flat, dtype_of<T>));
  }
  for (int r = 0; r < reads; ++r) {
    k.index.push_back(empty(wide, DType::Int64));
    k.exists.push_back(empty(wide, dtype_of<T>));
  }
  for (int64_t i = 0; i < s.batch * s.out_places; ++i) {
    const T* x = places.data<T>() + i * D;
    T floor[D];
    for (int d = 0; d < D; ++d) {
      const T at_grid = x[D - 1 - d];
      auto c = grid::in_pixels(at_grid, s.in[d], s.align_corners);
      if (s.mode != GridMode::Cubic) c = grid::padded(c, s.in[d], s);
      if (!(c.at < T(1e9) && c.at > T(-1e9))) c.at = -100;
      floor[d] = s.mode == GridMode::Nearest ? std::nearbyint(c.at) : std::floor(c.at);
      k.slope[size_t(d)].data<T>()[i] = c.slope;
      k.shift[size_t(d)].data<T>()[i] = c.at - floor[d] - (c.slope == 0 ? T(0) : at_grid * c.slope);
    }
    for (int r = 0; r < reads; ++r) {
      int64_t place = 0;
      bool inside = true;
      for (int d = 0; d < D; ++d) {
        T at = floor[d];
        if (s.mode == GridMode::Linear) at += static_cast<T>(r >> (D - 1 - d) & 1);
        if (s.mode == GridMode::Cubic)
          at =
              grid::padded<T>({at + static_cast<T>((d == 0 ? r / 4 : r % 4) - 1), T(1)}, s.in[d], s)
                  .at;
        inside &= at >= 0 && at < static_cast<T>(s.in[d]);
        place = place * s.in[d] + static_cast<int64_t>(at);
      }
      k.index[size_t(r)].data<int64_t>()[i] = inside ? place : 0;
      k.exists[size_t(r)].data<T>()[i] = inside ? T(1) : T(0);
    }
  }
  return k;
}

// Keys' cubic with a = -0.75 at the distance 1 + t, t, 1 - t or 2 - t.
Tensor cubic_weight(const Tensor& t, int tap) {
  const double a = -0.75;
  const Tensor x = tap == 0 ? t + 1 : tap == 1 ? t : tap == 2 ? 1 - t : 2 - t;
  if (tap == 1 || tap == 2) return (x * (a + 2) - (a + 3)) * x * x + 1;
  return ((x * a - 5 * a) * x + 8 * a) * x - 4 * a;
}

Tensor composed(const GridShape& s, const Tensor& x, const Tensor& grid, const Constants& k) {
  const int dims = x.dim() - 2;
  const Dims flat{s.batch, s.out_places};
  const Tensor places = reshape(grid, Dims{s.batch, s.out_places, dims});
  std::vector<Tensor> rest;
  for (int d = 0; d < dims; ++d)
    rest.push_back(select(places, 2, dims - 1 - d) * k.slope[size_t(d)] + k.shift[size_t(d)]);
  const Tensor images = reshape(x, Dims{s.batch, s.channels, grid::in_places(s, dims)});
  const Dims wide{s.batch, s.channels, s.out_places};
  Tensor out;
  for (size_t r = 0; r < k.index.size(); ++r) {
    Tensor weight = k.exists[r];
    for (int d = 0; d < dims && s.mode != GridMode::Nearest; ++d) {
      const Tensor& t = rest[size_t(d)];
      Tensor part;
      if (s.mode == GridMode::Cubic)
        part = cubic_weight(t, int(d == 0 ? r / 4 : r % 4));
      else
        part = r >> (dims - 1 - d) & 1 ? t : 1 - t;
      weight = weight * unsqueeze(part, 1);
    }
    const Tensor term = gather(images, 2, expand(k.index[r], wide)) * weight;
    out = out.defined() ? out + term : term;
  }
  return out;
}

const char* node_name(int dims) {
  return dims == 2 ? "GridSampler2DBackwardBackward0" : "GridSampler3DBackwardBackward0";
}

void set_graphed_gradients(GradInputs& to, const GridShape& s, const Tensor& grad,
                           const Tensor& input, const Tensor& given_grid) {
  // Nodes of their own: the one may have been made from the other.
  const Tensor x = alias(input), grid = alias(given_grid);
  const int dims = x.dim() - 2;
  const Tensor places = contiguous_quietly(widened(grid));
  Constants k;
  visit_grid(places, dims, [&](auto tag, auto d) {
    using T = typename decltype(tag)::type;
    k = constants_of<T, d()>(s, places);
  });
  const Tensor wide_x = to_dtype(x, places.dtype()), wide_grid = to_dtype(grid, places.dtype());
  const Tensor roots[] = {composed(s, wide_x, wide_grid, k)};
  const Tensor grads[] = {
      to_dtype(reshape(grad, Dims{s.batch, s.channels, s.out_places}), places.dtype())};
  std::vector<Tensor> wanted;
  if (to.needed(0)) wanted.push_back(x);
  if (to.needed(1)) wanted.push_back(grid);
  const std::vector<Tensor> found = tg::grad(roots, grads, wanted, {true, true});
  size_t next = 0;
  for (size_t i = 0; i < 2; ++i) {
    if (!to.needed(i)) continue;
    const Tensor& like = wanted[next];
    Tensor g = found[next++];
    if (!g.defined()) g = zeros(like.sizes(), like.dtype());
    if (!requires_grad(g))  // constant between the kinks
      record(node_name(dims), g, inputs(grad, input, given_grid), saves(),
             [y = Dims(grad.sizes()), x = Dims(input.sizes()), at = Dims(given_grid.sizes()),
              dtype = like.dtype()](GradInputs& to, const Tensor&) {
               const Dims* sizes[] = {&y, &x, &at};
               for (size_t k = 0; k < 3; ++k)
                 if (to.needed(k)) to.set(k, zeros(*sizes[k], dtype));
             });
    to.set(i, g);
  }
}

void set_gradients(GradInputs& to, const GridShape& s, const Tensor& grad, const Tensor& x,
                   const Tensor& grid) {
  if (grad_mode.enabled) return set_graphed_gradients(to, s, grad, x, grid);
  const Tensor g = contiguous_quietly(widened(grad)), in = contiguous_quietly(widened(x)),
               places = contiguous_quietly(widened(grid));
  const Tensor in_grad = to.needed(0) ? zeros(x.sizes(), in.dtype()) : Tensor();
  const Tensor grid_grad = to.needed(1) ? zeros(grid.sizes(), in.dtype()) : Tensor();
  visit_grid(in, x.dim() - 2, [&](auto tag, auto d) {
    using T = typename decltype(tag)::type;
    grid_sample_gradient<T, d()>(s, in.data<T>(), places.data<T>(), g.data<T>(),
                                 in_grad.defined() ? in_grad.data<T>() : nullptr,
                                 grid_grad.defined() ? grid_grad.data<T>() : nullptr);
  });
  if (in_grad.defined()) to.set(0, cast_quietly(in_grad, x.dtype()));
  if (grid_grad.defined()) to.set(1, cast_quietly(grid_grad, x.dtype()));
}

}  // namespace

Tensor grid_sampler(const Tensor& input, const Tensor& grid, int64_t mode, int64_t padding,
                    bool align_corners) {
  auto sizes_text = [&] {
    return " but got input with sizes " + to_string(input.sizes()) + " and grid with sizes " +
           to_string(grid.sizes());
  };
  if (input.dim() == 0 || grid.dim() == 0 || input.size(0) != grid.size(0))
    runtime_error("grid_sampler(): expected grid and input to have same batch size,", sizes_text());
  if (grid.size(grid.dim() - 1) != input.dim() - 2)
    runtime_error("grid_sampler(): expected grid to have size ", input.dim() - 2,
                  " in last dimension, but got grid with sizes ", to_string(grid.sizes()));
  if ((input.dim() != 4 && input.dim() != 5) || grid.dim() != input.dim())
    runtime_error(
        "grid_sampler(): expected 4D or 5D input and grid with same number of dimensions,",
        sizes_text());
  for (int d = 2; d < input.dim(); ++d)
    if (input.size(d) == 0)
      runtime_error(
          "grid_sampler(): expected input to have non-empty spatial dimensions, but input has "
          "sizes ",
          to_string(input.sizes()), " with dimension ", d, " being empty");
  if (mode == 2 && input.dim() == 5)
    runtime_error("grid_sampler(): bicubic interpolation only supports 4D input");
  if (mode < 0 || mode > 2 || padding < 0 || padding > 2)
    runtime_error("grid_sampler(): unknown mode ", mode, " or padding ", padding);
  const int dims = input.dim() - 2;
  if (!is_floating(input.dtype()))
    fail(ErrorKind::NotImplemented, "\"grid_sampler_", dims,
         "d_cpu_kernel_impl\" not implemented for '", info(input.dtype()).scalar, "'");
  if (grid.dtype() != input.dtype())
    runtime_error("expected scalar type ", info(input.dtype()).scalar, " but found ",
                  info(grid.dtype()).scalar);
  GridShape s{};
  s.batch = input.size(0);
  s.channels = input.size(1);
  s.out_places = 1;
  s.mode = GridMode(mode);
  s.padding = GridPadding(padding);
  s.align_corners = align_corners;
  Dims sizes(input.sizes());
  for (int d = 0; d < dims; ++d) {
    s.in[d] = input.size(d + 2);
    sizes[d + 2] = grid.size(d + 1);
    s.out_places *= grid.size(d + 1);
  }
  const Tensor in = contiguous_quietly(widened(input)), places = contiguous_quietly(widened(grid));
  Tensor out = empty(sizes, in.dtype());
  visit_grid(in, dims, [&](auto tag, auto d) {
    using T = typename decltype(tag)::type;
    grid_sample<T, d()>(s, in.data<T>(), places.data<T>(), out.data<T>());
  });
  out = cast_quietly(out, input.dtype());
  record(dims == 2 ? "GridSampler2DBackward0" : "GridSampler3DBackward0", out, inputs(input, grid),
         saves(input, grid),
         [s](GradInputs& to, const Tensor& g, const Tensor& x, const Tensor& grid) {
           set_gradients(to, s, g, x, grid);
         });
  return out;
}

Tensor affine_grid_generator(const Tensor& theta, const Dims& size, bool align_corners) {
  const int dims = size.size() - 2;
  if (dims != 2 && dims != 3)
    runtime_error("AffineGridGenerator needs 4d (spatial) or 5d (volumetric) inputs.");
  if (theta.dim() != 3 || theta.size(1) != dims || theta.size(2) != dims + 1)
    runtime_error("Expected a batch of ", dims, "D affine matrices of shape Nx", dims, "x",
                  dims + 1, " for size ", to_string(size), ". Got ", to_string(theta.sizes()), ".");
  if (!is_floating(theta.dtype()))
    fail(ErrorKind::NotImplemented, "\"affine_grid_generator\" not implemented for '",
         info(theta.dtype()).scalar, "'");
  int64_t places = checked_numel(std::span<const int64_t>(size).subspan(2));
  // The places of the output in coordinates from -1 to 1, x first, then a 1.
  Tensor base = empty(Dims{places, dims + 1}, DType::Float64);
  double* to = base.data<double>();
  for (int64_t i = 0; i < places; ++i) {
    int64_t rest = i;
    for (int d = dims - 1; d >= 0; --d) {
      const int64_t n = size[d + 2], at = rest % n;
      rest /= n;
      double x = n <= 1 ? 0.0 : 2.0 * double(at) / double(n - 1) - 1.0;
      if (!align_corners && n > 0) x *= double(n - 1) / double(n);
      to[i * (dims + 1) + (dims - 1 - d)] = x;
    }
    to[i * (dims + 1) + dims] = 1;
  }
  base = cast_quietly(base, theta.dtype());
  Dims sizes(size);
  sizes.erase(1);
  sizes.push_back(dims);
  auto map_places = [&] {
    GradModeGuard off(false);
    return reshape(
        bmm(expand(unsqueeze(base, 0), Dims{size[0], places, dims + 1}), transpose(theta, 1, 2)),
        sizes);
  };
  Tensor out = map_places();
  record("AffineGridGeneratorBackward0", out, inputs(theta), saves(base),
         [places, dims](const Tensor& g, const Tensor& base) {
           const Tensor flat = reshape(g, Dims{g.size(0), places, dims});
           return bmm(transpose(flat, 1, 2),
                      expand(unsqueeze(base, 0), Dims{g.size(0), places, dims + 1}));
         });
  return out;
}

}  // namespace tg
