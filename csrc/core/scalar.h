// A Python number on its way into an operation: bool, int or float, kept apart for promotion.
#pragma once

#include <cstdint>

#include "core/dtype.h"

namespace tg {

class Scalar {
 public:
  Scalar() : Scalar(int64_t{0}) {}
  Scalar(bool v) : kind_(DType::Bool), i_(v) {}
  Scalar(int v) : kind_(DType::Int64), i_(v) {}
  Scalar(int64_t v) : kind_(DType::Int64), i_(v) {}
  Scalar(double v) : kind_(DType::Float64), d_(v) {}
  Scalar(float v) : kind_(DType::Float64), d_(v) {}

  DType kind() const { return kind_; }  // Bool, Int64 or Float64
  bool is_floating() const { return kind_ == DType::Float64; }
  template <class T>
  T to() const {
    return is_floating() ? convert<T>(d_) : convert<T>(i_);
  }

 private:
  DType kind_;
  union {
    int64_t i_;
    double d_;
  };
};

}  // namespace tg
