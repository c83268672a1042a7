import type { StatusDocument, ToldChange } from '@enstratus/contract';
import type { PublishDeviceEvent } from '../events/publish-device-event.ts';
import type { Clock } from '../log.ts';
import { clockAhead } from './clock-ahead.ts';
import type { Refusal } from './delivery.ts';
import { after, keepState, same, toldChangeEvent } from './device-state.ts';
import type { DeviceProfile, DeviceTable, StoredPack } from './device-table.ts';
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
 * the item says changes nothing. Answers why it is refused, or undefined. Throws what AWS throws; the same delivery again makes good what a crash left out.
 */
export async function takeChange(device: DeviceProfile, document: StatusDocument, taker: ChangeTaker): Promise<Refusal | undefined> {
  const now_s = Math.floor(taker.clock() / 1000);
  const refusal = clockAhead(document.time, now_s);
  if (refusal !== undefined) return refusal;
  const { latest, newest, isNews } = await keepTold(device, { document, received_at: now_s }, taker);
  // A pack that came meanwhile may have been followed by what was noted before this was.
  const [last, second] = isNews ? await taker.table.newestPacks(device.device_id, 2, { consistent: true }) : [];
  if (last !== undefined && last.sk !== newest?.sk) {
    const { noted } = await taker.states.read(device);
    await keepState(device, noted, { newest: last, previous: second }, taker);
  }
  if (isNews || latest.isBrought) await tellIfWatched({ device, latest, documents: [document], now_s }, taker.tellWatchers);
  return undefined;
}

interface Kept {
  readonly latest: KeptLatest;
  /** The newest pack before the state was written. */
  readonly newest: StoredPack | undefined;
  /** Whether it was written now. */
  readonly isNews: boolean;
}

/** Publishes the change, once, and then writes it, unless a pack or another change is as new or newer: then it is a contact, and a newest status perhaps. */
async function keepTold(
  device: DeviceProfile,
  heard: { readonly document: StatusDocument; readonly received_at: number },
  { table, states, publish, keepLatest }: ChangeTaker,
): Promise<Kept> {
  const { document, received_at } = heard;
  const { boot_id, seq, time } = document;
  let told: ToldChange | undefined;
  for (let round = 0; round < maxRounds; round += 1) {
    const [read, [newest, second]] = await Promise.all([states.read(device), table.newestPacks(device.device_id, 2, { consistent: true })]);
    const { state, state_time, told_changes } = read.noted;
    if ((state_time ?? 0) >= time || (newest?.last.time ?? 0) >= time) {
      const latest = await keepLatest(device, document, received_at, { isExpected: (read.time ?? 0) < time });
      return { latest, newest, isNews: false };
    }
    if (told === undefined) {
      told = { time, boot_id, seq, from: state, to: after(state, document) };
      if (!same(told.from, told.to)) await publish(toldChangeEvent(device, told));
    }
    // A pack is followed from the one before it on. What was told before that one is of no use, and would make the item a second write unit.
    const kept = told_changes.filter((one) => second === undefined || one.time >= second.first.time);
    const latest = await states.setTold(device, read, { state: told.to, told_changes: [...kept, told].slice(-maxToldChanges) }, heard);
    if (latest !== undefined) return { latest, newest, isNews: true };
  }
  throw new Error(`the newest status of ${device.device_id} was changed by others ${maxRounds} times in between`);
}
