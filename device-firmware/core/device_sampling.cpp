#include "device.h"

namespace enstratus {

namespace {

template <typename Small>
Small small_of(int32_t steps) {
  return steps == kNoReading ? static_cast<Small>(-1000) : static_cast<Small>(steps);
}
int32_t steps_of(int16_t small) { return small == -1000 ? kNoReading : small; }

}  // namespace

/** Samples stand on whole multiples of every_s in UTC. One that is late by more than half of that isn't taken: it would be told at a wrong time. */
bool Device::sample_due(Now now) const {
  const uint32_t time_s = utc(now);
  if (time_s == 0 || !counted_) return now.uptime_ms >= next_unstamped_ms_;
  const uint32_t every_s = state_.settings.every_s;
  const uint32_t late_s = time_s % every_s;
  return time_s - late_s > sampled_until_s_ && late_s <= every_s / 2;
}

void Device::sample(Now now) {
  Readings readings;
  read_drive(readings, now);
  const uint32_t time_s = utc(now);
  if (time_s == 0 || !counted_) {
    const uint64_t due_ms = next_unstamped_ms_;
    while (next_unstamped_ms_ <= now.uptime_ms) next_unstamped_ms_ += every_ms();
    keep_unstamped(readings, due_ms + every_ms() > now.uptime_ms ? due_ms : next_unstamped_ms_ - every_ms());
  } else {
    sampled_until_s_ = time_s - time_s % state_.settings.every_s;
    const uint32_t packs = state_.next_pack;
    add_document(readings, sampled_until_s_);
    if (state_.next_pack != packs) wait_for_second(time_s, now);
  }
  observe(readings, true, now);
}

void Device::poll(Now now) {
  Readings readings;
  drive_answers_ = drive_.poll(readings);
  next_poll_ms_ = now.uptime_ms + config_.poll_s * 1000ull;
  observe(readings, false, now);
}

/** A sample has closed a pack. All devices sample at the same moment: the pack waits for the device's own, unless packs come more often than once a minute. */
void Device::wait_for_second(uint32_t time_s, Now now) {
  const Settings& settings = state_.settings;
  if (pack_limit(settings.pack_minutes, settings.every_s) * settings.every_s < 60) return;
  const uint32_t at_s = sampled_until_s_ + pack_second_;
  if (at_s > time_s) newest_pack_at_ms_ = now.uptime_ms + (at_s - time_s) * 1000ull;
}

/** Takes everything that can be read. A sample is a poll, too. */
bool Device::read_drive(Readings& readings, Now now) {
  drive_answers_ = drive_.sample(readings);
  const int signal_pct = link_.signal_pct();
  if (signal_pct >= 0) readings.set(Field::signal_pct, signal_pct);
  next_poll_ms_ = now.uptime_ms + config_.poll_s * 1000ull;
  return drive_answers_;
}

void Device::keep_unstamped(const Readings& readings, uint64_t uptime_ms) {
  if (unstamped_count_ == kMaxUnstamped) {
    unstamped_first_ = (unstamped_first_ + 1) % kMaxUnstamped;
    unstamped_count_--;
    drop(1);
  }
  Unstamped& kept = unstamped_[(unstamped_first_ + unstamped_count_++) % kMaxUnstamped];
  kept.uptime_s = static_cast<uint32_t>(uptime_ms / 1000);
  kept.run_state = readings.run_state;
  kept.solar_w = readings.of(Field::solar_w);
  kept.grid_w = readings.of(Field::grid_w);
  kept.motor_w = readings.of(Field::motor_w);
  kept.fault_code = readings.of(Field::fault_code);
  kept.dc_bus_v = small_of<int16_t>(readings.of(Field::dc_bus_v));
  kept.motor_da = small_of<int16_t>(readings.of(Field::motor_a));
  kept.motor_dhz = small_of<int16_t>(readings.of(Field::motor_hz));
  kept.temp_c = small_of<int16_t>(readings.of(Field::temp_c));
  const int32_t signal_pct = readings.of(Field::signal_pct);
  kept.signal_pct = static_cast<int8_t>(signal_pct == kNoReading ? -1 : signal_pct);
}

/**
 * The time has become known: the samples that waited get theirs. They were taken every_s apart, so one shift puts them all on the grid: to the nearest place,
 * but none into the future. One that would not come after the document before it is dropped (settings may have changed in between).
 */
void Device::stamp(uint32_t utc_s, uint64_t uptime_ms) {
  if (unstamped_count_ == 0) return;
  const uint32_t every_s = state_.settings.every_s;
  const uint32_t uptime_s = static_cast<uint32_t>(uptime_ms / 1000);
  const Unstamped& last = unstamped_[(unstamped_first_ + unstamped_count_ - 1) % kMaxUnstamped];
  const uint32_t last_s = utc_s - (uptime_s - last.uptime_s);
  uint32_t last_grid_s = (last_s + every_s / 2) / every_s * every_s;
  if (last_grid_s > utc_s) last_grid_s -= every_s;
  sampled_until_s_ = 0;
  for (; unstamped_count_ > 0; unstamped_count_--) {
    const Unstamped kept = unstamped_[unstamped_first_];
    unstamped_first_ = (unstamped_first_ + 1) % kMaxUnstamped;
    uint32_t time_s = last_grid_s - (last.uptime_s - kept.uptime_s);
    time_s -= time_s % every_s;
    if (time_s <= sampled_until_s_ || time_s < kMinTime_s) {
      drop(1);
      continue;
    }
    Readings readings;
    readings.run_state = kept.run_state;
    const auto set = [&readings](Field field, int32_t steps) {
      if (steps != kNoReading) readings.set(field, steps);
    };
    set(Field::dc_bus_v, steps_of(kept.dc_bus_v));
    set(Field::solar_w, kept.solar_w);
    set(Field::grid_w, kept.grid_w);
    set(Field::motor_w, kept.motor_w);
    set(Field::motor_a, steps_of(kept.motor_da));
    set(Field::motor_hz, steps_of(kept.motor_dhz));
    set(Field::temp_c, steps_of(kept.temp_c));
    set(Field::fault_code, kept.fault_code);
    set(Field::signal_pct, kept.signal_pct < 0 ? kNoReading : kept.signal_pct);
    sampled_until_s_ = time_s;
    add_document(readings, time_s);
  }
}

void Device::add_document(const Readings& readings, uint32_t time_s) {
  newest_.boot_id = state_.boot_id;
  newest_.seq = next_seq_++;
  newest_.time_s = time_s;
  newest_.readings = readings;
  has_newest_ = true;
  live_waits_ = true;
  const size_t limit = pack_limit(state_.settings.pack_minutes, state_.settings.every_s);
  if (!open_.takes(newest_, state_.settings.every_s, limit) && !close_pack()) {
    drop(static_cast<uint32_t>(open_.count()));
    open_.clear();
    journalled_ = 0;
  }
  open_.add(newest_);
  keep_journal();
  if (open_.count() >= limit) close_pack();
}

/**
 * Writes what the journal lacks of the open pack, in order: what comes after a hole in it would be lost with the hole. Flash that refuses is asked twice, and
 * again at the next tick.
 */
void Device::keep_journal() {
  for (; journalled_ < open_.count(); journalled_++) {
    const StatusDocument& document = open_.documents()[journalled_];
    if (!queue_.journal_write(journalled_, document) && !queue_.journal_write(journalled_, document)) return;
  }
}

/** Writes the open pack into the ring. False when flash does not take it: then it stays open. */
bool Device::close_pack() {
  if (open_.count() == 0) return true;
  if (state_.next_pack - state_.unsent_pack >= queue_.max_packs()) {
    // The oldest unsent pack gives way. That is in flash before it is overwritten: what is lost must be counted, whenever power goes.
    StoredPack oldest;
    const uint32_t documents = queue_.get(state_.unsent_pack, oldest) ? oldest.count : 1;
    state_.dropped_documents += documents;
    state_.unsent_pack++;
    if (!save()) {
      state_.dropped_documents -= documents;
      state_.unsent_pack--;
      return false;
    }
  }
  char text[kMaxPackBytes];
  const size_t length = write_pack(open_.documents(), open_.count(), text, sizeof text);
  const bool written = queue_.put(state_.next_pack, open_.documents(), open_.count(), text, length) ||
                       queue_.put(state_.next_pack, open_.documents(), open_.count(), text, length);
  if (!written) return false;
  state_.next_pack++;
  newest_pack_at_ms_ = 0;
  open_.clear();
  journalled_ = 0;
  return true;
}

void Device::drop(uint32_t documents) {
  state_.dropped_documents += documents;
  save();
}

}  // namespace enstratus
