// Element types: the enum, their sizes and names, the 16-bit floats, and PyTorch's promotion
// lattice.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/error.h"

namespace tg {

// The order is the index of every per-dtype table. The complex types are reserved names.
enum class DType : uint8_t {
  Bool,
  UInt8,
  Int8,
  Int16,
  Int32,
  Int64,
  Float16,
  BFloat16,
  Float32,
  Float64,
  Complex64,
  Complex128
};
inline constexpr int kDTypeCount = 10;  // those that kernels exist for

// IEEE binary16; stored only, arithmetic goes through float.
struct Half {
  uint16_t bits;
  Half() = default;
  explicit Half(float value) : bits(encode(value)) {}
  explicit Half(double value) : bits(encode(static_cast<float>(value))) {}
  operator float() const { return decode(bits); }

  static float decode(uint16_t h) {
    const uint32_t sign = uint32_t(h & 0x8000u) << 16;
    const uint32_t exponent = (h >> 10) & 31u, mantissa = h & 1023u;
    if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
    if (exponent == 0) {
      const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;  // subnormal or zero
      return sign ? -magnitude : magnitude;
    }
    return std::bit_cast<float>(sign | ((exponent + 112u) << 23) | (mantissa << 13));
  }
  static uint16_t encode(float value) {
    const uint32_t f = std::bit_cast<uint32_t>(value);
    const uint16_t sign = static_cast<uint16_t>((f >> 16) & 0x8000u);
    const uint32_t magnitude = f & 0x7fffffffu;
    if (magnitude >= 0x7f800000u) return sign | 0x7c00u | (magnitude > 0x7f800000u ? 0x200u : 0u);
    if (magnitude >= 0x477ff000u) return sign | 0x7c00u;  // rounds past the largest half
    if (magnitude < 0x38800000u) {  // subnormal: let the float adder round to even
      const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
      return sign | static_cast<uint16_t>(std::bit_cast<uint32_t>(shifted) - 0x3f000000u);
    }
    const uint32_t odd = (magnitude >> 13) & 1u;
    return sign | static_cast<uint16_t>((magnitude + 0xc8000fffu + odd) >> 13);
  }
};

// The upper half of a binary32; stored only, arithmetic goes through float.
struct BFloat16 {
  uint16_t bits;
  BFloat16() = default;
  explicit BFloat16(float value) : bits(encode(value)) {}
  explicit BFloat16(double value) : bits(encode(static_cast<float>(value))) {}
  operator float() const { return std::bit_cast<float>(uint32_t(bits) << 16); }

  static uint16_t encode(float value) {
    const uint32_t f = std::bit_cast<uint32_t>(value);
    if ((f & 0x7fffffffu) > 0x7f800000u) return 0x7fc0u;
    return static_cast<uint16_t>((f + 0x7fffu + ((f >> 16) & 1u)) >> 16);
  }
};

struct DTypeInfo {
  const char* name;    // "float32"
  const char* legacy;  // "FloatTensor", as Tensor.type() prints it; "Float" is its front
  const char* scalar;  // "Float", as error messages name it
  uint8_t size;        // bytes
  uint8_t category;    // 0 bool, 1 integer, 2 floating, 3 complex
};

inline constexpr DTypeInfo kDTypeInfo[] = {
    {"bool", "BoolTensor", "Bool", 1, 0},
    {"uint8", "ByteTensor", "Byte", 1, 1},
    {"int8", "CharTensor", "Char", 1, 1},
    {"int16", "ShortTensor", "Short", 2, 1},
    {"int32", "IntTensor", "Int", 4, 1},
    {"int64", "LongTensor", "Long", 8, 1},
    {"float16", "HalfTensor", "Half", 2, 2},
    {"bfloat16", "BFloat16Tensor", "BFloat16", 2, 2},
    {"float32", "FloatTensor", "Float", 4, 2},
    {"float64", "DoubleTensor", "Double", 8, 2},
    {"complex64", "ComplexFloatTensor", "ComplexFloat", 8, 3},
    {"complex128", "ComplexDoubleTensor", "ComplexDouble", 16, 3},
};

inline constexpr const DTypeInfo& info(DType dtype) { return kDTypeInfo[static_cast<int>(dtype)]; }
inline constexpr int64_t itemsize(DType dtype) { return info(dtype).size; }
// The same as category 2, without a look into the table: every recorded operation asks.
inline constexpr bool is_floating(DType dtype) {
  return dtype >= DType::Float16 && dtype <= DType::Float64;
}
inline constexpr bool is_integral(DType dtype) { return info(dtype).category == 1; }  // bool is not
inline constexpr bool is_complex(DType dtype) { return info(dtype).category == 3; }

// Smallest type that holds both, by PyTorch's lattice (uint8 with a signed type goes one size up).
inline constexpr DType promote(DType a, DType b) {
  if (a == b) return a;
  if (a > b) {
    const DType t = a;
    a = b;
    b = t;
  }
  if (a == DType::UInt8 && is_integral(b)) return b == DType::Int8 ? DType::Int16 : b;
  if (a == DType::Float16 && b == DType::BFloat16) return DType::Float32;
  return b;
}

inline constexpr bool can_cast(DType from, DType to) {
  if (info(from).category == 0) return true;
  if (to == DType::Bool) return false;
  return info(from).category <= info(to).category;
}

template <class T>
struct DTypeOf;
template <>
struct DTypeOf<bool> {
  static constexpr DType value = DType::Bool;
};
template <>
struct DTypeOf<uint8_t> {
  static constexpr DType value = DType::UInt8;
};
template <>
struct DTypeOf<int8_t> {
  static constexpr DType value = DType::Int8;
};
template <>
struct DTypeOf<int16_t> {
  static constexpr DType value = DType::Int16;
};
template <>
struct DTypeOf<int32_t> {
  static constexpr DType value = DType::Int32;
};
template <>
struct DTypeOf<int64_t> {
  static constexpr DType value = DType::Int64;
};
template <>
struct DTypeOf<Half> {
  static constexpr DType value = DType::Float16;
};
template <>
struct DTypeOf<BFloat16> {
  static constexpr DType value = DType::BFloat16;
};
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::Float32;
};
template <>
struct DTypeOf<double> {
  static constexpr DType value = DType::Float64;
};
template <class T>
inline constexpr DType dtype_of = DTypeOf<T>::value;

// The type that arithmetic on T runs in.
template <class T>
struct ComputeOf {
  using type = T;
};
template <>
struct ComputeOf<Half> {
  using type = float;
};
template <>
struct ComputeOf<BFloat16> {
  using type = float;
};
template <class T>
using Compute = typename ComputeOf<T>::type;

template <class T>
struct TypeTag {
  using type = T;
};

// Calls f(TypeTag<T>{}) with the C++ type of dtype.
template <class F>
decltype(auto) visit_dtype(DType dtype, F&& f) {
  switch (dtype) {
    case DType::Bool:
      return f(TypeTag<bool>{});
    case DType::UInt8:
      return f(TypeTag<uint8_t>{});
    case DType::Int8:
      return f(TypeTag<int8_t>{});
    case DType::Int16:
      return f(TypeTag<int16_t>{});
    case DType::Int32:
      return f(TypeTag<int32_t>{});
    case DType::Int64:
      return f(TypeTag<int64_t>{});
    case DType::Float16:
      return f(TypeTag<Half>{});
    case DType::BFloat16:
      return f(TypeTag<BFloat16>{});
    case DType::Float32:
      return f(TypeTag<float>{});
    case DType::Float64:
      return f(TypeTag<double>{});
    default:
      fail(ErrorKind::NotImplemented, "tapegrad has no complex tensors yet (", info(dtype).name,
           ")");
  }
}

// The same for the floating types alone; `what` names the operation in the error.
template <class F>
decltype(auto) visit_floating(DType dtype, const char* what, F&& f) {
  switch (dtype) {
    case DType::Float16:
      return f(TypeTag<Half>{});
    case DType::BFloat16:
      return f(TypeTag<BFloat16>{});
    case DType::Float32:
      return f(TypeTag<float>{});
    case DType::Float64:
      return f(TypeTag<double>{});
    default:
      fail(ErrorKind::NotImplemented, "\"", what, "\" not implemented for '", info(dtype).scalar,
           "'");
  }
}

// Conversion with one defined answer, PyTorch's on x86: a float goes to uint8 and int64 through 64
// bits, to the other integers through 32, and becomes the smallest of those where it does not fit;
// NaN is true.
template <class To, class From>
inline To convert(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (std::is_same_v<From, Half> || std::is_same_v<From, BFloat16>) {
    return convert<To>(static_cast<float>(value));
  } else if constexpr (std::is_same_v<To, bool>) {
    return value != From(0);
  } else if constexpr (std::is_same_v<To, Half> || std::is_same_v<To, BFloat16>) {
    return To(static_cast<float>(value));
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    using Wide =
        std::conditional_t<sizeof(To) == 8 || std::is_same_v<To, uint8_t>, int64_t, int32_t>;
    constexpr From kEnd = sizeof(Wide) == 8 ? From(0x1p63) : From(0x1p31);
    const bool fits = value >= -kEnd && value < kEnd;
    return static_cast<To>(fits ? static_cast<Wide>(value) : std::numeric_limits<Wide>::min());
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace tg
