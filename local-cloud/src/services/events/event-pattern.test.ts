import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEventPattern } from './event-pattern.ts';

const matches = (pattern: unknown, event: unknown) => parseEventPattern(JSON.stringify(pattern))(event);

const PUSH = {
  source: 'aws.codecommit',
  'detail-type': 'CodeCommit Repository State Change',
  resources: ['arn:aws:codecommit:us-east-2:111122223333:ingest-repo'],
  detail: { event: 'referenceUpdated', referenceName: 'main', referenceType: 'branch' },
};

describe('an event pattern', () => {
  it('as CDK writes it for a repository matches its pushes to that branch alone', () => {
    const pattern = {
      source: ['aws.codecommit'],
      resources: PUSH.resources,
      'detail-type': ['CodeCommit Repository State Change'],
      detail: { event: ['referenceCreated', 'referenceUpdated'], referenceName: ['main'] },
    };
    expect(matches(pattern, PUSH)).toBe(true);
    expect(matches(pattern, { ...PUSH, detail: { ...PUSH.detail, referenceName: 'feature' } })).toBe(false);
    expect(matches(pattern, { ...PUSH, resources: ['arn:aws:codecommit:us-east-2:111122223333:infra-repo'] })).toBe(false);
    expect(matches(pattern, { ...PUSH, detail: { ...PUSH.detail, event: 'referenceDeleted' } })).toBe(false);
  });

  it.each<[string, unknown, unknown, boolean]>([
    ['one of several values', { a: ['x', 'y'] }, { a: 'y' }, true],
    ['a missing field', { a: ['x'] }, {}, false],
    ['a list in the event', { a: ['x'] }, { a: ['w', 'x'] }, true],
    ['null', { a: [null] }, { a: null }, true],
    ['a number for a number only', { a: [300] }, { a: '300' }, false],
    ['false', { a: [false] }, { a: false }, true],
    ['prefix', { a: [{ prefix: 'us-' }] }, { a: 'us-east-2' }, true],
    ['prefix without case', { a: [{ prefix: { 'equals-ignore-case': 'US-' } }] }, { a: 'us-east-2' }, true],
    ['suffix', { a: [{ suffix: '.png' }] }, { a: 'x.png' }, true],
    ['equals-ignore-case', { a: [{ 'equals-ignore-case': 'ALICE' }] }, { a: 'alice' }, true],
    ['wildcard', { a: [{ wildcard: 'dir/*/x.*' }] }, { a: 'dir/one/two/x.ts' }, true],
    ['a wildcard whose ends would overlap', { a: [{ wildcard: 'ab*ba' }] }, { a: 'aba' }, false],
    ['an escaped star', { a: [{ wildcard: 'a\\*b' }] }, { a: 'axb' }, false],
    ['anything-but', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'x' }, false],
    ['anything-but of a missing field', { a: [{ 'anything-but': ['x'] }] }, {}, false],
    ['anything-but with a prefix', { a: [{ 'anything-but': { prefix: 'us-' } }] }, { a: 'eu-west-1' }, true],
    ['anything-but with a list of suffixes', { a: [{ 'anything-but': { suffix: ['.png', '.jpg'] } }] }, { a: 'x.jpg' }, false],
    ['anything-but with a wildcard', { a: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { a: 'x/lib/y' }, false],
    ['exists', { a: [{ exists: true }] }, { a: '' }, true],
    ['exists not', { a: { b: [{ exists: false }] } }, { c: 1 }, true],
    ['numeric', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, true],
    ['numeric beyond', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 6 }, false],
    ['cidr', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.0.7' }, true],
    ['$or', { $or: [{ a: ['x'] }, { b: ['y'] }], c: ['z'] }, { b: 'y', c: 'z' }, true],
    ['$or and the rest', { $or: [{ a: ['x'] }, { b: ['y'] }], c: ['z'] }, { b: 'y', c: 'w' }, false],
    [
      'one object of a list for all fields',
      { a: { b: [1], c: [2] } },
      {
        a: [
          { b: 1, c: 3 },
          { b: 4, c: 2 },
        ],
      },
      false,
    ],
    ['an object of a list', { a: { b: [1], c: [2] } }, { a: [{ b: 0 }, { b: 1, c: 2 }] }, true],
    ['a name of Object.prototype', { toString: [{ exists: true }] }, {}, false],
  ])('%s', (_, pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['no object', '["x"]'],
    ['nothing at all', '{}'],
    ['a value outside of a list', '{"source":"aws.s3"}'],
    ['an empty list', '{"source":[]}'],
    ['an empty object', '{"detail":{}}'],
    ['an unknown operator', '{"a":[{"sounds-like":"x"}]}'],
    ['two operators at once', '{"a":[{"prefix":"x","suffix":"y"}]}'],
    ['a list in a list', '{"a":[["x"]]}'],
    ['numeric without bounds', '{"a":[{"numeric":[">"]}]}'],
    ['two stars in a row', '{"a":[{"wildcard":"a**b"}]}'],
    ['a mixed anything-but', '{"a":[{"anything-but":["x",1]}]}'],
    ['an $or of one', '{"$or":[{"a":["x"]}]}'],
    ['a malformed network', '{"a":[{"cidr":"10.0.0.0/33"}]}'],
    ['too long a pattern', JSON.stringify({ a: ['x'.repeat(4096)] })],
  ])('is refused for %s', (_, text) => {
    expect(() => parseEventPattern(text)).toThrow(expect.objectContaining({ code: 'InvalidEventPatternException' }));
  });
});

describe('event patterns, of any event', () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/);
  const leaf = fc.oneof(fc.string({ maxLength: 8 }), fc.integer({ min: -1000, max: 1000 }), fc.boolean(), fc.constant(null));
  const { event } = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(leaf, { minLength: 1, maxLength: 4 }),
      fc.array(tie('event'), { minLength: 1, maxLength: 3 }),
      tie('event'),
    ),
    event: fc.dictionary(name, tie('node'), { minKeys: 1, maxKeys: 4 }),
  }));
  type Path = [...string[]];

  /** A pattern that asks for what stands in the event; in a list for its last element. */
  const exactly = (value: unknown): unknown => {
    if (Array.isArray(value)) return exactly(value.at(-1));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, exactly(below)]));
    return [value];
  };
  const leaves = (pattern: unknown, path: Path = []): Path[] =>
    Array.isArray(pattern) ? [path] : Object.entries(pattern as object).flatMap(([key, below]) => leaves(below, [...path, key]));
  const replaced = (pattern: unknown, [key, ...deeper]: Path, wanted: unknown): unknown =>
    key === undefined ? wanted : { ...(pattern as object), [key]: replaced((pattern as Record<string, unknown>)[key], deeper, wanted) };

  it('match what they were made of', () => {
    fc.assert(
      fc.property(event, (given) => {
        expect(matches(exactly(given), given)).toBe(true);
      }),
    );
  });

  it('do not match when one leaf asks for something else', () => {
    fc.assert(
      fc.property(event, fc.nat(), (given, pick) => {
        const pattern = exactly(given);
        const paths = leaves(pattern);
        const path = paths[pick % paths.length] ?? [];
        expect(matches(replaced(pattern, path, ['no leaf has as many characters']), given)).toBe(false);
        expect(matches(replaced(pattern, path, [{ exists: true }]), given)).toBe(true);
      }),
    );
  });

  it('tell a value or anything but that value', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, other) => {
        for (const operator of ['prefix', 'suffix', 'equals-ignore-case']) {
          const positive = matches({ a: [{ [operator]: other }] }, { a: value });
          expect(matches({ a: [{ 'anything-but': { [operator]: other } }] }, { a: value })).toBe(!positive);
        }
        expect(matches({ a: [{ 'anything-but': other }] }, { a: value })).toBe(value !== other);
      }),
    );
  });

  it('have wildcards that regular expressions agree with', () => {
    const character = fc.constantFrom('a', 'b', '/', '.', '*', '\\');
    const parts = fc.array(fc.string({ unit: character, maxLength: 3 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, fc.string({ unit: character, maxLength: 12 }), (between, value) => {
        const kept = between.filter((part, index) => part !== '' || index === 0 || index === between.length - 1);
        if (kept.length === 2 && kept.every((part) => part === '')) kept.length = 1;
        const wildcard = kept.map((part) => part.replace(/[*\\]/g, '\\$&')).join('*');
        const expected = new RegExp(`^${kept.map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('.*')}$`, 's').test(value);
        expect(matches({ a: [{ wildcard }] }, { a: value })).toBe(expected);
        expect(matches({ a: [{ wildcard }] }, { a: kept.join(value) })).toBe(true);
      }),
    );
  });
});
