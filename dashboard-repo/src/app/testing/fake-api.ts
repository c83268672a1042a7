import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, graphql } from 'graphql';
import type { DeviceStatus } from '../device/device-query.ts';
import { appSyncBuiltIns } from '../graphql/appsync-built-ins.ts';
import { type FakeDevice, type FakeSample, fakeDay, fakeFleet } from './fake-fleet.ts';

const schema = buildSchema(appSyncBuiltIns + readFileSync(join(import.meta.dirname, '..', '..', '..', 'schema.graphql'), 'utf8'));

export interface FakePerson {
  readonly name: string;
  readonly email: string;
  readonly persona: 'admin' | 'partner' | 'dealer' | 'customer';
  readonly organization: { readonly path: string; readonly name: string };
}

/** The GraphQL interface over a made-up fleet. */
export class FakeApi {
  devices: FakeDevice[];
  readonly leases: string[] = [];
  /** How far ahead of this machine's clock the server is. */
  skew_ms = 0;
  liveAllowance_s = 14_400;
  readonly #listeners = new Set<(status: DeviceStatus) => void>();

  constructor(count: number) {
    this.devices = fakeFleet(count, Date.now());
  }

  now(): number {
    return Date.now() + this.skew_ms;
  }

  device(device_id: string): FakeDevice | undefined {
    return this.devices.find((device) => device.device_id === device_id);
  }

  /** The first device in a state; a silent one counts as that alone. */
  find(kind: string): FakeDevice {
    const found = this.devices.find((device) => {
      if (device.last_contact_at === null || device.silent_at === null) return kind === 'never';
      if (Date.parse(device.silent_at) <= this.now()) return kind === 'silent';
      return device.run_state === kind;
    });
    if (found === undefined) throw new Error(`There is no device in state ${kind}`);
    return found;
  }

  onStatus(listener: (status: DeviceStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something comes from a device, and is told to who watches it. */
  receive(device_id: string, documents: readonly FakeSample[], { told = true } = {}): void {
    const at = this.now();
    const newest = documents.at(-1);
    this.devices = this.devices.map((device) =>
      device.device_id !== device_id || newest === undefined
        ? device
        : {
            ...device,
            last_contact_at: new Date(at).toISOString(),
            silent_at: new Date(at + 20 * 60_000).toISOString(),
            latest: newest,
            run_state: newest.run_state ?? device.run_state,
            fault_code: newest.fault_code,
          },
    );
    const device = this.device(device_id);
    if (!told || device?.last_contact_at == null || device.silent_at === null) return;
    const status = { device_id, last_contact_at: device.last_contact_at, silent_at: device.silent_at, documents };
    for (const listener of this.#listeners) listener(status);
  }

  async execute(person: FakePerson, query: string, variables: Record<string, unknown>): Promise<unknown> {
    return graphql({ schema, source: query, variableValues: variables, rootValue: this.#root(person) });
  }

  #root(person: FakePerson) {
    const as_of = new Date(this.now()).toISOString();
    const visible = this.devices.filter(({ path }) => `${path}/`.startsWith(`${person.organization.path}/`));
    const one = (device_id: string) => visible.find((device) => device.device_id === device_id);
    return {
      me: { user_id: 'fake-person', ...person },
      devices: ({ first, after }: { first: number; after?: string }) => {
        const start = after === undefined ? 0 : Number(after);
        const page = visible.slice(start, start + first);
        const hasNextPage = start + first < visible.length;
        return {
          as_of,
          edges: page.map((node, index) => ({ cursor: String(start + index + 1), node })),
          pageInfo: { hasNextPage, endCursor: page.length === 0 ? null : String(start + page.length) },
        };
      },
      device: ({ device_id }: { device_id: string }) => {
        const device = one(device_id);
        return device === undefined ? null : { ...device, as_of };
      },
      deviceSeries: ({ device_id, from, to }: { device_id: string; from: string; to: string }) => {
        const device = one(device_id);
        if (device === undefined) return null;
        const start = Math.floor(Date.parse(from) / 60_000) * 60;
        const count = Math.ceil(Date.parse(to) / 60_000) - start / 60;
        const day = fakeDay(device, start, device.latest === null ? 0 : count, hourIn(device.time_zone));
        const empty = new Array(count).fill(null);
        return {
          device_id,
          from: new Date(start * 1000).toISOString(),
          to: new Date((start + count * 60) * 1000).toISOString(),
          step_s: 60,
          metrics: (['solar_w', 'grid_w'] as const).map((metric) => ({
            metric,
            unit: 'W',
            values: device.latest === null ? empty : day[metric],
          })),
          as_of,
        };
      },
      watchDevice: ({ device_id }: { device_id: string }) => {
        if (one(device_id) === undefined) return null;
        this.leases.push(device_id);
        const until = new Date(this.now() + 300_000).toISOString();
        return { device_id, watched_until: until, live_until: this.liveAllowance_s > 0 ? until : null, live_left_s: this.liveAllowance_s };
      },
    };
  }
}

/** The hour of day in a zone, with its fraction. Days of 23 or 25 hours are none of its business. */
function hourIn(time_zone: string): (time_s: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: time_zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const now_s = Math.floor(Date.now() / 60_000) * 60;
  const [hour, minute] = format
    .format(now_s * 1000)
    .split(':')
    .map(Number);
  const now_h = (hour ?? 0) + (minute ?? 0) / 60;
  return (time_s) => (((now_h + (time_s - now_s) / 3600) % 24) + 24) % 24;
}
