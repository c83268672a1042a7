#include "plain_reader.h"

#include <string.h>

namespace enstratus {

namespace {

/** A template writes an empty text where the value was missing or null. */
bool is_nothing(const TextPart& value) {
  if (value.length == 0 || is_null(value)) return true;
  if (!is_string(value)) return false;
  char text[4];
  const size_t length = ascii_string(value, text, sizeof text);
  return length == 0 || (length == 4 && memcmp(text, "null", 4) == 0);
}

bool is_digit(char character) { return character >= '0' && character <= '9'; }

/** A numeric text: a sign, 1 to 15 digits, and 1 to 15 behind a point. */
bool is_numeric(const char* text, size_t length) {
  const char* at = text;
  const char* const end = text + length;
  const auto digits = [&at, end] {
    const char* const begin = at;
    while (at < end && is_digit(*at)) at += 1;
    return at - begin >= 1 && at - begin <= 15;
  };
  if (at < end && *at == '-') at += 1;
  if (!digits()) return false;
  if (at == end) return true;
  if (*at != '.') return false;
  at += 1;
  return digits() && at == end;
}

/** The number in a number or a numeric text of a plain document. */
Refusal read_plain_number(const TextPart& value, int scale, Decimal& decimal) {
  if (is_number(value)) {
    decimal = read_decimal(value.begin, value.length, scale);
    return Refusal::none;
  }
  if (!is_string(value)) return Refusal::wrong_type;
  char text[32];
  const size_t length = ascii_string(value, text, sizeof text);
  if (length > sizeof text || !is_numeric(text, length)) return Refusal::wrong_type;
  decimal = read_decimal(text, length, scale);
  return Refusal::none;
}

Refusal read_plain_whole(const TextPart& value, int64_t min, int64_t max, int64_t& number) {
  if (is_nothing(value)) return Refusal::missing_field;
  Decimal decimal;
  const Refusal refusal = read_plain_number(value, 0, decimal);
  return refusal == Refusal::none ? whole_in(decimal, min, max, number) : refusal;
}

/** Boot, seq and time of a plain document. */
Refusal read_plain_identity(const Members& members, uint32_t published_at_s, StatusDocument& document) {
  int64_t boot_id = 0, seq = 0, time = published_at_s;
  if (!is_nothing(members[kTime]) || published_at_s == 0) {
    const Refusal refusal = read_plain_whole(members[kTime], kMinTime_s, kMaxCounter, time);
    if (refusal != Refusal::none) return refusal;
  } else if (published_at_s < kMinTime_s) {
    return Refusal::out_of_range;
  }
  if (is_nothing(members[kBootId]) && is_nothing(members[kSeq])) {
    seq = time / 60;
    time = seq * 60;
  } else {
    Refusal refusal = read_plain_whole(members[kBootId], 0, kMaxCounter, boot_id);
    if (refusal == Refusal::none) refusal = read_plain_whole(members[kSeq], 0, kMaxCounter, seq);
    if (refusal != Refusal::none) return refusal;
  }
  document.boot_id = static_cast<uint32_t>(boot_id);
  document.seq = static_cast<uint32_t>(seq);
  document.time_s = static_cast<uint32_t>(time);
  return Refusal::none;
}

}  // namespace

Refusal read_plain(const Members& members, uint32_t published_at_s, StatusDocument& document) {
  Decimal version;
  int64_t version_number = 0;
  if (members.has(kV) && (read_plain_number(members[kV], 0, version) != Refusal::none ||
                          whole_in(version, 1, 1, version_number) != Refusal::none)) {
    return Refusal::unknown_version;
  }
  if (members.unknown || members.has(kEvery)) return Refusal::unknown_field;
  Refusal refusal = read_plain_identity(members, published_at_s, document);
  if (refusal != Refusal::none) return refusal;
  if (!members.has_fields()) return Refusal::missing_field;
  document.readings.run_state = RunState::none;
  if (!is_nothing(members[kRunState])) refusal = read_state(members[kRunState], document.readings.run_state);
  for (size_t at = 0; at < kNumberFields && refusal == Refusal::none; at += 1) {
    const TextPart& value = members[kFirstField + at];
    const FieldInfo& field = field_info(static_cast<Field>(at));
    document.readings.steps[at] = kNoReading;
    if (is_nothing(value)) continue;
    Decimal decimal;
    refusal = read_plain_number(value, scale_of(field), decimal);
    if (refusal != Refusal::none) break;
    const int64_t steps = rounded(decimal);
    if (steps < field.min_steps || steps > field.max_steps) return Refusal::out_of_range;
    document.readings.steps[at] = static_cast<int32_t>(steps);
  }
  return refusal;
}

}  // namespace enstratus
