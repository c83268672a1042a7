#include "check.h"
#include "modbus_scripted_bus.h"

using namespace enstratus;

namespace {

constexpr uint8_t kUnit = 0x11;

/** One read of the three registers 6BH to 6DH with one try, and what comes of each answer. */
ModbusResult read_three(const Bytes& answer, uint16_t* registers) {
  ScriptedBus bus{answer};
  return ModbusRtu(bus, kUnit, 1).read_holding(0x006b, 3, registers);
}

ModbusResult write_one(const Bytes& answer) {
  ScriptedBus bus{answer};
  return ModbusRtu(bus, kUnit, 1).write_single(0x0001, 0x0003);
}

// "MODBUS Application Protocol Specification V1.1b3", 6.3: registers 108 to 110 hold 555, 0 and 100.
const Bytes kThree = framed({kUnit, 0x03, 0x06, 0x02, 0x2b, 0x00, 0x00, 0x00, 0x64});
// The same, 6.6: register 2 becomes 3.
const Bytes kEcho = framed({kUnit, 0x06, 0x00, 0x01, 0x00, 0x03});

}  // namespace

TEST(crc_of_the_serial_line_guide) {
  // "MODBUS over Serial Line Specification and Implementation Guide V1.02", appendix B: 02 07 has the CRC 1241H, sent 41 12.
  const uint8_t frame[] = {0x02, 0x07};
  CHECK_EQUAL(modbus_crc(frame, sizeof frame), 0x1241);
  CHECK_EQUAL(modbus_crc(frame, 0), 0xffff);
}

TEST(crc_of_the_makers_examples) {
  CHECK(framed({0x01, 0x03, 0x00, 0x04, 0x00, 0x02}) == (Bytes{0x01, 0x03, 0x00, 0x04, 0x00, 0x02, 0x85, 0xca}));
  CHECK(framed({0x02, 0x06, 0x00, 0x04, 0x13, 0x88}) == (Bytes{0x02, 0x06, 0x00, 0x04, 0x13, 0x88, 0xc5, 0x6e}));
}

TEST(reads_holding_registers) {
  ScriptedBus bus{kThree};
  ModbusRtu modbus(bus, kUnit);
  uint16_t registers[3] = {};
  CHECK(modbus.read_holding(0x006b, 3, registers) == ModbusResult::ok);
  CHECK_EQUAL(registers[0], 555);
  CHECK_EQUAL(registers[1], 0);
  CHECK_EQUAL(registers[2], 100);
  CHECK_EQUAL(bus.requests.size(), 1);
  CHECK(bus.requests[0] == (Bytes{0x11, 0x03, 0x00, 0x6b, 0x00, 0x03, 0x76, 0x87}));
}

TEST(reads_as_many_registers_as_a_frame_holds) {
  Bytes answer{kUnit, 0x03, 250};
  for (int i = 0; i < 125; i++) {
    answer.push_back(static_cast<uint8_t>(i));
    answer.push_back(static_cast<uint8_t>(255 - i));
  }
  ScriptedBus bus{framed(answer)};
  uint16_t registers[125] = {};
  CHECK(ModbusRtu(bus, kUnit).read_holding(0, 125, registers) == ModbusResult::ok);
  CHECK_EQUAL(registers[0], 0x00ff);
  CHECK_EQUAL(registers[124], 0x7c83);
}

TEST(sends_no_read_that_the_standard_forbids) {
  ScriptedBus bus{};
  ModbusRtu modbus(bus, kUnit);
  uint16_t registers[1] = {7};
  CHECK(modbus.read_holding(0, 0, registers) == ModbusResult::bad_frame);
  CHECK(modbus.read_holding(0, 126, registers) == ModbusResult::bad_frame);
  CHECK_EQUAL(bus.requests.size(), 0);
  CHECK_EQUAL(registers[0], 7);
}

TEST(writes_a_register) {
  ScriptedBus bus{kEcho};
  CHECK(ModbusRtu(bus, kUnit).write_single(0x0001, 0x0003) == ModbusResult::ok);
  CHECK(bus.requests[0] == (Bytes{0x11, 0x06, 0x00, 0x01, 0x00, 0x03, 0x9a, 0x9b}));
}

TEST(silence_is_a_timeout_after_all_tries) {
  ScriptedBus bus{};
  uint16_t registers[3] = {1, 2, 3};
  CHECK(ModbusRtu(bus, kUnit).read_holding(0x006b, 3, registers) == ModbusResult::timeout);
  CHECK_EQUAL(bus.requests.size(), 3);
  CHECK_EQUAL(registers[0], 1);
}

TEST(a_later_try_can_succeed) {
  Bytes noisy = kThree;
  noisy[4] ^= 0x10;
  ScriptedBus bus{{}, noisy, kThree};
  uint16_t registers[3] = {};
  CHECK(ModbusRtu(bus, kUnit).read_holding(0x006b, 3, registers) == ModbusResult::ok);
  CHECK_EQUAL(registers[0], 555);
  CHECK_EQUAL(bus.requests.size(), 3);
  CHECK(bus.requests[2] == bus.requests[0]);
}

TEST(any_flipped_bit_is_a_bad_crc) {
  for (size_t bit = 0; bit < kThree.size() * 8; bit++) {
    Bytes noisy = kThree;
    noisy[bit / 8] = static_cast<uint8_t>(noisy[bit / 8] ^ (1u << (bit % 8)));
    uint16_t registers[3] = {7, 7, 7};
    CHECK(read_three(noisy, registers) == ModbusResult::bad_crc);
    CHECK_EQUAL(registers[0] + registers[1] + registers[2], 21);
  }
}

TEST(a_cut_frame_is_a_bad_frame) {
  uint16_t registers[3];
  for (size_t length = 1; length < kThree.size(); length++) {
    CHECK(read_three(Bytes(kThree.begin(), kThree.begin() + static_cast<long>(length)), registers) == ModbusResult::bad_frame);
  }
}

TEST(a_frame_with_noise_at_an_end_is_a_bad_frame) {
  uint16_t registers[3];
  Bytes after = kThree;
  after.push_back(0x00);
  CHECK(read_three(after, registers) == ModbusResult::bad_frame);
  Bytes before = kThree;
  before.insert(before.begin(), 0xff);
  CHECK(read_three(before, registers) == ModbusResult::bad_frame);
  CHECK(read_three(Bytes(400, 0xff), registers) == ModbusResult::bad_frame);
}

TEST(a_frame_of_another_unit_or_function_is_a_wrong_answer) {
  uint16_t registers[3];
  CHECK(read_three(framed({0x12, 0x03, 0x06, 0x02, 0x2b, 0x00, 0x00, 0x00, 0x64}), registers) == ModbusResult::wrong_answer);
  CHECK(read_three(framed({kUnit, 0x04, 0x06, 0x02, 0x2b, 0x00, 0x00, 0x00, 0x64}), registers) == ModbusResult::wrong_answer);
  CHECK(read_three(framed({0x12, 0x83, 0x02}), registers) == ModbusResult::wrong_answer);
  CHECK(read_three(framed({kUnit, 0x86, 0x02}), registers) == ModbusResult::wrong_answer);
}

TEST(another_count_of_registers_is_a_bad_frame) {
  uint16_t registers[3];
  CHECK(read_three(framed({kUnit, 0x03, 0x04, 0x02, 0x2b, 0x00, 0x00}), registers) == ModbusResult::bad_frame);
  CHECK(read_three(framed({kUnit, 0x03, 0x04, 0x02, 0x2b, 0x00, 0x00, 0x00, 0x64}), registers) == ModbusResult::bad_frame);
}

TEST(an_echo_with_other_values_is_a_wrong_answer) {
  CHECK(write_one(kEcho) == ModbusResult::ok);
  CHECK(write_one(framed({kUnit, 0x06, 0x00, 0x01, 0x00, 0x04})) == ModbusResult::wrong_answer);
  CHECK(write_one(framed({kUnit, 0x06, 0x00, 0x02, 0x00, 0x03})) == ModbusResult::wrong_answer);
  CHECK(write_one(framed({kUnit, 0x06, 0x00, 0x01, 0x00})) == ModbusResult::bad_frame);
}

TEST(an_exception_ends_the_call) {
  ScriptedBus bus{framed({kUnit, 0x83, 0x02}), kThree};
  ModbusRtu modbus(bus, kUnit);
  uint16_t registers[3];
  CHECK(modbus.read_holding(0x006b, 3, registers) == ModbusResult::exception);
  CHECK_EQUAL(modbus.exception_code(), 2);
  CHECK_EQUAL(bus.requests.size(), 1);
  CHECK(modbus.read_holding(0x006b, 3, registers) == ModbusResult::ok);
  CHECK_EQUAL(modbus.exception_code(), 0);
}

TEST(a_busy_drive_is_asked_again) {
  ScriptedBus bus{framed({kUnit, 0x86, 0x06}), kEcho};
  ModbusRtu modbus(bus, kUnit);
  CHECK(modbus.write_single(0x0001, 0x0003) == ModbusResult::ok);
  CHECK_EQUAL(modbus.exception_code(), 0);
  ScriptedBus still{framed({kUnit, 0x86, 0x06}), framed({kUnit, 0x86, 0x06}), framed({kUnit, 0x86, 0x06})};
  ModbusRtu patient(still, kUnit);
  CHECK(patient.write_single(0x0001, 0x0003) == ModbusResult::exception);
  CHECK_EQUAL(patient.exception_code(), 6);
  CHECK_EQUAL(still.requests.size(), 3);
}

TEST(a_drive_that_is_busy_and_then_silent_left_no_exception) {
  ScriptedBus bus{framed({kUnit, 0x86, 0x06})};
  ModbusRtu modbus(bus, kUnit);
  CHECK(modbus.write_single(0x0001, 0x0003) == ModbusResult::timeout);
  CHECK_EQUAL(modbus.exception_code(), 0);
}

TEST(a_cut_or_noisy_exception_is_none) {
  uint16_t registers[3];
  Bytes noisy = framed({kUnit, 0x83, 0x02});
  noisy[2] = 0x03;
  CHECK(read_three(noisy, registers) == ModbusResult::bad_crc);
  CHECK(read_three({kUnit, 0x83, 0x02, 0xc1}, registers) == ModbusResult::bad_frame);
  CHECK(read_three(framed({kUnit, 0x83, 0x00}), registers) == ModbusResult::wrong_answer);
}

int main() { return finish(); }
