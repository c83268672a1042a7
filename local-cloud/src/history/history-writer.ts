import {
  type DeviceState,
  decodePack,
  deviceKey,
  deviceLogGroupName,
  deviceLogStreamName,
  latestKey,
  latestOf,
  packItem,
  packSortKeyRange,
  packSortKeysBetween,
  parsePackSortKey,
  type StatusDocument,
  stateAttributes,
  toLogLine,
} from '@enstratus/contract';
import { z } from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';
import { attributeValues } from './attributes.ts';
import type { DayRollup } from './rollup-maker.ts';
import { putFullerDays, rollUpStoredDays } from './stored-days.ts';
import { TableCalls } from './table-calls.ts';

/** What a device did before it went live, as its core told it. */
export interface DeviceHistory {
  readonly device_id: string;
  /** The device's own path. */
  readonly path: string;
  /** Of days before those of the packs. */
  readonly rollups: readonly DayRollup[];
  /** In the order in which they were published. */
  readonly packs: readonly string[];
  /** The UTC days that are to be rolled up from packs, `YYYY-MM-DD`, both included. */
  readonly packDays: { readonly first: string; readonly last: string };
}

/** "PutLogEvents": a batch spans 24 hours at most, and has 10,000 events and 1 MiB at most: a day of minutes is far below. */
const logSpan_s = 86_399;
const logEvents = 5000;
/** "PutLogEvents": nothing older than 14 days. */
const oldestLog_s = 14 * 86_400 - 60;

/**
 * Loads histories through the account's public AWS APIs: items and log lines stand there as ingest would have stored them. In an order in which a kill at any moment leaves what the
 * next load puts right: rollups, packs, log, and the newest status with the state last. A device with a newest status has everything up to that.
 */
export class HistoryWriter {
  readonly #cloud: Cloud;
  readonly #caller: Caller;
  readonly table: TableCalls;

  constructor(cloud: Cloud, caller: Caller, tableName: string) {
    this.#cloud = cloud;
    this.#caller = caller;
    this.table = new TableCalls(cloud, caller, tableName);
  }

  /** Resolves to how many documents there were. Throws what AWS throws, and RangeError for a text that is no pack. */
  async write({ device_id, path, rollups, packs, packDays }: DeviceHistory): Promise<number> {
    const decoded = packs.map((text) => ({ text, documents: documentsOf(text) }));
    const documents = decoded.flatMap((pack) => pack.documents);
    await putFullerDays(this.table, device_id, rollups);
    await this.table.put(decoded.map(({ text, documents: own }) => ({ ...packItem(device_id, text, own, receivedAt(own)) })));
    await this.#log(device_id, documents);
    await rollUpStoredDays(this.table, device_id, packDays.first, packDays.last);
    const newest = documents.at(-1);
    if (newest === undefined) return 0;
    await this.#setLatest(device_id, path, newest, stateAfter(documents));
    return documents.length;
  }

  /**
   * Takes away what a load that was killed has left of a device: it is loaded anew, and what the core then samples need not be the same. What it left in the log can be
   * taken away from a device of which nothing else is there. Resolves to whether there was something.
   *
   * @param after Until when what is there is right, epoch seconds; undefined: nothing is.
   */
  async clearUnfinished(device_id: string, after: number | undefined): Promise<boolean> {
    const { pk } = deviceKey(device_id);
    const range = after === undefined ? packSortKeyRange : { ...packSortKeyRange, first: packSortKeysBetween(after + 1, after + 1).first };
    const keys = z.array(z.object({ pk: z.string(), sk: z.string() })).parse(await this.table.query({ pk, ...range }, ['pk', 'sk']));
    if (keys.length === 0) return false;
    if (after === undefined) await this.#deleteLog(device_id, new Set(keys.flatMap(({ sk }) => parsePackSortKey(sk)?.boot_id ?? [])));
    await this.table.delete(keys);
    return true;
  }

  /** Events can't be deleted one by one ("Deleting log streams"). */
  async #deleteLog(device_id: string, boots: ReadonlySet<number>): Promise<void> {
    const logGroupName = deviceLogGroupName(device_id);
    for (const boot_id of boots) {
      const stream = { logGroupName, logStreamName: deviceLogStreamName(boot_id) };
      await unless('ResourceNotFoundException', () => this.#logs('DeleteLogStream', stream));
    }
  }

  #logs(operation: string, input: object): Promise<unknown> {
    return this.#cloud.call('logs', operation, input, this.#caller);
  }

  async #log(device_id: string, documents: readonly StatusDocument[]): Promise<void> {
    // What a device had kept over a long time without power may be older than CloudWatch Logs takes.
    const taken = documents.filter(({ time }) => time > Date.now() / 1000 - oldestLog_s);
    for (const [boot_id, own] of Map.groupBy(taken, (document) => document.boot_id)) await this.#logBoot(device_id, boot_id, own);
  }

  async #logBoot(device_id: string, boot_id: number, documents: readonly StatusDocument[]): Promise<void> {
    const stream = { logGroupName: deviceLogGroupName(device_id), logStreamName: deviceLogStreamName(boot_id) };
    await unless('ResourceAlreadyExistsException', () => this.#logs('CreateLogStream', stream));
    for (const batch of batchesOf(documents)) {
      const answer = await this.#logs('PutLogEvents', {
        ...stream,
        logEvents: batch.map((document) => ({ timestamp: document.time * 1000, message: toLogLine(document) })),
      });
      const { rejectedLogEventsInfo } = z.object({ rejectedLogEventsInfo: z.unknown().optional() }).parse(answer);
      if (rejectedLogEventsInfo !== undefined)
        throw new Error(`CloudWatch Logs rejected history of ${device_id}: ${JSON.stringify(rejectedLogEventsInfo)}`);
    }
  }

  /** As ingest does: newest status and state never go back. An update, because a lease may stand in the item. */
  async #setLatest(device_id: string, path: string, newest: StatusDocument, state: DeviceState): Promise<void> {
    const { time } = newest;
    const sets = { ...latestOf(device_id, newest, time), document: { ...newest }, ...stateAttributes(state, time), followed_until: time };
    await unless('ConditionalCheckFailedException', () =>
      this.table.call('UpdateItem', {
        TableName: this.table.name,
        Key: attributeValues({ ...latestKey(path) }),
        UpdateExpression: `SET ${Object.keys(sets)
          .map((name) => `#${name} = :${name}`)
          .join(', ')}`,
        ConditionExpression:
          '(attribute_not_exists(#time) OR #time < :time) AND (attribute_not_exists(#state_time) OR #state_time <= :time)',
        ExpressionAttributeNames: Object.fromEntries(Object.keys(sets).map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: attributeValues(Object.fromEntries(Object.entries(sets).map(([name, value]) => [`:${name}`, value]))),
      }),
    );
  }
}

/** Does something, and takes this one refusal for an answer. */
async function unless(code: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AwsError && error.code === code)) throw error;
  }
}

const stateAfter = (documents: readonly StatusDocument[]): DeviceState =>
  documents.reduce<DeviceState>(
    (last, { run_state, fault_code }) => ({ run_state: run_state ?? last.run_state, fault_code: fault_code ?? last.fault_code }),
    { run_state: null, fault_code: null },
  );

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
