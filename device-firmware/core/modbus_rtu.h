#pragma once
#include <stddef.h>
#include <stdint.h>

#include "platform.h"

namespace enstratus {

/** CRC-16/MODBUS ("MODBUS over Serial Line Specification and Implementation Guide V1.02", 6.2.2). */
uint16_t modbus_crc(const uint8_t* data, size_t length);

enum class ModbusResult : uint8_t { ok, timeout, bad_crc, bad_frame, wrong_answer, exception };

/** "MODBUS Application Protocol Specification V1.1b3": 125 registers at most in one read. */
constexpr size_t kMaxReadRegisters = 125;

/** A Modbus RTU client (the standard's "master") of one unit. Each call is tried up to `tries` times; frames that aren't a right answer count as none. */
class ModbusRtu {
 public:
  ModbusRtu(Bus& bus, uint8_t unit, uint8_t tries = 3);
  /** Function 03: `registers` gets `count` values. */
  ModbusResult read_holding(uint16_t address, uint16_t count, uint16_t* registers);
  /** Function 06; the answer must echo what was sent. */
  ModbusResult write_single(uint16_t address, uint16_t value);
  /** The code of the last exception response, 0 when there was none. */
  uint8_t exception_code() const { return exception_code_; }

 private:
  ModbusResult exchange(const uint8_t* request, size_t length, uint8_t* response, size_t expected);

  Bus& bus_;
  uint8_t unit_;
  uint8_t tries_;
  uint8_t exception_code_ = 0;
};

}  // namespace enstratus
