import type { FeatureName, Sample } from './features.ts';

/** A year's twelfth. */
export const days = 365.25 / 12;
const workingDays = 22;
const tableDays = 35;
const logDays = 30;

/** How often something is done in a month, and why that is said. */
export interface Done {
  readonly feature: FeatureName;
  readonly times: number;
  /** How it was reckoned; `measured` where the number itself comes from the sample. */
  readonly because: string;
}

/** Who uses the dashboard, for so many devices. */
export function people(devices: number): { readonly operators: number; readonly customers: number } {
  return { operators: Math.max(2, Math.round(devices / 500)), customers: Math.max(2, Math.round(devices / 50)) };
}

/**
 * How many environments of the webhook's function are warm. Devices sample at the full minute, so the packs of a minute come together; a function that is
 * busy for 60 ms with each of those that come within 3 s needs so many of them.
 */
export function environments(devices: number): number {
  const withinASecond = devices / 15 / 3;
  return Math.max(1, Math.ceil(withinASecond * 0.06));
}

/**
 * Of a device's packs, how many come to an environment that remembers it: it stored the pack before (one of so many environments), within the 20 minutes for which
 * it remembers, which is every other one of packs that come each quarter of an hour.
 */
export const rememberedShare = (devices: number): number => 0.5 / environments(devices);

/** The stated month of a fleet of so many devices, on weekdays and at weekends, day and night. */
export function monthOf(devices: number, { day }: Pick<Sample, 'day'>): Done[] {
  const { operators, customers } = people(devices);
  const packs = devices * day.packs * days;
  const remembered = rememberedShare(devices);
  const openLeases = 15;
  const watched_h = operators * workingDays * 2 + (customers * days * 10) / 60;
  const fleetPages = operators * workingDays * 20 * Math.max(1, Math.ceil(devices / 500));
  const devicePages = operators * workingDays * 50 + customers * days * 4;
  const share = `${(remembered * 100).toFixed(0)} % (${environments(devices)} warm environments are assumed)`;
  return [
    { feature: 'pack', times: packs * remembered, because: `${day.packs.toFixed(1)} a device and day, measured; of them ${share}` },
    { feature: 'pack of a device that its environment does not know', times: packs * (1 - remembered), because: 'all other packs' },
    {
      feature: 'change, report or what follows from them',
      times: devices * day.others * days,
      because: `${day.others.toFixed(1)} a device and day, measured`,
    },
    { feature: 'pack that is told to a watcher', times: watched_h * 4, because: 'four an hour that somebody watches' },
    { feature: 'live sample', times: watched_h * 60, because: 'one a minute that somebody watches' },
    {
      feature: 'sign-in',
      times: operators * workingDays + customers * 8,
      because: 'an operator once a working day, a customer twice a week',
    },
    { feature: 'fleet page of 500 devices', times: fleetPages, because: 'an operator loads the whole fleet 20 times a working day' },
    { feature: 'fleet page of 20 devices', times: customers * days * 2, because: 'a customer twice a day' },
    { feature: 'device page', times: devicePages, because: 'an operator 50 a working day, a customer 4 a day' },
    {
      feature: 'lease of a watched page',
      times: watched_h * openLeases,
      because: `every 4 minutes of ${watched_h.toFixed(0)} hours watched: an operator 2 a working day, a customer 10 minutes a day`,
    },
    {
      feature: 'visit of the dashboard',
      times: operators * workingDays + customers * days,
      because: 'everybody once a day that they work',
    },
  ];
}

/** CloudWatch Logs keeps compressed what it stores; how well isn't said (Amazon CloudWatch pricing: gzip, level 6). Assumed for such lines. */
const compressed = 0.15;
/** Amazon CloudWatch pricing, "archived data includes 26 bytes of metadata per log event". */
const eventMetadata_bytes = 26;

/** What is kept on average of a fleet that has run for longer than everything is kept, in byte-months. */
export function keptOf(
  devices: number,
  { day }: Pick<Sample, 'day'>,
): Readonly<Record<'dynamodb.stored' | 'dynamodb.pitr' | 'logs.stored', number>> {
  const table_bytes = devices * (day.packs * tableDays * day.pack_stored_bytes + itemsOfADevice_bytes);
  const log_bytes = devices * day.documents * logDays * (day.log_line_bytes * compressed + eventMetadata_bytes);
  return { 'dynamodb.stored': table_bytes, 'dynamodb.pitr': table_bytes, 'logs.stored': log_bytes };
}

/** Device with its two index entries, link, newest status, report, some events; assumed. Rollups come on top when a function of AWS makes them. */
const itemsOfADevice_bytes = 6_000;

/** Headers of a function URL's answer, which the meter doesn't see, in bytes. Assumed. */
export const answerHeaders_bytes = 350;

/** The secret is read once in 5 minutes by each warm environment, and decrypted by KMS. */
export const secretReads = (devices: number): number => environments(devices) * ((days * 86_400) / 300);
