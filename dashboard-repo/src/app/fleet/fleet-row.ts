import type { FleetDeviceFragment, RunState } from '../graphql/operations.generated.ts';

/** A device as the fleet page needs it: times in epoch milliseconds, and what it is sorted and searched by worked out once. */
export interface FleetRow {
  readonly device_id: string;
  readonly name: string;
  readonly site_path: string;
  readonly site_name: string;
  readonly time_zone: string;
  readonly run_state: RunState;
  readonly fault_code: number | null;
  readonly last_contact: number | null;
  readonly silent_at: number | null;
  /** When the figures were read. */
  readonly read_at: number | null;
  readonly solar_w: number | null;
  readonly grid_w: number | null;
  readonly signal_pct: number | null;
  readonly nameKey: string;
  readonly siteKey: string;
  readonly searched: string;
}

const time = (text: string | null | undefined): number | null => (text == null ? null : Date.parse(text));

/** Text that sorts as people expect: capitals do not matter, and 9 comes before 10. */
export const sortKey = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/\d+/g, (digits) => digits.padStart(12, '0'));

/**
 * @param known The row as it was: given back where nothing changed, so that nothing is drawn anew.
 */
export function fleetRow(device: FleetDeviceFragment, known: FleetRow | undefined): FleetRow {
  const sameNames =
    known !== undefined && known.name === device.name && known.site_name === device.site.name && known.site_path === device.site.path;
  const row: FleetRow = {
    device_id: device.device_id,
    name: device.name,
    site_path: device.site.path,
    site_name: device.site.name,
    time_zone: device.time_zone,
    run_state: device.run_state,
    fault_code: device.fault_code,
    last_contact: time(device.last_contact_at),
    silent_at: time(device.silent_at),
    read_at: time(device.latest?.time),
    solar_w: device.latest?.solar_w ?? null,
    grid_w: device.latest?.grid_w ?? null,
    signal_pct: device.latest?.signal_pct ?? null,
    nameKey: sameNames ? known.nameKey : `${sortKey(device.name)} ${device.device_id}`,
    siteKey: sameNames ? known.siteKey : `${sortKey(device.site.name)} ${device.site.path}`,
    searched: sameNames ? known.searched : `${device.name}\n${device.device_id}\n${device.site.name}\n${device.site.path}`.toLowerCase(),
  };
  return known !== undefined && isSame(row, known) ? known : row;
}

function isSame(a: FleetRow, b: FleetRow): boolean {
  for (const key of Object.keys(a) as (keyof FleetRow)[]) if (a[key] !== b[key]) return false;
  return true;
}
