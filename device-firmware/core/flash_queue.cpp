#include "flash_queue.h"

#include "crc_table.h"

#include <string.h>

namespace enstratus {

namespace {

// A record begins with what it is and its version, so that one of another layout is never taken for one of this.
constexpr uint8_t kPackRecord = 0xa1;
constexpr uint8_t kJournalRecord = 0xb1;
constexpr size_t kPackHeaderBytes = 1 + 4 + 4 + 4 + 1 + 2;
constexpr size_t kJournalBytes = 1 + 1 + 4 + 4 + 4 + 1 + kNumberFields * 4 + 4;
constexpr size_t kCrcBytes = 4;

/** Writes a record's values one after the other, lowest byte first. */
class RecordWriter {
 public:
  explicit RecordWriter(uint8_t* record) : begin_(record), at_(record) {}
  void byte(uint8_t value) { *at_++ = value; }
  void number(uint32_t value, size_t bytes) {
    for (; bytes > 0; bytes -= 1, value >>= 8) byte(static_cast<uint8_t>(value));
  }
  void raw(const char* data, size_t length) {
    memcpy(at_, data, length);
    at_ += length;
  }
  /** Ends the record with its check sum; returns its whole length. */
  size_t seal() {
    number(crc32(begin_, static_cast<size_t>(at_ - begin_)), kCrcBytes);
    return static_cast<size_t>(at_ - begin_);
  }

 private:
  uint8_t* begin_;
  uint8_t* at_;
};

class RecordReader {
 public:
  explicit RecordReader(const uint8_t* record) : at_(record) {}
  uint8_t byte() { return *at_++; }
  uint32_t number(size_t bytes) {
    uint32_t value = 0;
    for (size_t at = 0; at < bytes; at += 1) value |= static_cast<uint32_t>(*at_++) << (8 * at);
    return value;
  }
  const uint8_t* rest() const { return at_; }

 private:
  const uint8_t* at_;
};

/** Whether a record is of a kind and whole. */
bool is_sealed(const uint8_t* record, size_t length, uint8_t kind) {
  if (length <= kCrcBytes || record[0] != kind) return false;
  return RecordReader(record + length - kCrcBytes).number(kCrcBytes) == crc32(record, length - kCrcBytes);
}

bool read_journal_slot(Flash& flash, size_t index, StatusDocument& document) {
  uint8_t record[kJournalBytes];
  const int length = flash.read(Area::journal, static_cast<uint32_t>(index), record, sizeof record);
  if (length != static_cast<int>(sizeof record) || !is_sealed(record, sizeof record, kJournalRecord)) return false;
  RecordReader reader(record + 1);
  if (reader.byte() != index) return false;
  document.boot_id = reader.number(4);
  document.seq = reader.number(4);
  document.time_s = reader.number(4);
  document.readings.run_state = static_cast<RunState>(reader.byte());
  for (int32_t& steps : document.readings.steps) steps = static_cast<int32_t>(reader.number(4));
  return true;
}

}  // namespace

uint32_t crc32(const uint8_t* data, size_t length) {
  // The reflected polynomial of ISO 3309, a byte at a time: every sample and every pack goes through here.
  static constexpr CrcTable<uint32_t> kTable(0xedb88320);
  uint32_t crc = 0xffffffff;
  for (size_t at = 0; at < length; at += 1) crc = (crc >> 8) ^ kTable.of(static_cast<uint8_t>(crc ^ data[at]));
  return ~crc;
}

bool FlashQueue::put(uint32_t number, const StatusDocument* documents, size_t count, const char* text, size_t length) {
  if (max_packs_ == 0 || count < 1 || count > kMaxPackDocuments || length < 1 || length > kMaxPackBytes) return false;
  uint8_t record[kPackHeaderBytes + kMaxPackBytes + kCrcBytes];
  RecordWriter writer(record);
  writer.byte(kPackRecord);
  writer.number(number, 4);
  writer.number(documents[0].boot_id, 4);
  writer.number(documents[0].seq, 4);
  writer.byte(static_cast<uint8_t>(count));
  writer.number(static_cast<uint32_t>(length), 2);
  writer.raw(text, length);
  return flash_.write(Area::packs, number % max_packs_, record, writer.seal());
}

bool FlashQueue::get(uint32_t number, StoredPack& pack) const {
  if (max_packs_ == 0) return false;
  uint8_t record[kPackHeaderBytes + kMaxPackBytes + kCrcBytes];
  const int read = flash_.read(Area::packs, number % max_packs_, record, sizeof record);
  if (read <= static_cast<int>(kPackHeaderBytes + kCrcBytes) || read > static_cast<int>(sizeof record)) return false;
  const auto length = static_cast<size_t>(read);
  if (!is_sealed(record, length, kPackRecord)) return false;
  RecordReader reader(record + 1);
  if (reader.number(4) != number) return false;
  pack.number = number;
  pack.boot_id = reader.number(4);
  pack.first_seq = reader.number(4);
  pack.count = reader.byte();
  pack.length = static_cast<uint16_t>(reader.number(2));
  if (pack.length != length - kPackHeaderBytes - kCrcBytes) return false;
  memcpy(pack.text, reader.rest(), pack.length);
  return true;
}

bool FlashQueue::journal_write(size_t index, const StatusDocument& document) {
  if (index >= kMaxPackDocuments) return false;
  uint8_t record[kJournalBytes];
  RecordWriter writer(record);
  writer.byte(kJournalRecord);
  writer.byte(static_cast<uint8_t>(index));
  writer.number(document.boot_id, 4);
  writer.number(document.seq, 4);
  writer.number(document.time_s, 4);
  writer.byte(static_cast<uint8_t>(document.readings.run_state));
  for (const int32_t steps : document.readings.steps) writer.number(static_cast<uint32_t>(steps), 4);
  return flash_.write(Area::journal, static_cast<uint32_t>(index), record, writer.seal());
}

size_t FlashQueue::journal_read(StatusDocument* documents) const {
  size_t count = 0;
  StatusDocument document;
  while (count < kMaxPackDocuments && read_journal_slot(flash_, count, document)) {
    if (count > 0 && !follows(documents, count, document)) break;
    documents[count] = document;
    count += 1;
  }
  return count;
}

}  // namespace enstratus
