#include "schedule.h"

#include "argument_reader.h"
#include "commands.h"
#include "status_document.h"

namespace enstratus {

namespace {

// By UnknownClock.
constexpr const char* kRules[] = {"hold", "stop", "sun"};
constexpr uint64_t kMaxId = 4294967295;
constexpr uint64_t kMaxTime_s = 4294967295;
constexpr uint64_t kMaxMinutes = 65535;

/** `r`, `s` or `u`. */
bool read_wanted(ArgumentReader& argument, Wanted& wanted) {
  if (argument.take('r')) {
    wanted = Wanted::run;
  } else if (argument.take('s')) {
    wanted = Wanted::stop;
  } else if (argument.take('u')) {
    wanted = Wanted::sun;
  } else {
    return false;
  }
  return true;
}

/**
 * Goes through a whole schedule, so that a malformed one is told as such even where a value before it is out of its range. Fills in `schedule` unless it
 * is null; what is filled in is only right when the answer is kDone.
 */
int parse(ArgumentReader argument, Schedule* schedule) {
  ArgumentNumber id;
  const char* word = nullptr;
  if (!argument.whole(id) || !argument.take(',')) return kMalformed;
  const size_t word_length = argument.word(word);
  if (word_length == 0) return kMalformed;
  const int rule = word_index(word, word_length, kRules);
  bool in_range = rule >= 0 && id.within(1, kMaxId);
  size_t count = 0;
  uint64_t at_s = 0;
  while (argument.take(';')) {
    ArgumentNumber time;
    Wanted wanted = Wanted::stop;
    if (!argument.whole(time) || !read_wanted(argument, wanted)) return kMalformed;
    const uint64_t value = time.units();
    if (count == 0) {
      in_range = in_range && time.within(kMinTime_s, kMaxTime_s);
      at_s = value;
    } else {
      in_range = in_range && time.within(1, kMaxMinutes);
      at_s += value * 60;
    }
    in_range = in_range && at_s <= kMaxTime_s && count < kMaxTransitions;
    if (in_range && schedule != nullptr) schedule->transitions[count] = {static_cast<uint32_t>(at_s), wanted};
    count += 1;
  }
  if (count == 0 || !argument.at_end()) return kMalformed;
  if (!in_range) return kOutOfRange;
  if (schedule != nullptr) {
    schedule->id = static_cast<uint32_t>(id.units());
    schedule->unknown_clock = static_cast<UnknownClock>(rule);
    schedule->count = static_cast<uint8_t>(count);
  }
  return kDone;
}

}  // namespace

int read_schedule(const char* text, size_t length, Schedule& schedule) {
  if (length > kMaxArgumentBytes) return kMalformed;
  if (length == 1 && text[0] == '0') {
    schedule.id = 0;
    schedule.unknown_clock = UnknownClock::hold;
    schedule.count = 0;
    return kDone;
  }
  const ArgumentReader argument(text, length);
  // Twice, because a schedule beside the one that has to stay as it is would take a kilobyte of a small stack.
  const int answer = parse(argument, nullptr);
  return answer == kDone ? parse(argument, &schedule) : answer;
}

int transition_at(const Schedule& schedule, uint32_t utc_s) {
  int below = 0;
  int above = schedule.count;
  while (below < above) {
    const int middle = (below + above) / 2;
    if (schedule.transitions[middle].at_s <= utc_s) {
      below = middle + 1;
    } else {
      above = middle;
    }
  }
  return below - 1;
}

}  // namespace enstratus
