import {
  type DeviceWatched,
  deviceWatchedSchema,
  latestKey,
  latestOf,
  type RunState,
  type StatusDocument,
  stateAttributes,
  type TokenClaims,
} from '@enstratus/contract';
import { deviceEntity, organizationEntity, siteEntity, userEntity } from '@enstratus/contract/entities';
import { FleetTable } from '../fleet/device-rows.ts';
import { SiteNames } from '../fleet/site-names.ts';
import { LeaseTable } from '../live/lease-table.ts';
import { Table } from '../table/table.ts';
import { MemoryLog } from './memory-log.ts';
import { MemoryTable } from './memory-table.ts';

const store = { table: 'table' };
const entities = {
  organization: organizationEntity(store),
  site: siteEntity(store),
  user: userEntity(store),
  device: deviceEntity(store),
};

interface DeviceState {
  readonly name?: string;
  readonly pack_minutes?: number;
  readonly run_state?: RunState;
  readonly fault_code?: number;
  readonly state_time?: number;
}

/** All that the functions meet, in memory, with the items as the contract's entities write them. The clock stands at `now_s` until it is moved. */
export class FleetWorld {
  now_s = 1_763_800_000;
  readonly memory = new MemoryTable();
  readonly log = new MemoryLog();
  readonly clock = (): number => this.now_s * 1000;
  readonly table = new Table(this.memory.client, store.table);
  readonly fleetTable = new FleetTable(this.table, this.log);
  readonly leases = new LeaseTable(this.memory.client, this.table);
  /** What was told of devices that are watched, in order. */
  readonly watched: DeviceWatched[] = [];
  readonly publish = async (event: DeviceWatched): Promise<void> => {
    this.watched.push(deviceWatchedSchema.parse(event));
  };
  readonly fleet = { table: this.fleetTable, siteNames: new SiteNames(this.table, this.clock), clock: this.clock };

  organization(path: string, name: string): void {
    this.#put(entities.organization.create({ path, name, created_at: 1 }));
  }

  site(path: string, name: string): void {
    this.#put(entities.site.create({ path, name, time_zone: 'America/Chicago', created_at: 1 }));
  }

  user({ user_id, persona, path }: TokenClaims, name: string, email: string): void {
    this.#put(entities.user.create({ user_id, persona, path, name, email, created_at: 1 }));
  }

  /** A device at its path, whose last segment is its id, with its state as ingest notes it. */
  device(path: string, { name = 'Pump', pack_minutes = 15, run_state, fault_code, state_time }: DeviceState = {}): void {
    const device_id = path.slice(path.lastIndexOf('/') + 1);
    const particle_id = '0123456789abcdef01234567';
    this.#put(
      entities.device.create({
        device_id,
        particle_id,
        name,
        path,
        time_zone: 'America/Chicago',
        pack_minutes,
        registered_at: 1_763_700_000,
      }),
    );
    if (run_state === undefined) return;
    const noted = stateAttributes({ run_state, fault_code: fault_code ?? null }, 0);
    this.#setLatest(path, { ...noted, state_time });
  }

  /** A device's newest status, as ingest keeps it. */
  latest(path: string, document: StatusDocument, received_at = document.time + 5): void {
    this.#setLatest(path, latestOf(path.slice(path.lastIndexOf('/') + 1), document, received_at));
  }

  #setLatest(path: string, attributes: object): void {
    this.memory.merge({ ...latestKey(path), device_id: path.slice(path.lastIndexOf('/') + 1), ...attributes });
  }

  #put(operation: { params<T>(): T }): void {
    this.memory.put(operation.params<{ Item: object }>().Item);
  }
}

/** Somebody who sees everything below a path. */
export const callerAt = (path: string): TokenClaims => {
  const personas = ['admin', 'partner', 'dealer', 'customer'] as const;
  const persona = personas[path.split('/').length - 2];
  if (persona === undefined) throw new Error(`nobody sees ${path}`);
  return { user_id: `u-${persona}`, persona, path };
};

/** A document of a pump that runs on sun. */
export const statusDocument = (time: number, changed: Partial<StatusDocument> = {}): StatusDocument => ({
  boot_id: 3,
  seq: 7,
  time,
  run_state: 'solar',
  dc_bus_v: 601,
  solar_w: 4023,
  grid_w: 0,
  motor_w: 3800,
  motor_a: 8.1,
  motor_hz: 47.5,
  temp_c: 41,
  fault_code: 0,
  signal_pct: 68,
  ...changed,
});
