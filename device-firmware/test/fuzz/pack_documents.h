#pragma once
#include <string.h>

#include "../../core/pack_writer.h"
#include "fuzz_main.h"

/** Status documents made of bytes, always the same ones of the same. Behind the end of the bytes there are zeros. */
class DocumentSource {
 public:
  DocumentSource(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  bool at_end() const { return at_ >= size_; }
  uint8_t byte() { return at_ < size_ ? data_[at_++] : 0; }
  uint32_t number(int bytes) {
    uint32_t value = 0;
    for (; bytes > 0; bytes--) value = (value << 8) | byte();
    return value;
  }

  enstratus::RunState state() {
    const uint8_t choice = byte() % 16;
    if (choice < 8) return static_cast<enstratus::RunState>(choice % 7);
    return choice < 14 ? enstratus::RunState::solar : enstratus::RunState::none;
  }
  /** None, a bound, or anything between them; `last` more often than not, so that columns are sometimes equal. */
  int32_t reading(enstratus::Field field, int32_t last) {
    const enstratus::FieldInfo& info = enstratus::field_info(field);
    switch (byte() % 8) {
      case 0: return enstratus::kNoReading;
      case 1: return info.min_steps;
      case 2: return info.max_steps;
      case 3: return info.min_steps + static_cast<int32_t>(number(3) % static_cast<uint32_t>(info.max_steps - info.min_steps + 1));
      default: return last;
    }
  }
  enstratus::Readings readings(const enstratus::Readings& last) {
    enstratus::Readings made;
    made.run_state = state();
    for (size_t i = 0; i < enstratus::kNumberFields; i++) made.steps[i] = reading(static_cast<enstratus::Field>(i), last.steps[i]);
    return made;
  }
  /** 1 to 15 consecutive documents; answers how many. */
  size_t documents(enstratus::StatusDocument* documents) {
    const size_t count = 1 + byte() % enstratus::kMaxPackDocuments;
    const uint32_t every_s = byte() % 2 == 0 ? 60 : 1 + number(2) % 3600;
    const uint32_t span_s = every_s * static_cast<uint32_t>(count - 1);
    const uint32_t boot_id = number(4);
    uint32_t seq = number(4);
    if (seq > UINT32_MAX - count) seq = UINT32_MAX - static_cast<uint32_t>(count - 1);
    const uint32_t time_s = enstratus::kMinTime_s + number(4) % (UINT32_MAX - enstratus::kMinTime_s - span_s);
    enstratus::Readings last;
    for (size_t i = 0; i < count; i++) {
      last = readings(last);
      documents[i] = {boot_id, seq + static_cast<uint32_t>(i), time_s + every_s * static_cast<uint32_t>(i), last};
    }
    return count;
  }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

inline bool is_same(const enstratus::StatusDocument& one, const enstratus::StatusDocument& other) {
  return one.boot_id == other.boot_id && one.seq == other.seq && one.time_s == other.time_s && one.readings.run_state == other.readings.run_state &&
         memcmp(one.readings.steps, other.readings.steps, sizeof one.readings.steps) == 0;
}
