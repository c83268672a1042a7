#include <string.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "../../core/device.h"
#include "../../core/pack_reader.h"
#include "check.h"

using namespace enstratus;

namespace {

/** Numbers that are the same in every run (xorshift32). */
struct Random {
  uint32_t state;
  uint32_t below(uint32_t end) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % end;
  }
};

/** A machine with a flash that may be cut off in the middle of a write, and a line on which anything may come. */
struct TestMachine final : Bus, Flash, Link {
  std::map<std::pair<int, uint32_t>, std::vector<uint8_t>> slots;
  std::vector<uint32_t> tokens;
  std::set<std::string> packs;
  Random random{1};
  bool online = true;
  bool dead = false;
  bool restarted = false;
  uint32_t writes_left = 0;
  uint32_t documents = 0;
  uint32_t refused = 0;

  int exchange(const uint8_t* request, size_t length, uint8_t* response, size_t capacity) override {
    if (random.below(8) == 0) return 0;
    size_t size = request[1] == 6 ? length : 5 + 2u * request[5];
    if (size > capacity) size = capacity;
    for (size_t i = 0; i < size; i++) response[i] = static_cast<uint8_t>(random.below(256));
    if (request[1] == 6) {
      memcpy(response, request, size);
    } else if (random.below(8) != 0) {
      response[0] = request[0];
      response[1] = 3;
      response[2] = static_cast<uint8_t>(size - 5);
      const uint16_t crc = modbus_crc(response, size - 2);
      response[size - 2] = static_cast<uint8_t>(crc & 0xff);
      response[size - 1] = static_cast<uint8_t>(crc >> 8);
    }
    return static_cast<int>(size);
  }
  bool write(Area area, uint32_t slot, const uint8_t* data, size_t length) override {
    if (dead || random.below(50) == 0) return false;
    auto& record = slots[{static_cast<int>(area), slot}];
    if (writes_left > 0 && --writes_left == 0) {
      dead = true;
      length = random.below(static_cast<uint32_t>(length) + 1);
      if (random.below(2) == 0 && record.size() > length) {
        memcpy(record.data(), data, length);
        return false;
      }
    }
    record.assign(data, data + length);
    return !dead;
  }
  int read(Area area, uint32_t slot, uint8_t* data, size_t capacity) override {
    const auto found = slots.find({static_cast<int>(area), slot});
    if (found == slots.end() || found->second.size() > capacity) return -1;
    if (!found->second.empty()) memcpy(data, found->second.data(), found->second.size());
    return static_cast<int>(found->second.size());
  }
  bool connected() override { return online && !dead; }
  bool publish(EventName name, const char* text, size_t length, uint32_t token) override {
    if (dead || random.below(10) == 0) return false;
    CHECK(length > 0 && length <= kMaxPublishBytes);
    if (name != EventName::report) {
      StatusDocument read[kMaxPackDocuments];
      const ReadStatus status = read_status(text, length, read);
      if (!CHECK(status.refusal == Refusal::none)) fprintf(stderr, "  %.*s\n", static_cast<int>(length), text);
      if (name == EventName::status && packs.insert(std::string(text, length)).second) documents += static_cast<uint32_t>(status.count);
    }
    tokens.push_back(token);
    return true;
  }
  int signal_pct() override { return static_cast<int>(random.below(102)) - 1; }
  void restart() override { restarted = true; }
};

const char* const kArguments[] = {"a,start", "b,stop", "c,mode,grid", "d,limit,45.5", "e,reset", "f,reboot", "g,jump", "17,sun;1763794800r;600s;840u",
                                  "300", "1,0,4294967295", "pack_minutes=3,every_s=20", "pack_minutes=15,every_s=60", "every_s=1", "", "0"};

constexpr char kId[] = "e00fce68333a0b7e01234567";

/** Does what may happen between two ticks. */
void disturb(TestMachine& machine, Device& device, Now now) {
  Random& random = machine.random;
  if (random.below(40) == 0) machine.online = !machine.online;
  if (random.below(20) == 0) {
    const char* argument = kArguments[random.below(sizeof kArguments / sizeof kArguments[0])];
    device.call(static_cast<Function>(random.below(5)), argument, strlen(argument), now);
  }
  if (random.below(30) == 0) machine.writes_left = 1 + random.below(20);
  char report[kMaxPackBytes];
  if (random.below(50) == 0) CHECK(device.report(report, sizeof report, now) > 0);
  std::vector<uint32_t> tokens;
  tokens.swap(machine.tokens);
  for (const uint32_t token : tokens) {
    if (random.below(5) != 0) device.published(token, random.below(3) != 0, now);
  }
}

/** One boot after the other; the sanitizers watch, and what is published must be readable. */
void live(uint32_t seed) {
  TestMachine machine;
  machine.random.state = seed;
  uint64_t utc_ms = 1763760000000ull;
  for (int boot = 0; boot < 40; boot++) {
    Config config;
    config.max_packs = 6;
    machine.dead = machine.restarted = false;
    machine.writes_left = 0;
    machine.tokens.clear();
    Device device(machine, machine, machine, config);
    const uint64_t booted_ms = utc_ms;
    const uint32_t clock_after_s = machine.random.below(3) * 500;
    int64_t clock_error_s = 0;
    for (int tick = 0; tick < 400 && !machine.dead && !machine.restarted; tick++) {
      const uint64_t uptime_ms = utc_ms - booted_ms;
      if (machine.random.below(100) == 0) clock_error_s = static_cast<int64_t>(machine.random.below(9000)) - 4500;
      const bool known = uptime_ms >= clock_after_s * 1000ull;
      const Now now = {uptime_ms, known ? static_cast<uint32_t>(static_cast<int64_t>(utc_ms / 1000) + clock_error_s) : 0};
      if (tick == 0) device.boot(now, kId, sizeof kId - 1);
      disturb(machine, device, now);
      const uint64_t due_ms = device.tick(now);
      CHECK(due_ms > uptime_ms);
      utc_ms = booted_ms + due_ms + machine.random.below(2) * machine.random.below(20000);
    }
    utc_ms += machine.random.below(600) * 1000ull;
  }
  CHECK(machine.documents > 50);
}

}  // namespace

TEST(device_in_a_world_of_noise) {
  for (uint32_t seed = 1; seed <= 30; seed++) live(seed * 2654435761u);
}

int main() { return finish(); }
