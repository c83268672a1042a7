#include "../../core/schedule.h"

#include <string>

#include "../../core/commands.h"
#include "check.h"

using namespace enstratus;

namespace {

int read(const std::string& text, Schedule& schedule) { return read_schedule(text.data(), text.size(), schedule); }
int read(const std::string& text) {
  Schedule ignored;
  return read(text, ignored);
}
std::string of_transitions(size_t count) {
  std::string text = "17,hold;1763794800r";
  for (size_t i = 1; i < count; i++) text += i % 2 == 0 ? ";840r" : ";600s";
  return text;
}

}  // namespace

TEST(the_example_of_the_protocol) {
  Schedule schedule;
  CHECK_EQUAL(read("17,hold;1763794800r;600s;840r;600s", schedule), kDone);
  CHECK_EQUAL(schedule.id, 17);
  CHECK(schedule.unknown_clock == UnknownClock::hold);
  CHECK_EQUAL(schedule.count, 4);
  // 2025-11-22T07:00:00Z, ten hours, fourteen, ten.
  CHECK_EQUAL(schedule.transitions[0].at_s, 1763794800);
  CHECK_EQUAL(schedule.transitions[1].at_s, 1763794800 + 36000);
  CHECK_EQUAL(schedule.transitions[2].at_s, 1763794800 + 86400);
  CHECK_EQUAL(schedule.transitions[3].at_s, 1763794800 + 122400);
  CHECK(schedule.transitions[0].wanted == Wanted::run && schedule.transitions[1].wanted == Wanted::stop);
}

TEST(each_rule_and_each_thing_to_do) {
  Schedule schedule;
  CHECK(read("1,stop;1577836800u", schedule) == kDone && schedule.unknown_clock == UnknownClock::stop);
  CHECK(schedule.transitions[0].wanted == Wanted::sun);
  CHECK(read("4294967295,sun;4294967295s", schedule) == kDone && schedule.unknown_clock == UnknownClock::sun);
  CHECK_EQUAL(schedule.id, 4294967295);
}

TEST(zero_takes_it_away) {
  Schedule schedule;
  CHECK_EQUAL(read("17,sun;1763794800r", schedule), kDone);
  CHECK_EQUAL(read("0", schedule), kDone);
  CHECK(schedule.id == 0 && schedule.count == 0);
  CHECK_EQUAL(transition_at(schedule, 1763794800), -1);
}

TEST(malformed_before_out_of_range) {
  for (const char* text : {"", "17", "17,", "17,hold", "17,hold;", "17,hold;1763794800", "17,hold;r", "17,hold;1763794800x", "17,hold;1763794800r;", "00",
                           "17,hold;1763794800r,600s", "17;hold;1763794800r", "17,Hold;1763794800r", "17,hold;1763794800.5r", " 17,hold;1763794800r",
                           "0,hold;1763794800r;0s;x", "17,hold;1763794800r;600s\n"}) {
    if (!CHECK(read(text) == kMalformed)) fprintf(stderr, "  %s\n", text);
  }
  for (const char* text : {"0,hold;1763794800r", "4294967296,hold;1763794800r", "17,never;1763794800r", "17,hold;1577836799r", "17,hold;4294967296r",
                           "17,hold;1763794800r;0s", "17,hold;1763794800r;65536s", "17,hold;1763794800r;-1s", "17,hold;4294967295r;1s"}) {
    if (!CHECK(read(text) == kOutOfRange)) fprintf(stderr, "  %s\n", text);
  }
}

TEST(no_more_than_120_transitions_and_1024_bytes) {
  Schedule schedule;
  CHECK_EQUAL(read(of_transitions(120), schedule), kDone);
  CHECK_EQUAL(schedule.count, 120);
  CHECK_EQUAL(read(of_transitions(121)), kOutOfRange);
  const std::string start = "17,hold;1763794800r";
  const std::string long_minutes = start + ";" + std::string(1024 - start.size() - 4, '0') + "10s";
  CHECK_EQUAL(long_minutes.size(), 1024);
  CHECK_EQUAL(read(long_minutes), kDone);
  CHECK_EQUAL(read(long_minutes + " "), kMalformed);
}

TEST(what_is_not_taken_changes_nothing) {
  Schedule schedule;
  CHECK_EQUAL(read("17,sun;1763794800r;600s", schedule), kDone);
  CHECK_EQUAL(read("18,stop;1763794860s;600r;600s;0r", schedule), kOutOfRange);
  CHECK_EQUAL(schedule.id, 17);
  CHECK_EQUAL(schedule.count, 2);
  CHECK_EQUAL(schedule.transitions[0].at_s, 1763794800);
  CHECK(schedule.unknown_clock == UnknownClock::sun && schedule.transitions[0].wanted == Wanted::run);
}

TEST(a_transition_holds_from_its_second_until_the_next) {
  Schedule schedule;
  CHECK_EQUAL(transition_at(schedule, 4294967295), -1);
  CHECK_EQUAL(read("17,hold;1763794800r;600s;840r", schedule), kDone);
  CHECK_EQUAL(transition_at(schedule, 0), -1);
  CHECK_EQUAL(transition_at(schedule, 1763794799), -1);
  CHECK_EQUAL(transition_at(schedule, 1763794800), 0);
  CHECK_EQUAL(transition_at(schedule, 1763794800 + 35999), 0);
  CHECK_EQUAL(transition_at(schedule, 1763794800 + 36000), 1);
  CHECK_EQUAL(transition_at(schedule, 1763794800 + 86400), 2);
  CHECK_EQUAL(transition_at(schedule, 4294967295), 2);
}

int main() { return finish(); }
