import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { type Bench, b, type Item, invalid, l, m, n, no, nothing, refusal, s, suite, yes } from './suite.ts';

const TYPES = 'Supported data types and naming rules in Amazon DynamoDB';
const CONSTRAINTS = 'Constraints in Amazon DynamoDB';
const ITEM_SIZE = 'Item size has exceeded the maximum allowed size';
const UPDATE_SIZE = 'Item size to update has exceeded the maximum allowed size';
const OVERFLOW = 'Number overflow. Attempting to store a number with magnitude larger than supported range';
const UNDERFLOW = 'Number underflow. Attempting to store a number with magnitude smaller than supported range';
const DIGITS = 'Attempting to store more than 38 significant digits in a Number';

/** The value as it is read again. */
async function kept(bench: Bench, value: AttributeValue): Promise<AttributeValue | undefined> {
  return (await bench.read(await bench.put({ a: value })))?.['a'];
}

/** A value in so many maps, one in the other. */
function nested(levels: number, value: AttributeValue = s('x')): AttributeValue {
  return levels === 0 ? value : m({ a: nested(levels - 1, value) });
}

/** An item of `things` with exactly so many bytes: pk 2+9, sk 2+1, fill 4+… */
function sized(bytes: number, pk: string): Item {
  const fixed = 'pk'.length + pk.length + 'sk'.length + 1 + 'fill'.length;
  return { pk: s(pk), sk: s('x'), fill: s('x'.repeat(bytes - fixed)) };
}

suite('types', ['things', 'numbers', 'single'], (behaviour) => {
  const keeps = (
    title: string,
    source: Parameters<typeof behaviour>[1],
    ...values: readonly (readonly [AttributeValue, AttributeValue?])[]
  ) =>
    behaviour(title, source, async (bench) => {
      const observed: (AttributeValue | undefined)[] = [];
      for (const [value] of values) observed.push(await kept(bench, value));
      expect(observed).toEqual(values.map(([value, as = value]) => as));
    });
  const refuses = (title: string, source: Parameters<typeof behaviour>[1], value: AttributeValue, words: string) =>
    behaviour(title, source, async (bench) => expect(await refusal(bench.put({ a: value }))).toEqual(invalid(words)));
  const number = (text: string, as = text) => [n(text), n(as)] as const;

  keeps('strings hold any Unicode text', TYPES, [s('pâté 😀 \u0000\uffff\n')], [s('')], [s('x'.repeat(1000))]);
  keeps('binaries hold any bytes, none too', TYPES, [b(0, 127, 128, 255)], [b()]);
  keeps('Booleans and null', TYPES, [yes], [no], [nothing]);
  keeps(
    'lists and maps hold every type, and nothing',
    TYPES,
    [l()],
    [m({})],
    [l(s(''), n(1), nothing, yes, b(1), l(l()), m({ a: s('x') }))],
    [m({ 'any name!': l(m({})) })],
  );
  behaviour('sets hold their elements without an order', TYPES, async (bench) => {
    expect([...((await kept(bench, { SS: ['b', 'a', ''] }))?.SS ?? [])].sort()).toEqual(['', 'a', 'b']);
    expect([...((await kept(bench, { NS: ['2', '-1', '1e1'] }))?.NS ?? [])].sort()).toEqual(['-1', '10', '2']);
    expect((await kept(bench, { BS: [Uint8Array.of(2), Uint8Array.of()] }))?.BS?.map((bytes) => bytes.length).sort()).toEqual([0, 1]);
  });
  keeps(
    'numbers lose leading and trailing zeros',
    TYPES,
    number('007', '7'),
    number('1.50', '1.5'),
    number('0.0', '0'),
    number('100'),
    number('-0010.0100', '-10.01'),
    number('.5', '0.5'),
    number('5.', '5'),
  );
  keeps('there is no negative zero', TYPES, number('-0', '0'), number('-0.00', '0'), number('-0e10', '0'));
  keeps(
    'exponents are written out',
    TYPES,
    number('1e3', '1000'),
    number('1E+3', '1000'),
    number('12.5e-3', '0.0125'),
    number('1e20', '100000000000000000000'),
    number('-1.5e-10', '-0.00000000015'),
  );
  keeps(
    'numbers have 38 digits',
    TYPES,
    number('12345678901234567890123456789012345678'),
    number('-0.12345678901234567890123456789012345678'),
    number('1234567890123456789.0123456789012345678'),
    number('1234567890123456789012345678901234567800'),
  );
  keeps(
    'numbers go up to 9.99…E+125, and down to 1E-130',
    TYPES,
    number(`${'9'.repeat(38)}e88`, `${'9'.repeat(38)}${'0'.repeat(88)}`),
    number(`-${'9'.repeat(38)}e88`, `-${'9'.repeat(38)}${'0'.repeat(88)}`),
    number('1e-130', `0.${'0'.repeat(129)}1`),
    number('1e125', `1${'0'.repeat(125)}`),
  );
  refuses('numbers of 39 digits are refused, not rounded', TYPES, n('123456789012345678901234567890123456789'), DIGITS);
  refuses('fractions of 39 digits are refused', TYPES, n('0.123456789012345678901234567890123456789'), DIGITS);
  refuses('numbers above the range are refused', TYPES, n('1e126'), OVERFLOW);
  refuses('negative numbers beyond the range are refused', TYPES, n('-1e126'), OVERFLOW);
  refuses('numbers nearer to zero than the range are refused', TYPES, n('1e-131'), UNDERFLOW);
  refuses('negative numbers nearer to zero are refused', TYPES, n('-1e-131'), UNDERFLOW);
  refuses('an empty number is refused', TYPES, n(''), 'The parameter cannot be converted to a numeric value');
  refuses('text is no number', TYPES, n('ten'), 'The parameter cannot be converted to a numeric value: ten');
  refuses('infinity is no number', TYPES, n('Infinity'), 'The parameter cannot be converted to a numeric value: Infinity');
  refuses('hexadecimal is no number', TYPES, n('0x10'), 'The parameter cannot be converted to a numeric value: 0x10');
  refuses('numbers have no space around them', TYPES, n(' 1'), 'The parameter cannot be converted to a numeric value:  1');
  behaviour('computed numbers are refused beyond 38 digits', TYPES, async (bench) => {
    const Key = await bench.put({ a: n('12345678901234567890123456789012345678') });
    const update = { UpdateExpression: 'SET a = a + :v', ExpressionAttributeValues: { ':v': n('0.1') } };
    expect(await refusal(bench.db.updateItem({ TableName: bench.table, Key, ...update }))).toEqual(invalid(DIGITS));
  });
  behaviour('computed numbers are refused beyond the range', TYPES, async (bench) => {
    const Key = await bench.put({ a: n('9e125') });
    const update = { UpdateExpression: 'ADD a :v', ExpressionAttributeValues: { ':v': n('9e125') } };
    expect(await refusal(bench.db.updateItem({ TableName: bench.table, Key, ...update }))).toEqual(invalid(OVERFLOW));
  });
  behaviour('computing is exact', TYPES, async (bench) => {
    const Key = await bench.put({ a: n('0.1'), c: n('99999999999999999999999999999999999998') });
    const update = { UpdateExpression: 'SET a = a + :v, c = c + :w', ExpressionAttributeValues: { ':v': n('0.2'), ':w': n('1') } };
    await bench.db.updateItem({ TableName: bench.table, Key, ...update });
    expect(await bench.read(Key)).toEqual({ ...Key, a: n('0.3'), c: n('9'.repeat(38)) });
  });

  refuses(
    'a null is true',
    TYPES,
    { NULL: false } as never,
    'One or more parameter values were invalid: Null attribute value types must have the value of true',
  );
  refuses('a set of strings is not empty', TYPES, { SS: [] }, 'One or more parameter values were invalid: An string set  may not be empty');
  refuses('a set of numbers is not empty', TYPES, { NS: [] }, 'One or more parameter values were invalid: An number set  may not be empty');
  refuses(
    'a set of binaries is not empty',
    TYPES,
    { BS: [] },
    'One or more parameter values were invalid: Binary sets should not be empty',
  );
  refuses(
    'a set of strings has no duplicates',
    TYPES,
    { SS: ['a', 'b', 'a'] },
    'One or more parameter values were invalid: Input collection [a, b, a] contains duplicates.',
  );
  refuses('a set of numbers has no duplicates by value', TYPES, { NS: ['1', '2', '1.0'] }, 'Input collection contains duplicates');
  refuses(
    'a set of binaries has no duplicates',
    TYPES,
    { BS: [Uint8Array.of(1), Uint8Array.of(1)] },
    'One or more parameter values were invalid: Input collection [AQ==, AQ==]of type BS contains duplicates.',
  );
  refuses('a set of numbers holds numbers', TYPES, { NS: ['1', 'b'] }, 'The parameter cannot be converted to a numeric value: b');
  refuses(
    'rules of values hold within lists and maps',
    TYPES,
    l(m({ a: { SS: [] } })),
    'One or more parameter values were invalid: An string set  may not be empty',
  );
  refuses(
    'a value has a type',
    'AttributeValue',
    {} as never,
    'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
  );

  behaviour('keys are not empty strings', TYPES, async ({ db, table, fresh }) => {
    const words = (name: string) =>
      invalid(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
      );
    expect(await refusal(db.putItem({ TableName: table, Item: { ...fresh(), pk: s('') } }))).toEqual(words('pk'));
    expect(await refusal(db.putItem({ TableName: table, Item: { ...fresh(), sk: s('') } }))).toEqual(words('sk'));
    expect(await refusal(db.getItem({ TableName: table, Key: { ...fresh(), sk: s('') } }))).toEqual(words('sk'));
  });
  behaviour('a partition key has 2,048 bytes at most', CONSTRAINTS, async ({ db, table }) => {
    const Key = { pk: s('ü'.repeat(1024)), sk: s('x') };
    await db.putItem({ TableName: table, Item: Key });
    expect((await db.getItem({ TableName: table, Key, ConsistentRead: true })).Item).toEqual(Key);
    const long = { ...Key, pk: s(`${'ü'.repeat(1024)}x`) };
    expect(await refusal(db.putItem({ TableName: table, Item: long }))).toEqual(
      invalid('One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes'),
    );
  });
  behaviour('a sort key has 1,024 bytes at most', CONSTRAINTS, async ({ db, table, fresh }) => {
    await db.putItem({ TableName: table, Item: { ...fresh(), sk: s('x'.repeat(1024)) } });
    expect(await refusal(db.putItem({ TableName: table, Item: { ...fresh(), sk: s('x'.repeat(1025)) } }))).toEqual(
      invalid('One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes'),
    );
  });
  behaviour('numbers as keys are the same by value', TYPES, async ({ db, tables }) => {
    const TableName = tables.numbers;
    await db.putItem({ TableName, Item: { pk: s('same'), sk: n('1.50'), a: n(1) } });
    await db.putItem({ TableName, Item: { pk: s('same'), sk: n('15e-1'), a: n(2) } });
    const { Items } = await db.query({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': s('same') },
    });
    expect(Items).toEqual([{ pk: s('same'), sk: n('1.5'), a: n(2) }]);
  });

  behaviour('an item has 400 KB at most, names included', CONSTRAINTS, async ({ db, table }) => {
    await db.putItem({ TableName: table, Item: sized(400 * 1024, 'exactly-400-kb') });
    expect(await refusal(db.putItem({ TableName: table, Item: sized(400 * 1024 + 1, 'more') }))).toEqual(invalid(ITEM_SIZE));
  });
  behaviour('an item’s size counts UTF-8 bytes', 'DynamoDB item sizes and formats', async ({ db, table }) => {
    const half = sized(200 * 1024, 'utf-8');
    const doubled = { ...half, fill: s('ü'.repeat(half['fill']?.S?.length ?? 0)) };
    await db.putItem({ TableName: table, Item: doubled });
    expect(await refusal(db.putItem({ TableName: table, Item: { ...doubled, more: s('x'.repeat(20)) } }))).toEqual(invalid(ITEM_SIZE));
  });
  behaviour('an update makes no item over 400 KB', CONSTRAINTS, async ({ db, table }) => {
    const item = sized(400 * 1024 - 2, 'update-to-400-kb');
    await db.putItem({ TableName: table, Item: item });
    const Key = { pk: item['pk'] ?? nothing, sk: s('x') };
    const grow = (text: string) =>
      db.updateItem({ TableName: table, Key, UpdateExpression: 'SET a = :v', ExpressionAttributeValues: { ':v': s(text) } });
    await grow('x');
    expect(await refusal(grow('xx'))).toEqual(invalid(UPDATE_SIZE));
  });
  behaviour('values nest 32 levels, the innermost one included', CONSTRAINTS, async (bench) => {
    expect(await kept(bench, nested(31))).toEqual(nested(31));
    for (const deep of [nested(32), nested(31, l())]) {
      const { name, message } = await refusal(kept(bench, deep));
      expect(name).toBe('ValidationException');
      expect(message).toContain('Nesting Levels have exceeded supported limits');
    }
  });
  behaviour('an attribute’s name is not empty', TYPES, async (bench) => {
    expect((await refusal(bench.put({ '': s('x') }))).name).toBe('ValidationException');
  });
  behaviour('an attribute’s name may be any text', TYPES, async (bench) => {
    const item = { 'a b.c[0]#:': s('x'), '😀': s('y') };
    const Key = await bench.put(item);
    expect(await bench.read(Key)).toEqual({ ...Key, ...item });
  });
  behaviour('an attribute’s name may be 64 KB long', TYPES, async (bench) => {
    const item = { ['x'.repeat(65_535)]: s('x') };
    const Key = await bench.put(item);
    expect(await bench.read(Key)).toEqual({ ...Key, ...item });
    expect((await refusal(bench.put({ ['x'.repeat(65_536)]: s('x') }))).name).toBe('ValidationException');
  });
});
