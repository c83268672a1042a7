#pragma once
#include "pack_writer.h"
#include "platform.h"

namespace enstratus {

/** CRC-32 (ISO 3309, the one of zlib): what a record in flash is checked by. */
uint32_t crc32(const uint8_t* data, size_t length);

/** A pack as it lies in flash. */
struct StoredPack {
  uint32_t number;
  uint32_t boot_id;
  uint32_t first_seq;
  uint8_t count;
  uint16_t length;
  char text[kMaxPackBytes];
};

/**
 * The packs of a device in flash: a ring that the oldest fall out of. A pack has a number, counted from 0 for the life of the device; it is written
 * once and sent byte for byte. The numbers of the ring's ends live in the core's state, which the caller keeps.
 */
class FlashQueue {
 public:
  FlashQueue(Flash& flash, uint32_t max_packs) : flash_(flash), max_packs_(max_packs) {}
  /** Writes a pack under a number. False when the flash failed. */
  bool put(uint32_t number, const StatusDocument* documents, size_t count, const char* text, size_t length);
  /** Reads the pack of a number. False when it isn't there, was overwritten, or its check sum is wrong. */
  bool get(uint32_t number, StoredPack& pack) const;
  uint32_t max_packs() const { return max_packs_; }

  /** The documents of the open pack: each written as it is sampled, so that a power cut loses none. */
  bool journal_write(size_t index, const StatusDocument& document);
  /**
   * Reads what the journal holds from slot 0 on, up to 15 documents of one boot that follow each other; returns how many. What an earlier pack left behind
   * them doesn't follow and is no part of them. When the first document of a new pack could not be written, they are those of the pack before:
   * the caller knows which documents it has packed.
   */
  size_t journal_read(StatusDocument* documents) const;

 private:
  Flash& flash_;
  uint32_t max_packs_;
};

}  // namespace enstratus
