import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { decodePack, deviceKey, packSortKeyRange, packSortKeysBetween, type StatusDocument } from '@enstratus/contract';
import { z } from 'zod';

const storedPack = z.object({ sk: z.string(), pack: z.string(), received_at: z.number() });

export type StoredPack = z.output<typeof storedPack> & { readonly documents: readonly StatusDocument[] };

/**
 * A device's stored packs in order of time, by one Query. `from` and `to` bound the first document's time in epoch
 * seconds. Throws when a stored text is no pack, which ingest never writes.
 */
export async function storedPacks(
  client: DynamoDBDocumentClient,
  TableName: string,
  deviceId: string,
  range?: { from: number; to: number },
): Promise<StoredPack[]> {
  const { first, last } = range === undefined ? packSortKeyRange : packSortKeysBetween(range.from, range.to);
  const packs: StoredPack[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: { ':pk': deviceKey(deviceId).pk, ':first': first, ':last': last },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) {
    packs.push(...Items.map((item) => readStored(item, deviceId)));
  }
  return packs;
}

function readStored(item: Record<string, unknown>, deviceId: string): StoredPack {
  const stored = storedPack.parse(item);
  const decoded = decodePack(stored.pack);
  if (!decoded.ok) throw new Error(`the stored pack ${deviceId} ${stored.sk} is ${decoded.reason}`);
  return { ...stored, documents: decoded.documents };
}
