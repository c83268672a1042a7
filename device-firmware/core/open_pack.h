#pragma once
#include "pack_writer.h"

namespace enstratus {

/** How many documents a pack holds: `pack_minutes` worth of them, 1 to 15 (PROTOCOL.md, "Cutting the queue"). */
size_t pack_limit(uint32_t pack_minutes, uint32_t every_s);

/** The pack in the making. */
class OpenPack {
 public:
  /** Whether the document may go in: it follows by `every_s`, there is room under `limit`, and the text stays within 780 bytes. */
  bool takes(const StatusDocument& document, uint32_t every_s, size_t limit);
  /** Only after takes(), or when empty. */
  void add(const StatusDocument& document) { documents_[count_++] = document; }
  void clear() { count_ = 0; }

  size_t count() const { return count_; }
  const StatusDocument* documents() const { return documents_; }
  StatusDocument* room() { return documents_; }
  /** After `count` documents were written into room(), of which the first `skip` don't count. */
  void adopt(size_t count, size_t skip);

 private:
  StatusDocument documents_[kMaxPackDocuments];
  size_t count_ = 0;
};

}  // namespace enstratus
