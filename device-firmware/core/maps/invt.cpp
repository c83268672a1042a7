#include "../register_map.h"

/*
 * INVT Goodrive100-PV (GD100-PV). Modbus RTU, functions 03 and 06, at most 16 words in one read. Addresses are those on the wire. A function code Pgg.nn
 * lies at gg * 256 + nn: P18.10 is 120AH.
 *
 * READ
 *   address  what                          unit            used for
 *   2100H    state word 1                                  run_state: 1 running forward, 2 running in reverse, 3 stopped, 4 fault,
 *                                                          5 POFF (the DC bus has no voltage)
 *   2101H    state word 2                                  (read along, not used)
 *   2102H    fault code                                    fault_code; 0: none
 *   3000H    output frequency              0.01 Hz         motor_hz, run_state
 *   3001H    set frequency                 0.01 Hz         (read along, not used)
 *   3002H    DC bus voltage                0.1 V           dc_bus_v
 *   3003H    output voltage                1 V             (read along, not used)
 *   3004H    output current                0.1 A           motor_a
 *   3005H    speed                         1 rpm           (read along, not used)
 *   3006H    output power, signed          0.1 % of P02.01 motor_w, solar_w, grid_w
 *   120AH    P18.10 configuration          hex digits      last digit: 0 fed by PV, 1 fed by the AC grid. run_state, solar_w, grid_w
 *   070CH    P07.12 inverter module temp.  0.1 °C, signed  temp_c
 *   0201H    P02.01 rated motor power      0.1 kW          what 3006H is a part of
 *
 * The blocks of one sample, in this order: 2100H x 3, 3000H x 7, 120AH x 1, 070CH x 1, 0201H x 1. The first three are polled.
 *
 * WRITTEN (function 06)
 *   2000H    1 run forward, 5 stop, 7 reset the fault
 *   0F20H    P15.32 input selection: 0 automatic, 1 AC grid, 2 PV
 *   0004H    P00.04 upper limit of the running frequency, 0.01 Hz
 * The drive obeys only when P00.01 is 2 (commands by communication) and P00.02 is 0 (Modbus).
 *
 * RUN STATE (the first that holds)
 *   2100H = 4                          fault
 *   2100H = 3                          stopped
 *   2100H = 5                          waiting   no voltage: no sun
 *   2100H = 1 or 2, 3000H = 0          waiting   told to run, but dormant: alarm A-LS, weak light
 *   2100H = 1 or 2, 3000H < 10.00 Hz   starting  below the lower limit of the PI output (P15.05, 20 % of 50 Hz as delivered) the drive is on its ramp,
 *                                                or about to fall dormant
 *   2100H = 1 or 2, 120AH last digit 1 grid
 *   2100H = 1 or 2, 120AH last digit 0 solar
 * `mixed` never: the drive is fed by one source at a time and says which.
 *
 * DERIVED. The drive measures what it gives to the motor, not what it takes. solar_w and grid_w are the output power divided by an efficiency of 97 %,
 * on the side that feeds the drive; the other side is 0.
 *
 * SOURCES. "Goodrive100-PV Series Solar Pumping VFD" manual and a published register list of it (2000H, 2100H to 2102H, 3000H to 3006H with their units,
 * P18.00 at 1200H); "BPD series PV pumping inverter" manual (weak light: dormant when the output stays at the lower limit of the PI output; automatic
 * change to the grid and back); "SP100 series solar pump inverter" manual V1.1 (frames, 0004H with 5000 for 50.00 Hz); "Goodrive10" manual (values of
 * 2000H and 2100H); "Goodrive200L" and "Goodrive300-LIFT" manuals (3006H in 0.1 %, -300.0 to 300.0 %).
 * NOT CHECKED against a document or a drive: P18.10 and P15.32 and their values (the BPD numbers its selection P15.29), P07.12, that 2100H stays 1
 * during A-LS, whether P00.04 may be changed while the motor runs (if not, the order is answered so; a limit that is kept
 * is told when the motor stands), the 97 %.
 */
namespace enstratus {
namespace {

constexpr uint16_t kCommand = 0x2000;
constexpr uint16_t kState = 0x2100;
constexpr uint16_t kFault = 0x2102;
constexpr uint16_t kFrequency = 0x3000;
constexpr uint16_t kBusVoltage = 0x3002;
constexpr uint16_t kCurrent = 0x3004;
constexpr uint16_t kPower = 0x3006;
constexpr uint16_t kSupply = 0x120a;
constexpr uint16_t kTemperature = 0x070c;
constexpr uint16_t kRatedPower = 0x0201;
constexpr uint16_t kInputSelection = 0x0f20;
constexpr uint16_t kUpperLimit = 0x0004;

constexpr Condition kRunning = {kState, 0xffff, 1, 2};
constexpr Condition kFedBySun = {kSupply, 0x000f, 0, 0};
constexpr Condition kFedByGrid = {kSupply, 0x000f, 1, 1};

/** Per mille of 100 W: tenths of a watt. */
constexpr int32_t kPowerDenominator = 10;
constexpr int32_t kEfficiency_pct = 97;

constexpr RegisterMap::Block kBlocks[] = {
    {kState, 3, true}, {kFrequency, 7, true}, {kSupply, 1, true}, {kTemperature, 1, false}, {kRatedPower, 1, false},
};

constexpr ReadingRegister kReadings[] = {
    {Field::dc_bus_v, kBusVoltage, false, 1, 10, 0},
    {Field::solar_w, kPower, true, 100, kPowerDenominator * kEfficiency_pct, 0, kRatedPower, kFedBySun},
    {Field::grid_w, kPower, true, 100, kPowerDenominator * kEfficiency_pct, 0, kRatedPower, kFedByGrid},
    {Field::motor_w, kPower, true, 1, kPowerDenominator, 0, kRatedPower, kAlways},
    {Field::motor_a, kCurrent, false, 1, 1, 0},
    {Field::motor_hz, kFrequency, false, 1, 10, 0},
    {Field::temp_c, kTemperature, true, 1, 10, 0},
    {Field::fault_code, kFault, false, 1, 1, 0},
};

constexpr StateRow kStates[] = {
    {RunState::fault, {{kState, 0xffff, 4, 4}, kAlways}},
    {RunState::stopped, {{kState, 0xffff, 3, 3}, kAlways}},
    {RunState::waiting, {{kState, 0xffff, 5, 5}, kAlways}},
    {RunState::waiting, {kRunning, {kFrequency, 0xffff, 0, 0}}},
    {RunState::starting, {kRunning, {kFrequency, 0xffff, 1, 999}}},
    {RunState::grid, {kRunning, kFedByGrid}},
    {RunState::solar, {kRunning, kFedBySun}},
};

}  // namespace

const RegisterMap kInvtMap = {
    "invt",
    kBlocks,
    sizeof kBlocks / sizeof kBlocks[0],
    kReadings,
    sizeof kReadings / sizeof kReadings[0],
    kStates,
    sizeof kStates / sizeof kStates[0],
    {kCommand, 1},
    {kCommand, 5},
    {kCommand, 7},
    {{kInputSelection, 0}, {kInputSelection, 2}, {kInputSelection, 1}},
    kUpperLimit,
    10,
    1,
};

}  // namespace enstratus
