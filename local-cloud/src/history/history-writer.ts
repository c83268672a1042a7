import {
  type DeviceState,
  decodePack,
  deviceKey,
  deviceLogGroupName,
  latestKey,
  latestOf,
  packItem,
  packSortKeyRange,
  rollupKey,
  runStateKey,
  type StatusDocument,
  statusLogStreamName,
  toLogLine,
} from '@enstratus/contract';
import { z } from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';
import { type AttributeValue, attributeValues, type PlainValue } from './attributes.ts';
import type { MadeHistory } from './history-maker.ts';

/** What a device did before it went live, as its core told it. */
export interface DeviceHistory extends MadeHistory {
  readonly device_id: string;
  /** The device's own path. */
  readonly path: string;
}

/** "BatchWriteItem": 25 requests at most. */
const batchItems = 25;
/** "PutLogEvents": a batch spans 24 hours at most, and has 10,000 events and 1 MiB at most: a day of minutes is far below. */
const logSpan_s = 86_399;
const logEvents = 5000;

/**
 * Loads histories through the account's public AWS APIs: items and log lines stand there as ingest would have stored them. In an order in which a kill at any moment leaves what the
 * next load puts right: rollups, packs, log, then the device's state, and its newest status last. A device with a newest status has everything up to that.
 */
export class HistoryWriter {
  readonly #cloud: Cloud;
  readonly #caller: Caller;
  readonly #table: string;

  constructor(cloud: Cloud, caller: Caller, table: string) {
    this.#cloud = cloud;
    this.#caller = caller;
    this.#table = table;
  }

  /** Resolves to how many documents there were. Throws what AWS throws, and RangeError for a text that is no pack. */
  async write({ device_id, path, rollups, packs }: DeviceHistory): Promise<number> {
    const decoded = packs.map((text) => ({ text, documents: documentsOf(text) }));
    const documents = decoded.flatMap((pack) => pack.documents);
    await this.#put(rollups.map(({ day, rollup }) => ({ ...rollupKey(device_id, day), rollup })));
    const newest = documents.at(-1);
    if (newest === undefined) return 0;
    await this.#put(decoded.map(({ text, documents: own }) => ({ ...packItem(device_id, text, own, receivedAt(own)) })));
    await this.#log(device_id, documents);
    await this.#setState(device_id, path, documents, newest.time);
    await this.#setLatest(device_id, path, newest);
    return documents.length;
  }

  /**
   * Takes away what a load that was killed has left of a device without a newest status: it is loaded anew, and what the core then samples need not be the same.
   * Resolves to whether there was something.
   */
  async clearUnfinished(device_id: string): Promise<boolean> {
    const keys = await this.#packKeys(device_id);
    if (keys.length === 0) return false;
    await this.#write(keys.map((Key) => ({ DeleteRequest: { Key } })));
    // Events can't be deleted one by one ("Deleting log streams").
    const stream = { logGroupName: deviceLogGroupName(device_id), logStreamName: statusLogStreamName };
    await this.#call('logs', 'DeleteLogStream', stream);
    await this.#call('logs', 'CreateLogStream', stream);
    return true;
  }

  /** Time of the newest document that a device's newest status holds, epoch seconds; undefined when nothing ever came from it. */
  async newestTime(path: string): Promise<number | undefined> {
    const Key = attributeValues({ ...latestKey(path) });
    const answer = await this.#call('dynamodb', 'GetItem', {
      TableName: this.#table,
      Key,
      ConsistentRead: true,
      ProjectionExpression: '#time',
      ExpressionAttributeNames: { '#time': 'time' },
    });
    const time = z.object({ Item: z.object({ time: z.object({ N: z.coerce.number() }).optional() }).optional() }).parse(answer).Item?.time;
    return time?.N;
  }

  #call(service: string, operation: string, input: object): Promise<unknown> {
    return this.#cloud.call(service, operation, input, this.#caller);
  }

  #put(items: readonly Readonly<Record<string, PlainValue>>[]): Promise<void> {
    return this.#write(items.map((item) => ({ PutRequest: { Item: attributeValues(item) } })));
  }

  async #write(requests: readonly object[]): Promise<void> {
    for (let start = 0; start < requests.length; start += batchItems) {
      const some = requests.slice(start, start + batchItems);
      const answer = await this.#call('dynamodb', 'BatchWriteItem', { RequestItems: { [this.#table]: some } });
      const { UnprocessedItems } = z.object({ UnprocessedItems: z.record(z.string(), z.unknown()).optional() }).parse(answer);
      if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('the table left items of the history unwritten');
    }
  }

  async #packKeys(device_id: string): Promise<Record<string, AttributeValue>[]> {
    const keys: Record<string, AttributeValue>[] = [];
    let start: unknown;
    do {
      const answer = await this.#call('dynamodb', 'Query', {
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: attributeValues({
          ':pk': deviceKey(device_id).pk,
          ':first': packSortKeyRange.first,
          ':last': packSortKeyRange.last,
        }),
        ProjectionExpression: 'pk, sk',
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const page = queried.parse(answer);
      keys.push(...page.Items);
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return keys;
  }

  async #log(device_id: string, documents: readonly StatusDocument[]): Promise<void> {
    for (const batch of batchesOf(documents)) {
      const answer = await this.#call('logs', 'PutLogEvents', {
        logGroupName: deviceLogGroupName(device_id),
        logStreamName: statusLogStreamName,
        logEvents: batch.map((document) => ({ timestamp: document.time * 1000, message: toLogLine(document) })),
      });
      const { rejectedLogEventsInfo } = z.object({ rejectedLogEventsInfo: z.unknown().optional() }).parse(answer);
      if (rejectedLogEventsInfo !== undefined)
        throw new Error(`CloudWatch Logs rejected history of ${device_id}: ${JSON.stringify(rejectedLogEventsInfo)}`);
    }
  }

  /** As ingest's device table does: never back, and only of a device that is registered. */
  async #setState(device_id: string, path: string, documents: readonly StatusDocument[], time: number): Promise<void> {
    const state = documents.reduce<DeviceState>(
      (last, { run_state, fault_code }) => ({ run_state: run_state ?? last.run_state, fault_code: fault_code ?? last.fault_code }),
      { run_state: null, fault_code: null },
    );
    const run_state = state.run_state ?? 'unknown';
    await this.#unlessNewer({
      Key: attributeValues({ ...deviceKey(device_id) }),
      UpdateExpression: 'SET state_time = :time, followed_until = :time, run_state = :run_state, gsi2pk = :index, fault_code = :fault_code',
      ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(state_time) OR state_time <= :time)',
      ExpressionAttributeValues: attributeValues({
        ':time': time,
        ':run_state': run_state,
        ':index': runStateKey(run_state, path).gsi2pk,
        ':fault_code': state.fault_code ?? 0,
      }),
    });
  }

  /** An update: a lease may stand in the item. */
  async #setLatest(device_id: string, path: string, newest: StatusDocument): Promise<void> {
    const latest = latestOf(device_id, newest, newest.time);
    await this.#unlessNewer({
      Key: attributeValues({ ...latestKey(path) }),
      UpdateExpression: 'SET device_id = :device_id, #document = :document, #time = :time, last_contact_at = :last_contact_at',
      ConditionExpression: 'attribute_not_exists(#time) OR #time < :time',
      ExpressionAttributeNames: { '#document': 'document', '#time': 'time' },
      ExpressionAttributeValues: attributeValues({
        ':device_id': latest.device_id,
        ':document': { ...latest.document },
        ':time': latest.time,
        ':last_contact_at': latest.last_contact_at,
      }),
    });
  }

  async #unlessNewer(update: object): Promise<void> {
    try {
      await this.#call('dynamodb', 'UpdateItem', { TableName: this.#table, ...update });
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'ConditionalCheckFailedException')) throw error;
    }
  }
}

const key = z.record(z.string(), z.object({ S: z.string() }));
const queried = z.object({ Items: z.array(key), LastEvaluatedKey: key.optional() });

function documentsOf(text: string): readonly StatusDocument[] {
  const decoded = decodePack(text);
  if (!decoded.ok) throw new RangeError(`the history holds a text that is no pack (${decoded.reason}): ${text}`);
  return decoded.documents;
}

/** A pack is on its way for a few seconds. */
const receivedAt = (documents: readonly StatusDocument[]): number => (documents.at(-1)?.time ?? 0) + 3;

/** Documents, in the order of their times, in batches that PutLogEvents takes. */
function batchesOf(documents: readonly StatusDocument[]): StatusDocument[][] {
  const batches: StatusDocument[][] = [];
  for (const document of documents.toSorted((a, b) => a.time - b.time)) {
    const batch = batches.at(-1);
    const [first] = batch ?? [];
    if (batch === undefined || first === undefined || document.time - first.time > logSpan_s || batch.length >= logEvents)
      batches.push([document]);
    else batch.push(document);
  }
  return batches;
}
