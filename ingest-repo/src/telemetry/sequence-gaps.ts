import {
  type DeviceGapClosed,
  type DeviceGapFound,
  eventIds,
  eventVersion,
  type GapItem,
  gapKey,
  packRetentionDays,
  packSortKeysBetween,
  toRfc3339,
} from '@enstratus/contract';
import type { PublishDeviceEvent } from '../events/publish-device-event.ts';
import type { Clock } from '../log.ts';
import type { Device, DeviceTable, StoredPack } from './device-table.ts';

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

const maxRounds = 20;

/**
 * Makes the gap items between neighbouring packs right: records, shrinks and closes them, and tells. A gap belongs to the place right after a pack, so two
 * packs that arrive at the same time may write the same item from what each has seen. Therefore, after writing, the neighbours are read
 * again, and when others have come between them all is done once more: whoever writes last has seen all.
 *
 * @param neighbours In order: the pack that was just put, with the packs right before and after it.
 */
export async function keepGaps(device: Device, neighbours: readonly StoredPack[], keeper: GapKeeper): Promise<void> {
  let packs = neighbours;
  const [from, to] = [packs[0]?.sk, packs.at(-1)?.sk];
  if (from === undefined || to === undefined || from === to) return;
  for (let round = 0; round < maxRounds; round += 1) {
    const wrote = await settle(device, packs, keeper);
    if (!wrote) return;
    const now = await keeper.table.packsBetween(device.device_id, from, to);
    if (now.length === packs.length && now.every((pack, index) => pack.sk === packs[index]?.sk)) return;
    packs = now;
  }
  throw new Error(`the gaps of ${device.device_id} did not come to rest in ${maxRounds} rounds`);
}

/** The packs from the one before to the one after a pack, as they are now. */
export async function neighbourhood(device_id: string, { sk }: StoredPack, table: DeviceTable): Promise<StoredPack[]> {
  const [upTo, after] = await Promise.all([
    table.packsUpTo(device_id, sk, 2, { consistent: true }),
    table.packAfter(device_id, sk, { consistent: true }),
  ]);
  return [...upTo.toReversed(), ...(after === undefined ? [] : [after])];
}

/**
 * Makes good what the first try of a pack may have left when it ended between writing a gap and seeing that others had come between: a gap that ends or begins
 * at this pack though another pack stands there now.
 *
 * @param neighbours As `neighbourhood` answers them.
 */
export async function repairGaps(device: Device, pack: StoredPack, neighbours: readonly StoredPack[], keeper: GapKeeper): Promise<void> {
  const { table } = keeper;
  const { device_id } = device;
  for (const boot_id of new Set(neighbours.map(({ first }) => first.boot_id))) {
    for (const gap of await table.gapsOfBoot(device_id, boot_id)) {
      if (gap.before_time !== pack.first.time && gap.after_time !== pack.last.time) continue;
      const [owner] = await table.packsUpTo(device_id, packSortKeysBetween(0, gap.after_time).last, 1, { consistent: true });
      if (owner === undefined) continue;
      const around = await table.packsBetween(device_id, owner.sk, packSortKeysBetween(0, gap.before_time).last);
      if (around.length > 2) await keepGaps(device, around, keeper);
    }
  }
}

interface Place {
  readonly room: Between;
  readonly wanted: GapItem | undefined;
  readonly existing: GapItem | undefined;
}

/** Writes what differs, from the right to the left: the rest of a gap that was split is there before its first part gets smaller. */
async function settle(device: Device, packs: readonly StoredPack[], keeper: GapKeeper): Promise<boolean> {
  const pairs = packs.flatMap((after, index) => {
    const before = packs[index - 1];
    const room = before === undefined ? undefined : between(before, after);
    return before === undefined || room === undefined ? [] : [{ room, wanted: wantedGap(device, before, after, room, keeper) }];
  });
  const places: Place[] = await Promise.all(
    pairs.map(async (pair) => ({
      ...pair,
      existing: await keeper.table.gap(device.device_id, pair.room.boot_id, pair.room.first_missing_seq),
    })),
  );
  let wrote = false;
  for (const place of places.toReversed()) wrote = (await settlePlace(device, place, places, keeper)) || wrote;
  return wrote;
}

function wantedGap(device: Device, before: StoredPack, after: StoredPack, room: Between, { clock }: GapKeeper): GapItem | undefined {
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

async function settlePlace(
  device: Device,
  { room, wanted, existing }: Place,
  places: readonly Place[],
  keeper: GapKeeper,
): Promise<boolean> {
  if (wanted === undefined) {
    if (existing === undefined) return false;
    const isRestKept = places.some((other) => other.wanted !== undefined && reaches(existing, room, other.room));
    if (!isRestKept) await keeper.publish(gapClosed(device, room, existing));
    await keeper.table.deleteGap(existing);
    return true;
  }
  // Smaller already: somebody has seen more than we have.
  if (existing !== undefined && existing.last_missing_seq <= wanted.last_missing_seq) return false;
  const known = existing ?? places.find((other) => other.existing !== undefined && reaches(other.existing, other.room, room))?.existing;
  if (known === undefined) await keeper.publish(gapFound(device, room, wanted));
  await keeper.table.putGap({ ...wanted, found_at: known?.found_at ?? wanted.found_at });
  return true;
}

/** Whether a known gap covers the beginning of another place, so that what is missing there is not news. */
function reaches(gap: GapItem, at: Between, other: Between): boolean {
  return at.boot_id === other.boot_id && at.first_missing_seq < other.first_missing_seq && gap.last_missing_seq >= other.first_missing_seq;
}

function gapFound(device: Device, at: Between, gap: GapItem): DeviceGapFound {
  const event_id = eventIds.gapFound(device.device_id, at.boot_id, at.first_missing_seq, gap.last_missing_seq);
  return { type: 'device.gap_found', event_id, ...gapDetails(device, at, gap) };
}

function gapClosed(device: Device, at: Between, gap: GapItem): DeviceGapClosed {
  const event_id = eventIds.gapClosed(device.device_id, at.boot_id, at.first_missing_seq, gap.last_missing_seq);
  return { type: 'device.gap_closed', event_id, ...gapDetails(device, at, gap) };
}

function gapDetails({ device_id, path }: Device, { boot_id, first_missing_seq }: Between, gap: GapItem) {
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
