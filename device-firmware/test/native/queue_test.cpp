#include <string.h>

#include <map>
#include <string>
#include <vector>

#include "../../core/flash_queue.h"
#include "check.h"

using namespace enstratus;

namespace {

class MemoryFlash final : public Flash {
 public:
  bool write(Area area, uint32_t slot, const uint8_t* data, size_t length) override {
    if (!works) return false;
    slots[{area, slot}].assign(data, data + length);
    return true;
  }
  int read(Area area, uint32_t slot, uint8_t* data, size_t capacity) override {
    const auto found = slots.find({area, slot});
    if (found == slots.end() || found->second.size() > capacity) return -1;
    memcpy(data, found->second.data(), found->second.size());
    return static_cast<int>(found->second.size());
  }

  bool works = true;
  std::map<std::pair<Area, uint32_t>, std::vector<uint8_t>> slots;
};

StatusDocument document_of(uint32_t boot_id, uint32_t seq) {
  StatusDocument document;
  document.boot_id = boot_id;
  document.seq = seq;
  document.time_s = 1763759640 + 60 * seq;
  document.readings.run_state = RunState::solar;
  document.readings.set(Field::temp_c, -40);
  document.readings.set(Field::motor_a, 81);
  return document;
}

bool put(FlashQueue& queue, uint32_t number, const StatusDocument& document, const std::string& text) {
  return queue.put(number, &document, 1, text.data(), text.size());
}

}  // namespace

TEST(crc_of_the_usual_check_value) {
  // "123456789" is what catalogues of CRCs give the check value of; CBF43926H is that of ISO 3309's 32 bits.
  CHECK_EQUAL(crc32(reinterpret_cast<const uint8_t*>("123456789"), 9), 0xcbf43926);
  CHECK_EQUAL(crc32(nullptr, 0), 0);
}

TEST(a_pack_comes_back_byte_for_byte) {
  MemoryFlash flash;
  FlashQueue queue(flash, 4);
  const std::string text(kMaxPackBytes, '{');
  CHECK(put(queue, 4294967295, document_of(7, 18231), text));
  StoredPack pack;
  CHECK(queue.get(4294967295, pack));
  CHECK_EQUAL(pack.number, 4294967295);
  CHECK_EQUAL(pack.boot_id, 7);
  CHECK_EQUAL(pack.first_seq, 18231);
  CHECK_EQUAL(pack.count, 1);
  CHECK(std::string(pack.text, pack.length) == text);
}

TEST(what_was_overwritten_is_not_there) {
  MemoryFlash flash;
  FlashQueue queue(flash, 4);
  StoredPack pack;
  CHECK(!queue.get(0, pack));
  for (uint32_t number = 0; number < 6; number++) CHECK(put(queue, number, document_of(1, number), "{}"));
  CHECK(!queue.get(0, pack) && !queue.get(1, pack));
  CHECK(queue.get(2, pack) && queue.get(5, pack));
  CHECK(!queue.get(6, pack));
}

TEST(what_is_no_pack_is_not_put) {
  MemoryFlash flash;
  FlashQueue queue(flash, 4);
  const std::string text(kMaxPackBytes + 1, '{');
  const StatusDocument document = document_of(1, 0);
  CHECK(!put(queue, 0, document, text));
  CHECK(!put(queue, 0, document, ""));
  CHECK(!queue.put(0, &document, 0, "{}", 2));
  CHECK(!queue.put(0, &document, 16, "{}", 2));
  FlashQueue none(flash, 0);
  StoredPack pack;
  CHECK(!put(none, 0, document, "{}") && !none.get(0, pack));
  flash.works = false;
  CHECK(!put(queue, 0, document, "{}"));
  CHECK(!queue.journal_write(0, document));
}

TEST(each_bit_and_each_cut_of_a_record_is_noticed) {
  MemoryFlash flash;
  FlashQueue queue(flash, 4);
  CHECK(put(queue, 1, document_of(1, 0), "{\"v\":1}"));
  CHECK(queue.journal_write(0, document_of(1, 0)));
  for (const auto& [area, slot] : {std::pair{Area::packs, 1u}, std::pair{Area::journal, 0u}}) {
    const std::vector<uint8_t> whole = flash.slots[{area, slot}];
    std::vector<uint8_t>& record = flash.slots[{area, slot}];
    StoredPack pack;
    StatusDocument documents[kMaxPackDocuments];
    const auto is_there = [&] { return slot == 1 ? queue.get(1, pack) : queue.journal_read(documents) == 1; };
    CHECK(is_there());
    for (size_t bit = 0; bit < whole.size() * 8; bit++) {
      record[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
      CHECK(!is_there());
      record = whole;
    }
    for (size_t length = 0; length < whole.size(); length++) {
      record.resize(length);
      CHECK(!is_there());
      record = whole;
    }
  }
}

TEST(the_journal_gives_the_pack_in_the_making) {
  MemoryFlash flash;
  FlashQueue queue(flash, 4);
  StatusDocument documents[kMaxPackDocuments];
  CHECK_EQUAL(queue.journal_read(documents), 0);
  for (uint32_t i = 0; i < 15; i++) CHECK(queue.journal_write(i, document_of(7, 100 + i)));
  CHECK_EQUAL(queue.journal_read(documents), 15);
  CHECK_EQUAL(documents[14].seq, 114);
  CHECK_EQUAL(documents[14].boot_id, 7);
  CHECK_EQUAL(documents[14].time_s, 1763759640 + 60 * 114);
  CHECK(documents[14].readings.run_state == RunState::solar);
  CHECK_EQUAL(documents[14].readings.of(Field::temp_c), -40);
  CHECK_EQUAL(documents[14].readings.of(Field::motor_a), 81);
  CHECK_EQUAL(documents[14].readings.of(Field::solar_w), kNoReading);
  CHECK(!queue.journal_write(15, document_of(7, 115)));
}

TEST(what_an_earlier_pack_left_in_the_journal_is_not_taken) {
  MemoryFlash flash;
  FlashQueue queue(flash, 4);
  StatusDocument documents[kMaxPackDocuments];
  for (uint32_t i = 0; i < 15; i++) CHECK(queue.journal_write(i, document_of(7, i)));
  for (uint32_t i = 0; i < 3; i++) CHECK(queue.journal_write(i, document_of(7, 15 + i)));
  CHECK_EQUAL(queue.journal_read(documents), 3);
  CHECK_EQUAL(documents[0].seq, 15);
  // A boot later the same numbers come again.
  CHECK(queue.journal_write(0, document_of(8, 0)));
  CHECK_EQUAL(queue.journal_read(documents), 1);
  CHECK_EQUAL(documents[0].boot_id, 8);
}

TEST(a_document_in_another_slot_than_its_own_is_none) {
  MemoryFlash flash;
  FlashQueue queue(flash, 4);
  StatusDocument documents[kMaxPackDocuments];
  CHECK(queue.journal_write(1, document_of(7, 1)));
  flash.slots[{Area::journal, 0}] = flash.slots[{Area::journal, 1}];
  CHECK_EQUAL(queue.journal_read(documents), 0);
}

int main() { return finish(); }
