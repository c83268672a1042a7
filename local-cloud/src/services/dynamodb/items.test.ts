import { ConditionalCheckFailedException, DynamoDB, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createDynamoDb } from './dynamodb-service.ts';
import { key, n, s, tableInput, type Value } from './test-table.ts';

let test: TestCloud;
let db: DynamoDB;
let documents: DynamoDBDocument;
const TableName = 'items';
let made = 0;
const fresh = () => key(`fresh-${++made}`);

beforeAll(async () => {
  test = await startTestCloud([createDynamoDb]);
  db = new DynamoDB(test.client);
  documents = DynamoDBDocument.from(db);
  await db.createTable(tableInput(TableName));
});
afterAll(() => test.stop());

async function updated(before: Record<string, unknown>, UpdateExpression: string, values: Record<string, unknown> = {}, names = {}) {
  const { pk, sk } = fresh();
  const Key = { pk: pk.S, sk: sk.S };
  await documents.put({ TableName, Item: { ...Key, ...before } });
  await documents.update({
    TableName,
    Key,
    UpdateExpression,
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
    ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
  });
  const { Item: { pk: _pk, sk: _sk, ...rest } = {} } = await documents.get({ TableName, Key });
  return rest;
}

async function holds(item: Record<string, unknown>, ConditionExpression: string, values: Record<string, unknown> = {}) {
  const { pk, sk } = fresh();
  const Key = { pk: pk.S, sk: sk.S };
  await documents.put({ TableName, Item: { ...Key, ...item } });
  const given = Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values };
  try {
    await documents.delete({ TableName, Key, ConditionExpression, ...given });
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

describe('items (Developer Guide, "Working with items and attributes in DynamoDB")', () => {
  it('keeps every type as it was given', async () => {
    const Item = {
      ...fresh(),
      text: s('Grüße, 太陽'),
      empty: s(''),
      number: n('12345678901234567890123456789012345678'),
      small: n('-0.0000000000000000000000000000000000001234'),
      binary: { B: new Uint8Array([0, 255, 128]) },
      flag: { BOOL: false },
      nothing: { NULL: true },
      names: { SS: ['b', 'a'] },
      numbers: { NS: ['1', '2.5'] },
      blobs: { BS: [new Uint8Array([1]), new Uint8Array([2])] },
      list: { L: [s('a'), { M: { deep: { L: [] } } }] },
      map: { M: { 'with space': n(1) } },
    };
    await db.putItem({ TableName, Item });
    const found = await db.getItem({ TableName, Key: { pk: Item.pk, sk: Item.sk } });
    expect(found.Item).toEqual(Item);
  });

  it('writes numbers in plain form without trailing zeros', async () => {
    const Key = fresh();
    await db.putItem({ TableName, Item: { ...Key, a: n('1e3'), b: n('01.500') } });
    expect((await db.getItem({ TableName, Key })).Item).toMatchObject({ a: n('1000'), b: n('1.5') });
  });

  it('returns what ReturnValues asks for (API Reference, "UpdateItem")', async () => {
    const Key = fresh();
    const first = { TableName, Key, UpdateExpression: 'SET a = :v, b = :v', ExpressionAttributeValues: { ':v': n(1) } };
    expect((await db.updateItem({ ...first, ReturnValues: 'UPDATED_OLD' })).Attributes).toBeUndefined();
    const second = { ...first, UpdateExpression: 'ADD a :v REMOVE b' };
    expect((await db.updateItem({ ...second, ReturnValues: 'UPDATED_OLD' })).Attributes).toEqual({ a: n(1), b: n(1) });
    expect((await db.updateItem({ ...second, ReturnValues: 'UPDATED_NEW' })).Attributes).toEqual({ a: n(3) });
    expect((await db.updateItem({ ...second, ReturnValues: 'ALL_NEW' })).Attributes).toEqual({ ...Key, a: n(4) });
    expect((await db.putItem({ TableName, Item: Key, ReturnValues: 'ALL_OLD' })).Attributes).toEqual({ ...Key, a: n(4) });
    expect((await db.deleteItem({ TableName, Key, ReturnValues: 'ALL_OLD' })).Attributes).toEqual(Key);
    expect((await db.deleteItem({ TableName, Key, ReturnValues: 'ALL_OLD' })).Attributes).toBeUndefined();
  });

  it('projects the paths asked for (Developer Guide, "Using projection expressions in DynamoDB")', async () => {
    const Key = { pk: 'projected', sk: 'x' };
    await documents.put({ TableName, Item: { ...Key, a: { b: [10, 20, 30], c: 1 }, size: 5 } });
    const found = await documents.get({
      TableName,
      Key,
      ProjectionExpression: 'a.b[2], a.c, #size, absent',
      ExpressionAttributeNames: { '#size': 'size' },
    });
    expect(found.Item).toEqual({ a: { b: [30], c: 1 }, size: 5 });
  });

  it('takes the table by its ARN, but only one of the same account and region', async () => {
    const arn = `arn:aws:dynamodb:us-east-2:111122223333:table/${TableName}`;
    const Item = fresh();
    await db.putItem({ TableName: arn, Item });
    expect((await db.getItem({ TableName, Key: Item })).Item).toEqual(Item);
    await expect(db.putItem({ TableName: arn.replace('111122223333', '444455556666'), Item })).rejects.toMatchObject({
      name: 'NotCarriedOut',
    });
    await expect(db.putItem({ TableName: arn.replace('us-east-2', 'us-east-1'), Item })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('update expressions (Developer Guide, "Using update expressions in DynamoDB")', () => {
  it('reads every right-hand side from the item as it was', async () => {
    expect(await updated({ a: 1, b: 2 }, 'SET a = b, b = a, c = a + :one, d = b - a', { ':one': 1 })).toEqual({ a: 2, b: 1, c: 2, d: 1 });
  });

  it('knows if_not_exists and list_append', async () => {
    expect(
      await updated({ l: [1], n: 5 }, 'SET l = list_append(l, :l), m = if_not_exists(m, :z) + :o, n = if_not_exists(n, :z)', {
        ':l': [2, 3],
        ':z': 0,
        ':o': 1,
      }),
    ).toEqual({ l: [1, 2, 3], m: 1, n: 5 });
  });

  it('names the elements of a list by their indexes of before, and appends in the order of the indexes', async () => {
    expect(await updated({ l: ['0', '1', '2', '3'] }, 'REMOVE l[0], l[2]')).toEqual({ l: ['1', '3'] });
    expect(await updated({ l: ['0', '1'] }, 'SET l[9] = :a, l[7] = :b REMOVE l[0]', { ':a': 'nine', ':b': 'seven' })).toEqual({
      l: ['1', 'seven', 'nine'],
    });
  });

  it('adds to and deletes from sets, and an emptied set is gone', async () => {
    const after = await updated({ s: new Set(['a', 'b']), n: new Set([1, 2]) }, 'ADD s :s, fresh :s DELETE n :n', {
      ':s': new Set(['b', 'c']),
      ':n': new Set([1, 2]),
    });
    expect(after).toEqual({ s: new Set(['a', 'b', 'c']), fresh: new Set(['b', 'c']) });
  });

  it('computes exactly, and refuses what 38 digits do not hold', async () => {
    expect(await updated({ a: 0.1 }, 'SET a = a + :b', { ':b': 0.2 })).toEqual({ a: 0.3 });
    const Key = fresh();
    await db.putItem({ TableName, Item: { ...Key, a: n('1e38') } });
    await expect(
      db.updateItem({ TableName, Key, UpdateExpression: 'SET a = a + :o', ExpressionAttributeValues: { ':o': n('0.1') } }),
    ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('38 significant digits') });
  });

  it('makes an item of the key alone, and none when it fails', async () => {
    const Key = fresh();
    const wrong = { TableName, Key, UpdateExpression: 'SET a = b' };
    await expect(db.updateItem(wrong)).rejects.toThrow('The provided expression refers to an attribute that does not exist in the item');
    expect((await db.getItem({ TableName, Key })).Item).toBeUndefined();
    await db.updateItem({ TableName, Key });
    expect((await db.getItem({ TableName, Key })).Item).toEqual(Key);
  });

  it.each([
    ['SET a = if_not_exists(word, absent), b = :v', 'The provided expression refers to an attribute that does not exist in the item'],
    ['SET pk = :v', 'Cannot update attribute pk. This attribute is part of the key'],
    ['SET absent.deep = :v', 'The document path provided in the update expression is invalid for update'],
    ['ADD word :v', 'An operand in the update expression has an incorrect data type'],
    ['SET a = :v, a.b = :v', 'Two document paths overlap with each other'],
    ['SET status = :v', 'Attribute name is a reserved keyword; reserved keyword: status'],
    ['SET a = :other', 'An expression attribute value used in expression is not defined; attribute value: :other'],
    ['SET gsi1pk = :v', 'Type mismatch for Index Key gsi1pk Expected: S Actual: N IndexName: gsi1'],
  ])('refuses %s', async (UpdateExpression, message) => {
    const Item = { ...fresh(), word: s('t') };
    await db.putItem({ TableName, Item });
    const Key = { pk: Item.pk, sk: Item.sk };
    await expect(db.updateItem({ TableName, Key, UpdateExpression, ExpressionAttributeValues: { ':v': n(1) } })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });
});

describe('conditions (Developer Guide, "Condition and filter expressions, operators, and functions in DynamoDB")', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['attribute_exists(a) AND attribute_not_exists(z)', {}, true],
    ['attribute_type(l, :t)', { ':t': 'L' }, true],
    ['a = :v', { ':v': 5 }, true],
    ['a <> :v', { ':v': 5 }, false],
    ['z <> :v', { ':v': 5 }, true],
    ['z = :v OR NOT z > :v', { ':v': 5 }, true],
    ['a BETWEEN :lo AND :hi', { ':lo': 5, ':hi': 9 }, true],
    ['a IN (:x, :y)', { ':x': 4, ':y': 5 }, true],
    ['a < :v', { ':v': '9' }, false],
    ['word < :v', { ':v': 'b' }, true],
    ['begins_with(word, :v)', { ':v': 'ab' }, true],
    ['begins_with(octets, :v)', { ':v': new Uint8Array([255]) }, true],
    ['contains(word, :v) AND contains(letters, :n) AND contains(l, :o)', { ':v': 'bc', ':n': 'x', ':o': { k: 1 } }, true],
    ['letters = :v', { ':v': new Set(['y', 'x']) }, true],
    ['m = :v', { ':v': { deep: [1, { x: true }] } }, true],
    ['m = :v', { ':v': { deep: [1, { x: false }] } }, false],
    ['l = :v', { ':v': [{ k: 1 }] }, true],
    ['size(word) = :three AND size(blank) = :none AND size(l) < :three', { ':three': 3, ':none': 0 }, true],
    ['size(a) > :v', { ':v': 0 }, false],
    ['l[0].k = m.deep[0]', {}, true],
    ['a >= b', {}, true],
  ])('%s', async (condition, values, expected) => {
    const item = {
      a: 5,
      b: 4.5,
      word: 'abc',
      blank: '',
      octets: new Uint8Array([255, 254]),
      letters: new Set(['x', 'y']),
      l: [{ k: 1 }],
      m: { deep: [1, { x: true }] },
    };
    expect(await holds(item, condition, values)).toBe(expected);
  });

  it.each(['a >= :v', 'NOT :v < a', 'attribute_exists(a) AND a BETWEEN :v AND :v'])(
    'refuses to order what has no order: %s',
    async (condition) => {
      const message = 'Incorrect operand type for operator or function; operator or function:';
      await expect(holds({}, condition, { ':v': [1] })).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining(message),
      });
    },
  );

  it('gives the item that was in the way (ReturnValuesOnConditionCheckFailure)', async () => {
    const Item = { ...fresh(), a: n(1) };
    await db.putItem({ TableName, Item });
    const again = { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' };
    const bare = await db.putItem(again).catch((error: unknown) => error);
    expect(bare).toBeInstanceOf(ConditionalCheckFailedException);
    expect(bare).toMatchObject({ message: 'The conditional request failed' });
    expect((bare as ConditionalCheckFailedException).Item).toBeUndefined();
    await expect(db.putItem({ ...again, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).rejects.toMatchObject({ Item });
  });
});

describe('what is refused', () => {
  it('names a missing table', async () => {
    const missing = db.getItem({ TableName: 'missing', Key: key('a') });
    await expect(missing).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(missing).rejects.toThrow('Requested resource not found');
  });

  it('tells errors with their namespaces, as clients that look at all of __type expect', async () => {
    const ask = (body: unknown) =>
      fetch(test.endpoint, {
        method: 'POST',
        headers: {
          'X-Amz-Target': 'DynamoDB_20120810.GetItem',
          'Content-Type': 'application/x-amz-json-1.0',
          Authorization:
            'AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-2/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: JSON.stringify(body),
      }).then((response) => response.json());
    expect(await ask({ TableName: 'missing', Key: key('a') })).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
      message: 'Requested resource not found',
    });
    expect(await ask({ TableName: 'x', Key: key('a') })).toMatchObject({ __type: 'com.amazon.coral.validate#ValidationException' });
  });

  it('names a member that is not carried out', async () => {
    const legacy = db.putItem({ TableName, Item: fresh(), Expected: { pk: { Exists: false } } });
    await expect(legacy).rejects.toMatchObject({ name: 'NotCarriedOut', message: expect.stringContaining('"Expected"') });
  });

  it('items over 400 KB, counted in bytes (Developer Guide, "Quotas in Amazon DynamoDB")', async () => {
    const Item = { ...fresh(), text: s('ü'.repeat(204_000)) };
    await db.putItem({ TableName, Item });
    const over = { ...Item, text: s('ü'.repeat(205_000)) };
    await expect(db.putItem({ TableName, Item: over })).rejects.toThrow('Item size has exceeded the maximum allowed size');
  });

  it('keys that are wrong, empty or too long', async () => {
    const put = (Item: Record<string, Value>) => db.putItem({ TableName, Item });
    await expect(put({ pk: s('a') })).rejects.toThrow('Missing the key sk in the item');
    await expect(put({ pk: n(1), sk: s('a') })).rejects.toThrow('Type mismatch for key pk expected: S actual: N');
    await expect(put({ pk: s(''), sk: s('a') })).rejects.toThrow('cannot contain an empty string value. Key: pk');
    await expect(put({ pk: s('ü'.repeat(1025)), sk: s('a') })).rejects.toThrow('Size of hashkey has exceeded');
    await expect(put({ pk: s('a'), sk: s('ü'.repeat(513)) })).rejects.toThrow('size limit of 1024 bytes');
    await expect(put({ ...fresh(), gsi1pk: s(''), gsi1sk: s('x') })).rejects.toThrow('IndexName: gsi1, IndexKey: gsi1pk');
    await expect(db.getItem({ TableName, Key: { pk: s('a') } })).rejects.toThrow('The provided key element does not match the schema');
  });
});

describe('documents that cannot be kept', () => {
  /** DynamoDB's JSON as it stands on the wire: the SDK's client would lose some of it before it is sent. */
  async function raw(operation: string, body: string): Promise<{ status: number; type: string; message: string }> {
    const response = await fetch(test.endpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260601/${REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body,
    });
    const { __type = '', message = '' } = (await response.json()) as { __type?: string; message?: string };
    return { status: response.status, type: __type.slice(__type.indexOf('#') + 1), message };
  }
  const KEY = '"pk": {"S": "raw"}, "sk": {"S": "x"}';
  const PROTO = '"__proto__": {"S": "x"}';
  const update = (rest: string) => `{"TableName": "items", "Key": {${KEY}}, ${rest}}`;

  it.each([
    ['PutItem', `{"TableName": "items", "Item": {${KEY}, ${PROTO}}}`],
    ['PutItem', `{"TableName": "items", "Item": {${KEY}, "a": {"L": [{"M": {${PROTO}}}]}}}`],
    ['GetItem', `{"TableName": "items", "Key": {${KEY}, ${PROTO}}}`],
    ['GetItem', update('"ProjectionExpression": "a.__proto__"')],
    ['Query', '{"TableName": "items", "KeyConditionExpression": "#a = :v", "ExpressionAttributeNames": {"#a": "__proto__"}}'],
    [
      'UpdateItem',
      update(
        '"UpdateExpression": "SET #a = :v", "ExpressionAttributeNames": {"#a": "__proto__"}, "ExpressionAttributeValues": {":v": {"S": "x"}}',
      ),
    ],
    ['UpdateItem', update('"UpdateExpression": "SET __proto__ = :v", "ExpressionAttributeValues": {":v": {"S": "x"}}')],
    ['UpdateItem', update(`"UpdateExpression": "SET a = :v", "ExpressionAttributeValues": {":v": {"M": {${PROTO}}}}`)],
    ['BatchWriteItem', `{"RequestItems": {"items": [{"PutRequest": {"Item": {${KEY}, ${PROTO}}}}]}}`],
    ['BatchGetItem', `{"RequestItems": {"items": {"Keys": [{${KEY}}], "ProjectionExpression": "__proto__"}}}`],
    ['TransactWriteItems', `{"TransactItems": [{"Put": {"TableName": "items", "Item": {${KEY}, ${PROTO}}}}]}`],
  ])('refuses the attribute name __proto__ in %s %s', async (operation, body) => {
    expect(await raw(operation, body)).toMatchObject({ status: 501, type: 'NotCarriedOut', message: expect.stringContaining('__proto__') });
  });

  it('takes __proto__ as a value, and in longer names', async () => {
    const item = `{"TableName": "items", "Item": {${KEY}, "__proto__x": {"S": "__proto__"}}}`;
    expect(await raw('PutItem', item)).toMatchObject({ status: 200 });
    expect(await raw('GetItem', update('"ProjectionExpression": "a__proto__"'))).toMatchObject({ status: 200 });
  });

  it.each([
    ['UpdateItem', 'ConditionExpression', `"Key": {${KEY}}`],
    ['Scan', 'FilterExpression', '"Limit": 1'],
  ])('answers %s at once when its %s has many parentheses', async (operation, member, more) => {
    const ask = (depth: number) => {
      const condition = `${'NOT ('.repeat(depth)}attribute_exists(pk${')'.repeat(depth)})`;
      return raw(operation, `{"TableName": "items", ${more}, "${member}": "${condition}"}`);
    };
    expect((await ask(100)).type).not.toBe('ValidationException');
    const message = expect.stringContaining('The expression contains too many operators; operator count: 301');
    expect(await ask(400)).toMatchObject({ status: 400, type: 'ValidationException', message });
    const redundant = raw(operation, `{"TableName": "items", ${more}, "${member}": "${'('.repeat(2000)}a = b${')'.repeat(2000)}"}`);
    expect(await redundant).toMatchObject({ status: 400, message: expect.stringContaining('redundant parentheses') });
  });

  it.each([2, 20, 2000])('answers at once when an update has %i parentheses in one another', async (depth) => {
    const set = update(`"UpdateExpression": "SET a = ${'('.repeat(depth)}b${')'.repeat(depth)}"`);
    expect(await raw('UpdateItem', set)).toMatchObject({ status: 400, message: expect.stringContaining('redundant parentheses') });
  });

  it.each([
    ['PutItem', `{"TableName": "items", "Item": {${KEY}, "a": null}}`],
    ['PutItem', `{"TableName": "items", "Item": {${KEY}, "a": {"M": {"b": {"L": [null]}}}}}`],
    ['PutItem', `{"TableName": "items", "Item": {${KEY}, "a": {"SS": [null]}}}`],
    ['GetItem', '{"TableName": "items", "Key": {"pk": null, "sk": null}}'],
    ['UpdateItem', update('"UpdateExpression": "SET a = :v", "ExpressionAttributeValues": {":v": null}')],
    ['BatchGetItem', '{"RequestItems": {"items": {"Keys": [{"pk": null, "sk": {"S": "x"}}]}}}'],
    ['BatchWriteItem', `{"RequestItems": {"items": [{"PutRequest": {"Item": {${KEY}, "a": null}}}]}}`],
    ['TransactWriteItems', `{"TransactItems": [{"Put": {"TableName": "items", "Item": {${KEY}, "a": null}}}]}`],
  ])('refuses null in the place of a value in %s %s', async (operation, body) => {
    const message = expect.stringContaining('Supplied AttributeValue is empty');
    expect(await raw(operation, body)).toMatchObject({ status: 400, type: 'ValidationException', message });
  });

  const nested = (levels: number) => `${'{"L": ['.repeat(levels)}{"S": "x"}${']}'.repeat(levels)}`;
  const maps = (levels: number) => `${'{"M": {"a": '.repeat(levels)}{"S": "x"}${'}}'.repeat(levels)}`;
  const tooDeep = {
    status: 400,
    type: 'ValidationException',
    message: expect.stringContaining('Nesting Levels have exceeded supported limits'),
  };

  it.each([32, 5000])('refuses %i levels of nesting', async (levels) => {
    const put = (value: string) => `{"TableName": "items", "Item": {${KEY}, "a": ${value}}}`;
    expect(await raw('PutItem', put(nested(levels)))).toMatchObject(tooDeep);
    expect(await raw('PutItem', put(maps(levels)))).toMatchObject(tooDeep);
    const set = update(`"UpdateExpression": "SET a = :v", "ExpressionAttributeValues": {":v": ${nested(levels)}}`);
    expect(await raw('UpdateItem', set)).toMatchObject(tooDeep);
    expect(await raw('TransactWriteItems', `{"TransactItems": [{"Put": ${put(maps(levels))}}]}`)).toMatchObject(tooDeep);
    expect(
      await raw('BatchWriteItem', `{"RequestItems": {"items": [{"PutRequest": {"Item": {${KEY}, "a": ${maps(levels)}}}}]}}`),
    ).toMatchObject(tooDeep);
  });

  it('keeps 32 levels with the innermost value, and lets no update add one', async () => {
    expect(await raw('PutItem', `{"TableName": "items", "Item": {${KEY}, "a": ${maps(31)}}}`)).toMatchObject({ status: 200 });
    expect(await raw('PutItem', `{"TableName": "items", "Item": {${KEY}, "a": ${nested(31)}}}`)).toMatchObject({ status: 200 });
    const inner = `a${'[0]'.repeat(30)}[1]`;
    const set = (value: string) =>
      raw('UpdateItem', update(`"UpdateExpression": "SET ${inner} = :v", "ExpressionAttributeValues": {":v": ${value}}`));
    expect(await set(nested(0))).toMatchObject({ status: 200 });
    expect(await set(nested(1))).toMatchObject(tooDeep);
  });
});
