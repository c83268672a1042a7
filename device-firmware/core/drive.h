#pragma once
#include "modbus_rtu.h"
#include "register_map.h"
#include "status_document.h"

namespace enstratus {

/** Which source of power a drive may use. */
enum class Mode : uint8_t { automatic, solar, grid };

/** A motor controller behind a register map: samples it, and tells it what to do. It keeps nothing but what it needs to talk. */
class Drive {
 public:
  Drive(Bus& bus, const RegisterMap& map, uint8_t unit);

  /**
   * Reads everything that the map has. A register that can't be read gives no reading, and a state that can't be told is RunState::none; false when the
   * drive answers nothing at all. Fields that no drive knows, such as signal_pct, stay as they are.
   */
  bool sample(Readings& readings);
  /** Reads run state and fault code alone: what is asked every few seconds. The other readings stay as they are. False when the drive doesn't answer. */
  bool poll(Readings& readings);

  /** Each answers whether the drive has taken it. */
  bool start();
  bool stop();
  bool reset_fault();
  bool set_mode(Mode mode);
  /** @param limit_dhz Tenths of a hertz. */
  bool set_frequency_limit(uint16_t limit_dhz);

 private:
  bool send(const Order& order);

  ModbusRtu modbus_;
  /** Asks once only: a drive that was silent would cost all tries of every block. */
  ModbusRtu probe_;
  const RegisterMap& map_;
};

}  // namespace enstratus
