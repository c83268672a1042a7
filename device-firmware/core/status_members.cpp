#include "status_members.h"

#include <string.h>

namespace enstratus {

namespace {

static_assert(kMaxPublishBytes <= kMaxJsonBytes, "a publish fits in what is read as JSON");

constexpr const char* kHeaderNames[] = {"v", "boot_id", "seq", "time", "every_s", "count", "run_state"};
constexpr size_t kLongestName = 10;
/** `"":0,` is the shortest member. */
constexpr size_t kMaxMembers = kMaxPublishBytes / 5 + 1;

const char* name_of(size_t name) { return name < kFirstField ? kHeaderNames[name] : field_info(static_cast<Field>(name - kFirstField)).name; }

bool is_text(const TextPart& value, const char* expected) {
  char text[kLongestName];
  const size_t length = ascii_string(value, text, sizeof text);
  return strlen(expected) == length && memcmp(expected, text, length) == 0;
}

void keep_member(Members& members, const TextPart& key, const TextPart& value) {
  for (size_t name = 0; name < kNames; name += 1) {
    if (!is_text(key, name_of(name))) continue;
    members.values[name] = value;
    return;
  }
  members.unknown = true;
}

}  // namespace

bool Members::has_fields() const {
  for (size_t name = kRunState; name < kNames; name += 1) {
    if (!has(name)) return false;
  }
  return true;
}

Refusal read_members(const char* text, size_t length, Members& members) {
  JsonReader json(text, length);
  json.white_space();
  TextPart value;
  if (!json.take('{')) {
    if (!json.value(value)) return Refusal::not_json;
    json.white_space();
    return json.at_end() ? Refusal::wrong_shape : Refusal::not_json;
  }
  TextPart keys[kMaxMembers];
  size_t count = 0;
  bool repeated = false;
  json.white_space();
  if (!json.take('}')) {
    do {
      json.white_space();
      TextPart key;
      if (!json.string(key)) return Refusal::not_json;
      json.white_space();
      if (!json.take(':')) return Refusal::not_json;
      json.white_space();
      if (!json.value(value)) return Refusal::not_json;
      json.white_space();
      for (size_t at = 0; at < count && !repeated; at += 1) repeated = equal_strings(keys[at], key);
      if (count < kMaxMembers) keys[count++] = key;
      keep_member(members, key, value);
    } while (json.take(','));
    if (!json.take('}')) return Refusal::not_json;
  }
  json.white_space();
  if (!json.at_end()) return Refusal::not_json;
  return repeated ? Refusal::wrong_shape : Refusal::none;
}

Refusal whole_in(const Decimal& decimal, int64_t min, int64_t max, int64_t& number) {
  int64_t whole = 0;
  if (!whole_of(decimal, whole)) return Refusal::wrong_resolution;
  if (whole < min || whole > max) return Refusal::out_of_range;
  number = whole;
  return Refusal::none;
}

Refusal read_state(const TextPart& value, RunState& state) {
  if (!is_string(value)) return Refusal::wrong_type;
  for (uint8_t at = 0; at <= static_cast<uint8_t>(RunState::fault); at += 1) {
    if (!is_text(value, run_state_name(static_cast<RunState>(at)))) continue;
    state = static_cast<RunState>(at);
    return Refusal::none;
  }
  return Refusal::out_of_range;
}

}  // namespace enstratus
