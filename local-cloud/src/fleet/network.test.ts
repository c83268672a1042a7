import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterOf } from './character.ts';
import { Network } from './network.ts';
import { someDevice } from './testing/some-devices.ts';

const start = Date.parse('2026-01-01T00:00:00Z') / 1000;
const DAYS = 600;

const networkOf = (device_id: string, site = '/enfusion/a') => {
  const device = someDevice({ device_id, site });
  return new Network(device, characterOf(device, 1), 1);
};

/** Spans of [from, to) in which power, or the network, is away. */
function gaps(network: Network, what: 'has_power' | 'has_network'): string[] {
  const found: string[] = [];
  let since: number | undefined;
  for (let now = start; now < start + DAYS * 86_400; now = network.at(now).until_s) {
    const there = network.at(now)[what];
    if (!there) since ??= now;
    else if (since !== undefined) {
      found.push(`${since}-${now}`);
      since = undefined;
    }
  }
  return found;
}

describe('power and network', () => {
  it('go away now and then, the same for the same seed', () => {
    const all = gaps(networkOf('a'), 'has_network');
    expect(all.length).toBeGreaterThan(5);
    expect(gaps(networkOf('a'), 'has_network')).toEqual(all);
  });

  it('are lost by neighbours together when it is the site', () => {
    const one = gaps(networkOf('a'), 'has_power');
    const shared = gaps(networkOf('b'), 'has_power').filter((gap) => one.includes(gap));
    const foreign = gaps(networkOf('b', '/enfusion/b'), 'has_power').filter((gap) => one.includes(gap));
    expect(shared.length).toBeGreaterThan(0);
    expect(foreign).toEqual([]);
  });

  it('stay as they are for as long as is said, whichever moment is asked', () => {
    const network = networkOf('c');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: DAYS * 86_400 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (offset, share) => {
        const now = networkOf('c').at(start + offset);
        const then = networkOf('c').at(start + offset + share * (now.until_s - start - offset));
        expect([then.has_power, then.has_network]).toEqual([now.has_power, now.has_network]);
        expect(network.at(start + offset)).toEqual(now);
      }),
      { numRuns: 300 },
    );
  });

  it('can be taken away and given back', () => {
    const network = networkOf('a');
    network.cut('power', start, start + 60);
    expect(network.at(start + 1)).toMatchObject({ has_power: false, has_network: false });
    expect(network.signal_pct(start + 1)).toBe(-1);
    network.mend();
    expect(network.at(start + 1).has_power).toBe(true);
  });
});
