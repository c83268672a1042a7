#include "pack_second.h"

namespace enstratus {

namespace {

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
uint32_t fnv1a(const char* text, size_t length) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ static_cast<uint8_t>(text[i])) * 16777619u;
  return hash;
}

/** The last step of MurmurHash3, 32 bits (Appleby): ids that differ in their last digit alone have hashes that differ in every bit. */
uint32_t mixed(uint32_t hash) {
  hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
  return hash ^ (hash >> 16);
}

}  // namespace

uint8_t pack_second(const char* id, size_t length) {
  if (length == 0) return 0;
  return static_cast<uint8_t>(static_cast<uint64_t>(mixed(fnv1a(id, length))) * 60 >> 32);
}

}  // namespace enstratus
