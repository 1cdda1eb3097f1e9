// Numbers written into tensors: converted to the dtype, refused where it cannot hold them.
#pragma once

#include <cmath>
#include <limits>

#include "core/scalar.h"

namespace tg {

template <class T>
bool overflows(const Scalar& s) {
  if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double>) {
    return false;
  } else if constexpr (std::is_integral_v<T>) {
    // Negative numbers may wrap into an unsigned type, as far as their magnitude fits.
    constexpr T kMax = std::numeric_limits<T>::max();
    constexpr double kLowest =
        std::is_signed_v<T> ? double(std::numeric_limits<T>::min()) : -double(kMax);
    if (s.is_floating()) {
      const double v = s.to<double>();
      return !(v >= kLowest && (sizeof(T) == 8 ? v < 9223372036854775808.0 : v <= double(kMax)));
    }
    const int64_t v = s.to<int64_t>();
    return v > int64_t(kMax) || (sizeof(T) < 8 && v < int64_t(kLowest));
  } else {
    const double v = s.to<double>();
    constexpr double kMax = std::is_same_v<T, Half>       ? 65504.0
                            : std::is_same_v<T, BFloat16> ? 0x1.FEp127
                                                          : 0x1.FFFFFEp127;
    return std::isfinite(v) && std::abs(v) > kMax;
  }
}

template <class T>
T checked_to(const Scalar& s) {
  static constexpr const char* kNames[] = {"bool",  "uint8_t", "int8_t",    "int16_t",
                                           "int",   "int64_t", "c10::Half", "c10::BFloat16",
                                           "float", "double"};
  if (overflows<T>(s))
    runtime_error("value cannot be converted to type ", kNames[int(dtype_of<T>)],
                  " without overflow");
  return s.to<T>();
}

}  // namespace tg
