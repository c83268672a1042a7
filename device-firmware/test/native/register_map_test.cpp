#include "../../core/register_map.h"
#include "check.h"

using namespace enstratus;

namespace {

constexpr const RegisterMap* kMaps[] = {&kInvtMap, &kOptidriveMap};

const RegisterMap::Block* block_of(const RegisterMap& map, uint16_t address) {
  for (size_t i = 0; i < map.block_count; i++) {
    const RegisterMap::Block& block = map.blocks[i];
    if (address >= block.address && address - block.address < block.count) return &block;
  }
  return nullptr;
}

}  // namespace

TEST(maps_are_found_by_name) {
  for (const RegisterMap* map : kMaps) CHECK(find_register_map(map->name) == map);
  CHECK(find_register_map("") == nullptr);
  CHECK(find_register_map("INVT") == nullptr);
}

TEST(blocks_are_such_as_a_drive_gives) {
  for (const RegisterMap* map : kMaps) {
    CHECK(map->block_count >= 1 && map->block_count <= kMaxBlocks);
    for (size_t i = 0; i < map->block_count; i++) {
      const RegisterMap::Block& block = map->blocks[i];
      CHECK(block.count >= 1 && block.count <= kMaxBlockRegisters);
      CHECK(block.address + block.count - 1 < kNoRegister);
      for (size_t j = 0; j < i; j++) CHECK(block_of(*map, map->blocks[j].address) == &map->blocks[j]);
    }
  }
}

TEST(every_reading_lies_in_a_block) {
  for (const RegisterMap* map : kMaps) {
    for (size_t i = 0; i < map->reading_count; i++) {
      const ReadingRegister& row = map->readings[i];
      CHECK(block_of(*map, row.address) != nullptr);
      CHECK(row.times == kNoRegister || block_of(*map, row.times) != nullptr);
      CHECK(row.when.address == kNoRegister || block_of(*map, row.when.address) != nullptr);
      CHECK(row.denominator > 0);
      CHECK(row.field != Field::signal_pct);
      for (size_t j = 0; j < i; j++) CHECK(map->readings[j].field != row.field);
    }
  }
}

TEST(state_and_fault_are_polled) {
  for (const RegisterMap* map : kMaps) {
    for (size_t i = 0; i < map->state_count; i++) {
      for (const Condition& condition : map->states[i].all) {
        if (condition.address == kNoRegister) continue;
        const RegisterMap::Block* block = block_of(*map, condition.address);
        CHECK(block != nullptr && block->polled);
        CHECK(condition.low <= condition.high && (condition.high & ~condition.mask) == 0);
      }
    }
    bool has_fault_code = false;
    for (size_t i = 0; i < map->reading_count; i++) {
      if (map->readings[i].field != Field::fault_code) continue;
      has_fault_code = true;
      const RegisterMap::Block* block = block_of(*map, map->readings[i].address);
      CHECK(block != nullptr && block->polled);
    }
    CHECK(has_fault_code);
  }
}

TEST(every_drive_can_be_started_stopped_and_reset) {
  for (const RegisterMap* map : kMaps) {
    CHECK(map->start.address != kNoRegister && map->stop.address != kNoRegister && map->reset_fault.address != kNoRegister);
    CHECK(map->start.address != map->stop.address || map->start.value != map->stop.value);
    CHECK(map->limit_address == kNoRegister || map->limit_denominator > 0);
  }
}

int main() { return finish(); }
