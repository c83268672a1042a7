import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributesLookup, bodyLookup, type FilterPolicyScope, parseFilterPolicy, type Scalar } from './filter-policy.ts';

function onBody(policy: unknown, body: unknown): boolean {
  const lookup = bodyLookup(JSON.stringify(body));
  return lookup !== undefined && parseFilterPolicy(JSON.stringify(policy), 'MessageBody')(lookup);
}

function onAttributes(policy: unknown, attributes: Record<string, { DataType: string; StringValue?: string }>): boolean {
  return parseFilterPolicy(JSON.stringify(policy), 'MessageAttributes')(attributesLookup(attributes));
}

describe('a filter policy on attributes', () => {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const list = (...values: Scalar[]) => ({ DataType: 'String.Array', StringValue: JSON.stringify(values) });
  const number = (value: number) => ({ DataType: 'Number', StringValue: String(value) });

  // The cases of the SNS Developer Guide's pages on string, numeric and key matching, told with our own values.
  it.each([
    ['exact', { state: ['fault', 'stop'] }, { state: text('fault') }, true],
    ['exact, another', { state: ['fault', 'stop'] }, { state: text('run') }, false],
    ['one of a list', { state: ['fault'] }, { state: list('run', 'fault') }, true],
    ['case counts', { state: ['fault'] }, { state: text('Fault') }, false],
    ['case ignored', { state: [{ 'equals-ignore-case': 'fault' }] }, { state: text('FAULT') }, true],
    ['prefix', { state: [{ prefix: 'fa' }] }, { state: text('fault') }, true],
    ['suffix', { state: [{ suffix: 'run' }] }, { state: text('sun-run') }, true],
    ['anything but', { state: [{ 'anything-but': ['run'] }] }, { state: text('stop') }, true],
    ['anything but, this one', { state: [{ 'anything-but': ['run'] }] }, { state: text('run') }, false],
    ['anything but, missing', { state: [{ 'anything-but': ['run'] }] }, {}, false],
    ['anything but, another in the list', { state: [{ 'anything-but': ['run'] }] }, { state: list('run', 'stop') }, true],
    ['anything but a prefix', { state: [{ 'anything-but': { prefix: 'fa' } }] }, { state: text('fault') }, false],
    ['number', { power_w: [300] }, { power_w: number(300.0) }, true],
    ['number as text', { power_w: [300] }, { power_w: text('300') }, false],
    ['above', { power_w: [{ numeric: ['>', 100] }] }, { power_w: number(100) }, false],
    ['between', { power_w: [{ numeric: ['>=', 100, '<', 200] }] }, { power_w: number(100) }, true],
    ['at the end', { power_w: [{ numeric: ['>=', 100, '<', 200] }] }, { power_w: number(200) }, false],
    ['there', { fault: [{ exists: true }] }, { fault: text('x') }, true],
    ['not there', { fault: [{ exists: false }] }, { other: text('x') }, true],
    ['either', { fault: ['E1', { exists: false }] }, {}, true],
    ['all keys', { state: ['run'], site: ['a'] }, { state: text('run') }, false],
    ['or', { $or: [{ state: ['run'] }, { site: ['a'] }] }, { site: text('a') }, true],
    ['or, none', { $or: [{ state: ['run'] }, { site: ['a'] }] }, { site: text('b') }, false],
    ['address', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: text('10.0.0.7') }, true],
    ['address outside', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: text('10.0.1.7') }, false],
    ['binary', { raw: [{ exists: true }] }, { raw: { DataType: 'Binary' } }, false],
    ['nobody’s name', { constructor: [{ exists: true }] }, {}, false],
  ])('%s', (_name, policy, attributes, expected) => {
    expect(onAttributes(policy, attributes)).toBe(expected);
  });
});

describe('a filter policy on the body', () => {
  it.each([
    ['nested', { device: { state: ['fault'] } }, { device: { state: 'fault' } }, true],
    ['in a list of objects', { samples: { fault: [7] } }, { samples: [{ fault: 0 }, { fault: 7 }] }, true],
    ['null', { fault: [null] }, { fault: null }, true],
    ['true is not text', { live: [true] }, { live: 'true' }, false],
    ['or within', { device: { $or: [{ state: ['run'] }, { fault: [7] }] } }, { device: { fault: 7 } }, true],
    ['no object', { a: ['b'] }, ['a'], false],
  ])('%s', (_name, policy, body, expected) => {
    expect(onBody(policy, body)).toBe(expected);
  });

  it('never matches what is not JSON', () => {
    expect(bodyLookup('plain text')).toBeUndefined();
  });
});

describe('a filter policy that cannot be carried out', () => {
  it.each([
    ['not JSON', '{', 'MessageAttributes', 'InvalidParameter'],
    ['no list', '{"a": "b"}', 'MessageAttributes', 'InvalidParameter'],
    ['nested attributes', '{"a": {"b": ["c"]}}', 'MessageAttributes', 'InvalidParameter'],
    ['an empty list', '{"a": []}', 'MessageBody', 'InvalidParameter'],
    ['an unknown operator', '{"a": [{"sounds-like": "b"}]}', 'MessageBody', 'InvalidParameter'],
    ['an unknown comparison', '{"a": [{"numeric": ["constructor", 5]}]}', 'MessageBody', 'InvalidParameter'],
    ['wildcards', '{"a": [{"wildcard": "b*"}]}', 'MessageBody', 'NotCarriedOut'],
    ['too many keys', '{"a": [1], "b": [1], "c": [1], "d": [1], "e": [1], "f": [1]}', 'MessageAttributes', 'InvalidParameter'],
    ['numbers out of range', '{"a": [{"numeric": [">", 1000000001]}]}', 'MessageAttributes', 'InvalidParameter'],
  ] as [string, string, FilterPolicyScope, string][])('%s', (_name, text, scope, code) => {
    expect(() => parseFilterPolicy(text, scope)).toThrow(expect.objectContaining({ code }));
  });
});

describe('for every value', () => {
  const value = fc.oneof(fc.string(), fc.integer({ min: -1000, max: 1000 }), fc.boolean(), fc.constant(null));
  const words = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 });

  it('exists: true and exists: false are opposites', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b'), value), (body) => {
        expect(onBody({ a: [{ exists: true }] }, body)).toBe(!onBody({ a: [{ exists: false }] }, body));
        expect(onBody({ a: [{ exists: true }] }, body)).toBe(Object.hasOwn(body, 'a'));
      }),
    );
  });

  it('anything-but is the opposite of the list, for one value', () => {
    fc.assert(
      fc.property(words, fc.string(), (excluded, actual) => {
        expect(onBody({ a: [{ 'anything-but': excluded }] }, { a: actual })).toBe(!onBody({ a: excluded }, { a: actual }));
      }),
    );
  });

  it('a list matches when one of its elements does', () => {
    fc.assert(
      fc.property(words, fc.array(value, { maxLength: 5 }), (wanted, actual) => {
        expect(onBody({ a: wanted }, { a: actual })).toBe(actual.some((one) => onBody({ a: wanted }, { a: one })));
      }),
    );
  });

  it('numeric agrees with arithmetic', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(number, number, number, (low, high, actual) => {
        expect(onBody({ a: [{ numeric: ['>', low, '<=', high] }] }, { a: actual })).toBe(actual > low && actual <= high);
      }),
    );
  });

  it('keys are all needed, values and $or branches are not', () => {
    fc.assert(
      fc.property(words, words, fc.string(), fc.string(), (forA, forB, a, b) => {
        const [matchesA, matchesB] = [forA.includes(a), forB.includes(b)];
        expect(onBody({ a: forA, b: forB }, { a, b })).toBe(matchesA && matchesB);
        expect(onBody({ $or: [{ a: forA }, { b: forB }] }, { a, b })).toBe(matchesA || matchesB);
      }),
    );
  });
});
