import { type Bill, billFor } from './bill.ts';
import { featureNames, type Sample } from './features.ts';
import { cpu_ms, latency_ms } from './lambda-time.ts';
import { particleBill, particleUnpacked } from './particle.ts';
import { prices } from './prices.ts';
import { waysNotTaken } from './ways-not-taken.ts';

/** Fleets beside the one that was asked for. */
const usualFleets = [100, 1000, 5000, 50_000];

const fleetsWith = (devices: number): number[] => [...new Set([...usualFleets, devices])].sort((a, b) => a - b);

/** Everything, for programs. Money is US dollars a month. */
export function asJson(devices: number, sample: Sample) {
  return {
    as_of: prices.as_of,
    region: prices.region,
    devices,
    sample,
    bills: fleetsWith(devices).map((count) => ({
      ...billFor(count, sample),
      ways_not_taken: waysNotTaken(count, sample),
      particle: particleBill(count, sample),
      particle_without_packing: particleUnpacked(count, sample),
    })),
  };
}

const money = (usd: number): string =>
  usd > 0 && usd < 0.005 ? '<0.01' : usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const amount = (value: number): string => {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
};

function table(title: string, heads: readonly string[], rows: readonly (readonly [string, ...string[]])[], width = 56): string[] {
  const line = ([name, ...figures]: readonly [string, ...string[]]) =>
    `  ${name.padEnd(width)}${figures.map((one) => one.padStart(13)).join('')}`;
  return ['', line([title, ...heads]), ...rows.map(line)];
}

/** The bill as people read it. */
export function printBill(devices: number, sample: Sample): string {
  const fleets = fleetsWith(devices);
  const bills = fleets.map((count) => billFor(count, sample));
  const asked = billFor(devices, sample);
  const heads = fleets.map((count) => `${count.toLocaleString('en-US')}`);
  const services = [...new Set(bills.flatMap(({ by_service }) => Object.keys(by_service)))];
  const figures = (of: (bill: Bill) => number): string[] => bills.map((bill) => money(of(bill)));
  const parts = asked.by_part.map(({ part }) => part);
  return [
    `What a month costs, in US dollars, at so many devices. Prices of ${prices.region} as of ${prices.as_of}, without any free tier unless said.`,
    ...table('by service', heads, [
      ...services.map((service): [string, ...string[]] => [service, ...figures(({ by_service }) => by_service[service] ?? 0)]),
      ['AWS, a month', ...figures(({ usd }) => usd)],
      ['the same less what is always free', ...figures(({ usd_less_always_free }) => usd_less_always_free)],
      ['and with a Database Savings Plan of a year', ...figures(({ usd_with_savings_plan }) => usd_with_savings_plan)],
    ]),
    ...table('by what it is for', heads, [
      ...parts.map((part): [string, ...string[]] => [
        part,
        ...figures(({ by_part }) => by_part.find((one) => one.part === part)?.usd ?? 0),
      ]),
    ]),
    ...ways(fleets, sample),
    ...particle(fleets, sample),
    ...measured(sample),
    ...assumed(asked),
  ].join('\n');
}

function ways(fleets: readonly number[], sample: Sample): string[] {
  const all = fleets.map((count) => waysNotTaken(count, sample));
  const [first = []] = all;
  const rows = first.map(({ name }, index): [string, ...string[]] => [name, ...all.map((one) => money(one[index]?.usd ?? 0))]);
  const heads = fleets.map((count) => count.toLocaleString('en-US'));
  return [...table('AWS with a way that was not taken', heads, rows), '', ...first.map(({ name, because }) => `  ${name}: ${because}.`)];
}

function particle(fleets: readonly number[], sample: Sample): string[] {
  const now = fleets.map((count) => particleBill(count, sample));
  const unpacked = fleets.map((count) => particleUnpacked(count, sample));
  return [
    ...table(
      'Particle, beside AWS',
      fleets.map((count) => count.toLocaleString('en-US')),
      [
        ['data operations', ...now.map(({ operations }) => amount(operations))],
        ['blocks', ...now.map(({ blocks, plan }) => `${blocks} ${plan === 'particle.block' ? 'Basic' : 'Plus'}`)],
        ['Particle, a month', ...now.map(({ usd }) => money(usd))],
        ['with one publish a minute', ...unpacked.map(({ usd }) => money(usd))],
      ],
    ),
  ];
}

function measured({ features, day, memory_mb, device_log_class }: Sample): string[] {
  const rows = featureNames.map((name): string => {
    const { sampled, units, local_gb_s } = features[name];
    const taken = Object.entries(units).flatMap(([key, value]) => (value === 0 ? [] : [`${key} ${amount(value)}`]));
    return `  ${name} (of ${sampled}): ${taken.join(', ')}; GB-s on this machine ${amount(local_gb_s)}`;
  });
  return [
    '',
    '  MEASURED now, on a system of its own: what one of each takes',
    ...rows,
    `  a device's day, the mean of ${day.devices}: ${amount(day.packs)} packs with ${amount(day.documents)} documents, ${amount(day.others)} changes and reports; a document's log line has ${amount(day.log_line_bytes)} bytes, a pack takes ${amount(day.pack_stored_bytes)} bytes of storage; receive-status has ${memory_mb} MiB; devices' log groups are of the class ${device_log_class}, as PROD's`,
  ];
}

function assumed({ month, devices }: Bill): string[] {
  const { off, covered } = prices.savings_plan;
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
  const latencies = Object.entries(latency_ms).map(([service, ms]) => `${service} ${ms}`);
  return [
    '',
    `  SCALED AND ASSUMED at ${devices.toLocaleString('en-US')} devices: how often in a month, and why`,
    ...month.map(({ feature, times, because }) => `  ${feature}: ${amount(times)} (${because})`),
    `  Lambda’s time on AWS: ${cpu_ms} ms of a whole core an invocation, and in ms for each call, one after the other: ${latencies.join(', ')}`,
    '  kept: packs 35 days, logs 30 days at 15 % and 26 bytes an event, 6 kB of other items a device; 50 MB in each bucket; answers have 350 bytes of headers',
    `  the savings plan: ${percent(off)} off ${percent(covered)} of what the table reads and writes (${prices.savings_plan.name})`,
    '  partners’ REST calls: 0, there is no REST API yet',
    `  prices that could not be compared with a page: ${Object.entries(prices.prices)
      .flatMap(([key, { checked }]) => (checked === null ? [key] : []))
      .join(', ')}`,
  ];
}
