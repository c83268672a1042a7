#include "../../core/pack_reader.h"
#include "pack_documents.h"

using namespace enstratus;
using fuzz::Bytes;

namespace {

bool is_valid(const StatusDocument& document) {
  Readings readings;
  for (size_t i = 0; i < kNumberFields; i++) readings.set(static_cast<Field>(i), document.readings.steps[i]);
  const RunState state = document.readings.run_state;
  return memcmp(readings.steps, document.readings.steps, sizeof readings.steps) == 0 && (state <= RunState::fault || state == RunState::none) &&
         document.time_s >= kMinTime_s;
}

/** `1e5` is shorter than the canonical `100000`: only a text with such a number may be shorter than its canonical one. */
bool has_exponent(const char* text, size_t length) {
  for (size_t i = 1; i < length; i++) {
    if ((text[i] == 'e' || text[i] == 'E') && text[i - 1] >= '0' && text[i - 1] <= '9') return true;
  }
  return false;
}

void read_back(const StatusDocument* documents, size_t count, const char* text, size_t length) {
  StatusDocument again[kMaxPackDocuments];
  const ReadStatus read = read_status(text, length, again);
  fuzz::must(read.refusal == Refusal::none && read.count == count, "what is written can be read");
  for (size_t i = 0; i < count; i++) fuzz::must(is_same(again[i], documents[i]), "what is read is what was written");
  char same[kMaxPackBytes];
  fuzz::must(write_pack(again, count, same, sizeof same) == length && memcmp(same, text, length) == 0, "the same documents are the same bytes");
}

/** The bytes are a text that somebody published. */
void read_any(const uint8_t* data, size_t size, uint32_t published_at_s) {
  const char* const text = reinterpret_cast<const char*>(data);
  StatusDocument documents[kMaxPackDocuments];
  const ReadStatus read = read_status(text, size, documents, published_at_s);
  fuzz::must((read.refusal == Refusal::none) == (read.count > 0), "what isn't refused has documents, and nothing else has");
  fuzz::must(read.count <= kMaxPackDocuments && refusal_name(read.refusal)[0] != 0, "there are 15 at most, and a refusal has a name");
  if (read.count == 0) return;
  for (size_t i = 0; i < read.count; i++) fuzz::must(is_valid(documents[i]), "every value is one that a document can have");
  char canonical[kMaxPackBytes];
  const size_t length = write_pack(documents, read.count, canonical, sizeof canonical);
  fuzz::must(length > 0 || has_exponent(text, size), "what was read can be written");
  if (length > 0) read_back(documents, read.count, canonical, length);
}

/** The bytes are documents that somebody sampled. */
void write_any(const uint8_t* data, size_t size) {
  StatusDocument documents[kMaxPackDocuments];
  const size_t count = DocumentSource(data, size).documents(documents);
  char text[kMaxPackBytes];
  const size_t length = write_pack(documents, count, text, sizeof text);
  fuzz::must(length > 0 || count > 3, "three documents fit, whatever they are");
  fuzz::must(length == 0 || write_pack(documents, count, text, length - 1) == 0, "what doesn't fit isn't written");
  if (length > 0) {
    fuzz::must(write_pack(documents, count, text, length) == length, "what just fits is written");
    read_back(documents, count, text, length);
  }
  char plain[kMaxPublishBytes];
  const size_t plain_length = write_plain(documents[0], plain, sizeof plain);
  StatusDocument again[kMaxPackDocuments];
  fuzz::must(read_status(plain, plain_length, again).count == 1 && is_same(again[0], documents[0]), "a plain document is read as it was written");
}

void append(Bytes& bytes, const char* text, size_t length) { bytes.insert(bytes.end(), text, text + length); }

/** One that a reader must take, or one that is wrong in a place where bytes that are changed at random seldom are. */
Bytes sound_input(fuzz::Random& random) {
  const Bytes made = fuzz::random_bytes(random, 600);
  if (fuzz::below(random, 4) == 0) {
    Bytes input{2};
    input.insert(input.end(), made.begin(), made.end());
    return input;
  }
  StatusDocument documents[kMaxPackDocuments];
  const size_t count = DocumentSource(made.data(), made.size()).documents(documents);
  char text[kMaxPublishBytes];
  const size_t length = fuzz::below(random, 3) == 0 ? write_plain(documents[0], text, sizeof text) : write_pack(documents, count, text, sizeof text);
  Bytes input{static_cast<uint8_t>(fuzz::below(random, 2))};
  append(input, text, length);
  static constexpr const char* kPieces[] = {"1e2",  "-0",   "0.05", "1e400", "8.10000001", "null", "\"8.1\"", "[]", "{\"a\":[1]}", "\\u005f", "\"v\":1,",
                                            "true", "[0,",  " ",    "\"\"",  "4294967296", "\xc3\xa9", "\xed\xa0\x80", "\\ud800", ",\"x\":1", "1E-7"};
  if (fuzz::below(random, 2) == 0) {
    const char* const piece = kPieces[fuzz::below(random, sizeof kPieces / sizeof *kPieces)];
    const auto at = static_cast<long>(1 + fuzz::below(random, static_cast<uint32_t>(input.size())));
    // In place of a number or a text, so that what is made is JSON more often than not.
    long from = at < static_cast<long>(input.size()) ? at : static_cast<long>(input.size());
    while (from > 1 && strchr(":,[", input[static_cast<size_t>(from - 1)]) == nullptr) from--;
    long to = from;
    while (to < static_cast<long>(input.size()) && strchr(",]}", input[static_cast<size_t>(to)]) == nullptr) to++;
    input.erase(input.begin() + from, input.begin() + to);
    input.insert(input.begin() + from, piece, piece + strlen(piece));
  }
  return input;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  switch (data[0] % 3) {
    case 0: read_any(data + 1, size - 1, 0); break;
    case 1: read_any(data + 1, size - 1, 1763759671); break;
    default: write_any(data + 1, size - 1); break;
  }
  return 0;
}

#ifndef ENSTRATUS_LIBFUZZER
int main(int count, char** arguments) { return fuzz::run(count, arguments, sound_input, 1100); }
#endif
