import { parentPath, subtreePrefix, tableIndexes, treeKey } from '@enstratus/contract';
import type { Clock } from '../log.ts';
import type { Site } from '../schema.generated.ts';
import { text } from '../table/attributes.ts';
import type { Table } from '../table/table.ts';

/** Sites are hardly ever renamed, and every page of devices names them. */
const remembered_ms = 5 * 60_000;
const maxRemembered = 20_000;

interface Remembered {
  readonly site: Site;
  readonly until_ms: number;
}

/** The names of sites, remembered for five minutes in each environment. */
export class SiteNames {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #sites = new Map<string, Remembered>();

  constructor(table: Table, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /**
   * The sites of these devices: answers a device's site by the device's path. A site without an item, or with an empty name, is called by the last
   * segment of its path. Those that aren't remembered are read by one query from the first to the last of them.
   */
  async of(device_paths: readonly string[]): Promise<(device_path: string) => Site> {
    const now_ms = this.#clock();
    const paths = new Set(device_paths.map(sitePath));
    const missing = [...paths]
      .filter((path) => (this.#sites.get(path)?.until_ms ?? 0) <= now_ms)
      .map(subtreePrefix)
      .sort();
    const [first, last] = [missing[0], missing.at(-1)];
    const sites = new Map([...paths].map((path) => [path, this.#sites.get(path)?.site]));
    if (first !== undefined && last !== undefined) {
      const { items } = await this.#table.range(
        { index: tableIndexes.gsi1, partition: treeKey('SITE', '').gsi1pk },
        { first, last },
        { attributes: ['gsi1sk', 'name'] },
      );
      const names = new Map(items.map((item) => [text(item, 'gsi1sk'), text(item, 'name')]));
      if (this.#sites.size + missing.length > maxRemembered) this.#sites.clear();
      for (const key of missing) {
        const path = key.slice(0, -1);
        const site = { path, name: names.get(key) || path.slice(path.lastIndexOf('/') + 1) };
        this.#sites.set(path, { site, until_ms: now_ms + remembered_ms });
        sites.set(path, site);
      }
    }
    return (device_path) => {
      const path = sitePath(device_path);
      const site = sites.get(path);
      if (site === undefined) throw new Error(`the site ${path} was not asked for`);
      return site;
    };
  }
}

function sitePath(device_path: string): string {
  const path = parentPath(device_path);
  if (path === undefined) throw new Error(`${device_path} is not the path of a device`);
  return path;
}
