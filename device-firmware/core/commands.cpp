#include "commands.h"

#include "argument_reader.h"

namespace enstratus {

namespace {

// By Action and by Mode.
constexpr const char* kActions[] = {"start", "stop", "mode", "limit", "reset", "reboot"};
constexpr const char* kModes[] = {"auto", "solar", "grid"};

constexpr uint64_t kMaxLimit_hz = 400;
constexpr uint64_t kMaxCounter = 4294967295;
constexpr uint64_t kMaxLive_s = 600;
constexpr uint64_t kMaxPackMinutes = 15;
constexpr uint64_t kMaxEvery_s = 3600;

bool is_id_character(char character) {
  return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') || ArgumentReader::is_digit(character) ||
         character == '-' || character == '_';
}

bool read_id(ArgumentReader& argument, Command& command) {
  const char* id = nullptr;
  const size_t length = argument.until(',', id);
  if (length < 1 || length >= sizeof command.id) return false;
  for (size_t at = 0; at < length; at += 1) {
    if (!is_id_character(id[at])) return false;
  }
  memcpy(command.id, id, length);
  command.id[length] = 0;
  return true;
}

int read_mode(ArgumentReader& argument, Mode& mode) {
  const char* word = nullptr;
  const size_t length = argument.word(word);
  if (length == 0 || !argument.at_end()) return kMalformed;
  const int index = word_index(word, length, kModes);
  if (index < 0) return kOutOfRange;
  mode = static_cast<Mode>(index);
  return kDone;
}

int read_limit(ArgumentReader& argument, uint16_t& limit_dhz) {
  ArgumentNumber limit;
  if (!argument.tenths(limit) || !argument.at_end()) return kMalformed;
  if (!limit.within(0, kMaxLimit_hz)) return kOutOfRange;
  limit_dhz = static_cast<uint16_t>(limit.tenths);
  return kDone;
}

/** An action that isn't known may have any value. */
int read_unknown(ArgumentReader& argument, bool has_value) {
  const char* value = nullptr;
  if (has_value && argument.until(',', value) == 0) return kMalformed;
  return argument.at_end() ? kUnknown : kMalformed;
}

}  // namespace

int read_command(const char* text, size_t length, Command& command) {
  if (length > kMaxArgumentBytes) return kMalformed;
  ArgumentReader argument(text, length);
  Command read = {{0}, Action::stop, Mode::automatic, 0};
  if (!read_id(argument, read) || !argument.take(',')) return kMalformed;
  const char* word = nullptr;
  const size_t word_length = argument.word(word);
  if (word_length == 0) return kMalformed;
  const bool has_value = argument.take(',');
  if (!has_value && !argument.at_end()) return kMalformed;
  const int index = word_index(word, word_length, kActions);
  if (index < 0) return read_unknown(argument, has_value);
  read.action = static_cast<Action>(index);
  const bool needs_value = read.action == Action::mode || read.action == Action::limit;
  if (has_value != needs_value) return kMalformed;
  int answer = kDone;
  if (read.action == Action::mode) answer = read_mode(argument, read.mode);
  if (read.action == Action::limit) answer = read_limit(argument, read.limit_dhz);
  if (answer == kDone) command = read;
  return answer;
}

int read_resend(const char* text, size_t length, ResendRange& range) {
  if (length > kMaxArgumentBytes) return kMalformed;
  ArgumentReader argument(text, length);
  ArgumentNumber boot_id, first_seq, last_seq;
  if (!argument.whole(boot_id) || !argument.take(',') || !argument.whole(first_seq) || !argument.take(',') || !argument.whole(last_seq) ||
      !argument.at_end()) {
    return kMalformed;
  }
  if (!boot_id.within(0, kMaxCounter) || !first_seq.within(0, kMaxCounter) ||
      !last_seq.within(first_seq.units(), kMaxCounter)) {
    return kOutOfRange;
  }
  range = {static_cast<uint32_t>(boot_id.units()), static_cast<uint32_t>(first_seq.units()),
           static_cast<uint32_t>(last_seq.units())};
  return kDone;
}

int read_live(const char* text, size_t length, uint32_t& seconds) {
  if (length > kMaxArgumentBytes) return kMalformed;
  ArgumentReader argument(text, length);
  ArgumentNumber number;
  if (!argument.whole(number) || !argument.at_end()) return kMalformed;
  if (!number.within(0, kMaxLive_s)) return kOutOfRange;
  seconds = static_cast<uint32_t>(number.units());
  return kDone;
}

int read_settings(const char* text, size_t length, Settings& settings) {
  if (length > kMaxArgumentBytes) return kMalformed;
  ArgumentReader argument(text, length);
  ArgumentNumber pack_minutes, every_s;
  bool has_minutes = false;
  bool has_every = false;
  do {
    if (!has_minutes && argument.take("pack_minutes=", 13)) {
      has_minutes = argument.whole(pack_minutes);
      if (!has_minutes) return kMalformed;
    } else if (!has_every && argument.take("every_s=", 8)) {
      has_every = argument.whole(every_s);
      if (!has_every) return kMalformed;
    } else {
      return kMalformed;
    }
  } while (argument.take(','));
  if (!argument.at_end()) return kMalformed;
  if (has_minutes && !pack_minutes.within(1, kMaxPackMinutes)) return kOutOfRange;
  if (has_every && !every_s.within(1, kMaxEvery_s)) return kOutOfRange;
  if (has_minutes) settings.pack_minutes = static_cast<uint8_t>(pack_minutes.units());
  if (has_every) settings.every_s = static_cast<uint16_t>(every_s.units());
  return kDone;
}

}  // namespace enstratus
