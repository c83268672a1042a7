#include <regex.h>
#include <string.h>

#include <string>

#include "../../core/commands.h"
#include "../../core/schedule.h"
#include "fuzz_main.h"

using namespace enstratus;
using fuzz::Bytes;

namespace {

/** A POSIX extended regular expression that a whole text matches, whatever bytes are in it. */
class Pattern {
 public:
  explicit Pattern(const char* expression) {
    const std::string whole = std::string("^(") + expression + ")$";
    fuzz::must(regcomp(&pattern_, whole.c_str(), REG_EXTENDED) == 0, "an expression is one");
  }
  ~Pattern() { regfree(&pattern_); }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  /** `groups` gets the text of each group, from 1 on; an empty one for a group that didn't take part. */
  bool matches(const std::string& text, std::vector<std::string>& groups) const {
    regmatch_t found[8];
    found[0].rm_so = 0;
    found[0].rm_eo = static_cast<regoff_t>(text.size());
    if (regexec(&pattern_, text.c_str(), 8, found, REG_STARTEND) != 0) return false;
    groups.assign(1, text);
    for (size_t i = 2; i < 8; i++) {
      const bool took_part = found[i].rm_so >= 0;
      groups.push_back(took_part ? text.substr(static_cast<size_t>(found[i].rm_so), static_cast<size_t>(found[i].rm_eo - found[i].rm_so)) : "");
    }
    return true;
  }
  bool matches(const std::string& text) const {
    std::vector<std::string> ignored;
    return matches(text, ignored);
  }

 private:
  regex_t pattern_;
};

/** The grammars of PROTOCOL.md, "What a device can be asked" and "A schedule", as expressions: what doesn't match is malformed, nothing else is. */
const Pattern kCommand("([A-Za-z0-9_-]{1,40}),([a-z]+)(,([^,]+))?");
const Pattern kHz("-?[0-9]+(\\.[0-9])?");
const Pattern kWord("[a-z]+");
const Pattern kWhole("-?[0-9]+");
const Pattern kResend("(-?[0-9]+),(-?[0-9]+),(-?[0-9]+)");
const Pattern kSetting("(pack_minutes|every_s)=(-?[0-9]+)");
const Pattern kHead("(-?[0-9]+),([a-z]+)");
const Pattern kTransition("(-?[0-9]+)([rsu])");

/** Whole part of a number's text, without its sign; one of more than 18 digits is only told to be large. */
unsigned long long magnitude(std::string text) {
  if (text[0] == '-') text.erase(0, 1);
  text = text.substr(0, text.find('.'));
  text.erase(0, text.find_first_not_of('0'));
  return text.empty() ? 0 : text.size() > 18 ? 999999999999999999ull : std::stoull(text);
}
bool within(const std::string& text, unsigned long long min, unsigned long long max) {
  const unsigned long long value = magnitude(text);
  return text[0] != '-' && value >= min && value <= max;
}
std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts{""};
  for (const char character : text) {
    if (character == at) parts.emplace_back();
    else parts.back() += character;
  }
  return parts;
}

int expected_command(const std::string& text) {
  std::vector<std::string> match;
  if (!kCommand.matches(text, match)) return kMalformed;
  const std::string action = match[2], value = match[4];
  if (action == "mode") {
    if (!kWord.matches(value)) return kMalformed;
    return value == "auto" || value == "solar" || value == "grid" ? kDone : kOutOfRange;
  }
  if (action == "limit") {
    if (!kHz.matches(value)) return kMalformed;
    const bool above = magnitude(value) == 400 && value.find('.') != std::string::npos && value.back() != '0';
    return within(value, 0, 400) && !above ? kDone : kOutOfRange;
  }
  if (action == "start" || action == "stop" || action == "reset" || action == "reboot") return value.empty() ? kDone : kMalformed;
  return kUnknown;
}

int expected_resend(const std::string& text) {
  std::vector<std::string> match;
  if (!kResend.matches(text, match)) return kMalformed;
  for (int i = 1; i <= 3; i++) {
    if (!within(match[i], 0, UINT32_MAX)) return kOutOfRange;
  }
  return magnitude(match[2]) <= magnitude(match[3]) ? kDone : kOutOfRange;
}

int expected_settings(const std::string& text) {
  std::string seen;
  int answer = kDone;
  for (const std::string& part : split(text, ',')) {
    std::vector<std::string> match;
    if (!kSetting.matches(part, match) || seen == match[1]) return kMalformed;
    if (!seen.empty() && split(text, ',').size() > 2) return kMalformed;
    seen = match[1];
    if (!within(match[2], 1, seen == "every_s" ? 3600 : 15)) answer = kOutOfRange;
  }
  return answer;
}

int expected_schedule(const std::string& text) {
  if (text == "0") return kDone;
  const std::vector<std::string> parts = split(text, ';');
  std::vector<std::string> match;
  if (!kHead.matches(parts[0], match) || parts.size() < 2) return kMalformed;
  const std::string rule = match[2];
  bool in_range = within(match[1], 1, UINT32_MAX) && (rule == "hold" || rule == "stop" || rule == "sun") && parts.size() - 1 <= kMaxTransitions;
  unsigned long long at_s = 0;
  for (size_t i = 1; i < parts.size(); i++) {
    if (!kTransition.matches(parts[i], match)) return kMalformed;
    in_range = in_range && (i == 1 ? within(match[1], 1577836800, UINT32_MAX) : within(match[1], 1, 65535));
    at_s = !in_range ? 0 : i == 1 ? magnitude(match[1]) : at_s + 60 * magnitude(match[1]);
    in_range = in_range && at_s <= UINT32_MAX;
  }
  return in_range ? kDone : kOutOfRange;
}

std::string written(const Command& command) {
  static const char* const kActions[] = {"start", "stop", "mode", "limit", "reset", "reboot"};
  static const char* const kModes[] = {"auto", "solar", "grid"};
  std::string text = std::string(command.id) + "," + kActions[static_cast<size_t>(command.action)];
  if (command.action == Action::mode) text += std::string(",") + kModes[static_cast<size_t>(command.mode)];
  if (command.action == Action::limit) text += "," + std::to_string(command.limit_dhz / 10) + "." + std::to_string(command.limit_dhz % 10);
  return text;
}

std::string written(const Schedule& schedule) {
  static const char* const kRules[] = {"hold", "stop", "sun"};
  if (schedule.id == 0) return "0";
  std::string text = std::to_string(schedule.id) + "," + kRules[static_cast<size_t>(schedule.unknown_clock)];
  for (size_t i = 0; i < schedule.count; i++) {
    const uint32_t at_s = schedule.transitions[i].at_s;
    text += ";" + std::to_string(i == 0 ? at_s : (at_s - schedule.transitions[i - 1].at_s) / 60);
    text += "sru"[static_cast<size_t>(schedule.transitions[i].wanted)];
  }
  return text;
}

/** Leading zeros say nothing, nor does a decimal that is left out: what is written may differ from what was read in them. */
std::string normal(const std::string& text) {
  std::string shorter;
  for (size_t i = 0; i < text.size(); i++) {
    const bool begins = shorter.empty() || strchr(",;=", shorter.back()) != nullptr;
    const bool is_leading = begins && text[i] == '0' && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
    if (!is_leading) shorter += text[i];
  }
  if (shorter.find(",limit,") != std::string::npos && shorter.find('.') == std::string::npos) shorter += ".0";
  return shorter;
}

/** Reads with a reader, and holds it against what is expected; what isn't taken must leave everything as it was. */
template <class Value>
bool reads(const std::string& text, int (*reader)(const char*, size_t, Value&), int expected, Value& value) {
  uint8_t before[sizeof(Value)];
  memcpy(before, static_cast<const void*>(&value), sizeof value);
  const int answer = reader(text.data(), text.size(), value);
  fuzz::must(answer == expected, "the answer is the one that the grammar and the bounds give");
  fuzz::must(answer == kDone || memcmp(before, static_cast<const void*>(&value), sizeof value) == 0, "what isn't taken changes nothing");
  return answer == kDone;
}

void schedule_any(const std::string& text) {
  static Schedule schedule;
  if (!reads(text, read_schedule, expected_schedule(text), schedule)) return;
  fuzz::must(written(schedule) == normal(text), "a schedule is what its text says");
  for (int i = 0; i < schedule.count; i++) {
    const uint32_t at_s = schedule.transitions[i].at_s;
    fuzz::must(transition_at(schedule, at_s) == i && transition_at(schedule, at_s - 1) == i - 1, "a transition holds from its second on");
  }
  fuzz::must(transition_at(schedule, UINT32_MAX) == schedule.count - 1 && transition_at(schedule, 0) == -1, "the last one holds for good");
}

void settings_any(const std::string& text) {
  Settings settings;
  if (!reads(text, read_settings, expected_settings(text), settings)) return;
  std::vector<std::string> match;
  for (const std::string& part : split(text, ',')) {
    kSetting.matches(part, match);
    fuzz::must(magnitude(match[2]) == (match[1] == "every_s" ? settings.every_s : settings.pack_minutes), "a setting is what its text says");
  }
}

std::string digits(fuzz::Random& random) {
  static constexpr const char* kNumbers[] = {"0", "1", "15", "16", "600", "601", "3600", "3601", "400", "400.0", "400.1", "50.5", "65535", "65536", "-1",
                                             "4294967295", "4294967296", "18446744073709551617", "1763794800", "1577836799", "1577836800", "007", "1.25"};
  return fuzz::below(random, 2) == 0 ? std::to_string(fuzz::below(random, 5000)) : kNumbers[fuzz::below(random, sizeof kNumbers / sizeof *kNumbers)];
}

template <size_t N>
std::string one_of(fuzz::Random& random, const char* const (&words)[N]) {
  return words[fuzz::below(random, N)];
}

std::string sound_text(fuzz::Random& random, uint8_t function) {
  static constexpr const char* kActions[] = {"start", "stop", "mode", "limit", "reset", "reboot", "mode,auto", "mode,solar", "mode,grid", "mode,turbo", "limit", "fly"};
  static constexpr const char* kRules[] = {"hold", "stop", "sun", "never"};
  static constexpr const char* kWhat[] = {"r", "s", "u"};
  static constexpr const char* kSettings[] = {"pack_minutes=", "every_s="};
  std::string text;
  switch (function) {
    case 0:
      text = std::string(1 + fuzz::below(random, 42), 'a') + "," + one_of(random, kActions);
      return fuzz::below(random, 2) == 0 ? text : text + "," + digits(random);
    case 1:
      text = digits(random) + "," + one_of(random, kRules) + ";" + std::to_string(1577836800u + random() % 2717130496u) + one_of(random, kWhat);
      for (uint32_t left = fuzz::below(random, 8) == 0 ? 118 + fuzz::below(random, 5) : fuzz::below(random, 20); left > 0; left--) {
        text += ";" + (fuzz::below(random, 30) == 0 ? digits(random) : std::to_string(1 + fuzz::below(random, 65535))) + one_of(random, kWhat);
      }
      return text;
    case 2:
      return digits(random);
    case 3:
      return digits(random) + "," + digits(random) + "," + digits(random);
    default:
      text = one_of(random, kSettings) + digits(random);
      return fuzz::below(random, 2) == 0 ? text : text + "," + one_of(random, kSettings) + digits(random);
  }
}

Bytes sound_input(fuzz::Random& random) {
  const auto function = static_cast<uint8_t>(fuzz::below(random, 5));
  const std::string text = fuzz::below(random, 40) == 0 ? "0" : sound_text(random, function);
  Bytes input{function};
  input.insert(input.end(), text.begin(), text.end());
  return input;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 1025) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0: {
      Command command;
      memset(static_cast<void*>(&command), 0x5a, sizeof command);
      if (reads(text, read_command, expected_command(text), command)) {
        fuzz::must(written(command) == normal(text), "a command is what its text says");
      }
      break;
    }
    case 1: schedule_any(text); break;
    case 2: {
      uint32_t seconds = 0x5a5a5a5a;
      const int expected = !kWhole.matches(text) ? kMalformed : within(text, 0, 600) ? kDone : kOutOfRange;
      if (reads(text, read_live, expected, seconds)) fuzz::must(seconds == magnitude(text), "the seconds are what their text says");
      break;
    }
    case 3: {
      ResendRange range = {1, 2, 3};
      if (!reads(text, read_resend, expected_resend(text), range)) break;
      const std::string written = std::to_string(range.boot_id) + "," + std::to_string(range.first_seq) + "," + std::to_string(range.last_seq);
      fuzz::must(written == normal(text), "a range is what its text says");
      break;
    }
    default: settings_any(text); break;
  }
  return 0;
}

#ifndef ENSTRATUS_LIBFUZZER
int main(int count, char** arguments) { return fuzz::run(count, arguments, sound_input, 120); }
#endif
