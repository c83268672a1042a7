// Runs FlashFiles on a real file system beside a model in memory: whatever is written, restarted and written again, each slot reads as written last.
// Usage: flash_check <root> <seed>; prints what went wrong and answers 1.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <new>

#include "flash_files.h"

namespace {

using namespace enstratus;

constexpr uint32_t kMaxPacks = 64;
constexpr size_t kMaxRecord = 900;

struct Model {
  bool there = false;
  size_t length = 0;
  uint8_t data[kMaxRecord];
};

Model packs[kMaxPacks];
Model journal[15];
Model states[2];
uint32_t random_state = 1;

uint32_t random_below(uint32_t bound) {
  random_state = random_state * 1664525 + 1013904223;
  return (random_state >> 8) % bound;
}

bool put(FlashFiles& flash, Area area, uint32_t slot, Model& model) {
  model.there = true;
  model.length = 1 + random_below(kMaxRecord);
  for (size_t i = 0; i < model.length; i++) model.data[i] = static_cast<uint8_t>(random_below(256));
  return flash.write(area, slot, model.data, model.length);
}

bool same(FlashFiles& flash, Area area, uint32_t slot, const Model& model) {
  uint8_t data[kMaxRecord];
  const int length = flash.read(area, slot, data, sizeof data);
  if (!model.there) return length == -1;
  return length == static_cast<int>(model.length) && memcmp(data, model.data, model.length) == 0;
}

int fail(const char* what, uint32_t slot, uint32_t step) {
  printf("%s %u at step %u\n", what, static_cast<unsigned>(slot), static_cast<unsigned>(step));
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  random_state = static_cast<uint32_t>(atoi(arguments[2]));
  alignas(FlashFiles) static uint8_t place[sizeof(FlashFiles)];
  FlashFiles* flash = new (place) FlashFiles(arguments[1]);
  if (!flash->begin()) return fail("begin", 0, 0);
  uint32_t next_pack = random_below(kMaxPacks);
  uint32_t journal_slot = 0;
  for (uint32_t step = 0; step < 3000; step++) {
    // Without restarts at first, so that the journal is written often enough to move.
    const uint32_t what = random_below(step < 1600 ? 95 : 100);
    if (what < 40) {
      if (!put(*flash, Area::journal, journal_slot, journal[journal_slot])) return fail("write journal", journal_slot, step);
      // What stands behind it is of the pack before, which the core tells by its content; the journal may or may not still have it.
      for (uint32_t behind = journal_slot + 1; journal_slot == 0 && behind < 15; behind++) journal[behind].there = false;
      if (!same(*flash, Area::journal, journal_slot, journal[journal_slot])) return fail("journal", journal_slot, step);
      journal_slot = random_below(20) == 0 ? 0 : (journal_slot + 1) % 15;
    } else if (what < 85) {
      const uint32_t slot = next_pack % kMaxPacks;
      if (!put(*flash, Area::packs, slot, packs[slot])) return fail("write pack", slot, step);
      // One in ten is written once more, as after a power cut before the core's state was written.
      if (random_below(10) != 0) next_pack++;
    } else if (what < 95) {
      const uint32_t slot = step % 2;
      if (!put(*flash, Area::state, slot, states[slot])) return fail("write state", slot, step);
    } else {
      flash = new (place) FlashFiles(arguments[1]);
      if (!flash->begin()) return fail("restart", 0, step);
    }
    for (uint32_t slot = step % 8; slot < kMaxPacks; slot += 8) {
      if (!same(*flash, Area::packs, slot, packs[slot])) return fail("pack", slot, step);
    }
    for (uint32_t slot = 0; slot < 15; slot++) {
      if (journal[slot].there && !same(*flash, Area::journal, slot, journal[slot])) return fail("journal", slot, step);
    }
    for (uint32_t slot = 0; slot < 2; slot++) {
      if (!same(*flash, Area::state, slot, states[slot])) return fail("state", slot, step);
    }
  }

  // Power was cut while the journal moved: the new folder is there and empty, the old one isn't removed yet.
  char folder[64];
  struct stat status;
  uint32_t generation = 0;
  do {
    snprintf(folder, sizeof folder, "%s/journal-%u", arguments[1], static_cast<unsigned>(generation++));
  } while (generation < 10 && stat(folder, &status) != 0);
  if (generation == 1) return fail("the journal never moved", 0, 0);
  char newer[64];
  snprintf(newer, sizeof newer, "%s/journal-%u", arguments[1], static_cast<unsigned>(generation));
  if (mkdir(newer, 0755) != 0) return fail("mkdir", generation, 0);
  flash = new (place) FlashFiles(arguments[1]);
  uint8_t record[kMaxRecord];
  if (!flash->begin() || stat(folder, &status) == 0) return fail("two journals", generation, 0);
  if (flash->read(Area::journal, 0, record, sizeof record) != -1) return fail("old journal", generation, 0);

  static uint8_t too_long[FlashFiles::kCellBytes];
  if (flash->write(Area::packs, 0, too_long, sizeof too_long) || flash->written()) return fail("too long", 0, 0);
  uint8_t small[1];
  if (flash->read(Area::packs, (next_pack + kMaxPacks - 1) % kMaxPacks, small, 0) != -1) return fail("capacity", 0, 0);
  printf("ok\n");
  return 0;
}
