#include "ledger_settings.h"

#include <stdio.h>
#include <string.h>

namespace enstratus {
namespace {

constexpr uint64_t kAgainAfter_ms = 60000;
constexpr const char* kKeys[] = {"pack_minutes", "every_s"};

}  // namespace

void LedgerSettings::begin() {
  ledger_ = Particle.ledger("settings");
  ledger_.onSync(synchronized, this);
}

void LedgerSettings::synchronized(Ledger, void* settings) { static_cast<LedgerSettings*>(settings)->arrived_ = true; }

size_t LedgerSettings::text_of(const LedgerData& data, char* text) const {
  size_t length = 0;
  for (const char* key : kKeys) {
    if (!data.has(key)) continue;
    const Variant value = data.get(key);
    // What isn't a number goes on as one that is out of every range: the core refuses the whole.
    const int number = value.isNumber() ? value.toInt() : -1;
    const int written = snprintf(text + length, kMaxText - length, "%s%s=%d", length == 0 ? "" : ",", key, number);
    length += static_cast<size_t>(written);
  }
  return length;
}

bool LedgerSettings::poll(Device& device, Now now) {
  if (!arrived_ || now.uptime_ms < not_before_ms_) return false;
  arrived_ = false;
  char text[kMaxText];
  const size_t length = text_of(ledger_.get(), text);
  uint8_t before[kMaxText];
  const int before_length = read_file(path_, before, sizeof before);
  const bool same = before_length == static_cast<int>(length) && memcmp(before, text, length) == 0;
  if (length == 0 || same) return false;
  const int answer = device.call(Function::settings, text, length, now);
  if (answer == kBusy || answer == kNoStorage) {
    arrived_ = true;
    not_before_ms_ = now.uptime_ms + kAgainAfter_ms;
  } else {
    // What was refused is remembered too: it would be refused again.
    replace_file(path_, reinterpret_cast<const uint8_t*>(text), length);
  }
  return true;
}

}  // namespace enstratus
