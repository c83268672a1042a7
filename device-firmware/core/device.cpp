#include "device.h"

#include "pack_second.h"

namespace enstratus {

namespace {

/** How long to wait before a state that flash did not take is written again. */
constexpr uint64_t kSaveAgainMs = 1000;
/** How long a restart waits for flash that refuses what must outlive it. */
constexpr uint64_t kRestartWaitsMs = 30'000;
/** A clock that was set back by more than this was wrong before: a new boot starts over, instead of hours without documents. */
constexpr uint32_t kClockSetBack_s = 3600;
/** How often saving the state may be left out: what the ring holds beyond the saved number is looked for after a power cut. */
constexpr uint32_t kUnsavedPacks = 16;

uint64_t earlier(uint64_t a, uint64_t b) { return a < b ? a : b; }

}  // namespace

Device::Device(Bus& bus, Flash& flash, Link& link, const Config& config)
    : link_(link), flash_(flash), config_(config), drive_(bus, *config.map, config.unit), queue_(flash, config.max_packs), store_(flash) {}

void Device::boot(Now now, const char* id, size_t id_length) {
  pack_second_ = pack_second(id, id_length);
  store_.load(state_);
  const size_t journalled = queue_.journal_read(open_.room());
  open_.adopt(journalled, 0);
  // No power cut takes the newer copy of the state, or both. Should it be gone, documents still tell which boot must not be counted again.
  if (journalled > 0 && open_.documents()[0].boot_id > state_.boot_id) state_.boot_id = open_.documents()[0].boot_id;
  StoredPack last;
  uint32_t packed_until = 0;
  for (; queue_.get(state_.next_pack, last); state_.next_pack++) {
    if (last.boot_id > state_.boot_id) state_.boot_id = last.boot_id;
  }
  if (journalled > 0 && state_.next_pack > 0 && queue_.get(state_.next_pack - 1, last) && last.boot_id == open_.documents()[0].boot_id) {
    packed_until = last.first_seq + last.count;
  }
  const uint32_t first = open_.documents()[0].seq;
  if (journalled > 0 && packed_until > first) open_.adopt(journalled, packed_until - first);
  journalled_ = static_cast<uint8_t>(open_.count());

  next_unstamped_ms_ = now.uptime_ms + every_ms();
  next_poll_ms_ = now.uptime_ms;
  count_boot(now);
}

/** Counts the boot, and makes what the one before it left open into a pack: the cloud must not wait for it. */
void Device::count_boot(Now now) {
  state_.boot_id++;
  counted_ = save();
  if (!counted_) {
    state_.boot_id--;
    return;
  }
  close_pack();
  note_clock(now);
}

bool Device::save() {
  dirty_ = !store_.save(state_);
  if (!dirty_) saved_next_pack_ = state_.next_pack;
  return !dirty_;
}

/** Once the time is known it is known: should the platform forget it, uptime carries it on. */
uint32_t Device::utc(Now now) const {
  if (clock_utc_s_ == 0) return 0;
  return clock_utc_s_ + static_cast<uint32_t>((now.uptime_ms - clock_uptime_ms_) / 1000);
}

void Device::note_clock(Now now) {
  if (now.utc_s < kMinTime_s) return;
  clock_utc_s_ = now.utc_s;
  clock_uptime_ms_ = now.uptime_ms;
  if (!counted_) return;
  if (sampled_until_s_ == 0) {
    // A sample of this very second may still be taken: it stands on the grid.
    const bool on_grid = now.utc_s % state_.settings.every_s == 0;
    sampled_until_s_ = on_grid ? now.utc_s - 1 : now.utc_s;
    stamp(now.utc_s, now.uptime_ms);
  }
  if (state_.command_untimed) {
    const uint64_t ago_s = command_in_this_boot_ ? (now.uptime_ms - command_uptime_ms_) / 1000 : 0;
    state_.command_at_s = now.utc_s - static_cast<uint32_t>(ago_s);
    state_.command_untimed = false;
    dirty_ = true;
  }
  if (state_.command_at_s > now.utc_s) state_.command_at_s = now.utc_s;
  if (sampled_until_s_ > now.utc_s && sampled_until_s_ - now.utc_s > kClockSetBack_s && restart_at_ms_ == 0) restart_at_ms_ = now.uptime_ms + 1;
}

uint64_t Device::tick(Now now) {
  if (!counted_) count_boot(now);
  note_clock(now);
  keep_journal();
  const bool kept = !dirty_ && journalled_ == open_.count();
  if (restart_at_ms_ != 0 && now.uptime_ms >= restart_at_ms_ + (kept ? 0 : kRestartWaitsMs)) {
    // Until it comes: what the clock asks for at every tick would put it off for ever on a machine that restarts so long after it was last asked.
    restart_at_ms_ = now.uptime_ms + kRestartWaitsMs;
    link_.restart();
  }
  run_schedule(now);
  if (sample_due(now)) sample(now);
  if (now.uptime_ms >= next_poll_ms_) poll(now);
  tell_drive(now);
  if (open_.count() >= pack_limit(state_.settings.pack_minutes, state_.settings.every_s)) close_pack();
  if (state_.next_pack - saved_next_pack_ >= kUnsavedPacks) dirty_ = true;
  if (dirty_) save();
  send(now);
  return next_due(now);
}

uint64_t Device::next_due(Now now) const {
  const uint64_t ms = now.uptime_ms;
  uint64_t due = next_poll_ms_;
  const uint32_t time_s = utc(now);
  if (time_s == 0 || !counted_) {
    due = earlier(due, next_unstamped_ms_);
  } else {
    const uint32_t every_s = state_.settings.every_s;
    due = earlier(due, ms + (every_s - time_s % every_s) * 1000ull);
    if (state_.schedule_id != 0 && holds_until_s_ > time_s) due = earlier(due, ms + (holds_until_s_ - time_s) * 1000ull);
  }
  if (dirty_ || !counted_ || journalled_ < open_.count()) due = earlier(due, ms + kSaveAgainMs);
  if (restart_at_ms_ != 0) due = earlier(due, restart_at_ms_ > ms ? restart_at_ms_ : ms + kSaveAgainMs);
  if (connected_ && sending_ == Sending::nothing) {
    uint64_t publish = UINT64_MAX;
    if (changed_waits_) publish = earlier(publish, changed_retry_.at_ms);
    if (live_waits_) publish = ms;
    publish = earlier(publish, report_waits_ ? report_retry_.at_ms : next_report_ms_);
    if (pack_waits() || resend_waits()) publish = earlier(publish, next_pack_ms());
    due = earlier(due, publish > next_publish_ms_ ? publish : next_publish_ms_);
  }
  return due > ms ? due : ms + 1;
}

int Device::call(Function function, const char* argument, size_t length, Now now) {
  note_clock(now);
  // What a schedule had to do before this moment is done before it, so that the later one of the two wins.
  run_schedule(now);
  switch (function) {
    case Function::command:
      return command(argument, length, now);
    case Function::schedule:
      return take_schedule(argument, length);
    case Function::live:
      return live(argument, length, now);
    case Function::resend: {
      ResendRange range;
      const int answer = read_resend(argument, length, range);
      return answer < 0 ? answer : resend(range);
    }
    case Function::settings:
      return change_settings(argument, length, now);
  }
  return kUnknown;
}

}  // namespace enstratus
