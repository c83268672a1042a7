#include <string.h>

#include "argument_reader.h"
#include "device.h"

namespace enstratus {

namespace {

constexpr size_t kRecordBytes = kMaxArgumentBytes + 4;

/** A schedule lies in flash as it came, followed by its CRC. */
size_t write_record(const char* text, size_t length, uint8_t* record) {
  memcpy(record, text, length);
  const uint32_t crc = crc32(record, length);
  for (size_t i = 0; i < 4; i++) record[length + i] = static_cast<uint8_t>(crc >> (8 * i));
  return length + 4;
}

}  // namespace

/**
 * Keeps a schedule. It is written beside the one that holds, and holds itself once the state says so: a power cut leaves the old one or the new one.
 */
int Device::take_schedule(const char* text, size_t length) {
  DeviceState next = state_;
  int count = 0;
  {
    // A kilobyte here and one below, one after the other: the stack is small.
    Schedule schedule;
    const int wrong = read_schedule(text, length, schedule);
    if (wrong < 0) return wrong;
    count = schedule.count;
    next.schedule_id = schedule.id;
    next.unknown_clock = schedule.unknown_clock;
    next.schedule_until_s = schedule.id == 0 ? 0 : schedule.transitions[schedule.count - 1].at_s;
    next.acted_at_s = 0;
  }
  if (!counted_) return kNoStorage;
  if (next.schedule_id != 0) {
    uint8_t record[kRecordBytes];
    next.schedule_slot = state_.schedule_slot == 0 ? 1 : 0;
    if (!flash_.write(Area::schedule, next.schedule_slot, record, write_record(text, length, record))) return kNoStorage;
  }
  if (!store_.save(next)) {
    dirty_ = true;
    return kNoStorage;
  }
  state_ = next;
  saved_next_pack_ = state_.next_pack;
  dirty_ = false;
  holds_until_s_ = 0;
  report_waits_ = true;
  return count;
}

/** Reads from flash what holds at a time, and until when. False when there is nothing, or it can't be read. */
bool Device::look_at_schedule(uint32_t utc_s) {
  uint8_t record[kRecordBytes];
  const int read = flash_.read(Area::schedule, state_.schedule_slot, record, sizeof record);
  if (read <= 4) return false;
  const size_t length = static_cast<size_t>(read) - 4;
  const uint32_t crc = crc32(record, length);
  for (size_t i = 0; i < 4; i++) {
    if (record[length + i] != static_cast<uint8_t>(crc >> (8 * i))) return false;
  }
  Schedule schedule;
  if (read_schedule(reinterpret_cast<const char*>(record), length, schedule) < 0) return false;
  const int index = transition_at(schedule, utc_s);
  holds_from_s_ = index < 0 ? 0 : schedule.transitions[index].at_s;
  holds_until_s_ = index + 1 < schedule.count ? schedule.transitions[index + 1].at_s : UINT32_MAX;
  if (index >= 0) holds_ = schedule.transitions[index].wanted;
  return true;
}

/**
 * Acts at a transition, once, or as soon after it as the device can: the one that holds now, unless it has acted or a command came after it. A clock that is
 * set back acts again on what holds then.
 */
void Device::run_schedule(Now now) {
  const uint32_t utc_s = utc(now);
  if (state_.schedule_id == 0 || utc_s == 0) return;
  const bool looked = holds_until_s_ != 0 && utc_s >= holds_from_s_ && utc_s < holds_until_s_;
  if (!looked && !look_at_schedule(utc_s)) return;
  if (holds_from_s_ == 0 || holds_from_s_ == state_.acted_at_s) return;
  if (state_.command_at_s >= holds_from_s_) return;
  state_.wanted = holds_;
  state_.wanted_by = WantedBy::schedule;
  state_.acted_at_s = holds_from_s_;
  save();
}

}  // namespace enstratus
