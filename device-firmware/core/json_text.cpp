#include "json_text.h"

#include <string.h>

namespace enstratus {

namespace {

bool is_digit(char character) { return character >= '0' && character <= '9'; }

/** Value of a hexadecimal digit, -1 when it is none. */
int hex_of(char character) {
  if (is_digit(character)) return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

/** Gives the UTF-16 code units of a valid string one by one: what two strings are compared by, as lone surrogates can be escaped. */
class CodeUnits {
 public:
  explicit CodeUnits(const TextPart& string) : at_(string.begin + 1), end_(string.begin + string.length - 1) {}
  /** -1 at the end. */
  int32_t next() {
    if (low_ != 0) {
      const int32_t low = low_;
      low_ = 0;
      return low;
    }
    if (at_ == end_) return -1;
    const auto byte = static_cast<uint8_t>(*at_++);
    if (byte == '\\') return escaped();
    if (byte < 0x80) return byte;
    return wide(byte);
  }

 private:
  int32_t escaped() {
    const char character = *at_++;
    switch (character) {
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u': {
        int32_t unit = 0;
        for (int digit = 0; digit < 4; digit += 1) unit = unit * 16 + hex_of(*at_++);
        return unit;
      }
      default:
        return character;
    }
  }
  int32_t wide(uint8_t byte) {
    const int further = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    int32_t point = byte & (0x3f >> further);
    for (int at = 0; at < further; at += 1) point = (point << 6) | (static_cast<uint8_t>(*at_++) & 0x3f);
    if (point < 0x10000) return point;
    low_ = 0xdc00 + ((point - 0x10000) & 0x3ff);
    return 0xd800 + ((point - 0x10000) >> 10);
  }

  const char* at_;
  const char* end_;
  int32_t low_ = 0;
};

/** Which of the open levels are objects; the others are arrays. */
class Levels {
 public:
  bool push(bool object) {
    if (depth_ == kMaxJsonBytes) return false;
    const auto mask = static_cast<uint8_t>(1u << (depth_ % 8));
    bits_[depth_ / 8] = static_cast<uint8_t>(object ? bits_[depth_ / 8] | mask : bits_[depth_ / 8] & ~mask);
    depth_ += 1;
    return true;
  }
  void pop() { depth_ -= 1; }
  bool empty() const { return depth_ == 0; }
  bool in_object() const { return (bits_[(depth_ - 1) / 8] >> ((depth_ - 1) % 8) & 1) != 0; }

 private:
  uint8_t bits_[kMaxJsonBytes / 8] = {};
  size_t depth_ = 0;
};

}  // namespace

void JsonReader::white_space() {
  while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) at_ += 1;
}

bool JsonReader::take(char character) {
  if (at_ == end_ || *at_ != character) return false;
  at_ += 1;
  return true;
}

bool JsonReader::string(TextPart& part) {
  const char* const begin = at_;
  if (!take('"') || !string_end()) return false;
  part = {begin, static_cast<size_t>(at_ - begin)};
  return true;
}

bool JsonReader::string_end() {
  while (at_ < end_) {
    const auto byte = static_cast<uint8_t>(*at_);
    if (byte == '"') {
      at_ += 1;
      return true;
    }
    if (byte < 0x20) return false;
    if (byte == '\\') {
      if (!escape()) return false;
    } else if (byte >= 0x80) {
      if (!utf8()) return false;
    } else {
      at_ += 1;
    }
  }
  return false;
}

bool JsonReader::escape() {
  at_ += 1;
  if (at_ == end_) return false;
  const char character = *at_++;
  if (character != 'u') return character != 0 && strchr("\"\\/bfnrt", character) != nullptr;
  for (int digit = 0; digit < 4; digit += 1, at_ += 1) {
    if (at_ == end_ || hex_of(*at_) < 0) return false;
  }
  return true;
}

bool JsonReader::utf8() {
  // RFC 3629, 4: no overlong forms, no surrogates, nothing beyond U+10FFFF.
  const auto lead = static_cast<uint8_t>(*at_);
  if (lead < 0xc2 || lead > 0xf4) return false;
  const ptrdiff_t further = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (end_ - at_ <= further) return false;
  const auto second = static_cast<uint8_t>(at_[1]);
  const uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return false;
  for (ptrdiff_t at = 2; at <= further; at += 1) {
    if ((static_cast<uint8_t>(at_[at]) & 0xc0) != 0x80) return false;
  }
  at_ += further + 1;
  return true;
}

bool JsonReader::number() {
  const auto digits = [this] {
    const char* const begin = at_;
    while (at_ < end_ && is_digit(*at_)) at_ += 1;
    return at_ > begin;
  };
  take('-');
  if (!take('0') && !digits()) return false;
  if (take('.') && !digits()) return false;
  if (!take('e') && !take('E')) return true;
  if (!take('+')) take('-');
  return digits();
}

bool JsonReader::literal(const char* word, size_t length) {
  if (static_cast<size_t>(end_ - at_) < length || memcmp(at_, word, length) != 0) return false;
  at_ += length;
  return true;
}

bool JsonReader::scalar() {
  if (at_ == end_) return false;
  switch (*at_) {
    case '"': {
      TextPart ignored;
      return string(ignored);
    }
    case 't':
      return literal("true", 4);
    case 'f':
      return literal("false", 5);
    case 'n':
      return literal("null", 4);
    default:
      return number();
  }
}

bool JsonReader::key() {
  TextPart ignored;
  white_space();
  if (!string(ignored)) return false;
  white_space();
  if (!take(':')) return false;
  white_space();
  return true;
}

bool JsonReader::value(TextPart& part) {
  const char* const begin = at_;
  Levels levels;
  for (;;) {
    bool opened = false;
    if (at_ < end_ && (*at_ == '{' || *at_ == '[')) {
      const bool object = *at_++ == '{';
      if (!levels.push(object)) return false;
      white_space();
      opened = at_ == end_ || *at_ != (object ? '}' : ']');
      if (opened && object && !key()) return false;
    } else if (!scalar()) {
      return false;
    }
    if (opened) continue;
    // A value has ended, or an empty object or array is about to: close what closes here.
    for (;;) {
      if (levels.empty()) {
        part = {begin, static_cast<size_t>(at_ - begin)};
        return true;
      }
      white_space();
      if (take(',')) {
        white_space();
        if (levels.in_object() && !key()) return false;
        break;
      }
      if (!take(levels.in_object() ? '}' : ']')) return false;
      levels.pop();
    }
  }
}

bool equal_strings(const TextPart& one, const TextPart& other) {
  CodeUnits left(one);
  CodeUnits right(other);
  for (;;) {
    const int32_t unit = left.next();
    if (unit != right.next()) return false;
    if (unit < 0) return true;
  }
}

size_t ascii_string(const TextPart& part, char* text, size_t capacity) {
  CodeUnits units(part);
  size_t length = 0;
  for (int32_t unit = units.next(); unit >= 0; unit = units.next()) {
    if (length == capacity || unit >= 0x80) return capacity + 1;
    text[length++] = static_cast<char>(unit);
  }
  return length;
}

}  // namespace enstratus
