import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Latencies } from './delivery-counts.ts';

describe('Latencies', () => {
  it('has none before the first', () => {
    expect(new Latencies().percentiles(0.5, 0.99)).toEqual([null, null]);
  });

  it('knows how long most took, of the last 10,000', () => {
    const latencies = new Latencies();
    for (let i = 0; i < 500; i++) latencies.note(1_000_000);
    for (let i = 0; i < 10_000; i++) latencies.note(i);
    expect(latencies.percentiles(0, 0.5, 0.99, 1)).toEqual([0, 5000, 9900, 9999]);
  });

  it('says a duration that was noted, and a longer one for a larger share', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60_000), { minLength: 1, maxLength: 200 }), (durations) => {
        const latencies = new Latencies();
        for (const duration of durations) latencies.note(duration);
        const [median = null, most = null] = latencies.percentiles(0.5, 0.99);
        expect(durations).toContain(median);
        expect(durations).toContain(most);
        expect(most).toBeGreaterThanOrEqual(median ?? 0);
      }),
    );
  });
});
