#include "open_pack.h"

namespace enstratus {

size_t pack_limit(uint32_t pack_minutes, uint32_t every_s) {
  const uint32_t worth = pack_minutes * 60 / every_s;
  if (worth < 1) return 1;
  return worth < kMaxPackDocuments ? worth : kMaxPackDocuments;
}

bool OpenPack::takes(const StatusDocument& document, uint32_t every_s, size_t limit) {
  if (count_ == 0) return true;
  if (count_ >= limit || count_ >= kMaxPackDocuments) return false;
  if (!follows(documents_, count_, document)) return false;
  if (document.time_s != documents_[count_ - 1].time_s + every_s) return false;
  char text[kMaxPackBytes];
  documents_[count_] = document;
  return write_pack(documents_, count_ + 1, text, sizeof text) > 0;
}

void OpenPack::adopt(size_t count, size_t skip) {
  count_ = skip < count ? count - skip : 0;
  for (size_t i = 0; i < count_; i++) documents_[i] = documents_[i + skip];
}

}  // namespace enstratus
