import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { latestKey, latestOf, type StatusDocument } from '@enstratus/contract';
import * as z from 'zod';
import type { DeviceProfile } from './device-table.ts';

/** What stands in the item of a device's newest status after it was written. Times are epoch seconds. */
export interface KeptLatest {
  /** Of the newest document. */
  readonly time: number;
  readonly last_contact_at: number;
  /** Until when somebody watches the device; undefined when nobody ever has. */
  readonly watched_until: number | undefined;
  /** Time of the newest change that was told at once; undefined when none ever was. */
  readonly changed_at: number | undefined;
  /** Whether this call brought the document. It didn't when one as new or newer was there. */
  readonly isBrought: boolean;
}

/**
 * Brings a device's newest status up to a document and to a contact, whatever order the writers come in: neither the document nor the contact ever
 * goes back. The item is made by the first document.
 *
 * @param document The newest document that the caller knows of.
 * @param received_at When the device was heard, epoch seconds.
 * @param how.isExpected Whether the document is most likely newer than the one there. A wrong guess costs one write unit more, nothing else.
 * @param how.changed_at When the device told a change at once, if it did; it never goes back either.
 */
export type KeepLatest = (
  device: DeviceProfile,
  document: StatusDocument,
  received_at: number,
  how: { readonly isExpected: boolean; readonly changed_at?: number },
) => Promise<KeptLatest>;

/**
 * Notes that a device was heard, without a document. It never goes back, and makes no item: a contact alone says nothing of a device. 1 write unit. Throws what
 * DynamoDB throws.
 */
export type KeepContact = (path: string, received_at: number) => Promise<void>;

interface Wants {
  readonly document: boolean;
  readonly contact: boolean;
  readonly change: boolean;
}

interface Brought {
  readonly document: StatusDocument;
  readonly received_at: number;
  readonly changed_at: number | undefined;
}

/** The document client leaves the item of a failed condition in DynamoDB's own notation. */
const instant = z.union([z.number(), z.object({ N: z.coerce.number() }).transform(({ N }) => N)]).optional();
const itemSchema = z.object({ time: instant, last_contact_at: instant, watched_until: instant, changed_at: instant });
type Item = z.infer<typeof itemSchema>;

/** All three values only ever grow, so what a write was refused for need not be wanted again: the fourth write is the last. */
const maxWrites = 5;

/**
 * Keeps the newest status in the table: 1 write unit (the item is below 1 KB and in no index). What is in the item already is learned from the
 * same write, also from a refused one, so nothing is read. Throws what DynamoDB throws.
 */
export function latestStatusTable(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string): KeepLatest {
  return async (device, document, received_at, { isExpected, changed_at }) => {
    let wants: Wants = { document: isExpected, contact: true, change: changed_at !== undefined };
    let isBrought = false;
    for (let write = 0; write < maxWrites; write += 1) {
      const { item, isRefused } = await update(device, { document, received_at, changed_at }, wants);
      isBrought ||= wants.document && !isRefused;
      wants = {
        document: item.time === undefined || item.time < document.time,
        contact: item.last_contact_at === undefined || item.last_contact_at < received_at,
        change: changed_at !== undefined && (item.changed_at === undefined || item.changed_at < changed_at),
      };
      if (!wants.document && !wants.contact && !wants.change) {
        return {
          time: item.time ?? document.time,
          last_contact_at: item.last_contact_at ?? received_at,
          watched_until: item.watched_until,
          changed_at: item.changed_at,
          isBrought,
        };
      }
    }
    throw new Error(`the newest status of ${device.device_id} could not be written in ${maxWrites} writes`);
  };

  /** Sets what is wanted, all or nothing. Answers the item as it is after that, or as it was in the way. */
  async function update(
    { device_id, path }: DeviceProfile,
    { document, received_at, changed_at }: Brought,
    wants: Wants,
  ): Promise<{ item: Item; isRefused: boolean }> {
    const latest = latestOf(device_id, document, received_at);
    try {
      const { Attributes } = await documents.send(
        new UpdateCommand({
          TableName: tableName,
          Key: latestKey(path),
          UpdateExpression: `SET ${[
            'device_id = :device_id',
            ...(wants.document ? ['#document = :document', '#time = :time'] : []),
            ...(wants.contact ? ['last_contact_at = :last_contact_at'] : []),
            ...(wants.change ? ['changed_at = :changed_at'] : []),
          ].join(', ')}`,
          ConditionExpression: [
            ...(wants.document ? ['(attribute_not_exists(#time) OR #time < :time)'] : []),
            ...(wants.contact ? ['(attribute_not_exists(last_contact_at) OR last_contact_at <= :last_contact_at)'] : []),
            ...(wants.change ? ['(attribute_not_exists(changed_at) OR changed_at <= :changed_at)'] : []),
          ].join(' AND '),
          ...(wants.document ? { ExpressionAttributeNames: { '#document': 'document', '#time': 'time' } } : {}),
          ExpressionAttributeValues: {
            ':device_id': latest.device_id,
            ...(wants.document ? { ':document': latest.document, ':time': latest.time } : {}),
            ...(wants.contact ? { ':last_contact_at': latest.last_contact_at } : {}),
            ...(wants.change ? { ':changed_at': changed_at } : {}),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { item: itemSchema.parse(Attributes), isRefused: false };
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
      return { item: itemSchema.parse('Item' in error ? error.Item : {}), isRefused: true };
    }
  }
}

/** Contacts in the item of the newest status. */
export function contactTable(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string): KeepContact {
  return async (path, received_at) => {
    try {
      await documents.send(
        new UpdateCommand({
          TableName: tableName,
          Key: latestKey(path),
          UpdateExpression: 'SET last_contact_at = :last_contact_at',
          ConditionExpression: 'last_contact_at < :last_contact_at',
          ExpressionAttributeValues: { ':last_contact_at': received_at },
        }),
      );
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
    }
  };
}
