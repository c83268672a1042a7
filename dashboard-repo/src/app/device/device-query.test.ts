import { describe, expect, it } from 'vitest';
import { mayHaveMissed } from './device-query.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 12, minute)).toISOString();

describe('after a subscription stands', () => {
  it('the day is good when nothing came since it was read', () => {
    expect(mayHaveMissed({ last_contact_at: at(0) }, { last_contact_at: at(0), as_of: at(9) })).toBe(false);
    expect(mayHaveMissed({ last_contact_at: null }, { last_contact_at: null, as_of: at(9) })).toBe(false);
    expect(mayHaveMissed(undefined, null)).toBe(false);
  });

  it('the day is read again when something came since, or came while it was read', () => {
    expect(mayHaveMissed({ last_contact_at: at(0) }, { last_contact_at: at(5), as_of: at(9) })).toBe(true);
    expect(mayHaveMissed({ last_contact_at: null }, { last_contact_at: at(5), as_of: at(9) })).toBe(true);
    expect(mayHaveMissed(undefined, { last_contact_at: at(0), as_of: at(9) })).toBe(true);
    expect(mayHaveMissed({ last_contact_at: at(9) }, { last_contact_at: at(9), as_of: at(9) })).toBe(true);
  });
});
