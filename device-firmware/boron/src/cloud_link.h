#pragma once
#include "Particle.h"
#include "core/device.h"
#include "modem.h"

namespace enstratus {

/**
 * The Particle cloud by Device OS 6.3's CloudEvent: publishing begins at once, and the event itself tells what became of it. Nothing here waits, which
 * publish() of older versions does for up to 20 s while a connection fails (docs.particle.io, "Particle.publish (classic API)").
 */
class CloudLink final : public Link {
 public:
  explicit CloudLink(Modem& modem) : modem_(modem) {}

  bool connected() override;
  bool publish(EventName name, const char* text, size_t length, uint32_t token) override;
  int signal_pct() override;
  void restart() override;

  /** Tells the core what became of its publishes. Returns whether something did. */
  bool poll(Device& device, Now now);
  /** Whether a publish is under way. */
  bool sending() const;
  /** Whether anything was acknowledged since power came. */
  bool delivered() const { return delivered_; }
  /** Restarts when the core has asked for it, as soon as the answer of the call that brought it had time to leave. */
  void restart_if_due(Now now);

 private:
  static constexpr size_t kPublishes = 2;
  struct Publish {
    CloudEvent event;
    uint32_t token = 0;
    uint64_t begun_ms = 0;
    bool pending = false;
  };

  Modem& modem_;
  Publish publishes_[kPublishes];
  bool delivered_ = false;
  uint64_t restart_at_ms_ = 0;
};

}  // namespace enstratus
