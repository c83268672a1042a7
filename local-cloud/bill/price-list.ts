import { z } from 'zod';

const price = z.strictObject({
  /** What one unit is, in words: `write request unit`. */
  unit: z.string().min(1),
  /** US dollars for `per` units, from 0 units of a month on; a further entry says from how many units on another price holds. */
  tiers: z.array(z.strictObject({ from: z.number().nonnegative(), usd: z.number().nonnegative() })).min(1),
  per: z.number().positive(),
  /** Units of each month that cost nothing, without end (not those of an account's first year). */
  always_free: z.number().nonnegative(),
  /** Title of the provider's page. */
  source: z.string().min(1),
  /** Where the figure was compared, or null where it couldn't be. */
  checked: z.string().min(1).nullable(),
});

/** A dated list of prices of one region. */
export const priceSheet = z.strictObject({
  as_of: z.iso.date(),
  region: z.string(),
  prices: z.record(z.string(), price),
  /** What a commitment takes off some prices, which costs nothing but that it can't be given back. */
  savings_plan: z.strictObject({
    name: z.string().min(1),
    /** The prices, by their keys. */
    of: z.array(z.string()).min(1),
    /** Share of the price. */
    off: z.number().positive().lt(1),
    /** Share of the use that is committed to. */
    covered: z.number().positive().max(1),
    source: z.string().min(1),
    checked: z.string().min(1).nullable(),
  }),
});

export type Price = z.output<typeof price>;

/** Amounts by the price list's keys. */
export type Quantities = Readonly<Record<string, number>>;

/**
 * What a month's quantity costs, in US dollars: the quantity goes through the tiers as AWS's do, each part at its own price.
 *
 * @param options.free Whether what is always free is taken off first.
 */
export function costOf(of: Price, quantity: number, { free }: { readonly free: boolean }): number {
  const first = free ? Math.min(of.always_free, quantity) : 0;
  return of.tiers.reduce((sum, { from, usd }, index) => {
    const to = of.tiers[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const within = Math.max(0, Math.min(quantity, to) - Math.max(first, from));
    return sum + (within * usd) / of.per;
  }, 0);
}

/** Adds quantities up, each times its factor. */
export function addUp(parts: readonly (readonly [Quantities, number])[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [quantities, times] of parts) {
    for (const [key, quantity] of Object.entries(quantities)) sum[key] = (sum[key] ?? 0) + quantity * times;
  }
  return sum;
}
