import { decodePack, packItem, packRetentionDays, type StatusDocument } from '@enstratus/contract';
import { annotate } from '@enstratus/platform/runtime';
import type { PublishDeviceEvent } from '../events/publish-device-event.ts';
import type { Clock } from '../log.ts';
import type { ArchivePack } from './archive.ts';
import { clockAhead } from './clock-ahead.ts';
import type { Refusal } from './delivery.ts';
import type { WriteDeviceLog } from './device-log.ts';
import { keepState } from './device-state.ts';
import { type DeviceProfile, type DeviceTable, type StoredPack, storedPack } from './device-table.ts';
import type { KeepLatest } from './latest-status.ts';
import type { NotedStates } from './noted-states.ts';
import { isPlainNext } from './plain-next.ts';
import type { SeenDevices } from './seen-devices.ts';
import { isGap, keepGaps } from './sequence-gaps.ts';
import { type TellWatchers, tellIfWatched } from './tell-watchers.ts';

/** PutLogEvents ("Actions: PutLogEvents"): not older than 14 days. */
const oldestLog_s = 14 * 86_400;

export interface PackStore {
  readonly table: DeviceTable;
  readonly states: NotedStates;
  /** What this environment has seen; one for all packs that it stores. */
  readonly seen: SeenDevices;
  readonly writeLog: WriteDeviceLog;
  readonly archive: ArchivePack;
  readonly publish: PublishDeviceEvent;
  readonly keepLatest: KeepLatest;
  readonly tellWatchers: TellWatchers;
  readonly clock: Clock;
}

export type StoreOutcome =
  | { readonly kind: 'accepted'; readonly count: number }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Stores a decoded pack: its documents in the device's log (too old ones in the archive), then the pack item, then what follows from
 * it (gaps, the newest status, the state, events); at the very end those who watch the device are told. Any step may be the last before a crash: the same
 * pack sent again does what is left, and no log lines twice once the item is there. Throws what AWS throws; nothing is answered as stored that is not.
 */
export async function storePack(
  device: DeviceProfile,
  decoded: { readonly pack: string; readonly documents: readonly StatusDocument[] },
  store: PackStore,
): Promise<StoreOutcome> {
  const { device_id } = device;
  const pack = storedPack(decoded.pack, decoded.documents);
  annotate({ boot_id: pack.first.boot_id, first_seq: pack.first.seq, documents: pack.documents.length });
  const now_s = Math.floor(store.clock() / 1000);
  const ahead = clockAhead(pack.last.time, now_s);
  if (ahead !== undefined) return { kind: 'refused', refusal: ahead };
  if (pack.first.time + packRetentionDays * 86_400 <= now_s) {
    await store.archive(device_id, pack);
    await store.keepLatest(device, pack.last, now_s, { isExpected: false });
    return { kind: 'accepted', count: pack.documents.length };
  }
  // The pack that follows the last one here is new: nothing that is stored can be at its place, except by a redelivery to two
  // environments at once, and then the condition of the put decides.
  const isNext = store.seen.isNext(device_id, pack);
  const { same, before, after } = isNext ? nothingAround : await surroundings(device_id, pack, store.table);
  if (same !== undefined && !sameDocuments(same.pack, pack))
    return refused('conflict', 'another pack with this boot_id and seq is stored', 'seq');
  if (same === undefined) {
    const overlapping = [before, after].find((other) => other !== undefined && overlaps(other, pack));
    if (overlapping !== undefined) {
      return refused('conflict', `its documents overlap with the stored pack of seq ${overlapping.first.seq}`, 'seq');
    }
    await writeDocuments(device_id, pack, now_s, store);
  }
  const existing = same?.pack ?? (await store.table.putPack(packItem(device_id, pack.pack, pack.documents, now_s)));
  if (existing !== undefined && !sameDocuments(existing, pack))
    return refused('conflict', 'another pack with this boot_id and seq is stored', 'seq');
  await follow(device, pack, { again: existing !== undefined, isLast: after === undefined, now_s }, store);
  store.seen.stored(device_id, pack);
  return existing === undefined ? { kind: 'accepted', count: pack.documents.length } : { kind: 'duplicate' };
}

interface Surroundings {
  readonly same: StoredPack | undefined;
  readonly before: StoredPack | undefined;
  readonly after: StoredPack | undefined;
}

const nothingAround: Surroundings = { same: undefined, before: undefined, after: undefined };

/** What is stored at a pack's place and right around it. One query when the pack belongs to the two newest, as it mostly does. */
async function surroundings(device_id: string, { sk }: StoredPack, table: DeviceTable): Promise<Surroundings> {
  const newest = await table.newestPacks(device_id, 2, { consistent: false });
  const same = newest.find((pack) => pack.sk === sk);
  const before = newest.find((pack) => pack.sk < sk);
  const after = newest.findLast((pack) => pack.sk > sk);
  if (same !== undefined || before !== undefined || newest.length < 2) return { same, before, after };
  const [[upTo], next] = await Promise.all([
    table.packsUpTo(device_id, sk, 1, { consistent: false }),
    table.packAfter(device_id, sk, { consistent: false }),
  ]);
  return upTo?.sk === sk ? { same: upTo, before: undefined, after: next } : { same: undefined, before: upTo, after: next };
}

/** Two packs of one boot never share documents: one that does was made anew, which the protocol forbids. */
function overlaps(stored: StoredPack, pack: StoredPack): boolean {
  if (stored.first.boot_id !== pack.first.boot_id) return false;
  return stored.sk < pack.sk ? stored.last.seq >= pack.first.seq : stored.first.seq <= pack.last.seq;
}

/** Whether a stored text holds the same documents, however it is written. */
function sameDocuments(text: string, pack: StoredPack): boolean {
  if (text === pack.pack) return true;
  const stored = decodePack(text);
  // Both are decoded by the same code, so the order of keys is the same.
  return stored.ok && JSON.stringify(stored.documents) === JSON.stringify(pack.documents);
}

async function writeDocuments(device_id: string, pack: StoredPack, now_s: number, store: PackStore): Promise<void> {
  const loggable = pack.documents.filter((document) => document.time > now_s - oldestLog_s);
  const tooOld = await store.writeLog(device_id, loggable);
  if (loggable.length < pack.documents.length || tooOld.length > 0) await store.archive(device_id, pack);
}

interface Place {
  /** The two newest packs in the table. */
  readonly newest: StoredPack | undefined;
  readonly second: StoredPack | undefined;
  /** Whether the pack is the newest, and whether nothing is missing before it. */
  readonly isNewest: boolean;
  readonly isInSequence: boolean;
}

/** Where a stored pack stands, read strongly so that of packs put at the same time at least one sees the other. */
async function placeOf(device_id: string, pack: StoredPack, table: DeviceTable): Promise<Place> {
  const [newest, second, third] = await table.newestPacks(device_id, 3, { consistent: true });
  const isNewest = newest?.sk === pack.sk;
  // The gap before the pack before is looked at once more: Particle does not send a delivery again that ended in between (Webhook reference, "Limits").
  const isInSequence = isNewest && !isGapBetween(second, pack) && !isGapBetween(third, second);
  return { newest, second, isNewest, isInSequence };
}

/**
 * What follows from a pack that is stored now: the device's newest status, gaps, its state; then those who watch it are told what came, be it old: a backfill fills their
 * chart. Mostly the write of the newest status tells that nothing else follows. The pack before this one may have crashed before it got here, so the status is brought up to the newest pack in the table. The same write answers what is noted
 * of the state, after the pack was put: whoever tells a change at once either finds the pack there, or is found here.
 */
async function follow(
  device: DeviceProfile,
  pack: StoredPack,
  { again, isLast, now_s }: { readonly again: boolean; readonly isLast: boolean; readonly now_s: number },
  store: PackStore,
): Promise<void> {
  const brought = isLast && !again ? await store.keepLatest(device, pack.last, now_s, { isExpected: true, pack }) : undefined;
  if (brought?.before !== undefined && isPlainNext(brought.before, pack)) {
    await tellIfWatched({ device, latest: brought, documents: pack.documents, now_s }, store.tellWatchers);
    return;
  }
  const { newest, second, isNewest, isInSequence } = await placeOf(device.device_id, pack, store.table);
  if (!isInSequence) await keepGaps(device, pack, store);
  const newestNow = newest === undefined || newest.last.time <= pack.last.time ? pack : newest;
  const latest =
    brought !== undefined && newestNow === pack ? brought : await store.keepLatest(device, newestNow.last, now_s, { isExpected: false });
  // The first try of a pack that comes again may have ended right before it followed the state, when a newer one was there already.
  const isFollowed =
    newest !== undefined && (isNewest || again) && (await keepState(device, latest.noted, { newest, previous: second }, store));
  // A pack that comes again was told by its first try, unless that one ended before it came to that.
  if (again && !(newestNow === pack && (latest.isBrought || isFollowed))) return;
  await tellIfWatched({ device, latest, documents: pack.documents, now_s }, store.tellWatchers);
}

function isGapBetween(before: StoredPack | undefined, after: StoredPack | undefined): boolean {
  return before !== undefined && after !== undefined && isGap(before, after);
}

function refused(reason: Refusal['reason'], detail: string, field: string): StoreOutcome {
  return { kind: 'refused', refusal: { reason, detail, field } };
}
