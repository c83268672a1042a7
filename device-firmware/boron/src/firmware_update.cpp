#include "firmware_update.h"

#include <stdio.h>

#include "Particle.h"

namespace enstratus {
namespace {

constexpr uint64_t kConfirmWithin_ms = 15 * 60 * 1000;
/** Longer than a publish can be under way. */
constexpr uint64_t kResetAtLast_ms = 3 * 60 * 1000;

}  // namespace

void FirmwareUpdate::begin() {
  uint8_t version[2];
  confirmed_ = read_file(path_, version, sizeof version) == 2 && (version[0] | version[1] << 8) == version_;
  // From here on Device OS asks before it restarts the device for an update; a reset that the core or the watchdog wants isn't held up by this.
  System.disableReset();
}

void FirmwareUpdate::poll(Now now, bool delivered, bool sending, bool in_flash) {
  if (!confirmed_ && delivered) {
    const uint8_t version[2] = {static_cast<uint8_t>(version_), static_cast<uint8_t>(version_ >> 8)};
    confirmed_ = replace_file(path_, version, sizeof version);
  }
  late_ = !confirmed_ && (late_ || now.uptime_ms > kConfirmWithin_ms);

  // Each change is a message to the cloud, so only changes are told. An update that must come nevertheless is forced in Particle's console.
  if (in_flash != updates_) {
    updates_ = in_flash;
    if (updates_) System.enableUpdates();
    else System.disableUpdates();
  }
  if (resets_ || !System.resetPending()) return;
  if (reset_wanted_ms_ == 0) reset_wanted_ms_ = now.uptime_ms;
  if ((in_flash && !sending) || now.uptime_ms - reset_wanted_ms_ > kResetAtLast_ms) {
    resets_ = true;
    System.enableReset();
  }
}

size_t FirmwareUpdate::text(char* text, size_t capacity) const {
  const int length = snprintf(text, capacity, "{\"version\":%u,\"confirmed\":%s,\"late\":%s}", static_cast<unsigned>(version_),
                              confirmed_ ? "true" : "false", late_ ? "true" : "false");
  return length > 0 && static_cast<size_t>(length) < capacity ? static_cast<size_t>(length) : 0;
}

}  // namespace enstratus
