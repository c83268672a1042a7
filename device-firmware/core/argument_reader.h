#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace enstratus {

/** Particle takes no more in one function call, and the protocol no more than this (PROTOCOL.md, "What a device can be asked"). */
constexpr size_t kMaxArgumentBytes = 1024;

/** A number in an argument: `digits` before the point, at most one behind it. One with a minus sign is a number, but in no range that is asked for. */
struct ArgumentNumber {
  /** In tenths; one beyond 64 bits stays at a value that is in no range either. */
  uint64_t tenths = 0;
  bool negative = false;

  uint64_t units() const { return tenths / 10; }
  /** @param min,max In whole units, below 2^60. */
  bool within(uint64_t min, uint64_t max) const { return !negative && tenths >= min * 10 && tenths <= max * 10; }
};

/** Goes through a function's argument from left to right. What it takes is behind it; what it doesn't take is still before it. */
class ArgumentReader {
 public:
  ArgumentReader(const char* text, size_t length) : at_(text), end_(text + length) {}

  bool at_end() const { return at_ == end_; }
  bool take(char character) {
    if (at_end() || *at_ != character) return false;
    at_ += 1;
    return true;
  }
  bool take(const char* word, size_t length) {
    if (static_cast<size_t>(end_ - at_) < length || memcmp(at_, word, length) != 0) return false;
    at_ += length;
    return true;
  }
  /** Takes a whole number of any length. */
  bool whole(ArgumentNumber& number) {
    const bool negative = take('-');
    if (at_end() || !is_digit(*at_)) return false;
    number = ArgumentNumber{0, negative};
    for (; !at_end() && is_digit(*at_); at_ += 1) {
      if (number.tenths < kBeyond) number.tenths = number.tenths * 10 + static_cast<uint64_t>(*at_ - '0');
    }
    number.tenths *= 10;
    return true;
  }
  /** Takes a number with at most one digit behind its point. */
  bool tenths(ArgumentNumber& number) {
    if (!whole(number)) return false;
    if (!take('.')) return true;
    if (at_end() || !is_digit(*at_)) return false;
    number.tenths += static_cast<uint64_t>(*at_ - '0');
    at_ += 1;
    return true;
  }
  /** Takes one or more of a to z: from `begin` on, as many as are answered. */
  size_t word(const char*& begin) {
    begin = at_;
    while (!at_end() && *at_ >= 'a' && *at_ <= 'z') at_ += 1;
    return static_cast<size_t>(at_ - begin);
  }
  /** Takes all up to a character, or to the end. */
  size_t until(char stop, const char*& begin) {
    begin = at_;
    while (!at_end() && *at_ != stop) at_ += 1;
    return static_cast<size_t>(at_ - begin);
  }

  static bool is_digit(char character) { return character >= '0' && character <= '9'; }

 private:
  static constexpr uint64_t kBeyond = 1000000000000000;

  const char* at_;
  const char* end_;
};

/** Index of a word in a list of literals, -1 when it is none of them. */
template <size_t N>
int word_index(const char* word, size_t length, const char* const (&words)[N]) {
  for (size_t at = 0; at < N; at += 1) {
    if (strlen(words[at]) == length && memcmp(words[at], word, length) == 0) return static_cast<int>(at);
  }
  return -1;
}

}  // namespace enstratus
