import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { type Bench, b, type Item, invalid, l, m, n, nothing, refusal, s, suite, yes } from './suite.ts';

const UPDATES = 'Using update expressions in DynamoDB';
const WRONG_TYPE = 'An operand in the update expression has an incorrect data type';
const INVALID_PATH = 'The document path provided in the update expression is invalid for update';
const NOT_THERE = 'The provided expression refers to an attribute that does not exist in the item';

/** The item without its key after an update of `before`. */
async function updated(bench: Bench, before: Item | undefined, input: Partial<UpdateItemCommandInput>): Promise<Item> {
  const Key = before === undefined ? bench.fresh() : await bench.put(before);
  await bench.db.updateItem({ TableName: bench.table, Key, ...input });
  const { pk: _pk, sk: _sk, ...rest } = (await bench.read(Key)) ?? {};
  return rest;
}

suite('updates', ['things'], (behaviour) => {
  const makes = (title: string, before: Item | undefined, expression: string, values: Item | undefined, after: Item) =>
    behaviour(title, UPDATES, async (bench) => {
      const given = values === undefined ? {} : { ExpressionAttributeValues: values };
      expect(await updated(bench, before, { UpdateExpression: expression, ...given })).toEqual(after);
    });
  const refused = (
    title: string,
    source: Parameters<typeof behaviour>[1],
    before: Item | undefined,
    expression: string,
    values: Item | undefined,
    words: string,
  ) =>
    behaviour(title, source, async (bench) => {
      const given = values === undefined ? {} : { ExpressionAttributeValues: values };
      expect(await refusal(updated(bench, before, { UpdateExpression: expression, ...given }))).toEqual(invalid(words));
    });
  const one = { ':v': n(1) };

  makes(
    'SET adds and replaces attributes of any type',
    { a: n(1) },
    'SET a = :a, c = :c',
    { ':a': s('x'), ':c': nothing },
    { a: s('x'), c: nothing },
  );
  makes('SET makes an item where none is', undefined, 'SET a = :v', one, { a: n(1) });
  makes('SET reads the item as it was', { a: n(1), c: n(2) }, 'SET a = c, c = a', undefined, { a: n(2), c: n(1) });
  makes('SET adds and subtracts numbers', { a: n(10) }, 'SET a = a + :v, c = a - :v, d = :v - a', one, { a: n(11), c: n(9), d: n(-9) });
  makes('SET copies from a path', { a: l(m({ c: s('x') })) }, 'SET d = a[0].c', undefined, { a: l(m({ c: s('x') })), d: s('x') });
  makes('SET goes into maps', { a: m({ c: n(1) }) }, 'SET a.c = :v, a.d = :w', { ':v': n(2), ':w': n(3) }, { a: m({ c: n(2), d: n(3) }) });
  makes('SET goes into lists', { a: l(n(1), n(2)) }, 'SET a[1] = :v', { ':v': s('x') }, { a: l(n(1), s('x')) });
  makes(
    'SET beyond the end of a list appends in the order of the indexes',
    { a: l(n(0)) },
    'SET a[9] = :nine, a[5] = :five',
    { ':nine': n(9), ':five': n(5) },
    { a: l(n(0), n(5), n(9)) },
  );
  makes('SET with if_not_exists keeps what is there', { a: n(5) }, 'SET a = if_not_exists(a, :v), c = if_not_exists(c, :v)', one, {
    a: n(5),
    c: n(1),
  });
  makes(
    'SET counts from nothing with if_not_exists',
    undefined,
    'SET a = if_not_exists(a, :z) + :v',
    { ':z': n(0), ':v': n(1) },
    { a: n(1) },
  );
  makes('if_not_exists may look at another path', { d: n(7) }, 'SET a = if_not_exists(d, :v)', one, { d: n(7), a: n(7) });
  makes(
    'list_append appends and prepends',
    { a: l(n(1)) },
    'SET a = list_append(a, :v), c = list_append(:v, a)',
    { ':v': l(n(2)) },
    {
      a: l(n(1), n(2)),
      c: l(n(2), n(1)),
    },
  );
  makes(
    'list_append of if_not_exists begins a list',
    undefined,
    'SET a = list_append(if_not_exists(a, :none), :v)',
    { ':none': l(), ':v': l(n(1)) },
    {
      a: l(n(1)),
    },
  );
  makes('REMOVE takes attributes away, those that are not there too', { a: n(1), c: n(2) }, 'REMOVE a, d', undefined, { c: n(2) });
  makes('REMOVE takes elements out by their indexes of before', { a: l(n(0), n(1), n(2), n(3)) }, 'REMOVE a[0], a[2]', undefined, {
    a: l(n(1), n(3)),
  });
  makes('REMOVE beyond a list’s end does nothing', { a: l(n(0)) }, 'REMOVE a[5]', undefined, { a: l(n(0)) });
  makes('REMOVE takes members out of maps', { a: m({ c: n(1), d: n(2) }) }, 'REMOVE a.c', undefined, { a: m({ d: n(2) }) });
  makes('REMOVE of a map’s last member leaves an empty map', { a: m({ c: n(1) }) }, 'REMOVE a.c', undefined, { a: m({}) });
  makes('ADD increases a number, from 0 where there is none', { a: n(5) }, 'ADD a :v, c :v', { ':v': n(-2) }, { a: n(3), c: n(-2) });
  makes('ADD makes an item where none is', undefined, 'ADD a :v', one, { a: n(1) });
  behaviour('ADD joins sets', UPDATES, async (bench) => {
    const after = await updated(
      bench,
      { a: { SS: ['x'] }, c: { NS: ['1'] }, d: { BS: [Uint8Array.of(1)] } },
      {
        UpdateExpression: 'ADD a :s, c :n, d :b, e :s',
        ExpressionAttributeValues: { ':s': { SS: ['x', 'y'] }, ':n': { NS: ['1.0', '2'] }, ':b': { BS: [Uint8Array.of(2)] } },
      },
    );
    expect([...(after['a']?.SS ?? [])].sort()).toEqual(['x', 'y']);
    expect([...(after['c']?.NS ?? [])].sort()).toEqual(['1', '2']);
    expect(after['d']?.BS?.map((bytes) => bytes[0]).sort()).toEqual([1, 2]);
    expect([...(after['e']?.SS ?? [])].sort()).toEqual(['x', 'y']);
  });
  makes('DELETE takes elements out of a set', { a: { SS: ['x', 'y'] } }, 'DELETE a :v', { ':v': { SS: ['y', 'z'] } }, { a: { SS: ['x'] } });
  makes('DELETE of the last element takes the set away', { a: { NS: ['1', '2'] } }, 'DELETE a :v', { ':v': { NS: ['2.0', '1'] } }, {});
  makes('DELETE of what is not there does nothing', { c: n(1) }, 'DELETE a :v', { ':v': { SS: ['y'] } }, { c: n(1) });
  makes(
    'clauses stand in any order',
    { a: n(1), c: n(2), d: { SS: ['x', 'y'] }, e: n(4) },
    'DELETE d :d ADD e :v REMOVE c SET a = :v',
    { ':d': { SS: ['x'] }, ':v': n(9) },
    { a: n(9), d: { SS: ['y'] }, e: n(13) },
  );
  makes('keywords are written in any case', { a: n(1), c: n(1) }, 'set a = :v remove c', { ':v': n(2) }, { a: n(2) });
  makes('parentheses stand around operands', { a: n(1) }, 'SET a = (a + :v)', one, { a: n(2) });
  makes('parentheses stand around an operand of a sum', { a: n(1) }, 'SET a = (a) + (:v), c = if_not_exists((c), (:v))', one, {
    a: n(2),
    c: n(1),
  });
  refused(
    'parentheses must not be redundant',
    UPDATES,
    {},
    'SET a = ((:v))',
    one,
    'Invalid UpdateExpression: The expression has redundant parentheses;',
  );
  refused(
    'a sum has two operands',
    UPDATES,
    {},
    'SET a = :v + :v - :v',
    one,
    'Invalid UpdateExpression: Syntax error; token: "-", near: ":v - :v"',
  );
  refused(
    'list_append is no operand of a sum',
    UPDATES,
    {},
    'SET a = list_append(:v, :v) + :v',
    one,
    'Invalid UpdateExpression: The function is not allowed to be used this way in an expression; function: list_append',
  );
  behaviour('an update without an expression makes an item of its key alone', 'UpdateItem', async (bench) => {
    const Key = bench.fresh();
    await bench.db.updateItem({ TableName: bench.table, Key });
    expect(await bench.read(Key)).toEqual(Key);
  });
  behaviour('names stand in every clause', 'Expression attribute names (aliases) in DynamoDB', async (bench) => {
    const after = await updated(
      bench,
      { 'a.b': m({ 'c d': n(1) }), set: { SS: ['x', 'y'] }, add: n(1), remove: n(1) },
      {
        UpdateExpression: 'SET #ab.#cd = #ab.#cd + :v ADD #add :v DELETE #set :s REMOVE #remove',
        ExpressionAttributeNames: { '#ab': 'a.b', '#cd': 'c d', '#set': 'set', '#add': 'add', '#remove': 'remove' },
        ExpressionAttributeValues: { ':v': n(1), ':s': { SS: ['x'] } },
      },
    );
    expect(after).toEqual({ 'a.b': m({ 'c d': n(2) }), set: { SS: ['y'] }, add: n(2) });
  });

  refused('SET does not read what is not there', UPDATES, {}, 'SET a = c', undefined, NOT_THERE);
  refused('SET does not compute with what is not there', UPDATES, {}, 'SET a = c + :v', one, NOT_THERE);
  refused('SET does not go into what is not there', UPDATES, {}, 'SET a.c = :v', one, INVALID_PATH);
  refused('SET does not go into a scalar', UPDATES, { a: n(1) }, 'SET a.c = :v', one, INVALID_PATH);
  refused('SET takes no index of a map', UPDATES, { a: m({}) }, 'SET a[0] = :v', one, INVALID_PATH);
  refused('REMOVE does not go into what is not there', UPDATES, {}, 'REMOVE a.c', undefined, INVALID_PATH);
  refused('SET computes with numbers alone', UPDATES, { a: s('x') }, 'SET a = a + :v', one, WRONG_TYPE);
  refused('list_append takes lists alone', UPDATES, { a: n(1) }, 'SET a = list_append(a, :v)', { ':v': l(n(1)) }, WRONG_TYPE);
  refused('ADD does not mix types', UPDATES, { a: s('x') }, 'ADD a :v', one, WRONG_TYPE);
  refused('ADD does not mix types of sets', UPDATES, { a: { NS: ['1'] } }, 'ADD a :v', { ':v': { SS: ['1'] } }, WRONG_TYPE);
  refused('DELETE does not mix types', UPDATES, { a: { NS: ['1'] } }, 'DELETE a :v', { ':v': { SS: ['1'] } }, WRONG_TYPE);
  refused(
    'ADD takes numbers and sets alone',
    UPDATES,
    {},
    'ADD a :v',
    { ':v': s('x') },
    'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND',
  );
  refused(
    'DELETE takes sets alone',
    UPDATES,
    {},
    'DELETE a :v',
    one,
    'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND',
  );
  refused(
    'literals of another type are not computed with',
    UPDATES,
    { a: n(1) },
    'SET a = a + :v',
    { ':v': s('1') },
    'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S',
  );
  refused(
    'literals that are no lists are not appended',
    UPDATES,
    { a: l() },
    'SET a = list_append(a, :v)',
    one,
    'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: list_append, operand type: N',
  );
  refused(
    'paths do not overlap',
    UPDATES,
    { a: m({ c: n(1) }) },
    'SET a = :v, a.c = :v',
    one,
    'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, c]',
  );
  refused(
    'paths do not overlap across clauses',
    UPDATES,
    { a: n(1) },
    'SET a = :v REMOVE a',
    one,
    'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]',
  );
  refused(
    'paths do not conflict',
    UPDATES,
    { a: m({}) },
    'SET a.c = :v, a[0] = :v',
    one,
    'Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, c], path two: [a, [0]]',
  );
  refused(
    'the key is not updated',
    'UpdateItem',
    {},
    'SET pk = :v',
    { ':v': s('x') },
    'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
  );
  refused(
    'the key is not removed',
    'UpdateItem',
    {},
    'REMOVE sk',
    undefined,
    'One or more parameter values were invalid: Cannot update attribute sk. This attribute is part of the key',
  );
  refused(
    'unknown functions are refused',
    UPDATES,
    {},
    'SET a = plus(a, :v)',
    one,
    'Invalid UpdateExpression: Invalid function name; function: plus',
  );
  refused(
    'functions of conditions are no values',
    UPDATES,
    {},
    'SET a = size(a)',
    undefined,
    'Invalid UpdateExpression: The function is not allowed in an update expression; function: size',
  );
  refused(
    'if_not_exists takes a path first',
    UPDATES,
    {},
    'SET a = if_not_exists(:v, :v)',
    one,
    'Invalid UpdateExpression: Operator or function requires a document path; operator or function: if_not_exists',
  );
  behaviour('an update that fails changes nothing', UPDATES, async (bench) => {
    const before = { a: n(1), c: s('x') };
    const Key = await bench.put(before);
    const update = { UpdateExpression: 'SET a = :v, d = c + :v', ExpressionAttributeValues: one };
    expect(await refusal(bench.db.updateItem({ TableName: bench.table, Key, ...update }))).toEqual(invalid(WRONG_TYPE));
    expect(await bench.read(Key)).toEqual({ ...Key, ...before });
  });
  behaviour('an update that fails makes no item', UPDATES, async (bench) => {
    const Key = bench.fresh();
    const update = { UpdateExpression: 'SET a = c' };
    expect(await refusal(bench.db.updateItem({ TableName: bench.table, Key, ...update }))).toEqual(invalid(NOT_THERE));
    expect(await bench.read(Key)).toBeUndefined();
  });
  behaviour('SET keeps Booleans, binaries and nested values as they are', UPDATES, async (bench) => {
    const value = m({ t: yes, bytes: b(0, 255), none: nothing, deep: l(m({ x: l() })) });
    expect(await updated(bench, {}, { UpdateExpression: 'SET a = :v', ExpressionAttributeValues: { ':v': value } })).toEqual({ a: value });
  });
});
