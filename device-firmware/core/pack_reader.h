#pragma once
#include "status_document.h"

namespace enstratus {

/** Why a text is refused: PROTOCOL.md, "What is refused, and why". */
enum class Refusal : uint8_t {
  none,
  too_large,
  not_json,
  wrong_shape,
  unknown_version,
  missing_field,
  unknown_field,
  wrong_type,
  out_of_range,
  wrong_resolution,
  wrong_column_length
};
const char* refusal_name(Refusal refusal);

struct ReadStatus {
  Refusal refusal = Refusal::none;
  /** How many documents were read, 1 to 15. */
  size_t count = 0;
};

/**
 * Reads a pack or a plain document as strictly as the cloud does. `documents` has room for 15. `published_at_s` is the time of a plain document
 * that carries none; 0 where it isn't known.
 */
ReadStatus read_status(const char* text, size_t length, StatusDocument* documents, uint32_t published_at_s = 0);

}  // namespace enstratus
