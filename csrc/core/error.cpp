#include "core/error.h"

#include <cstdio>

namespace tg {

void TextPart::append_to(std::string& text) const {
  switch (kind_) {
    case Kind::CString:
      text += text_;
      break;
    case Kind::String:
      text += *string_;
      break;
    case Kind::View:
      text += *view_;
      break;
    case Kind::Character:
      text += static_cast<char>(integer_);
      break;
    case Kind::Integer:
      text += std::to_string(integer_);
      break;
    case Kind::Unsigned:
      text += std::to_string(static_cast<uint64_t>(integer_));
      break;
    case Kind::Number: {
      char digits[32];
      text.append(digits, size_t(std::snprintf(digits, sizeof digits, "%g", number_)));
      break;
    }
  }
}

std::string join_parts(std::initializer_list<TextPart> parts) {
  std::string text;
  for (const TextPart& part : parts) part.append_to(text);
  return text;
}

void fail_with(ErrorKind kind, std::initializer_list<TextPart> parts) {
  throw Error(kind, join_parts(parts));
}

}  // namespace tg
