#include "status_document.h"

namespace enstratus {

namespace {

// PROTOCOL.md, "The fields".
constexpr FieldInfo kFields[kNumberFields] = {
    {"dc_bus_v", 1, 0, 1200},   {"solar_w", 1, 0, 150000}, {"grid_w", 1, 0, 150000},   {"motor_w", 1, 0, 150000},  {"motor_a", 10, 0, 5000},
    {"motor_hz", 10, 0, 4000}, {"temp_c", 1, -40, 150},   {"fault_code", 1, 0, 65535}, {"signal_pct", 1, 0, 100},
};

constexpr const char* kRunStateNames[] = {"stopped", "waiting", "starting", "solar", "grid", "mixed", "fault"};

}  // namespace

const FieldInfo& field_info(Field field) { return kFields[static_cast<size_t>(field)]; }

const char* run_state_name(RunState state) {
  const auto index = static_cast<size_t>(state);
  return index < sizeof kRunStateNames / sizeof *kRunStateNames ? kRunStateNames[index] : "";
}

void Readings::set(Field field, int32_t value_steps) {
  const FieldInfo& info = field_info(field);
  const bool in_range = value_steps >= info.min_steps && value_steps <= info.max_steps;
  steps[static_cast<size_t>(field)] = in_range ? value_steps : kNoReading;
}

}  // namespace enstratus
