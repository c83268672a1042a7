// Checks the core against the contract's vectors. `vectors.h` is made by test/vectors.test.ts from @enstratus/contract/vectors. Prints the name of each vector
// that fails, with what came instead; returns 0 when there is none.
#include <stdio.h>
#include <string.h>

#include "open_pack.h"
#include "pack_reader.h"
#include "pack_second.h"
#include "pack_writer.h"
#include "vector.h"
#include "vectors.h"

using namespace enstratus;

static int failures = 0;

static void fail(const Vector& vector, const char* what, const char* text, size_t length) {
  failures += 1;
  printf("%s: %s: %.*s\n", vector.name, what, static_cast<int>(length), text);
}

static void fail(const Vector& vector, const char* what) { fail(vector, what, "", 0); }

static bool is_same(const StatusDocument& one, const StatusDocument& other) {
  return one.boot_id == other.boot_id && one.seq == other.seq && one.time_s == other.time_s && one.readings.run_state == other.readings.run_state &&
         memcmp(one.readings.steps, other.readings.steps, sizeof one.readings.steps) == 0;
}

static void check_decodes(const Vector& vector) {
  StatusDocument documents[kMaxPackDocuments];
  const ReadStatus read = read_status(vector.text, vector.length, documents, vector.published_at_s);
  const char* const refusal = refusal_name(read.refusal);
  if (read.refusal != Refusal::none) return fail(vector, "is refused", refusal, strlen(refusal));
  if (read.count != vector.count) return fail(vector, "has another count of documents");
  for (size_t at = 0; at < read.count; at += 1) {
    if (!is_same(documents[at], vector.documents[at])) fail(vector, "has another document");
  }
}

/** What the documents encode to. */
static void check_encodes(const Vector& vector, const Text& expected, bool same) {
  char text[kMaxPackBytes];
  const size_t length = write_pack(vector.documents, vector.count, text, sizeof text);
  const bool equal = length == expected.length && memcmp(text, expected.text, length) == 0;
  if (equal != same) fail(vector, same ? "is encoded otherwise" : "is the canonical text", text, length);
}

static void check_refused(const Vector& vector) {
  StatusDocument documents[kMaxPackDocuments];
  const char* const refusal = refusal_name(read_status(vector.text, vector.length, documents).refusal);
  if (strcmp(refusal, vector.reason) != 0) fail(vector, "is refused as", refusal, strlen(refusal));
}

/** Cuts a queue with the code that a device cuts it with. */
static void check_queue(const Vector& vector) {
  OpenPack open;
  size_t packs = 0;
  const auto close = [&] {
    char text[kMaxPackBytes];
    const size_t length = write_pack(open.documents(), open.count(), text, sizeof text);
    const bool expected = packs < vector.pack_count && length == vector.packs[packs].length && memcmp(text, vector.packs[packs].text, length) == 0;
    if (!expected) fail(vector, "is cut otherwise", text, length);
    packs += 1;
    open.clear();
  };
  for (size_t at = 0; at < vector.count; at += 1) {
    if (!open.takes(vector.documents[at], 60, pack_limit(vector.pack_minutes, 60))) close();
    open.add(vector.documents[at]);
  }
  if (open.count() > 0) close();
  if (packs != vector.pack_count) fail(vector, "has another count of packs");
}

static void check_second(const Vector& vector) {
  if (pack_second(vector.text, vector.length) != vector.second) fail(vector, "has another second");
}

int main() {
  for (const Vector& vector : kPacks) {
    check_decodes(vector);
    check_encodes(vector, {vector.text, vector.length}, vector.canonical);
  }
  for (const Vector& vector : kPlainDocuments) {
    check_decodes(vector);
    check_encodes(vector, vector.packs[0], true);
  }
  for (const Vector& vector : kInvalid) check_refused(vector);
  for (const Vector& vector : kQueues) check_queue(vector);
  for (const Vector& vector : kPackSeconds) check_second(vector);
  return failures == 0 ? 0 : 1;
}
