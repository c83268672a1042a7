#include "modem.h"

#include "Particle.h"

namespace enstratus {
namespace {

constexpr uint32_t kPause_ms = 30000;
/** Twice Device OS's default: the modem's client formats and parses AT commands on this stack. */
constexpr size_t kStackBytes = 6144;

}  // namespace

void Modem::begin() { static Thread thread("modem", run, this, OS_THREAD_PRIORITY_DEFAULT, kStackBytes); }

void Modem::run(void* modem) {
  Modem& self = *static_cast<Modem*>(modem);
  while (true) {
    if (Particle.connected()) {
      self.ask_signal();
      if (!self.cell_known_) self.ask_cell();
    } else {
      self.signal_pct_ = -1;
    }
    HAL_Delay_Milliseconds(kPause_ms);
  }
}

void Modem::ask_signal() {
  const CellularSignal signal = Cellular.RSSI();
  // 0 to 100 percent, below 0 on an error.
  const float strength_pct = signal.getStrength();
  signal_pct_ = strength_pct < 0 || strength_pct > 100 ? -1 : static_cast<int>(strength_pct + 0.5F);
}

void Modem::ask_cell() {
  CellularGlobalIdentity identity = {};
  identity.size = sizeof identity;
  identity.version = CGI_VERSION_LATEST;
  if (cellular_global_identity(&identity, nullptr) != 0) return;
  cell_ = {identity.mobile_country_code, identity.mobile_network_code, identity.location_area_code, identity.cell_id};
  cell_known_ = true;
}

bool Modem::cell(Cell& cell) const {
  if (!cell_known_) return false;
  cell = cell_;
  return true;
}

}  // namespace enstratus
