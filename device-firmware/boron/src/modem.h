#pragma once
#include <stdint.h>

#include <atomic>

namespace enstratus {

/** The cell that the modem is connected to: with it Particle's Location Fusion tells where a device roughly is. */
struct Cell {
  uint16_t country;
  uint16_t network;
  uint16_t area;
  uint32_t cell;
};

/**
 * What only the modem knows. It is asked by AT commands, which may take seconds, so a thread of its own asks and the core reads what was last heard.
 */
class Modem {
 public:
  /** Starts the thread. Call once. */
  void begin();
  /** 0 to 100, -1 when unknown. */
  int signal_pct() const { return signal_pct_; }
  /** The cell, asked once after each start. False while it isn't known. */
  bool cell(Cell& cell) const;

 private:
  static void run(void* modem);
  void ask_signal();
  void ask_cell();

  std::atomic<int> signal_pct_{-1};
  std::atomic<bool> cell_known_{false};
  /** Written once, before cell_known_. */
  Cell cell_{};
};

}  // namespace enstratus
