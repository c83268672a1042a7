import { describe, expect, it } from 'vitest';
import { compareData, type Data } from './compare-data.ts';

const found = (before: Data, now: Data) => compareData('names', before, now).map(({ kind, name }) => `${kind} ${name}`);

describe('constants that others read', () => {
  it('may become more', () => {
    expect(found({ a: '/x' }, { a: '/x', b: '/y' })).toEqual(['addition names.b']);
    expect(found(['on', 'off'], ['on', 'lost', 'off'])).toEqual(['addition names']);
  });

  it.each<[string, Data, Data, string[]]>([
    ['renamed', { tableName: '/table' }, { tableName: '/tables' }, ['breaking names.tableName']],
    ['gone', { pk: 'pk', sk: 'sk' }, { pk: 'pk' }, ['breaking names.sk']],
    ['gone of a list', ['on', 'off'], ['on'], ['breaking names']],
    ['in another order', ['on', 'off'], ['off', 'on'], ['breaking names']],
    ['another one', 35, 36, ['breaking names']],
    ['of another kind', { a: [1] }, { a: { b: 1 } }, ['breaking names.a']],
  ])('break who reads them when one is %s', (_, before, now, expected) => {
    expect(found(before, now)).toEqual(expected);
  });

  it.each<[Data]>([[null], [''], [0], [[]], [{}], [[{ a: [1, [2, { b: null }]] }, 'x', 'x']], [{ '': { length: 3 } }]])(
    'are the same as themselves: %j',
    (value) => {
      expect(found(value, structuredClone(value))).toEqual([]);
    },
  );
});
