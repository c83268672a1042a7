#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace enstratus {

/** Writes text into memory of a fixed size. Once something does not fit, nothing more is written, and `length()` is 0. */
class TextWriter {
 public:
  TextWriter(char* text, size_t capacity) : begin_(text), at_(text), end_(text + capacity) {}

  void put(const char* text, size_t length) {
    if (!room(length)) return;
    memcpy(at_, text, length);
    at_ += length;
  }
  /** A literal, without its terminating zero. */
  template <size_t N>
  void put(const char (&literal)[N]) {
    put(literal, N - 1);
  }
  void put(char character) {
    if (room(1)) *at_++ = character;
  }

  /** A whole number without sign, without leading zeros. */
  void number(uint32_t value) {
    const size_t digits = digits_of(value);
    if (!room(digits)) return;
    for (size_t at = digits; at-- > 0; value /= 10) at_[at] = static_cast<char>('0' + value % 10);
    at_ += digits;
  }
  /** A number of steps of which `steps_per_unit` (1 or 10) make one: `8`, `8.1`, `-0.3`; never `-0` or `8.0`. */
  void steps(int32_t value, int32_t steps_per_unit) {
    if (value < 0) put('-');
    const uint32_t magnitude = value < 0 ? 0u - static_cast<uint32_t>(value) : static_cast<uint32_t>(value);
    if (steps_per_unit == 1) return number(magnitude);
    number(magnitude / 10);
    const uint32_t tenths = magnitude % 10;
    if (tenths == 0) return;
    put('.');
    put(static_cast<char>('0' + tenths));
  }

  /** How much was written; 0 when something did not fit. */
  size_t length() const { return fits_ ? static_cast<size_t>(at_ - begin_) : 0; }

 private:
  static size_t digits_of(uint32_t value) {
    if (value < 10) return 1;
    if (value < 100) return 2;
    if (value < 1000) return 3;
    size_t digits = 3;
    for (value /= 1000; value > 0; value /= 10) digits += 1;
    return digits;
  }
  bool room(size_t length) {
    fits_ = fits_ && static_cast<size_t>(end_ - at_) >= length;
    return fits_;
  }

  char* begin_;
  char* at_;
  char* end_;
  bool fits_ = true;
};

}  // namespace enstratus
