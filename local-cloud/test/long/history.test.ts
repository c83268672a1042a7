import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { latestItemSchema, latestKey, readRollupItem, type StatusDocument, sumHours } from '@enstratus/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoDevices } from '../../src/demo/demo-devices.ts';
import { type RunningSystem, startSystem } from '../deployed-system.ts';
import { System } from '../system/system.ts';

const count = 6;
let directory: string;
let running: RunningSystem | undefined;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'enstratus-history-'));
});
afterAll(async () => {
  await running?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** No minute twice; within a boot every document follows the one before; a gap only where the power was away. */
function expectWhole(documents: readonly StatusDocument[]): void {
  for (const [index, document] of documents.entries()) {
    const before = documents[index - 1];
    if (before === undefined) continue;
    expect(document.time).toBeGreaterThan(before.time);
    if (document.boot_id === before.boot_id) expect(document.seq).toBe(before.seq + 1);
    else expect(document.seq).toBe(0);
  }
}

async function expectAPast(system: System): Promise<void> {
  const now = Date.now() / 1000;
  for (const device of demoDevices(count)) {
    const documents = await system.documents(device);
    expectWhole(documents);
    expect(documents.length).toBeGreaterThan(2700);
    expect(documents[0]?.time).toBeLessThan(now - 47 * 3600);
    expect(documents.at(-1)?.time).toBeGreaterThan(now - 1800);
    const lines = await system.logLines(device);
    expect(new Set(lines.map(({ timestamp }) => timestamp)).size).toBe(lines.length);
    const rollups = (await system.items(device, 'ROLLUP#')).map(readRollupItem);
    expect(rollups.length).toBeGreaterThan(390);
    // The first and the last day are not whole.
    for (const { hours } of rollups.slice(1, -1)) expect(sumHours(hours).reported_minutes).toBeGreaterThan(1200);
    const path = `${device.path}/${device.deviceId}`;
    const { Item } = await system.table.send(new GetCommand({ TableName: system.endpoints.tableName, Key: latestKey(path) }));
    const latest = latestItemSchema.parse(Item);
    expect(latest.document?.time).toBeGreaterThanOrEqual(documents.at(-1)?.time ?? 0);
    expect(latest.run_state).toBeDefined();
  }
}

it('a past that was killed while it was loaded is whole after the next start, and goes on after another', {
  timeout: 600_000,
}, async () => {
  const killed = startSystem(directory, 0, {
    devices: count,
    onOutput: (output, kill) => {
      // In the middle of it: some devices are loaded, and some are not.
      if (output.includes('Loading the past')) setTimeout(kill, 250);
    },
  });
  await expect(killed).rejects.toThrow(/before it was ready/);
  running = await startSystem(directory, 0, { devices: count });
  await expectAPast(new System(directory));
  await running.kill();
  running = await startSystem(directory, 0, { devices: count });
  await expectAPast(new System(directory));
});
