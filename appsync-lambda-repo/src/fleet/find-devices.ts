import type { RunState, Site } from '../schema.generated.ts';
import { below, type DeviceRow, type DeviceRows, type FleetTable, type LatestRow, nothingNoted } from './device-rows.ts';
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
  readonly states: readonly RunState[] | undefined;
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

/** Devices of the tree, and their newest statuses by their paths. */
interface TreeRows extends DeviceRows {
  readonly latest: ReadonlyMap<string, LatestRow>;
}

const pathsOf = (devices: readonly DeviceRow[]): string[] => devices.map(({ path }) => path);

/** The next devices of the tree. */
export async function nextDevices(wanted: Wanted, { table, siteNames }: FleetReads): Promise<FoundDevices> {
  const { rows: devices, ...found } = await readTree(wanted, wanted.first, table);
  return { devices, ...found, siteOf: await siteNames.of(pathsOf(devices)) };
}

/** The next devices in some states. */
export async function nextDevicesInStates(
  wanted: Wanted,
  states: readonly RunState[],
  { table, siteNames }: FleetReads,
): Promise<FoundDevices> {
  const { rows: devices, latest, more, upTo } = await readInStates(wanted, states, { limit: wanted.first, most: maxSearchReads }, table);
  return { devices, latest, more, upTo, siteOf: await siteNames.of(pathsOf(devices)) };
}

/**
 * The next devices that have a text in their name, id, site's name or path below the organization. Looks at device by device until the page is
 * full, the tree is through, or enough was read for one answer.
 *
 * @param text In lower case.
 */
export async function searchDevices(text: string, wanted: Wanted, { table, siteNames }: FleetReads): Promise<FoundDevices> {
  const { states, organization_path, first } = wanted;
  const devices: DeviceRow[] = [];
  const known = new Map<string, LatestRow>();
  let upTo = wanted.after;
  let more = true;
  for (let reads = 0; more && reads < maxSearchReads && devices.length < first; ) {
    const place = { organization_path, after: upTo };
    const chunk =
      states === undefined
        ? { ...(await table.devices(below(organization_path, upTo), searchRead)), latest: known, reads: 1 }
        : await readInStates(place, states, { limit: searchRead, most: maxSearchReads - reads }, table);
    reads += chunk.reads;
    const siteOf = await siteNames.of(pathsOf(chunk.rows));
    const matching = chunk.rows.filter((device) => matches(device, siteOf(device.path), organization_path, text));
    devices.push(...matching.slice(0, first - devices.length));
    for (const [path, latest] of chunk.latest) known.set(path, latest);
    const last = devices.length === first ? devices.at(-1)?.path : undefined;
    more = chunk.more || (last !== undefined && last !== chunk.upTo);
    upTo = last ?? chunk.upTo ?? upTo;
  }
  const paths = pathsOf(devices);
  // Whoever looks for states has read the newest statuses already.
  const [latest, siteOf] = await Promise.all([states === undefined ? table.latestOf(paths) : known, siteNames.of(paths)]);
  return { devices, latest, siteOf, more, upTo };
}

type PlaceInTree = Pick<Wanted, 'organization_path' | 'after'>;

/**
 * At most `limit` devices. They and their newest statuses stand in the same order, each in a partition of its own, so both are read at once,
 * from the same path on. Every newest status belongs to a device, so as many of them as devices reach at least as far.
 */
async function readTree({ organization_path, after }: PlaceInTree, limit: number, table: FleetTable): Promise<TreeRows> {
  const range = below(organization_path, after);
  const [devices, newest] = await Promise.all([table.devices(range, limit), table.latestIn(range, limit)]);
  // They don't where a device is gone and left its newest status behind: what is missing then is read by its key.
  const missing = newest.more ? pathsOf(devices.rows).filter((path) => `${path}/` > `${newest.upTo}/`) : [];
  const others = await table.latestOf(missing);
  return { ...devices, latest: others.size === 0 ? newest.rows : new Map([...newest.rows, ...others]) };
}

/**
 * At most `limit` devices in some states, as they are noted in the newest statuses. The tree is read on until there is one more, which tells that there are more, until it is through, or
 * until it was read `most` times: then there may be more behind the device up to which was looked.
 */
async function readInStates(
  { organization_path, after }: PlaceInTree,
  states: readonly RunState[],
  { limit, most }: { readonly limit: number; readonly most: number },
  table: FleetTable,
): Promise<TreeRows & { readonly reads: number }> {
  const rows: DeviceRow[] = [];
  const latest = new Map<string, LatestRow>();
  let lookedAt = after;
  let more = true;
  let reads = 0;
  for (; more && reads < most && rows.length <= limit; reads += 1) {
    const chunk = await readTree({ organization_path, after: lookedAt }, searchRead, table);
    for (const device of chunk.rows) {
      const newest = chunk.latest.get(device.path);
      if (!states.includes((newest?.noted ?? nothingNoted).run_state)) continue;
      rows.push(device);
      if (newest !== undefined) latest.set(device.path, newest);
    }
    more = chunk.more;
    lookedAt = chunk.upTo ?? lookedAt;
  }
  const page = rows.slice(0, limit);
  const isCut = page.length < rows.length;
  return { rows: page, latest, more: more || isCut, upTo: more && !isCut ? lookedAt : page.at(-1)?.path, reads };
}

function matches(device: DeviceRow, site: Site, organization_path: string, text: string): boolean {
  const places = [device.name, device.device_id, site.name, device.path.slice(organization_path.length)];
  return places.some((place) => place.toLowerCase().includes(text));
}
