#include "drive.h"

namespace enstratus {
namespace {

/** The registers of a map, as far as they could be read. */
class Registers {
 public:
  explicit Registers(const RegisterMap& map) : map_(map) {}

  /** Reads the map's blocks, or the polled ones alone; false when the drive answered none of them, not even by an exception. */
  bool read(ModbusRtu& modbus, ModbusRtu& probe, bool polled_only) {
    bool answered = false;
    bool silent = false;
    for (size_t i = 0; i < map_.block_count && i < kMaxBlocks; i++) {
      const RegisterMap::Block& block = map_.blocks[i];
      if ((polled_only && !block.polled) || block.count > kMaxBlockRegisters) continue;
      const ModbusResult result = (silent ? probe : modbus).read_holding(block.address, block.count, values_[i]);
      read_[i] = result == ModbusResult::ok;
      answered = answered || result == ModbusResult::ok || result == ModbusResult::exception;
      silent = !answered && result == ModbusResult::timeout;
    }
    return answered;
  }

  /** False when the register was not read. */
  bool find(uint16_t address, uint16_t& value) const {
    for (size_t i = 0; i < map_.block_count && i < kMaxBlocks; i++) {
      const RegisterMap::Block& block = map_.blocks[i];
      if (!read_[i] || address < block.address || address - block.address >= block.count) continue;
      value = values_[i][address - block.address];
      return true;
    }
    return false;
  }

 private:
  const RegisterMap& map_;
  uint16_t values_[kMaxBlocks][kMaxBlockRegisters] = {};
  bool read_[kMaxBlocks] = {};
};

enum class Held : uint8_t { no, yes, unknown };

Held holds(const Registers& registers, const Condition& condition) {
  if (condition.address == kNoRegister) return Held::yes;
  uint16_t value = 0;
  if (!registers.find(condition.address, value)) return Held::unknown;
  value = static_cast<uint16_t>(value & condition.mask);
  return value >= condition.low && value <= condition.high ? Held::yes : Held::no;
}

int64_t divide_rounded(int64_t dividend, int64_t divisor) {
  const int64_t half = divisor / 2;
  return (dividend < 0 ? dividend - half : dividend + half) / divisor;
}

int32_t reading_of(const Registers& registers, const ReadingRegister& row) {
  const Held held = holds(registers, row.when);
  if (held == Held::unknown) return kNoReading;
  uint16_t raw = 0;
  uint16_t times = 1;
  if (!registers.find(row.address, raw)) return kNoReading;
  if (row.times != kNoRegister && !registers.find(row.times, times)) return kNoReading;
  if (held == Held::no) return 0;
  raw = static_cast<uint16_t>(raw & row.mask);
  const int64_t value = row.is_signed && raw >= 0x8000 ? static_cast<int64_t>(raw) - 0x10000 : raw;
  const int64_t steps = divide_rounded(value * times * row.numerator, row.denominator) + row.offset;
  return steps < INT32_MIN || steps > INT32_MAX ? kNoReading : static_cast<int32_t>(steps);
}

RunState state_of(const Registers& registers, const RegisterMap& map) {
  for (size_t i = 0; i < map.state_count; i++) {
    const StateRow& row = map.states[i];
    const Held first = holds(registers, row.all[0]);
    const Held second = holds(registers, row.all[1]);
    if (first == Held::yes && second == Held::yes) return row.state;
    // A row that may have held must not let a later one speak.
    if (first != Held::no && second != Held::no) return RunState::none;
  }
  return RunState::none;
}

}  // namespace

Drive::Drive(Bus& bus, const RegisterMap& map, uint8_t unit) : modbus_(bus, unit), probe_(bus, unit, 1), map_(map) {}

bool Drive::sample(Readings& readings) {
  Registers registers(map_);
  const bool answered = registers.read(modbus_, probe_, false);
  readings.run_state = state_of(registers, map_);
  for (size_t i = 0; i < map_.reading_count; i++) readings.set(map_.readings[i].field, reading_of(registers, map_.readings[i]));
  return answered;
}

bool Drive::poll(Readings& readings) {
  Registers registers(map_);
  const bool answered = registers.read(modbus_, probe_, true);
  readings.run_state = state_of(registers, map_);
  for (size_t i = 0; i < map_.reading_count; i++) {
    if (map_.readings[i].field == Field::fault_code) readings.set(Field::fault_code, reading_of(registers, map_.readings[i]));
  }
  return answered;
}

bool Drive::start() { return send(map_.start); }

bool Drive::stop() { return send(map_.stop); }

bool Drive::reset_fault() { return send(map_.reset_fault); }

bool Drive::set_mode(Mode mode) {
  const auto index = static_cast<size_t>(mode);
  return index < sizeof map_.modes / sizeof map_.modes[0] && send(map_.modes[index]);
}

bool Drive::set_frequency_limit(uint16_t limit_dhz) {
  const int64_t value = divide_rounded(static_cast<int64_t>(limit_dhz) * map_.limit_numerator, map_.limit_denominator);
  return value >= 0 && value <= 0xffff && send({map_.limit_address, static_cast<uint16_t>(value)});
}

bool Drive::send(const Order& order) {
  return order.address != kNoRegister && modbus_.write_single(order.address, order.value) == ModbusResult::ok;
}

}  // namespace enstratus
