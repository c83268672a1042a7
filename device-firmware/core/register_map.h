#pragma once
#include <stddef.h>
#include <stdint.h>

#include "status_document.h"

namespace enstratus {

/** Stands where a row needs no (second) register. */
constexpr uint16_t kNoRegister = 0xffff;

/** Most blocks of one map, and most registers of one block: INVT's drives give 16 words at once (Goodrive manuals, "Command code 03H, reading N words"). */
constexpr size_t kMaxBlocks = 8;
constexpr uint16_t kMaxBlockRegisters = 16;

/** Holds when `low <= (register & mask) <= high`; always when the address is kNoRegister; never when the register could not be read. */
struct Condition {
  uint16_t address;
  uint16_t mask;
  uint16_t low;
  uint16_t high;
};
constexpr Condition kAlways = {kNoRegister, 0, 0, 0};

/**
 * Where a reading lies: value in steps = (raw & mask) * numerator / denominator + offset, rounded half away from zero. `times` is a register that raw is
 * multiplied by (unsigned), such as the rated power of a power in per mille of it. When `when` doesn't hold, the reading is 0. What could not be read is
 * no reading.
 */
struct ReadingRegister {
  Field field;
  uint16_t address;
  bool is_signed;
  int32_t numerator;
  int32_t denominator;
  int32_t offset;
  uint16_t times = kNoRegister;
  Condition when = kAlways;
  uint16_t mask = 0xffff;
};

/** A run state and what must hold for it: all of the conditions. The first row that holds counts; when none does, the state is not known. */
struct StateRow {
  RunState state;
  Condition all[2];
};

/** What is written for an order; address kNoRegister: the drive can't do it. */
struct Order {
  uint16_t address;
  uint16_t value;
};

/**
 * How one make of drive lays out its holding registers: nothing but a table, so that another one can be added beside it. Values are read in the
 * blocks that are given here, because one exchange on the line takes longer than everything else.
 */
struct RegisterMap {
  const char* name;
  struct Block {
    uint16_t address;
    /** 1 to kMaxBlockRegisters. */
    uint16_t count;
    /** Whether it is needed for run state or fault code, and so read every few seconds. */
    bool polled;
  };
  const Block* blocks;
  size_t block_count;
  const ReadingRegister* readings;
  size_t reading_count;
  const StateRow* states;
  size_t state_count;
  Order start;
  Order stop;
  Order reset_fault;
  /** By Mode: automatic, solar, grid. */
  Order modes[3];
  /** kNoRegister: the drive has none. */
  uint16_t limit_address;
  /** Register value for one tenth of a hertz, as numerator and denominator. */
  int32_t limit_numerator;
  int32_t limit_denominator;
};

/** INVT's Goodrive100-PV series of solar pump drives (iMars BPD is its sister). Registers, units and sources: maps/invt.cpp. */
extern const RegisterMap kInvtMap;
/** Invertek's Optidrive E3, a pump drive that knows nothing of the sun: maps/optidrive.cpp. */
extern const RegisterMap kOptidriveMap;

/** The map of that name (`invt`, `optidrive`), or a null pointer. */
const RegisterMap* find_register_map(const char* name);

}  // namespace enstratus
