import { isDeepStrictEqual } from 'node:util';
import type { StatusDocument, ToldChange } from '@enstratus/contract';
import type { PublishDeviceEvent } from '../events/publish-device-event.ts';
import type { Clock } from '../log.ts';
import { clockAhead } from './clock-ahead.ts';
import type { Refusal } from './delivery.ts';
import { after, keepState, same, toldChangeEvent } from './device-state.ts';
import type { DeviceProfile, DeviceTable } from './device-table.ts';
import type { KeepLatest, KeptLatest } from './latest-status.ts';
import type { NotedStates } from './noted-states.ts';
import { type TellWatchers, tellIfWatched } from './tell-watchers.ts';

export interface ChangeTaker {
  readonly table: DeviceTable;
  readonly states: NotedStates;
  readonly publish: PublishDeviceEvent;
  readonly keepLatest: KeepLatest;
  readonly tellWatchers: TellWatchers;
  readonly clock: Clock;
}

/** What the item keeps of them: a device tells at most one in 10 s, and one that flutters longer is told twice at worst. */
const maxToldChanges = 12;
const maxRounds = 10;

/**
 * Takes a change of run state or fault code that the device told at once (`status/changed`): an event, then its state and its newest status in one write, and
 * those who watch. Nothing is stored of the document; its pack comes later, and tells what of this got lost. What is older than the newest pack or than what
 * the item says changes nothing; a pack whose function failed between its own write and that of the item is not seen, and the next pack, or its own next delivery, puts that right.
 * Answers why it is refused, or undefined. Throws what AWS throws; the same delivery again makes good what a crash left out, but for the look at a pack that came in between, which the next pack has.
 */
export async function takeChange(device: DeviceProfile, document: StatusDocument, taker: ChangeTaker): Promise<Refusal | undefined> {
  const now_s = Math.floor(taker.clock() / 1000);
  const refusal = clockAhead(document.time, now_s);
  if (refusal !== undefined) return refusal;
  const { latest, isNews, cameBetween } = await keepTold(device, { document, received_at: now_s }, taker);
  if (cameBetween) await followNewest(device, taker);
  if (isNews || latest.isBrought) await tellIfWatched({ device, latest, documents: [document], now_s }, taker.tellWatchers);
  return undefined;
}

/** Follows the newest pack with what is noted now: it came while a change was written, and may have been followed by what was noted before. */
async function followNewest(device: DeviceProfile, taker: ChangeTaker): Promise<void> {
  const [newest, previous] = await taker.table.newestPacks(device.device_id, 2, { consistent: true });
  if (newest === undefined) return;
  const { noted } = await taker.states.read(device);
  await keepState(device, noted, { newest, previous }, taker);
}

interface Kept {
  readonly latest: KeptLatest;
  /** Whether it was written now. */
  readonly isNews: boolean;
  /** Whether it was written, and a pack may have come between the read of what is noted and that. */
  readonly cameBetween: boolean;
}

/**
 * Publishes the change, once, and then writes it, unless a pack or another change is as new or newer: then it is a contact, and a newest status perhaps.
 *
 * The item of the newest status tells of packs as well, so nearly always none is read: packs write there after they are put, one after the other, and the newest
 * document is as new as the newest of theirs. What has written there before this reads is older than the change if that document is; what writes between this read and
 * this write moves the document or the place of the newest pack, or ends in a state that refuses this write; and what writes later finds the change in its answer.
 */
async function keepTold(
  device: DeviceProfile,
  heard: { readonly document: StatusDocument; readonly received_at: number },
  { table, states, publish, keepLatest }: ChangeTaker,
): Promise<Kept> {
  const { document, received_at } = heard;
  const { boot_id, seq, time } = document;
  let told: ToldChange | undefined;
  for (let round = 0; round < maxRounds; round += 1) {
    const read = await states.read(device);
    const { state, state_time, told_changes } = read.noted;
    // A live sample may be as new, and says nothing of packs.
    const isOvertaken = (read.time ?? 0) >= time;
    const [newest] = isOvertaken ? await table.newestPacks(device.device_id, 1, { consistent: true }) : [];
    if ((state_time ?? 0) >= time || (newest?.last.time ?? 0) >= time) {
      const latest = await keepLatest(device, document, received_at, { isExpected: !isOvertaken });
      return { latest, isNews: false, cameBetween: false };
    }
    if (told === undefined) {
      told = { time, boot_id, seq, from: state, to: after(state, document) };
      if (!same(told.from, told.to)) await publish(toldChangeEvent(device, told));
    }
    // A pack is followed from the one before it on. What was told before that one is of no use, and would make the item a second write unit.
    const [, , , second_time = 0] = read.packed_before ?? [];
    const kept = told_changes.filter((one) => one.time >= second_time);
    const written = await states.setTold(device, read, { state: told.to, told_changes: [...kept, told].slice(-maxToldChanges) }, heard);
    if (written === undefined) continue;
    return { latest: written.latest, isNews: true, cameBetween: isOvertaken || !isDeepStrictEqual(written.before.packed, read.packed) };
  }
  throw new Error(`the newest status of ${device.device_id} was changed by others ${maxRounds} times in between`);
}
