#include "modbus_rtu.h"

#include "crc_table.h"

#include <string.h>

namespace enstratus {
namespace {

// "MODBUS Application Protocol Specification V1.1b3", 6.3, 6.6 and 7.
constexpr uint8_t kReadHolding = 0x03;
constexpr uint8_t kWriteSingle = 0x06;
constexpr uint8_t kExceptionBit = 0x80;
constexpr uint8_t kBusy = 0x06;
constexpr size_t kExceptionBytes = 5;
constexpr size_t kCrcBytes = 2;
constexpr size_t kRequestBytes = 6 + kCrcBytes;

void put_word(uint8_t* bytes, uint16_t value) {
  bytes[0] = static_cast<uint8_t>(value >> 8);
  bytes[1] = static_cast<uint8_t>(value & 0xff);
}

uint16_t word_at(const uint8_t* bytes) { return static_cast<uint16_t>((bytes[0] << 8) | bytes[1]); }

bool crc_is_right(const uint8_t* frame, size_t length) {
  const uint16_t crc = modbus_crc(frame, length - kCrcBytes);
  return frame[length - 2] == (crc & 0xff) && frame[length - 1] == (crc >> 8);
}

}  // namespace

uint16_t modbus_crc(const uint8_t* data, size_t length) {
  static constexpr CrcTable<uint16_t> kTable(0xa001);
  uint16_t crc = 0xffff;
  for (size_t i = 0; i < length; i++) crc = static_cast<uint16_t>((crc >> 8) ^ kTable.of(static_cast<uint8_t>(crc ^ data[i])));
  return crc;
}

ModbusRtu::ModbusRtu(Bus& bus, uint8_t unit, uint8_t tries) : bus_(bus), unit_(unit), tries_(tries == 0 ? 1 : tries) {}

ModbusResult ModbusRtu::read_holding(uint16_t address, uint16_t count, uint16_t* registers) {
  exception_code_ = 0;
  if (count == 0 || count > kMaxReadRegisters) return ModbusResult::bad_frame;
  uint8_t request[kRequestBytes] = {unit_, kReadHolding};
  put_word(request + 2, address);
  put_word(request + 4, count);
  uint8_t response[kMaxModbusFrameBytes];
  const ModbusResult result = exchange(request, kRequestBytes - kCrcBytes, response, 3 + 2u * count + kCrcBytes);
  if (result != ModbusResult::ok) return result;
  for (size_t i = 0; i < count; i++) registers[i] = word_at(response + 3 + 2 * i);
  return result;
}

ModbusResult ModbusRtu::write_single(uint16_t address, uint16_t value) {
  uint8_t request[kRequestBytes] = {unit_, kWriteSingle};
  put_word(request + 2, address);
  put_word(request + 4, value);
  uint8_t response[kMaxModbusFrameBytes];
  return exchange(request, kRequestBytes - kCrcBytes, response, kRequestBytes);
}

ModbusResult ModbusRtu::exchange(uint8_t* request, size_t length, uint8_t* response, size_t expected) {
  const uint16_t crc = modbus_crc(request, length);
  request[length] = static_cast<uint8_t>(crc & 0xff);
  request[length + 1] = static_cast<uint8_t>(crc >> 8);
  ModbusResult result = ModbusResult::timeout;
  for (uint8_t i = 0; i < tries_; i++) {
    exception_code_ = 0;
    const int received = bus_.exchange(request, length + kCrcBytes, response, kMaxModbusFrameBytes);
    result = received <= 0 ? ModbusResult::timeout : judge(request, response, static_cast<size_t>(received), expected);
    if (result == ModbusResult::ok) return result;
    if (result == ModbusResult::exception && exception_code_ != kBusy) return result;
  }
  return result;
}

ModbusResult ModbusRtu::judge(const uint8_t* request, const uint8_t* response, size_t received, size_t expected) {
  if (received < kExceptionBytes || received > kMaxModbusFrameBytes) return ModbusResult::bad_frame;
  const bool says_exception = received == kExceptionBytes && (response[1] & kExceptionBit) != 0;
  const bool right_length = received == expected || says_exception;
  if (!crc_is_right(response, received)) return right_length ? ModbusResult::bad_crc : ModbusResult::bad_frame;
  const uint8_t function = request[1];
  if (response[0] != request[0]) return ModbusResult::wrong_answer;
  if (says_exception) {
    if (response[1] != (function | kExceptionBit) || response[2] == 0) return ModbusResult::wrong_answer;
    exception_code_ = response[2];
    return ModbusResult::exception;
  }
  if (response[1] != function) return ModbusResult::wrong_answer;
  if (!right_length) return ModbusResult::bad_frame;
  if (function == kReadHolding) return response[2] == expected - 3 - kCrcBytes ? ModbusResult::ok : ModbusResult::bad_frame;
  return memcmp(response, request, expected) == 0 ? ModbusResult::ok : ModbusResult::wrong_answer;
}

}  // namespace enstratus
