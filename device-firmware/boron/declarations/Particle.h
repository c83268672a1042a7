#pragma once
#include <stddef.h>
#include <stdint.h>

// What the adapter uses of Device OS 6.3, and nothing else: declared anew here as far as it is used, so that the adapter can be compiled where no Device OS
// is. On a device Device OS's own Particle.h stands in its place. Before each part: the header of Device OS that declares it. A test checks that
// everything here is used. Parameters have no names here, since all names count as used or not.

// system/inc/system_version.h: each version defines its own name and those before it.
#define SYSTEM_VERSION_v630

// wiring/inc/spark_wiring_string.h
class String {
 public:
  String(const char*, unsigned int);
  String(const String&);
  ~String();
  const char* c_str() const;
  unsigned int length() const;
};

// wiring/inc/spark_wiring_system.h, system/inc/system_mode.h, wiring/inc/application.h (product version)
enum System_Mode_TypeDef { SEMI_AUTOMATIC };
#define SYSTEM_MODE(mode) extern const System_Mode_TypeDef declared_system_mode; const System_Mode_TypeDef declared_system_mode = mode
#define PRODUCT_VERSION(version) extern const uint16_t declared_product_version; const uint16_t declared_product_version = version

class SystemClass {
 public:
  static String deviceID();
  static uint64_t millis();
  static void reset();
  void enableUpdates();
  void disableUpdates();
  void enableReset();
  void disableReset();
  uint8_t resetPending();
};
extern SystemClass System;

// wiring/inc/spark_wiring_time.h
class TimeClass {
 public:
  static bool isValid();
  static long now();
};
extern TimeClass Time;

// wiring/inc/spark_wiring_ticks.h, hal/inc/delay_hal.h, hal/inc/timer_hal.h
unsigned long micros();
void delayMicroseconds(unsigned int);
extern "C" void HAL_Delay_Milliseconds(uint32_t);

// wiring/inc/spark_wiring.h, hal/inc/pinmap_hal.h
enum PinMode { OUTPUT = 1 };
constexpr uint16_t D4 = 4;
constexpr uint8_t LOW = 0;
constexpr uint8_t HIGH = 1;
void pinMode(uint16_t, PinMode);
void digitalWrite(uint16_t, uint8_t);

// wiring/inc/spark_wiring_usartserial.h, hal/inc/usart_hal.h
class USARTSerial {
 public:
  void begin(unsigned long, uint32_t);
  int available();
  int read();
  void flush();
  size_t write(const uint8_t*, size_t);
};
extern USARTSerial Serial1;
constexpr uint32_t SERIAL_8E1 = 0;
struct hal_usart_buffer_config_t {
  uint16_t size;
  uint8_t* rx_buffer;
  uint16_t rx_buffer_size;
  uint8_t* tx_buffer;
  uint16_t tx_buffer_size;
};

// wiring/inc/spark_wiring_cellular.h, wiring/inc/spark_wiring_cellular_printable.h
class CellularSignal {
 public:
  float getStrength() const;
};
class CellularClass {
 public:
  CellularSignal RSSI();
};
extern CellularClass Cellular;

// hal/inc/cellular_hal.h, hal/inc/cellular_hal_cellular_global_identity.h
enum CgiVersion { CGI_VERSION_LATEST };
struct CellularGlobalIdentity {
  uint16_t size;
  uint16_t version;
  uint16_t mobile_country_code;
  uint16_t mobile_network_code;
  uint16_t location_area_code;
  uint32_t cell_id;
};
extern "C" int cellular_global_identity(CellularGlobalIdentity*, void*);

// wiring/inc/spark_wiring_thread.h
class Thread {
 public:
  Thread(const char*, void (*)(void*), void*, uint8_t, size_t);
  ~Thread();
};
constexpr uint8_t OS_THREAD_PRIORITY_DEFAULT = 2;

namespace particle {

// wiring/inc/spark_wiring_cloud_event.h (since 6.3.0)
class CloudEvent {
 public:
  CloudEvent();
  CloudEvent(const CloudEvent&);
  ~CloudEvent();
  CloudEvent& name(const char*);
  CloudEvent& data(const char*, size_t);
  bool isSending() const;
  bool isSent() const;
  bool isOk() const;
  void cancel();
  void clear();
};

// wiring/inc/spark_wiring_variant.h
class Variant {
 public:
  ~Variant();
  bool isNumber() const;
  int toInt() const;
};

// wiring/inc/spark_wiring_ledger.h (since 6.1.0)
class LedgerData {
 public:
  ~LedgerData();
  Variant get(const char*) const;
  bool has(const char*) const;
};
class Ledger {
 public:
  Ledger();
  Ledger(const Ledger&);
  ~Ledger();
  Ledger& operator=(Ledger);
  LedgerData get() const;
  int onSync(void (*)(Ledger, void*), void*);
};

// wiring/inc/spark_wiring_watchdog.h (since 5.3.0)
class WatchdogConfiguration {
 public:
  WatchdogConfiguration& timeout(uint32_t);
};
class WatchdogClass {
 public:
  int init(const WatchdogConfiguration&);
  int start();
  int refresh();
};
extern WatchdogClass Watchdog;

}  // namespace particle

// wiring/inc/spark_wiring_cloud.h
class CloudClass {
 public:
  static bool function(const char*, int (*)(String));
  static bool variable(const char*, String (*)());
  bool publish(particle::CloudEvent);
  particle::Ledger ledger(const char*);
  static bool connected();
  static void connect();
};
extern CloudClass Particle;

// Device OS's documentation names these without their namespace throughout.
using namespace particle;
