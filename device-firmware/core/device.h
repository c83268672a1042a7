#pragma once
#include "commands.h"
#include "drive.h"
#include "flash_queue.h"
#include "platform.h"
#include "schedule.h"

namespace enstratus {

struct Config {
  const RegisterMap* map = &kInvtMap;
  uint8_t unit = 1;
  /** How many packs the flash has room for: 1,344 of 15 minutes are 14 days. */
  uint32_t max_packs = 1344;
  /** How often run state and fault are asked for between two samples. */
  uint16_t poll_s = 5;
};

/**
 * A controller's life: it samples, packs, keeps, publishes and obeys. Everything that must outlive a power cut is in flash before the call that brought it
 * returns. It never waits, allocates or throws; all its memory is in the object.
 */
class Device {
 public:
  Device(Bus& bus, Flash& flash, Link& link, const Config& config);

  /** Power has come: reads the flash, counts the boot, closes what the last boot left open. Call once, before anything else. */
  void boot(Now now);
  /**
   * Does what is due. To be called at the time it returns (uptime in milliseconds) or before, and whenever the link has changed.
   */
  uint64_t tick(Now now);
  /** A Particle function was called: answers its return value. */
  int call(Function function, const char* argument, size_t length, Now now);
  /** What became of a publish. */
  void published(uint32_t token, bool ok, Now now);
  /** Writes the device's own report (PROTOCOL.md, "The report"); returns its length. */
  size_t report(char* text, size_t capacity, Now now);

 private:
  // The author of device.cpp fills this in; the class stays below 3 KB.
};

}  // namespace enstratus
