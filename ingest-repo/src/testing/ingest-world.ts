import {
  decodePack,
  deviceKey,
  type LatestItem,
  latestItemSchema,
  latestKey,
  parseLogLine,
  type ReportItem,
  reportItemSchema,
  reportKey,
  type StatusDocument,
  webhookSecretHeader,
} from '@enstratus/contract';
import { deviceEntity, particleLinkEntity } from '@enstratus/contract/entities';
import { archiveBucket } from '../telemetry/archive.ts';
import { deviceLog } from '../telemetry/device-log.ts';
import { reportTable } from '../telemetry/device-report.ts';
import { DeviceTable } from '../telemetry/device-table.ts';
import { knownDevices } from '../telemetry/known-devices.ts';
import { LatestItems } from '../telemetry/latest-item.ts';
import { contactTable, latestStatusTable } from '../telemetry/latest-status.ts';
import { NotedStates } from '../telemetry/noted-states.ts';
import { quarantineBucket } from '../telemetry/quarantine.ts';
import { receiveStatus, type StatusReceiver, type WebhookRequest } from '../telemetry/receive-status.ts';
import { SeenDevices } from '../telemetry/seen-devices.ts';
import { webhookSecrets } from '../telemetry/webhook-secrets.ts';
import type { Item } from './expressions.ts';
import { MemoryBucket, MemoryEvents, MemoryLog, MemoryLogs, MemoryWatchers } from './memory-aws.ts';
import { MemoryTable } from './memory-table.ts';

export const particleId = '0123456789abcdef01234567';
export const deviceId = 'pump-1';
export const devicePath = `/enfusion/p1/d3/c9/north/${deviceId}`;
export const secret = 'a-secret';

/**
 * All that ingest meets, in memory, with one device registered, and the function's environments, which take turns and remember
 * each for itself. The clock stands at `now_s` until it is moved.
 */
export class IngestWorld {
  now_s = 1_763_800_000;
  readonly table = new MemoryTable();
  readonly archive = new MemoryBucket();
  readonly quarantine = new MemoryBucket();
  readonly logs = new MemoryLogs();
  readonly events = new MemoryEvents();
  readonly watchers = new MemoryWatchers();
  readonly log = new MemoryLog();
  readonly receivers: readonly StatusReceiver[];
  #turn = 0;

  constructor({ environments = 1 }: { readonly environments?: number } = {}) {
    const clock = () => this.now_s * 1000;
    const deviceTable = new DeviceTable(this.table.client, 'table');
    const latestItems = new LatestItems(this.table.client, 'table');
    this.receivers = Array.from({ length: environments }, () => ({
      acceptsSecret: webhookSecrets({ read: async () => secret, log: this.log, clock }),
      findDevice: knownDevices(deviceTable, clock),
      quarantine: quarantineBucket(this.quarantine.client, 'quarantine'),
      store: {
        table: deviceTable,
        states: new NotedStates(latestItems),
        writeLog: deviceLog(this.logs.client, '/enstratus/devices/'),
        archive: archiveBucket(this.archive.client, 'archive'),
        seen: new SeenDevices(),
        publish: this.events.publish,
        keepLatest: latestStatusTable(latestItems),
        tellWatchers: this.watchers.tell,
        clock,
      },
      keepReport: reportTable(this.table.client, 'table'),
      keepContact: contactTable(this.table.client, 'table'),
      log: this.log,
    }));
    this.logs.makeGroup(`/enstratus/devices/${deviceId}`);
    const device = { device_id: deviceId, particle_id: particleId, name: 'Pump', path: devicePath };
    const store = { table: 'table' };
    for (const { Item: item } of [
      deviceEntity(store)
        .create({ ...device, time_zone: 'UTC', pack_minutes: 15, registered_at: 1 })
        .params<{ Item: Item }>(),
      particleLinkEntity(store)
        .create({ particle_id: particleId, device_id: deviceId, path: devicePath, pack_minutes: 15 })
        .params<{ Item: Item }>(),
    ]) {
      this.table.put(item);
    }
    this.table.forgetHistory();
  }

  get device(): Item | undefined {
    return this.table.list(deviceKey(deviceId).pk, 'DEVICE')[0];
  }

  /** What is noted of the device's state; `unknown` before it was ever read. */
  get state(): Pick<LatestItem, 'fault_code' | 'state_time' | 'followed_until'> & { readonly run_state: string } {
    const { run_state = 'unknown', fault_code, state_time, followed_until } = this.latest ?? {};
    return { run_state, fault_code, state_time, followed_until };
  }

  /** The item of the device's newest status, checked against the contract. */
  get latest(): LatestItem | undefined {
    const { pk, sk } = latestKey(devicePath);
    return latestItemSchema.optional().parse(this.table.list(pk, sk)[0]);
  }

  /** Somebody watches the device, as watchDevice writes it. */
  watch(until: number): void {
    this.table.put({ ...this.latest, ...latestKey(devicePath), device_id: deviceId, watched_until: until });
  }

  /** What a reader of the table sees: the documents of all packs, in order. */
  get documents(): StatusDocument[] {
    return this.table.list(deviceKey(deviceId).pk, 'PACK#').flatMap((item) => {
      const decoded = decodePack(String(item['pack']));
      if (!decoded.ok) throw new Error(decoded.detail);
      return decoded.documents;
    });
  }

  /** Gap items as [boot_id, first missing, last missing]. */
  get gaps(): number[][] {
    return this.table.list(deviceKey(deviceId).pk, 'GAP#').map((item) => {
      const [, boot_id, first] = String(item['sk']).split('#').map(Number);
      return [boot_id ?? -1, first ?? -1, Number(item['last_missing_seq'])];
    });
  }

  get logged(): (StatusDocument | undefined)[] {
    return this.logs
      .lines(`/enstratus/devices/${deviceId}`)
      .map(({ message, timestamp, stream }) => parseLogLine(message, timestamp, stream));
  }

  /** The item of what the device last said of itself, checked against the contract. */
  get report(): ReportItem | undefined {
    const { pk, sk } = reportKey(deviceId);
    return reportItemSchema.optional().parse(this.table.list(pk, sk)[0]);
  }

  /** Posts a published text as Particle does by default. Answers status and body. */
  post(data: string, event = 'status'): Promise<{ status: number; body: unknown }> {
    return this.send({
      body: String(new URLSearchParams({ event, data, published_at: '2025-11-22T08:26:40.000Z', coreid: particleId })),
    });
  }

  /** Posts any body, with the secret and as a form unless `request` says otherwise. */
  async send(request: Partial<WebhookRequest>): Promise<{ status: number; body: unknown }> {
    const reply = await receiveStatus(
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded', [webhookSecretHeader]: secret },
        requestContext: { http: { method: 'POST' } },
        ...request,
      },
      this.#nextReceiver(),
    );
    return { status: reply.statusCode, body: JSON.parse(reply.body) };
  }

  #nextReceiver(): StatusReceiver {
    const receiver = this.receivers[this.#turn % this.receivers.length];
    this.#turn += 1;
    if (receiver === undefined) throw new RangeError('there is at least one environment');
    return receiver;
  }
}
