import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

/** A plain value in DynamoDB's notation, as far as items here have any. */
export function marshalled(value: unknown): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'object') return { M: marshalledItem(value) };
  throw new Error(`${typeof value} can't stand in an item`);
}

export const marshalledItem = (item: object): Item =>
  Object.fromEntries(
    Object.entries(item)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, marshalled(value)]),
  );

/**
 * A table in memory that takes the commands that are sent here and nothing else: an expression of another form throws. Every command is
 * atomic; what can happen between two is up to `before`.
 */
export class MemoryTable {
  /** By pk and sk. */
  readonly items = new Map<string, Item>();
  /** What was sent: `Query gsi1`, `GetItem`. */
  readonly commands: string[] = [];
  /** Awaited before every command; throwing here is AWS failing. */
  before: (command: string) => Promise<void> = async () => {};
  /** How many items an answer holds at most, as the limit of 1 MB has it. */
  pageSize = Number.POSITIVE_INFINITY;
  /** How many items of a batch are read at most; the others are answered as unprocessed. */
  batchSize = 100;

  readonly client = { send: (command: object) => this.#send(command) } as unknown as Pick<DynamoDBClient, 'send'>;

  /** Puts a plain item. */
  put(item: object): void {
    const stored = marshalledItem(item);
    this.items.set(keyOf(stored), stored);
  }

  /** Sets some attributes of an item, which is made when it isn't there. */
  merge(item: object): void {
    const given = marshalledItem(item);
    this.items.set(keyOf(given), { ...this.items.get(keyOf(given)), ...given });
  }

  async #send(command: object): Promise<object> {
    const name = command.constructor.name.replace(/Command$/, '');
    await this.before(name);
    const index = command instanceof QueryCommand ? command.input.IndexName : undefined;
    this.commands.push(index === undefined ? name : `${name} ${index}`);
    if (command instanceof GetItemCommand) return this.#get(command.input);
    if (command instanceof QueryCommand) return this.#query(command.input);
    if (command instanceof BatchGetItemCommand) return this.#batch(command.input);
    if (command instanceof UpdateItemCommand) return this.#update(command.input);
    throw new Error(`${name} is not carried out`);
  }

  #get({ Key = {}, ...input }: GetItemCommandInput): object {
    const item = this.items.get(keyOf(Key));
    return item === undefined ? {} : { Item: projected(item, input) };
  }

  #query(input: QueryCommandInput): object {
    if (input.KeyConditionExpression !== '#partition = :partition AND #sort BETWEEN :first AND :last') throw new Error('not carried out');
    const { '#partition': partition = '', '#sort': sort = '' } = input.ExpressionAttributeNames ?? {};
    const value = (name: string) => input.ExpressionAttributeValues?.[name]?.S ?? '';
    if (value(':first') > value(':last'))
      throw new Error('ValidationException: BETWEEN upper bound must be greater than or equal to lower bound');
    const found = [...this.items.values()]
      .filter((item) => item[partition]?.S === value(':partition'))
      .filter((item) => (item[sort]?.S ?? '') >= value(':first') && (item[sort]?.S ?? '') <= value(':last'))
      .toSorted((a, b) => ((a[sort]?.S ?? '') < (b[sort]?.S ?? '') ? -1 : 1));
    if (input.ScanIndexForward === false) found.reverse();
    const start =
      input.ExclusiveStartKey === undefined ? 0 : found.findIndex((item) => keyOf(item) === keyOf(input.ExclusiveStartKey ?? {})) + 1;
    const size = Math.min(input.Limit ?? Number.POSITIVE_INFINITY, this.pageSize);
    const page = found.slice(start, start + size);
    const last = page.at(-1);
    return {
      Items: page.map((item) => projected(item, input)),
      // As DynamoDB does it: there may be nothing behind it.
      ...(last !== undefined && page.length === size ? { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } } : {}),
    };
  }

  #batch({ RequestItems = {} }: BatchGetItemCommandInput): object {
    const [[name = '', request = { Keys: [] }] = []] = Object.entries(RequestItems);
    const keys = request.Keys ?? [];
    if (keys.length === 0 || keys.length > 100 || new Set(keys.map(keyOf)).size < keys.length) throw new Error('ValidationException');
    const items = keys
      .slice(0, this.batchSize)
      .map((key) => this.items.get(keyOf(key)))
      .filter((item) => item !== undefined);
    const rest = keys.slice(this.batchSize);
    return {
      Responses: { [name]: items.map((item) => projected(item, request)) },
      UnprocessedKeys: rest.length === 0 ? {} : { [name]: { ...request, Keys: rest } },
    };
  }

  #update({ Key = {}, UpdateExpression = '', ConditionExpression = '', ...input }: UpdateItemCommandInput): object {
    const before = this.items.get(keyOf(Key)) ?? Key;
    const name = (text: string) => input.ExpressionAttributeNames?.[text] ?? fail(text);
    const value = (text: string) => input.ExpressionAttributeValues?.[text] ?? fail(text);
    const fail = (text: string): never => {
      throw new Error(`${text} is not defined or not understood`);
    };
    const holds = ConditionExpression.split(' AND ').every((term) => {
      const absent = /^attribute_not_exists\((#\w+)\)$/.exec(term);
      if (absent !== null) return before[name(absent[1] ?? '')] === undefined;
      const [left = '', right = ''] = term.split(' = ');
      return JSON.stringify(before[name(left)]) === JSON.stringify(value(right));
    });
    if (!holds) throw Object.assign(new Error('The conditional request failed'), { name: 'ConditionalCheckFailedException' });
    const set = UpdateExpression.replace(/^SET /, '')
      .split(', ')
      .map((term) => term.split(' = '))
      .map(([left = '', right = '']) => [name(left), value(right)] as const);
    this.items.set(keyOf(Key), { ...before, ...Object.fromEntries(set) });
    return {};
  }
}

const keyOf = (item: Item): string => `${item['pk']?.S}\n${item['sk']?.S}`;

function projected(
  item: Item,
  {
    ProjectionExpression,
    ExpressionAttributeNames,
  }: { ProjectionExpression?: string | undefined; ExpressionAttributeNames?: Record<string, string> | undefined },
): Item {
  const names = (ProjectionExpression ?? '').split(', ').map((text) => ExpressionAttributeNames?.[text] ?? text);
  return structuredClone(Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]]))));
}
