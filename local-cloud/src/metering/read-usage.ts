import { z } from 'zod';
import { BILLING_UNITS } from '../kernel/usage.ts';

const scope = { account: z.string(), region: z.string(), service: z.string() };

/** What `GET /_local/usage` answers. */
export const usageAnswer = z.strictObject({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  usage: z.array(
    z.strictObject({
      ...scope,
      operation: z.string(),
      resource: z.string().optional(),
      calls: z.int().nonnegative(),
      units: z.partialRecord(z.enum(BILLING_UNITS), z.number().nonnegative()),
    }),
  ),
  stored: z.array(
    z.strictObject({ ...scope, resource: z.string(), bytes: z.int().nonnegative(), items: z.int().nonnegative().optional() }),
  ),
});

export type UsageAnswer = z.infer<typeof usageAnswer>;

/** Asks a running local cloud at this address, `http://127.0.0.1:<port>`. Throws when it answers anything else. */
export async function readUsage(endpoint: string): Promise<UsageAnswer> {
  const response = await fetch(`${endpoint}/_local/usage`);
  if (!response.ok) throw new Error(`${endpoint}/_local/usage answered HTTP ${response.status}`);
  return usageAnswer.parse(await response.json());
}

/** What was taken between two answers of the same process; lines of which nothing was taken are left out. */
export function usageBetween(before: UsageAnswer, after: UsageAnswer): UsageAnswer['usage'] {
  if (before.since !== after.since) throw new Error('the local cloud was started again between the two answers');
  const key = ({ account, region, service, operation, resource }: UsageAnswer['usage'][number]) =>
    JSON.stringify([account, region, service, operation, resource]);
  const earlier = new Map(before.usage.map((line) => [key(line), line]));
  return after.usage.flatMap((line) => {
    const was = earlier.get(key(line));
    const calls = line.calls - (was?.calls ?? 0);
    const units: typeof line.units = {};
    for (const unit of BILLING_UNITS) {
      const taken = (line.units[unit] ?? 0) - (was?.units[unit] ?? 0);
      if (taken !== 0) units[unit] = taken;
    }
    return calls === 0 && Object.keys(units).length === 0 ? [] : [{ ...line, calls, units }];
  });
}
