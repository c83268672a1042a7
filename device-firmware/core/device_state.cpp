#include "device_state.h"

#include <string.h>

#include "flash_queue.h"

namespace enstratus {

namespace {

constexpr uint8_t kLayout = 1;
constexpr size_t kRecordBytes = 1 + 4 + 4 * 4 + 3 + 3 + 2 + 1 + 4 + 1 + 4 + 1 + 1 + 4 + 4 + (kRememberedCommands + 1) * kCommandIdBytes + 2 + 4;

/** Walks over a record, byte by byte and little-endian: what one build writes the next one reads, whatever its compiler makes of a struct. */
struct Cursor {
  uint8_t* at;

  void put(uint32_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) *at++ = static_cast<uint8_t>(value >> (8 * i));
  }
  uint32_t take(size_t bytes) {
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++) value |= static_cast<uint32_t>(*at++) << (8 * i);
    return value;
  }
};

void write_record(const DeviceState& state, uint32_t counter, uint8_t* record) {
  Cursor to{record};
  to.put(kLayout, 1);
  to.put(counter, 4);
  to.put(state.boot_id, 4);
  to.put(state.next_pack, 4);
  to.put(state.unsent_pack, 4);
  to.put(state.dropped_documents, 4);
  to.put(state.settings.pack_minutes, 1);
  to.put(state.settings.every_s, 2);
  to.put(static_cast<uint32_t>(state.wanted), 1);
  to.put(static_cast<uint32_t>(state.wanted_by), 1);
  to.put(state.mode, 1);
  to.put(state.limit_dhz, 2);
  to.put(state.solar_for_sun, 1);
  to.put(state.command_at_s, 4);
  to.put(state.command_untimed, 1);
  to.put(state.schedule_id, 4);
  to.put(state.schedule_slot, 1);
  to.put(static_cast<uint32_t>(state.unknown_clock), 1);
  to.put(state.schedule_until_s, 4);
  to.put(state.acted_at_s, 4);
  memcpy(to.at, state.done_ids, sizeof state.done_ids);
  to.at += sizeof state.done_ids;
  memcpy(to.at, state.command_id, sizeof state.command_id);
  to.at += sizeof state.command_id;
  to.put(state.next_done, 1);
  to.put(static_cast<uint8_t>(state.command_result), 1);
  to.put(crc32(record, kRecordBytes - 4), 4);
}

/** False when the record isn't whole. */
bool read_record(uint8_t* record, DeviceState& state, uint32_t& counter) {
  Cursor end{record + kRecordBytes - 4};
  if (record[0] != kLayout || end.take(4) != crc32(record, kRecordBytes - 4)) return false;
  Cursor from{record + 1};
  counter = from.take(4);
  state.boot_id = from.take(4);
  state.next_pack = from.take(4);
  state.unsent_pack = from.take(4);
  state.dropped_documents = from.take(4);
  state.settings.pack_minutes = static_cast<uint8_t>(from.take(1));
  state.settings.every_s = static_cast<uint16_t>(from.take(2));
  state.wanted = static_cast<Wanted>(from.take(1));
  state.wanted_by = static_cast<WantedBy>(from.take(1));
  state.mode = static_cast<uint8_t>(from.take(1));
  state.limit_dhz = static_cast<uint16_t>(from.take(2));
  state.solar_for_sun = from.take(1) != 0;
  state.command_at_s = from.take(4);
  state.command_untimed = from.take(1) != 0;
  state.schedule_id = from.take(4);
  state.schedule_slot = static_cast<uint8_t>(from.take(1));
  state.unknown_clock = static_cast<UnknownClock>(from.take(1));
  state.schedule_until_s = from.take(4);
  state.acted_at_s = from.take(4);
  memcpy(state.done_ids, from.at, sizeof state.done_ids);
  from.at += sizeof state.done_ids;
  memcpy(state.command_id, from.at, sizeof state.command_id);
  from.at += sizeof state.command_id;
  state.next_done = static_cast<uint8_t>(from.take(1));
  state.command_result = static_cast<int8_t>(from.take(1));
  return true;
}

}  // namespace

bool was_done(const DeviceState& state, const char* id) {
  for (const char* done : state.done_ids) {
    if (strcmp(done, id) == 0) return true;
  }
  return false;
}

void remember_done(DeviceState& state, const char* id) {
  char* slot = state.done_ids[state.next_done % kRememberedCommands];
  memset(slot, 0, kCommandIdBytes);
  memcpy(slot, id, strlen(id));
  state.next_done = static_cast<uint8_t>((state.next_done + 1) % kRememberedCommands);
}

bool StateStore::load(DeviceState& state) {
  bool found = false;
  for (uint32_t slot = 0; slot < 2; slot++) {
    uint8_t record[kRecordBytes];
    DeviceState copy;
    uint32_t counter = 0;
    if (flash_.read(Area::state, slot, record, sizeof record) != static_cast<int>(sizeof record)) continue;
    if (!read_record(record, copy, counter) || counter % 2 != slot) continue;
    if (found && counter < counter_) continue;
    state = copy;
    counter_ = counter;
    found = true;
  }
  return found;
}

bool StateStore::save(const DeviceState& state) {
  uint8_t record[kRecordBytes];
  write_record(state, counter_ + 1, record);
  if (!flash_.write(Area::state, (counter_ + 1) % 2, record, sizeof record)) return false;
  counter_++;
  return true;
}

}  // namespace enstratus
