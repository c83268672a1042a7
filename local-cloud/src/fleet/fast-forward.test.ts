import { createHash } from 'node:crypto';
import { decodeStatus } from '@enstratus/contract';
import { type Cores, loadCores } from '@enstratus/device-firmware/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Clouds } from './clouds.ts';
import { fastForward } from './fast-forward.ts';
import type { FleetDevice } from './fleet-device.ts';
import { MemoryFlash } from './memory-flash.ts';
import type { SampledDocument } from './sampled.ts';
import { SimulatedDevice } from './simulated-device.ts';
import { someDevices } from './testing/some-devices.ts';

const HOUR_MS = 3_600_000;
const start_ms = Date.parse('2026-11-10T00:00:30Z');
let cores: Cores;
beforeAll(async () => {
  cores = await loadCores();
});

interface Run {
  readonly publishes: string[];
  readonly packs: string[];
  readonly sampled: SampledDocument[];
  readonly device: SimulatedDevice;
}

interface Making {
  readonly hours: number;
  readonly seed?: number;
  readonly prepare?: (device: SimulatedDevice) => void;
}

function run(description: FleetDevice, { hours, seed = 1, prepare }: Making): Run {
  const sampled: SampledDocument[] = [];
  const world = { seed, clouds: new Clouds(seed), cores, sampled: (document: SampledDocument) => sampled.push(document) };
  const device = new SimulatedDevice(description, new MemoryFlash().of('one'), world);
  prepare?.(device);
  const publishes: string[] = [];
  const packs: string[] = [];
  fastForward(device, start_ms, start_ms + hours * HOUR_MS, (_, name, text, at_s) => {
    publishes.push(`${at_s} ${name} ${text}`);
    if (name === 'status') packs.push(text);
  });
  return { publishes, packs, sampled, device };
}

function documentsOf(packs: readonly string[]) {
  return packs.flatMap((text) => {
    const decoded = decodeStatus(text, 0);
    if (!decoded.ok) throw new Error(`${decoded.reason}: ${text}`);
    return decoded.documents;
  });
}

const withoutName = (sampled: readonly SampledDocument[]) => sampled.map(({ device_id: _, ...document }) => document);

describe('a past at high speed', () => {
  it('is the same to the byte for the same seed and times, and another for another seed', () => {
    const hash = (seed: number) =>
      someDevices(4).map((device) =>
        createHash('sha256')
          .update(run(device, { hours: 72, seed }).publishes.join('\n'))
          .digest('hex'),
      );
    expect(hash(1)).toEqual(hash(1));
    expect(hash(2)).not.toEqual(hash(1));
  });

  it.each([
    ['a quiet line', undefined],
    ['a line with noise and silence', (device: SimulatedDevice) => Object.assign(device.line, { quality: { noise: 0.15, silence: 0.15 } })],
    [
      'power cuts and outages',
      (device: SimulatedDevice) => {
        const at_s = start_ms / 1000;
        device.network.cut('power', at_s + 4000, at_s + 4200);
        device.network.cut('network', at_s + 4000, at_s + 5520);
        device.network.cut('power', at_s + 20_000, at_s + 20_030);
        device.network.cut('network', at_s + 30_000, at_s + 61_000);
      },
    ],
  ])('sends every sample as its drive answered it: %s', (_, prepare) => {
    for (const device of someDevices(3)) {
      const { packs, sampled, device: ran } = run(device, { hours: 40, ...(prepare === undefined ? {} : { prepare }) });
      const arrived = documentsOf(packs);
      // The last documents are in the open pack still, or wait for the network.
      expect(arrived.length).toBeGreaterThan(sampled.length - 16 - (ran.online ? 0 : 600));
      expect(arrived).toEqual(withoutName(sampled.slice(0, arrived.length)));
      expect(sampled.length).toBeGreaterThan(38 * 60);
    }
  });

  it('hands packs on at the second of each device, and samples on the full minute', () => {
    const devices = someDevices(12);
    for (const description of devices) {
      const second = cores.packSecond(description.particle_id);
      const at_s: number[] = [];
      const device = new SimulatedDevice(description, new MemoryFlash().of('one'), { seed: 1, clouds: new Clouds(1), cores, calm: true });
      fastForward(device, start_ms, start_ms + 4 * HOUR_MS, (_, name, text, at) => {
        if (name !== 'status') return;
        at_s.push(at);
        expect(documentsOf([text]).every(({ time }) => time % 60 === 0)).toBe(true);
      });
      expect(at_s.length).toBeGreaterThanOrEqual(14);
      // A change or a report that is told in the same second goes first, and a device publishes one text a second.
      const late_s = at_s.map((at) => (at - second) % 60);
      expect(Math.max(...late_s)).toBeLessThanOrEqual(2);
      expect(late_s.filter((late) => late === 0).length).toBeGreaterThan(0.5 * late_s.length);
    }
    expect(new Set(devices.map(({ particle_id }) => cores.packSecond(particle_id))).size).toBeGreaterThan(6);
  });

  it('counts a boot for each power cut', () => {
    const at_s = start_ms / 1000;
    const [description] = someDevices(1);
    const { sampled } = run(description as FleetDevice, {
      hours: 2,
      prepare: (device) => device.network.cut('power', at_s + 3000, at_s + 3200),
    });
    expect(new Set(sampled.map(({ boot_id }) => boot_id))).toEqual(new Set([1, 2]));
    expect(sampled.find(({ boot_id }) => boot_id === 2)?.seq).toBe(0);
  });

  it('goes on where it ended, with other settings', () => {
    const [description] = someDevices(1);
    const { device } = run(description as FleetDevice, { hours: 5 });
    const packs: string[] = [];
    device.everySecondsFrom(900, device.woken_ms);
    fastForward(device, device.woken_ms, start_ms + 29 * HOUR_MS, (_, name, text) => {
      if (name === 'status') packs.push(text);
    });
    const documents = documentsOf(packs).slice(15);
    expect(documents.length).toBeGreaterThan(80);
    expect(documents.every(({ time }) => time % 900 === 0)).toBe(true);
    expect(documents.every(({ seq }, index) => index === 0 || seq === (documents[index - 1]?.seq ?? 0) + 1)).toBe(true);
  });
});
