#pragma once
#include "commands.h"
#include "platform.h"
#include "schedule.h"

namespace enstratus {

/** Who said last what is wanted of the motor; in the order of PROTOCOL.md, "The report". */
enum class WantedBy : uint8_t { command, schedule, unknown_clock, boot };

/** How many commands are remembered, so that one that is sent twice is done once (PROTOCOL.md, "What a device can be asked"). */
constexpr size_t kRememberedCommands = 8;
constexpr size_t kCommandIdBytes = 41;
constexpr uint8_t kNoMode = 0xff;
constexpr uint16_t kNoLimit = 0xffff;

/** What a device must know after a power cut, except for its documents and the text of its schedule. */
struct DeviceState {
  uint32_t boot_id = 0;
  /** The number that the next pack gets. In flash it may lag behind: what was written since is found in the ring. */
  uint32_t next_pack = 0;
  /** The oldest pack that the cloud has not acknowledged. */
  uint32_t unsent_pack = 0;
  uint32_t dropped_documents = 0;
  Settings settings;

  Wanted wanted = Wanted::stop;
  WantedBy wanted_by = WantedBy::boot;
  /** A Mode, or kNoMode. */
  uint8_t mode = kNoMode;
  uint16_t limit_dhz = kNoLimit;
  /** The drive was put into solar mode for `sun`, so that the next `run` has to put it back. */
  bool solar_for_sun = false;
  /** When the last start or stop came; 0: never. */
  uint32_t command_at_s = 0;
  /** It came while the clock was unknown. */
  bool command_untimed = false;

  /** 0: there is no schedule. */
  uint32_t schedule_id = 0;
  uint8_t schedule_slot = 0;
  UnknownClock unknown_clock = UnknownClock::hold;
  uint32_t schedule_until_s = 0;
  /** Time of the transition that acted last; 0: none of this schedule. */
  uint32_t acted_at_s = 0;

  /** A ring; an empty text where there is none yet. */
  char done_ids[kRememberedCommands][kCommandIdBytes] = {};
  uint8_t next_done = 0;
  char command_id[kCommandIdBytes] = {};
  int8_t command_result = 0;
};

/** Whether this command was done; whoever does one has to remember it. */
bool was_done(const DeviceState& state, const char* id);
void remember_done(DeviceState& state, const char* id);

/**
 * Keeps the state in flash: two copies, written in turn and checked by a CRC, so that a write that power cut short leaves the one before it.
 */
class StateStore {
 public:
  explicit StateStore(Flash& flash) : flash_(flash) {}
  /** Reads the newer copy that is whole. False when there is none: then `state` is as it was. */
  bool load(DeviceState& state);
  /** False when the flash failed; then the copy that was read last still stands. */
  bool save(const DeviceState& state);

 private:
  Flash& flash_;
  /** Of the newest copy in flash; its slot is counter modulo 2. */
  uint32_t counter_ = 0;
};

}  // namespace enstratus
