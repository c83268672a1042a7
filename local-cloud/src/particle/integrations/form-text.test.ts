import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formText } from './form-text.ts';

describe('formText', () => {
  it('writes as the reference does', () => {
    expect(formText({ Body: 'Hi there!', published_at: '2017-02-01T21:08:05.763Z' })).toBe(
      'Body=Hi%20there%21&published_at=2017-02-01T21%3A08%3A05.763Z',
    );
  });

  it('is what any form parser reads back', () => {
    const names = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__' && name.isWellFormed());
    fc.assert(
      fc.property(fc.dictionary(names, fc.string({ unit: 'grapheme' })), (fields) => {
        expect([...new URLSearchParams(formText(fields))].sort()).toEqual(Object.entries(fields).sort());
      }),
    );
  });

  it('has nothing but the characters that need no escape', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(formText({ data: text })).toMatch(/^data=[A-Za-z0-9\-._~%]*$/);
      }),
    );
  });
});
