import { createHash } from 'node:crypto';
import { type CloudWatchLogsClient, CreateLogGroupCommand, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type DynamoDBDocumentClient, GetCommand, type PutCommandInput, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import {
  type DeviceLogClass,
  deviceIdSchema,
  deviceKey,
  deviceLogRetentionDays,
  devicePathSchema,
  eventIds,
  eventVersion,
  packMinutesSchema,
  particleIdSchema,
  particleLinkKey,
  sitePathSchema,
  timeZoneSchema,
  toRfc3339,
} from '@enstratus/contract';
import { deviceEntity, particleLinkEntity } from '@enstratus/contract/entities';
import { annotate } from '@enstratus/platform/runtime';
import * as z from 'zod';
import type { PublishDeviceEvent } from '../events/publish-device-event.ts';
import type { Clock, Log } from '../log.ts';
import { DeviceNotTaken, type EnlistDevice } from './enlist-device.ts';

/** What is asked for. `path` is the site's; without a device_id one is made from the particle_id. */
export const registrationSchema = z.strictObject({
  device_id: deviceIdSchema.optional(),
  particle_id: particleIdSchema,
  name: z
    .string({ error: 'name must be a text' })
    .trim()
    .min(1, 'name must not be empty')
    .max(100, 'name must have at most 100 characters'),
  path: sitePathSchema,
  time_zone: timeZoneSchema,
  pack_minutes: packMinutesSchema.default(15),
});
export type Registration = z.infer<typeof registrationSchema>;

const storedDeviceSchema = z.object({
  device_id: deviceIdSchema,
  particle_id: particleIdSchema,
  name: z.string(),
  path: devicePathSchema,
  time_zone: z.string(),
  pack_minutes: z.number(),
  registered_at: z.number(),
});

export interface RegisteredDevice {
  readonly device_id: string;
  readonly particle_id: string;
  readonly name: string;
  /** The device's own path: the site's, then its device_id. */
  readonly path: string;
  readonly time_zone: string;
  readonly pack_minutes: number;
  /** RFC 3339. */
  readonly registered_at: string;
  readonly log_group: string;
}

/** The registration can't be done as asked; the message begins with the field at fault. */
export class RegistrationRefused extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.name = 'RegistrationRefused';
    this.field = field;
  }
}

export interface DeviceRegistry {
  readonly documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  readonly enlist: EnlistDevice;
  readonly publish: PublishDeviceEvent;
  readonly tableName: string;
  readonly logGroupPrefix: string;
  /** Of log groups that are made now; one that is there keeps its own. */
  readonly logClass: DeviceLogClass;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Makes a device known: to Particle, then its log group (30 days), and its items. Called again with the same input it answers the same device
 * and makes good what a crash left out. Log group first, items last: a device that can be found can always be written for.
 *
 * Throws RegistrationRefused for wrong input, a conflict, and a device that Particle doesn't take; otherwise whatever AWS throws, and ParticleFailure.
 */
export async function registerDevice(input: unknown, registry: DeviceRegistry): Promise<RegisteredDevice> {
  const wanted = parseRegistration(input);
  const existing = await storedDevice(wanted, registry);
  const device = existing ?? newDevice(wanted, registry.clock);
  annotate({ device_id: device.device_id, particle_id: device.particle_id });
  requireSame(device, wanted);
  await enlist(device, registry);
  await makeLogGroup(`${registry.logGroupPrefix}${device.device_id}`, registry);
  const stored = existing ?? (await storeDevice(device, wanted, registry));
  await registry.publish({
    type: 'device.registered',
    version: eventVersion,
    event_id: eventIds.registered(stored.device_id),
    device_id: stored.device_id,
    path: stored.path,
    time: toRfc3339(stored.registered_at),
    particle_id: stored.particle_id,
    name: stored.name,
    time_zone: stored.time_zone,
    pack_minutes: stored.pack_minutes,
  });
  registry.log.info('device registered', { device_id: stored.device_id, particle_id: stored.particle_id, path: stored.path });
  return { ...stored, registered_at: toRfc3339(stored.registered_at), log_group: `${registry.logGroupPrefix}${stored.device_id}` };
}

type StoredDevice = z.infer<typeof storedDeviceSchema>;

function parseRegistration(input: unknown): Registration {
  const parsed = registrationSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  if (unknownKey !== undefined) throw new RegistrationRefused(unknownKey, 'is not known here');
  throw new RegistrationRefused(String(issue?.path[0] ?? 'input'), issue?.message ?? 'is wrong');
}

/** Made from Particle's id, so that a second try after a crash finds what the first one made. */
const madeDeviceId = (particle_id: string): string => `d-${createHash('sha256').update(particle_id).digest('hex').slice(0, 10)}`;

function newDevice(wanted: Registration, clock: Clock): StoredDevice {
  const device_id = wanted.device_id ?? madeDeviceId(wanted.particle_id);
  const { particle_id, name, time_zone, pack_minutes } = wanted;
  return {
    device_id,
    particle_id,
    name,
    path: `${wanted.path}/${device_id}`,
    time_zone,
    pack_minutes,
    registered_at: Math.floor(clock() / 1000),
  };
}

/** The device that has this particle_id or this device_id already, if there is one. */
async function storedDevice(wanted: Registration, registry: DeviceRegistry): Promise<StoredDevice | undefined> {
  const link = z
    .object({ device_id: deviceIdSchema })
    .optional()
    .parse(await strongGet(particleLinkKey(wanted.particle_id), registry));
  const device_id = link?.device_id ?? wanted.device_id ?? madeDeviceId(wanted.particle_id);
  return storedDeviceSchema.optional().parse(await strongGet(deviceKey(device_id), registry));
}

async function strongGet(key: { pk: string; sk: string }, { documents, tableName }: DeviceRegistry): Promise<unknown> {
  const { Item } = await documents.send(new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
  return Item;
}

/** A repeated registration asks for what is there; anything else is a conflict, named by its field. */
function requireSame(device: StoredDevice, wanted: Registration): void {
  if (wanted.device_id !== undefined && wanted.device_id !== device.device_id) {
    throw new RegistrationRefused('particle_id', `belongs to the device ${device.device_id} already`);
  }
  if (wanted.particle_id !== device.particle_id) {
    throw new RegistrationRefused('device_id', `${device.device_id} is registered with another particle_id`);
  }
  if (device.path !== `${wanted.path}/${device.device_id}`) {
    throw new RegistrationRefused('path', `${device.device_id} is registered already, at another site`);
  }
  for (const field of ['name', 'time_zone', 'pack_minutes'] as const) {
    if (wanted[field] !== device[field])
      throw new RegistrationRefused(field, `${device.device_id} is registered already, with another ${field}`);
  }
}

async function enlist(device: StoredDevice, registry: DeviceRegistry): Promise<void> {
  try {
    await registry.enlist(device);
  } catch (error) {
    if (error instanceof DeviceNotTaken) throw new RegistrationRefused('particle_id', error.message);
    throw error;
  }
}

async function makeLogGroup(logGroupName: string, { logs, logClass }: DeviceRegistry): Promise<void> {
  await unlessThere(() => logs.send(new CreateLogGroupCommand({ logGroupName, logGroupClass: logClass })));
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: deviceLogRetentionDays }));
}

async function unlessThere(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceAlreadyExistsException')) throw error;
  }
}

/** Writes device and link in one transaction; when they are there already (a second call at the same time), answers what is stored. */
async function storeDevice(device: StoredDevice, wanted: Registration, registry: DeviceRegistry): Promise<StoredDevice> {
  const store = { table: registry.tableName };
  const { particle_id, device_id, path, pack_minutes } = device;
  const puts = [
    deviceEntity(store).create(device).params<PutCommandInput>(),
    particleLinkEntity(store).create({ particle_id, device_id, path, pack_minutes }).params<PutCommandInput>(),
  ];
  try {
    await registry.documents.send(new TransactWriteCommand({ TransactItems: puts.map((put) => ({ Put: put })) }));
    return device;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'TransactionCanceledException')) throw error;
    const stored = await storedDevice(wanted, registry);
    if (stored === undefined) throw error;
    requireSame(stored, wanted);
    return stored;
  }
}
