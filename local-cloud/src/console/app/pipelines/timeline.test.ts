import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ActionExecution } from '../../shapes/pipelines.ts';
import { timelineOf } from './timeline.ts';

const action = (from: number, to: number, more: Partial<ActionExecution> = {}): ActionExecution => ({
  id: `${from}`,
  stage: 'Dev',
  action: 'Deploy',
  kind: 'build',
  state: 'succeeded',
  started_at: new Date(from).toISOString(),
  updated_at: new Date(to).toISOString(),
  ...more,
});

it('draws work by its length, from the first start to the last end', () => {
  expect(timelineOf([action(1000, 2000), action(2000, 5000)], 9000)).toEqual([
    { from: 0, to: 0.25, took_ms: 1000 },
    { from: 0.25, to: 1, took_ms: 3000 },
  ]);
});

it('goes on to now for what is under way', () => {
  const [, running] = timelineOf([action(0, 1000), action(1000, 1001, { state: 'in_progress' })], 4000);
  expect(running).toEqual({ from: 0.25, to: 1, took_ms: 3000 });
});

it('cuts short how long somebody takes to decide, and tells it all the same', () => {
  const days = 3 * 86_400_000;
  const [build, gate, deploy] = timelineOf(
    [action(0, 60_000), action(60_000, days, { kind: 'approval' }), action(days, days + 60_000)],
    days + 60_000,
  );
  expect(gate?.took_ms).toBe(days - 60_000);
  expect((gate?.to ?? 1) - (gate?.from ?? 0)).toBeLessThan(0.15);
  expect((build?.to ?? 0) - (build?.from ?? 0)).toBeCloseTo((deploy?.to ?? 0) - (deploy?.from ?? 0));
});

it('keeps the order of what happened, within its line', () => {
  const some = fc.record({ from: fc.nat(1_000_000), took: fc.nat(1_000_000), isGate: fc.boolean(), isOpen: fc.boolean() });
  fc.assert(
    fc.property(fc.array(some, { minLength: 1 }), (given) => {
      const actions = given.map(({ from, took, isGate, isOpen }) =>
        action(from, from + took, { kind: isGate ? 'approval' : 'build', state: isOpen ? 'in_progress' : 'succeeded' }),
      );
      const bars = timelineOf(actions, 2_000_000);
      for (const [a, { from, to }] of bars.entries()) {
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(1 + 1e-9);
        expect(to).toBeGreaterThanOrEqual(from);
        for (const [b, other] of bars.entries())
          if ((given[a]?.from ?? 0) <= (given[b]?.from ?? 0)) expect(from).toBeLessThanOrEqual(other.from + 1e-9);
      }
    }),
  );
});
