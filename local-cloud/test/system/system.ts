import { randomBytes } from 'node:crypto';
import { CloudWatchLogsClient, FilterLogEventsCommand, GetQueryResultsCommand, StartQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import {
  deviceKey,
  deviceLogGroupName,
  type LatestItem,
  latestItemSchema,
  latestKey,
  parameterNames,
  type StatusDocument,
} from '@enstratus/contract';
import { inject, vi } from 'vitest';
import type { Endpoints } from '../../src/start/endpoints-file.ts';
import { deliver } from '../../src/tools/particle-delivery.ts';
import { clientOptions, runningSystem, tableClient } from '../../src/tools/running-system.ts';
import { storedPacks } from '../../src/tools/stored-packs.ts';

export interface Device {
  readonly deviceId: string;
  readonly particleId: string;
}

/** Where a test's devices stand unless it says otherwise. */
const testSite = '/enfusion/test-partner/test-dealer/test-farm/test-well';

/** An event of a device's log group. */
export interface LogLine {
  readonly timestamp: number;
  readonly message: string;
  /** The name of its log stream. */
  readonly stream: string;
}

/** The deployed system as its clients see it: the webhook, and AWS through the real SDK. */
export class System {
  readonly endpoints: Endpoints;
  readonly logs: CloudWatchLogsClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  readonly table: ReturnType<typeof tableClient>;

  constructor(directory: string = inject('systemDirectory')) {
    this.endpoints = runningSystem(directory);
    const options = clientOptions(this.endpoints);
    this.logs = new CloudWatchLogsClient(options);
    this.lambda = new LambdaClient(options);
    this.s3 = new S3Client({ ...options, forcePathStyle: true });
    this.ssm = new SSMClient(options);
    this.table = tableClient(this.endpoints);
  }

  async parameter(Name: string): Promise<string> {
    const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return Parameter?.Value ?? '';
  }

  /** Invokes register-device; resolves to what it answers, or to its error under `FunctionError`. */
  async register(input: Record<string, unknown>): Promise<{ FunctionError?: string | undefined; answer: Record<string, unknown> }> {
    const FunctionName = await this.parameter(parameterNames.registerDeviceFunctionName);
    const { FunctionError, Payload } = await this.lambda.send(
      new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(input)) }),
    );
    return { FunctionError, answer: JSON.parse(Buffer.from(Payload ?? '{}').toString('utf8')) as Record<string, unknown> };
  }

  /** The id of a module that was made and that nobody has claimed, as a factory gives it. */
  async newParticleId(): Promise<string> {
    const id = randomBytes(12).toString('hex');
    const response = await fetch(`${this.endpoints.particle.url}/_local/devices`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [id] }),
    });
    if (!response.ok) throw new Error(`Particle's factory answered ${response.status}: ${await response.text()}`);
    return id;
  }

  /** A device of its own for a test, so that tests don't meet. @param path Its site's. */
  async newDevice(path = testSite): Promise<Device> {
    return this.registered(await this.newParticleId(), { path });
  }

  /** Registers what a controller's module is called by Particle, under an id of its own. */
  async registered(particleId: string, more: { readonly path?: string; readonly pack_minutes?: number } = {}): Promise<Device> {
    const deviceId = `test-${randomBytes(6).toString('hex')}`;
    const { FunctionError, answer } = await this.register({
      device_id: deviceId,
      particle_id: particleId,
      name: 'Test pump',
      path: testSite,
      time_zone: 'America/Denver',
      ...more,
    });
    if (FunctionError !== undefined) throw new Error(JSON.stringify(answer));
    return { deviceId, particleId };
  }

  /** @param traceHeader Only a sampled one makes functions tell X-Ray what they do. */
  post(device: { particleId: string }, data: string, traceHeader?: string): Promise<Response> {
    return deliver(this.endpoints, { data, particleId: device.particleId, ...(traceHeader === undefined ? {} : { traceHeader }) });
  }

  /** Every document that stands in the table for a device, in the order in which it is read. */
  async documents(device: Device): Promise<StatusDocument[]> {
    const packs = await storedPacks(this.table, this.endpoints.tableName, device.deviceId);
    return packs.flatMap(({ documents }) => documents);
  }

  /** The item of the device's newest status, in which its state is noted; undefined before it has reported. */
  async latest(device: Device): Promise<LatestItem | undefined> {
    const [item] = await this.items(device, 'DEVICE');
    const { Item } = await this.table.send(
      new GetCommand({ TableName: this.endpoints.tableName, Key: latestKey(String(item?.['path'])), ConsistentRead: true }),
    );
    return latestItemSchema.optional().parse(Item);
  }

  /** The device's items whose sort key begins so, such as `GAP#`. */
  async items(device: Device, prefix: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client: this.table },
      {
        TableName: this.endpoints.tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': deviceKey(device.deviceId).pk, ':prefix': prefix },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) items.push(...Items);
    return items;
  }

  /** The messages of every event in the device's log group, and in which stream each stands. */
  async logLines(device: Device): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.logs.send(
        new FilterLogEventsCommand({
          logGroupName: deviceLogGroupName(device.deviceId),
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      for (const { timestamp = 0, message = '', logStreamName = '' } of page.events ?? [])
        lines.push({ timestamp, message, stream: logStreamName });
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return lines;
  }

  /** Runs a Logs Insights query to its end over the last `hours` (and two hours ahead). */
  async insights(logGroupName: string, queryString: string, hours = 24 * 13): Promise<Record<string, string>[]> {
    const now = Math.floor(Date.now() / 1000);
    const { queryId } = await this.logs.send(
      new StartQueryCommand({ logGroupName, queryString, startTime: now - hours * 3600, endTime: now + 7200 }),
    );
    return vi.waitFor(
      async () => {
        const { status, results = [] } = await this.logs.send(new GetQueryResultsCommand({ queryId }));
        if (status !== 'Complete') throw new Error(`the query is ${status}`);
        return results.map((row) => Object.fromEntries(row.map(({ field = '', value = '' }) => [field, value])));
      },
      { timeout: 10_000, interval: 20 },
    );
  }

  /** The quarantine's records of a Particle device. */
  async quarantined(particleId: string): Promise<{ reason: string; field?: string; body: string; detail: string }[]> {
    return this.#objects(await this.parameter(parameterNames.quarantineBucketName), (key) => key.includes(`/${particleId}/`));
  }

  /** The archive's objects of a device, parsed. */
  async archived(device: Device): Promise<unknown[]> {
    return this.#objects(await this.parameter(parameterNames.archiveBucketName), (key) => key.includes(`device=${device.deviceId}/`));
  }

  async #objects<T>(Bucket: string, wanted: (key: string) => boolean): Promise<T[]> {
    const found: T[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.s3.send(
        new ListObjectsV2Command({ Bucket, ...(ContinuationToken === undefined ? {} : { ContinuationToken }) }),
      );
      for (const { Key = '' } of page.Contents ?? []) {
        if (!wanted(Key)) continue;
        const { Body } = await this.s3.send(new GetObjectCommand({ Bucket, Key }));
        found.push(JSON.parse((await Body?.transformToString()) ?? 'null') as T);
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  }
}

/** The start of a minute, so many minutes ago, in epoch seconds. */
export function minutesAgo(minutes: number): number {
  return Math.floor(Date.now() / 60_000) * 60 - minutes * 60;
}
