#include "../../core/drive.h"
#include "check.h"
#include "drive_on_bus.h"

using namespace enstratus;

namespace {

/** A 7.5 kW pump at noon: 47.50 Hz, 53.1 % of its rated power, fed by the sun. */
DriveOnBus invt_at_noon() {
  DriveOnBus bus;
  bus.registers = {{0x2000, 0},    {0x2100, 1},  {0x2101, 1},    {0x2102, 0},   {0x3000, 4750}, {0x3001, 5000}, {0x3002, 6124}, {0x3003, 361},
                   {0x3004, 81},   {0x3005, 2760}, {0x3006, 531}, {0x120a, 0x10}, {0x070c, 415}, {0x0201, 75},   {0x0f20, 0},    {0x0004, 5000}};
  return bus;
}

RunState state_of(DriveOnBus& bus, const RegisterMap& map = kInvtMap) {
  Drive drive(bus, map, 1);
  Readings readings;
  CHECK(drive.sample(readings));
  return readings.run_state;
}

}  // namespace

TEST(samples_everything_that_invt_tells) {
  DriveOnBus bus = invt_at_noon();
  Drive drive(bus, kInvtMap, 1);
  Readings readings;
  readings.set(Field::signal_pct, 68);
  CHECK(drive.sample(readings));
  CHECK(readings.run_state == RunState::solar);
  CHECK_EQUAL(readings.of(Field::dc_bus_v), 612);
  CHECK_EQUAL(readings.of(Field::motor_w), 3983);  // 7,500 W * 0.531 = 3,982.5
  CHECK_EQUAL(readings.of(Field::solar_w), 4106);  // 3,982.5 / 0.97 = 4,105.7
  CHECK_EQUAL(readings.of(Field::grid_w), 0);
  CHECK_EQUAL(readings.of(Field::motor_a), 81);
  CHECK_EQUAL(readings.of(Field::motor_hz), 475);
  CHECK_EQUAL(readings.of(Field::temp_c), 42);  // 41.5 rounds away from zero
  CHECK_EQUAL(readings.of(Field::fault_code), 0);
  CHECK_EQUAL(readings.of(Field::signal_pct), 68);
  CHECK_EQUAL(bus.exchanges, 5);
}

TEST(says_what_the_grid_gives_when_it_feeds_the_drive) {
  DriveOnBus bus = invt_at_noon();
  bus.registers[0x120a] = 0x11;
  Drive drive(bus, kInvtMap, 1);
  Readings readings;
  CHECK(drive.sample(readings));
  CHECK(readings.run_state == RunState::grid);
  CHECK_EQUAL(readings.of(Field::solar_w), 0);
  CHECK_EQUAL(readings.of(Field::grid_w), 4106);
}

TEST(frost_is_below_zero) {
  DriveOnBus bus = invt_at_noon();
  bus.registers[0x070c] = static_cast<uint16_t>(-65);
  Drive drive(bus, kInvtMap, 1);
  Readings readings;
  CHECK(drive.sample(readings));
  CHECK_EQUAL(readings.of(Field::temp_c), -7);
}

TEST(tells_the_run_states_of_invt) {
  DriveOnBus bus = invt_at_noon();
  bus.registers[0x2100] = 3;
  CHECK(state_of(bus) == RunState::stopped);
  bus.registers[0x2100] = 4;
  CHECK(state_of(bus) == RunState::fault);
  bus.registers[0x2100] = 5;
  CHECK(state_of(bus) == RunState::waiting);
  bus.registers[0x2100] = 1;
  bus.registers[0x3000] = 0;
  CHECK(state_of(bus) == RunState::waiting);
  bus.registers[0x3000] = 999;
  CHECK(state_of(bus) == RunState::starting);
  bus.registers[0x3000] = 1000;
  CHECK(state_of(bus) == RunState::solar);
  bus.registers[0x2100] = 2;
  CHECK(state_of(bus) == RunState::solar);
  bus.registers[0x2100] = 9;
  CHECK(state_of(bus) == RunState::none);
}

TEST(a_block_that_fails_loses_its_readings_alone) {
  for (const uint16_t lost : {0x2100, 0x3000, 0x120a, 0x070c, 0x0201}) {
    DriveOnBus bus = invt_at_noon();
    bus.silent = {lost};
    Drive drive(bus, kInvtMap, 1);
    Readings readings;
    CHECK(drive.sample(readings));
    CHECK_EQUAL(readings.of(Field::fault_code) == kNoReading, lost == 0x2100);
    CHECK_EQUAL(readings.of(Field::motor_hz) == kNoReading, lost == 0x3000);
    CHECK_EQUAL(readings.of(Field::dc_bus_v) == kNoReading, lost == 0x3000);
    CHECK_EQUAL(readings.of(Field::temp_c) == kNoReading, lost == 0x070c);
    CHECK_EQUAL(readings.of(Field::motor_w) == kNoReading, lost == 0x3000 || lost == 0x0201);
    CHECK_EQUAL(readings.of(Field::solar_w) == kNoReading, lost == 0x3000 || lost == 0x0201 || lost == 0x120a);
    CHECK_EQUAL(readings.of(Field::grid_w) == kNoReading, lost == 0x3000 || lost == 0x0201 || lost == 0x120a);
    CHECK_EQUAL(readings.run_state == RunState::none, lost == 0x2100 || lost == 0x3000 || lost == 0x120a);
    // Silence costs three tries of that block; a drive that hasn't answered yet is then asked once.
    CHECK_EQUAL(bus.exchanges, 7);
  }
}

TEST(a_fault_is_told_without_what_it_doesnt_need) {
  DriveOnBus bus = invt_at_noon();
  bus.registers[0x2100] = 4;
  bus.registers[0x2102] = 40;
  bus.silent = {0x3000, 0x120a};
  Drive drive(bus, kInvtMap, 1);
  Readings readings;
  CHECK(drive.poll(readings));
  CHECK(readings.run_state == RunState::fault);
  CHECK_EQUAL(readings.of(Field::fault_code), 40);
}

TEST(a_poll_asks_for_state_and_fault_alone) {
  DriveOnBus bus = invt_at_noon();
  Drive drive(bus, kInvtMap, 1);
  Readings readings;
  readings.set(Field::motor_hz, 321);
  CHECK(drive.poll(readings));
  CHECK(readings.run_state == RunState::solar);
  CHECK_EQUAL(readings.of(Field::fault_code), 0);
  CHECK_EQUAL(readings.of(Field::motor_hz), 321);
  CHECK_EQUAL(bus.exchanges, 3);
}

TEST(a_drive_without_power_is_asked_no_more_than_it_takes) {
  DriveOnBus bus = invt_at_noon();
  bus.off = true;
  Drive drive(bus, kInvtMap, 1);
  Readings readings;
  readings.set(Field::motor_hz, 475);
  readings.run_state = RunState::solar;
  CHECK(!drive.sample(readings));
  CHECK_EQUAL(bus.exchanges, 7);
  CHECK(readings.run_state == RunState::none);
  CHECK_EQUAL(readings.of(Field::motor_hz), kNoReading);
  CHECK(!drive.poll(readings));
  CHECK_EQUAL(bus.exchanges, 12);
  CHECK(!drive.start());
}

TEST(a_drive_that_refuses_answers_nonetheless) {
  DriveOnBus bus;
  Drive drive(bus, kInvtMap, 1);
  Readings readings;
  CHECK(drive.sample(readings));
  CHECK(readings.run_state == RunState::none);
  CHECK_EQUAL(bus.exchanges, 5);
  CHECK(!drive.stop());
}

TEST(what_lies_outside_a_fields_range_is_no_reading) {
  DriveOnBus bus = invt_at_noon();
  bus.registers[0x3002] = 0xffff;
  bus.registers[0x3006] = static_cast<uint16_t>(-12);
  Drive drive(bus, kInvtMap, 1);
  Readings readings;
  CHECK(drive.sample(readings));
  CHECK_EQUAL(readings.of(Field::dc_bus_v), kNoReading);
  CHECK_EQUAL(readings.of(Field::motor_w), kNoReading);
  bus.registers[0x3006] = 0x7fff;
  bus.registers[0x0201] = 0xffff;
  CHECK(drive.sample(readings));
  CHECK_EQUAL(readings.of(Field::motor_w), kNoReading);
}

TEST(orders_write_what_invts_map_says) {
  DriveOnBus bus = invt_at_noon();
  Drive drive(bus, kInvtMap, 1);
  CHECK(drive.start());
  CHECK(drive.stop());
  CHECK(drive.reset_fault());
  CHECK(drive.set_mode(Mode::automatic));
  CHECK(drive.set_mode(Mode::solar));
  CHECK(drive.set_mode(Mode::grid));
  CHECK(drive.set_frequency_limit(455));
  const std::vector<std::pair<uint16_t, uint16_t>> expected = {{0x2000, 1}, {0x2000, 5}, {0x2000, 7},   {0x0f20, 0},
                                                               {0x0f20, 2}, {0x0f20, 1}, {0x0004, 4550}};
  CHECK(bus.written == expected);
}

TEST(an_order_that_a_register_cannot_hold_is_not_sent) {
  DriveOnBus bus = invt_at_noon();
  Drive drive(bus, kInvtMap, 1);
  CHECK(!drive.set_frequency_limit(6554));
  CHECK_EQUAL(bus.exchanges, 0);
}

TEST(a_register_behind_a_block_was_not_read) {
  const RegisterMap::Block blocks[] = {{10, 2, true}};
  const ReadingRegister readings_of_map[] = {{Field::motor_w, 11, false, 1, 1, 0}, {Field::solar_w, 12, false, 1, 1, 0}, {Field::grid_w, 9, false, 1, 1, 0}};
  RegisterMap map = kOptidriveMap;
  map.blocks = blocks;
  map.block_count = 1;
  map.readings = readings_of_map;
  map.reading_count = 3;
  DriveOnBus bus;
  bus.registers = {{9, 1}, {10, 2}, {11, 3}, {12, 4}};
  Drive drive(bus, map, 1);
  Readings readings;
  CHECK(drive.sample(readings));
  CHECK_EQUAL(readings.of(Field::motor_w), 3);
  CHECK_EQUAL(readings.of(Field::solar_w), kNoReading);
  CHECK_EQUAL(readings.of(Field::grid_w), kNoReading);
}

TEST(the_second_make_is_a_table_too) {
  DriveOnBus bus;
  bus.registers = {{0, 0}, {1, 0}, {5, 0x0100}, {6, 475}, {7, 81}, {8, 2100}, {9, 398}, {22, 565}, {23, 41}};
  Drive drive(bus, kOptidriveMap, 1);
  Readings readings;
  CHECK(drive.sample(readings));
  CHECK(readings.run_state == RunState::grid);
  CHECK_EQUAL(readings.of(Field::dc_bus_v), 565);
  CHECK_EQUAL(readings.of(Field::motor_w), 3980);
  CHECK_EQUAL(readings.of(Field::motor_a), 81);
  CHECK_EQUAL(readings.of(Field::motor_hz), 475);
  CHECK_EQUAL(readings.of(Field::temp_c), 41);
  CHECK_EQUAL(readings.of(Field::fault_code), 0);
  CHECK_EQUAL(readings.of(Field::solar_w), kNoReading);
  CHECK_EQUAL(readings.of(Field::grid_w), kNoReading);
  bus.registers[5] = 0x0207;
  CHECK(drive.poll(readings));
  CHECK(readings.run_state == RunState::fault);
  CHECK_EQUAL(readings.of(Field::fault_code), 7);
  bus.registers[5] = 0;
  CHECK(state_of(bus, kOptidriveMap) == RunState::stopped);
  CHECK(!drive.set_mode(Mode::solar));
  CHECK(drive.set_frequency_limit(400));
  CHECK(drive.reset_fault());
  const std::vector<std::pair<uint16_t, uint16_t>> expected = {{1, 400}, {0, 4}};
  CHECK(bus.written == expected);
}

int main() { return finish(); }
