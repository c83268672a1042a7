import type { StatusDocument } from '@enstratus/contract';
import type { PublishDeviceEvent } from '../events/publish-device-event.ts';
import type { Clock } from '../log.ts';
import { clockAhead } from './clock-ahead.ts';
import type { Refusal } from './delivery.ts';
import { after, keepState, same, toldChangeEvent } from './device-state.ts';
import type { Device, DeviceTable, StoredPack, ToldChange } from './device-table.ts';
import type { KeepLatest } from './latest-status.ts';
import { type TellWatchers, tellIfWatched } from './tell-watchers.ts';

export interface ChangeTaker {
  readonly table: DeviceTable;
  readonly publish: PublishDeviceEvent;
  readonly keepLatest: KeepLatest;
  readonly tellWatchers: TellWatchers;
  readonly clock: Clock;
}

/** What the item keeps of them: a device tells at most one in 10 s, and one that flutters longer is told twice at worst. */
const maxToldChanges = 12;
const maxRounds = 10;

/**
 * Takes a change of run state or fault code that the device told at once (`status/changed`): an event, the state on the device's item, the newest status,
 * and those who watch. Nothing is stored of the document; its pack comes later, and tells what of this got lost. What is older than the newest pack or than what
 * the item says changes nothing. Answers why it is refused, or undefined. Throws what AWS throws; the same delivery again makes good what a crash left out.
 */
export async function takeChange(device_id: string, document: StatusDocument, taker: ChangeTaker): Promise<Refusal | undefined> {
  const now_s = Math.floor(taker.clock() / 1000);
  const refusal = clockAhead(document.time, now_s);
  if (refusal !== undefined) return refusal;
  const { device, newest, isNews } = await keepTold(device_id, document, taker);
  const latest = await taker.keepLatest(device, document, now_s, { isExpected: true, changed_at: document.time });
  // Whoever put a pack meanwhile and looked at the newest status before it was written now may have followed the pack without knowing of this.
  const [last, second] = isNews ? await taker.table.newestPacks(device_id, 2, { consistent: true }) : [];
  if (last !== undefined && last.sk !== newest?.sk) await keepState(await taker.table.device(device_id), last, second, taker);
  if (isNews || latest.isBrought) await tellIfWatched({ device, latest, documents: [document], now_s }, taker.tellWatchers);
  return undefined;
}

interface Kept {
  readonly device: Device;
  /** The newest pack when the state was written. */
  readonly newest: StoredPack | undefined;
  /** Whether it was written now. */
  readonly isNews: boolean;
}

/** Publishes the change, once, and then writes it, unless a pack or another change is as new or newer. */
async function keepTold(device_id: string, document: StatusDocument, { table, publish }: ChangeTaker): Promise<Kept> {
  const { boot_id, seq, time } = document;
  let told: ToldChange | undefined;
  for (let round = 0; round < maxRounds; round += 1) {
    const [device, [newest, second]] = await Promise.all([table.device(device_id), table.newestPacks(device_id, 2, { consistent: true })]);
    if ((device.state_time ?? 0) >= time || (newest?.last.time ?? 0) >= time) return { device, newest, isNews: false };
    if (told === undefined) {
      told = { time, boot_id, seq, from: device.state, to: after(device.state, document) };
      if (!same(told.from, told.to)) await publish(toldChangeEvent(device, told));
    }
    // A pack is followed from the one before it on. What was told before that one is of no use, and would make the item a second write unit in the table and each index.
    const kept = device.told_changes.filter((one) => second === undefined || one.time >= second.first.time);
    if (await table.setTold(device, told.to, [...kept, told].slice(-maxToldChanges), time)) return { device, newest, isNews: true };
  }
  throw new Error(`the state of ${device_id} was changed by others ${maxRounds} times in between`);
}
