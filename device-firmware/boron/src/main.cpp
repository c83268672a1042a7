#include "Particle.h"
#include "cell_location.h"
#include "cloud_link.h"
#include "core/device.h"
#include "firmware_update.h"
#include "flash_files.h"
#include "ledger_settings.h"
#include "modem.h"
#include "rs485.h"

#ifndef SYSTEM_VERSION_v630
#error "Device OS 6.3.0 or newer: CloudEvent does not exist before"
#endif

// Counts up with each firmware that is uploaded to the product. Device OS 4 and newer know the product by the cloud alone.
PRODUCT_VERSION(1);
// Functions, variables and the ledger are there before the device connects. The system thread runs by itself since Device OS 6.2.
SYSTEM_MODE(SEMI_AUTOMATIC);

namespace {

using namespace enstratus;

/** The number in PRODUCT_VERSION above; a test holds them together. */
constexpr uint16_t kProductVersion = 1;
/** P14.01 = 4 of INVT's drives, their default. */
constexpr uint32_t kBaud = 19200;
/** Many times what a silent drive and a slow flash take together in one turn of the loop. */
constexpr uint32_t kWatchdog_ms = 60000;
constexpr size_t kMaxReport = 780;

Modem modem;
Rs485 bus;
FlashFiles flash("/usr/enstratus");
CloudLink cloud(modem);
Device device(bus, flash, cloud, Config{});
CellLocation location(modem);
LedgerSettings settings("/usr/enstratus/ledger");
FirmwareUpdate update("/usr/enstratus/firmware", kProductVersion);

uint64_t next_tick_ms = 0;
bool was_connected = false;

Now now() { return {System.millis(), Time.isValid() ? static_cast<uint32_t>(Time.now()) : 0}; }

int call(Function function, const String& argument) {
  next_tick_ms = 0;
  return device.call(function, argument.c_str(), argument.length(), now());
}

// Device OS runs functions and variables between two turns of loop(), in its thread (docs.particle.io, "Particle.variable() - calculated").
int on_command(String argument) { return call(Function::command, argument); }
int on_schedule(String argument) { return call(Function::schedule, argument); }
int on_live(String argument) { return call(Function::live, argument); }
int on_resend(String argument) { return call(Function::resend, argument); }
int on_settings(String argument) { return call(Function::settings, argument); }

String report() {
  char text[kMaxReport];
  return String(text, static_cast<unsigned int>(device.report(text, sizeof text, now())));
}

String update_text() {
  char text[64];
  return String(text, static_cast<unsigned int>(update.text(text, sizeof text)));
}

}  // namespace

void setup();
void loop();

void setup() {
  // Not Device OS's ApplicationWatchdog beside it: that is a thread, and sees nothing of what stops threads.
  Watchdog.init(WatchdogConfiguration().timeout(kWatchdog_ms));
  Watchdog.start();
  bus.begin(kBaud);
  flash.begin();
  update.begin();
  const String id = System.deviceID();
  device.boot(now(), id.c_str(), id.length());
  Particle.function("command", on_command);
  Particle.function("schedule", on_schedule);
  Particle.function("live", on_live);
  Particle.function("resend", on_resend);
  Particle.function("settings", on_settings);
  Particle.variable("report", report);
  Particle.variable("update", update_text);
  settings.begin();
  modem.begin();
  Particle.connect();
}

void loop() {
  Watchdog.refresh();
  const bool connected = cloud.connected();
  const bool told = cloud.poll(device, now());
  const bool set = settings.poll(device, now());
  if (told || set || connected != was_connected || now().uptime_ms >= next_tick_ms) {
    was_connected = connected;
    next_tick_ms = device.tick(now());
  }
  location.poll(now(), !cloud.sending());
  update.poll(now(), cloud.delivered(), cloud.sending(), flash.written());
  cloud.restart_if_due(now());
  // Not delay(): see rs485.cpp. The loop would work without; the other threads are glad of it.
  HAL_Delay_Milliseconds(5);
}
