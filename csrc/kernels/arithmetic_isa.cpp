// Loops of integers and of comparisons, which the compiler makes vector code of. Narrow integers
// wrap.
#include "kernels/arithmetic.h"
#include "kernels/vector.h"

namespace tg::TG_ISA {
extern const ArithmeticKernels arithmetic_kernels;
namespace {

template <class F, class Out, class T>
void unary(void* out, const void* in, const void*, int64_t n) {
  auto* y = static_cast<Out*>(out);
  auto* x = static_cast<const T*>(in);
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) y[i] = static_cast<Out>(F::of(x[i]));
}
template <class F, class Out, class T>
void binary(void* out, const void* first, const void* second, int64_t n) {
  auto* y = static_cast<Out*>(out);
  auto *a = static_cast<const T*>(first), *b = static_cast<const T*>(second);
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) y[i] = static_cast<Out>(F::of(a[i], b[i]));
}
template <class F, class Out, class T>
void swapped(void* out, const void* first, const void* second, int64_t n) {
  binary<F, Out, T>(out, second, first, n);
}
template <class T>
void repeat(void* out, const void* number, const void*, int64_t n) {
  auto* y = static_cast<T*>(out);
  const T value = *static_cast<const T*>(number);
  for (int64_t i = 0; i < n; ++i) y[i] = value;
}
template <class T>
void reverse(void* out, const void* last, const void*, int64_t n) {
  auto* y = static_cast<T*>(out);
  auto* x = static_cast<const T*>(last);
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) y[i] = x[-i];
}
template <class T>
void choose(void* out, const uint8_t* mask, const void* first, const void* second, int64_t n) {
  auto* y = static_cast<T*>(out);
  auto *a = static_cast<const T*>(first), *b = static_cast<const T*>(second);
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) {
    const T yes = a[i], no = b[i];
    y[i] = mask[i] ? yes : no;
  }
}
// Between two numbers.
template <class T>
void clamp(void* out, const void* in, const void* bounds, int64_t n) {
  auto* y = static_cast<T*>(out);
  auto* x = static_cast<const T*>(in);
  const T low = static_cast<const T*>(bounds)[0], high = static_cast<const T*>(bounds)[1];
  TG_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) {
    const T raised = x[i] < low ? low : x[i];
    y[i] = raised > high ? high : raised;
  }
}

#define TG_UNARY(name, expression)  \
  struct name {                     \
    template <class T>              \
    static TG_INLINE auto of(T x) { \
      return expression;            \
    }                               \
  };
#define TG_BINARY(name, expression)      \
  struct name {                          \
    template <class T>                   \
    static TG_INLINE auto of(T a, T b) { \
      return expression;                 \
    }                                    \
  };
TG_BINARY(Add, a + b)
TG_BINARY(Sub, a - b)
TG_BINARY(Mul, a* b)
TG_BINARY(Maximum, a > b ? a : b)
TG_BINARY(Minimum, a < b ? a : b)
TG_BINARY(And, a& b)
TG_BINARY(Or, a | b)
TG_BINARY(Xor, a ^ b)
TG_BINARY(Eq, a == b)
TG_BINARY(Ne, a != b)
TG_BINARY(Lt, a < b)
TG_BINARY(Le, a <= b)
TG_BINARY(LogicalAnd, (a != 0) & (b != 0))
TG_BINARY(LogicalOr, (a | b) != 0)
TG_BINARY(LogicalXor, (a != 0) != (b != 0))
TG_UNARY(LogicalNot, x == 0)
TG_UNARY(Same, x)
TG_UNARY(Positive, x != 0)
TG_UNARY(Neg, -x)
TG_UNARY(Not, ~x)
TG_UNARY(Relu, x < 0 ? T(0) : x)
TG_UNARY(Abs, x < 0 ? -x : x)
TG_UNARY(Sign, (x > 0) - (x < 0))
#undef TG_UNARY

// By the width or more, or by a negative amount: nothing is left but the sign.
struct LeftShift {
  static TG_INLINE int32_t of(int32_t a, int32_t b) {
    return uint32_t(b) < 32 ? int32_t(uint32_t(a) << (b & 31)) : 0;
  }
  static TG_INLINE int64_t of(int64_t a, int64_t b) {
    return uint64_t(b) < 64 ? int64_t(uint64_t(a) << (b & 63)) : 0;
  }
};
struct RightShift {
  static TG_INLINE int32_t of(int32_t a, int32_t b) { return a >> (uint32_t(b) < 32 ? b : 31); }
  static TG_INLINE int64_t of(int64_t a, int64_t b) { return a >> (uint64_t(b) < 64 ? b : 63); }
};

// Doubles hold the operands, and a quotient that is not whole is further from the next whole number
// than they round. By -1 the smallest number wraps.
template <class T>
TG_INLINE T floor_quotient(T a, T b) {
  const T divisor = b == -1 ? 1 : b;
  const T whole = static_cast<T>(static_cast<double>(a) / static_cast<double>(divisor));
  const T down = whole - ((whole * divisor != a) & ((a ^ b) < 0));
  return b == -1 ? -a : down;
}
TG_BINARY(FloorDivide, floor_quotient(a, b))
TG_BINARY(Remainder, a - floor_quotient(a, b) * b)
#undef TG_BINARY

// Byte: what int8 is worked on as; uint8_t where both have the same bits, for one loop instead of
// two.
template <class F, class Byte>
constexpr BlockKernels integers{.i64 = binary<F, int64_t, int64_t>,
                                .i32 = binary<F, int32_t, int32_t>,
                                .u8 = binary<F, uint8_t, uint8_t>,
                                .i16 = binary<F, int16_t, int16_t>,
                                .i8 = binary<F, Byte, Byte>};
template <class F, class Byte, class OfUnsigned = F>
constexpr BlockKernels unary_integers{.i64 = unary<F, int64_t, int64_t>,
                                      .i32 = unary<F, int32_t, int32_t>,
                                      .u8 = unary<OfUnsigned, uint8_t, uint8_t>,
                                      .i16 = unary<F, int16_t, int16_t>,
                                      .i8 = unary<F, Byte, Byte>};
template <class F, class Byte>
constexpr BlockKernels comparison{.f32 = binary<F, bool, float>,
                                  .f64 = binary<F, bool, double>,
                                  .i64 = binary<F, bool, int64_t>,
                                  .i32 = binary<F, bool, int32_t>,
                                  .u8 = binary<F, bool, uint8_t>,
                                  .flag = binary<F, bool, uint8_t>,
                                  .i8 = binary<F, bool, Byte>};
template <class F>
constexpr BlockKernels swapped_comparison{.f32 = swapped<F, bool, float>,
                                          .f64 = swapped<F, bool, double>,
                                          .i64 = swapped<F, bool, int64_t>,
                                          .i32 = swapped<F, bool, int32_t>,
                                          .u8 = swapped<F, bool, uint8_t>,
                                          .flag = swapped<F, bool, uint8_t>,
                                          .i8 = swapped<F, bool, int8_t>};
// Everything else is made bool first.
constexpr BlockKernels of_bytes(BlockKernel kernel) {
  return {.u8 = kernel, .flag = kernel, .i8 = kernel};
}
constexpr BlockKernels with_flags(BlockKernels kernels, BlockKernel flag) {
  kernels.flag = flag;
  return kernels;
}
constexpr BlockKernel kAnd = binary<And, uint8_t, uint8_t>, kOr = binary<Or, uint8_t, uint8_t>,
                      kXor = binary<Xor, uint8_t, uint8_t>, kNot = unary<LogicalNot, bool, uint8_t>,
                      kCopy = unary<Same, uint8_t, uint8_t>;

}  // namespace

const ArithmeticKernels arithmetic_kernels{
    .add = with_flags(integers<Add, uint8_t>, kOr),
    .sub = integers<Sub, uint8_t>,
    .mul = with_flags(integers<Mul, uint8_t>, kAnd),
    .neg = unary_integers<Neg, uint8_t>,
    .maximum = with_flags(integers<Maximum, int8_t>, kOr),
    .minimum = with_flags(integers<Minimum, int8_t>, kAnd),
    .clamp = {.i64 = clamp<int64_t>,
              .i32 = clamp<int32_t>,
              .u8 = clamp<uint8_t>,
              .i16 = clamp<int16_t>,
              .i8 = clamp<int8_t>},
    .relu = unary_integers<Relu, int8_t, Same>,
    .abs = unary_integers<Abs, int8_t, Same>,
    .sign = with_flags(unary_integers<Sign, int8_t, Positive>, kCopy),
    .bitwise_and = with_flags(integers<And, uint8_t>, kAnd),
    .bitwise_or = with_flags(integers<Or, uint8_t>, kOr),
    .bitwise_xor = with_flags(integers<Xor, uint8_t>, kXor),
    .bitwise_not = with_flags(unary_integers<Not, uint8_t>, kNot),
    .left_shift = {.i64 = binary<LeftShift, int64_t, int64_t>,
                   .i32 = binary<LeftShift, int32_t, int32_t>},
    .right_shift = {.i64 = binary<RightShift, int64_t, int64_t>,
                    .i32 = binary<RightShift, int32_t, int32_t>},
    .floor_divide = {.i64 = binary<FloorDivide, int64_t, int64_t>,
                     .i32 = binary<FloorDivide, int32_t, int32_t>},
    .remainder = {.i64 = binary<Remainder, int64_t, int64_t>,
                  .i32 = binary<Remainder, int32_t, int32_t>},
    .eq = comparison<Eq, uint8_t>,
    .ne = comparison<Ne, uint8_t>,
    .lt = comparison<Lt, int8_t>,
    .le = comparison<Le, int8_t>,
    .gt = swapped_comparison<Lt>,
    .ge = swapped_comparison<Le>,
    .logical_and = of_bytes(binary<LogicalAnd, bool, uint8_t>),
    .logical_or = of_bytes(binary<LogicalOr, bool, uint8_t>),
    .logical_xor = of_bytes(binary<LogicalXor, bool, uint8_t>),
    .logical_not = {.f32 = unary<LogicalNot, bool, float>,
                    .f64 = unary<LogicalNot, bool, double>,
                    .u8 = kNot,
                    .flag = kNot,
                    .i8 = kNot},
    .repeat = {.i64 = repeat<uint64_t>,
               .i32 = repeat<uint32_t>,
               .u8 = repeat<uint8_t>,
               .i16 = repeat<uint16_t>},
    .reverse = {.i64 = reverse<uint64_t>,
                .i32 = reverse<uint32_t>,
                .u8 = reverse<uint8_t>,
                .i16 = reverse<uint16_t>},
    .choose = {choose<uint8_t>, choose<uint16_t>, choose<uint32_t>, choose<uint64_t>},
};

}  // namespace tg::TG_ISA
