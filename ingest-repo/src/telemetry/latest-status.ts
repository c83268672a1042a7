import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { latestKey, latestOf, type StatusDocument } from '@enstratus/contract';
import type { DeviceProfile, StoredPack } from './device-table.ts';
import { isNewerDocument, isNoEarlierContact, type KnownLatest, type LatestItems, type NotedState } from './latest-item.ts';
import { placeInSequence } from './plain-next.ts';

/** What stands in the item of a device's newest status after it was written. Times are epoch seconds. */
export interface KeptLatest {
  /** Of the newest document. */
  readonly time: number;
  readonly last_contact_at: number;
  /** Until when somebody watches the device; undefined when nobody ever has. */
  readonly watched_until: number | undefined;
  readonly noted: NotedState;
  /** Whether this call brought the document. It didn't when one as new or newer was there. */
  readonly isBrought: boolean;
  /** The item right before the write that brought the document. */
  readonly before?: KnownLatest;
}

/**
 * Brings a device's newest status up to a document and to a contact, whatever order the writers come in: neither the document nor the contact ever
 * goes back. The item is made by the first document.
 *
 * @param document The newest document that the caller knows of.
 * @param received_at When the device was heard, epoch seconds.
 * @param how.isExpected Whether the document is most likely newer than the one there. A wrong guess costs one write unit more, nothing else.
 * @param how.pack The pack whose last document it is: its place is written with it.
 */
export type KeepLatest = (
  device: DeviceProfile,
  document: StatusDocument,
  received_at: number,
  how: { readonly isExpected: boolean; readonly pack?: StoredPack },
) => Promise<KeptLatest>;

/**
 * Notes that a device was heard, without a document. It never goes back, and makes no item: a contact alone says nothing of a device. 1 write unit. Throws what
 * DynamoDB throws.
 */
export type KeepContact = (path: string, received_at: number) => Promise<void>;

/** Both values only ever grow, so what a write was refused for need not be wanted again: the third write is the last. */
const maxWrites = 5;

/** The item after a write that left nothing to be brought. */
export const keptLatest = (item: KnownLatest, document: StatusDocument, received_at: number, isBrought: boolean): KeptLatest => ({
  time: item.time ?? document.time,
  last_contact_at: item.last_contact_at ?? received_at,
  watched_until: item.watched_until,
  noted: item.noted,
  isBrought,
});

/** What of a document and a contact an item still lacks. */
export const missingIn = (item: KnownLatest, document: StatusDocument, received_at: number) => ({
  document: item.time === undefined || item.time < document.time,
  contact: item.last_contact_at === undefined || item.last_contact_at < received_at,
});

/**
 * Keeps the newest status in the table: 1 write unit (the item is below 1 KB and in no index). What is in the item already is learned from the
 * same write, also from a refused one, so nothing is read. Throws what DynamoDB throws.
 */
export function latestStatusTable(items: LatestItems): KeepLatest {
  return async ({ device_id, path }, document, received_at, { isExpected, pack }) => {
    const latest = latestOf(device_id, document, received_at);
    let wants = { document: isExpected, contact: true };
    let brought: KnownLatest | undefined;
    for (let write = 0; write < maxWrites; write += 1) {
      const { before, item, isRefused } = await items.update(path, {
        sets: {
          device_id,
          ...(wants.document ? { document, time: latest.time, ...(pack === undefined ? {} : { packed: placeInSequence(pack) }) } : {}),
          ...(wants.contact ? { last_contact_at: latest.last_contact_at } : {}),
        },
        ...(wants.document && pack !== undefined ? { copies: { packed_before: 'packed' } } : {}),
        conditions: [...(wants.document ? [isNewerDocument] : []), ...(wants.contact ? [isNoEarlierContact] : [])],
      });
      if (wants.document && !isRefused) brought = before;
      wants = missingIn(item, document, received_at);
      if (wants.document || wants.contact) continue;
      const kept = keptLatest(item, document, received_at, brought !== undefined);
      return brought === undefined ? kept : { ...kept, before: brought };
    }
    throw new Error(`the newest status of ${device_id} could not be written in ${maxWrites} writes`);
  };
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
