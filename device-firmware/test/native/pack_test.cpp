#include <stdio.h>
#include <string.h>

#include <string>

#include "../../core/pack_reader.h"
#include "../../core/pack_writer.h"
#include "check.h"

using namespace enstratus;

namespace {

const std::string kHead = "{\"v\":1,\"boot_id\":7,\"seq\":18231,\"time\":1763759640,";
const std::string kFields =
    "\"run_state\":\"solar\",\"dc_bus_v\":612,\"solar_w\":4120,\"grid_w\":0,\"motor_w\":3980,\"motor_a\":8.1,\"motor_hz\":47.5,\"temp_c\":41,"
    "\"fault_code\":0,\"signal_pct\":68}";
const std::string kPlain = kHead + kFields;
const std::string kPack = kHead + "\"count\":1," + kFields;

/** The sample of `kFields`. */
StatusDocument sampled(uint32_t index = 0) {
  StatusDocument document;
  document.boot_id = 7;
  document.seq = 18231 + index;
  document.time_s = 1763759640 + 60 * index;
  document.readings.run_state = RunState::solar;
  const int32_t steps[] = {612, 4120, 0, 3980, 81, 475, 41, 0, 68};
  for (size_t i = 0; i < kNumberFields; i++) document.readings.set(static_cast<Field>(i), steps[i]);
  return document;
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  CHECK(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

ReadStatus read(const std::string& text, StatusDocument* documents, uint32_t published_at_s = 0) {
  return read_status(text.data(), text.size(), documents, published_at_s);
}

void refused(const std::string& text, Refusal expected) {
  StatusDocument documents[kMaxPackDocuments];
  const Refusal refusal = read(text, documents).refusal;
  if (!CHECK(refusal == expected)) fprintf(stderr, "  %s instead of %s: %s\n", refusal_name(refusal), refusal_name(expected), text.c_str());
}

/** Steps of one field of the only document that a text has; -1 when it is refused. */
int32_t steps_of(const std::string& text, Field field) {
  StatusDocument documents[kMaxPackDocuments];
  return read(text, documents).count == 1 ? documents[0].readings.of(field) : -1;
}

std::string pack_of(const StatusDocument* documents, size_t count, size_t capacity = kMaxPackBytes) {
  char text[kMaxPackBytes];
  return std::string(text, write_pack(documents, count, text, capacity));
}

}  // namespace

TEST(one_document_as_a_pack_and_plain) {
  const StatusDocument document = sampled();
  CHECK(pack_of(&document, 1) == kPack);
  char text[kMaxPublishBytes];
  CHECK(std::string(text, write_plain(document, text, sizeof text)) == kPlain);
}

TEST(a_text_is_written_whole_or_not_at_all) {
  const StatusDocument document = sampled();
  char text[kMaxPublishBytes];
  for (size_t capacity = 0; capacity < kPack.size(); capacity++) CHECK_EQUAL(write_pack(&document, 1, text, capacity), 0);
  CHECK_EQUAL(write_pack(&document, 1, text, kPack.size()), kPack.size());
  for (size_t capacity = 0; capacity < kPlain.size(); capacity++) CHECK_EQUAL(write_plain(document, text, capacity), 0);
  CHECK_EQUAL(write_plain(document, text, kPlain.size()), kPlain.size());
}

TEST(a_pack_never_has_more_than_780_bytes) {
  StatusDocument documents[kMaxPackDocuments];
  size_t fitting = 0;
  for (uint32_t i = 0; i < kMaxPackDocuments; i++) {
    documents[i] = sampled(i);
    for (size_t field = 0; field < kNumberFields; field++) {
      const FieldInfo& info = field_info(static_cast<Field>(field));
      documents[i].readings.steps[field] = i % 2 == 0 ? info.max_steps : info.min_steps + (info.steps_per_unit == 10 ? 1 : 0);
    }
    char text[2000];
    const size_t length = write_pack(documents, i + 1, text, sizeof text);
    CHECK(length <= kMaxPackBytes);
    CHECK(length == 0 || fitting == i);
    if (length > 0) fitting = i + 1;
  }
  CHECK(fitting >= 5 && fitting < 15);
}

TEST(only_consecutive_documents_are_a_pack) {
  StatusDocument documents[3] = {sampled(0), sampled(1), sampled(2)};
  CHECK(!pack_of(documents, 3).empty());
  documents[2].boot_id = 8;
  CHECK(pack_of(documents, 3).empty());
  documents[2] = sampled(3);
  CHECK(pack_of(documents, 3).empty());
  documents[2] = sampled(2);
  documents[2].time_s += 1;
  CHECK(pack_of(documents, 3).empty());
  documents[1].time_s = documents[0].time_s;
  CHECK(pack_of(documents, 2).empty());
  CHECK(pack_of(documents, 0).empty());
  StatusDocument last[2] = {sampled(), sampled()};
  last[0].seq = 4294967295;
  last[1].seq = 0;
  last[1].time_s += 60;
  CHECK(pack_of(last, 2).empty());
  CHECK(!follows(last, 1, last[1]));
}

TEST(a_value_that_the_contract_does_not_know_is_not_written) {
  StatusDocument document = sampled();
  document.readings.steps[0] = 1201;
  CHECK(pack_of(&document, 1).empty());
  document = sampled();
  document.readings.run_state = static_cast<RunState>(7);
  CHECK(pack_of(&document, 1).empty());
  document = sampled();
  document.time_s = kMinTime_s - 1;
  char text[kMaxPublishBytes];
  CHECK(pack_of(&document, 1).empty());
  CHECK_EQUAL(write_plain(document, text, sizeof text), 0);
}

TEST(a_reading_out_of_its_range_is_none) {
  Readings readings;
  readings.set(Field::temp_c, -40);
  CHECK_EQUAL(readings.of(Field::temp_c), -40);
  readings.set(Field::temp_c, -41);
  CHECK_EQUAL(readings.of(Field::temp_c), kNoReading);
  readings.set(Field::motor_a, 5000);
  CHECK_EQUAL(readings.of(Field::motor_a), 5000);
  readings.set(Field::motor_a, 5001);
  CHECK_EQUAL(readings.of(Field::motor_a), kNoReading);
}

TEST(what_follows) {
  StatusDocument documents[kMaxPackDocuments];
  for (uint32_t i = 0; i < kMaxPackDocuments; i++) documents[i] = sampled(i);
  CHECK(follows(documents, 1, sampled(1)) && follows(documents, 14, sampled(14)));
  CHECK(!follows(documents, 15, sampled(15)) && !follows(documents, 0, sampled(0)));
  CHECK(!follows(documents, 2, sampled(3)) && !follows(documents, 2, sampled(1)));
  StatusDocument late = sampled(1);
  late.time_s = documents[0].time_s + 3600;
  CHECK(follows(documents, 1, late));
  late.time_s += 1;
  CHECK(!follows(documents, 1, late));
  StatusDocument shifted = sampled(2);
  shifted.time_s += 1;
  CHECK(!follows(documents, 2, shifted));
}

TEST(json_is_read_strictly) {
  refused(kPack, Refusal::none);
  refused(" \t\r\n" + with(kPack, "\"count\":1,", " \"count\" : 1 , ") + "\n", Refusal::none);
  for (size_t length = 0; length < kPack.size(); length++) refused(kPack.substr(0, length), Refusal::not_json);
  for (const char* value : {"01", "+1", "1.", ".5", "1e", "-", "NaN", "tru", "nul", "'a'", "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\t\"", "[1,]", "{\"a\":1,}", "{a:1}",
                            "[1", "[1}", "", "1 1", "\"\x80\"", "\"\xc0\x80\"", "\"\xe0\x80\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xf0\x9f\x98\""}) {
    refused(with(kPack, "612", value), Refusal::not_json);
  }
  refused("\xef\xbb\xbf" + kPack, Refusal::not_json);
  refused(kPack + kPack, Refusal::not_json);
  refused(kPack + ",", Refusal::not_json);
  refused("[1,2", Refusal::not_json);
  refused("\"text\" x", Refusal::not_json);
  for (const char* value : {"\"\xc3\xa9\"", "\"\\ud83d\"", "\"\xf0\x9f\x98\x80\"", "true", "{\"a\":[{}]}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""}) {
    refused(with(kPack, "612", value), Refusal::wrong_type);
  }
}

TEST(it_may_be_as_deep_as_it_is_long) {
  refused(with(kPack, "612", std::string(200, '[') + std::string(200, ']')), Refusal::wrong_type);
  refused(std::string(512, '[') + std::string(512, ']'), Refusal::wrong_shape);
  refused(std::string(1024, '['), Refusal::not_json);
  std::string nested;
  for (int i = 0; i < 204; i++) nested += "{\"\":";
  refused(nested + "1" + std::string(204, '}'), Refusal::unknown_field);
  refused(nested + "1" + std::string(203, '}') + "]", Refusal::not_json);
}

TEST(a_key_that_stands_twice) {
  refused(with(kPack, "\"count\"", "\"a\":1,\"a\":2,\"count\""), Refusal::wrong_shape);
  refused(with(kPack, "\"count\"", "\"\\u0073eq\":1,\"count\""), Refusal::wrong_shape);
  refused(with(kPack, "\"count\"", "\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2,\"count\""), Refusal::wrong_shape);
  refused(with(kPack, "\"seq\"", "\"\\u0073eq\""), Refusal::none);
  // In what lies deeper it says nothing.
  refused(with(kPack, "612", "{\"a\":1,\"a\":2}"), Refusal::wrong_type);
  // What isn't JSON up to its end is that, whatever came before.
  refused(with(kPack, "\"count\"", "\"a\":1,\"a\":2,\"count\"") + "x", Refusal::not_json);
}

TEST(the_order_of_what_is_refused) {
  const std::string padding(700, ' ');
  refused(kPack + padding, Refusal::too_large);
  refused(with(kPack, "\"seq\"", "\"v\"") + padding, Refusal::wrong_shape);
  refused(kPlain + padding, Refusal::none);
  refused(kPlain + std::string(1025 - kPlain.size(), ' '), Refusal::too_large);
  const std::string unknown = with(kPack, "\"count\"", "\"x\":1,\"count\"");
  refused(with(unknown, "\"v\":1", "\"v\":2"), Refusal::unknown_version);
  refused(with(unknown, "18231", "\"18231\""), Refusal::unknown_field);
  refused(with(with(kPack, "18231", "-1"), "\"boot_id\":7", "\"boot_id\":\"7\""), Refusal::wrong_type);
  refused(with(with(kPack, "612", "1201"), ",\"signal_pct\":68", ""), Refusal::missing_field);
  refused(with(with(kPack, "612", "1201"), "\"solar\"", "3"), Refusal::wrong_type);
  refused(with(with(kPack, "612", "[0.5,1]"), "47.5", "\"a\""), Refusal::wrong_column_length);
}

TEST(numbers_are_what_they_come_to) {
  CHECK_EQUAL(steps_of(with(kPack, "8.1", "8.10"), Field::motor_a), 81);
  CHECK_EQUAL(steps_of(with(kPack, "8.1", "81e-1"), Field::motor_a), 81);
  CHECK_EQUAL(steps_of(with(kPack, "8.1", "0.0081E+3"), Field::motor_a), 81);
  CHECK_EQUAL(steps_of(with(kPack, "8.1", "-0"), Field::motor_a), 0);
  CHECK_EQUAL(steps_of(with(kPack, "4120", "4.12e3"), Field::solar_w), 4120);
  // What a double can't tell apart from a step is that step, as for the cloud.
  CHECK_EQUAL(steps_of(with(kPack, "8.1", "8.1000000000000000000001"), Field::motor_a), 81);
  CHECK_EQUAL(steps_of(with(kPack, "8.1", "8.0999999999999999999"), Field::motor_a), 81);
  refused(with(kPack, "18231", "18231.0000000000000000001"), Refusal::none);
  refused(with(kPack, "18231", "18231.0000001"), Refusal::wrong_resolution);
  refused(with(kPack, "8.1", "8.11"), Refusal::wrong_resolution);
  refused(with(kPack, "8.1", "1e30"), Refusal::out_of_range);
  refused(with(kPack, "8.1", "1e400"), Refusal::wrong_resolution);
  refused(with(kPack, "8.1", "1e-400"), Refusal::none);
  refused(with(kPack, "8.1", "1e99999999999999999999"), Refusal::wrong_resolution);
}

TEST(a_plain_document_is_rounded_halves_up) {
  CHECK_EQUAL(steps_of(with(kPlain, "8.1", "8.149"), Field::motor_a), 81);
  CHECK_EQUAL(steps_of(with(kPlain, "8.1", "\"8.15\""), Field::motor_a), 82);
  CHECK_EQUAL(steps_of(with(kPlain, ":41,", ":-3.5,"), Field::temp_c), -3);
  CHECK_EQUAL(steps_of(with(kPlain, ":41,", ":-3.51,"), Field::temp_c), -4);
  CHECK_EQUAL(steps_of(with(kPlain, ":41,", ":\"\\u0034\","), Field::temp_c), 4);
  CHECK_EQUAL(steps_of(with(kPlain, ":41,", ":\"null\","), Field::temp_c), kNoReading);
  for (const char* value : {"\"4 1\"", "\"+4\"", "\"4.\"", "\"1e1\"", "\"1234567890123456\"", "true", "[]"}) {
    refused(with(kPlain, ":41,", std::string(":") + value + ","), Refusal::wrong_type);
  }
}

TEST(a_plain_document_takes_the_time_of_publishing) {
  StatusDocument documents[kMaxPackDocuments];
  const std::string text = with(kPlain, "\"v\":1,\"boot_id\":7,\"seq\":18231,\"time\":1763759640,", "");
  CHECK(read(text, documents).refusal == Refusal::missing_field);
  CHECK(read(text, documents, kMinTime_s - 1).refusal == Refusal::out_of_range);
  CHECK_EQUAL(read(text, documents, 1763759671).count, 1);
  CHECK(documents[0].boot_id == 0 && documents[0].seq == 1763759671 / 60 && documents[0].time_s == 1763759640);
}

int main() { return finish(); }
