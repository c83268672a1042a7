import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandOutput,
  type KeysAndAttributes,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { Key } from '@enstratus/contract';
import type { Item } from './attributes.ts';

/** Where a range of items is read. */
export interface Place {
  /** The names of the partition and sort key; those of the table itself where no index is named. */
  readonly index?: { readonly name: string; readonly partition: string; readonly sort: string };
  readonly partition: string;
}

/** A range of sort keys, both ends included. */
export interface Range {
  readonly first: string;
  readonly last: string;
}

export interface RangeRead {
  readonly attributes: readonly string[];
  /** Everything in the range where nothing is said. */
  readonly limit?: number;
  readonly newestFirst?: boolean;
}

/** BatchGetItem: at most 100 items a call ("BatchGetItem" of the API reference). */
const maxBatch = 100;
const maxBatchTries = 5;
const tableKeys = { partition: 'pk', sort: 'sk' } as const;

/** What is read of the table. All reads are eventually consistent unless said otherwise, and all throw what DynamoDB throws. */
export class Table {
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly name: string;

  constructor(client: Pick<DynamoDBClient, 'send'>, name: string) {
    this.#client = client;
    this.name = name;
  }

  /** One item, or undefined when it isn't there. */
  async get(
    { pk, sk }: Key,
    attributes: readonly string[],
    { consistent = false }: { readonly consistent?: boolean } = {},
  ): Promise<Item | undefined> {
    const { Item: item }: GetItemCommandOutput = await this.#client.send(
      new GetItemCommand({ TableName: this.name, Key: marshalledKey({ pk, sk }), ConsistentRead: consistent, ...projection(attributes) }),
    );
    return item;
  }

  /** Those of many items that are there, in any order. */
  async getAll(keys: readonly Key[], attributes: readonly string[]): Promise<Item[]> {
    const batches = Array.from({ length: Math.ceil(keys.length / maxBatch) }, (_, index) =>
      keys.slice(index * maxBatch, (index + 1) * maxBatch).map(marshalledKey),
    );
    return (await Promise.all(batches.map((batch) => this.#getBatch(batch, attributes)))).flat();
  }

  /**
   * The items of a range in the order of their sort keys, and whether there are more than the limit. Each page of an answer holds at most 1 MB
   * ("Query" of the API reference): they are read until the limit or the end of the range.
   */
  async range(
    place: Place,
    range: Range,
    { attributes, limit, newestFirst = false }: RangeRead,
  ): Promise<{ items: Item[]; more: boolean }> {
    const { partition, sort } = place.index ?? tableKeys;
    const { ProjectionExpression, ExpressionAttributeNames } = projection(attributes);
    const items: Item[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.name,
          ...(place.index === undefined ? {} : { IndexName: place.index.name }),
          KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :first AND :last',
          ProjectionExpression,
          ExpressionAttributeNames: { ...ExpressionAttributeNames, '#partition': partition, '#sort': sort },
          ExpressionAttributeValues: { ':partition': { S: place.partition }, ':first': { S: range.first }, ':last': { S: range.last } },
          ScanIndexForward: !newestFirst,
          // One more than asked for tells whether there is more: a LastEvaluatedKey alone does not.
          ...(limit === undefined ? {} : { Limit: limit + 1 - items.length }),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && (limit === undefined || items.length <= limit));
    const more = limit !== undefined && items.length > limit;
    return { items: more ? items.slice(0, limit) : items, more };
  }

  async #getBatch(keys: Record<string, AttributeValue>[], attributes: readonly string[]): Promise<Item[]> {
    const items: Item[] = [];
    let rest: Record<string, KeysAndAttributes> | undefined = { [this.name]: { Keys: keys, ...projection(attributes) } };
    for (let tries = 0; rest !== undefined && Object.keys(rest).length > 0; tries += 1) {
      if (tries === maxBatchTries) throw new Error(`DynamoDB left items of a batch unread ${maxBatchTries} times`);
      const answer: BatchGetItemCommandOutput = await this.#client.send(new BatchGetItemCommand({ RequestItems: rest }));
      items.push(...(answer.Responses?.[this.name] ?? []));
      rest = answer.UnprocessedKeys;
    }
    return items;
  }
}

const marshalledKey = ({ pk, sk }: Key): Record<string, AttributeValue> => ({ pk: { S: pk }, sk: { S: sk } });

/** Every name by a placeholder: some of ours (name, path) are reserved words of DynamoDB. */
function projection(attributes: readonly string[]): { ProjectionExpression: string; ExpressionAttributeNames: Record<string, string> } {
  return {
    ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  };
}
