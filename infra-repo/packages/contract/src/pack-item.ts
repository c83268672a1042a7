import { packKey } from './keys.ts';
import { packRetentionDays } from './names.ts';
import type { StatusDocument } from './status-document.ts';

/**
 * A pack in the table. It carries no more than this, so that any pack of 780 bytes is one write unit, and stands in no index.
 * `pack` is always a valid version 1 pack (`decodePack` reads it).
 */
export interface PackItem {
  readonly pk: string;
  readonly sk: string;
  /** The text as received; for a plain document its canonical pack. */
  readonly pack: string;
  readonly count: number;
  /** Epoch seconds. */
  readonly received_at: number;
  /** Epoch seconds: 35 days after the first document. */
  readonly ttl: number;
}

/**
 * The item of a pack.
 *
 * @param documents The decoded documents of `pack`, at least one.
 * @param received_at Epoch seconds.
 */
export function packItem(device_id: string, pack: string, documents: readonly StatusDocument[], received_at: number): PackItem {
  const [first] = documents;
  if (first === undefined) throw new RangeError('a pack has at least one document');
  return {
    ...packKey(device_id, first),
    pack,
    count: documents.length,
    received_at,
    ttl: first.time + packRetentionDays * 86_400,
  };
}

/** Missing documents of a device between two that are there, within one boot. Key: `gapKey`. */
export interface GapItem {
  readonly pk: string;
  /** Holds boot_id and the first missing seq. */
  readonly sk: string;
  readonly last_missing_seq: number;
  /** Time of the last document before the gap, epoch seconds. */
  readonly after_time: number;
  /** Time of the first document after the gap, epoch seconds. */
  readonly before_time: number;
  /** Epoch seconds. */
  readonly found_at: number;
  readonly ttl: number;
}
