import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventText } from './event-stream.ts';
import { newEvent } from './particle-event.ts';

describe('an event in a stream', () => {
  it('is two lines and an empty one, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.boolean(), (name, data, ofProduct) => {
        const text = eventText(newEvent(0, { coreid: 'c', product_id: 1, owner: 'o' }, name, data), ofProduct);
        const [event = '', fields = '', ...rest] = text.split('\n');
        expect(event.startsWith('event: ')).toBe(true);
        expect(JSON.parse(fields.slice('data: '.length))).toMatchObject({ data, coreid: 'c', ttl: '60' });
        expect(rest).toEqual(['', '']);
      }),
    );
  });
});
