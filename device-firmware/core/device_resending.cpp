#include "device.h"

namespace enstratus {

/**
 * The number of the first pack in the ring that holds a document at or after (boot_id, seq); with `after`, the first whose documents all come after it.
 * Packs lie in the ring in the order of their documents, so that it is found by halving: a dozen reads, not a thousand.
 */
uint32_t Device::first_pack_at(uint32_t boot_id, uint32_t seq, bool after) const {
  const uint32_t kept = state_.next_pack < queue_.max_packs() ? state_.next_pack : queue_.max_packs();
  uint32_t low = state_.next_pack - kept;
  uint32_t high = state_.next_pack;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    StoredPack pack;
    uint32_t readable = middle;
    while (readable < high && !queue_.get(readable, pack)) readable++;
    if (readable == high) {
      high = middle;
      continue;
    }
    const uint64_t wanted = static_cast<uint64_t>(boot_id) << 32 | seq;
    const uint64_t first = static_cast<uint64_t>(pack.boot_id) << 32 | pack.first_seq;
    const bool before = after ? first <= wanted : first + pack.count - 1 < wanted;
    if (before) {
      low = readable + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Notes that packs are to be sent again; those that were never sent go out anyway, and at once. Up to 4 ranges wait; what overlaps one is added to it. */
int Device::resend(const ResendRange& range) {
  const uint32_t first = first_pack_at(range.boot_id, range.first_seq, false);
  const uint32_t end = first_pack_at(range.boot_id, range.last_seq, true);
  if (first >= end) return 0;
  if (end == state_.next_pack) newest_pack_at_ms_ = 0;
  const int count = static_cast<int>(end - first);
  const Resend asked{first, end < state_.unsent_pack ? end : state_.unsent_pack};
  if (asked.next >= asked.end) return count;
  for (Resend& waiting : resends_) {
    if (waiting.next >= waiting.end || asked.next > waiting.end || asked.end < waiting.next) continue;
    if (asked.next < waiting.next) waiting.next = asked.next;
    if (asked.end > waiting.end) waiting.end = asked.end;
    return count;
  }
  for (Resend& free : resends_) {
    if (free.next < free.end) continue;
    free = asked;
    return count;
  }
  return kBusy;
}

bool Device::resend_waits() const {
  for (const Resend& waiting : resends_) {
    if (waiting.next < waiting.end) return true;
  }
  return false;
}

/** The pack to be sent again next; only when one waits. */
uint32_t Device::next_resend() const {
  uint32_t next = UINT32_MAX;
  for (const Resend& waiting : resends_) {
    if (waiting.next < waiting.end && waiting.next < next) next = waiting.next;
  }
  return next;
}

void Device::resent(uint32_t pack) {
  for (Resend& waiting : resends_) {
    if (waiting.next < waiting.end && waiting.next == pack) waiting.next++;
  }
}

/** A pack can't be read (any more): what was asked for again may be gone, what was never sent is lost and counted. The next one goes at once. */
void Device::skip_pack(Sending what) {
  sending_ = Sending::nothing;
  if (what == Sending::again) {
    resent(sending_pack_);
    return;
  }
  state_.unsent_pack++;
  drop(1);
}

}  // namespace enstratus
