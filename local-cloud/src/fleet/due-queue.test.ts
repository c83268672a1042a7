import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DueQueue } from './due-queue.ts';

it('gives devices out by their newest time, each once', () => {
  const puts = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1000 })), { maxLength: 200 });
  fc.assert(
    fc.property(puts, (orders) => {
      const queue = new DueQueue();
      const newest = new Map<number, number>();
      for (const [number, due] of orders) {
        queue.put(number, due);
        newest.set(number, due);
      }
      const taken: [number, number][] = [];
      for (let next = queue.next_ms(); next !== Number.POSITIVE_INFINITY; next = queue.next_ms()) {
        expect(queue.take(next - 1)).toBeUndefined();
        taken.push([queue.take(next) ?? -1, next]);
      }
      expect(taken.map(([, due]) => due)).toEqual([...newest.values()].sort((a, b) => a - b));
      expect(new Map(taken)).toEqual(newest);
    }),
  );
});
