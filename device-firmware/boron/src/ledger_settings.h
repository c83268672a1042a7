#pragma once
#include <atomic>

#include "Particle.h"
#include "core/device.h"
#include "files.h"

namespace enstratus {

/**
 * Particle's ledger `settings` (cloud to device). What stands there is taken when it is another than what was taken from it before, so that a setting that came by
 * a function since then isn't undone by a restart.
 */
class LedgerSettings {
 public:
  /** @param path The file that says what was taken before. Kept, not copied. */
  explicit LedgerSettings(const char* path) : path_(path) {}
  void begin();
  /** Hands what has arrived to the core. Returns whether it did. */
  bool poll(Device& device, Now now);

 private:
  static constexpr size_t kMaxText = 64;
  static void synchronized(Ledger ledger, void* settings);
  size_t text_of(const LedgerData& data, char* text) const;

  const char* path_;
  Ledger ledger_;
  /** Set by Device OS, in whatever thread it calls back. */
  std::atomic<bool> arrived_{false};
  uint64_t not_before_ms_ = 0;
};

}  // namespace enstratus
