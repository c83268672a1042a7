import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BILLING_UNITS } from '../kernel/usage.ts';
import { usageBetween } from './read-usage.ts';
import { UsageLedger } from './usage-ledger.ts';

const name = fc.constantFrom('a', 'b', 'c');
const record = fc.record({
  account: name,
  region: name,
  service: name,
  operation: name,
  resource: fc.option(name, { nil: undefined }),
  units: fc.dictionary(fc.constantFrom(...BILLING_UNITS), fc.integer({ min: 1, max: 1000 })),
});

function answer(ledger: UsageLedger) {
  return { since: '2026-11-22T00:00:00Z', until: '2026-11-22T00:00:00Z', usage: ledger.lines(), stored: [] };
}

describe('a usage ledger', () => {
  it('loses nothing and mixes nothing up: between two answers is what was counted between them', () => {
    fc.assert(
      fc.property(fc.array(record), fc.array(record), (first, second) => {
        const ledger = new UsageLedger();
        const alone = new UsageLedger();
        const count = (into: UsageLedger) => (one: (typeof first)[number]) => {
          into.addCall(one);
          into.addUnits(one);
        };
        first.forEach(count(ledger));
        const before = answer(ledger);
        second.forEach(count(ledger));
        second.forEach(count(alone));
        const sorted = (lines: readonly object[]) => lines.map((line) => JSON.stringify(line, Object.keys(line).sort())).sort();
        const units = (lines: ReturnType<typeof usageBetween>) =>
          lines.map((line) => ({ ...line, units: Object.fromEntries(Object.entries(line.units).sort()) }));
        expect(sorted(units(usageBetween(before, answer(ledger))))).toEqual(sorted(units(alone.lines() as never)));
      }),
    );
  });

  it('is not subtracted over a restart', () => {
    const [before, after] = [answer(new UsageLedger()), { ...answer(new UsageLedger()), since: '2026-11-23T00:00:00Z' }];
    expect(() => usageBetween(before, after)).toThrow('started again');
  });
});
