import { expect } from 'vitest';
import { type Bench, b, type Item, invalid, l, m, n, no, nothing, refusal, s, suite, yes } from './suite.ts';

const OPERATORS = 'Condition and filter expressions, operators, and functions in DynamoDB';
const PATHS = 'Referring to item attributes when using expressions in DynamoDB';

/** One item of every type, on which expressions are tried. */
const ITEM: Item = {
  str: s('hello'),
  blank: s(''),
  uni: s('pâté 😀'),
  num: n(42),
  neg: n(-7),
  frac: n('0.1'),
  bin: b(1, 2, 3),
  t: yes,
  f: no,
  nul: nothing,
  ss: { SS: ['a', 'b', 'c'] },
  ns: { NS: ['1', '2', '30'] },
  bs: { BS: [Uint8Array.of(1), Uint8Array.of(2, 3)] },
  arr: l(s('x'), n(5), l(s('deep')), m({ k: s('v') }), nothing),
  doc: m({ a: n(1), b: m({ c: s('deep'), arr: l(n(10), n(20)) }), 'dotted.name': s('dot') }),
  'dotted.name': s('top'),
  size: n(3),
};

/** Expressions with what they say of the item, tried as a condition and as a filter. */
type Case = readonly [expression: string, holds: boolean, values?: Item, names?: Record<string, string>];

async function expectHolds(bench: Bench, cases: readonly Case[]): Promise<void> {
  const Key = await bench.put(ITEM);
  const observed: string[] = [];
  const expected: string[] = [];
  for (const [expression, holds, values, names] of cases) {
    const shared = { TableName: bench.table, ...(names === undefined ? {} : { ExpressionAttributeNames: names }) };
    const condition = await bench.db
      .updateItem({
        ...shared,
        Key,
        ConditionExpression: expression,
        ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
      })
      .then(
        () => 'true',
        (error: Error) => (error.name === 'ConditionalCheckFailedException' ? 'false' : `${error.name}: ${error.message}`),
      );
    const filter = await bench.db
      .query({
        ...shared,
        KeyConditionExpression: 'pk = :the_key',
        FilterExpression: expression,
        ConsistentRead: true,
        ExpressionAttributeValues: { ...values, ':the_key': Key.pk },
      })
      .then(
        (answer) => String(answer.Count === 1),
        (error: Error) => `${error.name}: ${error.message}`,
      );
    observed.push(`${expression} is ${condition} as a condition, ${filter} as a filter`);
    expected.push(`${expression} is ${holds} as a condition, ${holds} as a filter`);
  }
  expect(observed).toEqual(expected);
}

async function expectRefused(bench: Bench, expression: string, values: Item | undefined, words: string): Promise<void> {
  const Key = await bench.put(ITEM);
  const given = values === undefined ? {} : { ExpressionAttributeValues: values };
  const condition = bench.db.updateItem({ TableName: bench.table, Key, ConditionExpression: expression, ...given });
  expect(await refusal(condition)).toEqual(invalid(`Invalid ConditionExpression: ${words}`));
}

suite('conditions', ['things'], (behaviour) => {
  const holds = (title: string, source: Parameters<typeof behaviour>[1], ...cases: Case[]) =>
    behaviour(title, source, (bench) => expectHolds(bench, cases));
  const refused = (title: string, source: Parameters<typeof behaviour>[1], expression: string, values: Item | undefined, words: string) =>
    behaviour(title, source, (bench) => expectRefused(bench, expression, values, words));

  holds(
    '= compares within a type',
    OPERATORS,
    ['str = :v', true, { ':v': s('hello') }],
    ['str = :v', false, { ':v': s('Hello') }],
    ['num = :v', false, { ':v': s('42') }],
  );
  holds(
    '= compares numbers by their value, not by their text',
    OPERATORS,
    ['num = :v', true, { ':v': n('4.2e1') }],
    ['num = :v', true, { ':v': n('042.00') }],
    ['frac = :v', true, { ':v': n('1e-1') }],
    ['frac = :v', false, { ':v': n('0.10000000000000000000000000000000000001') }],
  );
  holds('= compares binaries byte by byte', OPERATORS, ['bin = :v', true, { ':v': b(1, 2, 3) }], ['bin = :v', false, { ':v': b(1, 2) }]);
  holds(
    '= compares Booleans and nulls',
    OPERATORS,
    ['t = :v', true, { ':v': yes }],
    ['f = :v', false, { ':v': yes }],
    ['nul = :v', true, { ':v': nothing }],
  );
  holds(
    '= compares sets without regard to their order',
    OPERATORS,
    ['ss = :v', true, { ':v': { SS: ['c', 'a', 'b'] } }],
    ['ss = :v', false, { ':v': { SS: ['a', 'b'] } }],
    ['ns = :v', true, { ':v': { NS: ['30.0', '2', '1'] } }],
    ['bs = :v', true, { ':v': { BS: [Uint8Array.of(2, 3), Uint8Array.of(1)] } }],
  );
  holds(
    '= compares lists in their order and maps by their members',
    OPERATORS,
    ['arr = :v', true, { ':v': l(s('x'), n(5), l(s('deep')), m({ k: s('v') }), nothing) }],
    ['arr = :v', false, { ':v': l(n(5), s('x'), l(s('deep')), m({ k: s('v') }), nothing) }],
    ['doc.b = :v', true, { ':v': m({ arr: l(n(10), n(20)), c: s('deep') }) }],
    ['doc.b = :v', false, { ':v': m({ c: s('deep') }) }],
  );
  holds('= takes an empty string', OPERATORS, ['blank = :v', true, { ':v': s('') }], ['str = :v', false, { ':v': s('') }]);
  holds(
    '= between two attributes',
    OPERATORS,
    ['doc.b.c = arr[2][0]', true],
    ['str = num', false],
    ['num > neg', true],
    ['doc.b.arr[0] < doc.b.arr[1]', true],
  );
  holds(
    '<> holds for another value, another type and a missing attribute',
    OPERATORS,
    ['str <> :v', true, { ':v': s('x') }],
    ['str <> :v', false, { ':v': s('hello') }],
    ['num <> :v', true, { ':v': s('42') }],
    ['gone <> :v', true, { ':v': s('x') }],
  );
  holds(
    'orders numbers by value',
    OPERATORS,
    ['num > :v', true, { ':v': n(9) }],
    ['num < :v', true, { ':v': n(100) }],
    ['neg < :v', true, { ':v': n('-6.99') }],
    ['num >= :v', true, { ':v': n('42.0') }],
    ['num <= :v', false, { ':v': n('41.99999999999999999999999999999999999') }],
  );
  holds(
    'orders strings by the bytes of UTF-8',
    OPERATORS,
    ['str < :v', true, { ':v': s('hellp') }],
    ['str > :v', true, { ':v': s('Zebra') }],
    ['str > :v', true, { ':v': s('hell') }],
    ['uni > :v', true, { ':v': s('pb\uffff') }],
    [':w > :v AND attribute_exists(str)', true, { ':v': s('\uffff'), ':w': s('😀') }],
    ['blank < str', true],
  );
  holds('orders binaries by unsigned bytes', OPERATORS, ['bin < :v', true, { ':v': b(0x80) }], ['bin > :v', true, { ':v': b(1, 2) }]);
  holds(
    'orders nothing across types, and nothing that is missing',
    OPERATORS,
    ['num < :v', false, { ':v': s('9') }],
    ['num >= :v', false, { ':v': s('9') }],
    ['gone < :v', false, { ':v': n(1) }],
    ['gone >= :v', false, { ':v': n(1) }],
    ['NOT gone < :v', true, { ':v': n(1) }],
  );
  holds('orders no Booleans', OPERATORS, ['t > f', false], ['t >= t2', false], ['ss < ns', false], ['arr < doc', false]);
  holds(
    'BETWEEN includes both bounds',
    OPERATORS,
    ['num BETWEEN :a AND :b', true, { ':a': n(42), ':b': n(43) }],
    ['num BETWEEN :a AND :b', true, { ':a': n(41), ':b': n(42) }],
    ['num BETWEEN :a AND :b', false, { ':a': n(43), ':b': n(44) }],
    ['num BETWEEN neg AND :b', true, { ':b': n(44) }],
    ['gone BETWEEN :a AND :b', false, { ':a': n(1), ':b': n(2) }],
    ['str BETWEEN :a AND :b', false, { ':a': n(1), ':b': n(2) }],
  );
  holds(
    'IN is equality with any of the arr',
    OPERATORS,
    ['num IN (:a, :b)', true, { ':a': s('42'), ':b': n('42.0') }],
    ['num IN (:a)', false, { ':a': s('42') }],
    ['str IN (doc.b.c, :a)', true, { ':a': s('hello') }],
    ['gone IN (:a)', false, { ':a': nothing }],
    ['arr[0] in (:a)', true, { ':a': s('x') }],
  );
  const hundred = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`:v${index}`, n(index)]));
  holds('IN takes 100 values', OPERATORS, [`num IN (${Object.keys(hundred).join(', ')})`, true, hundred]);
  refused(
    'IN takes no 101 values',
    OPERATORS,
    `num IN (${[...Object.keys(hundred), ':v100'].join(', ')})`,
    { ...hundred, ':v100': n(100) },
    'The IN operator is provided with too many operands; number of operands: 101',
  );

  holds(
    'attribute_exists is about presence, whatever the value',
    OPERATORS,
    ['attribute_exists(nul)', true],
    ['attribute_exists(blank)', true],
    ['attribute_exists(gone)', false],
    ['attribute_exists(doc.b.c)', true],
    ['attribute_exists(doc.x.c)', false],
    ['attribute_exists(arr[4])', true],
    ['attribute_exists(arr[5])', false],
    ['attribute_exists(str.a)', false],
    ['attribute_exists(doc[0])', false],
  );
  holds(
    'attribute_not_exists is its contrary',
    OPERATORS,
    ['attribute_not_exists(nul)', false],
    ['attribute_not_exists(gone)', true],
    ['attribute_not_exists(arr[9])', true],
  );
  const types: readonly (readonly [string, string])[] = [
    ['str', 'S'],
    ['num', 'N'],
    ['bin', 'B'],
    ['t', 'BOOL'],
    ['nul', 'NULL'],
    ['ss', 'SS'],
    ['ns', 'NS'],
    ['bs', 'BS'],
    ['arr', 'L'],
    ['doc', 'M'],
  ];
  holds(
    'attribute_type knows ten types',
    OPERATORS,
    ...types.map(([name, type]): Case => [`attribute_type(${name}, :t)`, true, { ':t': s(type) }]),
    ['attribute_type(str, :t)', false, { ':t': s('N') }],
    ['attribute_type(gone, :t)', false, { ':t': s('S') }],
    ['attribute_type(arr[1], :t)', true, { ':t': s('N') }],
  );
  refused(
    'attribute_type refuses an unknown type',
    OPERATORS,
    'attribute_type(str, :t)',
    { ':t': s('STRING') },
    'Invalid attribute type name found; type: STRING, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
  );
  refused(
    'attribute_type takes its type as a string',
    OPERATORS,
    'attribute_type(str, :t)',
    { ':t': n(1) },
    'Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N',
  );
  holds(
    'begins_with of strings and binaries',
    OPERATORS,
    ['begins_with(str, :v)', true, { ':v': s('hel') }],
    ['begins_with(str, :v)', true, { ':v': s('') }],
    ['begins_with(str, :v)', true, { ':v': s('hello') }],
    ['begins_with(str, :v)', false, { ':v': s('hello!') }],
    ['begins_with(bin, :v)', true, { ':v': b(1, 2) }],
    ['begins_with(bin, :v)', false, { ':v': b(2) }],
    ['begins_with(bin, :v)', false, { ':v': s('AQ') }],
    ['begins_with(num, :v)', false, { ':v': s('4') }],
    ['begins_with(gone, :v)', false, { ':v': s('4') }],
    ['begins_with(str, doc.b.c)', false],
  );
  refused(
    'begins_with takes no number',
    OPERATORS,
    'begins_with(num, :v)',
    { ':v': n(4) },
    'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
  );
  holds(
    'contains of a string is a part of it',
    OPERATORS,
    ['contains(str, :v)', true, { ':v': s('ell') }],
    ['contains(str, :v)', false, { ':v': s('elo') }],
    ['contains(uni, :v)', true, { ':v': s('😀') }],
    ['contains(str, :v)', false, { ':v': n(1) }],
    ['contains(num, :v)', false, { ':v': n(4) }],
  );
  holds(
    'contains of a set is an element',
    OPERATORS,
    ['contains(ss, :v)', true, { ':v': s('b') }],
    ['contains(ss, :v)', false, { ':v': s('bc') }],
    ['contains(ns, :v)', true, { ':v': n('30.0') }],
    ['contains(ns, :v)', false, { ':v': s('30') }],
    ['contains(bs, :v)', true, { ':v': b(2, 3) }],
    ['contains(bs, :v)', false, { ':v': b(2) }],
  );
  holds(
    'contains of a arr is an element of any type',
    OPERATORS,
    ['contains(arr, :v)', true, { ':v': s('x') }],
    ['contains(arr, :v)', true, { ':v': n('5.0') }],
    ['contains(arr, :v)', true, { ':v': m({ k: s('v') }) }],
    ['contains(arr, :v)', true, { ':v': l(s('deep')) }],
    ['contains(arr, :v)', true, { ':v': nothing }],
    ['contains(arr, :v)', false, { ':v': s('deep') }],
    ['contains(doc, :v)', false, { ':v': s('a') }],
  );
  holds(
    'contains of binaries is a part of them',
    OPERATORS,
    ['contains(bin, :v)', true, { ':v': b(2, 3) }],
    ['contains(bin, :v)', false, { ':v': b(1, 3) }],
  );
  holds('contains takes a path as its second operand', OPERATORS, ['contains(arr, arr[0])', true], ['contains(ss, str)', false]);
  refused(
    'contains needs two distinct operands',
    OPERATORS,
    'contains(str, str)',
    undefined,
    'The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [str]',
  );
  refused(
    'comparisons need two distinct operands',
    OPERATORS,
    'str = str',
    undefined,
    'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [str]',
  );
  refused(
    'BETWEEN needs bounds that are distinct from what they bound',
    OPERATORS,
    'num BETWEEN neg AND num',
    undefined,
    'The first operand must be distinct from the remaining operands for this operator or function; operator: BETWEEN, first operand: [num]',
  );
  refused(
    'IN needs operands that are distinct from the first',
    OPERATORS,
    'arr[0] IN (str, arr[0])',
    undefined,
    'The first operand must be distinct from the remaining operands for this operator or function; operator: IN, first operand: [arr, [0]]',
  );
  holds('size of a string is its length', OPERATORS, ['size(str) = :v', true, { ':v': n(5) }], ['size(blank) = :v', true, { ':v': n(0) }]);
  holds('size of a string beyond ASCII counts UTF-16 units', OPERATORS, ['size(uni) = :v', true, { ':v': n(7) }]);
  holds('size of a binary is its bytes', OPERATORS, ['size(bin) = :v', true, { ':v': n(3) }]);
  holds(
    'size of a set, arr or doc is its elements',
    OPERATORS,
    ['size(ss) = :v', true, { ':v': n(3) }],
    ['size(ns) = :v', true, { ':v': n(3) }],
    ['size(bs) = :v', true, { ':v': n(2) }],
    ['size(arr) = :v', true, { ':v': n(5) }],
    ['size(doc) = :v', true, { ':v': n(3) }],
    ['size(doc.b.arr) = :v', true, { ':v': n(2) }],
  );
  holds(
    'size of a number, Boolean, null or nothing is no value',
    OPERATORS,
    ['size(num) > :v', false, { ':v': n(-1) }],
    ['size(t) > :v', false, { ':v': n(-1) }],
    ['size(nul) > :v', false, { ':v': n(-1) }],
    ['size(gone) > :v', false, { ':v': n(-1) }],
  );
  holds(
    'size stands wherever an operand does',
    OPERATORS,
    ['size(str) BETWEEN :a AND :b', true, { ':a': n(1), ':b': n(5) }],
    ['size(str) IN (:a, :b)', true, { ':a': n(1), ':b': n(5) }],
    ['size(ss) = size(ns)', true],
    ['size(str) > size(ss)', true],
    [':v < size(str)', true, { ':v': n(4) }],
  );
  refused(
    'size is no condition by itself',
    OPERATORS,
    'size(str)',
    undefined,
    'The function is not allowed to be used this way in an expression; function: size',
  );
  refused(
    'a condition is no operand',
    OPERATORS,
    'attribute_exists(str) = :v',
    { ':v': yes },
    'The function is not allowed to be used this way in an expression; function: attribute_exists',
  );
  refused(
    'function names are case-sensitive',
    OPERATORS,
    'Attribute_Exists(str)',
    undefined,
    'Invalid function name; function: Attribute_Exists',
  );
  refused(
    'functions have a number of operands',
    OPERATORS,
    'attribute_exists(str, num)',
    undefined,
    'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
  );
  refused(
    'attribute_exists takes a path',
    OPERATORS,
    'attribute_exists(:v)',
    { ':v': s('x') },
    'Operator or function requires a document path; operator or function: attribute_exists',
  );
  refused(
    'literals without an order are not compared by one',
    OPERATORS,
    'num < :v',
    { ':v': yes },
    'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL',
  );
  refused(
    'BETWEEN takes no bounds of two types',
    OPERATORS,
    'num BETWEEN :a AND :b',
    { ':a': n(1), ':b': s('2') },
    'The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:2}',
  );
  refused(
    'BETWEEN takes no upper bound below the lower one',
    OPERATORS,
    'num BETWEEN :a AND :b',
    { ':a': n(5), ':b': n(2) },
    'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:5}, upper bound operand: AttributeValue: {N:2}',
  );

  holds(
    'NOT binds tighter than AND, AND tighter than OR',
    OPERATORS,
    ['t = :t OR t = :f AND f = :t', true, { ':t': yes, ':f': no }],
    ['(t = :t OR t = :f) AND f = :t', false, { ':t': yes, ':f': no }],
    ['NOT f = :t AND f = :t', false, { ':t': yes }],
    ['NOT (f = :t AND t = :t)', true, { ':t': yes }],
    ['NOT NOT t = :t', true, { ':t': yes }],
    ['NOT attribute_exists(gone) OR attribute_exists(gone)', true],
    ['attribute_exists(gone) AND attribute_exists(gone2) OR attribute_exists(str)', true],
  );
  holds(
    'comparisons bind tighter than NOT, and BETWEEN and IN tighter than AND',
    OPERATORS,
    ['NOT num BETWEEN :a AND :b', true, { ':a': n(1), ':b': n(2) }],
    ['num BETWEEN :a AND :b AND attribute_exists(str)', true, { ':a': n(1), ':b': n(50) }],
    ['NOT num IN (:a, :b) AND attribute_exists(str)', true, { ':a': n(1), ':b': n(50) }],
  );
  holds(
    'keywords are written in any case, with any white space',
    OPERATORS,
    ['attribute_exists(str) and not attribute_exists(gone)', true],
    ['  (attribute_exists (str))\n\tOr attribute_exists( gone )', true],
    ['num between :a and :b', true, { ':a': n(1), ':b': n(50) }],
    ['num>:a', true, { ':a': n(1) }],
  );
  refused(
    'parentheses must not be redundant',
    OPERATORS,
    '((attribute_exists(str)))',
    undefined,
    'The expression has redundant parentheses;',
  );

  holds(
    'paths go into maps and lists',
    PATHS,
    ['doc.b.c = :v', true, { ':v': s('deep') }],
    ['doc.b.arr[1] = :v', true, { ':v': n(20) }],
    ['arr[3].k = :v', true, { ':v': s('v') }],
    ['arr[2][0] = :v', true, { ':v': s('deep') }],
    ['arr[9] = :v', false, { ':v': s('deep') }],
    ['doc[0] = :v', false, { ':v': n(1) }],
    ['arr.k = :v', false, { ':v': s('v') }],
  );
  holds(
    'names stand for one part of a path each, dots included',
    'Expression attribute names (aliases) in DynamoDB',
    ['#d = :v', true, { ':v': s('top') }, { '#d': 'dotted.name' }],
    ['doc.#d = :v', true, { ':v': s('dot') }, { '#d': 'dotted.name' }],
    ['#m.#b.#c = :v', true, { ':v': s('deep') }, { '#m': 'doc', '#b': 'b', '#c': 'c' }],
    ['#m.#b.#l[0] = :v', true, { ':v': n(10) }, { '#m': 'doc', '#b': 'b', '#l': 'arr' }],
    ['#s = :v', true, { ':v': n(3) }, { '#s': 'size' }],
    ['size(#l) = :v', true, { ':v': n(5) }, { '#l': 'arr' }],
  );
  refused('a negative list index is no path', PATHS, 'arr[-1] = :v', { ':v': s('x') }, 'Syntax error; token: "-", near: "[-1"');
  behaviour(
    'a condition on a missing item sees no attribute',
    'DynamoDB condition expression CLI example',
    async ({ db, table, fresh }) => {
      const Key = fresh();
      const failed = { name: 'ConditionalCheckFailedException', message: 'The conditional request failed' };
      expect(await refusal(db.updateItem({ TableName: table, Key, ConditionExpression: 'attribute_exists(pk)' }))).toEqual(failed);
      expect(
        await refusal(
          db.deleteItem({ TableName: table, Key, ConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': Key.pk } }),
        ),
      ).toEqual(failed);
      await db.putItem({ TableName: table, Item: Key, ConditionExpression: 'attribute_not_exists(pk)' });
      expect(await refusal(db.putItem({ TableName: table, Item: Key, ConditionExpression: 'attribute_not_exists(pk)' }))).toEqual(failed);
    },
  );
});
