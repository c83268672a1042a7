import {
  deviceKey,
  latestBelow,
  latestKey,
  numberFields,
  type ReadingName,
  type RunState,
  runStates,
  type StatusDocument,
  subtreePrefix,
  tableIndexes,
  treeKey,
} from '@enstratus/contract';
import { errorDetails } from '@enstratus/platform/runtime';
import type { Log } from '../log.ts';
import type { RunState as ShownRunState } from '../schema.generated.ts';
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
}

/** What is noted of a device's state. */
export interface NotedState {
  readonly run_state: ShownRunState;
  readonly fault_code: number | null;
  /** As of when they are, epoch seconds; undefined before the first. */
  readonly state_time: number | undefined;
}

/** The state of a device of which nothing is noted. */
export const nothingNoted: NotedState = { run_state: 'unknown', fault_code: null, state_time: undefined };

/** A device's newest status. Times are epoch seconds. */
export interface LatestRow {
  readonly path: string;
  /** undefined when only a lease stands there. */
  readonly document: StatusDocument | undefined;
  readonly last_contact_at: number | undefined;
  readonly noted: NotedState;
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
  // Its path with a slash at the end, as it stands in every device's item, whether it is read by the index or not.
  'gsi1sk',
  'time_zone',
  'pack_minutes',
  'registered_at',
] as const;
const latestAttributes = ['sk', 'document', 'last_contact_at', 'run_state', 'fault_code', 'state_time'] as const;
const runStatesAlone: readonly RunState[] = runStates;

/** Above every character of a path: behind a path and its slash, it stands above everything below that path. */
const highest = '~';

/**
 * The sort keys of what lies below a path, in the tree index and the partition of newest statuses alike.
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
  };
}

function latestRow(item: Item): LatestRow {
  const document = optionalMap(item, 'document');
  return {
    path: pathOf(item, 'sk'),
    document: document === undefined ? undefined : statusDocument(document),
    last_contact_at: optionalNumber(item, 'last_contact_at'),
    noted: {
      run_state: item['run_state'] === undefined ? nothingNoted.run_state : oneOf(item, 'run_state', runStatesAlone),
      fault_code: optionalNumber(item, 'fault_code') ?? null,
      state_time: optionalNumber(item, 'state_time'),
    },
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
