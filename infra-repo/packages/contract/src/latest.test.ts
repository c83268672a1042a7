import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { treeKey } from './keys.ts';
import { latestBelow, latestItemSchema, latestKey, latestOf } from './latest.ts';
import { notedStateAttributes, stateAttributes, storedToldChange, toldChangeOf } from './noted-state.ts';
import { silentAt } from './silence.ts';
import { runStates } from './status-fields.ts';
import { anyRun } from './testing/arbitrary-documents.ts';
import { tokenClaimsSchema } from './token-claims.ts';

describe('the newest status of a device', () => {
  it('stands in the same order as the device in the tree index, and is found below every organization above it', () => {
    const segment = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/);
    const path = fc.array(segment, { minLength: 5, maxLength: 5 }).map((segments) => `/enfusion/${segments.join('/')}`);
    fc.assert(
      fc.property(path, path, (a, b) => {
        const order = (x: string, y: string) => Math.sign(x < y ? -1 : x > y ? 1 : 0);
        expect(order(latestKey(a).sk, latestKey(b).sk)).toBe(order(treeKey('DEVICE', a).gsi1sk, treeKey('DEVICE', b).gsi1sk));
        const partner = a.split('/').slice(0, 3).join('/');
        expect(latestKey(a).sk.startsWith(latestBelow(partner).skPrefix)).toBe(true);
        expect(latestKey(b).sk.startsWith(latestBelow(partner).skPrefix)).toBe(`${b}/`.startsWith(`${partner}/`));
      }),
    );
  });

  it('holds any document', () => {
    fc.assert(
      fc.property(anyRun(), (documents) => {
        const [document] = documents;
        if (document === undefined) return;
        const item = {
          ...latestKey('/enfusion/p/d/c/s/pump-1'),
          ...latestOf('pump-1', document, document.time + 5),
          ...stateAttributes(document, document.time),
        };
        expect(latestItemSchema.parse(item)).toEqual(item);
      }),
    );
  });

  it('holds any change that was told at once, and gives it back', () => {
    const state = fc.record({ run_state: fc.option(fc.constantFrom(...runStates)), fault_code: fc.option(fc.nat(65_535)) });
    const counter = fc.nat(4_294_967_295);
    fc.assert(
      fc.property(fc.record({ time: counter, boot_id: counter, seq: counter, from: state, to: state }), (change) => {
        const [stored] = notedStateAttributes.told_changes.parse([storedToldChange(change)]) ?? [];
        expect(stored && toldChangeOf(stored)).toEqual(change);
      }),
    );
  });
});

it('a device is silent when its next pack is five minutes late, or when what it sends is old', () => {
  const now = 1_763_760_000;
  expect(silentAt({ last_contact_at: now, time: now }, 15)).toBe(now + 20 * 60);
  expect(silentAt({ last_contact_at: now, time: now - 3 * 3600 }, 15)).toBeLessThan(now);
  expect(silentAt({ last_contact_at: now - 3 * 3600, time: now }, 1)).toBeLessThan(now);
});

describe('the claims in a token', () => {
  const claims = { user_id: 'u-1', persona: 'dealer', path: '/enfusion/p1/d3' };

  it('are taken with whatever else stands in the token', () => {
    expect(tokenClaimsSchema.parse({ ...claims, sub: 'x' })).toEqual(claims);
  });

  it.each([
    ['user_id', { ...claims, user_id: '' }],
    ['persona', { ...claims, persona: 'root' }],
    ['path', { ...claims, path: '/enfusion/p1/' }],
    ['path', { ...claims, path: '' }],
  ])('are refused with a wrong %s', (field, wrong) => {
    expect(tokenClaimsSchema.safeParse(wrong).error?.issues.map((issue) => issue.path[0])).toEqual([field]);
  });
});
