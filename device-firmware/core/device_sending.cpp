#include "device.h"

namespace enstratus {

namespace {

constexpr uint64_t kBetweenPublishesMs = 1000;
constexpr uint32_t kFirstRetryMs = 10'000;
constexpr uint32_t kLastRetryMs = 600'000;
constexpr uint64_t kBetweenChangesMs = 10'000;
constexpr uint64_t kBetweenReportsMs = 86'400'000;
/** What the platform has said nothing about for so long counts as lost. Device OS gives up earlier (its reference, "Particle.publish()"). */
constexpr uint64_t kAcknowledgeMs = 120'000;

}  // namespace

void Device::Retry::failed(uint64_t now_ms) {
  wait_ms = wait_ms == 0 ? kFirstRetryMs : wait_ms * 2;
  if (wait_ms > kLastRetryMs) wait_ms = kLastRetryMs;
  at_ms = now_ms + wait_ms;
}

/** One text at a time, and one a second at most. */
void Device::send(Now now) {
  const bool was_connected = connected_;
  connected_ = link_.connected();
  if (connected_ && !was_connected) {
    if (sending_ != Sending::nothing) finish(false, now);
    pack_retry_.clear();
    changed_retry_.clear();
    report_retry_.clear();
  }
  if (sending_ != Sending::nothing && now.uptime_ms >= sending_until_ms_) finish(false, now);
  if (!connected_ || sending_ != Sending::nothing || now.uptime_ms < next_publish_ms_) return;
  if (live_waits_ && now.uptime_ms >= live_until_ms_) live_waits_ = false;
  if (!report_waits_ && now.uptime_ms >= next_report_ms_) report_waits_ = true;
  const Sending what = choose(now);
  if (what == Sending::nothing) return;
  sending_ = what;
  token_++;
  if (!begin(what, now)) {
    if (sending_ != Sending::nothing) finish(false, now);
    return;
  }
  sent_last_ = what;
  sending_until_ms_ = now.uptime_ms + kAcknowledgeMs;
  next_publish_ms_ = now.uptime_ms + kBetweenPublishesMs;
}

/** What people wait for goes first, yet live samples of a device that samples every second leave every other turn to its reports and packs. */
Device::Sending Device::choose(Now now) {
  const uint64_t ms = now.uptime_ms;
  const bool pack_may = (pack_waits() || resend_waits()) && ms >= next_pack_ms();
  const bool held = only_newest_waits() && ms < newest_pack_at_ms_;
  const Sending pack = pack_waits() && !held ? Sending::pack : Sending::again;
  if (changed_waits_ && ms >= changed_retry_.at_ms) return Sending::changed;
  const bool report_may = report_waits_ && ms >= report_retry_.at_ms;
  if (live_waits_ && !((report_may || pack_may) && sent_last_ == Sending::live)) return Sending::live;
  if (report_may) return Sending::report;
  return pack_may ? pack : Sending::nothing;
}

/** When a pack may go, if one waits: the newest one at the device's own second, any other one at once; PROTOCOL.md, "The second of a pack". */
uint64_t Device::next_pack_ms() const {
  const bool held = only_newest_waits() && !resend_waits();
  return held && newest_pack_at_ms_ > pack_retry_.at_ms ? newest_pack_at_ms_ : pack_retry_.at_ms;
}

/** Hands one text to the platform. False when it didn't take it, or when there was none: then nothing is being sent. */
bool Device::begin(Sending what, Now now) {
  char text[kMaxPublishBytes];
  switch (what) {
    case Sending::changed:
      // Until it is known to have arrived, nothing is known to be told.
      changed_waits_ = false;
      next_change_ms_ = now.uptime_ms + kBetweenChangesMs;
      told_state_ = changed_.readings.run_state;
      told_fault_ = changed_.readings.of(Field::fault_code);
      return link_.publish(EventName::changed, text, write_plain(changed_, text, sizeof text), token_);
    case Sending::live:
      live_waits_ = false;
      return link_.publish(EventName::live, text, write_plain(newest_, text, sizeof text), token_);
    case Sending::report:
      report_waits_ = false;
      return link_.publish(EventName::report, text, report(text, kMaxPackBytes, now), token_);
    case Sending::pack:
    case Sending::again: {
      StoredPack pack;
      sending_pack_ = what == Sending::pack ? state_.unsent_pack : next_resend();
      if (!queue_.get(sending_pack_, pack) && !queue_.get(sending_pack_, pack)) {
        skip_pack(what);
        return false;
      }
      return link_.publish(EventName::status, pack.text, pack.length, token_);
    }
    case Sending::nothing:
      return false;
  }
  return false;
}

void Device::published(uint32_t token, bool ok, Now now) {
  note_clock(now);
  // An answer to what was given up in the meantime changes nothing: it was or will be sent again.
  if (sending_ != Sending::nothing && token == token_) finish(ok, now);
}

void Device::finish(bool ok, Now now) {
  const Sending what = sending_;
  sending_ = Sending::nothing;
  switch (what) {
    case Sending::pack:
    case Sending::again:
      if (!ok) {
        pack_retry_.failed(now.uptime_ms);
        return;
      }
      pack_retry_.clear();
      if (what == Sending::again) {
        resent(sending_pack_);
      } else if (state_.unsent_pack == sending_pack_) {
        // Unless the ring has overwritten it since.
        state_.unsent_pack++;
        save();
      }
      return;
    case Sending::changed:
      if (ok) {
        changed_retry_.clear();
        return;
      }
      // Perhaps it arrived, perhaps not.
      told_state_ = RunState::none;
      if (!changed_waits_) changed_retry_.failed(now.uptime_ms);
      changed_waits_ = true;
      return;
    case Sending::report:
      if (ok) {
        report_retry_.clear();
        next_report_ms_ = now.uptime_ms + kBetweenReportsMs;
      } else {
        report_retry_.failed(now.uptime_ms);
        report_waits_ = true;
      }
      // The answer to `reboot` went out before the report that tells of it.
      if (ok && restart_at_ms_ != 0 && !report_waits_) restart_at_ms_ = now.uptime_ms;
      return;
    case Sending::live:
    case Sending::nothing:
      return;
  }
}

}  // namespace enstratus
