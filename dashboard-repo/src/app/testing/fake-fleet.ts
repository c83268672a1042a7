import type { DeviceQuery, RunState, SampleFragment } from '../graphql/operations.generated.ts';

export type FakeDevice = NonNullable<DeviceQuery['device']>;
export type FakeSample = SampleFragment;

const places = [
  ['Miller Orchard', 'America/Phoenix'],
  ['Río Seco Ranch', 'America/Denver'],
  ['Sandhill Dairy', 'America/Chicago'],
  ['Larkspur Vineyard', 'America/Los_Angeles'],
  ['Cedar Creek Farm', 'America/Chicago'],
  ['Painted Mesa', 'America/Phoenix'],
  ['Saltbush Station', 'Australia/Adelaide'],
  ['Three Wells Cattle', 'America/Denver'],
] as const;
const machines = ['Pump', 'Well', 'Booster', 'Compressor', 'Pivot', 'Tank Fill'];
const fields = ['North', 'South', 'East', 'West', 'Lower', 'Upper', 'Creek', 'Ridge'];
const states: readonly RunState[] = ['solar', 'solar', 'solar', 'mixed', 'mixed', 'grid', 'waiting', 'stopped', 'starting'];

/** A number from 0 to 1 that is always the same for the same seed. */
export function chance(seed: number): number {
  let x = (seed + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 4_294_967_296;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * A fleet that is always the same but for its times. The first six devices, whatever the size: running on solar, mixed, on grid,
 * with a fault, silent, never heard.
 * @param now Epoch milliseconds.
 */
export function fakeFleet(count: number, now: number): FakeDevice[] {
  return Array.from({ length: count }, (_, index) => fakeDevice(index, count, now)).sort((a, b) => (`${a.path}/` < `${b.path}/` ? -1 : 1));
}

const leading: readonly (RunState | 'silent' | 'never')[] = ['solar', 'mixed', 'grid', 'fault', 'silent', 'never'];

function kindOf(index: number): RunState | 'silent' | 'never' {
  const lead = leading[index];
  if (lead !== undefined) return lead;
  const dice = chance(index);
  if (dice < 0.012) return 'fault';
  if (dice < 0.045) return 'silent';
  if (dice < 0.055) return 'never';
  return states[Math.floor(chance(index + 7) * states.length)] ?? 'solar';
}

function fakeDevice(index: number, count: number, now: number): FakeDevice {
  const perSite = count < 50 ? 2 : 14;
  const siteNumber = Math.floor(index / perSite);
  const [place, time_zone] = places[siteNumber % places.length] ?? places[0];
  const round = Math.floor(siteNumber / places.length);
  const site = {
    path: `/enfusion/p${(siteNumber % 2) + 1}/d${(siteNumber % 5) + 1}/c${siteNumber % 40}/site-${siteNumber}`,
    name: round === 0 ? place : `${place} ${round + 1}`,
  };
  const machine = machines[Math.floor(chance(index + 1) * machines.length)] ?? 'Pump';
  const field = fields[Math.floor(chance(index + 2) * fields.length)] ?? 'North';
  const device_id = `${machine.toLowerCase().replace(' ', '-')}-${String(index + 1).padStart(4, '0')}`;
  const kind = kindOf(index);
  const pack_minutes = 15;
  const silentFor = 3600_000 * (1 + Math.floor(chance(index + 3) * 60));
  const contact = kind === 'never' ? null : kind === 'silent' ? now - silentFor : now - Math.floor(chance(index + 4) * 12 * 60_000);
  const run_state: RunState = kind === 'never' ? 'unknown' : kind === 'silent' ? 'solar' : kind;
  const latest = contact === null ? null : fakeSample(index, run_state, contact - 20_000);
  return {
    device_id,
    name: `${field} ${machine} ${(index % perSite) + 1}`,
    path: `${site.path}/${device_id}`,
    site,
    time_zone,
    pack_minutes,
    registered_at: iso(Date.UTC(2025, index % 12, 1 + (index % 27))),
    run_state,
    fault_code: latest?.fault_code ?? null,
    last_contact_at: contact === null ? null : iso(contact),
    silent_at: contact === null ? null : iso(contact + (pack_minutes + 5) * 60_000),
    latest,
    as_of: iso(now),
  };
}

/** What a device of a state measures. @param time Epoch milliseconds. */
export function fakeSample(seed: number, run_state: RunState, time: number): FakeSample {
  const size = 2_000 + chance(seed + 5) * 20_000;
  const share = { solar: 1, mixed: 0.6, grid: 0 }[run_state as string];
  const runs = share !== undefined;
  const total = runs ? Math.round(size * (0.85 + chance(seed + 6) * 0.15)) : 0;
  const solar_w = Math.round(total * (share ?? 0));
  return {
    boot_id: 7,
    seq: Math.floor(time / 60_000),
    time: iso(time),
    run_state,
    dc_bus_v: runs ? 540 + Math.round(chance(seed + 8) * 90) : 520,
    solar_w,
    grid_w: total - solar_w,
    motor_w: Math.round(total * 0.94),
    motor_a: runs ? Math.round((total / 640) * 10) / 10 : 0,
    motor_hz: runs ? Math.round((38 + chance(seed + 9) * 22) * 10) / 10 : 0,
    temp_c: 24 + Math.round(chance(seed + 10) * 34),
    fault_code: run_state === 'fault' ? 14 + (seed % 20) : 0,
    signal_pct: 12 + Math.round(chance(seed + 11) * 88),
  };
}

/**
 * A day as the sun makes it, minute by minute: power of sun and grid at each, null in a gap at night and after the last contact.
 * @param hourOf The hour of day at the site, with its fraction.
 */
export function fakeDay(device: FakeDevice, from_s: number, count: number, hourOf: (time_s: number) => number) {
  const seed = Number.parseInt(device.device_id.replaceAll(/\D/g, ''), 10);
  const last = device.latest === null ? 0 : Date.parse(device.latest.time) / 1000;
  const peak = Math.max(3_000, (device.latest?.solar_w ?? 0) * 1.25);
  const solar: (number | null)[] = [];
  const grid: (number | null)[] = [];
  for (let index = 0; index < count; index += 1) {
    const time = from_s + index * 60;
    const hour = hourOf(time);
    const missing = time > last || (hour >= 2.8 && hour < 5.1);
    const sun = Math.max(0, Math.sin(((hour - 6) / 13) * Math.PI)) ** 1.3;
    const cloud = hour > 6 && hour < 19 ? 1 - 0.55 * chance(seed + Math.floor(time / 420)) ** 3 : 1;
    const flicker = 1 - 0.03 * chance(seed + time / 60);
    const solar_w = hour > 6 && hour < 19 ? peak * sun * cloud * flicker : 0;
    const wanted = hour >= 5 && hour < 21.5 ? peak * 0.55 : 0;
    solar.push(missing ? null : Math.round(solar_w));
    grid.push(missing ? null : Math.round(Math.max(0, wanted - solar_w) * flicker));
  }
  return { solar_w: solar, grid_w: grid };
}
