#include "ops/random.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/record.h"
#include "ops/checked_scalar.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/factory.h"

namespace tg {
namespace {

Tensor no_gradient(const Tensor& g) { return zeros(g.sizes(), g.dtype()); }

// Views with the dims from the largest stride of `self` to its smallest: rows of that are the order
// of its memory.
struct MemoryOrder {
  explicit MemoryOrder(const Tensor& self) {
    for (int i = 0; i < self.dim(); ++i) {
      int at = i;  // insertion, which keeps the order of equal strides
      for (; at > 0 && self.stride(dims[at - 1]) < self.stride(i); --at) dims[at] = dims[at - 1];
      dims[at] = i;
    }
  }
  Tensor of(const Tensor& t) const {
    Dims sizes(t.dim()), strides(t.dim());
    for (int i = 0; i < t.dim(); ++i) {
      sizes[i] = t.size(dims[i]);
      strides[i] = t.stride(dims[i]);
    }
    return make_view(t, sizes, strides, t.storage_offset());
  }
  int dims[kMaxDims];
};

// A function of the tensor to fill, without a copy of it.
class Fill {
 public:
  template <class F>
  Fill(const F& f)
      : f_(&f), call_([](const void* f, const Tensor& t) { (*static_cast<const F*>(f))(t); }) {}
  void operator()(const Tensor& t) const { call_(f_, t); }

 private:
  const void* f_;
  void (*call_)(const void* f, const Tensor& t);
};

// Calls fill() with contiguous memory of dtype `drawn` that takes the place of self's elements,
// ordered as self's memory is.
void fill_in_memory_order(const Tensor& self, DType drawn, Fill fill) {
  const bool same = self.dtype() == drawn, plain = self.is_contiguous();
  if (same && plain) return fill(self);
  const Tensor ordered = plain ? self : MemoryOrder(self).of(self);
  if (same && ordered.is_contiguous()) return fill(ordered);
  const Tensor staged = empty(ordered.sizes(), drawn);
  fill(staged);
  copy_values(ordered, staged);
}

Tensor fill_in_place(const Tensor& self, const char* node, DType drawn, Fill fill) {
  check_inplace(self);
  if (!grad_mode.enabled || !requires_grad(self)) {
    fill_in_memory_order(self, drawn, fill);
    bump_version(self);
    return self;
  }
  const Tensor before = stand_in(self, false);
  Tensor filled = detached_alias(self, false);
  record(node, filled, inputs(before), saves(), no_gradient);
  fill_in_memory_order(self, drawn, fill);
  rebase_history(self, filled);
  return self;
}

// What a tensor of a floating dtype is drawn in.
DType drawn_in(DType dtype) { return dtype == DType::Float64 ? dtype : DType::Float32; }

template <class F>
void visit_drawn(const Tensor& t, const F& f) {
  if (t.dtype() == DType::Float32)
    f(t.data<float>());
  else
    f(t.data<double>());
}

const char* c_name(DType dtype) {
  constexpr const char* names[] = {"bool", "unsigned char", "signed char",   "short", "int",
                                   "long", "c10::Half",     "c10::BFloat16", "float", "double"};
  return names[int(dtype)];
}

struct Limits {
  int64_t least, most;
};
Limits integer_limits(DType dtype) {
  if (dtype == DType::Bool) return {0, 1};
  if (dtype == DType::UInt8) return {0, 255};
  const int unused = 64 - 8 * int(itemsize(dtype));
  return {INT64_MIN >> unused, INT64_MAX >> unused};
}
double largest(DType dtype) {
  return dtype == DType::Float16    ? 65504.0
         : dtype == DType::BFloat16 ? 0x1.FEp127
         : dtype == DType::Float32  ? double(std::numeric_limits<float>::max())
                                    : std::numeric_limits<double>::max();
}
// Bits of the mantissa, the leading one included: integers up to 2^digits are exact.
int digits(DType dtype) {
  return dtype == DType::Float16    ? 11
         : dtype == DType::BFloat16 ? 8
         : dtype == DType::Float32  ? 24
                                    : 53;
}

// The number of a floating dtype that is nearest.
double rounded(DType dtype, double value) {
  if (dtype == DType::Float64) return value;
  const float single = static_cast<float>(value);
  return dtype == DType::Float16    ? float(Half(single))
         : dtype == DType::BFloat16 ? float(BFloat16(single))
                                    : single;
}

// The bounds of random_() moved inwards to integers that the dtype holds, so that rounding to it
// never leaves [low, high).
int64_t last_place(DType dtype, int64_t value) {
  const int log2 = 63 - __builtin_clzll(static_cast<uint64_t>(std::abs(value)) | 1);
  return int64_t{1} << std::max(0, log2 - digits(dtype) + 1);
}
int64_t through(DType dtype, int64_t value) {
  return convert<int64_t>(dtype == DType::Float64 ? static_cast<double>(value)
                                                  : rounded(dtype, static_cast<float>(value)));
}
int64_t narrow_low(DType dtype, int64_t low) {
  const int64_t held = through(dtype, low + 1);
  return held >= low ? low : held + last_place(dtype, low + 1);
}
int64_t narrow_high(DType dtype, int64_t high) {
  const int64_t held = through(dtype, high - 1);
  return held < high ? high : held - last_place(dtype, high - 1);
}

void check_floating(DType dtype, const char* kernel) {
  if (!is_floating(dtype))
    fail(ErrorKind::NotImplemented, "\"", kernel, "\" not implemented for '", info(dtype).scalar,
         "'");
}
void check_continuous(const char* distribution, DType dtype) {
  if (!is_floating(dtype))
    runtime_error(distribution,
                  " distribution is a continuous probability distribution. dtype must be a "
                  "floating point but you "
                  "specified ",
                  info(dtype).scalar);
}
void check_deviation(double std) {
  if (!(std >= 0)) runtime_error("normal expects std >= 0.0, but found std ", std);
}
void check_deviations(const Tensor& std) {
  GradModeGuard off(false);
  const Tensor flat = contiguous(to_dtype(std, DType::Float64));
  for (int64_t i = 0; i < flat.numel(); ++i)
    if (!(flat.data<double>()[i] >= 0)) runtime_error("normal expects all elements of std >= 0.0");
}

// Bounds of random_(low, high), of which `last` = high - 1 may still be drawn.
void check_range(DType dtype, int64_t low, int64_t last) {
  const auto inside = [dtype](int64_t bound) {
    if (is_floating(dtype)) return std::abs(double(bound)) <= largest(dtype);
    const Limits limits = integer_limits(dtype);
    return bound >= limits.least && bound <= limits.most;
  };
  if (!inside(low)) runtime_error("from is out of bounds for ", c_name(dtype));
  if (!inside(last)) runtime_error("to - 1 is out of bounds for ", c_name(dtype));
}

}  // namespace

GeneratorState& default_generator() {
  static GeneratorState state = [] {
    GeneratorState s{};
    manual_seed(s, kDefaultSeed);
    return s;
  }();
  return state;
}

// --- in place -----------------------------------------------------------------------------------
Tensor uniform_(const Tensor& self, double from, double to, GeneratorState& generator) {
  const DType dtype = self.dtype();
  check_floating(dtype, "check_uniform_bounds");
  const double most = largest(dtype);
  if (!(std::abs(from) <= most)) runtime_error("from is out of bounds for ", c_name(dtype));
  if (!(std::abs(to) <= most)) runtime_error("to is out of bounds for ", c_name(dtype));
  if (from > to)
    runtime_error("uniform_ expects to return a [from, to) range, but found from=", from,
                  " > to=", to);
  if (to - from > most)
    runtime_error("uniform_ expects to-from <= std::numeric_limits<", info(dtype).scalar,
                  ">::max(), but found to=", to, " and from=", from,
                  " which result in to-from to exceed the limit");
  return fill_in_place(self, "UniformBackward0", drawn_in(dtype), [&](const Tensor& t) {
    visit_drawn(t, [&](auto* out) { fill_uniform(generator, out, t.numel(), from, to); });
    if (t.dtype() == dtype) return;
    const double excluded = rounded(dtype, to);  // which rounding may have reached
    for (float& v : std::span(t.data<float>(), size_t(t.numel())))
      if (rounded(dtype, v) == excluded) v = static_cast<float>(from);
  });
}

Tensor normal_(const Tensor& self, double mean, double std, GeneratorState& generator) {
  check_deviation(std);
  check_floating(self.dtype(), "normal_kernel_cpu");
  const bool in_rows = self.is_contiguous();
  return fill_in_place(self, "NormalBackward0", drawn_in(self.dtype()), [&](const Tensor& t) {
    const int64_t n = t.numel();
    visit_drawn(t, [&](auto* out) {
      const auto fill = [&](int64_t at, int64_t count) {
        fill_normal(generator, out + at, count, mean, std);
      };
      if (!in_rows) {
        // PyTorch draws one at a time here. So does fill_normal() for fewer than 16.
        for (int64_t i = 0; i < n; i += 15) fill(i, std::min<int64_t>(15, n - i));
      } else if (t.dtype() == self.dtype() || n < 16 || n % 16 == 0) {
        fill(0, n);
      } else {  // the 16-bit types take no words for the elements that the last block replaces
        fill(0, n / 16 * 16);
        fill(n - 16, 16);
      }
    });
  });
}

Tensor exponential_(const Tensor& self, double lambd, GeneratorState& generator) {
  check_continuous("Exponential", self.dtype());
  if (!(lambd > 0)) runtime_error("exponential_ expects lambda > 0.0, but found lambda=", lambd);
  return fill_in_place(self, "ExponentialBackward0", drawn_in(self.dtype()), [&](const Tensor& t) {
    visit_drawn(t, [&](auto* out) { fill_exponential(generator, out, t.numel(), lambd); });
  });
}

Tensor cauchy_(const Tensor& self, double median, double sigma, GeneratorState& generator) {
  check_continuous("Cauchy", self.dtype());
  if (!(sigma > 0)) runtime_error("cauchy_ expects sigma > 0.0, but found sigma=", sigma);
  return fill_in_place(self, "CauchyBackward0", drawn_in(self.dtype()), [&](const Tensor& t) {
    visit_drawn(t, [&](auto* out) { fill_cauchy(generator, out, t.numel(), median, sigma); });
  });
}

Tensor log_normal_(const Tensor& self, double mean, double std, GeneratorState& generator) {
  if (!(std > 0)) runtime_error("log_normal_ expects std > 0.0, but found std=", std);
  check_floating(self.dtype(), "log_normal_cpu");
  return fill_in_place(self, "LogNormalBackward0", drawn_in(self.dtype()), [&](const Tensor& t) {
    visit_drawn(t, [&](auto* out) { fill_log_normal(generator, out, t.numel(), mean, std); });
  });
}

Tensor geometric_(const Tensor& self, double p, GeneratorState& generator) {
  if (!(p > 0 && p < 1)) runtime_error("geometric_ expects p to be in (0, 1), but got p=", p);
  if (self.dtype() == DType::Bool)
    fail(ErrorKind::NotImplemented, "\"geometric_cpu\" not implemented for 'Bool'");
  const DType drawn = is_floating(self.dtype()) ? drawn_in(self.dtype()) : DType::Float64;
  return fill_in_place(self, "GeometricBackward0", drawn, [&](const Tensor& t) {
    visit_drawn(t, [&](auto* out) { fill_geometric(generator, out, t.numel(), p); });
  });
}

// Zeros and ones: bytes will do for all but the types that are drawn directly.
Tensor fill_with_bits(const Tensor& self, const char* node, const auto& fill) {
  const DType dtype = self.dtype();
  const bool direct = dtype == DType::Float32 || dtype == DType::Float64 || dtype == DType::Bool;
  return fill_in_place(self, node, direct ? dtype : DType::UInt8, [&](const Tensor& t) {
    if (is_floating(t.dtype()))
      visit_drawn(t, [&](auto* out) { fill(out, t.numel()); });
    else
      fill(reinterpret_cast<uint8_t*>(t->data), t.numel());
  });
}

Tensor bernoulli_(const Tensor& self, double p, GeneratorState& generator) {
  if (!(p >= 0 && p <= 1)) runtime_error("bernoulli_ expects p to be in [0, 1], but got p=", p);
  return fill_with_bits(self, "BernoulliBackward2",
                        [&](auto* out, int64_t n) { fill_bernoulli(generator, out, n, p); });
}

Tensor bernoulli_(const Tensor& self, const Tensor& p, GeneratorState& generator) {
  check_floating(p.dtype(), "bernoulli_tensor_cpu_p_");
  const Dims shape = broadcast_sizes(self.sizes(), p.sizes());
  if (!std::equal(shape.begin(), shape.end(), self.sizes().begin(), self.sizes().end()))
    runtime_error("output with shape ", to_string(self.sizes()),
                  " doesn't match the broadcast shape ", to_string(shape));
  Tensor chances = empty(self.sizes(), drawn_in(p.dtype()));
  copy_values(chances, p);
  if (!self.is_contiguous()) chances = contiguous(MemoryOrder(self).of(chances));
  Tensor result;
  visit_drawn(chances, [&](const auto* probabilities) {
    for (int64_t i = 0; i < chances.numel(); ++i)
      if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
        runtime_error(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message "
            "be improved?  If so, "
            "please report an enhancement request to PyTorch.)");
    result = fill_with_bits(self, "BernoulliBackward1", [&](auto* out, int64_t n) {
      fill_bernoulli_from(generator, out, n, probabilities);
    });
  });
  return result;
}

Tensor random_(const Tensor& self, GeneratorState& generator) {
  const DType dtype = self.dtype();
  // Words of 32 bits where they suffice; int32 takes 31 of them.
  const uint64_t range = is_floating(dtype) ? (uint64_t{1} << digits(dtype)) + 1
                                            : uint64_t(integer_limits(dtype).most) + 1;
  const bool wide = dtype == DType::Float64 || dtype == DType::Int64;
  return fill_in_place(self, "RandomBackward2", DType::Int64, [&](const Tensor& t) {
    fill_random(generator, t.data<int64_t>(), t.numel(), range, wide);
  });
}

Tensor random_(const Tensor& self, int64_t low, std::optional<int64_t> high,
               GeneratorState& generator) {
  if (high && low >= *high)
    runtime_error("random_ expects 'from' to be less than 'to', but got from=", low,
                  " >= to=", *high);
  const DType dtype = self.dtype();
  // Without an end: up to the last integer that the dtype holds exactly.
  int64_t last = high                 ? *high - 1
                 : is_floating(dtype) ? int64_t{1} << digits(dtype)
                                      : integer_limits(dtype).most;
  check_range(dtype, low, last);
  const char* node = low == 0 && high ? "RandomBackward1" : "RandomBackward0";
  if (is_floating(dtype)) {
    low = narrow_low(dtype, low);
    last = narrow_high(dtype, last + 1) - 1;
    if (low > last)
      runtime_error(
          "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got "
          "from=",
          low, " >= to=", last + 1);
  }
  const uint64_t range = uint64_t(last) - uint64_t(low) + 1;
  const bool direct = dtype == DType::Float32 || dtype == DType::Float64;
  return fill_in_place(self, node, direct ? dtype : DType::Int64, [&](const Tensor& t) {
    const int64_t n = t.numel();
    if (direct)
      visit_drawn(t, [&](auto* out) { fill_randint(generator, out, n, low, range); });
    else
      fill_randint(generator, t.data<int64_t>(), n, low, range);
  });
}

// --- new tensors --------------------------------------------------------------------------------
Tensor rand(std::span<const int64_t> sizes, DType dtype, GeneratorState& generator) {
  return uniform_(empty(sizes, dtype), 0, 1, generator);
}
Tensor randn(std::span<const int64_t> sizes, DType dtype, GeneratorState& generator) {
  return normal_(empty(sizes, dtype), 0, 1, generator);
}
Tensor randint(int64_t low, int64_t high, std::span<const int64_t> sizes, DType dtype,
               GeneratorState& generator) {
  return random_(empty(sizes, dtype), low, high, generator);
}

Tensor randperm(int64_t n, DType dtype, GeneratorState& generator) {
  if (dtype == DType::Bool)
    fail(ErrorKind::NotImplemented, "\"randperm\" not implemented for 'Bool'");
  const Tensor out = empty(Dims{n}, DType::Int64);
  visit_dtype(dtype, [&](auto tag) { checked_to<typename decltype(tag)::type>(Scalar(n)); });
  fill_randperm(generator, out.data<int64_t>(), n);
  return to_dtype(out, dtype);
}

Tensor normal(const Tensor& mean, const Tensor& std, GeneratorState& generator) {
  check_deviations(std);
  Tensor out =
      empty(broadcast_sizes(mean.sizes(), std.sizes()), promote(mean.dtype(), std.dtype()));
  {
    GradModeGuard off(false);
    normal_(out, 0, 1, generator);
    out = add(mul(out, std), mean);
  }
  record("NormalBackward3", out, inputs(mean, std), saves(),
         [a = Dims(mean.sizes()), b = Dims(std.sizes()), x = mean.dtype(), y = std.dtype()](
             GradInputs& to, const Tensor&) {
           if (to.needed(0)) to.set(0, zeros(a, x));
           if (to.needed(1)) to.set(1, zeros(b, y));
         });
  return out;
}

Tensor normal(const Tensor& mean, double std, GeneratorState& generator) {
  Tensor out = empty(mean.sizes(), mean.dtype());
  {
    GradModeGuard off(false);
    normal_(out, 0, std, generator);
    out = add(out, mean);
  }
  record("NormalBackward1", out, inputs(mean), saves(), no_gradient);
  return out;
}

Tensor normal(double mean, const Tensor& std, GeneratorState& generator) {
  check_deviations(std);
  Tensor out = empty(std.sizes(), std.dtype());
  {
    GradModeGuard off(false);
    normal_(out, 0, 1, generator);
    out = add(mul(out, std), mean);
  }
  record("NormalBackward2", out, inputs(std), saves(), no_gradient);
  return out;
}

Tensor bernoulli(const Tensor& p, GeneratorState& generator) {
  Tensor out = empty(p.sizes(), p.dtype());
  {
    GradModeGuard off(false);
    bernoulli_(out, p, generator);
  }
  record("BernoulliBackward0", out, inputs(p), saves(), no_gradient);
  return out;
}

}  // namespace tg
