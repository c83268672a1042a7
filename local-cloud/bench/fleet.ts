import { BatchWriteCommand, type DynamoDBDocumentClient, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { decodePack, latestKey, latestOf, packItem, stateAttributes } from '@enstratus/contract';
import { deviceEntity, organizationEntity, siteEntity } from '@enstratus/contract/entities';
import { CoreDays } from './core-days.ts';

/** A tree of organizations for a benchmark: every partner has as many dealers, every dealer as many customers. */
export interface BenchTree {
  readonly partners: number;
  readonly dealers: number;
  readonly customers: number;
  /** Of each customer, all at one site. */
  readonly devices: number;
  /** How many hours of documents each device has; 24 where nothing is said. */
  readonly hours?: number;
}

export interface BenchDevice {
  readonly device_id: string;
  readonly path: string;
}

const time_zone = 'America/Denver';

/** The paths of a tree's organizations by level: partners, dealers, customers. */
export function organizationPaths({ partners, dealers, customers }: BenchTree): [string[], string[], string[]] {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const partnerPaths = numbers(partners).map((p) => `/enfusion/bench-${p}`);
  const dealerPaths = partnerPaths.flatMap((path) => numbers(dealers).map((d) => `${path}/dealer-${d}`));
  const customerPaths = dealerPaths.flatMap((path) => numbers(customers).map((c) => `${path}/customer-${c}`));
  return [partnerPaths, dealerPaths, customerPaths];
}

/**
 * Writes a tree of organizations with devices, each with its newest status and one-minute documents, straight to the table: what is
 * measured is reading. Resolves to the devices. `tell` hears of progress.
 */
export async function writeBenchFleet(
  documents: DynamoDBDocumentClient,
  table: string,
  tree: BenchTree,
  tell: (line: string) => void,
): Promise<BenchDevice[]> {
  const now = Math.floor(Date.now() / 60_000) * 60;
  const levels = organizationPaths(tree);
  const store = { table };
  const organizations = levels
    .flat()
    .map((path) => entityItem(organizationEntity(store).put({ path, name: nameOf(path), created_at: now })));
  const core = await CoreDays.load();
  const devices: BenchDevice[] = [];
  const sites: object[] = [];
  for (const customer of levels[2]) {
    const site = `${customer}/field`;
    sites.push(entityItem(siteEntity(store).put({ path: site, name: `Field of ${nameOf(customer)}`, time_zone, created_at: now })));
    for (let index = 0; index < tree.devices; index += 1) {
      const device_id = `bench-${String(devices.length + 1).padStart(5, '0')}`;
      devices.push({ device_id, path: `${site}/${device_id}` });
    }
  }
  await writeAll(documents, table, [...organizations, ...sites]);
  for (let start = 0; start < devices.length; start += 50) {
    const some = devices.slice(start, start + 50);
    await writeAll(
      documents,
      table,
      some.flatMap((device) => itemsOf(core, device, store, { from: now - (tree.hours ?? 24) * 3600, now })),
    );
    if (start % 250 === 0) tell(`${start + some.length} of ${devices.length} devices`);
  }
  return devices;
}

function itemsOf(
  core: CoreDays,
  { device_id, path }: BenchDevice,
  store: { table: string },
  { from, now }: { from: number; now: number },
): object[] {
  const particle_id = Buffer.from(device_id.padEnd(12, '0')).toString('hex');
  const name = `Pump ${device_id.slice(6)}`;
  const place = { site: path.slice(0, path.lastIndexOf('/')), lat: 38.7, lon: -107.6, time_zone };
  const packs = core.packs({ device_id, particle_id, name, ...place }, from, now).map((text) => {
    const decoded = decodePack(text);
    if (!decoded.ok) throw new Error(`a pack of the core is ${decoded.reason}`);
    return { text, documents: decoded.documents };
  });
  const newest = packs.at(-1)?.documents.at(-1);
  const device = entityItem(
    deviceEntity(store).put({
      device_id,
      particle_id,
      name,
      path,
      time_zone,
      pack_minutes: 15,
      registered_at: now - 86_400 * 30,
    }),
  );
  const items = packs.map(({ text, documents }) => packItem(device_id, text, documents, (documents.at(-1)?.time ?? now) + 3));
  const latest =
    newest === undefined
      ? []
      : [{ ...latestKey(path), ...latestOf(device_id, newest, newest.time + 3), ...stateAttributes(newest, newest.time) }];
  return [device, ...items, ...latest];
}

const nameOf = (path: string) => path.split('/').slice(2).join(' ');

function entityItem(put: { params<T>(): T }): object {
  return put.params<PutCommandInput>().Item ?? {};
}

async function writeAll(documents: DynamoDBDocumentClient, table: string, items: readonly object[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_, index) => items.slice(index * 25, index * 25 + 25));
  for (let start = 0; start < batches.length; start += 4) {
    await Promise.all(
      batches.slice(start, start + 4).map(async (batch) => {
        const { UnprocessedItems } = await documents.send(
          new BatchWriteCommand({ RequestItems: { [table]: batch.map((Item) => ({ PutRequest: { Item } })) } }),
        );
        if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('the table left items unwritten');
      }),
    );
  }
}
