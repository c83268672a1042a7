import { parseValue } from 'graphql';
import { describe, expect, it } from 'vitest';
import { AWS_SCALARS, CannotSerialize, OWN_SCALARS } from './scalars.ts';

/** Of "Scalar types in GraphQL", where it gives examples. */
const EXAMPLES: Record<string, { good: unknown[]; bad: unknown[] }> = {
  AWSDate: {
    good: ['1970-01-01Z', '1970-01-01-07:00', '1970-01-01+05:30', '2024-02-29', '1970-01-01+05:30:10'],
    bad: ['2023-02-29', '1970-1-1', '1970-01-01T00:00Z', 5, ''],
  },
  AWSTime: { good: ['12:00:34.', '12:00:34.123Z', '23:59', '00:00:00+01:00'], bad: ['24:00:00', '12:60', '1:00', 5] },
  AWSDateTime: {
    good: ['1930-01-01T16:00:00-07:00', '2026-11-22T10:00:00Z', '2026-11-22T10:00:00.123Z', '2026-11-22T10:00Z'],
    bad: ['2026-11-22T10:00:00', '2026-11-22', '2026-11-22Z', '2026-11-22ZT10:00:00Z', '2026-13-22T10:00:00Z', 1_700_000_000],
  },
  AWSTimestamp: { good: [-123_123, 0, 1_700_000_000], bad: ['5', 1.5, Number.NaN] },
  AWSEmail: { good: ['example@example.com'], bad: ['example', 'a b@c', '@x', 5] },
  AWSURL: { good: ['https://www.amazon.com/dp/B000NZW3KC/', 'mailto:example@example.com'], bad: ['www.amazon.com', 'https://a/b//c', 5] },
  AWSIPAddress: {
    good: ['127.0.0.1/8', '123.12.34.56', '1a2b:3c4b::1234:4567', '::1/128'],
    bad: ['127.0.0.1/33', '[::1]', '1.2.3', '1.2.3.4/8/8', 5],
  },
};

describe.each(Object.entries(EXAMPLES))('%s', (name, { good, bad }) => {
  const scalar = AWS_SCALARS.get(name);

  it.each(good)('takes and gives %o', (value) => {
    expect(scalar?.parseValue(value)).toBe(value);
    expect(scalar?.serialize(value)).toBe(value);
    expect(scalar?.parseLiteral(parseValue(JSON.stringify(value)))).toBe(value);
  });

  it.each(bad)('does not take or give %o', (value) => {
    expect(() => scalar?.parseValue(value)).toThrow('Unable to parse');
    expect(() => scalar?.serialize(value)).toThrow(CannotSerialize);
  });
});

describe('AWSJSON', () => {
  const json = AWS_SCALARS.get('AWSJSON');

  it('is text outside and what it stands for inside', () => {
    expect(json?.parseValue('{"a":[1]}')).toEqual({ a: [1] });
    expect(json?.parseLiteral(parseValue('"[1]"'))).toEqual([1]);
    expect(json?.serialize({ a: [1] })).toBe('{"a":[1]}');
    expect(json?.serialize('{"a":1}')).toBe('{"a":1}');
  });

  it('is not text that is no JSON', () => {
    expect(() => json?.parseValue('{')).toThrow('Unable to parse');
    expect(() => json?.parseValue({ a: 1 })).toThrow('Unable to parse');
    expect(() => json?.serialize('a')).toThrow(CannotSerialize);
  });
});

describe("GraphQL's own scalars", () => {
  it.each<[string, unknown, unknown]>([
    ['ID', 5, '5'],
    ['ID', 'x', 'x'],
    ['String', true, 'true'],
    ['String', 1.5, '1.5'],
    ['Boolean', 'TRUE', true],
    ['Boolean', 0, false],
    ['Int', '12', 12],
    ['Int', -(2 ** 31), -(2 ** 31)],
    ['Float', '1e3', 1000],
    ['Float', 2, 2],
  ])('%s of %o', (name, value, written) => {
    expect(OWN_SCALARS.get(name)?.(value)).toBe(written);
  });

  it.each<[string, unknown, string]>([
    ['Int', 1.5, "Expected type 'Int' but was 'Double'."],
    ['Int', 2 ** 31, "Expected type 'Int' but was 'BigInteger'."],
    ['Int', 'x', "Expected type 'Int' but was 'String'."],
    ['Float', Number.NaN, "Expected type 'Float' but was 'Double'."],
    ['String', { a: 1 }, "Expected type 'String' but was 'LinkedHashMap'."],
    ['String', [1], "Expected type 'String' but was 'ArrayList'."],
    ['ID', true, "Expected type 'ID' but was 'Boolean'."],
    ['Boolean', 'yes', "Expected type 'Boolean' but was 'String'."],
  ])('%s is not %o', (name, value, message) => {
    expect(() => OWN_SCALARS.get(name)?.(value)).toThrow(message);
  });
});
