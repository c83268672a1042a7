import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addUp, costOf, type Price, priceSheet } from './price-list.ts';
import { particleBlocks, priceOf, prices } from './prices.ts';

const price = (over: Partial<Price> = {}): Price => ({
  unit: 'unit',
  tiers: [{ from: 0, usd: 2 }],
  per: 1000,
  always_free: 0,
  source: 'by hand',
  checked: null,
  ...over,
});
const tiers = [
  { from: 0, usd: 3 },
  { from: 10_000, usd: 1 },
  { from: 100_000, usd: 0.5 },
];

describe('a price', () => {
  it('is one for so many units', () => {
    expect(costOf(price(), 2500, { free: false })).toBe(5);
    expect(costOf(price(), 0, { free: false })).toBe(0);
  });

  it('goes down by tiers, each part at its own', () => {
    const one = price({ tiers });
    expect(costOf(one, 10_000, { free: false })).toBe(30);
    expect(costOf(one, 10_001, { free: false })).toBeCloseTo(30.001);
    expect(costOf(one, 200_000, { free: false })).toBe(30 + 90 + 50);
  });

  it('is taken only of what is not free, where that is asked, from the dearest tier', () => {
    const one = price({ tiers, always_free: 4000 });
    expect(costOf(one, 3000, { free: true })).toBe(0);
    expect(costOf(one, 10_000, { free: true })).toBe(18);
    expect(costOf(one, 20_000, { free: true })).toBe(18 + 10);
    expect(costOf(one, 20_000, { free: false })).toBe(40);
  });

  it('never makes more cost less, nor what is free dearer', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(200_000), (quantity, more, always_free) => {
        const one = price({ tiers, always_free });
        for (const free of [false, true])
          expect(costOf(one, quantity + more, { free })).toBeGreaterThanOrEqual(costOf(one, quantity, { free }) - 1e-9);
        expect(costOf(one, quantity, { free: true })).toBeLessThanOrEqual(costOf(one, quantity, { free: false }) + 1e-9);
      }),
    );
  });
});

describe('the price list', () => {
  it('is dated, is of the region of the system, and names the page of each price', () => {
    expect(priceSheet.safeParse(prices).success).toBe(true);
    expect(prices.region).toBe('us-east-2');
    expect(Object.keys(prices.prices).length).toBeGreaterThan(30);
    expect(Object.values(prices.prices).filter(({ source }) => !/pricing/.test(source))).toEqual([]);
  });

  it('has a savings plan of prices that are there', () => {
    for (const key of prices.savings_plan.of) expect(priceOf(key).per).toBe(1e6);
  });

  it('has tiers that begin at 0 and go up', () => {
    for (const [key, { tiers: of }] of Object.entries(prices.prices)) {
      const from = of.map((tier) => tier.from);
      expect(from[0], key).toBe(0);
      expect(from, key).toEqual([...new Set(from)].sort((a, b) => a - b));
    }
  });

  it('has the figures on which the design was decided', () => {
    const cost = (key: string, quantity: number) => costOf(priceOf(key), quantity, { free: false });
    expect(cost('dynamodb.wru', 1e6)).toBe(0.625);
    expect(cost('dynamodb.rru', 1e6)).toBe(0.125);
    expect(cost('logs.bytes_in', 1e9)).toBe(0.5);
    expect(cost('logs.bytes_in_infrequent', 1e9)).toBe(0.25);
    expect(cost('lambda.requests', 1e6)).toBe(0.2);
    expect(cost('appsync.requests', 1e6)).toBe(4);
    expect(cost('transfer.out', 20_000e9)).toBeCloseTo(10_000 * 0.09 + 10_000 * 0.085);
  });

  it('knows no price that isn’t there', () => {
    expect(() => priceOf('dynamodb.magic')).toThrow('dynamodb.magic');
    expect(() => priceOf('constructor')).toThrow('constructor');
    for (const plan of Object.keys(particleBlocks)) expect(priceOf(plan).tiers).toHaveLength(1);
  });

  it('is refused with a price that is none', () => {
    const broken = { ...prices, prices: { odd: { ...price(), tiers: [] } } };
    expect(priceSheet.safeParse(broken).success).toBe(false);
    expect(priceSheet.safeParse({ ...prices, as_of: 'some day' }).success).toBe(false);
  });
});

it('adds up what is taken, times how often', () => {
  expect(
    addUp([
      [{ a: 1, b: 2 }, 3],
      [{ b: 1 }, 2],
    ]),
  ).toEqual({ a: 3, b: 8 });
  expect(addUp([])).toEqual({});
});
