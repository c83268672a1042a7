import { randomBytes } from 'node:crypto';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import {
  decodeSample,
  deviceKey,
  deviceLogGroupName,
  parseLogLine,
  particleLinkKey,
  type StatusDocument,
  toRfc3339,
} from '@enstratus/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { FieldControllers } from './field-controllers.ts';
import { SignedIn } from './graphql-client.ts';
import { ParticleClient } from './particle-client.ts';
import { System } from './system.ts';

const path = '/enfusion/test-partner/test-dealer/test-farm/new-well';
const toldSchema = z.object({ documents: z.array(z.object({ seq: z.number(), time: z.string(), solar_w: z.number().nullable() })) });

/** A document as a watcher is told it. */
const shown = ({ seq, time, solar_w }: StatusDocument) => ({ seq, time: toRfc3339(time), solar_w });

function readSample(text: string) {
  const decoded = decodeSample(text);
  if (!decoded.ok) throw new Error(`${text} is ${decoded.reason}`);
  return shown(decoded.document);
}

let system: System;
let particle: ParticleClient;
let field: FieldControllers;

beforeAll(async () => {
  system = new System();
  particle = new ParticleClient(system);
  field = new FieldControllers();
});

afterAll(() => particle.stop());

const item = async (key: { pk: string; sk: string }) =>
  (await system.table.send(new GetCommand({ TableName: system.endpoints.tableName, Key: key, ConsistentRead: true }))).Item;
const logGroups = async (logGroupNamePrefix: string) =>
  (await system.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }))).logGroups;
const ofProduct = async (deviceId: string) => {
  const { body } = await particle.api.listDevices({ deviceId, product: particle.product });
  return z.object({ devices: z.array(z.looseObject({ id: z.string() })) }).parse(body).devices;
};

/** The device's settings, as an operator writes them in Particle's console. */
const settings = (scopeValue: string, data: { readonly every_s: number }) =>
  particle.api.setLedgerInstance({ ledgerName: 'settings', scopeValue, instance: { data }, setMode: 'Merge' });

describe('a controller fresh from the factory', () => {
  it('is no device of the product until it is registered; then everything knows it, and it has its settings', async () => {
    const { product, api } = particle;
    const { particle_id } = await field.mounted();
    await expect(api.getDevice({ deviceId: particle_id, product })).rejects.toMatchObject({ statusCode: 404 });
    expect(await ofProduct(particle_id)).toEqual([]);

    const device = await system.registered(particle_id, { path, pack_minutes: 1 });

    expect((await api.getDevice({ deviceId: particle_id, product })).body).toMatchObject({
      id: particle_id,
      name: device.deviceId,
      notes: 'Test pump',
      online: true,
    });
    expect(await ofProduct(particle_id)).toMatchObject([{ id: particle_id, name: device.deviceId }]);
    const ledger = await api.getLedgerInstance({ ledgerName: 'settings', scopeValue: particle_id });
    expect(ledger.body).toMatchObject({ instance: { data: { pack_minutes: 1 } } });
    await vi.waitFor(async () => expect(await particle.report(particle_id)).toMatchObject({ pack_minutes: 1 }), { timeout: 10_000 });

    expect(await item(deviceKey(device.deviceId))).toMatchObject({ particle_id, path: `${path}/${device.deviceId}`, pack_minutes: 1 });
    expect(await item(particleLinkKey(particle_id))).toMatchObject({
      device_id: device.deviceId,
      path: `${path}/${device.deviceId}`,
      pack_minutes: 1,
    });
    const logGroupName = deviceLogGroupName(device.deviceId);
    expect(await logGroups(logGroupName)).toMatchObject([{ logGroupName, retentionInDays: 30 }]);
  });

  it('is heard through the one webhook that the product has, which posts to receive-status with its secret', async () => {
    const { product, api } = particle;
    const { url, secret, secretHeader } = system.endpoints.webhook;
    const { body } = await api.listIntegrations({ product });
    expect(body).toMatchObject([{ integration_type: 'Webhook', event: 'status', url }]);
    expect((await api.listWebhooks({ product })).body).toEqual(body);
    const [webhook] = z.array(z.looseObject({ id: z.string() })).parse(body);
    const whole = await api.get({
      uri: `/v1/products/${product}/integrations/${webhook?.id}`,
      auth: system.endpoints.particle.accessToken,
    });
    expect(whole).toMatchObject({ body: { integration: { headers: { [secretHeader]: secret } } } });
  });

  it('goes live when somebody watches it, and what it samples is told in seconds and stored', async () => {
    const { particle_id } = await field.mounted();
    const device = await system.registered(particle_id, { path, pack_minutes: 1 });
    await settings(particle_id, { every_s: 2 });
    await vi.waitFor(async () => expect(await particle.report(particle_id)).toMatchObject({ every_s: 2, pack_minutes: 1 }), {
      timeout: 10_000,
    });
    const published = await particle.listen('status', particle_id);
    const person = await SignedIn.new(system, 'dealer', '/enfusion/test-partner/test-dealer');
    const watching = await person.watch(device.deviceId);
    const told = () => watching.told.flatMap((one) => toldSchema.parse(one).documents);
    const answer = await person.ask('mutation Watch($device_id: ID!) { watchDevice(device_id: $device_id) { live_until } }', {
      device_id: device.deviceId,
    });
    expect(answer).toMatchObject({ data: { watchDevice: { live_until: expect.any(String) } } });
    const samples = () => published.flatMap(({ name, data }) => (name === 'status/live' ? [readSample(data)] : []));
    await vi.waitFor(() => expect(samples().length).toBeGreaterThan(1), { timeout: 20_000, interval: 20 });
    const [sample] = samples();
    await vi.waitFor(() => expect(told()).toContainEqual(sample), { timeout: 20_000, interval: 20 });

    // A sample at another distance closes the pack of those before it.
    await settings(particle_id, { every_s: 3 });
    await vi.waitFor(async () => expect((await system.documents(device)).map(shown)).toContainEqual(sample), { timeout: 30_000 });
    watching.stop();
    const documents = await system.documents(device);
    const lines = (await system.logLines(device)).map(({ message, timestamp, stream }) => parseLogLine(message, timestamp, stream));
    expect(lines).toEqual(expect.arrayContaining(documents));
  });
});

it('a controller that Particle does not know is refused by name, and nothing of it is left', async () => {
  const particle_id = randomBytes(12).toString('hex');
  const device_id = `test-${randomBytes(6).toString('hex')}`;
  const { FunctionError, answer } = await system.register({
    device_id,
    particle_id,
    name: 'Nowhere',
    path,
    time_zone: 'America/Denver',
  });
  expect(FunctionError).toBe('Unhandled');
  expect(answer).toMatchObject({ errorType: 'RegistrationRefused', errorMessage: expect.stringMatching(/^particle_id: Particle /) });
  expect(await item(deviceKey(device_id))).toBeUndefined();
  expect(await item(particleLinkKey(particle_id))).toBeUndefined();
  expect(await logGroups(deviceLogGroupName(device_id))).toEqual([]);
  await expect(particle.api.getDevice({ deviceId: particle_id, product: particle.product })).rejects.toMatchObject({ statusCode: 404 });
});
