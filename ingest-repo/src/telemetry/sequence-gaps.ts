import {
  type DeviceGapClosed,
  type DeviceGapFound,
  eventIds,
  eventVersion,
  type GapItem,
  gapKey,
  packRetentionDays,
  toRfc3339,
} from '@enstratus/contract';
import type { PublishDeviceEvent } from '../events/publish-device-event.ts';
import type { Clock } from '../log.ts';
import type { DeviceProfile, DeviceTable, StoredPack } from './device-table.ts';

export interface GapKeeper {
  readonly table: DeviceTable;
  readonly publish: PublishDeviceEvent;
  readonly clock: Clock;
}

/** Where the documents between two packs that follow one another in time would stand. */
export interface Between {
  readonly boot_id: number;
  readonly first_missing_seq: number;
  /** Smaller than first_missing_seq when nothing is missing. */
  readonly last_missing_seq: number;
}

/**
 * What lies between two neighbours. Within a boot: the sequence between them. Across a boot: its beginning, since each starts at 0 (the end of the boot
 * before can't be known). undefined when nothing can be told: documents without a sequence of their own, or a clock that went wrong.
 */
export function between(before: StoredPack, after: StoredPack): Between | undefined {
  if (before.first.boot_id === 0 || after.first.boot_id === 0 || after.first.boot_id < before.first.boot_id) return undefined;
  return {
    boot_id: after.first.boot_id,
    first_missing_seq: before.first.boot_id === after.first.boot_id ? before.last.seq + 1 : 0,
    last_missing_seq: after.first.seq - 1,
  };
}

/** Whether documents are missing between two neighbours. */
export function isGap(before: StoredPack, after: StoredPack): boolean {
  const room = between(before, after);
  return room !== undefined && room.last_missing_seq >= room.first_missing_seq;
}

const maxRounds = 40;

/**
 * Makes the gap items around a pack right: records, shrinks and closes them, and tells. Packs of one device may arrive at the same time, and whoever writes
 * by what it has seen must not undo what another has seen since. Therefore all writers of a device's gaps take turns by the version of its
 * ledger: whoever finds it changed reads everything again. What is left of a first try that crashed is done by the same pack sent again; a write is
 * whole or not at all.
 *
 * A pack that is the newest and follows its neighbour without a hole needs none of this: no gap can be recorded where it stands.
 */
export async function keepGaps(device: DeviceProfile, pack: StoredPack, keeper: GapKeeper): Promise<void> {
  const { table } = keeper;
  const told = new Set<string>();
  for (let round = 0; round < maxRounds; round += 1) {
    const version = await table.gapLedgerVersion(device.device_id);
    const changes = await changesAround(device, pack, keeper);
    for (const event of changes.events.filter(({ event_id }) => !told.has(event_id))) {
      await keeper.publish(event);
      told.add(event.event_id);
    }
    if (await table.writeGaps(device.device_id, version, changes)) return;
  }
  throw new Error(`the gaps of ${device.device_id} could not be written in ${maxRounds} rounds`);
}

interface Place {
  readonly room: Between;
  readonly wanted: GapItem | undefined;
  readonly existing: GapItem | undefined;
}

interface GapChanges {
  readonly puts: GapItem[];
  readonly deletes: GapItem[];
  readonly events: (DeviceGapFound | DeviceGapClosed)[];
}

/** What is to change between a pack and its two neighbours, and before the neighbour that is older, as everything is now. */
async function changesAround(device: DeviceProfile, pack: StoredPack, keeper: GapKeeper): Promise<GapChanges> {
  const { device_id } = device;
  const [upTo, next] = await Promise.all([
    keeper.table.packsUpTo(device_id, pack.sk, 3, { consistent: true }),
    keeper.table.packAfter(device_id, pack.sk, { consistent: true }),
  ]);
  const packs = [...upTo.toReversed(), ...(next === undefined ? [] : [next])];
  const pairs = packs.flatMap((after, index) => {
    const before = packs[index - 1];
    const room = before === undefined ? undefined : between(before, after);
    return before === undefined || room === undefined ? [] : [{ room, wanted: wantedGap(device, before, after, room, keeper) }];
  });
  const places: Place[] = await Promise.all(
    pairs.map(async (pair) => ({ ...pair, existing: await keeper.table.gap(device_id, pair.room.boot_id, pair.room.first_missing_seq) })),
  );
  return changesAt(device, oneEach(places));
}

/**
 * Packs of two boots whose times lie among each other, as a clock that went wrong leaves them, have several places for one gap item. One is taken: the
 * earliest at which something is missing.
 */
function oneEach(places: readonly Place[]): Place[] {
  const taken = new Map<string, Place>();
  for (const place of places) {
    const key = `${place.room.boot_id}#${place.room.first_missing_seq}`;
    const other = taken.get(key);
    if (other === undefined || (other.wanted === undefined && place.wanted !== undefined)) taken.set(key, place);
  }
  return [...taken.values()];
}

function wantedGap(device: DeviceProfile, before: StoredPack, after: StoredPack, room: Between, { clock }: GapKeeper): GapItem | undefined {
  if (room.last_missing_seq < room.first_missing_seq) return undefined;
  return {
    ...gapKey(device.device_id, room.boot_id, room.first_missing_seq),
    last_missing_seq: room.last_missing_seq,
    after_time: before.last.time,
    before_time: after.first.time,
    found_at: Math.floor(clock() / 1000),
    ttl: after.first.time + packRetentionDays * 86_400,
  };
}

function changesAt(device: DeviceProfile, places: readonly Place[]): GapChanges {
  const changes: GapChanges = { puts: [], deletes: [], events: [] };
  for (const { room, wanted, existing } of places) {
    if (wanted === undefined && existing !== undefined) {
      const isRestKept = places.some((other) => other.wanted !== undefined && reaches(existing, room, other.room));
      if (!isRestKept) changes.events.push(gapClosed(device, room, existing));
      changes.deletes.push(existing);
    }
    if (wanted === undefined || existing?.last_missing_seq === wanted.last_missing_seq) continue;
    const known = existing ?? places.find((other) => other.existing !== undefined && reaches(other.existing, other.room, room))?.existing;
    if (known === undefined) changes.events.push(gapFound(device, room, wanted));
    changes.puts.push({ ...wanted, found_at: known?.found_at ?? wanted.found_at });
  }
  return changes;
}

/** Whether a known gap covers the beginning of another place, so that what is missing there is not news. */
function reaches(gap: GapItem, at: Between, other: Between): boolean {
  return at.boot_id === other.boot_id && at.first_missing_seq < other.first_missing_seq && gap.last_missing_seq >= other.first_missing_seq;
}

function gapFound(device: DeviceProfile, at: Between, gap: GapItem): DeviceGapFound {
  const event_id = eventIds.gapFound(device.device_id, at.boot_id, at.first_missing_seq, gap.last_missing_seq);
  return { type: 'device.gap_found', event_id, ...gapDetails(device, at, gap) };
}

function gapClosed(device: DeviceProfile, at: Between, gap: GapItem): DeviceGapClosed {
  const event_id = eventIds.gapClosed(device.device_id, at.boot_id, at.first_missing_seq, gap.last_missing_seq);
  return { type: 'device.gap_closed', event_id, ...gapDetails(device, at, gap) };
}

function gapDetails({ device_id, path }: DeviceProfile, { boot_id, first_missing_seq }: Between, gap: GapItem) {
  return {
    version: eventVersion,
    device_id,
    path,
    time: toRfc3339(gap.before_time),
    boot_id,
    first_missing_seq,
    last_missing_seq: gap.last_missing_seq,
    after_time: toRfc3339(gap.after_time),
    before_time: toRfc3339(gap.before_time),
  } as const;
}
