#pragma once
#include <stddef.h>
#include <stdint.h>

#include "status_document.h"

namespace enstratus {

/** Where a reading lies: value in steps = raw * numerator / denominator + offset, rounded half away from zero. */
struct ReadingRegister {
  Field field;
  uint16_t address;
  bool is_signed;
  int32_t numerator;
  int32_t denominator;
  int32_t offset;
};

/** A value of a register that means a run state. The first row that matches counts. */
struct StateRow {
  uint16_t address;
  uint16_t mask;
  uint16_t value;
  RunState state;
};

/** What is written for an order; address 0 with value 0: the drive can't do it. */
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
    uint16_t count;
  };
  const Block* blocks;
  size_t block_count;
  const ReadingRegister* readings;
  size_t reading_count;
  const StateRow* states;
  size_t state_count;
  /** The block in which run state and fault code lie: what is polled. */
  Block poll_block;
  Order start;
  Order stop;
  Order reset_fault;
  /** By Mode: automatic, solar, grid. */
  Order modes[3];
  uint16_t limit_address;
  /** Register value for one tenth of a hertz, as numerator and denominator. */
  int32_t limit_numerator;
  int32_t limit_denominator;
};

/** INVT's GD100-PV and iMars BPD series of solar pump drives. */
extern const RegisterMap kInvtMap;
/** A second make, so that the table is proven to be one. */
extern const RegisterMap kGenericMap;

}  // namespace enstratus
