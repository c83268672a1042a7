import type { UsageAnswer } from '../src/metering/read-usage.ts';
import type { Quantities } from './price-list.ts';
import { prices } from './prices.ts';

type UsageLine = UsageAnswer['usage'][number];

/** Services whose names in the price list differ from the SigV4 name, or whose unit is another's. */
const keys: Readonly<Record<string, string | null>> = {
  'cognito-idp.active_users': 'cognito.active_users',
  // Five people who push are free and each further one is a dollar a month, however often they do.
  'codecommit.requests': null,
  'cloudfront.egress_bytes': 'cloudfront.egress',
  'cloudfront.requests': 'cloudfront.requests',
  // To Lambda and SQS they cost nothing (Amazon SNS pricing); nobody is told of alarms in a month in which nothing is wrong.
  'sns.deliveries': null,
};

function keyOf({ service, operation }: UsageLine, unit: string): string | null {
  if (service === 'cloudfront' && operation === 'function') return 'cloudfront.function';
  const known = keys[`${service}.${unit}`];
  if (known !== undefined) return known;
  if (unit === 'egress_bytes') return 'transfer.out';
  const key = `${service}.${unit}`;
  if (!Object.hasOwn(prices.prices, key)) throw new Error(`${service} took ${unit}, and the price list has no "${key}"`);
  return key;
}

/**
 * What no single thing that is done takes, so that the bill of a month counts it by the month: a user is billed once, however often they sign in, and an environment decrypts the
 * webhook's secret every 5 minutes, however much it does.
 */
const byTheMonth: ReadonlySet<string> = new Set(['cognito.active_users', 'kms.requests']);

/** Billed at all times, whatever goes on: counted by the month with the templates, not with what happened meanwhile. */
const isPolling = ({ service, operation }: UsageLine) => service === 'sqs' && (operation === 'ReceiveMessage' || operation === 'idle-poll');

/**
 * What the things took that were done, by the price list's keys: without Lambda's time (a laptop's is none of AWS's), the polls of queues, and what is counted by the
 * month. Throws on a unit that has no price.
 */
export function takenUnits(usage: readonly UsageLine[]): Quantities {
  const taken = allUnits(usage.filter((line) => !isPolling(line)));
  return Object.fromEntries(Object.entries(taken).filter(([key]) => !byTheMonth.has(key)));
}

/** Everything that was taken, whatever for, by the price list's keys: without Lambda's time alone. Throws on a unit that has no price. */
export function allUnits(usage: readonly UsageLine[]): Quantities {
  const taken: Record<string, number> = {};
  for (const line of usage) {
    for (const [unit, amount] of Object.entries(line.units)) {
      if (unit === 'gb_s') continue;
      const key = keyOf(line, unit);
      if (key !== null) taken[key] = (taken[key] ?? 0) + amount;
    }
  }
  return taken;
}

/** Lambda's GB-seconds as they were on this machine. */
export function localGbSeconds(usage: readonly UsageLine[]): number {
  return usage.reduce((sum, { units }) => sum + (units.gb_s ?? 0), 0);
}
