import type { StatusDocument } from '@enstratus/contract';
import type { Clock } from '../log.ts';
import { clockAhead } from './clock-ahead.ts';
import type { Refusal } from './delivery.ts';
import type { DeviceProfile } from './device-table.ts';
import type { KeepLatest } from './latest-status.ts';
import { type TellWatchers, tellIfWatched } from './tell-watchers.ts';

export interface SampleShower {
  readonly keepLatest: KeepLatest;
  readonly tellWatchers: TellWatchers;
  readonly clock: Clock;
}

/**
 * Shows a sample as it was taken (`status/live`): the newest status, and those who watch. It is not stored: its pack comes later. 1 write unit. Answers why it is refused, or undefined. Throws what DynamoDB throws.
 */
export async function showSample(device: DeviceProfile, document: StatusDocument, shower: SampleShower): Promise<Refusal | undefined> {
  const now_s = Math.floor(shower.clock() / 1000);
  const refusal = clockAhead(document.time, now_s);
  if (refusal !== undefined) return refusal;
  const latest = await shower.keepLatest(device, document, now_s, { isExpected: true });
  await tellIfWatched({ device, latest, documents: [document], now_s }, shower.tellWatchers);
  return undefined;
}
