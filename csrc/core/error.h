// Error types of the library. The bindings turn each kind into the Python exception that PyTorch
// raises.
#pragma once

#include <exception>
#include <sstream>
#include <string>
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

template <class... Parts>
std::string join_text(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

template <class... Parts>
[[noreturn]] void fail(ErrorKind kind, const Parts&... parts) {
  throw Error(kind, join_text(parts...));
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
