import { generatedCustomers } from './generated-customers.ts';
import { namedDevices, namedTree } from './named-tree.ts';

/** A place with devices. `devices` are their names by number: 1 is `pump-0001`. Numbers and paths never change: states on disk know them. */
export interface DemoSite {
  readonly segment: string;
  readonly name: string;
  readonly time_zone: string;
  /** In degrees, north and east. */
  readonly lat: number;
  readonly lon: number;
  readonly devices: Readonly<Record<number, string>>;
}

export interface DemoOrganization {
  readonly segment: string;
  readonly name: string;
  /** Partners below ENFusion, dealers below a partner, customers below a dealer. */
  readonly organizations?: readonly DemoOrganization[];
  /** A customer's. */
  readonly sites?: readonly DemoSite[];
}

/** The first so many devices with everything above them are named by hand; those who can sign in have some of these. */
export const usualDevices = namedDevices;
/** A local cloud carries no more than this. */
export const mostDevices = 50_000;

/**
 * ENFusion with two partners, in Colorado, California, Texas and Arizona, and `count` devices (0 to 50,000). Beyond the 50 that are named by hand, customers of the same
 * dealers are generated: device n is the same for any count from n on. Organizations and sites that are named by hand are there even when they have no device.
 */
export function demoTree(count: number = usualDevices): DemoOrganization {
  if (!Number.isInteger(count) || count < 0 || count > mostDevices)
    throw new RangeError(`devices must be 0 to ${mostDevices}, not ${count}`);
  if (count <= namedDevices) return upTo(namedTree, count);
  return withCustomers(namedTree, generatedCustomers({ after: namedDevices, upTo: count }));
}

/** The tree with those of its devices whose number is `last` at most. */
function upTo(tree: DemoOrganization, last: number): DemoOrganization {
  const { organizations, sites, ...rest } = tree;
  return {
    ...rest,
    ...(organizations === undefined ? {} : { organizations: organizations.map((below) => upTo(below, last)) }),
    ...(sites === undefined ? {} : { sites: sites.map((site) => ({ ...site, devices: only(site.devices, last) })) }),
  };
}

const only = (devices: DemoSite['devices'], last: number): DemoSite['devices'] =>
  Object.fromEntries(Object.entries(devices).filter(([number]) => Number(number) <= last));

/** The tree with more customers below its dealers. @param customers By the dealer's segment. */
function withCustomers(tree: DemoOrganization, customers: ReadonlyMap<string, readonly DemoOrganization[]>): DemoOrganization {
  const organizations = tree.organizations?.map((below) => withCustomers(below, customers)) ?? [];
  const own = customers.get(tree.segment) ?? [];
  return organizations.length + own.length === 0 ? tree : { ...tree, organizations: [...organizations, ...own] };
}

/** Every organization of a tree with its path, those above first. */
export function organizationsOf(tree: DemoOrganization, above = ''): { path: string; organization: DemoOrganization }[] {
  const path = `${above}/${tree.segment}`;
  return [{ path, organization: tree }, ...(tree.organizations ?? []).flatMap((below) => organizationsOf(below, path))];
}

/** Every site of a tree with its path. */
export function sitesOf(tree: DemoOrganization): { path: string; site: DemoSite }[] {
  return organizationsOf(tree).flatMap(({ path, organization }) =>
    (organization.sites ?? []).map((site) => ({ path: `${path}/${site.segment}`, site })),
  );
}
