#include "ops/resampling.h"

#include <cmath>
#include <vector>

#include "kernels/resample.h"
#include "ops/copy.h"
#include "ops/factory.h"
#include "ops/linear_map.h"
#include "ops/reduction.h"
#include "ops/shape.h"

namespace tg {
namespace {

struct Split {
  int64_t outer = 1, inner = 1;
};
Split split_at(const Tensor& t, int dim) {
  Split s;
  for (int d = 0; d < t.dim(); ++d)
    if (d < dim)
      s.outer *= t.size(d);
    else if (d > dim)
      s.inner *= t.size(d);
  return s;
}
Tensor empty_resized(const Tensor& t, int dim, int64_t size, bool zero) {
  Dims sizes(t.sizes());
  sizes[dim] = size;
  return zero ? zeros(sizes, t.dtype()) : empty(sizes, t.dtype());
}

// --- places: one map of indices for each of the last dimensions
enum class Rule : uint8_t { Reflect, Replicate, Circular, Nearest, NearestExact };

int64_t source_place(Rule rule, int64_t i, int64_t n, int64_t before, int64_t after, double scale) {
  switch (rule) {
    case Rule::Nearest:
      return std::min(static_cast<int64_t>(std::floor(float(i) * float(scale))), n - 1);
    case Rule::NearestExact:
      return std::min(static_cast<int64_t>(std::floor((float(i) + 0.5f) * float(scale))), n - 1);
    case Rule::Replicate:
      return std::clamp<int64_t>(i - before, 0, n - 1);
    case Rule::Circular: {
      // What a negative padding cuts off does not come back at the other end.
      const int64_t cut = std::max<int64_t>(-before, 0),
                    left = n - cut - std::max<int64_t>(-after, 0);
      return cut + ((i - std::max<int64_t>(before, 0)) % left + left) % left;
    }
    default: {
      int64_t at = i - before;
      if (at < 0) at = -at;
      if (at >= n) at = 2 * (n - 1) - at;
      return at;
    }
  }
}

struct Relocation {
  const char *name, *transposed_name;
  Rule rule;
  int dims;  // the last ones
  int64_t in[3], out[3], before[3], after[3];
  double scale[3];

  template <class F>
  void for_each_map(bool forwards, const F& f) const {
    for (int i = 0; i < dims; ++i) {
      const int d = forwards ? dims - 1 - i : i;
      bool same = in[d] == out[d];
      std::vector<int64_t> places(size_t(out[d]), 0);
      for (int64_t o = 0; o < out[d]; ++o) {
        places[size_t(o)] = source_place(rule, o, in[d], before[d], after[d], scale[d]);
        same &= places[size_t(o)] == o;
      }
      if (!same) f(d, places.data());
    }
  }
  Tensor forward(const Tensor& x) const {
    Tensor now = contiguous_quietly(widened(x));
    for_each_map(true, [&](int d, const int64_t* places) {
      const int dim = now.dim() - dims + d;
      const Split s = split_at(now, dim);
      Tensor next = empty_resized(now, dim, out[d], false);
      visit_widened(now.dtype(), [&](auto tag) {
        using T = typename decltype(tag)::type;
        take_mapped<T>({s.outer, in[d], out[d], s.inner, places}, now.data<T>(), next.data<T>());
      });
      now = next;
    });
    now = cast_quietly(now, x.dtype());
    return now.impl() == x.impl() || now->storage == x->storage ? clone(now) : now;
  }
  Tensor transpose(const Tensor& y) const {
    Tensor now = contiguous_quietly(widened(y));
    for_each_map(false, [&](int d, const int64_t* places) {
      const int dim = now.dim() - dims + d;
      const Split s = split_at(now, dim);
      Tensor next = empty_resized(now, dim, in[d], true);
      visit_widened(now.dtype(), [&](auto tag) {
        using T = typename decltype(tag)::type;
        add_mapped<T>({s.outer, in[d], out[d], s.inner, places}, now.data<T>(), next.data<T>());
      });
      now = next;
    });
    return cast_quietly(now, y.dtype());
  }
};

// --- taps
enum class Filter : uint8_t { Linear, Cubic, LinearSmooth, CubicSmooth };

template <class T>
T cubic(T x, T a) {  // Keys 1981
  x = std::fabs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
template <class T>
T triangle(T x) {
  x = std::fabs(x);
  return x < 1 ? 1 - x : T(0);
}

template <class T>
struct Taps {
  int64_t count = 0;
  std::vector<int64_t> place;
  std::vector<T> weight;
  void add(int64_t at, T value) {
    place.push_back(at);
    weight.push_back(value);
  }
};

template <class T>
Taps<T> taps_of(Filter filter, int64_t n, int64_t m, bool align_corners, double given_scale) {
  Taps<T> taps;
  T scale;
  if (align_corners)
    scale = m > 1 ? static_cast<T>(n - 1) / static_cast<T>(m - 1) : T(0);
  else
    scale =
        given_scale > 0 ? static_cast<T>(1.0 / given_scale) : static_cast<T>(n) / static_cast<T>(m);
  if (filter == Filter::LinearSmooth || filter == Filter::CubicSmooth) {
    // Antialiasing: the filter is stretched to the distance of the outputs.
    const bool is_cubic = filter == Filter::CubicSmooth;
    const T half = is_cubic ? T(2) : T(1), support = scale >= 1 ? half * scale : half,
            inverse = scale >= 1 ? 1 / scale : T(1);
    taps.count = static_cast<int64_t>(std::ceil(support)) * 2 + 1;
    for (int64_t o = 0; o < m; ++o) {
      const T center = scale * (static_cast<T>(o) + T(0.5));
      const int64_t first = std::max<int64_t>(static_cast<int64_t>(center - support + T(0.5)), 0);
      const int64_t count = std::clamp<int64_t>(
          std::min<int64_t>(static_cast<int64_t>(center + support + T(0.5)), n) - first, 0,
          taps.count);
      std::vector<T> weights;
      T total = 0;
      for (int64_t i = 0; i < count; ++i) {
        const T x = (static_cast<T>(i + first) - center + T(0.5)) * inverse;
        weights.push_back(is_cubic ? cubic(x, T(-0.5)) : triangle(x));
        total += weights.back();
      }
      for (int64_t i = 0; i < taps.count; ++i)
        taps.add(std::min(first + i, n - 1),
                 i < count && total != 0 ? weights[size_t(i)] / total : T(0));
    }
    return taps;
  }
  taps.count = filter == Filter::Linear ? 2 : 4;
  for (int64_t o = 0; o < m; ++o) {
    T at =
        align_corners ? scale * static_cast<T>(o) : scale * (static_cast<T>(o) + T(0.5)) - T(0.5);
    if (filter == Filter::Linear) {
      if (at < 0) at = 0;
      const int64_t first = std::min<int64_t>(static_cast<int64_t>(at), n - 1);
      const T rest = std::min(std::max(at - static_cast<T>(first), T(0)), T(1));
      taps.add(first, 1 - rest);
      taps.add(std::min(first + 1, n - 1), rest);
      continue;
    }
    const int64_t first = std::clamp<int64_t>(static_cast<int64_t>(std::floor(at)), -1, n - 1);
    const T rest = std::min(std::max(at - static_cast<T>(first), T(0)), T(1));
    for (int64_t i = -1; i <= 2; ++i)
      taps.add(std::clamp<int64_t>(first + i, 0, n - 1), cubic(rest - static_cast<T>(i), T(-0.75)));
  }
  return taps;
}

struct Interpolation {
  const char *name, *transposed_name;
  Filter filter;
  bool align_corners;
  int dims;
  int64_t in[3], out[3];
  double scale[3];  // given by the user, or 0

  template <class T, class F>
  void for_each_map(bool forwards, const F& f) const {
    for (int i = 0; i < dims; ++i) {
      const int d = forwards ? dims - 1 - i : i;
      // PyTorch's linear interpolation copies where the size stays, whatever the scale.
      if (in[d] == out[d] &&
          (align_corners || scale[d] == 0 || scale[d] == 1 || filter == Filter::Linear))
        continue;
      f(d, taps_of<T>(filter, in[d], out[d], align_corners, scale[d]));
    }
  }
  // 8-bit images are computed in float and rounded.
  Tensor working(const Tensor& x) const {
    return contiguous_quietly(
        cast_quietly(x, x.dtype() == DType::Float64 ? DType::Float64 : DType::Float32));
  }
  template <class T>
  Tensor forward_as(Tensor now) const {
    for_each_map<T>(true, [&](int d, const Taps<T>& taps) {
      const int dim = now.dim() - dims + d;
      const Split s = split_at(now, dim);
      Tensor next = empty_resized(now, dim, out[d], false);
      sum_taps<T>(
          {s.outer, in[d], out[d], s.inner, taps.count, taps.place.data(), taps.weight.data()},
          now.data<T>(), next.data<T>());
      now = next;
    });
    return now;
  }
  Tensor forward(const Tensor& x) const {
    const Tensor in = working(x);
    Tensor now = in.dtype() == DType::Float64 ? forward_as<double>(in) : forward_as<float>(in);
    if (x.dtype() == DType::UInt8) {
      if (now->storage == in->storage) return clone(x);
      float* p = now.data<float>();
      for (int64_t i = 0; i < now.numel(); ++i)
        p[i] = std::clamp(std::floor(p[i] + 0.5f), 0.0f, 255.0f);
    }
    now = cast_quietly(now, x.dtype());
    return now->storage == x->storage ? clone(now) : now;
  }
  template <class T>
  Tensor transpose_as(Tensor now) const {
    for_each_map<T>(false, [&](int d, const Taps<T>& taps) {
      const int dim = now.dim() - dims + d;
      const Split s = split_at(now, dim);
      Tensor next = empty_resized(now, dim, in[d], true);
      spread_taps<T>(
          {s.outer, in[d], out[d], s.inner, taps.count, taps.place.data(), taps.weight.data()},
          now.data<T>(), next.data<T>());
      now = next;
    });
    return now;
  }
  Tensor transpose(const Tensor& y) const {
    const Tensor from = working(y);
    return cast_quietly(
        from.dtype() == DType::Float64 ? transpose_as<double>(from) : transpose_as<float>(from),
        y.dtype());
  }
};

}  // namespace

// --- padding
Tensor constant_pad_nd(const Tensor& input, const Dims& pad, const Scalar& value) {
  if (pad.size() % 2 != 0)
    runtime_error("Length of pad must be even but instead it equals ", pad.size());
  const int padded = pad.size() / 2, first = input.dim() - padded;
  if (first < 0)
    runtime_error(
        "Length of pad should be no more than twice the number of dimensions of the input. Pad "
        "length is ",
        pad.size(), "while the input has ", input.dim(), "dimensions.");
  Dims sizes(input.sizes()), in_sizes(input.sizes());
  Dims into(input.dim(), 0), from(input.dim(), 0);
  for (int i = 0; i < padded; ++i) {
    const int d = input.dim() - 1 - i;
    const int64_t before = pad[2 * i], after = pad[2 * i + 1];
    if (__builtin_add_overflow(sizes[d], before, &sizes[d]) ||
        __builtin_add_overflow(sizes[d], after, &sizes[d]))
      runtime_error("pad: the sizes overflow");
    if (sizes[d] < 0 || (in_sizes[d] + std::min<int64_t>(before, 0) < 0) ||
        in_sizes[d] + std::min<int64_t>(after, 0) < 0)
      runtime_error("narrow(): length must be non-negative.");
    from[d] = std::max<int64_t>(-before, 0);
    into[d] = std::max<int64_t>(before, 0);
    in_sizes[d] = std::max<int64_t>(in_sizes[d] - from[d] - std::max<int64_t>(-after, 0), 0);
  }
  Tensor out = empty(sizes, input.dtype());
  const bool covered = Dims(sizes) == in_sizes;
  if (!covered) fill_checked(out, value);
  if (checked_numel(in_sizes) > 0) {
    int64_t out_offset = 0, in_offset = input.storage_offset();
    for (int d = 0; d < input.dim(); ++d) {
      out_offset += into[d] * out.stride(d);
      in_offset += from[d] * input.stride(d);
    }
    copy_values(plain_view(out, in_sizes, out.strides(), out_offset),
                plain_view(input, in_sizes, input.strides(), in_offset));
  }
  record("ConstantPadNdBackward0", out, inputs(input), saves(), [pad](const Tensor& g) {
    Dims back = pad;
    for (int64_t& p : back) p = -p;
    return constant_pad_nd(g, back, Scalar(0));
  });
  return out;
}

Tensor pad(const Tensor& input, const Dims& pad, const std::string& mode,
           const std::optional<Scalar>& value) {
  if (pad.size() % 2 != 0) runtime_error("Padding length must be divisible by 2");
  const int dims = pad.size() / 2;
  if (dims > input.dim())
    runtime_error(
        "Padding length should be less than or equal to two times the input dimension but got "
        "padding length ",
        pad.size(), " and input of dimension ", input.dim());
  if (mode == "constant") return constant_pad_nd(input, pad, value.value_or(Scalar(0.0)));
  if (value && value->to<double>() != 0)
    runtime_error("Padding mode \"", mode, "\" doesn't take in value argument");
  const bool reflect = mode == "reflect", replicate = mode == "replicate",
             circular = mode == "circular";
  if (dims < 1 || dims > 3 || (input.dim() != dims + 1 && input.dim() != dims + 2))
    fail(ErrorKind::NotImplemented, "Padding size ", pad.size(), " is not supported for ",
         input.dim(),
         "D input tensor.\nSupported combinations for non-constant padding:\n  - 2D or 3D input: "
         "padding size = 2 (pads last dimension)\n  - 3D or 4D input: padding size = 4 (pads last "
         "2 dimensions)\n  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)");
  if (!reflect && !replicate && !circular)
    fail(ErrorKind::NotImplemented, "Unrecognised padding mode ", mode);
  static constexpr const char* kNames[2][3] = {
      {"ReflectionPad1DBackward0", "ReflectionPad2DBackward0", "ReflectionPad3DBackward0"},
      {"ReplicationPad1DBackward0", "ReplicationPad2DBackward0", "ReplicationPad3DBackward0"}};
  static constexpr const char* kBackNames[2][3] = {
      {"ReflectionPad1DBackwardBackward0", "ReflectionPad2DBackwardBackward0",
       "ReflectionPad3DBackwardBackward0"},
      {"ReplicationPad1DBackwardBackward0", "ReplicationPad2DBackwardBackward0",
       "ReplicationPad3DBackwardBackward0"}};
  Relocation map{};
  map.name = circular ? "CopySlices" : kNames[replicate][dims - 1];
  map.transposed_name = circular ? "CopySlicesBackward0" : kBackNames[replicate][dims - 1];
  map.rule = reflect ? Rule::Reflect : replicate ? Rule::Replicate : Rule::Circular;
  map.dims = dims;
  for (int d = input.dim() - dims - (circular ? 0 : 1); d < input.dim(); ++d)
    if (input.size(d) == 0 && !circular)
      runtime_error("Expected ", dims + 1, "D or ", dims + 2,
                    "D (batch mode) tensor with possibly 0 batch size and other non-zero "
                    "dimensions for input, but got: ",
                    to_string(input.sizes()));
  for (int d = 0; d < dims; ++d) {
    const int dim = input.dim() - dims + d;
    const int64_t before = pad[2 * (dims - 1 - d)], after = pad[2 * (dims - 1 - d) + 1];
    map.in[d] = input.size(dim);
    map.before[d] = before;
    map.after[d] = after;
    if (reflect && (before >= map.in[d] || after >= map.in[d]))
      runtime_error("Argument #", dims == 1 ? 4 : 4 + 2 * (dims - 1 - d),
                    ": Padding size should be less than the corresponding input dimension, but "
                    "got: padding (",
                    before, ", ", after, ") at dimension ", dim, " of input ",
                    to_string(input.sizes()));
    if (circular && (before > map.in[d] || after > map.in[d]))
      runtime_error("Padding value causes wrapping around more than once.");
    if (__builtin_add_overflow(map.in[d], before, &map.out[d]) ||
        __builtin_add_overflow(map.out[d], after, &map.out[d]))
      runtime_error("pad: the sizes overflow");
    const int64_t left = map.in[d] + std::min<int64_t>(before, 0) + std::min<int64_t>(after, 0);
    if (circular && (map.out[d] < 0 || left < 0 || (left == 0 && map.out[d] > 0)))
      runtime_error("Negative padding value is resulting in an empty dimension");
    static constexpr const char* kLetters[] = {"D", "H", "W"};
    const char* letter = kLetters[3 - dims + d];
    if (map.out[d] < 1 && !circular)
      runtime_error("input (", letter, ": ", map.in[d], ") is too small. Calculated output ",
                    letter, ": ", map.out[d]);
  }
  if (input.dtype() == DType::Bool && !circular)
    fail(ErrorKind::NotImplemented, "\"", reflect ? "reflection" : "replication", "_pad", dims,
         "d\" not implemented for 'Bool'");
  return applied(map, input);
}

// --- interpolation
Tensor upsample(const Tensor& input, const Dims& output_size, const std::string& mode,
                bool align_corners, bool antialias, std::optional<double> scale_depth,
                std::optional<double> scale_height, std::optional<double> scale_width) {
  const int dims = output_size.size();
  if (dims < 1 || dims > 3 || input.dim() != dims + 2)
    runtime_error("It is expected input_size equals to ", dims + 2, ", but got size ", input.dim());
  const bool nearest = mode == "nearest" || mode == "nearest-exact",
             exact = mode == "nearest-exact";
  static constexpr const char* kLetters[] = {"D", "H", "W"};
  bool positive = true;
  std::string in_text, out_text;
  for (int d = 0; d < dims; ++d) {
    positive &= input.size(d + 2) > 0 && output_size[d] > 0;
    const std::string comma = d ? ", " : "", letter = kLetters[3 - dims + d];
    in_text += comma + letter + ": " + std::to_string(input.size(d + 2));
    out_text += comma + letter + ": " + std::to_string(output_size[d]);
  }
  if (!positive)
    runtime_error("Input and output sizes should be greater than 0, but got input (", in_text,
                  ") output (", out_text, ")");
  if (input.size(1) == 0)
    runtime_error("Non-empty ", dims + 2, "D data tensor expected but got a tensor with sizes ",
                  to_string(input.sizes()));
  if (!is_floating(input.dtype()) && input.dtype() != DType::UInt8) {
    static constexpr const char* kNearest[] = {"compute_indices_weights_nearest",
                                               "upsample_nearest2d_channels_last",
                                               "upsample_nearest3d_channels_last"};
    static constexpr const char* kLinear[] = {"compute_indices_weights_linear",
                                              "upsample_bilinear2d_channels_last",
                                              "upsample_linear3d_channels_last"};
    fail(ErrorKind::NotImplemented, "\"",
         nearest           ? kNearest[dims - 1]
         : mode == "cubic" ? "compute_indices_weights_cubic"
                           : kLinear[dims - 1],
         "\" not implemented for '", info(input.dtype()).scalar, "'");
  }
  const std::optional<double> scales[] = {scale_depth, scale_height, scale_width};
  auto scale_at = [&](int d) {
    const std::optional<double>& s = scales[3 - dims + d];
    return s && *s > 0 ? *s : 0.0;
  };
  if (nearest) {
    static constexpr const char* kNames[2][3] = {
        {"UpsampleNearest1DBackward0", "UpsampleNearest2DBackward0", "UpsampleNearest3DBackward0"},
        {"UpsampleNearestExact1DBackward0", "UpsampleNearestExact2DBackward0",
         "UpsampleNearestExact3DBackward0"}};
    Relocation map{};
    map.name = kNames[exact][dims - 1];
    map.transposed_name =
        exact ? "UpsampleNearestExact2DBackwardBackward0" : "UpsampleNearest2DBackwardBackward0";
    map.rule = exact ? Rule::NearestExact : Rule::Nearest;
    map.dims = dims;
    for (int d = 0; d < dims; ++d) {
      map.in[d] = input.size(d + 2);
      map.out[d] = output_size[d];
      const double scale = scale_at(d);
      map.scale[d] = double(scale > 0 ? static_cast<float>(1.0 / scale)
                                      : static_cast<float>(map.in[d]) / float(map.out[d]));
      // PyTorch copies where the size stays, whatever the scale.
      if (map.in[d] == map.out[d] && scale == 0) map.scale[d] = 1;
    }
    return applied(map, input);
  }
  const bool is_cubic = mode == "cubic";
  Interpolation map{};
  map.name = is_cubic ? (antialias ? "UpsampleBicubic2DAaBackward0" : "UpsampleBicubic2DBackward0")
             : antialias ? "UpsampleBilinear2DAaBackward0"
             : dims == 1 ? "UpsampleLinear1DBackward0"
             : dims == 2 ? "UpsampleBilinear2DBackward0"
                         : "UpsampleTrilinear3DBackward0";
  map.transposed_name = is_cubic    ? "UpsampleBicubic2DBackwardBackward0"
                        : dims == 1 ? "UpsampleLinear1DBackwardBackward0"
                        : dims == 2 ? "UpsampleBilinear2DBackwardBackward0"
                                    : "UpsampleTrilinear3DBackwardBackward0";
  map.filter = antialias  ? (is_cubic ? Filter::CubicSmooth : Filter::LinearSmooth)
               : is_cubic ? Filter::Cubic
                          : Filter::Linear;
  map.align_corners = align_corners;
  map.dims = dims;
  for (int d = 0; d < dims; ++d) {
    map.in[d] = input.size(d + 2);
    map.out[d] = output_size[d];
    map.scale[d] = scale_at(d);
  }
  return applied(map, input);
}

}  // namespace tg
