import { z } from 'zod';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';
import { type AttributeValue, attributeValues, type PlainValue } from './attributes.ts';

/** "BatchWriteItem": 25 requests at most. */
const batchItems = 25;

const value = z.union([z.object({ S: z.string() }).transform(({ S }) => S), z.object({ N: z.coerce.number() }).transform(({ N }) => N)]);
const key = z.record(z.string(), z.object({ S: z.string() }));
const queried = z.object({ Items: z.array(z.record(z.string(), value)), LastEvaluatedKey: key.optional() });

/** What of an item was asked for. */
export type ReadItem = z.output<typeof queried>['Items'][number];

export interface KeyRange {
  readonly pk: string;
  readonly first: string;
  readonly last: string;
}

/** The table as histories need it, through the door that every client of the account takes. Throws what AWS throws. */
export class TableCalls {
  readonly #cloud: Cloud;
  readonly #caller: Caller;
  readonly name: string;

  constructor(cloud: Cloud, caller: Caller, name: string) {
    this.#cloud = cloud;
    this.#caller = caller;
    this.name = name;
  }

  put(items: readonly Readonly<Record<string, PlainValue>>[]): Promise<void> {
    return this.#write(items.map((item) => ({ PutRequest: { Item: attributeValues(item) } })));
  }

  delete(keys: readonly { readonly pk: string; readonly sk: string }[]): Promise<void> {
    return this.#write(keys.map(({ pk, sk }) => ({ DeleteRequest: { Key: attributeValues({ pk, sk }) } })));
  }

  async #write(requests: readonly object[]): Promise<void> {
    for (let start = 0; start < requests.length; start += batchItems) {
      const some = requests.slice(start, start + batchItems);
      const answer = await this.call('BatchWriteItem', { RequestItems: { [this.name]: some } });
      const { UnprocessedItems } = z.object({ UnprocessedItems: z.record(z.string(), z.unknown()).optional() }).parse(answer);
      if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('the table left items of the history unwritten');
    }
  }

  /**
   * The items of a range with these attributes, in order or newest first.
   *
   * @param limit No more than so many; all unless told.
   */
  async query(
    { pk, first, last }: KeyRange,
    attributes: readonly string[],
    { newestFirst = false, limit }: { readonly newestFirst?: boolean; readonly limit?: number } = {},
  ): Promise<ReadItem[]> {
    const items: ReadItem[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const answer = await this.call('Query', {
        TableName: this.name,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: attributeValues({ ':pk': pk, ':first': first, ':last': last }),
        ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
        ConsistentRead: true,
        ScanIndexForward: !newestFirst,
        ...(limit === undefined ? {} : { Limit: limit }),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const page = queried.parse(answer);
      items.push(...page.Items);
      start = page.LastEvaluatedKey;
    } while (start !== undefined && (limit === undefined || items.length < limit));
    return items;
  }

  call(operation: string, input: object): Promise<unknown> {
    return this.#cloud.call('dynamodb', operation, input, this.#caller);
  }
}
