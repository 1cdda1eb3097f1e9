// einsum() gives every dimension of every operand a label, then contracts the operands from left to
// right. contract() is one such step: labels that are in both operands are batch dimensions if they
// are still needed and summed otherwise, so that the step is one matrix product.
#include "ops/einsum.h"

#include <vector>

#include "ops/elementwise.h"
#include "ops/matmul.h"
#include "ops/reduce.h"
#include "ops/shape.h"

namespace tg {
namespace {

// Labels are small numbers: A-Z, a-z, then the dimensions that an ellipsis stands for, counted from
// the last one. A set of them is a mask.
constexpr int kLetters = 52;
constexpr int kLabels = 64;
constexpr int kEllipsis = 255;  // in a parsed term

int label_of(char c) {
  return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : -1;
}
char letter_of(int label) {
  return label >= kLetters ? '.' : char(label < 26 ? 'A' + label : 'a' + label - 26);
}
uint64_t bit(int label) { return uint64_t{1} << label; }
// Ellipsis dimensions at the front of the alphabet's order, the outermost first.
int ellipsis_label(int from_last) { return kLabels - 1 - from_last; }
constexpr int kMostEllipsisDims = kLabels - kLetters;

struct Labels {
  uint8_t at[kMaxDims];
  int n = 0;
  void push(int label) {
    if (n == kMaxDims) runtime_error("einsum(): tensors have at most ", kMaxDims, " dimensions");
    at[n++] = uint8_t(label);
  }
  void erase(int i) {
    std::copy(at + i + 1, at + n, at + i);
    --n;
  }
  int find(int label) const {
    for (int i = 0; i < n; ++i)
      if (at[i] == label) return i;
    return -1;
  }
  uint64_t set() const {
    uint64_t bits = 0;
    for (int i = 0; i < n; ++i) bits |= bit(at[i]);
    return bits;
  }
};

struct Term {
  Tensor tensor;
  Labels labels;
};

// Reads one comma-separated term of the left side, up to `end`. The indices in errors are those in
// the equation.
Labels parse_term(std::string_view equation, size_t begin, size_t end, int operand) {
  Labels out;
  bool ellipsis = false;
  for (size_t i = begin; i < end; ++i) {
    const char c = equation[i];
    if (c == ' ') continue;
    if (c == '.') {
      if (ellipsis)
        runtime_error("einsum(): found '.' for operand ", operand,
                      " for which an ellipsis was already found");
      if (equation.substr(i, 3) != "..." || i + 3 > end)
        runtime_error("einsum(): found '.' for operand ", operand,
                      " that is not part of any ellipsis");
      ellipsis = true;
      out.push(kEllipsis);
      i += 2;
      continue;
    }
    const int label = label_of(c);
    if (label < 0)
      runtime_error("einsum(): invalid subscript given at index ", i,
                    " in the equation string, subscripts must be in [a-zA-Z]");
    out.push(label);
  }
  return out;
}

Labels parse_output(std::string_view equation, size_t begin, uint64_t known, int ellipsis_dims) {
  Labels out;
  bool ellipsis = false;
  for (size_t i = begin; i < equation.size(); ++i) {
    const char c = equation[i];
    if (c == ' ') continue;
    if (c == '.') {
      if (ellipsis)
        runtime_error("einsum(): found '.' for output but an ellipsis (...) was already found");
      if (equation.substr(i, 3) != "...")
        runtime_error("einsum(): found '.' for output that is not part of any ellipsis (...)");
      ellipsis = true;
      for (int d = ellipsis_dims - 1; d >= 0; --d) out.push(ellipsis_label(d));
      i += 2;
      continue;
    }
    const int label = label_of(c);
    if (label < 0)
      runtime_error("einsum(): invalid subscript given at index ", i,
                    " in the equation string, subscripts must be in [a-zA-Z]");
    if (out.find(label) >= 0)
      runtime_error("einsum(): output subscript ", c, " appears more than once in the output");
    if (!(known & bit(label)))
      runtime_error("einsum(): output subscript ", c,
                    " does not appear in the equation for any input operand");
    out.push(label);
  }
  return out;
}

// Spells the ellipsis of a term out for a tensor.
Labels spelled_out(const Labels& parsed, int operand, int ndim, int& ellipsis_dims) {
  const bool ellipsis = parsed.find(kEllipsis) >= 0;
  const int named = parsed.n - ellipsis;
  if (!ellipsis && named != ndim)
    runtime_error("einsum(): the number of subscripts in the equation (", named,
                  ") does not match the number of dimensions (", ndim, ") for operand ", operand,
                  " and no ellipsis was given");
  if (named > ndim)
    runtime_error("einsum(): the number of subscripts in the equation (", named,
                  ") is more than the number of dimensions (", ndim, ") for operand ", operand);
  if (!ellipsis) return parsed;
  const int covered = ndim - named;
  if (covered > kMostEllipsisDims)
    runtime_error("einsum(): an ellipsis stands for at most ", kMostEllipsisDims,
                  " dimensions, got ", covered);
  ellipsis_dims = std::max(ellipsis_dims, covered);
  Labels out;
  for (int i = 0; i < parsed.n; ++i) {
    if (parsed.at[i] != kEllipsis)
      out.push(parsed.at[i]);
    else
      for (int d = covered - 1; d >= 0; --d) out.push(ellipsis_label(d));
  }
  return out;
}

// Takes the diagonal where a label is repeated.
void merge_repeated(Term& term, int operand) {
  for (int i = 0; i < term.labels.n; ++i) {
    for (int j = i + 1; j < term.labels.n;) {
      if (term.labels.at[i] != term.labels.at[j]) {
        ++j;
        continue;
      }
      if (term.tensor.size(i) != term.tensor.size(j))
        runtime_error("einsum(): subscript ", letter_of(term.labels.at[i]),
                      " is repeated for operand ", operand, " but the sizes don't match, ",
                      term.tensor.size(j), " != ", term.tensor.size(i));
      term.tensor = diagonal(term.tensor, 0, i, j);  // the merged dimension comes last
      term.tensor = movedim(term.tensor, Dims{-1}, Dims{i});
      term.labels.erase(j);
    }
  }
}

// Sums over the labels of `term` that are not in `needed`; integers stay what they are but where
// the sum is all there is to do.
void sum_others(Term& term, uint64_t needed, bool promote = false) {
  Dims dims;
  Labels left;
  for (int i = 0; i < term.labels.n; ++i) {
    if (needed & bit(term.labels.at[i]))
      left.push(term.labels.at[i]);
    else
      dims.push_back(i);
  }
  if (dims.empty()) return;
  term.tensor =
      promote ? sum(term.tensor, dims, false) : sum(term.tensor, dims, false, term.tensor.dtype());
  term.labels = left;
}

void drop(Term& term, int i) {  // a dimension of size 1
  term.tensor = squeeze(term.tensor, i);
  term.labels.erase(i);
}

// Brings the dimensions into the given order.
Tensor ordered(const Term& term, const Labels& order) {
  Dims dims(order.n);
  bool same = true;
  for (int i = 0; i < order.n; ++i) {
    dims[i] = term.labels.find(order.at[i]);
    same &= dims[i] == i;
  }
  if (same) return term.tensor;
  return permute(term.tensor, dims);
}

// Product with broadcasting, where nothing is summed.
Term multiply(const Term& a, const Term& b, const Labels& all) {
  const auto spread = [&](const Term& term) {
    Labels own;
    for (int i = 0; i < all.n; ++i)
      if (term.labels.find(all.at[i]) >= 0) own.push(all.at[i]);
    Tensor t = ordered(term, own);
    if (own.n == all.n) return t;
    bool leading = true;  // dimensions missing at the front need no ones
    for (int i = 0; i < own.n; ++i) leading &= own.at[i] == all.at[all.n - own.n + i];
    if (leading) return t;
    for (int i = 0; i < all.n; ++i)
      if (own.find(all.at[i]) < 0) t = unsqueeze(t, i);
    return t;
  };
  return {mul(spread(a), spread(b)), all};
}

int64_t product_of_sizes(const Tensor& t, int begin, int end) {
  int64_t n = 1;
  for (int i = begin; i < end; ++i)
    if (__builtin_mul_overflow(n, t.size(i), &n))
      runtime_error("einsum(): the operands are too large");
  return n;
}

// t with its dimensions gathered into three (two without `batch`); counts are how many there are of
// each kind.
Tensor grouped(const Tensor& t, bool batch, int first, int second) {
  const int leading = t.dim() - first - second;
  if (leading == int(batch) && first == 1 && second == 1) return t;
  Dims sizes;
  if (batch) sizes.push_back(product_of_sizes(t, 0, leading));
  sizes.push_back(product_of_sizes(t, leading, leading + first));
  sizes.push_back(product_of_sizes(t, leading + first, t.dim()));
  return reshape(t, sizes);
}

// The product of a and b, summed over the labels that are not in `needed`.
Term contract(Term a, Term b, uint64_t needed) {
  uint64_t shared = a.labels.set() & b.labels.set();
  for (int i = 0; i < a.labels.n;) {  // sizes of 1 broadcast
    const int j = b.labels.find(a.labels.at[i]);
    if (j < 0 || a.tensor.size(i) == b.tensor.size(j)) {
      ++i;
      continue;
    }
    shared &= ~bit(a.labels.at[i]);
    if (a.tensor.size(i) == 1) {
      drop(a, i);
    } else {
      drop(b, j);
      ++i;
    }
  }
  sum_others(a, needed | shared);
  sum_others(b, needed | shared);
  const uint64_t summed = shared & ~needed;
  Labels batch, left, right, inner;
  for (int i = 0; i < a.labels.n; ++i) {
    const int label = a.labels.at[i];
    (summed & bit(label) ? inner : shared & bit(label) ? batch : left).push(label);
  }
  for (int i = 0; i < b.labels.n; ++i)
    if (!(shared & bit(b.labels.at[i]))) right.push(b.labels.at[i]);
  Labels all = batch;
  for (const Labels* part : {&left, &right})
    for (int i = 0; i < part->n; ++i) all.push(part->at[i]);
  if (!inner.n) return multiply(a, b, all);

  Labels order_a = batch, order_b = batch;
  for (const Labels* part : {&left, &inner})
    for (int i = 0; i < part->n; ++i) order_a.push(part->at[i]);
  for (const Labels* part : {&inner, &right})
    for (int i = 0; i < part->n; ++i) order_b.push(part->at[i]);
  const Tensor x = ordered(a, order_a), y = ordered(b, order_b);
  const bool batched = batch.n > 0;
  Tensor product;
  int of_product = 2 + batched;  // its dimensions, if each kind of label is one
  if (!batched && inner.n == 1 && left.n <= 1 && right.n == 0) {
    product = left.n ? mv(x, y) : dot(x, y);
    of_product = left.n;
  } else {
    const Tensor rows = grouped(x, batched, left.n, inner.n),
                 columns = grouped(y, batched, inner.n, right.n);
    product = batched ? bmm(rows, columns) : mm(rows, columns);
  }
  // PyTorch's result is always a view of the product; only a printed grad_fn shows that.
  if (all.n == of_product && (of_product < 2 || (left.n == 1 && right.n == 1)) &&
      !requires_grad(product))
    return {product, all};
  Dims sizes;
  for (int i = 0; i < batch.n + left.n; ++i) sizes.push_back(x.size(i));
  for (int i = 0; i < right.n; ++i) sizes.push_back(y.size(batch.n + inner.n + i));
  return {view(product, sizes), all};
}

// Whether `output` names a dimension of b alone before one of a alone: then b comes first in the
// product, so that its result needs no other order.
bool starts_with_second(const Labels& output, const Labels& a, const Labels& b) {
  for (int i = 0; i < output.n; ++i) {
    const bool in_a = a.find(output.at[i]) >= 0, in_b = b.find(output.at[i]) >= 0;
    if (in_a != in_b) return in_b;
  }
  return false;
}

void check_sizes(const std::vector<Term>& terms) {
  int64_t seen[kLabels];
  std::fill(seen, seen + kLabels, int64_t{1});
  for (size_t k = 0; k < terms.size(); ++k) {
    for (int i = 0; i < terms[k].labels.n; ++i) {
      const int label = terms[k].labels.at[i];
      const int64_t size = terms[k].tensor.size(i);
      if (size == 1 || size == seen[label]) continue;
      if (seen[label] != 1) {
        if (label >= kLetters)
          runtime_error("einsum(): the dimensions covered by the ellipsis of operand ", k,
                        " have size ", size,
                        ", which does not broadcast with previously seen size ", seen[label]);
        runtime_error("einsum(): subscript ", letter_of(label), " has size ", size, " for operand ",
                      k, " which does not broadcast with previously seen size ", seen[label]);
      }
      seen[label] = size;
    }
  }
}

}  // namespace

Tensor einsum(std::string_view equation, std::span<const Tensor> operands) {
  if (operands.empty()) runtime_error("einsum(): must provide at least one operand");
  const size_t arrow = equation.find("->");
  const size_t left_end = arrow == std::string_view::npos ? equation.size() : arrow;
  std::vector<Term> terms;
  terms.reserve(operands.size());
  int ellipsis_dims = 0;
  uint64_t once = 0, seen = 0;
  for (size_t begin = 0;; ++begin) {
    const size_t end = std::min(equation.find(',', begin), left_end);
    const int k = int(terms.size());
    if (terms.size() == operands.size())
      runtime_error("einsum(): fewer operands were provided than specified in the equation");
    const Tensor& operand = operands[terms.size()];
    const Labels parsed = parse_term(equation, begin, end, k);
    for (int i = 0; i < parsed.n; ++i) {
      if (parsed.at[i] == kEllipsis) continue;
      const uint64_t label = bit(parsed.at[i]);
      once = seen & label ? once & ~label : once | label;
      seen |= label;
    }
    terms.push_back({operand, spelled_out(parsed, k, operand.dim(), ellipsis_dims)});
    begin = end;
    if (end == left_end) break;
  }
  if (terms.size() < operands.size())
    runtime_error("einsum(): more operands were provided than specified in the equation");

  Labels output;
  if (arrow != std::string_view::npos) {
    output = parse_output(equation, arrow + 2, seen, ellipsis_dims);
  } else {  // the ellipsis, then what occurs once
    for (int d = ellipsis_dims - 1; d >= 0; --d) output.push(ellipsis_label(d));
    for (int label = 0; label < kLetters; ++label)
      if (once & bit(label)) output.push(label);
  }
  for (size_t k = 0; k < terms.size(); ++k) merge_repeated(terms[k], int(k));
  if (terms.size() > 1) check_sizes(terms);

  const uint64_t wanted = output.set();
  Term result = std::move(terms[0]);
  for (size_t k = 1; k < terms.size(); ++k) {
    uint64_t needed = wanted;
    for (size_t later = k + 1; later < terms.size(); ++later) needed |= terms[later].labels.set();
    if (k + 1 == terms.size() && starts_with_second(output, result.labels, terms[k].labels))
      std::swap(result, terms[k]);
    result = contract(std::move(result), std::move(terms[k]), needed);
  }
  sum_others(result, wanted, terms.size() == 1);
  return ordered(result, output);
}

Tensor tensordot(const Tensor& a, const Tensor& b, int64_t dims) {
  if (dims < 0) runtime_error("tensordot expects dims >= 0, but got dims=", dims);
  if (dims > std::min(a.dim(), b.dim()))
    runtime_error("tensordot expects dims < ndim_a or ndim_b, but got dims=", dims);
  Dims from_a, from_b;
  for (int64_t i = 0; i < dims; ++i) {
    from_a.push_back(i - dims);
    from_b.push_back(i);
  }
  return tensordot(a, b, from_a, from_b);
}

Tensor tensordot(const Tensor& a, const Tensor& b, std::span<const int64_t> dims_a,
                 std::span<const int64_t> dims_b) {
  if (dims_a.size() != dims_b.size()) runtime_error("both dimension lists should have same length");
  if (a.dtype() != b.dtype()) runtime_error("both inputs should have same dtype");
  if (a.dim() + b.dim() > kMaxDims)
    runtime_error("tensordot: tensors have at most ", kMaxDims, " dimensions");
  Term x{a, {}}, y{b, {}};
  for (int i = 0; i < a.dim(); ++i) x.labels.push(i);
  for (int i = 0; i < b.dim(); ++i) y.labels.push(a.dim() + i);
  uint64_t summed = 0, summed_b = 0;
  for (size_t i = 0; i < dims_a.size(); ++i) {
    const int of_a = wrap_dim(dims_a[i], a.dim()), of_b = wrap_dim(dims_b[i], b.dim());
    const int64_t size_a = a.dim() ? a.size(of_a) : 1, size_b = b.dim() ? b.size(of_b) : 1;
    if (size_a != size_b && size_a != 1 && size_b != 1)
      runtime_error("contracted dimensions need to match, but first has size ", size_a, " in dim ",
                    dims_a[i], " and second has size ", size_b, " in dim ", dims_b[i]);
    if (summed & bit(of_a))
      runtime_error("dim ", of_a, " appears multiple times in the list of dims");
    if (summed_b & bit(of_b))
      runtime_error("dim ", of_b, " appears multiple times in the list of dims");
    summed |= bit(of_a);
    summed_b |= bit(of_b);
    if (y.labels.n) y.labels.at[of_b] = uint8_t(of_a);
  }
  const uint64_t all = x.labels.set() | y.labels.set();
  return contract(std::move(x), std::move(y), all & ~summed).tensor;
}

}  // namespace tg
