#pragma once
#include <stddef.h>
#include <stdint.h>

namespace enstratus {

/** What the controller is doing; in the order of the contract's PROTOCOL.md, "The fields". */
enum class RunState : uint8_t { stopped, waiting, starting, solar, grid, mixed, fault, none = 0xff };

/** A reading that could not be taken. Never zero. */
constexpr int32_t kNoReading = INT32_MIN;

/** The numeric fields in canonical order. */
enum class Field : uint8_t { dc_bus_v, solar_w, grid_w, motor_w, motor_a, motor_hz, temp_c, fault_code, signal_pct };
constexpr size_t kNumberFields = 9;

/** Name, limits and resolution of a field. Everything is counted in steps: tenths for motor_a and motor_hz, whole units for the others. */
struct FieldInfo {
  const char* name;
  /** Steps to one unit: 1 or 10. */
  int32_t steps_per_unit;
  int32_t min_steps;
  int32_t max_steps;
};
const FieldInfo& field_info(Field field);
/** The name of a state; empty for RunState::none. */
const char* run_state_name(RunState state);

/** Readings of one sample, in steps of each field's resolution; kNoReading where there is none. */
struct Readings {
  RunState run_state = RunState::none;
  int32_t steps[kNumberFields] = {kNoReading, kNoReading, kNoReading, kNoReading, kNoReading,
                                  kNoReading, kNoReading, kNoReading, kNoReading};

  int32_t of(Field field) const { return steps[static_cast<size_t>(field)]; }
  /** Keeps a value that lies in the field's range; one outside is no reading. */
  void set(Field field, int32_t value_steps);
};

/** One status document: PROTOCOL.md, "The status document". */
struct StatusDocument {
  uint32_t boot_id = 0;
  uint32_t seq = 0;
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  uint32_t time_s = 0;
  Readings readings;
};

constexpr uint32_t kMinTime_s = 1577836800;

}  // namespace enstratus
