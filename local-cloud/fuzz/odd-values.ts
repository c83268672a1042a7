import fc from 'fast-check';

/** Texts that programs trip over. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      '0',
      '-0',
      '-1',
      '1',
      '1e999',
      '9007199254740993',
      '4294967296',
      '99999999999999999999',
      'NaN',
      'Infinity',
      'null',
      'true',
      'undefined',
    ],
    ...[
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'length',
      'then',
      '$ref',
      '#',
      '.',
      '..',
      '../../etc/passwd',
      '/',
      '//',
      '\\',
      '*',
      '?',
      '%',
      '%00',
      '%zz',
      '%E0%A4',
    ],
    ...[
      '\u0000',
      '\n',
      '\r\n',
      '\t',
      '\u2028',
      '\ufeff',
      '\ud800',
      '\udfff\ud800',
      'é',
      '漢字',
      '😀',
      'a\u0301',
      'İ',
      'ß',
      "'",
      '"',
      '`',
      '$x',
      '{{x}}',
      '<!-- -->',
      '<![CDATA[',
      ']]>',
      '&amp;',
      '&#0;',
    ],
    ...[
      'arn:aws:::',
      'arn:aws:s3:::',
      'arn:aws:iam::111122223333:role/',
      'arn:aws:lambda:us-east-2:111122223333:function:',
      'a:b:c:d:e:f:g:h',
    ],
    ...['2026-02-30T25:61:61Z', '0000-00-00', '+275760-09-13T00:00:00.001Z', '-1-01-01', 'Thu, 32 Jan 1970'],
  ),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .constantFrom('a', '(', '[', '{', '"', 'a.', '%41', '\\', '*', ' ', '0', '漢')
    .chain((unit) => fc.constantFrom(65, 257, 1025, 5000).map((times) => unit.repeat(times))),
);

const oddNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, -0, -1, 1, 0.5, 1e21, 1e308, 5e-324, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 8.64e15, 8.64e15 + 1),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Values of JSON that nobody expects in this place. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: oddText },
  { weight: 2, arbitrary: oddNumber },
  { weight: 2, arbitrary: fc.constantFrom(null, true, false, [], {}, [[]], [null], [{}], { __proto__: null }, '') },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'a').map((key) => JSON.parse(`{"${key}":{"${key}":1}}`) as unknown) },
  { weight: 1, arbitrary: fc.constantFrom(10, 100, 1000).map((depth) => deep(depth)) },
  { weight: 1, arbitrary: fc.constantFrom(26, 101, 1001).map((length) => Array.from({ length }, (_, at) => String(at))) },
);

function deep(depth: number): unknown {
  let value: unknown = 1;
  for (let at = 0; at < depth; at++) value = at % 2 === 0 ? [value] : { L: value };
  return value;
}

interface Change {
  /** Which of the tree's places, from 0 to 1. */
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add' | 'double';
  readonly value: unknown;
  readonly name: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'double'),
  value: oddValue,
  name: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'Unknown', ''), oddText),
});

/** A value of JSON as it was made, or near it: up to three of its places are changed. */
export function nearMiss(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(
      values,
      fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) }),
    )
    .map(([value, changes]) => changes.reduce<unknown>(changed, value));
}

function changed(root: unknown, { at, how, value, name }: Change): unknown {
  const places = placesOf(root);
  const path = places[Math.floor(at * places.length)] ?? [];
  return replaced(root, path, (old) => {
    if (how === 'replace') return { value };
    if (how === 'remove') return path.length === 0 ? { value: {} } : undefined;
    if (how === 'double') return { value: Array.isArray(old) ? [...(old as unknown[]), ...(old as unknown[])] : [old, old] };
    if (typeof old === 'object' && old !== null && !Array.isArray(old)) return { value: withMember(old, name, value) };
    return { value: Array.isArray(old) ? [...(old as unknown[]), value] : value };
  });
}

function withMember(object: object, name: string, value: unknown): object {
  const copy = { ...object };
  Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

type Path = readonly (string | number)[];

function placesOf(value: unknown, path: Path = []): Path[] {
  if (path.length > 8 || typeof value !== 'object' || value === null || value instanceof Uint8Array) return [path];
  const below = Array.isArray(value) ? value.slice(0, 20).map((item, at): [number, unknown] => [at, item]) : Object.entries(value);
  return [path, ...below.flatMap(([key, item]) => placesOf(item, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, make: (old: unknown) => { value: unknown } | undefined): unknown {
  if (key === undefined) return make(value)?.value;
  const below = (value as Record<string | number, unknown>)[key];
  const made = rest.length === 0 ? make(below) : { value: replaced(below, rest, make) };
  if (Array.isArray(value))
    return made === undefined
      ? value.filter((_, at) => at !== key)
      : value.map((item, at) => (at === key ? made.value : (item as unknown)));
  const entries = Object.entries(value as object).filter(([name]) => name !== key);
  const copy = Object.fromEntries(entries);
  return made === undefined ? copy : withMember(copy, String(key), made.value);
}
