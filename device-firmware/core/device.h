#pragma once
#include "commands.h"
#include "device_state.h"
#include "drive.h"
#include "flash_queue.h"
#include "open_pack.h"
#include "platform.h"
#include "schedule.h"

namespace enstratus {

/** What `status/report` calls the version of the core. */
constexpr const char* kFirmwareVersion = "1.0.0";

struct Config {
  const RegisterMap* map = &kInvtMap;
  uint8_t unit = 1;
  /** How many packs the flash has room for: 1,344 of 15 minutes are 14 days. */
  uint32_t max_packs = 1344;
  /** How often run state and fault are asked for between two samples. */
  uint16_t poll_s = 5;
};

/**
 * A controller's life: it samples, packs, keeps, publishes and obeys. Everything that must outlive a power cut is in flash before the call that brought it
 * returns. It never waits, allocates or throws; all its memory is in the object.
 */
class Device {
 public:
  Device(Bus& bus, Flash& flash, Link& link, const Config& config);

  /**
   * Power has come: reads the flash, counts the boot, closes what the last boot left open. Call once, before anything else. `id` tells the device from others
   * and stays: Particle's; its second for packs follows from it.
   */
  void boot(Now now, const char* id, size_t id_length);
  /**
   * Does what is due. To be called at the time it returns (uptime in milliseconds) or before, whenever the link has changed, and soon after call() and
   * published(), which only note what is to be done.
   */
  uint64_t tick(Now now);
  /** A Particle function was called: answers its return value. */
  int call(Function function, const char* argument, size_t length, Now now);
  /** When the newest pack goes that waits for its second (uptime in milliseconds); 0 when none does. tick() tells of it, too: for hosts that leave out polls. */
  uint64_t waiting_pack_ms() const { return only_newest_waits() ? newest_pack_at_ms_ : 0; }
  /** What became of a publish. */
  void published(uint32_t token, bool ok, Now now);
  /** Writes the device's own report (PROTOCOL.md, "The report"); returns its length, 0 when it does not fit. */
  size_t report(char* text, size_t capacity, Now now);

 private:
  /** A sample that waits for the time to be known, as small as its fields' ranges allow: an hour of them is kept. */
  struct Unstamped {
    uint32_t uptime_s;
    int32_t solar_w, grid_w, motor_w, fault_code;
    int16_t dc_bus_v, motor_da, motor_dhz, temp_c;
    RunState run_state;
    int8_t signal_pct;
  };
  static constexpr size_t kMaxUnstamped = 60;
  static constexpr size_t kMaxResends = 4;

  enum class Sending : uint8_t { nothing, pack, again, live, changed, report };
  /** When something may be tried (again). */
  struct Retry {
    uint64_t at_ms = 0;
    uint32_t wait_ms = 0;
    void failed(uint64_t now_ms);
    void clear() { *this = Retry(); }
  };
  /** Packs that were asked for again: numbers of the ring, the end not included. */
  struct Resend {
    uint32_t next = 0;
    uint32_t end = 0;
  };
  /** What is to be done, and who says so. */
  struct Orders {
    Wanted wanted;
    WantedBy by;
  };

  // device.cpp: the boot, the clock, and what is due next
  void count_boot(Now now);
  void note_clock(Now now);
  uint32_t utc(Now now) const;
  bool save();
  uint64_t next_due(Now now) const;

  // device_sampling.cpp
  uint64_t every_ms() const { return state_.settings.every_s * 1000ull; }
  bool sample_due(Now now) const;
  void sample(Now now);
  void poll(Now now);
  bool read_drive(Readings& readings, Now now);
  void keep_unstamped(const Readings& readings, uint64_t uptime_ms);
  void stamp(uint32_t utc_s, uint64_t uptime_ms);
  void add_document(const Readings& readings, uint32_t time_s);
  void wait_for_second(uint32_t time_s, Now now);
  void keep_journal();
  bool close_pack();
  void drop(uint32_t documents);

  // device_changes.cpp: status/changed
  void observe(const Readings& readings, bool complete, Now now);

  // device_sending.cpp
  void send(Now now);
  Sending choose(Now now);
  bool begin(Sending what, Now now);
  void finish(bool ok, Now now);
  bool pack_waits() const { return state_.unsent_pack != state_.next_pack; }
  bool only_newest_waits() const { return state_.next_pack - state_.unsent_pack == 1; }
  uint64_t next_pack_ms() const;

  // device_resending.cpp
  int resend(const ResendRange& range);
  uint32_t first_pack_at(uint32_t boot_id, uint32_t seq, bool after) const;
  bool resend_waits() const;
  uint32_t next_resend() const;
  void resent(uint32_t pack);
  void skip_pack(Sending what);

  // device_orders.cpp
  int command(const char* text, size_t length, Now now);
  int carry_out(const Command& command, Now now);
  int change_settings(const char* text, size_t length, Now now);
  int live(const char* text, size_t length, Now now);
  Orders orders() const;
  void tell_drive(Now now);
  bool tell(Orders order, bool insists, Now now);
  void tell_settings(Orders order, Now now);

  // device_schedule.cpp
  int take_schedule(const char* text, size_t length);
  void run_schedule(Now now);
  bool look_at_schedule(uint32_t utc_s);

  Link& link_;
  Flash& flash_;
  const Config config_;
  Drive drive_;
  FlashQueue queue_;
  StateStore store_;
  DeviceState state_;
  uint32_t saved_next_pack_ = 0;
  /** How long after its last sample a pack goes out. */
  uint8_t pack_second_ = 0;
  /** The newest pack waits until then, those before it don't. */
  uint64_t newest_pack_at_ms_ = 0;
  /** The boot stands in flash; without that no document may be made, since its identity could come twice. */
  bool counted_ = false;
  /** The state must be written (again). */
  bool dirty_ = false;

  /** A pair of uptime and UTC that belongs together; 0 while the clock is unknown. */
  uint32_t clock_utc_s_ = 0;
  uint64_t clock_uptime_ms_ = 0;

  OpenPack open_;
  /** How many of its documents stand in the journal. */
  uint8_t journalled_ = 0;
  uint32_t next_seq_ = 0;
  /** Only samples after this time are made into documents. */
  uint32_t sampled_until_s_ = 0;
  StatusDocument newest_;
  bool has_newest_ = false;
  Unstamped unstamped_[kMaxUnstamped];
  uint8_t unstamped_first_ = 0;
  uint8_t unstamped_count_ = 0;
  uint64_t next_unstamped_ms_ = 0;
  uint64_t next_poll_ms_ = 0;

  bool drive_answers_ = false;
  RunState run_state_ = RunState::none;
  int32_t fault_code_ = kNoReading;

  /** What the cloud was told last, by status/changed; none when that isn't certain. */
  RunState told_state_ = RunState::none;
  int32_t told_fault_ = kNoReading;
  StatusDocument changed_;
  bool changed_waits_ = false;
  uint64_t changed_made_ms_ = 0;
  /** No further change is told before this. */
  uint64_t next_change_ms_ = 0;

  bool connected_ = false;
  Sending sending_ = Sending::nothing;
  Sending sent_last_ = Sending::nothing;
  uint32_t token_ = 0;
  uint32_t sending_pack_ = 0;
  uint64_t sending_until_ms_ = 0;
  uint64_t next_publish_ms_ = 0;
  Retry pack_retry_;
  Retry changed_retry_;
  Retry report_retry_;
  Resend resends_[kMaxResends];
  bool report_waits_ = true;
  uint64_t next_report_ms_ = 0;
  uint64_t live_until_ms_ = 0;
  bool live_waits_ = false;
  /** 0: no restart is asked for. */
  uint64_t restart_at_ms_ = 0;

  /** The drive knows mode, limit and what is wanted; each by itself, so that one that it refuses keeps none of the others from it. */
  bool mode_told_ = false;
  bool limit_told_ = false;
  bool wanted_told_ = false;
  Retry mode_and_limit_retry_;
  bool tried_ = false;
  Wanted tried_wanted_ = Wanted::stop;
  uint64_t tried_ms_ = 0;
  uint64_t command_uptime_ms_ = 0;
  bool command_in_this_boot_ = false;

  /** The part of the schedule around now: what holds from one time to another. */
  uint32_t holds_from_s_ = 0;
  uint32_t holds_until_s_ = 0;
  Wanted holds_ = Wanted::stop;
};

static_assert(sizeof(Device) <= 4096, "a Boron has about 80 KB for everything, and a process holds 50,000 devices");

}  // namespace enstratus
