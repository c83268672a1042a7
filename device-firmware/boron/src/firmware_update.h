#pragma once
#include "core/platform.h"
#include "files.h"

namespace enstratus {

/**
 * Updates over the air. Device OS has no way back by itself: it neither keeps the application before nor asks this one whether it works. So an update is let in only
 * at a moment that hurts nothing, and the new firmware says whether it has proven itself: it is confirmed when its first publish was acknowledged, and
 * late when that has not happened within 15 minutes after a start. Both stand in the Particle variable `update`.
 */
class FirmwareUpdate {
 public:
  /** @param path The file with the last version that was confirmed. Kept, not copied. */
  FirmwareUpdate(const char* path, uint16_t version) : path_(path), version_(version) {}
  void begin();
  /**
   * @param delivered whether a publish was acknowledged since the start
   * @param sending whether a publish is under way
   * @param in_flash whether all that the core knows is in flash
   */
  void poll(Now now, bool delivered, bool sending, bool in_flash);
  /** Writes `{"version":1,"confirmed":true,"late":false}`; returns its length. */
  size_t text(char* text, size_t capacity) const;

 private:
  const char* path_;
  uint16_t version_;
  bool confirmed_ = false;
  bool late_ = false;
  bool updates_ = true;
  bool resets_ = false;
  uint64_t reset_wanted_ms_ = 0;
};

}  // namespace enstratus
