import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newEvent } from '../events/particle-event.ts';
import { type Delivery, HostQueue } from './host-queue.ts';

const delivery = (at: number): Delivery => ({
  webhook: {
    integration: {
      id: 'i',
      created_at: 0,
      product_id: 1,
      owner: 'o',
      settings: {
        name: null,
        event: 'e',
        url: 'http://x',
        requestType: 'POST',
        noDefaults: false,
        rejectUnauthorized: true,
        unchunked: false,
        disabled: false,
      },
    },
    request: () => ({ method: 'POST', url: 'http://x', headers: {}, body: undefined }),
  },
  event: newEvent(0, { coreid: 'c', product_id: 1, owner: null }, 'e', ''),
  at,
  skips: 0,
});

describe('HostQueue', () => {
  it('keeps the order', () => {
    const queue = new HostQueue();
    for (let i = 0; i < 5000; i++) queue.add(delivery(i));
    for (let i = 0; i < 5000; i++) expect(queue.take()?.at).toBe(i);
    expect(queue.take()).toBeUndefined();
  });

  it('gives each delivery once, whichever is picked', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('add' as const), fc.nat(20)), { maxLength: 300 }), (steps) => {
        const queue = new HostQueue();
        const taken: number[] = [];
        let added = 0;
        for (const step of steps) {
          if (step === 'add') queue.add(delivery(added++));
          else {
            const one = queue.take(step);
            if (one !== undefined) taken.push(one.at);
          }
        }
        for (let one = queue.take(3); one !== undefined; one = queue.take(3)) taken.push(one.at);
        expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: added }, (_, i) => i));
        expect(queue.length).toBe(0);
      }),
    );
  });
});
