export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** 10 digits hold every 32-bit counter and time, so that the order of texts is the order of numbers. */
const digits = (value: number): string => {
  if (!Number.isInteger(value) || value < 0 || value > 9_999_999_999) throw new RangeError(`${value} can't stand in a key`);
  return String(value).padStart(10, '0');
};

const deviceKeyOf = (device_id: string) => `DEVICE#${device_id}`;

export const deviceKey = (device_id: string): Key => ({ pk: deviceKeyOf(device_id), sk: 'DEVICE' });

/** What a device last said of itself. */
export const reportKey = (device_id: string): Key => ({ pk: deviceKeyOf(device_id), sk: 'REPORT' });

export const particleLinkKey = (particle_id: string): Key => ({ pk: `PARTICLE#${particle_id}`, sk: 'LINK' });

export const organizationKey = (path: string): Key => ({ pk: `ORGANIZATION#${path}`, sk: 'ORGANIZATION' });

export const siteKey = (path: string): Key => ({ pk: `SITE#${path}`, sk: 'SITE' });

export const userKey = (user_id: string): Key => ({ pk: `USER#${user_id}`, sk: 'USER' });

/** @param time When it happened, in epoch seconds. */
export const eventKey = (device_id: string, time: number, event_id: string): Key => ({
  pk: deviceKeyOf(device_id),
  sk: `EVENT#${digits(time)}#${event_id}`,
});

export interface PackIdentity {
  readonly boot_id: number;
  /** seq of its first document. */
  readonly seq: number;
  /** Time of its first document in epoch seconds. */
  readonly time: number;
}

export const packSortKey = ({ time, boot_id, seq }: PackIdentity): string => `PACK#${digits(time)}#${digits(boot_id)}#${digits(seq)}`;

export const packKey = (device_id: string, pack: PackIdentity): Key => ({ pk: deviceKeyOf(device_id), sk: packSortKey(pack) });

/** Below and above every pack's sort key of a device. */
export const packSortKeyRange = { first: 'PACK#', last: 'PACK#~' } as const;

/** The sort keys of all packs whose first document lies in [from, to], in epoch seconds. */
export const packSortKeysBetween = (from: number, to: number): { first: string; last: string } => ({
  first: `PACK#${digits(from)}`,
  last: `PACK#${digits(to)}#~`,
});

/** The identity in a pack's sort key, or undefined when it is none. */
export function parsePackSortKey(sk: string): PackIdentity | undefined {
  const parts = /^PACK#(\d{10})#(\d{10})#(\d{10})$/.exec(sk);
  return parts === null ? undefined : { time: Number(parts[1]), boot_id: Number(parts[2]), seq: Number(parts[3]) };
}

/** @param day The UTC day, `YYYY-MM-DD`. */
export const rollupKey = (device_id: string, day: string): Key => ({ pk: deviceKeyOf(device_id), sk: `ROLLUP#${day}` });

/** The sort keys of a device's rollups from one UTC day to another, both included. */
export const rollupSortKeysBetween = (first_day: string, last_day: string): { first: string; last: string } => ({
  first: `ROLLUP#${first_day}`,
  last: `ROLLUP#${last_day}`,
});

export const gapKey = (device_id: string, boot_id: number, first_missing_seq: number): Key => ({
  pk: deviceKeyOf(device_id),
  sk: `GAP#${digits(boot_id)}#${digits(first_missing_seq)}`,
});

/** The sort keys of all gaps of a boot that begin at one of these documents, the last one included. */
export const gapSortKeysBetween = (boot_id: number, first: number, last: number): { first: string; last: string } => ({
  first: `GAP#${digits(boot_id)}#${digits(first)}`,
  last: `GAP#${digits(boot_id)}#${digits(last)}`,
});

/** boot_id and first missing seq in a gap's sort key, or undefined when it is none. */
export function parseGapSortKey(sk: string): { boot_id: number; first_missing_seq: number } | undefined {
  const parts = /^GAP#(\d{10})#(\d{10})$/.exec(sk);
  return parts === null ? undefined : { boot_id: Number(parts[1]), first_missing_seq: Number(parts[2]) };
}

/** The item by whose `version` the writers of a device's gaps take turns. */
export const gapLedgerKey = (device_id: string): Key => ({ pk: deviceKeyOf(device_id), sk: 'GAP_LEDGER' });

/** What stands in the tree index. Each kind has a partition of its own there. */
export type TreeKind = 'ORGANIZATION' | 'SITE' | 'DEVICE' | 'USER';

/**
 * The tree index's keys (gsi1). The sort key ends with a slash: `begins_with('/enfusion/p1/')` then finds p1 itself and
 * everything below it, and nothing of p10.
 */
export const treeKey = (kind: TreeKind, path: string): { gsi1pk: string; gsi1sk: string } => ({
  gsi1pk: `TREE#${kind}`,
  gsi1sk: `${path}/`,
});

/** What begins the gsi1sk of a node and of everything below it. */
export const subtreePrefix = (path: string): string => `${path}/`;
