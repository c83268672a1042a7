#include <map>
#include <string>

#include "../../core/flash_queue.h"
#include "pack_documents.h"

using namespace enstratus;
using fuzz::Bytes;

namespace {

constexpr uint32_t kMaxPacks = 4;

/** What becomes of a write. */
enum class Fault : uint8_t { none, torn, forgotten, failed };

/** Flash that keeps nothing of what it promises when it is told to. */
class FaultyFlash final : public Flash {
 public:
  bool write(Area area, uint32_t slot, const uint8_t* data, size_t length) override {
    Bytes& record = slots_[{area, slot}];
    if (fault == Fault::forgotten || fault == Fault::failed) return fault == Fault::forgotten;
    const size_t written = fault == Fault::torn ? torn_at % length : length;
    if (record.size() < written || !keeps_tail) record.resize(written);
    if (written > 0) memcpy(record.data(), data, written);
    if (fault == Fault::none) record.resize(length);
    // What was there before may end as the new record does: then it would be whole.
    if (fault == Fault::torn && record.size() == length && memcmp(record.data(), data, length) == 0) record.pop_back();
    return fault == Fault::none || !reports_torn;
  }
  int read(Area area, uint32_t slot, uint8_t* data, size_t capacity) override {
    const auto found = slots_.find({area, slot});
    if (found == slots_.end() || found->second.size() > capacity) return -1;
    if (!found->second.empty()) memcpy(data, found->second.data(), found->second.size());
    return static_cast<int>(found->second.size());
  }
  /** Answers whether there was a bit to turn over. */
  bool flip(Area area, uint32_t slot, uint32_t bit) {
    Bytes& record = slots_[{area, slot}];
    if (record.empty()) return false;
    record[bit / 8 % record.size()] ^= static_cast<uint8_t>(1u << (bit % 8));
    return true;
  }

  Fault fault = Fault::none;
  uint32_t torn_at = 0;
  /** A torn write leaves the end of the record that was there before. */
  bool keeps_tail = false;
  bool reports_torn = false;

 private:
  std::map<std::pair<Area, uint32_t>, Bytes> slots_;
};

/** A device's flash, and beside it what should be in there. */
class Run {
 public:
  explicit Run(DocumentSource& source) : source_(source), queue_(flash_, kMaxPacks) {}

  void step() {
    switch (source_.byte() % 8) {
      case 0: close_pack(); break;
      case 1: restart(); break;
      case 2: flip(); break;
      default: sample(); break;
    }
    check_journal();
    check_packs();
  }

 private:
  void choose_fault() {
    const uint8_t choice = source_.byte();
    flash_.fault = choice < 160 ? Fault::none : static_cast<Fault>(1 + choice % 3);
    flash_.keeps_tail = source_.byte() % 2 == 0;
    flash_.reports_torn = source_.byte() % 2 == 0;
    flash_.torn_at = source_.number(2);
  }

  void sample() {
    if (count_ == kMaxPackDocuments) close_pack();
    StatusDocument& document = open_[count_];
    document = {boot_id_, seq_, kMinTime_s + 1000000 * boot_id_ + 60 * seq_, source_.readings(document.readings)};
    choose_fault();
    const bool written = queue_.journal_write(count_, document);
    fuzz::must(written || flash_.fault != Fault::none, "a write that nothing happened to is told as done");
    sound_[count_] = flash_.fault == Fault::none;
    flipped_[count_] = false;
    journalled_[count_].push_back(document);
    seq_++;
    count_++;
  }

  void close_pack() {
    if (count_ == 0) return;
    char text[kMaxPackBytes];
    size_t documents = count_;
    size_t length = 0;
    while (length == 0) length = write_pack(open_, documents--, text, sizeof text);
    documents++;
    choose_fault();
    queue_.put(next_pack_, open_, documents, text, length);
    packs_.push_back({boot_id_, open_[0].seq, documents, std::string(text, length), flash_.fault == Fault::none});
    const bool touched = flash_.fault == Fault::none || flash_.fault == Fault::torn;
    for (uint32_t older = next_pack_; touched && older >= kMaxPacks;) packs_[older -= kMaxPacks].sound = false;
    next_pack_++;
    begin_pack();
  }

  void restart() {
    boot_id_++;
    seq_ = 0;
    begin_pack();
  }

  void begin_pack() {
    count_ = 0;
    for (bool& sound : sound_) sound = false;
  }

  void flip() {
    const bool in_journal = source_.byte() % 2 == 0;
    const uint32_t slot = source_.byte() % (in_journal ? kMaxPackDocuments : kMaxPacks);
    if (!flash_.flip(in_journal ? Area::journal : Area::packs, slot, source_.number(2))) return;
    if (in_journal) {
      sound_[slot] = false;
      flipped_[slot] = true;
    } else {
      for (size_t number = slot; number < packs_.size(); number += kMaxPacks) packs_[number].sound = false;
    }
  }

  void check_journal() {
    StatusDocument documents[kMaxPackDocuments];
    const size_t read = queue_.journal_read(documents);
    size_t sound = 0;
    while (sound < count_ && sound_[sound]) sound++;
    for (size_t i = 0; i < read; i++) {
      bool was_written = false;
      for (const StatusDocument& document : journalled_[i]) was_written = was_written || is_same(document, documents[i]);
      fuzz::must(was_written, "what the journal gives was written there");
      fuzz::must(i == 0 || follows(documents, i, documents[i]), "what the journal gives follows each other");
    }
    if (sound == 0) return;
    // A bit that is turned over twice is as it was.
    const bool may_be_sound = sound < count_ && flipped_[sound];
    fuzz::must(read == sound || (may_be_sound && read > sound && read <= count_), "the journal gives what is sound of the open pack, and nothing older");
    for (size_t i = 0; i < read; i++) fuzz::must(is_same(documents[i], open_[i]), "the journal gives the open pack");
  }

  void check_packs() {
    for (uint32_t number = 0; number <= next_pack_; number++) {
      StoredPack stored;
      const bool got = queue_.get(number, stored);
      fuzz::must(!got || number < next_pack_, "there is no pack that was never put");
      if (number == next_pack_) break;
      const Kept& kept = packs_[number];
      fuzz::must(got || !kept.sound, "a pack that nothing happened to is there");
      if (!got) continue;
      fuzz::must(stored.number == number && stored.boot_id == kept.boot_id && stored.first_seq == kept.first_seq && stored.count == kept.count &&
                     std::string(stored.text, stored.length) == kept.text,
                 "a pack is as it was put, byte for byte");
    }
  }

  struct Kept {
    uint32_t boot_id;
    uint32_t first_seq;
    size_t count;
    std::string text;
    bool sound;
  };

  DocumentSource& source_;
  FaultyFlash flash_;
  FlashQueue queue_;
  uint32_t boot_id_ = 1;
  uint32_t seq_ = 0;
  StatusDocument open_[kMaxPackDocuments];
  bool sound_[kMaxPackDocuments] = {};
  size_t count_ = 0;
  std::vector<StatusDocument> journalled_[kMaxPackDocuments];
  uint32_t next_pack_ = 0;
  std::vector<Kept> packs_;
  bool flipped_[kMaxPackDocuments] = {};
};

Bytes sound_input(fuzz::Random& random) {
  Bytes input = fuzz::random_bytes(random, 2000);
  input.insert(input.begin(), 0);
  return input;
}

/** The bytes are what flash holds where a pack and a document should be. */
void read_any(const uint8_t* data, size_t size) {
  FaultyFlash flash;
  flash.write(Area::packs, 0, data, size);
  flash.write(Area::journal, 0, data, size);
  FlashQueue queue(flash, kMaxPacks);
  StoredPack pack;
  StatusDocument documents[kMaxPackDocuments];
  fuzz::must(!queue.get(0, pack) && queue.journal_read(documents) == 0, "bytes that were never written are nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  if (data[0] % 4 == 1) {
    read_any(data + 1, size - 1);
    return 0;
  }
  DocumentSource source(data + 1, size - 1);
  Run run(source);
  while (!source.at_end()) run.step();
  return 0;
}

#ifndef ENSTRATUS_LIBFUZZER
int main(int count, char** arguments) { return fuzz::run(count, arguments, sound_input, 900); }
#endif
