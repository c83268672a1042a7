#pragma once
#include <stddef.h>
#include <stdint.h>

namespace enstratus {

/** What a schedule wants of the motor from a transition on. */
enum class Wanted : uint8_t { stop, run, sun };
/** What a schedule says is to be done while the time is unknown. */
enum class UnknownClock : uint8_t { hold, stop, sun };

constexpr size_t kMaxTransitions = 120;

struct Transition {
  uint32_t at_s;
  Wanted wanted;
};

/** A schedule of UTC transitions: PROTOCOL.md, "A schedule". */
struct Schedule {
  /** 0: there is none. */
  uint32_t id = 0;
  UnknownClock unknown_clock = UnknownClock::hold;
  uint8_t count = 0;
  Transition transitions[kMaxTransitions];
};

/**
 * Reads a schedule's text; answers kDone, or what is wrong with it (then `schedule` is as it was). `0` leaves no schedule: id 0, no transitions. Out of range
 * are the id, a rule that is none, a first time before 2020, a last one beyond 32 bits, minutes, and more than 120 transitions; all else is malformed.
 */
int read_schedule(const char* text, size_t length, Schedule& schedule);
/** Index of the transition that holds at a time, -1 when none has come yet. */
int transition_at(const Schedule& schedule, uint32_t utc_s);

}  // namespace enstratus
