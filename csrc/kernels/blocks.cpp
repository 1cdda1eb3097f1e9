#include "kernels/blocks.h"

#include <algorithm>
#include <cstring>

#include "kernels/arithmetic.h"
#include "kernels/cast.h"
#include "kernels/loops.h"
#include "kernels/parallel.h"
#include "kernels/stream.h"

namespace tg {
namespace {

constexpr int64_t kBlock = 512;
constexpr int64_t kStreamedBlock = 256;  // short, so that the next one is computed while it leaves
constexpr int64_t kAhead = 4096;         // bytes that are asked for before they are needed there
constexpr int64_t kWidest = 8;           // bytes

// What a thread should have to do: elements. Functions that integers have no kernel for are the
// costly ones.
int64_t grain(const BlockKernels& kernels) {
  return kernels.i64 || kernels.integers ? kCheapGrain : kCheapGrain / 2;
}

struct Choice {
  BlockKernel kernel;
  DType dtype;  // that it computes in
};
Choice choose(const BlockKernels& floats, DType in) {
  const BlockKernels& kernels = floats.integers && !is_floating(in) ? floats.integers() : floats;
  const BlockKernel exact = [&]() -> BlockKernel {
    switch (in) {
      case DType::Float64:
        return kernels.f64;
      case DType::Float32:
        return kernels.f32;
      case DType::Int64:
        return kernels.i64;
      case DType::Int16:
        return kernels.i16;
      case DType::Int8:
        return kernels.i8;
      case DType::UInt8:
        return kernels.u8;
      case DType::Bool:
        return kernels.flag;
      default:
        return nullptr;
    }
  }();
  if (exact) return {exact, in};
  if (is_floating(in) && kernels.f32) return {kernels.f32, DType::Float32};
  if (kernels.i32) return {kernels.i32, DType::Int32};
  if (kernels.i64) return {kernels.i64, DType::Int64};
  return {(floats.integers ? floats.integers() : floats).flag, DType::Bool};
}

// One row of N operands, the output first. A result that `streams` is none of the operands.
template <int N>
class Row {
 public:
  Row(const BlockKernels& kernels, DType in, const std::array<DType, N>& dtypes,
      const void* parameters, bool streams)
      : dtypes_(dtypes), parameters_(parameters), streams_(streams) {
    const Choice choice = choose(kernels, in);
    kernel_ = choice.kernel;
    types_.fill(choice.dtype);
    if (kernels.predicate) types_[0] = DType::Bool;
    for (size_t k = 0; k < N; ++k) {
      items_[k] = itemsize(types_[k]);
      direct_ &= dtypes[k] == types_[k];
    }
  }
  void operator()(const std::array<char*, N>& data, const std::array<int64_t, N>& stride,
                  int64_t n) const {
    bool straight = direct_ && !streams_;
    for (size_t k = 0; k < N; ++k) straight &= stride[k] == items_[k];
    if (straight)
      kernel_(data[0], data[1], N == 3 ? data[N - 1] : parameters_, n);
    else
      by_blocks(data, stride, n);
  }
  // The operand of which short rows beside dense ones are one number each, or the same row; 0 if
  // there is none.
  size_t repeats(const std::array<int64_t, N>& stride, int64_t n,
                 const std::array<int64_t, N>& across) const {
    size_t found = 0;
    if (N < 3 || streams_ || n > kBlock / 2) return 0;
    for (size_t k = 0; k < N; ++k) {
      const int64_t item = itemsize(dtypes_[k]);
      if (stride[k] == item && across[k] == n * item) continue;
      if (!k || found || (stride[k] && (stride[k] != item || across[k]))) return 0;
      found = k;
    }
    return found;
  }
  void plane(const std::array<char*, N>& data, const std::array<int64_t, N>& stride, int64_t n,
             const std::array<int64_t, N>& across, int64_t rows) const {
    if (const size_t k = repeats(stride, n, across))
      return several_at_once(k, data, stride[k], n, across, rows);
    std::array<int64_t, N> item;
    for (size_t k = 0; k < N; ++k) item[k] = itemsize(dtypes_[k]);
    Row pieces = *this;
    pieces.streams_ = false;  // they do not end with a line
    Tile<N>().for_each_row(data, stride, n, across, rows, item, pieces);
  }

 private:
  void by_blocks(const std::array<char*, N>& data, const std::array<int64_t, N>& stride,
                 int64_t n) const {
    alignas(64) char buffer[N][kBlock * kWidest];
    const char* from[3] = {nullptr, nullptr, static_cast<const char*>(parameters_)};
    bool in_place[N];
    CastRow cast[N];
    for (size_t k = 0; k < N; ++k) {
      in_place[k] = dtypes_[k] == types_[k] && stride[k] == items_[k];
      if (k && !stride[k])
        repeat_number(buffer[k], data[k], k, std::min(n, kBlock));
      else if (!in_place[k])
        cast[k] = k ? cast_row(types_[k], dtypes_[k]) : cast_row(dtypes_[0], types_[0]);
    }
    const bool streams = streams_ && in_place[0];
    const int64_t past = streams ? past_line(data[0]) / items_[0] : 0;
    const int64_t most = streams ? kStreamedBlock : kBlock;
    for (int64_t done = 0, count; done < n; done += count) {
      count = std::min(done ? most : most - past, n - done);
      for (size_t k = 1; k < N; ++k) {
        const char* source = data[k] + done * stride[k];
        if (in_place[k]) {
          from[k] = source;
          if (streams)
            for (int64_t at = 0; at < count * items_[k]; at += 64)
              __builtin_prefetch(source + kAhead + at);
        } else {
          if (stride[k]) cast[k](buffer[k], items_[k], source, stride[k], count);
          from[k] = buffer[k];
        }
      }
      char* to = data[0] + done * stride[0];
      kernel_(in_place[0] && !streams ? to : buffer[0], from[1], from[2], count);
      if (!in_place[0])
        cast[0](to, stride[0], buffer[0], items_[0], count);
      else if (streams)
        stream(to, buffer[0], count * items_[0]);
    }
    if (streams) stream_end();
  }

  // Rows that would be short calls: what repeats is written out for as many as fill a block.
  void several_at_once(size_t k, const std::array<char*, N>& data, int64_t stride, int64_t n,
                       const std::array<int64_t, N>& across, int64_t rows) const {
    alignas(64) char buffer[kBlock * kWidest];
    const int64_t item = itemsize(dtypes_[k]), most = kBlock / n;
    std::array<char*, N> at = data;
    std::array<int64_t, N> step;
    for (size_t i = 0; i < N; ++i) step[i] = itemsize(dtypes_[i]);
    for (int64_t begin = 0, count; begin < rows; begin += count) {
      count = std::min(most, rows - begin);
      if (!stride || !begin)
        for (int64_t r = 0; r < count; ++r) {
          char* const to = buffer + r * n * item;
          if (stride)
            std::memcpy(to, data[k], size_t(n * item));
          else
            repeat(to, data[k] + (begin + r) * across[k], item, n);
        }
      at[k] = buffer;
      (*this)(at, step, count* n);
      for (size_t i = 0; i < N; ++i) at[i] += count * across[i];
    }
  }

  // Operand k where it is one number.
  void repeat_number(char* to, const char* number, size_t k, int64_t n) const {
    if (dtypes_[k] != types_[k]) {
      cast_row(types_[k], dtypes_[k])(to, items_[k], number, 0, 1);
      number = to;
    }
    repeat(to, number, items_[k], n);
  }

  BlockKernel kernel_;
  std::array<DType, N> dtypes_, types_;
  std::array<int64_t, N> items_;
  const void* parameters_;
  bool streams_, direct_ = true;
};

template <int N>
void run(const BlockKernels& kernels, DType in, std::span<const int64_t> sizes,
         const std::array<const BlockOperand*, N>& operands, const void* parameters) {
  Operands<N> strided;
  std::array<DType, N> dtypes;
  for (size_t k = 0; k < N; ++k) {
    dtypes[k] = operands[k]->dtype;
    strided.data[k] = operands[k]->data;
    strided.strides[k] = operands[k]->strides;
    strided.itemsize[k] = itemsize(dtypes[k]);
  }
  int64_t bytes = strided.itemsize[0];
  for (const int64_t size : sizes) bytes *= size;
  bool apart = true;
  for (size_t k = 1; k < N; ++k) apart &= strided.data[k] != strided.data[0];
  const Row<N> row(kernels, in, dtypes, parameters, apart && streams(bytes));
  share_rows<N>(sizes, strided, grain(kernels), row);
}

// kernel(out, a, b) for n numbers in a row, `items` bytes of each operand apart.
void run_straight(const BlockKernels& kernels, BlockKernel kernel, char* out, int64_t out_item,
                  const char* a, int64_t a_item, const void* b, int64_t b_item, int64_t n) {
  sweep(n, grain(kernels), [&](int64_t begin, int64_t end) {
    kernel(out + begin * out_item, a + begin * a_item,
           b ? static_cast<const char*>(b) + begin * b_item : nullptr, end - begin);
  });
}

}  // namespace

void run_blocks(const BlockKernels& kernels, DType in, std::span<const int64_t> sizes,
                const BlockOperand& out, const BlockOperand& a, const BlockOperand& b) {
  run<3>(kernels, in, sizes, {&out, &a, &b}, nullptr);
}
void run_blocks(const BlockKernels& kernels, std::span<const int64_t> sizes,
                const BlockOperand& out, const BlockOperand& a, const void* parameters) {
  run<2>(kernels, a.dtype, sizes, {&out, &a}, parameters);
}

void run_flat_blocks(const BlockKernels& kernels, DType in, char* out, DType out_dtype,
                     const char* a, bool repeats_a, const char* b, bool repeats_b, int64_t n) {
  const LongWork work(n);
  const Choice choice = choose(kernels, in);
  const int64_t item = itemsize(in);
  const bool streamed = out != a && out != b && streams(n * itemsize(out_dtype));
  if (n == 1) repeats_a = repeats_b = false;
  if (choice.dtype == in && out_dtype == (kernels.predicate ? DType::Bool : in) && !streamed) {
    if (!repeats_a && !repeats_b)
      return run_straight(kernels, choice.kernel, out, itemsize(out_dtype), a, item, b, item, n);
    if (n <= kBlock && !(repeats_a && repeats_b)) {
      alignas(64) char buffer[kBlock * kWidest];
      repeat(buffer, repeats_a ? a : b, item, n);
      return choice.kernel(out, repeats_a ? buffer : a, repeats_b ? buffer : b, n);
    }
  }
  const Row<3> row(kernels, in, {out_dtype, in, in}, nullptr, streamed);
  const int64_t step[3] = {itemsize(out_dtype), repeats_a ? 0 : item, repeats_b ? 0 : item};
  sweep(n, grain(kernels), [&](int64_t begin, int64_t end) {
    row({out + begin * step[0], const_cast<char*>(a) + begin * step[1],
         const_cast<char*>(b) + begin * step[2]},
        {step[0], step[1], step[2]}, end - begin);
  });
}
void run_flat_blocks(const BlockKernels& kernels, DType in, char* out, DType out_dtype,
                     const char* a, const void* parameters, int64_t n) {
  const LongWork work(n);
  const Choice choice = choose(kernels, in);
  const bool streamed = out != a && streams(n * itemsize(out_dtype));
  if (choice.dtype == in && out_dtype == (kernels.predicate ? DType::Bool : in) && !streamed)
    return run_straight(kernels, choice.kernel, out, itemsize(out_dtype), a, itemsize(in),
                        parameters, 0, n);
  const Row<2> row(kernels, in, {out_dtype, in}, parameters, streamed);
  const int64_t step[2] = {itemsize(out_dtype), itemsize(in)};
  sweep(n, grain(kernels), [&](int64_t begin, int64_t end) {
    row({out + begin * step[0], const_cast<char*>(a) + begin * step[1]}, {step[0], step[1]},
        end - begin);
  });
}

}  // namespace tg
