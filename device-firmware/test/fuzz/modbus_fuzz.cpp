#include "fuzz_main.h"

#include <string.h>

#include "../../core/drive.h"

using namespace enstratus;
using fuzz::Bytes;

namespace {

constexpr uint8_t kUnit = 0x11;

/** The CRC as the serial line guide's appendix B has it, by division of polynomials on a bit register: written apart from the core's. */
uint16_t crc_by_division(const uint8_t* data, size_t length) {
  uint16_t remainder = 0xffff;
  for (size_t bit = 0; bit < length * 8; bit++) {
    const bool in = ((data[bit / 8] >> (bit % 8)) & 1) != 0;
    const bool out = (remainder & 1) != 0;
    remainder = static_cast<uint16_t>(remainder >> 1);
    if (in != out) remainder = static_cast<uint16_t>(remainder ^ 0xa001);
  }
  return remainder;
}

/**
 * Answers with what the input says: its first byte is how many bytes come (255: a length that no buffer has; 254: a negative one), then those bytes.
 * At the input's end there is silence.
 */
class FuzzedBus final : public Bus {
 public:
  FuzzedBus(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  int exchange(const uint8_t* request, size_t length, uint8_t* response, size_t capacity) override {
    fuzz::must(length == 8 && crc_by_division(request, 8) == 0, "a request is a sound frame of 8 bytes");
    memcpy(last_request, request, 8);
    last_answer = nullptr;
    last_received = 0;
    if (at_ >= size_) return 0;
    const uint8_t kind = data_[at_++];
    if (kind == 255) return 100000;
    if (kind == 254) return -1;
    size_t count = size_ - at_ < kind ? size_ - at_ : kind;
    if (count > capacity) count = capacity;
    if (count > 0) memcpy(response, data_ + at_, count);
    last_answer = data_ + at_;
    last_received = count;
    at_ += count;
    return static_cast<int>(count);
  }

  /** Whether the last answer is one to the last request, byte for byte. */
  bool answered_rightly() const {
    if (last_answer == nullptr || last_received < 5 || crc_by_division(last_answer, last_received) != 0) return false;
    if (last_answer[0] != kUnit || last_answer[1] != last_request[1]) return false;
    if (last_request[1] == 0x06) return last_received == 8 && memcmp(last_answer, last_request, 8) == 0;
    const size_t count = static_cast<size_t>((last_request[4] << 8) | last_request[5]);
    return last_received == 5 + 2 * count && last_answer[2] == 2 * count;
  }

  uint8_t last_request[8] = {};
  const uint8_t* last_answer = nullptr;
  size_t last_received = 0;

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

void read_any(const uint8_t* data, size_t size) {
  if (size < 2) return;
  const auto count = static_cast<uint16_t>(data[0] % 127);
  FuzzedBus bus(data + 2, size - 2);
  ModbusRtu modbus(bus, kUnit, static_cast<uint8_t>(data[1] % 4));
  std::vector<uint16_t> registers(count, 0x5a5a);
  const ModbusResult result = modbus.read_holding(0x3000, count, registers.data());
  fuzz::must((result == ModbusResult::ok) == bus.answered_rightly(), "a read is ok when its answer is right, and only then");
  for (size_t i = 0; i < count; i++) {
    const uint16_t expected =
        result == ModbusResult::ok ? static_cast<uint16_t>((bus.last_answer[3 + 2 * i] << 8) | bus.last_answer[4 + 2 * i]) : 0x5a5a;
    fuzz::must(registers[i] == expected, "registers are what the answer says, and untouched otherwise");
  }
  fuzz::must((result == ModbusResult::exception) == (modbus.exception_code() != 0), "an exception has its code");
}

void write_any(const uint8_t* data, size_t size) {
  FuzzedBus bus(data, size);
  const ModbusResult result = ModbusRtu(bus, kUnit).write_single(0x2000, 0x0001);
  fuzz::must((result == ModbusResult::ok) == bus.answered_rightly(), "a write is ok when it is echoed, and only then");
}

void sample_any(const uint8_t* data, size_t size) {
  for (const RegisterMap* map : {&kInvtMap, &kOptidriveMap}) {
    FuzzedBus bus(data, size);
    Drive drive(bus, *map, kUnit);
    Readings readings;
    drive.sample(readings);
    drive.poll(readings);
    for (size_t i = 0; i < kNumberFields; i++) {
      const FieldInfo& info = field_info(static_cast<Field>(i));
      const int32_t steps = readings.steps[i];
      fuzz::must(steps == kNoReading || (steps >= info.min_steps && steps <= info.max_steps), "a reading lies in its field's range");
    }
    fuzz::must(readings.run_state == RunState::none || readings.run_state <= RunState::fault, "a run state is one of the contract's");
  }
}

/** One in three is changed before its CRC is made: a sound frame that is no answer. */
void append_frame(fuzz::Random& random, Bytes& input, Bytes frame) {
  if (fuzz::below(random, 3) == 0) fuzz::mutate(random, frame);
  const uint16_t crc = crc_by_division(frame.data(), frame.size());
  frame.push_back(static_cast<uint8_t>(crc & 0xff));
  frame.push_back(static_cast<uint8_t>(crc >> 8));
  input.push_back(static_cast<uint8_t>(frame.size()));
  input.insert(input.end(), frame.begin(), frame.end());
}

void append_read_answer(fuzz::Random& random, Bytes& input, uint8_t count) {
  Bytes frame{kUnit, 0x03, static_cast<uint8_t>(2 * count)};
  for (int i = 0; i < 2 * count; i++) frame.push_back(static_cast<uint8_t>(fuzz::below(random, 3) == 0 ? random() : fuzz::below(random, 6)));
  append_frame(random, input, frame);
}

/** Answers as a drive gives them: to a read, to a write, or to all blocks of a map. */
Bytes sound_input(fuzz::Random& random) {
  Bytes input;
  switch (fuzz::below(random, 4)) {
    case 0: {
      const auto count = static_cast<uint8_t>(1 + fuzz::below(random, 124));
      input = {0, count, 1};
      append_read_answer(random, input, count);
      break;
    }
    case 1:
      input = {1};
      append_frame(random, input, {kUnit, 0x06, 0x20, 0x00, 0x00, 0x01});
      break;
    case 2:
      input = {2};
      for (const RegisterMap* map : {&kInvtMap, &kOptidriveMap}) {
        if (map == &kInvtMap && fuzz::below(random, 2) == 0) continue;
        for (size_t i = 0; i < map->block_count; i++) append_read_answer(random, input, static_cast<uint8_t>(map->blocks[i].count));
      }
      break;
    default:
      input = {static_cast<uint8_t>(fuzz::below(random, 3))};
      append_frame(random, input, {kUnit, static_cast<uint8_t>(fuzz::below(random, 2) == 0 ? 0x83 : 0x86), static_cast<uint8_t>(fuzz::below(random, 8))});
      break;
  }
  return input;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  switch (data[0] % 3) {
    case 0: read_any(data + 1, size - 1); break;
    case 1: write_any(data + 1, size - 1); break;
    default: sample_any(data + 1, size - 1); break;
  }
  return 0;
}

#ifndef ENSTRATUS_LIBFUZZER
int main(int count, char** arguments) { return fuzz::run(count, arguments, sound_input, 300); }
#endif
