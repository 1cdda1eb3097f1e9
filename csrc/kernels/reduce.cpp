#include "kernels/reduce.h"

#include <cstring>

#include "kernels/cast.h"
#include "kernels/cast_kernels.h"
#include "kernels/parallel.h"

namespace tg {

ReducePlan plan_reduction(std::span<const int64_t> sizes, std::span<const int64_t> strides,
                          int64_t itemsize, uint64_t mask) {
  ReducePlan plan;
  for (size_t d = 0; d < sizes.size(); ++d) {
    const bool gone = mask >> d & 1;
    const int64_t size = sizes[d], stride = strides[d] * itemsize;
    (gone ? plan.count : plan.outputs) *= size;
    if (size == 1) continue;
    Axes& axes = gone ? plan.reduced : plan.kept;
    int at = axes.n++;
    if (gone) {
      for (; at > 0 && axes.stride[at - 1] < stride; --at) {
        axes.size[at] = axes.size[at - 1];
        axes.stride[at] = axes.stride[at - 1];
      }
    }
    axes.size[at] = size;
    axes.stride[at] = stride;
  }
  for (Axes* axes : {&plan.kept, &plan.reduced}) {
    int m = 0;
    for (int d = 1; d < axes->n; ++d) {
      if (axes->stride[m] == axes->stride[d] * axes->size[d]) {
        axes->size[m] *= axes->size[d];
      } else {
        axes->size[++m] = axes->size[d];
      }
      axes->stride[m] = axes->stride[d];
    }
    axes->n = axes->n ? m + 1 : 0;
  }
  return plan;
}

namespace reduction {
namespace {

// Brings elements to the type that loops of `in` bytes run on.
CastRow loader(DType dtype, int64_t in) {
  return in == 1 ? cast_row(DType::UInt8, DType::UInt8) : cast_row(loop_dtype(dtype), dtype);
}

constexpr int64_t kShort = 2;  // bytes
const ShortSums* short_sums_for(const Loops& loops, DType dtype) {
  return loops.adds_floats ? short_sums(dtype) : nullptr;
}

// Where row `index` of all axes but the last begins.
int64_t outer_offset(const Axes& axes, int64_t index) {
  int64_t offset = 0;
  for (int d = axes.n - 2; d >= 0; --d) {
    offset += index % axes.size[d] * axes.stride[d];
    index /= axes.size[d];
  }
  return offset;
}
int64_t outer_count(const Axes& axes) {
  int64_t n = 1;
  for (int d = 0; d + 1 < axes.n; ++d) n *= axes.size[d];
  return n;
}
int64_t inner_size(const Axes& axes) { return axes.n ? axes.size[axes.n - 1] : 1; }
int64_t inner_stride(const Axes& axes) { return axes.n ? axes.stride[axes.n - 1] : 0; }

// The running values of `width` outputs, at most kTile; of one, or side by side. Each level of the
// recursion halves, so that it is not deep. Inlined into itself it would be ten times the code.
struct Reducer {
  const Loops& loops;
  const void* op;
  CastRow load;  // null: the elements of a leaf are as the op wants them
  int64_t stride, across;
  bool tiled;
  int width = 1;
  const void* params = nullptr;       // of these outputs
  const ShortSums* shorts = nullptr;  // where they serve

  void leaf(char* acc, const char* p, int64_t n) const {
    if (tiled) return tile(acc, p, n);
    if (shorts && stride == kShort) return shorts->row(p, n, reinterpret_cast<float*>(acc));
    alignas(8) char buffer[kLeaf * 8];
    if (load) {
      load(buffer, loops.in, p, stride, n);
      p = buffer;
    }
    loops.row(op, p, n, params, acc);
  }

  [[gnu::noinline]] void tile(char* acc, const char* p, int64_t n) const {
    alignas(64) char values[kLanes * kTile * 8], buffer[kLanes * kTile * 8];
    const int lanes = n <= kLanes ? 1 : kLanes;
    if (shorts && across == kShort) {
      shorts->tile(p, stride, n, lanes, width, reinterpret_cast<float*>(values), kTile);
    } else if (!load) {
      loops.tile(op, {p, stride, across, 0, n, lanes, width}, params, values);
    } else {
      const int64_t row = width * loops.in;
      for (int64_t begin = 0; begin < n; begin += kLanes) {
        const int64_t end = std::min<int64_t>(n, begin + kLanes);
        for (int64_t i = begin; i < end; ++i)
          load(buffer + (i - begin) * row, loops.in, p + i * stride, across, width);
        loops.tile(op, {buffer, row, loops.in, begin, end, lanes, width}, params, values);
      }
    }
    const int64_t lane = kTile * loops.acc;
    for (int half = lanes / 2; half; half /= 2)
      for (int l = 0; l < half; ++l)
        loops.join(op, values + l * lane, values + (l + half) * lane, width);
    std::memcpy(acc, values, size_t(width * loops.acc));
  }

  // n items joined in pairs, in parts of `unit` of them, a power of two: each is a whole branch of
  // the recursion below, and threads share them. part(acc, begin, count)
  static constexpr int64_t kParts = 64;
  template <class Part>
  void share(char* acc, int64_t n, int64_t unit, const Part& part) const {
    alignas(64) char parts[kParts][kTile * 8];
    const int64_t count = (n + unit - 1) / unit;
    sweep(count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i)
        part(parts[i], i * unit, std::min<int64_t>(unit, n - i * unit));
    });
    for (int64_t step = 1; step < count; step *= 2)
      for (int64_t i = 0; i + step < count; i += 2 * step)
        loops.join(op, parts[i], parts[i + step], width);
    std::memcpy(acc, parts[0], size_t(width * loops.acc));
  }
  // How many items of so many elements each are worth a thread.
  int64_t unit_of(int64_t elements) const {
    int64_t unit = 1;
    while (unit * elements * width < kCheapGrain) unit *= 2;
    return unit;
  }
  static bool can_share(int64_t n, int64_t unit) { return n >= 2 * unit && n <= kParts * unit; }

  // n elements of each output
  [[gnu::noinline]] void line(char* acc, const char* p, int64_t n) const {
    if (loops.line && !load && !tiled) return loops.line(op, p, n, params, acc);
    if (n <= kLeaf) return leaf(acc, p, n);
    const int64_t leaves = (n + kLeaf - 1) / kLeaf;
    if (const int64_t unit = unit_of(kLeaf); can_share(leaves, unit))
      return share(acc, leaves, unit, [&](char* to, int64_t begin, int64_t count) {
        begin *= kLeaf;
        line(to, p + begin * stride, std::min<int64_t>(count * kLeaf, n - begin));
      });
    const int64_t half = first_half(leaves) * kLeaf;
    alignas(64) char right[kTile * 8];
    line(acc, p, half);
    line(right, p + half * stride, n - half);
    loops.join(op, acc, right, width);
  }

  // Over the outer reduced axes as well: lines [begin, begin + n) of their product.
  [[gnu::noinline]] void lines(char* acc, const char* p, const Axes& axes, int64_t begin,
                               int64_t n) const {
    const int64_t inner = inner_size(axes);
    if (n == 1) return line(acc, p + outer_offset(axes, begin), inner);
    if (const int64_t unit = unit_of(inner); can_share(n, unit))
      return share(acc, n, unit, [&](char* to, int64_t first, int64_t count) {
        lines(to, p, axes, begin + first, count);
      });
    const int64_t half = first_half(n);
    alignas(64) char right[kTile * 8];
    lines(acc, p, axes, begin, half);
    lines(right, p, axes, begin + half, n - half);
    loops.join(op, acc, right, width);
  }
};

}  // namespace

void reduce_dense(const Loops& loops, const void* op, const char* p, int64_t n, const void* param,
                  void* acc) {
  Reducer{loops, op, nullptr, loops.in, 0, false, 1, param}.line(static_cast<char*>(acc), p, n);
}

}  // namespace reduction

void reduce_all(const char* in, DType dtype, int64_t n, const reduction::Loops& loops,
                const void* op, const void* params, char* out) {
  using namespace reduction;
  const LongWork work(n);
  alignas(8) char acc[8];
  const int64_t item = itemsize(dtype);
  if (item == loops.in && loops.line)
    loops.line(op, in, n, params, acc);
  else if (item == loops.in && n <= kLeaf)
    loops.row(op, in, n, params, acc);
  else
    Reducer{loops, op,     item == loops.in ? nullptr : loader(dtype, loops.in),
            item,  0,      false,
            1,     params, short_sums_for(loops, dtype)}
        .line(acc, in, n);
  loops.finish(op, acc, params, 1, out);
}

void reduce(const ReducePlan& plan, const char* in, DType dtype, const reduction::Loops& loops,
            const void* op, const void* params, char* out) {
  using namespace reduction;
  const auto params_of = [&](int64_t o) {
    return params ? static_cast<const char*>(params) + o * loops.acc : nullptr;
  };
  if (plan.count == 0) return loops.finish(op, nullptr, params, plan.outputs, out);
  if (plan.outputs == 0) return;
  const LongWork work(plan.outputs * plan.count);
  const int64_t width = inner_size(plan.kept), across = inner_stride(plan.kept);
  const int64_t n = inner_size(plan.reduced), stride = inner_stride(plan.reduced);
  const int64_t rows = outer_count(plan.reduced), groups = plan.outputs / width;
  const bool own = itemsize(dtype) == loops.in;
  const bool by_line = loops.line && own && stride == loops.in && rows == 1;
  const bool tiled = !by_line && width > 1 && (across < stride || n < kLanes);
  const bool ready = own && (tiled || stride == loops.in);
  const bool columns =
      loops.columns && ready && tiled && rows == 1 && across == loops.in && stride > 0;
  // Units of outputs, which threads share: tiles of columns or, of long rows, single ones. Of dense
  // columns the last tile of a group takes the rest, since a few have an order of their own.
  const int64_t tile =
      tiled ? kTile
            : std::clamp<int64_t>(kCheapGrain / plan.count, 1, std::min<int64_t>(kTile, width));
  const int64_t tiles = columns ? std::max<int64_t>(width / tile, 1) : (width + tile - 1) / tile;
  const int64_t units = groups * tiles, work_of_unit = plan.count * std::min(tile, width);
  const auto run = [&](int64_t begin, int64_t end) {
    Reducer reducer{loops, op, ready ? nullptr : loader(dtype, loops.in), stride, across, tiled};
    reducer.shorts = short_sums_for(loops, dtype);
    alignas(64) char acc[kTile * 8];
    for (int64_t unit = begin; unit < end;) {
      const int64_t group = unit / tiles, first = unit % tiles;
      const int64_t last = columns ? std::min(tiles, first + end - unit) : first + 1;
      unit += last - first;
      const char* base = in + outer_offset(plan.kept, group);
      const int64_t w = first * tile, o = group * width + w;
      const int64_t tile_width = (last == tiles ? width : last * tile) - w;
      if (columns) {
        char* results = out + o * loops.out;
        loops.columns(op, base + w * across, n, stride / loops.in, tile_width, results);
        loops.finish(op, results, params_of(o), tile_width, results);
        continue;
      }
      if (by_line) {
        for (int64_t i = 0; i < tile_width; ++i)
          loops.line(op, base + (w + i) * across, n, params_of(o + i), acc + i * loops.acc);
      } else if (tiled) {
        reducer.width = int(tile_width);
        reducer.params = params_of(o);
        reducer.lines(acc, base + w * across, plan.reduced, 0, rows);
      } else {
        for (int64_t i = 0; i < tile_width; ++i) {
          reducer.params = params_of(o + i);
          reducer.lines(acc + i * loops.acc, base + (w + i) * across, plan.reduced, 0, rows);
        }
      }
      loops.finish(op, acc, params_of(o), tile_width, out + o * loops.out);
    }
  };
  // A few long ones are shared themselves.
  constexpr int64_t kFew = 8, kLong = 8 * kCheapGrain;
  if (!columns && units < kFew && work_of_unit >= kLong) return run(0, units);
  const int64_t grain = std::max<int64_t>(kCheapGrain / work_of_unit, 1);
  if (columns)  // as many side by side as there are
    parallel_for(units, grain, run);
  else
    sweep(units, grain, run);
}

}  // namespace tg
