import { CloudWatchLogsClient, CreateLogGroupCommand, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchWriteCommand, type DynamoDBDocumentClient, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { type DeviceLogClass, deviceLogGroupName, deviceLogRetentionDays } from '@enstratus/contract';
import { deviceEntity, particleLinkEntity } from '@enstratus/contract/entities';
import { type AwsEndpoint, clientOptions } from '../src/tools/running-system.ts';

export interface IngestDevice {
  readonly device_id: string;
  readonly particle_id: string;
  readonly name: string;
  /** The site's. */
  readonly site_path: string;
  readonly time_zone: string;
}

/**
 * Makes devices known as register-device does, but all at once and without Particle: their items, log groups and streams. What is measured later is not their
 * registration. `tell` hears of progress.
 */
export async function writeDevices(
  endpoint: AwsEndpoint,
  { documents, table }: { readonly documents: DynamoDBDocumentClient; readonly table: string },
  devices: readonly IngestDevice[],
  tell: (line: string) => void,
  logGroupClass: DeviceLogClass = 'STANDARD',
): Promise<void> {
  const logs = new CloudWatchLogsClient(clientOptions(endpoint));
  const store = { table };
  const now = Math.floor(Date.now() / 1000);
  const waiting: IngestDevice[][] = [];
  for (let start = 0; start < devices.length; start += 12) waiting.push(devices.slice(start, start + 12));
  let done = 0;
  const one = async (some: readonly IngestDevice[]) => {
    const items = some.flatMap(({ device_id, particle_id, name, site_path, time_zone }) => {
      const [path, pack_minutes] = [`${site_path}/${device_id}`, 15];
      return [
        deviceEntity(store)
          .put({ device_id, particle_id, name, path, time_zone, pack_minutes, registered_at: now })
          .params<PutCommandInput>().Item,
        particleLinkEntity(store).put({ particle_id, device_id, path, pack_minutes }).params<PutCommandInput>().Item,
      ];
    });
    const { UnprocessedItems } = await documents.send(
      new BatchWriteCommand({ RequestItems: { [table]: items.map((Item) => ({ PutRequest: { Item } })) } }),
    );
    if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('the table left items unwritten');
    for (const { device_id } of some) {
      const logGroupName = deviceLogGroupName(device_id);
      await logs.send(new CreateLogGroupCommand({ logGroupName, logGroupClass }));
      await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: deviceLogRetentionDays }));
    }
    done += some.length;
    if (done % 1200 === 0) tell(`${done} of ${devices.length} devices`);
  };
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await one(next);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}
