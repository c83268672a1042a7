#include "device.h"

namespace enstratus {

namespace {

constexpr uint64_t kChangeExpiresMs = 600'000;

}  // namespace

/**
 * What was just read of run state and fault code, against what the cloud was told last: PROTOCOL.md, "What a device publishes". `complete` when the readings
 * are those of a whole sample.
 */
void Device::observe(const Readings& readings, bool complete, Now now) {
  run_state_ = readings.run_state;
  fault_code_ = readings.of(Field::fault_code);
  if (changed_waits_ && now.uptime_ms - changed_made_ms_ >= kChangeExpiresMs) {
    // The packs tell it.
    changed_waits_ = false;
    told_state_ = changed_.readings.run_state;
    told_fault_ = changed_.readings.of(Field::fault_code);
  }
  if (run_state_ == RunState::none || utc(now) == 0 || !counted_) return;
  const auto is = [this](RunState state, int32_t fault) { return run_state_ == state && fault_code_ == fault; };
  if (is(told_state_, told_fault_)) {
    changed_waits_ = false;
    return;
  }
  if (changed_waits_ && is(changed_.readings.run_state, changed_.readings.of(Field::fault_code))) return;
  if (now.uptime_ms < next_change_ms_) return;
  Readings all = readings;
  if (!complete) {
    all = Readings();
    if (!read_drive(all, now)) return;
    run_state_ = all.run_state;
    fault_code_ = all.of(Field::fault_code);
    if (run_state_ == RunState::none || is(told_state_, told_fault_)) return;
  }
  changed_.boot_id = state_.boot_id;
  changed_.seq = next_seq_;
  changed_.time_s = utc(now);
  changed_.readings = all;
  changed_waits_ = true;
  changed_made_ms_ = now.uptime_ms;
  changed_retry_.clear();
}

}  // namespace enstratus
