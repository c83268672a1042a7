#include "pack_reader.h"

#include "plain_reader.h"
#include "status_members.h"

namespace enstratus {

namespace {

constexpr int64_t kMaxEvery_s = 3600;
constexpr int64_t kDefaultEvery_s = 60;

/** A whole number of a pack's header. */
Refusal read_whole(const TextPart& value, int64_t min, int64_t max, int64_t& number) {
  if (value.length == 0) return Refusal::missing_field;
  if (!is_number(value)) return Refusal::wrong_type;
  return whole_in(read_decimal(value.begin, value.length, 0), min, max, number);
}

/** Goes through the entries of an array that is known to be JSON. */
class Entries {
 public:
  explicit Entries(const TextPart& array) : json_(array.begin + 1, array.length - 1) { json_.white_space(); }
  bool next(TextPart& entry) {
    if (!json_.value(entry)) return false;
    json_.white_space();
    json_.take(',');
    json_.white_space();
    return true;
  }

 private:
  JsonReader json_;
};

size_t entry_count(const TextPart& array) {
  Entries entries(array);
  TextPart ignored;
  size_t count = 0;
  while (entries.next(ignored)) count += 1;
  return count;
}

Refusal read_states(const TextPart& column, StatusDocument* documents, size_t count) {
  RunState last = RunState::none;
  if (!is_array(column)) {
    const Refusal refusal = is_null(column) ? Refusal::none : read_state(column, last);
    for (size_t at = 0; at < count; at += 1) documents[at].readings.run_state = last;
    return refusal;
  }
  if (entry_count(column) != count) return Refusal::wrong_column_length;
  Entries entries(column);
  TextPart entry;
  for (size_t at = 0; entries.next(entry); at += 1) {
    RunState& state = documents[at].readings.run_state;
    state = RunState::none;
    if (is_null(entry)) continue;
    int64_t zero = 1;
    if (is_number(entry) && whole_in(read_decimal(entry.begin, entry.length, 0), 0, 0, zero) == Refusal::none) {
      if (last == RunState::none) return Refusal::wrong_shape;
    } else if (const Refusal refusal = read_state(entry, last); refusal != Refusal::none) {
      return refusal;
    }
    state = last;
  }
  return Refusal::none;
}

/** Adds a value or a difference of a column to what it comes after. */
Refusal add_steps(const TextPart& entry, const FieldInfo& field, int64_t& steps) {
  if (!is_number(entry)) return Refusal::wrong_type;
  int64_t difference = 0;
  if (!steps_of(read_decimal(entry.begin, entry.length, scale_of(field)), difference)) return Refusal::wrong_resolution;
  steps += difference;
  return steps < field.min_steps || steps > field.max_steps ? Refusal::out_of_range : Refusal::none;
}

Refusal read_column(const TextPart& column, size_t index, StatusDocument* documents, size_t count) {
  const FieldInfo& field = field_info(static_cast<Field>(index));
  int64_t steps = 0;
  if (!is_array(column)) {
    const Refusal refusal = is_null(column) ? Refusal::none : add_steps(column, field, steps);
    const int32_t reading = is_null(column) || refusal != Refusal::none ? kNoReading : static_cast<int32_t>(steps);
    for (size_t at = 0; at < count; at += 1) documents[at].readings.steps[index] = reading;
    return refusal;
  }
  if (entry_count(column) != count) return Refusal::wrong_column_length;
  Entries entries(column);
  TextPart entry;
  for (size_t at = 0; entries.next(entry); at += 1) {
    int32_t& reading = documents[at].readings.steps[index];
    reading = kNoReading;
    if (is_null(entry)) continue;
    if (const Refusal refusal = add_steps(entry, field, steps); refusal != Refusal::none) return refusal;
    reading = static_cast<int32_t>(steps);
  }
  return Refusal::none;
}

Refusal read_pack(const Members& members, StatusDocument* documents, size_t& count) {
  int64_t version = 0;
  if (!members.has(kV)) return Refusal::missing_field;
  if (read_whole(members[kV], 1, 1, version) != Refusal::none) return Refusal::unknown_version;
  if (members.unknown) return Refusal::unknown_field;
  int64_t boot_id = 0, seq = 0, time = 0, every_s = kDefaultEvery_s, documents_count = 0;
  Refusal refusal = read_whole(members[kBootId], 0, kMaxCounter, boot_id);
  if (refusal == Refusal::none) refusal = read_whole(members[kSeq], 0, kMaxCounter, seq);
  if (refusal == Refusal::none) refusal = read_whole(members[kTime], kMinTime_s, kMaxCounter, time);
  if (refusal == Refusal::none && members.has(kEvery)) refusal = read_whole(members[kEvery], 1, kMaxEvery_s, every_s);
  if (refusal == Refusal::none) refusal = read_whole(members[kCount], 1, kMaxPackDocuments, documents_count);
  if (refusal != Refusal::none) return refusal;
  if (seq + documents_count - 1 > kMaxCounter || time + (documents_count - 1) * every_s > kMaxCounter) return Refusal::out_of_range;
  if (!members.has_fields()) return Refusal::missing_field;
  count = static_cast<size_t>(documents_count);
  for (size_t at = 0; at < count; at += 1) {
    documents[at].boot_id = static_cast<uint32_t>(boot_id);
    documents[at].seq = static_cast<uint32_t>(seq + static_cast<int64_t>(at));
    documents[at].time_s = static_cast<uint32_t>(time + static_cast<int64_t>(at) * every_s);
  }
  refusal = read_states(members[kRunState], documents, count);
  for (size_t field = 0; field < kNumberFields && refusal == Refusal::none; field += 1) {
    refusal = read_column(members[kFirstField + field], field, documents, count);
  }
  return refusal;
}

}  // namespace

const char* refusal_name(Refusal refusal) {
  static constexpr const char* kRefusals[] = {"none",          "too_large",     "not_json",   "wrong_shape",  "unknown_version",  "missing_field",
                                              "unknown_field", "wrong_type",    "out_of_range", "wrong_resolution", "wrong_column_length"};
  const auto index = static_cast<size_t>(refusal);
  return index < sizeof kRefusals / sizeof *kRefusals ? kRefusals[index] : "";
}

ReadStatus read_status(const char* text, size_t length, StatusDocument* documents, uint32_t published_at_s) {
  ReadStatus read;
  if (length > kMaxPublishBytes) {
    read.refusal = Refusal::too_large;
    return read;
  }
  Members members;
  read.refusal = read_members(text, length, members);
  if (read.refusal != Refusal::none) return read;
  size_t count = 1;
  if (!members.has(kCount)) {
    read.refusal = read_plain(members, published_at_s, documents[0]);
  } else {
    read.refusal = length > kMaxPackBytes ? Refusal::too_large : read_pack(members, documents, count);
  }
  if (read.refusal == Refusal::none) read.count = count;
  return read;
}

}  // namespace enstratus
