import type { AlarmSummary } from '../../shapes/alarms.ts';
import { duration, number, shortName } from '../data/wording.ts';
import type { Tone } from '../design/parts.tsx';

export const STATE_WORDS: Readonly<Record<AlarmSummary['state'], string>> = {
  alarm: 'Alarm',
  insufficient_data: 'No data',
  ok: 'OK',
};

export const STATE_TONES: Readonly<Record<AlarmSummary['state'], Tone>> = { alarm: 'fault', insufficient_data: 'quiet', ok: 'good' };

/** `ReceiveStatusErrors` of the name that CloudFormation made of `Alarms`, `ReceiveStatusErrors` and `Alarm`. */
export function alarmName(name: string): string {
  const plain = shortName(name).replace(/Alarm$/, '');
  return /^Alarms?[A-Z]/.test(plain) ? plain.replace(/^Alarms?/, '') : plain;
}

/** `≥ 3 in 2 of 3 periods of 5 min` */
export function condition({ comparison, threshold, datapoints, periods, period_s }: AlarmSummary): string {
  const length = duration(period_s * 1000).replace('.00', '');
  if (periods === 1) return `${comparison} ${number(threshold)} in ${length}`;
  return `${comparison} ${number(threshold)} in ${datapoints === periods ? `${periods}` : `${datapoints} of ${periods}`} periods of ${length}`;
}

const MISSING_WORDS: Readonly<Record<string, string>> = {
  notBreaching: 'no alarm',
  breaching: 'an alarm',
  ignore: 'no change',
  missing: 'no data',
};

/** What a period without a value means. */
export function missingWords(missing: string): string {
  return MISSING_WORDS[missing] ?? missing;
}
