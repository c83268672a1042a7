import {
  deviceKey,
  type IndexedRunState,
  latestBelow,
  latestKey,
  numberFields,
  type ReadingName,
  type RunState,
  runStateKey,
  runStates,
  type StatusDocument,
  subtreePrefix,
  tableIndexes,
  treeKey,
} from '@enstratus/contract';
import { errorDetails, type Log } from '../log.ts';
import { type Item, number, numberOrNull, oneOf, optionalMap, optionalNumber, text } from '../table/attributes.ts';
import type { Range, Table } from '../table/table.ts';

/** A device's own item. Times are epoch seconds. */
export interface DeviceRow {
  readonly device_id: string;
  readonly name: string;
  readonly path: string;
  readonly time_zone: string;
  readonly pack_minutes: number;
  readonly registered_at: number;
  readonly run_state: IndexedRunState;
  readonly fault_code: number | undefined;
  /** Time of the document that brought run_state and fault_code; undefined before the first. */
  readonly state_time: number | undefined;
}

/** A device's newest status. Times are epoch seconds. */
export interface LatestRow {
  readonly path: string;
  /** undefined when only a lease stands there. */
  readonly document: StatusDocument | undefined;
  readonly last_contact_at: number | undefined;
}

/** Devices in the order of their paths, and whether there are more behind the last one. */
export interface DeviceRows {
  readonly rows: readonly DeviceRow[];
  readonly more: boolean;
  /** The path up to which everything was read, when anything was. */
  readonly upTo: string | undefined;
}

const deviceAttributes = [
  'device_id',
  'name',
  // Its path with a slash at the end, as it stands in every device's item, whichever index it is read by.
  'gsi1sk',
  'time_zone',
  'pack_minutes',
  'registered_at',
  'run_state',
  'fault_code',
  'state_time',
] as const;
const latestAttributes = ['sk', 'document', 'last_contact_at'] as const;
const indexedRunStates: readonly IndexedRunState[] = [...runStates, 'unknown'];
const runStatesAlone: readonly RunState[] = runStates;

/** Above every character of a path: behind a path and its slash, it stands above everything below that path. */
const highest = '~';

/**
 * The sort keys of what lies below a path, in the tree index, the run state index and the partition of newest statuses alike.
 *
 * @param after A device's path: only what comes behind it.
 */
export function below(path: string, after?: string): Range {
  return {
    first: after === undefined ? subtreePrefix(path) : `${subtreePrefix(after)}${highest}`,
    last: `${subtreePrefix(path)}${highest}`,
  };
}

/** What is read of devices. An item that can't be understood is logged and left out, so that it doesn't hide all others. */
export class FleetTable {
  readonly #table: Table;
  readonly #log: Log;

  constructor(table: Table, log: Log) {
    this.#table = table;
    this.#log = log;
  }

  /** A device, or undefined when there is none of this id. */
  async device(device_id: string): Promise<DeviceRow | undefined> {
    const item = await this.#table.get(deviceKey(device_id), deviceAttributes);
    return item === undefined ? undefined : deviceRow(item);
  }

  /** At most `limit` devices of a range of the tree. */
  async devices(range: Range, limit: number): Promise<DeviceRows> {
    const { gsi1pk } = treeKey('DEVICE', '');
    const read = { attributes: deviceAttributes, limit };
    const { items, more } = await this.#table.range({ index: tableIndexes.gsi1, partition: gsi1pk }, range, read);
    return { rows: this.#understood(items, deviceRow), more, upTo: pathOfLast(items, 'gsi1sk') };
  }

  /** At most `limit` devices of a range of the tree that are in one of these states. */
  async devicesIn(states: readonly IndexedRunState[], range: Range, limit: number): Promise<DeviceRows> {
    const read = { attributes: deviceAttributes, limit };
    const lists = await Promise.all(
      states.map((state) => this.#table.range({ index: tableIndexes.gsi2, partition: runStateKey(state, '').gsi2pk }, range, read)),
    );
    // By path: one that changed its state between the queries is found in both.
    const once = new Map(lists.flatMap(({ items }) => items).map((item) => [text(item, 'gsi1sk'), item]));
    const found = [...once.values()].toSorted((a, b) => (text(a, 'gsi1sk') < text(b, 'gsi1sk') ? -1 : 1));
    const items = found.slice(0, limit);
    const more = found.length > limit || lists.some((list) => list.more);
    return { rows: this.#understood(items, deviceRow), more, upTo: pathOfLast(items, 'gsi1sk') };
  }

  /** A device's newest status, or undefined when it has none. */
  async latest(path: string): Promise<LatestRow | undefined> {
    const item = await this.#table.get(latestKey(path), latestAttributes);
    return item === undefined ? undefined : this.#understood([item], latestRow)[0];
  }

  /** The newest statuses of the first `limit` devices of a range that have one, by path. */
  async latestIn(range: Range, limit: number): Promise<{ rows: ReadonlyMap<string, LatestRow>; more: boolean; upTo: string | undefined }> {
    const { items, more } = await this.#table.range({ partition: latestBelow('').pk }, range, { attributes: latestAttributes, limit });
    return { rows: byPath(this.#understood(items, latestRow)), more, upTo: pathOfLast(items, 'sk') };
  }

  /** The newest statuses of these devices, by path. */
  async latestOf(paths: readonly string[]): Promise<ReadonlyMap<string, LatestRow>> {
    return byPath(this.#understood(await this.#table.getAll(paths.map(latestKey), latestAttributes), latestRow));
  }

  #understood<Row>(items: readonly Item[], understand: (item: Item) => Row): Row[] {
    const rows: Row[] = [];
    for (const item of items) {
      try {
        rows.push(understand(item));
      } catch (error) {
        this.#log.error('item not understood', { device_id: item['device_id']?.S, sk: item['sk']?.S, ...errorDetails(error) });
      }
    }
    return rows;
  }
}

const pathOf = (item: Item, key: 'sk' | 'gsi1sk'): string => text(item, key).slice(0, -1);

function pathOfLast(items: readonly Item[], key: 'sk' | 'gsi1sk'): string | undefined {
  const last = items.at(-1);
  return last === undefined ? undefined : pathOf(last, key);
}

const byPath = (rows: readonly LatestRow[]): ReadonlyMap<string, LatestRow> => new Map(rows.map((row) => [row.path, row]));

function deviceRow(item: Item): DeviceRow {
  return {
    device_id: text(item, 'device_id'),
    name: text(item, 'name'),
    path: pathOf(item, 'gsi1sk'),
    time_zone: text(item, 'time_zone'),
    pack_minutes: number(item, 'pack_minutes'),
    registered_at: number(item, 'registered_at'),
    run_state: oneOf(item, 'run_state', indexedRunStates),
    fault_code: optionalNumber(item, 'fault_code'),
    state_time: optionalNumber(item, 'state_time'),
  };
}

function latestRow(item: Item): LatestRow {
  const document = optionalMap(item, 'document');
  return {
    path: pathOf(item, 'sk'),
    document: document === undefined ? undefined : statusDocument(document),
    last_contact_at: optionalNumber(item, 'last_contact_at'),
  };
}

function statusDocument(map: Item): StatusDocument {
  const readings: Partial<Record<ReadingName, number | null>> = {};
  for (const { name } of numberFields) readings[name] = numberOrNull(map, name);
  return {
    boot_id: number(map, 'boot_id'),
    seq: number(map, 'seq'),
    time: number(map, 'time'),
    run_state: map['run_state']?.NULL === true ? null : oneOf(map, 'run_state', runStatesAlone),
    ...(readings as Record<ReadingName, number | null>),
  };
}
