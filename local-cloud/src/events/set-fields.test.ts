import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withField } from './set-fields.ts';

const content = {
  event: 'status',
  data: [
    { solar_w: 1, to: { code: 0 } },
    { solar_w: 2, to: { code: 0 } },
  ],
};

describe('a field that is set', () => {
  it('takes JSON, or else text', () => {
    expect(withField(content, 'event=status/live')).toEqual({ ...content, event: 'status/live' });
    expect(withField({ a: 1 }, 'a=null')).toEqual({ a: null });
    expect(withField({ a: 1 }, 'a={"b":[2]}')).toEqual({ a: { b: [2] } });
    expect(withField({ a: 1 }, 'a=x=y')).toEqual({ a: 'x=y' });
  });

  it('reaches one entry of a list, or all of them', () => {
    expect(withField(content, 'data.1.solar_w=9')).toMatchObject({ data: [{ solar_w: 1 }, { solar_w: 9 }] });
    expect(withField(content, 'data.*.to.code=7')).toMatchObject({ data: [{ to: { code: 7 } }, { to: { code: 7 } }] });
  });

  it('is taken away, or new', () => {
    expect(withField({ a: 1, b: 2 }, 'b=')).toEqual({ a: 1 });
    expect(withField({ a: 1 }, 'c=3')).toEqual({ a: 1, c: 3 });
  });

  it.each([
    ['nothing', /<path>=<value>/],
    ['=3', /<path>=<value>/],
    ['data.solar_w=3', /data is a list of 2/],
    ['data.2.solar_w=3', /from 0 to 1/],
    ['dota.0=3', /there is no dota; there are event, data/],
    ['event.name=3', /event has no fields/],
    ['event.*=3', /event has no fields/],
    ['*=3', /no list/],
  ])('that has no place is refused: %s', (assignment, reason) => {
    expect(() => withField(content, assignment)).toThrow(reason);
  });

  it('holds what was given, and changes nothing else', () => {
    const name = fc.stringMatching(/^[a-z_]{1,8}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), name, fc.jsonValue(), (before, field, value) => {
        const copy = structuredClone(before);
        const json = JSON.stringify(value);
        expect(withField(before, `${field}=${json}`)).toEqual({ ...before, [field]: JSON.parse(json) });
        expect(before).toEqual(copy);
      }),
    );
  });
});
