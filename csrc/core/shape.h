// Sizes and strides: a small vector of int64 (inline up to 4), checked products, broadcasting,
// strides.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>

#include "core/allocator.h"
#include "core/error.h"

namespace tg {

inline constexpr int kMaxDims = 64;

class Dims {
 public:
  Dims() = default;
  explicit Dims(int n, int64_t value = 0) {
    resize(n);
    std::fill(p_, p_ + n, value);
  }
  Dims(std::initializer_list<int64_t> values) : Dims(values.begin(), int(values.size())) {}
  Dims(const int64_t* values, int n) {
    resize(n);
    copy(values, n);
  }
  Dims(std::span<const int64_t> values) : Dims(values.data(), int(values.size())) {}
  Dims(const Dims& other) : Dims(other.p_, other.n_) {}
  Dims(Dims&& other) noexcept { steal(other); }
  Dims& operator=(const Dims& other) {
    if (this != &other) {
      release();
      resize(other.n_);
      copy(other.p_, other.n_);
    }
    return *this;
  }
  Dims& operator=(Dims&& other) noexcept {
    if (this != &other) {
      release();
      steal(other);
    }
    return *this;
  }
  ~Dims() { release(); }

  int size() const { return n_; }
  bool empty() const { return n_ == 0; }
  int64_t* data() { return p_; }
  const int64_t* data() const { return p_; }
  int64_t* begin() { return p_; }
  int64_t* end() { return p_ + n_; }
  const int64_t* begin() const { return p_; }
  const int64_t* end() const { return p_ + n_; }
  int64_t& operator[](int i) { return p_[i]; }
  int64_t operator[](int i) const { return p_[i]; }
  int64_t back() const { return p_[n_ - 1]; }
  operator std::span<const int64_t>() const { return {p_, size_t(n_)}; }
  void push_back(int64_t value) { insert(n_, value); }
  void insert(int at, int64_t value) {
    if (n_ < kInline) {
      std::copy_backward(p_ + at, p_ + n_, p_ + n_ + 1);
      p_[at] = value;
      ++n_;
      return;
    }
    Dims grown;
    grown.resize(n_ + 1);
    std::copy(p_, p_ + at, grown.p_);
    grown.p_[at] = value;
    std::copy(p_ + at, p_ + n_, grown.p_ + at + 1);
    *this = std::move(grown);
  }
  void erase(int at) {
    std::copy(p_ + at + 1, p_ + n_, p_ + at);
    if (n_ == kInline + 1) {
      int64_t* heap = p_;
      std::memcpy(inline_, heap, sizeof inline_);
      small_free(heap, size_t(n_) * 8);
      p_ = inline_;
    } else if (n_ > kInline) {
      Dims shorter(p_, n_ - 1);
      *this = std::move(shorter);
      return;
    }
    --n_;
  }
  bool operator==(const Dims& other) const {
    return n_ == other.n_ && std::equal(p_, p_ + n_, other.p_);
  }

 private:
  static constexpr int kInline = 4;
  void resize(int n) {
    if (n > kMaxDims)
      runtime_error("too many dimensions: tensors have at most ", kMaxDims, ", got ", n);
    p_ = n <= kInline ? inline_ : static_cast<int64_t*>(small_alloc(size_t(n) * 8));
    n_ = n;
  }
  void copy(const int64_t* values, int n) {
    for (int i = 0; i < n; ++i) p_[i] = values[i];
  }
  void release() {
    if (n_ > kInline) small_free(p_, size_t(n_) * 8);
    n_ = 0;
    p_ = inline_;
  }
  void steal(Dims& other) noexcept {
    n_ = other.n_;
    if (n_ > kInline) {
      p_ = other.p_;
      other.n_ = 0;
      other.p_ = other.inline_;
    } else {
      p_ = inline_;
      std::memcpy(inline_, other.inline_, sizeof inline_);
    }
  }

  int64_t* p_ = inline_;
  int n_ = 0;
  int64_t inline_[kInline];
};

// "[2, 3]"
inline std::string to_string(std::span<const int64_t> dims) {
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) text += (i ? ", " : "") + std::to_string(dims[i]);
  return text + "]";
}

// The product of the sizes; every count of elements in the library comes from here.
inline int64_t checked_numel(std::span<const int64_t> sizes) {
  int64_t n = 1;
  bool overflow = false, empty = false;
  for (const int64_t s : sizes) {
    if (s < 0)
      runtime_error("Trying to create tensor with negative dimension ", s, ": ", to_string(sizes));
    if (s == 0) empty = true;
    if (s && __builtin_mul_overflow(n, s, &n)) overflow = true;
  }
  if (overflow)
    runtime_error("numel: integer multiplication overflow for sizes ", to_string(sizes));
  return empty ? 0 : n;
}

inline Dims contiguous_strides(std::span<const int64_t> sizes) {
  Dims strides(int(sizes.size()), 1);
  int64_t step = 1;
  for (int i = int(sizes.size()) - 1; i >= 0; --i) {
    strides[i] = step;
    if (__builtin_mul_overflow(step, std::max<int64_t>(sizes[size_t(i)], 1), &step))
      runtime_error("Stride calculation overflowed for sizes ", to_string(sizes));
  }
  return strides;
}

inline Dims broadcast_sizes(std::span<const int64_t> a, std::span<const int64_t> b) {
  const int na = int(a.size()), nb = int(b.size()), n = std::max(na, nb);
  Dims out(n);
  for (int i = n - 1; i >= 0; --i) {
    const int ia = i - (n - na), ib = i - (n - nb);
    const int64_t sa = ia >= 0 ? a[size_t(ia)] : 1, sb = ib >= 0 ? b[size_t(ib)] : 1;
    if (sa != sb && sa != 1 && sb != 1)
      runtime_error("The size of tensor a (", sa, ") must match the size of tensor b (", sb,
                    ") at non-singleton dimension ", i);
    out[i] = sa == 1 ? sb : sa;
  }
  return out;
}

// A dim counted from the end if negative; a 0-d tensor counts as having one.
inline int wrap_dim(int64_t dim, int ndim) {
  const int64_t n = std::max(ndim, 1);
  if (dim < -n || dim >= n)
    index_error("Dimension out of range (expected to be in range of [", -n, ", ", n - 1,
                "], but got ", dim, ")");
  return int(dim < 0 ? dim + n : dim);
}

}  // namespace tg
