#include "pack_writer.h"

#include "text_writer.h"

namespace enstratus {

namespace {

constexpr uint32_t kDefaultEvery_s = 60;
constexpr uint32_t kMaxEvery_s = 3600;

struct Key {
  const char* text;
  uint8_t length;
};
template <size_t N>
constexpr Key key(const char (&literal)[N]) {
  return {literal, N - 1};
}
// By Field, with all that stands between two columns.
constexpr Key kKeys[kNumberFields] = {key(",\"dc_bus_v\":"), key(",\"solar_w\":"),  key(",\"grid_w\":"),
                                      key(",\"motor_w\":"),  key(",\"motor_a\":"),  key(",\"motor_hz\":"),
                                      key(",\"temp_c\":"),   key(",\"fault_code\":"), key(",\"signal_pct\":")};
// By RunState.
constexpr Key kStates[] = {key("\"stopped\""), key("\"waiting\""), key("\"starting\""), key("\"solar\""),
                           key("\"grid\""),    key("\"mixed\""),   key("\"fault\"")};

/** Whether every value is one that a document can have. */
bool is_valid(const StatusDocument& document) {
  const RunState state = document.readings.run_state;
  if (state > RunState::fault && state != RunState::none) return false;
  for (size_t at = 0; at < kNumberFields; at += 1) {
    const int32_t steps = document.readings.steps[at];
    const FieldInfo& info = field_info(static_cast<Field>(at));
    if (steps != kNoReading && (steps < info.min_steps || steps > info.max_steps)) return false;
  }
  return document.time_s >= kMinTime_s;
}

void put_state(TextWriter& text, RunState state) {
  if (state == RunState::none) return text.put("null");
  const Key& name = kStates[static_cast<size_t>(state)];
  text.put(name.text, name.length);
}

void put_reading(TextWriter& text, int32_t steps, int32_t steps_per_unit) {
  if (steps == kNoReading) return text.put("null");
  text.steps(steps, steps_per_unit);
}

void put_identity(TextWriter& text, const StatusDocument& first) {
  text.put("{\"v\":1,\"boot_id\":");
  text.number(first.boot_id);
  text.put(",\"seq\":");
  text.number(first.seq);
  text.put(",\"time\":");
  text.number(first.time_s);
}

void put_states(TextWriter& text, const StatusDocument* documents, size_t count) {
  const RunState first = documents[0].readings.run_state;
  size_t equal = 1;
  while (equal < count && documents[equal].readings.run_state == first) equal += 1;
  if (equal == count) return put_state(text, first);
  RunState last = RunState::none;
  for (size_t at = 0; at < count; at += 1) {
    const RunState state = documents[at].readings.run_state;
    text.put(at == 0 ? '[' : ',');
    if (state != RunState::none && state == last) {
      text.put('0');
    } else {
      put_state(text, state);
      if (state != RunState::none) last = state;
    }
  }
  text.put(']');
}

void put_column(TextWriter& text, const StatusDocument* documents, size_t count, size_t field) {
  const int32_t steps_per_unit = field_info(static_cast<Field>(field)).steps_per_unit;
  const int32_t first = documents[0].readings.steps[field];
  size_t equal = 1;
  while (equal < count && documents[equal].readings.steps[field] == first) equal += 1;
  if (equal == count) return put_reading(text, first, steps_per_unit);
  int32_t last = 0;
  for (size_t at = 0; at < count; at += 1) {
    const int32_t steps = documents[at].readings.steps[field];
    text.put(at == 0 ? '[' : ',');
    if (steps == kNoReading) {
      text.put("null");
    } else {
      text.steps(steps - last, steps_per_unit);
      last = steps;
    }
  }
  text.put(']');
}

/** `next` comes `index` documents and as many times `every_s` after `first`, and no counter has passed 32 bits between them. */
bool stands_at(const StatusDocument& first, uint64_t index, uint64_t every_s, const StatusDocument& next) {
  return next.boot_id == first.boot_id && next.seq == first.seq + index && next.time_s == first.time_s + index * every_s;
}

/** Seconds from the first document to the second; 0 when no pack can say that. */
uint32_t distance_s(const StatusDocument& first, const StatusDocument& second) {
  if (second.time_s <= first.time_s) return 0;
  const uint32_t every_s = second.time_s - first.time_s;
  return every_s <= kMaxEvery_s ? every_s : 0;
}

}  // namespace

size_t write_pack(const StatusDocument* documents, size_t count, char* text, size_t capacity) {
  if (count < 1 || count > kMaxPackDocuments) return 0;
  const StatusDocument& first = documents[0];
  const uint32_t every_s = count == 1 ? kDefaultEvery_s : distance_s(first, documents[1]);
  if (every_s == 0) return 0;
  for (size_t at = 0; at < count; at += 1) {
    if (!stands_at(first, at, every_s, documents[at]) || !is_valid(documents[at])) return 0;
  }
  TextWriter pack(text, capacity < kMaxPackBytes ? capacity : kMaxPackBytes);
  put_identity(pack, first);
  if (every_s != kDefaultEvery_s) {
    pack.put(",\"every_s\":");
    pack.number(every_s);
  }
  pack.put(",\"count\":");
  pack.number(static_cast<uint32_t>(count));
  pack.put(",\"run_state\":");
  put_states(pack, documents, count);
  for (size_t field = 0; field < kNumberFields; field += 1) {
    pack.put(kKeys[field].text, kKeys[field].length);
    put_column(pack, documents, count, field);
  }
  pack.put('}');
  return pack.length();
}

size_t write_plain(const StatusDocument& document, char* text, size_t capacity) {
  if (!is_valid(document)) return 0;
  TextWriter plain(text, capacity);
  put_identity(plain, document);
  plain.put(",\"run_state\":");
  put_state(plain, document.readings.run_state);
  for (size_t field = 0; field < kNumberFields; field += 1) {
    plain.put(kKeys[field].text, kKeys[field].length);
    put_reading(plain, document.readings.steps[field], field_info(static_cast<Field>(field)).steps_per_unit);
  }
  plain.put('}');
  return plain.length();
}

bool follows(const StatusDocument* documents, size_t count, const StatusDocument& next) {
  if (count < 1 || count >= kMaxPackDocuments) return false;
  const uint32_t every_s = distance_s(documents[0], count == 1 ? next : documents[1]);
  return every_s != 0 && stands_at(documents[0], count, every_s, next);
}

}  // namespace enstratus
