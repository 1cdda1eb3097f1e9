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
    for (int i = 0; i < self.dim(); ++i) dims[i] = i;
    std::stable_sort(dims, dims + self.dim(),
                     [&](int a, int b) { return self.stride(a) > self.stride(b); });
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

// Calls fill() with contiguous memory that takes the place of self's elements, ordered as self's
// memory is.
template <class Fill>
void fill_in_memory_order(const Tensor& self, Fill fill) {
  if (self.is_contiguous()) return fill(self);
  const Tensor ordered = MemoryOrder(self).of(self);
  if (ordered.is_contiguous()) return fill(ordered);
  const Tensor staged = empty(ordered.sizes(), self.dtype());
  fill(staged);
  copy_values(ordered, staged);
}

template <class Fill>
Tensor fill_in_place(const Tensor& self, const char* node, Fill fill) {
  check_inplace(self);
  if (!grad_mode.enabled || !requires_grad(self)) {
    fill_in_memory_order(self, fill);
    bump_version(self);
    return self;
  }
  const Tensor before = stand_in(self, false);
  Tensor filled = detached_alias(self, false);
  record(node, filled, inputs(before), saves(), no_gradient);
  fill_in_memory_order(self, fill);
  rebase_history(self, filled);
  return self;
}

template <class T>
const char* c_name() {
  constexpr const char* names[] = {"bool", "unsigned char", "signed char",   "short", "int",
                                   "long", "c10::Half",     "c10::BFloat16", "float", "double"};
  return names[int(dtype_of<T>)];
}

template <class T>
double largest() {
  if constexpr (std::is_same_v<T, Half>)
    return 65504.0;
  else if constexpr (std::is_same_v<T, BFloat16>)
    return 0x1.FEp127;
  else
    return double(std::numeric_limits<T>::max());
}

// The last number that random_(low) draws: what the type holds exactly.
template <class T>
int64_t largest_drawn() {
  if constexpr (std::is_integral_v<T>)
    return int64_t(std::numeric_limits<T>::max());
  else if constexpr (std::is_same_v<T, Half>)
    return int64_t{1} << 11;
  else if constexpr (std::is_same_v<T, BFloat16>)
    return int64_t{1} << 8;
  else
    return int64_t{1} << std::numeric_limits<T>::digits;
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
template <class T>
void check_range(int64_t low, int64_t last) {
  if constexpr (std::is_integral_v<T>) {
    constexpr int64_t kMin = int64_t(std::numeric_limits<T>::min()),
                      kMax = int64_t(std::numeric_limits<T>::max());
    if (low < kMin || low > kMax) runtime_error("from is out of bounds for ", c_name<T>());
    if (last < kMin || last > kMax) runtime_error("to - 1 is out of bounds for ", c_name<T>());
  } else {
    if (std::abs(double(low)) > largest<T>())
      runtime_error("from is out of bounds for ", c_name<T>());
    if (std::abs(double(last)) > largest<T>())
      runtime_error("to - 1 is out of bounds for ", c_name<T>());
  }
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
  visit_floating(self.dtype(), "check_uniform_bounds", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const double most = largest<T>();
    if (!(std::abs(from) <= most)) runtime_error("from is out of bounds for ", c_name<T>());
    if (!(std::abs(to) <= most)) runtime_error("to is out of bounds for ", c_name<T>());
    if (from > to)
      runtime_error("uniform_ expects to return a [from, to) range, but found from=", from,
                    " > to=", to);
    if (to - from > most)
      runtime_error("uniform_ expects to-from <= std::numeric_limits<", info(self.dtype()).scalar,
                    ">::max(), but found to=", to, " and from=", from,
                    " which result in to-from to exceed the limit");
  });
  return fill_in_place(self, "UniformBackward0", [&](const Tensor& t) {
    visit_floating(t.dtype(), "uniform", [&](auto tag) {
      fill_uniform(generator, t.data<typename decltype(tag)::type>(), t.numel(), from, to);
    });
  });
}

Tensor normal_(const Tensor& self, double mean, double std, GeneratorState& generator) {
  check_deviation(std);
  const bool in_rows = self.is_contiguous();
  return fill_in_place(self, "NormalBackward0", [&](const Tensor& t) {
    visit_floating(t.dtype(), "normal_kernel_cpu", [&](auto tag) {
      using T = typename decltype(tag)::type;
      if (in_rows) return fill_normal(generator, t.data<T>(), t.numel(), mean, std);
      // PyTorch draws one at a time here. So does fill_normal() for fewer than 16.
      for (int64_t i = 0; i < t.numel(); i += 15)
        fill_normal(generator, t.data<T>() + i, std::min<int64_t>(15, t.numel() - i), mean, std);
    });
  });
}

Tensor exponential_(const Tensor& self, double lambd, GeneratorState& generator) {
  check_continuous("Exponential", self.dtype());
  if (!(lambd > 0)) runtime_error("exponential_ expects lambda > 0.0, but found lambda=", lambd);
  return fill_in_place(self, "ExponentialBackward0", [&](const Tensor& t) {
    visit_floating(t.dtype(), "exponential_cpu", [&](auto tag) {
      fill_exponential(generator, t.data<typename decltype(tag)::type>(), t.numel(), lambd);
    });
  });
}

Tensor cauchy_(const Tensor& self, double median, double sigma, GeneratorState& generator) {
  check_continuous("Cauchy", self.dtype());
  if (!(sigma > 0)) runtime_error("cauchy_ expects sigma > 0.0, but found sigma=", sigma);
  return fill_in_place(self, "CauchyBackward0", [&](const Tensor& t) {
    visit_floating(t.dtype(), "cauchy_cpu", [&](auto tag) {
      fill_cauchy(generator, t.data<typename decltype(tag)::type>(), t.numel(), median, sigma);
    });
  });
}

Tensor log_normal_(const Tensor& self, double mean, double std, GeneratorState& generator) {
  if (!(std > 0)) runtime_error("log_normal_ expects std > 0.0, but found std=", std);
  return fill_in_place(self, "LogNormalBackward0", [&](const Tensor& t) {
    visit_floating(t.dtype(), "log_normal_cpu", [&](auto tag) {
      fill_log_normal(generator, t.data<typename decltype(tag)::type>(), t.numel(), mean, std);
    });
  });
}

Tensor geometric_(const Tensor& self, double p, GeneratorState& generator) {
  if (!(p > 0 && p < 1)) runtime_error("geometric_ expects p to be in (0, 1), but got p=", p);
  if (self.dtype() == DType::Bool)
    fail(ErrorKind::NotImplemented, "\"geometric_cpu\" not implemented for 'Bool'");
  return fill_in_place(self, "GeometricBackward0", [&](const Tensor& t) {
    visit_dtype(t.dtype(), [&](auto tag) {
      fill_geometric(generator, t.data<typename decltype(tag)::type>(), t.numel(), p);
    });
  });
}

Tensor bernoulli_(const Tensor& self, double p, GeneratorState& generator) {
  if (!(p >= 0 && p <= 1)) runtime_error("bernoulli_ expects p to be in [0, 1], but got p=", p);
  return fill_in_place(self, "BernoulliBackward2", [&](const Tensor& t) {
    visit_dtype(t.dtype(), [&](auto tag) {
      fill_bernoulli(generator, t.data<typename decltype(tag)::type>(), t.numel(), p);
    });
  });
}

Tensor bernoulli_(const Tensor& self, const Tensor& p, GeneratorState& generator) {
  visit_floating(p.dtype(), "bernoulli_tensor_cpu_p_", [](auto) {});
  const Dims shape = broadcast_sizes(self.sizes(), p.sizes());
  if (!std::equal(shape.begin(), shape.end(), self.sizes().begin(), self.sizes().end()))
    runtime_error("output with shape ", to_string(self.sizes()),
                  " doesn't match the broadcast shape ", to_string(shape));
  auto draw = [&](auto tag) {
    using P = typename decltype(tag)::type;
    Tensor chances = empty(self.sizes(), dtype_of<P>);
    copy_values(chances, p);
    if (!self.is_contiguous()) chances = contiguous(MemoryOrder(self).of(chances));
    const P* probabilities = chances.data<P>();
    for (int64_t i = 0; i < chances.numel(); ++i)
      if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
        runtime_error(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message "
            "be improved?  If so, "
            "please report an enhancement request to PyTorch.)");
    return fill_in_place(self, "BernoulliBackward1", [&](const Tensor& t) {
      visit_dtype(t.dtype(), [&](auto out) {
        fill_bernoulli_from(generator, t.data<typename decltype(out)::type>(), t.numel(),
                            probabilities);
      });
    });
  };
  return p.dtype() == DType::Float64 ? draw(TypeTag<double>{}) : draw(TypeTag<float>{});
}

Tensor random_(const Tensor& self, GeneratorState& generator) {
  return fill_in_place(self, "RandomBackward2", [&](const Tensor& t) {
    visit_dtype(t.dtype(), [&](auto tag) {
      fill_random(generator, t.data<typename decltype(tag)::type>(), t.numel());
    });
  });
}

Tensor random_(const Tensor& self, int64_t low, std::optional<int64_t> high,
               GeneratorState& generator) {
  if (high && low >= *high)
    runtime_error("random_ expects 'from' to be less than 'to', but got from=", low,
                  " >= to=", *high);
  return visit_dtype(self.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t last = high ? *high - 1 : largest_drawn<T>();
    check_range<T>(low, last);
    return fill_in_place(
        self, low == 0 && high ? "RandomBackward1" : "RandomBackward0", [&](const Tensor& t) {
          if (last < INT64_MAX)
            return fill_randint(generator, t.data<T>(), t.numel(), low, last + 1);
          const uint64_t range = uint64_t(last) - uint64_t(low) + 1;  // 0 stands for 2^64
          for (int64_t i = 0; i < t.numel(); ++i) {
            const uint64_t word = next64(generator);
            t.data<T>()[i] = convert<T>(int64_t((range ? word % range : word) + uint64_t(low)));
          }
        });
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
  Tensor out = empty(Dims{n}, dtype);
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    checked_to<T>(Scalar(n));
    fill_randperm(generator, out.data<T>(), n);
  });
  return out;
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
