#include "../core/device.h"
#include "../core/pack_reader.h"
#include "../core/pack_second.h"
#include "../core/pack_writer.h"

/*
 * The core for a JavaScript host: one instance, many devices. A device is an address in the instance's memory; the host knows it by the number that it
 * gave. Times are doubles here, because a 64-bit integer is a BigInt there.
 */

#define IMPORT(name) __attribute__((import_module("host"), import_name(name)))
#define EXPORT(name) extern "C" __attribute__((export_name(name)))

extern "C" {
IMPORT("exchange") int host_exchange(uint32_t host, const uint8_t* request, size_t length, uint8_t* response, size_t capacity);
IMPORT("flash_write") int host_flash_write(uint32_t host, uint32_t area, uint32_t slot, const uint8_t* data, size_t length);
IMPORT("flash_read") int host_flash_read(uint32_t host, uint32_t area, uint32_t slot, uint8_t* data, size_t capacity);
IMPORT("connected") int host_connected(uint32_t host);
IMPORT("publish") int host_publish(uint32_t host, uint32_t name, const char* text, size_t length, uint32_t token);
IMPORT("signal_pct") int host_signal_pct(uint32_t host);
IMPORT("restart") void host_restart(uint32_t host);
}

inline void* operator new(size_t, void* place) noexcept { return place; }

namespace {

using namespace enstratus;

class Host final : public Bus, public Flash, public Link {
 public:
  explicit Host(uint32_t number) : number_(number) {}
  int exchange(const uint8_t* request, size_t length, uint8_t* response, size_t capacity) override {
    return host_exchange(number_, request, length, response, capacity);
  }
  bool write(Area area, uint32_t slot, const uint8_t* data, size_t length) override {
    return host_flash_write(number_, static_cast<uint32_t>(area), slot, data, length) != 0;
  }
  int read(Area area, uint32_t slot, uint8_t* data, size_t capacity) override {
    return host_flash_read(number_, static_cast<uint32_t>(area), slot, data, capacity);
  }
  bool connected() override { return host_connected(number_) != 0; }
  bool publish(EventName name, const char* text, size_t length, uint32_t token) override {
    return host_publish(number_, static_cast<uint32_t>(name), text, length, token) != 0;
  }
  int signal_pct() override { return host_signal_pct(number_); }
  void restart() override { host_restart(number_); }

 private:
  uint32_t number_;
};

struct Machine {
  Machine(uint32_t number, const Config& config) : host(number), device(host, host, host, config) {}
  Host host;
  Device device;
};

/** A place for one machine; as long as it is free, it holds the next free one. */
union Place {
  Place* next;
  alignas(8) uint8_t machine[sizeof(Machine)];
};

constexpr size_t kWasmPageBytes = 65536;
constexpr size_t kPagesAtOnce = 4;
Place* free_places = nullptr;

/** Takes pages from the engine; all machines are of one size, so that what is given back fits the next one. */
bool grow() {
  const size_t before = __builtin_wasm_memory_grow(0, kPagesAtOnce);
  if (before == SIZE_MAX) return false;
  auto* places = reinterpret_cast<Place*>(before * kWasmPageBytes);
  for (size_t i = kPagesAtOnce * kWasmPageBytes / sizeof(Place); i-- > 0;) {
    places[i].next = free_places;
    free_places = &places[i];
  }
  return true;
}

Now now_of(double uptime_ms, uint32_t utc_s) { return {static_cast<uint64_t>(uptime_ms), utc_s}; }

/** What texts go in and out by. Larger than anything the core takes, so that what is too large is refused by the core itself. */
constexpr size_t kTextBytes = 4096;
char text_buffer[kTextBytes];
StatusDocument documents_buffer[kMaxPackDocuments];
OpenPack cut;

static_assert(sizeof(StatusDocument) == 52, "core.ts reads documents as 13 words");
static_assert(offsetof(StatusDocument, readings) == 12 && offsetof(Readings, steps) == 4, "core.ts reads documents as 13 words");

}  // namespace

EXPORT("text") char* text() { return text_buffer; }
EXPORT("text_bytes") size_t text_bytes() { return kTextBytes; }
EXPORT("documents") StatusDocument* documents() { return documents_buffer; }
EXPORT("machine_bytes") size_t machine_bytes() { return sizeof(Place); }

/** The name of the register map lies in the text buffer. A null pointer when there is no such map; -1 when there is no memory. */
EXPORT("create") Machine* create(uint32_t host, size_t map_length, uint32_t unit, uint32_t max_packs, uint32_t poll_s) {
  Config config;
  text_buffer[map_length < kTextBytes ? map_length : 0] = 0;
  config.map = find_register_map(text_buffer);
  if (config.map == nullptr) return nullptr;
  config.unit = static_cast<uint8_t>(unit);
  config.max_packs = max_packs;
  config.poll_s = static_cast<uint16_t>(poll_s);
  if (free_places == nullptr && !grow()) return reinterpret_cast<Machine*>(SIZE_MAX);
  Place* place = free_places;
  free_places = place->next;
  return new (place) Machine(host, config);
}

EXPORT("destroy") void destroy(Machine* machine) {
  auto* place = reinterpret_cast<Place*>(machine);
  place->next = free_places;
  free_places = place;
}

/** The device's id lies in the text buffer. */
EXPORT("boot") void boot(Machine* machine, size_t id_length, double uptime_ms, uint32_t utc_s) {
  machine->device.boot(now_of(uptime_ms, utc_s), text_buffer, id_length);
}
EXPORT("tick") double tick(Machine* machine, double uptime_ms, uint32_t utc_s) {
  return static_cast<double>(machine->device.tick(now_of(uptime_ms, utc_s)));
}
EXPORT("waiting_pack_ms") double waiting_pack_ms(Machine* machine) { return static_cast<double>(machine->device.waiting_pack_ms()); }
/** The argument lies in the text buffer. */
EXPORT("call") int call(Machine* machine, uint32_t function, size_t length, double uptime_ms, uint32_t utc_s) {
  return machine->device.call(static_cast<Function>(function), text_buffer, length, now_of(uptime_ms, utc_s));
}
EXPORT("published") void published(Machine* machine, uint32_t token, int ok, double uptime_ms, uint32_t utc_s) {
  machine->device.published(token, ok != 0, now_of(uptime_ms, utc_s));
}
/** Into the text buffer; returns the length. */
EXPORT("report") size_t report(Machine* machine, double uptime_ms, uint32_t utc_s) {
  return machine->device.report(text_buffer, kTextBytes, now_of(uptime_ms, utc_s));
}

/** The first `count` of the documents as a pack in the text buffer; 0 when they can't be one. */
EXPORT("encode_pack") size_t encode_pack(size_t count) { return write_pack(documents_buffer, count, text_buffer, kMaxPackBytes); }

/** Reads the text buffer into the documents: how many, or minus the Refusal. */
EXPORT("read_status") int read_status_text(size_t length, uint32_t published_at_s) {
  const ReadStatus read = read_status(text_buffer, length, documents_buffer, published_at_s);
  return read.refusal == Refusal::none ? static_cast<int>(read.count) : -static_cast<int>(read.refusal);
}
/** The second of the device whose id lies in the text buffer. */
EXPORT("pack_second") uint32_t pack_second_of(size_t id_length) { return pack_second(text_buffer, id_length); }
/** The name of a refusal into the text buffer. */
EXPORT("refusal") size_t refusal(uint32_t number) {
  const char* name = refusal_name(static_cast<Refusal>(number));
  size_t length = 0;
  for (; name[length] != 0; length++) text_buffer[length] = name[length];
  return length;
}

/** Ends the pack that is being cut: its text, 0 when there is none. */
EXPORT("cut_end") size_t cut_end() {
  const size_t length = cut.count() == 0 ? 0 : write_pack(cut.documents(), cut.count(), text_buffer, kMaxPackBytes);
  cut.clear();
  return length;
}
/** Puts the first of the documents into the queue that is being cut: the text of the pack that it closed, 0 when none. */
EXPORT("cut_add") size_t cut_add(uint32_t pack_minutes, uint32_t every_s) {
  const size_t closed = cut.takes(documents_buffer[0], every_s, pack_limit(pack_minutes, every_s)) ? 0 : cut_end();
  cut.add(documents_buffer[0]);
  return closed;
}
