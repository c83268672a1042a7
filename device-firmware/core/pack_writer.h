#pragma once
#include "status_document.h"

namespace enstratus {

/** Some Borons' modems publish no more (PROTOCOL.md, "A pack"). */
constexpr size_t kMaxPackBytes = 780;
constexpr size_t kMaxPackDocuments = 15;
/** Particle takes no more in one publish. */
constexpr size_t kMaxPublishBytes = 1024;

/**
 * Writes the canonical text of 1 to 15 consecutive documents (PROTOCOL.md, "The canonical text"), without a terminating zero.
 * Returns its length, or 0 when they aren't consecutive (one boot, seq one more, the same distance in time), a value is none that the contract allows
 * (Readings::set lets none in), or it does not fit in `capacity`.
 */
size_t write_pack(const StatusDocument* documents, size_t count, char* text, size_t capacity);

/**
 * Writes one document as a plain document with v, boot_id, seq and time (PROTOCOL.md, "A plain document"). Returns its length, 0 when it does not fit or
 * has no valid time.
 */
size_t write_plain(const StatusDocument& document, char* text, size_t capacity);

/**
 * Whether `next` may stand in a pack after `count` documents (PROTOCOL.md, "Cutting the queue"), by its boot, seq and time alone. The distance in time is
 * the one of the documents; after a single one it is anything that a pack can say, 1 to 3600 s.
 */
bool follows(const StatusDocument* documents, size_t count, const StatusDocument& next);

}  // namespace enstratus
