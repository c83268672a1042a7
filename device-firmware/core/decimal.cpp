#include "decimal.h"

namespace enstratus {

namespace {

constexpr uint64_t kBeyond = 100000000000000000;
constexpr uint64_t kOne = 1000000000000000000;
/** From here on every double is whole. */
constexpr uint64_t kAllWhole = 1ull << 53;
/** Exponents beyond this change nothing more: a text has no more than 1,024 digits. */
constexpr int kMaxExponent = 9999;
constexpr int kDoubleMaxExponent = 308;
constexpr int kDoubleMinExponent = -324;
/** First 19 digits of the middle between the largest double and the next power of two (IEEE 754 binary64). */
constexpr uint64_t kDoubleMaxDigits = 1797693134862315807;

bool is_digit(char character) { return character >= '0' && character <= '9'; }

int exponent_of(const char* at, const char* end) {
  if (at == end) return 0;
  at += 1;
  const bool negative = *at == '-';
  if (*at == '-' || *at == '+') at += 1;
  int exponent = 0;
  for (; at < end && exponent < kMaxExponent; at += 1) exponent = exponent * 10 + (*at - '0');
  if (exponent > kMaxExponent) exponent = kMaxExponent;
  return negative ? -exponent : exponent;
}

int64_t signed_of(const Decimal& decimal, uint64_t magnitude) {
  return decimal.negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
}

/** Half the distance between doubles of this size, in 10^-18. */
uint64_t half_step(uint64_t whole) {
  int bits = 0;
  for (; whole > 0; whole >>= 1) bits += 1;
  return bits < 54 ? kOne >> (54 - bits) : kOne;
}

/** The whole number within `tolerance` (10^-18) below or above. */
bool near_whole(const Decimal& decimal, uint64_t below, uint64_t above, int64_t& value) {
  if (decimal.infinite) return false;
  if (decimal.whole >= kAllWhole || (decimal.fraction <= below && (decimal.fraction < below || !decimal.more))) {
    value = signed_of(decimal, decimal.whole);
    return true;
  }
  if (kOne - decimal.fraction > above) return false;
  value = signed_of(decimal, decimal.whole + 1);
  return true;
}

}  // namespace

Decimal read_decimal(const char* text, size_t length, int scale) {
  Decimal decimal;
  const char* at = text;
  const char* const end = text + length;
  if (*at == '-') {
    decimal.negative = true;
    at += 1;
  }
  const char* const digits = at;
  while (at < end && (is_digit(*at) || *at == '.')) at += 1;
  const char* const digits_end = at;
  // Where the point stands, counted in digits from the first one.
  int point = 0;
  while (digits + point < digits_end && digits[point] != '.') point += 1;
  point += exponent_of(at, end) + scale;

  int index = 0;
  int first = -1;  // the first digit that isn't zero
  uint64_t leading = 0;
  int leading_count = 0;
  uint64_t place = kOne;
  for (int zeros = point; zeros < 0 && place > 0; zeros += 1) place /= 10;
  for (const char* digit = digits; digit < digits_end; digit += 1) {
    if (*digit == '.') continue;
    const auto value = static_cast<uint64_t>(*digit - '0');
    if (first < 0 && value != 0) first = index;
    if (first >= 0 && leading_count < 19) {
      leading = leading * 10 + value;
      leading_count += 1;
    }
    if (index < point) {
      if (decimal.whole < kBeyond) decimal.whole = decimal.whole * 10 + value;
    } else {
      place /= 10;
      decimal.fraction += value * place;
      decimal.more = decimal.more || (place == 0 && value != 0);
    }
    index += 1;
  }
  if (first < 0) return decimal;
  for (; index < point && decimal.whole < kBeyond; index += 1) decimal.whole *= 10;
  if (decimal.whole > kBeyond) decimal.whole = kBeyond;
  for (; leading_count < 19; leading_count += 1) leading *= 10;
  const int exponent = point - 1 - first;
  decimal.infinite = exponent > kDoubleMaxExponent || (exponent == kDoubleMaxExponent && leading > kDoubleMaxDigits);
  if (exponent < kDoubleMinExponent) decimal.more = false;
  return decimal;
}

bool whole_of(const Decimal& decimal, int64_t& value) {
  const uint64_t half = half_step(decimal.whole);
  return near_whole(decimal, decimal.whole == 0 ? 0 : half, half, value);
}

bool steps_of(const Decimal& decimal, int64_t& value) {
  constexpr uint64_t kMillionth = kOne / 1000000;
  const uint64_t half = half_step(decimal.whole);
  const uint64_t tolerance = half > kMillionth ? half : kMillionth - 1;
  return near_whole(decimal, tolerance, tolerance, value);
}

int64_t rounded(const Decimal& decimal) {
  constexpr uint64_t kHalf = kOne / 2;
  const bool over_half = decimal.fraction > kHalf || (decimal.fraction == kHalf && (decimal.more || !decimal.negative));
  return signed_of(decimal, decimal.whole + (over_half ? 1 : 0));
}

}  // namespace enstratus
