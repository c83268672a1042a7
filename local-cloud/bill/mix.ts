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
 * How many requests of the webhook's function run at once on average: arrivals a second times seconds each, which is Little's law and what the Lambda Developer
 * Guide says ("Understanding Lambda function scaling": concurrency = average requests per second * average request duration). It holds because devices publish
 * their packs at a second of their own (PROTOCOL.md, "The second of a pack"): what comes from thousands of them is spread evenly over the minute. A request takes
 * as long as lambda-time.ts reckons from the calls that were measured, each pack as if it met an environment that doesn't know its device: that errs upwards.
 */
export function busyAtOnce(devices: number, { day, features, memory_mb }: Sample): number {
  const seconds = (name: FeatureName) => (features[name].units['lambda.gb_s'] ?? 0) / (memory_mb / 1024);
  const aDay_s =
    day.packs * seconds('pack of a device that its environment does not know') +
    day.others * seconds('change, report or what follows from them');
  return (devices * aDay_s) / 86_400;
}

/**
 * How many environments of the webhook's function are warm: as many as are busy at once at the busiest moment of their lives. Requests that come by chance meet
 * others whose number is Poisson's, by the mean that Little's law says; one more environment is made whenever all are busy, and kept while it is used. So it is the first
 * number that is exceeded less than once in a life. How long they live is assumed, see there.
 */
export function environments(devices: number, sample: Sample): number {
  const mean = busyAtOnce(devices, sample);
  const arrivals = ((devices * (sample.day.packs + sample.day.others)) / 86_400) * environmentLife_s;
  let exactly = Math.exp(-mean);
  let more = 1 - exactly;
  let count = 1;
  // `more` is how likely a request is to find at least `count` others.
  for (; arrivals * more >= 1; count += 1) {
    exactly *= mean / count;
    more -= exactly;
  }
  return count;
}

/** "Lambda terminates execution environments every few hours" (Developer Guide, "Lambda execution environment lifecycle"), also busy ones. Assumed: two. */
const environmentLife_s = 2 * 3600;
/**
 * Of a device's packs, how many come to an environment that knows the device, because it took a pack of it before, and how many to the very one that took the last one
 * and so knows too that this one is new. What an environment knows it keeps for its life: ingest remembers a device for six hours (its known-devices), and life is
 * assumed to be shorter. An environment that is met at some moment of its life has had so many packs' time before, and each of those came to it with the chance of one in
 * `environments`. Which of the idle ones Lambda takes is said nowhere: each is taken as likely as any other. Should it be the one that was used last, more packs
 * are known than this says; so are those of devices that have told a change meanwhile.
 */
export function knownShares(devices: number, sample: Sample): { readonly device: number; readonly last_pack: number } {
  const apart_s = 86_400 / sample.day.packs;
  const chance = 1 / environments(devices, sample);
  let device = 0;
  for (let packs = 1; packs * apart_s < environmentLife_s; packs += 1) {
    const age_s = Math.min(apart_s, environmentLife_s - packs * apart_s);
    device += (age_s / environmentLife_s) * (1 - (1 - chance) ** packs);
  }
  return { device, last_pack: chance * Math.max(0, 1 - apart_s / environmentLife_s) };
}

/**
 * How many deliveries read as much as a pack of a device that its environment does not know, of so many packs and others: such a pack reads half a unit twice, the link
 * and what is around it. One whose device is known, but not its last pack, reads one of these, and so does a change whose device is not known: two such count as one.
 */
function deliveriesThatRead(devices: number, sample: Sample): number {
  const { device, last_pack } = knownShares(devices, sample);
  const { packs, others } = sample.day;
  return devices * days * (packs * (1 - (device + last_pack) / 2) + (others * (1 - device)) / 2);
}

/** The stated month of a fleet of so many devices, on weekdays and at weekends, day and night. */
export function monthOf(devices: number, sample: Sample): Done[] {
  const { day } = sample;
  const { operators, customers } = people(devices);
  const packs = devices * day.packs * days;
  const reading = deliveriesThatRead(devices, sample);
  const { device, last_pack } = knownShares(devices, sample);
  const openLeases = 15;
  const watched_h = operators * workingDays * 2 + (customers * days * 10) / 60;
  const fleetPages = operators * workingDays * 20 * Math.max(1, Math.ceil(devices / 500));
  const devicePages = operators * workingDays * 50 + customers * days * 4;
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
  const warm = `${environments(devices, sample)} warm environments, of which ${busyAtOnce(devices, sample).toFixed(2)} are busy on average`;
  return [
    {
      feature: 'pack',
      times: packs - reading,
      because: `${day.packs.toFixed(1)} a device and day, measured, less the next line's (${warm})`,
    },
    {
      feature: 'pack of a device that its environment does not know',
      times: reading,
      because: `${percent(1 - device)} of them, half of the ${percent(device - last_pack)} of which it knows not the last one, half of the changes of devices that it does not know`,
    },
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

/** Device with its index entry, link, newest status, report, some events; assumed. Rollups come on top when a function of AWS makes them. */
const itemsOfADevice_bytes = 6_000;

/** Headers of a function URL's answer, which the meter doesn't see, in bytes. Assumed. */
export const answerHeaders_bytes = 350;

/** The secret is read once in 5 minutes by each warm environment, and decrypted by KMS. */
export const secretReads = (devices: number, sample: Sample): number => environments(devices, sample) * ((days * 86_400) / 300);
