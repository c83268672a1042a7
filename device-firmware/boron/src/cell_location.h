#pragma once
#include "Particle.h"
#include "core/platform.h"
#include "modem.h"

namespace enstratus {

/**
 * Where the device is, by its cell: the event `loc` in the form of Particle's Location Fusion, which turns the cell into a place. Pumps don't travel:
 * once after each start.
 */
class CellLocation {
 public:
  explicit CellLocation(const Modem& modem) : modem_(modem) {}
  /** Begins to publish when the cell is known and the line is free; nothing depends on what becomes of it. */
  void poll(Now now, bool line_free);

 private:
  const Modem& modem_;
  CloudEvent event_;
  bool told_ = false;
};

}  // namespace enstratus
