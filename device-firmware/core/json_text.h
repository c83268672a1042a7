#pragma once
#include <stddef.h>
#include <stdint.h>

namespace enstratus {

/** A text gets no deeper than it is long: more than this is never asked for. */
constexpr size_t kMaxJsonBytes = 1024;

/** A part of a text: from `begin` on, `length` bytes. */
struct TextPart {
  const char* begin = nullptr;
  size_t length = 0;
};

/**
 * Goes through JSON (RFC 8259) in UTF-8 from left to right, strictly, with no memory but a bit for each level. Nothing is decoded; what it answers are
 * parts of the text.
 */
class JsonReader {
 public:
  JsonReader(const char* text, size_t length) : at_(text), end_(text + length) {}

  void white_space();
  bool at_end() const { return at_ == end_; }
  bool take(char character);
  /** Takes a string, with its quotes. */
  bool string(TextPart& part);
  /** Takes one whole value without white space around it, however deep. */
  bool value(TextPart& part);

 private:
  bool string_end();
  bool escape();
  bool utf8();
  bool number();
  bool literal(const char* word, size_t length);
  bool scalar();
  bool key();

  const char* at_;
  const char* end_;
};

/** Whether two strings (with quotes, valid) are equal once their escapes are resolved. */
bool equal_strings(const TextPart& one, const TextPart& other);

/** Resolves a string (with quotes, valid) that is only ASCII. Returns its length, or `capacity` + 1 when it has other characters or is longer. */
size_t ascii_string(const TextPart& part, char* text, size_t capacity);

}  // namespace enstratus
