// Error types of the library. The bindings turn each kind into the Python exception that PyTorch
// raises.
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tg {

enum class ErrorKind {
  Runtime,
  Type,
  Value,
  Index,
  NotImplemented,
  OutOfMemory,
  Attribute,
  Interrupted
};

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}
  ErrorKind kind() const noexcept { return kind_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorKind kind_;
  std::string message_;
};

// Thrown when Python already holds the exception to raise: a hook or a converter failed.
class PythonError : public std::exception {
 public:
  const char* what() const noexcept override { return "a Python exception is set"; }
};

// A piece of a message: text, or a number that is written as C++ streams write it. Messages are put
// together by one function, out of the way of the code that may have to raise them. Refers to the
// text it is made from, so it lives no longer than the expression.
class TextPart {
 public:
  TextPart(const char* text) : text_(text), kind_(Kind::CString) {}
  TextPart(const std::string& text) : string_(&text), kind_(Kind::String) {}
  TextPart(const std::string_view& text) : view_(&text), kind_(Kind::View) {}
  TextPart(char c) : integer_(c), kind_(Kind::Character) {}
  template <std::integral T>
  TextPart(T value)
      : integer_(static_cast<int64_t>(value)),
        kind_(std::is_unsigned_v<T> ? Kind::Unsigned : Kind::Integer) {}
  TextPart(double value) : number_(value), kind_(Kind::Number) {}
  void append_to(std::string& text) const;

 private:
  enum class Kind : uint8_t { CString, String, View, Character, Integer, Unsigned, Number };
  union {
    const char* text_;
    const std::string* string_;
    const std::string_view* view_;
    int64_t integer_;
    double number_;
  };
  Kind kind_;
};
std::string join_parts(std::initializer_list<TextPart> parts);
[[noreturn]] void fail_with(ErrorKind kind, std::initializer_list<TextPart> parts);

template <class... Parts>
std::string join_text(const Parts&... parts) {
  return join_parts({TextPart(parts)...});
}
template <class... Parts>
[[noreturn]] void fail(ErrorKind kind, const Parts&... parts) {
  fail_with(kind, {TextPart(parts)...});
}
template <class... Parts>
[[noreturn]] void runtime_error(const Parts&... parts) {
  fail(ErrorKind::Runtime, parts...);
}
template <class... Parts>
[[noreturn]] void type_error(const Parts&... parts) {
  fail(ErrorKind::Type, parts...);
}
template <class... Parts>
[[noreturn]] void value_error(const Parts&... parts) {
  fail(ErrorKind::Value, parts...);
}
template <class... Parts>
[[noreturn]] void index_error(const Parts&... parts) {
  fail(ErrorKind::Index, parts...);
}

}  // namespace tg
