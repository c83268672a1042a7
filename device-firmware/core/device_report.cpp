#include <string.h>

#include "device.h"
#include "text_writer.h"

namespace enstratus {

namespace {

// By Wanted, by WantedBy and by Mode.
constexpr const char* kWanted[] = {"stop", "run", "sun"};
constexpr const char* kWantedBy[] = {"command", "schedule", "unknown_clock", "boot"};
constexpr const char* kModes[] = {"auto", "solar", "grid"};

void quoted(TextWriter& to, const char* text) {
  to.put('"');
  to.put(text, strlen(text));
  to.put('"');
}

void number_or_null(TextWriter& to, bool known, uint32_t value) {
  if (known) {
    to.number(value);
  } else {
    to.put("null");
  }
}

}  // namespace

size_t Device::report(char* text, size_t capacity, Now now) {
  const Orders wanted = orders();
  const bool commanded = state_.command_id[0] != 0;
  TextWriter to(text, capacity);
  to.put("{\"v\":1,\"boot_id\":");
  to.number(state_.boot_id);
  to.put(",\"time\":");
  number_or_null(to, utc(now) != 0, utc(now));
  to.put(",\"firmware\":");
  quoted(to, kFirmwareVersion);
  to.put(",\"drive\":");
  quoted(to, config_.map->name);
  to.put(",\"drive_answers\":");
  if (drive_answers_) {
    to.put("true");
  } else {
    to.put("false");
  }
  to.put(",\"wanted\":");
  quoted(to, kWanted[static_cast<size_t>(wanted.wanted)]);
  to.put(",\"wanted_by\":");
  quoted(to, kWantedBy[static_cast<size_t>(wanted.by)]);
  to.put(",\"mode\":");
  if (state_.mode == kNoMode) {
    to.put("null");
  } else {
    quoted(to, kModes[state_.mode]);
  }
  to.put(",\"limit_hz\":");
  if (state_.limit_dhz == kNoLimit) {
    to.put("null");
  } else {
    to.steps(state_.limit_dhz, 10);
  }
  to.put(",\"command_id\":");
  if (commanded) {
    quoted(to, state_.command_id);
  } else {
    to.put("null");
  }
  to.put(",\"command_result\":");
  if (commanded) {
    to.steps(state_.command_result, 1);
  } else {
    to.put("null");
  }
  to.put(",\"schedule_id\":");
  to.number(state_.schedule_id);
  to.put(",\"schedule_until\":");
  number_or_null(to, state_.schedule_id != 0, state_.schedule_until_s);
  to.put(",\"pack_minutes\":");
  to.number(state_.settings.pack_minutes);
  to.put(",\"every_s\":");
  to.number(state_.settings.every_s);
  to.put(",\"packs_unsent\":");
  to.number(state_.next_pack - state_.unsent_pack);
  to.put(",\"dropped_documents\":");
  to.number(state_.dropped_documents);
  to.put(",\"uptime_s\":");
  to.number(static_cast<uint32_t>(now.uptime_ms / 1000));
  to.put('}');
  return to.length();
}

}  // namespace enstratus
