import { expect } from 'vitest';
import { type Bench, type Item, invalid, n, refusal, suite } from './suite.ts';

const CONDITIONS = 'Condition and filter expressions, operators, and functions in DynamoDB';
const NAMES = 'Expression attribute names (aliases) in DynamoDB';
const VALUES = 'Using expression attribute values in DynamoDB';
const PATHS = 'Referring to item attributes when using expressions in DynamoDB';
const CONSTRAINTS = 'Constraints in Amazon DynamoDB';
const UPDATES = 'Using update expressions in DynamoDB';
const PROJECTIONS = 'Using projection expressions in DynamoDB';

interface Given {
  readonly condition?: string;
  readonly update?: string;
  readonly projection?: string;
  readonly names?: Record<string, string>;
  readonly values?: Item;
}

function ask(bench: Bench, { condition, update, projection, names, values }: Given): Promise<unknown> {
  const Key = bench.fresh();
  const shared = { TableName: bench.table, Key, ...(names === undefined ? {} : { ExpressionAttributeNames: names }) };
  if (projection !== undefined) return bench.db.getItem({ ...shared, ProjectionExpression: projection });
  return bench.db.updateItem({
    ...shared,
    ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...(update === undefined ? {} : { UpdateExpression: update }),
  });
}

suite('expressions', ['things'], (behaviour) => {
  const refused = (title: string, source: Parameters<typeof behaviour>[1], given: Given, words: string) =>
    behaviour(title, source, async (bench) => expect(await refusal(ask(bench, given))).toEqual(invalid(words)));
  const taken = (title: string, source: Parameters<typeof behaviour>[1], given: Given) =>
    behaviour(title, source, async (bench) => void (await ask(bench, given)));

  refused('a condition is not empty', CONDITIONS, { condition: '' }, 'Invalid ConditionExpression: The expression can not be empty;');
  refused('an update is not empty', UPDATES, { update: '' }, 'Invalid UpdateExpression: The expression can not be empty;');
  refused('a projection is not empty', PROJECTIONS, { projection: '' }, 'Invalid ProjectionExpression: The expression can not be empty;');
  refused(
    'a condition of white space alone is a syntax error',
    CONDITIONS,
    { condition: '  ' },
    'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "  "',
  );
  refused(
    'a syntax error names the token and what is near it',
    CONDITIONS,
    { condition: 'a = = b' },
    'Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"',
  );
  refused(
    'an expression that ends too early names its end',
    CONDITIONS,
    { condition: 'a =' },
    'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="',
  );
  refused(
    'a character that nothing begins with is a syntax error',
    CONDITIONS,
    { condition: 'a & b' },
    'Invalid ConditionExpression: Syntax error; token: "&", near: "a & b"',
  );
  refused(
    'a literal number is no operand',
    CONDITIONS,
    { condition: 'a = 1' },
    'Invalid ConditionExpression: Syntax error; token: "1", near: "= 1"',
  );
  refused(
    'an update needs a clause',
    UPDATES,
    { update: 'a = :v', values: { ':v': n(1) } },
    'Invalid UpdateExpression: Syntax error; token: "a", near: "a ="',
  );
  refused(
    'a projection is a list of paths',
    PROJECTIONS,
    { projection: 'a b' },
    'Invalid ProjectionExpression: Syntax error; token: "b", near: "a b"',
  );
  refused(
    'an update names each clause once',
    UPDATES,
    { update: 'SET a = :v SET b = :v', values: { ':v': n(1) } },
    'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
  );

  refused(
    'a name that is used must be defined',
    NAMES,
    { condition: 'attribute_exists(#a)' },
    'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #a',
  );
  refused(
    'a name that is defined must be used',
    NAMES,
    { condition: 'attribute_exists(a)', names: { '#a': 'a' } },
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}',
  );
  refused(
    'names go with an expression only',
    NAMES,
    { names: { '#a': 'a' } },
    'ExpressionAttributeNames can only be specified when using expressions',
  );
  refused(
    'the map of names is not empty',
    NAMES,
    { condition: 'attribute_exists(a)', names: {} },
    'ExpressionAttributeNames must not be empty',
  );
  refused(
    'a name begins with #',
    NAMES,
    { condition: 'attribute_exists(a)', names: { a: 'a' } },
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
  );
  refused(
    'a name has more than #',
    NAMES,
    { condition: 'attribute_exists(a)', names: { '#': 'a' } },
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "#"',
  );
  refused(
    'a name does not stand for nothing',
    NAMES,
    { condition: 'attribute_exists(#a)', names: { '#a': '' } },
    'ExpressionAttributeNames contains invalid value: Empty attribute name for key #a',
  );
  taken('a name may begin with a digit or hold an underscore', NAMES, { condition: 'attribute_not_exists(#1_a)', names: { '#1_a': 'a' } });
  taken('a name may stand for one that has another name’s form', NAMES, {
    condition: 'attribute_not_exists(#a)',
    names: { '#a': '#a.:b' },
  });

  refused(
    'a value that is used must be defined',
    VALUES,
    { condition: 'a = :v' },
    'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :v',
  );
  refused(
    'a value that is defined must be used',
    VALUES,
    { condition: 'a = :v', values: { ':v': n(1), ':w': n(1) } },
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}',
  );
  refused(
    'values go with an expression only',
    VALUES,
    { values: { ':v': n(1) } },
    'ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null',
  );
  refused('the map of values is not empty', VALUES, { condition: 'a = :v', values: {} }, 'ExpressionAttributeValues must not be empty');
  refused(
    'a value begins with a colon',
    VALUES,
    { condition: 'a = :v', values: { v: n(1) } },
    'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"',
  );
  refused(
    'a value is a valid one',
    VALUES,
    { condition: 'a = :v', values: { ':v': { SS: [] } } },
    'ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: An string set  may not be empty for key :v',
  );
  refused(
    'a value of a number is a number',
    VALUES,
    { condition: 'a = :v', values: { ':v': n('ten') } },
    'ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: ten for key :v',
  );
  taken('values are case-sensitive', VALUES, { update: 'SET a = :v, b = :V', values: { ':v': n(1), ':V': n(2) } });

  refused(
    'a reserved word is no name in a condition',
    'Reserved words in DynamoDB',
    { condition: 'Status = :v', values: { ':v': n(1) } },
    'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: Status',
  );
  refused(
    'a reserved word is no name in an update',
    'Reserved words in DynamoDB',
    { update: 'SET a.name = :v', values: { ':v': n(1) } },
    'Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name',
  );
  refused(
    'a reserved word is no name in a projection',
    'Reserved words in DynamoDB',
    { projection: 'a, timestamp' },
    'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: timestamp',
  );
  taken('a reserved word is taken under another name', 'Reserved words in DynamoDB', { projection: '#s', names: { '#s': 'status' } });
  refused(
    'a name that begins with an underscore needs an alias',
    PATHS,
    { projection: '_a' },
    'Invalid ProjectionExpression: Syntax error; token: "_", near: "_a"',
  );
  taken('a name may hold an underscore', PATHS, { projection: 'a_b' });

  refused(
    'paths of a projection do not overlap',
    PROJECTIONS,
    { projection: 'a.b, a' },
    'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]',
  );
  refused(
    'paths of a projection are not told twice',
    PROJECTIONS,
    { projection: 'a, #a', names: { '#a': 'a' } },
    'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]',
  );
  refused(
    'paths of a projection do not conflict',
    PROJECTIONS,
    { projection: 'a.b, a[1]' },
    'Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]',
  );

  const variable = (length: number) => ':v'.padEnd(length, 'v');
  const paddedTo = (length: number) => 'attribute_not_exists(a)'.padEnd(length, ' ');
  taken('an expression has 4 KB at most', CONSTRAINTS, { condition: paddedTo(4096) });
  refused(
    'an expression over 4 KB is refused',
    CONSTRAINTS,
    { condition: paddedTo(4097) },
    'Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097',
  );
  taken('a substitution variable has 255 bytes at most', CONSTRAINTS, {
    condition: `a <> ${variable(255)}`,
    values: { [variable(255)]: n(1) },
  });
  refused(
    'a substitution variable over 255 bytes is refused',
    CONSTRAINTS,
    { condition: `a <> ${variable(256)}`, values: { [variable(256)]: n(1) } },
    'ExpressionAttributeValues contains invalid key: The expression attribute map contains a key that is too long;',
  );
  behaviour('an expression has 300 operators at most', CONSTRAINTS, async (bench) => {
    const clause = (count: number) => Array.from({ length: count }, (_, index) => `a${index} = :v`).join(' OR ');
    const values = { ':v': n(1) };
    // 150 comparisons with 149 OR between them are 299 operators, one more of each are 301.
    expect((await refusal(ask(bench, { condition: clause(150), values }))).name).toBe('ConditionalCheckFailedException');
    expect(await refusal(ask(bench, { condition: clause(151), values }))).toEqual(
      invalid('Invalid ConditionExpression: The expression contains too many operators; operator count: 301'),
    );
  });
  behaviour('a list index may have any size that fits an integer', PATHS, async (bench) => {
    expect((await refusal(ask(bench, { condition: 'attribute_exists(a[2147483647])' }))).name).toBe('ConditionalCheckFailedException');
  });
  behaviour('a path has 32 levels at most', CONSTRAINTS, async (bench) => {
    const path = (levels: number) => Array.from({ length: levels }, (_, index) => `a${index}`).join('.');
    await ask(bench, { projection: path(32) });
    expect(await refusal(ask(bench, { projection: path(33) }))).toEqual(
      invalid('Invalid ProjectionExpression: The document path has too many nesting levels; nesting levels: 33'),
    );
  });
});
