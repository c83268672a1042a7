import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FilterRefused, fitsArguments, passes, readFilter } from './subscription-filter.ts';

const one = (fieldName: string, operator: string, value: unknown) => ({ filterGroup: [{ filters: [{ fieldName, operator, value }] }] });
const told = (operator: string, wanted: unknown, value: unknown) => passes(readFilter(one('field', operator, wanted)), { field: value });

describe('an operator', () => {
  // The examples of AWS AppSync Developer Guide, "Extensions", Field: operator.
  it.each<[operator: string, wanted: unknown, told: unknown[], notTold: unknown[]]>([
    ['eq', 'AWS AppSync', ['AWS AppSync'], ['aws appsync', 1]],
    ['eq', 1, [1], ['1', true]],
    ['eq', false, [false], [0, 'false']],
    ['ne', 'AWS AppSync', ['other', 5], ['AWS AppSync']],
    ['le', 5, [5, 4.5], [6, '5']],
    ['lt', 5, [4], [5]],
    ['ge', 5, [5], [4]],
    ['gt', 'b', ['c'], ['b', 'a', 1]],
    ['contains', 10, [[9, 10], 10], [[1], 100, '10']],
    ['contains', 'launch', ['a launch'], ['lunch']],
    ['notContains', 10, [[1], 11], [[10]]],
    ['notContains', 'launch', ['lunch'], ['launched']],
    ['beginsWith', '/enfusion/p1/', ['/enfusion/p1/d1'], ['/enfusion/p1', '/enfusion/p10/d1', 5]],
    ['in', [1, 2, 3], [2], [4, '2']],
    ['notIn', [1, 2, 3], [4], [2]],
    ['between', [1, 5], [2, 3, 4], [0, 1, 5, 6, '3']],
    [
      'containsAny',
      [10, 15],
      [
        [10, 11],
        [15, 20, 30],
      ],
      [[1], 10],
    ],
  ])('%s %o', (operator, wanted, passing, others) => {
    expect(passing.filter((value) => !told(operator, wanted, value))).toEqual([]);
    expect(others.filter((value) => told(operator, wanted, value))).toEqual([]);
  });

  it('has nothing to say of what is not there', () => {
    for (const operator of ['ne', 'notContains', 'lt'])
      for (const value of [undefined, null]) expect(told(operator, 'x', value)).toBe(false);
    expect(told('notIn', ['x'], null)).toBe(false);
  });
});

describe('a filter', () => {
  it('reaches down five levels, and never into what an object inherits', () => {
    const filter = readFilter(one('a.b.c', 'eq', 1));
    expect(passes(filter, { a: { b: { c: 1 } } })).toBe(true);
    expect(passes(filter, { a: { b: 1 } })).toBe(false);
    expect(passes(readFilter(one('constructor.name', 'eq', 'Object')), {})).toBe(false);
    expect(() => readFilter(one('a.b.c.d.e.f', 'eq', 1))).toThrow('5 levels');
  });

  it('passes no list', () => {
    expect(passes(readFilter(one('length', 'ge', 0)), [])).toBe(false);
  });

  const many = (count: number, make: (n: number) => object) => Array.from({ length: count }, (_, n) => make(n));
  it.each<[string, unknown, string]>([
    ['more than ten', { filterGroup: many(11, (n) => ({ filters: [{ fieldName: 'a', operator: 'eq', value: n }] })) }, 'maximum limit 10'],
    [
      'more than ten as `in` multiplies them',
      { filterGroup: many(3, () => ({ filters: [{ fieldName: 'a', operator: 'in', value: [1, 2, 3, 4] }] })) },
      'maximum limit 10',
    ],
    [
      'more than five fields',
      { filterGroup: [{ filters: many(6, (n) => ({ fieldName: `f${n}`, operator: 'eq', value: 1 })) }] },
      'maximum attributes limit 5',
    ],
    ['a field twice', { filterGroup: [{ filters: many(2, () => ({ fieldName: 'a', operator: 'eq', value: 1 })) }] }, 'same fieldName'],
    ['more than five values', one('a', 'in', [1, 2, 3, 4, 5, 6]), 'maximum value limit 5 for operator `in`'],
    ['more than twenty values', one('a', 'containsAny', [...Array(21).keys()]), 'maximum value limit 20 for operator `containsAny`'],
    ['a long text', one('a', 'eq', 'x'.repeat(257)), '256'],
    ['another operator', one('a', 'lte', 1), 'lte'],
    ['an operator of the language', one('a', 'constructor', 1), 'constructor'],
    ['no value', one('a', 'eq', null), 'a eq'],
    ['no text', one('a', 'beginsWith', 1), 'a beginsWith'],
    ['one of a pair', one('a', 'between', [1]), 'a between'],
    ['no rules', { filterGroup: [{ filters: [] }] }, 'empty'],
    ['nothing', null, 'not valid'],
  ])('is refused with %s', (_, given, why) => {
    expect(() => readFilter(given)).toThrow(FilterRefused);
    expect(() => readFilter(given)).toThrow(why);
  });
});

/** Rules over a few fields with a few values, so that they meet often. */
const value = fc.constantFrom<(string | number)[]>('a', 'ab', 'b', '', 1, 2, 3);
const rule = fc.oneof(
  fc.record({ operator: fc.constantFrom('eq', 'ne', 'le', 'lt', 'ge', 'gt', 'contains', 'notContains'), value }),
  fc.record({ operator: fc.constant('beginsWith'), value: fc.constantFrom('a', 'ab', '') }),
  fc.record({ operator: fc.constantFrom('in', 'notIn'), value: fc.array(value, { maxLength: 2 }) }),
  fc.record({ operator: fc.constant('between'), value: fc.tuple(value, value) }),
);
const filters = fc
  .uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 })
  .chain((names) => fc.tuple(...names.map((fieldName) => rule.map((each) => ({ fieldName, ...each })))));
const object = fc.record({ x: value, y: value, z: fc.option(value) }, { requiredKeys: [] });

describe('rules', () => {
  it('hold together as each holds alone: all of one filter, or all of another', () => {
    fc.assert(
      fc.property(fc.array(filters, { minLength: 1, maxLength: 2 }), object, (groups, value_) => {
        const alone = (single: object) => passes(readFilter({ filterGroup: [{ filters: [single] }] }), value_);
        const whole = passes(readFilter({ filterGroup: groups.map((each) => ({ filters: each })) }), value_);
        expect(whole).toBe(groups.some((each) => each.every(alone)));
      }),
    );
  });

  it('and their opposites: of a value that is there, one of the two holds', () => {
    fc.assert(
      fc.property(value, value, fc.array(value, { maxLength: 5 }), (is, wanted, list) => {
        expect(told('ne', wanted, is)).toBe(!told('eq', wanted, is));
        expect(told('notIn', list, is)).toBe(!told('in', list, is));
        expect(told('notContains', wanted, is)).toBe(!told('contains', wanted, is));
        if (typeof is === typeof wanted) expect(told('gt', wanted, is)).toBe(!told('le', wanted, is));
      }),
    );
  });

  it('of equality pass exactly what has the arguments', () => {
    fc.assert(
      fc.property(object, object, (args, value_) => {
        const wanted = Object.entries(args).filter(([, each]) => each !== null && each !== undefined);
        fc.pre(wanted.length > 0);
        const filter = readFilter({
          filterGroup: [{ filters: wanted.map(([fieldName, each]) => ({ fieldName, operator: 'eq', value: each })) }],
        });
        expect(fitsArguments(Object.fromEntries(wanted), value_)).toBe(passes(filter, value_));
      }),
    );
  });
});
