#pragma once
#include <map>
#include <set>

#include "modbus_scripted_bus.h"

/** A drive on the line that has the registers it is given, and answers functions 03 and 06 as the standard says. */
class DriveOnBus final : public enstratus::Bus {
 public:
  std::map<uint16_t, uint16_t> registers;
  /** Blocks whose first address is in here are met by silence. */
  std::set<uint16_t> silent;
  bool off = false;
  int exchanges = 0;
  std::vector<std::pair<uint16_t, uint16_t>> written;

  int exchange(const uint8_t* request, size_t length, uint8_t* response, size_t capacity) override {
    exchanges++;
    const uint16_t address = word(request + 2);
    if (off || length != 8 || silent.count(address) != 0) return 0;
    const uint16_t value = word(request + 4);
    Bytes answer{request[0], request[1]};
    if (request[1] == 0x03) {
      answer.push_back(static_cast<uint8_t>(2 * value));
      for (int i = 0; i < value; i++) {
        const auto found = registers.find(static_cast<uint16_t>(address + i));
        if (found == registers.end()) return send(framed({request[0], 0x83, 0x02}), response, capacity);
        answer.push_back(static_cast<uint8_t>(found->second >> 8));
        answer.push_back(static_cast<uint8_t>(found->second & 0xff));
      }
    } else {
      if (registers.count(address) == 0) return send(framed({request[0], 0x86, 0x02}), response, capacity);
      written.emplace_back(address, value);
      answer.insert(answer.end(), request + 2, request + 6);
    }
    return send(framed(answer), response, capacity);
  }

 private:
  static uint16_t word(const uint8_t* bytes) { return static_cast<uint16_t>((bytes[0] << 8) | bytes[1]); }
  static int send(const Bytes& answer, uint8_t* response, size_t capacity) {
    if (answer.size() > capacity) return 0;
    memcpy(response, answer.data(), answer.size());
    return static_cast<int>(answer.size());
  }
};
