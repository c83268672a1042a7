#pragma once
#include <stddef.h>
#include <stdint.h>

#include "drive.h"

namespace enstratus {

/** The Particle functions of a device, in the order of PROTOCOL.md, "What a device can be asked". */
enum class Function : uint8_t { command, schedule, live, resend, settings };

/** What a function answers when it is not done: PROTOCOL.md, "What a device can be asked". */
enum Answer : int {
  kDone = 0,
  kAgain = 1,
  kMalformed = -1,
  kOutOfRange = -2,
  kUnknown = -3,
  kNoDrive = -4,
  kBusy = -5,
  kNoStorage = -6
};

enum class Action : uint8_t { start, stop, mode, limit, reset, reboot };

struct Command {
  /** 1 to 40 characters of A-Z a-z 0-9 - _, ending in a zero. */
  char id[41];
  Action action;
  Mode mode;
  /** Tenths of a hertz. */
  uint16_t limit_dhz;
};
/**
 * Reads `<id>,<action>[,<value>]`; answers kDone, or what is wrong with it: kMalformed when it isn't of that form (a value too many or too few, too), then
 * kUnknown for the action, then kOutOfRange for its value. A mode that is none is out of range. Like all readers here it changes nothing unless it answers kDone.
 */
int read_command(const char* text, size_t length, Command& command);

struct ResendRange {
  uint32_t boot_id;
  uint32_t first_seq;
  uint32_t last_seq;
};
/** Reads `<boot_id>,<first_seq>,<last_seq>`; a last one before the first is out of range. */
int read_resend(const char* text, size_t length, ResendRange& range);

/** Reads the seconds of a live lease, 0 to 600. */
int read_live(const char* text, size_t length, uint32_t& seconds);

struct Settings {
  uint8_t pack_minutes = 15;
  /** 1 to 3600 seconds between two documents. */
  uint16_t every_s = 60;
};
/** Reads `pack_minutes=15,every_s=60`, either one or both, in any order; what isn't named stays as it is. */
int read_settings(const char* text, size_t length, Settings& settings);

}  // namespace enstratus
