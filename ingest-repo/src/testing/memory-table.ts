import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { fulfils, type Item, updated } from './expressions.ts';

type Conditional = Pick<
  PutCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues' | 'ReturnValuesOnConditionCheckFailure'
>;

/** An error as the SDK throws it: told by its name. */
export class AwsError extends Error {
  constructor(name: string, details: object = {}) {
    super(name);
    this.name = name;
    Object.assign(this, details);
  }
}

/**
 * A table in memory that takes the commands that ingest sends and runs their real conditions. Every command is atomic, as in DynamoDB; what can
 * happen between two commands is up to `before`. Eventually consistent reads may see an older state, as many writes ago as
 * `writesBehind` says.
 */
export class MemoryTable {
  items = new Map<string, Item>();
  readonly commands: string[] = [];
  /** Awaited before every command; throwing here is AWS failing. */
  before: (command: string) => Promise<void> = async () => {};
  /** Awaited after a command has taken effect, before it is answered; throwing here is an answer that got lost. */
  after: (command: string) => Promise<void> = async () => {};
  writesBehind: () => number = () => 0;
  #history: Map<string, Item>[] = [];

  readonly client = { send: (command: object) => this.#send(command) } as unknown as Pick<DynamoDBDocumentClient, 'send'>;

  /** All items of a partition whose sort key begins so, in order. */
  list(pk: string, prefix = ''): Item[] {
    return this.#partition(this.items, pk).filter((item) => String(item['sk']).startsWith(prefix));
  }

  put(item: Item): void {
    this.#write(new Map(this.items).set(keyOf(item), item));
  }

  /** From here on nothing older than now is seen. */
  forgetHistory(): void {
    this.#history = [];
  }

  async #send(command: object): Promise<object> {
    const name = command.constructor.name;
    await this.before(name);
    this.commands.push(name);
    const answer = this.#run(command);
    await this.after(name);
    return structuredClone(answer);
  }

  #run(command: object): object {
    if (command instanceof GetCommand) {
      const { Key = {}, ConsistentRead } = command.input;
      const item = this.#seen(ConsistentRead).get(keyOf(Key));
      return item === undefined ? {} : { Item: item };
    }
    if (command instanceof QueryCommand) return this.#query(command);
    if (command instanceof PutCommand) {
      this.#requireCondition(command.input, keyOf(command.input.Item ?? {}));
      this.put(command.input.Item ?? {});
      return {};
    }
    if (command instanceof UpdateCommand) {
      const { Key = {}, UpdateExpression = '', ReturnValues } = command.input;
      this.#requireCondition(command.input, keyOf(Key));
      const old = this.items.get(keyOf(Key));
      const item = updated(UpdateExpression, command.input, old ?? Key);
      this.put(item);
      return ReturnValues === 'ALL_OLD' && old !== undefined ? { Attributes: old } : {};
    }
    if (command instanceof TransactWriteCommand) {
      const actions = command.input.TransactItems ?? [];
      const keys = actions.map(({ Put, Delete }) => keyOf(Put?.Item ?? Delete?.Key ?? {}));
      if (new Set(keys).size < keys.length) throw new AwsError('ValidationException');
      const reasons = actions.map(({ Put }) => ({
        Code: Put === undefined || this.#holds(Put, keyOf(Put.Item ?? {})) ? 'None' : 'ConditionalCheckFailed',
      }));
      if (reasons.some(({ Code }) => Code !== 'None')) throw new AwsError('TransactionCanceledException', { CancellationReasons: reasons });
      const next = new Map(this.items);
      for (const { Put, Delete } of actions) {
        if (Put !== undefined) next.set(keyOf(Put.Item ?? {}), Put.Item ?? {});
        else if (Delete !== undefined) next.delete(keyOf(Delete.Key ?? {}));
        else throw new Error('this transaction is not carried out');
      }
      this.#write(next);
      return {};
    }
    throw new Error(`${command.constructor.name} is not carried out`);
  }

  #query({ input }: QueryCommand): object {
    if (input.KeyConditionExpression !== 'pk = :pk AND sk BETWEEN :from AND :to') throw new Error('this key condition is not carried out');
    const all = this.#partition(this.#seen(input.ConsistentRead), String(input.ExpressionAttributeValues?.[':pk']));
    const found = all.filter((item) => fulfils(input.KeyConditionExpression, input, item));
    if (input.ScanIndexForward === false) found.reverse();
    return { Items: found.slice(0, input.Limit ?? found.length) };
  }

  #partition(items: Map<string, Item>, pk: string): Item[] {
    return [...items.values()].filter((item) => item['pk'] === pk).toSorted((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1));
  }

  #seen(consistent: boolean | undefined): Map<string, Item> {
    if (consistent === true) return this.items;
    const behind = this.writesBehind();
    return behind === 0 ? this.items : (this.#history.at(-behind) ?? this.#history[0] ?? this.items);
  }

  #write(next: Map<string, Item>): void {
    this.#history.push(this.items);
    this.items = next;
  }

  #holds(input: Conditional, key: string): boolean {
    return fulfils(input.ConditionExpression, input, this.items.get(key));
  }

  #requireCondition(input: Conditional, key: string): void {
    if (this.#holds(input, key)) return;
    const wantsOld = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    const old = this.items.get(key);
    const given = wantsOld && old !== undefined ? { Item: membersInNotation(old) } : {};
    throw new AwsError('ConditionalCheckFailedException', given);
  }
}

/** Values as DynamoDB itself writes them ("AttributeValue" of the API reference): so the document client leaves the item of a failed condition. */
function inNotation(value: unknown): object {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  return Array.isArray(value) ? { L: value.map(inNotation) } : { M: membersInNotation(value as object) };
}

const membersInNotation = (value: object): object =>
  Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inNotation(member)]));

const keyOf = (item: Item): string => `${item['pk']}\n${item['sk']}`;
