#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * What the core needs of the machine that it runs on. The Boron, the simulator and the tests each bring their own; the core has no other way out.
 * Nothing here may be called from an interrupt, and none of these may call back into the core.
 */
namespace enstratus {

/** The time, as far as it is known. */
struct Now {
  /** Milliseconds since power came; never goes back. */
  uint64_t uptime_ms;
  /** Seconds since 1970-01-01T00:00:00Z; 0 while the clock is unknown (a Boron has no battery clock). */
  uint32_t utc_s;
};

/** The RS-485 line to the motor controller. */
class Bus {
 public:
  /**
   * Sends a frame and waits for the answer. Returns how many bytes were received, 0 when nothing came in time. What comes may be anything:
   * noise, a cut frame, another address.
   */
  virtual int exchange(const uint8_t* request, size_t length, uint8_t* response, size_t capacity) = 0;

 protected:
  ~Bus() = default;
};

/** Where in flash something lies. */
enum class Area : uint8_t {
  /** Slots 0 and 1: two copies of the core's own state, written in turn. */
  state,
  /** Slots 0 to 14: the documents of the open pack. */
  journal,
  /** A ring: slot = pack number modulo Config::max_packs. */
  packs,
  /** Slots 0 and 1: two schedules, written in turn; the state says which one holds. */
  schedule
};

/** Flash that keeps what is written over power cuts. A write may be cut by one: what is read is checked by the core. */
class Flash {
 public:
  /** Replaces a slot's record. False when it could not be written. */
  virtual bool write(Area area, uint32_t slot, const uint8_t* data, size_t length) = 0;
  /** Reads a slot's record; returns its length, -1 when there is none or it is longer than `capacity`. */
  virtual int read(Area area, uint32_t slot, uint8_t* data, size_t capacity) = 0;

 protected:
  ~Flash() = default;
};

/** Names of what a device publishes (PROTOCOL.md, "What a device publishes"). */
enum class EventName : uint8_t { status, live, changed, report };
/** `status`, `status/live`, `status/changed`, `status/report`. */
const char* event_name(EventName name);

/** The Particle cloud, as far as a device sees it. */
class Link {
 public:
  virtual bool connected() = 0;
  /**
   * Begins to publish a text with acknowledgement. False when it isn't taken (offline, or too much at once): nothing else will be heard of it. When true, the
   * platform calls Device::published with the same token later, after this call has returned.
   */
  virtual bool publish(EventName name, const char* text, size_t length, uint32_t token) = 0;
  /** Strength of the cellular signal, 0 to 100, or -1 when unknown. */
  virtual int signal_pct() = 0;
  /** Restarts the machine soon, after the running call has returned. */
  virtual void restart() = 0;

 protected:
  ~Link() = default;
};

}  // namespace enstratus
