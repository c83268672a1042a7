import { costOf } from '../../../bill/price-list.ts';
import { priceOf, prices } from '../../../bill/prices.ts';
import { allUnits, localGbSeconds } from '../../../bill/taken-units.ts';
import { readUsage } from '../../metering/read-usage.ts';
import type { Bill } from '../shapes/bill.ts';
import { route } from './route.ts';

const MONTH_MS = 730 * 3_600_000;
/** What is kept is billed by the month, and told in bytes as AWS bills them; of logs, what the compressed ones are taken to have. */
const STORED: Readonly<Record<string, string>> = { dynamodb: 'dynamodb.stored', logs: 'logs.stored' };

/** The bill of the running system, all accounts together, without anything that is free. */
export const billRoutes = [
  route({
    pattern: '/bill',
    handle: async ({ cloud }): Promise<Bill> => {
      const { since, until, usage, stored } = await readUsage(cloud.endpoint);
      const elapsed_ms = Math.max(1, Date.parse(until) - Date.parse(since));
      const used = (key: string, quantity: number, note?: string) => {
        const month = (quantity / elapsed_ms) * MONTH_MS;
        return {
          key,
          unit: priceOf(key).unit,
          quantity,
          usd: costOf(priceOf(key), quantity, { free: false }),
          usd_a_month: costOf(priceOf(key), month, { free: false }),
          ...(note === undefined ? {} : { note }),
        };
      };
      const kept = Object.entries(STORED).map(([service, key]) => {
        const bytes = stored.filter((one) => one.service === service).reduce((sum, one) => sum + one.bytes, 0);
        const usd_a_month = costOf(priceOf(key), bytes, { free: false });
        const note = key === 'logs.stored' ? 'as it is now, compressed to 15 %, as AWS is taken to do' : 'as it is now';
        return { key, unit: priceOf(key).unit, quantity: bytes, usd: (usd_a_month * elapsed_ms) / MONTH_MS, usd_a_month, note };
      });
      const lines = [
        ...Object.entries(allUnits(usage)).map(([key, quantity]) => used(key, quantity)),
        used('lambda.gb_s', localGbSeconds(usage), 'this machine’s time, not AWS’s'),
        ...kept,
      ].filter(({ quantity }) => quantity > 0);
      return {
        since,
        until,
        prices_as_of: prices.as_of,
        region: prices.region,
        usd: lines.reduce((sum, { usd }) => sum + usd, 0),
        usd_a_month: lines.reduce((sum, { usd_a_month }) => sum + usd_a_month, 0),
        lines: lines.toSorted((a, b) => b.usd_a_month - a.usd_a_month),
      };
    },
  }),
];
