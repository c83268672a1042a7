// A bench for the adapter: Device OS's place is taken by what stands here, a drive hangs on Serial1, time passes only when somebody waits. The adapter and the
// core are the real ones. Usage: bench <first|second>: two starts over the same files; prints what a cloud would see, one thing a line.
#include <stdio.h>
#include <string.h>

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "Particle.h"

void setup();
void loop();
hal_usart_buffer_config_t acquireSerial1Buffer();

namespace {

uint64_t time_us = 0;
bool online = false;
bool reset_pending = false;
bool resets_enabled = true;
bool restarted = false;
uint64_t watchdog_us = 0;
int ledger_pack_minutes = 0;
bool talking = false;

/** 2026-11-22T07:00:00Z */
constexpr long kStart_s = 1795330800;
constexpr uint64_t kSecond_us = 1000000;

struct Event {
  std::string name, text;
  bool begun = false;
  bool cancelled = false;
  uint64_t sent_at_us = 0;
};
std::map<const void*, std::shared_ptr<Event>> events;
std::map<const void*, std::string> strings;
std::map<std::string, int (*)(String)> functions;
std::map<std::string, String (*)()> variables;
void (*ledger_callback)(particle::Ledger, void*) = nullptr;
void* ledger_argument = nullptr;

/** A drive of INVT's that runs on sun, as far as the register map asks for it. */
std::map<uint16_t, uint16_t> registers = {{0x2100, 3},    {0x2101, 0},   {0x2102, 0},   {0x3000, 0}, {0x3001, 5000}, {0x3002, 6120}, {0x3003, 380},
                                          {0x3004, 0},    {0x3005, 0},   {0x3006, 0},   {0x120a, 0}, {0x070c, 312},  {0x0201, 40}};
std::string request;
struct Byte {
  uint64_t at_us;
  uint8_t value;
};
std::deque<Byte> line;

uint16_t crc(const std::string& frame) {
  uint16_t value = 0xffff;
  for (const char c : frame) {
    value = static_cast<uint16_t>(value ^ static_cast<uint8_t>(c));
    for (int bit = 0; bit < 8; bit++) value = static_cast<uint16_t>((value & 1) != 0 ? (value >> 1) ^ 0xa001 : value >> 1);
  }
  return value;
}

uint16_t word(const std::string& frame, size_t at) {
  return static_cast<uint16_t>(static_cast<uint8_t>(frame[at]) << 8 | static_cast<uint8_t>(frame[at + 1]));
}

void answer_request() {
  if (request.size() != 8) printf("frame of %u bytes\n", static_cast<unsigned>(request.size()));
  const uint16_t address = word(request, 2);
  const uint16_t value = word(request, 4);
  std::string answer;
  if (request[1] == 3) {
    answer = {request[0], 3, static_cast<char>(2 * value)};
    for (uint16_t i = 0; i < value; i++) {
      const uint16_t content = registers[static_cast<uint16_t>(address + i)];
      answer += static_cast<char>(content >> 8);
      answer += static_cast<char>(content);
    }
  } else {
    printf("drive %04x=%u\n", address, static_cast<unsigned>(value));
    if (address == 0x2000 && value == 1) registers[0x2100] = 1, registers[0x3000] = 4200, registers[0x3004] = 81, registers[0x3006] = 700;
    if (address == 0x2000 && value == 5) registers[0x2100] = 3, registers[0x3000] = 0, registers[0x3004] = 0, registers[0x3006] = 0;
    answer = request.substr(0, 6);
  }
  const uint16_t check = crc(answer);
  answer += static_cast<char>(check);
  answer += static_cast<char>(check >> 8);
  uint64_t at_us = time_us + 20000;
  for (const char c : answer) line.push_back({at_us += 573, static_cast<uint8_t>(c)});
}

/** Whether a publish is under way. */
bool sends() {
  for (const auto& [place, event] : events) {
    if (event->begun && !event->cancelled && (event->sent_at_us == 0 || time_us < event->sent_at_us)) return true;
  }
  return false;
}

void run(uint64_t seconds) {
  const uint64_t until_us = time_us + seconds * kSecond_us;
  while (time_us < until_us && !restarted) {
    loop();
    if (time_us - watchdog_us > 60 * kSecond_us) printf("watchdog\n");
  }
}

void call(const char* name, const char* argument) {
  const String text(argument, static_cast<unsigned>(strlen(argument)));
  printf("%s(%s)=%d\n", name, argument, functions.at(name)(text));
}

void show(const char* variable) {
  const String text = variables.at(variable)();
  printf("%s: %s\n", variable, text.c_str());
}

}  // namespace

uint64_t SystemClass::millis() { return time_us / 1000; }
String SystemClass::deviceID() { return String("e00fce68333a0b7e01234567", 24); }
void SystemClass::reset() { restarted = true; printf("restart\n"); }
void SystemClass::enableUpdates() { printf("updates on\n"); }
void SystemClass::disableUpdates() { printf("updates off\n"); }
void SystemClass::enableReset() { resets_enabled = true; if (reset_pending) printf("reset %s\n", sends() ? "while sending" : "when idle"); }
void SystemClass::disableReset() { resets_enabled = false; }
uint8_t SystemClass::resetPending() { return reset_pending ? 1 : 0; }
SystemClass System;

bool TimeClass::isValid() { return online || time_us > 120 * kSecond_us; }
long TimeClass::now() { return kStart_s + static_cast<long>(time_us / kSecond_us); }
TimeClass Time;

String::String(const char* text, unsigned int length) { strings[this] = std::string(text, length); }
String::String(const String& other) { strings[this] = strings[&other]; }
String::~String() { strings.erase(this); }
const char* String::c_str() const { return strings[this].c_str(); }
unsigned int String::length() const { return static_cast<unsigned int>(strings[this].size()); }

unsigned long micros() { return static_cast<unsigned long>(++time_us); }
void delayMicroseconds(unsigned int us) { time_us += us; }
void HAL_Delay_Milliseconds(uint32_t ms) { time_us += 1000ull * ms; }
void pinMode(uint16_t, PinMode) {}
void digitalWrite(uint16_t pin, uint8_t value) {
  if (pin == D4) talking = value == HIGH;
}

void USARTSerial::begin(unsigned long baud, uint32_t) { printf("line %lu, buffer %u\n", baud, acquireSerial1Buffer().rx_buffer_size); }
int USARTSerial::available() {
  int count = 0;
  for (const Byte& byte : line) count += byte.at_us <= time_us ? 1 : 0;
  return count;
}
int USARTSerial::read() {
  const int value = line.front().value;
  line.pop_front();
  return value;
}
size_t USARTSerial::write(const uint8_t* data, size_t length) {
  if (!talking) printf("written without direction\n");
  request.assign(reinterpret_cast<const char*>(data), length);
  return length;
}
void USARTSerial::flush() { answer_request(); }
USARTSerial Serial1;

float CellularSignal::getStrength() const { return 68; }
CellularSignal CellularClass::RSSI() { return {}; }
CellularClass Cellular;
int cellular_global_identity(CellularGlobalIdentity*, void*) { return -1; }
// The modem's thread never ends, so it never starts here.
Thread::Thread(const char*, void (*)(void*), void*, uint8_t, size_t) {}
Thread::~Thread() {}

namespace particle {

CloudEvent::CloudEvent() { events[this] = std::make_shared<Event>(); }
CloudEvent::CloudEvent(const CloudEvent& other) { events[this] = events[&other]; }
CloudEvent::~CloudEvent() { events.erase(this); }
CloudEvent& CloudEvent::name(const char* name) { events[this]->name = name; return *this; }
CloudEvent& CloudEvent::data(const char* data, size_t length) { events[this]->text.assign(data, length); return *this; }
bool CloudEvent::isSending() const { return events[this]->begun && !isSent() && isOk(); }
bool CloudEvent::isSent() const { const Event& event = *events[this]; return event.sent_at_us != 0 && time_us >= event.sent_at_us; }
bool CloudEvent::isOk() const { return !events[this]->cancelled; }
void CloudEvent::cancel() { events[this]->cancelled = true; }
void CloudEvent::clear() { events[this] = std::make_shared<Event>(); }

Variant::~Variant() {}
bool Variant::isNumber() const { return true; }
int Variant::toInt() const { return ledger_pack_minutes; }
LedgerData::~LedgerData() {}
Variant LedgerData::get(const char*) const { return {}; }
bool LedgerData::has(const char* key) const { return ledger_pack_minutes != 0 && strcmp(key, "pack_minutes") == 0; }
Ledger::Ledger() {}
Ledger::Ledger(const Ledger&) {}
Ledger::~Ledger() {}
Ledger& Ledger::operator=(Ledger) { return *this; }
LedgerData Ledger::get() const { return {}; }
int Ledger::onSync(void (*callback)(Ledger, void*), void* argument) {
  ledger_callback = callback;
  ledger_argument = argument;
  return 0;
}

WatchdogConfiguration& WatchdogConfiguration::timeout(uint32_t) { return *this; }
int WatchdogClass::init(const WatchdogConfiguration&) { return 0; }
int WatchdogClass::start() { return 0; }
int WatchdogClass::refresh() { watchdog_us = time_us; return 0; }
WatchdogClass Watchdog;

}  // namespace particle

bool CloudClass::function(const char* name, int (*function)(String)) { functions[name] = function; return true; }
bool CloudClass::variable(const char* name, String (*variable)()) { variables[name] = variable; return true; }
bool CloudClass::publish(particle::CloudEvent event) {
  Event& sent = *events[&event];
  sent.begun = true;
  // Every fifth is lost on the way: it stays under way until the adapter gives it up.
  static unsigned count = 0;
  const bool lost = ++count % 5 == 0;
  if (!lost) sent.sent_at_us = time_us + 300000;
  printf("%s %s %s\n", lost ? "lost" : "sent", sent.name.c_str(), sent.text.c_str());
  return true;
}
particle::Ledger CloudClass::ledger(const char*) { return {}; }
bool CloudClass::connected() { return online; }
void CloudClass::connect() {}
CloudClass Particle;

int main(int count, char** arguments) {
  const bool first = count == 2 && strcmp(arguments[1], "first") == 0;
  setup();
  show("update");
  run(30);
  online = true;
  run(60);
  show("update");
  ledger_pack_minutes = 5;
  ledger_callback(particle::Ledger(), ledger_argument);
  if (first) {
    call("command", "c1,start");
    call("command", "c1,start");
    call("command", "c2,fly");
    run(31 * 60);
    show("report");
    // A command makes a report: the update has to wait until it is acknowledged.
    call("command", "c3,limit,40");
    reset_pending = true;
    run(200);
    if (!resets_enabled) printf("never reset\n");
    call("command", "c4,reboot");
    run(60);
  } else {
    call("settings", "pack_minutes=2");
    ledger_callback(particle::Ledger(), ledger_argument);
    run(14 * 60);
    show("report");
  }
  return 0;
}
