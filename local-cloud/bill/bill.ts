import { type FeatureName, featureNames, type Sample } from './features.ts';
import { answerHeaders_bytes, type Done, keptOf, monthOf, people, secretReads } from './mix.ts';
import { addUp, costOf, type Quantities } from './price-list.ts';
import { priceOf, prices } from './prices.ts';

/** What is paid by the month whatever is done, and by whom it is made. */
export const standing = ['kept in the table and its backup', 'kept in the logs', 'people', 'alarms, buckets, pollers, secrets'] as const;
export type Part = FeatureName | (typeof standing)[number];

export interface Bill {
  readonly devices: number;
  /** US dollars a month, without anything that is free. */
  readonly usd: number;
  /** The same less what AWS never charges for, if nothing else in the account takes it. */
  readonly usd_less_always_free: number;
  /** That, when the commitment of the price list is made for what it covers. */
  readonly usd_with_savings_plan: number;
  readonly by_service: Readonly<Record<string, number>>;
  readonly by_part: readonly { readonly part: Part; readonly usd: number }[];
  readonly quantities: Quantities;
  readonly month: readonly Done[];
}

/** What quantities cost, each by its own price from its first unit on. */
export function costOfAll(quantities: Quantities, { free }: { readonly free: boolean } = { free: false }): number {
  return Object.entries(quantities).reduce((sum, [key, quantity]) => sum + costOf(priceOf(key), quantity, { free }), 0);
}

/** What the price list's commitment takes off. */
function savedByPlan(quantities: Quantities): number {
  const { of, off, covered } = prices.savings_plan;
  const covers = Object.fromEntries(of.map((key) => [key, quantities[key] ?? 0]));
  return costOfAll(covers, { free: true }) * off * covered;
}

const deliveries: ReadonlySet<FeatureName> = new Set([
  'pack',
  'pack of a device that its environment does not know',
  'change, report or what follows from them',
  'live sample',
  'plain document',
]);

/** What a month takes, by what it is for. */
export function partsOf(devices: number, sample: Sample, month: readonly Done[] = monthOf(devices, sample)): Map<Part, Quantities> {
  const parts = new Map<Part, Quantities>();
  for (const { feature, times } of month) {
    const headers = deliveries.has(feature) ? { 'transfer.out': answerHeaders_bytes } : {};
    parts.set(
      feature,
      addUp([
        [parts.get(feature) ?? {}, 1],
        [sample.features[feature].units, times],
        [headers, times],
      ]),
    );
  }
  const { 'logs.stored': logs, ...table } = keptOf(devices, sample);
  const { operators, customers } = people(devices);
  parts.set('kept in the table and its backup', table);
  parts.set('kept in the logs', { 'logs.stored': logs });
  parts.set('people', { 'cognito.active_users': operators + customers });
  parts.set(
    'alarms, buckets, pollers, secrets',
    addUp([
      [sample.fixed, 1],
      [{ 'kms.requests': secretReads(devices, sample) }, 1],
    ]),
  );
  return parts;
}

/** The month's bill of a fleet of so many devices: the units of the sample, times how often each is done, times their prices. */
export function billFor(devices: number, sample: Sample): Bill {
  const month = monthOf(devices, sample);
  const parts = partsOf(devices, sample, month);
  const quantities = addUp([...parts.values()].map((one) => [one, 1]));
  const by_service: Record<string, number> = {};
  for (const [key, quantity] of Object.entries(quantities)) {
    const service = key.slice(0, key.indexOf('.'));
    by_service[service] = (by_service[service] ?? 0) + costOf(priceOf(key), quantity, { free: false });
  }
  const order = [...featureNames, ...standing];
  const usd_less_always_free = costOfAll(quantities, { free: true });
  return {
    devices,
    usd: costOfAll(quantities),
    usd_less_always_free,
    usd_with_savings_plan: usd_less_always_free - savedByPlan(quantities),
    by_service,
    by_part: order.flatMap((part) => {
      const taken = parts.get(part);
      return taken === undefined ? [] : [{ part, usd: costOfAll(taken) }];
    }),
    quantities,
    month,
  };
}
