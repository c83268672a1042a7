#include "flash_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace enstratus {
namespace {

constexpr uint32_t kGenerations = 10;
constexpr uint32_t kJournalSlots = 15;
/** Length of the record and its slot, two bytes each, the lower one first. */
constexpr size_t kHeadBytes = 4;

bool exists(const char* path) {
  struct stat status;
  return stat(path, &status) == 0;
}

size_t size_of(const char* path) {
  struct stat status;
  return stat(path, &status) == 0 ? static_cast<size_t>(status.st_size) : 0;
}

unsigned number(uint32_t value) { return static_cast<unsigned>(value); }

}  // namespace

void FlashFiles::journal_folder(char* path, uint32_t generation) const {
  snprintf(path, kMaxPath, "%s/journal-%u", root_, number(generation % kGenerations));
}

void FlashFiles::path_of(char* path, Area area, uint32_t slot) const {
  switch (area) {
    case Area::state: snprintf(path, kMaxPath, "%s/state-%u", root_, number(slot)); break;
    case Area::schedule: snprintf(path, kMaxPath, "%s/schedule-%u", root_, number(slot)); break;
    case Area::packs: snprintf(path, kMaxPath, "%s/packs/%u", root_, number(slot / kPacksPerSegment)); break;
    case Area::journal: {
      char folder[kMaxPath - 16];
      snprintf(folder, sizeof folder, "%s/journal-%u", root_, number(journal_generation_));
      snprintf(path, kMaxPath, "%s/%u", folder, number(slot));
      break;
    }
  }
}

bool FlashFiles::begin() {
  char packs[kMaxPath];
  snprintf(packs, sizeof packs, "%s/packs", root_);
  if (!make_folder(root_) || !make_folder(packs)) return written_ = false;
  find_journal();
  char journal[kMaxPath];
  journal_folder(journal, journal_generation_);
  return written_ = make_folder(journal);
}

// Two folders are there when power was cut while the journal moved. The newer one holds the open pack: the journal moves at a pack's first document.
void FlashFiles::find_journal() {
  char path[kMaxPath];
  for (uint32_t generation = 0; generation < kGenerations; generation++) {
    journal_folder(path, generation);
    if (!exists(path)) continue;
    journal_folder(path, generation + 1);
    if (exists(path)) {
      remove_journal(generation);
      continue;
    }
    journal_generation_ = generation;
  }
}

void FlashFiles::remove_journal(uint32_t generation) const {
  char folder[kMaxPath - 16];
  char path[kMaxPath];
  snprintf(folder, sizeof folder, "%s/journal-%u", root_, number(generation % kGenerations));
  for (uint32_t slot = 0; slot < kJournalSlots; slot++) {
    snprintf(path, sizeof path, "%s/%u", folder, number(slot));
    unlink(path);
  }
  rmdir(folder);
}

bool FlashFiles::write(Area area, uint32_t slot, const uint8_t* data, size_t length) {
  if (area == Area::packs) return written_ = write_pack(slot, data, length);
  if (area == Area::journal) return written_ = write_journal(slot, data, length);
  char path[kMaxPath];
  path_of(path, area, slot);
  return written_ = replace_file(path, data, length);
}

int FlashFiles::read(Area area, uint32_t slot, uint8_t* data, size_t capacity) {
  if (area == Area::packs) return read_pack(slot, data, capacity);
  char path[kMaxPath];
  path_of(path, area, slot);
  return read_file(path, data, capacity);
}

bool FlashFiles::write_journal(uint32_t slot, const uint8_t* data, size_t length) {
  const uint32_t before = journal_generation_;
  if (slot == 0 && journal_writes_ >= kJournalWritesPerFolder) {
    char folder[kMaxPath];
    const uint32_t next = (before + 1) % kGenerations;
    journal_folder(folder, next);
    if (make_folder(folder)) {
      journal_generation_ = next;
      journal_writes_ = 0;
    }
  }
  char path[kMaxPath];
  path_of(path, Area::journal, slot);
  const bool done = replace_file(path, data, length);
  if (done) journal_writes_++;
  if (journal_generation_ != before) remove_journal(before);
  return done;
}

bool FlashFiles::write_pack(uint32_t slot, const uint8_t* data, size_t length) {
  if (length > kCellBytes - kHeadBytes) return false;
  char path[kMaxPath];
  path_of(path, Area::packs, slot);
  const uint32_t index = slot % kPacksPerSegment;
  // A segment with one cell was begun in this lap already: the same pack is written once more, and `old` is still needed.
  if (index == 0 && size_of(path) > kCellBytes) {
    char old[kMaxPath];
    snprintf(old, sizeof old, "%s/packs/old", root_);
    if (rename(path, old) != 0) return false;
  }
  memset(cell_, 0, sizeof cell_);
  cell_[0] = static_cast<uint8_t>(length);
  cell_[1] = static_cast<uint8_t>(length >> 8);
  cell_[2] = static_cast<uint8_t>(slot);
  cell_[3] = static_cast<uint8_t>(slot >> 8);
  memcpy(cell_ + kHeadBytes, data, length);
  const int file = open(path, O_WRONLY | O_CREAT, 0644);
  if (file < 0) return false;
  const auto place = static_cast<off_t>(index * kCellBytes);
  if (lseek(file, place, SEEK_SET) != place) {
    close(file);
    return false;
  }
  return write_and_close(file, cell_, kCellBytes);
}

int FlashFiles::read_cell(const char* path, uint32_t slot, uint8_t* data, size_t capacity) {
  const int file = open(path, O_RDONLY);
  if (file < 0) return -1;
  const auto place = static_cast<off_t>((slot % kPacksPerSegment) * kCellBytes);
  const bool there = lseek(file, place, SEEK_SET) == place && read_some(file, cell_, kCellBytes) == static_cast<int>(kCellBytes);
  close(file);
  if (!there) return -1;
  const size_t length = cell_[0] | static_cast<size_t>(cell_[1]) << 8;
  const uint32_t written_slot = cell_[2] | static_cast<uint32_t>(cell_[3]) << 8;
  if (length == 0 || length > kCellBytes - kHeadBytes || length > capacity || written_slot != (slot & 0xffff)) return -1;
  memcpy(data, cell_ + kHeadBytes, length);
  return static_cast<int>(length);
}

int FlashFiles::read_pack(uint32_t slot, uint8_t* data, size_t capacity) {
  char path[kMaxPath];
  path_of(path, Area::packs, slot);
  const int length = read_cell(path, slot, data, capacity);
  if (length >= 0) return length;
  snprintf(path, sizeof path, "%s/packs/old", root_);
  return read_cell(path, slot, data, capacity);
}

}  // namespace enstratus
