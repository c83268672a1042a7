#pragma once
#include <initializer_list>
#include <string.h>
#include <vector>

#include "../../core/modbus_rtu.h"

using Bytes = std::vector<uint8_t>;

/** Bytes with their CRC behind them, as they are on the line. */
inline Bytes framed(Bytes bytes) {
  const uint16_t crc = enstratus::modbus_crc(bytes.data(), bytes.size());
  bytes.push_back(static_cast<uint8_t>(crc & 0xff));
  bytes.push_back(static_cast<uint8_t>(crc >> 8));
  return bytes;
}

/** A line on which what is to come was written down before: an empty answer is silence, and so is everything after the last one. */
class ScriptedBus final : public enstratus::Bus {
 public:
  ScriptedBus(std::initializer_list<Bytes> answers) : answers_(answers) {}

  int exchange(const uint8_t* request, size_t length, uint8_t* response, size_t capacity) override {
    requests.emplace_back(request, request + length);
    if (requests.size() > answers_.size()) return 0;
    const Bytes& answer = answers_[requests.size() - 1];
    const size_t count = answer.size() < capacity ? answer.size() : capacity;
    if (count > 0) memcpy(response, answer.data(), count);
    return static_cast<int>(count);
  }

  std::vector<Bytes> requests;

 private:
  std::vector<Bytes> answers_;
};
