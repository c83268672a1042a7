#pragma once
#include "core/platform.h"
#include "files.h"

namespace enstratus {

/**
 * The core's flash as files on the Boron's LittleFS (2 MB in blocks of 4 KB: docs.particle.io, "File system").
 *
 * LittleFS writes everything behind a changed place of a file anew, so the ring of packs is not one file: 16 packs make a segment that is only
 * appended to. When its first slot comes around again the segment becomes `old` and serves those of its slots that are not written yet.
 *
 * A folder's own two blocks are erased in turn at each change in it, and LittleFS's first format (the one that Device OS's sources show) does not move
 * them before they fail. The journal changes once a minute, so it moves to a new folder, and so to other blocks, every 500 writes.
 */
class FlashFiles final : public Flash {
 public:
  /** @param root A folder such as `/usr/enstratus`; the one above it must be there. Kept, not copied. */
  explicit FlashFiles(const char* root) : root_(root) {}

  /** Makes the folders. False when the file system can't be used. */
  bool begin();
  bool write(Area area, uint32_t slot, const uint8_t* data, size_t length) override;
  int read(Area area, uint32_t slot, uint8_t* data, size_t capacity) override;
  /** Whether the core's last write was done: what it knows is in flash. */
  bool written() const { return written_; }

  static constexpr uint32_t kPacksPerSegment = 16;
  /** One record with its head. 16 of them fill four blocks, whatever a pack's size. */
  static constexpr size_t kCellBytes = 1000;
  static constexpr uint32_t kJournalWritesPerFolder = 500;

 private:
  bool write_pack(uint32_t slot, const uint8_t* data, size_t length);
  int read_pack(uint32_t slot, uint8_t* data, size_t capacity);
  int read_cell(const char* path, uint32_t slot, uint8_t* data, size_t capacity);
  bool write_journal(uint32_t slot, const uint8_t* data, size_t length);
  void find_journal();
  void journal_folder(char* path, uint32_t generation) const;
  void remove_journal(uint32_t generation) const;
  void path_of(char* path, Area area, uint32_t slot) const;

  const char* root_;
  uint32_t journal_generation_ = 0;
  uint32_t journal_writes_ = 0;
  bool written_ = true;
  uint8_t cell_[kCellBytes];
};

}  // namespace enstratus
