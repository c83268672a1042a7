#include <string>

#include "../../core/commands.h"
#include "check.h"

using namespace enstratus;

namespace {

int command(const std::string& text, Command& command) { return read_command(text.data(), text.size(), command); }
int command(const std::string& text) {
  Command ignored;
  return command(text, ignored);
}
int resend(const std::string& text) {
  ResendRange ignored;
  return read_resend(text.data(), text.size(), ignored);
}
int live(const std::string& text) {
  uint32_t ignored;
  return read_live(text.data(), text.size(), ignored);
}
int settings(const std::string& text, Settings& settings) { return read_settings(text.data(), text.size(), settings); }
int settings(const std::string& text) {
  Settings ignored;
  return settings(text, ignored);
}

}  // namespace

TEST(each_action_is_read) {
  Command read;
  CHECK_EQUAL(command("01JD-x_9,start", read), kDone);
  CHECK(std::string(read.id) == "01JD-x_9");
  CHECK(read.action == Action::start);
  CHECK(command("a,stop", read) == kDone && read.action == Action::stop);
  CHECK(command("a,reset", read) == kDone && read.action == Action::reset);
  CHECK(command("a,reboot", read) == kDone && read.action == Action::reboot);
  CHECK(command("a,mode,auto", read) == kDone && read.action == Action::mode && read.mode == Mode::automatic);
  CHECK(command("a,mode,solar", read) == kDone && read.mode == Mode::solar);
  CHECK(command("a,mode,grid", read) == kDone && read.mode == Mode::grid);
  CHECK(command("a,limit,47.5", read) == kDone && read.action == Action::limit && read.limit_dhz == 475);
  CHECK(command("a,limit,0", read) == kDone && read.limit_dhz == 0);
  CHECK(command("a,limit,400.0", read) == kDone && read.limit_dhz == 4000);
}

TEST(a_command_id_is_1_to_40_of_its_characters) {
  CHECK_EQUAL(command(std::string(40, 'x') + ",start"), kDone);
  CHECK_EQUAL(command(std::string(41, 'x') + ",start"), kMalformed);
  CHECK_EQUAL(command(",start"), kMalformed);
  CHECK_EQUAL(command("a b,start"), kMalformed);
  CHECK_EQUAL(command("\xc3\xa9,start"), kMalformed);
}

TEST(a_command_is_malformed_before_it_is_anything_else) {
  for (const char* text : {"", "a", "a,", "a,start,", "a,start,1", "a,stop,now", "a,mode", "a,mode,", "a,mode,Auto", "a,mode,auto,", "a,limit", "a,limit,",
                           "a,limit,50.", "a,limit,.5", "a,limit,999.99", "a,limit,5e1", "a,limit, 50", "a,start ", "a,START", "a,fly,", "a,fly,1,2", "!,fly"}) {
    if (!CHECK(command(text) == kMalformed)) fprintf(stderr, "  %s\n", text);
  }
  CHECK_EQUAL(command(std::string("a,start\0", 8)), kMalformed);
  CHECK_EQUAL(command("a,fly," + std::string(1100, '1')), kMalformed);
}

TEST(an_action_that_is_none_and_values_out_of_their_range) {
  CHECK_EQUAL(command("a,fly"), kUnknown);
  CHECK_EQUAL(command("a,fly,away"), kUnknown);
  CHECK_EQUAL(command("a,mode,turbo"), kOutOfRange);
  CHECK_EQUAL(command("a,limit,400.1"), kOutOfRange);
  CHECK_EQUAL(command("a,limit,-1"), kOutOfRange);
  CHECK_EQUAL(command("a,limit,99999999999999999999999.9"), kOutOfRange);
}

TEST(what_is_not_taken_changes_nothing) {
  Command read;
  CHECK_EQUAL(command("a,limit,47.5", read), kDone);
  CHECK_EQUAL(command("b,limit,400.1", read), kOutOfRange);
  CHECK(std::string(read.id) == "a");
  CHECK_EQUAL(read.limit_dhz, 475);
  Settings kept;
  kept.pack_minutes = 5;
  CHECK_EQUAL(settings("pack_minutes=7,every_s=0", kept), kOutOfRange);
  CHECK_EQUAL(kept.pack_minutes, 5);
}

TEST(what_is_to_be_sent_again) {
  ResendRange range;
  CHECK_EQUAL(read_resend("7,18231,4294967295", 18, range), kDone);
  CHECK_EQUAL(range.boot_id, 7);
  CHECK_EQUAL(range.first_seq, 18231);
  CHECK_EQUAL(range.last_seq, 4294967295);
  CHECK_EQUAL(resend("7,5,5"), kDone);
  CHECK_EQUAL(resend("7,5,4"), kOutOfRange);
  CHECK_EQUAL(resend("7,5,4294967296"), kOutOfRange);
  CHECK_EQUAL(resend("4294967296,5,6"), kOutOfRange);
  CHECK_EQUAL(resend("7,5"), kMalformed);
  CHECK_EQUAL(resend("7,5,6,"), kMalformed);
  CHECK_EQUAL(resend("99999999999,5,x"), kMalformed);
}

TEST(a_live_lease_is_at_most_ten_minutes) {
  uint32_t seconds = 1;
  CHECK(read_live("0", 1, seconds) == kDone && seconds == 0);
  CHECK(read_live("600", 3, seconds) == kDone && seconds == 600);
  CHECK_EQUAL(live("601"), kOutOfRange);
  CHECK_EQUAL(live("-1"), kOutOfRange);
  CHECK_EQUAL(live("184467440737095516160"), kOutOfRange);
  CHECK_EQUAL(live(""), kMalformed);
  CHECK_EQUAL(live("5s"), kMalformed);
  CHECK_EQUAL(live("1.5"), kMalformed);
}

TEST(settings_may_be_one_or_both) {
  Settings read;
  CHECK(settings("pack_minutes=5", read) == kDone && read.pack_minutes == 5 && read.every_s == 60);
  CHECK(settings("every_s=3600", read) == kDone && read.pack_minutes == 5 && read.every_s == 3600);
  CHECK(settings("every_s=1,pack_minutes=15", read) == kDone && read.pack_minutes == 15 && read.every_s == 1);
  CHECK_EQUAL(settings("pack_minutes=0"), kOutOfRange);
  CHECK_EQUAL(settings("pack_minutes=16"), kOutOfRange);
  CHECK_EQUAL(settings("every_s=3601"), kOutOfRange);
  for (const char* text : {"", "pack_minutes", "pack_minutes=", "pack_minutes=99,", "every_s=1,every_s=1", "pack_minutes=5 ", "colour=1", "every_s=9999,x"}) {
    if (!CHECK(settings(text) == kMalformed)) fprintf(stderr, "  %s\n", text);
  }
}

int main() { return finish(); }
