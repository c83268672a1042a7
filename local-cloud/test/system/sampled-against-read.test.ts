import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLogLine } from '@enstratus/contract';
import { loadCores } from '@enstratus/device-firmware/core';
import Particle from 'particle-api-js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { judge, type LedgerLine, readLedger } from '../../bench/ledger.ts';
import { type ControlCommand, runControl } from '../../src/fleet/control-commands.ts';
import { fastForward } from '../../src/fleet/fast-forward.ts';
import { Fleet } from '../../src/fleet/fleet.ts';
import { MemoryFlash } from '../../src/fleet/memory-flash.ts';
import { SampledFile } from '../../src/fleet/sampled-file.ts';
import type { SimulatedDevice } from '../../src/fleet/simulated-device.ts';
import { type ParticleCloud, startParticleCloud } from '../../src/particle/start-particle-cloud.ts';
import { SignedIn } from './graphql-client.ts';
import { type Device, System } from './system.ts';

const MINUTES = 45;
/** Where it is about noon now, so that the readings change: 15 degrees an hour. The zones of Etc count westward. */
const hours_east = 12 - new Date().getUTCHours();
const place = { lat: 20, lon: 15 * hours_east, time_zone: `Etc/GMT${hours_east > 0 ? '-' : '+'}${Math.abs(hours_east)}` };

/** Devices that keep books of what they sample, which those of the running system don't: their Particle cloud posts to the same webhook. */
let system: System;
let cloud: ParticleCloud;
let fleet: Fleet;
let folder: string;
let sampled: SampledFile;
const devices: { readonly registered: Device; readonly simulated: SimulatedDevice }[] = [];

beforeAll(async () => {
  system = new System();
  folder = mkdtempSync(join(tmpdir(), 'enstratus-sampled-'));
  sampled = new SampledFile(join(folder, 'sampled.ndjson'));
  // Deliveries come twice and in no order, as Particle's may.
  cloud = await startParticleCloud({ port: 0, file: ':memory:', deliveries: { duplicate_share: 0.3, reorder_window: 4 } });
  fleet = new Fleet({ seed: 1, cores: await loadCores(), flash: new MemoryFlash(), cloud: cloud.link, sampled, calm: true });
  const { access_token, product } = cloud.seed();
  const api = new Particle({ baseUrl: cloud.url, auth: access_token });
  const { url, secret, secretHeader } = system.endpoints.webhook;
  const settings = { integration_type: 'Webhook', url, requestType: 'POST', headers: { [secretHeader]: secret } };
  await api.createIntegration({ event: 'status', settings, product: product.slug });
  for (const name of ['Stock tank', 'Block 4', 'Cold room']) {
    const registered = await system.newDevice();
    cloud.manufacture([registered.particleId]);
    await api.addDeviceToProduct({ deviceId: registered.particleId, product: product.slug });
    const simulated = fleet.device({
      device_id: registered.deviceId,
      particle_id: registered.particleId,
      name,
      site: '/enfusion/test-partner/test-dealer/test-farm/test-well',
      ...place,
    });
    devices.push({ registered, simulated });
  }
});

afterAll(async () => {
  fleet.stop();
  await cloud.stop();
  sampled.close();
  rmSync(folder, { recursive: true, force: true });
});

const order = (command: ControlCommand) => runControl({ fleet, mount: () => expect.unreachable() }, command, fleet.now_ms);
const reportOf = ({ simulated }: (typeof devices)[number]) =>
  JSON.parse(simulated.report() ?? '{"packs_unsent":null}') as { packs_unsent: number | null };

/** A device that has power finds its network at once. */
async function backOnline({ simulated }: (typeof devices)[number]): Promise<void> {
  await vi.waitFor(
    () => {
      const { has_network } = simulated.network.at(fleet.now_ms / 1000);
      expect(has_network && simulated.is_on).toBe(true);
    },
    { timeout: 30_000 },
  );
  fleet.within(simulated, (now_ms) => simulated.connectAt(now_ms));
  await vi.waitFor(() => expect(simulated.online).toBe(true), { timeout: 20_000 });
}

it('everything that devices sampled in an hour of cuts is read as they sampled it, and nothing else', { timeout: 150_000 }, async () => {
  const from_s = Math.floor(Date.now() / 60_000) * 60 - MINUTES * 60;
  for (const { simulated } of devices) {
    // In its first minute each learns the time; then its network is away until it lives on in the present.
    simulated.powerAt((from_s + 1) * 1000);
    fastForward(simulated, (from_s + 1) * 1000, (from_s + 59) * 1000, () => {});
  }
  const [first, second, third] = devices as [(typeof devices)[number], (typeof devices)[number], (typeof devices)[number]];
  // One starts again without a network: what it samples from then on has no time before it is back.
  second.simulated.network.cut('power', from_s + 20 * 60 + 10, from_s + 23 * 60 + 10);
  fleet.live(devices.map(({ simulated }) => simulated.device));
  await Promise.all(devices.map(backOnline));

  // In the middle of what they send, one loses its network and one its power.
  await vi.waitFor(async () => expect(await system.items(first.registered, 'PACK#')).not.toEqual([]), { timeout: 20_000, interval: 20 });
  order({ verb: 'network-cut', device: first.registered.deviceId, minutes: 0.1 });
  order({ verb: 'power-cut', device: third.registered.deviceId, minutes: 0.1 });
  expect(third.simulated.is_on && third.simulated.online).toBe(true);
  await vi.waitFor(() => expect([first.simulated.online, third.simulated.is_on]).toEqual([false, false]), { timeout: 5000 });
  await Promise.all([first, third].map(backOnline));

  // From now on each sample is a pack of its own: what was sampled so far is sent.
  for (const { simulated } of devices) {
    const answer = fleet.within(simulated, (now_ms) => simulated.call('settings', 'pack_minutes=1', now_ms));
    expect(answer).toBe(0);
  }
  const until_s = Math.floor(fleet.now_ms / 1000);
  await vi.waitFor(
    () => {
      expect(devices.map((device) => reportOf(device).packs_unsent)).toEqual([0, 0, 0]);
      expect(cloud.counts()).toMatchObject({ queued: 0, in_flight: 0, waiting: 0, failed: 0 });
    },
    { timeout: 60_000 },
  );

  sampled.flush();
  const ledger = new Map<string, LedgerLine[]>();
  for (const [id, lines] of await readLedger(join(folder, 'sampled.ndjson')))
    ledger.set(
      id,
      lines.filter(({ time }) => time <= until_s),
    );
  const { token } = await SignedIn.as(system, 'admin');
  const verdict = await judge(ledger, { graphql: system.endpoints.graphql ?? '', accessToken: token });
  expect(verdict).toMatchObject({ missing: 0, different: 0, invented: 0, examples: [] });
  expect(verdict.documents).toBeGreaterThan(3 * (MINUTES - 5));

  const readings = new Set<string>();
  for (const { registered } of devices) {
    const lines = ledger.get(registered.deviceId) ?? [];
    const stored = (await system.documents(registered)).filter(({ time }) => time <= until_s);
    expect(lines).toEqual(stored.map(({ run_state: _, fault_code: __, ...document }) => ({ ...document, device_id: registered.deviceId })));
    for (const { boot_id: _, seq: __, time: ___, ...rest } of stored) readings.add(JSON.stringify(rest));
    expect(await system.items(registered, 'GAP#')).toEqual([]);
    const logged = (await system.logLines(registered)).map(({ message, timestamp, stream }) => parseLogLine(message, timestamp, stream));
    expect(logged).toEqual(expect.arrayContaining(stored));
  }
  // One of them may stand still; all three would make this a test of nothing.
  expect(readings.size).toBeGreaterThan(10);
  expect(new Set(ledger.get(second.registered.deviceId)?.map(({ boot_id }) => boot_id))).toEqual(new Set([1, 2]));
});
