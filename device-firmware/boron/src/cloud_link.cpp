#include "cloud_link.h"

namespace enstratus {
namespace {

/** CoAP gives a message up after 93 s (RFC 7252, 4.8.2, EXCHANGE_LIFETIME less the latency of the answer); what stays longer is lost. */
constexpr uint64_t kGiveUp_ms = 120000;
constexpr uint64_t kRestartAfter_ms = 3000;

}  // namespace

bool CloudLink::connected() { return Particle.connected(); }

int CloudLink::signal_pct() { return modem_.signal_pct(); }

void CloudLink::restart() {
  if (restart_at_ms_ == 0) restart_at_ms_ = System.millis() + kRestartAfter_ms;
}

void CloudLink::restart_if_due(Now now) {
  if (restart_at_ms_ != 0 && now.uptime_ms >= restart_at_ms_) System.reset();
}

bool CloudLink::publish(EventName name, const char* text, size_t length, uint32_t token) {
  if (!connected()) return false;
  for (Publish& publish : publishes_) {
    if (publish.pending) continue;
    publish.event.clear();
    publish.event.name(event_name(name)).data(text, length);
    if (!publish.event.isOk() || !Particle.publish(publish.event)) return false;
    publish.token = token;
    publish.begun_ms = System.millis();
    publish.pending = true;
    return true;
  }
  return false;
}

bool CloudLink::poll(Device& device, Now now) {
  bool told = false;
  for (Publish& publish : publishes_) {
    if (!publish.pending) continue;
    if (publish.event.isSending() && now.uptime_ms - publish.begun_ms < kGiveUp_ms) continue;
    const bool ok = publish.event.isSent();
    if (publish.event.isSending()) publish.event.cancel();
    publish.pending = false;
    delivered_ = delivered_ || ok;
    device.published(publish.token, ok, now);
    told = true;
  }
  return told;
}

bool CloudLink::sending() const {
  for (const Publish& publish : publishes_) {
    if (publish.pending) return true;
  }
  return false;
}

}  // namespace enstratus
