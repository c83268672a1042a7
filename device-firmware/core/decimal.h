#pragma once
#include <stddef.h>
#include <stdint.h>

namespace enstratus {

/** A JSON number, exact to 18 digits behind the point: enough to tell what the cloud's doubles tell, without any floating point. */
struct Decimal {
  bool negative = false;
  /** Beyond what a double holds. */
  bool infinite = false;
  /** Something follows the 18 digits. */
  bool more = false;
  /** Whole part; one of 10^17 and more is only told to be so. */
  uint64_t whole = 0;
  /** In 10^-18. */
  uint64_t fraction = 0;
};

/**
 * Reads a number in JSON's grammar (RFC 8259, 6), which the text must follow.
 *
 * @param scale Power of ten that it is multiplied by: 1 reads tenths.
 */
Decimal read_decimal(const char* text, size_t length, int scale);

/**
 * The whole number that a double of this value would be (RFC 8259, 6: software generally uses IEEE 754 binary64). False when it would be none; values
 * of 10^17 and more are answered as that.
 */
bool whole_of(const Decimal& decimal, int64_t& value);

/** The nearest whole number where it is nearer than a millionth, as the cloud's `toSteps` has it. False when there is none. */
bool steps_of(const Decimal& decimal, int64_t& value);

/** The nearest whole number, halves up (towards plus infinity). */
int64_t rounded(const Decimal& decimal);

}  // namespace enstratus
