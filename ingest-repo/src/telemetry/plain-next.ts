import type { PackPlace } from '@enstratus/contract';
import { after, same } from './device-state.ts';
import type { StoredPack } from './device-table.ts';
import type { KnownLatest } from './latest-item.ts';

/** A pack's place as the item of the newest status tells it. */
export const placeInSequence = ({ first, last }: StoredPack): PackPlace => [first.boot_id, first.seq, last.seq, first.time];

/**
 * Whether nothing follows from a pack but that it is the newest: no gap, no change of state, and nothing that a crash has left out. That is what nearly all packs are, and
 * their own write of the newest status tells it.
 *
 * It needs what that write found: the last document of the pack before this one, which itself followed the one before it (else its gap is looked at once more); and
 * one state that is noted, at the end of that pack and in all documents of this one, with no change told at once since that pack began. All packs are put before
 * they are written there, and those writes come one after the other: of two packs at the same time the later write finds the other's, or is refused.
 *
 * @param before The item right before the pack's last document was written into it.
 */
export function isPlainNext({ document, packed, packed_before, noted }: KnownLatest, pack: StoredPack): boolean {
  if (document === undefined || packed === undefined || packed_before === undefined) return false;
  const [boot_id, , last_seq, first_time] = packed;
  const { state, told_changes } = noted;
  return (
    follows(packed, placeInSequence(pack)) &&
    follows(packed_before, packed) &&
    document.boot_id === boot_id &&
    document.seq === last_seq &&
    told_changes.every(({ time }) => time < first_time) &&
    [document, ...pack.documents].every((one) => same(after(state, one), state))
  );
}

/** Within one boot, without a hole and forward in time. */
const follows = ([before_boot, , before_last, before_time]: PackPlace, [boot_id, first_seq, , first_time]: PackPlace): boolean =>
  boot_id !== 0 && before_boot === boot_id && before_last + 1 === first_seq && before_time < first_time;
