#include <string.h>

#include "device.h"

namespace enstratus {

namespace {

/** A drive that does not do what it was told is told again, but not more often than this. */
constexpr uint64_t kBetweenTriesMs = 30'000;
/** A restart waits until the answer and the report were handed out, but not longer than this. */
constexpr uint64_t kRestartMs = 30'000;

bool can(const Order& order) { return order.address != kNoRegister; }

bool runs(RunState state) { return state != RunState::none && state != RunState::stopped && state != RunState::fault; }

}  // namespace

int Device::command(const char* text, size_t length, Now now) {
  Command command;
  const int wrong = read_command(text, length, command);
  if (wrong < 0) return wrong;
  const int answer = was_done(state_, command.id) ? static_cast<int>(kAgain) : carry_out(command, now);
  memset(state_.command_id, 0, sizeof state_.command_id);
  memcpy(state_.command_id, command.id, strlen(command.id));
  state_.command_result = static_cast<int8_t>(answer);
  dirty_ = true;
  report_waits_ = true;
  return answer;
}

/**
 * Does a command that was not done before. It is noted in flash before the drive is told: a power cut in between must not do it twice. When the drive
 * doesn't take it, all is as it was.
 */
int Device::carry_out(const Command& command, Now now) {
  if (!counted_) return kNoStorage;
  const DeviceState before = state_;
  const uint32_t utc_s = utc(now);
  switch (command.action) {
    case Action::start:
    case Action::stop:
      state_.wanted = command.action == Action::start ? Wanted::run : Wanted::stop;
      state_.wanted_by = WantedBy::command;
      state_.command_at_s = utc_s;
      state_.command_untimed = utc_s == 0;
      break;
    case Action::mode:
      state_.mode = static_cast<uint8_t>(command.mode);
      break;
    case Action::limit:
      state_.limit_dhz = command.limit_dhz;
      break;
    case Action::reset:
    case Action::reboot:
      break;
  }
  remember_done(state_, command.id);
  memcpy(state_.command_id, command.id, sizeof state_.command_id);
  state_.command_result = kDone;
  if (!save()) {
    state_ = before;
    dirty_ = true;
    return kNoStorage;
  }

  bool taken = true;
  switch (command.action) {
    case Action::start:
    case Action::stop:
      taken = tell(orders(), true, now);
      break;
    case Action::mode:
      // While `sun` holds the drive stays in solar mode: the new one comes with the next `run`.
      taken = can(config_.map->modes[state_.mode]);
      if (taken && !state_.solar_for_sun) taken = mode_told_ = drive_.set_mode(command.mode);
      break;
    case Action::limit:
      // One that the drive took, though its answer was lost, must not stay: the one before is told again.
      taken = limit_told_ = drive_.set_frequency_limit(command.limit_dhz);
      break;
    case Action::reset:
      taken = drive_.reset_fault();
      break;
    case Action::reboot:
      restart_at_ms_ = now.uptime_ms + kRestartMs;
      break;
  }
  if (!taken) {
    // What mode the drive is in now is no part of the command.
    const bool solar_for_sun = state_.solar_for_sun;
    state_ = before;
    state_.solar_for_sun = solar_for_sun;
    save();
    return kNoDrive;
  }
  if (command.action == Action::start || command.action == Action::stop) {
    command_in_this_boot_ = true;
    command_uptime_ms_ = now.uptime_ms;
  }
  return kDone;
}

int Device::change_settings(const char* text, size_t length, Now now) {
  Settings settings = state_.settings;
  const int answer = read_settings(text, length, settings);
  if (answer < 0) return answer;
  const Settings before = state_.settings;
  state_.settings = settings;
  if (!counted_ || !save()) {
    state_.settings = before;
    dirty_ = true;
    return kNoStorage;
  }
  newest_pack_at_ms_ = 0;
  if (next_unstamped_ms_ > now.uptime_ms + every_ms()) next_unstamped_ms_ = now.uptime_ms + every_ms();
  report_waits_ = true;
  return kDone;
}

int Device::live(const char* text, size_t length, Now now) {
  uint32_t seconds = 0;
  const int answer = read_live(text, length, seconds);
  if (answer < 0) return answer;
  if (now.uptime_ms >= live_until_ms_) live_waits_ = has_newest_;
  live_until_ms_ = now.uptime_ms + seconds * 1000ull;
  return kDone;
}

/**
 * What is to be done now. The schedule's rule for an unknown clock acts only as long as the clock is unknown, and never against a command: a pump that was
 * stopped by hand stays stopped. It isn't kept: what was wanted before the power cut is wanted again as soon as the time is known.
 */
Device::Orders Device::orders() const {
  const bool rule = clock_utc_s_ == 0 && state_.schedule_id != 0 && state_.wanted_by != WantedBy::command;
  if (rule && state_.unknown_clock == UnknownClock::stop) return {Wanted::stop, WantedBy::unknown_clock};
  if (rule && state_.unknown_clock == UnknownClock::sun) return {Wanted::sun, WantedBy::unknown_clock};
  return {state_.wanted, state_.wanted_by};
}

/**
 * Tells the drive what it doesn't know: everything after it was silent, and what is wanted when that is another than before or than the drive shows. Mode and
 * limit are not repeated with the latter, since a drive may keep them in memory that wears.
 */
void Device::tell_drive(Now now) {
  if (!drive_answers_) {
    mode_told_ = limit_told_ = wanted_told_ = tried_ = false;
    mode_and_limit_retry_.clear();
    return;
  }
  const Orders wanted = orders();
  if (wanted.by != WantedBy::boot) {
    const bool changed = !tried_ || tried_wanted_ != wanted.wanted;
    const bool disobeys = wanted.wanted == Wanted::stop ? runs(run_state_) : run_state_ == RunState::stopped && fault_code_ == 0;
    if (changed || ((!wanted_told_ || disobeys) && now.uptime_ms - tried_ms_ >= kBetweenTriesMs)) {
      tell(wanted, false, now);
      return;
    }
  }
  if ((!mode_told_ || !limit_told_) && now.uptime_ms >= mode_and_limit_retry_.at_ms) tell_settings(wanted, now);
}

/**
 * Answers whether the drive took what is wanted. A stop goes before everything else, and neither waits for what the drive may refuse: some parameters can't be
 * changed while the motor runs. `insists`: a fault does not keep it from being started; only who gives a command may do that, once.
 */
bool Device::tell(Orders order, bool insists, Now now) {
  tried_ = true;
  tried_wanted_ = order.wanted;
  tried_ms_ = now.uptime_ms;
  if (order.wanted == Wanted::stop) {
    wanted_told_ = drive_.stop();
    tell_settings(order, now);
    return wanted_told_;
  }
  tell_settings(order, now);
  const bool faulty = run_state_ == RunState::fault || (fault_code_ != kNoReading && fault_code_ != 0);
  // What is to run on the sun alone must not be started on anything else.
  const bool may = order.wanted != Wanted::sun || mode_told_;
  wanted_told_ = may && ((faulty && !insists) || drive_.start());
  return wanted_told_;
}

/** Tells mode and limit, as far as the drive doesn't know them. What it doesn't take is tried less and less often. */
void Device::tell_settings(Orders order, Now now) {
  if (!limit_told_) limit_told_ = state_.limit_dhz == kNoLimit || drive_.set_frequency_limit(state_.limit_dhz);

  const bool sun = order.wanted == Wanted::sun;
  const bool other = sun ? !state_.solar_for_sun : state_.solar_for_sun && order.wanted == Wanted::run;
  if (other || !mode_told_) {
    const bool any = sun || other || state_.mode != kNoMode;
    const Mode set = state_.mode == kNoMode ? Mode::automatic : static_cast<Mode>(state_.mode);
    const Mode mode = sun ? Mode::solar : set;
    // A drive that knows no modes runs on whatever it has.
    mode_told_ = !any || !can(config_.map->modes[static_cast<size_t>(mode)]) || drive_.set_mode(mode);
    if (any && mode_told_ && state_.solar_for_sun != sun) {
      state_.solar_for_sun = sun;
      dirty_ = true;
    }
  }
  if (mode_told_ && limit_told_) {
    mode_and_limit_retry_.clear();
  } else {
    mode_and_limit_retry_.failed(now.uptime_ms);
  }
}

}  // namespace enstratus
