#pragma once
#include "core/platform.h"

namespace enstratus {

/**
 * The line to the drive: Serial1 behind an RS-485 transceiver whose direction is one pin (high sends). 8 data bits, even parity, 1 stop bit,
 * the standard's own setting and INVT's default ("MODBUS over Serial Line Specification and Implementation Guide V1.02", 2.5.1).
 */
class Rs485 final : public Bus {
 public:
  void begin(uint32_t baud);
  int exchange(const uint8_t* request, size_t length, uint8_t* response, size_t capacity) override;

 private:
  void wait_for_silence();
  void send(const uint8_t* request, size_t length);

  uint32_t character_us_ = 0;
  uint32_t silence_us_ = 0;
  uint32_t last_byte_us_ = 0;
};

}  // namespace enstratus
