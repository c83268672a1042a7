#pragma once
#include <stddef.h>
#include <stdint.h>

#include "platform.h"

namespace enstratus {

/** CRC-16/MODBUS ("MODBUS over Serial Line Specification and Implementation Guide V1.02", 6.2.2). Sent low byte first. */
uint16_t modbus_crc(const uint8_t* data, size_t length);

/** What came of a call, of its last try where there were several. */
enum class ModbusResult : uint8_t {
  /** The answer has the right check sum, unit, function and length. */
  ok,
  /** Nothing came in time. */
  timeout,
  /** A frame of the right length whose check sum is wrong. */
  bad_crc,
  /** A frame of another length: cut, grown by noise, or one that no request may be. */
  bad_frame,
  /** A sound frame, but of another unit or function, or an echo with other values. */
  wrong_answer,
  /** The drive says why it can't: exception_code(). */
  exception
};

/** "MODBUS Application Protocol Specification V1.1b3", 6.3: 125 registers at most in one read. */
constexpr size_t kMaxReadRegisters = 125;

/** Longest frame of a serial line ("MODBUS over Serial Line Specification and Implementation Guide V1.02", 2.5.1). */
constexpr size_t kMaxModbusFrameBytes = 256;

/**
 * A Modbus RTU client (the standard's "master") of one unit. Each call is tried up to `tries` times; frames that aren't a right answer count as none. An
 * exception ends the call, except "busy" (06), which is tried again.
 */
class ModbusRtu {
 public:
  ModbusRtu(Bus& bus, uint8_t unit, uint8_t tries = 3);
  /** Function 03: `registers` gets `count` values, and nothing unless the result is ok. `count` is 1 to kMaxReadRegisters; any other is bad_frame, unsent. */
  ModbusResult read_holding(uint16_t address, uint16_t count, uint16_t* registers);
  /** Function 06; the answer must echo what was sent. */
  ModbusResult write_single(uint16_t address, uint16_t value);
  /** The code of the exception response to the last call, 0 when there was none. */
  uint8_t exception_code() const { return exception_code_; }

 private:
  /** Sends the `length` bytes of a request, its CRC still missing, and waits for an answer of `expected` bytes with its CRC. */
  ModbusResult exchange(uint8_t* request, size_t length, uint8_t* response, size_t expected);
  ModbusResult judge(const uint8_t* request, const uint8_t* response, size_t received, size_t expected);

  Bus& bus_;
  uint8_t unit_;
  uint8_t tries_;
  uint8_t exception_code_ = 0;
};

}  // namespace enstratus
