#include "../register_map.h"

/*
 * Invertek Optidrive E3 (ODE-3), fed by the AC grid. Modbus RTU, functions 03 and 06. The guide numbers registers from 1; addresses here are those on the
 * wire, one less.
 *
 * READ
 *   address  what                                  unit      used for
 *   5        drive status in the high byte                   run_state: 0 stopped, 1 running, 2 tripped
 *            error code in the low byte                      fault_code; 0: none
 *   6        output frequency                      0.1 Hz    motor_hz, run_state
 *   7        motor current                         0.1 A     motor_a
 *   8        motor torque                                    (read along, not used)
 *   9        motor power                           0.01 kW   motor_w
 *   22       DC bus voltage                        1 V       dc_bus_v
 *   23       power stage temperature               1 °C      temp_c
 *
 * WRITTEN
 *   0        control: 1 run, 0 stop, 4 reset the fault
 *   1        frequency setpoint, 0.1 Hz: with no sun to follow, what the motor may run at is what it runs at
 * The drive obeys only when P-12 is 3 or 4 (control by Modbus).
 *
 * It knows one source, so there are no modes, and neither solar_w nor grid_w is measured.
 *
 * SOURCES. "Optidrive ODE-3 User Guide" 1.00, 8.4 "Modbus Register Map"; a published register list of the E3 (motor power and its unit, temperature).
 * NOT CHECKED on a drive.
 */
namespace enstratus {
namespace {

constexpr uint16_t kControl = 0;
constexpr uint16_t kSetpoint = 1;
constexpr uint16_t kStatus = 5;
constexpr uint16_t kFrequency = 6;
constexpr uint16_t kCurrent = 7;
constexpr uint16_t kPower = 9;
constexpr uint16_t kBusVoltage = 22;
constexpr uint16_t kTemperature = 23;

constexpr Condition kRunning = {kStatus, 0xff00, 0x0100, 0x0100};

constexpr RegisterMap::Block kBlocks[] = {{kStatus, 5, true}, {kBusVoltage, 2, false}};

constexpr ReadingRegister kReadings[] = {
    {Field::dc_bus_v, kBusVoltage, false, 1, 1, 0},
    {Field::motor_w, kPower, false, 10, 1, 0},
    {Field::motor_a, kCurrent, false, 1, 1, 0},
    {Field::motor_hz, kFrequency, true, 1, 1, 0},
    {Field::temp_c, kTemperature, true, 1, 1, 0},
    {Field::fault_code, kStatus, false, 1, 1, 0, kNoRegister, kAlways, 0x00ff},
};

constexpr StateRow kStates[] = {
    {RunState::fault, {{kStatus, 0xff00, 0x0200, 0x0200}, kAlways}},
    {RunState::stopped, {{kStatus, 0xff00, 0x0000, 0x0000}, kAlways}},
    {RunState::starting, {kRunning, {kFrequency, 0xffff, 0, 0}}},
    {RunState::grid, {kRunning, kAlways}},
};

}  // namespace

const RegisterMap kOptidriveMap = {
    "optidrive",
    kBlocks,
    sizeof kBlocks / sizeof kBlocks[0],
    kReadings,
    sizeof kReadings / sizeof kReadings[0],
    kStates,
    sizeof kStates / sizeof kStates[0],
    {kControl, 1},
    {kControl, 0},
    {kControl, 4},
    {{kNoRegister, 0}, {kNoRegister, 0}, {kNoRegister, 0}},
    kSetpoint,
    1,
    1,
};

}  // namespace enstratus
