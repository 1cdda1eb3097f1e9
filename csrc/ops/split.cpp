// Lists of views: unbind(), split(), chunk(), tensor_split().
#include "autograd/record.h"
#include "autograd/view.h"
#include "ops/factory.h"
#include "ops/join.h"
#include "ops/shape.h"

namespace tg {
namespace {

// Consecutive parts of `lengths` along dimension `at`.
std::vector<Tensor> parts(const char* name, const Tensor& x, int at,
                          const std::vector<int64_t>& lengths) {
  std::vector<Tensor> out;
  out.reserve(lengths.size());
  Dims sizes(x.sizes());
  int64_t start = 0;
  for (const int64_t length : lengths) {
    sizes[at] = length;
    out.push_back(plain_view(x, sizes, x.strides(), x.storage_offset() + start * x.stride(at)));
    start += length;
  }
  if (grad_mode.enabled && requires_grad(x))
    record_outputs(name, out, inputs(x), saves(),
                   [sizes = Dims(x.sizes()), at, lengths, dtype = x.dtype()](
                       GradInputs& to, std::span<Tensor> grads) {
                     std::vector<Tensor> all(grads.begin(), grads.end());
                     for (size_t i = 0; i < all.size(); ++i) {
                       if (all[i].defined()) continue;
                       Dims part = sizes;
                       part[at] = lengths[i];
                       all[i] = zeros(part, dtype);
                     }
                     // cat() passes over empty vectors, which is right here too.
                     to.set(0, cat(all, at));
                   });
  for (const Tensor& t : out) as_differentiable_view(t, x, true);
  return out;
}

}  // namespace

std::vector<Tensor> unbind(const Tensor& x, int64_t dim) {
  if (x.dim() == 0) index_error("Dimension specified as ", dim, " but tensor has no dimensions");
  const int at = wrap_dim(dim, x.dim());
  Dims sizes(x.sizes()), strides(x.strides());
  sizes.erase(at);
  strides.erase(at);
  std::vector<Tensor> out;
  out.reserve(size_t(x.size(at)));
  const int64_t first = x.storage_offset();
  for (int64_t i = 0; i < x.size(at); ++i)
    out.push_back(plain_view(x, sizes, strides, first + i * x.stride(at)));
  if (grad_mode.enabled && requires_grad(x))
    record_outputs("UnbindBackward0", out, inputs(x), saves(),
                   [sizes, at, dtype = x.dtype()](GradInputs& to, std::span<Tensor> grads) {
                     std::vector<Tensor> all(grads.begin(), grads.end());
                     for (Tensor& g : all)
                       if (!g.defined()) g = zeros(sizes, dtype);
                     to.set(0, stack(all, at));
                   });
  for (const Tensor& t : out) as_differentiable_view(t, x, true);
  return out;
}

std::vector<Tensor> split(const Tensor& x, int64_t split_size, int64_t dim) {
  if (x.dim() == 0) runtime_error("split expects at least a 1-dimensional tensor");
  if (split_size < 0)
    runtime_error("split expects split_size be non-negative, but got split_size=", split_size);
  const int at = wrap_dim(dim, x.dim());
  const int64_t size = x.size(at);
  if (split_size == 0 && size != 0)
    runtime_error("split_size can only be 0 if dimension size is 0, but got dimension size of ",
                  size);
  std::vector<int64_t> lengths;
  for (int64_t start = 0; start < size; start += std::min(split_size, size - start))
    lengths.push_back(std::min(split_size, size - start));
  if (lengths.empty()) lengths.push_back(0);
  return parts("SplitBackward0", x, at, lengths);
}

std::vector<Tensor> split_with_sizes(const Tensor& x, std::span<const int64_t> sizes, int64_t dim) {
  if (x.dim() == 0) runtime_error("split expects at least a 1-dimensional tensor");
  const int at = wrap_dim(dim, x.dim());
  int64_t sum = 0;
  for (const int64_t s : sizes) {
    if (s < 0)
      runtime_error(
          "split_with_sizes expects split_sizes have only non-negative entries, but got "
          "split_sizes=",
          to_string(sizes));
    if (__builtin_add_overflow(sum, s, &sum)) sum = -1;
    if (sum < 0) break;
  }
  if (sum != x.size(at))
    runtime_error("split_with_sizes expects split_sizes to sum exactly to ", x.size(at),
                  " (input tensor's size at dimension ", at,
                  "), but got split_sizes=", to_string(sizes));
  return parts("SplitWithSizesBackward0", x, at, std::vector<int64_t>(sizes.begin(), sizes.end()));
}

std::vector<Tensor> chunk(const Tensor& x, int64_t chunks, int64_t dim) {
  if (x.dim() == 0) runtime_error("chunk expects at least a 1-dimensional tensor");
  if (chunks <= 0) runtime_error("chunk expects `chunks` to be greater than 0, got: ", chunks);
  const int at = wrap_dim(dim, x.dim());
  const int64_t size = x.size(at);
  if (size == 0)
    return parts("SplitWithSizesBackward0", x, at, std::vector<int64_t>(size_t(chunks), 0));
  return split(x, size / chunks + (size % chunks != 0), at);
}

std::vector<Tensor> tensor_split_at(const Tensor& x, std::span<const int64_t> indices,
                                    int64_t dim) {
  if (x.dim() == 0)
    runtime_error("tensor_split expected at least a 1-dimensional tensor, but got a tensor with ",
                  x.dim(), " dims");
  const int at = wrap_dim(dim, x.dim());
  std::vector<Tensor> out;
  int64_t start = 0;
  for (const int64_t end : indices) {
    out.push_back(slice(x, at, start, end));
    start = end;
  }
  out.push_back(slice(x, at, start, x.size(at)));
  return out;
}

std::vector<Tensor> tensor_split(const Tensor& x, int64_t sections, int64_t dim) {
  if (x.dim() == 0)
    runtime_error("tensor_split expected at least a 1-dimensional tensor, but got a tensor with ",
                  x.dim(), " dims");
  const int at = wrap_dim(dim, x.dim());
  if (sections <= 0) runtime_error("number of sections must be larger than 0, got ", sections);
  const int64_t size = x.size(at), shortest = size / sections, longer = size % sections;
  std::vector<Tensor> out;
  int64_t start = 0;
  for (int64_t i = 0; i < sections; ++i) {
    const int64_t length = shortest + (i < longer);
    out.push_back(slice(x, at, start, start + length));
    start += length;
  }
  return out;
}

}  // namespace tg
