import type { IndexedRunState } from '@enstratus/contract';
import type { Site } from '../schema.generated.ts';
import { below, type DeviceRow, type DeviceRows, type FleetTable, type LatestRow } from './device-rows.ts';
import type { SiteNames } from './site-names.ts';

/** How much of the tree one search by text looks through: ten times 500 devices are some 2.5 MB, about 300 read units. */
const searchRead = 500;
const maxSearchReads = 10;

export interface Wanted {
  /** Below this organization. */
  readonly organization_path: string;
  /** Behind this device. */
  readonly after: string | undefined;
  /** How many at most. */
  readonly first: number;
  readonly states: readonly IndexedRunState[] | undefined;
}

/** A page of devices in the order of their paths. */
export interface FoundDevices {
  readonly devices: readonly DeviceRow[];
  /** By the device's path. */
  readonly latest: ReadonlyMap<string, LatestRow>;
  readonly siteOf: (device_path: string) => Site;
  /** Whether there is more of the tree behind `upTo`. */
  readonly more: boolean;
  /** The device up to which was looked; undefined when there was none. */
  readonly upTo: string | undefined;
}

export interface FleetReads {
  readonly table: FleetTable;
  readonly siteNames: SiteNames;
}

const pathsOf = (devices: readonly DeviceRow[]): string[] => devices.map(({ path }) => path);

/**
 * The next devices of the tree. They and their newest statuses stand in the same order, each in a partition of its own, so both are read at once,
 * from the same path on. Every newest status belongs to a device, so as many of them as devices reach at least as far.
 */
export async function nextDevices({ organization_path, after, first }: Wanted, { table, siteNames }: FleetReads): Promise<FoundDevices> {
  const range = below(organization_path, after);
  const [{ rows: devices, more, upTo }, newest] = await Promise.all([table.devices(range, first), table.latestIn(range, first)]);
  // They don't where a device is gone and left its newest status behind: what is missing then is read by its key.
  const missing = newest.more ? pathsOf(devices).filter((path) => `${path}/` > `${newest.upTo}/`) : [];
  const [siteOf, others] = await Promise.all([siteNames.of(pathsOf(devices)), table.latestOf(missing)]);
  return { devices, latest: others.size === 0 ? newest.rows : new Map([...newest.rows, ...others]), siteOf, more, upTo };
}

/** The next devices in some states. They may lie far apart, so their newest statuses are read by their keys. */
export async function nextDevicesInStates(wanted: Wanted, reads: FleetReads): Promise<FoundDevices> {
  const { rows, more, upTo } = await readDevices(wanted, wanted.first, reads.table);
  return { ...(await described(rows, reads)), more, upTo };
}

/**
 * The next devices that have a text in their name, id, site's name or path below the organization. Looks at device by device until the page is
 * full, the tree is through, or enough was read for one answer.
 *
 * @param text In lower case.
 */
export async function searchDevices(text: string, wanted: Wanted, reads: FleetReads): Promise<FoundDevices> {
  const devices: DeviceRow[] = [];
  let upTo = wanted.after;
  let more = true;
  for (let read = 0; more && read < maxSearchReads && devices.length < wanted.first; read += 1) {
    const chunk = await readDevices({ ...wanted, after: upTo }, searchRead, reads.table);
    const siteOf = await reads.siteNames.of(pathsOf(chunk.rows));
    const matching = chunk.rows.filter((device) => matches(device, siteOf(device.path), wanted.organization_path, text));
    devices.push(...matching.slice(0, wanted.first - devices.length));
    const last = devices.length === wanted.first ? devices.at(-1)?.path : undefined;
    more = chunk.more || (last !== undefined && last !== chunk.upTo);
    upTo = last ?? chunk.upTo ?? upTo;
  }
  return { ...(await described(devices, reads)), more, upTo };
}

async function described(
  devices: readonly DeviceRow[],
  { table, siteNames }: FleetReads,
): Promise<Pick<FoundDevices, 'devices' | 'latest' | 'siteOf'>> {
  const paths = pathsOf(devices);
  const [latest, siteOf] = await Promise.all([table.latestOf(paths), siteNames.of(paths)]);
  return { devices, latest, siteOf };
}

function readDevices({ organization_path, after, states }: Wanted, limit: number, table: FleetTable): Promise<DeviceRows> {
  const range = below(organization_path, after);
  return states === undefined ? table.devices(range, limit) : table.devicesIn(states, range, limit);
}

function matches(device: DeviceRow, site: Site, organization_path: string, text: string): boolean {
  const places = [device.name, device.device_id, site.name, device.path.slice(organization_path.length)];
  return places.some((place) => place.toLowerCase().includes(text));
}
