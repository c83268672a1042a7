import { type AttributeValue, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { latestKey } from '@enstratus/contract';
import { optionalNumber } from '../table/attributes.ts';
import type { Table } from '../table/table.ts';
import type { Lease } from './lease.ts';

const leaseAttributes = ['watched_until', 'live_until', 'live_day', 'live_s'] as const;

/** Leases, each in the item of its device's newest status: whoever writes that item learns from the same write whether somebody watches. */
export class LeaseTable {
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly #table: Table;

  constructor(client: Pick<DynamoDBClient, 'send'>, table: Table) {
    this.#client = client;
    this.#table = table;
  }

  /** A device's lease as it is now: 1 read unit. Throws what DynamoDB throws. */
  async lease(path: string): Promise<Lease> {
    const item = (await this.#table.get(latestKey(path), leaseAttributes, { consistent: true })) ?? {};
    return {
      watched_until: optionalNumber(item, 'watched_until'),
      live_until: optionalNumber(item, 'live_until'),
      live_day: item['live_day']?.S,
      live_s: optionalNumber(item, 'live_s'),
    };
  }

  /**
   * Keeps a lease in place of the one that was read, 1 write unit. Answers whether it did: not when somebody else renewed it in between. Makes the
   * item of a device that has not reported yet. Throws what DynamoDB throws.
   */
  async replace({ device_id, path }: { readonly device_id: string; readonly path: string }, before: Lease, after: Lease): Promise<boolean> {
    const { pk, sk } = latestKey(path);
    const set = leaseAttributes.filter((name) => after[name] !== undefined);
    const values = Object.fromEntries([
      ...set.map((name) => [`:${name}`, marshalled(after[name])]),
      ...leaseAttributes.filter((name) => before[name] !== undefined).map((name) => [`:old_${name}`, marshalled(before[name])]),
      [':device_id', { S: device_id }],
    ]);
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table.name,
          Key: { pk: { S: pk }, sk: { S: sk } },
          UpdateExpression: `SET ${['device_id', ...set].map((name) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: leaseAttributes
            .map((name) => (before[name] === undefined ? `attribute_not_exists(#${name})` : `#${name} = :old_${name}`))
            .join(' AND '),
          ExpressionAttributeNames: Object.fromEntries(['device_id', ...leaseAttributes].map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: values,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}

function marshalled(value: string | number | undefined): AttributeValue {
  return typeof value === 'number' ? { N: String(value) } : { S: value ?? '' };
}
