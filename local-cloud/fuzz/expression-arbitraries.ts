import fc from 'fast-check';
import { oddText } from './odd-values.ts';

/** An attribute value of DynamoDB, mostly one that the table of the fuzzed cloud has in that place. */
export const attributeValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { weight: 6, arbitrary: fc.record({ S: fc.oneof(fc.constantFrom('a', 'b', 'item-1'), fc.string({ maxLength: 8 }), oddText) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        N: fc.oneof(
          fc.integer().map(String),
          fc.constantFrom(
            '0',
            '-0',
            '1e125',
            '1e126',
            '-9.9e125',
            '1e-130',
            '1e-131',
            '00012.500',
            '1'.repeat(38),
            '1'.repeat(39),
            '.5',
            '5.',
            '+1',
            '0x10',
            ' 1',
            '',
          ),
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ B: fc.oneof(fc.base64String({ maxLength: 12 }), fc.constantFrom('=', 'a', '****', '')) }) },
    { weight: 1, arbitrary: fc.constantFrom({ BOOL: true }, { NULL: true }, { NULL: false }, { BOOL: 'true' }) },
    { weight: 1, arbitrary: fc.record({ SS: fc.array(fc.constantFrom('a', 'b', ''), { maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ NS: fc.array(fc.constantFrom('1', '1.0', '2', 'x'), { maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ BS: fc.array(fc.constantFrom('YQ==', 'Yg==', ''), { maxLength: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ L: fc.array(tie('value'), { maxLength: 3, depthIdentifier: 'attribute' }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        M: fc.dictionary(fc.constantFrom('a', 'b', '__proto__', ''), tie('value'), { maxKeys: 2, depthIdentifier: 'attribute' }),
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom({}, { S: 'a', N: '1' }, { X: 1 }, { S: 1 }, { N: 1 }, { L: {} }, { M: [] }, null) },
  ),
})).value;

const attributeName = fc.constantFrom(
  'pk',
  'sk',
  'a',
  'n',
  'list',
  'map',
  'set',
  'gsi1pk',
  'ttl',
  '#a',
  '#b',
  '#missing',
  'size',
  'and',
  '__proto__',
  '_x',
  '0a',
);
const placeholder = fc.constantFrom(':a', ':b', ':n', ':list', ':set', ':missing', ':');
const path: fc.Arbitrary<string> = fc
  .tuple(
    attributeName,
    fc.array(
      fc.oneof(
        attributeName.map((name) => `.${name}`),
        fc.constantFrom('[0]', '[1]', '[99999999999]', '[-1]', '[]', '[a]'),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([name, rest]) => name + rest.join(''));
const operand = fc.oneof(
  { weight: 3, arbitrary: path },
  { weight: 3, arbitrary: placeholder },
  { weight: 1, arbitrary: path.map((name) => `size(${name})`) },
);

/** A condition of DynamoDB, by its grammar: whether names and types fit is left open. */
export const condition: fc.Arbitrary<string> = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>=', '=='), operand).map((parts) => parts.join(' ')),
    fc.tuple(fc.constantFrom('attribute_exists', 'attribute_not_exists'), path).map(([name, at]) => `${name}(${at})`),
    fc
      .tuple(fc.constantFrom('begins_with', 'contains', 'attribute_type'), operand, operand)
      .map(([name, one, other]) => `${name}(${one}, ${other})`),
    fc.tuple(operand, operand, operand).map(([value, low, high]) => `${value} BETWEEN ${low} AND ${high}`),
    fc.tuple(operand, fc.array(operand, { maxLength: 4 })).map(([value, list]) => `${value} IN (${list.join(', ')})`),
    fc.tuple(tie('condition'), fc.constantFrom('AND', 'OR', 'and', 'XOR'), tie('condition')).map((parts) => parts.join(' ')),
    tie('condition').map((inner) => `NOT ${inner}`),
    tie('condition').map((inner) => `(${inner})`),
  ),
})).condition;

const setValue = fc.oneof(
  operand,
  fc.tuple(operand, fc.constantFrom('+', '-', '*'), operand).map((parts) => parts.join(' ')),
  fc.tuple(path, operand).map(([at, value]) => `if_not_exists(${at}, ${value})`),
  fc.tuple(operand, operand).map(([one, other]) => `list_append(${one}, ${other})`),
);
const clause = fc.oneof(
  fc
    .array(fc.tuple(path, setValue), { minLength: 1, maxLength: 3 })
    .map((parts) => `SET ${parts.map(([at, value]) => `${at} = ${value}`).join(', ')}`),
  fc.array(path, { minLength: 1, maxLength: 3 }).map((parts) => `REMOVE ${parts.join(', ')}`),
  fc.tuple(fc.constantFrom('ADD', 'DELETE', 'add'), path, placeholder).map((parts) => parts.join(' ')),
);

/** An update of DynamoDB, by its grammar. */
export const update: fc.Arbitrary<string> = fc.array(clause, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' '));

export const keyCondition: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'pk = :a',
      'pk = :a AND begins_with(sk, :b)',
      'pk = :a AND sk BETWEEN :a AND :b',
      'gsi1pk = :a',
      '#a = :a and sk > :b',
      '(pk = :a) AND (sk = :b)',
    ),
  },
  { weight: 2, arbitrary: condition },
);

export const projection: fc.Arbitrary<string> = fc.array(path, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(', '));

/** A text of a grammar that was cut, doubled or put together wrongly. */
export function garbled(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: texts },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          texts,
          fc.nat(60),
          fc.oneof(fc.constantFrom('(', ')', ',', '"', "'", '/', '|', '[', '{', '#', ':', '\\', '\u0000', ' '), oddText),
        )
        .map(([text, at, odd]) => text.slice(0, at) + odd + text.slice(at)),
    },
    { weight: 1, arbitrary: fc.tuple(texts, fc.nat(60)).map(([text, at]) => text.slice(0, at)) },
    {
      weight: 1,
      arbitrary: fc.tuple(texts, texts, fc.constantFrom(' ', ' | ', ' AND ', ',')).map((parts) => `${parts[0]}${parts[2]}${parts[1]}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('(', 'NOT ', '((', '[', '{', '!', '-', 'size(', '$.', '"'), fc.constantFrom(10, 100, 3000))
        .map(([unit, times]) => unit.repeat(times)),
    },
    { weight: 1, arbitrary: oddText },
  );
}

const field = fc.constantFrom(
  '@timestamp',
  '@message',
  '@logStream',
  'seq',
  'solar_w',
  'run_state',
  'a.b',
  'a.0.c',
  '`odd name`',
  'missing',
  '@ptr',
  '__proto__',
  'strlen',
);
const literal = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom(
    '"solar"',
    "'x'",
    '""',
    '0.5',
    '1e3',
    '.5',
    '-1',
    'true',
    'null',
    '5m',
    '1h',
    '"unclosed',
    '/so.*/',
    '/(a+)+$/',
    '/[/',
    '/(?i)x/',
    '[1, 2]',
    '["a"]',
    '[]',
  ),
);
const insightsFunction = fc.constantFrom(
  'strlen',
  'abs',
  'ceil',
  'floor',
  'greatest',
  'least',
  'log',
  'sqrt',
  'trim',
  'upper',
  'substr',
  'replace',
  'strcontains',
  'concat',
  'isempty',
  'ispresent',
  'coalesce',
  'bin',
  'datefloor',
  'fromMillis',
  'toMillis',
  'isValidIp',
  'nosuch',
  'tolower',
  'split',
);

const insightsExpression: fc.Arbitrary<string> = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    field,
    literal,
    fc.tuple(insightsFunction, fc.array(tie('expression'), { maxLength: 3 })).map(([name, given]) => `${name}(${given.join(', ')})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('+', '-', '*', '/', '%', '^', '=', '!=', '<', '>=', 'and', 'or', 'like', 'not like', '=~', 'in', 'not in'),
        tie('expression'),
      )
      .map((parts) => parts.join(' ')),
    tie('expression').map((inner) => `(${inner})`),
    tie('expression').map((inner) => `not ${inner}`),
    tie('expression').map((inner) => `-${inner}`),
  ),
})).expression;

const aggregation = fc
  .tuple(
    fc.constantFrom('avg', 'sum', 'min', 'max', 'count', 'count_distinct', 'pct', 'stddev', 'earliest', 'latest', 'sortsFirst', 'median'),
    fc.array(insightsExpression, { maxLength: 2 }),
    fc.boolean(),
  )
  .map(([name, given, isNamed]) => `${name}(${given.join(', ')})${isNamed ? ' as x' : ''}`);

const command = fc.oneof(
  fc.array(insightsExpression, { minLength: 1, maxLength: 3 }).map((parts) => `fields ${parts.join(', ')}`),
  fc.array(field, { minLength: 1, maxLength: 3 }).map((parts) => `display ${parts.join(', ')}`),
  insightsExpression.map((inner) => `filter ${inner}`),
  fc
    .tuple(fc.array(aggregation, { minLength: 1, maxLength: 3 }), fc.array(insightsExpression, { maxLength: 2 }))
    .map(([given, by]) => `stats ${given.join(', ')}${by.length === 0 ? '' : ` by ${by.join(', ')}`}`),
  fc.tuple(insightsExpression, fc.constantFrom('', ' asc', ' desc', ' up')).map((parts) => `sort ${parts.join('')}`),
  fc.oneof(fc.integer(), fc.constantFrom(0, 10, 10_000, 10_001)).map((count) => `limit ${count}`),
  fc.array(field, { minLength: 1, maxLength: 3 }).map((parts) => `dedup ${parts.join(', ')}`),
  fc
    .tuple(
      field,
      fc.constantFrom(
        '"* solar *" as a, b',
        '"*" as a',
        "'x=* y=*' as x",
        '/(?<n>\\d+)/',
        '/(a+)+(?<n>b)/',
        '/[/',
        '"" as a',
        '"**" as a, b',
      ),
    )
    .map((parts) => `parse ${parts.join(' ')}`),
  fc.constantFrom('unmask @message', 'pattern @message', 'diff', '# a comment', 'unnest a into b'),
);

/** A query of CloudWatch Logs Insights, by its grammar. */
export const insightsQuery: fc.Arbitrary<string> = fc.array(command, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' | '));

const jsonSelector = fc.constantFrom(
  '$.solar_w',
  '$.run_state',
  '$.a.b[0].c',
  '$.a[*]',
  '$',
  '$.',
  '$.a[99999999999]',
  '$.__proto__',
  '$["a"]',
);
const jsonTerm = fc.oneof(
  fc
    .tuple(
      jsonSelector,
      fc.constantFrom('=', '!=', '<', '>', '<=', '>=', '=='),
      fc.constantFrom('1', '-1.5e3', '"solar"', '*', '"s*"', '%so.*%', '%(a+)+%', '%[%', 'x', '""'),
    )
    .map((parts) => parts.join(' ')),
  fc.tuple(jsonSelector, fc.constantFrom('IS TRUE', 'IS FALSE', 'IS NULL', 'NOT EXISTS', 'IS X')).map((parts) => parts.join(' ')),
);
/** A filter pattern of CloudWatch Logs: of words, of JSON, of columns or of a regular expression. */
export const filterPattern: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(fc.constantFrom('ERROR', '-INFO', '?a', '?b', '"two words"', '""', '%re.*%', '%(a+)+$%', '%[%', '*', '\\', '"unclosed'), {
      maxLength: 4,
    })
    .map((parts) => parts.join(' ')),
  fc
    .letrec<{ term: string }>((tie) => ({
      term: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        jsonTerm,
        fc.tuple(tie('term'), fc.constantFrom('&&', '||', '&'), tie('term')).map((parts) => parts.join(' ')),
        tie('term').map((inner) => `(${inner})`),
      ),
    }))
    .term.map((term) => `{ ${term} }`),
  fc
    .array(fc.constantFrom('ip', 'status = 4*', 'bytes > 10', '...', 'a = "x"', 'b != %re%'), { maxLength: 4 })
    .map((parts) => `[${parts.join(', ')}]`),
);
