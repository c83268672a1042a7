import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import {
  decodePack,
  deviceIdSchema,
  deviceKey,
  devicePathSchema,
  type GapItem,
  gapKey,
  gapLedgerKey,
  type PackItem,
  packMinutesSchema,
  packSortKey,
  packSortKeyRange,
  particleLinkKey,
  type StatusDocument,
} from '@enstratus/contract';
import * as z from 'zod';

/** A pack as it is stored, decoded. */
export interface StoredPack {
  readonly sk: string;
  readonly pack: string;
  readonly first: StatusDocument;
  readonly last: StatusDocument;
  readonly documents: readonly StatusDocument[];
}

/** What ingest needs of a device for each pack, and hardly ever changes. */
export interface DeviceProfile {
  readonly device_id: string;
  readonly path: string;
  readonly pack_minutes: number;
}

interface RangeRead {
  readonly consistent: boolean;
  readonly limit?: number;
  readonly newestFirst: boolean;
}

const packItemSchema = z.object({ sk: z.string(), pack: z.string() });
const gapItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  last_missing_seq: z.number(),
  after_time: z.number(),
  before_time: z.number(),
  found_at: z.number(),
  ttl: z.number(),
}) satisfies z.ZodType<GapItem>;
const linkSchema = z.object({ device_id: deviceIdSchema, path: devicePathSchema.optional() });
const profileSchema = z.object({ device_id: deviceIdSchema, path: devicePathSchema, pack_minutes: packMinutesSchema });

/** A decoded pack in the form in which stored ones are read. */
export function storedPack(pack: string, documents: readonly StatusDocument[]): StoredPack {
  const [first, last] = [documents[0], documents.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('a pack has at least one document');
  return { sk: packSortKey(first), pack, first, last, documents };
}

function readPack(item: unknown): StoredPack {
  const { sk, pack } = packItemSchema.parse(item);
  const decoded = decodePack(pack);
  if (!decoded.ok) throw new Error(`the stored pack ${sk} can't be read: ${decoded.reason}`);
  return storedPack(pack, decoded.documents);
}

const isConditionFailure = (error: unknown): error is Error & { Item?: unknown } =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

/** What ingest reads and writes of a device in the table. Nearly every method is one DynamoDB action, and all throw what DynamoDB throws. */
export class DeviceTable {
  readonly #documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly #tableName: string;

  constructor(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  /** The device behind Particle's id, or undefined when none is: half a read unit. A link that was written before it held more than the device_id costs one more. */
  async linkedDevice(particle_id: string): Promise<DeviceProfile | undefined> {
    const item = await this.#get(particleLinkKey(particle_id), false);
    const link = linkSchema.optional().parse(item);
    if (link === undefined) return undefined;
    return profileSchema.parse(link.path === undefined ? await this.#get(deviceKey(link.device_id), true) : item);
  }

  /** The newest packs by the time of their first document, newest first. */
  newestPacks(device_id: string, limit: number, { consistent }: { readonly consistent: boolean }): Promise<StoredPack[]> {
    return this.#packs(device_id, packSortKeyRange.first, packSortKeyRange.last, { consistent, limit, newestFirst: true });
  }

  /** The last packs up to this sort key, the one with it included, newest first. */
  packsUpTo(device_id: string, sk: string, limit: number, { consistent }: { readonly consistent: boolean }): Promise<StoredPack[]> {
    return this.#packs(device_id, packSortKeyRange.first, sk, { consistent, limit, newestFirst: true });
  }

  /** The first pack after this sort key. */
  async packAfter(device_id: string, sk: string, { consistent }: { readonly consistent: boolean }): Promise<StoredPack | undefined> {
    const packs = await this.#packs(device_id, sk, packSortKeyRange.last, { consistent, limit: 2, newestFirst: false });
    return packs.find((pack) => pack.sk > sk);
  }

  /** All packs from one sort key to another, both included, oldest first, as they are now. */
  packsBetween(device_id: string, from: string, to: string): Promise<StoredPack[]> {
    return this.#packs(device_id, from, to, { consistent: true, newestFirst: false });
  }

  /** Puts a pack unless one with its key is there. Answers that one's text, or undefined when the pack was put. */
  async putPack(item: PackItem): Promise<string | undefined> {
    try {
      await this.#documents.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: item,
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return z.string().parse(await this.#packText(item, error.Item));
    }
  }

  /** The document client leaves the item of a failed condition in DynamoDB's own notation; where it is missing, it is read. */
  async #packText(item: PackItem, old: unknown): Promise<unknown> {
    const marshalled = z.object({ pack: z.object({ S: z.string() }) }).safeParse(old);
    if (marshalled.success) return marshalled.data.pack.S;
    const plain = z.object({ pack: z.string() }).safeParse(old);
    if (plain.success) return plain.data.pack;
    return packItemSchema.parse(await this.#get({ pk: item.pk, sk: item.sk }, true)).pack;
  }

  /** A gap as it is now. */
  async gap(device_id: string, boot_id: number, first_missing_seq: number): Promise<GapItem | undefined> {
    return gapItemSchema.optional().parse(await this.#get(gapKey(device_id, boot_id, first_missing_seq), true));
  }

  /** The version of the ledger by which the writers of a device's gaps take turns; 0 before the first. */
  async gapLedgerVersion(device_id: string): Promise<number> {
    return (
      z
        .object({ version: z.number() })
        .optional()
        .parse(await this.#get(gapLedgerKey(device_id), true))?.version ?? 0
    );
  }

  /** Writes gaps, all or none, if the ledger's version still is the one that was read before the packs were. Answers whether it was. */
  async writeGaps(
    device_id: string,
    version: number,
    { puts, deletes }: { puts: readonly GapItem[]; deletes: readonly GapItem[] },
  ): Promise<boolean> {
    const TableName = this.#tableName;
    const turn = {
      TableName,
      Item: { ...gapLedgerKey(device_id), version: version + 1 },
      ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
      ExpressionAttributeValues: { ':version': version },
    };
    try {
      if (puts.length + deletes.length === 0) await this.#documents.send(new PutCommand(turn));
      else {
        const gaps = [
          ...puts.map((Item) => ({ Put: { TableName, Item } })),
          ...deletes.map(({ pk, sk }) => ({ Delete: { TableName, Key: { pk, sk } } })),
        ];
        await this.#documents.send(new TransactWriteCommand({ TransactItems: [{ Put: turn }, ...gaps] }));
      }
      return true;
    } catch (error) {
      // Cancelled by the version, or by another transaction on the same items at the same time: read again either way.
      if (isConditionFailure(error) || (error instanceof Error && error.name === 'TransactionCanceledException')) return false;
      throw error;
    }
  }

  async #get(key: { pk: string; sk: string }, consistent: boolean): Promise<unknown> {
    const { Item } = await this.#documents.send(new GetCommand({ TableName: this.#tableName, Key: key, ConsistentRead: consistent }));
    return Item;
  }

  async #packs(device_id: string, from: string, to: string, how: RangeRead): Promise<StoredPack[]> {
    return (await this.#query(device_id, from, to, how)).map(readPack);
  }

  async #query(device_id: string, from: string, to: string, { consistent, limit, newestFirst }: RangeRead): Promise<unknown[]> {
    const items: unknown[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.#documents.send(
        new QueryCommand({
          TableName: this.#tableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': deviceKey(device_id).pk, ':from': from, ':to': to },
          ScanIndexForward: !newestFirst,
          ConsistentRead: consistent,
          ...(limit === undefined ? {} : { Limit: limit }),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && limit === undefined);
    return items;
  }
}
