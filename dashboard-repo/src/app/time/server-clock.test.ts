import { expect, it } from 'vitest';
import { serverClock } from './server-clock.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

it('knows nothing before the server said its time, and nothing wrong from a time that is none', () => {
  const clock = serverClock({ monotonic: () => 5, wall: () => 7 });
  expect(clock.now()).toBeUndefined();
  clock.observe('yesterday');
  expect(clock.now()).toBeUndefined();
});

it('goes on from what the server said, however wrong this machine’s clock is', () => {
  let elapsed = 0;
  const clock = serverClock({ monotonic: () => 1_000 + elapsed, wall: () => Date.parse('2031-01-01T00:00:00Z') + elapsed });
  clock.observe('2026-11-22T12:00:00Z');
  elapsed = 90_000;
  expect(clock.now()).toBe(noon + 90_000);
});

it('is not set back when this machine’s clock is', () => {
  let [monotonic, wall] = [0, 0];
  const clock = serverClock({ monotonic: () => monotonic, wall: () => wall });
  clock.observe('2026-11-22T12:00:00Z');
  [monotonic, wall] = [60_000, -7_200_000];
  expect(clock.now()).toBe(noon + 60_000);
});

it('counts the time that a machine slept, for which its monotonic clock stood still', () => {
  let [monotonic, wall] = [0, 0];
  const clock = serverClock({ monotonic: () => monotonic, wall: () => wall });
  clock.observe('2026-11-22T12:00:00Z');
  [monotonic, wall] = [1_000, 7_201_000];
  expect(clock.now()).toBe(noon + 7_201_000);
});
