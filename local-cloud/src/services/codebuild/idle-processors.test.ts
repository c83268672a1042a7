import { expect, it } from 'vitest';
import { IdleProcessors } from './idle-processors.ts';

/** What is answered when two processors were so busy, one second after the other (1 is one of them). */
function looks(...busy: number[]): boolean[] {
  let at = 0;
  let idle = 0;
  const processors = new IdleProcessors(() => {
    const now = { processors: 2, idle, all: at * 2000 };
    idle += (2 - (busy[at] ?? 0)) * 1000;
    at += 1;
    return now;
  });
  return [...busy, 0].map(() => processors.look());
}

it('tells of room once one processor had nothing to do for three looks, and then anew', () => {
  expect(looks(1, 1, 1, 1, 1, 1)).toEqual([false, false, false, true, false, false, true]);
  expect(looks(0, 2, 0, 0, 2)).toEqual([false, false, false, false, false, false]);
  expect(looks(1.5, 1.5, 1.5, 1.5)).toEqual([false, false, false, false, false]);
});

it("reads this machine's processors", () => {
  const processors = new IdleProcessors();
  expect([processors.look(), processors.look()]).toEqual([false, false]);
});
