// All elements of a tensor are padded to one width and written in one style, so printing takes
// three steps: choose the style from the elements that will be seen, write their texts (Cells), lay
// the texts out in rows and blocks (Layout). Start at format_tensor().
#include "kernels/format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tg {
namespace {

// Which elements are printed.
struct Window {
  int ndim;
  const int64_t* sizes;
  const int64_t* strides;
  int64_t edgeitems;
  bool summarised;

  // Written so that edgeitems may be as large as int64 allows.
  bool elides(int d) const { return summarised && sizes[d] - edgeitems > edgeitems; }

  size_t count() const {
    int64_t n = 1;
    for (int d = 0; d < ndim; ++d) n *= elides(d) ? 2 * edgeitems : sizes[d];
    return size_t(n);
  }
};

// Calls visit(element) in printing order.
template <class T, class Visit>
void for_each_shown(const Window& window, int d, const T* data, Visit& visit) {
  if (d == window.ndim) return visit(*data);
  const int64_t size = window.sizes[d], stride = window.strides[d];
  const int64_t head = window.elides(d) ? window.edgeitems : size;
  const int64_t tail = window.elides(d) ? size - window.edgeitems : size;
  for (int64_t i = 0; i < head; ++i) for_each_shown(window, d + 1, data + i * stride, visit);
  for (int64_t i = tail; i < size; ++i) for_each_shown(window, d + 1, data + i * stride, visit);
}

// The texts of the printed elements, one behind the other.
struct Cells {
  std::string text;
  std::vector<size_t> ends;
  size_t width = 1;  // all shorter texts are padded to this

  void close(bool counts_for_width) {
    const size_t begin = ends.empty() ? 0 : ends.back();
    ends.push_back(text.size());
    if (counts_for_width) width = std::max(width, text.size() - begin);
  }
};

// std::to_chars onto the end of text; `room` bounds the characters that it writes.
template <class Value, class... Format>
void append_number(std::string& text, size_t room, Value value, Format... format) {
  const size_t begin = text.size();
  text.resize(begin + room);
  char* first = text.data() + begin;
  text.resize(begin + size_t(std::to_chars(first, first + room, value, format...).ptr - first));
}

constexpr auto kPowersOfTen = [] {
  std::array<uint64_t, 19> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

// Appends value with `precision` decimals, rounded half to even on its exact value as printf does.
// A double is an integer over a power of two, so 128-bit integers do it exactly faster than
// std::to_chars. Returns false, having done nothing, where they are too short: from 2^53, for many
// decimals, for the tiniest values.
bool append_fixed(std::string& text, double value, int precision) {
  using Wide = unsigned __int128;
  if (size_t(precision) >= kPowersOfTen.size()) return false;
  const uint64_t power = kPowersOfTen[size_t(precision)];
  uint64_t scaled = 0;  // |value| * power
  if (value != 0) {
    constexpr uint64_t kHiddenBit = uint64_t(1) << 52;
    const uint64_t bits = std::bit_cast<uint64_t>(value);
    const int shift = 1075 - int(bits >> 52 & 0x7ff);
    if (shift < 1 || shift > 120) return false;
    const Wide numerator = Wide((bits & (kHiddenBit - 1)) | kHiddenBit) * power;
    const Wide whole = numerator >> shift, half = Wide(1) << (shift - 1);
    const Wide rest = numerator - (whole << shift);
    if (whole >> 63) return false;
    scaled = uint64_t(whole);
    if (rest > half || (rest == half && scaled % 2 == 1)) ++scaled;
  }
  if (std::signbit(value)) text += '-';
  append_number(text, 20, scaled / power);
  if (precision == 0) return true;
  char decimals[20];
  const size_t length =
      size_t(std::to_chars(decimals, decimals + 20, scaled % power).ptr - decimals);
  text += '.';
  text.append(size_t(precision) - length, '0');
  text.append(decimals, length);
  return true;
}

struct FloatStyle {
  bool integral = true;  // "2." instead of "2.0000"
  bool scientific = false;
  int precision = 0;
};

// Zeros, infinities and NaNs have no say in the style; nor in the width of the cells.
bool is_plain(double value) { return std::isfinite(value) && value != 0; }

template <class T>
FloatStyle choose_style(const Window& window, const T* data, const PrintOptions& options) {
  FloatStyle style{.precision = options.precision};
  double smallest = std::numeric_limits<double>::infinity(), largest = 0;
  auto scan = [&](T element) {
    const double value = convert<double>(element);
    if (!is_plain(value)) return;
    smallest = std::min(smallest, std::fabs(value));
    largest = std::max(largest, std::fabs(value));
    style.integral = style.integral && value == std::ceil(value);
  };
  for_each_shown(window, 0, data, scan);
  if (largest == 0) return style;
  const bool spread = largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
  style.scientific = options.sci_mode < 0 ? spread : options.sci_mode != 0;
  return style;
}

void append_float(std::string& text, double value, const FloatStyle& style) {
  if (std::isnan(value)) {
    text += "nan";  // whatever its sign bit
  } else if (std::isinf(value)) {
    text += value < 0 ? "-inf" : "inf";
  } else {
    const int precision = style.integral && !style.scientific ? 0 : style.precision;
    const size_t room = 320 + size_t(precision);  // the largest double has 309 digits
    if (style.scientific) {
      append_number(text, room, value, std::chars_format::scientific, precision);
    } else if (!append_fixed(text, value, precision)) {
      append_number(text, room, value, std::chars_format::fixed, precision);
    }
    if (style.integral && !style.scientific) text += '.';
  }
}

Cells write_cells(const FormatInput& input, const Window& window, const PrintOptions& options) {
  Cells cells;
  cells.ends.reserve(window.count());
  visit_dtype(input.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, bool>) {
      // Read as bytes: a reinterpreted tensor may hold more than 0 and 1.
      auto write = [&](unsigned char element) {
        cells.text += element ? "True" : "False";
        cells.close(true);
      };
      for_each_shown(window, 0, static_cast<const unsigned char*>(input.data), write);
    } else if constexpr (std::is_integral_v<T>) {
      auto write = [&](T element) {
        append_number(cells.text, 20, int64_t(element));  // "-9223372036854775808"
        cells.close(true);
      };
      for_each_shown(window, 0, static_cast<const T*>(input.data), write);
    } else {
      const T* data = static_cast<const T*>(input.data);
      const FloatStyle style = choose_style(window, data, options);
      auto write = [&](T element) {
        const double value = convert<double>(element);
        append_float(cells.text, value, style);
        cells.close(is_plain(value));
      };
      for_each_shown(window, 0, data, write);
    }
  });
  return cells;
}

class Layout {
 public:
  Layout(const Window& window, const Cells& cells, int64_t linewidth, std::string& out)
      : window_(window), cells_(cells), linewidth_(linewidth), out_(out) {}

  // Appends the block of dimensions d and up, in brackets that stand at column `indent`.
  void append_block(int d, int64_t indent) {
    if (d == window_.ndim) return append_cell();
    const bool is_row = d + 1 == window_.ndim;
    const int64_t cell_width = int64_t(cells_.width) + 2;  // with the ", "
    const int64_t per_line = is_row ? std::max<int64_t>(1, (linewidth_ - indent) / cell_width) : 1;
    const size_t newlines = is_row ? 1 : size_t(window_.ndim - d - 1);
    int64_t items = 0;
    auto separate = [&] {
      const int64_t place = items++ % per_line;
      if (items == 1) return;
      if (place != 0) {
        out_ += ", ";
        return;
      }
      out_ += ',';
      out_.append(newlines, '\n');
      out_.append(size_t(indent) + 1, ' ');
    };
    auto append_items = [&](int64_t count) {
      for (int64_t i = 0; i < count; ++i) {
        separate();
        append_block(d + 1, indent + 1);
      }
    };
    out_ += '[';
    if (window_.elides(d)) {
      append_items(window_.edgeitems);
      separate();
      out_ += is_row && window_.edgeitems > 0 ? " ..." : "...";
      append_items(window_.edgeitems);
    } else {
      append_items(window_.sizes[d]);
    }
    out_ += ']';
  }

 private:
  void append_cell() {
    const size_t begin = next_ == 0 ? 0 : cells_.ends[next_ - 1];
    const size_t length = cells_.ends[next_++] - begin;
    if (length < cells_.width) out_.append(cells_.width - length, ' ');
    out_.append(cells_.text, begin, length);
  }

  const Window& window_;
  const Cells& cells_;
  const int64_t linewidth_;
  std::string& out_;
  size_t next_ = 0;  // cell
};

// Characters of UTF-8 text, as Python's len() counts them.
int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

// Appends ", dtype=torch.int32" and the like, each on a new line where the last one has no room.
class Suffixes {
 public:
  Suffixes(std::string& out, int64_t indent, int64_t linewidth)
      : out_(out), indent_(indent), linewidth_(linewidth) {
    const size_t newline = out.rfind('\n');
    const size_t begin = newline == std::string::npos ? 0 : newline + 1;
    line_ = characters(std::string_view(out).substr(begin)) + 2;  // PyTorch counts two too many
  }

  void add(std::string_view name, std::string_view value = {}) {
    const int64_t length = characters(name) + characters(value);
    if (line_ + length + 2 > linewidth_) {
      out_ += ",\n";
      out_.append(size_t(indent_), ' ');
      line_ = indent_ + length;
    } else {
      out_ += ", ";
      line_ += length + 2;
    }
    out_ += name;
    out_ += value;
  }

 private:
  std::string& out_;
  const int64_t indent_, linewidth_;
  int64_t line_;
};

// A Python tuple: "()", "(3,)", "(0, 3)".
std::string tuple_text(int n, const int64_t* values) {
  std::string text = "(";
  for (int i = 0; i < n; ++i) {
    if (i > 0) text += ", ";
    append_number(text, 20, values[i]);
  }
  text += n == 1 ? ",)" : ")";
  return text;
}

}  // namespace

std::string format_tensor(const FormatInput& input, const PrintOptions& options) {
  int64_t numel = 1;
  for (int d = 0; d < input.ndim; ++d) numel *= input.sizes[d];

  std::string out = input.type_name;
  out += '(';
  const int64_t indent = characters(out);
  if (numel == 0) {
    out += "[]";
  } else {
    const bool summarised = numel > options.threshold;
    const Window window{input.ndim, input.sizes, input.strides, options.edgeitems, summarised};
    const Cells cells = write_cells(input, window, options);
    out.reserve(out.size() + cells.ends.size() * (cells.width + 3) + 64);
    Layout(window, cells, options.linewidth, out).append_block(0, indent);
  }

  Suffixes suffixes(out, indent, options.linewidth);
  // A form that does not show its shape says it; without elements no form shows that it is of
  // integers or bools.
  const bool hides_shape = numel == 0 ? input.ndim != 1 : options.edgeitems == 0;
  if (hides_shape) suffixes.add("size=", tuple_text(input.ndim, input.sizes));
  const bool implies_dtype = input.default_dtype && (numel > 0 || is_floating(input.dtype));
  if (!implies_dtype) suffixes.add("dtype=torch.", info(input.dtype).name);
  if (input.suffix_requires) suffixes.add(input.suffix_requires);
  out += ')';
  return out;
}

}  // namespace tg
