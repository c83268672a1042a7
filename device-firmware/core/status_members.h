#pragma once
#include "decimal.h"
#include "json_text.h"
#include "pack_reader.h"
#include "pack_writer.h"

namespace enstratus {

/** Largest boot_id, seq and time: they are unsigned 32-bit numbers. */
constexpr int64_t kMaxCounter = 4294967295;

/** The keys of a status text; `run_state` and the fields follow in canonical order. */
enum Name : uint8_t { kV, kBootId, kSeq, kTime, kEvery, kCount, kRunState, kFirstField };
constexpr size_t kNames = kFirstField + kNumberFields;

/** The values of a status text by their names, as parts of the text; a value that isn't there has no length. */
struct Members {
  TextPart values[kNames];
  /** There was a key that version 1 doesn't know. */
  bool unknown = false;

  const TextPart& operator[](size_t name) const { return values[name]; }
  bool has(size_t name) const { return values[name].length > 0; }
  /** Whether run state and every field stand there. */
  bool has_fields() const;
};

/**
 * The members of the one object that a text is: not_json, then wrong_shape for what is no object and for a key that stands twice.
 *
 * @param length At most kMaxPublishBytes.
 */
Refusal read_members(const char* text, size_t length, Members& members);

inline bool is_number(const TextPart& value) { return *value.begin == '-' || (*value.begin >= '0' && *value.begin <= '9'); }
inline bool is_string(const TextPart& value) { return *value.begin == '"'; }
inline bool is_null(const TextPart& value) { return *value.begin == 'n'; }
inline bool is_array(const TextPart& value) { return *value.begin == '['; }

/** A whole number in a range: wrong_resolution, then out_of_range. */
Refusal whole_in(const Decimal& decimal, int64_t min, int64_t max, int64_t& number);

/** The run state that a value names: wrong_type, then out_of_range. */
Refusal read_state(const TextPart& value, RunState& state);

/** A field's power of ten: 1 where it is counted in tenths. */
inline int scale_of(const FieldInfo& field) { return field.steps_per_unit == 10 ? 1 : 0; }

}  // namespace enstratus
