import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { deviceKey, gapSortKeysBetween, parseGapSortKey, particleIdSchema } from '@enstratus/contract';
import * as z from 'zod';
import type { BackfillAsk } from './ask-device.ts';

/** What is read of a device that is asked. Both throw what DynamoDB throws. */
export interface AskedDevices {
  /** Particle's id of a device. Throws when there is no such device: whoever asks has had an event of it. */
  particleId(device_id: string): Promise<string>;
  /** What is still missing of what an ask is about, from the first to the last document; undefined when nothing is. */
  missing(ask: BackfillAsk): Promise<{ readonly first: number; readonly last: number } | undefined>;
}

/** Devices and their gaps in the table: 1 read unit each. A device's Particle id never changes, so an environment remembers it. */
export function askedDevices(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string): AskedDevices {
  const particleIds = new Map<string, string>();
  return {
    async particleId(device_id) {
      const known = particleIds.get(device_id);
      if (known !== undefined) return known;
      const { Item } = await documents.send(new GetCommand({ TableName: tableName, Key: deviceKey(device_id) }));
      const { particle_id } = z.object({ particle_id: particleIdSchema }).parse(Item);
      particleIds.set(device_id, particle_id);
      return particle_id;
    },

    async missing({ device_id, boot_id, first_missing_seq, last_missing_seq }) {
      const range = gapSortKeysBetween(boot_id, first_missing_seq, last_missing_seq);
      const { Items } = await documents.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': deviceKey(device_id).pk, ':from': range.first, ':to': range.last },
          ConsistentRead: true,
        }),
      );
      // What came in between has left a gap in parts: the device sends the packs from the first to the last of them, those that are there once more.
      const gaps = z.array(z.object({ sk: z.string(), last_missing_seq: z.number() })).parse(Items ?? []);
      const [first, last] = [gaps[0], gaps.at(-1)];
      if (first === undefined || last === undefined) return undefined;
      return {
        first: parseGapSortKey(first.sk)?.first_missing_seq ?? first_missing_seq,
        last: Math.min(last.last_missing_seq, last_missing_seq),
      };
    },
  };
}
