import { resolve } from 'node:path';
import { encodePack } from '@enstratus/contract';
import { describe, expect, it } from 'vitest';
import { dashboardOperations } from '../../bench/operations.ts';
import { longestBatchingWindow_s } from '../../bill/meter.ts';
import { resourcePrices, standingCosts } from '../../bill/resource-prices.ts';
import { deployedTemplates, memoryOfReceiveStatus } from '../../bill/take-sample.ts';
import { takenUnits } from '../../bill/taken-units.ts';
import { readUsage, usageBetween } from '../../src/metering/read-usage.ts';
import { SignedIn } from './graphql-client.ts';
import { handMadeDocuments } from './hand-made-documents.ts';
import { System } from './system.ts';

const system = new System();
const minutesAgo = (minutes: number) => (Math.floor(Date.now() / 60_000) - minutes) * 60;
const operations = dashboardOperations(resolve(import.meta.dirname, '..', '..', '..'));

/**
 * What a piece of work takes. Other tests run on the same system at the same time and only ever add to it: so it is done again until it took as little as it
 * should, and never less.
 */
async function takes(work: () => Promise<unknown>, expected: Readonly<Record<string, number>>): Promise<void> {
  await expect
    .poll(
      async () => {
        const before = await readUsage(system.endpoints.aws);
        await work();
        const taken = takenUnits(usageBetween(before, await readUsage(system.endpoints.aws)));
        const told = Object.fromEntries(Object.keys(expected).map((key) => [key, taken[key] ?? 0]));
        for (const [key, least] of Object.entries(expected))
          if ((told[key] ?? 0) < least) throw new Error(`${key}: ${told[key]}, less than ${least}`);
        return told;
      },
      { timeout: 50_000, interval: 50 },
    )
    .toEqual(expected);
}

describe('the units on which the bill stands', () => {
  it('a pack that follows another in the same state: 2 writes, no read, one request, its log lines', async () => {
    const device = await system.newDevice();
    const documents = handMadeDocuments({ boot_id: 1, seq: 0, time: minutesAgo(60 * 15) }, 58 * 15).map((document) => ({
      ...document,
      run_state: 'stopped' as const,
      solar_w: 100,
      motor_w: 0,
      motor_a: 0,
      motor_hz: 0,
    }));
    const packs = Array.from({ length: 58 }, (_, index) => encodePack(documents.slice(index * 15, index * 15 + 15)));
    const next = async () => {
      const pack = packs.shift();
      if (pack === undefined) throw new Error('every pack was posted, and none took as little as it should');
      expect((await system.post(device, pack)).status).toBe(200);
    };
    await next();
    await next();
    await takes(next, { 'dynamodb.wru': 2, 'dynamodb.rru': 0, 'lambda.requests': 1 });
    const lines = await system.logLines(device);
    expect(Math.max(...lines.map(({ message }) => message.length))).toBeLessThanOrEqual(147);
  });

  it('a device’s page: one request of AppSync and half a read unit for each of device and newest status', async () => {
    const device = await system.newDevice();
    await system.post(device, encodePack(handMadeDocuments({ boot_id: 1, seq: 0, time: minutesAgo(20) }, 15)));
    const somebody = await SignedIn.as(system, 'admin');
    const ask = async (name: string) => {
      const { errors } = await somebody.ask(operations[name]?.query ?? '', { device_id: device.deviceId });
      expect(errors).toBeUndefined();
    };
    // Names of sites are remembered.
    await ask('Device');
    await takes(() => ask('Device'), { 'appsync.requests': 1, 'dynamodb.rru': 1, 'dynamodb.wru': 0 });
    await takes(() => ask('WatchDevice'), { 'appsync.requests': 1, 'dynamodb.wru': 1 });
  });
});

describe('the deployed templates', () => {
  it('have no resource of which nobody has said what it costs, and the price list none that they have not', async () => {
    const templates = await deployedTemplates(system.endpoints);
    expect(templates.length).toBeGreaterThanOrEqual(4);
    expect(standingCosts(templates)['cloudwatch.alarm']).toBeGreaterThan(10);
    const types = new Set(templates.flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)));
    expect(Object.keys(resourcePrices).filter((type) => !types.has(type))).toEqual([]);
    expect(memoryOfReceiveStatus(templates)).toBe(256);
  });

  it('gather messages for no longer than the meter waits for what they set off', async () => {
    const mappings = (await deployedTemplates(system.endpoints)).flatMap(({ Resources }) =>
      Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping'),
    );
    const windows_s = mappings.map(({ Properties }) => Number(Properties?.['MaximumBatchingWindowInSeconds'] ?? 0));
    expect(Math.max(...windows_s)).toBe(longestBatchingWindow_s);
  });
});
