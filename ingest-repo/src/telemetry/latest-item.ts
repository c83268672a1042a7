import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  type DeviceState,
  latestItemSchema,
  latestKey,
  notedStateAttributes,
  type PackPlace,
  type StatusDocument,
  type ToldChange,
  toldChangeOf,
} from '@enstratus/contract';
import * as z from 'zod';

/** What is noted of a device's state. Times are epoch seconds. */
export interface NotedState {
  readonly state: DeviceState;
  /** As of when the state is: the end of the pack that brought it, or when a change was told at once. undefined before the first. */
  readonly state_time: number | undefined;
  /** Time of the last document of the newest pack whose changes were told and written. */
  readonly followed_until: number | undefined;
  /** The newest changes that were told at once, oldest first. */
  readonly told_changes: readonly ToldChange[];
}

/** What stands in the item of a device's newest status, as far as ingest asks. Times are epoch seconds; undefined is what isn't there. */
export interface KnownLatest {
  /** Of the newest document. */
  readonly time: number | undefined;
  readonly last_contact_at: number | undefined;
  /** Until when somebody watches the device. */
  readonly watched_until: number | undefined;
  readonly noted: NotedState;
  /** The newest document. */
  readonly document: StatusDocument | undefined;
  /** The newest pack whose last document was written here, and the one before it. */
  readonly packed: PackPlace | undefined;
  readonly packed_before: PackPlace | undefined;
}

const instant = z.number().optional();
const { document: newestDocument, packed: packPlace, packed_before: packPlaceBefore } = latestItemSchema.shape;
const itemSchema = z.object({
  document: newestDocument,
  time: instant,
  last_contact_at: instant,
  packed: packPlace,
  packed_before: packPlaceBefore,
  watched_until: instant,
  ...notedStateAttributes,
});

function knownLatest(item: unknown): KnownLatest {
  const { run_state, fault_code, state_time, followed_until, told_changes, ...known } = itemSchema.parse(item);
  const state = { run_state: run_state ?? null, fault_code: fault_code ?? null };
  return {
    document: known.document,
    time: known.time,
    last_contact_at: known.last_contact_at,
    watched_until: known.watched_until,
    packed: known.packed,
    packed_before: known.packed_before,
    noted: { state, state_time, followed_until, told_changes: (told_changes ?? []).map(toldChangeOf) },
  };
}

const noted = z.union([
  z.object({ S: z.string() }).transform(({ S }) => S),
  z.object({ N: z.coerce.number() }).transform(({ N }) => N),
  z.object({ NULL: z.literal(true) }).transform(() => null),
  z.object({ L: z.array(z.unknown()) }).transform(({ L }): unknown[] => L.map(plainValue)),
  z.object({ M: z.record(z.string(), z.unknown()) }).transform(({ M }): unknown => plainItem(M)),
]);

/** A value in DynamoDB's own notation ("AttributeValue" of the API reference), as far as ingest reads such: the document client leaves the item of a failed condition so. */
function plainValue(value: unknown): unknown {
  const known = noted.safeParse(value);
  return known.success ? known.data : value;
}

const plainItem = (old: unknown): unknown =>
  Object.fromEntries(Object.entries(z.record(z.string(), z.unknown()).parse(old)).map(([name, value]) => [name, plainValue(value)]));

/** One conditional write of the item. */
export interface LatestUpdate {
  /** Attributes and their values. */
  readonly sets: Readonly<Record<string, unknown>>;
  /** Attributes that take over what stands in another one before this write, or what that one is set to when it isn't there yet. */
  readonly copies?: Readonly<Record<string, string>>;
  /** All must hold. `#document` and `#time` stand for these two attributes, `:<name>` for the value that is set, or one of `values`. */
  readonly conditions: readonly string[];
  readonly values?: Readonly<Record<string, unknown>>;
}

export interface LatestAnswer {
  readonly before: KnownLatest;
  readonly item: KnownLatest;
  readonly isRefused: boolean;
}

/** Names that are reserved words of DynamoDB stand in expressions by a placeholder. */
const placeholders: Readonly<Record<string, string>> = { document: '#document', time: '#time' };

/** Items of newest statuses. Every method is one DynamoDB action and throws what DynamoDB throws. */
export class LatestItems {
  readonly #documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly #tableName: string;

  constructor(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  /** A device's item as it is now; one that isn't there says nothing. */
  async get(path: string): Promise<KnownLatest> {
    const { Item } = await this.#documents.send(new GetCommand({ TableName: this.#tableName, Key: latestKey(path), ConsistentRead: true }));
    return knownLatest(Item ?? {});
  }

  /** Writes all or nothing. Answers the item as it was before, and as it is after that: nothing needs to be read. What is refused leaves it as it was. */
  async update(path: string, { sets, copies = {}, conditions, values = {} }: LatestUpdate): Promise<LatestAnswer> {
    const names = Object.keys(sets);
    const reserved = names.flatMap((name) => (placeholders[name] === undefined ? [] : [[placeholders[name], name]]));
    try {
      const { Attributes } = await this.#documents.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: latestKey(path),
          UpdateExpression: `SET ${[
            ...names.map((name) => `${placeholders[name] ?? name} = :${name}`),
            ...Object.entries(copies).map(([name, from]) => `${name} = if_not_exists(${from}, :${from})`),
          ].join(', ')}`,
          ConditionExpression: conditions.join(' AND '),
          ...(reserved.length === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries(reserved) }),
          ExpressionAttributeValues: { ...Object.fromEntries(names.map((name) => [`:${name}`, sets[name]])), ...values },
          ReturnValues: 'ALL_OLD',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      const old = Attributes ?? {};
      const copied = Object.fromEntries(Object.entries(copies).map(([name, from]) => [name, old[from] ?? sets[from]]));
      return { before: knownLatest(old), item: knownLatest({ ...old, ...copied, ...sets }), isRefused: false };
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
      const item = knownLatest('Item' in error && error.Item !== undefined ? plainItem(error.Item) : {});
      return { before: item, item, isRefused: true };
    }
  }
}

/** Conditions under which document and contact never go back. */
export const isNewerDocument = '(attribute_not_exists(#time) OR #time < :time)';
export const isNoEarlierContact = '(attribute_not_exists(last_contact_at) OR last_contact_at <= :last_contact_at)';
