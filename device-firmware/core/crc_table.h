#pragma once
#include <stddef.h>
#include <stdint.h>

namespace enstratus {

/** The remainders of all bytes by a reflected polynomial, reckoned by the compiler: a check sum then takes one step a byte. */
template <typename Crc>
class CrcTable {
 public:
  explicit constexpr CrcTable(Crc polynomial) : remainders_() {
    for (size_t byte = 0; byte < 256; byte += 1) {
      Crc crc = static_cast<Crc>(byte);
      for (int bit = 0; bit < 8; bit += 1) crc = static_cast<Crc>((crc & 1) != 0 ? (crc >> 1) ^ polynomial : crc >> 1);
      remainders_[byte] = crc;
    }
  }
  constexpr Crc of(uint8_t byte) const { return remainders_[byte]; }

 private:
  Crc remainders_[256];
};

}  // namespace enstratus
