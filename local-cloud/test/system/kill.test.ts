import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePack } from '@enstratus/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningSystem, startSystem } from '../deployed-system.ts';
import { handMadeDocuments } from './hand-made-documents.ts';
import { type Device, minutesAgo, System } from './system.ts';

/** How many packs are answered before the kill. */
const MANY = process.env['ENSTRATUS_LONG'] === undefined ? 150 : 600;

let directory: string;
let running: RunningSystem | undefined;

/** A system of its own, since it is killed. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'enstratus-kill-'));
  running = await startSystem(directory);
});

afterAll(async () => {
  await running?.stop();
  rmSync(directory, { recursive: true, force: true });
});

// How long the packs take is the machine's matter: on a busy one it is a minute and more.
it('loses no pack that was answered 2xx when it is killed while 300 packs a second arrive', { timeout: 300_000 }, async () => {
  const system = new System(directory);
  const devices = await Promise.all(Array.from({ length: 20 }, () => system.newDevice()));
  const acknowledged = new Map<Device, Set<number>>(devices.map((device) => [device, new Set()]));
  const sentAt = new Map<Device, number>(devices.map((device) => [device, 0]));
  const first = minutesAgo(13 * 24 * 60);
  const packOf = (index: number) => encodePack(handMadeDocuments({ boot_id: 1, seq: index * 15, time: first + index * 900 }, 15));

  let stopped = false;
  const inFlight = new Set<Promise<void>>();
  const send = async (device: Device) => {
    const index = sentAt.get(device) ?? 0;
    sentAt.set(device, index + 1);
    try {
      const response = await system.post(device, packOf(index));
      if (response.ok && 'accepted' in ((await response.json()) as object)) acknowledged.get(device)?.add(index);
    } catch {
      // The connection broke: nothing was promised.
    }
  };
  // 300 a second, whether or not the system keeps up.
  let turn = 0;
  const pace = setInterval(() => {
    for (let count = 0; count < 3 && !stopped; count++) {
      const device = devices[turn++ % devices.length] as Device;
      const work = send(device).finally(() => inFlight.delete(work));
      inFlight.add(work);
    }
  }, 10);
  await expect
    .poll(() => [...acknowledged.values()].reduce((sum, { size }) => sum + size, 0), { timeout: 200_000, interval: 20 })
    .toBeGreaterThan(MANY);
  await running?.kill();
  stopped = true;
  clearInterval(pace);
  await Promise.all(inFlight);

  running = await startSystem(directory);
  const after = new System(directory);
  for (const device of devices) {
    const documents = await after.documents(device);
    const stored = new Set(documents.map(({ seq }) => seq));
    const logged = new Set((await after.logLines(device)).map(({ message }) => (JSON.parse(message) as { seq: number }).seq));
    for (const index of acknowledged.get(device) ?? []) {
      for (let seq = index * 15; seq < index * 15 + 15; seq++) {
        expect(stored.has(seq), `${device.deviceId} document ${seq} in the table`).toBe(true);
        expect(logged.has(seq), `${device.deviceId} document ${seq} in the log`).toBe(true);
      }
    }
    expect(documents.map(({ seq }) => seq)).toEqual([...stored].sort((a, b) => a - b));
  }
});
